/* The loops for 256-bit registers: a row is one register. */
#include "codec/bitpack_ops.h"

#if CLUS_HAS_VECTOR256

#include <immintrin.h>

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

#define ROW(width, row)                                                                    \
    store(out + (row) * (size_t)COLUMN_LANES,                                              \
          _mm256_add_epi32(row_of(in, width, row), more))
#define UNPACK(width)                                                                      \
    AVX2 static void unpack_##width(const uint8_t *in, uint32_t plus, uint32_t *out)       \
    {                                                                                      \
        __m256i more = _mm256_set1_epi32((int)plus);                                       \
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

/* Eight values take `width` bytes, so each eight lie alike. Up to 16 bits they are shuffled
 * out of one register, up to 25 each is loaded alone. */
AVX2 static void unpack_eights(const uint8_t *in, unsigned n, unsigned width, uint32_t plus,
                               uint32_t *out)
{
    const __m256i each = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    const __m256i bit = _mm256_mullo_epi32(each, _mm256_set1_epi32((int)width));
    const __m256i byte = _mm256_srli_epi32(bit, 3);
    const __m256i shift = _mm256_and_si256(bit, _mm256_set1_epi32(7));
    const __m256i mask = _mm256_set1_epi32((int)((1ull << width) - 1));
    const __m256i more = _mm256_set1_epi32((int)plus);
    /* Bytes byte .. byte + 3; what is above 15 is not needed and becomes any. */
    const __m256i from =
        _mm256_add_epi32(_mm256_mullo_epi32(byte, _mm256_set1_epi32(0x01010101)),
                         _mm256_set1_epi32(0x03020100));
    for (unsigned i = 0; i < n; i += COLUMN_LANES, in += width) {
        __m256i v;
        if (width <= 16) {
            __m128i both = _mm_loadu_si128((const void *)in);
            v = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(both), from);
        } else {
            v = _mm256_i32gather_epi32((const void *)in, byte, 1);
        }
        v = _mm256_and_si256(_mm256_srlv_epi32(v, shift), mask);
        store(out + i, _mm256_add_epi32(v, more));
    }
}

/* Wide ones of the last, broken eight would be loaded from too far behind. */
static void unpack_short(const uint8_t *in, unsigned n, unsigned width, uint32_t plus,
                         uint32_t *out)
{
    unsigned eights = width <= 16 ? n : width <= 25 ? n / COLUMN_LANES * COLUMN_LANES : 0;
    unpack_eights(in, eights, width, plus, out);
    if (eights < n)
        clus__unpack_short(in + (size_t)eights / COLUMN_LANES * width, n - eights, width,
                           plus, out + eights);
}

/* Running sums of eight. */
AVX2_INLINE __m256i sum_up_to(__m256i v)
{
    __m256i t = _mm256_add_epi32(v, _mm256_slli_si256(v, 4));
    t = _mm256_add_epi32(t, _mm256_slli_si256(t, 8));    /* running sums of each half */
    __m256i low = _mm256_permute2x128_si256(t, t, 0x08); /* to the high half, zeros below */
    return _mm256_add_epi32(t, _mm256_shuffle_epi32(low, 0xff));
}

/* Four lanes of 8 rows to out + 32 * lane. */
AVX2_INLINE void write_lanes(const __m256i r[4], uint32_t *out)
{
    __m256i a = _mm256_unpacklo_epi32(r[0], r[1]), b = _mm256_unpackhi_epi32(r[0], r[1]);
    __m256i c = _mm256_unpacklo_epi32(r[2], r[3]), d = _mm256_unpackhi_epi32(r[2], r[3]);
    store(out, _mm256_unpacklo_epi64(a, c));
    store(out + 32, _mm256_unpackhi_epi64(a, c));
    store(out + 64, _mm256_unpacklo_epi64(b, d));
    store(out + 96, _mm256_unpackhi_epi64(b, d));
}

AVX2 static void in_order(const struct lane_sums *sums, uint32_t out[COLUMN_VALUES])
{
    const __m256i before = load(sums->before);
    for (size_t r = 0; r < COLUMN_ROWS; r += 8) {
        __m256i low[4], high[4];
        for (size_t i = 0; i < 4; i++) {
            const uint32_t *run = sums->run + (r + i) * COLUMN_LANES;
            __m256i a = _mm256_add_epi32(load(run), before);
            __m256i b = _mm256_add_epi32(load(run + (size_t)4 * COLUMN_LANES), before);
            low[i] = _mm256_permute2x128_si256(a, b, 0x20);
            high[i] = _mm256_permute2x128_si256(a, b, 0x31);
        }
        write_lanes(low, out + r);
        write_lanes(high, out + r + 128);
    }
}

/* Where lanes of these sums begin. */
AVX2_INLINE void begin_lanes(__m256i total, uint32_t before, struct lane_sums *out)
{
    __m256i begin = _mm256_sub_epi32(sum_up_to(total), total);
    store(out->before, _mm256_add_epi32(begin, _mm256_set1_epi32((int)before)));
}

