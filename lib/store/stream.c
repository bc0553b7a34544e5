/* Pages of a stream: first use of one, ranges over several, and streams over memory. */
#include "store/stream.h"

#include "base/alloc.h"
#include "store/env.h"

const uint8_t *clus__stream_read_slow(const struct stream *s, struct store_txn *txn,
                                      uint64_t off, size_t len, uint8_t *scratch)
{
    if (off > s->len || len > s->len - off)
        return NULL;
    uint64_t at;
    if (__builtin_add_overflow(s->base, off, &at) || (at + len) / PAGE_PAYLOAD > UINT32_MAX)
        return NULL;
    size_t done = 0;
    while (done < len) {
        uint32_t page = (uint32_t)((at + done) / PAGE_PAYLOAD);
        size_t in_page = (size_t)((at + done) % PAGE_PAYLOAD);
        size_t piece = PAGE_PAYLOAD - in_page;
        if (piece > len - done)
            piece = len - done;
        const uint8_t *p = page < s->n_pages ? clus__stream_page(s, txn, page) : NULL;
        if (!p)
            return NULL;
        /* of memcpy() GCC makes a string instruction here, which is slow to begin */
        memmove(scratch + done, p + in_page, piece);
        done += piece;
    }
    memset(scratch + len, 0, STREAM_OVERREAD);
    return scratch;
}

clus_status clus__stream_map(const struct store_txn *txn, uint32_t n_pages,
                             _Atomic(const uint8_t *) **out)
{
    if (n_pages > clus__txn_file_pages(txn))
        return CLUS_E_CORRUPT;
    void *pages = clus__calloc(n_pages, sizeof **out);
    if (!pages)
        return CLUS_E_NOMEM;
    *out = pages;
    return CLUS_OK;
}

/* A load past the end of `data` must stay in memory of ours, so its last STREAM_OVERREAD
 * bytes are read from a padded copy of the one or two pages that reach that far. */
static uint32_t first_copied_page(size_t len)
{
    size_t safe = len > STREAM_OVERREAD ? len - STREAM_OVERREAD : 0;
    return (uint32_t)(safe / PAGE_PAYLOAD);
}

clus_status clus__stream_of_memory(struct stream *s, struct bytes data)
{
    size_t n_pages = data.len / PAGE_PAYLOAD + (data.len % PAGE_PAYLOAD != 0);
    if (n_pages >= UINT32_MAX)
        return CLUS_E_LIMIT;
    uint32_t copied = first_copied_page(data.len);
    size_t tail = data.len - (size_t)copied * PAGE_PAYLOAD;
    size_t table = n_pages * sizeof *s->pages;
    uint8_t *room = clus__calloc(1, table + tail + STREAM_OVERREAD);
    if (!room)
        return CLUS_E_NOMEM;
    if (tail)
        memcpy(room + table, data.data + (size_t)copied * PAGE_PAYLOAD, tail);
    _Atomic(const uint8_t *) *pages = (void *)room;
    for (uint32_t i = 0; i < n_pages; i++) {
        const uint8_t *at = i < copied ? data.data + (size_t)i * PAGE_PAYLOAD
                                       : room + table + (size_t)(i - copied) * PAGE_PAYLOAD;
        atomic_init(&pages[i], at);
    }
    *s = (struct stream){.len = data.len, .n_pages = (uint32_t)n_pages, .pages = pages};
    return CLUS_OK;
}

void clus__stream_done(struct stream *s)
{
    void *room;
    memcpy(&room, &s->pages, sizeof room); /* no cast drops _Atomic without a warning */
    clus__free(room);
    *s = (struct stream){0};
}
