/* External ids and document numbers. */
#include "index/ids.h"

#include "base/le.h"

static clus_status emit(struct ids_writer *w, const void *data, size_t len)
{
    w->at += len;
    return w->sink.append(w->sink.ctx, SEG_IDS, data, len);
}

static clus_status end_block(struct ids_writer *w)
{
    if (w->n_in_block == 0)
        return CLUS_OK;
    clus__buf_u64(&w->starts, w->at);
    clus_status st = clus__buf_status(&w->starts);
    if (st == CLUS_OK)
        st = emit(w, w->ends.data, w->ends.len);
    if (st == CLUS_OK)
        st = emit(w, w->block.data, w->block.len);
    clus__buf_clear(&w->ends);
    clus__buf_clear(&w->block);
    w->n_in_block = 0;
    return st;
}

clus_status clus__ids_add(struct ids_writer *w, struct bytes id)
{
    uint8_t end[2];
    clus__buf_add(&w->block, id.data, id.len);
    clus__put_le16(end, (uint16_t)w->block.len);
    clus__buf_add(&w->ends, end, sizeof end);
    w->n_in_block++;
    clus_status st = clus__buf_status(&w->block);
    if (st == CLUS_OK)
        st = clus__buf_status(&w->ends);
    if (st != CLUS_OK || w->n_in_block < IDS_BLOCK)
        return st;
    return end_block(w);
}

clus_status clus__ids_finish(struct ids_writer *w)
{
    clus_status st = end_block(w);
    return st == CLUS_OK ? emit(w, w->starts.data, w->starts.len) : st;
}

void clus__ids_writer_done(struct ids_writer *w)
{
    clus__buf_done(&w->starts);
    clus__buf_done(&w->ends);
    clus__buf_done(&w->block);
}

/* Where the blocks end and their directory begins; 0: it is damaged. */
static uint64_t directory(const struct segment *seg)
{
    const uint64_t len = seg->streams[SEG_IDS].len;
    const uint64_t bytes = 8 * (((uint64_t)seg->ndocs + IDS_BLOCK - 1) / IDS_BLOCK);
    return len > bytes ? len - bytes : 0;
}

void clus__ids_begin(const struct segment *seg, struct store_txn *txn, uint32_t doc,
                     struct id_place *place)
{
    const struct stream *s = &seg->streams[SEG_IDS];
    const uint64_t dir = directory(seg);
    uint8_t room[8 + STREAM_OVERREAD];
    const uint8_t *p = NULL;
    if (doc < seg->ndocs && dir > 0)
        p = clus__stream_read(s, txn, dir + 8ull * (doc / IDS_BLOCK), 8, room);
    place->at = p ? clus__le64(p) : 0;
    place->len = p != NULL;
    if (p)
        clus__stream_prefetch(s, place->at + 2ull * (doc % IDS_BLOCK), 1);
}

void clus__ids_place(const struct segment *seg, struct store_txn *txn, uint32_t doc,
                     struct id_place *place)
{
    const struct stream *s = &seg->streams[SEG_IDS];
    const uint32_t i = doc % IDS_BLOCK, skip = i > 0 ? 2 : 0; /* the end of the id before */
    const uint32_t left = seg->ndocs - (doc - i);
    const uint64_t ends_len = 2ull * (left < IDS_BLOCK ? left : IDS_BLOCK);
    const uint64_t start = place->at, dir = directory(seg);
    uint8_t room[4 + STREAM_OVERREAD];
    const uint8_t *p = NULL;
    if (place->len > 0 && start <= dir && dir - start >= ends_len)
        p = clus__stream_read(s, txn, start + 2ull * i - skip, 2 + skip, room);
    place->len = 0;
    if (!p)
        return;
    const uint32_t begin = i > 0 ? clus__le16(p) : 0, end = clus__le16(p + skip);
    if (end <= begin || end - begin > ID_MAX || dir - start - ends_len < end)
        return;
    place->at = start + ends_len + begin;
    place->len = end - begin;
    clus__stream_prefetch(s, place->at, place->len);
}

