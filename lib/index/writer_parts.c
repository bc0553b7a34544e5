/* Segments and packs to be, in memory and as pending owners. */
#include "base/alloc.h"
#include "base/error.h"
#include "index/writer.h"

/* ---- the list of parts ---- */

void clus__part_free(struct part *part)
{
    if (!part)
        return;
    clus__segment_close(part->opened);
    clus__slab_done(&part->slab);
    clus__run_free(part->run);
    clus__free(part->deleted);
    clus__free(part);
}

void clus__pack_part_free(struct pack_part *pack)
{
    if (!pack)
        return;
    clus__buf_done(&pack->data);
    clus__free(pack);
}

struct part *clus__writer_part_of(const struct writer *w, uint64_t docnum)
{
    size_t from = 0, to = w->n_parts; /* first part whose last number is not below */
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        if (w->parts[mid]->row.last_docnum < docnum)
            from = mid + 1;
        else
            to = mid;
    }
    if (from == w->n_parts || w->parts[from]->row.first_docnum > docnum)
        return NULL;
    return w->parts[from];
}

struct pack_part *clus__writer_pack_of(const struct writer *w, uint64_t docnum)
{
    size_t from = 0, to = w->n_packs;
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        if (w->packs[mid]->row.last_docnum < docnum)
            from = mid + 1;
        else
            to = mid;
    }
    if (from == w->n_packs || w->packs[from]->row.first_docnum > docnum)
        return NULL;
    return w->packs[from];
}

void clus__writer_replace_parts(struct writer *w, size_t from, size_t n, struct part *by)
{
    for (size_t i = from; i < from + n; i++) {
        w->memory_bytes -= clus__slab_bytes(&w->parts[i]->slab);
        clus__part_free(w->parts[i]);
    }
    if (by) {
        w->parts[from++] = by;
        n--;
        w->memory_bytes += clus__slab_bytes(&by->slab);
    }
    memmove(w->parts + from, w->parts + from + n,
            (w->n_parts - from - n) * sizeof(struct part *));
    w->n_parts -= n;
}

void clus__writer_replace_packs(struct writer *w, size_t from, size_t n,
                                struct pack_part *by)
{
    for (size_t i = from; i < from + n; i++) {
        w->memory_bytes -= w->packs[i]->data.len;
        clus__pack_part_free(w->packs[i]);
    }
    if (by) {
        w->packs[from++] = by;
        n--;
        w->memory_bytes += by->data.len;
    }
    memmove(w->packs + from, w->packs + from + n,
            (w->n_packs - from - n) * sizeof(struct pack_part *));
    w->n_packs -= n;
}

static clus_status add_dropped(struct writer *w, uint32_t owner)
{
    clus_status st =
        clus__grow(&w->dropped, &w->cap_dropped, w->n_dropped + 1, sizeof *w->dropped);
    if (st == CLUS_OK)
        w->dropped[w->n_dropped++] = owner;
    return st;
}

clus_status clus__writer_part_gone(struct writer *w, const struct part *part)
{
    if (part->place == PART_MEMORY)
        return CLUS_OK;
    if (part->place == PART_PUBLISHED) {
        clus_status st = clus__grow(&w->gone, &w->cap_gone, w->n_gone + 1, sizeof *w->gone);
        if (st != CLUS_OK)
            return st;
        w->gone[w->n_gone++] = part->row;
    }
    return add_dropped(w, part->row.owner);
}

clus_status clus__writer_pack_gone(struct writer *w, const struct pack_part *pack)
{
    if (pack->place == PART_MEMORY)
        return CLUS_OK;
    if (pack->place == PART_PUBLISHED) {
        clus_status st = clus__grow(&w->gone_packs, &w->cap_gone_packs, w->n_gone_packs + 1,
                                    sizeof *w->gone_packs);
        if (st != CLUS_OK)
            return st;
        w->gone_packs[w->n_gone_packs++] = pack->row;
    }
    return add_dropped(w, pack->row.owner);
}

clus_status clus__part_delete(struct part *part, uint32_t doc)
{
    if (!part->deleted) {
        part->deleted = clus__calloc(clus__bitset_words(part->row.ndocs), 8);
        if (!part->deleted)
            return CLUS_E_NOMEM;
    }
    uint64_t bit = 1ull << (doc % 64);
    part->n_deleted += (part->deleted[doc / 64] & bit) == 0;
    part->deleted[doc / 64] |= bit;
    part->changed = true;
    return CLUS_OK;
}

