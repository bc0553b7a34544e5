/* The loops for 128-bit registers: a row is two registers. */
#include "base/vector128.h"
#include "codec/bitpack_ops.h"

#if CLUS_HAS_VECTOR128

#define INLINE static inline __attribute__((always_inline)) CLUS_VECTOR128

INLINE __m128i load(const void *p)
{
    return _mm_loadu_si128((const __m128i *)p);
}

INLINE void store(uint32_t *p, __m128i v)
{
    _mm_storeu_si128((__m128i *)(void *)p, v);
}

INLINE __m128i row_of(const uint8_t *in, unsigned width, unsigned row)
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
    store(out + (row) * (size_t)COLUMN_LANES,                                              \
          _mm_add_epi32(row_of(in, width, row), more));                                    \
    store(out + (row) * (size_t)COLUMN_LANES + 4,                                          \
          _mm_add_epi32(row_of(in + 16, width, row), more))
#define UNPACK(width)                                                                      \
    CLUS_VECTOR128 static void unpack_##width(const uint8_t *in, uint32_t plus,            \
                                              uint32_t *out)                               \
    {                                                                                      \
        __m128i more = _mm_set1_epi32((int)plus);                                          \
        CLUS_EACH_ROW(ROW, width);                                                         \
    }
CLUS_EACH_WIDTH(UNPACK)

static void unpack_0(const uint8_t *in, uint32_t plus, uint32_t *out)
{
    (void)in;
    for (unsigned i = 0; i < COLUMN_VALUES; i++)
        out[i] = plus;
}

typedef void unpack_fn(const uint8_t *in, uint32_t plus, uint32_t *out);
#define NAME(width) unpack_##width,
static unpack_fn *const unpack_of[33] = {unpack_0, CLUS_EACH_WIDTH(NAME)};

static void unpack(const uint8_t *in, unsigned width, uint32_t plus,
                   uint32_t out[COLUMN_VALUES])
{
    unpack_of[width](in, plus, out);
}

/* Running sum over four lanes. */
INLINE __m128i sum_up_to(__m128i v)
{
    v = _mm_add_epi32(v, _mm_slli_si128(v, 4));
    return _mm_add_epi32(v, _mm_slli_si128(v, 8));
}

/* 4 rows of 4 lanes to 4 lanes of 4 rows; lane l goes to out + 32 * l. */
INLINE void transpose(const __m128i r[4], uint32_t *out)
{
    __m128i a = _mm_unpacklo_epi32(r[0], r[1]), b = _mm_unpackhi_epi32(r[0], r[1]);
    __m128i c = _mm_unpacklo_epi32(r[2], r[3]), d = _mm_unpackhi_epi32(r[2], r[3]);
    store(out, _mm_unpacklo_epi64(a, c));
    store(out + 32, _mm_unpackhi_epi64(a, c));
    store(out + 64, _mm_unpacklo_epi64(b, d));
    store(out + 96, _mm_unpackhi_epi64(b, d));
}

/* Sums down four lanes from `first` on. Answers the last lane's end. */
INLINE uint32_t sum_half(uint32_t before, size_t first, struct lane_sums *out)
{
    __m128i total = _mm_setzero_si128();
    for (size_t at = first; at < COLUMN_VALUES; at += COLUMN_LANES) {
        total = _mm_add_epi32(total, load(out->run + at));
        store(out->run + at, total);
    }
    __m128i ends = _mm_add_epi32(sum_up_to(total), _mm_set1_epi32((int)before));
    store(out->before + first, _mm_sub_epi32(ends, total));
    return (uint32_t)_mm_extract_epi32(ends, 3);
}

CLUS_VECTOR128 static void sum_rows(uint32_t before, struct lane_sums *out)
{
    (void)sum_half(sum_half(before, 0, out), 4, out);
}

