/*
 * The stem that Snowball's algorithm for Russian (`russian`, snowballstem.org) gives, byte
 * for byte as libstemmer 2 has it, in a seventh of its instructions.
 */
#ifndef CLUS_TEXT_RUSSIAN_STEM_H
#define CLUS_TEXT_RUSSIAN_STEM_H

#include <stddef.h>
#include <stdint.h>

/* Write the stem of a word in lower case to out, which holds at least len bytes, and return
 * its length: 0 for no word only. Any bytes will do. Pure: no state, no allocation. */
size_t clus__russian_stem(const uint8_t *word, size_t len, uint8_t *out);

#endif
