/*
 * Rice columns: the low `k` bits of every number packed as in a column of that width, and
 * how often 2^k goes into it in unary. Where most numbers are small and of one scale, as
 * between the ordinals of a form and among its frequencies, that takes a sixth less than a
 * column with exceptions. What the units are, see store/FORMAT.md, "Packed columns".
 */
#ifndef CLUS_CODEC_RICE_H
#define CLUS_CODEC_RICE_H

#include "codec/bitpack.h"

enum {
    RICE_MARK = 0x80,       /* of column_head.width, above k */
    RICE_UNITS = 1u << 24,  /* (n + units) << k is below, so no sum can overflow */
    RICE_UNARY_BYTES = 255, /* at most: column_head.exceptions of a Rice column */
};

static inline bool clus__is_rice(struct column_head h)
{
    return h.width & RICE_MARK;
}

/* Bytes of a column of either sort, or SIZE_MAX for a head that no writer makes. */
static inline size_t clus__rice_bytes(unsigned n, struct column_head h)
{
    if (!clus__is_rice(h))
        return clus__column_bytes(n, h);
    struct column_head low = {h.width & (uint8_t)~RICE_MARK, 0};
    return low.width < 24 ? clus__column_bytes(n, low) + h.exceptions : SIZE_MAX;
}

/* The smallest head of either sort for n values, 1..256. */
struct column_head clus__rice_choose(const uint32_t *values, unsigned n);
/* Write clus__rice_bytes() bytes and return that. `sums`: the column will be summed, so
 * that value i of 256 is at clus__sum_place(i), and units follow in the order of i. */
size_t clus__rice_pack(const uint32_t *values, unsigned n, struct column_head head,
                       bool sums, uint8_t *out);

/* Of a Rice column whose bytes are all there, and 16 more may be loaded. The numbers,
 * `plus` added to each; false when it is damaged, else they are below RICE_UNITS + plus.
 * `out` has room for 8 more. */
bool clus__rice_unpack(const struct pack_ops *ops, const uint8_t *in, unsigned n,
                       struct column_head head, uint32_t plus, uint32_t *out);
/* Their running sum, of numbers that are gaps - 1, counted from `first`; false when it is
 * damaged or passes 2^32. */
bool clus__rice_sum(const struct pack_ops *ops, const uint8_t *in, unsigned n,
                    struct column_head head, uint32_t first, uint32_t *out);

#endif
