/* A view of one segment in memory whose surface dictionary holds given words, for tests. */
#ifndef CLUS_TESTS_FORMS_VIEW_H
#define CLUS_TESTS_FORMS_VIEW_H

#include <stdlib.h>
#include <string.h>

#include "codec/impact.h"
#include "index/view.h"
#include "memory_segment.h"

enum { FORMS_VIEW_DOCS = 64 };

struct forms_view {
    struct memory_segment memory;
    struct norm norms[FORMS_VIEW_DOCS];
    struct view_segment segment;
    struct view view;
};

/* A word of the dictionary, its own stem, in `df` documents. */
struct forms_view_word {
    const char *text;
    uint32_t df;
};

static inline int forms_view_order(const void *a, const void *b)
{
    const struct forms_view_word *x = a, *y = b;
    return strcmp(x->text, y->text);
}

static inline clus_status forms_view_key(struct segment_writer *w, uint8_t kind,
                                         const struct forms_view_word *word)
{
    uint8_t key[KEY_MAX] = {kind};
    size_t len = strlen(word->text);
    struct bytes stem = {(const uint8_t *)word->text, kind == KEY_FORM ? len : 0};
    memcpy(key + 1, word->text, len);
    clus_status st = clus__segment_begin(w, (struct bytes){key, 1 + len}, stem);
    for (uint32_t doc = 0; st == CLUS_OK && doc < word->df; doc++)
        st = clus__segment_add(w, doc, 1, 0, NULL);
    return st == CLUS_OK ? clus__segment_end(w) : st;
}

/* Sorts the words; each once. */
static inline clus_status forms_view_make(struct forms_view *v,
                                          struct forms_view_word *words, size_t n)
{
    struct segment_sink sink = memory_segment_sink(&v->memory);
    const struct segment_writer_config config = {
        .norms = v->norms, .ndocs = FORMS_VIEW_DOCS, .avg_len = 8};
    static const uint8_t kinds[] = {KEY_STEM, KEY_FORM};
    struct segment_totals totals;
    struct segment_writer *w;
    for (uint32_t doc = 0; doc < FORMS_VIEW_DOCS; doc++)
        v->norms[doc] = (struct norm){clus__norm_of_length(8), 0};
    qsort(words, n, sizeof *words, forms_view_order);
    clus_status st = clus__segment_writer_new(&sink, &config, &w);
    for (int k = 0; k < 2; k++)
        for (size_t i = 0; st == CLUS_OK && i < n; i++)
            st = forms_view_key(w, kinds[k], &words[i]);
    if (st == CLUS_OK)
        st = clus__segment_finish(w, &totals);
    clus__segment_writer_free(w);
    if (st == CLUS_OK)
        st = memory_segment_open(&v->memory, &config, &totals);
    v->segment = (struct view_segment){.seg = &v->memory.seg};
    v->view = (struct view){.n_segments = 1,
                            .segments = &v->segment,
                            .n_docs = FORMS_VIEW_DOCS,
                            .n_live = FORMS_VIEW_DOCS};
    return st;
}

static inline void forms_view_done(struct forms_view *v)
{
    memory_segment_done(&v->memory);
}

#endif
