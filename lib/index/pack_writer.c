/* Stored documents: frames are written. */
#include "index/pack.h"

#include <zstd.h>

#include "base/alloc.h"
#include "base/le.h"
#include "codec/narrow.h"

enum {
    RECORD_HEADER_MAX = 10,
    WORSE_MOST = 4 /* symbols may make a quarter more bytes than zstd */
};
static const double AGED = 1.1;    /* as much more than of their own sample: learn anew */
enum { NARROW_LARGEST = 1 << 20 }; /* of a long document alone no other copy is made */

/* Of a frame that begins at the end of the data. */
static void add_entry(struct pack_writer *w, uint64_t first, uint32_t raw_len)
{
    clus__buf_u32(&w->dir, (uint32_t)(first - w->row.first_docnum));
    clus__buf_u64(&w->dir, w->data.len);
    w->row.n_frames++;
    w->row.raw_bytes += raw_len;
}

/* The bytes of the frame to be compressed: narrowed, if that makes them fewer. */
static clus_status narrow(struct pack_writer *w, struct bytes raw, struct bytes *out)
{
    *out = raw;
    if (raw.len > NARROW_LARGEST)
        return CLUS_OK;
    uint8_t *to = clus__buf_room(&w->narrow, NARROW_MOST * raw.len + NARROW_OVER);
    if (!to)
        return clus__buf_status(&w->narrow);
    size_t len = clus__narrow(clus__cpu_best(), raw, to);
    if (len < raw.len)
        *out = (struct bytes){to, len};
    return CLUS_OK;
}

static clus_status deflate(struct pack_writer *w, struct bytes in, uint8_t *to, size_t room,
                           size_t *len)
{
    if (!w->zstd && !(w->zstd = ZSTD_createCCtx()))
        return CLUS_E_NOMEM;
    *len = ZSTD_compressCCtx(w->zstd, to, room, in.data, in.len, PACK_LEVEL);
    /* no memory is the only way to fail with room for the bound */
    return ZSTD_isError(*len) ? CLUS_E_NOMEM : CLUS_OK;
}

/* Codes of symbols; by zstd where there are none, or they do not fit what comes. *coded is
 * the flag for that. */
static clus_status compress(struct pack_writer *w, struct bytes in, uint8_t *to,
                            size_t room, size_t *len, uint32_t *coded)
{
    *coded = 0;
    if (w->finder && w->table_len > 0 && in.len <= NARROW_LARGEST) {
        *len = clus__symbols_encode(w->finder, in, to);
        if (*len <= in.len / 4 * 3) {
            *coded = FRAME_CODED;
            return CLUS_OK;
        }
    }
    return deflate(w, in, to, room, len);
}

static size_t most_of(size_t len)
{
    size_t bound = ZSTD_compressBound(len);
    return len <= NARROW_LARGEST && bound < SYMBOLS_MORE * len ? SYMBOLS_MORE * len : bound;
}

static clus_status end_frame(struct pack_writer *w)
{
    struct bytes in, raw = clus__buf_bytes(&w->frame);
    size_t len;
    uint32_t coded;
    if (raw.len == 0)
        return CLUS_OK;
    clus_status st = narrow(w, raw, &in);
    if (st != CLUS_OK)
        return st;
    size_t room = most_of(in.len);
    uint8_t *to = clus__buf_room(&w->data, FRAME_HEADER + room);
    if (!to)
        return clus__buf_status(&w->data);
    st = compress(w, in, to + FRAME_HEADER, room, &len, &coded);
    if (st != CLUS_OK)
        return st;
    clus__put_le32(to, (uint32_t)raw.len | (in.data == raw.data ? 0 : FRAME_NARROWED));
    clus__put_le32(to + 4, (uint32_t)len | coded);
    clus__put_le32(to + 8, w->frame_docs);
    clus__put_le32(to + 12, (uint32_t)(w->last - w->frame_first));
    add_entry(w, w->frame_first, (uint32_t)raw.len);
    w->data.len += FRAME_HEADER + len;
    clus__buf_clear(&w->frame);
    w->frame_docs = 0;
    return clus__buf_status(&w->dir);
}

/* A sample in pieces as long as frames: how many bytes symbols make of it, or zstd. */
static clus_status try_sample(struct pack_writer *w, struct bytes in, bool symbols,
                              size_t *total)
{
    size_t room = most_of(FRAME_TARGET);
    uint8_t *to = clus__buf_room(&w->frame, room);
    clus_status st = to ? CLUS_OK : clus__buf_status(&w->frame);
    *total = 0;
    for (size_t at = 0; at < in.len && st == CLUS_OK; at += FRAME_TARGET) {
        size_t len = 0;
        struct bytes piece = {in.data + at, in.len - at};
        piece.len = piece.len < FRAME_TARGET ? piece.len : FRAME_TARGET;
        if (symbols)
            len = clus__symbols_encode(w->finder, piece, to);
        else
            st = deflate(w, piece, to, room, &len);
        *total += len;
    }
    return st;
}

static void forget_symbols(struct pack_writer *w)
{
    clus__symbols_forget(w->finder);
    w->finder = NULL;
}

