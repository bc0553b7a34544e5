/* Counting: frequencies where they tell, else bits of windows or runs of candidates. */
#include "search/run.h"

static uint64_t live_in_window(const struct run *r, uint32_t w,
                               const uint64_t bits[WINDOW_CELLS])
{
    uint64_t n = 0;
    const uint64_t *deleted = r->deleted ? r->deleted + w / 64 : NULL;
    for (uint32_t i = 0; i < WINDOW_CELLS; i++)
        n += (uint64_t)__builtin_popcountll(deleted ? bits[i] & ~deleted[i] : bits[i]);
    return n;
}

static clus_status count_windows(struct run *r, struct node *root)
{
    uint64_t bits[WINDOW_CELLS];
    uint32_t target = 0;
    for (;;) {
        clus_status st = clus__node_next(root, target, &target);
        if (st != CLUS_OK || target == UINT32_MAX)
            return st;
        if (clus__run_expired(r))
            return CLUS_E_TIMEOUT;
        uint32_t w = target / WINDOW * WINDOW;
        st = clus__node_bits(root, w, bits);
        if (st != CLUS_OK)
            return st;
        r->count += live_in_window(r, w, bits);
        if (r->ndocs - w <= WINDOW)
            return CLUS_OK;
        target = w + WINDOW;
    }
}

/* The innermost clause that has the same matches as `c`. */
static const struct clause *what_matches(const struct clause *c)
{
    while (c->kind == CLAUSE_BOOL && c->n_must == 1 && c->n_filter + c->n_not == 0)
        c = c->children[0].clause; /* sorted by role */
    return c;
}

bool clus__run_count_known(struct run *r, uint32_t segment)
{
    const struct clause *c = what_matches(r->root);
    const struct view_segment *vs = &r->view->segments[segment];
    uint32_t df = 0, lists = 0;
    if (c->kind != CLAUSE_TERMS || vs->n_deleted > 0 || c->need_flags || c->deny_flags)
        return false;
    for (uint32_t i = 0; i < c->n_members; i++) {
        const struct term_info *info = c->members[i].term->infos[segment];
        if (!info)
            continue;
        df = info->df;
        lists++;
    }
    if (lists > 1)
        return false;
    r->count += df;
    r->base += vs->seg->ndocs;
    return true;
}

clus_status clus__run_count(struct run *r, struct node *root)
{
    if (root->kind == NODE_SPANS || (root->kind == NODE_BOOL && root->clause->n_must > 0))
        return clus__run_all(r, root);
    return count_windows(r, root);
}
