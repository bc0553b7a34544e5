/*
 * Which neighbouring segments (or packs) to merge next: those of a like size, when there
 * are enough of them, and those with many deleted documents. Pure; all constants of the
 * policy are in merge_plan.c.
 */
#ifndef CLUS_INDEX_MERGE_PLAN_H
#define CLUS_INDEX_MERGE_PLAN_H

#include <clustersearch/base.h>

struct plan_part {
    uint64_t bytes;
    uint64_t first_docnum, last_docnum;
    uint32_t ndocs, n_dead;
    bool locked; /* not to be touched */
};

struct plan_rules {
    uint64_t unit;      /* bytes of the lowest level; each level is 8 times the one below */
    uint64_t max_bytes; /* of what a merge makes */
    uint32_t dead_percent; /* a part with more dead documents is rewritten */
};

struct plan_rules clus__plan_segments(void);
struct plan_rules clus__plan_packs(void);

/* The next group that should be merged: false when nothing is due. */
bool clus__plan_next(const struct plan_rules *rules, const struct plan_part *parts,
                     size_t n, size_t *from, size_t *count);

/* As many of parts [from, to) as may be merged into one. */
size_t clus__plan_fit(const struct plan_rules *rules, const struct plan_part *parts,
                      size_t from, size_t to);

/* For a compaction: the next group that brings the parts closer to one without deleted
 * documents. */
bool clus__plan_compact(const struct plan_rules *rules, const struct plan_part *parts,
                        size_t n, size_t *from, size_t *count);

#endif
