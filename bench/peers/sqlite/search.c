/*
 * usage: search DBFILE (protocol: common/searcher.h)
 * FTS5 has no optional words, so `+a b c` is not answered.
 */
#include <stdio.h>

#include "../common/searcher.h"
#include "tokens.h"

struct engine {
    sqlite3 *db;
    sqlite3_stmt *best, *count;
};

static void make_match(const struct request *r, struct query_text *match)
{
    if (r->phrase) {
        query_add(match, "\"");
        query_add_words(match, r, 0, r->n, "", " ");
        query_add(match, "\"");
    } else {
        query_add_words(match, r, 0, r->n, "\"", request_all(r) ? " AND " : " OR ");
    }
}

static void search(void *ctx, const struct request *r, struct reply *reply)
{
    struct engine *e = ctx;
    struct query_text match;
    if (!r->phrase && !request_any(r) && !request_all(r))
        return;
    match.len = 0;
    make_match(r, &match);
    if (r->limit) {
        (void)sqlite3_bind_text(e->best, 1, match.data, (int)match.len, SQLITE_STATIC);
        (void)sqlite3_bind_int64(e->best, 2, r->limit);
        while (sqlite3_step(e->best) == SQLITE_ROW)
            reply->numbers[reply->n++] = sqlite3_column_int64(e->best, 0) - 1;
        (void)sqlite3_reset(e->best);
    }
    if (r->count) {
        (void)sqlite3_bind_text(e->count, 1, match.data, (int)match.len, SQLITE_STATIC);
        if (sqlite3_step(e->count) == SQLITE_ROW)
            reply->count = sqlite3_column_int64(e->count, 0);
        (void)sqlite3_reset(e->count);
    }
}

int main(int argc, char **argv)
{
    static const char best[] = "SELECT rowid FROM d WHERE d MATCH ? ORDER BY rank LIMIT ?";
    static const char count[] = "SELECT count(*) FROM d WHERE d MATCH ?";
    static const char pragmas[] = "PRAGMA mmap_size=17179869184; PRAGMA cache_size=-262144;"
                                  "PRAGMA locking_mode=EXCLUSIVE";
    struct engine e;
    if (argc != 2)
        return 2;
    if (sqlite3_open_v2(argv[1], &e.db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
        tokens_register(e.db) != SQLITE_OK ||
        sqlite3_exec(e.db, pragmas, NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(e.db, best, -1, &e.best, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(e.db, count, -1, &e.count, NULL) != SQLITE_OK) {
        fprintf(stderr, "%s\n", sqlite3_errmsg(e.db));
        return 1;
    }
    return searcher_serve(search, &e);
}
