/**
 * @file clustersearch/explain.h
 * Why a document has the score that it has: the score taken apart, word by word.
 */
#ifndef CLUSTERSEARCH_EXPLAIN_H
#define CLUSTERSEARCH_EXPLAIN_H

#include <clustersearch/base.h>
#include <clustersearch/index.h>
#include <clustersearch/query.h>
#include <clustersearch/search.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A query whose scores are taken apart, document by document. Used by one thread at a
 * time. */
typedef struct clus_explanation clus_explanation;

/** One part of a score. The parts of a part follow it, one deeper. */
typedef struct clus_explained {
    uint32_t depth; /**< 0 for the whole score, which comes first. */
    float score;    /**< As clus_hit::score; 0 for what the document does not match, and for
                         what only decides whether it matches. */
    bool partial;   /**< As clus_hit::partial, the same for all parts. */
    clus_str what;  /**< One line for people: what was looked for and what was found. Its
                         wording may change. */
} clus_explained;

/**
 * Make ready to take apart the scores that clus_search() would give.
 *
 * @param[in]  snap  View to search; must outlive *out.
 * @param[in]  query Parsed query; may be freed as soon as this returns.
 * @param[in]  opts  As for clus_search(), NULL for the defaults; limit, offset, sort, count
 *                   and timeout_us do not matter. Not needed any more once this returns.
 * @param[out] out   Without a document yet. Untouched on failure.
 * @param[out] err   NULL, or where to write the reason of a failure.
 * @return CLUS_OK; CLUS_E_ARGUMENT; CLUS_E_SYNTAX as for clus_search(); CLUS_E_ANALYZER for
 *         a glossary of other text rules; CLUS_E_LIMIT; CLUS_E_CORRUPT; CLUS_E_NOMEM.
 *
 * Ownership: the caller frees *out with clus_explanation_free().
 * Threads: one call at a time per snapshot.
 * Cost: words are looked up as for a search that finds too little; no lists are read.
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_explain(clus_snapshot *snap,
                                                  const clus_query *query,
                                                  const clus_search_options *opts,
                                                  clus_explanation **out, clus_error *err);

/**
 * Take apart the score of one document; what clus_explanation_next() gives is of that.
 *
 * @param[in]  explanation From clus_explain().
 * @param[in]  id          The document.
 * @param[out] err         NULL, or where to write the reason of a failure.
 * @return CLUS_OK, also when the document does not match: its first part then scores 0;
 *         CLUS_DONE when there is no such document; CLUS_E_ARGUMENT for a missing id;
 *         CLUS_E_CORRUPT; CLUS_E_NOMEM. Unless CLUS_OK there are no parts.
 *
 * Threads: one call at a time per snapshot.
 * Cost: posting lists of the query's words are read up to the document.
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_explanation_of(clus_explanation *explanation,
                                                         clus_str id, clus_error *err);

/**
 * Step to the next part.
 *
 * @param[in]  explanation From clus_explain().
 * @param[out] out         Filled on CLUS_OK, untouched otherwise.
 * @return CLUS_OK; CLUS_DONE after the last, however often it is asked, and where there is
 *         no document.
 *
 * Ownership: its text is borrowed from `explanation` until another document is explained
 * or it is freed.
 * Threads: one thread per object.
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_explanation_next(clus_explanation *explanation,
                                                           clus_explained *out);

/**
 * Release an explanation. NULL is allowed and does nothing.
 *
 * Threads: one call per object.
 */
CLUS_API void clus_explanation_free(clus_explanation *explanation);

#ifdef __cplusplus
}
#endif
#endif
