/*
 * The one place where a folded form becomes a term. A language without a stemmer has the
 * form itself as its term.
 */
#ifndef CLUS_TEXT_STEM_H
#define CLUS_TEXT_STEM_H

#include "text/lexer.h"
#include "text/russian.h"

enum { STEM_ROOM = LEXER_MAX_TERM + RUSSIAN_MAX_ADDED };

/* The term of a folded form of at most LEXER_MAX_TERM bytes in a language: as many at most,
 * none for an empty form only. It lies in `room` or is the form. */
struct bytes clus__stem(struct bytes form, clus_lang lang, uint8_t room[STEM_ROOM]);

#endif
