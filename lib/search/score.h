/*
 * BM25 over many postings at once, as integers: 1 + floor(weight × impact), the impact as
 * in codec/impact.h.
 *
 * The scalar and the vector kernel do the same IEEE operations in the same order, so they
 * give the same integers; bounds come from the same expression.
 */
#ifndef CLUS_SEARCH_SCORE_H
#define CLUS_SEARCH_SCORE_H

#include "base/bytes.h"
#include "base/cpu.h"
#include "codec/impact.h"
#include "codec/postings.h"

struct scorer;

/* Ascending documents, at most 65536. */
struct doc_run {
    const uint32_t *docs;
    uint32_t n;
};

/* Documents with what scoring needs to know of a term in them. Up to 7 tfs and flags behind
 * the last may be loaded. */
struct posting_run {
    const uint32_t *docs, *tfs;
    const uint8_t *flags;
    uint32_t n;
};

/* Positions of documents as clus__postings_places() gives them; those of the k-th begin at
 * starts[k]. Behind the last stand PLACES_BEHIND times UINT32_MAX. */
enum { PLACES_BEHIND = 16 };
struct place_rows {
    const uint32_t *places;
    const uint16_t *starts; /* one more than documents */
};

/* Loops that are written for each level; all levels give the same results. */
struct kernels {
    /* Room for n + 8. */
    void (*score)(const struct scorer *s, float weight, const struct posting_run *run,
                  int32_t *out);
    /* Of 64 scores those above `need`, which is >= 0, go to docs/scores with base + index;
     * all 64 become 0. Returns how many; room for 64 + 8. */
    uint32_t (*sift_cell)(int32_t *cell, int32_t need, uint32_t base, uint32_t *docs,
                          int32_t *scores);
    /* Those of n (docs, scores) above `need` to out_docs/out_scores, room for n + 8; may be
     * the same or lie before docs/scores in one array. */
    uint32_t (*sift)(const uint32_t *docs, const int32_t *scores, uint32_t n, int32_t need,
                     uint32_t *out_docs, int32_t *out_scores);
    /* clus__intersect() for runs of like density, and where a is thinner than b. */
    uint32_t (*intersect)(const uint32_t *a, uint32_t na, const uint32_t *b, uint32_t nb,
                          uint16_t *at, uint16_t *bt);
    uint32_t (*intersect_thin)(const uint32_t *a, uint32_t na, const uint32_t *b,
                               uint32_t nb, uint16_t *at, uint16_t *bt);
    /* clus__keep() where a is thinner than b. */
    uint32_t (*keep)(struct doc_run a, struct doc_run b, uint32_t *out, uint32_t *n_out);
    /* clus__keep() and clus__intersect() where b is a block's documents in lanes; a->n
     * becomes how many of a's lie so far, of which there is at least one, and there is room
     * for 16 more. NULL where having documents in order is as fast. */
    uint32_t (*keep_lanes)(struct doc_run a, const struct short_lanes *b, uint32_t *out,
                           uint32_t *n_out);
    uint32_t (*find_lanes)(struct doc_run *a, const struct short_lanes *b, uint16_t *at,
                           uint16_t *bt);
    /* Those of a to which one of b is the `ahead`-th number after; none of a's goes past
     * 2^32. Both ascend, 8 more may be loaded of each. `out` has room for na, may be a. */
    uint32_t (*follow)(const uint32_t *a, uint32_t na, uint32_t ahead, const uint32_t *b,
                       uint32_t nb, uint32_t *out);
    /* The same of places, which are looked for among those that b has of their document. */
    uint32_t (*follow_rows)(const uint32_t *a, uint32_t na, uint32_t ahead,
                            struct place_rows b, uint32_t *out);
    /* Those of a that are at most `reach` from one of b, behind which stand eight times
     * UINT32_MAX; a's are from `reach` on and below UINT32_MAX - 2 * reach. Room for na. */
    uint32_t (*near)(const uint32_t *a, uint32_t na, uint32_t reach, const uint32_t *b,
                     uint32_t *out);
};

/* Where two runs agree: at[k] of a and bt[k] of b. Room for the shorter run and 8. */
uint32_t clus__intersect(const struct kernels *k, struct doc_run a, struct doc_run b,
                         uint16_t *at, uint16_t *bt);

/* How many of the run are not behind `last`; by halving, without a jump to guess. */
uint32_t clus__count_up_to(struct doc_run a, uint32_t last);

/* Of a's documents, as far as b's last, those that b has, to `out`, which may be a: *n_out
 * of them. Answers how many of a lie so far. Neither is empty, b of at most BLOCK_DOCS. */
uint32_t clus__keep(const struct kernels *k, struct doc_run a, struct doc_run b,
                    uint32_t *out, uint32_t *n_out);

const struct kernels *clus__kernels(void); /* of this processor's best level */
const struct kernels *clus__kernels_of(enum cpu_level level); /* NULL where there is none */

struct scorer {
    const struct kernels *kernels;
    const struct norm *norms; /* of the segment */
    uint32_t ndocs;
    struct impact_table table;
    float limit;                   /* no impact is above it */
    float tf_times[8], tf_plus[8]; /* by posting flags: tfw = tf × times + plus */
};

void clus__scorer_init(struct scorer *s, const struct impact_params *params, float avg_len);

static inline int32_t clus__score(float weight, float impact)
{
    return 1 + (int32_t)(weight * impact);
}

static inline int32_t clus__score_one(const struct scorer *s, float weight, uint32_t doc,
                                      uint32_t tf, uint8_t flags)
{
    float tfw = (float)(int32_t)tf * s->tf_times[flags & 7] + s->tf_plus[flags & 7];
    return clus__score(weight,
                       clus__impact(&s->table, s->norms[doc], tfw, flags & FLAG_TITLE));
}

/* No score made with `weight` and an impact of at most `impact` is above this. */
static inline int32_t clus__score_bound(const struct scorer *s, float weight, float impact)
{
    float f = impact < s->limit ? impact : s->limit;
    return 2 + (int32_t)(weight * f * 1.000001f);
}

#endif
