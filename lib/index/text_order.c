/* Sorting many words: by distributing their first letters and comparing the rest. */
#include "index/text_order.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/le.h"

enum {
    FEW = 8,         /* are put in order by insertion, */
    SOME = 64,       /* compared: to distribute them would cost more, */
    MANY = 1 << 14,  /* distributed two letters at a time instead of one */
    NARROW_BITS = 8, /* of a digit */
    WIDE_BITS = 16
};

/* ---- packing ----
 *
 * A Russian letter becomes a byte, and bytes stand in the order of UTF-8:
 *
 *     00..7F             itself
 *     D0 80 to D0 BF     81..C0
 *     D1 80 to D1 9F     C2..E1
 *
 * Any other byte is itself behind 80, C1 or E2, whichever is between its neighbours. */
enum { BELOW = 0x80, FIRST_D0 = 0x81, BETWEEN = 0xc1, FIRST_D1 = 0xc2, ABOVE = 0xe2 };
enum { PACKED = 16, CHUNK = 8 };

/* Up to eight bytes, zeros behind them. */
static uint64_t load(const uint8_t *p, size_t n)
{
    if (n >= CHUNK)
        return clus__be64(p);
    if (n >= 4)
        return (uint64_t)clus__be32(p) << 32 | (uint64_t)clus__be32(p + n - 4)
                                                   << (64 - 8 * n);
    uint64_t x = 0;
    for (size_t i = 0; i < n; i++)
        x |= (uint64_t)p[i] << (56 - 8 * i);
    return x;
}

/* Pack n bytes of `x`, at most eight, if they are Russian letters: four at once, each in 16
 * bits of their own. */
static bool pack_letters(uint64_t x, size_t n, uint32_t *out)
{
    const uint64_t ones = UINT64_C(0x0001000100010001);
    uint64_t there = n >= CHUNK ? UINT64_MAX : ~(UINT64_MAX >> 8 * n);
    if (n % 2 || (x & 0xfec0 * ones) != (0xd080 * ones & there))
        return false;
    uint64_t letters = (x & 0x3f * ones) | (x >> 2 & 0x40 * ones), second = letters >> 6;
    if (letters >> 5 & second & ones) /* beyond D1 9F */
        return false;
    letters += (FIRST_D0 * ones & there) + (second & ones);
    letters = letters | letters >> 8;
    *out = (uint32_t)(letters >> 16 & 0xffff0000) | (uint32_t)(letters & 0xffff);
    return true;
}

/* Pack the character or byte at the beginning of `in` and step over it. */
static size_t pack_one(struct bytes *in, uint8_t out[2])
{
    uint8_t byte = in->data[0], next = in->len > 1 ? in->data[1] : 0;
    bool d0 = byte == 0xd0, d1 = byte == 0xd1;
    size_t len =
        (d0 && next >= 0x80 && next < 0xc0) || (d1 && next >= 0x80 && next < 0xa0) ? 2 : 1;
    in->data += len;
    in->len -= len;
    if (len == 2 || byte < 0x80) {
        out[0] = len == 1 ? byte : (uint8_t)(next - 0x80 + (d0 ? FIRST_D0 : FIRST_D1));
        return 1;
    }
    out[0] = ABOVE;
    if (byte < 0xd0 || (d0 && next < 0x80))
        out[0] = BELOW;
    else if (d0 || (d1 && next < 0x80))
        out[0] = BETWEEN;
    out[1] = byte;
    return 2;
}

static void pack_any(struct bytes text, struct text_key *key)
{
    uint8_t raw[PACKED + 1] = {0}; /* a character that is cut takes one more */
    size_t n = 0;
    while (text.len > 0 && n < PACKED)
        n += pack_one(&text, raw + n);
    key->high = clus__be64(raw);
    key->low = clus__be64(raw + 8);
    key->whole = text.len == 0 && n <= PACKED;
}

struct text_key clus__text_key(struct bytes text, uint32_t item)
{
    struct text_key key = {.data = text.data, .item = item, .len = (uint16_t)text.len};
    uint32_t parts[PACKED / 4] = {0};
    size_t at = 0;
    for (unsigned i = 0; i < PACKED / 4 && at < text.len; i++, at += CHUNK) {
        size_t left = text.len - at;
        if (!pack_letters(load(text.data + at, left), left, &parts[i])) {
            pack_any(text, &key);
            return key;
        }
    }
    key.high = (uint64_t)parts[0] << 32 | parts[1];
    key.low = (uint64_t)parts[2] << 32 | parts[3];
    key.whole = at >= text.len;
    return key;
}

/* ---- sorting ---- */

static int compare(const void *a, const void *b)
{
    const struct text_key *x = a, *y = b;
    if (x->high != y->high)
        return x->high < y->high ? -1 : 1;
    if (x->low != y->low)
        return x->low < y->low ? -1 : 1;
    int c = clus__bytes_cmp(clus__text_of(x), clus__text_of(y));
    return c ? c : (x->item > y->item) - (x->item < y->item);
}

static void sort_by_comparing(struct text_key *keys, size_t n)
{
    if (n > FEW) {
        qsort(keys, n, sizeof *keys, compare);
        return;
    }
    for (size_t i = 1; i < n; i++) {
        struct text_key key = keys[i];
        size_t at = i;
        for (; at > 0 && compare(&key, &keys[at - 1]) < 0; at--)
            keys[at] = keys[at - 1];
        keys[at] = key;
    }
}

/* Distribute by `bits` bits of the high half, in the order that there is; `counts` is for
 * as many as these have values. False if all have the same. */
static bool distribute(const struct text_key *from, struct text_key *to, size_t n,
                       unsigned shift, unsigned bits, uint32_t *counts)
{
    const size_t values = (size_t)1 << bits;
    const uint64_t mask = values - 1;
    memset(counts, 0, values * sizeof *counts);
    for (size_t i = 0; i < n; i++)
        counts[from[i].high >> shift & mask]++;
    if (counts[from[0].high >> shift & mask] == n)
        return false;
    uint32_t sum = 0;
    for (size_t value = 0; value < values; value++) {
        uint32_t count = counts[value];
        counts[value] = sum;
        sum += count;
    }
    for (size_t i = 0; i < n; i++)
        to[counts[from[i].high >> shift & mask]++] = from[i];
    return true;
}

/* Compare what the distributed letters do not tell apart. */
static void sort_ties(struct text_key *keys, size_t n)
{
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && keys[to].high == keys[from].high;)
            to++;
        sort_by_comparing(keys + from, to - from);
    }
}

clus_status clus__sort_texts(struct text_key *keys, struct text_key *spare, size_t n)
{
    if (n < SOME) {
        sort_by_comparing(keys, n);
        return CLUS_OK;
    }
    unsigned bits = n < MANY ? NARROW_BITS : WIDE_BITS;
    uint32_t *counts = clus__malloc(((size_t)1 << bits) * sizeof *counts);
    if (!counts)
        return CLUS_E_NOMEM;
    struct text_key *from = keys, *to = spare;
    for (unsigned shift = 0; shift < 64; shift += bits) {
        if (!distribute(from, to, n, shift, bits, counts))
            continue;
        struct text_key *swap = from;
        from = to;
        to = swap;
    }
    clus__free(counts);
    if (from != keys)
        memcpy(keys, from, n * sizeof *keys);
    sort_ties(keys, n);
    return CLUS_OK;
}
