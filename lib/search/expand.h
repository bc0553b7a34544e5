/*
 * Patterns against the dictionaries of a view: * and ?, words within a few edits, regular
 * expressions. Keys are compared by code points.
 */
#ifndef CLUS_SEARCH_EXPAND_H
#define CLUS_SEARCH_EXPAND_H

#include "base/arena.h"
#include "index/view.h"
#include "search/edit.h"
#include "search/regex.h"

/* Where a walk met a key. */
struct met_in {
    struct met_in *next;
    uint32_t segment;
    struct term_at at;
    const struct term_info *info; /* what stands there; NULL: it has to be read again */
};

struct expanded {
    struct bytes text;  /* the key without its kind */
    struct met_in *met; /* in each segment that has it */
    struct bytes stem;  /* of a form, in the first segment that has it */
    uint64_t df;        /* over all segments */
    uint32_t distance;  /* edits */
};

struct expansion_request {
    uint8_t kind;         /* KEY_FORM, KEY_STEM or KEY_VALUE */
    struct bytes pattern; /* * and ? for a glob; the word itself for a fuzzy one; what all
                             matches of a regular expression begin with */
    uint32_t distance;    /* above 0: a fuzzy word */
    uint32_t limit;       /* keep so many, the most frequent (of the nearest) */
    struct regex *regex;  /* NULL: none */
};

struct expansion_list {
    struct expanded *items; /* in the arena; best first */
    size_t n;
    bool cut; /* more would have matched, or the walk was stopped */
};

enum { EXPAND_MAX_POINTS = EDIT_MAX_POINTS, EXPAND_MAX_STEPS = 20000000 };

CLUS_MUST_CHECK clus_status clus__expand(struct view *view,
                                         const struct expansion_request *request,
                                         struct arena *arena, struct expansion_list *out);

/* Texts to be looked up, ascending, each once. */
struct expansion_texts {
    uint8_t kind;
    uint32_t distance; /* what the result says for all of them */
    const struct bytes *items;
    size_t n;
};

/* Those that the dictionaries have. */
CLUS_MUST_CHECK clus_status clus__expand_texts(struct view *view,
                                               const struct expansion_texts *texts,
                                               struct arena *arena,
                                               struct expansion_list *out);

#endif
