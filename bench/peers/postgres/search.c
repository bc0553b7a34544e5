/*
 * usage: search CONNINFO (protocol: common/searcher.h)
 * A prepared statement's round trip over the unix socket is timed. Ranked by ts_rank_cd:
 * PostgreSQL has no BM25.
 */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

#include "../common/searcher.h"

/* What must match, and what ranks: all the words. */
static void make_queries(const struct request *r, struct query_text *match,
                         struct query_text *rank)
{
    const char *between = r->phrase ? " <-> " : request_any(r) ? " | " : " & ";
    unsigned n = r->phrase || request_any(r) ? r->n : r->n_must;
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
    char limit[16];
    match.len = rank.len = 0;
    make_queries(r, &match, &rank);
    (void)snprintf(limit, sizeof limit, "%u", r->limit);
    const char *values[3] = {match.data, rank.data, limit};
    PGresult *result;
    if (r->limit && (result = ask(db, "best", 3, values)) != NULL) {
        for (int i = 0; i < PQntuples(result) && reply->n < r->limit; i++)
            reply->numbers[reply->n++] = strtoll(PQgetvalue(result, i, 0), NULL, 10);
        PQclear(result);
    }
    if (r->count && (result = ask(db, "count", 1, values)) != NULL) {
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
    prepare(db, "best", 3,
            "SELECT id FROM d WHERE tsv @@ $1::tsquery "
            "ORDER BY ts_rank_cd(tsv, $2::tsquery, 1) DESC LIMIT $3::int");
    prepare(db, "count", 1, "SELECT count(*) FROM d WHERE tsv @@ $1::tsquery");
    return searcher_serve(search, db);
}
