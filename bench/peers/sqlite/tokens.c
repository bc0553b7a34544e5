/* The tokenizer of text that was analysed before. */
#include "tokens.h"

#include <string.h>

static int create(void *ctx, const char **args, int n, Fts5Tokenizer **out)
{
    static char nothing; /* FTS5 wants an address; there is no state */
    (void)ctx;
    (void)args;
    (void)n;
    *out = (Fts5Tokenizer *)&nothing;
    return SQLITE_OK;
}

static void destroy(Fts5Tokenizer *tokenizer)
{
    (void)tokenizer;
}

static int tokenize(Fts5Tokenizer *tokenizer, void *ctx, int flags, const char *text,
                    int len, int (*token)(void *, int, const char *, int, int, int))
{
    (void)tokenizer;
    (void)flags;
    for (int at = 0; at < len;) {
        const char *blank = memchr(text + at, ' ', (size_t)(len - at));
        int end = blank ? (int)(blank - text) : len;
        int rc = end > at ? token(ctx, 0, text + at, end - at, at, end) : SQLITE_OK;
        if (rc != SQLITE_OK)
            return rc;
        at = end + 1;
    }
    return SQLITE_OK;
}

int tokens_register(sqlite3 *db)
{
    static fts5_tokenizer tokenizer = {create, destroy, tokenize};
    fts5_api *api = NULL;
    sqlite3_stmt *stmt;
    int rc = sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &stmt, NULL);
    if (rc != SQLITE_OK)
        return rc;
    (void)sqlite3_bind_pointer(stmt, 1, (void *)&api, "fts5_api_ptr", NULL);
    (void)sqlite3_step(stmt);
    (void)sqlite3_finalize(stmt);
    return api ? api->xCreateTokenizer(api, "tokens", NULL, &tokenizer, NULL)
               : SQLITE_ERROR;
}
