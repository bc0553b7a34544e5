/* What the vector kernels have in common: tables, and what is left over behind the last
 * full vector. */
#ifndef CLUS_SEARCH_SCORE_LOOPS_H
#define CLUS_SEARCH_SCORE_LOOPS_H

#include "search/score.h"

#if CLUS_HAS_VECTOR256
/* Those of AVX2 that the set for AVX-512 has too; see struct kernels. */
void clus__score_avx2(const struct scorer *s, float weight, const struct posting_run *run,
                      int32_t *out);
uint32_t clus__intersect_avx2(const uint32_t *a, uint32_t na, const uint32_t *b,
                              uint32_t nb, uint16_t *at, uint16_t *bt);
uint32_t clus__keep_avx2(struct doc_run a, struct doc_run b, uint32_t *out,
                         uint32_t *n_out);
uint32_t clus__follow_avx2(const uint32_t *a, uint32_t na, uint32_t ahead,
                           const uint32_t *b, uint32_t nb, uint32_t *out);
uint32_t clus__near_avx2(const uint32_t *a, uint32_t na, uint32_t reach, const uint32_t *b,
                         uint32_t *out);
#endif

/* For each set of four lanes the bytes that move them to the front, in order. */
extern const uint8_t clus__lanes_to_front[16][16];

struct runs {
    const uint32_t *a, *b;
    uint32_t na, nb, i, j;
};

/* What is left of both runs, one by one, without branches to guess. */
static inline uint32_t clus__intersect_rest(const struct runs *r, uint16_t *at,
                                            uint16_t *bt, uint32_t n)
{
    for (uint32_t i = r->i, j = r->j; i < r->na && j < r->nb;) {
        uint32_t x = r->a[i], y = r->b[j];
        at[n] = (uint16_t)i;
        bt[n] = (uint16_t)j;
        n += x == y;
        i += x <= y;
        j += y <= x;
    }
    return n;
}

/* Each looked up by halving, in as many steps whatever is found, so that the processor
 * works on several of them at once. */
static inline uint32_t clus__keep_by_halving(struct doc_run a, struct doc_run b,
                                             uint32_t *out, uint32_t *n_out)
{
    uint32_t n = 0, i = 0, last = b.docs[b.n - 1];
    for (; i < a.n && a.docs[i] <= last; i++) {
        uint32_t doc = a.docs[i], low = 0;
        for (uint32_t left = b.n; left > 1;) {
            uint32_t half = left / 2;
            low += half & -(uint32_t)(b.docs[low + half - 1] < doc); /* no jump */
            left -= half;
        }
        out[n] = doc;
        n += b.docs[low] == doc;
    }
    *n_out = n;
    return i;
}

/* One by one; what is written may lie before docs and scores in one array. */
static inline uint32_t clus__sift_rest(const uint32_t *docs, const int32_t *scores,
                                       uint32_t n, int32_t need, uint32_t *out_docs,
                                       int32_t *out_scores)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t doc = docs[i];
        int32_t value = scores[i];
        out_docs[kept] = doc;
        out_scores[kept] = value;
        kept += value > need;
    }
    return kept;
}

/* What is left of both runs: those of a that are followed, one by one, without branches to
 * guess. */
static inline uint32_t clus__follow_rest(const struct runs *r, uint32_t ahead,
                                         uint32_t *out, uint32_t n)
{
    for (uint32_t i = r->i, j = r->j; i < r->na && j < r->nb;) {
        uint32_t first = r->a[i], x = first + ahead, y = r->b[j];
        out[n] = first;
        n += x == y;
        i += x <= y;
        j += y <= x;
    }
    return n;
}

/* Where a document's places begin and end. */
static inline void clus__row_of(struct place_rows b, uint32_t place, uint32_t *from,
                                uint32_t *to)
{
    uint32_t k = (place >> PLACE_BITS) - 1;
    *from = b.starts[k];
    *to = b.starts[k + 1];
}

static inline uint32_t clus__follow_rows(const uint32_t *a, uint32_t na, uint32_t ahead,
                                         struct place_rows b, uint32_t *out)
{
    uint32_t kept = 0, from, to;
    for (uint32_t i = 0; i < na; i++) {
        uint32_t place = a[i], found = 0;
        clus__row_of(b, place, &from, &to);
        for (uint32_t j = from; j < to; j++)
            found |= b.places[j] == place + ahead;
        out[kept] = place;
        kept += found;
    }
    return kept;
}

/* b's end stops the inner loop. */
static inline uint32_t clus__near(const uint32_t *a, uint32_t na, uint32_t reach,
                                  const uint32_t *b, uint32_t *out)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < na; i++) {
        uint32_t least = a[i] - reach;
        while (*b < least)
            b++;
        out[n] = a[i];
        n += *b - least <= 2 * reach;
    }
    return n;
}

#endif
