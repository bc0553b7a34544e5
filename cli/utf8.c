/* UTF-8 for people and terminals. */
#include "utf8.h"

#include <string.h>

static uint32_t malformed(size_t used_bytes, size_t *used)
{
    *used = used_bytes;
    return UTF8_BAD;
}

uint32_t utf8_next(clus_str s, size_t *used)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *p = (const unsigned char *)s.data;
    if (p[0] < 0x80) {
        *used = 1;
        return p[0];
    }
    size_t need = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    if (p[0] < 0xc2 || p[0] > 0xf4)
        return malformed(1, used);
    uint32_t cp = p[0] & (0x7fu >> need);
    for (size_t i = 1; i < need; i++) {
        if (i >= s.len || (p[i] & 0xc0) != 0x80)
            return malformed(i, used);
        cp = cp << 6 | (p[i] & 0x3fu);
    }
    if (cp < least[need] || cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000))
        return malformed(1, used);
    *used = need;
    return cp;
}

void utf8_add(struct text *t, uint32_t cp)
{
    if (cp < 0x80) {
        text_byte(t, (char)cp);
        return;
    }
    if (cp < 0x800) {
        text_byte(t, (char)(0xc0 | cp >> 6));
    } else {
        if (cp < 0x10000) {
            text_byte(t, (char)(0xe0 | cp >> 12));
        } else {
            text_byte(t, (char)(0xf0 | cp >> 18));
            text_byte(t, (char)(0x80 | (cp >> 12 & 0x3f)));
        }
        text_byte(t, (char)(0x80 | (cp >> 6 & 0x3f)));
    }
    text_byte(t, (char)(0x80 | (cp & 0x3f)));
}

size_t utf8_count(clus_str s)
{
    size_t n = 0, used;
    for (; s.len; s = str_sub(s, used), n++)
        (void)utf8_next(s, &used);
    return n;
}

bool utf8_valid(clus_str s)
{
    size_t used;
    for (; s.len; s = str_sub(s, used))
        if (utf8_next(s, &used) == UTF8_BAD)
            return false;
    return true;
}

static bool is_between(uint32_t cp, uint32_t low, uint32_t high)
{
    return cp >= low && cp <= high;
}

unsigned utf8_width(uint32_t cp)
{
    if (cp < 0x300)
        return 1;
    if (is_between(cp, 0x300, 0x36f) || is_between(cp, 0x483, 0x489) ||
        is_between(cp, 0x64b, 0x65f) || is_between(cp, 0x200b, 0x200f) ||
        is_between(cp, 0x20d0, 0x20ff) || is_between(cp, 0xfe00, 0xfe0f) || cp == 0xfeff)
        return 0;
    if (is_between(cp, 0x1100, 0x115f) || is_between(cp, 0x2e80, 0xa4cf) ||
        is_between(cp, 0xac00, 0xd7a3) || is_between(cp, 0xf900, 0xfaff) ||
        is_between(cp, 0xfe30, 0xfe6f) || is_between(cp, 0xff00, 0xff60) ||
        is_between(cp, 0xffe0, 0xffe6) || is_between(cp, 0x1f300, 0x1faff) ||
        is_between(cp, 0x20000, 0x3fffd))
        return 2;
    return 1;
}

size_t utf8_columns(clus_str s)
{
    size_t n = 0, used;
    for (; s.len; s = str_sub(s, used))
        n += utf8_width(utf8_next(s, &used));
    return n;
}

bool utf8_is_control(uint32_t cp)
{
    return cp < 0x20 || is_between(cp, 0x7f, 0x9f) || cp == 0x61c || cp == 0x200e ||
           cp == 0x200f || is_between(cp, 0x2028, 0x202e) ||
           is_between(cp, 0x2066, 0x2069) || is_between(cp, 0xfff9, 0xfffb) ||
           is_between(cp, 0xe0000, 0xe007f);
}

bool utf8_is_upper(uint32_t cp)
{
    if (is_between(cp, 'A', 'Z') || is_between(cp, 0x400, 0x42f) ||
        (is_between(cp, 0xc0, 0xde) && cp != 0xd7))
        return true;
    return is_between(cp, 0x48a, 0x52f) && cp != 0x4c0 && cp != 0x4cf &&
           (is_between(cp, 0x4c1, 0x4ce) ? cp % 2 == 1 : cp % 2 == 0);
}

bool utf8_is_letter(uint32_t cp)
{
    return is_between(cp, 'A', 'Z') || is_between(cp, 'a', 'z') ||
           (is_between(cp, 0xc0, 0x24f) && cp != 0xd7 && cp != 0xf7) ||
           is_between(cp, 0x400, 0x481) || is_between(cp, 0x48a, 0x52f);
}

uint32_t utf8_lower(uint32_t cp)
{
    if (!utf8_is_upper(cp))
        return cp;
    if (is_between(cp, 0x400, 0x40f))
        return cp + 80;
    if (cp < 0x430)
        return cp + 32;
    return cp + 1;
}

void utf8_add_safe(struct text *t, clus_str s, bool one_line)
{
    size_t used;
    for (; s.len; s = str_sub(s, used)) {
        uint32_t cp = utf8_next(s, &used);
        if (cp == UTF8_BAD)
            for (size_t i = 0; i < used; i++)
                text_printf(t, "\\x%02x", (unsigned)(unsigned char)s.data[i]);
        else if (cp == '\n' || cp == '\t')
            text_byte(t, (char)(one_line ? ' ' : cp));
        else if (cp == '\r' && s.len > 1 && s.data[1] == '\n')
            continue;
        else if (utf8_is_control(cp))
            text_printf(t,
                        cp < 0x100     ? "\\x%02x"
                        : cp < 0x10000 ? "\\u%04x"
                                       : "\\U%08x",
                        cp);
        else
            text_add(t, s.data, used);
    }
}
