/*
 * The inverter's lists as a segment: forms grouped by stem for KEY_STEM, by text for
 * KEY_FORM, then values; each in order of bytes.
 */
#include "index/flush.h"

#include <stdlib.h>

#include "base/alloc.h"

enum { AHEAD = 8, FAR_AHEAD = 2 * AHEAD };

struct flush {
    const struct inverter *v;
    const struct lexer *lx;
    const struct flush_config *config;
    struct flush_memory *m;
    struct segment_writer *writer;
    size_t n; /* entries */
    uint32_t n_groups;
};

static const struct form *form_of(const struct flush *f, uint32_t form)
{
    return clus__lexer_form(f->lx, form);
}

static clus_status sort_by_stem(struct flush *f)
{
    const uint32_t *forms = f->v->touched;
    for (size_t i = 0; i < f->n; i++) {
        if (i + FAR_AHEAD < f->n)
            __builtin_prefetch(form_of(f, forms[i + FAR_AHEAD]));
        if (i + AHEAD < f->n)
            __builtin_prefetch(form_of(f, forms[i + AHEAD])->term.data);
        f->m->keys[i] = clus__text_key(form_of(f, forms[i])->term, forms[i]);
    }
    return clus__sort_texts(f->m->keys, f->m->spare, f->n);
}

static clus_status sort_by_text(struct flush *f)
{
    const struct flush_entry *entries = f->m->entries;
    for (size_t i = 0; i < f->n; i++) {
        if (i + FAR_AHEAD < f->n)
            __builtin_prefetch(form_of(f, entries[i + FAR_AHEAD].form));
        if (i + AHEAD < f->n)
            __builtin_prefetch(form_of(f, entries[i + AHEAD].form)->text.data);
        f->m->keys[i] = clus__text_key(form_of(f, entries[i].form)->text, (uint32_t)i);
    }
    return clus__sort_texts(f->m->keys, f->m->spare, f->n);
}

static size_t group_end(const struct flush *f, size_t from)
{
    size_t to = from + 1;
    while (to < f->n && clus__same_text(&f->m->keys[to], &f->m->keys[from]))
        to++;
    return to;
}

static struct bytes make_key(uint8_t kind, struct bytes text, uint8_t key[KEY_MAX])
{
    key[0] = kind;
    memcpy(key + 1, text.data, text.len);
    return (struct bytes){key, text.len + 1};
}

/* Lists lie all over memory: ask early for those that come soon, first for where they
 * begin. */
static void prefetch_stem(const struct flush *f, size_t at)
{
    if (at + FAR_AHEAD < f->n) {
        uint32_t form = f->m->keys[at + FAR_AHEAD].item;
        __builtin_prefetch(&f->v->lists[form]);
        __builtin_prefetch(form_of(f, form));
    }
    if (at + AHEAD < f->n)
        clus__inverter_prefetch(f->v, f->m->keys[at + AHEAD].item);
}

static void prefetch_form(const struct flush *f, size_t at)
{
    if (at + FAR_AHEAD < f->n) {
        __builtin_prefetch(&f->m->entries[f->m->keys[at + FAR_AHEAD].item]);
        __builtin_prefetch(f->m->keys[at + FAR_AHEAD].data);
    }
    if (at + AHEAD < f->n) {
        const struct flush_entry *e = &f->m->entries[f->m->keys[at + AHEAD].item];
        __builtin_prefetch(&f->m->groups[e->group]);
        clus__form_lists_prefetch(&f->m->lists, &e->list);
    }
}

/* `group`: that of a form's stem, else NULL. */
static clus_status write_list(struct flush *f, struct bytes key, struct bytes stem,
                              const struct stem_group *group,
                              const struct posting_columns *list)
{
    clus_status st = clus__segment_begin(f->writer, key, stem);
    if (st == CLUS_OK && group && !group->one_text)
        st = clus__segment_parent(f->writer, f->m->stem_docs.items + group->docs_at,
                                  group->df);
    return st == CLUS_OK ? clus__segment_list(f->writer, list) : st;
}

