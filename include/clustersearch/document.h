/**
 * @file clustersearch/document.h
 * What is indexed and given back: a document and its fields.
 */
#ifndef CLUSTERSEARCH_DOCUMENT_H
#define CLUSTERSEARCH_DOCUMENT_H

#include <clustersearch/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A named value that is stored and returned but not searched. */
typedef struct clus_field {
    clus_str name;  /**< 1..255 bytes of UTF-8. */
    clus_str value; /**< Any bytes. */
} clus_field;

/**
 * One document. All-zero members mean "absent"; only `text` or `title` need be there.
 *
 * Text may hold any bytes: what is not UTF-8 is read as U+FFFD and counted, and the
 * stored copy keeps the original bytes.
 */
typedef struct clus_document {
    clus_str
        id; /**< External id, 1..500 bytes; absent: 32 hex digits of the content's hash. */
    clus_str title; /**< Searched, weighs most. */
    clus_str text;  /**< Searched; its first 150 tokens are the lead. */
    clus_str extra; /**< Page furniture (menus, "recent posts"): searched with least weight,
                         never shown in snippets. */
    clus_str
        lang; /**< "ru", "kk" or another tag; absent: decided from the words. Filterable. */
    clus_str
        date; /**< ISO 8601 `YYYY[-MM[-DD[THH:MM[:SS][Z|+hh:mm]]]]`; filterable, sortable. A
                 text in another shape is stored but cannot be filtered on. */
    clus_str source;          /**< Publisher or site, filterable as it is written. */
    clus_str url;             /**< Stored. */
    const clus_str *tags;     /**< Filterable as written, each 1..255 bytes. */
    size_t n_tags;            /**< Entries in `tags`, at most 1024. */
    const clus_field *fields; /**< Stored and returned in this order. */
    size_t n_fields;          /**< Entries in `fields`, at most 1024. */
} clus_document;

/** A stored document that was read back; it owns its bytes. */
typedef struct clus_stored clus_stored;

/**
 * The fields of a document that was read back, byte for byte as they were added. A document
 * that was added without id or language has those that were made for it.
 *
 * @param[in] stored From clus_snapshot_get() or clus_results_document().
 * @return Never NULL; members that were absent have len 0.
 *
 * Ownership: borrowed from `stored` until it is freed.
 * Threads: any; the object never changes.
 */
CLUS_API const clus_document *clus_stored_view(const clus_stored *stored);

/**
 * Release a document that was read back. NULL is allowed and does nothing.
 *
 * Threads: one call per object.
 */
CLUS_API void clus_stored_free(clus_stored *stored);

#ifdef __cplusplus
}
#endif
#endif
