/* Words that begin as the last one, by stem; a plan of the text tells what is misspelt. */
#include "search/suggest.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/chars.h"
#include "base/error.h"
#include "base/utf8.h"
#include "query/parse.h"
#include "search/expand.h"
#include "search/spellings.h"
#include "text/keyboard.h"

enum {
    MAX_FORMS = 1000, /* looked at for one beginning, the most frequent */
    MAX_BEGINNINGS = 8
};

/* A folded beginning of words. */
struct beginning {
    struct bytes text;
    const char *kind;
};

struct suggester {
    struct searcher *searcher;
    struct view *view;
    struct suggested *out;
    struct bytes text, head; /* head: what stands before the last word, corrected */
    struct bytes last;       /* the last word as typed; empty: the text ends in none */
    struct beginning beginnings[MAX_BEGINNINGS];
    size_t n_beginnings;
    uint8_t kind; /* of dictionary keys */
};

/* ---- corrections ---- */

/* A text with its misspelt words corrected; itself when there are none. */
static clus_status corrected(struct suggester *s, struct bytes text, struct bytes *out,
                             clus_error *err)
{
    static const clus_parse_options parse;
    static const clus_search_options search;
    struct clus_query query = {.op = CLUS_OP_AUTO};
    struct arena *arena = &s->out->arena;
    struct plan plan = {
        .arena = arena, .view = s->view, .terms = clus__searcher_terms(s->searcher)};
    plan.ranking = clus__ranking_of(&search.ranking);
    clus_status st = clus__query_parse(text, &parse, &query, err);
    if (st == CLUS_OK) {
        const struct plan_request request = {&query, &search,
                                             clus__searcher_lexer(s->searcher),
                                             clus__searcher_scratch(s->searcher)};
        st = clus__plan_build(&plan, &request, err);
    }
    if (st == CLUS_OK)
        *out = plan.suggestion.len > 0 ? plan.suggestion : text;
    clus__query_done(&query);
    return st;
}

/* ---- beginnings ---- */

static void add_beginning(struct suggester *s, struct bytes text, const char *kind)
{
    if (s->n_beginnings < MAX_BEGINNINGS && text.len > 0)
        s->beginnings[s->n_beginnings++] = (struct beginning){text, kind};
}

static clus_status folded(struct suggester *s, struct bytes word, struct bytes *out)
{
    struct lexer *lexer = clus__searcher_lexer(s->searcher);
    uint32_t form;
    clus_status st = clus__lexer_word(lexer, word, CLUS_LANG_OTHER, &form);
    *out = (struct bytes){NULL, 0};
    if (st != CLUS_OK)
        return st == CLUS_DONE ? CLUS_OK : st;
    struct bytes text = clus__lexer_form(lexer, form)->text;
    const char *copy = clus__arena_copy(&s->out->arena, text.data, text.len);
    if (!copy)
        return CLUS_E_NOMEM;
    *out = (struct bytes){(const uint8_t *)copy, text.len};
    return CLUS_OK;
}

/* The beginning as typed, and with Kazakh letters where words begin so. */
static clus_status plain_beginnings(struct suggester *s)
{
    struct bytes word;
    struct spelling_list list = {NULL, 0, 0};
    clus_status st = folded(s, s->last, &word);
    if (st != CLUS_OK || word.len == 0)
        return st;
    add_beginning(s, word, "completion");
    if (s->kind == KEY_FORM)
        st = clus__spellings(s->view, word, SPELLING_BEGINS, &s->out->arena, &list);
    for (size_t i = 0; i < list.n; i++)
        add_beginning(s, list.items[i].form, "kk-letters");
    return st;
}

static clus_status layout_beginnings(struct suggester *s)
{
    clus_status st = CLUS_OK;
    for (int slip = 0; st == CLUS_OK && slip < SLIP_COUNT; slip++) {
        uint8_t meant[KEYBOARD_MAX_OUT];
        struct bytes word = {NULL, 0};
        size_t len = clus__keyboard_retype(s->last, (enum keyboard_slip)slip, meant);
        if (len > 0)
            st = folded(s, (struct bytes){meant, len}, &word);
        add_beginning(s, word, "layout");
    }
    return st;
}

/* ---- completions ---- */

/* What has been gathered, one entry a stem. */
struct gathered {
    struct suggestion *items;
    struct bytes *stems;
    size_t n, cap;
};

static bool has_stem(const struct gathered *g, struct bytes stem)
{
    for (size_t i = 0; i < g->n; i++)
        if (clus__bytes_cmp(g->stems[i], stem) == 0)
            return true;
    return false;
}

static clus_status stem_documents(const struct suggester *s, struct bytes stem,
                                  uint64_t *df)
{
    uint8_t key[KEY_MAX] = {KEY_STEM};
    clus_status st = CLUS_OK;
    *df = 0;
    if (stem.len > KEY_MAX - 1)
        return CLUS_OK;
    memcpy(key + 1, stem.data, stem.len);
    for (uint32_t i = 0; st >= 0 && i < s->view->n_segments; i++) {
        struct term_info info;
        st = clus__segment_find(s->view->segments[i].seg, s->view->txn,
                                (struct bytes){key, 1 + stem.len}, &info);
        *df += st == CLUS_OK ? info.df : 0;
    }
    return st < 0 ? st : CLUS_OK;
}

