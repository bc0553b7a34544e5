/*
 * usage: search DBDIR (protocol: common/searcher.h)
 * A prefix is scored as one word, as Xapian does by default. There are no fuzzy words.
 */
#include <iostream>

#include <xapian.h>

#include "../common/searcher.h"

static Xapian::Query query_of(const request *r)
{
    using Xapian::Query;
    const char *const *first = r->words, *const *end = r->words + r->n;
    if (r->kind == PHRASE)
        return Query(Query::OP_PHRASE, first, end, r->n);
    if (r->kind == NEAR) /* the window counts the words themselves */
        return Query(Query::OP_NEAR, first, end, r->distance + 1);
    if (r->kind == PREFIX)
        return Query(Query::OP_WILDCARD, *first);
    if (request_any(r))
        return Query(Query::OP_OR, first, end);
    Query must(Query::OP_AND, first, first + r->n_must);
    if (request_all(r))
        return must;
    return Query(Query::OP_AND_MAYBE, must, Query(Query::OP_OR, first + r->n_must, end));
}

static void search(void *engine, const request *r, reply *out)
try {
    if (r->kind == FUZZY)
        return;
    Xapian::Database *db = static_cast<Xapian::Database *>(engine);
    Xapian::Enquire enquire(*db);
    Xapian::Query query = query_of(r);
    if (r->source)
        query = Xapian::Query(Xapian::Query::OP_FILTER, query,
                              Xapian::Query("XS" + std::to_string(r->source)));
    enquire.set_query(query);
    if (r->limit)
        enquire.set_weighting_scheme(Xapian::BM25Weight(1.2, 0, 0, 0.75, 0));
    else
        enquire.set_weighting_scheme(Xapian::BoolWeight());
    /* looking at all that match is Xapian's way to an exact count */
    Xapian::MSet found = enquire.get_mset(0, r->limit, r->count ? db->get_doccount() : 0);
    for (Xapian::MSetIterator i = found.begin(); i != found.end(); ++i)
        out->numbers[out->n++] = static_cast<long long>(*i) - 1;
    if (r->count)
        out->count = found.get_matches_estimated();
} catch (const Xapian::Error &e) {
    std::cerr << e.get_description() << "\n";
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    Xapian::Database db(argv[1]);
    return searcher_serve(search, &db);
}
