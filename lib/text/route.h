/*
 * Which language a word is in: letters that only one language has, and how much more often
 * its letter pairs, its ending and the word itself occur in Kazakh than in Russian. What a
 * single word leaves open its sentence decides, then the whole text.
 */
#ifndef CLUS_TEXT_ROUTE_H
#define CLUS_TEXT_ROUTE_H

#include <stdlib.h>

#include "text/lexer.h"

/* What the letters of a folded word allow. */
enum route_class {
    ROUTE_OTHER,  /* no Cyrillic letter, or one that neither language has */
    ROUTE_KAZAKH, /* a letter that only Kazakh has */
    ROUTE_OPEN,   /* either */
    ROUTE_LATIN,  /* Latin letters: Kazakh or another language */
    ROUTE_ARABIC  /* Arabic ones, the same */
};

struct route {
    uint8_t class;
    uint8_t why; /* WHY_* for the class; WHY_COUNT when open */
    int16_t
        lean; /* log-odds in 1 / ROUTE_NAT nat: positive for Kazakh, negative for Russian */
};

enum {
    WHY_KIND, /* the analyzer allows one language only */
    WHY_NO_CYRILLIC,
    WHY_OTHER_LETTER, /* of a Cyrillic alphabet that is neither's */
    WHY_KAZAKH_LETTER,
    WHY_WORD,       /* the word by itself */
    WHY_SENTENCE,   /* the words around it */
    WHY_TEXT,       /* the whole text */
    WHY_NEIGHBOURS, /* the words beside it, where both languages are */
    WHY_LATIN,      /* Kazakh in Latin letters */
    WHY_ARABIC,     /* … in Arabic ones */
    WHY_COUNT
};

struct route clus__route_word(struct bytes folded);

enum {
    ROUTE_NAT = 16,              /* lean is in 1/16 nat */
    ROUTE_ALONE = 5 * ROUTE_NAT, /* a word this sure needs no sentence … */
    ROUTE_OUTVOTED =
        10 * ROUTE_NAT, /* … unless the sentence is this sure of the opposite */
    ROUTE_TEXT_MAX = 5 * ROUTE_NAT /* the whole text may add so much to a sentence */
};

/* What stands around the open words of a sentence. */
struct route_around {
    int32_t sentence, sum; /* sum: with what the text adds */
    bool by_text;          /* whether that is the larger part */
};

/* From the sums of a sentence and its text. */
struct route_around clus__route_around(int32_t sentence, int32_t text);

/* Decide an open word by its own lean, which is part of both sums. Sets *why. */
static inline clus_lang clus__route_open(const struct route_around *around, int16_t lean,
                                         uint8_t *why)
{
    int32_t sum = around->sum;
    bool word = abs(around->sentence - lean) < abs(lean);
    *why = around->by_text ? WHY_TEXT : word ? WHY_WORD : WHY_SENTENCE;
    if (abs(lean) >= ROUTE_ALONE && (lean > 0) != (sum > 0) && abs(sum) < ROUTE_OUTVOTED) {
        *why = WHY_WORD;
        sum = lean;
    }
    return sum > 0 ? CLUS_LANG_KK : CLUS_LANG_RU;
}

/* A sentence that says much for both languages is read word by word: the likeliest sequence
 * of languages, in which a change costs as much as a clear word tells. */
struct route_path {
    int32_t kazakh, russian; /* of the best path that ends so */
};
enum { ROUTE_FROM_OTHER_KK = 1, ROUTE_FROM_OTHER_RU = 2 };

bool clus__route_is_mixed(int64_t sum, int64_t kazakh_sum);

/* Go one word on; returns ROUTE_FROM_OTHER_* bits: whether the best path to each language
 * changes before this word. */
uint8_t clus__route_step(struct route_path *path, int16_t lean);

#endif
