/* Narrowing: the codes, and all that the loops leave. */
#include "codec/narrow.h"

#include <string.h>

/*
 * A byte from 0x80 on stands for U+0400 and its low seven bits; 0x20 to 0x7F, tab, line
 * feed and carriage return for themselves; the other control codes for the sequences below,
 * 0 for the byte behind it.
 */
enum { ESCAPE = 0, CODES = 32, SEQUENCE_MAX = 3, NUMBER_SIGN = 0x0B };
static const char sequences[CODES][SEQUENCE_MAX + 1] = {
    [0x01] = "«", [0x02] = "»", [0x03] = "–", [0x04] = "—",        [0x05] = "“",
    [0x06] = "”", [0x07] = "„", [0x08] = "…", [NUMBER_SIGN] = "№", [0x0C] = "\xC2\xA0",
    [0x0E] = "’", [0x0F] = "‘", [0x10] = "Ә", [0x11] = "ә",        [0x12] = "Ғ",
    [0x13] = "ғ", [0x14] = "Қ", [0x15] = "қ", [0x16] = "Ң",        [0x17] = "ң",
    [0x18] = "Ө", [0x19] = "ө", [0x1A] = "Ұ", [0x1B] = "ұ",        [0x1C] = "Ү",
    [0x1D] = "ү", [0x1E] = "Һ", [0x1F] = "һ"};

/* The same by what stands before their last byte, and by its low six bits. */
static const uint8_t behind_c2[64] = {[0x2B] = 0x01, [0x3B] = 0x02, [0x20] = 0x0C};
static const uint8_t behind_d2[64] = {
    [0x12] = 0x12, [0x13] = 0x13, [0x1A] = 0x14, [0x1B] = 0x15,
    [0x22] = 0x16, [0x23] = 0x17, [0x30] = 0x1A, [0x31] = 0x1B,
    [0x2E] = 0x1C, [0x2F] = 0x1D, [0x3A] = 0x1E, [0x3B] = 0x1F};
static const uint8_t behind_d3[64] = {
    [0x18] = 0x10, [0x19] = 0x11, [0x28] = 0x18, [0x29] = 0x19};
static const uint8_t behind_e280[64] = {
    [0x13] = 0x03, [0x14] = 0x04, [0x1C] = 0x05, [0x1D] = 0x06,
    [0x1E] = 0x07, [0x26] = 0x08, [0x19] = 0x0E, [0x18] = 0x0F};

static inline bool is_plain(uint8_t c)
{
    return (c >= 0x20 && c < 0x80) || c == '\n' || c == '\t' || c == '\r';
}

static uint8_t code_of_two(uint8_t lead, uint8_t low)
{
    switch (lead) {
    case 0xC2: return behind_c2[low];
    case 0xD0: return 0x80 | low;
    case 0xD1: return 0xC0 | low;
    case 0xD2: return behind_d2[low];
    case 0xD3: return behind_d3[low];
    default: return ESCAPE;
    }
}

static uint8_t code_of_three(const uint8_t *p)
{
    if (p[0] == 0xE2 && p[1] == 0x80 && (p[2] & 0xC0) == 0x80)
        return behind_e280[p[2] & 0x3F];
    return memcmp(p, sequences[NUMBER_SIGN], SEQUENCE_MAX) == 0 ? NUMBER_SIGN : ESCAPE;
}

/* Narrow what stands in front. */
static struct narrowing narrow_one(struct narrowing at, const uint8_t *end)
{
    const uint8_t *p = at.in;
    uint8_t code = is_plain(*p) ? *p : ESCAPE;
    size_t len = 1;
    if (*p >= 0xC0 && end - p >= 2 && (p[1] & 0xC0) == 0x80)
        code = code_of_two(*p, p[1] & 0x3F), len = 2;
    if (code == ESCAPE && end - p >= SEQUENCE_MAX)
        code = code_of_three(p), len = SEQUENCE_MAX;
    *at.out++ = code;
    if (code == ESCAPE)
        *at.out++ = *p, len = 1;
    at.in += len;
    return at;
}

size_t clus__narrow(enum cpu_level level, struct bytes in, uint8_t *out)
{
    struct narrowing at = {in.data, out};
    const uint8_t *end = in.data + in.len;
    bool wide = level >= CPU_VECTOR512 && clus__cpu_packs_bytes();
    (void)wide;
    while (at.in < end) {
#if CLUS_HAS_VECTOR512
        if (wide)
            at = clus__narrow_vector512(at, end);
#endif
#if CLUS_HAS_VECTOR128
        if (level >= CPU_VECTOR128 && (!wide || end - at.in < NARROW_WIDE))
            at = clus__narrow_vector128(at, end);
#endif
        if (at.in < end)
            at = narrow_one(at, end);
    }
    return (size_t)(at.out - out);
}

/* Write what a code stands for. Its length; 0 when there is no room. */
static size_t put_code(uint8_t code, uint8_t *out, size_t room)
{
    uint8_t letter[2] = {0xD0 | (code >> 6 & 1), 0x80 | (code & 0x3F)};
    const void *from = &code;
    size_t len = 1;
    if (code >= 0x80)
        from = letter, len = 2;
    else if (!is_plain(code))
        from = sequences[code], len = strlen(sequences[code]);
    if (len > room)
        return 0;
    memcpy(out, from, len);
    return len;
}

bool clus__widen(enum cpu_level level, struct bytes in, uint8_t *out, size_t len)
{
    uint8_t *const start = out; /* clang-tidy loses sight of what is written by at.out */
    struct narrowing at = {in.data, start};
    const uint8_t *end = in.data + in.len, *stop = out + len;
    (void)level;
    while (at.in < end) {
#if CLUS_HAS_VECTOR128
        if (level >= CPU_VECTOR128)
            at = clus__widen_vector128(at, end, stop);
        if (at.in == end)
            break;
#endif
        uint8_t code = *at.in++;
        if (code == ESCAPE) {
            if (at.in == end || at.out == stop)
                return false;
            *at.out++ = *at.in++;
            continue;
        }
        size_t n = put_code(code, at.out, (size_t)(stop - at.out));
        if (n == 0)
            return false;
        at.out += n;
    }
    return at.out == stop;
}
