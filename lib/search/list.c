/* A posting list opened for one clause, and the parts of its cursor that are not inline. */
#include "search/list.h"

clus_status clus__list_open(const struct bind *ctx, const struct clause *c,
                            const struct member *m, struct posting_list **out)
{
    const struct term_info *info = m->term->infos[ctx->segment];
    struct posting_list *l = clus__arena_raw(ctx->arena, 1, sizeof *l);
    if (!l)
        return CLUS_E_NOMEM;
    l->p.df = l->p.ndocs = l->p.n_blocks = 0;
    l->p.state = NULL;
    l->at = 0;
    l->doc = UINT32_MAX;
    l->ended = false;
    l->need_flags = c->need_flags;
    l->deny_flags = c->deny_flags;
    l->weight = c->weight * m->weight;
    l->inflation = ctx->inflation;
    l->scored = !c->unscored && !c->constant && !ctx->matches_only;
    l->fixed = c->constant && !c->unscored ? clus__score(l->weight, 1) : 1;
    l->scorer = ctx->scorer;
    l->most = clus__list_bound(l, info->max_impact);
    const struct segment *seg = ctx->view->segments[ctx->segment].seg;
    clus_status st = clus__segment_postings(seg, ctx->view->txn, info, ctx->arena, &l->p);
    if (st != CLUS_OK)
        return st;
    st = clus__postings_seek_block(&l->p, 0);
    if (st != CLUS_OK) {
        clus__postings_done(&l->p);
        return st == CLUS_DONE ? CLUS_E_CORRUPT : st; /* a list has a block at least */
    }
    *out = l;
    return CLUS_OK;
}

static void refuse_by_flags(const struct posting_list *l, uint32_t from, uint32_t to,
                            int32_t *scores)
{
    for (uint32_t i = from; i < to; i++)
        if (!clus__list_accepts(l, l->p.flags[i]))
            scores[i - from] = 0;
}

clus_status clus__list_scores(struct posting_list *l, const struct scorer *s, uint32_t from,
                              uint32_t to, int32_t *out)
{
    bool by_flags = l->need_flags | l->deny_flags;
    struct posting_run run = {l->p.docs + from, l->p.tfs + from, l->p.flags + from,
                              to - from};
    if (l->scored || by_flags) {
        clus_status st = clus__postings_tfs(&l->p);
        if (st != CLUS_OK)
            return st;
    }
    if (l->scored)
        s->kernels->score(s, l->weight, &run, out);
    else
        for (uint32_t i = 0; i < to - from; i++)
            out[i] = l->fixed;
    if (by_flags)
        refuse_by_flags(l, from, to, out);
    return CLUS_OK;
}

clus_status clus__list_candidates(struct posting_list *l, uint32_t from, int32_t need,
                                  struct candidates *c)
{
    const struct scorer *s = l->scorer;
    int32_t scores[BLOCK_DOCS + 8];
    clus_status st = clus__postings_docs(&l->p);
    if (st != CLUS_OK)
        return st;
    uint32_t first = l->at = clus__list_find(l, from);
    st = clus__list_scores(l, s, first, l->p.n, scores);
    if (st == CLUS_OK)
        c->n = s->kernels->sift(l->p.docs + first, scores, l->p.n - first, need, c->docs,
                                c->scores);
    return st;
}

clus_status clus__list_meet(struct posting_list *l, const struct kernels *k,
                            struct doc_run *asked, uint16_t *at, uint16_t *there,
                            uint32_t *n)
{
    const struct short_lanes *lanes;
    clus_status st = clus__list_lanes(l, k, &lanes);
    if (st != CLUS_OK)
        return st;
    if (lanes) {
        *n = k->find_lanes(asked, lanes, at, there);
        return CLUS_OK;
    }
    struct doc_run has = {l->p.docs + l->at, l->p.n - l->at};
    asked->n = clus__count_up_to(*asked, l->p.block_last);
    *n = clus__intersect(k, *asked, has, at, there);
    for (uint32_t i = 0; i < *n; i++)
        there[i] = (uint16_t)(there[i] + l->at);
    return CLUS_OK;
}

clus_status clus__list_window_bound(struct posting_list *l, uint32_t from, uint32_t to,
                                    int32_t *bound)
{
    uint8_t max;
    *bound = 0;
    clus_status st = clus__list_seek(l, from);
    if (st != CLUS_OK || l->ended || l->p.block_first > to)
        return st;
    if (!l->scored) {
        *bound = l->fixed;
        return CLUS_OK;
    }
    if (l->p.block_last >= to) { /* one block, the common case of rare words */
        *bound = clus__list_bound(l, l->p.block_max);
        return CLUS_OK;
    }
    st = clus__postings_max(&l->p, from, to, &max);
    if (st == CLUS_OK)
        *bound = clus__list_bound(l, max);
    return st;
}
