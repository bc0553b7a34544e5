/* How the string that a text begins with is found: shared by encoding and learning. */
#ifndef CLUS_CODEC_SYMBOLS_FINDER_H
#define CLUS_CODEC_SYMBOLS_FINDER_H

#include "base/le.h"
#include "codec/symbols.h"

enum { FINDER_BITS = 13 };

/*
 * A code as found, in one number: two bytes as they are written, then how many are, then
 * the bytes of the text that it stands for. A string of two bytes is found by both; of the
 * longer ones a slot has one, which its first three or five bytes say. One that is taken
 * leaves another string out of the table, so learning knows.
 */
struct symbol_slot {
    uint64_t string;
    uint64_t mask; /* of as many bytes */
    uint64_t code;
};
struct symbol_finder {
    uint32_t pairs[1 << 16]; /* codes of two bytes or of the first of them */
    struct symbol_slot slots[1 << FINDER_BITS];
    struct symbols symbols;
};

static inline uint32_t clus__symbol_code(uint32_t written, uint32_t n_written, uint32_t len)
{
    return written | n_written << 16 | len << 24;
}

static inline uint32_t clus__symbol_written(uint32_t code)
{
    return code >> 16 & 0xFF;
}

static inline uint32_t clus__symbol_len(uint32_t code)
{
    return code >> 24;
}

static inline uint32_t clus__symbol_place(uint64_t text, unsigned n)
{
    return (uint32_t)((text << (64 - 8 * n)) * UINT64_C(0x9E3779B97F4A7C15) >>
                      (64 - FINDER_BITS));
}

static inline uint32_t clus__symbol_try(const struct symbol_finder *f, uint64_t text,
                                        unsigned n, uint32_t found)
{
    const struct symbol_slot *slot = &f->slots[clus__symbol_place(text, n)];
    uint32_t code = (uint32_t)slot->code;
    return (text ^ slot->string) & slot->mask ? found : code;
}

/* Of eight bytes of text, without jumps. */
static inline uint32_t clus__symbol_at(const struct symbol_finder *f, uint64_t text)
{
    uint32_t found = f->pairs[text & 0xFFFF];
    found = clus__symbol_try(f, text, 3, found);
    return clus__symbol_try(f, text, 5, found);
}

/* The same near an end: only strings that are there. */
static inline uint32_t clus__symbol_before(const struct symbol_finder *f, const uint8_t *p,
                                           const uint8_t *end)
{
    uint64_t text = 0;
    size_t room = (size_t)(end - p);
    if (room >= SYMBOL_MOST)
        return clus__symbol_at(f, clus__le64(p));
    memcpy(&text, p, room);
    uint32_t found = clus__symbol_at(f, text);
    if (clus__symbol_len(found) <= room)
        return found;
    return clus__symbol_code(SYMBOLS_SHORT | (uint32_t)*p << 8, 2, 1);
}

/* The number in the table of a code of one byte, or two. */
static inline uint32_t clus__symbol_number(uint32_t first, uint32_t second, uint32_t *len)
{
    uint32_t two = 0 - (uint32_t)(first >= SYMBOLS_SHORT);
    *len = 1 - two;
    return first + (((first - SYMBOLS_SHORT) * 255 + second) & two);
}

/* An empty table: each byte stands behind the code for that. */
void clus__symbols_clear(struct symbol_finder *f);
/* Give a string the next code; false, and no change, where its slot is taken. */
bool clus__symbols_add(struct symbol_finder *f, uint64_t string, unsigned len);

#endif
