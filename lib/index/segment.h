/*
 * An immutable segment: a sorted dictionary of keys, a posting list for each, positions,
 * and a norm a document. Written once in key order, read by any number of threads.
 *
 * Keys are a kind byte and UTF-8: KEY_STEM (with positions), KEY_FORM (documents and
 * frequencies only), KEY_VALUE "field=value" (documents only, tf 1).
 */
#ifndef CLUS_INDEX_SEGMENT_H
#define CLUS_INDEX_SEGMENT_H

#include <clustersearch/base.h>

#include "base/bytes.h"
#include "codec/impact.h"
#include "codec/postings_writer.h"
#include "store/store.h"

enum { KEY_STEM = 0x10, KEY_FORM = 0x11, KEY_VALUE = 0x20, KEY_MAX = 256 };

/* Logical streams of a segment. */
enum segment_stream {
    SEG_DICT, /* blocks of terms */
    SEG_DTOP, /* which block */
    SEG_POST, /* posting lists */
    SEG_POS,  /* positions */
    SEG_NORM, /* two bytes a document: struct norm of codec/impact.h */
    SEG_IDS,  /* external ids by local document */
    SEG_IDH,  /* hashes of external ids, sorted */
    SEG_DNUM, /* document numbers by local document */
    SEG_DATE, /* i64 a document */
    SEG_STREAMS
};

/* Where the bytes of a segment go. append() adds to the end of one logical stream. */
struct segment_sink {
    void *ctx;
    clus_status (*append)(void *ctx, enum segment_stream stream, const void *data,
                          size_t len);
};

/* What the writer of the dictionary leaves to be kept in the manifest row. */
struct segment_totals {
    uint64_t n_keys[3];  /* stems, forms, values */
    uint64_t n_postings; /* of stems */
    uint64_t n_tokens;   /* ttf of stems */
};

/* ---- writing ---- */

/* Writes SEG_DICT, SEG_DTOP, SEG_POST and SEG_POS in one pass, holding one block of a list
 * and the block directory of the current list. The streams that have a value a document are
 * the caller's. A call out of order, or with what its comment rules out, answers
 * CLUS_E_ARGUMENT; after any failure but of begin() or alias() the writer can only be
 * freed.
 */
struct segment_writer;

struct segment_writer_config {
    const struct norm *norms; /* ndocs of them; borrowed until finish */
    uint32_t ndocs;
    float avg_len; /* reference for impacts: stored, and bounds are mended when it drifts */
    bool positions;
};

CLUS_MUST_CHECK clus_status clus__segment_writer_new(
    const struct segment_sink *sink, const struct segment_writer_config *config,
    struct segment_writer **out);
/* Keys strictly ascending. `stem`: for KEY_FORM the full stem text it belongs to, else
 * empty. */
CLUS_MUST_CHECK clus_status clus__segment_begin(struct segment_writer *w, struct bytes key,
                                                struct bytes stem);
/* Documents strictly ascending, tf >= 1; pos holds tf ascending positions, NULL for kinds
 * without and for FLAG_EXTRA_ONLY. A document without FLAG_TITLE has none below POS_TEXT.
 */
CLUS_MUST_CHECK clus_status clus__segment_add(struct segment_writer *w, uint32_t doc,
                                              uint32_t tf, uint8_t flags,
                                              const uint32_t *pos);
/* The same for many at once, as clus__postings_add_columns() takes them. */
CLUS_MUST_CHECK clus_status clus__segment_add_columns(struct segment_writer *w,
                                                      const struct posting_columns *run);
CLUS_MUST_CHECK clus_status clus__segment_end(struct segment_writer *w);
/* Instead of adding and end(): all of the list at once. */
CLUS_MUST_CHECK clus_status clus__segment_list(struct segment_writer *w,
                                               const struct posting_columns *all);
/* After clus__segment_begin() of a form: all documents of the list that this segment has
 * for its stem, ascending, borrowed until end(). What is among them takes fewer bytes. */
CLUS_MUST_CHECK clus_status clus__segment_parent(struct segment_writer *w,
                                                 const uint32_t *docs, uint32_t n);
/* A form whose list equals its stem's: stored as a pointer to the stem. df and ttf as the
 * stem's. */
CLUS_MUST_CHECK clus_status clus__segment_alias(struct segment_writer *w, struct bytes key,
                                                struct bytes stem, uint32_t df,
                                                uint64_t ttf);
CLUS_MUST_CHECK clus_status clus__segment_finish(struct segment_writer *w,
                                                 struct segment_totals *totals);
void clus__segment_writer_free(struct segment_writer *w);

/* ---- reading ---- */

/* Each 16th row of the table of the dictionary, cut to what is searched first. */
struct dict_head {
    uint64_t key[2]; /* its first 16 bytes as numbers */
    uint64_t offset; /* of its block in SEG_DICT */
};

