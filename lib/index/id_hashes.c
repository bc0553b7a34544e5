/* Hashes of external ids: the first bits number a group, 16 more tell its entries apart,
 * and the id itself decides. */
#include "index/id_hashes.h"

#include <stdlib.h>

#include "base/le.h"
#include "index/hash.h"
#include "index/ids.h"

enum { GROUP_MAX = 64 /* entries of a group on average, at most */, TAG_BYTES = 2 };

/* How the stream of a segment of so many documents is divided. */
struct layout {
    unsigned bits;      /* of a hash that number its group */
    unsigned doc_bytes; /* of a document */
    uint64_t table;     /* where the groups' ends stand, behind all groups */
};

static struct layout layout_of(uint32_t ndocs)
{
    const uint32_t last = ndocs - 1, groups = last / GROUP_MAX;
    struct layout l = {.bits = groups > 0 ? 32 - (unsigned)__builtin_clz(groups) : 0,
                       .doc_bytes =
                           last > 0 ? (39 - (unsigned)__builtin_clz(last)) / 8 : 1};
    l.table = (uint64_t)(TAG_BYTES + l.doc_bytes) * ndocs;
    return l;
}

static uint32_t group_of(const struct layout *l, uint64_t hash)
{
    return l->bits > 0 ? (uint32_t)(hash >> (64 - l->bits)) : 0;
}

static uint16_t tag_of(const struct layout *l, uint64_t hash)
{
    return (uint16_t)(hash << l->bits >> 48);
}

uint64_t clus__id_hashes_len(uint32_t ndocs)
{
    struct layout l = layout_of(ndocs);
    return l.table + (4ull << l.bits);
}

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

/* ---- writing ---- */

static clus_status emit(struct id_hash_writer *w, struct buf *b)
{
    clus_status st = clus__buf_status(b);
    if (st == CLUS_OK && b->len > 0)
        st = w->sink.append(w->sink.ctx, SEG_IDH, b->data, b->len);
    clus__buf_clear(b);
    return st;
}

/* Write the groups before `group`, of which only the first may have entries. */
static clus_status end_groups(struct id_hash_writer *w, uint32_t group)
{
    clus_status st = CLUS_OK;
    for (; w->group < group && st == CLUS_OK; w->group++) {
        st = emit(w, &w->tags);
        if (st == CLUS_OK)
            st = emit(w, &w->docs);
        clus__buf_u32(&w->ends, w->n);
    }
    return st;
}

clus_status clus__id_hashes_add(struct id_hash_writer *w, struct id_hash entry)
{
    struct layout l = layout_of(w->ndocs);
    uint8_t tag[TAG_BYTES], doc[4];
    clus_status st = end_groups(w, group_of(&l, entry.hash));
    clus__put_le16(tag, tag_of(&l, entry.hash));
    clus__put_le32(doc, entry.doc);
    clus__buf_add(&w->tags, tag, sizeof tag);
    clus__buf_add(&w->docs, doc, l.doc_bytes);
    w->n++;
    return st;
}

clus_status clus__id_hashes_finish(struct id_hash_writer *w)
{
    struct layout l = layout_of(w->ndocs);
    clus_status st = end_groups(w, 1u << l.bits);
    return st == CLUS_OK ? emit(w, &w->ends) : st;
}

void clus__id_hashes_writer_done(struct id_hash_writer *w)
{
    clus__buf_done(&w->tags);
    clus__buf_done(&w->docs);
    clus__buf_done(&w->ends);
}

/* ---- reading ---- */

/* A group: its entries are [begin, end) of all, and it ends after the one before. */
struct group {
    uint32_t begin, end;
};

static bool read_group(const struct segment *seg, struct store_txn *txn,
                       const struct layout *l, uint32_t group, struct group *out)
{
    uint8_t scratch[8 + STREAM_OVERREAD];
    const uint32_t skip = group > 0 ? 4 : 0; /* the end of the one before */
    const uint8_t *p = clus__stream_read(&seg->streams[SEG_IDH], txn,
                                         l->table + 4ull * group - skip, 4 + skip, scratch);
    if (!p)
        return false;
    out->begin = skip ? clus__le32(p) : 0;
    out->end = clus__le32(p + skip);
    return out->begin <= out->end && out->end <= seg->ndocs;
}

/* The tag of entry `i` of a group. */
static clus_status read_tag(const struct segment *seg, struct store_txn *txn,
                            const struct layout *l, const struct group *g, uint32_t i,
                            uint16_t *tag)
{
    uint8_t scratch[TAG_BYTES + STREAM_OVERREAD];
    const uint64_t at = (uint64_t)(TAG_BYTES + l->doc_bytes) * g->begin +
                        (uint64_t)TAG_BYTES * (i - g->begin);
    const uint8_t *p =
        clus__stream_read(&seg->streams[SEG_IDH], txn, at, TAG_BYTES, scratch);
    if (p)
        *tag = clus__le16(p);
    return p ? CLUS_OK : CLUS_E_CORRUPT;
}

