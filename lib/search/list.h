/* Steps of a posting list's cursor, inline for the loops that make many of them. */
#ifndef CLUS_SEARCH_LIST_H
#define CLUS_SEARCH_LIST_H

#include "search/node.h"

/* Open a list at its first block; the caller closes it with clus__postings_done(). */
CLUS_MUST_CHECK clus_status clus__list_open(const struct bind *ctx, const struct clause *c,
                                            const struct member *m,
                                            struct posting_list **out);

/* Stand at the block that holds the first document >= target. */
CLUS_MUST_CHECK static inline clus_status clus__list_seek(struct posting_list *l,
                                                          uint32_t target)
{
    if (l->ended || target <= l->p.block_last)
        return CLUS_OK;
    clus_status st = clus__postings_seek_block(&l->p, target);
    l->at = 0;
    l->doc = UINT32_MAX;
    if (st == CLUS_DONE) {
        l->ended = true;
        return CLUS_OK;
    }
    return st;
}

/* Index of the first document >= target in the current block, which is decoded, from l->at
 * on; p.n when there is none. By halving, without a branch that depends on documents. */
static inline uint32_t clus__list_find(const struct posting_list *l, uint32_t target)
{
    uint32_t low = l->at;
    for (uint32_t left = l->p.n - low; left > 0;) {
        uint32_t half = (left + 1) / 2;
        low += half & -(uint32_t)(l->p.docs[low + half - 1] < target); /* no jump */
        left -= half;
    }
    return low;
}

/* First document >= target, UINT32_MAX at the end; its index in l->at. */
CLUS_MUST_CHECK static inline clus_status clus__list_advance(struct posting_list *l,
                                                             uint32_t target, uint32_t *doc)
{
    clus_status st = clus__list_seek(l, target);
    if (st == CLUS_OK && !l->ended)
        st = clus__postings_docs(&l->p);
    if (st != CLUS_OK)
        return st;
    *doc = UINT32_MAX;
    if (!l->ended) {
        l->at = clus__list_find(l, target);
        *doc = l->p.docs[l->at];
    }
    l->doc = *doc;
    return CLUS_OK;
}

/* Stand on a document of the current block, which is number `at` of it. */
static inline void clus__list_stand(struct posting_list *l, uint32_t doc, uint32_t at)
{
    l->at = at;
    l->doc = doc;
}

/* Whether the cursor stands on a document. */
static inline bool clus__list_is_at(const struct posting_list *l, uint32_t doc)
{
    return !l->ended && l->doc == doc;
}

static inline bool clus__list_accepts(const struct posting_list *l, uint8_t flags)
{
    return (flags & l->need_flags) == l->need_flags && !(flags & l->deny_flags);
}

/* Score of the i-th document of the current block, 0 when its flags do not fit. */
CLUS_MUST_CHECK static inline clus_status
clus__list_score(struct posting_list *l, const struct scorer *s, uint32_t i, int32_t *score)
{
    bool by_flags = l->need_flags | l->deny_flags;
    if (!l->scored && !by_flags) {
        *score = l->fixed;
        return CLUS_OK;
    }
    clus_status st = clus__postings_tfs(&l->p);
    if (st != CLUS_OK)
        return st;
    if (by_flags && !clus__list_accepts(l, l->p.flags[i]))
        *score = 0;
    else
        *score = l->scored ? clus__score_one(s, l->weight, l->p.docs[i], l->p.tfs[i],
                                             l->p.flags[i])
                           : l->fixed;
    return CLUS_OK;
}

/* Scores of documents [from, to) of the current block, whose docs are decoded. */
CLUS_MUST_CHECK clus_status clus__list_scores(struct posting_list *l,
                                              const struct scorer *s, uint32_t from,
                                              uint32_t to, int32_t *out);

/* Documents of the current block: in lanes where the kernels look up in these, else NULL.
 */
CLUS_MUST_CHECK static inline clus_status clus__list_lanes(struct posting_list *l,
                                                           const struct kernels *k,
                                                           const struct short_lanes **lanes)
{
    *lanes = NULL;
    return k->find_lanes ? clus__postings_lanes(&l->p, lanes) : clus__postings_docs(&l->p);
}

/* What the current block has of documents, one of which at least is in it and none before
 * l->at: the k-th found is asked->docs[at[k]] and its document there[k]. asked->n becomes
 * how many of them are not behind the block. Room for so many and 16. */
CLUS_MUST_CHECK clus_status clus__list_meet(struct posting_list *l, const struct kernels *k,
                                            struct doc_run *asked, uint16_t *at,
                                            uint16_t *there, uint32_t *n);

/* Those of the current block from document `from` on that score above `need`. */
CLUS_MUST_CHECK clus_status clus__list_candidates(struct posting_list *l, uint32_t from,
                                                  int32_t need, struct candidates *c);

static inline int32_t clus__list_bound(const struct posting_list *l, uint8_t stored)
{
    return l->scored ? clus__score_bound(l->scorer, l->weight,
                                         clus__impact_value(stored) * l->inflation)
                     : l->fixed;
}

/* Bound over documents [from, to]; moves to `from`. */
CLUS_MUST_CHECK clus_status clus__list_window_bound(struct posting_list *l, uint32_t from,
                                                    uint32_t to, int32_t *bound);

#endif
