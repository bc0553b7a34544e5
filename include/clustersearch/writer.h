/**
 * @file clustersearch/writer.h
 * Add, replace and delete documents, all or nothing up to each commit.
 */
#ifndef CLUSTERSEARCH_WRITER_H
#define CLUSTERSEARCH_WRITER_H

#include <clustersearch/document.h>
#include <clustersearch/index.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The one writer of an index, across processes. Used by one thread at a time. */
typedef struct clus_writer clus_writer;

/** How to write. All-zero means the defaults. */
typedef struct clus_writer_options {
    uint32_t threads;      /**< Threads that analyse, 1..64; 0 means one. With two or more,
                                large merges and compactions use two, and a small commit
                                merges segments while its documents are analysed. */
    uint32_t timeout_ms;   /**< Wait this long for another writer; 0 means 5000, UINT32_MAX
                              ever. */
    uint64_t memory_bytes; /**< Bound on memory, at least 16 MiB; 0 means 768 MiB. A
                              document may take a fifth of it. Within it the words of
                              documents are remembered for the next ones, some 100 bytes
                              each, so a writer grows with its vocabulary. */
    bool relaxed;          /**< A power cut may lose the last commits, never consistency. */
    uint64_t reserved[4];  /**< Zero. */
} clus_writer_options;

/** What a commit did. */
typedef struct clus_commit_info {
    uint64_t added;        /**< Documents that are new. */
    uint64_t replaced;     /**< Documents that took the place of one with their id. */
    uint64_t deleted;      /**< Documents deleted by clus_writer_delete(). */
    uint64_t text_bytes;   /**< Bytes of title, text and extra that were analysed. */
    uint64_t invalid_utf8; /**< Malformed byte sequences, each read as one U+FFFD. */
    uint64_t bad_dates;    /**< Dates that could not be read: stored, not filterable. */
    uint64_t generation;   /**< The commit's number. */
} clus_commit_info;

/**
 * Become the writer of an index.
 *
 * @param[in]  index The index; must outlive *out.
 * @param[in]  opts  NULL means defaults.
 * @param[out] out   The writer. Untouched on failure.
 * @param[out] err   NULL, or where to write the reason of a failure.
 * @return CLUS_OK; CLUS_E_BUSY when another writer did not finish in time; CLUS_E_ANALYZER;
 *         CLUS_E_ARGUMENT; CLUS_E_CORRUPT; CLUS_E_IO; CLUS_E_NOMEM.
 *
 * Ownership: the caller frees *out with clus_writer_free().
 * Threads: any; the writer by one thread at a time.
 * Cost: removes what a crashed writer left behind.
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_writer_open(clus_index *index,
                                                      const clus_writer_options *opts,
                                                      clus_writer **out, clus_error *err);

/**
 * Add a document, or replace the one with its id. Visible after the next commit.
 *
 * Of several documents with one id the last one added counts.
 *
 * @param[in]  writer The writer.
 * @param[in]  doc    Copied before the call returns.
 * @param[out] err    NULL, or where to write the reason of a failure.
 * @return CLUS_OK; CLUS_E_ARGUMENT for a document without text or title or with an
 * impossible id, tag or field name; CLUS_E_LIMIT for more than 1 GiB or a fifth of
 * memory_bytes; CLUS_E_FULL; CLUS_E_IO; CLUS_E_NOMEM. After CLUS_E_ARGUMENT and
 * CLUS_E_LIMIT the writer goes on without that document; after others only rollback and
 * free are left.
 *
 * Threads: one thread per writer.
 * Cost: returns as soon as the document is queued; waits when the memory bound is reached.
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_writer_add(clus_writer *writer,
                                                     const clus_document *doc,
                                                     clus_error *err);

/**
 * Delete the document with an id, also one added since the last commit.
 *
 * @param[in]  writer The writer.
 * @param[in]  id     External id.
 * @param[out] found  NULL, or whether there was one.
 * @param[out] err    NULL, or where to write the reason of a failure.
 * @return CLUS_OK, also when there was none; CLUS_E_ARGUMENT; CLUS_E_CORRUPT; CLUS_E_FULL;
 * CLUS_E_IO; CLUS_E_NOMEM.
 *
 * Threads: one thread per writer.
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_writer_delete(clus_writer *writer, clus_str id,
                                                        bool *found, clus_error *err);

/**
 * Make everything since the last commit visible and durable, or nothing of it.
 *
 * Merges segments when that is due, about four times as much as is new at most: what takes
 * longer is spread over the next commits of this writer.
 *
 * @param[in]  writer The writer.
 * @param[out] info   NULL, or what the commit did.
 * @param[out] err    NULL, or where to write the reason of a failure.
 * @return CLUS_OK; CLUS_E_ARGUMENT for no writer and in a child of fork(); CLUS_E_FULL;
 * CLUS_E_IO; CLUS_E_CORRUPT; CLUS_E_NOMEM. After a failure the last commit is intact and
 * only rollback and free are left.
 *
 * Threads: one thread per writer.
 * Cost: one or two fsync, and merging.
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_writer_commit(clus_writer *writer,
                                                        clus_commit_info *info,
                                                        clus_error *err);

/**
 * Forget everything since the last commit.
 *
 * @param[in]  writer The writer.
 * @param[out] err    NULL, or where to write the reason of a failure.
 * @return CLUS_OK; CLUS_E_ARGUMENT as for clus_writer_commit(); CLUS_E_IO; CLUS_E_NOMEM.
 *
 * Threads: one thread per writer.
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_writer_rollback(clus_writer *writer,
                                                          clus_error *err);

/**
 * Commit, then merge everything into one segment without deleted documents, and give the
 * room of what is no longer needed back to the file system. The file keeps its length and
 * gets holes: `du` tells what it takes. What a snapshot still reads is kept.
 *
 * @param[in]  writer The writer.
 * @param[out] err    NULL, or where to write the reason of a failure.
 * @return As clus_writer_commit().
 *
 * Threads: one thread per writer.
 * Cost: reads and writes the whole index, in several commits: what was rewritten gives its
 * room back before more is. As much free space again as the lists take, or a quarter of the
 * stored documents where that is more; what a snapshot reads meanwhile comes on top.
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_writer_compact(clus_writer *writer,
                                                         clus_error *err);

/**
 * The same as clus_writer_compact(), and give the documents an order in which similar ones
 * stand together: lists become smaller and searches faster, the more so the less the order
 * of adding had to do with what documents are about. Equally good hits are listed in that
 * order from then on. Documents added later follow in the order of adding.
 *
 * @param[in]  writer The writer.
 * @param[out] err    NULL, or where to write the reason of a failure.
 * @return As clus_writer_commit().
 *
 * Threads: one thread per writer.
 * Cost: as clus_writer_compact(), and about a microsecond of one thread for each pair of a
 * document and a term of it. Half of the writer's memory_bytes holds such pairs, of four
 * bytes each: where that is too little, the most frequent terms are left out of account.
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_writer_reorder(clus_writer *writer,
                                                         clus_error *err);

/**
 * Stop writing; what was not committed is forgotten. NULL is allowed and does nothing.
 *
 * Threads: one call per object.
 */
CLUS_API void clus_writer_free(clus_writer *writer);

#ifdef __cplusplus
}
#endif
#endif