/* Sums down the lanes. The chain of dependent instructions is one addition a row. */
#define SUM_ROW(width, row)                                                                \
    total = _mm256_add_epi32(total, _mm256_add_epi32(row_of(in, width, row), one));        \
    store(out->run + (row) * (size_t)COLUMN_LANES, total)
#define SUM(width)                                                                         \
    AVX2 static void sum_##width(const uint8_t *in, uint32_t before,                       \
                                 struct lane_sums *out)                                    \
    {                                                                                      \
        const __m256i one = _mm256_set1_epi32(1);                                          \
        __m256i total = _mm256_setzero_si256();                                            \
        CLUS_EACH_ROW(SUM_ROW, width);                                                     \
        begin_lanes(total, before, out);                                                   \
    }
CLUS_EACH_WIDTH(SUM)

#define LOADED_ROW(width, row)                                                             \
    total = _mm256_add_epi32(total, load(out->run + (row) * (size_t)COLUMN_LANES));        \
    store(out->run + (row) * (size_t)COLUMN_LANES, total)
AVX2 static void sum_rows(uint32_t before, struct lane_sums *out)
{
    __m256i total = _mm256_setzero_si256();
    CLUS_EACH_ROW(LOADED_ROW, 0);
    begin_lanes(total, before, out);
}

static void sum_0(const uint8_t *in, uint32_t before, struct lane_sums *out)
{
    unpack_0(in, 1, out->run);
    sum_rows(before, out);
}

/* Two rows of sums to where they belong. */
AVX2_INLINE void write_short(__m256i one, __m256i two, unsigned row, uint16_t *run)
{
    uint16_t *out = run + clus__short_place(row),
             *behind = run + clus__short_place(row + 1);
    __m256i both = _mm256_permute4x64_epi64(_mm256_packus_epi32(one, two), 0xd8);
    _mm_storeu_si128((__m128i *)(void *)out, _mm256_castsi256_si128(both));
    _mm_storeu_si128((__m128i *)(void *)behind, _mm256_extracti128_si256(both, 1));
}

#define SHORT_ROWS(width, pair)                                                            \
    total = _mm256_add_epi32(last, load(rows + (pair) * (size_t)2 * COLUMN_LANES));        \
    last = _mm256_add_epi32(total, load(rows + ((pair) * (size_t)2 + 1) * COLUMN_LANES));  \
    write_short(total, last, (pair)*2, out->run)

AVX2 static void sum_short(const uint32_t rows[COLUMN_VALUES], uint32_t before,
                           struct short_lanes *out)
{
    __m256i last = _mm256_setzero_si256(), total;
    CLUS_8_ROWS(SHORT_ROWS, 0, 0);
    CLUS_8_ROWS(SHORT_ROWS, 0, 8);
    __m256i ends = sum_up_to(last), begin = _mm256_sub_epi32(ends, last);
    __m128i low = _mm256_castsi256_si128(begin), high = _mm256_extracti128_si256(begin, 1);
    _mm_storeu_si128((__m128i *)(void *)out->begin, _mm_packus_epi32(low, high));
    out->base = before;
    out->last = before + (uint32_t)_mm256_extract_epi32(ends, COLUMN_LANES - 1);
}

typedef void sum_fn(const uint8_t *in, uint32_t before, struct lane_sums *out);
#define SUM_NAME(width) sum_##width,
static sum_fn *const sum_of[33] = {sum_0, CLUS_EACH_WIDTH(SUM_NAME)};

static void sum(const uint8_t *in, unsigned width, uint32_t before, struct lane_sums *out)
{
    sum_of[width](in, before, out);
}

/* 32 bytes at a time: each gets a copy of its byte of bits, of which one bit is looked at.
 */
AVX2 static void flag_bits(const uint8_t bits[COLUMN_VALUES / 8], uint8_t flag,
                           uint8_t out[COLUMN_VALUES])
{
    const __m256i which = _mm256_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1,
                                           2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3);
    const __m256i bit = _mm256_set1_epi64x((long long)0x8040201008040201u);
    const __m256i value = _mm256_set1_epi8((char)flag);
    for (size_t i = 0; i < COLUMN_VALUES / 32; i++) {
        __m256i *at = (__m256i *)(void *)(out + i * 32);
        __m256i v = _mm256_set1_epi32((int)clus__le32(bits + i * 4));
        v = _mm256_and_si256(_mm256_shuffle_epi8(v, which), bit);
        v = _mm256_and_si256(_mm256_cmpeq_epi8(v, bit), value);
        _mm256_storeu_si256(at, _mm256_or_si256(_mm256_loadu_si256(at), v));
    }
}

