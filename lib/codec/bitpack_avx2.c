/* The loops for 256-bit registers: a row is one register. */
#include "codec/bitpack_ops.h"

#if CLUS_PACK_X86

#include <immintrin.h>
#include <string.h>

#define AVX2 __attribute__((target("avx2")))
#define AVX2_INLINE static inline __attribute__((target("avx2"), always_inline))

AVX2_INLINE __m256i load(const void *p)
{
    return _mm256_loadu_si256((const __m256i *)p);
}

AVX2_INLINE void store(uint32_t *p, __m256i v)
{
    _mm256_storeu_si256((__m256i *)(void *)p, v);
}

/* With constant width and row this is two to five instructions. */
AVX2_INLINE __m256i row_of(const uint8_t *in, unsigned width, unsigned row)
{
    unsigned word = row * width / 32, shift = row * width % 32;
    __m256i v = _mm256_srli_epi32(load(in + (size_t)word * 32), (int)shift);
    if (shift + width > 32)
        v = _mm256_or_si256(
            v, _mm256_slli_epi32(load(in + (size_t)(word + 1) * 32), (int)(32 - shift)));
    if (shift + width == 32)
        return v;
    return _mm256_and_si256(v, _mm256_set1_epi32((int)((1ull << width) - 1)));
}

#define ROW(width, row) store(out + (row) * (size_t)COLUMN_LANES, row_of(in, width, row))
#define UNPACK(width)                                                                      \
    AVX2 static void unpack_##width(const uint8_t *in, uint32_t *out)                      \
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

/* Sum of the lanes below each lane. */
AVX2_INLINE __m256i sum_below(__m256i v)
{
    __m256i t = _mm256_add_epi32(v, _mm256_slli_si256(v, 4));
    t = _mm256_add_epi32(t, _mm256_slli_si256(t, 8)); /* running sums of each half */
    __m256i low = _mm256_permutevar8x32_epi32(t, _mm256_set1_epi32(3));
    low = _mm256_blend_epi32(_mm256_setzero_si256(), low, 0xf0);
    return _mm256_sub_epi32(_mm256_add_epi32(t, low), v);
}

/* 8 rows of 8 lanes to 8 lanes of 8 rows; lane l goes to out + 32 * l. */
AVX2_INLINE void transpose(const __m256i r[8], uint32_t *out)
{
    __m256i pair[8], quad[8];
    for (size_t i = 0; i < 8; i += 2) {
        pair[i] = _mm256_unpacklo_epi32(r[i], r[i + 1]);
        pair[i + 1] = _mm256_unpackhi_epi32(r[i], r[i + 1]);
    }
    for (size_t i = 0; i < 8; i += 4)
        for (size_t j = 0; j < 2; j++) {
            quad[i + 2 * j] = _mm256_unpacklo_epi64(pair[i + j], pair[i + j + 2]);
            quad[i + 2 * j + 1] = _mm256_unpackhi_epi64(pair[i + j], pair[i + j + 2]);
        }
    for (size_t i = 0; i < 4; i++) {
        store(out + i * 32, _mm256_permute2x128_si256(quad[i], quad[4 + i], 0x20));
        store(out + (i + 4) * 32, _mm256_permute2x128_si256(quad[i], quad[4 + i], 0x31));
    }
}

AVX2 static void sum(const uint32_t rows[COLUMN_VALUES], uint32_t before,
                     uint32_t out[COLUMN_VALUES])
{
    __m256i run[COLUMN_ROWS], total = _mm256_setzero_si256(), one = _mm256_set1_epi32(1);
    for (size_t r = 0; r < COLUMN_ROWS; r++) {
        total =
            _mm256_add_epi32(total, _mm256_add_epi32(load(rows + r * COLUMN_LANES), one));
        run[r] = total;
    }
    __m256i base = _mm256_add_epi32(sum_below(total), _mm256_set1_epi32((int)before));
    for (size_t q = 0; q < 4; q++) {
        __m256i r[8];
        for (size_t i = 0; i < 8; i++)
            r[i] = _mm256_add_epi32(run[q * 8 + i], base);
        transpose(r, out + q * 8);
    }
}

const struct pack_ops clus__pack_avx2 = {"avx2", unpack, sum};

#endif
