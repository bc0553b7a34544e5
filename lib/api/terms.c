/* Walking a dictionary over all segments: each key once, with its sums. */
#include "api/handles.h"

#include "base/alloc.h"
#include "base/error.h"

struct segment_walk {
    struct term_walk *walk;
    struct bytes key;
    struct term_info info;
    bool ended;
};

struct clus_terms {
    struct view *view;
    uint32_t n;
    struct segment_walk *walks;
    uint8_t prefix[KEY_MAX + 1];
    size_t prefix_len;
    uint8_t text[KEY_MAX]; /* of the entry given out last */
    bool failed;
};

static clus_status advance(const struct clus_terms *terms, struct segment_walk *s)
{
    struct bytes stem;
    clus_status st = clus__term_walk_next(s->walk, &s->key, &stem, &s->info);
    if (st < 0)
        return st;
    s->ended = st == CLUS_DONE || s->key.len < terms->prefix_len ||
               memcmp(s->key.data, terms->prefix, terms->prefix_len) != 0;
    return CLUS_OK;
}

static clus_status begin(struct clus_terms *terms)
{
    clus_status st = CLUS_OK;
    for (uint32_t i = 0; i < terms->n && st == CLUS_OK; i++) {
        st = clus__term_walk_new(terms->view->segments[i].seg, terms->view->txn,
                                 (struct bytes){terms->prefix, terms->prefix_len},
                                 &terms->walks[i].walk);
        if (st == CLUS_OK)
            st = advance(terms, &terms->walks[i]);
    }
    return st;
}

/* Where every form is its own term there are no forms beside the terms. */
static uint8_t kind_of(const clus_snapshot *snap, clus_dictionary dict)
{
    switch (dict) {
    case CLUS_TERMS: return KEY_STEM;
    case CLUS_FORMS:
        return clus__index_has_forms(snap->parent->index) ? KEY_FORM : KEY_STEM;
    case CLUS_VALUES: return KEY_VALUE;
    }
    return 0;
}

clus_status clus_terms_open(clus_snapshot *snap, clus_dictionary dict, clus_str prefix,
                            clus_terms **out, clus_error *err)
{
    uint8_t kind = kind_of(snap, dict);
    if (kind == 0 || prefix.len >= KEY_MAX)
        return clus__fail(err, CLUS_E_ARGUMENT, "no such dictionary, or a prefix too long");
    clus_terms *terms = clus__calloc(1, sizeof *terms);
    if (!terms)
        return clus__explain(err, CLUS_E_NOMEM, "walking a dictionary");
    terms->view = snap->view;
    terms->n = snap->view->n_segments;
    terms->prefix[0] = kind;
    if (prefix.len)
        memcpy(terms->prefix + 1, prefix.data, prefix.len);
    terms->prefix_len = prefix.len + 1;
    terms->walks = clus__calloc(terms->n, sizeof *terms->walks);
    clus_status st = terms->walks ? begin(terms) : CLUS_E_NOMEM;
    if (st != CLUS_OK) {
        clus_terms_free(terms);
        return clus__explain(err, st, "dictionary");
    }
    *out = terms;
    return CLUS_OK;
}

static const struct segment_walk *least(const clus_terms *terms)
{
    const struct segment_walk *best = NULL;
    for (uint32_t i = 0; i < terms->n; i++) {
        const struct segment_walk *s = &terms->walks[i];
        if (!s->ended && (!best || clus__bytes_cmp(s->key, best->key) < 0))
            best = s;
    }
    return best;
}

clus_status clus_terms_next(clus_terms *terms, clus_term *out, clus_error *err)
{
    const struct segment_walk *first = terms->failed ? NULL : least(terms);
    if (!first)
        return terms->failed ? clus__explain(err, CLUS_E_CORRUPT, "dictionary") : CLUS_DONE;
    struct bytes key = {terms->text, first->key.len};
    memcpy(terms->text, first->key.data, first->key.len);
    clus_term sum = {.text = {(const char *)key.data + 1, key.len - 1}};
    for (uint32_t i = 0; i < terms->n; i++) {
        struct segment_walk *s = &terms->walks[i];
        if (s->ended || clus__bytes_cmp(s->key, key) != 0)
            continue;
        sum.documents += s->info.df;
        sum.occurrences += s->info.ttf;
        clus_status st = advance(terms, s);
        if (st != CLUS_OK) {
            terms->failed = true;
            return clus__explain(err, st, "dictionary");
        }
    }
    *out = sum;
    return CLUS_OK;
}

void clus_terms_free(clus_terms *terms)
{
    if (!terms)
        return;
    for (uint32_t i = 0; terms->walks && i < terms->n; i++)
        clus__term_walk_free(terms->walks[i].walk);
    clus__free(terms->walks);
    clus__free(terms);
}
