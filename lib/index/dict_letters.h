/*
 * Strings of the dictionary in which a letter of Russian or Kazakh is one byte. Private to
 * dict.h's files. Bytes: store/FORMAT.md, section "Term dictionary".
 */
#ifndef CLUS_INDEX_DICT_LETTERS_H
#define CLUS_INDEX_DICT_LETTERS_H

#include "base/le.h"
#include "index/dict.h"

enum { LETTERS_FIRST = 0x80, LETTERS_END = 0xB8 }; /* codes of letters */

/* The two bytes that codes stand for, as 16 bits of a little-endian machine. */
extern const uint16_t clus__dict_letters[LETTERS_END - LETTERS_FIRST];

static inline bool clus__dict_is_letter(uint8_t code)
{
    return code >= LETTERS_FIRST;
}

static inline uint16_t clus__dict_letter(uint8_t code)
{
    uint8_t letter = (uint8_t)(code - LETTERS_FIRST); /* of codes below, beyond the last */
    return letter < LETTERS_END - LETTERS_FIRST ? clus__dict_letters[letter] : 0;
}

/* Whether a byte continues a character. */
static inline bool clus__dict_continues(uint8_t byte)
{
    return (byte & 0xC0) == 0x80;
}

/* The code of a letter that is none of U+0430 … U+045F, 0 for none. */
uint8_t clus__dict_other_code(uint16_t letter);

/* The code of the character at `p`, before `end`; 0 for none. A zero has none, either. */
static inline uint8_t clus__dict_code_at(const uint8_t *p, const uint8_t *end)
{
    if (*p < 0x80)
        return *p;
    if ((*p & 0xFC) != 0xD0 || end - p < 2 || !clus__dict_continues(p[1]))
        return 0;
    const unsigned behind = ((*p & 3u) << 6 | (p[1] & 0x3Fu)) - 0x30;
    return behind < 0x30 ? (uint8_t)(LETTERS_FIRST + behind)
                         : clus__dict_other_code(clus__le16(p));
}

/* Codes for a text, at `out`, which has room for as many bytes; SIZE_MAX if it has
 * characters without one. */
size_t clus__dict_encode(struct bytes text, uint8_t *out);

/* Put what a string says behind the first `shared` bytes of `text`, which has DICT_TEXT_MAX
 * bytes, *len of them in use: now those of the string. False when it is damaged. */
static inline bool clus__dict_put(const struct dict_string *s, uint8_t *text, size_t *len)
{
    size_t at = s->shared;
    const uint8_t *in = s->rest.data, *end = in + s->rest.len;
    if (at > *len || at + s->rest.len > DICT_TEXT_MAX)
        return false;
    if (s->raw) {
        memcpy(text + at, in, s->rest.len);
        at += s->rest.len;
    }
    for (; !s->raw && in < end; in++) {
        if (!clus__dict_is_letter(*in)) {
            text[at++] = *in;
            continue;
        }
        if (at + (size_t)(end - in) >= DICT_TEXT_MAX)
            return false;
        clus__put_le16(text + at, clus__dict_letter(*in));
        at += 2;
    }
    *len = at;
    return true;
}

#endif
