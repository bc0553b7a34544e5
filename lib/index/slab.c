/* Streams in memory, cut into pages. */
#include "index/slab.h"

#include "base/alloc.h"

static clus_status append(void *ctx, enum segment_stream stream, const void *data,
                          size_t len)
{
    struct slab *slab = ctx;
    clus__buf_add(&slab->data[stream], data, len);
    return clus__buf_status(&slab->data[stream]);
}

struct segment_sink clus__slab_sink(struct slab *slab)
{
    return (struct segment_sink){.ctx = slab, .append = append};
}

size_t clus__slab_bytes(const struct slab *slab)
{
    size_t sum = 0;
    for (int s = 0; s < SEG_STREAMS; s++)
        sum += slab->data[s].len;
    return sum;
}

void clus__slab_done(struct slab *slab)
{
    for (int s = 0; s < SEG_STREAMS; s++)
        clus__buf_done(&slab->data[s]);
}

void clus__slab_lengths(const struct slab *slab, uint64_t len[SEG_STREAMS])
{
    for (int s = 0; s < SEG_STREAMS; s++)
        len[s] = (uint64_t)slab->page[s] * PAGE_PAYLOAD + slab->data[s].len;
}

/* The unfinished ends are copied before anything moves, so that a failure changes nothing.
 */
clus_status clus__slab_split(struct slab *slab, struct slab *full)
{
    struct buf ends[SEG_STREAMS] = {0};
    clus_status st = CLUS_OK;
    for (int s = 0; s < SEG_STREAMS && st == CLUS_OK; s++) {
        size_t rest = slab->data[s].len % PAGE_PAYLOAD;
        if (slab->data[s].len == rest)
            continue;
        clus__buf_add(&ends[s], slab->data[s].data + slab->data[s].len - rest, rest);
        st = clus__buf_status(&ends[s]);
    }
    for (int s = 0; s < SEG_STREAMS; s++) {
        uint32_t pages = (uint32_t)(slab->data[s].len / PAGE_PAYLOAD);
        if (st != CLUS_OK || pages == 0) {
            clus__buf_done(&ends[s]);
            continue;
        }
        full->data[s] = slab->data[s];
        full->data[s].len = (size_t)pages * PAGE_PAYLOAD;
        full->page[s] = slab->page[s];
        slab->data[s] = ends[s];
        slab->page[s] += pages;
    }
    full->owner = slab->owner;
    return st;
}

struct page_writer {
    struct store_txn *txn;
    uint32_t owner, page;
    uint8_t stream;
    size_t used; /* of `payload` */
    uint8_t payload[PAGE_PAYLOAD];
};

static clus_status flush_page(struct page_writer *w)
{
    if (w->used == 0)
        return CLUS_OK;
    memset(w->payload + w->used, 0, PAGE_PAYLOAD - w->used);
    w->used = 0;
    return clus__store_put_page(w->txn, w->owner, w->stream, w->page++, w->payload);
}

static clus_status write_bytes(struct page_writer *w, const uint8_t *data, size_t len)
{
    while (len > 0) {
        if (w->used == 0 && len >= PAGE_PAYLOAD) {
            clus_status st =
                clus__store_put_page(w->txn, w->owner, w->stream, w->page++, data);
            if (st != CLUS_OK)
                return st;
            data += PAGE_PAYLOAD;
            len -= PAGE_PAYLOAD;
            continue;
        }
        size_t piece = PAGE_PAYLOAD - w->used < len ? PAGE_PAYLOAD - w->used : len;
        memcpy(w->payload + w->used, data, piece);
        w->used += piece;
        data += piece;
        len -= piece;
        if (w->used == PAGE_PAYLOAD) {
            clus_status st = flush_page(w);
            if (st != CLUS_OK)
                return st;
        }
    }
    return CLUS_OK;
}

static clus_status put_combined(const struct slab *slab, struct page_writer *w)
{
    static const uint8_t zeros[COMBINED_ALIGN];
    for (int s = 0; s < SEG_STREAMS; s++) {
        const struct buf *b = &slab->data[s];
        size_t pad = (COMBINED_ALIGN - b->len % COMBINED_ALIGN) % COMBINED_ALIGN;
        clus_status st = write_bytes(w, b->data, b->len);
        if (st == CLUS_OK)
            st = write_bytes(w, zeros, pad);
        if (st != CLUS_OK)
            return st;
    }
    return flush_page(w);
}

static bool never_split(const struct slab *slab)
{
    for (int s = 0; s < SEG_STREAMS; s++) {
        if (slab->page[s] != 0)
            return false;
    }
    return true;
}

clus_status clus__slab_put(const struct slab *slab, struct store_txn *txn, bool *combined)
{
    struct page_writer w = {.txn = txn, .owner = slab->owner};
    if (combined) {
        *combined = never_split(slab) && clus__slab_bytes(slab) <= COMBINED_MAX;
        if (*combined)
            return put_combined(slab, &w);
    }
    for (int s = 0; s < SEG_STREAMS; s++) {
        w.stream = (uint8_t)s;
        w.page = slab->page[s];
        clus_status st = write_bytes(&w, slab->data[s].data, slab->data[s].len);
        if (st == CLUS_OK)
            st = flush_page(&w);
        if (st != CLUS_OK)
            return st;
    }
    return CLUS_OK;
}
