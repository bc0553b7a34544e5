/*
 * One search from query to ranked documents, over one view.
 */
#ifndef CLUS_SEARCH_SEARCH_H
#define CLUS_SEARCH_SEARCH_H

#include "search/plan.h"

struct search_hit {
    uint32_t segment, doc;
    float score;
    bool partial;
};

/* What was found. Everything lives in the arena. */
struct search_found {
    struct arena arena;
    struct plan plan; /* its warnings, expansions and marks */
    struct search_hit *hits;
    uint32_t n_hits;
    uint64_t total;
    bool total_is_exact;
};

/* A part of the score of one document; parts of it follow, one deeper. */
struct account_part {
    uint32_t depth;
    float score; /* 0: does not match */
    struct bytes what;
};

/* Scores of documents taken apart, one after the other, by the plans of one query. */
struct account {
    struct arena arena; /* holds the plans */
    struct account_way {
        struct plan plan;
        struct clause *root;
    } ways[2]; /* all words have to match; then, where that may be less, fewer */
    uint32_t n_ways;

    /* of the last document */
    uint32_t segment, doc;
    const struct plan *plan;
    struct arena texts;
    struct account_part *parts;
    size_t n, cap;
    bool partial; /* it matches only since not all words have to */
};

CLUS_MUST_CHECK clus_status clus__search_options_check(const clus_search_options *options,
                                                       clus_error *err);

/* What is worth keeping from one search to the next: a lexer, what dictionaries said, and
 * working memory. For one thread at a time and one index. */
struct searcher;

CLUS_MUST_CHECK clus_status clus__searcher_new(const clus_analyzer *analyzer,
                                               struct searcher **out);
void clus__searcher_free(struct searcher *s); /* NULL is fine */
struct lexer *clus__searcher_lexer(struct searcher *s);
struct scratch *clus__searcher_scratch(struct searcher *s);
struct term_memory *clus__searcher_terms(struct searcher *s);

/* `options` as the caller gave them, checked here. *out is to be zero; after CLUS_OK the
 * caller frees it with clus__search_found_done(). */
CLUS_MUST_CHECK clus_status clus__search(struct searcher *s, struct view *view,
                                         const struct clus_query *query,
                                         const clus_search_options *options,
                                         struct search_found *out, clus_error *err);
void clus__search_found_done(struct search_found *found);

/* Plan what clus__search() would, limit and offset aside. *out is to be zero; after CLUS_OK
 * the caller frees it with clus__account_done(). */
CLUS_MUST_CHECK clus_status clus__account_plan(struct searcher *s, struct view *view,
                                               const struct clus_query *query,
                                               const clus_search_options *options,
                                               struct account *out, clus_error *err);
/* Take apart the score that the search gives a live document of that view. */
CLUS_MUST_CHECK clus_status clus__account_document(struct searcher *s,
                                                   struct account *account,
                                                   uint32_t segment, uint32_t doc,
                                                   clus_error *err);
void clus__account_done(struct account *account);

#endif
