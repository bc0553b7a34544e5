/* Kernels for AVX-512, sixteen documents at a time: those that gain by compressing or by
 * comparing twice as many at once. The others are AVX2's. What lies behind the end of an
 * array is masked, so that nothing is left over. */
#include "search/score.h"
#include "search/score_loops.h"

#if CLUS_HAS_VECTOR512

#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,popcnt")))
#define AVX512_INLINE                                                                      \
    static inline __attribute__((target("avx512f,avx512bw,avx512vl,popcnt"), always_inline))

enum { LANES = 16 };

AVX512_INLINE uint32_t at_most_lanes(uint32_t n)
{
    return n < LANES ? n : LANES;
}

/* The lowest n <= LANES lanes. */
AVX512_INLINE __mmask16 lowest(uint32_t n)
{
    return (__mmask16)((1u << n) - 1);
}

AVX512_INLINE __m512i all_of(uint32_t x)
{
    return _mm512_set1_epi32((int)x);
}

/* Append the lanes in `mask`. Compressed in a register: some processors are slow at doing
 * so in memory. */
AVX512_INLINE uint32_t append(__mmask16 mask, __m512i docs, __m512i scores,
                              uint32_t *out_docs, int32_t *out_scores)
{
    uint32_t n = (uint32_t)__builtin_popcount(mask);
    __mmask16 room = lowest(n);
    _mm512_mask_storeu_epi32(out_docs, room, _mm512_maskz_compress_epi32(mask, docs));
    _mm512_mask_storeu_epi32(out_scores, room, _mm512_maskz_compress_epi32(mask, scores));
    return n;
}

AVX512 static uint32_t sift_cell(int32_t *cell, int32_t need, uint32_t base, uint32_t *docs,
                                 int32_t *scores)
{
    const __m512i least = _mm512_set1_epi32(need), zero = _mm512_setzero_si512();
    const __m512i each =
        _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    uint32_t n = 0;
    for (uint32_t i = 0; i < 64; i += LANES) {
        __m512i some = _mm512_loadu_si512(cell + i);
        n += append(_mm512_cmpgt_epi32_mask(some, least),
                    _mm512_add_epi32(all_of(base + i), each), some, docs + n, scores + n);
        _mm512_storeu_si512(cell + i, zero);
    }
    return n;
}

/* In place is fine: what is written was read before. */
AVX512 static uint32_t sift(const uint32_t *docs, const int32_t *scores, uint32_t n,
                            int32_t need, uint32_t *out_docs, int32_t *out_scores)
{
    const __m512i least = _mm512_set1_epi32(need);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i += LANES) {
        __mmask16 there = lowest(at_most_lanes(n - i));
        __m512i some = _mm512_maskz_loadu_epi32(there, scores + i);
        kept += append(_mm512_mask_cmpgt_epi32_mask(there, some, least),
                       _mm512_maskz_loadu_epi32(there, docs + i), some, out_docs + kept,
                       out_scores + kept);
    }
    return kept;
}

enum { PIECE_DOCS = LANES * LANES };

/* The last document of each window of b but of one that is not full. */
AVX512_INLINE __m512i window_ends(const uint32_t *b, uint32_t nb)
{
    const __m512i last = _mm512_setr_epi32(15, 31, 47, 63, 79, 95, 111, 127, 143, 159, 175,
                                           191, 207, 223, 239, 255);
    return _mm512_mask_i32gather_epi32(_mm512_set1_epi32(INT32_MAX),
                                       lowest(at_most_lanes(nb / LANES)), last,
                                       (const int *)(const void *)b, 4);
}

/* b is one window at most. */
AVX512_INLINE uint32_t intersect_window(const uint32_t *a, uint32_t na, const uint32_t *b,
                                        uint32_t nb, uint16_t *at, uint16_t *bt)
{
    __mmask16 there = lowest(nb);
    __m512i window = _mm512_maskz_loadu_epi32(there, b);
    uint32_t n = 0;
    for (uint32_t i = 0; i < na; i++) {
        uint32_t mask = _mm512_mask_cmpeq_epi32_mask(there, window, all_of(a[i]));
        at[n] = (uint16_t)i;
        bt[n] = (uint16_t)__builtin_ctz(mask | 1u << LANES);
        n += mask != 0;
    }
    return n;
}

/* Each of `a` in the one window of b where it may be, without a jump to guess; b in pieces
 * of as many windows as a window has documents. */
