/**
 * @file clustersearch/search.h
 * Rank the documents of one snapshot against a query and walk the hits.
 */
#ifndef CLUSTERSEARCH_SEARCH_H
#define CLUSTERSEARCH_SEARCH_H

#include <clustersearch/base.h>
#include <clustersearch/document.h>
#include <clustersearch/glossary.h>
#include <clustersearch/index.h>
#include <clustersearch/query.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A ranked list of hits. Used by one thread at a time. */
typedef struct clus_results clus_results;

/** What must hold besides the query, without changing scores. */
typedef struct clus_filter {
    clus_str field; /**< tag, source, lang, id, or date. */
    clus_str value; /**< The value as written; for date as in the query language: `2024`,
                         `2024-05..`, `>=2024-05-01`, `7d`. */
    bool exclude;   /**< Documents that match are left out instead. */
} clus_filter;

/** Order of hits. */
typedef enum clus_sort {
    CLUS_SORT_RELEVANCE = 0, /**< Score, best first. */
    CLUS_SORT_DATE_DESC = 1, /**< Newest first; documents without a date last. */
    CLUS_SORT_DATE_ASC = 2   /**< Oldest first; documents without a date last. */
} clus_sort;

/** How much counting is worth. */
typedef enum clus_count_mode {
    CLUS_COUNT_BOUND = 0, /**< Whatever is known without extra work: a lower bound. */
    CLUS_COUNT_EXACT = 1, /**< Count every match. */
    CLUS_COUNT_ONLY = 2   /**< Count every match and return no hits. */
} clus_count_mode;

/** Parameters of ranking, which is BM25 whose rare words count more. Zero members mean the
 * defaults in brackets; negative ones mean 0; over 1000 is refused. Under CLUS_OP_AUTO a
 * query of many words has others, in proportion: of six or more that one document has all,
 * idf_power counts half and lead_weight eight times; of ten or more that none has all,
 * idf_power counts 1.75 times and k1 twice. */
typedef struct clus_ranking {
    float k1;           /**< Saturation of frequency (1.5). */
    float b;            /**< Weight of length, at most 1 (0.6). */
    float title_weight; /**< A match in the title counts this many occurrences more (2). */
    float lead_weight;  /**< A match in the lead counts this many occurrences more (0.5). */
    float extra_weight; /**< A match in page furniture only counts this many occurrences
                           (0.1). */
    float title_share;  /**< A match in the title counts this much, over the number of the
                             title's words, beside what frequency gives, which is below 1
                             (0.85). */
    float exact_weight; /**< A word's own form adds this share of its weight (0.16). */
    float family_weight; /**< A word of the same family has this share, at most 1 (0.7). */
    float idf_power;     /**< A word's idf counts to this power (1.5); 1 is plain BM25. */
} clus_ranking;

/**
 * How to run a search. All-zero means the defaults.
 *
 * `reserved` must be zero: a field that this version does not know is then
 * refused as CLUS_E_ARGUMENT, not silently ignored.
 */
typedef struct clus_search_options {
    uint32_t limit;  /**< Hits to return, 1..100000; 0 means 10. */
    uint32_t offset; /**< Best hits to skip before the first one returned, up to 1000000. */
    uint64_t timeout_us;        /**< Give up after this many microseconds; 0 means never. */
    clus_count_mode count;      /**< See clus_count_mode. */
    clus_sort sort;             /**< See clus_sort. */
    clus_ranking ranking;       /**< See clus_ranking. */
    const clus_filter *filters; /**< All must hold; values of one field are alternatives. */
    size_t n_filters;           /**< Entries in `filters`, at most 64. */
    int64_t now; /**< Seconds since 1970 that relative dates count from; needed for those
                    only: the library asks no clock. */
    bool exhaustive; /**< Score every match with no shortcuts: the oracle for tests. */
    const clus_glossary *glossary; /**< Translations and synonyms, made with the index's
                                        analyzer; NULL: none. The query's bits of
                                        clus_expand choose. Excluded words and exact ones
                                        are not looked up in it. */
    uint64_t reserved[4];          /**< Zero. */
} clus_search_options;

