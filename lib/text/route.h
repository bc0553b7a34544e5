/*
 * Which language a word is in: letters that only one language has, and how much more often
 * its letter pairs, its ending and the word itself occur in Kazakh than in Russian. What a
 * single word leaves open its sentence decides, then the whole text.
 */
#ifndef CLUS_TEXT_ROUTE_H
#define CLUS_TEXT_ROUTE_H

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
    uint8_t why;  /* WHY_* for the class; WHY_COUNT when open */
    int16_t lean; /* log-odds in 1/16 nat: positive for Kazakh, negative for Russian */
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

/* Decide an open word by its own lean and the sums of its sentence and text, itself
 * included. Sets *why. */
clus_lang clus__route_open(int16_t lean, int32_t sentence, int32_t text, uint8_t *why);

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
