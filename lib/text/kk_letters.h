/*
 * Kazakh letters that a Russian keyboard lacks, and what is typed for them: а for ә, к for
 * қ, у for ұ and ү, и or ы for і. Two of each three running Kazakh words have one.
 */
#ifndef CLUS_TEXT_KK_LETTERS_H
#define CLUS_TEXT_KK_LETTERS_H

#include "base/bytes.h"

enum { KK_LETTERS_MAX = 3 };

/* Only Kazakh has it (of Kazakh and Russian). */
bool clus__kk_is_letter(int32_t c);

/* Letters that somebody may have meant who typed `c`, itself included: ascending. Returns
 * how many. */
size_t clus__kk_meant(int32_t c, int32_t out[KK_LETTERS_MAX]);

/* Letters that are typed for `c` where the keyboard lacks it; of other letters, itself:
 * ascending. Returns how many. */
size_t clus__kk_typed(int32_t c, int32_t out[KK_LETTERS_MAX]);

#endif
