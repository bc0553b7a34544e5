/* Columns: choosing a width, packing, unpacking with exceptions, choosing the loops. */
#include "codec/bitpack.h"

#include <string.h>

#include "base/le.h"
#include "codec/bitpack_ops.h"

const struct pack_ops *clus__pack_ops_of(enum cpu_level level)
{
    static const struct pack_ops *const ops[CPU_LEVELS] = {
        [CPU_SCALAR] = &clus__pack_scalar,
#if CLUS_HAS_VECTOR128
        [CPU_VECTOR128] = &clus__pack_sse41,
#endif
#if CLUS_HAS_VECTOR256
        [CPU_VECTOR256] = &clus__pack_avx2,
#endif
#if CLUS_HAS_VECTOR512
        [CPU_VECTOR512] = &clus__pack_avx512,
#endif
    };
    return clus__cpu_has(level) ? ops[level] : NULL;
}

const struct pack_ops *clus__pack_ops(void)
{
    return clus__pack_ops_of(clus__cpu_best());
}

/* 0 for 0, without a jump. */
static inline unsigned bits(uint32_t v)
{
    return 63 - (unsigned)__builtin_clzll(2ull * v + 1);
}

enum { WIDTHS = 33, COUNTERS = 4 };

/* How many values have each width. Several counters, since neighbours are often of one
 * width and each waits for the last. */
static void count_widths(const uint32_t *values, unsigned n, uint16_t count[WIDTHS])
{
    uint8_t some[COUNTERS][WIDTHS] = {{0}}; /* at most 256 / COUNTERS in each */
    unsigned i = 0;
    for (; i + COUNTERS <= n; i += COUNTERS)
        for (unsigned c = 0; c < COUNTERS; c++)
            some[c][bits(values[i + c])]++;
    for (; i < n; i++)
        some[i % COUNTERS][bits(values[i])]++;
    for (unsigned width = 0; width < WIDTHS; width++)
        count[width] =
            (uint16_t)(some[0][width] + some[1][width] + some[2][width] + some[3][width]);
}

/* A head for exceptions that have so many bits above the width. */
static struct column_head head_of(unsigned width, unsigned exceptions, unsigned high)
{
    unsigned code = (high > 2) + (high > 4) + (high > 8);
    return (struct column_head){(uint8_t)width, (uint8_t)(exceptions | code << 6)};
}

struct column_head clus__column_choose(const uint32_t *values, unsigned n)
{
    uint16_t count[WIDTHS];
    count_widths(values, n, count);
    unsigned widest = 32;
    while (widest > 0 && count[widest] == 0)
        widest--;
    struct column_head best = {(uint8_t)widest, 0};
    size_t best_bytes = clus__column_bytes(n, best);
    unsigned exceptions = 0;
    for (unsigned width = widest; width-- > 0;) {
        exceptions += count[width + 1];
        if (exceptions > COLUMN_MAX_EXCEPTIONS)
            break;
        struct column_head h = head_of(width, exceptions, widest - width);
        size_t bytes = clus__column_bytes(n, h);
        if (bytes < best_bytes) {
            best = h;
            best_bytes = bytes;
        }
    }
    return best;
}

static uint32_t mask_of(unsigned width)
{
    return width >= 32 ? UINT32_MAX : (1u << width) - 1;
}

static void pack_lanes(const uint32_t *values, unsigned width, uint8_t *out)
{
    uint32_t mask = mask_of(width), lanes[COLUMN_ROWS * COLUMN_LANES];
    memset(lanes, 0, (size_t)width * COLUMN_LANES * sizeof *lanes);
    for (unsigned row = 0; row < COLUMN_ROWS; row++) {
        unsigned word = row * width / 32, shift = row * width % 32;
        for (unsigned lane = 0; lane < COLUMN_LANES; lane++) {
            uint32_t v = values[row * COLUMN_LANES + lane] & mask;
            lanes[word * COLUMN_LANES + lane] |= v << shift;
            if (shift + width > 32)
                lanes[(word + 1) * COLUMN_LANES + lane] |= v >> (32 - shift);
        }
    }
    memcpy(out, lanes, (size_t)width * COLUMN_LANES * sizeof *lanes);
}

