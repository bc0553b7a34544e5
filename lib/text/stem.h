/*
 * The one place where a folded form becomes a term. A language without a stemmer has the
 * form itself as its term.
 */
#ifndef CLUS_TEXT_STEM_H
#define CLUS_TEXT_STEM_H

#include "text/lexer.h"

struct stemmer;

/* For one thread. */
CLUS_MUST_CHECK clus_status clus__stemmer_new(struct stemmer **out);
void clus__stemmer_free(struct stemmer *s);

/* The term of a folded form in a language: never empty for a form that is not, at most
 * LEXER_MAX_TERM bytes, borrowed until the next call or from `form`. */
CLUS_MUST_CHECK clus_status clus__stem(struct stemmer *s, struct bytes form, clus_lang lang,
                                       struct bytes *term);

#endif
