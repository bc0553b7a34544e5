/* Keys of a dictionary as a walk over it gives them: sorted, each with what it shares with
 * the one before it. */
#ifndef CLUS_TESTS_KEYS_H
#define CLUS_TESTS_KEYS_H

#include <stddef.h>
#include <string.h>

#include "draw.h"

static inline int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Some or all of what two keys share: a walk need not be told everything. */
static inline size_t shared_with(const char *before, const char *key)
{
    size_t n = 0;
    while (key[n] && before[n] == key[n])
        n++;
    return draw(4) ? n : draw((uint32_t)n + 1);
}

#endif
