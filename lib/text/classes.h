/*
 * What the text layer must know about common characters, as arrays: Latin, Greek, Cyrillic
 * and the marks between them (U+0000 … U+052F) and general punctuation (U+2000 … U+20CF).
 * Filled from ICU once an analyzer; read-only after that, so threads share it.
 */
#ifndef CLUS_TEXT_CLASSES_H
#define CLUS_TEXT_CLASSES_H

#include <stdint.h>

#include <clustersearch/base.h>

enum {
    CLASS_LOW_END = 0x530, /* first code point after the letters */
    CLASS_PUNCT = 0x2000,  /* first code point of the punctuation */
    CLASS_PUNCT_END = 0x20D0,
    CLASS_COUNT = CLASS_LOW_END + CLASS_PUNCT_END - CLASS_PUNCT
};

/* Word-break class (UAX #29 with the overrides in segment.h), in the low bits. */
enum {
    WB_OTHER = 0,
    WB_LETTER,
    WB_DIGIT,
    WB_MID_LETTER, /* joins letters */
    WB_MID_DIGIT,  /* joins digits */
    WB_MID_BOTH,   /* joins either */
    WB_JOINER,     /* underscore and the like: joins everything */
    WB_IGNORED,    /* belongs to what stands before it */
    WB_ICU,        /* rules that only ICU knows */
    WB_MASK = 15,
    WB_STOP = 16 /* flag: a sentence may end here */
};

enum { SCRIPT_NONE = 0, SCRIPT_LATIN, SCRIPT_CYRILLIC, SCRIPT_OTHER };

enum {
    FOLD_SLOW = 0,       /* ask the normalizer */
    FOLD_DROP = 0xFFFF,  /* nothing is left of it */
    FOLD_STRESS = 0xFFFE /* a stress mark: dropped after a Cyrillic letter */
};

struct classes {
    uint8_t word_break[CLASS_COUNT];
    uint8_t script[CLASS_LOW_END];
    uint16_t fold[CLASS_LOW_END]; /* a code point, or FOLD_* */
};

/* CLUS_E_IO when ICU cannot load its data. */
CLUS_MUST_CHECK clus_status clus__classes_build(struct classes *classes);

uint8_t clus__script_from_icu(uint32_t c); /* SCRIPT_* of any letter */

/* The status for a failure inside ICU. */
CLUS_MUST_CHECK clus_status clus__icu_status(int icu_error);

/* Where the arrays hold c, or CLASS_COUNT when they do not. */
static inline uint32_t clus__class_index(uint32_t c)
{
    if (c < CLASS_LOW_END)
        return c;
    if (c >= CLASS_PUNCT && c < CLASS_PUNCT_END)
        return c - CLASS_PUNCT + CLASS_LOW_END;
    return CLASS_COUNT;
}

static inline uint8_t clus__script(const struct classes *classes, uint32_t c)
{
    return c < CLASS_LOW_END ? classes->script[c] : clus__script_from_icu(c);
}

#endif