clus_status clus__part_open(struct writer *w, struct part *part, clus_error *err)
{
    struct store_txn *txn = NULL;
    clus_status st = CLUS_OK;
    if (part->seg)
        return CLUS_OK;
    if (part->place == PART_MEMORY) {
        st = clus__segment_of_slab(&part->row, &part->slab, &part->opened);
    } else {
        st = clus__writer_reader(w, &txn, err);
        if (st != CLUS_OK)
            return st;
        st = clus__segment_open(&part->row, txn, &part->opened);
    }
    if (st == CLUS_OK)
        part->seg = &part->opened->seg;
    return clus__explain(err, st, "a segment that was just written");
}

/* ---- pages ---- */

static clus_status begin(struct page_sink *sink, clus_error *err)
{
    struct writer *w = sink->w;
    if (sink->txn)
        return CLUS_OK;
    clus_status st = clus__store_write(w->index->store, true, &sink->txn, err);
    if (st != CLUS_OK)
        return st;
    struct counters stored;
    st = clus__counters_get(sink->txn, &stored);
    if (st == CLUS_OK) {
        stored.next_owner = w->counters.next_owner; /* never given out twice */
        st = clus__counters_put(sink->txn, &stored);
    }
    if (st != CLUS_OK)
        clus__page_sink_abort(sink);
    w->any_pending = true;
    return clus__explain(err, st, "writing pages");
}

static bool is_first(const struct slab *slab)
{
    for (int s = 0; s < SEG_STREAMS; s++) {
        if (slab->page[s] != 0)
            return false;
    }
    return true;
}

clus_status clus__page_sink_put(struct page_sink *sink, const struct slab *slab,
                                bool *combined, clus_error *err)
{
    clus_status st = begin(sink, err);
    if (st != CLUS_OK)
        return st;
    if (is_first(slab))
        st = clus__owner_mark(sink->txn, TABLE_PENDING, slab->owner);
    if (st == CLUS_OK)
        st = clus__slab_put(slab, sink->txn, combined);
    if (st != CLUS_OK) {
        clus__page_sink_abort(sink);
        return clus__explain(err, st, "writing pages");
    }
    sink->bytes += clus__slab_bytes(slab);
    if (sink->bytes / PAGE_PAYLOAD < TXN_PAGES)
        return CLUS_OK;
    return clus__page_sink_finish(sink, err);
}

clus_status clus__page_sink_finish(struct page_sink *sink, clus_error *err)
{
    struct store_txn *txn = sink->txn;
    sink->txn = NULL;
    sink->bytes = 0;
    if (!txn)
        return CLUS_OK;
    clus__writer_drop_reader(sink->w); /* it would not see these pages */
    return clus__store_commit(txn, err);
}

void clus__page_sink_abort(struct page_sink *sink)
{
    clus__store_abort(sink->txn);
    sink->txn = NULL;
    sink->bytes = 0;
}

/* ---- spilling ---- */

static clus_status spill_part(struct page_sink *sink, struct part *part, clus_error *err)
{
    struct writer *w = sink->w;
    if (part->place != PART_MEMORY)
        return CLUS_OK;
    clus_status st = clus__page_sink_put(sink, &part->slab, &part->row.combined, err);
    if (st != CLUS_OK)
        return st;
    w->memory_bytes -= clus__slab_bytes(&part->slab);
    part->place = PART_PENDING;
    clus__segment_close(part->opened); /* it read from the slab */
    part->opened = NULL;
    part->seg = NULL;
    clus__slab_done(&part->slab);
    clus__run_free(part->run); /* its ids are in the segment now */
    part->run = NULL;
    return CLUS_OK;
}

static clus_status spill_pack(struct page_sink *sink, struct pack_part *pack,
                              clus_error *err)
{
    if (pack->place != PART_MEMORY)
        return CLUS_OK;
    struct slab slab = {.owner = pack->row.owner, .data[0] = pack->data};
    clus_status st = clus__page_sink_put(sink, &slab, NULL, err);
    if (st != CLUS_OK)
        return st;
    sink->w->memory_bytes -= pack->data.len;
    pack->place = PART_PENDING;
    clus__buf_done(&pack->data);
    return CLUS_OK;
}

clus_status clus__writer_spill(struct writer *w, clus_error *err)
{
    struct page_sink sink = {.w = w};
    clus_status st = CLUS_OK;
    for (size_t i = 0; i < w->n_parts && st == CLUS_OK; i++)
        st = spill_part(&sink, w->parts[i], err);
    for (size_t i = 0; i < w->n_packs && st == CLUS_OK; i++)
        st = spill_pack(&sink, w->packs[i], err);
    if (st != CLUS_OK) {
        clus__page_sink_abort(&sink);
        return st;
    }
    return clus__page_sink_finish(&sink, err);
}
