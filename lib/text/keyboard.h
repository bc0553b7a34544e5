/*
 * Keyboards: what a word typed in one layout says in another, and which keys are side by
 * side. The Russian layout is ЙЦУКЕН; the Kazakh one is the same with ә і ң ғ ү ұ қ ө һ in
 * the row of digits; the Latin one is QWERTY.
 */
#ifndef CLUS_TEXT_KEYBOARD_H
#define CLUS_TEXT_KEYBOARD_H

#include "base/bytes.h"

/* What was on, and what was meant. */
enum keyboard_slip {
    SLIP_LATIN_FOR_RUSSIAN,  /* rkfcnth: кластер */
    SLIP_LATIN_FOR_KAZAKH,   /* 0fpf0: қазақ */
    SLIP_RUSSIAN_FOR_KAZAKH, /* 0аза0: қазақ */
    SLIP_CYRILLIC_FOR_LATIN, /* руддщ: hello */
    SLIP_COUNT
};

/* The longest word that is read in another layout, in bytes, and what that may take. */
enum { KEYBOARD_MAX = 128, KEYBOARD_MAX_OUT = 2 * KEYBOARD_MAX };

/* Bytes written to `out`, in lower case: the letters that the same keys give in the layout
 * that was meant. 0 when one of them gives no letter there, when the slip cannot have
 * happened to this word, or when it is too long. */
size_t clus__keyboard_retype(struct bytes word, enum keyboard_slip slip,
                             uint8_t out[KEYBOARD_MAX_OUT]);

/* Whether two lower-case letters are on neighbouring keys of one layout. */
bool clus__keyboard_near(int32_t a, int32_t b);

#endif
