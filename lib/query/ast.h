/*
 * A parsed query as a tree. Nodes and texts live in the query's arena and never change.
 *
 *     креативный "квартал труда"~2 -реклама  →  GROUP(default WORD, default PHRASE, not
 * WORD)
 *
 * The parser keeps to these shapes:
 *   - Only children of AST_GROUP are OCCUR_MUST, and only where the query's op would not
 *     ask for them anyway: side by side under CLUS_OP_AND there is none.
 *   - Only children of AST_GROUP and AST_AND are OCCUR_NOT, and one child at least is not.
 *     Two exceptions mean everything but something: the root may be OCCUR_NOT itself, and
 *     an AST_AND below an AST_OR may have one child, which is OCCUR_NOT.
 *   - AST_GROUP, AST_OR and AST_NEAR have two children at least. Below a
 *     negation CLUS_OP_AUTO leaves no AST_GROUP: they have become AST_AND.
 *   - A field before a bracket is found on each leaf inside. Only leaves have fields.
 *   - Children of AST_NEAR are words, phrases, wildcards, inexact words, regexes, or
 *     AST_OR of those, all in one field of text or in none.
 *   - Leaves in a field of names (id, lang, source, tag, url, the caller's own) are
 *     AST_WORD, AST_PHRASE (the whole name stood in quotes) or AST_WILDCARD, where * alone
 *     means any name. `date` has AST_WORD for an expression, checked, or AST_RANGE; see
 *     query/date.h. Only `date` and the caller's own fields have AST_RANGE.
 */
#ifndef CLUS_QUERY_AST_H
#define CLUS_QUERY_AST_H

#include <clustersearch/query.h>

#include "base/arena.h"
#include "base/bytes.h"

enum ast_kind {
    AST_NONE,     /* matches nothing: an empty query */
    AST_WORD,     /* text: one word as written; may hold several tokens (IT-хаб) */
    AST_PHRASE,   /* text: what stood in the quotes; slop: the number after ~ */
    AST_WILDCARD, /* text: with * and ?, at least one of them */
    AST_FUZZY,    /* text: a word; distance 1..2, 0 = by length */
    AST_REGEX,    /* text: between the slashes */
    AST_RANGE,    /* field with low and high, either or both empty for open */
    AST_NEAR,     /* positions of neighbours differ by at most `slop`; ordered for ADJ */
    AST_AND,      /* all children (operator AND) */
    AST_OR,       /* one child at least (operator OR) */
    AST_GROUP     /* children side by side, combined by the query's op; see `occur` */
};

enum ast_occur {
    OCCUR_DEFAULT, /* as the query's op says */
    OCCUR_MUST,    /* + */
    OCCUR_NOT      /* - or NOT; also allowed for children of AST_AND */
};

struct ast_node {
    enum ast_kind kind;
    enum ast_occur
        occur; /* its part in its parent; of the root: OCCUR_NOT for a pure negative */
    uint32_t offset, length; /* bytes of the query */
    float boost;             /* 1 if none was given */
    struct bytes field;      /* lower-cased name, empty for none */
    struct bytes text;
    bool exact;               /* = before a word or phrase: surface form only */
    bool ordered;             /* ADJ */
    bool low_open, high_open; /* range ends excluded: { }, > and < */
    uint8_t distance;
    uint32_t slop;
    struct bytes low, high;
    struct ast_node **children;
    size_t n_children;
};

struct query_warning {
    uint32_t offset, length;
    const char *message;
};

struct clus_query {
    struct arena arena;
    struct bytes source;   /* copy of the query's text */
    struct ast_node *root; /* never NULL */
    clus_op op;
    bool strict;               /* what cannot be done as asked is a failure */
    uint32_t expand;           /* bits of clus_expand, never 0 */
    const char *const *fields; /* names that the caller keeps, as the parser was told */
    size_t n_fields;
    _Atomic(char *) *printed; /* see clus__query_text() */
    struct query_warning *warnings;
    size_t n_warnings;
};

#endif
