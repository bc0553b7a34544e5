/* Kernels for AVX2, eight scores at a time. Norms are looked up one by one: gathers are
 * slower than that on the processors measured. */
#include "search/score.h"

#include "base/le.h"
#include "search/score_loops.h"

#if CLUS_HAS_VECTOR256

#include <immintrin.h>

enum { LANES = 8 };

static inline __attribute__((target("avx2"))) __m256i score_eight(__m256 weight, __m256 tfw,
                                                                  __m256 k, __m256 title)
{
    __m256 f = _mm256_add_ps(_mm256_div_ps(tfw, _mm256_add_ps(tfw, k)), title);
    __m256i whole = _mm256_cvttps_epi32(_mm256_mul_ps(weight, f));
    return _mm256_add_epi32(whole, _mm256_set1_epi32(1));
}

/* Eight numbers looked up by documents. Made from registers: a vector that is loaded from
 * where its parts were just stored has to wait. */
#define EIGHT(number)                                                                      \
    _mm256_setr_ps(number(s, docs[0]), number(s, docs[1]), number(s, docs[2]),             \
                   number(s, docs[3]), number(s, docs[4]), number(s, docs[5]),             \
                   number(s, docs[6]), number(s, docs[7]))

static inline float k_of(const struct scorer *s, uint32_t doc)
{
    return s->table.k[s->norms[doc].length];
}

static inline float share_of(const struct scorer *s, uint32_t doc)
{
    return s->table.title[s->norms[doc].title];
}

/* What eight postings gain from standing in titles, which few do. */
static inline __attribute__((target("avx2"))) __m256
title_shares(const struct scorer *s, const uint32_t *docs, const uint8_t *flags)
{
    if (!(clus__le64(flags) & 0x0101010101010101u * FLAG_TITLE))
        return _mm256_setzero_ps();
    __m256i flag = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const void *)flags));
    __m256i title = _mm256_set1_epi32(FLAG_TITLE);
    __m256i in_title = _mm256_cmpeq_epi32(_mm256_and_si256(flag, title), title);
    return _mm256_and_ps(EIGHT(share_of), _mm256_castsi256_ps(in_title));
}

__attribute__((target("avx2"))) void clus__score_avx2(const struct scorer *s, float weight,
                                                      const struct posting_run *run,
                                                      int32_t *out)
{
    const uint8_t *flags = run->flags;
    const __m256 times = _mm256_loadu_ps(s->tf_times), plus = _mm256_loadu_ps(s->tf_plus);
    const __m256 w = _mm256_set1_ps(weight);
    uint32_t i = 0;
    for (; i + LANES <= run->n; i += LANES) {
        const uint32_t *docs = run->docs + i;
        __m256i flag = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const void *)(flags + i)));
        __m256 tf = _mm256_cvtepi32_ps(_mm256_loadu_si256((const void *)(run->tfs + i)));
        __m256 tfw = _mm256_mul_ps(tf, _mm256_permutevar8x32_ps(times, flag));
        tfw = _mm256_add_ps(tfw, _mm256_permutevar8x32_ps(plus, flag));
        __m256i result = score_eight(w, tfw, EIGHT(k_of), title_shares(s, docs, flags + i));
        _mm256_storeu_si256((void *)(out + i), result);
    }
    for (; i < run->n; i++)
        out[i] = clus__score_one(s, weight, run->docs[i], run->tfs[i], flags[i]);
}

/* Append the lanes in `mask`; writes four whatever it is. */
__attribute__((target("avx2"))) static inline uint32_t
append_four(__m128i docs, __m128i scores, uint32_t mask, uint32_t *out_docs,
            int32_t *out_scores)
{
    __m128i order = _mm_loadu_si128((const void *)clus__lanes_to_front[mask]);
    _mm_storeu_si128((void *)out_docs, _mm_shuffle_epi8(docs, order));
    _mm_storeu_si128((void *)out_scores, _mm_shuffle_epi8(scores, order));
    return (uint32_t)__builtin_popcount(mask);
}

