/*
 * A growing run of bytes with a maximum and a sticky status: append without looking,
 * ask once at the end. The only place in the library where errors stick.
 *
 *     struct buf b = {.max = 1 << 20};
 *     clus__buf_add(&b, data, len);
 *     if (clus__buf_status(&b) != CLUS_OK) ...
 *     clus__buf_done(&b);
 */
#ifndef CLUS_BASE_BUF_H
#define CLUS_BASE_BUF_H

#include <clustersearch/base.h>

#include "base/bytes.h"

struct buf {
    uint8_t *data;
    size_t len;
    size_t cap;
    size_t max; /* 0: no bound but memory */
    clus_status
        status; /* CLUS_OK, CLUS_E_NOMEM or CLUS_E_LIMIT; later appends do nothing */
};

/* Room for n more bytes, or NULL; does not change len. */
uint8_t *clus__buf_room(struct buf *b, size_t n);
void clus__buf_add(struct buf *b, const void *data, size_t n);
void clus__buf_byte(struct buf *b, uint8_t byte);
void clus__buf_u32(struct buf *b, uint32_t v); /* little-endian */
void clus__buf_u64(struct buf *b, uint64_t v);
void clus__buf_varint(struct buf *b, uint64_t v); /* LEB128 */
void clus__buf_clear(struct buf *b);              /* keeps the memory, forgets the status */
void clus__buf_done(struct buf *b);               /* frees */

static inline clus_status clus__buf_status(const struct buf *b)
{
    return b->status;
}

static inline struct bytes clus__buf_bytes(const struct buf *b)
{
    return (struct bytes){b->data, b->len};
}

#endif
