/*
 * usage: search SOCKET (protocol: common/searcher.h)
 * Sphinx is a daemon: a SphinxQL round trip over its unix socket is timed. Ranked by the
 * expression ranker's bm25a(1.2, 0.75). Every query counts all that match; SHOW META tells
 * the count, and is timed only where the count is asked for.
 */
#include <mysql.h>
#include <stdio.h>
#include <stdlib.h>

#include "../common/searcher.h"

static void make_select(const struct request *r, struct query_text *text)
{
    const char *mark = r->kind == PHRASE ? "\"" : "";
    query_add(text, "SELECT id FROM d WHERE MATCH('%s", mark);
    if (r->kind == NEAR) {
        query_add(text, "%s NEAR/%u %s", r->words[0], r->distance, r->words[1]);
    } else if (r->kind == PREFIX) {
        query_add(text, "%s*", r->words[0]);
    } else if (r->kind == PHRASE || request_any(r)) {
        query_add_words(text, r, 0, r->n, "", r->kind == PHRASE ? " " : " | ");
    } else {
        query_add_words(text, r, 0, r->n_must, "", " ");
        if (!request_all(r)) {
            query_add(text, " MAYBE (");
            query_add_words(text, r, r->n_must, r->n, "", " | ");
            query_add(text, ")");
        }
    }
    query_add(text, "%s')", mark);
    if (r->source)
        query_add(text, " AND source=%ld", r->source);
    query_add(text, " LIMIT %u OPTION max_matches=%u, ranker=%s", r->limit,
              r->limit ? r->limit : 1,
              r->limit ? "expr('1000000*bm25a(1.2,0.75)')" : "none");
}

static long long total_found(MYSQL *db)
{
    long long n = -1;
    if (mysql_query(db, "SHOW META LIKE 'total_found'"))
        return n;
    MYSQL_RES *rows = mysql_store_result(db);
    MYSQL_ROW row = mysql_fetch_row(rows);
    if (row)
        n = strtoll(row[1], NULL, 10);
    mysql_free_result(rows);
    return n;
}

static void search(void *db, const struct request *r, struct reply *reply)
{
    struct query_text text;
    if (r->kind == FUZZY)
        return;
    text.len = 0;
    make_select(r, &text);
    if (mysql_real_query(db, text.data, text.len)) {
        fprintf(stderr, "%s: %s\n", text.data, mysql_error(db));
        return;
    }
    MYSQL_RES *rows = mysql_store_result(db);
    for (MYSQL_ROW row; (row = mysql_fetch_row(rows)) && reply->n < r->limit;)
        reply->numbers[reply->n++] = strtoll(row[0], NULL, 10) - 1;
    mysql_free_result(rows);
    if (r->count)
        reply->count = total_found(db);
}

int main(int argc, char **argv)
{
    MYSQL *db = mysql_init(NULL);
    if (argc != 2)
        return 2;
    if (!mysql_real_connect(db, "localhost", NULL, NULL, NULL, 0, argv[1], 0)) {
        fprintf(stderr, "%s\n", mysql_error(db));
        return 1;
    }
    return searcher_serve(search, db);
}
