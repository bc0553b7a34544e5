/* Numbers that look random, the same in each run from one seed. */
#ifndef CLUS_TESTS_DRAW_H
#define CLUS_TESTS_DRAW_H

#include <stdint.h>

static uint64_t seed = 88172645463325252u; /* not 0 */

/* Below n. */
static inline uint32_t draw(uint32_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)((seed >> 33) % n);
}

#endif
