/*
 * usage: index pre|raw INPUT DBFILE
 * A contentless FTS5 table with positions, optimised at the end; a row's id is the
 * document's number + 1. pre: tokens as they are; raw: unicode61 (FTS5 has no Russian
 * stemmer of its own). A table beside it holds the sources.
 */
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

static void open_table(sqlite3 *db, const char *tokenizer)
{
    char sql[128];
    run(db, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-262144");
    (void)snprintf(sql, sizeof sql,
                   "CREATE VIRTUAL TABLE d USING fts5(body, content='', tokenize='%s')",
                   tokenizer);
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
    sqlite3 *db;
    if (argc != 4)
        return 2;
    (void)remove(argv[3]);
    if (sqlite3_open(argv[3], &db) != SQLITE_OK || tokens_register(db) != SQLITE_OK) {
        fprintf(stderr, "%s\n", sqlite3_errmsg(db));
        return 1;
    }
    open_table(db, strcmp(argv[1], "raw") == 0 ? "unicode61" : "tokens");
    add_all(db, argv[2]);
    run(db, "INSERT INTO d(d) VALUES('optimize')");
    run(db, "VACUUM");
    return sqlite3_close(db) != SQLITE_OK;
}
