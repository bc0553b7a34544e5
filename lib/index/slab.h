/*
 * Bytes of one owner (a segment or a pack) on their way into pages.
 *
 * A slab holds the beginnings or continuations of the owner's streams in memory. It is
 * filled by any thread through a segment_sink; only the thread of the write transaction
 * puts its pages.
 */
#ifndef CLUS_INDEX_SLAB_H
#define CLUS_INDEX_SLAB_H

#include "base/buf.h"
#include "index/manifest.h"
#include "index/segment.h"
#include "store/store.h"

enum { COMBINED_MAX = 256 * 1024 }; /* larger segments get a physical stream each */

struct slab {
    uint32_t owner;
    struct buf data[SEG_STREAMS];
    uint32_t page[SEG_STREAMS]; /* number of the page that data[] begins with */
    struct slab *next;          /* in a queue of slabs of one owner, oldest first */
};

struct segment_sink clus__slab_sink(struct slab *slab);
size_t clus__slab_bytes(const struct slab *slab); /* in memory */
void clus__slab_done(struct slab *slab);          /* frees what it holds, not itself */

/* Move all full pages into *full (empty before), leaving the unfinished ends in `slab`. */
CLUS_MUST_CHECK clus_status clus__slab_split(struct slab *slab, struct slab *full);

/* Put pages; the last page of each stream is padded with zeros. A slab that was never split
 * and is small enough is written as one combined stream: *combined tells. NULL: never
 * combine. */
CLUS_MUST_CHECK clus_status clus__slab_put(const struct slab *slab, struct store_txn *txn,
                                           bool *combined);

/* Lengths of the streams so far, over all splits. */
void clus__slab_lengths(const struct slab *slab, uint64_t len[SEG_STREAMS]);

#endif
