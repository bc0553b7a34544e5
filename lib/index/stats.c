/* Figures of a view: sums over the rows of its manifest. */
#include "index/stats.h"

#include "base/error.h"
#include "index/index.h"

/* Streams as the parts that people ask about. */
static const struct {
    const char *name;
    uint32_t streams; /* bit set of segment_stream */
} parts[] = {
    {"dictionary", 1u << SEG_DICT | 1u << SEG_DTOP},
    {"postings", 1u << SEG_POST},
    {"positions", 1u << SEG_POS},
    {"lengths", 1u << SEG_NORM},
    {"ids", 1u << SEG_IDS | 1u << SEG_IDH},
    {"numbers", 1u << SEG_DNUM},
    {"dates", 1u << SEG_DATE},
};
enum { N_PARTS = sizeof parts / sizeof *parts };

/* With the checksums of the pages that it takes, the last one counted in part. */
static uint64_t as_stored(uint64_t len)
{
    return len + len * PAGE_TRAILER / PAGE_PAYLOAD;
}

static clus_status sum_packs(struct store_txn *txn, clus_part_size *out)
{
    struct store_row row = {0};
    clus_status st;
    out->name = "documents";
    while ((st = clus__store_next(txn, TABLE_PACKS, &row)) == CLUS_OK) {
        struct pack_row pack;
        st = clus__pack_row_decode(row.key, row.value, &pack);
        if (st != CLUS_OK)
            return st;
        out->bytes += as_stored(clus__pack_len(&pack));
    }
    return st == CLUS_DONE ? CLUS_OK : st;
}

static void sum_segments(const struct manifest *m, clus_stats *s)
{
    for (uint32_t i = 0; i < m->n; i++) {
        const struct segment_row *row = &m->rows[i];
        s->terms += row->totals.n_keys[0];
        s->forms += row->totals.n_keys[1];
        s->postings += row->totals.n_postings;
        s->tokens += row->totals.n_tokens;
        for (uint32_t p = 0; p < N_PARTS; p++) {
            for (int stream = 0; stream < SEG_STREAMS; stream++) {
                if (parts[p].streams >> stream & 1)
                    s->parts[p].bytes += as_stored(row->len[stream]);
            }
        }
    }
}

clus_status clus__view_stats(struct view *view, clus_stats *out, clus_error *err)
{
    const struct manifest *m = clus__view_manifest(view);
    struct store_figures figures;
    clus_stats s = {.documents = view->n_live,
                    .deleted = view->n_docs - view->n_live,
                    .segments = view->n_segments,
                    .generation = view->generation,
                    .n_parts = N_PARTS + 1,
                    .format = FORMAT_VERSION,
                    .fingerprint = view->index->fingerprint};
    clus_status st = clus__store_figures(view->index->store, view->txn, &figures);
    if (st == CLUS_OK)
        st = sum_packs(view->txn, &s.parts[N_PARTS]);
    if (st != CLUS_OK)
        return clus__explain(err, st, "figures of the index");
    for (uint32_t p = 0; p < N_PARTS; p++)
        s.parts[p].name = parts[p].name;
    sum_segments(m, &s);
    s.readers = figures.readers;
    s.file_bytes = figures.file_bytes;
    s.live_bytes = figures.used_pages * figures.page_size;
    s.engine = figures.engine;
    *out = s;
    return CLUS_OK;
}
