/*
 * External ids of a segment by local document (SEG_IDS), and document numbers (SEG_DNUM).
 * FORMAT.md, section "Segments: ids, document numbers, dates".
 */
#ifndef CLUS_INDEX_IDS_H
#define CLUS_INDEX_IDS_H

#include "base/buf.h"
#include "index/deletions.h"
#include "index/segment.h"

enum { ID_MAX = 500, IDS_BLOCK = 128 /* of which the ids have less than 2^16 bytes */ };

/* Writes SEG_IDS as ids arrive in order of local document. */
struct ids_writer {
    struct segment_sink sink;
    uint64_t at;         /* bytes appended so far */
    struct buf starts;   /* u64 where each block begins */
    struct buf ends;     /* of the unfinished block, u16 each */
    struct buf block;    /* its ids */
    uint32_t n_in_block; /* how many they are */
};

CLUS_MUST_CHECK clus_status clus__ids_add(struct ids_writer *w, struct bytes id);
CLUS_MUST_CHECK clus_status clus__ids_finish(struct ids_writer *w);
void clus__ids_writer_done(struct ids_writer *w);

/* Many ids are read in three passes, so that none is waited for alone: what tells where
 * each lies is asked for, then read and the id itself asked for, then that is read. */
void clus__ids_begin(const struct segment *seg, struct store_txn *txn, uint32_t doc,
                     struct id_place *place);
void clus__ids_place(const struct segment *seg, struct store_txn *txn, uint32_t doc,
                     struct id_place *place);
CLUS_MUST_CHECK clus_status clus__ids_take(const struct segment *seg, struct store_txn *txn,
                                           const struct id_place *place,
                                           uint8_t id[ID_MAX]);
/* The id of a document, copied: *len of at most ID_MAX bytes. */
CLUS_MUST_CHECK clus_status clus__ids_read(const struct segment *seg, struct store_txn *txn,
                                           uint32_t doc, uint8_t id[ID_MAX], size_t *len);

/* Document numbers of a segment and back; CLUS_DONE when it does not have the number. */
CLUS_MUST_CHECK clus_status clus__docnum_of(const struct segment *seg,
                                            struct store_txn *txn, uint32_t doc,
                                            uint64_t *docnum);
CLUS_MUST_CHECK clus_status clus__docnum_find(const struct segment *seg,
                                              struct store_txn *txn, uint64_t docnum,
                                              uint32_t *doc);
/* Whether the segment has its documents in order of numbers as well, because they stand in
 * another one. */
bool clus__docnums_sorted(const struct segment *seg);
/* The i-th document in order of numbers. */
CLUS_MUST_CHECK clus_status clus__docnum_nth(const struct segment *seg,
                                             struct store_txn *txn, uint32_t i,
                                             uint32_t *doc);

#endif
