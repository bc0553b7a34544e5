/*
 * usage: search DBPATH (protocol: common/searcher.h)
 * Groonga has no BM25: its tf-idf scorer ranks. It has no optional words, so `+a b c` is
 * not answered, nor is `a~1`; its NEAR finds other documents (`*N5"a b"`: more and fewer).
 * Every select counts all that match, so the commands cost nearly the same.
 */
#define _GNU_SOURCE /* memmem */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/searcher.h"
#include "command.h"

static void make_select(const struct request *r, struct query_text *text)
{
    query_add(text, "select Docs --cache no --output_columns _id --limit %u ", r->limit);
    query_add(text, r->limit
                        ? "--match_columns 'scorer_tf_idf(body)' --sort_keys -_score,_id "
                        : "--match_columns body ");
    if (r->source)
        query_add(text, "--filter 'source == %ld' ", r->source);
    query_add(text, "--query '%s", r->kind == PHRASE ? "\"" : "");
    query_add_words(text, r, 0, r->n, "", request_any(r) ? " OR " : " ");
    query_add(text, "%s'", r->kind == PHRASE ? "\"" : r->kind == PREFIX ? "*" : "");
}

static const char *skip_to_digit(const char *at, const char *end)
{
    while (at < end && (*at < '0' || *at > '9'))
        at++;
    return at;
}

/* The output is [[[COUNT],[["_id","UInt32"]],[1],[2],…]]. */
static void read_output(const char *out, size_t len, const struct request *r,
                        struct reply *reply)
{
    const char *end = out + len, *at = skip_to_digit(out, end);
    char *rest;
    if (at == end)
        return;
    reply->count = strtoll(at, &rest, 10);
    at = memmem(rest, (size_t)(end - rest), "UInt32", 6);
    at = at ? skip_to_digit(at + 6, end) : end;
    while (at < end && reply->n < r->limit) {
        reply->numbers[reply->n++] = strtoll(at, &rest, 10) - 1;
        at = skip_to_digit(rest, end);
    }
}

static void search(void *engine, const struct request *r, struct reply *reply)
{
    struct query_text text;
    size_t len;
    if (r->kind == NEAR || r->kind == FUZZY || request_mixed(r))
        return;
    text.len = 0;
    make_select(r, &text);
    const char *out = command_run(engine, text.data, text.len, &len);
    if (out)
        read_output(out, len, r, reply);
}

int main(int argc, char **argv)
{
    grn_ctx ctx;
    if (argc != 2 || grn_init() != GRN_SUCCESS || grn_ctx_init(&ctx, 0) != GRN_SUCCESS)
        return 2;
    if (!grn_db_open(&ctx, argv[1])) {
        fprintf(stderr, "%s\n", ctx.errbuf);
        return 1;
    }
    return searcher_serve(search, &ctx);
}
