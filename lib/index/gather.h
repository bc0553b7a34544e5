/*
 * Postings of one key that come in one order and leave in another: sorted by the document
 * they get, a range of documents at a time so that memory stays bounded.
 */
#ifndef CLUS_INDEX_GATHER_H
#define CLUS_INDEX_GATHER_H

#include <clustersearch/base.h>

#include "index/segment.h"

struct gathered {
    uint32_t doc, tf;
    uint32_t pos_at, n_pos; /* in gather.pos */
    uint8_t flags;
};

struct gather {
    uint32_t from, to; /* documents to be kept */
    uint64_t most_pos; /* positions there may be */
    struct gathered *items;
    size_t n, cap;
    uint32_t *pos;
    size_t n_pos, cap_pos;
};

void clus__gather_begin(struct gather *g, uint32_t from, uint32_t to, uint64_t most_pos);
/* Keep a posting if its document is in the range. CLUS_E_CORRUPT when there are more
 * positions than there may be, CLUS_E_LIMIT past 2^32 of them. */
CLUS_MUST_CHECK clus_status clus__gather_add(struct gather *g, const struct gathered *item,
                                             const uint32_t *pos);
/* Hand the postings on by document. */
CLUS_MUST_CHECK clus_status clus__gather_write(struct gather *g,
                                               struct segment_writer *writer);
void clus__gather_done(struct gather *g);

#endif
