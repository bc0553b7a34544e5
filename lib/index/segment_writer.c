/* Writing a segment's dictionary, posting lists and positions. */
#include <string.h>

#include "base/alloc.h"
#include "index/dict.h"

enum writer_state { WRITER_BETWEEN, WRITER_IN_LIST, WRITER_FAILED };

struct segment_writer {
    struct segment_sink sink;
    struct segment_writer_config config;
    struct dict_writer *dict;
    struct postings_writer *lists;
    struct segment_totals totals;
    enum writer_state state;
    uint8_t key[KEY_MAX], stem[DICT_TEXT_MAX];
    size_t key_len, stem_len;
};

static clus_status append_post(void *ctx, const void *data, size_t len)
{
    const struct segment_sink *sink = ctx;
    return sink->append(sink->ctx, SEG_POST, data, len);
}

static clus_status append_pos(void *ctx, const void *data, size_t len)
{
    const struct segment_sink *sink = ctx;
    return sink->append(sink->ctx, SEG_POS, data, len);
}

clus_status clus__segment_writer_new(const struct segment_sink *sink,
                                     const struct segment_writer_config *config,
                                     struct segment_writer **out)
{
    struct segment_writer *w = clus__calloc(1, sizeof *w);
    if (!w)
        return CLUS_E_NOMEM;
    w->sink = *sink;
    w->config = *config;
    struct postings_writer_config lists = {
        .ctx = &w->sink,
        .append_post = append_post,
        .append_pos = append_pos,
        .norms = config->norms,
        .ndocs = config->ndocs,
        .avg_len = config->avg_len,
    };
    clus_status st = clus__postings_writer_new(&lists, &w->lists);
    if (st == CLUS_OK)
        st = clus__dict_writer_new(sink, &w->dict);
    if (st != CLUS_OK) {
        clus__segment_writer_free(w);
        return st;
    }
    *out = w;
    return CLUS_OK;
}

void clus__segment_writer_free(struct segment_writer *w)
{
    if (!w)
        return;
    clus__postings_writer_free(w->lists);
    clus__dict_writer_free(w->dict);
    clus__free(w);
}

/* Remember a key that may follow the one before. */
static clus_status take_key(struct segment_writer *w, struct bytes key, struct bytes stem)
{
    bool form = key.len > 0 && key.data[0] == KEY_FORM;
    if (w->state != WRITER_BETWEEN || key.len == 0 || key.len > KEY_MAX ||
        stem.len > (form ? DICT_TEXT_MAX : 0) ||
        (!form && key.data[0] != KEY_STEM && key.data[0] != KEY_VALUE) ||
        clus__bytes_cmp((struct bytes){w->key, w->key_len}, key) >= 0)
        return CLUS_E_ARGUMENT;
    memcpy(w->key, key.data, key.len);
    w->key_len = key.len;
    if (stem.len > 0)
        memcpy(w->stem, stem.data, stem.len);
    w->stem_len = stem.len;
    return CLUS_OK;
}

static unsigned columns_of(const struct segment_writer *w)
{
    switch (w->key[0]) {
    case KEY_STEM: return LIST_TFS | (w->config.positions ? LIST_POSITIONS : 0);
    case KEY_FORM: return LIST_TFS;
    default: return 0;
    }
}

clus_status clus__segment_begin(struct segment_writer *w, struct bytes key,
                                struct bytes stem)
{
    clus_status st = take_key(w, key, stem);
    if (st != CLUS_OK)
        return st;
    clus__postings_begin(w->lists, columns_of(w));
    w->state = WRITER_IN_LIST;
    return CLUS_OK;
}

clus_status clus__segment_parent(struct segment_writer *w, const uint32_t *docs, uint32_t n)
{
    if (w->state != WRITER_IN_LIST || w->key[0] != KEY_FORM)
        return CLUS_E_ARGUMENT;
    clus__postings_parent(w->lists, docs, n);
    return CLUS_OK;
}

clus_status clus__segment_add(struct segment_writer *w, uint32_t doc, uint32_t tf,
                              uint8_t flags, const uint32_t *pos)
{
    if (w->state != WRITER_IN_LIST)
        return CLUS_E_ARGUMENT;
    clus_status st = clus__postings_add(w->lists, doc, tf, flags, pos);
    if (st != CLUS_OK)
        w->state = WRITER_FAILED;
    return st;
}

clus_status clus__segment_add_columns(struct segment_writer *w,
                                      const struct posting_columns *run)
{
    if (w->state != WRITER_IN_LIST)
        return CLUS_E_ARGUMENT;
    clus_status st = clus__postings_add_columns(w->lists, run);
    if (st != CLUS_OK)
        w->state = WRITER_FAILED;
    return st;
}

static clus_status add_entry(struct segment_writer *w, const struct written_list *list,
                             bool alias)
{
    switch (w->key[0]) {
    case KEY_STEM:
        w->totals.n_keys[0]++;
        w->totals.n_postings += list->df;
        w->totals.n_tokens += list->ttf;
        break;
    case KEY_FORM: w->totals.n_keys[1]++; break;
    default: w->totals.n_keys[2]++; break;
    }
    clus_status st =
        clus__dict_writer_add(w->dict, (struct bytes){w->key, w->key_len},
                              (struct bytes){w->stem, w->stem_len}, list, alias);
    w->state = st == CLUS_OK ? WRITER_BETWEEN : WRITER_FAILED;
    return st;
}

clus_status clus__segment_end(struct segment_writer *w)
{
    if (w->state != WRITER_IN_LIST)
        return CLUS_E_ARGUMENT;
    struct written_list list;
    clus_status st = clus__postings_end(w->lists, &list);
    if (st != CLUS_OK) {
        w->state = WRITER_FAILED;
        return st;
    }
    return add_entry(w, &list, false);
}

clus_status clus__segment_list(struct segment_writer *w, const struct posting_columns *all)
{
    if (w->state != WRITER_IN_LIST)
        return CLUS_E_ARGUMENT;
    struct written_list list;
    clus_status st = clus__postings_list(w->lists, all, &list);
    if (st != CLUS_OK) {
        w->state = WRITER_FAILED;
        return st;
    }
    return add_entry(w, &list, false);
}

clus_status clus__segment_alias(struct segment_writer *w, struct bytes key,
                                struct bytes stem, uint32_t df, uint64_t ttf)
{
    if (key.len == 0 || key.data[0] != KEY_FORM || df == 0 || ttf < df)
        return CLUS_E_ARGUMENT;
    clus_status st = take_key(w, key, stem);
    if (st != CLUS_OK)
        return st;
    struct written_list list = {.df = df, .ttf = ttf};
    return add_entry(w, &list, true);
}

clus_status clus__segment_finish(struct segment_writer *w, struct segment_totals *totals)
{
    if (w->state != WRITER_BETWEEN)
        return CLUS_E_ARGUMENT;
    clus_status st = clus__dict_writer_finish(w->dict);
    w->state = WRITER_FAILED; /* nothing may follow */
    if (st == CLUS_OK)
        *totals = w->totals;
    return st;
}