/* Learn, and forget where zstd does much better, as with texts that repeat each other. */
static clus_status learn(struct pack_writer *w, struct bytes in)
{
    size_t by_symbols, by_zstd = 0;
    clus_status st = clus__symbols_learn(in, &w->finder);
    if (st == CLUS_OK)
        st = try_sample(w, in, true, &by_symbols);
    if (st == CLUS_OK)
        st = try_sample(w, in, false, &by_zstd);
    if (st != CLUS_OK)
        return st;
    if (by_symbols > by_zstd + by_zstd / WORSE_MOST)
        forget_symbols(w);
    w->share_left = (double)by_symbols / (double)in.len;
    return CLUS_OK;
}

static clus_status put_table(struct pack_writer *w)
{
    const struct symbols *symbols = clus__symbols_of(w->finder);
    w->table_len = SYMBOL_STORED * symbols->n;
    uint8_t *to = clus__buf_room(&w->data, w->table_len);
    if (!to)
        return clus__buf_status(&w->data);
    clus__symbols_store(symbols, to);
    w->data.len += w->table_len;
    return CLUS_OK;
}

clus_status clus__pack_learn(struct pack_writer *w, struct bytes sample)
{
    struct bytes in;
    size_t len = 0;
    clus_status st = narrow(w, sample, &in);
    if (st != CLUS_OK || in.len == 0)
        return st;
    if (w->finder) {
        st = try_sample(w, in, true, &len);
        if (st == CLUS_OK && (double)len > AGED * w->share_left * (double)in.len)
            forget_symbols(w);
    }
    if (st == CLUS_OK && !w->finder)
        st = learn(w, in);
    return st == CLUS_OK && w->finder ? put_table(w) : st;
}

static void count(struct pack_writer *w, uint64_t first, uint64_t last, uint32_t ndocs)
{
    if (w->row.ndocs == 0)
        w->row.first_docnum = first;
    w->row.ndocs += ndocs;
    w->row.last_docnum = w->last = last;
}

clus_status clus__pack_begin(struct pack_writer *w, uint64_t docnum, size_t len,
                             struct buf **room)
{
    if (w->frame.len > 0 && w->frame.len + len + RECORD_HEADER_MAX > FRAME_TARGET) {
        clus_status st = end_frame(w);
        if (st != CLUS_OK)
            return st;
    }
    uint64_t before = w->frame.len ? w->last : docnum;
    if (w->frame.len == 0)
        w->frame_first = docnum;
    count(w, docnum, docnum, 1);
    w->frame_docs++;
    clus__buf_varint(&w->frame, docnum - before);
    clus__buf_varint(&w->frame, len);
    *room = &w->frame;
    return clus__buf_status(&w->frame);
}

clus_status clus__pack_end(struct pack_writer *w)
{
    if (clus__buf_status(&w->frame) != CLUS_OK)
        return clus__buf_status(&w->frame);
    return w->frame.len >= FRAME_TARGET ? end_frame(w) : CLUS_OK;
}

clus_status clus__pack_finish(struct pack_writer *w, struct buf *out, struct pack_row *row)
{
    clus_status st = end_frame(w);
    if (st != CLUS_OK)
        return st;
    w->row.data_len = w->data.len;
    clus__buf_add(&w->data, w->dir.data, w->dir.len);
    st = clus__buf_status(&w->data);
    if (st != CLUS_OK)
        return st;
    *out = w->data;
    *row = w->row;
    w->data = (struct buf){0};
    clus__pack_writer_clear(w);
    return CLUS_OK;
}

void clus__pack_writer_clear(struct pack_writer *w)
{
    w->frame_docs = w->table_len = 0;
    clus__buf_clear(&w->data);
    clus__buf_clear(&w->dir);
    clus__buf_clear(&w->frame);
    w->row = (struct pack_row){0};
}

void clus__pack_writer_done(struct pack_writer *w)
{
    ZSTD_freeCCtx(w->zstd);
    clus__symbols_forget(w->finder);
    clus__buf_done(&w->data);
    clus__buf_done(&w->dir);
    clus__buf_done(&w->frame);
    clus__buf_done(&w->narrow);
    w->zstd = NULL;
    w->finder = NULL;
}

/* ---- frames of other packs ---- */

clus_status clus__pack_share_symbols(struct pack_writer *w, const struct pack *pack,
                                     struct store_txn *txn, bool *same)
{
    uint8_t *bytes;
    size_t len;
    clus_status st = clus__pack_read_table(pack, txn, &bytes, &len);
    if (st != CLUS_OK)
        return st;
    if (w->data.len == 0 && w->frame.len == 0) {
        clus__buf_add(&w->data, bytes, len);
        w->table_len = (uint32_t)len;
    }
    *same = len == w->table_len &&
            (len == 0 || (w->data.data && memcmp(w->data.data, bytes, len) == 0));
    clus__free(bytes);
    return clus__buf_status(&w->data);
}

clus_status clus__pack_copy_frame(struct pack_writer *w, const struct pack *pack,
                                  struct store_txn *txn, const struct frame *frame)
{
    clus_status st = end_frame(w);
    uint8_t *to = st == CLUS_OK
                      ? clus__buf_room(&w->data, frame->stored_len + STREAM_OVERREAD)
                      : NULL;
    if (!to)
        return st == CLUS_OK ? clus__buf_status(&w->data) : st;
    const uint8_t *p =
        clus__stream_read(&pack->stream, txn, frame->off, frame->stored_len, to);
    if (!p)
        return CLUS_E_CORRUPT;
    if (p != to)
        memcpy(to, p, frame->stored_len);
    count(w, frame->first, frame->last, frame->ndocs);
    add_entry(w, frame->first, frame->raw_len);
    w->data.len += frame->stored_len;
    return clus__buf_status(&w->dir);
}
