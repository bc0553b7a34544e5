/* Kernels for 128-bit vectors, four scores at a time. */
#include "search/score.h"

#include "base/vector128.h"
#include "search/score_loops.h"

#if CLUS_HAS_VECTOR128

enum { LANES = 4 };

CLUS_VECTOR128 static inline __m128i load(const void *p)
{
    return _mm_loadu_si128((const __m128i *)p);
}

CLUS_VECTOR128 static inline uint32_t mask_of(__m128i lanes)
{
    return (uint32_t)_mm_movemask_ps(_mm_castsi128_ps(lanes));
}

/* Vectors are made from registers: one that is loaded from where its parts were just stored
 * has to wait. */
CLUS_VECTOR128 static inline __m128 by_flags(const float table[8], const uint8_t *flags)
{
    return _mm_setr_ps(table[flags[0] & 7], table[flags[1] & 7], table[flags[2] & 7],
                       table[flags[3] & 7]);
}

CLUS_VECTOR128 static inline __m128 k_of_four(const struct scorer *s, const uint32_t *docs)
{
    const float *k = s->table.k;
    return _mm_setr_ps(k[s->norms[docs[0]].length], k[s->norms[docs[1]].length],
                       k[s->norms[docs[2]].length], k[s->norms[docs[3]].length]);
}

static inline float title_share(const struct scorer *s, uint32_t doc, uint8_t flags)
{
    return flags & FLAG_TITLE ? s->table.title[s->norms[doc].title] : 0.0f;
}

/* What four postings gain from standing in titles, which few do. */
CLUS_VECTOR128 static inline __m128 title_shares(const struct scorer *s,
                                                 const uint32_t *docs, const uint8_t *flags)
{
    if (!((flags[0] | flags[1] | flags[2] | flags[3]) & FLAG_TITLE))
        return _mm_setzero_ps();
    return _mm_setr_ps(title_share(s, docs[0], flags[0]), title_share(s, docs[1], flags[1]),
                       title_share(s, docs[2], flags[2]),
                       title_share(s, docs[3], flags[3]));
}

CLUS_VECTOR128 static void score(const struct scorer *s, float weight,
                                 const struct posting_run *run, int32_t *out)
{
    const __m128 w = _mm_set1_ps(weight);
    const __m128i one = _mm_set1_epi32(1);
    const uint32_t *docs = run->docs;
    const uint8_t *flags = run->flags;
    uint32_t i = 0;
    for (; i + LANES <= run->n; i += LANES) {
        __m128 tf = _mm_cvtepi32_ps(load(run->tfs + i));
        __m128 tfw = _mm_add_ps(_mm_mul_ps(tf, by_flags(s->tf_times, flags + i)),
                                by_flags(s->tf_plus, flags + i));
        __m128 f = _mm_div_ps(tfw, _mm_add_ps(tfw, k_of_four(s, docs + i)));
        f = _mm_add_ps(f, title_shares(s, docs + i, flags + i));
        __m128i whole = _mm_cvttps_epi32(_mm_mul_ps(w, f));
        _mm_storeu_si128((void *)(out + i), _mm_add_epi32(whole, one));
    }
    for (; i < run->n; i++)
        out[i] = clus__score_one(s, weight, docs[i], run->tfs[i], flags[i]);
}

/* Append those of four documents whose scores are above `need`; writes four if any. */
CLUS_VECTOR128 static inline uint32_t append_four(__m128i docs, __m128i scores,
                                                  __m128i need, uint32_t *out_docs,
                                                  int32_t *out_scores)
{
    uint32_t mask = mask_of(_mm_cmpgt_epi32(scores, need));
    if (mask == 0)
        return 0;
    __m128i order = load(clus__lanes_to_front[mask]);
    _mm_storeu_si128((void *)out_docs, _mm_shuffle_epi8(docs, order));
    _mm_storeu_si128((void *)out_scores, _mm_shuffle_epi8(scores, order));
    return (uint32_t)__builtin_popcount(mask);
}

