/**
 * @file clustersearch/index.h
 * An index on disk, frozen views of it, and what can be asked of them besides a search.
 *
 * Lifetimes, parent to child; free a child before its parent:
 *
 *     clus_index > clus_snapshot > clus_results > clus_hit (borrowed)
 *     clus_index > clus_writer
 *
 * A process opens one directory once; a second clus_index_open() of the same
 * directory shares the first one's environment. A child of fork() must not touch
 * handles of its parent, nor what came of them: opening a snapshot or a writer and
 * writing are refused with CLUS_E_ARGUMENT there, searching an inherited snapshot is not.
 */
#ifndef CLUSTERSEARCH_INDEX_H
#define CLUSTERSEARCH_INDEX_H

#include <clustersearch/analyzer.h>
#include <clustersearch/base.h>
#include <clustersearch/document.h>

#ifdef __cplusplus
extern "C" {
#endif

/** An open index. Any thread, at once. */
typedef struct clus_index clus_index;
/** One frozen view of an index. Used by one thread at a time. */
typedef struct clus_snapshot clus_snapshot;

/** How to create an index. All-zero means the defaults. */
typedef struct clus_create_options {
    clus_analyzer_kind analyzer; /**< Kept for the life of the index. */
    bool no_positions; /**< Leave positions out: smaller, phrases become conjunctions. */
    bool no_store;     /**< Keep ids, dates and filters only: no documents, no snippets. */
    bool unsafe_build; /**< No durability until the first clus_index_close(): the directory
                            appears under its name only then. For a bulk load that can be
                            started again. */
    uint64_t reserved[4]; /**< Zero. */
} clus_create_options;

/** How to open an index. All-zero means the defaults. */
typedef struct clus_open_options {
    bool trusted; /**< Skip the structural check of the file at open (about 10 ms a GB);
                       a damaged or hostile file may then crash the process. */
    uint64_t map_size;    /**< Largest size the file may reach, in bytes; 0 means 1 TiB. */
    uint64_t reserved[4]; /**< Zero. */
} clus_open_options;

/**
 * Create an empty index in a directory that does not exist or is empty.
 *
 * It is built beside `path` and renamed, so a half-made index is never seen under
 * that name. Network file systems are refused.
 *
 * @param[in]  path Directory; its parent must exist.
 * @param[in]  opts NULL means defaults.
 * @param[out] out  The open index. Untouched on failure.
 * @param[out] err  NULL, or where to write the reason of a failure.
 * @return CLUS_OK; CLUS_E_EXISTS; CLUS_E_ARGUMENT; CLUS_E_IO; CLUS_E_FULL; CLUS_E_NOMEM.
 *
 * Ownership: the caller closes *out with clus_index_close().
 * Threads: any.
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_index_create(const char *path,
                                                       const clus_create_options *opts,
                                                       clus_index **out, clus_error *err);

/**
 * Open an existing index for reading and writing.
 *
 * Readers, too, write to lock.mdb in the directory, where they tell which commit they read;
 * only on a file system that is mounted read-only they do without.
 *
 * @param[in]  path The directory.
 * @param[in]  opts NULL means defaults.
 * @param[out] out  The open index. Untouched on failure.
 * @param[out] err  NULL, or where to write the reason of a failure.
 * @return CLUS_OK; CLUS_E_MISSING; CLUS_E_CORRUPT; CLUS_E_VERSION for a newer format;
 *         CLUS_E_ARGUMENT; CLUS_E_IO; CLUS_E_NOMEM.
 *
 * Ownership: the caller closes *out with clus_index_close().
 * Threads: any.
 * Cost: a structural check of the file's tree pages, about 10 ms a GB, unless trusted.
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_index_open(const char *path,
                                                     const clus_open_options *opts,
                                                     clus_index **out, clus_error *err);

/**
 * Close an index. Snapshots and writers must be freed before.
 *
 * Ends an unsafe build: syncs everything and gives the directory its name.
 *
 * @param[in]  index NULL is allowed and does nothing.
 * @param[out] err   NULL, or where to write the reason of a failure.
 * @return CLUS_OK; after an unsafe build also CLUS_E_IO, CLUS_E_FULL, CLUS_E_EXISTS. The
 *         handle is gone in every case.
 *
 * Threads: one call per object, after the last use in any thread.
 */
CLUS_API clus_status clus_index_close(clus_index *index, clus_error *err);

/**
 * The analyzer of the index, as it was chosen at creation.
 *
 * @return Never NULL.
 *
 * Ownership: borrowed from `index` until it is closed.
 * Threads: any.
 */
CLUS_API const clus_analyzer *clus_index_analyzer(const clus_index *index);

/**
 * Whether the text rules of this library still are those the index was made with.
 *
 * @param[in]  index  The index.
 * @param[out] stored NULL, or receives the stored fingerprint.
 * @return CLUS_OK when they are; CLUS_E_ANALYZER when they differ: reading works, with
 * words that may not be found; writing is refused until everything is indexed anew.
 *
 * Ownership: *stored is borrowed from `index` until it is closed.
 * Threads: any.
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_index_fingerprint(const clus_index *index,
                                                            const char **stored);

/**
 * Freeze a view of the last commit. Later commits do not change it and never wait for it.
 *
 * A snapshot that is kept for long keeps the pages of removed data from being reused:
 * open one per search or per burst of searches.
 *
 * @param[in]  index The index.
 * @param[out] out   The view. Untouched on failure.
 * @param[out] err   NULL, or where to write the reason of a failure.
 * @return CLUS_OK; CLUS_E_ARGUMENT; CLUS_E_CORRUPT; CLUS_E_BUSY when 1000 readers are
 * active; CLUS_E_IO; CLUS_E_NOMEM.
 *
 * Ownership: the caller frees *out with clus_snapshot_free().
 * Threads: any; each snapshot by one thread at a time.
 * Cost: about a microsecond when nothing was committed since the last one.
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_snapshot_open(clus_index *index,
                                                        clus_snapshot **out,
                                                        clus_error *err);

/**
 * Release a view. NULL is allowed and does nothing.
 *
 * Threads: one call per object.
 */
CLUS_API void clus_snapshot_free(clus_snapshot *snap);

/**
 * Read a stored document by its external id.
 *
 * @param[in]  snap The view.
 * @param[in]  id   External id.
 * @param[out] out  The document. Untouched unless CLUS_OK.
 * @param[out] err  NULL, or where to write the reason of a failure.
 * @return CLUS_OK; CLUS_DONE when there is no such document; CLUS_E_ARGUMENT;
 *         CLUS_E_CORRUPT; CLUS_E_NOMEM. With no_store the document has its id only.
 *
 * Ownership: the caller frees *out with clus_stored_free().
 * Threads: one thread per snapshot.
 * Cost: tens of microseconds.
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_snapshot_get(clus_snapshot *snap, clus_str id,
                                                       clus_stored **out, clus_error *err);

/** Bytes of one kind of data. */
typedef struct clus_part_size {
    const char *name; /**< Static, e.g. "postings". */
    uint64_t bytes;   /**< As stored, checksums included. */
} clus_part_size;

/** Figures of a view. */
typedef struct clus_stats {
    uint64_t documents;  /**< Live documents. */
    uint64_t deleted;    /**< Deleted or replaced, not yet merged away. */
    uint64_t terms;      /**< Entries of the term dictionaries, summed over segments. */
    uint64_t forms;      /**< Entries of the surface dictionaries, summed over segments. */
    uint64_t postings;   /**< Pairs of term and document. */
    uint64_t tokens;     /**< Occurrences in them: of title and text, and of extra where a
                              term stands nowhere else in its document. */
    uint32_t segments;   /**< Immutable parts. */
    uint32_t readers;    /**< Reader slots in use, in all processes. */
    uint64_t generation; /**< Commits since creation; a compaction is several. */
    uint64_t file_bytes; /**< Room the data file takes on the disk. */
    uint64_t live_bytes; /**< Bytes of it in use by this view. */
    clus_part_size parts[16]; /**< Up to n_parts entries. */
    uint32_t n_parts;         /**< Entries in `parts`. */
    uint32_t format;          /**< Version of the index format. */
    const char
        *fingerprint;   /**< Stored fingerprint of the analyzer; borrowed from the index. */
    const char *engine; /**< Static: storage engine and its version. */
} clus_stats;

/**
 * Count what the view holds.
 *
 * @param[in]  snap The view.
 * @param[out] out  Filled on CLUS_OK, untouched otherwise.
 * @param[out] err  NULL, or where to write the reason of a failure.
 * @return CLUS_OK; CLUS_E_ARGUMENT; CLUS_E_CORRUPT; CLUS_E_IO.
 *
 * Threads: one thread per snapshot.
 * Cost: O(segments).
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_snapshot_stats(clus_snapshot *snap,
                                                         clus_stats *out, clus_error *err);

/** Which dictionary to walk. */
typedef enum clus_dictionary {
    CLUS_TERMS = 0, /**< Stems and unstemmed words. */
    CLUS_FORMS = 1, /**< Folded surface forms. */
    CLUS_VALUES = 2 /**< Filterable values as "field=value". */
} clus_dictionary;

/** A walk over a dictionary, in byte order. Used by one thread at a time. */
typedef struct clus_terms clus_terms;

/** One entry of a dictionary. */
typedef struct clus_term {
    clus_str text;      /**< The term. */
    uint64_t documents; /**< Documents that hold it, deleted ones included until merged. */
    uint64_t occurrences; /**< How often it occurs in them. */
} clus_term;

/**
 * Walk the entries that start with a prefix.
 *
 * @param[in]  snap   The view; must outlive *out.
 * @param[in]  dict   Which dictionary.
 * @param[in]  prefix Folded text, empty for all.
 * @param[out] out    The walk. Untouched on failure.
 * @param[out] err    NULL, or where to write the reason of a failure.
 * @return CLUS_OK; CLUS_E_ARGUMENT; CLUS_E_CORRUPT; CLUS_E_NOMEM.
 *
 * Ownership: the caller frees *out with clus_terms_free().
 * Threads: one thread per snapshot.
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_terms_open(clus_snapshot *snap,
                                                     clus_dictionary dict, clus_str prefix,
                                                     clus_terms **out, clus_error *err);

/**
 * Step to the next entry.
 *
 * @param[in]  terms From clus_terms_open().
 * @param[out] out   Filled on CLUS_OK, untouched otherwise.
 * @param[out] err   NULL, or where to write the reason of a failure.
 * @return CLUS_OK; CLUS_DONE after the last; CLUS_E_CORRUPT; CLUS_E_NOMEM.
 *
 * Ownership: out->text is borrowed until the next call on `terms`.
 * Threads: one thread per object.
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_terms_next(clus_terms *terms, clus_term *out,
                                                     clus_error *err);

/**
 * Release a walk. NULL is allowed and does nothing.
 *
 * Threads: one call per object.
 */
CLUS_API void clus_terms_free(clus_terms *terms);

/**
 * Receives one finding of clus_index_check().
 *
 * @param[in] ctx     As given to the check.
 * @param[in] where   What is wrong, e.g. "segment 12, postings of «кластер»".
 * @param[in] message What is wrong with it.
 */
typedef void clus_check_fn(void *ctx, const char *where, const char *message);

/**
 * Read everything: verify the file's structure, all checksums, all lists and totals.
 *
 * @param[in]  index    The index.
 * @param[in]  fn       NULL, or called for each finding.
 * @param[in]  ctx      Passed to `fn`.
 * @param[out] findings NULL, or how many findings there were.
 * @param[out] err      NULL, or where to write the reason of a failure.
 * @return CLUS_OK when nothing is wrong; CLUS_E_CORRUPT when something is;
 *         CLUS_E_ARGUMENT; CLUS_E_IO; CLUS_E_NOMEM.
 *
 * Threads: any; works on a snapshot of its own.
 * Cost: reads the whole file, about a second a GB.
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_index_check(clus_index *index, clus_check_fn *fn,
                                                      void *ctx, uint64_t *findings,
                                                      clus_error *err);

#ifdef __cplusplus
}
#endif
#endif
