/*
 * A frozen view of the index for readers: the segments of one manifest, their deletions,
 * totals for scoring, ids, dates and stored documents.
 */
#ifndef CLUS_INDEX_VIEW_H
#define CLUS_INDEX_VIEW_H

#include <clustersearch/document.h>
#include <clustersearch/index.h>

#include "index/segment.h"

struct index; /* index/index.h: what is shared by all views: store, analyzer, segment cache
               */

struct view_segment {
    const struct segment *seg;
    const uint64_t
        *deleted; /* bit per local document, rounded up to 4096 bits; NULL: none */
    uint32_t n_deleted;
};

struct view {
    struct index *index;
    struct store_txn *txn;
    uint32_t n_segments; /* in order of document number, oldest first */
    struct view_segment *segments;
    uint64_t n_docs; /* documents incl. deleted: the N of idf */
    uint64_t n_live;
    uint64_t sum_len; /* tokens of title and text, incl. deleted */
    uint64_t generation;
    bool positions, stored; /* configuration of the index */
};

CLUS_MUST_CHECK clus_status clus__view_open(struct index *index, struct view **out,
                                            clus_error *err);
void clus__view_free(struct view *view);

static inline float clus__view_avg_len(const struct view *v)
{
    return v->n_docs && v->sum_len ? (float)((double)v->sum_len / (double)v->n_docs) : 1.0f;
}

/* Ids of many documents are read in three passes, see index/ids.h: begin, place, and this
 * gives the external id that lies there, borrowed from `scratch` of at least 512 bytes. */
void clus__view_id_begin(struct view *view, uint32_t segment, uint32_t doc,
                         struct id_place *place);
void clus__view_id_place(struct view *view, uint32_t segment, uint32_t doc,
                         struct id_place *place);
CLUS_MUST_CHECK clus_status clus__view_id(struct view *view, uint32_t segment,
                                          const struct id_place *place,
                                          uint8_t scratch[512], clus_str *id);
/* The live document with an id; CLUS_DONE when there is none. */
CLUS_MUST_CHECK clus_status clus__view_find(struct view *view, clus_str id,
                                            uint32_t *segment, uint32_t *doc);
CLUS_MUST_CHECK clus_status clus__view_document(struct view *view, uint32_t segment,
                                                uint32_t doc, clus_stored **out,
                                                clus_error *err);

/* Dates of a segment as seconds since 1970, NO_DATE where there is none: a contiguous array
 * of ndocs that lives as long as the view's segment. */
#define NO_DATE INT64_MIN
CLUS_MUST_CHECK clus_status clus__view_dates(struct view *view, uint32_t segment,
                                             const int64_t **dates);

#endif