clus_status clus__ids_take(const struct segment *seg, struct store_txn *txn,
                           const struct id_place *place, uint8_t id[ID_MAX])
{
    uint8_t scratch[ID_MAX + STREAM_OVERREAD];
    if (place->len == 0)
        return CLUS_E_CORRUPT;
    const uint8_t *p =
        clus__stream_read(&seg->streams[SEG_IDS], txn, place->at, place->len, scratch);
    if (!p)
        return CLUS_E_CORRUPT;
    memcpy(id, p, place->len);
    return CLUS_OK;
}

clus_status clus__ids_read(const struct segment *seg, struct store_txn *txn, uint32_t doc,
                           uint8_t id[ID_MAX], size_t *len)
{
    struct id_place place;
    clus__ids_begin(seg, txn, doc, &place);
    clus__ids_place(seg, txn, doc, &place);
    clus_status st = clus__ids_take(seg, txn, &place, id);
    if (st == CLUS_OK)
        *len = place.len;
    return st;
}

static bool is_dense(const struct segment *seg)
{
    return seg->streams[SEG_DNUM].len == 0;
}

clus_status clus__docnum_of(const struct segment *seg, struct store_txn *txn, uint32_t doc,
                            uint64_t *docnum)
{
    uint8_t scratch[4 + STREAM_OVERREAD];
    if (doc >= seg->ndocs)
        return CLUS_E_CORRUPT;
    if (is_dense(seg)) {
        *docnum = seg->first_docnum + doc;
        return CLUS_OK;
    }
    const uint8_t *p =
        clus__stream_read(&seg->streams[SEG_DNUM], txn, 4ull * doc, 4, scratch);
    if (!p)
        return CLUS_E_CORRUPT;
    *docnum = seg->first_docnum + clus__le32(p);
    return CLUS_OK;
}

bool clus__docnums_sorted(const struct segment *seg)
{
    return seg->streams[SEG_DNUM].len > 4ull * seg->ndocs;
}

clus_status clus__docnum_nth(const struct segment *seg, struct store_txn *txn, uint32_t i,
                             uint32_t *doc)
{
    uint8_t scratch[4 + STREAM_OVERREAD];
    uint32_t found = i;
    if (i < seg->ndocs && clus__docnums_sorted(seg)) {
        const uint8_t *p = clus__stream_read(&seg->streams[SEG_DNUM], txn,
                                             4ull * seg->ndocs + 4ull * i, 4, scratch);
        if (!p)
            return CLUS_E_CORRUPT;
        found = clus__le32(p);
    }
    if (found >= seg->ndocs)
        return CLUS_E_CORRUPT;
    *doc = found;
    return CLUS_OK;
}

clus_status clus__docnum_find(const struct segment *seg, struct store_txn *txn,
                              uint64_t docnum, uint32_t *doc)
{
    if (docnum < seg->first_docnum)
        return CLUS_DONE;
    uint32_t from = 0, to = seg->ndocs; /* first document with a number >= docnum */
    if (is_dense(seg)) {
        if (docnum - seg->first_docnum >= seg->ndocs)
            return CLUS_DONE;
        *doc = (uint32_t)(docnum - seg->first_docnum);
        return CLUS_OK;
    }
    while (from < to) {
        uint32_t mid = from + (to - from) / 2, found;
        uint64_t number;
        clus_status st = clus__docnum_nth(seg, txn, mid, &found);
        if (st == CLUS_OK)
            st = clus__docnum_of(seg, txn, found, &number);
        if (st != CLUS_OK)
            return st;
        if (number == docnum) {
            *doc = found;
            return CLUS_OK;
        }
        if (number < docnum)
            from = mid + 1;
        else
            to = mid;
    }
    return CLUS_DONE;
}
