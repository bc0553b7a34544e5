/* Posting lists of forms, decoded and merged. The bytes are our own and need no checks. */
#include "index/form_lists.h"

#include "base/alloc.h"

clus_status clus__number_list_grow(struct number_list *list, size_t more)
{
    return clus__table_grow(&list->items, &list->cap, list->n + more, sizeof *list->items);
}

static clus_status grow_store(struct posting_store *s, size_t more)
{
    clus_status st = clus__number_list_grow(&s->docs, more);
    if (st == CLUS_OK)
        st = clus__number_list_grow(&s->tfs, more);
    return st == CLUS_OK ? clus__table_grow(&s->flags, &s->cap_flags, s->docs.n + more, 1)
                         : st;
}

static inline void put(struct posting_store *s, uint32_t doc, uint32_t tf, uint8_t flags)
{
    s->flags[s->docs.n] = flags;
    s->docs.items[s->docs.n++] = doc;
    s->tfs.items[s->tfs.n++] = tf;
}

void clus__number_list_done(struct number_list *list)
{
    clus__table_free(list->items, list->cap, sizeof *list->items);
}

static void done_store(struct posting_store *s)
{
    clus__number_list_done(&s->docs);
    clus__number_list_done(&s->tfs);
    clus__table_free(s->flags, s->cap_flags, 1);
}

void clus__form_lists_clear(struct form_lists *l)
{
    l->forms.docs.n = l->forms.tfs.n = 0;
}

void clus__form_lists_begin(struct form_lists *l, bool keep)
{
    if (!keep)
        clus__form_lists_clear(l);
    l->first = l->forms.docs.n;
    l->pos.n = l->pos_at.n = 0;
}

/* ---- decoding ---- */

