/*
 * Where several posting lists meet, block against block: at any time each list stands on
 * one block, and the documents that all of these blocks cover are looked at together.
 * Bounds are those of just these blocks, so they are as tight as the index has them.
 *
 *     for (st = clus__meet_next(m, 0); st == CLUS_OK;
 *          st = clus__meet_next(m, (uint64_t)m->end + 1))
 *         if (worth looking at, by the blocks' bounds)
 *             st = clus__meet_match(m);     // m->docs[0 .. m->n), m->at[list][…]
 */
#ifndef CLUS_SEARCH_MEET_H
#define CLUS_SEARCH_MEET_H

#include "search/list.h"

enum { MEET_MAX = 16, MEET_STEP = 8 };

struct meet {
    const struct kernels *kernels;
    struct posting_list *lists[MEET_MAX]; /* rarest first */
    uint32_t n_lists;
    uint32_t from, end; /* documents that the current blocks cover, both included */
    uint32_t n;
    uint32_t docs[BLOCK_DOCS + 8];
    uint16_t at[MEET_MAX][BLOCK_DOCS + 8]; /* their places in the lists' blocks */
    uint16_t one[BLOCK_DOCS + 8];
};

/* A list of the meeting; at most MEET_MAX, in any order. */
void clus__meet_add(struct meet *m, struct posting_list *l);
/* The next documents >= target that one block of each list covers, the first of them being
 * one of the rarest list's. CLUS_DONE. */
CLUS_MUST_CHECK clus_status clus__meet_next(struct meet *m, uint64_t target);
CLUS_MUST_CHECK clus_status clus__meet_match(struct meet *m);
/* What list k, whose frequencies are decoded, has in the matches: room for m->n and
 * MEET_STEP of each, which are written up to a multiple of MEET_STEP. */
void clus__meet_pick(const struct meet *m, uint32_t k, uint32_t *tfs, uint8_t *flags);

#endif
