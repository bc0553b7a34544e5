/* Measured looks of Kazakh in three scripts; made by gen_script.py. */
#ifndef CLUS_TEXT_SCRIPT_TABLES_H
#define CLUS_TEXT_SCRIPT_TABLES_H

#include <stddef.h>
#include <stdint.h>

enum {
    SCRIPT_CYRILLIC = 42, /* the edge of a word, а … я without ё, әғқңөұүһі */
    SCRIPT_LATIN_SYMBOLS = 28, /* the edge, a … z without marks, any other */
    SCRIPT_ARABIC = 51,        /* the edge, the letters of script.c, any other */
    SCRIPT_LEVEL_MIN = ']',    /* tables are strings of levels, for they are large */
    SCRIPT_LEVEL_ZERO = SCRIPT_LEVEL_MIN + 16,
    SCRIPT_LEVEL_MAX = '~'
};

/* After two letters (row first * SCRIPT_CYRILLIC + second), how likely the next is in a
 * Kazakh word: SCRIPT_LEVEL_MAX for certain, a level less for every 1/3 nat. */
extern const char clus__script_cyrillic[SCRIPT_CYRILLIC * SCRIPT_CYRILLIC]
                                       [SCRIPT_CYRILLIC + 1];

/* After two letters, how much likelier the next is in Kazakh than in other languages, in
 * 1/4 nat from SCRIPT_LEVEL_ZERO. */
extern const char clus__script_latin[SCRIPT_LATIN_SYMBOLS * SCRIPT_LATIN_SYMBOLS]
                                    [SCRIPT_LATIN_SYMBOLS + 1];

/* The same after one letter. */
extern const char clus__script_arabic[SCRIPT_ARABIC][SCRIPT_ARABIC + 1];

/* A Latin letter: the one below its marks, and what they say, in 1/16 nat. */
struct script_letter {
    uint16_t point;
    char base; /* '~' for none of a … z */
    int8_t weight;
};
extern const struct script_letter clus__script_letters[]; /* in order of point */
extern const size_t clus__script_n_letters;

/* A frequent word as it is typed without marks, and in Cyrillic. */
struct script_typed {
    const char *typed, *meant;
};
extern const struct script_typed clus__script_typed[]; /* in byte order of typed */
extern const size_t clus__script_n_typed;

#endif
