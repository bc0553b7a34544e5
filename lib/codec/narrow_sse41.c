/* Narrowing sixteen bytes at a time and widening eight, in 128-bit registers. */
#include "base/vector128.h"
#include "codec/narrow.h"

#if CLUS_HAS_VECTOR128

#define INLINE static inline __attribute__((always_inline)) CLUS_VECTOR128

/* For each mask of eight bytes the places of those that it does not name, as a shuffle
 * wants them: the first in the lowest byte. */
#define KEPT(m, i) (1u - ((m) >> (i)&1u))
#define PLACE(m, i, behind) ((behind) << (8 * KEPT(m, i)) | (uint64_t)(i)*KEPT(m, i))
#define HIGH(m) PLACE(m, 4, PLACE(m, 5, PLACE(m, 6, PLACE(m, 7, UINT64_C(0)))))
#define ROW(m) PLACE(m, 0, PLACE(m, 1, PLACE(m, 2, PLACE(m, 3, HIGH(m)))))
#define COUNT4(m, i) (KEPT(m, i) + KEPT(m, (i) + 1) + KEPT(m, (i) + 2) + KEPT(m, (i) + 3))
#define COUNT(m) (uint8_t)(COUNT4(m, 0) + COUNT4(m, 4))
#define ALL4(of, m) of(m), of((m) + 1u), of((m) + 2u), of((m) + 3u)
#define ALL16(of, m)                                                                       \
    ALL4(of, m), ALL4(of, (m) + 4u), ALL4(of, (m) + 8u), ALL4(of, (m) + 12u)
#define ALL64(of, m)                                                                       \
    ALL16(of, m), ALL16(of, (m) + 16u), ALL16(of, (m) + 32u), ALL16(of, (m) + 48u)
#define ALL(of)                                                                            \
    {                                                                                      \
        ALL64(of, 0u), ALL64(of, 64u), ALL64(of, 128u), ALL64(of, 192u)                    \
    }
static const uint64_t kept[256] = ALL(ROW);
static const uint8_t n_kept[256] = ALL(COUNT); /* SSE4.1 does not count bits */

INLINE unsigned bits(__m128i v)
{
    return (unsigned)_mm_movemask_epi8(v);
}

INLINE __m128i bytes_of(int byte)
{
    return _mm_set1_epi8((char)byte);
}

INLINE __m128i equals(__m128i v, int byte)
{
    return _mm_cmpeq_epi8(v, bytes_of(byte));
}

/* Bytes that stand for themselves; tab and carriage return are left to others. */
INLINE __m128i plain(__m128i v)
{
    return _mm_or_si128(_mm_cmpgt_epi8(v, bytes_of(0x1F)), equals(v, '\n'));
}

/* Write the bytes of a vector that a mask does not name, and more behind them. */
INLINE uint8_t *put_others(__m128i v, unsigned mask, uint8_t *out)
{
    __m128i low = _mm_shuffle_epi8(v, _mm_cvtsi64_si128((long long)kept[mask & 0xFF]));
    __m128i high = _mm_shuffle_epi8(_mm_srli_si128(v, 8),
                                    _mm_cvtsi64_si128((long long)kept[mask >> 8]));
    _mm_storel_epi64((__m128i *)(void *)out, low);
    out += n_kept[mask & 0xFF];
    _mm_storel_epi64((__m128i *)(void *)out, high);
    return out + n_kept[mask >> 8];
}

/* Tails become codes of their letters: 0x80, the lead's lowest bit, six bits. */
INLINE __m128i letters(__m128i v, __m128i is_tail)
{
    __m128i lead = _mm_and_si128(_mm_slli_si128(v, 1), bytes_of(1));
    return _mm_blendv_epi8(v, _mm_or_si128(v, _mm_slli_epi16(lead, 6)), is_tail);
}

CLUS_VECTOR128 struct narrowing clus__narrow_vector128(struct narrowing at,
                                                       const uint8_t *end)
{
    while (end - at.in >= 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)at.in);
        __m128i lead = equals(_mm_and_si128(v, bytes_of(0xFE)), 0xD0);
        __m128i tail = equals(_mm_and_si128(v, bytes_of(0xC0)), 0x80);
        /* a tail stands where one is due, and all else is known */
        unsigned is_lead = bits(lead), is_tail = bits(tail);
        unsigned known = bits(plain(v)) | is_lead | is_tail;
        unsigned bad = ((is_lead << 1 ^ is_tail) | ~known) & 0xFFFF;
        unsigned n = bad ? (unsigned)__builtin_ctz(bad) : 16;
        if (n > 0 && (is_lead >> (n - 1) & 1))
            n--; /* its tail does not come, or only next time */
        unsigned rest = 0xFFFFu << n & 0xFFFF; /* comes again */
        at.out = put_others(letters(v, tail), is_lead | rest, at.out);
        at.in += n;
        if (n < 15)
            break;
    }
    return at;
}

CLUS_VECTOR128 struct narrowing
clus__widen_vector128(struct narrowing at, const uint8_t *end, const uint8_t *stop)
{
    while (end - at.in >= 8 && stop - at.out >= 16) {
        __m128i v = _mm_loadl_epi64((const __m128i *)(const void *)at.in);
        __m128i is_letter = _mm_cmplt_epi8(v, _mm_setzero_si128());
        unsigned letter = bits(is_letter) & 0xFF;
        unsigned bad = ~(bits(plain(v)) | letter) & 0xFF;
        unsigned n = bad ? (unsigned)__builtin_ctz(bad) : 8;
        __m128i lead =
            _mm_or_si128(_mm_and_si128(_mm_srli_epi16(v, 6), bytes_of(1)), bytes_of(0xD0));
        __m128i tail = _mm_blendv_epi8(v, _mm_and_si128(v, bytes_of(0xBF)), is_letter);
        __m128i no_lead = _mm_unpacklo_epi8(_mm_xor_si128(is_letter, bytes_of(0xFF)),
                                            _mm_setzero_si128());
        unsigned rest = 0xFFFFu << 2 * n & 0xFFFF; /* comes again */
        at.out = put_others(_mm_unpacklo_epi8(lead, tail), bits(no_lead) | rest, at.out);
        at.in += n;
        if (n < 8)
            break;
    }
    return at;
}

#endif
