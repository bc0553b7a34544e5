/*
 * Any bytes as a query: parsing ends, fails only for strictness, keeps to the shapes of
 * query/ast.h, and what was understood can be said again with the same meaning.
 */
#include <stdint.h>
#include <stdlib.h>

#include "query/date.h"
#include "query/parse.h"
#include "query_source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const own_fields[] = {"автор", "Город"};

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_occur(const struct ast_node *node, enum ast_kind above)
{
    size_t negated = 0;
    for (size_t i = 0; i < node->n_children; i++) {
        const struct ast_node *child = node->children[i];
        negated += child->occur == OCCUR_NOT;
        require(child->occur != OCCUR_MUST || node->kind == AST_GROUP);
        require(child->occur != OCCUR_NOT || node->kind == AST_GROUP ||
                node->kind == AST_AND);
    }
    bool everything_but = above == AST_OR && node->kind == AST_AND && node->n_children == 1;
    require(node->n_children == 0 || negated < node->n_children || everything_but);
    require(node->n_children != 1 || everything_but);
}

static void check_node(const struct clus_query *q, const struct ast_node *node,
                       enum ast_kind above)
{
    int64_t from, to;
    bool leaf = node->n_children == 0;
    require(node->offset + node->length <= q->source.len);
    require(node->boost >= 0 && node->boost <= 1e6F);
    require(leaf || (node->field.len == 0 && node->text.len == 0));
    require(leaf == (node->kind <= AST_RANGE));
    require(node->kind != AST_NONE || node == q->root);
    if (leaf && node->field.len == 4 && memcmp(node->field.data, "date", 4) == 0)
        require(clus__date_of_node(node, 1700000000, &from, &to) == CLUS_OK);
    check_occur(node, above);
    for (size_t i = 0; i < node->n_children; i++)
        check_node(q, node->children[i], node->kind);
}

/* The bounds may cut a query that is written with more brackets. */
static void check_again(const struct clus_query *q, const clus_parse_options *opts)
{
    struct buf source = {0};
    struct clus_query again = {0};
    if (query_source(q, &source)) {
        require(clus__query_parse(clus__buf_bytes(&source), opts, &again, NULL) == CLUS_OK);
        bool bounded = false;
        for (size_t i = 0; i < again.n_warnings; i++)
            bounded |= strstr(again.warnings[i].message, "left out") != NULL;
        if (!bounded && strcmp(clus__query_text(q), clus__query_text(&again)) != 0) {
            (void)fprintf(stderr, "%s\nis said again as %.*s\nand becomes %s\n",
                          clus__query_text(q), (int)source.len, (const char *)source.data,
                          clus__query_text(&again));
            abort();
        }
        clus__query_done(&again);
    }
    clus__buf_done(&source);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    clus_parse_options opts = {
        .op = (clus_op)(data[0] % 3), .fields = own_fields, .n_fields = 2};
    struct bytes text = {data + 1, size - 1};
    struct clus_query q = {0}, strict = {0};
    clus_error err = {0};
    require(clus__query_parse(text, &opts, &q, &err) == CLUS_OK);
    check_node(&q, q.root, AST_NONE);
    for (size_t i = 0; i < q.n_warnings; i++)
        require(i == 0 || q.warnings[i - 1].offset <= q.warnings[i].offset);
    check_again(&q, &opts);
    opts.strict = true;
    clus_status st = clus__query_parse(text, &opts, &strict, &err);
    require(st == CLUS_OK || st == CLUS_E_SYNTAX || st == CLUS_E_LIMIT);
    if (!memchr(data, '?', size)) { /* which may be a wildcard only when strict */
        require((st == CLUS_OK) == (q.n_warnings == 0));
        require(st == CLUS_OK || err.offset == q.warnings[0].offset);
    }
    clus__query_done(&strict);
    clus__query_done(&q);
    return 0;
}
