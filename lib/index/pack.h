/*
 * Stored documents: a pack is a run of records in frames of about 16 KB, each narrowed and
 * compressed by itself, and a directory of the frames. A large pack begins with a table of
 * symbols, and its frames are codes of those. FORMAT.md, section "Stored documents".
 */
#ifndef CLUS_INDEX_PACK_H
#define CLUS_INDEX_PACK_H

#include "base/buf.h"
#include "codec/symbols.h"
#include "index/manifest.h"
#include "store/stream.h"

enum {
    FRAME_TARGET = 16 * 1024,
    FRAME_HEADER = 16, /* u32 each: raw length, compressed length, documents, span */
    PACK_LEVEL = 1,
    PACK_DIR_ENTRY = 12
};
#define FRAME_NARROWED (UINT32_C(1) << 31) /* in the raw length */
#define FRAME_CODED (UINT32_C(1) << 31)    /* in the compressed one */

/* ---- writing, into memory ---- */
struct pack_writer {
    void *zstd;                   /* compression context, made at the first frame */
    struct symbol_finder *finder; /* of symbols that were learned, or NULL */
    double share_left;            /* of the bytes they were learned from */
    uint32_t table_len; /* bytes of the pack's table, 0: none; the finder's, if any */
    struct buf data;    /* the table and the frames written */
    struct buf dir;     /* their entries */
    struct buf frame;   /* records of the unfinished frame */
    struct buf narrow;  /* the frame narrowed */
    uint64_t frame_first, last; /* document numbers */
    uint32_t frame_docs;
    struct pack_row row;
};

/* Before the first record, and for a large pack: learn symbols from a sample of what is to
 * come, at most 1 MiB, or use those of the pack before while they do. Learning from half a
 * MiB takes 17 ms, which 11 MB of text give back. Without effect where zstd does much
 * better. */
CLUS_MUST_CHECK clus_status clus__pack_learn(struct pack_writer *w, struct bytes sample);

/* Records in ascending order of document number. *room: where to append `len` bytes of the
 * record (through clus__buf_add). */
CLUS_MUST_CHECK clus_status clus__pack_begin(struct pack_writer *w, uint64_t docnum,
                                             size_t len, struct buf **room);
CLUS_MUST_CHECK clus_status clus__pack_end(struct pack_writer *w);
/* Move the bytes to *out and the figures to *row (owner 0); the writer is empty again. */
CLUS_MUST_CHECK clus_status clus__pack_finish(struct pack_writer *w, struct buf *out,
                                              struct pack_row *row);
/* Forgets all but memory and symbols. */
void clus__pack_writer_clear(struct pack_writer *w);
void clus__pack_writer_done(struct pack_writer *w);

/* ---- reading ---- */
struct pack {
    struct pack_row row;
    struct stream stream;
    struct symbols *symbols; /* read when the first frame needs them */
};

CLUS_MUST_CHECK clus_status clus__pack_open(const struct pack_row *row,
                                            const struct store_txn *txn, struct pack *out);
/* A pack that is not stored yet: borrows `data` until closed. */
CLUS_MUST_CHECK clus_status clus__pack_of_memory(const struct pack_row *row,
                                                 struct bytes data, struct pack *out);
void clus__pack_close(struct pack *pack); /* zero-initialised is fine */

/* The pack that may hold a document; CLUS_DONE when none does. */
CLUS_MUST_CHECK clus_status clus__pack_locate(struct store_txn *txn, uint64_t docnum,
                                              struct pack_row *out);

/* The table of symbols, which lies before the first frame: *bytes is to be freed. */
CLUS_MUST_CHECK clus_status clus__pack_read_table(const struct pack *pack,
                                                  struct store_txn *txn, uint8_t **bytes,
                                                  size_t *len);

/* A frame: where its bytes lie, and its records once they were inflated. */
struct frame {
    uint64_t first, last; /* document numbers of its first and last record */
    uint64_t off;
    uint32_t ndocs;
    uint32_t raw_len, stored_len; /* stored: with its header */
    bool narrowed;
    bool coded;   /* in symbols of its pack, else by zstd */
    uint8_t *raw; /* allocated by clus__frame_inflate() */
};

CLUS_MUST_CHECK clus_status clus__frame_open(const struct pack *pack, struct store_txn *txn,
                                             uint32_t i, struct frame *out);
CLUS_MUST_CHECK clus_status clus__frame_inflate(struct pack *pack, struct store_txn *txn,
                                                struct frame *frame);
/* The frame that may hold a document number. */
CLUS_MUST_CHECK clus_status clus__frame_locate(const struct pack *pack,
                                               struct store_txn *txn, uint64_t docnum,
                                               uint32_t *i);

/* Whether coded frames of another pack mean the same in this one, whose table is the same;
 * one that is empty takes it over. */
CLUS_MUST_CHECK clus_status clus__pack_share_symbols(struct pack_writer *w,
                                                     const struct pack *pack,
                                                     struct store_txn *txn, bool *same);
/* Take a frame of another pack over as it is. */
CLUS_MUST_CHECK clus_status clus__pack_copy_frame(struct pack_writer *w,
                                                  const struct pack *pack,
                                                  struct store_txn *txn,
                                                  const struct frame *frame);

/* Walk the records of an inflated frame: start with {frame, .docnum = frame->first}. */
struct record_walk {
    const struct frame *frame;
    uint32_t at; /* bytes taken */
    uint64_t docnum;
    struct bytes record;
};
CLUS_MUST_CHECK clus_status clus__record_next(struct record_walk *walk);

/* The record of a document; CLUS_DONE when the pack does not have it. *owned is what the
 * record lies in, to be freed by the caller. */
CLUS_MUST_CHECK clus_status clus__pack_record(struct pack *pack, struct store_txn *txn,
                                              uint64_t docnum, uint8_t **owned,
                                              struct bytes *record);

#endif
