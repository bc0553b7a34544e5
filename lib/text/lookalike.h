/* Latin letters typed in a Cyrillic word, and the reverse. */
#ifndef CLUS_TEXT_LOOKALIKE_H
#define CLUS_TEXT_LOOKALIKE_H

#include <stddef.h>

#include "text/classes.h"

/* In a composed word of both alphabets, case not yet folded: when every letter of one has a
 * twin in the other, replace them; when both ways are open the alphabet with more letters
 * wins, Cyrillic on a tie. Anything else stays as it is. */
void clus__mend_lookalikes(const struct classes *classes, uint32_t *points, size_t n);

#endif
