/*
 * Questions. A query that ends with a question mark is one: what answers it need not
 * repeat all of its words, so no run over documents with all of them goes ahead, and the
 * words that ask (кто, какой, қай, қашан) weigh little: rare in statements, they would
 * outweigh what is asked about.
 */
#ifndef CLUS_SEARCH_QUESTION_H
#define CLUS_SEARCH_QUESTION_H

#include "search/builder.h"

/* What is left of the weight of a word that asks. */
#define QUESTION_WORD_WEIGHT 0.1f

/* Whether a query's text ends a question: its last sign that is not blank is '?', and what
 * stands before it is no pattern. */
bool clus__question_ends(const struct clus_query *query);

/* Whether a word as it stands in a query asks. */
CLUS_MUST_CHECK clus_status clus__question_word(struct lexer *lexer, struct bytes word,
                                                bool *asks);

#endif
