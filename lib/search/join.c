/* Of all ways to cut a word those with frequent halves are tried as phrases. */
#include "search/join.h"

#include <math.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "search/expand.h"
#include "search/run.h"

enum {
    MAX_WORD = 128, /* bytes of a word that is joined or cut */
    SHORTEST = 4,   /* letters of a half: shorter ones are mostly endings and pieces … */
    SHORTEST_FOREIGN = 2, /* … but not in foreign names: wifi, Wi-Fi */
    MAX_CUTS = 32,
    TRIED = 3 /* cuts that are looked for as phrases */
};

/* Rarer pairs are mostly pieces of broken words: люб, лин. */
static const float least_worth = -16.0f;

/* ---- joining ---- */

/* Bytes of a hyphen at text[at], or 0. */
static size_t hyphen_at(struct bytes text, size_t at)
{
    size_t used;
    int32_t c = clus__code_at(text, at, &used);
    return c == '-' || c == 0x2010 || c == 0x2011 ? used : 0;
}

static size_t without_hyphens(struct bytes text, uint8_t out[MAX_WORD])
{
    size_t len = 0, used;
    for (size_t at = 0; at < text.len; at += used) {
        used = hyphen_at(text, at);
        if (used > 0)
            continue;
        (void)clus__code_at(text, at, &used);
        memcpy(out + len, text.data + at, used);
        len += used;
    }
    return len;
}

/* The clause of a word alone: no family, nothing from the glossary. */
static clus_status build_alone(struct builder *b, struct bytes text, struct clause **out)
{
    const struct ast_node word = {.kind = AST_WORD, .boost = 1.0f, .text = text};
    const struct clus_glossary *glossary = b->glossary;
    uint32_t expand = b->expand;
    b->glossary = NULL;
    b->expand &= ~(uint32_t)CLUS_EXPAND_FAMILY;
    clus_status st = clus__build_text(b, &word, out);
    b->glossary = glossary;
    b->expand = expand;
    return st;
}

clus_status clus__join_parts(struct builder *b, struct bytes text, struct clause **clause)
{
    uint8_t joined[MAX_WORD];
    struct clause *best, *other;
    double most = clus__plan_most(*clause);
    if (text.len > MAX_WORD)
        return CLUS_OK;
    struct bytes word = {joined, without_hyphens(text, joined)};
    if (word.len == text.len)
        return CLUS_OK;
    clus_status st = clus__build_copy(b, word, &word);
    if (st == CLUS_OK)
        st = build_alone(b, word, &other);
    if (st != CLUS_OK || !other || other->kind == CLAUSE_NONE)
        return st;
    if (most > 0 && (double)other->weight > most)
        other->weight = (float)most;
    st = clus__build_bool(b, 2, &best);
    if (st != CLUS_OK)
        return st;
    best->kind = CLAUSE_BEST;
    best->n_children = 2;
    best->children[0] = (struct clause_child){*clause, ROLE_SHOULD};
    best->children[1] = (struct clause_child){other, ROLE_SHOULD};
    *clause = best;
    return CLUS_OK;
}

/* ---- cutting ---- */

struct cut {
    size_t at;   /* bytes of the first half */
    float worth; /* logarithm of both frequencies */
};

static clus_status look_up(struct builder *b, const struct bytes *texts, size_t n,
                           struct expansion_list *out)
{
    const struct expansion_texts request = {b->has_forms ? KEY_FORM : KEY_STEM, 0, texts,
                                            n};
    return clus__expand_texts(b->plan->view, &request, b->plan->arena, out);
}

/* Documents that have a word in any of its forms, in either language. */
static clus_status count_stems(struct builder *b, struct bytes word, uint64_t *df)
{
    uint32_t forms[LEXER_MAX_READINGS];
    size_t n = 0;
    clus_status st = clus__lexer_readings(b->lexer, word, forms, &n);
    *df = 0;
    for (size_t i = 0; st == CLUS_OK && i < n; i++) {
        const struct plan_term *term;
        st = clus__build_term(b, KEY_STEM, (struct bytes){NULL, 0},
                              clus__lexer_form(b->lexer, forms[i])->term, &term);
        *df += st == CLUS_OK ? term->df : 0;
    }
    return st;
}

static int by_worth(const void *a, const void *b)
{
    const struct cut *x = a, *y = b;
    return x->worth != y->worth ? (x->worth < y->worth ? 1 : -1)
                                : (x->at > y->at) - (x->at < y->at);
}

