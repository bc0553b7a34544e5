/*
 * Documents that a stem has in the merged segment: what its forms' lists are told by. The
 * stem's own list is written long before and cannot be read, so the inputs' are once more;
 * forms of one stem mostly stand side by side, so the last one's documents are kept.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "codec/postings.h"
#include "index/merge.h"

enum { PARENTS_A_UNIT = 4 }; /* documents that are read in the time of a unit of work */

static clus_status add_docs(struct merge *m, const uint32_t *docs, uint32_t n)
{
    struct merge_parent *parent = &m->parent;
    clus_status st =
        clus__grow(&parent->own, &parent->cap_own, parent->n_own + n, sizeof *parent->own);
    if (st != CLUS_OK)
        return st;
    memcpy(parent->own + parent->n_own, docs, n * sizeof *docs);
    parent->n_own += n;
    m->work += n / PARENTS_A_UNIT;
    return CLUS_OK;
}

static clus_status add_blocks(struct merge *m, struct postings *p)
{
    clus_status st = clus__postings_seek_block(p, 0);
    while (st == CLUS_OK) {
        st = clus__postings_docs(p);
        if (st == CLUS_OK)
            st = add_docs(m, p->docs, p->n);
        if (st == CLUS_OK)
            st = clus__postings_seek_block(p, (uint64_t)p->block_last + 1);
    }
    return st == CLUS_DONE ? CLUS_OK : st;
}

static clus_status add_input(struct merge *m, struct store_txn *txn,
                             const struct merge_input *in, struct bytes stem)
{
    struct term_info info;
    struct inline_list list;
    struct postings p;
    clus_status st = clus__stem_finder_find(in->stems, stem, &info);
    if (st != CLUS_OK)
        return st == CLUS_DONE ? CLUS_OK : st;
    if ((info.place.kind & 3) == LIST_INLINE) {
        list.n = list.n_deltas = 0;
        st = clus__inline_read(&info.place, info.df, in->seg->ndocs, NULL, &list);
        return st == CLUS_OK ? add_docs(m, list.docs, list.n) : st;
    }
    p.state = NULL;
    st = clus__segment_postings(in->seg, txn, &info, NULL, &p);
    if (st == CLUS_OK)
        st = add_blocks(m, &p);
    clus__postings_done(&p);
    return st;
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* What the inputs' documents are in the merged segment. */
static clus_status place_all(struct merge *m)
{
    struct merge_parent *parent = &m->parent;
    clus_status st =
        clus__grow(&parent->docs, &parent->cap, parent->n_own, sizeof *parent->docs);
    for (uint32_t i = 0; st == CLUS_OK && i < m->n; i++) {
        const struct merge_input *in = &m->inputs[i];
        for (size_t k = parent->from[i]; k < parent->from[i + 1]; k++)
            if (clus__merge_lives(in, parent->own[k]))
                parent->docs[parent->n++] = clus__merge_place(m, in, parent->own[k]);
    }
    if (m->place && parent->n > 1)
        qsort(parent->docs, parent->n, sizeof *parent->docs, by_number);
    return st;
}

clus_status clus__merge_read_parent(struct merge *m, struct store_txn *txn,
                                    struct bytes stem)
{
    struct merge_parent *parent = &m->parent;
    struct bytes key = {parent->key, stem.len + 1};
    if (parent->key_len == key.len && memcmp(parent->key + 1, stem.data, stem.len) == 0)
        return CLUS_OK;
    parent->n = 0;
    parent->n_own = 0;
    parent->number++;
    parent->key_len = 0;
    parent->key[0] = KEY_STEM;
    memcpy(parent->key + 1, stem.data, stem.len);
    clus_status st = CLUS_OK;
    for (uint32_t i = 0; i < m->n && st == CLUS_OK; i++) {
        st = add_input(m, txn, &m->inputs[i], stem);
        parent->from[i + 1] = parent->n_own;
    }
    if (st == CLUS_OK)
        st = place_all(m);
    if (st == CLUS_OK)
        parent->key_len = key.len;
    return st;
}
