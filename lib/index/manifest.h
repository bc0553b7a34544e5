/*
 * Rows of the manifest as structs: configuration, counters, segments, packs. Only this file
 * knows their bytes; FORMAT.md, section "Manifest rows", describes them.
 */
#ifndef CLUS_INDEX_MANIFEST_H
#define CLUS_INDEX_MANIFEST_H

#include <clustersearch/base.h>

#include "base/le.h"
#include "index/segment.h"
#include "store/store.h"

enum {
    FORMAT_VERSION = 1,
    SEGMENT_ROW_BYTES = 96 + 8 * SEG_STREAMS,
    PACK_ROW_BYTES = 48,
    SEGMENT_MAX_DOCS = 1u << 30, /* keeps every 32-bit sum over documents safe */
    COMBINED_ALIGN = 16          /* begin of each stream inside a combined one */
};

struct index_config {
    uint8_t analyzer; /* clus_analyzer_kind */
    bool no_positions, no_store;
};

struct counters {
    uint64_t generation;  /* commits since creation */
    uint64_t next_docnum; /* numbers below it were given out */
    uint32_t next_owner;  /* segments and packs share one sequence, from 1 */
};

struct segment_row {
    uint32_t owner, ndocs;
    uint64_t first_docnum, last_docnum;
    bool positions;
    bool combined; /* all streams one after the other in physical stream 0 */
    float avg_len;
    uint64_t sum_len; /* of the lengths that the norms stand for */
    struct segment_totals totals;
    uint32_t n_deleted;
    uint64_t deleted_generation; /* of the commit that last changed its deletions */
    uint64_t len[SEG_STREAMS];
};

struct pack_row {
    uint32_t owner, ndocs, n_dead;
    uint32_t n_frames;
    uint64_t first_docnum, last_docnum;
    uint64_t data_len;  /* frames; the directory follows */
    uint64_t raw_bytes; /* of the records before compression */
};

CLUS_MUST_CHECK clus_status clus__config_get(struct store_txn *txn,
                                             struct index_config *out);
CLUS_MUST_CHECK clus_status clus__config_put(struct store_txn *txn,
                                             const struct index_config *config);
/* The version found is in *version also when the answer is CLUS_E_VERSION. */
CLUS_MUST_CHECK clus_status clus__format_check(struct store_txn *txn, uint32_t *version);
CLUS_MUST_CHECK clus_status clus__fingerprint_get(struct store_txn *txn,
                                                  struct bytes *borrowed);
CLUS_MUST_CHECK clus_status clus__fingerprint_put(struct store_txn *txn, const char *text);
CLUS_MUST_CHECK clus_status clus__counters_get(struct store_txn *txn, struct counters *out);
CLUS_MUST_CHECK clus_status clus__counters_put(struct store_txn *txn,
                                               const struct counters *counters);

/* Rows of segments are keyed by first document number, those of packs by the last one:
 * the first row at or above a number then is the pack that may hold it. */
CLUS_MUST_CHECK clus_status clus__segment_row_decode(struct bytes key, struct bytes value,
                                                     struct segment_row *out);
CLUS_MUST_CHECK clus_status clus__segment_row_put(struct store_txn *txn,
                                                  const struct segment_row *row);
CLUS_MUST_CHECK clus_status clus__segment_row_del(struct store_txn *txn,
                                                  const struct segment_row *row);
CLUS_MUST_CHECK clus_status clus__pack_row_decode(struct bytes key, struct bytes value,
                                                  struct pack_row *out);
CLUS_MUST_CHECK clus_status clus__pack_row_put(struct store_txn *txn,
                                               const struct pack_row *row);
CLUS_MUST_CHECK clus_status clus__pack_row_del(struct store_txn *txn,
                                               const struct pack_row *row);

/* Owners being written (TABLE_PENDING) or removed (TABLE_DROPPED). */
CLUS_MUST_CHECK clus_status clus__owner_mark(struct store_txn *txn, enum store_table table,
                                             uint32_t owner);
CLUS_MUST_CHECK clus_status clus__owner_unmark(struct store_txn *txn,
                                               enum store_table table, uint32_t owner);

static inline uint32_t clus__owner_of_key(struct bytes key) /* of 4 bytes */
{
    return clus__be32(key.data);
}

/* Where a stream begins in the physical one and how many pages that has. */
uint64_t clus__segment_base(const struct segment_row *row, enum segment_stream stream);
uint32_t clus__segment_pages(const struct segment_row *row, enum segment_stream stream);
uint64_t clus__segment_bytes(const struct segment_row *row); /* of all streams */

static inline uint64_t clus__pack_len(const struct pack_row *row)
{
    return row->data_len + 12ull * row->n_frames;
}

static inline uint64_t clus__pages_for(uint64_t len)
{
    return len / PAGE_PAYLOAD + (len % PAGE_PAYLOAD != 0);
}

#endif
