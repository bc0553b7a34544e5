/*
 * Symbols: a text as the codes of strings that are frequent in texts like it. A table of
 * up to 8415 strings of one to eight bytes is learned from a sample; a text is cut into
 * them from left to right, the longest first as far as the table knows, and each becomes
 * one byte or two. What is left for a compressor are few bytes and no repetitions worth
 * looking for. FORMAT.md, section "Stored documents".
 */
#ifndef CLUS_CODEC_SYMBOLS_H
#define CLUS_CODEC_SYMBOLS_H

#include <clustersearch/base.h>

#include "base/bytes.h"

enum {
    SYMBOL_MOST = 8,     /* bytes of a string */
    SYMBOLS_SHORT = 223, /* codes of one byte; the next one is followed by a byte itself */
    SYMBOLS_LONG = 32 << 8, /* codes of two bytes: the other 32 begin them */
    SYMBOLS_MAX = SYMBOLS_SHORT + SYMBOLS_LONG,
    SYMBOL_STORED = 1 + SYMBOL_MOST, /* bytes that a string takes where it is stored */
    SYMBOLS_MORE = 2, /* times as many bytes as the text's, where nothing is known */
};

/* By number: that of a code of one byte is the code; then come the 256 single bytes, then
 * codes of two. What no string has stands for nothing. */
enum { SYMBOLS_BYTES = SYMBOLS_SHORT, SYMBOLS_ALL = SYMBOLS_MAX + 256 };
struct symbols {
    uint64_t strings[SYMBOLS_ALL]; /* first byte lowest */
    uint8_t lengths[SYMBOLS_ALL];
    uint32_t n; /* strings, without the single bytes */
};

/* A table, and how the string that a text begins with is found in it. */
struct symbol_finder;

/* Learn from a sample: some 16 ms and 14 MB for 300 KB, so for many times as much text. To
 * be freed with clus__symbols_forget(). CLUS_E_NOMEM. */
CLUS_MUST_CHECK clus_status clus__symbols_learn(struct bytes sample,
                                                struct symbol_finder **out);
void clus__symbols_forget(struct symbol_finder *finder); /* NULL is fine */
const struct symbols *clus__symbols_of(const struct symbol_finder *finder);

/* Write the codes of `in` to `out`, which has SYMBOLS_MORE times its bytes; their bytes. */
size_t clus__symbols_encode(const struct symbol_finder *finder, struct bytes in,
                            uint8_t *out);
/* The reverse, *len bytes; false when those are more than `room`, or a code ends early. */
bool clus__symbols_decode(const struct symbols *symbols, struct bytes in, uint8_t *out,
                          size_t room, size_t *len);

/* As bytes, SYMBOL_STORED for each string, and back: false unless they are a table. */
void clus__symbols_store(const struct symbols *symbols, uint8_t *out);
bool clus__symbols_load(struct bytes in, struct symbols *out);

#endif
