/*
 * Ordinals: a form's documents are among those of its stem, whose list is the form's
 * parent. Where they stand in that list takes fewer bits than which documents they are.
 */
#ifndef CLUS_CODEC_ORDINALS_H
#define CLUS_CODEC_ORDINALS_H

#include "codec/list_format.h"

struct postings_state;

/* Documents of the parent, ascending, for a writer. */
struct parent_list {
    const uint32_t *docs;
    uint32_t n, at; /* how many; all before `at` are below what is written next */
};

/* The gaps of a block of n ascending documents, the first of which counts from `first`, as
 * FORMAT.md tells: between ordinals where the parent has all of them, between documents
 * else. Answers which. */
bool clus__block_gaps(struct parent_list *parent, const uint32_t *docs, uint32_t n,
                      uint32_t first, uint32_t gaps[BLOCK_DOCS]);

/* For the cursor on a block of ordinals: have the parent's list at hand. The ordinal its
 * first gap counts from: that of the first document that could be in it. CLUS_E_CORRUPT,
 * CLUS_E_NOMEM. */
CLUS_MUST_CHECK clus_status clus__ordinals_open(struct postings *p);
CLUS_MUST_CHECK clus_status clus__ordinals_first(struct postings *p, uint32_t *first);
/* The block's ascending ordinals in p->docs become documents. */
CLUS_MUST_CHECK clus_status clus__ordinals_docs(struct postings *p);
void clus__ordinals_done(struct postings_state *s);

#endif