CLUS_VECTOR128 static uint32_t sift_cell(int32_t *cell, int32_t need, uint32_t base,
                                         uint32_t *docs, int32_t *scores)
{
    const __m128i least = _mm_set1_epi32(need), zero = _mm_setzero_si128();
    const __m128i step = _mm_set1_epi32(LANES);
    __m128i doc = _mm_add_epi32(_mm_set1_epi32((int)base), _mm_setr_epi32(0, 1, 2, 3));
    uint32_t n = 0;
    for (uint32_t i = 0; i < 64; i += LANES) {
        n += append_four(doc, load(cell + i), least, docs + n, scores + n);
        _mm_storeu_si128((void *)(cell + i), zero);
        doc = _mm_add_epi32(doc, step);
    }
    return n;
}

/* In place is fine: what is written was read before. */
CLUS_VECTOR128 static uint32_t sift(const uint32_t *docs, const int32_t *scores, uint32_t n,
                                    int32_t need, uint32_t *out_docs, int32_t *out_scores)
{
    const __m128i least = _mm_set1_epi32(need);
    uint32_t kept = 0, i = 0;
    for (; i + LANES <= n; i += LANES)
        kept += append_four(load(docs + i), load(scores + i), least, out_docs + kept,
                            out_scores + kept);
    return kept + clus__sift_rest(docs + i, scores + i, n - i, need, out_docs + kept,
                                  out_scores + kept);
}

/* Bit i: four[i] is x. */
CLUS_VECTOR128 static inline uint32_t equal_mask(const uint32_t *four, uint32_t x)
{
    return mask_of(_mm_cmpeq_epi32(load(four), _mm_set1_epi32((int)x)));
}

/* Bit i: one of b's four is a[i]. */
CLUS_VECTOR128 static inline uint32_t any_equal_mask(const uint32_t *a, const uint32_t *b)
{
    __m128i x = load(a), y = load(b);
    __m128i same = _mm_cmpeq_epi32(x, y);
    __m128i one = _mm_cmpeq_epi32(x, _mm_shuffle_epi32(y, 0x39));
    __m128i two = _mm_cmpeq_epi32(x, _mm_shuffle_epi32(y, 0x4e));
    __m128i three = _mm_cmpeq_epi32(x, _mm_shuffle_epi32(y, 0x93));
    return mask_of(_mm_or_si128(_mm_or_si128(same, one), _mm_or_si128(two, three)));
}

CLUS_VECTOR128 static uint32_t intersect(const uint32_t *a, uint32_t na, const uint32_t *b,
                                         uint32_t nb, uint16_t *at, uint16_t *bt)
{
    uint32_t n = 0, i = 0, j = 0;
    while (i + LANES <= na && j + LANES <= nb) {
        uint32_t mask = any_equal_mask(a + i, b + j);
        uint32_t last_a = a[i + LANES - 1], last_b = b[j + LANES - 1];
        for (; mask; mask &= mask - 1) {
            uint32_t k = i + (uint32_t)__builtin_ctz(mask);
            at[n] = (uint16_t)k;
            bt[n++] = (uint16_t)(j + (uint32_t)__builtin_ctz(equal_mask(b + j, a[k])));
        }
        i += last_a <= last_b ? LANES : 0;
        j += last_b <= last_a ? LANES : 0;
    }
    return clus__intersect_rest(&(struct runs){a, b, na, nb, i, j}, at, bt, n);
}

/* Each of `a` among two vectors of b, which move on when what it asks for lies behind. */
CLUS_VECTOR128 static uint32_t intersect_thin(const uint32_t *a, uint32_t na,
                                              const uint32_t *b, uint32_t nb, uint16_t *at,
                                              uint16_t *bt)
{
    enum { TWO = 2 * LANES };
    uint32_t n = 0, j = 0;
    if (nb < TWO)
        return clus__intersect_rest(&(struct runs){a, b, na, nb, 0, 0}, at, bt, 0);
    for (uint32_t i = 0; i < na; i++) {
        uint32_t x = a[i];
        while (j + TWO < nb && b[j + TWO - 1] < x)
            j += TWO;
        j = j < nb - TWO ? j : nb - TWO;
        uint32_t mask = equal_mask(b + j, x) | equal_mask(b + j + LANES, x) << LANES;
        at[n] = (uint16_t)i;
        bt[n] = (uint16_t)(j + (uint32_t)__builtin_ctz(mask | 1u << TWO));
        n += mask != 0;
    }
    return n;
}