/* Forms come the most frequent first, so the first of a stem stands for it. */
static clus_status gather(struct suggester *s, const struct beginning *b,
                          const struct expansion_list *forms, struct gathered *g)
{
    for (size_t i = 0; i < forms->n && g->n < g->cap; i++) {
        struct bytes form = forms->items[i].text;
        struct bytes stem = s->kind == KEY_FORM ? forms->items[i].stem : form;
        if (has_stem(g, stem))
            continue;
        struct suggestion *item = &g->items[g->n];
        *item = (struct suggestion){.word = form, .kind = b->kind};
        clus_status st = stem_documents(s, stem, &item->df);
        if (st != CLUS_OK)
            return st;
        g->stems[g->n++] = stem;
    }
    return CLUS_OK;
}

static clus_status words_with(struct suggester *s, const struct beginning *b,
                              struct gathered *g)
{
    struct arena *arena = &s->out->arena;
    uint8_t *pattern = clus__arena_alloc(arena, b->text.len + 1, 1);
    struct expansion_list forms;
    if (!pattern)
        return CLUS_E_NOMEM;
    memcpy(pattern, b->text.data, b->text.len);
    pattern[b->text.len] = '*';
    const struct expansion_request request = {
        .kind = s->kind, .pattern = {pattern, b->text.len + 1}, .limit = MAX_FORMS};
    clus_status st = clus__expand(s->view, &request, arena, &forms);
    return st == CLUS_OK ? gather(s, b, &forms, g) : st;
}

static int by_documents(const void *a, const void *b)
{
    const struct suggestion *x = a, *y = b;
    if (x->df != y->df)
        return x->df > y->df ? -1 : 1;
    return clus__bytes_cmp(x->word, y->word);
}

static clus_status join(struct suggester *s, struct suggestion *item)
{
    size_t len = s->head.len + item->word.len;
    uint8_t *text = clus__arena_alloc(&s->out->arena, len, 1);
    if (!text)
        return CLUS_E_NOMEM;
    if (s->head.len > 0)
        memcpy(text, s->head.data, s->head.len);
    memcpy(text + s->head.len, item->word.data, item->word.len);
    item->text = (struct bytes){text, len};
    return CLUS_OK;
}

static clus_status complete(struct suggester *s, uint32_t limit)
{
    struct arena *arena = &s->out->arena;
    struct gathered g = {.cap = MAX_FORMS};
    g.items = clus__arena_alloc(arena, g.cap, sizeof *g.items);
    g.stems = clus__arena_alloc(arena, g.cap, sizeof *g.stems);
    if (!g.items || !g.stems)
        return CLUS_E_NOMEM;
    clus_status st = plain_beginnings(s);
    size_t i = 0;
    for (; st == CLUS_OK && i < s->n_beginnings; i++)
        st = words_with(s, &s->beginnings[i], &g);
    if (st == CLUS_OK && g.n == 0)
        st = layout_beginnings(s);
    for (; st == CLUS_OK && i < s->n_beginnings; i++)
        st = words_with(s, &s->beginnings[i], &g);
    if (g.n > 1)
        qsort(g.items, g.n, sizeof *g.items, by_documents);
    s->out->items = g.items;
    s->out->n = g.n < limit ? g.n : limit;
    for (i = 0; st == CLUS_OK && i < s->out->n; i++)
        st = join(s, &g.items[i]);
    return st;
}

/* ---- the text ---- */

/* The last word when the text ends in it: a run without blanks that has a letter. */
static void split_text(struct suggester *s)
{
    size_t from = s->text.len, used;
    if (from == 0)
        return; /* there may be no bytes to point at */
    while (from > 0) {
        size_t before = clus__code_before(s->text, from);
        if (clus__is_blank(clus__code_at(s->text, before, &used)))
            break;
        from = before;
    }
    /* signs before the word belong to what stands before it */
    while (from < s->text.len && strchr("+-(=\"", s->text.data[from]))
        from++;
    s->last = (struct bytes){s->text.data + from, s->text.len - from};
    s->head = (struct bytes){s->text.data, from};
}

static clus_status correct_all(struct suggester *s, clus_error *err)
{
    struct bytes better;
    clus_status st = corrected(s, s->text, &better, err);
    if (st != CLUS_OK || clus__bytes_cmp(better, s->text) == 0)
        return st;
    s->out->items = clus__arena_alloc(&s->out->arena, 1, sizeof *s->out->items);
    if (!s->out->items)
        return CLUS_E_NOMEM;
    s->out->items[s->out->n++] =
        (struct suggestion){.text = better, .word = better, .kind = "correction"};
    return CLUS_OK;
}

static uint8_t surface_kind(const struct view *view)
{
    for (uint32_t s = 0; s < view->n_segments; s++)
        if (view->segments[s].seg->totals.n_keys[KEY_FORM - KEY_STEM] > 0)
            return KEY_FORM;
    return KEY_STEM;
}

clus_status clus__suggest(struct searcher *searcher, struct view *view, struct bytes text,
                          uint32_t limit, struct suggested *out, clus_error *err)
{
    struct suggester s = {.searcher = searcher,
                          .view = view,
                          .out = out,
                          .text = text,
                          .kind = surface_kind(view)};
    clus_status st = CLUS_OK;
    split_text(&s);
    if (s.last.len > 0 && s.head.len > 0)
        st = corrected(&s, s.head, &s.head, err);
    if (st == CLUS_OK && s.last.len > 0)
        st = complete(&s, limit);
    if (st == CLUS_OK && out->n == 0)
        st = correct_all(&s, err);
    if (st != CLUS_OK) {
        clus__suggested_done(out);
        return clus__explain(err, st, "looking for suggestions");
    }
    return CLUS_OK;
}

void clus__suggested_done(struct suggested *out)
{
    clus__arena_done(&out->arena);
    out->items = NULL;
    out->n = 0;
}
