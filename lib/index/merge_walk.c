/* Merging: a walk over the keys of all inputs at once. */
#include <string.h>

#include "base/le.h"
#include "index/merge.h"

static uint64_t head_of(struct bytes key)
{
    uint8_t head[8] = {0};
    if (key.len >= sizeof head)
        return clus__be64(key.data);
    memcpy(head, key.data, key.len);
    return clus__be64(head);
}

static clus_status advance(struct merge_input *in)
{
    clus_status st = clus__term_walk_next(in->walk, &in->key, &in->stem, &in->info);
    in->ended = st == CLUS_DONE;
    if (st == CLUS_OK)
        in->head = head_of(in->key);
    return in->ended ? CLUS_OK : st;
}

/* Keys that are equal but for zeros have one head. */
static int compare_keys(const struct merge_input *a, const struct merge_input *b)
{
    if (a->head != b->head)
        return a->head < b->head ? -1 : 1;
    return clus__bytes_cmp(a->key, b->key);
}

void clus__merge_end_walks(struct merge *m)
{
    for (uint32_t i = 0; i < m->n; i++) {
        clus__term_walk_free(m->inputs[i].walk);
        m->inputs[i].walk = NULL;
        clus__stem_finder_free(m->inputs[i].stems);
        m->inputs[i].stems = NULL;
    }
}

clus_status clus__merge_begin_walks(struct merge *m, struct store_txn *txn)
{
    clus_status st = CLUS_OK;
    for (uint32_t i = 0; i < m->n && st == CLUS_OK; i++) {
        struct merge_input *in = &m->inputs[i];
        st = clus__term_walk_new(in->seg, txn, (struct bytes){m->resume, m->resume_len},
                                 &in->walk);
        if (st == CLUS_OK)
            st = clus__stem_finder_new(in->seg, txn, &in->stems);
        if (st == CLUS_OK)
            st = advance(in);
    }
    return st;
}

uint64_t clus__merge_least(const struct merge *m)
{
    uint64_t set = 0;
    const struct merge_input *best = NULL;
    for (uint32_t i = 0; i < m->n; i++) {
        const struct merge_input *in = &m->inputs[i];
        if (in->ended)
            continue;
        int c = best ? compare_keys(in, best) : -1;
        if (c > 0)
            continue;
        if (c < 0) {
            best = in;
            set = 0;
        }
        set |= 1ull << i;
    }
    return set;
}

clus_status clus__merge_step_over(struct merge *m, uint64_t set)
{
    clus_status st = CLUS_OK;
    for (; set && st == CLUS_OK; m->work += KEY_WORK)
        st = advance(&m->inputs[clus__take_bit(&set)]);
    return st;
}
