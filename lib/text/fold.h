/*
 * One spelling for a word however it was typed: NFKC case folding; soft hyphens, zero-width
 * characters and stress marks dropped; ё → е; one apostrophe; and where Latin and Cyrillic
 * letters that look alike were mixed, those of the word's own alphabet.
 *
 * Folding a folded word changes nothing.
 */
#ifndef CLUS_TEXT_FOLD_H
#define CLUS_TEXT_FOLD_H

#include <stdbool.h>

#include "text/classes.h"
#include "text/lexer.h"

enum {
    FOLD_MAX_POINTS = 255, /* code points of a word */
    FOLD_MAX_MARKS = 30,   /* combining marks in a row; more are ignored */
    FOLD_MAX_BYTES = FOLD_MAX_POINTS * 4
};

struct folded {
    size_t len; /* 0 when nothing is left */
    uint8_t text[LEXER_MAX_TERM];
};

/* CLUS_E_LIMIT for a word that is too long, before or after. */
CLUS_MUST_CHECK clus_status clus__fold(const struct classes *classes, struct bytes word,
                                       struct folded *out);

#endif
