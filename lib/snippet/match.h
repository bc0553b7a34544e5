/*
 * Which tokens of a text are words of the query.
 */
#ifndef CLUS_SNIPPET_MATCH_H
#define CLUS_SNIPPET_MATCH_H

#include "snippet/snippet.h"

/* A token that a term of the query fits. */
struct snippet_hit {
    uint32_t start, end;            /* bytes of the text */
    uint32_t first_char, last_char; /* code points before its start, before its end */
    uint32_t position;              /* of the token */
    uint32_t group;
    float weight; /* above 0 */
};

/* Fill p->tokens and p->hits. */
CLUS_MUST_CHECK clus_status clus__snippet_match(struct lexer *lx, struct bytes text,
                                                const struct mark_term *terms,
                                                size_t n_terms, struct passage *p);

#endif