/** One ranked document. The text is valid until the next call on the same results. */
typedef struct clus_hit {
    clus_str id;   /**< External document id, exactly the bytes given when indexing. */
    float score;   /**< >= 0, higher is better; comparable within one result list. */
    uint32_t rank; /**< 1 for the best, `offset` included. */
    bool partial;  /**< Under CLUS_OP_AUTO: matches only some of the words, page furniture
                        aside, or some in another word of their family. */
} clus_hit;

/** What was found besides the hits. */
typedef struct clus_result_info {
    uint64_t total;      /**< Documents that match. */
    bool total_is_exact; /**< False: `total` is a lower bound. */
    uint32_t n_hits;     /**< Hits to walk. */
    size_t n_warnings; /**< Warnings of execution (those of parsing stay with the query). */
    size_t n_expanded; /**< Words that also matched other forms. */
} clus_result_info;

/** A reading of a query word that was searched besides the word itself: one that a document
 * of the snapshot has, or that the glossary gave. */
typedef struct clus_expansion {
    clus_str word;    /**< The word of the query. */
    clus_str reading; /**< The term searched for it. */
    const char *kind; /**< Static: "stem", "prefix", "typo", … as in the manual. */
    float weight;     /**< 0..1, multiplied into its score. */
} clus_expansion;

/**
 * Find the best-scoring documents for a query.
 *
 * Ties are broken by the order of adding, or of clus_writer_reorder(), so the same
 * snapshot, query and options always give the same list. Scoring finishes before this
 * returns; the snapshot is read again only when ids, documents and snippets are fetched.
 *
 * @param[in]  snap  View to search; must outlive *out.
 * @param[in]  query Parsed query; may be freed as soon as this returns.
 * @param[in]  opts  NULL means defaults.
 * @param[out] out   The hits, possibly none. Untouched on failure.
 * @param[out] err   NULL, or where to write the reason of a failure.
 * @return CLUS_OK, also for no hits; CLUS_E_ARGUMENT for an option out of range;
 *         CLUS_E_ANALYZER for a glossary made with other text rules than the index;
 *         CLUS_E_SYNTAX for a filter value that cannot be read, and for a strict query that
 *         cannot be done as asked, with its offset; CLUS_E_LIMIT for an index of
 *         over 4294967295 documents; CLUS_E_TIMEOUT; CLUS_E_CORRUPT; CLUS_E_NOMEM.
 *
 * Ownership: the caller frees *out with clus_results_free().
 * Threads: one call at a time per snapshot; snapshots are independent.
 * Cost: at most O(postings of the query's terms) time, O(limit + offset) memory. Besides,
 * what dictionaries said about words is remembered for the next searches: 1 MiB for each
 * snapshot that searches at a time, at most 16 of them kept with the index when snapshots
 * are freed.
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_search(clus_snapshot *snap,
                                                 const clus_query *query,
                                                 const clus_search_options *opts,
                                                 clus_results **out, clus_error *err);

/**
 * Totals of a result list.
 *
 * @param[in]  results From clus_search().
 * @param[out] out     Filled.
 *
 * Threads: one thread per results object.
 */
CLUS_API void clus_results_info(const clus_results *results, clus_result_info *out);