/* Append those of eight documents whose scores are above `need`, if any. */
__attribute__((target("avx2"))) static inline uint32_t
append_eight(__m256i docs, __m256i scores, __m256i need, uint32_t *out_docs,
             int32_t *out_scores)
{
    __m256i above = _mm256_cmpgt_epi32(scores, need);
    uint32_t mask = (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(above));
    if (mask == 0)
        return 0;
    uint32_t n = append_four(_mm256_castsi256_si128(docs), _mm256_castsi256_si128(scores),
                             mask & 15, out_docs, out_scores);
    return n + append_four(_mm256_extracti128_si256(docs, 1),
                           _mm256_extracti128_si256(scores, 1), mask >> 4, out_docs + n,
                           out_scores + n);
}

__attribute__((target("avx2"))) static uint32_t
sift_cell(int32_t *cell, int32_t need, uint32_t base, uint32_t *docs, int32_t *scores)
{
    const __m256i least = _mm256_set1_epi32(need), zero = _mm256_setzero_si256();
    const __m256i step = _mm256_set1_epi32(LANES);
    __m256i doc = _mm256_add_epi32(_mm256_set1_epi32((int)base),
                                   _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
    uint32_t n = 0;
    for (uint32_t i = 0; i < 64; i += LANES) {
        __m256i eight = _mm256_loadu_si256((const void *)(cell + i));
        n += append_eight(doc, eight, least, docs + n, scores + n);
        _mm256_storeu_si256((void *)(cell + i), zero);
        doc = _mm256_add_epi32(doc, step);
    }
    return n;
}

/* In place is fine: what is written was read before. */
__attribute__((target("avx2"))) static uint32_t sift(const uint32_t *docs,
                                                     const int32_t *scores, uint32_t n,
                                                     int32_t need, uint32_t *out_docs,
                                                     int32_t *out_scores)
{
    const __m256i least = _mm256_set1_epi32(need);
    uint32_t kept = 0, i = 0;
    for (; i + LANES <= n; i += LANES)
        kept += append_eight(_mm256_loadu_si256((const void *)(docs + i)),
                             _mm256_loadu_si256((const void *)(scores + i)), least,
                             out_docs + kept, out_scores + kept);
    return kept + clus__sift_rest(docs + i, scores + i, n - i, need, out_docs + kept,
                                  out_scores + kept);
}

/* Bit i: eight[i] is x. */
__attribute__((target("avx2"))) static inline uint32_t equal_mask(const uint32_t *eight,
                                                                  uint32_t x)
{
    __m256i all = _mm256_loadu_si256((const void *)eight);
    __m256i same = _mm256_cmpeq_epi32(all, _mm256_set1_epi32((int)x));
    return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(same));
}

/* Bit i: one of b's eight is x[i]. Half of the rotations cross lanes. */
__attribute__((target("avx2"))) static inline uint32_t any_equal_mask(__m256i x,
                                                                      const uint32_t *b)
{
    __m256i y = _mm256_loadu_si256((const void *)b);
    __m256i z = _mm256_permute2x128_si256(y, y, 1);
    __m256i same = _mm256_or_si256(_mm256_cmpeq_epi32(x, y), _mm256_cmpeq_epi32(x, z));
    y = _mm256_shuffle_epi32(y, 0x39);
    z = _mm256_shuffle_epi32(z, 0x39);
    __m256i one = _mm256_or_si256(_mm256_cmpeq_epi32(x, y), _mm256_cmpeq_epi32(x, z));
    y = _mm256_shuffle_epi32(y, 0x39);
    z = _mm256_shuffle_epi32(z, 0x39);
    __m256i two = _mm256_or_si256(_mm256_cmpeq_epi32(x, y), _mm256_cmpeq_epi32(x, z));
    y = _mm256_shuffle_epi32(y, 0x39);
    z = _mm256_shuffle_epi32(z, 0x39);
    __m256i three = _mm256_or_si256(_mm256_cmpeq_epi32(x, y), _mm256_cmpeq_epi32(x, z));
    same = _mm256_or_si256(_mm256_or_si256(same, one), _mm256_or_si256(two, three));
    return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(same));
}

