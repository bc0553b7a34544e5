/* The sets of loops behind clus__pack_ops(). */
#ifndef CLUS_CODEC_BITPACK_OPS_H
#define CLUS_CODEC_BITPACK_OPS_H

#include "base/le.h"
#include "codec/list_format.h"

/* One unpacking loop for each width from 1 to 32: ONE(width). */
#define CLUS_EACH_WIDTH(ONE)                                                               \
    ONE(1)                                                                                 \
    ONE(2)                                                                                 \
    ONE(3)                                                                                 \
    ONE(4)                                                                                 \
    ONE(5)                                                                                 \
    ONE(6)                                                                                 \
    ONE(7)                                                                                 \
    ONE(8)                                                                                 \
    ONE(9)                                                                                 \
    ONE(10)                                                                                \
    ONE(11)                                                                                \
    ONE(12)                                                                                \
    ONE(13)                                                                                \
    ONE(14)                                                                                \
    ONE(15)                                                                                \
    ONE(16)                                                                                \
    ONE(17)                                                                                \
    ONE(18)                                                                                \
    ONE(19)                                                                                \
    ONE(20)                                                                                \
    ONE(21)                                                                                \
    ONE(22)                                                                                \
    ONE(23)                                                                                \
    ONE(24)                                                                                \
    ONE(25)                                                                                \
    ONE(26)                                                                                \
    ONE(27)                                                                                \
    ONE(28)                                                                                \
    ONE(29)                                                                                \
    ONE(30)                                                                                \
    ONE(31)                                                                                \
    ONE(32)

/* ROW(width, row) for each of the 32 rows. */
#define CLUS_8_ROWS(ROW, width, r)                                                         \
    ROW(width, (r) + 0);                                                                   \
    ROW(width, (r) + 1);                                                                   \
    ROW(width, (r) + 2);                                                                   \
    ROW(width, (r) + 3);                                                                   \
    ROW(width, (r) + 4);                                                                   \
    ROW(width, (r) + 5);                                                                   \
    ROW(width, (r) + 6);                                                                   \
    ROW(width, (r) + 7)
#define CLUS_EACH_ROW(ROW, width)                                                          \
    CLUS_8_ROWS(ROW, width, 0);                                                            \
    CLUS_8_ROWS(ROW, width, 8);                                                            \
    CLUS_8_ROWS(ROW, width, 16);                                                           \
    CLUS_8_ROWS(ROW, width, 24)

/* Loops that a compiler turns into vector code well enough; each set builds them for its
 * processor. */
#define CLUS_SAME_LOOP static inline __attribute__((always_inline))

CLUS_SAME_LOOP void clus__unpack_rows(const uint8_t *in, unsigned width, unsigned first,
                                      unsigned end, uint32_t *out)
{
    uint32_t mask = width == 32 ? UINT32_MAX : (1u << width) - 1;
    for (unsigned row = first; row < end; row++) {
        unsigned word = row * width / 32, shift = row * width % 32;
        const uint8_t *low = in + (size_t)word * COLUMN_LANES * 4;
        /* The last row ends with the last word: there is no next one to load. */
        const uint8_t *high = shift + width > 32 ? low + (size_t)COLUMN_LANES * 4 : low;
        for (size_t lane = 0; lane < COLUMN_LANES; lane++) {
            uint32_t v = clus__le32(low + lane * 4) >> shift;
            v |= clus__le32(high + lane * 4) << 1 << (31 - shift);
            out[row * (size_t)COLUMN_LANES + lane] = v & mask;
        }
    }
}

CLUS_SAME_LOOP void clus__unpack_short(const uint8_t *in, unsigned n, unsigned width,
                                       uint32_t plus, uint32_t *out)
{
    uint32_t mask = width == 32 ? UINT32_MAX : (1u << width) - 1;
    for (unsigned i = 0, bit = 0; i < n; i++, bit += width)
        out[i] = ((uint32_t)(clus__le64(in + bit / 8) >> bit % 8) & mask) + plus;
}

CLUS_SAME_LOOP void clus__sum_short(const uint32_t *rows, uint32_t before,
                                    struct short_lanes *out)
{
    uint32_t sum = 0, begin = 0;
    for (unsigned i = 0; i < COLUMN_VALUES; i++) {
        begin = i % COLUMN_ROWS > 0 ? begin : sum;
        sum += rows[clus__sum_place(i)];
        out->begin[i / COLUMN_ROWS] = (uint16_t)begin;
        out->run[clus__short_place(i)] = (uint16_t)(sum - begin);
    }
    out->base = before;
    out->last = before + sum;
}

CLUS_SAME_LOOP void clus__sum_before(const uint32_t *values, const uint8_t *marks,
                                     uint8_t mark, uint32_t n, uint32_t *out)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        out[i] = sum;
        sum += marks[i] & mark ? 0 : values[i];
    }
}

/* Steps are 1..2^32, so whatever passes 2^32 shows as a number not above the one before. */
CLUS_SAME_LOOP bool clus__is_ascending(const uint32_t *numbers, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++)
        if (numbers[i] <= numbers[i - 1])
            return false;
    return true;
}

CLUS_SAME_LOOP bool clus__ascend(const uint32_t *gaps, uint32_t n, uint32_t first,
                                 uint32_t *out)
{
    uint32_t at = first - 1;
    for (uint32_t i = 0; i < n; i++)
        out[i] = at += gaps[i] + 1;
    return clus__is_ascending(out, n);
}

/* The deltas [*from, *end) of a document; false when they are not all in the sub-block, in
 * which no document asked about begins before it. */
CLUS_SAME_LOOP bool clus__placed_here(const struct place_row *row, uint32_t doc,
                                      uint32_t *from, uint32_t *end)
{
    *from = row->firsts[doc] - row->begin;
    *end = row->firsts[doc + 1] - row->begin;
    return *end <= COLUMN_VALUES;
}

/* What comes before the first position of document i of a row. */
CLUS_SAME_LOOP uint32_t clus__place_before(const struct place_row *row, uint32_t i)
{
    return ((i + 1) << PLACE_BITS) + clus__first_position(row->flags[row->at[i]]) - 1;
}

/* pack_ops.add_exceptions one by one; and sixteen by sixteen, as pack_ops.sum_before. */
uint64_t clus__add_exceptions(const uint8_t *in, unsigned n, struct column_head head,
                              uint32_t *out);
void clus__sum_before_avx512(const uint32_t *values, const uint8_t *marks, uint8_t mark,
                             uint32_t n, uint32_t *out);
uint64_t clus__add_exceptions_avx512(const uint8_t *in, unsigned n, struct column_head head,
                                     uint32_t *out);

/* A set: the loops of these names in its file, and two that may not be. */
#define CLUS_PACK_OPS(exceptions, before)                                                  \
    {                                                                                      \
        .unpack = unpack, .unpack_short = unpack_short, .sum = sum, .sum_rows = sum_rows,  \
        .sum_short = sum_short, .in_order = in_order, .flag_bits = flag_bits,              \
        .unpack_rows = unpack_rows, .sum_before = (before), .ascend = ascend,              \
        .add_exceptions = (exceptions), .place = place                                     \
    }

extern const struct pack_ops clus__pack_scalar;
extern const struct pack_ops clus__pack_sse41;  /* where there are 128-bit vectors */
extern const struct pack_ops clus__pack_avx2;   /* where there are 256-bit ones */
extern const struct pack_ops clus__pack_avx512; /* and 512-bit ones */

#endif
