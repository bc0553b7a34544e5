/**
 * @file clustersearch/query.h
 * Parse a query once, run it on any snapshot.
 */
#ifndef CLUSTERSEARCH_QUERY_H
#define CLUSTERSEARCH_QUERY_H

#include <clustersearch/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A parsed query. Immutable, so any number of threads may share it. */
typedef struct clus_query clus_query;

/** How words that stand side by side without an operator combine. */
typedef enum clus_op {
    CLUS_OP_AUTO = 0, /**< All must match; when that gives too few hits, fewer may. */
    CLUS_OP_AND = 1,  /**< All must match. */
    CLUS_OP_OR = 2    /**< One is enough; more rank higher. */
} clus_op;

/**
 * What a word may match besides its own form; bits to be or'ed.
 *
 * Each reading ranks below the word itself and is told by clus_results_expansion().
 */
typedef enum clus_expand {
    CLUS_EXPAND_STEM = 1 << 0, /**< Its other forms: кластер, кластеров. */
    CLUS_EXPAND_FAMILY = 1 << 1, /**< The ladder: its own form counts a little more; words
                                    of one root (творчество, творческий) count less, where
                                      words need not all match. */
    CLUS_EXPAND_KK_LETTERS = 1 << 2, /**< Typed without Kazakh letters: онер, өнер. */
    CLUS_EXPAND_SCRIPT = 1 << 3,     /**< Kazakh in Latin or Arabic letters. */
    CLUS_EXPAND_LAYOUT = 1 << 4,     /**< Typed in another layout, where no document has
                                          the word as it is: rkfcnth, кластер. */
    CLUS_EXPAND_TYPO = 1 << 5,       /**< Misspelt, or two words without the blank, where no
                                          document has the word as it is. */
    CLUS_EXPAND_DICTIONARY = 1 << 6, /**< The same in the other language. */
    CLUS_EXPAND_SYNONYM = 1 << 7,    /**< Another word for it. This bit and the one before
                                          work with clus_search_options.glossary. */
    CLUS_EXPAND_NONE = 1 << 30,      /**< Alone: nothing of these. */
    CLUS_EXPAND_DEFAULT = CLUS_EXPAND_STEM | CLUS_EXPAND_FAMILY | CLUS_EXPAND_KK_LETTERS |
                          CLUS_EXPAND_SCRIPT | CLUS_EXPAND_LAYOUT | CLUS_EXPAND_TYPO |
                          CLUS_EXPAND_SYNONYM
} clus_expand;

/** How to parse. All-zero means the defaults. */
typedef struct clus_parse_options {
    clus_op op;      /**< See clus_op. */
    bool strict;     /**< Fail at the first thing that is not understood, and in
                          clus_search() and clus_explain() at what cannot be done as asked,
                          instead of warning of it. */
    bool literal;    /**< Words match only their exact folded form. */
    uint32_t expand; /**< Bits of clus_expand; 0 means CLUS_EXPAND_DEFAULT. */
    const char *const
        *fields;          /**< Names that `name:` may refer to besides the built-in ones
                               (title, lead, text, extra, id, lang, date, source, tag, url). */
    size_t n_fields;      /**< Entries in `fields`. */
    uint64_t reserved[3]; /**< Zero. */
} clus_parse_options;

/** Something in a query that was not understood or not followed. */
typedef struct clus_warning {
    uint64_t offset;  /**< First byte in the query that it is about. */
    uint64_t length;  /**< Bytes that it is about; 0 for a place between bytes. */
    clus_str message; /**< One line. */
} clus_warning;

/**
 * Parse a query in the language of the manual (csearch help query).
 *
 * Lenient by default: nothing fails, and each thing that is not understood is searched as
 * text and told in a warning. Bounded: 64 KiB of text, nesting 64, 1024 clauses.
 *
 * @param[in]  text The query; any bytes.
 * @param[in]  opts NULL means defaults.
 * @param[out] out  The query. Untouched on failure.
 * @param[out] err  NULL, or where to write the reason of a failure, with its offset.
 * @return CLUS_OK; when strict also CLUS_E_SYNTAX and CLUS_E_LIMIT; CLUS_E_ARGUMENT;
 * CLUS_E_NOMEM.
 *
 * Ownership: the caller frees *out with clus_query_free(); `text` may go at once.
 * Threads: any.
 * Cost: microseconds.
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_query_parse(clus_str text,
                                                      const clus_parse_options *opts,
                                                      clus_query **out, clus_error *err);

/**
 * How many warnings parsing left.
 *
 * @return The count.
 * Threads: any.
 */
CLUS_API size_t clus_query_warning_count(const clus_query *query);

/**
 * Read one warning.
 *
 * @param[in]  query The query.
 * @param[in]  i     0 … clus_query_warning_count() - 1.
 * @param[out] out   Filled on CLUS_OK, untouched otherwise.
 * @return CLUS_OK, or CLUS_DONE when i is not below the count.
 *
 * Ownership: out->message is borrowed from `query` until it is freed.
 * Threads: any.
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_query_warning(const clus_query *query, size_t i,
                                                        clus_warning *out);

/**
 * The query as it was understood, fully bracketed, for people and tests.
 *
 * @return e.g. `(AND креативный (NOT "квартал труда"))`; NULL for no memory.
 *
 * Ownership: borrowed from `query` until it is freed.
 * Threads: any.
 * Cost: made by the first call, kept for the others.
 */
CLUS_API const char *clus_query_text(const clus_query *query);

/**
 * Release a query. NULL is allowed and does nothing.
 *
 * Threads: one call per object, after the last use in any thread.
 */
CLUS_API void clus_query_free(clus_query *query);

#ifdef __cplusplus
}
#endif
#endif
