/*
 * Distribution by one byte after the other, from the lowest on. Bytes in which all numbers
 * agree cost nothing but being counted. No comparison, so nothing for a branch predictor to
 * learn.
 */
#include "base/sort.h"

#include <string.h>

enum { FEW = 48, DIGITS = 8, VALUES = 256 };

static void sort_few(uint64_t *numbers, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        uint64_t moving = numbers[i];
        uint32_t at = i;
        for (; at > 0 && numbers[at - 1] > moving; at--)
            numbers[at] = numbers[at - 1];
        numbers[at] = moving;
    }
}

static inline unsigned digit(uint64_t number, unsigned d)
{
    return (unsigned)(number >> (8 * d)) & (VALUES - 1);
}

/* How many numbers have each value, to where the first of them goes. */
static void to_places(uint32_t counts[VALUES])
{
    uint32_t place = 0;
    for (unsigned v = 0; v < VALUES; v++) {
        uint32_t n = counts[v];
        counts[v] = place;
        place += n;
    }
}

void clus__sort_u64(uint64_t *numbers, uint32_t n, uint64_t *room)
{
    if (n <= FEW) {
        sort_few(numbers, n);
        return;
    }
    uint32_t counts[DIGITS][VALUES] = {{0}};
    for (uint32_t i = 0; i < n; i++)
        for (unsigned d = 0; d < DIGITS; d++)
            counts[d][digit(numbers[i], d)]++;
    uint64_t *from = numbers, *to = room;
    for (unsigned d = 0; d < DIGITS; d++) {
        uint32_t *places = counts[d];
        if (places[digit(from[0], d)] == n)
            continue;
        to_places(places);
        for (uint32_t i = 0; i < n; i++)
            to[places[digit(from[i], d)]++] = from[i];
        uint64_t *sorted = to;
        to = from;
        from = sorted;
    }
    if (from != numbers)
        memcpy(numbers, from, n * sizeof *numbers);
}
