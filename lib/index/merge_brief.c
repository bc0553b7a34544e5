/* Merging: lists inside of their dictionary entries, read without cursors. */
#include "codec/postings.h"
#include "index/merge.h"

/* Whether a form of this input names the stem whose documents are at hand. */
static bool is_parent(const struct merge_parent *parent, const struct merge_input *in)
{
    return parent && clus__bytes_cmp((struct bytes){parent->key + 1, parent->key_len - 1},
                                     in->stem) == 0;
}

static bool is_brief(const struct merge_input *in, const struct merge_parent *parent)
{
    const struct list_place *place = &in->info.place;
    return (place->kind & 3) == LIST_INLINE &&
           (!clus__inline_ordinals(place, in->info.df) || is_parent(parent, in));
}

uint64_t clus__merge_brief_part(const struct merge *m, uint64_t *set,
                                const struct merge_parent *parent)
{
    uint64_t bytes = 0, df = 0, left = *set;
    while (*set) {
        const struct merge_input *in = &m->inputs[__builtin_ctzll(*set)];
        bytes += in->info.place.inline_len;
        df += in->info.df;
        if (bytes > INLINE_BYTES || df > INLINE_DOCS || !is_brief(in, parent))
            break;
        *set &= *set - 1;
    }
    return left ^ *set;
}

/* Leave out what is deleted of documents from `from` on, which are an input's, and give the
 * others their places; `deltas`: where theirs begin. */
static void place_live(const struct merge_input *in, bool positions,
                       struct inline_list *list, uint32_t from, uint32_t deltas)
{
    uint32_t n = from, n_deltas = deltas;
    for (uint32_t i = from; i < list->n; i++) {
        uint32_t place = in->places[list->docs[i]], tf = list->tfs[i];
        uint8_t flags = list->flags[i];
        uint32_t own = positions ? clus__positions_of(tf, flags) : 0;
        deltas += own;
        if (place == MERGE_DEAD)
            continue;
        list->docs[n] = place;
        list->tfs[n] = tf;
        list->flags[n++] = flags;
        for (uint32_t k = deltas - own; k < deltas; k++)
            list->deltas[n_deltas++] = list->deltas[k];
    }
    list->n = n;
    list->n_deltas = n_deltas;
}

clus_status clus__merge_brief(struct merge *m, uint64_t set, struct brief_lists *out)
{
    struct inline_list *list = &out->list;
    list->n = list->n_deltas = 0;
    while (set) {
        uint32_t number = clus__take_bit(&set);
        const struct merge_input *in = &m->inputs[number];
        uint32_t from = list->n, deltas = list->n_deltas;
        struct inline_parent parent = {NULL, 0};
        if (out->parent) {
            const size_t *own = &out->parent->from[number];
            parent.docs = out->parent->own + own[0];
            parent.n = (uint32_t)(own[1] - own[0]);
        }
        clus_status st = clus__inline_read(&in->info.place, in->info.df, in->seg->ndocs,
                                           out->parent ? &parent : NULL, list);
        if (st != CLUS_OK)
            return st;
        m->work += (uint64_t)POSTING_WORK * in->info.df;
        if (in->places)
            place_live(in, out->positions, list, from, deltas);
        for (uint32_t i = from; !in->places && i < list->n; i++)
            list->docs[i] += in->base;
    }
    out->ttf = 0;
    for (uint32_t i = 0; i < list->n; i++)
        out->ttf += list->tfs[i];
    return CLUS_OK;
}
