/* Stored documents: frames in, frames out. */
#include "index/pack.h"

#include <zstd.h>

#include "base/alloc.h"
#include "base/le.h"
#include "codec/narrow.h"
#include "codec/varint.h"
#include "index/record.h"

enum {
    FRAME_HEADER = 16, /* u32 each: raw length, compressed length, documents, span */
    RECORD_HEADER_MAX = 10,
    /* One record of the largest size and what stands before it. */
    FRAME_MAX = RECORD_MAX + (1 << 20),
    /* zstd turns a run of 128 KiB into no fewer than 4 bytes, narrowing three into one. */
    INFLATION_MAX = 1 << 17
};
enum { NARROW_LARGEST = 1 << 20 }; /* of a long document alone no other copy is made */
#define FRAME_NARROWED (UINT32_C(1) << 31) /* in the raw length */

/* ---- writing ---- */

/* Of a frame that begins at the end of the data. */
static void add_entry(struct pack_writer *w, uint64_t first, uint32_t raw_len)
{
    clus__buf_u32(&w->dir, (uint32_t)(first - w->row.first_docnum));
    clus__buf_u64(&w->dir, w->data.len);
    w->row.n_frames++;
    w->row.raw_bytes += raw_len;
}

/* The bytes of the frame to be compressed: narrowed, if that makes them fewer. */
static clus_status narrow_frame(struct pack_writer *w, struct bytes *out)
{
    struct bytes raw = clus__buf_bytes(&w->frame);
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

static clus_status end_frame(struct pack_writer *w)
{
    struct bytes in = {0};
    if (w->frame.len == 0)
        return CLUS_OK;
    if (!w->zstd && !(w->zstd = ZSTD_createCCtx()))
        return CLUS_E_NOMEM;
    clus_status st = narrow_frame(w, &in);
    if (st != CLUS_OK)
        return st;
    size_t bound = ZSTD_compressBound(in.len);
    uint8_t *to = clus__buf_room(&w->data, FRAME_HEADER + bound);
    if (!to)
        return clus__buf_status(&w->data);
    size_t n =
        ZSTD_compressCCtx(w->zstd, to + FRAME_HEADER, bound, in.data, in.len, PACK_LEVEL);
    if (ZSTD_isError(n))
        return CLUS_E_NOMEM; /* the only way to fail with room for the bound */
    uint32_t narrowed = in.data == w->frame.data ? 0 : FRAME_NARROWED;
    clus__put_le32(to, (uint32_t)w->frame.len | narrowed);
    clus__put_le32(to + 4, (uint32_t)n);
    clus__put_le32(to + 8, w->frame_docs);
    clus__put_le32(to + 12, (uint32_t)(w->last - w->frame_first));
    add_entry(w, w->frame_first, (uint32_t)w->frame.len);
    w->data.len += FRAME_HEADER + n;
    clus__buf_clear(&w->frame);
    w->frame_docs = 0;
    return clus__buf_status(&w->dir);
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
    w->frame_docs = 0;
    clus__buf_clear(&w->data);
    clus__buf_clear(&w->dir);
    clus__buf_clear(&w->frame);
    w->row = (struct pack_row){0};
}

void clus__pack_writer_done(struct pack_writer *w)
{
    ZSTD_freeCCtx(w->zstd);
    clus__buf_done(&w->data);
    clus__buf_done(&w->dir);
    clus__buf_done(&w->frame);
    clus__buf_done(&w->narrow);
    w->zstd = NULL;
}

/* ---- reading ---- */

clus_status clus__pack_open(const struct pack_row *row, const struct store_txn *txn,
                            struct pack *out)
{
    struct pack pack = {.row = *row};
    pack.stream.owner = row->owner;
    pack.stream.len = clus__pack_len(row);
    pack.stream.n_pages = (uint32_t)clus__pages_for(pack.stream.len);
    clus_status st = clus__stream_map(txn, pack.stream.n_pages, &pack.stream.pages);
    if (st == CLUS_OK)
        *out = pack;
    return st;
}

clus_status clus__pack_of_memory(const struct pack_row *row, struct bytes data,
                                 struct pack *out)
{
    struct pack pack = {.row = *row};
    clus_status st = clus__stream_of_memory(&pack.stream, data);
    if (st == CLUS_OK)
        *out = pack;
    return st;
}

void clus__pack_close(struct pack *pack)
{
    clus__stream_done(&pack->stream);
}

clus_status clus__pack_locate(struct store_txn *txn, uint64_t docnum, struct pack_row *out)
{
    uint8_t key[8];
    clus__put_be64(key, docnum);
    struct store_row row = {.key = {key, sizeof key}};
    clus_status st = clus__store_next(txn, TABLE_PACKS, &row);
    if (st != CLUS_OK)
        return st;
    struct pack_row found;
    st = clus__pack_row_decode(row.key, row.value, &found);
    if (st != CLUS_OK)
        return st;
    if (found.first_docnum > docnum)
        return CLUS_DONE;
    *out = found;
    return CLUS_OK;
}

/* Entry i of the directory; i = n_frames gives the end of the last frame. */
static clus_status dir_entry(const struct pack *pack, struct store_txn *txn, uint32_t i,
                             uint64_t *first, uint64_t *off)
{
    uint8_t scratch[PACK_DIR_ENTRY + STREAM_OVERREAD];
    if (i == pack->row.n_frames) {
        *first = pack->row.last_docnum + 1;
        *off = pack->row.data_len;
        return CLUS_OK;
    }
    const uint8_t *p = clus__stream_read(&pack->stream, txn,
                                         pack->row.data_len + (uint64_t)PACK_DIR_ENTRY * i,
                                         PACK_DIR_ENTRY, scratch);
    if (!p)
        return CLUS_E_CORRUPT;
    *first = pack->row.first_docnum + clus__le32(p);
    *off = clus__le64(p + 4);
    return *off <= pack->row.data_len ? CLUS_OK : CLUS_E_CORRUPT;
}

clus_status clus__frame_open(const struct pack *pack, struct store_txn *txn, uint32_t i,
                             struct frame *out)
{
    struct frame frame = {0};
    uint64_t next_first, end;
    clus_status st = dir_entry(pack, txn, i, &frame.first, &frame.off);
    if (st == CLUS_OK)
        st = dir_entry(pack, txn, i + 1, &next_first, &end);
    if (st != CLUS_OK)
        return st;
    uint8_t scratch[FRAME_HEADER + STREAM_OVERREAD];
    if (end < frame.off || end - frame.off < FRAME_HEADER || next_first <= frame.first)
        return CLUS_E_CORRUPT;
    const uint8_t *p =
        clus__stream_read(&pack->stream, txn, frame.off, FRAME_HEADER, scratch);
    if (!p)
        return CLUS_E_CORRUPT;
    frame.raw_len = clus__le32(p) & ~FRAME_NARROWED;
    frame.narrowed = (clus__le32(p) & FRAME_NARROWED) != 0;
    frame.ndocs = clus__le32(p + 8);
    frame.last = frame.first + clus__le32(p + 12);
    frame.stored_len = (uint32_t)(end - frame.off);
    if (end - frame.off > FRAME_MAX ||
        clus__le32(p + 4) != frame.stored_len - FRAME_HEADER || frame.raw_len > FRAME_MAX ||
        frame.raw_len / INFLATION_MAX > frame.stored_len - FRAME_HEADER ||
        frame.last >= next_first || frame.ndocs == 0 || frame.ndocs > frame.raw_len ||
        frame.ndocs - 1 > frame.last - frame.first)
        return CLUS_E_CORRUPT;
    *out = frame;
    return CLUS_OK;
}

/* Inflate to bytes that are narrowed still, then widen. */
static clus_status widen(struct bytes in, uint8_t *raw, size_t raw_len)
{
    unsigned long long len = ZSTD_getFrameContentSize(in.data, in.len);
    if (len == 0 || len >= raw_len) /* or unknown, which is more */
        return CLUS_E_CORRUPT;
    uint8_t *narrow = clus__malloc((size_t)len);
    if (!narrow)
        return CLUS_E_NOMEM;
    bool fine =
        ZSTD_decompress(narrow, (size_t)len, in.data, in.len) == len &&
        clus__widen(clus__cpu_best(), (struct bytes){narrow, (size_t)len}, raw, raw_len);
    clus__free(narrow);
    return fine ? CLUS_OK : CLUS_E_CORRUPT;
}

static clus_status inflate(struct bytes in, uint8_t *raw, size_t raw_len)
{
    size_t n = ZSTD_decompress(raw, raw_len, in.data, in.len);
    return ZSTD_isError(n) || n != raw_len ? CLUS_E_CORRUPT : CLUS_OK;
}

clus_status clus__frame_inflate(const struct pack *pack, struct store_txn *txn,
                                struct frame *frame)
{
    size_t len = frame->stored_len - FRAME_HEADER;
    uint8_t *scratch = clus__malloc(len + STREAM_OVERREAD);
    uint8_t *raw = clus__malloc(frame->raw_len);
    clus_status st = scratch && raw ? CLUS_OK : CLUS_E_NOMEM;
    if (st == CLUS_OK) {
        const uint8_t *p =
            clus__stream_read(&pack->stream, txn, frame->off + FRAME_HEADER, len, scratch);
        struct bytes in = {p, len};
        if (!p)
            st = CLUS_E_CORRUPT;
        else
            st = frame->narrowed ? widen(in, raw, frame->raw_len)
                                 : inflate(in, raw, frame->raw_len);
    }
    clus__free(scratch);
    if (st == CLUS_OK)
        frame->raw = raw;
    else
        clus__free(raw);
    return st;
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

clus_status clus__frame_locate(const struct pack *pack, struct store_txn *txn,
                               uint64_t docnum, uint32_t *i)
{
    uint32_t from = 0, to = pack->row.n_frames; /* last frame whose first <= docnum */
    while (to - from > 1) {
        uint32_t mid = from + (to - from) / 2;
        uint64_t first, off;
        clus_status st = dir_entry(pack, txn, mid, &first, &off);
        if (st != CLUS_OK)
            return st;
        if (first <= docnum)
            from = mid;
        else
            to = mid;
    }
    *i = from;
    return CLUS_OK;
}

clus_status clus__record_next(struct record_walk *walk)
{
    const struct frame *frame = walk->frame;
    struct bytes in = {frame->raw + walk->at, frame->raw_len - walk->at};
    uint32_t gap, len;
    if (in.len == 0)
        return CLUS_DONE;
    bool first = walk->at == 0;
    if (!clus__varint_take(&in, &gap) || !clus__varint_take(&in, &len) || len > in.len ||
        (gap == 0) != first)
        return CLUS_E_CORRUPT;
    walk->docnum = (first ? frame->first : walk->docnum) + gap;
    walk->record = (struct bytes){in.data, len};
    walk->at = (uint32_t)(in.data + len - frame->raw);
    return CLUS_OK;
}

clus_status clus__pack_record(const struct pack *pack, struct store_txn *txn,
                              uint64_t docnum, uint8_t **owned, struct bytes *record)
{
    struct frame frame;
    uint32_t i;
    clus_status st = clus__frame_locate(pack, txn, docnum, &i);
    if (st == CLUS_OK)
        st = clus__frame_open(pack, txn, i, &frame);
    if (st == CLUS_OK)
        st = clus__frame_inflate(pack, txn, &frame);
    if (st != CLUS_OK)
        return st;
    struct record_walk walk = {.frame = &frame};
    do
        st = clus__record_next(&walk);
    while (st == CLUS_OK && walk.docnum < docnum);
    if (st == CLUS_OK && walk.docnum != docnum)
        st = CLUS_DONE;
    if (st != CLUS_OK) {
        clus__free(frame.raw);
        return st;
    }
    *owned = frame.raw;
    *record = walk.record;
    return CLUS_OK;
}
