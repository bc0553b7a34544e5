/*
 * One posting list, or several of which a document's best score counts: block by block, and
 * only blocks whose bound is above what the k best documents have. Or documents given as
 * bits, which all score the same: the first of them are taken.
 *
 * Several lists are run one after the other, those with the highest scores first, so that
 * most blocks of the others are skipped. A document comes again where lists share it, and
 * it comes out of order: it is looked for among the best, which is cheap while k is small.
 */
#include "search/list.h"
#include "search/run.h"

static void put_again(struct run *r, const struct candidates *c)
{
    for (uint32_t i = 0; i < c->n; i++)
        if (!clus__run_is_deleted(r, c->docs[i]))
            r->count += clus__topk_put(&r->top, c->scores[i], r->base + c->docs[i]);
}

/* `again`: another list was run before, so documents come a second time and out of order;
 * one that just reaches the score needed may win by standing earlier. */
static clus_status run_blocks(struct run *r, struct posting_list *l, bool again)
{
    struct candidates *c = &r->scratch->candidates;
    for (uint32_t blocks = 0; !l->ended; blocks++) {
        clus_status st = CLUS_OK;
        if (blocks % 64 == 0 && clus__run_expired(r))
            return CLUS_E_TIMEOUT;
        int32_t need = clus__run_theta(r);
        need -= again && need > 0;
        if (clus__list_bound(l, l->p.block_max) > need) {
            st = clus__list_candidates(l, l->p.block_first, need, c);
            if (st == CLUS_OK && again)
                put_again(r, c);
            else if (st == CLUS_OK)
                clus__run_collect(r, c);
        }
        if (st == CLUS_OK)
            st = clus__list_seek(l, l->p.block_last + 1);
        if (st != CLUS_OK)
            return st;
    }
    return CLUS_OK;
}

clus_status clus__run_list(struct run *r, struct node *n)
{
    return run_blocks(r, n->lists[0], false);
}

static void highest_first(struct posting_list **lists, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        struct posting_list *moving = lists[i];
        uint32_t at = i;
        for (; at > 0 && lists[at - 1]->most < moving->most; at--)
            lists[at] = lists[at - 1];
        lists[at] = moving;
    }
}

bool clus__run_group_fits(const struct run *r)
{
    enum { FEW_BEST = 128 };
    return r->goal == GOAL_BEST && !r->count_all && r->top.k <= FEW_BEST;
}

clus_status clus__run_group(struct run *r, struct node *n)
{
    clus_status st = CLUS_OK;
    highest_first(n->lists, n->n_lists);
    for (uint32_t i = 0; st == CLUS_OK && i < n->n_lists; i++)
        st = run_blocks(r, n->lists[i], true);
    return st;
}

/* Collect the documents of a window, until the k best all score as much. */
static void collect_bits(struct run *r, const struct node *n, uint32_t w,
                         const uint64_t bits[WINDOW_CELLS])
{
    for (uint32_t cell = 0; cell < WINDOW_CELLS; cell++) {
        uint64_t left = bits[cell];
        left &= r->deleted ? ~r->deleted[w / CELL + cell] : UINT64_MAX;
        for (; left && n->fixed > clus__run_theta(r); left &= left - 1)
            clus__run_collect_one(r, w + cell * CELL + (uint32_t)__builtin_ctzll(left),
                                  n->fixed);
    }
}

clus_status clus__run_set(struct run *r, struct node *n)
{
    uint64_t bits[WINDOW_CELLS];
    uint32_t target = 0;
    while (n->fixed > clus__run_theta(r)) {
        clus_status st = clus__node_next(n, target, &target);
        if (st != CLUS_OK || target == UINT32_MAX)
            return st;
        if (clus__run_expired(r))
            return CLUS_E_TIMEOUT;
        uint32_t w = target / WINDOW * WINDOW;
        st = clus__node_bits(n, w, bits);
        if (st != CLUS_OK)
            return st;
        collect_bits(r, n, w, bits);
        target = w + WINDOW;
    }
    return CLUS_OK;
}
