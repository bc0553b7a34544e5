/* Whether a live document has a key: its lists, read up to the first that does. */
#include "search/live.h"

#include "codec/postings.h"

static bool has_live(const struct postings *p, const uint64_t *deleted)
{
    for (uint32_t i = 0; i < p->n; i++)
        if (!(deleted[p->docs[i] / 64] >> (p->docs[i] % 64) & 1))
            return true;
    return false;
}

static clus_status list_is_live(const struct view_segment *vs, struct store_txn *txn,
                                const struct term_info *info, bool *live)
{
    struct postings p = {.df = 0};
    clus_status st = clus__segment_postings(vs->seg, txn, info, NULL, &p);
    if (st == CLUS_OK)
        st = clus__postings_seek_block(&p, 0);
    while (st == CLUS_OK && !*live) {
        st = clus__postings_docs(&p);
        if (st == CLUS_OK)
            *live = has_live(&p, vs->deleted);
        if (st == CLUS_OK && !*live)
            st = clus__postings_seek_block(&p, (uint64_t)p.block_last + 1);
    }
    clus__postings_done(&p);
    return st == CLUS_DONE ? CLUS_OK : st;
}

clus_status clus__key_is_live(struct view *view, struct bytes key, uint64_t df, bool *live)
{
    clus_status st = CLUS_OK;
    *live = df > view->n_docs - view->n_live;
    for (uint32_t s = 0; st == CLUS_OK && !*live && s < view->n_segments; s++) {
        const struct view_segment *vs = &view->segments[s];
        struct term_info info;
        st = clus__segment_find(vs->seg, view->txn, key, &info);
        if (st == CLUS_OK && info.df > vs->n_deleted)
            *live = true;
        else if (st == CLUS_OK)
            st = list_is_live(vs, view->txn, &info, live);
        st = st == CLUS_DONE ? CLUS_OK : st;
    }
    return st;
}