/* Eight against eight with something in common: bits for those of a. */
struct eights {
    uint32_t i, j, mask;
};

enum { EIGHTS = 64 };

static inline bool has_eights(const struct runs *r)
{
    return r->i + LANES <= r->na && r->j + LANES <= r->nb;
}

/* Steps through both runs, up to EIGHTS; those that found something, `ahead` being added to
 * what a has, to `out`. Whether one does cannot be guessed, so nothing branches on it. */
__attribute__((target("avx2"))) static uint32_t find_eights(struct runs *r, uint32_t ahead,
                                                            struct eights *out)
{
    const __m256i more = _mm256_set1_epi32((int)ahead);
    uint32_t n = 0, i = r->i, j = r->j;
    for (uint32_t most = EIGHTS; most > 0 && i + LANES <= r->na && j + LANES <= r->nb;
         most--) {
        const uint32_t *a = r->a + i, *b = r->b + j;
        __m256i x = _mm256_add_epi32(_mm256_loadu_si256((const void *)a), more);
        uint32_t mask = any_equal_mask(x, b);
        out[n] = (struct eights){i, j, mask};
        n += mask != 0;
        uint32_t last_a = a[LANES - 1] + ahead, last_b = b[LANES - 1];
        i += last_a <= last_b ? LANES : 0;
        j += last_b <= last_a ? LANES : 0;
    }
    r->i = i;
    r->j = j;
    return n;
}

__attribute__((target("avx2"))) uint32_t
clus__intersect_avx2(const uint32_t *a, uint32_t na, const uint32_t *b, uint32_t nb,
                     uint16_t *at, uint16_t *bt)
{
    struct runs r = {a, b, na, nb, 0, 0};
    struct eights found[EIGHTS];
    uint32_t n = 0;
    while (has_eights(&r)) {
        uint32_t n_found = find_eights(&r, 0, found);
        for (uint32_t e = 0; e < n_found; e++) {
            uint32_t i = found[e].i, j = found[e].j, mask = found[e].mask;
            do { /* mostly once */
                uint32_t k = i + (uint32_t)__builtin_ctz(mask);
                at[n] = (uint16_t)k;
                bt[n++] = (uint16_t)(j + (uint32_t)__builtin_ctz(equal_mask(b + j, a[k])));
                mask &= mask - 1;
            } while (mask);
        }
    }
    return clus__intersect_rest(&r, at, bt, n);
}

enum { WINDOW_DOCS = 2 * LANES, PIECE_DOCS = WINDOW_DOCS * WINDOW_DOCS };

/* The last document of each window of b but of one that is not full. */
__attribute__((target("avx2"))) static inline void window_ends(const uint32_t *b,
                                                               uint32_t nb, __m256i ends[2])
{
    const __m256i none = _mm256_set1_epi32(INT32_MAX);
    const __m256i each = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    __m256i at = _mm256_add_epi32(_mm256_slli_epi32(each, 4), _mm256_set1_epi32(15));
    for (int i = 0; i < 2; i++) {
        __m256i full = _mm256_cmpgt_epi32(_mm256_set1_epi32((int)nb), at);
        ends[i] =
            _mm256_mask_i32gather_epi32(none, (const int *)(const void *)b, at, full, 4);
        at = _mm256_add_epi32(at, _mm256_set1_epi32(PIECE_DOCS / 2));
    }
}

