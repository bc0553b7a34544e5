/*
 * Query tokens to a tree, by recursive descent over brackets only.
 *
 *     or    = and { OR and }
 *     and   = chain { chain }              side by side: AST_GROUP
 *     chain = unary { AND unary }          AND binds more tightly than nothing
 *     unary = { + | - | NOT } near
 *     near  = prim { (NEAR | ADJ) prim }
 *     prim  = ( or ) | leaf
 *
 * Trees are kept in one shape: a node whose parts are all negated becomes the negation of
 * their opposite, so that "everything but" is told in few places; see query/ast.h.
 */
#include "query/parse.h"

#include "base/error.h"
#include "query/scan.h"

struct parser {
    struct scanner scan;
    struct query_token now, next;
    struct complaints complaints;
    struct ast_node **stack; /* finished nodes that wait for their parent */
    size_t n, cap;
    clus_op op;
    clus_status status;
};

static struct ast_node *parse_or(struct parser *p);

static void advance(struct parser *p)
{
    p->now = p->next;
    clus__scan_next(&p->scan, &p->next);
}

static void push(struct parser *p, struct ast_node *node)
{
    if (p->n == p->cap && p->status == CLUS_OK) {
        size_t cap = p->cap ? p->cap * 2 : 8;
        struct ast_node **grown =
            clus__arena_alloc(p->scan.arena, cap, sizeof(struct ast_node *));
        if (grown && p->n > 0)
            memcpy(grown, p->stack, p->n * sizeof(struct ast_node *));
        p->status = grown ? CLUS_OK : CLUS_E_NOMEM;
        p->stack = grown ? grown : p->stack;
        p->cap = grown ? cap : p->cap;
    }
    if (p->status == CLUS_OK)
        p->stack[p->n++] = node;
}

static struct ast_node *new_node(struct parser *p)
{
    struct ast_node *node = clus__arena_alloc(p->scan.arena, 1, sizeof *node);
    if (!node)
        p->status = CLUS_E_NOMEM;
    else
        node->boost = 1;
    return node;
}

/* A node over the nodes from `base` on, which leave the stack. */
static struct ast_node *parent(struct parser *p, enum ast_kind kind, size_t base)
{
    size_t n = p->n - base;
    struct ast_node *node = new_node(p);
    struct ast_node **children =
        clus__arena_alloc(p->scan.arena, n, sizeof(struct ast_node *));
    if (!node || !children) {
        p->status = CLUS_E_NOMEM;
        return NULL;
    }
    memcpy(children, p->stack + base, n * sizeof(struct ast_node *));
    p->n = base;
    node->kind = kind;
    node->children = children;
    node->n_children = n;
    node->offset = children[0]->offset;
    const struct ast_node *last = children[n - 1];
    node->length = last->offset + last->length - node->offset;
    return node;
}

static size_t count_occur(const struct parser *p, size_t base, enum ast_occur occur)
{
    size_t n = 0;
    for (size_t i = base; i < p->n; i++)
        n += p->stack[i]->occur == occur;
    return n;
}

static void set_occur(struct parser *p, size_t base, enum ast_occur from, enum ast_occur to)
{
    for (size_t i = base; i < p->n; i++)
        if (p->stack[i]->occur == from)
            p->stack[i]->occur = to;
}

/* Everything but x, as one alternative of several, is an AND that holds only a negation. */
static bool wrap_negations(struct parser *p, size_t base)
{
    for (size_t i = base; i < p->n; i++) {
        if (p->stack[i]->occur != OCCUR_NOT)
            continue;
        struct ast_node *child = p->stack[i];
        size_t n = p->n;
        push(p, child);
        struct ast_node *node = p->status == CLUS_OK ? parent(p, AST_AND, n) : NULL;
        if (!node)
            return false;
        p->stack[i] = node;
    }
    return true;
}

/* The nodes from `base` on as one of `kind`: AST_OR, AST_AND or AST_GROUP. NULL for none.
 */
