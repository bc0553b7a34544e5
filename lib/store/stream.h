/*
 * A stream: one logical run of bytes that is stored in pages of PAGE_PAYLOAD bytes.
 *
 * Pages of a live owner never change and never move, so a stream remembers where each page
 * lies in the map after its first use and its checksum was verified then; any number of
 * threads may share it. Reading costs one load for a page seen before.
 */
#ifndef CLUS_STORE_STREAM_H
#define CLUS_STORE_STREAM_H

#include <stdatomic.h>

#include <clustersearch/base.h>

#include "base/bytes.h"

enum {
    PAGE_BYTES = 4080, /* an LMDB value that fills exactly one overflow page */
    PAGE_TRAILER = 16, /* checksum and place, see FORMAT.md */
    PAGE_PAYLOAD = PAGE_BYTES - PAGE_TRAILER,
    STREAM_OVERREAD =
        16 /* a decoder may load, not use, so many bytes past what it asked for */
};

struct store_txn;

struct stream {
    uint32_t owner;   /* segment or pack */
    uint8_t id;       /* which physical stream of the owner */
    uint64_t base;    /* where this stream begins in the physical one */
    uint64_t len;     /* bytes */
    uint32_t n_pages; /* of the physical stream */
    _Atomic(const uint8_t *)
        *pages; /* payloads seen before; shared by streams with one id */
};

/* Load and verify a page; NULL if it is missing or damaged. */
const uint8_t *clus__stream_page_slow(const struct stream *s, struct store_txn *txn,
                                      uint32_t page);

/* Copy a range that crosses pages into scratch. */
const uint8_t *clus__stream_read_slow(const struct stream *s, struct store_txn *txn,
                                      uint64_t off, size_t len, uint8_t *scratch);

/* For `page` < s->n_pages. */
static inline const uint8_t *clus__stream_page(const struct stream *s,
                                               struct store_txn *txn, uint32_t page)
{
    const uint8_t *p = atomic_load_explicit(&s->pages[page], memory_order_acquire);
    return p ? p : clus__stream_page_slow(s, txn, page);
}

/* `len` bytes at `off`: in place when they lie in one page, else copied into `scratch`,
 * which has room for len + STREAM_OVERREAD. NULL when out of range, missing or damaged: the
 * caller answers CLUS_E_CORRUPT. In place the bytes stay as long as the owner lives in the
 * transaction's view. */
static inline const uint8_t *clus__stream_read(const struct stream *s,
                                               struct store_txn *txn, uint64_t off,
                                               size_t len, uint8_t *scratch)
{
    if (off > s->len || len > s->len - off)
        return NULL;
    uint64_t at = s->base + off, page = at / PAGE_PAYLOAD;
    size_t in_page = (size_t)(at % PAGE_PAYLOAD);
    if (len > PAGE_PAYLOAD - in_page || page >= s->n_pages)
        return clus__stream_read_slow(s, txn, off, len, scratch);
    const uint8_t *p = clus__stream_page(s, txn, (uint32_t)page);
    return p ? p + in_page : NULL;
}

/* Ask for the `len` bytes at `off` ahead of reading them, as far as their page was seen
 * before. */
static inline void clus__stream_prefetch(const struct stream *s, uint64_t off, size_t len)
{
    uint64_t at = s->base + off, page = at / PAGE_PAYLOAD;
    if (off >= s->len || page >= s->n_pages)
        return;
    const uint8_t *p = atomic_load_explicit(&s->pages[page], memory_order_acquire);
    size_t from = (size_t)(at % PAGE_PAYLOAD);
    for (size_t i = 0; p && i < len && from + i < PAGE_PAYLOAD; i += 64)
        __builtin_prefetch(p + from + i);
}

/* Ask for what tells where the pages of the `len` bytes at `off` lie. */
static inline void clus__stream_prefetch_places(const struct stream *s, uint64_t off,
                                                size_t len)
{
    uint64_t page = (s->base + off) / PAGE_PAYLOAD, more = len / PAGE_PAYLOAD;
    if (page < s->n_pages)
        __builtin_prefetch(&s->pages[page]);
    if (page + more < s->n_pages)
        __builtin_prefetch(&s->pages[page + more]);
}

/* A stream over bytes in memory, for tests and for segments not yet stored: *s borrows
 * `data` until clus__stream_done(). */
CLUS_MUST_CHECK clus_status clus__stream_of_memory(struct stream *s, struct bytes data);
void clus__stream_done(struct stream *s); /* frees `pages` of a stream of memory */

#endif
