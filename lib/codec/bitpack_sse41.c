/* The loops for 128-bit registers: a row is two registers. */
#include "codec/bitpack_ops.h"

#if CLUS_PACK_X86

#include <immintrin.h>
#include <string.h>

#define SSE41 __attribute__((target("sse4.1")))
#define SSE41_INLINE static inline __attribute__((target("sse4.1"), always_inline))

SSE41_INLINE __m128i load(const void *p)
{
    return _mm_loadu_si128((const __m128i *)p);
}

SSE41_INLINE void store(uint32_t *p, __m128i v)
{
    _mm_storeu_si128((__m128i *)(void *)p, v);
}

SSE41_INLINE __m128i row_of(const uint8_t *in, unsigned width, unsigned row)
{
    unsigned word = row * width / 32, shift = row * width % 32;
    __m128i v = _mm_srli_epi32(load(in + (size_t)word * 32), (int)shift);
    if (shift + width > 32)
        v = _mm_or_si128(
            v, _mm_slli_epi32(load(in + (size_t)(word + 1) * 32), (int)(32 - shift)));
    if (shift + width == 32)
        return v;
    return _mm_and_si128(v, _mm_set1_epi32((int)((1ull << width) - 1)));
}

#define ROW(width, row)                                                                    \
    store(out + (row) * (size_t)COLUMN_LANES, row_of(in, width, row));                     \
    store(out + (row) * (size_t)COLUMN_LANES + 4, row_of(in + 16, width, row))
#define UNPACK(width)                                                                      \
    SSE41 static void unpack_##width(const uint8_t *in, uint32_t *out)                     \
    {                                                                                      \
        CLUS_EACH_ROW(ROW, width);                                                         \
    }
CLUS_EACH_WIDTH(UNPACK)

static void unpack_0(const uint8_t *in, uint32_t *out)
{
    (void)in;
    memset(out, 0, COLUMN_VALUES * sizeof *out);
}

typedef void unpack_fn(const uint8_t *in, uint32_t *out);
#define NAME(width) unpack_##width,
static unpack_fn *const unpack_of[33] = {unpack_0, CLUS_EACH_WIDTH(NAME)};

static void unpack(const uint8_t *in, unsigned width, uint32_t out[COLUMN_VALUES])
{
    unpack_of[width](in, out);
}

/* Running sum over four lanes. */
SSE41_INLINE __m128i sum_up_to(__m128i v)
{
    v = _mm_add_epi32(v, _mm_slli_si128(v, 4));
    return _mm_add_epi32(v, _mm_slli_si128(v, 8));
}

/* 4 rows of 4 lanes to 4 lanes of 4 rows; lane l goes to out + 32 * l. */
SSE41_INLINE void transpose(const __m128i r[4], uint32_t *out)
{
    __m128i a = _mm_unpacklo_epi32(r[0], r[1]), b = _mm_unpackhi_epi32(r[0], r[1]);
    __m128i c = _mm_unpacklo_epi32(r[2], r[3]), d = _mm_unpackhi_epi32(r[2], r[3]);
    store(out, _mm_unpacklo_epi64(a, c));
    store(out + 32, _mm_unpackhi_epi64(a, c));
    store(out + 64, _mm_unpacklo_epi64(b, d));
    store(out + 96, _mm_unpackhi_epi64(b, d));
}

/* Running sums down the rows of lanes 4h .. 4h+3. Answers the totals. */
SSE41_INLINE __m128i sum_half(const uint32_t *rows, __m128i run[COLUMN_ROWS])
{
    __m128i total = _mm_setzero_si128(), one = _mm_set1_epi32(1);
    for (size_t r = 0; r < COLUMN_ROWS; r++) {
        total = _mm_add_epi32(total, _mm_add_epi32(load(rows + r * COLUMN_LANES), one));
        run[r] = total;
    }
    return total;
}

SSE41_INLINE void write_half(const __m128i run[COLUMN_ROWS], __m128i base, uint32_t *out)
{
    for (size_t q = 0; q < COLUMN_ROWS / 4; q++) {
        __m128i r[4];
        for (size_t i = 0; i < 4; i++)
            r[i] = _mm_add_epi32(run[q * 4 + i], base);
        transpose(r, out + q * 4);
    }
}

SSE41 static void sum(const uint32_t rows[COLUMN_VALUES], uint32_t before,
                      uint32_t out[COLUMN_VALUES])
{
    __m128i run[COLUMN_ROWS], start = _mm_set1_epi32((int)before);
    __m128i total = sum_half(rows, run), up_to = sum_up_to(total);
    write_half(run, _mm_add_epi32(start, _mm_sub_epi32(up_to, total)), out);
    start = _mm_add_epi32(start, _mm_shuffle_epi32(up_to, 0xff));
    total = sum_half(rows + 4, run);
    up_to = sum_up_to(total);
    write_half(run, _mm_add_epi32(start, _mm_sub_epi32(up_to, total)), out + 128);
}

const struct pack_ops clus__pack_sse41 = {"sse4.1", unpack, sum};

#endif