static struct ast_node *combine(struct parser *p, enum ast_kind kind, size_t base)
{
    if (p->status != CLUS_OK || p->n == base) {
        p->n = base < p->n ? base : p->n;
        return NULL;
    }
    if (kind != AST_GROUP || p->op == CLUS_OP_AND)
        set_occur(p, base, OCCUR_MUST, OCCUR_DEFAULT);
    size_t n = p->n - base, negated = count_occur(p, base, OCCUR_NOT);
    if (n == 1) {
        if (p->stack[base]->occur == OCCUR_MUST)
            p->stack[base]->occur = OCCUR_DEFAULT;
        return p->stack[--p->n];
    }
    if (negated == n) { /* not a and not b: not (a or b); and the other way round */
        set_occur(p, base, OCCUR_NOT, OCCUR_DEFAULT);
        struct ast_node *node = parent(p, kind == AST_OR ? AST_AND : AST_OR, base);
        if (node)
            node->occur = OCCUR_NOT;
        return node;
    }
    if (kind == AST_OR)
        return wrap_negations(p, base) ? parent(p, AST_OR, base) : NULL;
    size_t must = count_occur(p, base, OCCUR_MUST);
    if (kind == AST_GROUP && (must == n - negated || n - negated == 1)) {
        set_occur(p, base, OCCUR_MUST, OCCUR_DEFAULT);
        kind = AST_AND; /* nothing is left for the query's op to settle */
    }
    return parent(p, kind, base);
}

static void complain(struct parser *p, const struct query_token *at, const char *message)
{
    clus__complain(&p->complaints, CLUS_E_SYNTAX, at->offset, at->length, message);
}

static void raise_boost(struct ast_node *node, float boost)
{
    node->boost *= boost;
    if (node->boost > QUERY_MAX_BOOST)
        node->boost = QUERY_MAX_BOOST;
}

static struct ast_node *parse_bracket(struct parser *p)
{
    struct query_token open = p->now;
    advance(p);
    struct ast_node *node = parse_or(p);
    bool closed = p->now.kind == TOK_CLOSE;
    uint32_t end = closed ? p->now.offset + p->now.length : p->now.offset;
    if (closed) {
        if (node)
            raise_boost(node, p->now.boost);
        advance(p);
    } else if (!p->scan.cut) {
        complain(p, &open, "a bracket is not closed");
    }
    if (!node && p->status == CLUS_OK && p->scan.status == CLUS_OK && !p->scan.cut)
        clus__complain(&p->complaints, CLUS_E_SYNTAX, open.offset, end - open.offset,
                       "nothing to search for stands between the brackets");
    return node;
}

static bool is_operator(enum query_token_kind kind)
{
    return kind == TOK_OR || kind == TOK_AND || kind == TOK_NOT || kind == TOK_NEAR;
}

/* An operator with nothing to work on is searched as the word it is. */
static struct ast_node *operator_as_text(struct parser *p)
{
    struct bytes text = {p->scan.text.data + p->now.offset, p->now.length};
    struct ast_node *leaf = NULL;
    complain(p, &p->now,
             p->now.kind == TOK_NOT
                 ? "nothing follows that this operator could work on: searched as text"
                 : "this operator needs something on either side: searched as text");
    if (text.data[0] != '|')
        leaf = clus__scan_new_leaf(&p->scan, AST_WORD, p->now.offset, text);
    if (leaf)
        leaf->length = p->now.length;
    advance(p);
    return leaf;
}

static struct ast_node *parse_prim(struct parser *p)
{
    if (p->now.kind == TOK_OPEN)
        return parse_bracket(p);
    if (is_operator(p->now.kind))
        return operator_as_text(p);
    struct ast_node *leaf = p->now.leaf; /* or NULL, at the end */
    advance(p);
    return leaf;
}

/* Words and phrases of one field, and choices of them, have positions to compare. */
static bool has_positions(const struct ast_node *node, struct bytes field)
{
    switch (node->kind) {
    case AST_WORD:
    case AST_PHRASE:
    case AST_WILDCARD:
    case AST_FUZZY:
    case AST_REGEX: return clus__bytes_cmp(node->field, field) == 0;
    case AST_OR:
        for (size_t i = 0; i < node->n_children; i++)
            if (!has_positions(node->children[i], field))
                return false;
        return true;
    case AST_NONE:
    case AST_RANGE:
    case AST_NEAR:
    case AST_AND:
    case AST_GROUP: break;
    }
    return false;
}

