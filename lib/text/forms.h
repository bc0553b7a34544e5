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
#include "text/script.h"
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
    uint32_t spelling;
    uint32_t form; /* as anything but Kazakh; FORMS_NONE when not made yet */
    union {
        uint32_t kazakh; /* as Kazakh */
        uint32_t script; /* in another script: its number in forms.scripts */
    };
    int16_t lean;  /* for Kazakh, against Russian or the languages of its script */
    uint8_t class; /* enum route_class, or WORD_* */
    uint8_t why;
    uint8_t own_term; /* once it was read for a query: how many of its first bytes are its
                         term, where its only reading is the word as it stands; else 0 */
};

/* Beside enum route_class. */
enum { WORD_EMPTY = 16, WORD_TOO_LONG };

struct spelling {
    struct bytes text;
    struct route route;
    uint32_t forms[3]; /* by clus_lang */
    uint32_t script;   /* number in forms.scripts; FORMS_NONE for Cyrillic */
};

/* A spelling that may be Kazakh in Latin or Arabic letters. */
struct script_spelling {
    struct script_look look;
    uint32_t forms[ALPHABET_COUNT]; /* when read as Kazakh */
};

/* Open addressing. Slots hold the hashes, so that a record is read only if it is the one.
 */
struct slots {
    uint64_t *slots; /* hash << 32 | id + 1, or 0 */
    uint32_t mask, n;
};

struct forms {
    const struct classes *classes; /* NULL: words are kept as they are */
    bool stems;                    /* else terms are the forms */
    bool reads_scripts;            /* whether Latin and Arabic letters may be Kazakh */
    uint64_t seed;
    struct arena arena; /* every text, term and long key */
    struct slots word_slots, spelling_slots;
    uint32_t latest;    /* the word that was asked about last */
    struct word *words; /* on a border of cache lines */
    struct spelling *spellings;
    struct script_spelling *scripts;
    struct form *items;
    size_t n_words, cap_words, n_spellings, cap_spellings, n_scripts, cap_scripts, n, cap;
};

/* Find or add the words text[tokens[i].start … end) and put their number into
 * tokens[i].form. */
CLUS_MUST_CHECK clus_status clus__forms_look_up(struct forms *f, struct bytes text,
                                                struct token *tokens, size_t n);

/* The number of a word that was found or added before. Asked once more about the same word,
 * it answers at once. */
bool clus__forms_known(struct forms *f, struct bytes word, uint32_t *number);

/* The form of a word read in a language. */
CLUS_MUST_CHECK clus_status clus__forms_get(struct forms *f, uint32_t word, clus_lang lang,
                                            uint32_t *form);

/* Whether a word may be Kazakh in Latin or Arabic letters. */
static inline bool clus__is_script(const struct word *w)
{
    return w->class == ROUTE_LATIN || w->class == ROUTE_ARABIC;
}

/* What the letters of such a word say. */
static inline const struct script_look *clus__forms_look(const struct forms *f,
                                                         uint32_t word)
{
    return &f->scripts[f->words[word].script].look;
}

/* Its form when read as Kazakh in an alphabet: FORMS_NONE when that has no such word. */
CLUS_MUST_CHECK clus_status clus__forms_get_script(struct forms *f, uint32_t word,
                                                   enum script_alphabet alphabet,
                                                   uint32_t *form);

size_t clus__forms_memory(const struct forms *f);
void clus__forms_clear(struct forms *f); /* keeps what decides about words, and the seed */

#endif
