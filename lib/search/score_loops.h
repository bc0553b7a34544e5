/* What the vector kernels have in common: tables, and what is left over behind the last
 * full vector. */
#ifndef CLUS_SEARCH_SCORE_LOOPS_H
#define CLUS_SEARCH_SCORE_LOOPS_H

#include <stdint.h>

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

/* A thin run against a dense one: each of `a` looked up by halving, in as many steps
 * whatever is found, so that the processor works on several of them at once. */
static inline uint32_t clus__intersect_thin(const uint32_t *a, uint32_t na,
                                            const uint32_t *b, uint32_t nb, uint16_t *at,
                                            uint16_t *bt)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < na && nb > 0; i++) {
        uint32_t x = a[i], low = 0;
        for (uint32_t left = nb; left > 1;) {
            uint32_t half = left / 2;
            low += half & -(uint32_t)(b[low + half - 1] < x); /* no jump */
            left -= half;
        }
        at[n] = (uint16_t)i;
        bt[n] = (uint16_t)low;
        n += b[low] == x;
    }
    return n;
}

/* Those of a that are followed, one by one. */
static inline uint32_t clus__follow(const uint32_t *a, uint32_t na, uint32_t ahead,
                                    const uint32_t *b, uint32_t nb, uint32_t *out)
{
    uint32_t n = 0, i = 0, j = 0;
    while (i < na && j < nb) { /* without branches to guess */
        uint32_t first = a[i], x = first + ahead, y = b[j];
        out[n] = first;
        n += x == y;
        i += x <= y;
        j += y <= x;
    }
    return n;
}

/* Which way to intersect: runs of like density vector by vector, else each of the thin one
 * looked up in the dense one. */
enum { THIN_RUN = 8 };

#endif