static struct bytes first_field(const struct ast_node *node)
{
    while (node->kind == AST_OR)
        node = node->children[0];
    return node->field;
}

static bool can_be_near(const struct parser *p, size_t base)
{
    struct query_field type;
    struct bytes field = first_field(p->stack[base]);
    if (field.len > 0 &&
        (!clus__scan_find_field(p->scan.opts, field, &type) || type.type != FIELD_TEXT))
        return false;
    for (size_t i = base; i < p->n; i++)
        if (p->stack[i]->occur == OCCUR_NOT || !has_positions(p->stack[i], field))
            return false;
    return true;
}

/* The nodes from `base` on are joined by one and the same operator. */
static struct ast_node *near_node(struct parser *p, const struct query_token *op,
                                  size_t base)
{
    if (p->status != CLUS_OK || p->n < base + 2)
        return combine(p, AST_AND, base);
    if (!can_be_near(p, base)) {
        complain(p, op,
                 "only words and phrases of one field stand near each other: "
                 "searched as AND");
        return combine(p, AST_AND, base);
    }
    float boost = 1;
    for (size_t i = base; i < p->n; i++) {
        boost *= p->stack[i]->boost;
        p->stack[i]->boost = 1;
    }
    struct ast_node *node = parent(p, AST_NEAR, base);
    if (node) {
        node->ordered = op->ordered;
        node->slop = op->slop;
        raise_boost(node, boost);
    }
    return node;
}

/* a NEAR b ADJ c asks for both: a NEAR b, and b ADJ c. */
static void next_near(struct parser *p, const struct query_token *op, size_t *base)
{
    struct ast_node *copy = new_node(p);
    if (p->status != CLUS_OK)
        return;
    *copy = *p->stack[p->n - 1];
    struct ast_node *done = near_node(p, op, *base);
    if (!done)
        return;
    push(p, done);
    *base = p->n;
    push(p, copy);
}

static struct ast_node *parse_near(struct parser *p)
{
    struct query_token op = {.kind = TOK_NONE};
    size_t first = p->n, base = first;
    struct ast_node *node = parse_prim(p);
    if (!node)
        return NULL;
    push(p, node);
    while (p->now.kind == TOK_NEAR &&
           (p->next.kind == TOK_LEAF || p->next.kind == TOK_OPEN) && p->status == CLUS_OK) {
        struct query_token sign = p->now;
        if (op.kind != TOK_NONE && (op.ordered != sign.ordered || op.slop != sign.slop))
            next_near(p, &op, &base);
        op = sign;
        advance(p);
        node = parse_prim(p);
        if (node)
            push(p, node);
    }
    if (p->status != CLUS_OK)
        return NULL;
    if (op.kind != TOK_NONE) {
        node = near_node(p, &op, base);
        if (node)
            push(p, node);
    }
    return combine(p, AST_AND, first);
}

static bool begins_operand(enum query_token_kind kind)
{
    return kind == TOK_LEAF || kind == TOK_OPEN || kind == TOK_PLUS || kind == TOK_MINUS ||
           kind == TOK_NOT;
}

/* The operator at hand has something on its right; the caller knows about its left. */
static bool at_operator(const struct parser *p, enum query_token_kind kind)
{
    return p->now.kind == kind && begins_operand(p->next.kind);
}

/* What is left out must match as a whole: CLUS_OP_AUTO relaxes only what is looked for. */
static void settle(struct ast_node *node)
{
    if (node->kind == AST_GROUP)
        node->kind = AST_AND;
    for (size_t i = 0; i < node->n_children; i++) {
        if (node->children[i]->occur == OCCUR_MUST)
            node->children[i]->occur = OCCUR_DEFAULT;
        settle(node->children[i]);
    }
}

