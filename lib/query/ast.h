/*
 * A parsed query as a tree. Nodes and texts live in the query's arena and never change.
 *
 *     креативный "квартал труда"~2 -реклама  →  GROUP(default WORD, default PHRASE, not
 * WORD)
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
    AST_RANGE,    /* field with low and high, either may be empty for open */
    AST_NEAR,     /* children within `slop` words of each other; ordered for ADJ */
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
    bool literal;
    const char *printed;
    struct query_warning *warnings;
    size_t n_warnings;
};

#endif