/**
 * Read one warning of execution: what the query asked for and was not done.
 *
 * @param[in]  results From clus_search().
 * @param[in]  i       0 … n_warnings - 1.
 * @param[out] out     Filled on CLUS_OK, untouched otherwise.
 * @return CLUS_OK, or CLUS_DONE when i is not below the count.
 *
 * Ownership: out->message is borrowed from `results` until it is freed.
 * Threads: one thread per results object.
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_results_warning(const clus_results *results,
                                                          size_t i, clus_warning *out);

/**
 * Read one expansion.
 *
 * @param[in]  results From clus_search().
 * @param[in]  i       0 … n_expanded - 1.
 * @param[out] out     Filled on CLUS_OK, untouched otherwise.
 * @return CLUS_OK, or CLUS_DONE when i is not below the count.
 *
 * Ownership: its texts are borrowed from `results` until it is freed.
 * Threads: one thread per results object.
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_results_expansion(const clus_results *results,
                                                            size_t i, clus_expansion *out);

/**
 * The query as it was probably meant, where words of it are in no document but may be
 * misspelt or typed in another layout; what was searched in their place is told by
 * clus_results_expansion().
 *
 * @param[in]  results From clus_search().
 * @param[out] out     The whole query, those words replaced. Filled on CLUS_OK, untouched
 *                     otherwise.
 * @return CLUS_OK, or CLUS_DONE when there is nothing to suggest.
 *
 * Ownership: *out is borrowed from `results` until it is freed.
 * Threads: one thread per results object.
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_results_suggestion(const clus_results *results,
                                                             clus_str *out);

/**
 * Step to the next hit, best first.
 *
 * @param[in]  results From clus_search().
 * @param[out] hit     Filled on CLUS_OK, untouched otherwise.
 * @param[out] err     NULL, or where to write the reason of a failure.
 * @return CLUS_OK; CLUS_DONE after the last hit, however often it is asked;
 *         CLUS_E_CORRUPT if the document's record cannot be read.
 *
 * Ownership: hit->id is borrowed from `results` until the next call on it.
 * Threads: one thread per results object.
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_results_next(clus_results *results, clus_hit *hit,
                                                       clus_error *err);

/**
 * Read the stored document of the hit that clus_results_next() gave last.
 *
 * @param[in]  results From clus_search().
 * @param[out] out     The document. Untouched on failure.
 * @param[out] err     NULL, or where to write the reason of a failure.
 * @return CLUS_OK; CLUS_E_ARGUMENT before the first hit; CLUS_E_CORRUPT; CLUS_E_NOMEM.
 *
 * Ownership: the caller frees *out with clus_stored_free().
 * Threads: one thread per results object.
 * Cost: tens of microseconds.
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_results_document(clus_results *results,
                                                           clus_stored **out,
                                                           clus_error *err);

/** Bytes [start, end) of a text. */
typedef struct clus_span {
    uint64_t start; /**< First byte. */
    uint64_t end;   /**< One past the last byte. */
} clus_span;

/** A passage chosen for the query. */
typedef struct clus_snippet {
    clus_str text;          /**< UTF-8, one line: line ends are blanks. */
    uint64_t offset;        /**< Where the passage begins in the document's text. */
    bool cut_before;        /**< Text was left out before it. */
    bool cut_after;         /**< Text was left out behind it. */
    const clus_span *marks; /**< Words of the query, in any form, as spans of `text`. */
    size_t n_marks;         /**< Entries in `marks`. */
    const clus_span
        *title_marks;     /**< Words of the query, as spans of the document's title. */
    size_t n_title_marks; /**< Entries in `title_marks`. */
} clus_snippet;

/**
 * Choose the passage of the last hit that shows best why it matches.
 *
 * It begins and ends at a sentence where one fits, else at a word. Furniture is never
 * shown. A document that matches only in its title gives its beginning.
 *
 * @param[in]  results   From clus_search().
 * @param[in]  max_chars Longest passage in code points, 20..10000; 0 means 240.
 * @param[out] out       Filled on CLUS_OK, untouched otherwise.
 * @param[out] err       NULL, or where to write the reason of a failure.
 * @return CLUS_OK, with an empty text when none is stored; CLUS_E_ARGUMENT before the first
 *         hit; CLUS_E_CORRUPT; CLUS_E_NOMEM.
 *
 * Ownership: *out is borrowed from `results` until the next call on it.
 * Threads: one thread per results object.
 * Cost: reads and analyses the document, tens of microseconds for a news article.
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_results_snippet(clus_results *results,
                                                          uint32_t max_chars,
                                                          clus_snippet *out,
                                                          clus_error *err);

/**
 * Release a hit list. NULL is allowed and does nothing.
 *
 * Threads: one thread per results object.
 */
CLUS_API void clus_results_free(clus_results *results);

#ifdef __cplusplus
}
#endif
#endif