struct segment {
    uint32_t id, ndocs;
    uint64_t first_docnum;
    float avg_len; /* reference of its impacts */
    bool positions;
    const struct norm *norms;      /* ndocs of them, in memory of their own */
    const uint8_t *top;            /* SEG_DTOP, in memory of its own */
    const struct dict_head *heads; /* of SEG_DTOP: clus__dict_heads() */
    struct stream streams[SEG_STREAMS];
    struct segment_totals totals;
};

/* Where an external id lies in SEG_IDS: index/ids.h. */
struct id_place {
    uint64_t at;  /* at first where the ends of its block's ids begin */
    uint32_t len; /* 0: it is damaged */
};

/* Where a key stands in a segment's dictionary. */
struct term_at {
    uint32_t block, place;
};

/* What the dictionary says about a key. */
struct term_info {
    struct term_at at;
    uint32_t df;
    uint64_t ttf;
    bool alias; /* a form that shares its stem's list; already resolved for reading */
    struct list_place place; /* codec/postings.h: inline bytes or address */
    uint8_t max_impact;      /* bound over the list */
    uint8_t kth_impact[3];   /* lower bounds of the 10th, 100th, 1000th best; 0: fewer */
};

/* How many heads the table of a segment has, whose streams are set; fill them from
 * seg->top into `heads` and set seg->heads. */
size_t clus__dict_head_count(const struct segment *seg);
void clus__dict_heads(struct segment *seg, struct dict_head *heads);

/* CLUS_DONE when the segment does not have the key. */
CLUS_MUST_CHECK clus_status clus__segment_find(const struct segment *seg,
                                               struct store_txn *txn, struct bytes key,
                                               struct term_info *out);

/* What clus__segment_find() tells about the key that stands there. */
CLUS_MUST_CHECK clus_status clus__segment_at(const struct segment *seg,
                                             struct store_txn *txn, struct term_at at,
                                             struct term_info *out);

/* Walk keys >= `from` in order. */
struct term_walk;
CLUS_MUST_CHECK clus_status clus__term_walk_new(const struct segment *seg,
                                                struct store_txn *txn, struct bytes from,
                                                struct term_walk **out);
/* CLUS_DONE at the end. *key and *stem are borrowed until the next call; stem is empty but
 * for forms. Aliases are not looked up on a walk: their df and ttf are right, max_impact is
 * 255 and kth_impact 0; clus__segment_postings() finds the list nevertheless. */
CLUS_MUST_CHECK clus_status clus__term_walk_next(struct term_walk *walk, struct bytes *key,
                                                 struct bytes *stem,
                                                 struct term_info *info);
/* The same in two steps, for walks that want to know about few of the keys they pass. The
 * first *shared bytes of *key are those of the key before; 0 tells nothing. */
CLUS_MUST_CHECK clus_status clus__term_walk_step(struct term_walk *walk, struct bytes *key,
                                                 size_t *shared);
CLUS_MUST_CHECK clus_status clus__term_walk_read(struct term_walk *walk, struct bytes *stem,
                                                 struct term_info *info);
/* Step over keys that begin with the first `len` bytes of the last one, if more than its
 * kind, without putting them together; but for each 16th. How many they are. */
uint32_t clus__term_walk_pass(struct term_walk *walk, size_t len);
/* Where the key of the last step stands. */
struct term_at clus__term_walk_at(const struct term_walk *walk);
/* Go forward to the first key >= `from`, which the next step gives; where the last key is
 * not below `from`, the next step gives that once more. */
CLUS_MUST_CHECK clus_status clus__term_walk_seek(struct term_walk *walk, struct bytes from);
void clus__term_walk_free(struct term_walk *walk);

/* Finds the lists that forms share with their stems: quick where one stem lies near the one
 * looked for before, as those of forms in order do. */
struct stem_finder;
CLUS_MUST_CHECK clus_status clus__stem_finder_new(const struct segment *seg,
                                                  struct store_txn *txn,
                                                  struct stem_finder **out);
/* What the dictionary says of the stem; CLUS_DONE where it is not there. */
CLUS_MUST_CHECK clus_status clus__stem_finder_find(struct stem_finder *f, struct bytes stem,
                                                   struct term_info *out);
void clus__stem_finder_free(struct stem_finder *f);

/* Ask the processor for what will be read first of a list found in the dictionary. */
void clus__segment_ahead(const struct segment *seg, const struct term_info *info);
/* Open a list found in the dictionary for reading; `arena` as in struct postings_source. */
CLUS_MUST_CHECK clus_status clus__segment_postings(const struct segment *seg,
                                                   struct store_txn *txn,
                                                   const struct term_info *info,
                                                   struct arena *arena,
                                                   struct postings *out);

#endif
