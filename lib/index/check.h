/*
 * Reading everything: the file's structure, all checksums, all lists, all totals. A finding
 * is reported and the reading goes on; only no memory and failing devices end it.
 */
#ifndef CLUS_INDEX_CHECK_H
#define CLUS_INDEX_CHECK_H

#include "index/index.h"

CLUS_MUST_CHECK clus_status clus__index_check(struct index *index, clus_check_fn *fn,
                                              void *ctx, uint64_t *findings,
                                              clus_error *err);

/* ---- between the files of the check ---- */

enum { FINDINGS_PER_PLACE = 20 }; /* of one segment or pack: a torn file has thousands */

/* A live document, to be found in the packs and under no other number. */
struct live_document {
    uint64_t hash; /* of its id */
    uint64_t docnum;
    uint32_t segment, doc;
};

struct checker {
    struct index *index;
    struct view *view;
    const struct manifest *manifest;
    clus_check_fn *fn;
    void *ctx;
    uint64_t findings;
    uint32_t here; /* findings about the segment or pack at hand */
    struct live_document *live;
    size_t n_live, cap_live;
};

void clus__check_report(struct checker *c, const char *where, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Whether a status is damage, which was or is to be reported, or ends the check. */
static inline bool clus__check_goes_on(clus_status st)
{
    return st == CLUS_OK || st == CLUS_DONE || st == CLUS_E_CORRUPT;
}

CLUS_MUST_CHECK clus_status clus__check_segment(struct checker *c, uint32_t segment);
/* check_lists.c: dictionary, lists and positions of a segment. */
CLUS_MUST_CHECK clus_status clus__check_lists(struct checker *c, uint32_t segment);
/* check_packs.c: all stored documents against the live ones, which are sorted by number. */
CLUS_MUST_CHECK clus_status clus__check_packs(struct checker *c);
/* Whether pages [0, n) of a stream are there and whole. */
bool clus__check_pages(struct checker *c, const struct stream *s, const char *where);

#endif
