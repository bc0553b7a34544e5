/* Stored documents: frames are read. */
#include "index/pack.h"

#include <zstd.h>

#include "base/alloc.h"
#include "base/le.h"
#include "codec/narrow.h"
#include "codec/varint.h"
#include "index/record.h"

enum {
    /* One record of the largest size and what stands before it. */
    FRAME_MAX = RECORD_MAX + (1 << 20),
    /* zstd turns a run of 128 KiB into no fewer than 4 bytes, narrowing three into one;
     * symbols are far from that. */
    INFLATION_MAX = 1 << 17
};

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
    clus__free(pack->symbols);
    pack->symbols = NULL;
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
    frame.coded = (clus__le32(p + 4) & FRAME_CODED) != 0;
    frame.stored_len = (uint32_t)(end - frame.off);
    if (end - frame.off > FRAME_MAX ||
        (clus__le32(p + 4) & ~FRAME_CODED) != frame.stored_len - FRAME_HEADER ||
        frame.raw_len > FRAME_MAX ||
        frame.raw_len / INFLATION_MAX > frame.stored_len - FRAME_HEADER ||
        frame.last >= next_first || frame.ndocs == 0 || frame.ndocs > frame.raw_len ||
        frame.ndocs - 1 > frame.last - frame.first)
        return CLUS_E_CORRUPT;
    *out = frame;
    return CLUS_OK;
}

clus_status clus__pack_read_table(const struct pack *pack, struct store_txn *txn,
                                  uint8_t **bytes, size_t *len)
{
    uint64_t first, off = 0;
    clus_status st = dir_entry(pack, txn, 0, &first, &off);
    if (st == CLUS_OK && off > (uint64_t)SYMBOL_STORED * SYMBOLS_MAX)
        st = CLUS_E_CORRUPT;
    if (st != CLUS_OK)
        return st;
    uint8_t *to = clus__malloc((size_t)off + STREAM_OVERREAD);
    if (!to)
        return CLUS_E_NOMEM;
    const uint8_t *p = clus__stream_read(&pack->stream, txn, 0, (size_t)off, to);
    if (!p) {
        clus__free(to);
        return CLUS_E_CORRUPT;
    }
    if (p != to)
        memcpy(to, p, (size_t)off);
    *bytes = to;
    *len = (size_t)off;
    return CLUS_OK;
}

static clus_status need_symbols(struct pack *pack, struct store_txn *txn)
{
    uint8_t *bytes;
    size_t len;
    if (pack->symbols)
        return CLUS_OK;
    clus_status st = clus__pack_read_table(pack, txn, &bytes, &len);
    if (st != CLUS_OK)
        return st;
    struct symbols *symbols = clus__malloc(sizeof *symbols);
    st = symbols ? CLUS_OK : CLUS_E_NOMEM;
    if (st == CLUS_OK && !clus__symbols_load((struct bytes){bytes, len}, symbols))
        st = CLUS_E_CORRUPT;
    clus__free(bytes);
    if (st == CLUS_OK)
        pack->symbols = symbols;
    else
        clus__free(symbols);
    return st;
}

static bool decompress(const struct pack *pack, const struct frame *frame, struct bytes in,
                       uint8_t *out, size_t room, size_t *len)
{
    if (frame->coded)
        return clus__symbols_decode(pack->symbols, in, out, room, len);
    *len = ZSTD_decompress(out, room, in.data, in.len);
    return !ZSTD_isError(*len);
}

/* The bytes of a frame as they were. */
static clus_status restore(const struct pack *pack, const struct frame *frame,
                           struct bytes in, uint8_t *raw)
{
    size_t len;
    if (!frame->narrowed)
        return decompress(pack, frame, in, raw, frame->raw_len, &len) &&
                       len == frame->raw_len
                   ? CLUS_OK
                   : CLUS_E_CORRUPT;
    uint8_t *narrow = clus__malloc(frame->raw_len); /* fewer */
    if (!narrow)
        return CLUS_E_NOMEM;
    bool fine =
        decompress(pack, frame, in, narrow, frame->raw_len, &len) &&
        clus__widen(clus__cpu_best(), (struct bytes){narrow, len}, raw, frame->raw_len);
    clus__free(narrow);
    return fine ? CLUS_OK : CLUS_E_CORRUPT;
}

clus_status clus__frame_inflate(struct pack *pack, struct store_txn *txn,
                                struct frame *frame)
{
    clus_status st = frame->coded ? need_symbols(pack, txn) : CLUS_OK;
    if (st != CLUS_OK)
        return st;
    size_t len = frame->stored_len - FRAME_HEADER;
    uint8_t *scratch = clus__malloc(len + STREAM_OVERREAD);
    uint8_t *raw = clus__malloc(frame->raw_len);
    st = scratch && raw ? CLUS_OK : CLUS_E_NOMEM;
    if (st == CLUS_OK) {
        const uint8_t *p =
            clus__stream_read(&pack->stream, txn, frame->off + FRAME_HEADER, len, scratch);
        st = p ? restore(pack, frame, (struct bytes){p, len}, raw) : CLUS_E_CORRUPT;
    }
    clus__free(scratch);
    if (st == CLUS_OK)
        frame->raw = raw;
    else
        clus__free(raw);
    return st;
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

clus_status clus__pack_record(struct pack *pack, struct store_txn *txn, uint64_t docnum,
                              uint8_t **owned, struct bytes *record)
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
