/*
 * The index directory as the layers above see it: rows in a few small tables, bytes in
 * streams of pages, frozen views, one writer. Only this layer knows LMDB.
 *
 * Everything read is verified (checksum seeded with table and key) before it is returned.
 * Table and page formats: FORMAT.md beside this file.
 *
 * A second opening of a directory in one process shares the first one's environment. In a
 * child of fork() every call refuses with CLUS_E_ARGUMENT; the child may open the index for
 * itself.
 */
#ifndef CLUS_STORE_STORE_H
#define CLUS_STORE_STORE_H

#include <clustersearch/base.h>

#include "base/bytes.h"
#include "store/stream.h"

struct store;     /* an open environment, shared by the threads and handles of a process */
struct store_txn; /* a frozen view, or the write transaction */

/* Writes the rows that an index is never seen without, inside its creation. */
typedef clus_status store_init_fn(struct store_txn *txn, void *ctx);

struct store_options {
    bool trusted;
    bool unsafe_build;
    uint64_t map_size;   /* 0: 1 TiB, or the largest the address space allows */
    store_init_fn *init; /* NULL, or called by clus__store_create() */
    void *init_ctx;
};

/* Tables. Keys are 1..64 bytes, values at most STORE_MAX_ROW bytes. */
enum store_table {
    TABLE_INFO,      /* name → configuration, versions, counters */
    TABLE_SEGMENTS,  /* manifest: what a reader of this view may use */
    TABLE_DELETIONS, /* segment, chunk → deleted documents */
    TABLE_PACKS,     /* stored documents: first document number → pack */
    TABLE_PENDING,   /* owners being written: garbage if nobody is writing */
    TABLE_DROPPED,   /* owners no longer in the manifest whose pages are being removed */
    TABLE_COUNT
};
enum { STORE_MAX_ROW = 1900 }; /* stays inside a leaf page */

CLUS_MUST_CHECK clus_status clus__store_create(const char *path,
                                               const struct store_options *opts,
                                               struct store **out, clus_error *err);
CLUS_MUST_CHECK clus_status clus__store_open(const char *path,
                                             const struct store_options *opts,
                                             struct store **out, clus_error *err);
clus_status clus__store_close(struct store *store,
                              clus_error *err); /* ends an unsafe build */

/* The writer's lock, apart from LMDB's own: waits up to timeout_ms (UINT32_MAX: for ever),
 * CLUS_E_BUSY names the holder's pid. Clears readers that died. Belongs to this handle;
 * CLUS_E_ARGUMENT if the handle has it already. */
CLUS_MUST_CHECK clus_status clus__store_lock(struct store *store, uint32_t timeout_ms,
                                             clus_error *err);
void clus__store_unlock(struct store *store);

/* A frozen view; may move between threads, used by one at a time. */
CLUS_MUST_CHECK clus_status clus__store_read(struct store *store, struct store_txn **out,
                                             clus_error *err);
/* The write transaction; needs the lock; one at a time; begin and end in one thread. It
 * sees its own writes. */
CLUS_MUST_CHECK clus_status clus__store_write(struct store *store, bool relaxed,
                                              struct store_txn **out, clus_error *err);
/* Ends and frees *txn in every case. Refuses if a write of it failed, with that status.
 * Without changes nothing is written, and clus__store_txn_id() stays. */
CLUS_MUST_CHECK clus_status clus__store_commit(struct store_txn *txn, clus_error *err);
void clus__store_abort(struct store_txn *txn); /* also ends a view; NULL is fine */

/* Number that changes with every commit of any process, as the view sees it. */
uint64_t clus__store_txn_id(const struct store_txn *txn);

/* Rows. get: CLUS_DONE when there is none; *value is borrowed from the view (from a write
 * transaction: until its next write). Statuses: CLUS_E_CORRUPT, CLUS_E_FULL, CLUS_E_IO,
 * NOMEM. */
CLUS_MUST_CHECK clus_status clus__store_get(struct store_txn *txn, enum store_table table,
                                            struct bytes key, struct bytes *value);
CLUS_MUST_CHECK clus_status clus__store_put(struct store_txn *txn, enum store_table table,
                                            struct bytes key, struct bytes value);
CLUS_MUST_CHECK clus_status
clus__store_del(struct store_txn *txn, enum store_table table,
                struct bytes key); /* CLUS_DONE: was not there */

/* Walk a table in key order: start with *key empty (len 0) or at the first key >= *key.
 *     struct store_row row = {0};
 *     while ((st = clus__store_next(txn, TABLE_SEGMENTS, &row)) == CLUS_OK) … row.key,
 * row.value The row's bytes are copies inside *row, so the table may be changed while
 * walking. A key that lies elsewhere than in *row is a start: the row with that key
 * included. */
struct store_row {
    uint8_t key_bytes[64];
    uint8_t value_bytes[STORE_MAX_ROW];
    struct bytes key, value;
};
CLUS_MUST_CHECK clus_status clus__store_next(struct store_txn *txn, enum store_table table,
                                             struct store_row *row);

/* Pages. `payload` has PAGE_PAYLOAD bytes. Ascending (owner, stream, page) is fastest. */
CLUS_MUST_CHECK clus_status clus__store_put_page(struct store_txn *txn, uint32_t owner,
                                                 uint8_t stream, uint32_t page,
                                                 const uint8_t *payload);
/* Verified payload in place, or NULL. */
const uint8_t *clus__store_page(struct store_txn *txn, uint32_t owner, uint8_t stream,
                                uint32_t page);
/* Remove up to max_pages pages of an owner; CLUS_DONE when none are left. */
CLUS_MUST_CHECK clus_status clus__store_drop_pages(struct store_txn *txn, uint32_t owner,
                                                   uint32_t max_pages, uint32_t *dropped);
/* Walk the owners that have pages: smallest owner >= *owner, or CLUS_DONE. For the check.
 */
CLUS_MUST_CHECK clus_status clus__store_next_owner(struct store_txn *txn, uint32_t *owner);

/* Room for the page addresses of one physical stream; freed with clus__free().
 * CLUS_E_CORRUPT for more pages than the file has. */
CLUS_MUST_CHECK clus_status clus__stream_map(const struct store_txn *txn, uint32_t n_pages,
                                             _Atomic(const uint8_t *) **out);

/* Give the room of free pages back to the file system, as holes: the file stays as long as
 * it is. Does nothing where the file system knows no holes. Pages that a view still reads
 * stay. Needs the lock and no write transaction; makes one commit. */
CLUS_MUST_CHECK clus_status clus__store_trim(struct store *store, clus_error *err);

struct store_figures {
    uint64_t file_bytes; /* room it takes on the disk: holes take none */
    uint64_t used_pages, free_pages, page_size;
    uint32_t readers, readers_max;
    uint64_t oldest_reader_lag; /* commits between the oldest reader and now */
    const char *engine;         /* static */
};
CLUS_MUST_CHECK clus_status clus__store_figures(struct store *store, struct store_txn *txn,
                                                struct store_figures *out);

/* Full check of the file, reporting findings: trees, free list, every page once, headers;
 * then the checksums of all rows and pages. CLUS_E_CORRUPT if there was a finding. */
typedef void store_finding_fn(void *ctx, const char *where, const char *message);
CLUS_MUST_CHECK clus_status clus__store_verify(struct store *store, store_finding_fn *fn,
                                               void *ctx, clus_error *err);

#endif
