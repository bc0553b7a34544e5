/*
 * What a search does, independent of segments: the query's tree with its words turned into
 * dictionary keys, their frequencies looked up and weights computed.
 *
 *     AST → clauses as written (plan.c, plan_words.c, plan_fields.c)
 *         → clauses as run: flat, filters apart, nothing that cannot match (normal.c)
 *
 * Scores are integers from here on: a clause that matches a document gives it
 * 1 + floor(weight × impact), weights being scaled so that a whole query stays below 2^31.
 * Sums are then exact in any order, so every way to run a plan gives the same ranking.
 */
#ifndef CLUS_SEARCH_PLAN_H
#define CLUS_SEARCH_PLAN_H

#include <clustersearch/search.h>

#include "base/arena.h"
#include "index/view.h"
#include "query/ast.h"
#include "search/rank.h"
#include "snippet/snippet.h"
#include "text/lexer.h"

enum {
    PLAN_MAX_EXPANSIONS = 1000, /* terms for one wildcard */
    PLAN_MAX_FUZZY = 50,        /* terms for one fuzzy word */
    PLAN_SCORED_GROUP = 32      /* a group of more members matches with a constant score */
};

enum clause_kind {
    CLAUSE_NONE, /* matches nothing */
    CLAUSE_ALL,
    CLAUSE_TERMS, /* any of the members; the best one's score */
    CLAUSE_SPANS, /* words at places: phrase, NEAR, ADJ, a word in one field */
    CLAUSE_DATES, /* from <= date <= to */
    CLAUSE_DOC,   /* one document */
    CLAUSE_BOOL,
    CLAUSE_BEST /* any of the children, readings of one thing; the best one's score */
};

/* A dictionary key and what each segment says about it. */
struct plan_term {
    struct bytes key;
    uint64_t df;                    /* over all segments */
    const struct term_info **infos; /* by segment; NULL where it is missing */
};

struct member {
    const struct plan_term *term;
    float weight; /* 0..1 */
    bool aside;   /* its documents do not make the word more common */
};

/* One place of a phrase: any of the members may stand there. */
struct span_slot {
    uint32_t offset; /* from the unit's first word */
    struct member *members;
    uint32_t n_members;
    struct bytes word; /* as it was asked for */
    uint32_t number;   /* of the word in the query, for marks */
    bool guessed;      /* it was typed otherwise: the glossary is not asked about it */
};

/* Words at fixed distances: a single word or a phrase. */
struct span_unit {
    struct span_slot *slots;
    uint32_t n_slots;
    uint32_t width; /* positions it covers */
};

enum clause_role {
    ROLE_MUST,
    ROLE_SHOULD,
    ROLE_FILTER, /* must match, adds nothing */
    ROLE_NOT,
    ROLE_DEFAULT /* before normal.c: must, or should once relaxed */
};

struct clause_child {
    struct clause *clause;
    enum clause_role role;
};

struct ladder;

struct clause {
    enum clause_kind kind;
    bool unscored; /* matches add 1, whatever the document: a filter written in the query */
    bool constant; /* TERMS: adds `weight`, whatever the document */
    bool form;     /* TERMS: what it adds goes with the clause before it, see ladder.h */
    float
        weight; /* rank weight × boost × scale; of TERMS to be multiplied by the member's */

    /* TERMS */
    struct member *members;
    uint32_t n_members;
    uint8_t need_flags, deny_flags; /* of codec/postings.h */

    /* SPANS: one unit is a phrase; several stand near each other, with at most `extra`
     * words between or beside them inside the stretch they cover. */
    struct span_unit *units;
    uint32_t n_units;
    bool ordered;
    uint32_t extra;
    uint32_t low, high; /* positions that count: [low, high) */

    /* DATES */
    int64_t from, to;

    /* DOC */
    uint32_t segment, doc;

    /* BOOL: in normal form sorted by role. No must: one should has to match.
     * BEST: all are shoulds. */
    struct clause_child *children;
    uint32_t n_children;
    uint32_t n_must, n_should, n_filter, n_not; /* in normal form */
    const struct ladder *ladder; /* BOOL: a word and its rungs, see search/ladder.h */
    struct clause
        *loose; /* of a phrase: its words, which count too once relaxed; or NULL */
};

struct plan_warning {
    uint32_t offset, length;
    const char *message;
};

struct plan_expansion {
    struct bytes word, reading;
    const char *kind;
    float weight;
};

struct term_memory;

struct plan {
    struct arena *arena; /* holds everything below */
    struct view *view;
    struct term_memory *terms; /* of who searches; NULL: none */
    bool counting;             /* no hits are asked for: nothing is marked in them */
    bool unweighed;            /* … and no weight decides what matches: all are 1 */
    struct ranking ranking;
    struct clause *root;    /* as written, then scaled */
    struct clause *filters; /* as written, or NULL */
    float scale;            /* integer score = scale × score */
    uint32_t n_relaxable;   /* under op auto: words side by side of which fewer may match, 2
                               or   more; 0: all have to */
    bool question;          /* fewer words may match from the start */
    struct ladder *ladders; /* of all words */

    struct plan_warning *warnings;
    size_t n_warnings, cap_warnings;
    struct plan_expansion *expansions;
    size_t n_expansions, cap_expansions;
    struct mark_term *marks;
    size_t n_marks, cap_marks;
    struct bytes suggestion; /* the query as it was probably meant; empty: as it stands */
};

struct scratch;

struct plan_request {
    const struct clus_query *query;
    const clus_search_options *options;
    struct lexer *lexer;
    struct scratch *scratch; /* of run.h, borrowed while the plan is built */
};

/* Fills *plan, whose arena, view and ranking are set. CLUS_E_SYNTAX for a filter that
 * cannot be read, with *err written. */
CLUS_MUST_CHECK clus_status clus__plan_build(struct plan *plan,
                                             const struct plan_request *request,
                                             clus_error *err);

/* Whether the index keeps surface forms apart from stems. */
bool clus__plan_has_forms(const struct view *view);

/* The most a document can get from the scored parts of a clause. */
double clus__plan_most(const struct clause *c);

/* Weights of a tree as written become those of integer scores; once. */
void clus__plan_scale(struct plan *plan);

/* Make ready to run with fewer words required, once, after a run with all of them.
 * *widened: whether words have families, so that more may match. */
CLUS_MUST_CHECK clus_status clus__plan_relax(struct plan *plan, bool *widened);

/* The tree to run, filters included. `relaxed`: words side by side need not all match. */
CLUS_MUST_CHECK clus_status clus__plan_normalise(const struct plan *plan, bool relaxed,
                                                 struct clause **out);

/* What a word in `df` documents of the view weighs. */
float clus__plan_weight(const struct plan *plan, uint64_t df);

#endif
