/* Clauses bound to a segment: what is missing there becomes NODE_NONE. */
#include "base/alloc.h"
#include "search/list.h"

static clus_status open_lists(const struct bind *ctx, struct node *n)
{
    const struct clause *c = n->clause;
    n->lists = clus__arena_alloc(ctx->arena, c->n_members, sizeof(void *));
    if (!n->lists)
        return CLUS_E_NOMEM;
    for (uint32_t i = 0; i < c->n_members; i++) {
        if (!c->members[i].term->infos[ctx->segment])
            continue;
        struct posting_list *l;
        clus_status st = clus__list_open(ctx, c, &c->members[i], &l);
        if (st != CLUS_OK)
            return st;
        n->lists[n->n_lists++] = l;
        n->cost += l->p.df;
        n->most = l->most > n->most ? l->most : n->most;
    }
    return CLUS_OK;
}

/* Set the bits of one member's documents in the blocks that overlap [from, end). */
static clus_status mark_member(const struct node *n, const struct member *m, uint32_t from,
                               uint32_t end, struct arena *arena)
{
    struct posting_list *l;
    struct bind inner = *n->bind;
    inner.arena = arena;
    clus_status st = clus__list_open(&inner, n->clause, m, &l);
    if (st != CLUS_OK)
        return st;
    bool by_flags = l->need_flags | l->deny_flags;
    st = clus__list_seek(l, from);
    while (st == CLUS_OK && !l->ended && l->p.block_first < end) {
        st = by_flags ? clus__postings_tfs(&l->p) : clus__postings_docs(&l->p);
        for (uint32_t i = 0; st == CLUS_OK && i < l->p.n; i++) {
            uint32_t doc = l->p.docs[i];
            if (!by_flags || clus__list_accepts(l, l->p.flags[i]))
                n->bits[doc / 64] |= 1ull << (doc % 64);
        }
        if (st == CLUS_OK)
            st = l->p.block_last == UINT32_MAX ? CLUS_E_CORRUPT
                                               : clus__list_seek(l, l->p.block_last + 1);
    }
    clus__postings_done(&l->p);
    return st;
}

/* Lists of one block are read at once, long ones as far as is needed and then four times as
 * far. */
clus_status clus__node_mark(struct node *n, uint32_t end)
{
    if (n->kind != NODE_BITS || end <= n->marked)
        return CLUS_OK;
    const struct clause *c = n->clause;
    const uint32_t from = n->marked, further = from < n->ndocs / 4 ? 4 * from : n->ndocs;
    struct arena cursor = {.max = 0}; /* one after the other in the same memory */
    clus_status st = CLUS_OK;
    end = end < further ? further : end;
    for (uint32_t i = 0; st == CLUS_OK && i < c->n_members; i++) {
        const struct term_info *info = c->members[i].term->infos[n->bind->segment];
        if (!info || (from > 0 && info->df < BLOCK_DOCS))
            continue;
        st = mark_member(n, &c->members[i], from, end, &cursor);
        clus__arena_reset(&cursor);
    }
    clus__arena_done(&cursor);
    n->marked = end;
    return st;
}

/* Many members: one set of bits instead of many cursors. */
static clus_status bind_bits(const struct bind *ctx, struct node *n)
{
    const struct clause *c = n->clause;
    size_t words = ((size_t)n->ndocs + WINDOW - 1) / WINDOW * (WINDOW / 64);
    struct bind *bind = clus__arena_raw(ctx->arena, 1, sizeof *bind);
    n->kind = NODE_BITS;
    n->bits = clus__arena_alloc(ctx->arena, words, sizeof *n->bits);
    if (!n->bits || !bind)
        return CLUS_E_NOMEM;
    *bind = *ctx;
    n->bind = bind;
    n->fixed = c->unscored ? 1 : clus__score(c->weight, 1);
    n->most = n->fixed;
    for (uint32_t i = 0; i < c->n_members; i++) {
        const struct term_info *info = c->members[i].term->infos[ctx->segment];
        n->cost += info ? info->df : 0;
    }
    return ctx->matches_only ? clus__node_mark(n, n->ndocs) : CLUS_OK;
}

static clus_status bind_terms(const struct bind *ctx, struct node *n)
{
    const struct clause *c = n->clause;
    if (c->constant || (c->unscored && c->n_members > PLAN_SCORED_GROUP))
        return bind_bits(ctx, n);
    clus_status st = open_lists(ctx, n);
    if (st != CLUS_OK)
        return st;
    n->kind = n->n_lists == 0 ? NODE_NONE : n->n_lists == 1 ? NODE_LIST : NODE_GROUP;
    return CLUS_OK;
}

/* A child that need not match, beside one that must: it changes scores, not what matches.
 */
static bool is_idle(const struct bind *ctx, const struct clause *parent,
                    const struct clause_child *child)
{
    return ctx->matches_only && parent->kind == CLAUSE_BOOL && parent->n_must > 0 &&
           child->role == ROLE_SHOULD;
}

