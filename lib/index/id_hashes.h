/*
 * Hashes of a segment's external ids (SEG_IDH), to find a document by its id: groups by
 * their first bits. FORMAT.md, section "Segments: ids, document numbers, dates".
 */
#ifndef CLUS_INDEX_ID_HASHES_H
#define CLUS_INDEX_ID_HASHES_H

#include "base/buf.h"
#include "index/segment.h"

struct id_hash {
    uint64_t hash;
    uint32_t doc;
};

void clus__id_hashes_sort(struct id_hash *hashes, size_t n);

/* Bytes of the stream for a segment of `ndocs` documents, at least one. */
uint64_t clus__id_hashes_len(uint32_t ndocs);

/* Writes SEG_IDH: add ndocs entries in order of hash, then of document. */
struct id_hash_writer {
    struct segment_sink sink;
    uint32_t ndocs;
    uint32_t n;      /* entries added */
    uint32_t group;  /* of the last one */
    struct buf tags; /* of the unfinished group, u16 each */
    struct buf docs; /* of the same */
    struct buf ends; /* u32 entries up to the end of each finished group */
};

CLUS_MUST_CHECK clus_status clus__id_hashes_add(struct id_hash_writer *w,
                                                struct id_hash entry);
CLUS_MUST_CHECK clus_status clus__id_hashes_finish(struct id_hash_writer *w);
void clus__id_hashes_writer_done(struct id_hash_writer *w);

/* Walks all entries in their order; starts as {0}. */
struct id_hash_walk {
    uint64_t hash;  /* of the last entry */
    uint32_t at;    /* the entry that comes next */
    uint32_t group; /* of the last one */
};

/* The next entry, with the hash of its document's id, which is read; it must have the bits
 * that are kept of it and not be below the one before. The walk is at the one behind, also
 * where one is damaged; CLUS_DONE behind the last. */
CLUS_MUST_CHECK clus_status clus__id_hashes_next(const struct segment *seg,
                                                 struct store_txn *txn,
                                                 struct id_hash_walk *walk,
                                                 struct id_hash *out);

/* Documents with an id: *doc is the first found that is not masked by `deleted` (NULL:
 * none is). CLUS_DONE when there is none. */
CLUS_MUST_CHECK clus_status clus__id_hashes_find(const struct segment *seg,
                                                 struct store_txn *txn, struct bytes id,
                                                 const uint64_t *deleted, uint32_t *doc);

#endif
