/*
 * usage: index pre|raw INPUT DBFILE [store], then index merge DBFILE [vacuum]
 * An FTS5 table with positions, contentless without `store`; a row's id is the document's
 * number + 1. pre: tokens as they are; raw: unicode61 (FTS5 has no Russian stemmer of its
 * own). A table beside it holds the sources. merge: all into one b-tree.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/lines.h"
#include "tokens.h"

static void run(sqlite3 *db, const char *sql)
{
    char *message = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK) {
        fprintf(stderr, "%s: %s\n", sql, message ? message : "?");
        exit(1);
    }
}

static sqlite3 *open_file(const char *path)
{
    sqlite3 *db;
    if (sqlite3_open(path, &db) != SQLITE_OK || tokens_register(db) != SQLITE_OK) {
        fprintf(stderr, "%s\n", sqlite3_errmsg(db));
        exit(1);
    }
    run(db, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-262144");
    return db;
}

static void make_table(sqlite3 *db, const char *tokenizer, bool store)
{
    char sql[128];
    (void)snprintf(sql, sizeof sql,
                   "CREATE VIRTUAL TABLE d USING fts5(body, %stokenize='%s')",
                   store ? "" : "content='', ", tokenizer);
    run(db, sql);
    run(db, "INSERT INTO d(d, rank) VALUES('hashsize', 67108864)"); /* bytes kept at once */
    run(db, "CREATE TABLE sources(id INTEGER PRIMARY KEY, source INTEGER)");
}

static void step(sqlite3 *db, sqlite3_stmt *statement)
{
    if (sqlite3_step(statement) != SQLITE_DONE) {
        fprintf(stderr, "%s\n", sqlite3_errmsg(db));
        exit(1);
    }
    (void)sqlite3_reset(statement);
}

static void add_all(sqlite3 *db, const char *path)
{
    struct lines in = lines_open(path);
    struct line line;
    sqlite3_stmt *text = NULL, *source = NULL;
    run(db, "BEGIN");
    (void)sqlite3_prepare_v2(db, "INSERT INTO d(rowid, body) VALUES(?, ?)", -1, &text,
                             NULL);
    (void)sqlite3_prepare_v2(db, "INSERT INTO sources VALUES(?, ?)", -1, &source, NULL);
    while (lines_next(&in, &line)) {
        (void)sqlite3_bind_int64(text, 1, line.number + 1);
        (void)sqlite3_bind_text(text, 2, line.text, (int)line.len, SQLITE_STATIC);
        step(db, text);
        (void)sqlite3_bind_int64(source, 1, line.number + 1);
        (void)sqlite3_bind_int64(source, 2, line.source);
        step(db, source);
    }
    (void)sqlite3_finalize(text);
    (void)sqlite3_finalize(source);
    run(db, "COMMIT");
}

int main(int argc, char **argv)
{
    bool merges = argc > 1 && strcmp(argv[1], "merge") == 0;
    if (argc < (merges ? 3 : 4))
        return 2;
    const char *path = merges ? argv[2] : argv[3];
    if (!merges)
        (void)remove(path);
    sqlite3 *db = open_file(path);
    if (merges) {
        run(db, "INSERT INTO d(d) VALUES('optimize')");
        if (argc == 4)
            run(db, "VACUUM");
    } else {
        make_table(db, strcmp(argv[1], "raw") == 0 ? "unicode61" : "tokens", argc == 5);
        add_all(db, argv[2]);
    }
    return sqlite3_close(db) != SQLITE_OK;
}
