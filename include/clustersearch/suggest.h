/**
 * @file clustersearch/suggest.h
 * What somebody who is typing a query may want to type: the last word completed, earlier
 * ones corrected.
 */
#ifndef CLUSTERSEARCH_SUGGEST_H
#define CLUSTERSEARCH_SUGGEST_H

#include <clustersearch/base.h>
#include <clustersearch/index.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A list of suggestions. Used by one thread at a time. */
typedef struct clus_suggestions clus_suggestions;

/** One suggestion. */
typedef struct clus_suggestion {
    clus_str text;      /**< The whole text as it might go on. */
    clus_str word;      /**< The word that it ends with now; of a correction the text. */
    uint64_t documents; /**< Documents that hold that word in any form, deleted ones
                           included until merged; 0 for a correction. */
    const char *kind;   /**< Static: "completion"; "kk-letters" or "layout" when the
                             beginning was typed without Kazakh letters or in another layout;
                             "correction". */
} clus_suggestion;

/**
 * Complete the last word of a text from the index's own words, the most frequent first, one
 * form of each word: the one most documents have. Words before it that no document has are
 * corrected; where nothing completes the last word it is corrected, too.
 *
 * @param[in]  snap  The view.
 * @param[in]  text  A query as far as it is typed; any bytes, at most 64 KiB.
 * @param[in]  limit Suggestions to give, 1..1000; 0 means 10.
 * @param[out] out   The suggestions, possibly none. Untouched on failure.
 * @param[out] err   NULL, or where to write the reason of a failure.
 * @return CLUS_OK; CLUS_E_ARGUMENT; CLUS_E_CORRUPT; CLUS_E_NOMEM.
 *
 * Ownership: the caller frees *out with clus_suggestions_free().
 * Threads: one call at a time per snapshot.
 * Cost: O(words of the dictionary that begin so): milliseconds for one letter in a million.
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_suggest(clus_snapshot *snap, clus_str text,
                                                  uint32_t limit, clus_suggestions **out,
                                                  clus_error *err);

/**
 * Step to the next suggestion, best first.
 *
 * @param[in]  suggestions From clus_suggest().
 * @param[out] out         Filled on CLUS_OK, untouched otherwise.
 * @return CLUS_OK; CLUS_DONE after the last, however often it is asked.
 *
 * Ownership: its texts are borrowed from `suggestions` until it is freed.
 * Threads: one thread per object.
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_suggestions_next(clus_suggestions *suggestions,
                                                           clus_suggestion *out);

/**
 * Release suggestions. NULL is allowed and does nothing.
 *
 * Threads: one call per object.
 */
CLUS_API void clus_suggestions_free(clus_suggestions *suggestions);

#ifdef __cplusplus
}
#endif
#endif
