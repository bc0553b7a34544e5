/*
 * Step through UTF-8 that may be malformed, without ever reading past its end.
 *
 * A malformed stretch is taken in the pieces Unicode recommends: the longest beginning of
 * a well-formed sequence, or one byte where there is none. Overlong forms, surrogates and
 * values over U+10FFFF are malformed.
 */
#ifndef CLUS_BASE_UTF8_H
#define CLUS_BASE_UTF8_H

#include "base/bytes.h"

enum { CODE_BAD = -1 };

static inline int32_t clus__code_tail(const uint8_t *p, size_t len, size_t *used)
{
    uint8_t lead = p[0], low = 0x80, high = 0xBF;
    size_t need = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    int32_t c = lead & (0x3F >> need);
    *used = 1;
    if (lead < 0xC2 || lead > 0xF4)
        return CODE_BAD;
    if (lead == 0xE0)
        low = 0xA0;
    else if (lead == 0xED)
        high = 0x9F;
    else if (lead == 0xF0)
        low = 0x90;
    else if (lead == 0xF4)
        high = 0x8F;
    for (size_t i = 1; i <= need; i++) {
        if (i >= len || p[i] < low || p[i] > high)
            return CODE_BAD;
        c = c << 6 | (p[i] & 0x3F);
        low = 0x80;
        high = 0xBF;
        *used = i + 1;
    }
    return c;
}

/* The code point at text.data[at], or CODE_BAD; *used is the number of bytes it takes, at
 * least one. `at` must be below text.len. */
static inline int32_t clus__code_at(struct bytes text, size_t at, size_t *used)
{
    uint8_t lead = text.data[at];
    if (lead < 0x80) {
        *used = 1;
        return lead;
    }
    return clus__code_tail(text.data + at, text.len - at, used);
}

/* Where the code point that ends at `at` begins; for malformed bytes, at - 1. `at` > 0. */
static inline size_t clus__code_before(struct bytes text, size_t at)
{
    size_t from = at - 1, used;
    while (from > 0 && at - from < 4 && (text.data[from] & 0xC0) == 0x80)
        from--;
    if (clus__code_at((struct bytes){text.data, at}, from, &used) != CODE_BAD &&
        from + used == at)
        return from;
    return at - 1;
}

/* Bytes written to `out`, which has room for 4. `c` is a code point. */
static inline size_t clus__code_put(uint8_t *out, int32_t c)
{
    uint32_t u = (uint32_t)c;
    if (u < 0x80) {
        out[0] = (uint8_t)u;
        return 1;
    }
    if (u < 0x800) {
        out[0] = (uint8_t)(0xC0 | u >> 6);
        out[1] = (uint8_t)(0x80 | (u & 0x3F));
        return 2;
    }
    if (u < 0x10000) {
        out[0] = (uint8_t)(0xE0 | u >> 12);
        out[1] = (uint8_t)(0x80 | (u >> 6 & 0x3F));
        out[2] = (uint8_t)(0x80 | (u & 0x3F));
        return 3;
    }
    out[0] = (uint8_t)(0xF0 | u >> 18);
    out[1] = (uint8_t)(0x80 | (u >> 12 & 0x3F));
    out[2] = (uint8_t)(0x80 | (u >> 6 & 0x3F));
    out[3] = (uint8_t)(0x80 | (u & 0x3F));
    return 4;
}

#endif
