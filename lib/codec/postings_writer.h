/*
 * Encoder of posting lists: one block and the directory of the current list in memory,
 * everything else handed on at once.
 *
 *     clus__postings_begin(w, LIST_TFS | LIST_POSITIONS);
 *     clus__postings_add(w, doc, tf, flags, positions); ...
 *     clus__postings_end(w, &list);
 */
#ifndef CLUS_CODEC_POSTINGS_WRITER_H
#define CLUS_CODEC_POSTINGS_WRITER_H

#include <clustersearch/base.h>

#include "codec/postings.h"

typedef clus_status postings_append_fn(void *ctx, const void *data, size_t len);

struct postings_writer_config {
    void *ctx;
    postings_append_fn *append_post, *append_pos; /* to the ends of the two streams */
    const struct norm *norms;                     /* ndocs of them; borrowed */
    uint32_t ndocs;
    float avg_len; /* reference for impacts */
};

/* What the dictionary has to say about a list. */
struct written_list {
    uint32_t df;
    uint64_t ttf;
    struct list_place place;
    uint64_t pos_len; /* bytes it took in the positions stream */
    uint8_t max_impact;
    uint8_t kth_impact[3]; /* lower bounds of the 10th, 100th, 1000th best; 0: fewer */
};

struct postings_writer;

CLUS_MUST_CHECK clus_status clus__postings_writer_new(
    const struct postings_writer_config *config, struct postings_writer **out);
void clus__postings_writer_free(struct postings_writer *w);

/* Postings side by side, a column each. */
struct posting_columns {
    uint32_t n;
    const uint32_t *docs, *tfs; /* tfs and flags are not read for lists without them */
    const uint8_t *flags;
    const uint32_t
        *deltas; /* of their positions, as FORMAT.md tells; only for lists with */
};

/* columns: LIST_TFS and LIST_POSITIONS (which needs LIST_TFS), or 0 for documents only. */
void clus__postings_begin(struct postings_writer *w, unsigned columns);
/* Of the list just begun, by the list `docs` of its parent: where that has all documents of
 * a block, their ordinals are stored. Borrowed until the end of the list. */
void clus__postings_parent(struct postings_writer *w, const uint32_t *docs, uint32_t n);
/* Documents strictly ascending and below ndocs, tf >= 1; `positions`: tf of them, strictly
 * ascending, read only for lists with positions and documents without FLAG_EXTRA_ONLY. tf
 * is cut to POSTINGS_MAX_TF. CLUS_E_ARGUMENT for what is out of order. */
CLUS_MUST_CHECK clus_status clus__postings_add(struct postings_writer *w, uint32_t doc,
                                               uint32_t tf, uint8_t flags,
                                               const uint32_t *positions);
/* The same for many at once, but tf may be at most POSTINGS_MAX_TF. */
CLUS_MUST_CHECK clus_status clus__postings_add_columns(struct postings_writer *w,
                                                       const struct posting_columns *run);
/* All of the list that was begun, with its end: less work than both. */
CLUS_MUST_CHECK clus_status clus__postings_list(struct postings_writer *w,
                                                const struct posting_columns *list,
                                                struct written_list *out);
/* CLUS_E_ARGUMENT for an empty list, CLUS_E_LIMIT when the positions of 16,384 documents
 * take over 4 GiB. After a failure of any call the writer can only be freed. */
CLUS_MUST_CHECK clus_status clus__postings_end(struct postings_writer *w,
                                               struct written_list *out);

#endif
