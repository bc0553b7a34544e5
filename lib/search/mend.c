/* Which words of a query are read otherwise, and the query's leaves with those readings. */
#include "search/mend.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/chars.h"
#include "base/utf8.h"
#include "search/correct.h"
#include "search/join.h"
#include "search/live.h"
#include "text/keyboard.h"

enum {
    MAX_REWRITES = 64,
    MAX_SIGNS = 3,  /* on either side of a word, that may be letters */
    CLEAR_LEAD = 10 /* so much more frequent is a word's other reading, once one word of the
                       query is known to be typed in another layout */
};

static const float layout_weight = 0.8f, typo_weight = 0.6f, others_weight = 0.3f;

/* ---- notes ---- */

clus_status clus__mend_note(struct builder *b, const struct ast_node *leaf, size_t start,
                            size_t end, uint64_t df)
{
    uintptr_t source = (uintptr_t)b->source.data, text = (uintptr_t)leaf->text.data;
    if (b->negated || b->n_rewrites > 0 || text < source ||
        text - source > b->source.len - leaf->text.len)
        return CLUS_OK;
    struct seen_word *items =
        clus__build_room(b, b->seen, b->n_seen, &b->cap_seen, sizeof *items);
    if (!items)
        return CLUS_E_NOMEM;
    uint32_t offset = (uint32_t)(text - source);
    b->seen = items;
    items[b->n_seen++] = (struct seen_word){.from = offset + (uint32_t)start,
                                            .to = offset + (uint32_t)end,
                                            .floor = leaf->field.len > 0 ? offset : 0,
                                            .df = df};
    return CLUS_OK;
}

/* ---- other layouts ---- */

/* Documents that hold the rarest word of a text; 0 when it has no word. */
static clus_status rarest_word(struct builder *b, struct bytes text, uint64_t *df)
{
    struct token_list tokens = {0};
    clus_status st = clus__lexer_run(b->lexer, text, &tokens);
    uint64_t least = tokens.n > 0 ? UINT64_MAX : 0;
    for (size_t i = 0; st == CLUS_OK && i < tokens.n && least > 0; i++) {
        const struct token *t = &tokens.items[i];
        uint32_t forms[LEXER_MAX_READINGS];
        uint64_t sum = 0;
        size_t n;
        st = clus__lexer_readings(
            b->lexer, (struct bytes){text.data + t->start, t->end - t->start}, forms, &n);
        for (size_t k = 0; st == CLUS_OK && k < n; k++) {
            const struct plan_term *term;
            bool live = false;
            st = clus__build_term(b, KEY_STEM, (struct bytes){NULL, 0},
                                  clus__lexer_form(b->lexer, forms[k])->term, &term);
            if (st == CLUS_OK)
                st = clus__key_is_live(b->plan->view, term->key, term->df, &live);
            sum += live ? term->df : 0;
        }
        least = sum < least ? sum : least;
    }
    clus__token_list_done(&tokens);
    *df = least;
    return st;
}

struct stretch {
    uint32_t from, to;
};

/* The run without blanks that a word stands in, or what could be retyped of a long one. */
static struct stretch run_around(const struct builder *b, const struct seen_word *word)
{
    struct stretch s = {word->from, word->to};
    size_t used, most = word->to + KEYBOARD_MAX;
    if (most > b->source.len)
        most = b->source.len;
    while (s.from > word->floor && s.from + KEYBOARD_MAX > word->from) {
        size_t before = clus__code_before(b->source, s.from);
        if (clus__is_blank(clus__code_at(b->source, before, &used)))
            break;
        s.from = (uint32_t)before;
    }
    while (s.to < most && !clus__is_blank(clus__code_at(b->source, s.to, &used)))
        s.to += (uint32_t)used;
    return s;
}

