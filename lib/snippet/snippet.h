/*
 * Choose and mark the passage of a text that shows best why it matches a query.
 */
#ifndef CLUS_SNIPPET_SNIPPET_H
#define CLUS_SNIPPET_SNIPPET_H

#include <clustersearch/search.h>

#include "base/buf.h"
#include "text/lexer.h"

enum mark_kind {
    MARK_TERM, /* tokens whose term equals `text` */
    MARK_FORM, /* tokens whose folded form equals `text` */
    MARK_GLOB  /* tokens whose folded form matches a pattern with * and ? */
};

/* A term of the query. Terms with one `group` are readings of one word. */
struct mark_term {
    enum mark_kind kind;
    struct bytes text;
    float weight;   /* idf: how much showing it is worth */
    uint32_t group; /* number of the query word */
};

struct snippet_hit; /* see snippet/match.h */

/* The result; reused from call to call, zero-initialised at first. */
struct passage {
    struct buf text; /* one line of UTF-8, malformed bytes mended, controls made blanks */
    uint64_t offset;
    bool cut_before, cut_after;
    clus_span *marks; /* spans of text */
    size_t n_marks, cap_marks;
    /* scratch */
    struct token_list tokens;
    struct snippet_hit *hits;
    size_t n_hits, cap_hits;
};

/* Choose a passage of at most max_chars code points. It begins and ends at sentences where
 * they fit, else at words, and never inside what a reader sees as one character. It is safe
 * to print: one line, without control characters or overrides of direction. Every token
 * that a term fits is marked; no such token gives the beginning of the text.
 * Statuses: CLUS_E_NOMEM, CLUS_E_LIMIT. */
CLUS_MUST_CHECK clus_status clus__snippet_select(struct lexer *lx, struct bytes text,
                                                 const struct mark_term *terms,
                                                 size_t n_terms, uint32_t max_chars,
                                                 struct passage *out);

/* Mark the query's words in a short text such as a title: only out->marks is filled, with
 * spans of the text given. Statuses as above. */
CLUS_MUST_CHECK clus_status clus__snippet_mark(struct lexer *lx, struct bytes text,
                                               const struct mark_term *terms,
                                               size_t n_terms, struct passage *out);

void clus__passage_done(struct passage *p);

#endif
