/*
 * The word ladder: one word of a query as evidence of three strengths. Its stem is what
 * matches; where not all words have to match its own form, a rung above, adds a little, and
 * words of its family, a rung below, match as well.
 *
 *     творчество    (MUST творчеств)
 *     once relaxed  (SHOULD творчеств | творческ × .7 | …)  (SHOULD =творчество × .16)
 *
 * A family is what shares the first five letters of the stem: a few of them, the most
 * frequent that are not more frequent than the stem. Words that weigh little beside
 * the query's heaviest have neither: it would cost most and say least.
 *
 * Of a quotation (search/long.h) the forms count where all words match, too, and much: they
 * tell the text from others of its kind.
 */
#ifndef CLUS_SEARCH_LADDER_H
#define CLUS_SEARCH_LADDER_H

#include "search/builder.h"

enum {
    LADDER_LETTERS = 5, /* that a family shares */
    LADDER_FAMILY = 2,  /* members of a family for one stem, the most frequent … */
    LADDER_FEW = 16, /* … of those not more frequent than the stem and so many documents:
                        they say little and cost much */
    LADDER_STEPS = 4096,    /* keys looked at for one stem in a segment */
    LADDER_QUOTE_TIMES = 40 /* what a form of a quotation weighs more */
};

/* Shares of the heaviest word's weight from which on a word gets a form, and a family. */
#define LADDER_FORM_FROM 0.3f
#define LADDER_KIN_FROM 0.5f

/* A form that more of a stem's documents have says little of them. */
#define LADDER_FORM_SHARE 0.7
#define LADDER_QUOTE_SHARE 0.9

/* A word with its rungs. */
struct ladder {
    struct ladder *next;
    const struct clause *stems; /* TERMS, or NONE for a word that no document has */
    struct clause *wide;        /* the stems and their families; NULL: no more than stems */
    struct clause *exact;       /* NULL: says nothing that the stems do not */
    struct clause *quoted;      /* the same beside stems that must match; or NULL */
    struct bytes shown;         /* the word as it stands in the query */
    struct bytes form, stem;    /* of its likeliest reading */
    uint32_t word;              /* its number, for marks */
};

/* Make the clause of a word, if it is TERMS or NONE, one that can get rungs. */
CLUS_MUST_CHECK clus_status clus__ladder_word(struct builder *b,
                                              const struct span_slot *slot,
                                              struct clause **clause);

/* Give the words of a plan their rungs, once, after scaling. *widened: whether any has a
 * family, so that more may match. */
CLUS_MUST_CHECK clus_status clus__ladder_widen(struct plan *plan, bool *widened);

/* How much more than its clauses say forms may add to a query, as a factor. */
float clus__ladder_most(const struct plan *plan);

/* Give the words of a quotation their forms beside stems that must match, once, after
 * scaling. */
CLUS_MUST_CHECK clus_status clus__ladder_quote(struct plan *plan);

#endif
