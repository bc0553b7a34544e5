/* Frozen views: a read transaction and the manifest it shows. */
#include "index/view.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/le.h"
#include "index/id_hashes.h"
#include "index/ids.h"
#include "index/index.h"
#include "index/pack.h"
#include "index/record.h"

struct view_memory {
    struct view view;
    struct manifest *manifest;
    struct pack pack; /* the one read last */
    bool have_pack;
};

static struct view_memory *memory_of(struct view *view)
{
    return (struct view_memory *)view; /* its first member */
}

clus_status clus__view_open(struct index *index, struct view **out, clus_error *err)
{
    struct view_memory *m = clus__calloc(1, sizeof *m);
    if (!m)
        return clus__explain(err, CLUS_E_NOMEM, "opening a view");
    clus_status st = clus__store_read(index->store, &m->view.txn, err);
    if (st == CLUS_OK) {
        st = clus__manifest_get(index, m->view.txn, &m->manifest);
        if (st != CLUS_OK) {
            (void)clus__explain(err, st, "the manifest");
            clus__store_abort(m->view.txn);
        }
    }
    if (st != CLUS_OK) {
        clus__free(m);
        return st;
    }
    m->view.index = index;
    m->view.n_segments = m->manifest->n;
    m->view.segments = m->manifest->visible;
    m->view.n_docs = m->manifest->n_docs;
    m->view.n_live = m->manifest->n_live;
    m->view.sum_len = m->manifest->sum_len;
    m->view.generation = m->manifest->counters.generation;
    m->view.positions = !index->config.no_positions;
    m->view.stored = !index->config.no_store;
    *out = &m->view;
    return CLUS_OK;
}

void clus__view_free(struct view *view)
{
    if (!view)
        return;
    struct view_memory *m = memory_of(view);
    if (m->have_pack)
        clus__pack_close(&m->pack);
    clus__store_abort(view->txn);
    clus__manifest_release(view->index, m->manifest);
    clus__free(m);
}

const struct manifest *clus__view_manifest(struct view *view)
{
    return memory_of(view)->manifest;
}

void clus__view_id_begin(struct view *view, uint32_t segment, uint32_t doc,
                         struct id_place *place)
{
    clus__ids_begin(view->segments[segment].seg, view->txn, doc, place);
}

void clus__view_id_place(struct view *view, uint32_t segment, uint32_t doc,
                         struct id_place *place)
{
    clus__ids_place(view->segments[segment].seg, view->txn, doc, place);
}

clus_status clus__view_id(struct view *view, uint32_t segment, const struct id_place *place,
                          uint8_t scratch[512], clus_str *id)
{
    clus_status st = clus__ids_take(view->segments[segment].seg, view->txn, place, scratch);
    if (st == CLUS_OK)
        *id = (clus_str){(const char *)scratch, place->len};
    return st;
}

clus_status clus__view_find(struct view *view, clus_str id, uint32_t *segment,
                            uint32_t *doc)
{
    if (id.len == 0 || id.len > ID_MAX)
        return CLUS_DONE;
    for (uint32_t i = view->n_segments; i-- > 0;) {
        const struct view_segment *s = &view->segments[i];
        clus_status st = clus__id_hashes_find(s->seg, view->txn, clus__bytes_of_str(id),
                                              s->deleted, doc);
        if (st == CLUS_OK)
            *segment = i;
        if (st != CLUS_DONE)
            return st;
    }
    return CLUS_DONE;
}

/* The pack that holds a document number. */
static clus_status find_pack(struct view_memory *m, uint64_t docnum)
{
    if (m->have_pack && docnum >= m->pack.row.first_docnum &&
        docnum <= m->pack.row.last_docnum)
        return CLUS_OK;
    struct pack_row row;
    struct pack pack;
    clus_status st = clus__pack_locate(m->view.txn, docnum, &row);
    if (st == CLUS_OK)
        st = clus__pack_open(&row, m->view.txn, &pack);
    if (st != CLUS_OK)
        return st;
    if (m->have_pack)
        clus__pack_close(&m->pack);
    m->pack = pack;
    m->have_pack = true;
    return CLUS_OK;
}

static clus_status read_stored(struct view_memory *m, uint64_t docnum, clus_stored **out)
{
    uint8_t *owned;
    struct bytes record;
    clus_status st = find_pack(m, docnum);
    if (st == CLUS_OK)
        st = clus__pack_record(&m->pack, m->view.txn, docnum, &owned, &record);
    if (st != CLUS_OK)
        return st == CLUS_DONE ? CLUS_E_CORRUPT : st; /* every live document is stored */
    st = clus__stored_new(owned, record, out);
    if (st != CLUS_OK)
        clus__free(owned);
    return st;
}

clus_status clus__view_document(struct view *view, uint32_t segment, uint32_t doc,
                                clus_stored **out, clus_error *err)
{
    struct view_memory *m = memory_of(view);
    const struct segment *seg = view->segments[segment].seg;
    clus_status st;
    if (view->stored) {
        uint64_t docnum;
        st = clus__docnum_of(seg, view->txn, doc, &docnum);
        if (st == CLUS_OK)
            st = read_stored(m, docnum, out);
    } else {
        uint8_t id[ID_MAX];
        size_t len;
        st = clus__ids_read(seg, view->txn, doc, id, &len);
        if (st == CLUS_OK)
            st = clus__stored_of_id((struct bytes){id, len}, out);
    }
    if (st == CLUS_E_CORRUPT)
        return clus__fail(err, st, "index is damaged: stored document %u of segment %u",
                          (unsigned)doc, (unsigned)seg->id);
    return clus__explain(err, st, "reading a stored document");
}

/* ---- dates ---- */

static clus_status read_dates(const struct segment *seg, struct store_txn *txn,
                              int64_t *dates)
{
    const struct stream *s = &seg->streams[SEG_DATE];
    uint8_t scratch[PAGE_PAYLOAD + STREAM_OVERREAD];
    enum { AT_ONCE = PAGE_PAYLOAD / 8 };
    for (uint32_t doc = 0; doc < seg->ndocs;) {
        uint32_t n = seg->ndocs - doc < AT_ONCE ? seg->ndocs - doc : AT_ONCE;
        const uint8_t *p =
            s->len ? clus__stream_read(s, txn, 8ull * doc, 8ull * n, scratch) : NULL;
        if (s->len && !p)
            return CLUS_E_CORRUPT;
        for (uint32_t i = 0; i < n; i++)
            dates[doc + i] = p ? (int64_t)clus__le64(p + (size_t)8 * i) : NO_DATE;
        doc += n;
    }
    return CLUS_OK;
}

clus_status clus__view_dates(struct view *view, uint32_t segment, const int64_t **dates)
{
    struct shared_segment *s = memory_of(view)->manifest->segments[segment];
    int64_t *known = atomic_load_explicit(&s->dates, memory_order_acquire);
    if (!known) {
        int64_t *mine = clus__malloc(s->seg.ndocs * sizeof *mine);
        if (!mine)
            return CLUS_E_NOMEM;
        clus_status st = read_dates(&s->seg, view->txn, mine);
        if (st != CLUS_OK) {
            clus__free(mine);
            return st;
        }
        if (atomic_compare_exchange_strong(&s->dates, &known, mine))
            known = mine;
        else
            clus__free(mine); /* another thread was first */
    }
    *dates = known;
    return CLUS_OK;
}
