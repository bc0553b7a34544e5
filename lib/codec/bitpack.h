/*
 * Columns of numbers with a few exceptions (PFOR): every value's low `width` bits packed,
 * the high bits of at most 63 wider ones apart.
 *
 * A full column has 256 values in 8 lanes of 32 bits: value i is row i / 8 of lane i % 8,
 * and bit r * width of a lane starts row r, so that one vector instruction unpacks 8
 * values. A shorter one packs its values one after the other, low bits first.
 *
 *     bytes of the column = packed values, exceptions' places (u8 each), their high parts
 *                           (2, 4, 8 or 32 bits each, one after the other, low bits first)
 *
 * The two-byte head is kept apart, so that the length of a column is known before its
 * bytes are read.
 */
#ifndef CLUS_CODEC_BITPACK_H
#define CLUS_CODEC_BITPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

enum {
    COLUMN_VALUES = 256,
    COLUMN_LANES = 8,
    COLUMN_ROWS = 32,
    COLUMN_MAX_EXCEPTIONS = 63,
    COLUMN_MAX_BYTES = 1024 + COLUMN_MAX_EXCEPTIONS * 5,
    COLUMN_HEAD = 2
};

/* width 0..32; exceptions: low 6 bits how many, high 2 bits how long their high parts are
 */
struct column_head {
    uint8_t width, exceptions;
};

/* Bits of a high part: 2, 4, 8 or 32. */
static inline unsigned clus__column_high(struct column_head h)
{
    return 0x20080402u >> (h.exceptions >> 6) * 8 & 0xff;
}

/* Positions of several documents that are wanted in one row; see pack_ops.place. */
struct place_row {
    const uint16_t *at; /* documents of a block, ascending */
    uint32_t n;
    const uint32_t *deltas; /* of one sub-block of positions */
    uint32_t begin;         /* deltas before it */
    const uint32_t *firsts; /* of the block's documents: deltas before each's; one more */
    const uint8_t *flags;
    uint32_t *out;  /* the row */
    uint16_t *ends; /* for each document how many positions there are up to its last */
};
/* Together the deltas of a sub-block must stay below. */
enum { PLACE_SUM = (1 << 23) - (1 << 12) };

/* A full column of gaps - 1, summed within its lanes: number i is before[i / COLUMN_ROWS] +
 * run[clus__sum_place(i)], modulo 2^32. */
struct lane_sums {
    _Alignas(64) uint32_t run[COLUMN_VALUES];
    _Alignas(32) uint32_t before[COLUMN_LANES];
};

/* Such numbers that ascend and are at most 2^16 - 1 above `base`, which is below the first,
 * laid out to be looked up in: clus__short_number(). */
struct short_lanes {
    uint16_t run[COLUMN_VALUES];
    uint16_t begin[COLUMN_LANES];
    uint32_t base, last; /* the last number */
};

/* The loops that are worth writing for a machine; all sets give the same results. */
struct pack_ops {
    /* Full column without its exceptions, `plus` added to each. Reads 32 * width bytes. */
    void (*unpack)(const uint8_t *in, unsigned width, uint32_t plus,
                   uint32_t out[COLUMN_VALUES]);
    /* The same of a shorter column, whose values follow one another. May load 16 bytes past
     * them and store up to a multiple of 8. */
    void (*unpack_short)(const uint8_t *in, unsigned n, unsigned width, uint32_t plus,
                         uint32_t *out);
    /* The sums of a full column of gaps - 1, counted from `before`. The first from packed
     * bytes, the second from what unpack() with 1 added and exceptions left in out->run. */
    void (*sum)(const uint8_t *in, unsigned width, uint32_t before, struct lane_sums *out);
    void (*sum_rows)(uint32_t before, struct lane_sums *out);
    /* The second in 16 bits. Where they do not fit they are anything, but for `last`. */
    void (*sum_short)(const uint32_t rows[COLUMN_VALUES], uint32_t before,
                      struct short_lanes *out);
    /* The numbers that sums stand for, in order. */
    void (*in_order)(const struct lane_sums *sums, uint32_t out[COLUMN_VALUES]);
    /* Or `flag` into those of 256 bytes whose bit is set. */
    void (*flag_bits)(const uint8_t bits[COLUMN_VALUES / 8], uint8_t flag,
                      uint8_t out[COLUMN_VALUES]);
    /* Rows [first, end) of a full column without its exceptions, to their places. */
    void (*unpack_rows)(const uint8_t *in, unsigned width, unsigned first, unsigned end,
                        uint32_t out[COLUMN_VALUES]);
    /* out[i]: the sum modulo 2^32 of those values before i whose byte in `marks` lacks the
     * bit `mark`. n <= 256; may load and store up to the next multiple of 16. */
    void (*sum_before)(const uint32_t *values, const uint8_t *marks, uint8_t mark,
                       uint32_t n, uint32_t *out);
    /* Numbers from the gaps - 1 between them, the first of which is counted from `first`;
     * false when they pass 2^32. n > 0; may load and store up to 7 beyond; `out` may be
     * `gaps`. */
    bool (*ascend)(const uint32_t *gaps, uint32_t n, uint32_t first, uint32_t *out);
    /* Adds the high parts of n exceptions, 1..63, to their values in `out`: `in` begins
     * with their places. Answers the sum of the parts, shifted as they are, below 2^64. */
    uint64_t (*add_exceptions)(const uint8_t *in, unsigned n, struct column_head head,
                               uint32_t out[COLUMN_VALUES]);
    /* Positions of documents at[i ..) as far as they lie in the sub-block, i the number of
     * each with PLACE_BITS of position below it, to out[*n ..]; *n grows by how many they
     * are. Answers the first document that is left. May store up to 7 beyond. */
    uint32_t (*place)(const struct place_row *row, uint32_t i, uint32_t *n);
};

