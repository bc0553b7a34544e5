/*
 * usage: search DBFILE (protocol: common/searcher.h)
 * FTS5 has no optional and no fuzzy words, so `+a b c` and `a~1` are not answered.
 */
#include <stdio.h>

#include "../common/searcher.h"
#include "tokens.h"

struct engine {
    sqlite3 *db;
    sqlite3_stmt *best, *count;              /* match, limit */
    sqlite3_stmt *filtered, *count_filtered; /* the same, and a source at the end */
};

static void make_match(const struct request *r, struct query_text *match)
{
    if (r->kind == NEAR) { /* FTS5 counts the words between */
        query_add(match, "NEAR(");
        query_add_words(match, r, 0, r->n, "\"", " ");
        query_add(match, ", %u)", r->distance - 1);
    } else if (r->kind == PREFIX) {
        query_add(match, "\"%s\"*", r->words[0]);
    } else if (r->kind == PHRASE) {
        query_add(match, "\"");
        query_add_words(match, r, 0, r->n, "", " ");
        query_add(match, "\"");
    } else {
        query_add_words(match, r, 0, r->n, "\"", request_all(r) ? " AND " : " OR ");
    }
}

/* Parameters that a statement does not have are refused, which does no harm. */
static void bind(sqlite3_stmt *statement, const struct query_text *match,
                 const struct request *r)
{
    (void)sqlite3_bind_text(statement, 1, match->data, (int)match->len, SQLITE_STATIC);
    (void)sqlite3_bind_int64(statement, 2, r->limit);
    (void)sqlite3_bind_int64(statement, 3, r->source);
}

static void search(void *ctx, const struct request *r, struct reply *reply)
{
    struct engine *e = ctx;
    struct query_text match;
    if (r->kind == FUZZY || request_mixed(r))
        return;
    match.len = 0;
    make_match(r, &match);
    if (r->limit) {
        sqlite3_stmt *best = r->source ? e->filtered : e->best;
        bind(best, &match, r);
        while (sqlite3_step(best) == SQLITE_ROW)
            reply->numbers[reply->n++] = sqlite3_column_int64(best, 0) - 1;
        (void)sqlite3_reset(best);
    }
    if (r->count) {
        sqlite3_stmt *count = r->source ? e->count_filtered : e->count;
        bind(count, &match, r);
        if (sqlite3_step(count) == SQLITE_ROW)
            reply->count = sqlite3_column_int64(count, 0);
        (void)sqlite3_reset(count);
    }
}

int main(int argc, char **argv)
{
    static const char best[] =
        "SELECT rowid FROM d WHERE d MATCH ?1 ORDER BY rank LIMIT ?2";
    static const char count[] = "SELECT count(*) FROM d WHERE d MATCH ?1";
    static const char filtered[] =
        "SELECT d.rowid FROM d CROSS JOIN sources ON sources.id = d.rowid "
        "WHERE d MATCH ?1 AND source = ?3 ORDER BY rank LIMIT ?2";
    static const char count_filtered[] =
        "SELECT count(*) FROM d CROSS JOIN sources ON sources.id = d.rowid "
        "WHERE d MATCH ?1 AND source = ?3";
    static const char pragmas[] = "PRAGMA mmap_size=17179869184; PRAGMA cache_size=-262144;"
                                  "PRAGMA locking_mode=EXCLUSIVE";
    struct engine e;
    if (argc != 2)
        return 2;
    if (sqlite3_open_v2(argv[1], &e.db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
        tokens_register(e.db) != SQLITE_OK ||
        sqlite3_exec(e.db, pragmas, NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(e.db, best, -1, &e.best, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(e.db, count, -1, &e.count, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(e.db, filtered, -1, &e.filtered, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(e.db, count_filtered, -1, &e.count_filtered, NULL) !=
            SQLITE_OK) {
        fprintf(stderr, "%s\n", sqlite3_errmsg(e.db));
        return 1;
    }
    return searcher_serve(search, &e);
}
