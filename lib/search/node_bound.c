/* What a node may still score in a stretch of documents, and where its next match may be.
 */
#include "search/list.h"
#include "search/node.h"

/* ---- bounds ---- */

static clus_status group_bound(struct node *n, uint32_t from, uint32_t to, int32_t *bound)
{
    clus_status st = CLUS_OK;
    *bound = 0;
    for (uint32_t i = 0; st == CLUS_OK && i < n->n_lists; i++) {
        int32_t one = 0;
        st = clus__list_window_bound(n->lists[i], from, to, &one);
        *bound = one > *bound ? one : *bound;
    }
    return st;
}

/* A phrase occurs no more often than any of its words. */
static clus_status spans_bound(struct node *n, uint32_t from, uint32_t to, int32_t *bound)
{
    int32_t least = n->most;
    for (uint32_t i = 0; i < n->spans->n_slots; i++) {
        const struct slot *slot = n->spans->by_cost[i];
        int64_t sum = 0;
        for (uint32_t k = 0; k < slot->n_lists; k++) {
            int32_t one = 0;
            clus_status st = clus__list_window_bound(slot->lists[k], from, to, &one);
            if (st != CLUS_OK)
                return st;
            sum += one;
        }
        least = sum < least ? (int32_t)sum : least;
    }
    *bound = least;
    return CLUS_OK;
}

static clus_status bool_bound(struct node *n, uint32_t from, uint32_t to, int32_t *bound)
{
    int64_t sum = 0;
    *bound = 0;
    for (uint32_t i = 0; i < n->clause->n_children; i++) {
        enum clause_role role = n->clause->children[i].role;
        int32_t one = 0;
        if (role == ROLE_NOT)
            continue;
        clus_status st = clus__node_bound(n->children[i], from, to, &one);
        if (st != CLUS_OK)
            return st;
        if (one == 0 && role != ROLE_SHOULD)
            return CLUS_OK;
        if (role != ROLE_FILTER)
            sum += one;
    }
    *bound = sum < n->most ? (int32_t)sum : n->most;
    return CLUS_OK;
}

static clus_status best_bound(struct node *n, uint32_t from, uint32_t to, int32_t *bound)
{
    clus_status st = CLUS_OK;
    *bound = 0;
    for (uint32_t i = 0; st == CLUS_OK && i < n->clause->n_children; i++) {
        int32_t one = 0;
        st = clus__node_bound(n->children[i], from, to, &one);
        *bound = one > *bound ? one : *bound;
    }
    return st;
}

/* A filled window has moved the lists behind it: what is in it only the scores tell. */
static bool is_filled_at(const struct node *n, uint32_t doc)
{
    return n->filled != UINT32_MAX && n->filled == doc / WINDOW * WINDOW;
}

static int32_t best_of_filled(const struct node *n, uint32_t from, uint32_t to)
{
    int32_t best = 0;
    uint32_t end = to - n->filled < WINDOW ? to - n->filled + 1 : WINDOW;
    for (uint32_t i = from - n->filled; i < end; i++)
        best = n->scores[i] > best ? n->scores[i] : best;
    return best;
}

static clus_status bound_of_kind(struct node *n, uint32_t from, uint32_t to, int32_t *bound)
{
    switch (n->kind) {
    case NODE_NONE: *bound = 0; return CLUS_OK;
    case NODE_LIST: return clus__list_window_bound(n->lists[0], from, to, bound);
    case NODE_GROUP: return group_bound(n, from, to, bound);
    case NODE_SPANS: return spans_bound(n, from, to, bound);
    case NODE_BOOL: return bool_bound(n, from, to, bound);
    case NODE_BEST: return best_bound(n, from, to, bound);
    case NODE_DOC:
        *bound = n->clause->doc >= from && n->clause->doc <= to ? n->fixed : 0;
        return CLUS_OK;
    case NODE_ALL:
    case NODE_BITS:
    case NODE_DATES: *bound = n->fixed; return CLUS_OK;
    }
    return CLUS_E_ARGUMENT;
}

