/* Patterns of * and ?. */
#ifndef CLUS_BASE_GLOB_H
#define CLUS_BASE_GLOB_H

#include "base/bytes.h"

/* Whether all of a text matches a pattern in which * is any run of characters and ? is one.
 * A malformed stretch of UTF-8 counts as clus__code_at() takes it. */
bool clus__glob_match(struct bytes pattern, struct bytes text);

#endif
