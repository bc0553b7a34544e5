/*
 * Merges that take several commits, each of which does a part of them, so that none takes
 * long. What they have written is pages of pending owners: a crash leaves nothing but
 * these.
 */
#include <string.h>

#include "index/writer.h"

static void drop(struct writer *w, uint32_t i)
{
    clus__merge_free(w->merging[i].merge);
    w->n_merging--;
    memmove(&w->merging[i], &w->merging[i + 1], (w->n_merging - i) * sizeof *w->merging);
}

void clus__long_merges_drop(struct writer *w)
{
    while (w->n_merging > 0)
        drop(w, w->n_merging - 1);
}

bool clus__long_merge_has(const struct writer *w, uint32_t owner)
{
    for (uint32_t m = 0; m < w->n_merging; m++) {
        for (uint32_t i = 0; i < w->merging[m].n; i++) {
            if (w->merging[m].owners[i] == owner)
                return true;
        }
    }
    return false;
}

clus_status clus__long_merge_begin(struct writer *w, size_t from, size_t n, uint64_t bytes,
                                   clus_error *err)
{
    struct long_merge new = {.n = (uint32_t)n, .bytes = bytes};
    clus_status st = clus__writer_new_merge(w, from, n, &new.merge, err);
    if (st != CLUS_OK)
        return st;
    for (size_t i = 0; i < n; i++) {
        new.owners[i] = w->parts[from + i]->row.owner;
        w->parts[from + i]->locked = true;
    }
    uint32_t at = w->n_merging++;
    for (; at > 0 && w->merging[at - 1].bytes > bytes; at--)
        w->merging[at] = w->merging[at - 1];
    w->merging[at] = new;
    return CLUS_OK;
}

clus_status clus__long_merges_go_on(struct writer *w, uint64_t *budget, clus_error *err)
{
    struct long_merge *first = &w->merging[0]; /* the smallest */
    struct page_sink sink = {.w = w};
    size_t from = 0;
    if (w->n_merging == 0 || *budget == 0)
        return CLUS_DONE;
    while (from < w->n_parts && w->parts[from]->row.owner != first->owners[0])
        from++;
    uint64_t before = first->merge->work;
    clus_status st = clus__writer_run_merge(w, first->merge, *budget, &sink, err);
    uint64_t cost = first->merge->work - before;
    bool finished = st == CLUS_DONE;
    if (finished)
        st = clus__writer_put_merged(w, first->merge, from, &sink, err);
    if (st == CLUS_OK)
        st = clus__page_sink_finish(&sink, err);
    clus__page_sink_abort(&sink);
    if (st != CLUS_OK || finished)
        drop(w, 0);
    *budget -= cost < *budget ? cost : *budget;
    return st == CLUS_OK && !finished ? CLUS_DONE : st;
}
