/*
 * What a misspelt word was meant to be: words of the surface dictionary within one or two
 * edits, the likeliest first. Likely is what documents hold often and fingers get wrong
 * often: neighbouring keys, two letters exchanged, one doubled.
 */
#ifndef CLUS_SEARCH_CORRECT_H
#define CLUS_SEARCH_CORRECT_H

#include "base/arena.h"
#include "index/view.h"

enum { CORRECT_MAX = 3 };

struct correction {
    struct bytes form, stem; /* in the arena */
    uint64_t df;             /* of the form */
    float worth;             /* log-odds, higher is likelier */
};

struct correction_list {
    struct correction items[CORRECT_MAX]; /* one a stem, best first */
    size_t n;
};

/* `word` is folded and in no document. None for a word that is too short to tell, has a
 * digit, or differs from what there is in its ending only: that is likelier a form or a
 * name that no document has than an error. */
CLUS_MUST_CHECK clus_status clus__correct(struct view *view, struct bytes word,
                                          struct arena *arena, struct correction_list *out);

/* The cost of having typed one word for another: about 1 an edit, less for common slips. */
float clus__typing_cost(struct bytes meant, struct bytes typed);

#endif