/* Read a stretch in each layout; keep what is the most frequent so far. */
static clus_status try_stretch(struct builder *b, struct stretch s, struct rewrite *best,
                               uint64_t *best_df)
{
    struct bytes typed = {b->source.data + s.from, s.to - s.from};
    clus_status st = CLUS_OK;
    for (int slip = 0; st == CLUS_OK && slip < SLIP_COUNT; slip++) {
        uint8_t meant[KEYBOARD_MAX_OUT];
        uint64_t df = 0;
        size_t len = clus__keyboard_retype(typed, (enum keyboard_slip)slip, meant);
        if (len > 0)
            st = rarest_word(b, (struct bytes){meant, len}, &df);
        if (st != CLUS_OK || df <= *best_df)
            continue;
        *best_df = df;
        best->from = s.from;
        best->to = s.to;
        st = clus__build_copy(b, (struct bytes){meant, len}, &best->texts[0].text);
    }
    return st;
}

/* From the first to the last word of a run: signs between them are letters if any are. */
static struct stretch core_of(const struct builder *b, struct stretch run,
                              const struct seen_word *word)
{
    struct stretch s = {word->from, word->to};
    for (size_t i = 0; i < b->n_seen; i++) {
        const struct seen_word *w = &b->seen[i];
        if (w->from < run.from || w->to > run.to)
            continue;
        s.from = w->from < s.from ? w->from : s.from;
        s.to = w->to > s.to ? w->to : s.to;
    }
    return s;
}

/* Signs around a word may be letters in another layout, or what they are: all ways to cut
 * them off are tried. */
static clus_status try_signs(struct builder *b, struct stretch run, struct stretch core,
                             struct rewrite *best, uint64_t *best_df)
{
    clus_status st = CLUS_OK;
    size_t used;
    struct stretch s = core;
    for (int left = 0; st == CLUS_OK && left <= MAX_SIGNS; left++) {
        s.to = core.to;
        for (int right = 0; st == CLUS_OK && right <= MAX_SIGNS; right++) {
            st = try_stretch(b, s, best, best_df);
            if (s.to == run.to)
                break;
            (void)clus__code_at(b->source, s.to, &used);
            s.to += (uint32_t)used;
        }
        if (s.from == run.from)
            break;
        s.from = (uint32_t)clus__code_before(b->source, s.from);
    }
    return st;
}

/* A reading in another layout with more documents than that. */
static clus_status other_layout(struct builder *b, const struct seen_word *word,
                                uint64_t more_than, struct rewrite *out, bool *found)
{
    struct stretch run = run_around(b, word), core = core_of(b, run, word);
    uint64_t df = more_than;
    clus_status st = try_signs(b, run, core, out, &df);
    if (st == CLUS_OK && df == more_than && (core.from < word->from || core.to > word->to))
        st = try_signs(b, run, (struct stretch){word->from, word->to}, out, &df);
    *found = df > more_than;
    out->kind = "layout";
    out->texts[0].weight = layout_weight;
    out->n_texts = 1;
    return st;
}

/* ---- deciding ---- */

static bool is_rewritten(const struct builder *b, const struct seen_word *word)
{
    for (size_t i = 0; i < b->n_rewrites; i++)
        if (word->from < b->rewrites[i].to && word->to > b->rewrites[i].from)
            return true;
    return false;
}

static clus_status add_rewrite(struct builder *b, struct rewrite *r)
{
    for (size_t i = b->n_seen; i-- > 0;)
        if (b->seen[i].from >= r->from && b->seen[i].to <= r->to)
            r->anchor = b->seen[i].from;
    if (b->n_rewrites == MAX_REWRITES)
        return CLUS_OK;
    struct rewrite *items =
        clus__build_room(b, b->rewrites, b->n_rewrites, &b->cap_rewrites, sizeof *items);
    if (!items)
        return CLUS_E_NOMEM;
    b->rewrites = items;
    items[b->n_rewrites++] = *r;
    return CLUS_OK;
}