static clus_status bind_child(const struct bind *ctx, const struct clause *parent,
                              const struct clause_child *child, struct node **out)
{
    static const struct clause nothing = {.kind = CLAUSE_NONE};
    struct bind inner = *ctx;
    inner.matches_only |= child->role == ROLE_FILTER || child->role == ROLE_NOT;
    bool idle = is_idle(ctx, parent, child);
    return clus__node_bind(&inner, idle ? &nothing : child->clause, out);
}

/* What the children make of the whole: how many may match, how high, whether any can. */
static void sum_up(struct node *n)
{
    const struct clause *c = n->clause;
    uint64_t least = n->ndocs, shoulds = 0;
    bool none = false;
    for (uint32_t i = 0; i < c->n_children; i++) {
        const struct node *child = n->children[i];
        enum clause_role role = c->children[i].role;
        if (role == ROLE_MUST || role == ROLE_FILTER) {
            least = child->cost < least ? child->cost : least;
            none |= child->kind == NODE_NONE;
        }
        if (role == ROLE_SHOULD)
            shoulds += child->cost;
        if (role == ROLE_MUST || role == ROLE_SHOULD)
            n->most += child->most;
    }
    n->cost = c->n_must == 0 && shoulds < least ? shoulds : least;
    n->kind = none || (c->n_must == 0 && n->cost == 0) ? NODE_NONE : NODE_BOOL;
}

static clus_status bind_children(const struct bind *ctx, struct node *n)
{
    const struct clause *c = n->clause;
    n->children = clus__arena_alloc(ctx->arena, c->n_children, sizeof(void *));
    if (!n->children)
        return CLUS_E_NOMEM;
    for (uint32_t i = 0; i < c->n_children; i++) {
        clus_status st = bind_child(ctx, c, &c->children[i], &n->children[i]);
        if (st != CLUS_OK)
            return st;
    }
    return CLUS_OK;
}

static clus_status bind_bool(const struct bind *ctx, struct node *n)
{
    n->most = 0;
    clus_status st = bind_children(ctx, n);
    if (st == CLUS_OK)
        sum_up(n);
    return st;
}

static clus_status bind_best(const struct bind *ctx, struct node *n)
{
    uint64_t sum = 0;
    clus_status st = bind_children(ctx, n);
    if (st != CLUS_OK)
        return st;
    n->most = 0;
    for (uint32_t i = 0; i < n->clause->n_children; i++) {
        const struct node *child = n->children[i];
        sum += child->cost;
        n->most = child->most > n->most ? child->most : n->most;
    }
    n->cost = sum < n->ndocs ? sum : n->ndocs;
    n->kind = sum > 0 ? NODE_BEST : NODE_NONE;
    return CLUS_OK;
}

static clus_status bind_dates(const struct bind *ctx, struct node *n)
{
    n->kind = NODE_DATES;
    return clus__view_dates(ctx->view, ctx->segment, &n->dates);
}

static clus_status bind_kind(const struct bind *ctx, struct node *n)
{
    n->cost = n->ndocs;
    n->fixed = n->most = 1;
    switch (n->clause->kind) {
    case CLAUSE_NONE: n->kind = NODE_NONE; return CLUS_OK;
    case CLAUSE_ALL: n->kind = NODE_ALL; return CLUS_OK;
    case CLAUSE_DATES: return bind_dates(ctx, n);
    case CLAUSE_DOC:
        n->kind = n->clause->segment == ctx->segment ? NODE_DOC : NODE_NONE;
        n->cost = 1;
        return CLUS_OK;
    case CLAUSE_TERMS: n->cost = 0; return bind_terms(ctx, n);
    case CLAUSE_SPANS: n->kind = NODE_SPANS; return clus__spans_bind(ctx, n);
    case CLAUSE_BOOL: return bind_bool(ctx, n);
    case CLAUSE_BEST: return bind_best(ctx, n);
    }
    return CLUS_E_ARGUMENT;
}

clus_status clus__node_bind(const struct bind *ctx, const struct clause *c,
                            struct node **out)
{
    struct node *n = clus__arena_alloc(ctx->arena, 1, sizeof *n);
    if (!n)
        return CLUS_E_NOMEM;
    *out = n;
    n->clause = c;
    n->scorer = ctx->scorer;
    n->arena = ctx->arena;
    n->ndocs = ctx->view->segments[ctx->segment].seg->ndocs;
    n->filled = UINT32_MAX;
    clus_status st = bind_kind(ctx, n);
    if (n->kind == NODE_NONE) {
        n->cost = 0;
        n->most = 0;
    }
    return st;
}

void clus__node_release(struct node *n)
{
    if (!n)
        return;
    for (uint32_t i = 0; i < n->n_lists; i++)
        clus__postings_done(&n->lists[i]->p);
    if (n->spans)
        clus__spans_release(n->spans);
    for (uint32_t i = 0; n->children && i < n->clause->n_children; i++)
        clus__node_release(n->children[i]);
}