static void sum(const uint8_t *in, unsigned width, uint32_t before, struct lane_sums *out)
{
    unpack(in, width, 1, out->run);
    sum_rows(before, out);
}

CLUS_VECTOR128 static void sum_short(const uint32_t rows[COLUMN_VALUES], uint32_t before,
                                     struct short_lanes *out)
{
    clus__sum_short(rows, before, out);
}

CLUS_VECTOR128 static void in_order(const struct lane_sums *sums,
                                    uint32_t out[COLUMN_VALUES])
{
    for (size_t half = 0; half < COLUMN_LANES; half += 4) {
        __m128i before = load(sums->before + half);
        for (size_t row = 0; row < COLUMN_ROWS; row += 4) {
            __m128i r[4];
            for (size_t i = 0; i < 4; i++)
                r[i] = _mm_add_epi32(load(sums->run + (row + i) * COLUMN_LANES + half),
                                     before);
            transpose(r, out + half * COLUMN_ROWS + row);
        }
    }
}

/* 16 bytes at a time: each gets a copy of its byte of bits, of which one bit is looked at.
 */
CLUS_VECTOR128 static void flag_bits(const uint8_t bits[COLUMN_VALUES / 8], uint8_t flag,
                                     uint8_t out[COLUMN_VALUES])
{
    const __m128i which = _mm_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
    const __m128i bit = _mm_set1_epi64x((long long)0x8040201008040201u);
    const __m128i value = _mm_set1_epi8((char)flag);
    for (size_t i = 0; i < COLUMN_VALUES / 16; i++) {
        __m128i *at = (__m128i *)(void *)(out + i * 16);
        __m128i v = _mm_cvtsi32_si128(clus__le16(bits + i * 2));
        v = _mm_and_si128(_mm_shuffle_epi8(v, which), bit);
        v = _mm_and_si128(_mm_cmpeq_epi8(v, bit), value);
        _mm_storeu_si128(at, _mm_or_si128(_mm_loadu_si128(at), v));
    }
}

CLUS_VECTOR128 static void unpack_short(const uint8_t *in, unsigned n, unsigned width,
                                        uint32_t plus, uint32_t *out)
{
    clus__unpack_short(in, n, width, plus, out);
}

CLUS_VECTOR128 static void unpack_rows(const uint8_t *in, unsigned width, unsigned first,
                                       unsigned end, uint32_t out[COLUMN_VALUES])
{
    clus__unpack_rows(in, width, first, end, out);
}

CLUS_VECTOR128 static void sum_before(const uint32_t *values, const uint8_t *marks,
                                      uint8_t mark, uint32_t n, uint32_t *out)
{
    clus__sum_before(values, marks, mark, n, out);
}

CLUS_VECTOR128 static bool ascend(const uint32_t *gaps, uint32_t n, uint32_t first,
                                  uint32_t *out)
{
    return clus__ascend(gaps, n, first, out);
}

CLUS_VECTOR128 static uint32_t place(const struct place_row *in, uint32_t i, uint32_t *n)
{
    enum { LANES = 4 };
    const struct place_row row = *in; /* which nothing is stored to */
    const __m128i one = _mm_set1_epi32(1);
    uint32_t to = *n, from, end;
    for (; i < row.n && clus__placed_here(&row, row.at[i], &from, &end); i++) {
        __m128i before = _mm_set1_epi32((int)clus__place_before(&row, i));
        for (uint32_t k = 0; k < end - from; k += LANES) {
            __m128i steps = _mm_add_epi32(load(row.deltas + from + k), one);
            __m128i places = _mm_add_epi32(sum_up_to(steps), before);
            store(row.out + to + k, places);
            before = _mm_shuffle_epi32(places, 0xff);
        }
        to += end - from;
        row.ends[i] = (uint16_t)to;
    }
    *n = to;
    return i;
}

const struct pack_ops clus__pack_sse41 = CLUS_PACK_OPS(clus__add_exceptions, sum_before);

#endif
