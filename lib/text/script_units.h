/* What the letters of each alphabet stand for. */
#ifndef CLUS_TEXT_SCRIPT_UNITS_H
#define CLUS_TEXT_SCRIPT_UNITS_H

#include <stddef.h>
#include <stdint.h>

/* Alphabets as bits: 1 << enum script_alphabet; words in Arabic letters have
 * front vowels, back ones, or either, letter by letter. */
enum {
    IN_FREE = 1,
    IN_2017 = 2,
    IN_2018 = 4,
    IN_2021 = 8,
    IN_QAZAQPARAT = 16,
    IN_FRONT = 32,
    IN_BACK = 64,
    IN_MIXED = 128
};

enum { UNIT_FROM = 4, UNIT_TO = 2 };

/* One to three letters may stand for up to two Cyrillic ones, at a cost in 1/3 nat. */
struct script_unit {
    uint16_t from[UNIT_FROM + 1], to[UNIT_TO + 1];
    uint8_t cost, alphabets;
};

extern const struct script_unit clus__script_units[]; /* grouped by from[0] */
extern const size_t clus__script_n_units;

#endif