static void pack_short(const uint32_t *values, unsigned n, unsigned width, uint8_t *out)
{
    uint64_t pending = 0;
    uint32_t mask = mask_of(width);
    unsigned held = 0;
    for (unsigned i = 0; i < n; i++) {
        pending |= (uint64_t)(values[i] & mask) << held;
        held += width;
        if (held >= 32) {
            clus__put_le32(out, (uint32_t)pending);
            out += 4;
            held -= 32;
            pending >>= 32;
        }
    }
    for (; held > 0; held = held > 8 ? held - 8 : 0, pending >>= 8)
        *out++ = (uint8_t)pending;
}

static void put_exceptions(const uint32_t *values, unsigned n, struct column_head head,
                           uint8_t *out)
{
    unsigned exceptions = head.exceptions & COLUMN_MAX_EXCEPTIONS, found = 0;
    unsigned high = clus__column_high(head), held = 0;
    uint64_t pending = 0;
    uint8_t places[COLUMN_VALUES] = {0};
    for (unsigned i = 0; i < n; i++) {
        places[found] = (uint8_t)i;
        found += bits(values[i]) > head.width;
    }
    memcpy(out, places, exceptions);
    out += exceptions;
    for (unsigned i = 0; i < exceptions; i++) {
        pending |= (uint64_t)(values[places[i]] >> head.width) << held;
        for (held += high; held >= 8; held -= 8, pending >>= 8)
            *out++ = (uint8_t)pending;
    }
    if (held > 0)
        *out = (uint8_t)pending;
}

size_t clus__column_pack(const uint32_t *values, unsigned n, struct column_head head,
                         uint8_t *out)
{
    size_t at = ((size_t)n * head.width + 7) / 8;
    if (n == COLUMN_VALUES)
        pack_lanes(values, head.width, out);
    else
        pack_short(values, n, head.width, out);
    if (head.exceptions & COLUMN_MAX_EXCEPTIONS)
        put_exceptions(values, n, head, out + at);
    return clus__column_bytes(n, head);
}

/* Those with high parts of `high` bits, a divisor of 64: as many as eight bytes have at a
 * time. Answers the sum of the parts. */
static inline uint64_t add_parts(const uint8_t *places, unsigned n, unsigned high,
                                 unsigned width, uint32_t *out)
{
    const unsigned together = 64 / high;
    const uint8_t *parts = places + n;
    uint64_t sum = 0;
    for (unsigned i = 0, end; i < n; parts += 8) {
        uint64_t bits = clus__le64(parts);
        for (end = i + together < n ? i + together : n; i < end; i++, bits >>= high) {
            uint64_t part = bits & ((1ull << high) - 1);
            out[places[i]] += (uint32_t)(part << width);
            sum += part;
        }
    }
    return sum;
}

/* A loop for each length, which is worth it. */
uint64_t clus__add_exceptions(const uint8_t *in, unsigned n, struct column_head head,
                              uint32_t *out)
{
    switch (clus__column_high(head)) {
    case 2: return add_parts(in, n, 2, head.width, out) << head.width;
    case 4: return add_parts(in, n, 4, head.width, out) << head.width;
    case 8: return add_parts(in, n, 8, head.width, out) << head.width;
    default: return add_parts(in, n, 32, head.width, out) << head.width;
    }
}

uint64_t clus__column_unpack(const struct pack_ops *ops, const uint8_t *in, unsigned n,
                             struct column_head head, uint32_t plus, uint32_t *out)
{
    if (n == COLUMN_VALUES)
        ops->unpack(in, head.width, plus, out);
    else
        ops->unpack_short(in, n, head.width, plus, out);
    uint64_t bound = (uint64_t)n * mask_of(head.width);
    unsigned exceptions = head.exceptions & COLUMN_MAX_EXCEPTIONS;
    if (exceptions > 0)
        bound += ops->add_exceptions(in + ((size_t)n * head.width + 7) / 8, exceptions,
                                     head, out);
    return bound;
}

/* Places ascend in what a writer made; a place outside of [from, to) is left alone. */
static uint64_t add_some_exceptions(const uint8_t *in, struct column_head head,
                                    unsigned from, unsigned to, uint32_t *out)
{
    unsigned n = head.exceptions & COLUMN_MAX_EXCEPTIONS, high = clus__column_high(head);
    uint32_t keep = mask_of(high);
    uint64_t sum = 0;
    unsigned i = 0;
    while (i + 8 <= n && in[i + 7] < from)
        i += 8;
    for (; i < n && in[i] < to; i++)
        if (in[i] >= from) {
            uint64_t part = clus__le32(in + n + i * high / 8) >> i * high % 8 & keep;
            out[in[i]] += (uint32_t)(part << head.width);
            sum += part << head.width;
        }
    return sum;
}

