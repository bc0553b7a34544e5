/*
 * Query text to tokens: operators, brackets, and whole leaves such as title:"a b"~2^3.
 *
 * Everything that is written without blanks is settled here; what stands side by side is
 * the parser's matter. Nothing fails but memory: what is not understood is complained of
 * and comes out as words.
 */
#ifndef CLUS_QUERY_SCAN_H
#define CLUS_QUERY_SCAN_H

#include "query/complaint.h"

enum {
    QUERY_MAX_BYTES = 65536,
    QUERY_MAX_DEPTH = 64,
    QUERY_MAX_CLAUSES = 1024,
    QUERY_MAX_SLOP = 1000,
    QUERY_NEAR_SLOP = 10, /* of NEAR and ADJ without a number */
    QUERY_MAX_BOOST = 1000,
    QUERY_MAX_RANGE = 256,   /* bytes of a range or another value that may be none */
    QUERY_MAX_UNCLOSED = 100 /* quotation marks for whose end is looked in vain */
};

enum query_token_kind {
    TOK_NONE, /* inside the scanner: nothing was read */
    TOK_SKIP, /* inside the scanner: something was read and left out */
    TOK_END,
    TOK_OPEN,
    TOK_CLOSE,
    TOK_OR,
    TOK_AND,
    TOK_NOT,
    TOK_NEAR, /* and ADJ */
    TOK_PLUS,
    TOK_MINUS,
    TOK_LEAF
};

struct query_token {
    enum query_token_kind kind;
    uint32_t offset, length;
    float boost;           /* of TOK_CLOSE */
    bool ordered;          /* of TOK_NEAR: ADJ */
    uint32_t slop;         /* of TOK_NEAR */
    struct ast_node *leaf; /* of TOK_LEAF */
};

enum field_type {
    FIELD_ANY,  /* no field: all text */
    FIELD_TEXT, /* text that is cut into words */
    FIELD_KEY,  /* a name compared as a whole */
    FIELD_DATE,
    FIELD_OWN /* of the caller's list: a name that may have an order */
};

struct query_field {
    enum field_type type;
    struct bytes name; /* lower-cased */
};

struct scanner {
    struct bytes text;
    size_t at;
    const clus_parse_options *opts;
    struct arena *arena;
    struct complaints *complaints;
    size_t depth, ignored;      /* open brackets; those beyond the bound */
    struct query_field *fields; /* in force, by depth: room for QUERY_MAX_DEPTH + 1 */
    size_t n_clauses, n_unclosed;
    bool cut; /* the rest was dropped at the bound of clauses */
    clus_status status;
};

/* The next token; TOK_END also after a failure, which is in s->status. */
void clus__scan_next(struct scanner *s, struct query_token *out);

/* A leaf for a piece of the text. NULL, and the rest of the text is dropped, at the bound.
 */
struct ast_node *clus__scan_new_leaf(struct scanner *s, enum ast_kind kind, size_t offset,
                                     struct bytes text);

/* ---- between the scanner's own files ---- */

static inline int clus__scan_byte(const struct scanner *s, size_t at)
{
    return at < s->text.len ? s->text.data[at] : -1;
}

void clus__scan_complain(struct scanner *s, size_t offset, size_t length,
                         const char *message);

/* The word that begins at s->at ends here. Commas end words, not numbers and keys. */
size_t clus__scan_run_end(const struct scanner *s, size_t from, enum field_type type);
/* The same of at most so many bytes. What may turn out not to be a value, and is read again
 * as text then, is bounded: else a text that is full of what begins one is read as often.
 */
size_t clus__scan_run_within(const struct scanner *s, size_t from, size_t most,
                             enum field_type type);

/* Bytes of an opening quotation mark at `at`, or 0. */
size_t clus__scan_quote(const struct scanner *s, size_t at);

/* Where a regular expression that begins behind a slash ends, or SIZE_MAX: a blank, or
 * anything but the end of a word behind the second slash, makes it an ordinary text such
 * as a path. */
size_t clus__scan_regex_end(const struct scanner *s, size_t from);

/* A field and what stands there, or TOK_NONE; name[0..len) is known as a field. */
bool clus__scan_find_field(const clus_parse_options *opts, struct bytes name,
                           struct query_field *out);

/* The leaf at s->at, searched in `field`; `start` is where its field's name began. */
enum query_token_kind clus__scan_leaf(struct scanner *s, const struct query_field *field,
                                      size_t start, struct query_token *out);

/* The word at s->at. */
enum query_token_kind clus__scan_word(struct scanner *s, const struct query_field *field,
                                      size_t start, bool exact, struct query_token *out);

/* The word that ends at `end` and has nothing but letters and digits. */
enum query_token_kind clus__scan_plain(struct scanner *s, const struct query_field *field,
                                       size_t end, struct query_token *out);

/* ^number at s->at, or 1. */
float clus__scan_boost(struct scanner *s);

/* A number with at most six digits before and behind its point that fills `text`. */
bool clus__scan_boost_value(struct bytes text, float *value);

#endif
