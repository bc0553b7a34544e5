/*
 * What Snowball's Russian stems lack. It takes endings off by a fixed list, which leaves
 * the forms of one word under several stems (участвует and участвовать, отец and отца, знал
 * and знает) and frequent irregular ones too (год and лет, идти and шёл). Here the longest
 * known ending of a word says how its stem is mended: russian/endings.tsv holds measured
 * endings, russian/words.txt words that follow none.
 *
 * Whoever changes either changes terms and raises RULES in analyzer.c.
 */
#ifndef CLUS_TEXT_RUSSIAN_H
#define CLUS_TEXT_RUSSIAN_H

#include <stddef.h>
#include <stdint.h>

enum { RUSSIAN_MAX_ADDED = 32 }; /* bytes that a mended stem may be longer by */

/* Mend Snowball's stem of a folded word (lower case, ё as е), with room for
 * RUSSIAN_MAX_ADDED bytes more, and return its length. That of a word with other than
 * Russian letters stays. Pure: no state, no allocation. */
size_t clus__russian_mend(const uint8_t *word, size_t len, uint8_t *stem, size_t stem_len);

#endif
