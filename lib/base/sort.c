/*
 * Distribution by one byte after the other, from the lowest on. Bytes in which all numbers
 * agree cost nothing but being counted. No comparison, so nothing for a branch predictor to
 * learn. Fewer numbers are distributed once, over parts of their range, which brings them
 * near their places; insertion does the rest.
 */
#include "base/sort.h"

#include <string.h>

enum { FEW = 24, SOME = 256, DIGITS = 8, VALUES = 256 };

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

static void sort_some(uint64_t *numbers, uint32_t n, uint64_t *room)
{
    uint64_t least = numbers[0], greatest = numbers[0];
    uint32_t places[VALUES] = {0};
    for (uint32_t i = 1; i < n; i++) {
        least = numbers[i] < least ? numbers[i] : least;
        greatest = numbers[i] > greatest ? numbers[i] : greatest;
    }
    int shift = 64 - 8 - __builtin_clzll((greatest - least) | (VALUES - 1));
    for (uint32_t i = 0; i < n; i++)
        places[(numbers[i] - least) >> shift]++;
    to_places(places);
    for (uint32_t i = 0; i < n; i++)
        room[places[(numbers[i] - least) >> shift]++] = numbers[i];
    memcpy(numbers, room, n * sizeof *numbers);
    sort_few(numbers, n);
}

void clus__sort_u64(uint64_t *numbers, uint32_t n, uint64_t *room)
{
    if (n <= SOME) {
        if (n > FEW)
            sort_some(numbers, n, room);
        else
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