/* Words with at most `most_df` documents whose other reading has `lead` times as many and
 * one more. */
static clus_status find_layouts(struct builder *b, uint64_t most_df, uint64_t lead)
{
    clus_status st = CLUS_OK;
    for (size_t i = 0; st == CLUS_OK && i < b->n_seen; i++) {
        const struct seen_word *word = &b->seen[i];
        struct rewrite r = {.n_texts = 0};
        bool found;
        if (word->df > most_df || is_rewritten(b, word))
            continue;
        st = other_layout(b, word, word->df * lead, &r, &found);
        if (st == CLUS_OK && found)
            st = add_rewrite(b, &r);
    }
    return st;
}

static int by_place(const void *a, const void *b)
{
    const struct rewrite *x = a, *y = b;
    return (x->from > y->from) - (x->from < y->from);
}

static clus_status split_word(struct builder *b, struct bytes form, struct rewrite *r)
{
    clus_status st = clus__split_word(b, form, &r->texts[0].text);
    r->texts[0].weight = typo_weight;
    r->n_texts = st == CLUS_OK;
    return st == CLUS_DONE ? CLUS_OK : st;
}

/* Foreign names are cut before they are corrected: wifi is Wi-Fi, not Wii. */
static clus_status correct_word(struct builder *b, const struct seen_word *word,
                                struct rewrite *r)
{
    struct bytes typed = {b->source.data + word->from, word->to - word->from}, form;
    struct correction_list found;
    uint32_t id;
    clus_status st = clus__lexer_word(b->lexer, typed, CLUS_LANG_OTHER, &id);
    if (st != CLUS_OK)
        return st == CLUS_DONE ? CLUS_OK : st;
    st = clus__build_copy(b, clus__lexer_form(b->lexer, id)->text, &form);
    if (st == CLUS_OK && clus__split_foreign(form))
        st = split_word(b, form, r);
    if (st == CLUS_OK && r->n_texts == 0)
        st = clus__correct(b->plan->view, form, b->plan->arena, &found);
    if (st != CLUS_OK || r->n_texts > 0)
        return st;
    if (found.n == 0)
        return split_word(b, form, r);
    for (size_t i = 0; i < found.n; i++)
        r->texts[i] =
            (struct mend_text){found.items[i].form, i == 0 ? typo_weight : others_weight};
    r->n_texts = (uint32_t)found.n;
    return CLUS_OK;
}

/* A word that the index has in any form is right: its stem's documents were counted. */
static clus_status find_typos(struct builder *b)
{
    clus_status st = CLUS_OK;
    _Static_assert((int)CORRECT_MAX <= (int)MAX_SPELLINGS,
                   "corrections are texts of a rewrite");
    for (size_t i = 0, n = b->n_seen; st == CLUS_OK && i < n; i++) {
        const struct seen_word *word = &b->seen[i];
        struct rewrite r = {.from = word->from, .to = word->to, .kind = "typo"};
        if (word->df > 0 || is_rewritten(b, word))
            continue;
        st = correct_word(b, word, &r);
        if (st == CLUS_OK && r.n_texts > 0)
            st = add_rewrite(b, &r);
    }
    return st;
}

clus_status clus__mend_find(struct builder *b)
{
    bool missing = false;
    for (size_t i = 0; i < b->n_seen; i++)
        missing |= b->seen[i].df == 0;
    if (!missing)
        return CLUS_OK;
    clus_status st = CLUS_OK;
    if (b->expand & CLUS_EXPAND_LAYOUT) {
        st = find_layouts(b, 0, 0);
        if (st == CLUS_OK && b->n_rewrites > 0) /* then short words are in it, too: b, yt */
            st = find_layouts(b, b->plan->view->n_docs / CLEAR_LEAD, CLEAR_LEAD);
    }
    if (st == CLUS_OK && b->expand & CLUS_EXPAND_TYPO && b->has_forms)
        st = find_typos(b);
    if (b->n_rewrites > 1)
        qsort(b->rewrites, b->n_rewrites, sizeof *b->rewrites, by_place);
    return st;
}

