/*
 * Deleted documents of a segment: a bit each in memory, rows of TABLE_DELETIONS of 8,192
 * documents on disk. FORMAT.md, section "Deletions".
 */
#ifndef CLUS_INDEX_DELETIONS_H
#define CLUS_INDEX_DELETIONS_H

#include "index/manifest.h"

enum { CHUNK_DOCS = 8192, BITS_ROUND = 4096 };

static inline size_t clus__bitset_words(uint32_t ndocs)
{
    return ((size_t)ndocs + BITS_ROUND - 1) / BITS_ROUND * (BITS_ROUND / 64);
}

static inline bool clus__bit(const uint64_t *bits, uint32_t i)
{
    return bits && (bits[i / 64] >> (i % 64) & 1) != 0;
}

uint32_t clus__bits_count(const uint64_t *bits, size_t words);

/* Read the bits of a segment into a new bitset, or NULL when row->n_deleted is 0. */
CLUS_MUST_CHECK clus_status clus__deletions_load(struct store_txn *txn,
                                                 const struct segment_row *row,
                                                 uint64_t **bits);
/* Write the chunks in which `bits` differs from what is stored, `before` (NULL: nothing).
 */
CLUS_MUST_CHECK clus_status clus__deletions_store(struct store_txn *txn, uint32_t owner,
                                                  uint32_t ndocs, const uint64_t *before,
                                                  const uint64_t *bits);
/* Remove all rows of an owner. */
CLUS_MUST_CHECK clus_status clus__deletions_drop(struct store_txn *txn, uint32_t owner);

#endif
