/*
 * usage: index pre|raw INPUT CONNINFO
 * Table d(id, source, tsv) filled by COPY, then a GIN index. pre: the client spells the
 * tsvector
 * ('token':1,4 …), so that PostgreSQL analyses nothing; raw: to_tsvector('russian', …) in
 * the server. Prints the bytes of table and index.
 */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/lines.h"

enum { LAST_POSITION = 16383 }; /* a tsvector keeps no greater */

static void fail(PGconn *db, const char *what)
{
    fprintf(stderr, "%s: %s\n", what, PQerrorMessage(db));
    exit(1);
}

static PGresult *run(PGconn *db, const char *sql)
{
    PGresult *result = PQexec(db, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_COPY_IN)
        fail(db, sql);
    return result;
}

/* Write "number TAB source TAB value NL" in COPY's text form; a token grows by ":16383" at
 * most. */
static size_t write_row(char *out, size_t cap, struct line *line, bool raw)
{
    size_t n = (size_t)snprintf(out, cap, "%ld\t%ld\t", line->number, line->source);
    long position = 0;
    for (const char *p = line->text; *p;) {
        if (raw) {
            if (*p == '\\')
                out[n++] = '\\';
            out[n++] = *p++;
            continue;
        }
        size_t len = strcspn(p, " ");
        position += position < LAST_POSITION;
        n += (size_t)snprintf(out + n, cap - n, "%.*s:%ld ", (int)len, p, position);
        p += len + (p[len] != 0);
    }
    out[n++] = '\n';
    return n;
}

static void copy_rows(PGconn *db, const char *path, bool raw)
{
    struct lines in = lines_open(path);
    struct line line;
    char *row = NULL;
    size_t cap = 0;
    while (lines_next(&in, &line)) {
        size_t need = line.len * 8 + 64;
        if (cap < need) {
            cap = need;
            row = realloc(row, cap);
            if (!row)
                fail(db, "no memory");
        }
        if (PQputCopyData(db, row, (int)write_row(row, cap, &line, raw)) != 1)
            fail(db, "COPY");
    }
    free(row);
    if (PQputCopyEnd(db, NULL) != 1)
        fail(db, "COPY");
    for (PGresult *result; (result = PQgetResult(db)) != NULL; PQclear(result))
        if (PQresultStatus(result) != PGRES_COMMAND_OK)
            fail(db, "COPY");
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    bool raw = strcmp(argv[1], "raw") == 0;
    PGconn *db = PQconnectdb(argv[3]);
    if (PQstatus(db) != CONNECTION_OK)
        fail(db, argv[3]);
    PQclear(run(db, "CREATE UNLOGGED TABLE d(id int, source int, tsv tsvector)"));
    PQclear(run(db, "CREATE UNLOGGED TABLE texts(id int, source int, body text)"));
    PQclear(run(db, raw ? "COPY texts FROM STDIN" : "COPY d FROM STDIN"));
    copy_rows(db, argv[2], raw);
    if (raw)
        PQclear(run(
            db,
            "INSERT INTO d SELECT id, source, to_tsvector('russian', body) FROM texts"));
    PQclear(run(db, "CREATE INDEX d_index ON d USING gin(tsv)"));
    PQclear(run(db, "VACUUM ANALYZE d"));
    PQclear(run(db, "DROP TABLE texts"));
    PGresult *size = run(db, "SELECT pg_total_relation_size('d')");
    printf("{\"bytes\": %s}\n", PQgetvalue(size, 0, 0));
    PQclear(size);
    PQfinish(db);
    return 0;
}
