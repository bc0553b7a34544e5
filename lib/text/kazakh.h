/*
 * The stem of a Kazakh word. kazakh/rules.txt says how words are built, kazakh/weights.tsv
 * which of the analyses it allows is likely; both are tables here (kazakh_tables.c).
 *
 * All forms of a word should get one string; the string need not be a word. Whoever changes
 * rules or weights changes terms and raises RULES in analyzer.c.
 */
#ifndef CLUS_TEXT_KAZAKH_H
#define CLUS_TEXT_KAZAKH_H

#include <stddef.h>
#include <stdint.h>

enum { KAZAKH_MAX_LETTERS = 60 }; /* longer words are left whole */

/* Write the stem of a folded word (lower case, ё as е) to out, which holds at least
 * len + 2 bytes, and return its length. A word with a letter that is not in the Kazakh
 * alphabet, of one letter or too long is copied. Pure: no state, no allocation. */
size_t clus__kazakh_stem(const uint8_t *word, size_t len, uint8_t *out);

#endif
