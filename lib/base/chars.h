/*
 * What layers without a Unicode library need to know about a code point: where words of a
 * query end, where a passage may be cut. Coarse on purpose; whether a word is worth
 * searching is for the analyzer to say.
 */
#ifndef CLUS_BASE_CHARS_H
#define CLUS_BASE_CHARS_H

#include "base/bytes.h"

bool clus__is_blank(int32_t c);  /* Unicode's white space, controls, U+200B, U+FEFF */
bool clus__is_letter(int32_t c); /* letters and combining marks of any script */
bool clus__is_upper(int32_t c);  /* of the scripts that clus__to_lower() knows */

/* Never begins what a reader sees as one character: combining marks, variation selectors,
 * U+200D, skin tones, vowels and finals of Hangul. */
bool clus__is_extending(int32_t c);

/* Lower case of one Latin, Greek, Cyrillic letter; other code points stay. */
int32_t clus__to_lower(int32_t c);

static inline bool clus__is_digit(int32_t c)
{
    return c >= '0' && c <= '9';
}

static inline bool clus__is_alnum(int32_t c)
{
    return clus__is_digit(c) || clus__is_letter(c);
}

/* How many bytes from `at` on are ASCII letters and digits and letters of U+0400 … U+04FF:
 * what most words are made of, told without decoding it. */
static inline size_t clus__plain_run(struct bytes text, size_t at)
{
    size_t end = at;
    while (end < text.len) {
        const uint8_t c = text.data[end];
        const uint8_t behind = end + 1 < text.len ? text.data[end + 1] : 0;
        const bool sign = c == 0xD2 && behind == 0x82; /* of thousands */
        if ((uint8_t)((c | 0x20) - 'a') < 26 || (uint8_t)(c - '0') < 10)
            end++;
        else if ((c & 0xFC) == 0xD0 && (behind & 0xC0) == 0x80 && !sign)
            end += 2;
        else
            break;
    }
    return end - at;
}

/* Whether a text is nothing else. */
static inline bool clus__is_plain(struct bytes text)
{
    return clus__plain_run(text, 0) == text.len;
}

/* At least one letter or digit, or a sign beyond the basic plane such as an emoji. */
bool clus__has_alnum(struct bytes text);

/* Equal but for case. Malformed bytes equal nothing. */
bool clus__same_name(struct bytes a, struct bytes b);

#endif
