/* Completions of the last word of a text, and its other words corrected. */
#ifndef CLUS_SEARCH_SUGGEST_H
#define CLUS_SEARCH_SUGGEST_H

#include "base/arena.h"
#include "search/search.h"

struct suggestion {
    struct bytes text, word;
    uint64_t df; /* of the word's stem */
    const char *kind;
};

/* Everything lives in the arena. */
struct suggested {
    struct arena arena;
    struct suggestion *items;
    size_t n;
};

/* *out is to be zero; after CLUS_OK the caller frees it with clus__suggested_done(). */
CLUS_MUST_CHECK clus_status clus__suggest(struct searcher *s, struct view *view,
                                          struct bytes text, uint32_t limit,
                                          struct suggested *out, clus_error *err);
void clus__suggested_done(struct suggested *out);

#endif
