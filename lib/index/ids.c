/* External ids, their hashes, and document numbers. */
#include "index/ids.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/le.h"
#include "index/hash.h"

enum { SCAN_WIDTH = 8 }; /* entries left when the search for a hash only halves */

static int by_hash(const void *a, const void *b)
{
    const struct id_hash *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->doc > y->doc) - (x->doc < y->doc);
}

void clus__id_hashes_sort(struct id_hash *hashes, size_t n)
{
    qsort(hashes, n, sizeof *hashes, by_hash);
}

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
    clus__buf_add(&w->block, id.data, id.len);
    clus__buf_u32(&w->ends, (uint32_t)w->block.len);
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

clus_status clus__idh_append(const struct segment_sink *sink, const struct id_hash *hashes,
                             size_t n)
{
    uint8_t raw[IDH_ENTRY * 64];
    for (size_t i = 0; i < n;) {
        size_t in = 0;
        for (; in < 64 && i < n; in++, i++) {
            clus__put_le64(raw + in * IDH_ENTRY, hashes[i].hash);
            clus__put_le32(raw + in * IDH_ENTRY + 8, hashes[i].doc);
        }
        clus_status st = sink->append(sink->ctx, SEG_IDH, raw, in * IDH_ENTRY);
        if (st != CLUS_OK)
            return st;
    }
    return CLUS_OK;
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
        clus__stream_prefetch(s, place->at + 4ull * (doc % IDS_BLOCK), 1);
}

void clus__ids_place(const struct segment *seg, struct store_txn *txn, uint32_t doc,
                     struct id_place *place)
{
    const struct stream *s = &seg->streams[SEG_IDS];
    const uint32_t i = doc % IDS_BLOCK, skip = i > 0 ? 4 : 0; /* the end of the id before */
    const uint32_t left = seg->ndocs - (doc - i);
    const uint64_t ends_len = 4ull * (left < IDS_BLOCK ? left : IDS_BLOCK);
    const uint64_t start = place->at, dir = directory(seg);
    uint8_t room[8 + STREAM_OVERREAD];
    const uint8_t *p = NULL;
    if (place->len > 0 && start <= dir && dir - start >= ends_len)
        p = clus__stream_read(s, txn, start + 4ull * i - skip, 4 + skip, room);
    place->len = 0;
    if (!p)
        return;
    const uint32_t begin = i > 0 ? clus__le32(p) : 0, end = clus__le32(p + skip);
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

clus_status clus__idh_read(const struct segment *seg, struct store_txn *txn, uint32_t i,
                           struct id_hash *out)
{
    uint8_t scratch[IDH_ENTRY + STREAM_OVERREAD];
    const uint8_t *p = clus__stream_read(&seg->streams[SEG_IDH], txn,
                                         (uint64_t)IDH_ENTRY * i, IDH_ENTRY, scratch);
    if (!p)
        return CLUS_E_CORRUPT;
    *out = (struct id_hash){.hash = clus__le64(p), .doc = clus__le32(p + 8)};
    return out->doc < seg->ndocs ? CLUS_OK : CLUS_E_CORRUPT;
}

/* Hashes are spread evenly, so the place of one can be guessed from its value. */
static uint32_t guess(uint64_t hash, const struct id_hash *low, const struct id_hash *high,
                      uint32_t from, uint32_t to)
{
    double share = (double)(hash - low->hash) / (double)(high->hash - low->hash);
    uint32_t at = from + (uint32_t)(share * (double)(to - from));
    return at <= from ? from + 1 : at >= to ? to - 1 : at;
}

/* First entry whose hash is not below `hash`; ndocs when all are. Guesses and halvings take
 * turns, so that hostile hashes cost O(log n) all the same. */
static clus_status lower_bound(const struct segment *seg, struct store_txn *txn,
                               uint64_t hash, uint32_t *out)
{
    uint32_t from = 0, to = seg->ndocs - 1; /* answer lies in (from, to] after the ends */
    struct id_hash low, high, mid;
    clus_status st = clus__idh_read(seg, txn, from, &low);
    if (st == CLUS_OK)
        st = clus__idh_read(seg, txn, to, &high);
    if (st != CLUS_OK)
        return st;
    if (low.hash >= hash || high.hash < hash) {
        *out = low.hash >= hash ? 0 : seg->ndocs;
        return CLUS_OK;
    }
    for (unsigned turn = 0; to - from > 1; turn++) {
        uint32_t at = from + (to - from) / 2;
        if (turn % 2 == 0 && to - from > SCAN_WIDTH)
            at = guess(hash, &low, &high, from, to);
        st = clus__idh_read(seg, txn, at, &mid);
        if (st != CLUS_OK)
            return st;
        if (mid.hash < low.hash || mid.hash > high.hash)
            return CLUS_E_CORRUPT;
        if (mid.hash < hash) {
            from = at;
            low = mid;
        } else {
            to = at;
            high = mid;
        }
    }
    *out = to;
    return CLUS_OK;
}

clus_status clus__ids_find(const struct segment *seg, struct store_txn *txn,
                           struct bytes id, const uint64_t *deleted, uint32_t *doc)
{
    uint64_t hash = clus__hash64(id);
    uint32_t i;
    clus_status st = lower_bound(seg, txn, hash, &i);
    for (; st == CLUS_OK && i < seg->ndocs; i++) {
        struct id_hash entry;
        uint8_t found[ID_MAX];
        size_t len;
        st = clus__idh_read(seg, txn, i, &entry);
        if (st != CLUS_OK || entry.hash != hash)
            break;
        if (clus__bit(deleted, entry.doc))
            continue;
        st = clus__ids_read(seg, txn, entry.doc, found, &len);
        if (st == CLUS_OK && len == id.len && memcmp(found, id.data, len) == 0) {
            *doc = entry.doc;
            return CLUS_OK;
        }
    }
    return st == CLUS_OK ? CLUS_DONE : st;
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