AVX512 static uint32_t intersect_thin(const uint32_t *a, uint32_t na, const uint32_t *b,
                                      uint32_t nb, uint16_t *at, uint16_t *bt)
{
    uint32_t n = 0, i = 0;
    if (nb < LANES)
        return intersect_window(a, na, b, nb, at, bt);
    for (uint32_t from = 0; from < nb; from += PIECE_DOCS) {
        uint32_t first = from < nb - LANES ? from : nb - LANES;
        uint32_t left = nb - first, piece = left < PIECE_DOCS ? left : PIECE_DOCS;
        __m512i ends = window_ends(b + first, piece);
        for (uint32_t last = b[first + piece - 1]; i < na && a[i] <= last; i++) {
            __m512i x = all_of(a[i]);
            uint32_t before =
                (uint32_t)__builtin_popcount(_mm512_cmpgt_epi32_mask(x, ends)) * LANES;
            uint32_t j = first + (before < piece - LANES ? before : piece - LANES);
            uint32_t mask = _mm512_cmpeq_epi32_mask(x, _mm512_loadu_si512(b + j));
            at[n] = (uint16_t)i;
            bt[n] = (uint16_t)(j + (uint32_t)__builtin_ctz(mask | 1u << LANES));
            n += mask != 0;
        }
    }
    return n;
}

/* One comparison for most. What stands behind a document's last place is of others. */
AVX512 static uint32_t follow_rows(const uint32_t *a, uint32_t na, uint32_t ahead,
                                   struct place_rows b, uint32_t *out)
{
    uint32_t kept = 0, from, to;
    for (uint32_t i = 0; i < na; i++) {
        uint32_t place = a[i];
        clus__row_of(b, place, &from, &to);
        __m512i x = all_of(place + ahead);
        uint32_t same = _mm512_cmpeq_epi32_mask(x, _mm512_loadu_si512(b.places + from));
        for (from += LANES; from < to; from += LANES)
            same |= _mm512_cmpeq_epi32_mask(x, _mm512_loadu_si512(b.places + from));
        out[kept] = place;
        kept += same != 0;
    }
    return kept;
}

/* Numbers `at` of a table of 32. */
AVX512_INLINE __m512i look_up(__m512i table, __m512i at)
{
    return _mm512_permutexvar_epi16(at, table);
}

AVX512_INLINE __m512i shorts(int x)
{
    return _mm512_set1_epi16((short)x);
}

/* What is looked up in to find documents: where lanes begin, and their rows. */
struct lane_tables {
    __m512i base, begin, middle, rows[8];
};

AVX512_INLINE struct lane_tables tables_of(const struct short_lanes *b)
{
    struct lane_tables t;
    t.base = all_of(b->base);
    t.begin = _mm512_castsi128_si512(_mm_loadu_si128((const void *)b->begin));
    t.middle = look_up(t.begin, shorts(COLUMN_LANES / 2));
    for (size_t k = 0; k < 8; k++)
        t.rows[k] = _mm512_loadu_si512(b->run + k * 2 * LANES);
    return t;
}

/* `steps` more where x is behind what the table has there. */
AVX512_INLINE __m512i go_on(__m512i x, __m512i table, __m512i from, int steps)
{
    __m512i next = _mm512_add_epi16(from, shorts(steps));
    return _mm512_mask_mov_epi16(from, _mm512_cmpgt_epu16_mask(x, look_up(table, next)),
                                 next);
}

/* 32 documents of a run from `i` on, as far as `last`: behind the first that is behind it
 * all are. */
struct docs_32 {
    __mmask32 there;
    __m512i low, high;
};

AVX512_INLINE struct docs_32 load_up_to(struct doc_run a, uint32_t i, __m512i last)
{
    struct docs_32 d;
    d.there = a.n - i < 2 * LANES ? (1u << (a.n - i)) - 1 : UINT32_MAX;
    d.low = _mm512_maskz_loadu_epi32((__mmask16)d.there, a.docs + i);
    d.high = _mm512_maskz_loadu_epi32((__mmask16)(d.there >> LANES), a.docs + i + LANES);
    __mmask16 up_to = _mm512_cmple_epu32_mask(d.low, last);
    d.there &= (uint32_t)_mm512_cmple_epu32_mask(d.high, last) << LANES | up_to;
    return d;
}

/* Which of 32 documents are there, and their places: the lane of each by halving, then a
 * quarter of its rows, and all eight rows of that. */
