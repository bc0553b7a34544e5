/* Narrowing 64 bytes at a time, in 512-bit registers. */
#include "codec/narrow.h"

#if CLUS_HAS_VECTOR512

#include <immintrin.h>

__attribute__((target("avx512f,avx512bw,avx512vbmi2"))) struct narrowing
clus__narrow_vector512(struct narrowing at, const uint8_t *end)
{
    const __m512i top = _mm512_set1_epi8((char)0xC0), six = _mm512_set1_epi8(0x40);
    while (end - at.in >= NARROW_WIDE) {
        __m512i v = _mm512_loadu_si512(at.in);
        uint64_t d0 = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8((char)0xD0));
        uint64_t d1 = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8((char)0xD1));
        uint64_t tail =
            _mm512_cmpeq_epi8_mask(_mm512_and_si512(v, top), _mm512_set1_epi8((char)0x80));
        uint64_t plain = _mm512_cmpgt_epi8_mask(v, _mm512_set1_epi8(0x1F)) |
                         _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('\n'));
        /* a tail stands where one is due, and all else is known */
        uint64_t lead = d0 | d1, bad = (lead << 1 ^ tail) | ~(plain | lead | tail);
        unsigned n = bad ? (unsigned)__builtin_ctzll(bad) : NARROW_WIDE;
        if (n > 0 && (lead >> (n - 1) & 1))
            n--; /* its tail does not come, or only next time */
        if (n == 0)
            break;
        uint64_t kept = ~lead & UINT64_MAX >> (NARROW_WIDE - n);
        v = _mm512_or_si512(v, _mm512_maskz_mov_epi8(d1 << 1, six));
        _mm512_storeu_si512(at.out, _mm512_maskz_compress_epi8(kept, v));
        at.out += __builtin_popcountll(kept);
        at.in += n;
        if (n < NARROW_WIDE - 1)
            break;
    }
    return at;
}

#endif