clus_status clus__node_bound(struct node *n, uint32_t from, uint32_t to, int32_t *bound)
{
    int32_t filled = 0;
    *bound = 0;
    if (is_filled_at(n, from)) {
        filled = best_of_filled(n, from, to);
        if (to - n->filled < WINDOW) {
            *bound = filled;
            return CLUS_OK;
        }
        from = n->filled + WINDOW;
    }
    clus_status st = bound_of_kind(n, from, to, bound);
    *bound = filled > *bound ? filled : *bound;
    return st;
}

/* ---- where the next match may be ---- */

static clus_status list_next(struct posting_list *l, uint32_t target, uint32_t *doc)
{
    clus_status st = clus__list_seek(l, target);
    if (st == CLUS_OK)
        *doc = l->ended                    ? UINT32_MAX
               : target > l->p.block_first ? target
                                           : l->p.block_first;
    return st;
}

static clus_status lists_next(struct posting_list *const *lists, uint32_t n,
                              uint32_t target, uint32_t *doc)
{
    uint32_t least = UINT32_MAX;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t one = 0;
        clus_status st = list_next(lists[i], target, &one);
        if (st != CLUS_OK)
            return st;
        least = one < least ? one : least;
    }
    *doc = least;
    return CLUS_OK;
}

static clus_status spans_next(struct node *n, uint32_t target, uint32_t *doc)
{
    *doc = target;
    clus_status st = CLUS_OK;
    for (uint32_t i = 0; st == CLUS_OK && i < n->spans->n_slots && *doc != UINT32_MAX;
         i++) {
        const struct slot *slot = n->spans->by_cost[i];
        st = lists_next(slot->lists, slot->n_lists, *doc, doc);
    }
    return st;
}

static clus_status any_next(struct node *const *nodes, uint32_t n, uint32_t target,
                            uint32_t *doc)
{
    uint32_t least = UINT32_MAX;
    clus_status st = CLUS_OK;
    for (uint32_t i = 0; st == CLUS_OK && i < n; i++) {
        uint32_t one = 0;
        st = clus__node_next(nodes[i], target, &one);
        least = one < least ? one : least;
    }
    *doc = least;
    return st;
}

static clus_status bool_next(struct node *n, uint32_t target, uint32_t *doc)
{
    const struct clause *c = n->clause;
    uint32_t least;
    clus_status st = CLUS_OK;
    *doc = target;
    for (uint32_t i = 0; st == CLUS_OK && i < c->n_children && *doc != UINT32_MAX; i++) {
        enum clause_role role = c->children[i].role;
        if (role == ROLE_MUST || role == ROLE_FILTER)
            st = clus__node_next(n->children[i], *doc, doc);
    }
    if (c->n_must > 0 || st != CLUS_OK)
        return st;
    st = any_next(n->children, c->n_should, target, &least);
    *doc = least > *doc ? least : *doc;
    return st;
}

static bool next_in_filled(const struct node *n, uint32_t target, uint32_t *doc)
{
    for (uint32_t i = target - n->filled; i < WINDOW; i++)
        if (n->scores[i] > 0) {
            *doc = n->filled + i;
            return true;
        }
    return false;
}

clus_status clus__node_next(struct node *n, uint32_t target, uint32_t *doc)
{
    clus_status st = CLUS_OK;
    if (is_filled_at(n, target)) {
        if (next_in_filled(n, target, doc))
            return CLUS_OK;
        target = n->filled + WINDOW;
    }
    switch (n->kind) {
    case NODE_NONE: *doc = UINT32_MAX; break;
    case NODE_LIST:
    case NODE_GROUP: st = lists_next(n->lists, n->n_lists, target, doc); break;
    case NODE_SPANS: st = spans_next(n, target, doc); break;
    case NODE_BOOL: st = bool_next(n, target, doc); break;
    case NODE_BEST: st = any_next(n->children, n->clause->n_children, target, doc); break;
    case NODE_DOC: *doc = target <= n->clause->doc ? n->clause->doc : UINT32_MAX; break;
    case NODE_ALL:
    case NODE_BITS:
    case NODE_DATES: *doc = target; break;
    }
    if (st == CLUS_OK && *doc >= n->ndocs)
        *doc = UINT32_MAX;
    return st;
}
