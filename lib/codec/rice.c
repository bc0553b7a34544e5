/* Rice columns: choosing k, packing, unpacking. */
#include "codec/rice.h"

#include <string.h>

#include "base/le.h"

/* ---- writing ---- */

/* Bytes of the unary part for a k, SIZE_MAX where it has no place in a head. */
static size_t unary_bytes(const uint32_t *values, unsigned n, unsigned k)
{
    uint64_t units = 0;
    for (unsigned i = 0; i < n; i++)
        units += values[i] >> k;
    uint64_t bytes = (n + units + 7) / 8;
    return bytes <= RICE_UNARY_BYTES && (n + units) << k < RICE_UNITS ? (size_t)bytes
                                                                      : SIZE_MAX;
}

struct column_head clus__rice_choose(const uint32_t *values, unsigned n)
{
    struct column_head best = clus__column_choose(values, n);
    size_t best_bytes = clus__column_bytes(n, best);
    uint64_t sum = 0;
    unsigned k = 0;
    for (unsigned i = 0; i < n; i++)
        sum += values[i];
    while (k < 22 && sum >> k >= n)
        k++;
    /* One of three is the best: mostly the mean's logarithm, which is k - 1, or one less.
     */
    for (unsigned i = 0; i < 3 && i <= k; i++) {
        size_t unary = unary_bytes(values, n, k - i);
        size_t bytes = ((size_t)n * (k - i) + 7) / 8 + unary;
        if (unary == SIZE_MAX || bytes >= best_bytes)
            continue;
        best = (struct column_head){(uint8_t)(RICE_MARK | (k - i)), (uint8_t)unary};
        best_bytes = bytes;
    }
    return best;
}

size_t clus__rice_pack(const uint32_t *values, unsigned n, struct column_head head,
                       bool sums, uint8_t *out)
{
    if (!clus__is_rice(head))
        return clus__column_pack(values, n, head, out);
    unsigned k = head.width & ~(unsigned)RICE_MARK, bit = 0;
    size_t low = clus__column_pack(values, n, (struct column_head){(uint8_t)k, 0}, out);
    memset(out + low, 0, head.exceptions);
    for (unsigned i = 0; i < n; i++, bit++) {
        bit += values[sums && n == COLUMN_VALUES ? clus__sum_place(i) : i] >> k;
        out[low + bit / 8] |= (uint8_t)(1u << bit % 8);
    }
    return low + head.exceptions;
}

/* ---- reading ---- */

enum { ENDS = COLUMN_VALUES + 16 };

/* For each byte the places of its set bits, a byte each, the lowest first; how many. */
#define BIT(b, place) (UINT64_C(1) & (b) >> (place))
#define PUT(b, place, above) ((above) << 8 * BIT(b, place) | BIT(b, place) * (place))
#define UPPER(b) PUT(b, 4, PUT(b, 5, PUT(b, 6, BIT(b, 7) * 7)))
#define PLACES(b) PUT(b, 0, PUT(b, 1, PUT(b, 2, PUT(b, 3, UPPER(b)))))
#define NIBBLE(b) (BIT(b, 0) + BIT(b, 1) + BIT(b, 2) + BIT(b, 3))
#define COUNT(b) (uint8_t)(NIBBLE(b) + NIBBLE((b) >> 4))
#define FOUR(OF, b) OF((b)), OF((b) + 1), OF((b) + 2), OF((b) + 3)
#define SIXTEEN(OF, b) FOUR(OF, b), FOUR(OF, (b) + 4), FOUR(OF, (b) + 8), FOUR(OF, (b) + 12)
#define SIXTY_FOUR(OF, b)                                                                  \
    SIXTEEN(OF, b), SIXTEEN(OF, (b) + 16), SIXTEEN(OF, (b) + 32), SIXTEEN(OF, (b) + 48)
#define EACH_BYTE(OF)                                                                      \
    SIXTY_FOUR(OF, 0), SIXTY_FOUR(OF, 64), SIXTY_FOUR(OF, 128), SIXTY_FOUR(OF, 192)

static const uint64_t bit_places[256] = {EACH_BYTE(PLACES)};
static const uint8_t bit_counts[256] = {EACH_BYTE(COUNT)};

typedef uint8_t eight_bytes __attribute__((vector_size(8)));
typedef uint16_t eight_shorts __attribute__((vector_size(16)));

/* Where the set bits of the unary part are; false unless there are n of them. A byte at a
 * time, as there is nothing in that to guess. */
static bool find_ends(const uint8_t *in, unsigned bytes, unsigned n, uint16_t ends[ENDS])
{
    unsigned found = 0;
    eight_shorts base = {0};
    for (unsigned at = 0; at < bytes && found <= n; at++, base += 8) {
        eight_bytes places; /* the machine is little-endian */
        memcpy(&places, &bit_places[in[at]], sizeof places);
        eight_shorts wide = __builtin_convertvector(places, eight_shorts) + base;
        memcpy(ends + found, &wide, sizeof wide);
        found += bit_counts[in[at]];
    }
    return found == n && n > 0;
}

/* k of a column whose unary part is well-formed, else an answer that no column has. */
static unsigned open_column(const uint8_t *in, unsigned n, struct column_head head,
                            uint16_t ends[ENDS])
{
    unsigned k = head.width & ~(unsigned)RICE_MARK;
    const uint8_t *unary = in + ((size_t)n * k + 7) / 8;
    if (!find_ends(unary, head.exceptions, n, ends) ||
        (ends[n - 1] + UINT64_C(1)) << k >= RICE_UNITS)
        return UINT32_MAX;
    return k;
}

bool clus__rice_unpack(const struct pack_ops *ops, const uint8_t *in, unsigned n,
                       struct column_head head, uint32_t plus, uint32_t *out)
{
    uint16_t ends[ENDS];
    unsigned k = open_column(in, n, head, ends);
    if (k == UINT32_MAX)
        return false;
    (void)clus__column_unpack(ops, in, n, (struct column_head){(uint8_t)k, 0}, plus, out);
    out[0] += (uint32_t)ends[0] << k;
    for (unsigned i = 1; i < n; i++)
        out[i] += (uint32_t)(ends[i] - ends[i - 1] - 1) << k;
    return true;
}

bool clus__rice_sum(const struct pack_ops *ops, const uint8_t *in, unsigned n,
                    struct column_head head, uint32_t first, uint32_t *out)
{
    uint16_t ends[ENDS];
    unsigned k = open_column(in, n, head, ends);
    if (k == UINT32_MAX || first > UINT32_MAX - RICE_UNITS - COLUMN_VALUES)
        return false;
    struct column_head low = {(uint8_t)k, 0};
    if (n == COLUMN_VALUES) {
        (void)clus__column_sum(ops, in, low, first - 1, out);
    } else {
        (void)clus__column_unpack(ops, in, n, low, 0, out);
        (void)ops->ascend(out, n, first, out);
    }
    for (unsigned i = 0; i < n; i++)
        out[i] += (uint32_t)(ends[i] - i) << k;
    return true;
}
