/* The loops in plain C: what every other set must agree with. */

#include "codec/bitpack_ops.h"

static void unpack(const uint8_t *in, unsigned width, uint32_t plus,
                   uint32_t out[COLUMN_VALUES])
{
    if (width == 0) {
        for (unsigned i = 0; i < COLUMN_VALUES; i++)
            out[i] = plus;
        return;
    }
    uint32_t mask = width == 32 ? UINT32_MAX : (1u << width) - 1;
    for (unsigned row = 0; row < COLUMN_ROWS; row++) {
        unsigned word = row * width / 32, shift = row * width % 32;
        const uint8_t *low = in + (size_t)word * COLUMN_LANES * 4;
        /* The last row ends with the last word: there is no next one to load. */
        const uint8_t *high = shift + width > 32 ? low + (size_t)COLUMN_LANES * 4 : low;
        for (unsigned lane = 0; lane < COLUMN_LANES; lane++) {
            size_t at = (size_t)lane * 4;
            uint64_t both = clus__le32(low + at) | (uint64_t)clus__le32(high + at) << 32;
            out[row * COLUMN_LANES + lane] = ((uint32_t)(both >> shift) & mask) + plus;
        }
    }
}

static void sum_rows(uint32_t before, struct lane_sums *out)
{
    for (unsigned lane = 0; lane < COLUMN_LANES; lane++) {
        uint32_t sum = 0;
        out->before[lane] = before;
        for (unsigned at = lane; at < COLUMN_VALUES; at += COLUMN_LANES)
            out->run[at] = sum += out->run[at];
        before += sum;
    }
}

static void sum(const uint8_t *in, unsigned width, uint32_t before, struct lane_sums *out)
{
    unpack(in, width, 1, out->run);
    sum_rows(before, out);
}

static void sum_short(const uint32_t rows[COLUMN_VALUES], uint32_t before,
                      struct short_lanes *out)
{
    clus__sum_short(rows, before, out);
}

static void in_order(const struct lane_sums *sums, uint32_t out[COLUMN_VALUES])
{
    for (unsigned i = 0; i < COLUMN_VALUES; i++)
        out[i] = sums->before[i / COLUMN_ROWS] + sums->run[clus__sum_place(i)];
}

static void flag_bits(const uint8_t bits[COLUMN_VALUES / 8], uint8_t flag,
                      uint8_t out[COLUMN_VALUES])
{
    for (unsigned i = 0; i < COLUMN_VALUES; i++)
        if (bits[i / 8] >> i % 8 & 1)
            out[i] |= flag;
}

static void unpack_short(const uint8_t *in, unsigned n, unsigned width, uint32_t plus,
                         uint32_t *out)
{
    clus__unpack_short(in, n, width, plus, out);
}

static void unpack_rows(const uint8_t *in, unsigned width, unsigned first, unsigned end,
                        uint32_t out[COLUMN_VALUES])
{
    clus__unpack_rows(in, width, first, end, out);
}

static void sum_before(const uint32_t *values, const uint8_t *marks, uint8_t mark,
                       uint32_t n, uint32_t *out)
{
    clus__sum_before(values, marks, mark, n, out);
}

static bool ascend(const uint32_t *gaps, uint32_t n, uint32_t first, uint32_t *out)
{
    return clus__ascend(gaps, n, first, out);
}

static uint32_t place(const struct place_row *in, uint32_t i, uint32_t *n)
{
    const struct place_row row = *in; /* which nothing is stored to */
    uint32_t from, end;
    for (; i < row.n && clus__placed_here(&row, row.at[i], &from, &end); i++) {
        uint32_t at = clus__place_before(&row, i);
        for (; from < end; from++)
            row.out[(*n)++] = at += row.deltas[from] + 1;
        row.ends[i] = (uint16_t)*n;
    }
    return i;
}

const struct pack_ops clus__pack_scalar = CLUS_PACK_OPS(clus__add_exceptions, sum_before);
