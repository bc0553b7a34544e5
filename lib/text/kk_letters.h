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

/* Whether the vowels of a stem's end are front ones: кітап is not, кітапша is not, өнер is.
 */
bool clus__kk_is_front(struct bytes stem);
/* The voiced letter that was typed before an ending for the voiceless end of a stem: г and
 * к give г, г and қ give ғ; 0 for none. */
int32_t clus__kk_voiced(int32_t stem_end, int32_t written);
/* What an ending of n letters, typed without Kazakh letters, is behind such a stem. Harmony
 * leaves nothing open but н, which may be ң: the i-th is where bit i of `ng` is set. */
enum { KK_EN = 0x43D };
void clus__kk_ending(bool front, const int32_t *letters, size_t n, unsigned ng,
                     int32_t *out);

#endif
