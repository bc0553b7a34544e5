/* Sorting many words: by distributing their first bytes, comparing what is left. */
#include "index/text_order.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/le.h"

enum {
    FEW = 1 << 14, /* are compared: distributing them would cost more */
    DIGITS = 8,
    DIGIT_BITS = 16,
    DIGIT_VALUES = 1 << DIGIT_BITS
};

static uint64_t eight_bytes(struct bytes text, size_t from)
{
    uint8_t raw[8] = {0};
    if (text.len >= from + 8)
        return clus__be64(text.data + from);
    if (text.len > from)
        memcpy(raw, text.data + from, text.len - from);
    return clus__be64(raw);
}

struct text_key clus__text_key(struct bytes text, uint32_t item)
{
    return (struct text_key){eight_bytes(text, 0), eight_bytes(text, 8), text, item};
}

static int compare(const void *a, const void *b)
{
    const struct text_key *x = a, *y = b;
    if (x->high != y->high)
        return x->high < y->high ? -1 : 1;
    if (x->low != y->low)
        return x->low < y->low ? -1 : 1;
    int c = clus__bytes_cmp(x->text, y->text);
    return c ? c : (x->item > y->item) - (x->item < y->item);
}

static unsigned digit_of(const struct text_key *key, unsigned digit)
{
    uint64_t half = digit < DIGITS / 2 ? key->low : key->high;
    return half >> (digit % (DIGITS / 2) * DIGIT_BITS) & (DIGIT_VALUES - 1);
}

/* Distribute by one digit, in the order that there is. False if all have the same. */
static bool distribute(const struct text_key *from, struct text_key *to, size_t n,
                       unsigned digit, uint32_t *counts)
{
    memset(counts, 0, DIGIT_VALUES * sizeof *counts);
    for (size_t i = 0; i < n; i++)
        counts[digit_of(&from[i], digit)]++;
    if (counts[digit_of(from, digit)] == n)
        return false;
    uint32_t sum = 0;
    for (unsigned value = 0; value < DIGIT_VALUES; value++) {
        uint32_t count = counts[value];
        counts[value] = sum;
        sum += count;
    }
    for (size_t i = 0; i < n; i++)
        to[counts[digit_of(&from[i], digit)]++] = from[i];
    return true;
}

/* Compare what the first 16 bytes do not tell apart. */
static void sort_ties(struct text_key *keys, size_t n)
{
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1;
             to < n && keys[to].low == keys[from].low && keys[to].high == keys[from].high;)
            to++;
        if (to - from > 1)
            qsort(keys + from, to - from, sizeof *keys, compare);
    }
}

clus_status clus__sort_texts(struct text_key *keys, struct text_key *spare, size_t n)
{
    if (n < FEW) {
        qsort(keys, n, sizeof *keys, compare);
        return CLUS_OK;
    }
    uint32_t *counts = clus__malloc(DIGIT_VALUES * sizeof *counts);
    if (!counts)
        return CLUS_E_NOMEM;
    struct text_key *from = keys, *to = spare;
    for (unsigned digit = 0; digit < DIGITS; digit++) {
        if (!distribute(from, to, n, digit, counts))
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
