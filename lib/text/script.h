/*
 * Kazakh in Latin and Arabic letters. A word is looked at once: how much more it looks like
 * Kazakh than like another language of its script, and which alphabet its letters speak
 * for. Its sentence and text then decide whether it is Kazakh, and in which alphabet, for
 * one letter stands for several in different ones. A Kazakh word is turned into the
 * Cyrillic word that it most likely stands for, and that is stemmed.
 */
#ifndef CLUS_TEXT_SCRIPT_H
#define CLUS_TEXT_SCRIPT_H

#include <stdbool.h>

#include "text/lexer.h"

enum script_alphabet {
    ALPHABET_FREE,       /* Latin letters as people type them, and all that follow mixed */
    ALPHABET_2017,       /* apostrophes */
    ALPHABET_2018,       /* acutes */
    ALPHABET_2021,       /* umlauts, y for ы, u for у */
    ALPHABET_QAZAQPARAT, /* umlauts, ı for ы, w for у */
    ALPHABET_TOTE,       /* Arabic letters */
    ALPHABET_COUNT
};

enum { SCRIPT_OF_LATIN, SCRIPT_OF_ARABIC, SCRIPT_COUNT };

/* What one word says. */
struct script_look {
    int16_t lean;   /* log-odds in 1/16 nat, positive for Kazakh */
    uint8_t script; /* SCRIPT_COUNT when it can be no such word */
    uint8_t letters;
    bool has_vowel;
    uint8_t votes[ALPHABET_TOTE]; /* for each Latin alphabet */
};

struct script_look clus__script_look(struct bytes folded);

/* What a word adds to the lean of its sentence and text. */
int clus__script_share(int lean);

/* Whether a word of this share is perhaps Kazakh in a sentence and a text with these sums,
 * itself included; the first question, for most words are not. */
bool clus__script_is_candidate(int share, int64_t sentence, int64_t text);
/* Whether it is. */
bool clus__script_is_kazakh(const struct script_look *look, int64_t sentence, int64_t text);
/* Whether one that stands alone may be. */
bool clus__script_may_be_kazakh(const struct script_look *look);

/* Which Latin alphabet the words of a sentence or a text speak for. */
struct script_votes {
    uint32_t of[ALPHABET_TOTE];
};
void clus__script_vote(struct script_votes *votes, const struct script_look *look);
/* The alphabet that a Kazakh word is in. */
enum script_alphabet clus__script_alphabet(const struct script_look *look,
                                           const struct script_votes *sentence,
                                           const struct script_votes *text);

enum { SCRIPT_MAX_POINTS = 40, SCRIPT_MAX_BYTES = 3 * 2 * SCRIPT_MAX_POINTS };

struct script_word {
    size_t len; /* 0: the alphabet has no such word */
    uint8_t text[SCRIPT_MAX_BYTES];
};

/* The Cyrillic word that a folded one most likely stands for. */
void clus__script_convert(struct bytes folded, enum script_alphabet alphabet,
                          struct script_word *out);

#endif