bool clus__split_foreign(struct bytes word)
{
    for (size_t i = 0; i < word.len; i++)
        if (word.data[i] < 'a' || word.data[i] > 'z')
            return false;
    return true;
}

/* Places where a word may be cut, in bytes. */
static size_t places_of(struct bytes word, size_t places[MAX_CUTS])
{
    size_t used, n = 0, letters = 0, at = 0, all = 0;
    for (size_t i = 0; i < word.len; i += used, all++)
        (void)clus__code_at(word, i, &used);
    const size_t shortest = clus__split_foreign(word) ? SHORTEST_FOREIGN : SHORTEST;
    for (; at < word.len && n < MAX_CUTS; at += used, letters++) {
        if (letters >= shortest && all - letters >= shortest)
            places[n++] = at;
        (void)clus__code_at(word, at, &used);
    }
    return n;
}

/* Cuts whose first half is a word of the index as it stands and whose second is one in any
 * form, likeliest first. */
static clus_status find_cuts(struct builder *b, struct bytes word,
                             struct cut cuts[MAX_CUTS], size_t *n)
{
    size_t places[MAX_CUTS], n_places = places_of(word, places);
    struct bytes heads[MAX_CUTS];
    struct expansion_list known;
    float docs = (float)b->plan->view->n_docs;
    *n = 0;
    if (n_places == 0)
        return CLUS_OK;
    for (size_t i = 0; i < n_places; i++)
        heads[i] = (struct bytes){word.data, places[i]};
    clus_status st = look_up(b, heads, n_places, &known);
    for (size_t i = 0; st == CLUS_OK && i < known.n; i++) {
        size_t at = known.items[i].text.len;
        uint64_t df;
        st = count_stems(b, (struct bytes){word.data + at, word.len - at}, &df);
        float worth = logf((float)known.items[i].df / docs) + logf((float)df / docs);
        if (st == CLUS_OK && df > 0 && worth >= least_worth)
            cuts[(*n)++] = (struct cut){at, worth};
    }
    if (*n > 1)
        qsort(cuts, *n, sizeof *cuts, by_worth);
    return st;
}

/* Whether some document has the words of a text side by side. */
static clus_status is_somewhere(struct builder *b, struct bytes text, bool *found)
{
    struct ast_node phrase = {.kind = AST_PHRASE, .text = text, .boost = 1.0f};
    struct plan plan = {
        .arena = b->plan->arena, .view = b->plan->view, .ranking = b->plan->ranking};
    struct clause *root = NULL;
    bool negated = b->negated;
    b->negated = true; /* nothing to tell of or to mark */
    clus_status st = clus__build_text(b, &phrase, &plan.root);
    b->negated = negated;
    *found = false;
    if (st != CLUS_OK || !plan.root)
        return st;
    clus__plan_scale(&plan);
    st = clus__plan_normalise(&plan, false, &root);
    struct run r = {.view = plan.view,
                    .root = root,
                    .goal = GOAL_COUNT,
                    .enough = 1,
                    .params = &plan.ranking.impact,
                    .scratch = b->scratch};
    if (st == CLUS_OK)
        st = clus__run(&r);
    *found = r.count > 0;
    return st;
}

clus_status clus__split_word(struct builder *b, struct bytes word, struct bytes *out)
{
    struct cut cuts[MAX_CUTS];
    size_t n = 0;
    if (!b->scratch || !b->plan->view->positions || word.len > MAX_WORD)
        return CLUS_DONE;
    clus_status st = find_cuts(b, word, cuts, &n);
    for (size_t i = 0; st == CLUS_OK && i < n && i < TRIED; i++) {
        uint8_t text[MAX_WORD + 1];
        struct bytes apart = {text, word.len + 1};
        bool found;
        memcpy(text, word.data, cuts[i].at);
        text[cuts[i].at] = ' ';
        memcpy(text + cuts[i].at + 1, word.data + cuts[i].at, word.len - cuts[i].at);
        st = clus__build_copy(b, apart, &apart);
        if (st == CLUS_OK)
            st = is_somewhere(b, apart, &found);
        if (st == CLUS_OK && found) {
            *out = apart;
            return CLUS_OK;
        }
    }
    return st == CLUS_OK ? CLUS_DONE : st;
}
