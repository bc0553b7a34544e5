/*
 * A parsed query back to source text that means the same, fully bracketed, for tests: what
 * is parsed from it must print the same as what it was made from.
 */
#ifndef CLUS_TESTS_QUERY_SOURCE_H
#define CLUS_TESTS_QUERY_SOURCE_H

#include <stdio.h>

#include "base/buf.h"
#include "query/ast.h"

static inline void source_add(struct buf *out, const char *text)
{
    clus__buf_add(out, text, strlen(text));
}

static inline void source_boost(struct buf *out, float boost)
{
    char text[32];
    uint32_t n = (uint32_t)((double)boost * 1000 + 0.5);
    if (n == 1000)
        return;
    (void)snprintf(text, sizeof text, "^%u.%03u", n / 1000, n % 1000);
    source_add(out, text);
}

/* Closed by itself or by what it holds: each text fits one kind of quotation marks. */
static inline void source_phrase(struct buf *out, const struct ast_node *node)
{
    char slop[16];
    bool plain = !memchr(node->text.data, '"', node->text.len);
    bool curly = memmem(node->text.data, node->text.len, "”", 3) == NULL;
    source_add(out, plain ? "\"" : curly ? "“" : "«");
    clus__buf_add(out, node->text.data, node->text.len);
    source_add(out, plain ? "\"" : curly ? "”" : "»");
    if (node->slop > 0) {
        (void)snprintf(slop, sizeof slop, "~%u", node->slop);
        source_add(out, slop);
    }
}

static inline bool source_range(struct buf *out, const struct ast_node *node)
{
    for (size_t i = 0; i < node->low.len; i++)
        if (memchr("[]{}*\"()", node->low.data[i], 8))
            return false;
    for (size_t i = 0; i < node->high.len; i++)
        if (memchr("[]{}*\"()", node->high.data[i], 8))
            return false;
    if (node->low.len + node->high.len > 200)
        return false;
    source_add(out, node->low_open ? "{" : "[");
    clus__buf_add(out, node->low.data, node->low.len);
    source_add(out, node->low.len ? " TO " : "* TO ");
    clus__buf_add(out, node->high.data, node->high.len);
    source_add(out, node->high.len ? "" : "*");
    source_add(out, node->high_open ? "}" : "]");
    return true;
}

static inline bool source_leaf(struct buf *out, const struct ast_node *node)
{
    char distance[8];
    clus__buf_add(out, node->field.data, node->field.len);
    source_add(out, node->field.len ? ":" : "");
    source_add(out, node->exact ? "=" : "");
    if (node->kind == AST_PHRASE) {
        source_phrase(out, node);
        return true;
    }
    if (node->kind == AST_RANGE)
        return source_range(out, node);
    /* Such a word stood behind something that is not a blank, or before a boost. */
    if (node->kind != AST_REGEX &&
        (node->text.data[0] == '-' || node->text.data[0] == '+' ||
         memchr(node->text.data, '^', node->text.len)))
        return false;
    source_add(out, node->kind == AST_REGEX ? "/" : "");
    clus__buf_add(out, node->text.data, node->text.len);
    source_add(out, node->kind == AST_REGEX ? "/" : "");
    if (node->kind == AST_FUZZY) {
        (void)snprintf(distance, sizeof distance, node->distance ? "~%u" : "~",
                       node->distance);
        source_add(out, distance);
    }
    return true;
}

static inline bool source_node(struct buf *out, const struct ast_node *node)
{
    char between[32] = " ";
    if (node->kind == AST_AND || node->kind == AST_OR)
        (void)snprintf(between, sizeof between, " %s ",
                       node->kind == AST_AND ? "AND" : "OR");
    else if (node->kind == AST_NEAR)
        (void)snprintf(between, sizeof between, " %s/%u ", node->ordered ? "ADJ" : "NEAR",
                       node->slop);
    if (node->occur != OCCUR_DEFAULT)
        source_add(out, node->occur == OCCUR_NOT ? "NOT " : "+");
    source_add(out, "(");
    for (size_t i = 0; i < node->n_children; i++) {
        source_add(out, i ? between : "");
        if (!source_node(out, node->children[i]))
            return false;
    }
    if (node->n_children == 0 && node->kind != AST_NONE && !source_leaf(out, node))
        return false;
    source_add(out, ")");
    source_boost(out, node->boost);
    return true;
}

/* False for the few queries that no other text means: words that look like syntax. */
static inline bool query_source(const struct clus_query *q, struct buf *out)
{
    clus__buf_clear(out);
    out->len = 0;
    return !strstr(clus__query_text(q), "(TEXT ") && source_node(out, q->root) &&
           clus__buf_status(out) == CLUS_OK;
}

#endif
