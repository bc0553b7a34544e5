/* Postings sorted by document. */
#include "index/gather.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

void clus__gather_begin(struct gather *g, uint32_t from, uint32_t to, uint64_t most_pos)
{
    g->most_pos = most_pos;
    g->from = from;
    g->to = to;
    g->n = g->n_pos = 0;
}

clus_status clus__gather_add(struct gather *g, const struct gathered *item,
                             const uint32_t *pos)
{
    if (item->doc < g->from || item->doc >= g->to)
        return CLUS_OK;
    if (g->n_pos + item->n_pos > g->most_pos)
        return CLUS_E_CORRUPT;
    if (g->n_pos + item->n_pos > UINT32_MAX)
        return CLUS_E_LIMIT;
    clus_status st = clus__grow(&g->items, &g->cap, g->n + 1, sizeof *g->items);
    if (st == CLUS_OK && item->n_pos > 0)
        st = clus__grow(&g->pos, &g->cap_pos, g->n_pos + item->n_pos, sizeof *g->pos);
    if (st != CLUS_OK)
        return st;
    struct gathered *kept = &g->items[g->n++];
    *kept = *item;
    kept->pos_at = (uint32_t)g->n_pos;
    if (item->n_pos > 0)
        memcpy(g->pos + g->n_pos, pos, item->n_pos * sizeof *pos);
    g->n_pos += item->n_pos;
    return CLUS_OK;
}

static int by_doc(const void *a, const void *b)
{
    const struct gathered *x = a, *y = b;
    return (x->doc > y->doc) - (x->doc < y->doc);
}

clus_status clus__gather_write(struct gather *g, struct segment_writer *writer)
{
    clus_status st = CLUS_OK;
    if (g->n > 0)
        qsort(g->items, g->n, sizeof *g->items, by_doc);
    for (size_t i = 0; i < g->n && st == CLUS_OK; i++) {
        const struct gathered *item = &g->items[i];
        st = clus__segment_add(writer, item->doc, item->tf, item->flags,
                               item->n_pos ? g->pos + item->pos_at : NULL);
    }
    return st;
}

void clus__gather_done(struct gather *g)
{
    clus__free(g->items);
    clus__free(g->pos);
    *g = (struct gather){0};
}
