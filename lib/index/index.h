/*
 * An open index: what all its views and its writer share. Any thread, at once.
 *
 * Segments are opened once and kept while a manifest names them; the manifest of the last
 * generation is kept, so that a view of it costs a read transaction and a count.
 */
#ifndef CLUS_INDEX_INDEX_H
#define CLUS_INDEX_INDEX_H

#include <pthread.h>

#include <clustersearch/index.h>

#include "index/manifest.h"
#include "index/slab.h"
#include "index/view.h"

/* A segment with the memory that goes with it. Counted under the index's lock. */
struct shared_segment {
    struct segment seg;
    struct segment_row row; /* as when it was opened: deletions may have changed since */
    uint32_t refs;
    _Atomic(int64_t *) dates; /* made at first use */
    struct norm *norms;       /* what seg.norms shows */
    struct dict_head *heads;  /* what seg.heads shows, and seg.top behind them */
    uint32_t n_maps;          /* page maps of its physical streams */
    struct shared_segment *next;
};

/* Deleted documents of one segment as of one generation. */
struct shared_bits {
    uint32_t refs;
    uint32_t owner;
    uint64_t generation;
    uint64_t *bits;
};

/* One generation, frozen. */
struct manifest {
    uint32_t refs;
    uint64_t txn_id; /* smallest transaction known to show it */
    struct counters counters;
    uint32_t n;
    struct shared_segment **segments;
    struct shared_bits **bits;    /* NULL where nothing is deleted */
    struct segment_row *rows;     /* as stored in this generation */
    struct view_segment *visible; /* the same for readers */
    uint64_t n_docs, n_live, sum_len;
};

struct index {
    struct store *store;
    clus_analyzer *analyzer;
    struct index_config config;
    char *fingerprint; /* as stored */
    bool same_rules;   /* it is the analyzer's */
    pthread_mutex_t lock;
    struct manifest *current; /* counted once by the index itself */
    struct shared_segment *open_segments;
    bool has_writer;
};

CLUS_MUST_CHECK clus_status clus__index_create(const char *path,
                                               const clus_create_options *opts,
                                               struct index **out, clus_error *err);
CLUS_MUST_CHECK clus_status clus__index_open(const char *path,
                                             const clus_open_options *opts,
                                             struct index **out, clus_error *err);
clus_status clus__index_close(struct index *index, clus_error *err);

/* Whether KEY_FORM keys are written: not where every form is its own term. */
static inline bool clus__index_has_forms(const struct index *index)
{
    return index->config.analyzer < CLUS_ANALYZER_SIMPLE;
}

/* The manifest that `txn` shows, counted. */
CLUS_MUST_CHECK clus_status clus__manifest_get(struct index *index, struct store_txn *txn,
                                               struct manifest **out);
void clus__manifest_release(struct index *index, struct manifest *manifest);

/* Open a segment outside the manifest (one that is pending): the caller closes it. */
CLUS_MUST_CHECK clus_status clus__segment_open(const struct segment_row *row,
                                               struct store_txn *txn,
                                               struct shared_segment **out);
/* A segment that is not stored yet: borrows the streams of `slab` until closed. */
CLUS_MUST_CHECK clus_status clus__segment_of_slab(const struct segment_row *row,
                                                  const struct slab *slab,
                                                  struct shared_segment **out);
void clus__segment_close(struct shared_segment *seg);

/* What a view shows, with its rows. */
const struct manifest *clus__view_manifest(struct view *view);

#endif
