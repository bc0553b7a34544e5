/*
 * Where several posting lists meet. The two rarest are lined up block against block: at any
 * time each stands on one block, and the documents that both blocks cover are looked at
 * together. Only where they meet are the blocks of the other lists looked for, and groups
 * of documents made that lie in one block of each: frequent words cost little beside two
 * rare ones. Bounds are those of just these blocks, so they are as tight as the index has
 * them.
 *
 *     for (st = clus__meet_next(m, 0); st == CLUS_OK;
 *          st = clus__meet_next(m, (uint64_t)m->range_end + 1))
 *         if (worth looking at, by the bounds of the blocks of the first two)
 *             st = clus__meet_pair(m), then while clus__meet_group(m) is CLUS_OK
 *                 if (worth it) clus__meet_narrow(m): m->docs[0 .. m->n), m->at[list][…]
 */
#ifndef CLUS_SEARCH_MEET_H
#define CLUS_SEARCH_MEET_H

#include "search/list.h"

enum { MEET_MAX = 16, MEET_STEP = 8 };

struct meet {
    const struct kernels *kernels;
    struct posting_list *lists[MEET_MAX]; /* rarest first */
    uint32_t n_lists;
    uint32_t from, range_end; /* what the blocks of the two rarest cover, both included */

    /* the current group: documents that all lists have, and their places in the lists'
     * blocks */
    uint32_t first, last; /* documents that it lies between, both included */
    uint32_t n;
    uint32_t *docs;
    uint16_t *at[MEET_MAX];

    /* where the two rarest meet; of those, the ones before `done` have been in a group */
    uint32_t n_pair, done;
    uint32_t pair[BLOCK_DOCS + MEET_STEP];
    uint16_t room[MEET_MAX][BLOCK_DOCS + MEET_STEP], one[BLOCK_DOCS + MEET_STEP];
};

/* Documents of a pair whose positions are compared in one go. */
enum { CHUNK_DOCS = 64, CHUNK_PLACES = 4096 };
struct meet_chunk {
    uint32_t n;
    bool alone; /* one document that has no room below */
    uint32_t docs[CHUNK_DOCS];
    uint16_t at[2][CHUNK_DOCS];
    uint32_t places[2][CHUNK_PLACES + PLACES_BEHIND]; /* see clus__postings_places() */
    uint16_t starts[2][CHUNK_DOCS + 1];
    uint32_t near[CHUNK_PLACES]; /* those of the first near one of the second */
};

void clus__meet_begin(struct meet *m, const struct kernels *kernels);
/* A list of the meeting, which has two at least and MEET_MAX at most; in any order. */
void clus__meet_add(struct meet *m, struct posting_list *l);
/* The next documents >= target that one block of each of the two rarest lists covers, the
 * first of them being one of the rarest list's. CLUS_DONE. */
CLUS_MUST_CHECK clus_status clus__meet_next(struct meet *m, uint64_t target);
/* Find where these two meet. */
CLUS_MUST_CHECK clus_status clus__meet_pair(struct meet *m);
/* The next of these documents that one block of each other list covers, decoding none of
 * them. CLUS_DONE when there are no more in the range. */
CLUS_MUST_CHECK clus_status clus__meet_group(struct meet *m);
/* Keep of the group the documents that all lists have. */
CLUS_MUST_CHECK clus_status clus__meet_narrow(struct meet *m);
/* What list k, whose frequencies are decoded, has in the group: room for m->n and MEET_STEP
 * of each, which are written up to a multiple of MEET_STEP. */
void clus__meet_pick(const struct meet *m, uint32_t k, uint32_t *tfs, uint8_t *flags);

#endif