/* How many documents the windows have that end before x. */
__attribute__((target("avx2"))) static inline uint32_t behind_windows(const __m256i ends[2],
                                                                      uint32_t x)
{
    __m256i all = _mm256_set1_epi32((int)x);
    __m256i low = _mm256_cmpgt_epi32(all, ends[0]), high = _mm256_cmpgt_epi32(all, ends[1]);
    int mask = _mm256_movemask_epi8(_mm256_packs_epi32(low, high)); /* two bits a window */
    return (uint32_t)__builtin_popcount((uint32_t)mask) * WINDOW_DOCS / 2;
}

/* Each of `a` in the one window of b where it may be, without a jump to guess; b in pieces
 * of as many windows as a window has documents. */
__attribute__((target("avx2"))) static uint32_t
intersect_thin(const uint32_t *a, uint32_t na, const uint32_t *b, uint32_t nb, uint16_t *at,
               uint16_t *bt)
{
    uint32_t n = 0, i = 0;
    if (nb < WINDOW_DOCS)
        return clus__intersect_rest(&(struct runs){a, b, na, nb, 0, 0}, at, bt, 0);
    for (uint32_t from = 0; from < nb; from += PIECE_DOCS) {
        uint32_t first = from < nb - WINDOW_DOCS ? from : nb - WINDOW_DOCS;
        uint32_t left = nb - first, piece = left < PIECE_DOCS ? left : PIECE_DOCS;
        __m256i ends[2];
        window_ends(b + first, piece, ends);
        for (uint32_t last = b[first + piece - 1]; i < na && a[i] <= last; i++) {
            uint32_t j = behind_windows(ends, a[i]);
            j = first + (j < piece - WINDOW_DOCS ? j : piece - WINDOW_DOCS);
            uint32_t mask = equal_mask(b + j, a[i]) | equal_mask(b + j + LANES, a[i])
                                                          << LANES;
            at[n] = (uint16_t)i;
            bt[n] = (uint16_t)(j + (uint32_t)__builtin_ctz(mask | 1u << WINDOW_DOCS));
            n += mask != 0;
        }
    }
    return n;
}

/* Windows of documents of 16 bits, counted so that those of one block fit. The last stands
 * in whatever is left of them, too. */
struct short_windows {
    uint32_t base;
    _Alignas(32) int16_t docs[PIECE_DOCS];
    __m256i ends;
};

/* They are packed in halves, which does not matter within a window but for its last. */
__attribute__((target("avx2"))) static inline void shorten(struct doc_run b, uint32_t first,
                                                           struct short_windows *w)
{
    const __m256i base = _mm256_set1_epi32((int)(w->base = first - (uint32_t)INT16_MIN));
    const int16_t *last = w->docs + WINDOW_DOCS - 1;
    uint32_t i = 0;
    for (; i + WINDOW_DOCS <= b.n; i += WINDOW_DOCS) {
        __m256i low = _mm256_loadu_si256((const void *)(b.docs + i));
        __m256i high = _mm256_loadu_si256((const void *)(b.docs + i + LANES));
        low = _mm256_packs_epi32(_mm256_sub_epi32(low, base), _mm256_sub_epi32(high, base));
        _mm256_store_si256((void *)(w->docs + i), low);
    }
    for (; i < PIECE_DOCS; i++)
        w->docs[i] = (int16_t)(b.docs[i < b.n ? i : b.n - 1] - w->base);
#define LAST(i) last[(size_t)(i)*WINDOW_DOCS]
    w->ends = _mm256_setr_epi16(LAST(0), LAST(1), LAST(2), LAST(3), LAST(4), LAST(5),
                                LAST(6), LAST(7), LAST(8), LAST(9), LAST(10), LAST(11),
                                LAST(12), LAST(13), LAST(14), LAST(15));
#undef LAST
}