static clus_status read_doc(const struct segment *seg, struct store_txn *txn,
                            const struct layout *l, const struct group *g, uint32_t i,
                            uint32_t *doc)
{
    uint8_t scratch[4 + STREAM_OVERREAD], raw[4] = {0};
    const uint64_t at = (uint64_t)TAG_BYTES * g->end + (uint64_t)l->doc_bytes * i;
    const uint8_t *p =
        clus__stream_read(&seg->streams[SEG_IDH], txn, at, l->doc_bytes, scratch);
    if (!p)
        return CLUS_E_CORRUPT;
    memcpy(raw, p, l->doc_bytes);
    *doc = clus__le32(raw);
    return *doc < seg->ndocs ? CLUS_OK : CLUS_E_CORRUPT;
}

/* The first entry of a group whose tag is not below `tag`; its end when all are. */
static clus_status lower_bound(const struct segment *seg, struct store_txn *txn,
                               const struct layout *l, const struct group *g, uint16_t tag,
                               uint32_t *out)
{
    uint32_t from = g->begin, to = g->end;
    while (from < to) {
        const uint32_t mid = from + (to - from) / 2;
        uint16_t found;
        clus_status st = read_tag(seg, txn, l, g, mid, &found);
        if (st != CLUS_OK)
            return st;
        if (found < tag)
            from = mid + 1;
        else
            to = mid;
    }
    *out = from;
    return CLUS_OK;
}

clus_status clus__id_hashes_find(const struct segment *seg, struct store_txn *txn,
                                 struct bytes id, const uint64_t *deleted, uint32_t *doc)
{
    const struct layout l = layout_of(seg->ndocs);
    const uint64_t hash = clus__hash64(id);
    const uint16_t tag = tag_of(&l, hash);
    struct group g;
    uint32_t i = 0;
    if (!read_group(seg, txn, &l, group_of(&l, hash), &g))
        return CLUS_E_CORRUPT;
    clus_status st = lower_bound(seg, txn, &l, &g, tag, &i);
    for (; st == CLUS_OK && i < g.end; i++) {
        uint8_t own[ID_MAX];
        uint16_t found;
        uint32_t at;
        size_t len;
        st = read_tag(seg, txn, &l, &g, i, &found);
        if (st == CLUS_OK && found != tag)
            break;
        if (st == CLUS_OK)
            st = read_doc(seg, txn, &l, &g, i, &at);
        if (st != CLUS_OK || clus__bit(deleted, at))
            continue;
        st = clus__ids_read(seg, txn, at, own, &len);
        if (st == CLUS_OK && len == id.len && memcmp(own, id.data, len) == 0) {
            *doc = at;
            return CLUS_OK;
        }
    }
    return st == CLUS_OK ? CLUS_DONE : st;
}

/* Step to the group that has the walk's entry. */
static bool find_group(const struct segment *seg, struct store_txn *txn,
                       const struct layout *l, struct id_hash_walk *walk, struct group *g)
{
    for (; walk->group < 1u << l->bits; walk->group++) {
        if (!read_group(seg, txn, l, walk->group, g) || g->begin > walk->at)
            return false;
        if (g->end > walk->at)
            return true;
    }
    return false;
}

clus_status clus__id_hashes_next(const struct segment *seg, struct store_txn *txn,
                                 struct id_hash_walk *walk, struct id_hash *out)
{
    const struct layout l = layout_of(seg->ndocs);
    struct group g;
    uint8_t id[ID_MAX];
    uint16_t tag = 0;
    size_t len = 0;
    if (walk->at >= seg->ndocs)
        return CLUS_DONE;
    const bool found = find_group(seg, txn, &l, walk, &g);
    const uint32_t i = walk->at++;
    clus_status st = found ? read_tag(seg, txn, &l, &g, i, &tag) : CLUS_E_CORRUPT;
    if (st == CLUS_OK)
        st = read_doc(seg, txn, &l, &g, i, &out->doc);
    if (st == CLUS_OK)
        st = clus__ids_read(seg, txn, out->doc, id, &len);
    if (st != CLUS_OK)
        return st;
    out->hash = clus__hash64((struct bytes){id, len});
    if (group_of(&l, out->hash) != walk->group || tag_of(&l, out->hash) != tag ||
        out->hash < walk->hash)
        return CLUS_E_CORRUPT;
    walk->hash = out->hash;
    return CLUS_OK;
}
