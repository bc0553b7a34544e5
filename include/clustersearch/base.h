/**
 * @file clustersearch/base.h
 * Status codes, error details and plain value types that every header uses.
 */
#ifndef CLUSTERSEARCH_BASE_H
#define CLUSTERSEARCH_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define CLUS_API __attribute__((visibility("default")))
#define CLUS_MUST_CHECK __attribute__((warn_unused_result))
#else
#define CLUS_API
#define CLUS_MUST_CHECK
#endif

/** Outcome of a call. Negative: failed. Zero: worked. Positive: worked, see the name. */
typedef enum clus_status {
    CLUS_OK = 0,
    CLUS_DONE = 1,        /**< An iterator has no further element; nothing of that name. */
    CLUS_E_NOMEM = -1,    /**< An allocation failed; nothing was changed. */
    CLUS_E_ARGUMENT = -2, /**< The caller broke a documented precondition. */
    CLUS_E_SYNTAX = -3,   /**< The query text cannot be parsed; see clus_error::offset. */
    CLUS_E_CORRUPT = -4,  /**< Stored bytes contradict the index format. */
    CLUS_E_BUSY = -5,     /**< Another writer holds the index; try again later. */
    CLUS_E_FULL = -6,     /**< The disk or the index's maximum size is used up. */
    CLUS_E_TIMEOUT = -7,  /**< The deadline passed; no partial result is kept. */
    CLUS_E_MISSING = -8,  /**< There is no index at that path. */
    CLUS_E_EXISTS = -9,   /**< Something is in the way of what was to be created. */
    CLUS_E_IO = -10,      /**< The operating system failed a call; see clus_error::sys. */
    CLUS_E_VERSION = -11, /**< The index is of a format that this library cannot read. */
    CLUS_E_ANALYZER =
        -12,           /**< The index was made with other text rules: re-index to write. */
    CLUS_E_LIMIT = -13 /**< An input is larger than a documented bound. */
} clus_status;

/**
 * Why a call failed, in storage that the caller owns.
 *
 * Pass NULL where the text does not matter. A callee writes it only when it
 * returns a negative status, and then always. The layout is frozen (256 bytes),
 * so reporting an out-of-memory error needs no memory.
 */
typedef struct clus_error {
    int32_t code;      /**< The clus_status that was returned. */
    int32_t sys;       /**< errno or storage-engine code for logs; 0 when there is none. */
    uint64_t offset;   /**< Byte offset in the query or document, else UINT64_MAX. */
    char message[240]; /**< One line of UTF-8, no trailing newline, NUL-terminated. */
} clus_error;

/** Borrowed UTF-8 text: `len` bytes at `data`, not NUL-terminated, never freed by you. */
typedef struct clus_str {
    const char *data;
    size_t len;
} clus_str;

/**
 * Name a status, e.g. "CLUS_E_CORRUPT".
 *
 * @return Static string; "CLUS_?" for a value this version does not know.
 * Threads: any.
 */
CLUS_API const char *clus_status_name(clus_status status);

/**
 * Version of the library that is loaded, which may be newer than the headers.
 *
 * @return 0xMMmmpp: major, minor and patch, one byte each.
 * Threads: any.
 */
CLUS_API uint32_t clus_version(void);

#ifdef __cplusplus
}
#endif
#endif