enum { WINDOW_DOCS = 16, MOST_DOCS = WINDOW_DOCS * WINDOW_DOCS };

/* Windows of documents of 16 bits, counted so that those of one block fit, and the last of
 * each. The last of all stands in what is left of them, too. */
struct short_windows {
    uint32_t base;
    int16_t docs[MOST_DOCS];
    __m128i low_ends, high_ends;
};

CLUS_VECTOR128 static inline void shorten(struct doc_run b, uint32_t first,
                                          struct short_windows *w)
{
    const __m128i base = _mm_set1_epi32((int)(w->base = first - (uint32_t)INT16_MIN));
    const int16_t *last = w->docs + WINDOW_DOCS - 1;
    uint32_t i = 0;
    for (; i + 2 * LANES <= b.n; i += 2 * LANES) {
        __m128i low = _mm_sub_epi32(load(b.docs + i), base);
        __m128i high = _mm_sub_epi32(load(b.docs + i + LANES), base);
        _mm_storeu_si128((void *)(w->docs + i), _mm_packs_epi32(low, high));
    }
    for (; i < MOST_DOCS; i++)
        w->docs[i] = (int16_t)(b.docs[i < b.n ? i : b.n - 1] - w->base);
#define LAST(i) last[(size_t)(i)*WINDOW_DOCS]
    w->low_ends = _mm_setr_epi16(LAST(0), LAST(1), LAST(2), LAST(3), LAST(4), LAST(5),
                                 LAST(6), LAST(7));
    w->high_ends = _mm_setr_epi16(LAST(8), LAST(9), LAST(10), LAST(11), LAST(12), LAST(13),
                                  LAST(14), LAST(15));
#undef LAST
}

/* Each in the one window where it may be, without a jump to guess. */
CLUS_VECTOR128 static uint32_t keep(struct doc_run a, struct doc_run b, uint32_t *out,
                                    uint32_t *n_out)
{
    struct short_windows w;
    uint32_t first = a.docs[0] < b.docs[0] ? a.docs[0] : b.docs[0];
    uint32_t last = b.docs[b.n - 1], n = 0, i = 0;
    if (last - first > UINT16_MAX)
        return clus__keep_by_halving(a, b, out, n_out);
    shorten(b, first, &w);
    for (; i < a.n && a.docs[i] <= last; i++) {
        uint32_t doc = a.docs[i];
        __m128i x = _mm_set1_epi16((int16_t)(doc - w.base));
        __m128i behind = _mm_packs_epi16(_mm_cmpgt_epi16(x, w.low_ends),
                                         _mm_cmpgt_epi16(x, w.high_ends));
        uint32_t mask = (uint32_t)_mm_movemask_epi8(behind);
        const int16_t *window =
            w.docs + (uint32_t)__builtin_popcount(mask) * (size_t)WINDOW_DOCS;
        __m128i same = _mm_or_si128(_mm_cmpeq_epi16(x, load(window)),
                                    _mm_cmpeq_epi16(x, load(window + (size_t)2 * LANES)));
        out[n] = doc;
        n += _mm_movemask_epi8(same) != 0;
    }
    *n_out = n;
    return i;
}

static uint32_t follow(const uint32_t *a, uint32_t na, uint32_t ahead, const uint32_t *b,
                       uint32_t nb, uint32_t *out)
{
    return clus__follow_rest(&(struct runs){a, b, na, nb, 0, 0}, ahead, out, 0);
}

const struct kernels clus__kernels_sse41 = {
    score, sift_cell, sift,   intersect,         intersect_thin, keep,
    NULL,  NULL,      follow, clus__follow_rows, clus__near};

#endif
