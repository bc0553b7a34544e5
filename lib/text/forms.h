/*
 * What is known of every distinct word seen, so that folding, routing and stemming happen
 * once: the bytes of the text → a spelling (folded word) → a form for each language it was
 * read in.
 *
 * A record of a word fills a cache line and holds all that a frequent word needs; lookups
 * come in batches so that the memory behind them is asked for in advance.
 */
#ifndef CLUS_TEXT_FORMS_H
#define CLUS_TEXT_FORMS_H

#include "base/arena.h"
#include "text/fold.h"
#include "text/route.h"
#include "text/stem.h"

#define FORMS_NONE UINT32_MAX /* no form yet, or a word that is dropped */

enum {
    FORMS_KEY = 40 /* bytes of a word kept in its record */
};

/* A word as it stands in the text. */
struct word {
    union {
        uint8_t inline_key[FORMS_KEY];
        const uint8_t *key; /* when len > FORMS_KEY */
    };
    uint32_t len;
    uint32_t hash;
    uint32_t spelling;
    uint32_t forms[2]; /* by word_slot(); FORMS_NONE when not made yet */
    int16_t lean;
    uint8_t class; /* enum route_class, or WORD_* */
    uint8_t why;
};

/* Beside enum route_class. */
enum { WORD_EMPTY = 16, WORD_TOO_LONG };

struct spelling {
    struct bytes text;
    struct route route;
    uint32_t hash;
    uint32_t forms[3]; /* by clus_lang */
};

struct slots {
    uint32_t *ids; /* id + 1, or 0 */
    uint32_t mask, n;
};

struct forms {
    const struct classes *classes; /* NULL: words are kept as they are */
    struct stemmer *stemmer;       /* NULL: terms are the forms */
    uint64_t seed;
    struct arena arena; /* every text, term and long key */
    struct slots word_slots, spelling_slots;
    struct word *words;
    struct spelling *spellings;
    struct form *items;
    size_t n_words, cap_words, n_spellings, cap_spellings, n, cap;
};

/* Find or add the words text[tokens[i].start … end) and put their number into
 * tokens[i].form. */
CLUS_MUST_CHECK clus_status clus__forms_look_up(struct forms *f, struct bytes text,
                                                struct token *tokens, size_t n);

/* The form of a word read in a language. */
CLUS_MUST_CHECK clus_status clus__forms_get(struct forms *f, uint32_t word, clus_lang lang,
                                            uint32_t *form);

size_t clus__forms_memory(const struct forms *f);
void clus__forms_clear(struct forms *f); /* keeps classes, stemmer and seed */

#endif