/* Keep the documents of a stem for its forms. */
static clus_status keep_docs(struct flush *f, const struct posting_columns *list,
                             struct stem_group *group)
{
    struct number_list *kept = &f->m->stem_docs;
    if (group->one_text || !f->config->forms)
        return CLUS_OK;
    clus_status st = clus__number_list_grow(kept, list->n);
    if (st != CLUS_OK)
        return st;
    memcpy(kept->items + kept->n, list->docs, list->n * sizeof *list->docs);
    group->docs_at = kept->n;
    kept->n += list->n;
    return CLUS_OK;
}

/* Write the list of a stem, whose forms are entries [from, to). */
static clus_status write_stem(struct flush *f, size_t from, size_t to,
                              struct stem_group *group)
{
    uint8_t raw[KEY_MAX];
    struct posting_columns list;
    clus_status st = CLUS_OK;
    clus__form_lists_begin(&f->m->lists, f->config->forms);
    for (size_t i = from; i < to && st == CLUS_OK; i++) {
        struct flush_entry *e = &f->m->entries[i];
        prefetch_stem(f, i);
        *e = (struct flush_entry){.form = f->m->keys[i].item,
                                  .group = (uint32_t)(group - f->m->groups)};
        st = clus__form_lists_read(&f->m->lists, f->v, e->form, &e->list);
        f->m->ranges[i - from] = e->list;
    }
    if (st == CLUS_OK)
        st = clus__form_lists_stem(&f->m->lists, f->m->ranges, to - from,
                                   f->config->positions, &list);
    if (st == CLUS_OK)
        st = keep_docs(f, &list, group);
    if (st != CLUS_OK)
        return st;
    group->df = list.n;
    for (uint32_t i = 0; i < list.n; i++)
        group->ttf += list.tfs[i];
    return write_list(f, make_key(KEY_STEM, clus__text_of(&f->m->keys[from]), raw),
                      (struct bytes){0}, NULL, &list);
}

/* Each text is kept once, so where it lies tells. */
static bool same_text(const struct flush *f, size_t from, size_t to)
{
    const uint8_t *first = form_of(f, f->m->keys[from].item)->text.data;
    for (size_t i = from + 1; i < to; i++)
        if (form_of(f, f->m->keys[i].item)->text.data != first)
            return false;
    return true;
}

static clus_status write_stems(struct flush *f)
{
    clus_status st = sort_by_stem(f);
    for (size_t from = 0, to; from < f->n && st == CLUS_OK; from = to) {
        to = group_end(f, from);
        struct stem_group *group = &f->m->groups[f->n_groups++];
        *group = (struct stem_group){.stem = clus__text_of(&f->m->keys[from])};
        group->one_text = same_text(f, from, to);
        st = write_stem(f, from, to, group);
    }
    return st;
}

static const struct flush_entry *entry_at(const struct flush *f, size_t i)
{
    return &f->m->entries[f->m->keys[i].item];
}

/* A text that was routed to two languages keeps the stem of the form with the longer list.
 */
static size_t chosen(const struct flush *f, size_t from, size_t to)
{
    size_t best = from;
    for (size_t i = from + 1; i < to; i++) {
        const struct stem_group *x = &f->m->groups[entry_at(f, i)->group];
        const struct stem_group *y = &f->m->groups[entry_at(f, best)->group];
        if (x->ttf > y->ttf)
            best = i;
    }
    return best;
}

/* Write the form whose lists are those of entries [from, to). */
static clus_status write_form(struct flush *f, size_t from, size_t to)
{
    const struct flush_entry *e = entry_at(f, chosen(f, from, to));
    const struct stem_group *group = &f->m->groups[e->group];
    uint8_t raw[KEY_MAX];
    struct bytes key = make_key(KEY_FORM, clus__text_of(&f->m->keys[from]), raw);
    struct posting_columns list;
    bool alias = group->one_text;
    for (size_t i = from; i < to; i++) {
        prefetch_form(f, i);
        alias = alias && entry_at(f, i)->group == e->group;
        f->m->ranges[i - from] = entry_at(f, i)->list;
    }
    if (alias)
        return clus__segment_alias(f->writer, key, group->stem, group->df, group->ttf);
    clus_status st = clus__form_lists_join(&f->m->lists, f->m->ranges, to - from, &list);
    return st == CLUS_OK ? write_list(f, key, group->stem, group, &list) : st;
}