static inline uint32_t take_symbol(const uint8_t **at)
{
    uint32_t value = *(*at)++;
    if (value < 0x80)
        return value;
    value &= 0x7f;
    for (unsigned shift = 7;; shift += 7) {
        uint8_t byte = *(*at)++;
        value |= (uint32_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return value;
    }
}

static inline uint8_t flags_of(const uint32_t *pos, size_t n)
{
    uint8_t flags = 0;
    size_t i = 0;
    if (n == 0)
        return FLAG_EXTRA_ONLY;
    if (pos[0] <= POS_TITLE_MAX) {
        flags |= FLAG_TITLE;
        while (i < n && pos[i] <= POS_TITLE_MAX)
            i++;
    }
    if (i < n && pos[i] < POS_TEXT + LEAD_TOKENS)
        flags |= FLAG_LEAD;
    return flags;
}

static inline uint32_t cut_tf(size_t tf)
{
    return tf < POSTINGS_MAX_TF ? (uint32_t)tf : POSTINGS_MAX_TF;
}

/* Decode l->bytes, which end with a 0 of our own; there is room for what they hold. */
static void decode(struct form_lists *l)
{
    const uint8_t *at = l->bytes.data, *end = at + l->bytes.len - 1;
    uint32_t doc = UINT32_MAX;
    size_t n = l->pos.n;
    while (at < end) {
        at++; /* the 0 that begins a document */
        doc += take_symbol(&at);
        uint32_t next = 0, n_extra = 0;
        size_t first = n;
        while (*at != 0) {
            uint32_t symbol = take_symbol(&at);
            n_extra += symbol == 1;
            next += symbol - 1;
            l->pos.items[n] = next - 1;
            n += symbol != 1;
        }
        l->pos_at.items[l->pos_at.n++] = (uint32_t)first;
        put(&l->forms, doc, cut_tf(n > first ? n - first : n_extra),
            flags_of(l->pos.items + first, n - first));
    }
    l->pos.n = n;
}

clus_status clus__form_lists_read(struct form_lists *l, const struct inverter *v,
                                  uint32_t form, struct list_range *range)
{
    clus__buf_clear(&l->bytes);
    clus__inverter_list(v, form, &l->bytes);
    clus__buf_byte(&l->bytes, 0);
    clus_status st = clus__buf_status(&l->bytes);
    if (st == CLUS_OK)
        st = grow_store(&l->forms, l->bytes.len / 2); /* a document takes two at least */
    if (st == CLUS_OK)
        st = clus__number_list_grow(&l->pos, l->bytes.len);
    if (st == CLUS_OK)
        st = clus__number_list_grow(&l->pos_at, l->bytes.len / 2);
    if (st != CLUS_OK)
        return st;
    range->at = (uint32_t)l->forms.docs.n;
    decode(l);
    range->n = (uint32_t)l->forms.docs.n - range->at;
    return CLUS_OK;
}

/* ---- merging ---- */

/* Merge two ascending runs, without jumps on what they hold. */
static void merge_two(const uint64_t *a, size_t n_a, const uint64_t *b, size_t n_b,
                      uint64_t *out)
{
    size_t i = 0, j = 0;
    while (i < n_a && j < n_b) {
        bool first = a[i] < b[j];
        *out++ = first ? a[i] : b[j];
        i += first;
        j += !first;
    }
    memcpy(out, i < n_a ? a + i : b + j, (n_a - i + n_b - j) * sizeof *out);
}

/* Merge the runs of l->order pair by pair until there is one. */
static void merge_runs(struct form_lists *l, size_t n_runs)
{
    while (n_runs > 1) {
        size_t *starts = l->starts, left = 0;
        for (size_t r = 0; r < n_runs; r += 2) {
            size_t from = starts[r], middle = starts[r + 1],
                   to = r + 2 <= n_runs ? starts[r + 2] : middle;
            merge_two(l->order + from, middle - from, l->order + middle, to - middle,
                      l->other + from);
            starts[left++] = from;
        }
        starts[left] = starts[n_runs];
        n_runs = left;
        uint64_t *swap = l->order;
        l->order = l->other;
        l->other = swap;
    }
}

/* All postings of the ranges by document, in l->order. */
static clus_status sort_ranges(struct form_lists *l, const struct list_range *ranges,
                               size_t n, size_t *total)
{
    size_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += ranges[i].n;
    clus_status st = clus__grow(&l->order, &l->cap_order, sum, sizeof *l->order);
    if (st == CLUS_OK)
        st = clus__grow(&l->other, &l->cap_other, l->cap_order, sizeof *l->other);
    if (st == CLUS_OK)
        st = clus__grow(&l->starts, &l->cap_starts, n + 1, sizeof *l->starts);
    if (st != CLUS_OK)
        return st;
    l->cap_order = l->cap_other = l->cap_order < l->cap_other ? l->cap_order : l->cap_other;
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        l->starts[i] = at;
        for (uint32_t k = ranges[i].at; k < ranges[i].at + ranges[i].n; k++)
            l->order[at++] = (uint64_t)l->forms.docs.items[k] << 32 | k;
    }
    l->starts[n] = at;
    merge_runs(l, n);
    *total = sum;
    return CLUS_OK;
}

/* Add a document's positions to the `have` ones in l->mixed, from the back. */
static clus_status mix_positions(struct form_lists *l, const uint32_t *pos, size_t n)
{
    clus_status st = clus__number_list_grow(&l->mixed, n);
    size_t have = l->mixed.n, to = have + n;
    if (st != CLUS_OK)
        return st;
    l->mixed.n = to;
    uint32_t *mixed = l->mixed.items;
    while (n > 0) {
        if (have > 0 && mixed[have - 1] > pos[n - 1])
            mixed[--to] = mixed[--have];
        else
            mixed[--to] = pos[--n];
    }
    return CLUS_OK;
}

static void put_deltas(struct form_lists *l, const uint32_t *pos, uint32_t n, uint8_t flags)
{
    uint32_t *deltas = l->deltas.items + l->deltas.n;
    deltas[0] = pos[0] - (flags & FLAG_TITLE ? 0 : POS_TEXT);
    for (uint32_t i = 1; i < n; i++)
        deltas[i] = pos[i] - pos[i - 1] - 1;
    l->deltas.n += n;
}

static const uint32_t *positions_of(const struct form_lists *l, size_t posting)
{
    return l->pos.items + l->pos_at.items[posting - l->first];
}

