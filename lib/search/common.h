/*
 * Documents that several posting lists have in common: those of one block of the rarest
 * list at a time, of which the next list's blocks leave some, and so on. Where each stands
 * in each list is noted, so that frequencies are read of these alone.
 *
 *     clus__common_begin(c, kernels), clus__common_add(c, list, true) …
 *     for (st = CLUS_OK; st == CLUS_OK && !c->lists[0]->ended; st = clus__common_next(c)) {
 *         st = clus__common_find(c, need);     // c->docs[0 .. c->n)
 */
#ifndef CLUS_SEARCH_COMMON_H
#define CLUS_SEARCH_COMMON_H

#include "search/list.h"

enum { COMMON_LISTS = 16 };

struct common {
    const struct kernels *kernels;
    struct posting_list *lists[COMMON_LISTS]; /* rarest first */
    bool counted[COMMON_LISTS]; /* whether a list adds to scores: filters do not */
    uint32_t n_lists;

    uint32_t n;
    int32_t most; /* none of these gets more from all lists, by their blocks' bounds */
    uint32_t docs[BLOCK_DOCS];
    uint32_t which[COMMON_LISTS][BLOCK_DOCS]; /* see clus__postings_tfs_of() */
};

void clus__common_begin(struct common *c, const struct kernels *kernels);
/* At most COMMON_LISTS, in any order. */
void clus__common_add(struct common *c, struct posting_list *l, bool counted);
/* Those in the rarest list's current block. Some that get no more than `need` from all
 * lists are left out. */
CLUS_MUST_CHECK clus_status clus__common_find(struct common *c, int32_t need);
/* The rarest list's next block. */
CLUS_MUST_CHECK clus_status clus__common_next(struct common *c);
/* How many there are in all of the current block, whatever they get. */
CLUS_MUST_CHECK clus_status clus__common_docs(struct common *c);

#endif