/* Each in the one window where it may be, as above. */
__attribute__((target("avx2"))) uint32_t clus__keep_avx2(struct doc_run a, struct doc_run b,
                                                         uint32_t *out, uint32_t *n_out)
{
    struct short_windows w;
    uint32_t first = a.docs[0] < b.docs[0] ? a.docs[0] : b.docs[0];
    uint32_t last = b.docs[b.n - 1], n = 0, i = 0;
    if (last - first > UINT16_MAX)
        return clus__keep_by_halving(a, b, out, n_out);
    shorten(b, first, &w);
    for (; i < a.n && a.docs[i] <= last; i++) {
        uint32_t doc = a.docs[i];
        __m256i x = _mm256_set1_epi16((int16_t)(doc - w.base));
        int before =
            _mm256_movemask_epi8(_mm256_cmpgt_epi16(x, w.ends)); /* two bits each */
        uint32_t from = (uint32_t)__builtin_popcount((uint32_t)before) * (WINDOW_DOCS / 2);
        __m256i window = _mm256_load_si256((const void *)(w.docs + from));
        __m256i same = _mm256_cmpeq_epi16(x, window);
        out[n] = doc;
        n += !_mm256_testz_si256(same, same);
    }
    *n_out = n;
    return i;
}

/* What is written may lie over what was read, but not behind what was found last. */
__attribute__((target("avx2"))) uint32_t clus__follow_avx2(const uint32_t *a, uint32_t na,
                                                           uint32_t ahead,
                                                           const uint32_t *b, uint32_t nb,
                                                           uint32_t *out)
{
    struct runs r = {a, b, na, nb, 0, 0};
    struct eights found[EIGHTS];
    uint32_t n = 0;
    while (has_eights(&r)) {
        uint32_t n_found = find_eights(&r, ahead, found);
        for (uint32_t e = 0; e < n_found; e++)
            for (uint32_t mask = found[e].mask; mask; mask &= mask - 1)
                out[n++] = a[found[e].i + (uint32_t)__builtin_ctz(mask)];
    }
    r.i = r.i > n ? r.i : n; /* those before the last found are done */
    return clus__follow_rest(&r, ahead, out, n);
}

/* One comparison for most. What stands behind a document's last place is of others. */
__attribute__((target("avx2"))) static uint32_t follow_rows(const uint32_t *a, uint32_t na,
                                                            uint32_t ahead,
                                                            struct place_rows b,
                                                            uint32_t *out)
{
    uint32_t kept = 0, from, to;
    for (uint32_t i = 0; i < na; i++) {
        uint32_t place = a[i];
        clus__row_of(b, place, &from, &to);
        __m256i x = _mm256_set1_epi32((int)(place + ahead));
        __m256i same =
            _mm256_cmpeq_epi32(x, _mm256_loadu_si256((const void *)(b.places + from)));
        for (from += LANES; from < to; from += LANES) {
            __m256i eight = _mm256_loadu_si256((const void *)(b.places + from));
            same = _mm256_or_si256(same, _mm256_cmpeq_epi32(x, eight));
        }
        out[kept] = place;
        kept += !_mm256_testz_si256(same, same);
    }
    return kept;
}

/* The first of b that is not too far before is among the eight. */
__attribute__((target("avx2"))) uint32_t clus__near_avx2(const uint32_t *a, uint32_t na,
                                                         uint32_t reach, const uint32_t *b,
                                                         uint32_t *out)
{
    const __m256i most = _mm256_set1_epi32((int)(2 * reach));
    uint32_t n = 0;
    for (uint32_t i = 0; i < na; i++) {
        uint32_t least = a[i] - reach;
        while (b[LANES - 1] < least)
            b += LANES;
        __m256i above = _mm256_sub_epi32(_mm256_loadu_si256((const void *)b),
                                         _mm256_set1_epi32((int)least));
        __m256i in = _mm256_cmpeq_epi32(_mm256_min_epu32(above, most), above);
        out[n] = a[i];
        n += !_mm256_testz_si256(in, in);
    }
    return n;
}

const struct kernels clus__kernels_avx2 = {
    clus__score_avx2,  sift_cell,       sift,           clus__intersect_avx2,
    intersect_thin,    clus__keep_avx2, NULL,           NULL,
    clus__follow_avx2, follow_rows,     clus__near_avx2};

#endif
