/*
 * Many neighbouring segments to one, without their deleted documents.
 *
 *     clus__merge_new(inputs, n, owner, &m);
 *     while ((st = clus__merge_step(m, txn, limit)) == CLUS_OK) … put away what m->out
 * holds … CLUS_DONE: m->out holds the rest, m->row is complete but for its owner's place.
 *
 * Between two steps nothing of a transaction is kept, so each step may have its own. The
 * inputs must stay as they are; deletions that come later are carried over by
 * clus__merge_new_doc().
 */
#ifndef CLUS_INDEX_MERGE_H
#define CLUS_INDEX_MERGE_H

#include "index/ids.h"
#include "index/manifest.h"
#include "index/slab.h"

enum {
    MERGE_MAX_INPUTS = 64,  /* a set of inputs is one word */
    ALIAS_SET_MAX = 1 << 24 /* stems remembered for their forms */
};

struct merge_source {
    const struct segment *seg;
    const uint64_t *deleted; /* NULL: nothing; copied */
};

struct merge_input {
    const struct segment *seg;
    uint64_t *deleted;
    uint32_t *rank; /* deleted documents before each word of `deleted`; NULL: none are */
    uint32_t base, live;
    bool has_dates;
    /* while terms are merged */
    struct term_walk *walk;
    struct bytes key, stem;
    struct term_info info;
    bool ended;
    /* while hashes are merged */
    uint32_t idh_at;
    struct id_hash idh;
};

enum merge_phase { MERGE_COLUMNS, MERGE_HASHES, MERGE_TERMS, MERGE_FINISHED };

struct merge {
    struct segment_row row;
    struct slab out;
    /* private */
    uint32_t n;
    struct merge_input *inputs;
    enum merge_phase phase;
    struct segment_sink sink;
    struct segment_writer *writer;
    struct ids_writer ids;
    uint8_t *norms;
    bool dense, dates;
    uint32_t input, doc;         /* where the columns are */
    uint8_t resume[KEY_MAX + 1]; /* first key not yet merged */
    size_t resume_len;
    uint64_t *alias_set; /* hashes of stems with the inputs they stand in */
    size_t alias_cap, alias_n;
};

CLUS_MUST_CHECK clus_status clus__merge_new(const struct merge_source *sources, uint32_t n,
                                            uint32_t owner, struct merge **out);
/* CLUS_OK: there is more to do; CLUS_DONE: finished. row.ndocs is 0 when nothing lives. */
CLUS_MUST_CHECK clus_status clus__merge_step(struct merge *m, struct store_txn *txn,
                                             size_t limit);
void clus__merge_free(struct merge *m);

/* Where a document of an input went; false if it was deleted when the merge began. */
bool clus__merge_new_doc(const struct merge *m, uint32_t input, uint32_t doc, uint32_t *to);

/* ---- merge_terms.c ---- */
CLUS_MUST_CHECK clus_status clus__merge_terms(struct merge *m, struct store_txn *txn,
                                              size_t limit);

/* Where a live document went. */
static inline uint32_t clus__merge_place(const struct merge_input *in, uint32_t doc)
{
    if (!in->rank)
        return in->base + doc;
    uint64_t below = in->deleted[doc / 64] & ((1ull << (doc % 64)) - 1);
    return in->base + doc - in->rank[doc / 64] - (uint32_t)__builtin_popcountll(below);
}

#endif
