/* A query from text to text: its settings, the one that needs no parser, its end. */
#include <stdatomic.h>

#include "base/alloc.h"
#include "base/chars.h"
#include "base/error.h"
#include "query/parse.h"
#include "query/scan.h"

/* No more than the parser reads, and no half of a letter. */
static struct bytes bounded(struct bytes text)
{
    if (text.len <= QUERY_MAX_BYTES)
        return text;
    size_t cut = QUERY_MAX_BYTES;
    for (int i = 0; i < 3 && (text.data[cut] & 0xC0) == 0x80; i++)
        cut--;
    return (struct bytes){text.data, cut};
}

/* Whether a query is one word of letters and digits, as told by a look. All names of
 * operators begin with one of three letters. */
static bool is_one_word(struct bytes text)
{
    return text.len > 0 && text.data[0] != 'A' && text.data[0] != 'N' &&
           text.data[0] != 'O' && clus__plain_run(text, 0) == text.len;
}

/* What the parser makes of it. */
static clus_status read_word(struct clus_query *q, clus_error *err)
{
    q->root = clus__arena_alloc(&q->arena, 1, sizeof *q->root);
    if (!q->root)
        return clus__explain(err, CLUS_E_NOMEM, "query");
    q->root->kind = AST_WORD;
    q->root->text = q->source;
    q->root->length = (uint32_t)q->source.len;
    q->root->boost = 1;
    return CLUS_OK;
}

clus_status clus__query_parse(struct bytes text, const clus_parse_options *opts,
                              struct clus_query *q, clus_error *err)
{
    struct bytes kept = bounded(text);
    const char *copy = clus__arena_copy(&q->arena, kept.data, kept.len);
    if (!copy)
        return clus__explain(err, CLUS_E_NOMEM, "query");
    q->source = (struct bytes){(const uint8_t *)copy, kept.len};
    q->op = opts ? opts->op : CLUS_OP_AUTO;
    q->strict = opts && opts->strict;
    q->expand = opts && opts->literal  ? CLUS_EXPAND_NONE
                : opts && opts->expand ? opts->expand
                                       : CLUS_EXPAND_DEFAULT;
    size_t left_out = text.len - kept.len;
    clus_status st = left_out == 0 && is_one_word(kept)
                         ? read_word(q, err)
                         : clus__query_read_tree(q, opts, left_out, err);
    if (st == CLUS_OK && clus__query_keep_fields(q, opts) != CLUS_OK)
        return clus__explain(err, CLUS_E_NOMEM, "query");
    return st;
}

void clus__query_done(struct clus_query *q)
{
    struct arena arena = q->arena; /* the query may lie in it */
    if (q->printed)
        clus__free(atomic_load(q->printed));
    clus__arena_done(&arena);
}
