/*
 * Long queries, as they are weighed where words need not all match. So many words are one
 * of two things, and which of them the documents tell:
 *
 *     a quotation    some document has all of the words: a title typed off, a sentence.
 * That all match says most; rare words add little, being at the start much a description no
 * document has: then the few words that are rare say what it is about, and that one of the
 * others is repeated says little
 *
 * A query is weighed as a quotation first, and once relaxed as what it is then.
 */
#ifndef CLUS_SEARCH_LONG_H
#define CLUS_SEARCH_LONG_H

#include "search/plan.h"

enum {
    LONG_QUOTATION = 6,   /* words of a query that may be a quotation */
    LONG_DESCRIPTION = 10 /* words of one that is a description if it is none */
};

/* Whether a query may be a quotation. */
bool clus__long_quotation(const struct plan *plan);

/* Weigh a long query as a quotation, once, before scaling. */
void clus__long_quote(struct plan *plan);

/* Weigh a query that was weighed so as one that no document has all words of, once. */
void clus__long_describe(struct plan *plan);

#endif
