/* A growing run of bytes. */
#include "base/buf.h"

#include <string.h>

#include "base/alloc.h"
#include "base/le.h"

uint8_t *clus__buf_room(struct buf *b, size_t n)
{
    if (b->status != CLUS_OK)
        return NULL;
    size_t need;
    if (__builtin_add_overflow(b->len, n, &need) || (b->max && need > b->max)) {
        b->status = CLUS_E_LIMIT;
        return NULL;
    }
    b->status = clus__grow(&b->data, &b->cap, need ? need : 1, 1);
    return b->status == CLUS_OK ? b->data + b->len : NULL;
}

void clus__buf_add(struct buf *b, const void *data, size_t n)
{
    uint8_t *to = clus__buf_room(b, n);
    if (!to || n == 0)
        return;
    memcpy(to, data, n);
    b->len += n;
}

void clus__buf_byte(struct buf *b, uint8_t byte)
{
    clus__buf_add(b, &byte, 1);
}

void clus__buf_u32(struct buf *b, uint32_t v)
{
    uint8_t raw[4];
    clus__put_le32(raw, v);
    clus__buf_add(b, raw, sizeof raw);
}

void clus__buf_u64(struct buf *b, uint64_t v)
{
    uint8_t raw[8];
    clus__put_le64(raw, v);
    clus__buf_add(b, raw, sizeof raw);
}

void clus__buf_varint(struct buf *b, uint64_t v)
{
    uint8_t raw[10];
    size_t n = 0;
    for (; v >= 0x80; v >>= 7)
        raw[n++] = (uint8_t)(v | 0x80);
    raw[n++] = (uint8_t)v;
    clus__buf_add(b, raw, n);
}

void clus__buf_clear(struct buf *b)
{
    b->len = 0;
    b->status = CLUS_OK;
}

void clus__buf_done(struct buf *b)
{
    clus__free(b->data);
    *b = (struct buf){.max = b->max};
}
