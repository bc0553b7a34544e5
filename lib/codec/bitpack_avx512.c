/* Loops that gain from 512-bit registers. Exceptions are as many as chance has it, so to
 * add them one by one ends where nobody can guess; sums of sixteen take as many
 * instructions that move numbers as sums of eight. */
#include "codec/bitpack_ops.h"

#if CLUS_HAS_VECTOR512

#include <immintrin.h>

enum { LANES = 16, FEW = 3 /* are faster one by one */ };

#define AVX512_INLINE                                                                      \
    static inline __attribute__((target("avx512f,avx512bw,avx512vl"), always_inline))

/* Whether places in the low lanes `there` ascend, as a writer's do: else one may be there
 * twice. */
AVX512_INLINE bool ascend_within(__m128i places, __mmask16 there)
{
    __m128i before = _mm_bslli_si128(places, 1);
    return (_mm_cmple_epu8_mask(places, before) & there & 0xfffe) == 0;
}

/* Sixteen numbers of 2^code bits; what is above them is left. */
AVX512_INLINE __m512i spread(const uint8_t *parts, unsigned code)
{
    const __m512i each =
        _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    __m512i bit = _mm512_sll_epi32(each, _mm_cvtsi32_si128((int)code));
    __m512i all = _mm512_castsi128_si512(_mm_loadu_si128((const void *)parts));
    __m512i words = _mm512_permutexvar_epi32(_mm512_srli_epi32(bit, 5), all);
    return _mm512_srlv_epi32(words, _mm512_and_si512(bit, _mm512_set1_epi32(31)));
}

/* Nobody's column, which gives the same everywhere. */
AVX512_INLINE void add_one_by_one(const uint8_t *places, unsigned n, __m512i parts,
                                  uint32_t *out)
{
    uint32_t each[LANES];
    _mm512_storeu_si512(each, parts);
    for (unsigned i = 0; i < n; i++)
        out[places[i]] += each[i];
}

__attribute__((target("avx512f,avx512bw,avx512vl"))) uint64_t
clus__add_exceptions_avx512(const uint8_t *in, unsigned n, struct column_head head,
                            uint32_t *out)
{
    unsigned high = clus__column_high(head), code = 1u + (head.exceptions >> 6);
    const uint8_t *high_parts = in + n;
    if (n <= FEW || high > 8)
        return clus__add_exceptions(in, n, head, out);
    const __m512i mask = _mm512_set1_epi32((int)((1u << high) - 1));
    __m512i sum = _mm512_setzero_si512();
    for (unsigned i = 0; i < n; i += LANES, high_parts += LANES * high / 8) {
        unsigned some = n - i < LANES ? n - i : LANES;
        __mmask16 there = (__mmask16)((1u << some) - 1);
        __m128i places = _mm_loadu_si128((const void *)(in + i));
        __m512i at = _mm512_cvtepu8_epi32(places);
        __m512i parts = _mm512_maskz_and_epi32(there, spread(high_parts, code), mask);
        sum = _mm512_add_epi32(sum, parts);
        parts = _mm512_sll_epi32(parts, _mm_cvtsi32_si128(head.width));
        if (ascend_within(places, there)) {
            __m512i old = _mm512_mask_i32gather_epi32(parts, there, at, out, 4);
            parts = _mm512_add_epi32(old, parts);
            _mm512_mask_i32scatter_epi32(out, there, at, parts, 4);
        } else {
            add_one_by_one(in + i, some, parts, out);
        }
    }
    return (uint64_t)(uint32_t)_mm512_reduce_add_epi32(sum) << head.width;
}

/* Running sums of sixteen: within quarters, then with what is before each. */
AVX512_INLINE __m512i sum_up_to(__m512i v)
{
    const __m512i one =
        _mm512_setr_epi32(0, 0, 0, 0, 3, 3, 3, 3, 7, 7, 7, 7, 11, 11, 11, 11);
    const __m512i two = _mm512_setr_epi32(0, 0, 0, 0, 0, 0, 0, 0, 3, 3, 3, 3, 7, 7, 7, 7);
    __m512i t = _mm512_add_epi32(v, _mm512_bslli_epi128(v, 4));
    t = _mm512_add_epi32(t, _mm512_bslli_epi128(t, 8));
    t = _mm512_add_epi32(t, _mm512_maskz_permutexvar_epi32(0xfff0, one, t));
    return _mm512_add_epi32(t, _mm512_maskz_permutexvar_epi32(0xff00, two, t));
}

__attribute__((target("avx512f,avx512bw,avx512vl"))) void
clus__sum_before_avx512(const uint32_t *values, const uint8_t *marks, uint8_t mark,
                        uint32_t n, uint32_t *out)
{
    const __m128i bit = _mm_set1_epi8((char)mark);
    const __m512i last = _mm512_set1_epi32(LANES - 1);
    __m512i before = _mm512_setzero_si512();
    for (uint32_t i = 0; i < n; i += LANES) {
        __m128i of = _mm_loadu_si128((const void *)(marks + i));
        __m512i v = _mm512_maskz_loadu_epi32(_mm_testn_epi8_mask(of, bit), values + i);
        __m512i sum = sum_up_to(v);
        _mm512_storeu_si512(out + i, _mm512_add_epi32(_mm512_sub_epi32(sum, v), before));
        before = _mm512_add_epi32(before, _mm512_permutexvar_epi32(last, sum));
    }
}

#endif
