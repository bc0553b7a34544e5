/*
 * usage: search CONNINFO (protocol: common/searcher.h)
 * A prepared statement's round trip over the unix socket is timed. Ranked by ts_rank_cd:
 * PostgreSQL has no BM25. NEAR is any of the distances in either order; there are no fuzzy
 * words.
 */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

#include "../common/searcher.h"

/* There are only distances in one order. */
static void add_near(struct query_text *text, const struct request *r)
{
    for (unsigned d = 1; d <= r->distance; d++)
        query_add(text, "%s'%s' <%u> '%s' | '%s' <%u> '%s'", d > 1 ? " | " : "",
                  r->words[0], d, r->words[1], r->words[1], d, r->words[0]);
}

/* What must match, and what ranks: all the words. */
static void make_queries(const struct request *r, struct query_text *match,
                         struct query_text *rank)
{
    const char *between = r->kind == PHRASE ? " <-> " : request_all(r) ? " & " : " | ";
    unsigned n = request_mixed(r) ? r->n_must : r->n;
    if (r->kind == PREFIX) {
        query_add(match, "'%s':*", r->words[0]);
        query_add(rank, "'%s':*", r->words[0]);
        return;
    }
    if (r->kind == NEAR) {
        add_near(match, r);
        add_near(rank, r);
        return;
    }
    query_add_words(match, r, 0, n, "'", between);
    query_add_words(rank, r, 0, r->n, "'", n == r->n ? between : " | ");
}

static PGresult *ask(PGconn *db, const char *statement, int n, const char *const *values)
{
    PGresult *result = PQexecPrepared(db, statement, n, values, NULL, NULL, 0);
    if (PQresultStatus(result) == PGRES_TUPLES_OK)
        return result;
    fprintf(stderr, "%s: %s\n", values[0], PQerrorMessage(db));
    PQclear(result);
    return NULL;
}

static void search(void *db, const struct request *r, struct reply *reply)
{
    struct query_text match, rank;
    char limit[16], source[24];
    if (r->kind == FUZZY)
        return;
    match.len = rank.len = 0;
    make_queries(r, &match, &rank);
    (void)snprintf(limit, sizeof limit, "%u", r->limit);
    (void)snprintf(source, sizeof source, "%ld", r->source);
    const char *best[4] = {match.data, source, rank.data, limit};
    PGresult *result;
    if (r->limit && (result = ask(db, "best", 4, best)) != NULL) {
        for (int i = 0; i < PQntuples(result) && reply->n < r->limit; i++)
            reply->numbers[reply->n++] = strtoll(PQgetvalue(result, i, 0), NULL, 10);
        PQclear(result);
    }
    if (r->count && (result = ask(db, "count", 2, best)) != NULL) {
        reply->count = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
        PQclear(result);
    }
}

static void prepare(PGconn *db, const char *name, int n, const char *sql)
{
    PGresult *result = PQprepare(db, name, sql, n, NULL);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) {
        fprintf(stderr, "%s: %s\n", sql, PQerrorMessage(db));
        exit(1);
    }
    PQclear(result);
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    PGconn *db = PQconnectdb(argv[1]);
    if (PQstatus(db) != CONNECTION_OK) {
        fprintf(stderr, "%s\n", PQerrorMessage(db));
        return 1;
    }
    PQclear(PQexec(db, "SET max_parallel_workers_per_gather=0; SET work_mem='256MB';"
                       "SET enable_seqscan=off; SET jit=off"));
    prepare(
        db, "best", 4,
        "SELECT id FROM d WHERE tsv @@ $1::tsquery AND ($2::int = 0 OR source = $2::int) "
        "ORDER BY ts_rank_cd(tsv, $3::tsquery, 1) DESC LIMIT $4::int");
    prepare(db, "count", 2,
            "SELECT count(*) FROM d WHERE tsv @@ $1::tsquery AND ($2::int = 0 OR source = "
            "$2::int)");
    return searcher_serve(search, db);
}