/* The best set for this machine; a given one, or NULL where the machine lacks it. */
const struct pack_ops *clus__pack_ops(void);
const struct pack_ops *clus__pack_ops_of(enum cpu_level level);

/* Where value i of a column to be summed is stored: 32 in a row to a lane. */
static inline unsigned clus__sum_place(unsigned i)
{
    return i % COLUMN_ROWS * COLUMN_LANES + i / COLUMN_ROWS;
}

/* The same in 16 bits: rows r, r + 8, r + 16 and r + 24 make one vector to look up in. */
static inline unsigned clus__short_place(unsigned i)
{
    unsigned row = i % COLUMN_ROWS;
    return (row % 8 * 4 + row / 8) * COLUMN_LANES + i / COLUMN_ROWS;
}

static inline uint32_t clus__short_number(const struct short_lanes *s, unsigned i)
{
    return s->base + s->begin[i / COLUMN_ROWS] + s->run[clus__short_place(i)];
}

/* Bytes of a column of n <= 256 values, or SIZE_MAX for a head that no writer makes. */
static inline size_t clus__column_bytes(unsigned n, struct column_head h)
{
    unsigned exceptions = h.exceptions & COLUMN_MAX_EXCEPTIONS;
    if (h.width > 32 || exceptions > n)
        return SIZE_MAX;
    return ((size_t)n * h.width + 7) / 8 + exceptions +
           (exceptions * clus__column_high(h) + 7) / 8;
}

/* Smallest head for n values, 1..256. */
struct column_head clus__column_choose(const uint32_t *values, unsigned n);
/* Writes clus__column_bytes(n, head) bytes and returns that. */
size_t clus__column_pack(const uint32_t *values, unsigned n, struct column_head head,
                         uint8_t *out);
/* Unpacks a column whose bytes are all there, `plus` added to each value; may load 16 bytes
 * past them. `out` has room for 256 values. Never fails; answers an upper bound of the sum
 * of the values as stored, which the caller uses to tell whether a sum may have overflowed
 * or a value may be too large. */
uint64_t clus__column_unpack(const struct pack_ops *ops, const uint8_t *in, unsigned n,
                             struct column_head head, uint32_t plus, uint32_t *out);
struct value_range {
    unsigned from, to;
};
/* Values [from, to) of a column to out[from .. to), as clus__column_unpack() with plus 0
 * makes them; others of the same rows become anything. Cheaper than all of it for few
 * values. */
uint64_t clus__column_part(const struct pack_ops *ops, const uint8_t *in, unsigned n,
                           struct column_head head, struct value_range range,
                           uint32_t out[COLUMN_VALUES]);
/* Value i alone, as clus__column_unpack() with plus 0 makes it. */
uint32_t clus__column_value(const uint8_t *in, unsigned n, struct column_head head,
                            unsigned i);
/* The running sum of a full column of gaps - 1, with exceptions: out[i] = before + the sum
 * of (gap - 1) + 1 up to i, modulo 2^32. */
uint64_t clus__column_sum(const struct pack_ops *ops, const uint8_t *in,
                          struct column_head head, uint32_t before, uint32_t *out);
/* The same to be looked up in, for less time; `before` is the base. The answer tells
 * whether out->last is right, and that whether all fit. */
uint64_t clus__column_lanes(const struct pack_ops *ops, const uint8_t *in,
                            struct column_head head, uint32_t before,
                            struct short_lanes *out);

#endif
