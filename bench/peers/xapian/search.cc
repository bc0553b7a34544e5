/* usage: search DBDIR (protocol: common/searcher.h) */
#include <iostream>

#include <xapian.h>

#include "../common/searcher.h"

static Xapian::Query query_of(const request *r)
{
    using Xapian::Query;
    const char *const *first = r->words, *const *end = r->words + r->n;
    if (r->phrase)
        return Query(Query::OP_PHRASE, first, end, r->n);
    if (request_any(r))
        return Query(Query::OP_OR, first, end);
    Query must(Query::OP_AND, first, first + r->n_must);
    if (request_all(r))
        return must;
    return Query(Query::OP_AND_MAYBE, must, Query(Query::OP_OR, first + r->n_must, end));
}

static void search(void *engine, const request *r, reply *out)
try {
    Xapian::Database *db = static_cast<Xapian::Database *>(engine);
    Xapian::Enquire enquire(*db);
    enquire.set_query(query_of(r));
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