uint64_t clus__column_part(const struct pack_ops *ops, const uint8_t *in, unsigned n,
                           struct column_head head, struct value_range range,
                           uint32_t out[COLUMN_VALUES])
{
    unsigned from = range.from, to = range.to;
    uint32_t mask = mask_of(head.width);
    if (n < COLUMN_VALUES)
        for (unsigned i = from, bit = from * head.width; i < to; i++, bit += head.width)
            out[i] = (uint32_t)(clus__le64(in + bit / 8) >> bit % 8) & mask;
    else if (head.width > 0)
        ops->unpack_rows(in, head.width, from / COLUMN_LANES,
                         (to + COLUMN_LANES - 1) / COLUMN_LANES, out);
    else
        memset(out + from, 0, (to - from) * sizeof *out);
    uint64_t bound = (uint64_t)(to - from) * mask;
    if (head.exceptions & COLUMN_MAX_EXCEPTIONS)
        bound +=
            add_some_exceptions(in + ((size_t)n * head.width + 7) / 8, head, from, to, out);
    return bound;
}

/* The low bits of value i. */
static uint32_t packed_value(const uint8_t *in, unsigned n, unsigned width, unsigned i)
{
    if (n < COLUMN_VALUES) {
        size_t bit = (size_t)i * width;
        return (uint32_t)(clus__le64(in + bit / 8) >> bit % 8) & mask_of(width);
    }
    if (width == 0)
        return 0;
    unsigned bit = i / COLUMN_LANES * width, shift = bit % 32;
    const uint8_t *word = in + (bit / 32 * COLUMN_LANES + i % COLUMN_LANES) * (size_t)4;
    uint64_t v = clus__le32(word);
    if (shift + width > 32)
        v |= (uint64_t)clus__le32(word + (size_t)COLUMN_LANES * 4) << 32;
    return (uint32_t)(v >> shift) & mask_of(width);
}

uint32_t clus__column_value(const uint8_t *in, unsigned n, struct column_head head,
                            unsigned i)
{
    uint32_t value = packed_value(in, n, head.width, i);
    unsigned exceptions = head.exceptions & COLUMN_MAX_EXCEPTIONS;
    const uint8_t *places = in + ((size_t)n * head.width + 7) / 8;
    const uint8_t *place = exceptions > 0 ? memchr(places, (int)i, exceptions) : NULL;
    if (place) {
        unsigned high = clus__column_high(head), bit = (unsigned)(place - places) * high;
        uint32_t part = clus__le32(places + exceptions + bit / 8) >> bit % 8;
        value += (part & mask_of(high)) << head.width;
    }
    return value;
}

uint64_t clus__column_sum(const struct pack_ops *ops, const uint8_t *in,
                          struct column_head head, uint32_t before, uint32_t *out)
{
    struct lane_sums sums;
    uint64_t bound = (uint64_t)COLUMN_VALUES * mask_of(head.width);
    unsigned exceptions = head.exceptions & COLUMN_MAX_EXCEPTIONS;
    if (exceptions == 0) {
        ops->sum(in, head.width, before, &sums);
    } else {
        ops->unpack(in, head.width, 1, sums.run);
        bound +=
            clus__add_exceptions(in + (size_t)32 * head.width, exceptions, head, sums.run);
        ops->sum_rows(before, &sums);
    }
    ops->in_order(&sums, out);
    return bound;
}

uint64_t clus__column_lanes(const struct pack_ops *ops, const uint8_t *in,
                            struct column_head head, uint32_t before,
                            struct short_lanes *out)
{
    _Alignas(64) uint32_t rows[COLUMN_VALUES];
    uint64_t bound = (uint64_t)COLUMN_VALUES * mask_of(head.width);
    unsigned exceptions = head.exceptions & COLUMN_MAX_EXCEPTIONS;
    ops->unpack(in, head.width, 1, rows);
    if (exceptions > 0)
        bound += clus__add_exceptions(in + (size_t)32 * head.width, exceptions, head, rows);
    ops->sum_short(rows, before, out);
    return bound;
}