/* A document that several forms have: postings order[from, to). */
static clus_status put_joined(struct form_lists *l, size_t from, size_t to, bool positions)
{
    const struct posting_store *f = &l->forms;
    uint64_t tf = 0, extra = 0;
    uint8_t flags = 0;
    bool only_extra = true;
    l->mixed.n = 0;
    for (size_t i = from; i < to; i++) {
        uint32_t k = (uint32_t)l->order[i];
        if (f->flags[k] & FLAG_EXTRA_ONLY) {
            extra += f->tfs.items[k];
            continue;
        }
        only_extra = false;
        tf += f->tfs.items[k];
        flags |= f->flags[k];
        clus_status st =
            positions ? mix_positions(l, positions_of(l, k), f->tfs.items[k]) : CLUS_OK;
        if (st != CLUS_OK)
            return st;
    }
    uint32_t doc = (uint32_t)(l->order[from] >> 32), cut = cut_tf(only_extra ? extra : tf);
    if (positions && !only_extra)
        put_deltas(l, l->mixed.items, cut, flags);
    put(&l->merged, doc, cut, only_extra ? FLAG_EXTRA_ONLY : flags);
    return CLUS_OK;
}

/* Postings by l->order, side by side. */
static clus_status put_all(struct form_lists *l, size_t n, bool positions)
{
    const struct posting_store *f = &l->forms;
    clus_status st = grow_store(&l->merged, n);
    for (size_t from = 0, to; from < n && st == CLUS_OK; from = to) {
        uint64_t doc = l->order[from] >> 32;
        for (to = from + 1; to < n && l->order[to] >> 32 == doc; to++)
            ;
        if (to - from > 1) {
            st = put_joined(l, from, to, positions);
            continue;
        }
        uint32_t k = (uint32_t)l->order[from];
        put(&l->merged, (uint32_t)doc, f->tfs.items[k], f->flags[k]);
        if (positions && !(f->flags[k] & FLAG_EXTRA_ONLY))
            put_deltas(l, positions_of(l, k), f->tfs.items[k], f->flags[k]);
    }
    return st;
}

static struct posting_columns columns_of(const struct posting_store *s, size_t at, size_t n)
{
    return (struct posting_columns){.n = (uint32_t)n,
                                    .docs = s->docs.items + at,
                                    .tfs = s->tfs.items + at,
                                    .flags = s->flags + at};
}

static clus_status merge(struct form_lists *l, const struct list_range *ranges, size_t n,
                         bool positions, struct posting_columns *out)
{
    size_t total;
    l->merged.docs.n = l->merged.tfs.n = 0;
    clus_status st = sort_ranges(l, ranges, n, &total);
    if (st == CLUS_OK)
        st = put_all(l, total, positions);
    *out = columns_of(&l->merged, 0, l->merged.docs.n);
    return st;
}

clus_status clus__form_lists_stem(struct form_lists *l, const struct list_range *ranges,
                                  size_t n, bool positions, struct posting_columns *out)
{
    clus_status st = CLUS_OK;
    l->deltas.n = 0;
    if (positions)
        st = clus__number_list_grow(&l->deltas, l->pos.n);
    if (st == CLUS_OK && n > 1)
        st = merge(l, ranges, n, positions, out);
    if (st != CLUS_OK)
        return st;
    if (n == 1) {
        *out = columns_of(&l->forms, ranges->at, ranges->n);
        for (uint32_t i = 0; positions && i < out->n; i++)
            if (!(out->flags[i] & FLAG_EXTRA_ONLY))
                put_deltas(l, positions_of(l, ranges->at + i), out->tfs[i], out->flags[i]);
    }
    out->deltas = l->deltas.items;
    return CLUS_OK;
}

clus_status clus__form_lists_join(struct form_lists *l, const struct list_range *ranges,
                                  size_t n, struct posting_columns *out)
{
    if (n > 1)
        return merge(l, ranges, n, false, out);
    *out = columns_of(&l->forms, ranges->at, ranges->n);
    return CLUS_OK;
}

void clus__form_lists_done(struct form_lists *l)
{
    done_store(&l->forms);
    done_store(&l->merged);
    clus__number_list_done(&l->pos);
    clus__number_list_done(&l->pos_at);
    clus__number_list_done(&l->deltas);
    clus__number_list_done(&l->mixed);
    clus__free(l->order);
    clus__free(l->other);
    clus__free(l->starts);
    clus__buf_done(&l->bytes);
    *l = (struct form_lists){0};
}
