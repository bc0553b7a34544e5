/*
 * The weights of long queries where not all words have to match. A query of so many words
 * is one of two things, and the documents tell which.
 *
 * It is a quotation, a title copied or a sentence, if some document has all of its words.
 * That all match says most then: rare words add little, standing at the beginning adds
 * much.
 *
 * It is a description if no document has all of them. Then the few rare words say what it
 * is about, and it says little that one of the others is repeated.
 *
 * A long query is weighed as a quotation first and, where no document has all of its words,
 * as a description when it is run again with fewer words required.
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

/* Weigh a query that is no quotation after all as a description, or, of fewer words, as any
 * other query; once. */
void clus__long_describe(struct plan *plan);

#endif