/* ---- using ---- */

/* Copy a leaf's text piece by piece, rewrites in order of place. */
static clus_status put_together(struct builder *b, struct bytes text, uint32_t offset,
                                const struct rewrite *const *rewrites, size_t n,
                                struct mended_leaf *out)
{
    struct buf buf = {.max = 0};
    size_t at = 0; /* bytes of `text` used */
    for (size_t i = 0; i < n; i++) {
        const struct rewrite *r = rewrites[i];
        size_t from = r->from > offset ? r->from - offset : 0;
        size_t to = r->to - offset < text.len ? r->to - offset : text.len;
        if (from > at)
            clus__buf_add(&buf, text.data + at, from - at);
        at = to;
        if (r->anchor < offset || r->anchor >= offset + text.len)
            continue;
        struct mended_part *part = &out->parts[out->n_parts++];
        part->start = buf.len;
        clus__buf_add(&buf, r->texts[0].text.data, r->texts[0].text.len);
        part->end = buf.len;
        part->by = r;
    }
    if (at < text.len)
        clus__buf_add(&buf, text.data + at, text.len - at);
    clus_status st = clus__buf_status(&buf);
    if (st == CLUS_OK)
        st = clus__build_copy(b, clus__buf_bytes(&buf), &out->text);
    clus__buf_done(&buf);
    return st;
}

clus_status clus__mend_leaf(struct builder *b, const struct ast_node *leaf,
                            struct mended_leaf *out)
{
    *out = (struct mended_leaf){.text = leaf->text};
    uintptr_t source = (uintptr_t)b->source.data, text = (uintptr_t)leaf->text.data;
    if (b->n_rewrites == 0 || b->negated || text < source ||
        text - source > b->source.len - leaf->text.len)
        return CLUS_OK;
    uint32_t offset = (uint32_t)(text - source);
    const struct rewrite *here[MAX_REWRITES];
    size_t n = 0;
    for (size_t i = 0; i < b->n_rewrites; i++)
        if (b->rewrites[i].from < offset + leaf->text.len && b->rewrites[i].to > offset)
            here[n++] = &b->rewrites[i];
    if (n == 0)
        return CLUS_OK;
    out->parts = clus__arena_alloc(b->plan->arena, n, sizeof *out->parts);
    if (!out->parts)
        return CLUS_E_NOMEM;
    return put_together(b, leaf->text, offset, here, n, out);
}

/* The whole query with the best readings in place. */
static clus_status suggest(struct builder *b)
{
    struct buf buf = {.max = 0};
    size_t at = 0;
    for (size_t i = 0; i < b->n_rewrites; i++) {
        const struct rewrite *r = &b->rewrites[i];
        clus__buf_add(&buf, b->source.data + at, r->from - at);
        clus__buf_add(&buf, r->texts[0].text.data, r->texts[0].text.len);
        at = r->to;
    }
    clus__buf_add(&buf, b->source.data + at, b->source.len - at);
    clus_status st = clus__buf_status(&buf);
    if (st == CLUS_OK)
        st = clus__build_copy(b, clus__buf_bytes(&buf), &b->plan->suggestion);
    clus__buf_done(&buf);
    return st;
}

clus_status clus__mend_tell(struct builder *b)
{
    clus_status st = suggest(b);
    for (size_t i = 0; i < b->n_rewrites; i++) {
        const struct rewrite *r = &b->rewrites[i];
        struct bytes typed = {b->source.data + r->from, r->to - r->from};
        for (uint32_t k = 0; st == CLUS_OK && k < r->n_texts; k++)
            st = clus__build_expansion(b, typed, r->texts[k].text, r->kind,
                                       r->texts[k].weight);
    }
    return st;
}
