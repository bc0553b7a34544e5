/*
 * UTF-8 that may be malformed. A malformed sequence is read as one U+FFFD for each maximal
 * subpart, as Unicode recommends: a truncated sequence is one mark, a stray byte is one.
 */
#ifndef CLUS_TEXT_UTF8_H
#define CLUS_TEXT_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UTF8_BAD = 0xFFFD };

static inline bool clus__utf8_is_tail(uint8_t byte)
{
    return (byte & 0xC0) == 0x80;
}

/* The code point at p < end; *len is its bytes, *bad whether they are malformed. */
static inline uint32_t clus__utf8_at(const uint8_t *p, const uint8_t *end, size_t *len,
                                     bool *bad)
{
    uint8_t lead = p[0];
    *len = 1;
    *bad = false;
    if (lead < 0x80)
        return lead;
    if (lead >= 0xC2 && lead < 0xE0 && end - p > 1 && clus__utf8_is_tail(p[1])) {
        *len = 2; /* most letters of our languages, early */
        return (lead & 0x1Fu) << 6 | (p[1] & 0x3Fu);
    }
    *bad = true;
    if (lead < 0xC2 || lead > 0xF4)
        return UTF8_BAD;
    size_t need = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    uint32_t c = lead & (0x7Fu >> need);
    for (size_t i = 1; i < need; i++) {
        if ((size_t)(end - p) <= i || p[i] < low || p[i] > high)
            return UTF8_BAD;
        c = c << 6 | (p[i] & 0x3Fu);
        *len = i + 1;
        low = 0x80;
        high = 0xBF;
    }
    *bad = false;
    return c;
}

/* Write c, a code point other than a surrogate, at `to`, which has room for 4 bytes. */
static inline size_t clus__utf8_put(uint8_t *to, uint32_t c)
{
    if (c < 0x80) {
        to[0] = (uint8_t)c;
        return 1;
    }
    if (c < 0x800) {
        to[0] = (uint8_t)(0xC0 | c >> 6);
        to[1] = (uint8_t)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        to[0] = (uint8_t)(0xE0 | c >> 12);
        to[1] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
        to[2] = (uint8_t)(0x80 | (c & 0x3F));
        return 3;
    }
    to[0] = (uint8_t)(0xF0 | c >> 18);
    to[1] = (uint8_t)(0x80 | (c >> 12 & 0x3F));
    to[2] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
    to[3] = (uint8_t)(0x80 | (c & 0x3F));
    return 4;
}

#endif