static void negate(const struct parser *p, struct ast_node *node)
{
    node->occur = node->occur == OCCUR_NOT ? OCCUR_DEFAULT : OCCUR_NOT;
    if (node->occur == OCCUR_NOT && p->op == CLUS_OP_AUTO)
        settle(node);
}

static struct ast_node *parse_unary(struct parser *p)
{
    bool negated = false, must = false;
    while (p->now.kind == TOK_PLUS || p->now.kind == TOK_MINUS || at_operator(p, TOK_NOT)) {
        must = must || p->now.kind == TOK_PLUS;
        negated ^= p->now.kind != TOK_PLUS;
        advance(p);
    }
    struct ast_node *node = parse_near(p);
    if (!node)
        return NULL;
    if (negated)
        negate(p, node);
    else if (must && node->occur == OCCUR_DEFAULT)
        node->occur = OCCUR_MUST;
    return node;
}

static struct ast_node *parse_chain(struct parser *p)
{
    size_t base = p->n;
    struct ast_node *node = parse_unary(p);
    if (!node || !at_operator(p, TOK_AND))
        return node;
    push(p, node);
    while (at_operator(p, TOK_AND) && p->status == CLUS_OK) {
        advance(p);
        node = parse_unary(p);
        if (node)
            push(p, node);
    }
    return combine(p, AST_AND, base);
}

static struct ast_node *parse_and(struct parser *p)
{
    size_t base = p->n;
    while (p->now.kind != TOK_END && p->now.kind != TOK_CLOSE && p->status == CLUS_OK &&
           !(p->n > base && at_operator(p, TOK_OR))) {
        struct ast_node *node = parse_chain(p);
        if (node)
            push(p, node);
    }
    return combine(p, AST_GROUP, base);
}

static struct ast_node *parse_or(struct parser *p)
{
    size_t base = p->n;
    for (;;) {
        struct ast_node *node = parse_and(p);
        if (node)
            push(p, node);
        if (!at_operator(p, TOK_OR) || p->status != CLUS_OK)
            break;
        advance(p);
    }
    return combine(p, AST_OR, base);
}

/* Keeps products of nested boosts within what a float can hold. */
static void temper(struct ast_node *node, double above)
{
    const double most = 1e6;
    if (above * (double)node->boost > most)
        node->boost = (float)(most / above);
    for (size_t i = 0; i < node->n_children; i++)
        temper(node->children[i], above * (double)node->boost);
}

static clus_status read_tree(struct parser *p, struct clus_query *q)
{
    advance(p);
    advance(p);
    q->root = parse_or(p);
    if (p->status == CLUS_OK)
        p->status = p->scan.status;
    if (p->status == CLUS_OK && !q->root && p->complaints.n == 0)
        clus__complain(&p->complaints, CLUS_E_SYNTAX, 0, q->source.len,
                       "the query holds nothing to search for");
    if (p->status == CLUS_OK && !q->root)
        q->root = new_node(p); /* AST_NONE */
    if (p->status == CLUS_OK)
        temper(q->root, 1);
    return p->status;
}

clus_status clus__query_read_tree(struct clus_query *q, const clus_parse_options *opts,
                                  size_t left_out, clus_error *err)
{
    struct complaint found[MAX_COMPLAINTS]; /* these two are large: not cleared */
    struct query_field fields[QUERY_MAX_DEPTH + 1];
    struct parser p = {.op = q->op};
    fields[0] = (struct query_field){.type = FIELD_ANY};
    p.complaints.items = found;
    p.scan.fields = fields;
    p.scan.text = q->source;
    p.scan.opts = opts;
    p.scan.arena = &q->arena;
    p.scan.complaints = &p.complaints;
    if (left_out > 0)
        clus__complain(&p.complaints, CLUS_E_LIMIT, q->source.len,
                       left_out > UINT32_MAX ? UINT32_MAX : left_out,
                       "the query is longer than 65536 bytes: the rest is left out");
    if (read_tree(&p, q) != CLUS_OK)
        return clus__explain(err, p.status, "query");
    return clus__complaints_keep(q, &p.complaints, q->strict, err);
}