AVX512_INLINE __mmask32 find_32(const struct lane_tables *t, const struct docs_32 *docs,
                                __m512i *place)
{
    const __m512i words =
        _mm512_set_epi16(62, 60, 58, 56, 54, 52, 50, 48, 46, 44, 42, 40, 38, 36, 34, 32, 30,
                         28, 26, 24, 22, 20, 18, 16, 14, 12, 10, 8, 6, 4, 2, 0);
    __m512i low = _mm512_sub_epi32(docs->low, t->base);
    __m512i x =
        _mm512_permutex2var_epi16(low, words, _mm512_sub_epi32(docs->high, t->base));
    __m512i lane = _mm512_maskz_mov_epi16(_mm512_cmpgt_epu16_mask(x, t->middle), shorts(4));
    lane = go_on(x, t->begin, lane, 2);
    lane = go_on(x, t->begin, lane, 1);
    x = _mm512_sub_epi16(x, look_up(t->begin, lane));
    __m512i from = lane, half = _mm512_add_epi16(lane, shorts(8));
    __mmask32 behind = _mm512_cmpgt_epu16_mask(x, look_up(t->rows[7], half));
    from = _mm512_mask_add_epi16(from, behind, from, shorts(16));
    behind = _mm512_cmpgt_epu16_mask(x, look_up(t->rows[7], from));
    from = _mm512_mask_add_epi16(from, behind, from, shorts(8));
    __m512i row = _mm512_sub_epi16(from, lane);
    __mmask32 found = 0;
    for (int k = 0; k < 8; k++) {
        __mmask32 same = _mm512_cmpeq_epi16_mask(x, look_up(t->rows[k], from));
        row = _mm512_mask_add_epi16(row, same, row, shorts(k));
        found |= same;
    }
    *place = _mm512_add_epi16(_mm512_slli_epi16(lane, 5), row);
    return found;
}

/* Those of 16 numbers in `mask`, in order. */
AVX512_INLINE uint32_t append_docs(__mmask16 mask, __m512i docs, uint32_t *out)
{
    uint32_t n = (uint32_t)__builtin_popcount(mask);
    _mm512_mask_storeu_epi32(out, lowest(n), _mm512_maskz_compress_epi32(mask, docs));
    return n;
}

AVX512 static uint32_t keep_lanes(struct doc_run a, const struct short_lanes *b,
                                  uint32_t *out, uint32_t *n_out)
{
    const struct lane_tables t = tables_of(b);
    const __m512i last = all_of(b->last);
    uint32_t n = 0, i = 0, passed;
    __m512i place;
    do {
        struct docs_32 d = load_up_to(a, i, last);
        __mmask32 found = find_32(&t, &d, &place) & d.there;
        n += append_docs((__mmask16)found, d.low, out + n);
        n += append_docs((__mmask16)(found >> LANES), d.high, out + n);
        passed = (uint32_t)__builtin_popcount(d.there);
        i += passed;
    } while (passed == 2 * LANES && i < a.n);
    *n_out = n;
    return i;
}

/* Those of 32 numbers in `mask`, in order. */
AVX512_INLINE void write_shorts(__mmask32 mask, __m512i numbers, uint16_t *out)
{
    __m512i low = _mm512_cvtepu16_epi32(_mm512_castsi512_si256(numbers));
    __m512i high = _mm512_cvtepu16_epi32(_mm512_extracti64x4_epi64(numbers, 1));
    low = _mm512_maskz_compress_epi32((__mmask16)mask, low);
    high = _mm512_maskz_compress_epi32((__mmask16)(mask >> LANES), high);
    uint32_t n = (uint32_t)__builtin_popcount(mask & UINT16_MAX);
    _mm256_storeu_si256((void *)out, _mm512_cvtepi32_epi16(low));
    _mm256_storeu_si256((void *)(out + n), _mm512_cvtepi32_epi16(high));
}

AVX512 static uint32_t find_lanes(struct doc_run *a, const struct short_lanes *b,
                                  uint16_t *at, uint16_t *bt)
{
    const struct lane_tables t = tables_of(b);
    const __m512i last = all_of(b->last);
    __m512i each =
                _mm512_set_epi16(31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17,
                                 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
            place;
    uint32_t n = 0, i = 0, passed;
    do {
        struct docs_32 d = load_up_to(*a, i, last);
        __mmask32 found = find_32(&t, &d, &place) & d.there;
        write_shorts(found, each, at + n);
        write_shorts(found, place, bt + n);
        each = _mm512_add_epi16(each, shorts(2 * LANES));
        n += (uint32_t)__builtin_popcount(found);
        passed = (uint32_t)__builtin_popcount(d.there);
        i += passed;
    } while (passed == 2 * LANES && i < a->n);
    a->n = i;
    return n;
}

const struct kernels clus__kernels_avx512 = {
    clus__score_avx2,  sift_cell,       sift,           clus__intersect_avx2,
    intersect_thin,    clus__keep_avx2, keep_lanes,     find_lanes,
    clus__follow_avx2, follow_rows,     clus__near_avx2};

#endif
