/* Pairs of letters that look alike. */
#include "text/lookalike.h"

#include <stdbool.h>

struct twin {
    uint16_t latin, cyrillic;
};

/* The first pair of a Cyrillic letter says what it becomes in a Latin word. Accents that a
 * Latin vowel carries are stress (á) or the dots of ё in a Cyrillic word. */
static const struct twin twins[] = {
    {'A', 0x410},   {'a', 0x430},   {'B', 0x412},  {'C', 0x421},  {'c', 0x441},
    {'E', 0x415},   {'e', 0x435},   {'H', 0x41D},  {'h', 0x4BB},  {'I', 0x406},
    {'i', 0x456},   {'K', 0x41A},   {'k', 0x43A},  {'M', 0x41C},  {'m', 0x43C},
    {'O', 0x41E},   {'o', 0x43E},   {'P', 0x420},  {'p', 0x440},  {'T', 0x422},
    {'t', 0x442},   {'X', 0x425},   {'x', 0x445},  {'Y', 0x423},  {'y', 0x443},
    {0x18F, 0x4D8}, {0x259, 0x4D9}, {0xC1, 0x410}, {0xE1, 0x430}, {0xC0, 0x410},
    {0xE0, 0x430},  {0xC9, 0x415},  {0xE9, 0x435}, {0xC8, 0x415}, {0xE8, 0x435},
    {0xCB, 0x415},  {0xEB, 0x435},  {0xD3, 0x41E}, {0xF3, 0x43E}, {0xD2, 0x41E},
    {0xF2, 0x43E},  {0xDD, 0x423},  {0xFD, 0x443},
};

enum { N_TWINS = sizeof twins / sizeof twins[0] };

static uint32_t to_cyrillic(uint32_t c)
{
    for (size_t i = 0; i < N_TWINS; i++)
        if (twins[i].latin == c)
            return twins[i].cyrillic;
    return 0;
}

static uint32_t to_latin(uint32_t c)
{
    for (size_t i = 0; i < N_TWINS; i++)
        if (twins[i].cyrillic == c)
            return twins[i].latin;
    return 0;
}

void clus__mend_lookalikes(const struct classes *classes, uint32_t *points, size_t n)
{
    size_t n_latin = 0, n_cyrillic = 0;
    bool all_cyrillic = true, all_latin = true; /* could it be? */
    for (size_t i = 0; i < n; i++) {
        uint8_t script = clus__script(classes, points[i]);
        if (script == SCRIPT_LATIN) {
            n_latin++;
            all_cyrillic &= to_cyrillic(points[i]) != 0;
        } else if (script == SCRIPT_CYRILLIC) {
            n_cyrillic++;
            all_latin &= to_latin(points[i]) != 0;
        }
    }
    if (n_latin == 0 || n_cyrillic == 0 || (!all_cyrillic && !all_latin))
        return;
    bool cyrillic = all_cyrillic && (!all_latin || n_cyrillic >= n_latin);
    for (size_t i = 0; i < n; i++) {
        uint32_t twin = cyrillic ? to_cyrillic(points[i]) : to_latin(points[i]);
        if (twin)
            points[i] = twin;
    }
}
