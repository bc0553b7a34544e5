/* What stands where in 64 bytes, in 128-bit registers. */
#include "base/vector128.h"
#include "text/segment_block.h"

#if CLUS_HAS_VECTOR128

#define INLINE static inline __attribute__((always_inline)) CLUS_VECTOR128

INLINE __m128i equals(__m128i v, int byte)
{
    return _mm_cmpeq_epi8(v, _mm_set1_epi8((char)byte));
}

/* Bytes from `first` on, `n` values: both below 0x80. */
INLINE __m128i is_in(__m128i v, int first, int n)
{
    __m128i from = _mm_sub_epi8(v, _mm_set1_epi8((char)first));
    return _mm_cmpeq_epi8(_mm_min_epu8(from, _mm_set1_epi8((char)(n - 1))), from);
}

INLINE uint64_t bits(__m128i v, int at)
{
    return (uint64_t)(unsigned)_mm_movemask_epi8(v) << at;
}

CLUS_VECTOR128 void clus__segment_block_vector128(const uint8_t *p,
                                                  struct segment_block *out)
{
    uint64_t latin = 0, leads = 0, tails = 0, others = 0;
    *out = (struct segment_block){0};
    for (int i = 0; i < 64; i += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
        __m128i line = equals(v, '\n');
        __m128i odd = _mm_or_si128(_mm_or_si128(equals(v, '_'), is_in(v, '0', 10)),
                                   _mm_or_si128(equals(v, '"'), equals(v, '\'')));
        latin |= bits(is_in(_mm_or_si128(v, _mm_set1_epi8(0x20)), 'a', 26), i);
        leads |= bits(equals(_mm_and_si128(v, _mm_set1_epi8((char)0xFE)), 0xD0), i);
        tails |= bits(equals(_mm_and_si128(v, _mm_set1_epi8((char)0xC0)), 0x80), i);
        others |= bits(_mm_andnot_si128(odd, is_in(v, '!', '~' - '!' + 1)), i);
        out->blanks |= bits(_mm_or_si128(equals(v, ' '), is_in(v, '\t', 5)), i);
        out->lines |= bits(line, i);
        out->stops |= bits(
            _mm_or_si128(equals(v, '.'), _mm_or_si128(equals(v, '!'), equals(v, '?'))), i);
    }
    out->letters = latin | (leads & tails >> 1) | (tails & leads << 1);
    out->odd = ~(out->letters | out->blanks | others);
}

#endif