static clus_status write_forms(struct flush *f)
{
    clus_status st = sort_by_text(f);
    for (size_t from = 0, to; from < f->n && st == CLUS_OK; from = to) {
        to = group_end(f, from);
        st = write_form(f, from, to);
    }
    return st;
}

static int by_key(const void *a, const void *b)
{
    return clus__bytes_cmp(((const struct value_list *)a)->key,
                           ((const struct value_list *)b)->key);
}

static clus_status write_values(struct flush *f)
{
    struct value_list *sorted = clus__memdup(f->v->values, f->v->n_values * sizeof *sorted);
    if (!sorted)
        return CLUS_E_NOMEM;
    qsort(sorted, f->v->n_values, sizeof *sorted, by_key);
    clus_status st = CLUS_OK;
    for (size_t i = 0; i < f->v->n_values && st == CLUS_OK; i++) {
        struct posting_columns list = {.n = (uint32_t)sorted[i].n, .docs = sorted[i].docs};
        st = write_list(f, sorted[i].key, (struct bytes){0}, NULL, &list);
    }
    clus__free(sorted);
    return st;
}

/* Room for n entries; what the arrays held is not kept. */
static clus_status make_room(struct flush_memory *m, size_t n)
{
    m->stem_docs.n = 0;
    clus__form_lists_clear(&m->lists);
    if (n <= m->cap)
        return CLUS_OK;
    n += n / 4;
    clus__free(m->entries);
    clus__free(m->keys);
    clus__free(m->spare);
    clus__free(m->groups);
    clus__free(m->ranges);
    m->entries = clus__malloc(n * sizeof *m->entries);
    m->keys = clus__malloc(n * sizeof *m->keys);
    m->spare = clus__malloc(n * sizeof *m->spare);
    m->groups = clus__malloc(n * sizeof *m->groups);
    m->ranges = clus__malloc(n * sizeof *m->ranges);
    bool fine = m->entries && m->keys && m->spare && m->groups && m->ranges;
    m->cap = fine ? n : 0;
    return fine ? CLUS_OK : CLUS_E_NOMEM;
}

static clus_status prepare(struct flush *f, const struct segment_sink *sink)
{
    clus_status st = make_room(f->m, f->n);
    if (st != CLUS_OK)
        return st;
    struct segment_writer_config config = {.norms = (const struct norm *)f->v->norms.data,
                                           .ndocs = f->v->ndocs,
                                           .avg_len = f->config->avg_len,
                                           .positions = f->config->positions};
    return clus__segment_writer_new(sink, &config, &f->writer);
}

clus_status clus__inverter_flush(const struct inverter *v, const struct lexer *lx,
                                 const struct flush_config *config,
                                 struct flush_memory *memory,
                                 const struct segment_sink *sink,
                                 struct segment_totals *totals)
{
    struct flush f = {.v = v, .lx = lx, .config = config, .m = memory, .n = v->n_touched};
    clus_status st = v->status;
    if (st == CLUS_OK)
        st = prepare(&f, sink);
    if (st == CLUS_OK)
        st = write_stems(&f);
    if (st == CLUS_OK && config->forms)
        st = write_forms(&f);
    if (st == CLUS_OK)
        st = write_values(&f);
    if (st == CLUS_OK)
        st = clus__segment_finish(f.writer, totals);
    clus__segment_writer_free(f.writer);
    return st;
}

void clus__flush_memory_done(struct flush_memory *m)
{
    clus__form_lists_done(&m->lists);
    clus__free(m->entries);
    clus__free(m->keys);
    clus__free(m->spare);
    clus__free(m->groups);
    clus__free(m->ranges);
    clus__number_list_done(&m->stem_docs);
    *m = (struct flush_memory){0};
}