AVX2 static void unpack_rows(const uint8_t *in, unsigned width, unsigned first,
                             unsigned end, uint32_t out[COLUMN_VALUES])
{
    const __m256i mask = _mm256_set1_epi32((int)((1ull << width) - 1));
    for (unsigned row = first; row < end; row++) {
        unsigned word = row * width / 32, shift = row * width % 32;
        const uint8_t *low = in + (size_t)word * COLUMN_LANES * 4;
        __m256i v = _mm256_srl_epi32(load(low), _mm_cvtsi32_si128((int)shift));
        if (shift + width > 32) {
            __m256i high = load(low + (size_t)COLUMN_LANES * 4);
            high = _mm256_sll_epi32(high, _mm_cvtsi32_si128((int)(32 - shift)));
            v = _mm256_or_si256(v, high);
        }
        store(out + row * (size_t)COLUMN_LANES, _mm256_and_si256(v, mask));
    }
}

AVX2_INLINE __m256i last_lane(__m256i v)
{
    return _mm256_permutevar8x32_epi32(v, _mm256_set1_epi32(7));
}

/* Without marks, as values mostly are. All that waits for the eight before is an addition.
 */
AVX2 static void sum_all_before(const uint32_t *values, uint32_t n, uint32_t *out)
{
    __m256i before = _mm256_setzero_si256();
    for (uint32_t i = 0; i < n; i += COLUMN_LANES) {
        __m256i v = load(values + i), sum = sum_up_to(v);
        store(out + i, _mm256_add_epi32(_mm256_sub_epi32(sum, v), before));
        before = _mm256_add_epi32(before, last_lane(sum));
    }
}

AVX2 static bool has_mark(const uint8_t *marks, uint8_t mark, uint32_t n)
{
    __m256i any = _mm256_setzero_si256();
    for (uint32_t i = 0; i < n; i += 32)
        any = _mm256_or_si256(any, load(marks + i));
    return !_mm256_testz_si256(any, _mm256_set1_epi8((char)mark));
}

AVX2 static void sum_before(const uint32_t *values, const uint8_t *marks, uint8_t mark,
                            uint32_t n, uint32_t *out)
{
    const __m256i bit = _mm256_set1_epi32(mark), zero = _mm256_setzero_si256();
    if (n % 32 == 0 && !has_mark(marks, mark, n)) {
        sum_all_before(values, n, out);
        return;
    }
    __m256i before = zero;
    for (uint32_t i = 0; i < n; i += COLUMN_LANES) {
        __m256i v = load(values + i);
        __m256i of = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const void *)(marks + i)));
        v = _mm256_and_si256(v, _mm256_cmpeq_epi32(_mm256_and_si256(of, bit), zero));
        __m256i sum = sum_up_to(v);
        store(out + i, _mm256_add_epi32(_mm256_sub_epi32(sum, v), before));
        before = _mm256_add_epi32(before, last_lane(sum));
    }
}

/* A column of gaps below 2^23 cannot pass 2^32 from where positions and documents begin. */
AVX2 static bool ascend(const uint32_t *gaps, uint32_t n, uint32_t first, uint32_t *out)
{
    enum { FEW = COLUMN_VALUES };
    const __m256i one = _mm256_set1_epi32(1);
    __m256i before = _mm256_set1_epi32((int)(first - 1)), any = _mm256_setzero_si256();
    for (uint32_t i = 0; i < n; i += COLUMN_LANES) {
        __m256i gap = load(gaps + i);
        any = _mm256_or_si256(any, gap);
        __m256i sum = sum_up_to(_mm256_add_epi32(gap, one));
        store(out + i, _mm256_add_epi32(sum, before));
        before = _mm256_add_epi32(before, last_lane(sum));
    }
    bool small = _mm256_testz_si256(any, _mm256_set1_epi32((int)0xff800000));
    return (small && n <= FEW) || clus__is_ascending(out, n);
}

/* Eight places behind `before`. */
AVX2_INLINE __m256i eight_places(const uint32_t *deltas, __m256i before)
{
    __m256i steps = _mm256_add_epi32(load(deltas), _mm256_set1_epi32(1));
    return _mm256_add_epi32(sum_up_to(steps), before);
}

/* What a document's last eight hold of the next one is written over by that. */
AVX2 static uint32_t place(const struct place_row *in, uint32_t i, uint32_t *n)
{
    const struct place_row row = *in; /* which nothing is stored to */
    uint32_t to = *n, from, end;
    for (; i < row.n && clus__placed_here(&row, row.at[i], &from, &end); i++) {
        __m256i before = _mm256_set1_epi32((int)clus__place_before(&row, i));
        __m256i places = eight_places(row.deltas + from, before);
        uint32_t *out = row.out + to;
        store(out, places); /* of most documents that is all */
        to += end - from;
        row.ends[i] = (uint16_t)to;
        for (from += COLUMN_LANES; from < end; from += COLUMN_LANES) {
            places = eight_places(row.deltas + from, last_lane(places));
            store(out += COLUMN_LANES, places);
        }
    }
    *n = to;
    return i;
}

const struct pack_ops clus__pack_avx2 = CLUS_PACK_OPS(clus__add_exceptions, sum_before);

#if CLUS_HAS_VECTOR512
/* Unpacking and summing gaps twice as wide was no faster. */
const struct pack_ops clus__pack_avx512 =
    CLUS_PACK_OPS(clus__add_exceptions_avx512, clus__sum_before_avx512);
#endif

#endif
