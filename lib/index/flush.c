/*
 * The inverter's lists as a segment: forms grouped by stem for KEY_STEM, by text for
 * KEY_FORM, then values; each in order of bytes.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/le.h"
#include "index/form_cursor.h"
#include "index/inverter.h"

enum { AHEAD = 8, FAR_AHEAD = 2 * AHEAD };

/* A form to be sorted: the first 16 bytes of its text decide nearly every comparison. */
struct entry {
    uint64_t high, low;
    struct bytes text; /* stem, or form */
    uint32_t form;
    uint32_t group; /* of its stem */
};

/* What a stem's list came to, for the forms that share it. */
struct stem_group {
    uint64_t ttf;
    uint32_t df;
    bool one_text; /* all its forms are one text */
};

struct flush {
    const struct inverter *v;
    const struct lexer *lx;
    const struct flush_config *config;
    struct segment_writer *writer;
    struct entry *entries;
    size_t n;
    struct stem_group *groups;
    uint32_t n_groups;
    uint32_t *forms; /* of one group */
    struct form_merge merge;
};

static uint64_t prefix_at(struct bytes text, size_t from)
{
    uint8_t raw[8] = {0};
    if (text.len > from)
        memcpy(raw, text.data + from, text.len - from < 8 ? text.len - from : 8);
    return clus__be64(raw);
}

static int by_text(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->high != y->high)
        return x->high < y->high ? -1 : 1;
    if (x->low != y->low)
        return x->low < y->low ? -1 : 1;
    int c = clus__bytes_cmp(x->text, y->text);
    return c ? c : (x->form > y->form) - (x->form < y->form);
}

static void sort_by(struct flush *f, bool stems)
{
    for (size_t i = 0; i < f->n; i++) {
        struct entry *e = &f->entries[i];
        const struct form *form = clus__lexer_form(f->lx, e->form);
        e->text = stems ? form->term : form->text;
        e->high = prefix_at(e->text, 0);
        e->low = prefix_at(e->text, 8);
    }
    qsort(f->entries, f->n, sizeof *f->entries, by_text);
}

static size_t group_end(const struct flush *f, size_t from)
{
    size_t to = from + 1;
    while (to < f->n && f->entries[to].high == f->entries[from].high &&
           clus__bytes_cmp(f->entries[to].text, f->entries[from].text) == 0)
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
static void prefetch(const struct flush *f, size_t at)
{
    if (at + FAR_AHEAD < f->n)
        __builtin_prefetch(&f->v->lists[f->entries[at + FAR_AHEAD].form]);
    if (at + AHEAD < f->n)
        clus__inverter_prefetch(f->v, f->entries[at + AHEAD].form);
}

/* Write the list of entries [from, to), which share a key. */
static clus_status write_list(struct flush *f, uint8_t kind, size_t from, size_t to,
                              struct bytes stem)
{
    uint8_t raw[KEY_MAX];
    struct form_posting p;
    for (size_t i = from; i < to; i++) {
        f->forms[i - from] = f->entries[i].form;
        prefetch(f, i);
    }
    clus_status st =
        clus__segment_begin(f->writer, make_key(kind, f->entries[from].text, raw), stem);
    if (st == CLUS_OK)
        st = clus__form_merge_begin(&f->merge, f->v, f->forms, to - from);
    struct stem_group *group = &f->groups[f->entries[from].group];
    while (st == CLUS_OK && (st = clus__form_merge_next(&f->merge, &p)) == CLUS_OK) {
        bool positions = kind == KEY_STEM && f->config->positions;
        st = clus__segment_add(f->writer, p.doc, p.tf, p.flags, positions ? p.pos : NULL);
        if (kind == KEY_STEM) {
            group->df++;
            group->ttf += p.tf;
        }
    }
    return st == CLUS_DONE ? clus__segment_end(f->writer) : st;
}

static bool same_text(const struct flush *f, size_t from, size_t to)
{
    struct bytes first = clus__lexer_form(f->lx, f->entries[from].form)->text;
    for (size_t i = from + 1; i < to; i++) {
        struct bytes other = clus__lexer_form(f->lx, f->entries[i].form)->text;
        if (clus__bytes_cmp(first, other) != 0)
            return false;
    }
    return true;
}

static clus_status write_stems(struct flush *f)
{
    sort_by(f, true);
    clus_status st = CLUS_OK;
    for (size_t from = 0, to; from < f->n && st == CLUS_OK; from = to) {
        to = group_end(f, from);
        for (size_t i = from; i < to; i++)
            f->entries[i].group = f->n_groups;
        f->groups[f->n_groups++].one_text = same_text(f, from, to);
        st = write_list(f, KEY_STEM, from, to, (struct bytes){0});
    }
    return st;
}

/* A text that was routed to two languages keeps the stem of the form with the longer list.
 */
static size_t chosen(const struct flush *f, size_t from, size_t to)
{
    size_t best = from;
    for (size_t i = from + 1; i < to; i++) {
        const struct stem_group *x = &f->groups[f->entries[i].group];
        const struct stem_group *y = &f->groups[f->entries[best].group];
        if (x->ttf > y->ttf)
            best = i;
    }
    return best;
}

static clus_status write_forms(struct flush *f)
{
    sort_by(f, false);
    clus_status st = CLUS_OK;
    for (size_t from = 0, to; from < f->n && st == CLUS_OK; from = to) {
        to = group_end(f, from);
        const struct entry *e = &f->entries[chosen(f, from, to)];
        const struct stem_group *group = &f->groups[e->group];
        bool alias = group->one_text;
        for (size_t i = from; i < to; i++)
            alias = alias && f->entries[i].group == e->group;
        struct bytes stem = clus__lexer_form(f->lx, e->form)->term;
        uint8_t raw[KEY_MAX];
        if (alias)
            st = clus__segment_alias(f->writer, make_key(KEY_FORM, e->text, raw), stem,
                                     group->df, group->ttf);
        else
            st = write_list(f, KEY_FORM, from, to, stem);
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
        st = clus__segment_begin(f->writer, sorted[i].key, (struct bytes){0});
        for (size_t d = 0; d < sorted[i].n && st == CLUS_OK; d++)
            st = clus__segment_add(f->writer, sorted[i].docs[d], 1, 0, NULL);
        if (st == CLUS_OK)
            st = clus__segment_end(f->writer);
    }
    clus__free(sorted);
    return st;
}

static clus_status prepare(struct flush *f, const struct segment_sink *sink)
{
    f->n = f->v->n_touched;
    f->entries = clus__calloc(f->n, sizeof *f->entries);
    f->groups = clus__calloc(f->n, sizeof *f->groups);
    f->forms = clus__calloc(f->n, sizeof *f->forms);
    if (!f->entries || !f->groups || !f->forms)
        return CLUS_E_NOMEM;
    for (size_t i = 0; i < f->n; i++)
        f->entries[i].form = f->v->touched[i];
    struct segment_writer_config config = {.norms = (const struct norm *)f->v->norms.data,
                                           .ndocs = f->v->ndocs,
                                           .avg_len = f->config->avg_len,
                                           .positions = f->config->positions};
    return clus__segment_writer_new(sink, &config, &f->writer);
}

clus_status clus__inverter_flush(const struct inverter *v, const struct lexer *lx,
                                 const struct flush_config *config,
                                 const struct segment_sink *sink,
                                 struct segment_totals *totals)
{
    struct flush f = {.v = v, .lx = lx, .config = config};
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
    clus__form_merge_done(&f.merge);
    clus__free(f.entries);
    clus__free(f.groups);
    clus__free(f.forms);
    return st;
}
