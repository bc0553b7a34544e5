/*
 * Random segments and random clauses: every way of running a plan, with every set of loops
 * that the machine has, gives what the plain way gives with plain loops, document for
 * document and score for score; and the plain way matches what a model of the documents,
 * made of arrays of words, says.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/cpu.h"
#include "memory_segment.h"
#include "search/builder.h"
#include "search/run.h"

enum {
    N_WORDS = 60,
    MAX_DOCS = 12000,
    MAX_SEGMENTS = 3,
    MAX_LEN = 24,
    TITLE_LEN = 3,
    MAX_UNITS = 4
};

/* ---- levels ---- */

/* In place of the library's: --wrap. */
static enum cpu_level level_to_use;
enum cpu_level __wrap_clus__cpu_best(void);
enum cpu_level __wrap_clus__cpu_best(void)
{
    return level_to_use;
}

/* The i-th of those that this machine has, round and round. */
static enum cpu_level level_of_turn(uint32_t i)
{
    uint32_t n = 0;
    while (n < CPU_LEVELS && clus__cpu_has((enum cpu_level)n))
        n++;
    return (enum cpu_level)(i % n);
}

/* ---- numbers ---- */

struct random {
    uint64_t state;
};

static uint32_t draw(struct random *r, uint32_t below)
{
    r->state = r->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((r->state >> 33) % below);
}

/* Low numbers much more often than high ones. */
static uint32_t draw_word(struct random *r)
{
    uint32_t top = 1 + draw(r, N_WORDS);
    return draw(r, 1 + draw(r, top));
}

/* ---- documents ---- */

struct model_doc {
    uint8_t title[TITLE_LEN], text[MAX_LEN];
    uint8_t n_title, n_text;
    uint8_t extra; /* a word of the furniture, N_WORDS: none */
};

struct model {
    struct model_doc *docs;
    uint32_t n;
    struct memory_segment memory;
    struct norm *norms;
    uint64_t *deleted;
    uint32_t n_deleted;
};

struct world {
    struct model segments[MAX_SEGMENTS];
    struct view_segment view_segments[MAX_SEGMENTS];
    struct view view;
    struct random random;
};

static void make_documents(struct model *m, struct random *r, bool topical)
{
    m->docs = calloc(m->n, sizeof *m->docs);
    assert_non_null(m->docs);
    for (uint32_t d = 0; d < m->n; d++) {
        struct model_doc *doc = &m->docs[d];
        doc->n_text = (uint8_t)(1 + draw(r, 1 + draw(r, MAX_LEN)));
        doc->n_title = (uint8_t)(draw(r, 4) == 0 ? draw(r, TITLE_LEN + 1) : 0);
        doc->extra = (uint8_t)(draw(r, 8) == 0 ? draw_word(r) : N_WORDS);
        uint32_t topic = d * 7 / m->n * 8; /* stretches of documents alike */
        for (uint32_t i = 0; i < doc->n_text; i++)
            doc->text[i] =
                (uint8_t)(topical && draw(r, 3) == 0 ? (topic + draw(r, 8)) % N_WORDS
                                                     : draw_word(r));
        for (uint32_t i = 0; i < doc->n_title; i++)
            doc->title[i] = (uint8_t)draw_word(r);
    }
}

struct occurrence {
    uint32_t tf, positions[MAX_LEN + TITLE_LEN];
    uint8_t flags;
};

static bool occurrences(const struct model_doc *doc, uint32_t word, struct occurrence *o)
{
    *o = (struct occurrence){0};
    for (uint32_t i = 0; i < doc->n_title; i++)
        if (doc->title[i] == word) {
            o->positions[o->tf++] = i;
            o->flags |= FLAG_TITLE;
        }
    for (uint32_t i = 0; i < doc->n_text; i++)
        if (doc->text[i] == word) {
            o->positions[o->tf++] = POS_TEXT + i;
            o->flags |= FLAG_LEAD;
        }
    if (o->tf == 0 && doc->extra == word) {
        o->tf = 1;
        o->flags = FLAG_EXTRA_ONLY;
    }
    return o->tf > 0;
}

static void word_key(uint32_t word, uint8_t key[4])
{
    key[0] = KEY_STEM;
    key[1] = 'w';
    key[2] = (uint8_t)('0' + word / 10);
    key[3] = (uint8_t)('0' + word % 10);
}

static void write_word(struct segment_writer *w, const struct model *m, uint32_t word)
{
    uint8_t key[4];
    struct occurrence o;
    bool begun = false;
    word_key(word, key);
    for (uint32_t d = 0; d < m->n; d++) {
        if (!occurrences(&m->docs[d], word, &o))
            continue;
        if (!begun)
            assert_int_equal(
                clus__segment_begin(w, (struct bytes){key, 4}, (struct bytes){NULL, 0}),
                CLUS_OK);
        begun = true;
        bool extra = o.flags & FLAG_EXTRA_ONLY;
        assert_int_equal(clus__segment_add(w, d, o.tf, o.flags, extra ? NULL : o.positions),
                         CLUS_OK);
    }
    if (begun)
        assert_int_equal(clus__segment_end(w), CLUS_OK);
}

static void make_segment(struct model *m, struct random *r, uint32_t n)
{
    m->n = n;
    make_documents(m, r, draw(r, 2));
    m->norms = calloc(n, sizeof *m->norms);
    assert_non_null(m->norms);
    double sum = 0;
    for (uint32_t d = 0; d < n; d++) {
        uint32_t len = m->docs[d].n_text + m->docs[d].n_title;
        m->norms[d] = (struct norm){clus__norm_of_length(len), (uint8_t)m->docs[d].n_title};
        sum += len;
    }
    struct segment_sink sink = memory_segment_sink(&m->memory);
    struct segment_writer_config config = {
        .norms = m->norms, .ndocs = n, .avg_len = (float)(sum / n), .positions = true};
    struct segment_writer *w;
    struct segment_totals totals;
    assert_int_equal(clus__segment_writer_new(&sink, &config, &w), CLUS_OK);
    for (uint32_t word = 0; word < N_WORDS; word++)
        write_word(w, m, word);
    assert_int_equal(clus__segment_finish(w, &totals), CLUS_OK);
    clus__segment_writer_free(w);
    assert_int_equal(memory_segment_open(&m->memory, &config, &totals), CLUS_OK);
}

static void delete_some(struct model *m, struct random *r)
{
    uint32_t share = draw(r, 3); /* none, few, many */
    m->deleted = calloc((m->n + WINDOW - 1) / WINDOW * (WINDOW / 64), sizeof *m->deleted);
    assert_non_null(m->deleted);
    for (uint32_t d = 0; share > 0 && d < m->n; d++)
        if (draw(r, share == 1 ? 50 : 3) == 0) {
            m->deleted[d / 64] |= 1ull << (d % 64);
            m->n_deleted++;
        }
}

static void make_world(struct world *w, uint64_t seed)
{
    static const uint32_t sizes[] = {1, 7, 90, 700, 4096, 5000, 9000, MAX_DOCS};
    *w = (struct world){.random = {seed}};
    struct random *r = &w->random;
    uint32_t n_segments = 1 + draw(r, MAX_SEGMENTS);
    w->view = (struct view){
        .n_segments = n_segments, .segments = w->view_segments, .positions = true};
    for (uint32_t s = 0; s < n_segments; s++) {
        struct model *m = &w->segments[s];
        make_segment(m, r, sizes[draw(r, sizeof sizes / sizeof sizes[0])]);
        delete_some(m, r);
        w->view_segments[s] = (struct view_segment){
            &m->memory.seg, m->n_deleted ? m->deleted : NULL, m->n_deleted};
        w->view.n_docs += m->n;
        for (uint32_t d = 0; d < m->n; d++)
            w->view.sum_len += m->docs[d].n_text + m->docs[d].n_title;
    }
    w->view.sum_len += draw(r, 3) * w->view.sum_len / 4; /* averages drift */
}

static void free_world(struct world *w)
{
    for (uint32_t s = 0; s < w->view.n_segments; s++) {
        struct model *m = &w->segments[s];
        memory_segment_done(&m->memory);
        free(m->docs);
        free(m->norms);
        free(m->deleted);
    }
}

/* ---- clauses ---- */

static const struct plan_term *term_of(struct builder *b, uint32_t word)
{
    uint8_t key[4];
    const struct plan_term *term;
    word_key(word, key);
    assert_int_equal(clus__build_term(b, KEY_STEM, (struct bytes){NULL, 0},
                                      (struct bytes){key + 1, 3}, &term),
                     CLUS_OK);
    return term;
}

static struct member *random_members(struct world *w, struct builder *b, uint32_t n)
{
    struct member *members = clus__arena_alloc(b->plan->arena, n, sizeof *members);
    assert_non_null(members);
    uint64_t taken = 0; /* readings of a word are different terms */
    for (uint32_t i = 0; i < n; i++) {
        uint32_t word =
            draw(&w->random, 20) == 0 ? draw(&w->random, N_WORDS) : draw_word(&w->random);
        while (taken >> word & 1)
            word = (word + 1) % N_WORDS;
        taken |= 1ull << word;
        members[i].term = term_of(b, word);
        members[i].weight = i == 0 ? 1.0f : 0.25f * (float)(int)(1 + draw(&w->random, 4));
    }
    return members;
}

static struct clause *random_terms(struct world *w, struct builder *b)
{
    static const uint8_t fields[] = {FLAG_TITLE, FLAG_LEAD, FLAG_EXTRA_ONLY};
    struct random *r = &w->random;
    struct clause *c;
    assert_int_equal(clus__build_clause(b, CLAUSE_TERMS, &c), CLUS_OK);
    c->n_members = draw(r, 3) == 0 ? 1 + draw(r, 4) : 1;
    c->members = random_members(w, b, c->n_members);
    c->weight = b->boost * clus__plan_weight(
                               b->plan, clus__build_group_df(b, c->members, c->n_members));
    if (draw(r, 8) == 0)
        c->need_flags = fields[draw(r, 3)];
    if (draw(r, 12) == 0)
        c->deny_flags = FLAG_EXTRA_ONLY;
    c->unscored = draw(r, 12) == 0;
    c->constant = draw(r, 12) == 0;
    return c;
}

static struct clause *random_spans(struct world *w, struct builder *b)
{
    struct random *r = &w->random;
    struct clause *c;
    assert_int_equal(clus__build_clause(b, CLAUSE_SPANS, &c), CLUS_OK);
    bool near = draw(r, 3) == 0;
    uint32_t n = 1 + draw(r, MAX_UNITS);
    c->n_units = near ? n : 1;
    c->units = clus__arena_alloc(b->plan->arena, c->n_units, sizeof *c->units);
    assert_non_null(c->units);
    for (uint32_t u = 0; u < c->n_units; u++) {
        struct span_unit *unit = &c->units[u];
        if (u > 0 && draw(r, 3) == 0) { /* the same again */
            *unit = c->units[draw(r, u)];
            continue;
        }
        unit->n_slots = unit->width = near ? 1 + (draw(r, 4) == 0) : n;
        unit->slots = clus__arena_alloc(b->plan->arena, unit->n_slots, sizeof *unit->slots);
        assert_non_null(unit->slots);
        for (uint32_t s = 0; s < unit->n_slots; s++) {
            unit->slots[s].offset = s;
            unit->slots[s].n_members = draw(r, 4) == 0 ? 2 : 1;
            unit->slots[s].members = random_members(w, b, unit->slots[s].n_members);
        }
    }
    c->weight = 1.0f + (float)(int)draw(r, 100) / 7.0f;
    c->ordered = near && draw(r, 2);
    c->extra = near ? draw(r, 4) : 0;
    if (draw(r, 6) == 0)
        c->high = POS_TEXT;
    else if (draw(r, 6) == 0)
        c->low = POS_TEXT;
    return c;
}

static struct clause *random_clause(struct world *w, struct builder *b, uint32_t depth);

static struct clause *random_bool(struct world *w, struct builder *b, uint32_t depth)
{
    static const enum clause_role roles[] = {ROLE_MUST,    ROLE_MUST,   ROLE_SHOULD,
                                             ROLE_SHOULD,  ROLE_FILTER, ROLE_NOT,
                                             ROLE_DEFAULT, ROLE_DEFAULT};
    struct random *r = &w->random;
    struct clause *c;
    uint32_t n = 1 + draw(r, 5), shape = draw(r, 3);
    assert_int_equal(clus__build_bool(b, n, &c), CLUS_OK);
    for (uint32_t i = 0; i < n; i++)
        c->children[c->n_children++] = (struct clause_child){
            random_clause(w, b, depth + 1), shape == 0   ? ROLE_SHOULD
                                            : shape == 1 ? ROLE_MUST
                                                         : roles[draw(r, 8)]};
    return c;
}

static struct clause *random_best(struct world *w, struct builder *b, uint32_t depth)
{
    struct clause *c;
    uint32_t n = 1 + draw(&w->random, 4);
    assert_int_equal(clus__build_bool(b, n, &c), CLUS_OK);
    c->kind = CLAUSE_BEST;
    for (uint32_t i = 0; i < n; i++)
        c->children[c->n_children++] =
            (struct clause_child){random_clause(w, b, depth + 1), ROLE_SHOULD};
    return c;
}

static struct clause *random_clause(struct world *w, struct builder *b, uint32_t depth)
{
    struct random *r = &w->random;
    struct clause *c;
    uint32_t kind = draw(r, 20);
    b->boost = draw(r, 5) == 0 ? 0.5f * (float)(int)draw(r, 6) : 1.0f;
    if (depth < 3 && kind < (depth == 0 ? 16u : 4u))
        return kind % 4 == 0 ? random_best(w, b, depth) : random_bool(w, b, depth);
    if (kind == 4) {
        assert_int_equal(clus__build_clause(b, CLAUSE_ALL, &c), CLUS_OK);
        return c;
    }
    return kind < 8 ? random_spans(w, b) : random_terms(w, b);
}

/* ---- the model's answer ---- */

static uint32_t word_of(const struct plan_term *term)
{
    return (uint32_t)(term->key.data[2] - '0') * 10 + (term->key.data[3] - '0');
}

static double model_impact(const struct world *w, const struct model_doc *doc, double tfw,
                           uint8_t flags)
{
    double share = flags & FLAG_TITLE ? 0.85 / doc->n_title : 0;
    uint32_t len = clus__length_of_norm(clus__norm_of_length(doc->n_text + doc->n_title));
    double k = 1.5 * (0.4 + 0.6 * len / (double)clus__view_avg_len(&w->view));
    return tfw / (tfw + k) + share;
}

static double model_tfw(uint32_t tf, uint8_t flags)
{
    struct impact_params p = clus__impact_reference();
    if (flags & FLAG_EXTRA_ONLY)
        return p.extra_weight;
    double tfw = tf;
    tfw += flags & FLAG_TITLE ? (double)p.title_weight : 0;
    tfw += flags & FLAG_LEAD ? (double)p.lead_weight : 0;
    return tfw;
}

/* What a document answers: whether it matches, and its score. */
struct answer {
    bool match;
    double score;
};

static struct answer model_terms(const struct world *w, const struct clause *c,
                                 const struct model_doc *doc)
{
    struct answer a = {0};
    for (uint32_t i = 0; i < c->n_members; i++) {
        struct occurrence o;
        if (!occurrences(doc, word_of(c->members[i].term), &o))
            continue;
        if ((o.flags & c->need_flags) != c->need_flags || (o.flags & c->deny_flags))
            continue;
        double s = c->constant
                       ? c->weight
                       : c->weight * c->members[i].weight *
                             model_impact(w, doc, model_tfw(o.tf, o.flags), o.flags);
        a.match = true;
        a.score = s > a.score ? s : a.score;
    }
    if (c->unscored)
        a.score = 0;
    return a;
}

static bool slot_at(const struct span_slot *slot, const struct model_doc *doc,
                    const struct clause *c, uint32_t position)
{
    if (position < c->low || position >= c->high)
        return false;
    uint32_t word = N_WORDS;
    if (position < POS_TEXT && position < doc->n_title)
        word = doc->title[position];
    else if (position >= POS_TEXT && position - POS_TEXT < doc->n_text)
        word = doc->text[position - POS_TEXT];
    for (uint32_t i = 0; i < slot->n_members; i++)
        if (word_of(slot->members[i].term) == word)
            return true;
    return false;
}

/* A phrase: each place where its words stand side by side. */
static struct answer model_phrase(const struct world *w, const struct clause *c,
                                  const struct model_doc *doc)
{
    const struct span_unit *unit = &c->units[0];
    uint32_t tf = 0;
    uint8_t flags = 0;
    for (uint32_t p = 0; p < POS_TEXT + MAX_LEN; p++) {
        bool all = true;
        for (uint32_t s = 0; all && s < unit->n_slots; s++)
            all = slot_at(&unit->slots[s], doc, c, p + s);
        if (!all || (p < POS_TEXT && p + unit->n_slots > POS_TEXT))
            continue;
        tf++;
        flags |= p < POS_TEXT ? FLAG_TITLE : FLAG_LEAD;
    }
    if (tf == 0)
        return (struct answer){0};
    return (struct answer){true,
                           c->weight * model_impact(w, doc, model_tfw(tf, flags), flags)};
}

static bool unit_at(const struct clause *c, uint32_t u, const struct model_doc *doc,
                    uint32_t place)
{
    bool all = true;
    for (uint32_t s = 0; s < c->units[u].n_slots; s++)
        all &= slot_at(&c->units[u].slots[s], doc, c, place + s);
    return all;
}

/* NEAR: whether some choice of places in [first, end), none over another, holds all units
 * from `u` on; in order the first unit stands at `first`. */
static bool model_fits(const struct clause *c, const struct model_doc *doc, uint32_t u,
                       uint32_t first, uint32_t end, uint32_t *places)
{
    if (u == c->n_units || u == MAX_UNITS)
        return true;
    for (uint32_t p = first; p + c->units[u].width <= end; p++) {
        uint32_t after = p + c->units[u].width;
        bool fits = unit_at(c, u, doc, p) && (!c->ordered || u > 0 || p == first);
        for (uint32_t i = 0; i < u; i++)
            fits &=
                places[i] + c->units[i].width <= p || (!c->ordered && after <= places[i]);
        places[u] = p;
        if (fits && model_fits(c, doc, u + 1, first, end, places))
            return true;
    }
    return false;
}

/* Each place where a unit stands, in order the first one, and the others are near. */
static struct answer model_near(const struct world *w, const struct clause *c,
                                const struct model_doc *doc)
{
    uint32_t tf = 0, fewest = UINT32_MAX, longest = c->extra, places[MAX_UNITS];
    uint8_t flags = 0;
    for (uint32_t u = 0; u < c->n_units; u++)
        longest += c->units[u].width;
    for (uint32_t u = 0; u < c->n_units; u++) {
        uint32_t n = 0;
        for (uint32_t p = 0; p < POS_TEXT + MAX_LEN; p = p == TITLE_LEN ? POS_TEXT : p + 1)
            n += unit_at(c, u, doc, p);
        fewest = n < fewest ? n : fewest;
    }
    for (uint32_t p = 0; p < POS_TEXT + MAX_LEN; p = p == TITLE_LEN ? POS_TEXT : p + 1) {
        bool begins = false;
        for (uint32_t u = 0; u < (c->ordered ? 1 : c->n_units); u++)
            begins |= unit_at(c, u, doc, p);
        if (!begins || !model_fits(c, doc, 0, p, p + longest, places))
            continue;
        tf++;
        flags |= p < POS_TEXT ? FLAG_TITLE : FLAG_LEAD;
    }
    if (tf == 0)
        return (struct answer){0};
    tf = tf < fewest ? tf : fewest;
    return (struct answer){true,
                           c->weight * model_impact(w, doc, model_tfw(tf, flags), flags)};
}

static struct answer model_answer(const struct world *w, const struct clause *c,
                                  const struct model_doc *doc);

static struct answer model_bool(const struct world *w, const struct clause *c,
                                const struct model_doc *doc)
{
    struct answer a = {.match = true};
    bool must = false, should = false, any = false;
    for (uint32_t i = 0; i < c->n_children; i++) {
        struct answer one = model_answer(w, c->children[i].clause, doc);
        switch (c->children[i].role) {
        case ROLE_MUST:
        case ROLE_DEFAULT:
            must = true;
            a.match &= one.match;
            a.score += one.match ? one.score : 0;
            break;
        case ROLE_FILTER: a.match &= one.match; break;
        case ROLE_NOT: a.match &= !one.match; break;
        case ROLE_SHOULD:
            should = true;
            any |= one.match;
            a.score += one.match ? one.score : 0;
            break;
        }
    }
    a.match &= must || any || !should;
    return a;
}

static struct answer model_best(const struct world *w, const struct clause *c,
                                const struct model_doc *doc)
{
    struct answer a = {0};
    for (uint32_t i = 0; i < c->n_children; i++) {
        struct answer one = model_answer(w, c->children[i].clause, doc);
        a.match |= one.match;
        a.score = one.match && one.score > a.score ? one.score : a.score;
    }
    return a;
}

static struct answer model_answer(const struct world *w, const struct clause *c,
                                  const struct model_doc *doc)
{
    switch (c->kind) {
    case CLAUSE_ALL: return (struct answer){.match = true};
    case CLAUSE_TERMS: return model_terms(w, c, doc);
    case CLAUSE_SPANS:
        return c->n_units == 1 ? model_phrase(w, c, doc) : model_near(w, c, doc);
    case CLAUSE_BOOL: return model_bool(w, c, doc);
    case CLAUSE_BEST: return model_best(w, c, doc);
    case CLAUSE_NONE:
    case CLAUSE_DATES:
    case CLAUSE_DOC: break;
    }
    return (struct answer){0};
}

/* ---- comparing ---- */

struct trial {
    struct world *world;
    struct plan plan;
    struct clause *root; /* in normal form */
    struct impact_params params;
    struct scratch *scratch; /* CPU_LEVELS of them: a scratch keeps its level */
};

static void run_trial(struct trial *t, enum run_goal goal, uint32_t k, bool exhaustive,
                      struct run *r)
{
    *r = (struct run){.view = &t->world->view,
                      .root = t->root,
                      .goal = goal,
                      .params = &t->params,
                      .scratch = &t->scratch[level_to_use],
                      .k = k,
                      .top.k = k};
    r->top.keys = calloc(2 * (size_t)k, sizeof *r->top.keys);
    assert_non_null(r->top.keys);
    assert_int_equal(exhaustive ? clus__run_exhaustive(r) : clus__run(r), CLUS_OK);
    clus__topk_sort(&r->top);
}

static void compare_best(struct trial *t, uint32_t k, const struct run *all)
{
    struct run fast;
    run_trial(t, GOAL_BEST, k, false, &fast);
    uint32_t expected = all->top.n < k ? all->top.n : k;
    assert_int_equal(fast.top.n, expected);
    for (uint32_t i = 0; i < expected; i++)
        assert_int_equal(fast.top.keys[i], all->top.keys[i]);
    free(fast.top.keys);
}

static void compare_with_model(struct trial *t, const struct run *all)
{
    const struct world *w = t->world;
    uint32_t ordinal = 0, n = 0;
    uint64_t *by_ordinal = calloc(w->view.n_docs, sizeof *by_ordinal);
    assert_non_null(by_ordinal);
    for (uint32_t i = 0; i < all->top.n; i++)
        by_ordinal[clus__topk_ordinal(all->top.keys[i])] = all->top.keys[i];
    for (uint32_t s = 0; s < w->view.n_segments; s++) {
        const struct model *m = &w->segments[s];
        for (uint32_t d = 0; d < m->n; d++, ordinal++) {
            struct answer a = model_answer(w, t->plan.root, &m->docs[d]);
            a.match &= !(m->deleted[d / 64] >> (d % 64) & 1);
            assert_int_equal(by_ordinal[ordinal] != 0, a.match);
            n += a.match;
            if (!a.match)
                continue;
            double got = clus__topk_score(by_ordinal[ordinal]);
            assert_true(fabs(got - a.score) <= 1e-5 * a.score + 64);
        }
    }
    assert_int_equal(all->count, n);
    free(by_ordinal);
}

static void one_trial(struct world *w, struct trial *t)
{
    static const uint32_t ks[] = {1, 3, 10, 100, 1000};
    struct arena arena = {0};
    struct run all, counted;
    t->world = w;
    t->plan =
        (struct plan){.arena = &arena,
                      .view = &w->view,
                      .ranking = {.impact = clus__impact_reference(), .idf_power = 1}};
    struct builder b = {.plan = &t->plan, .boost = 1.0f};
    t->plan.root = random_clause(w, &b, 0);
    clus__plan_scale(&t->plan);
    assert_int_equal(clus__plan_normalise(&t->plan, false, &t->root), CLUS_OK);
    level_to_use = CPU_SCALAR;
    run_trial(t, GOAL_BEST, (uint32_t)w->view.n_docs, true, &all);
    compare_with_model(t, &all);
    for (uint32_t i = 0; i < sizeof ks / sizeof ks[0]; i++)
        for (uint32_t turn = 0; turn < CPU_LEVELS; turn++) {
            level_to_use = level_of_turn(turn);
            compare_best(t, ks[i], &all);
        }
    run_trial(t, GOAL_COUNT, 1, false, &counted);
    assert_int_equal(counted.count, all.count);
    free(counted.top.keys);
    free(all.top.keys);
    clus__arena_done(&arena);
}

/* Flip a bit here and there in the lists and positions of every segment. */
static void damage(struct world *w)
{
    static const enum segment_stream streams[] = {SEG_POST, SEG_POS};
    struct random *r = &w->random;
    for (uint32_t s = 0; s < w->view.n_segments; s++)
        for (uint32_t i = 0; i < 2; i++) {
            struct buf *bytes = &w->segments[s].memory.bytes[streams[i]];
            uint32_t flips = bytes->len ? 1 + draw(r, 8) : 0;
            while (flips-- > 0)
                bytes->data[draw(r, (uint32_t)bytes->len)] ^= (uint8_t)(1u << draw(r, 8));
        }
}

static void free_scratch(struct scratch *scratch)
{
    for (int i = 0; i < CPU_LEVELS; i++)
        clus__arena_done(&scratch[i].arena);
    free(scratch);
}

static void run_damaged(struct world *w, struct scratch *scratch, bool exhaustive)
{
    struct arena arena = {0};
    struct impact_params params = clus__impact_reference();
    struct plan plan = {.arena = &arena,
                        .view = &w->view,
                        .ranking = {.impact = clus__impact_reference(), .idf_power = 1}};
    struct builder b = {.plan = &plan, .boost = 1.0f};
    struct run r = {.view = &w->view,
                    .goal = draw(&w->random, 3) ? GOAL_BEST : GOAL_COUNT,
                    .params = &params,
                    .scratch = &scratch[level_to_use],
                    .k = 10,
                    .top.k = 10};
    uint64_t keys[20];
    struct clause *root;
    plan.root = random_clause(w, &b, 0);
    clus__plan_scale(&plan);
    assert_int_equal(clus__plan_normalise(&plan, false, &root), CLUS_OK);
    r.root = root;
    r.top.keys = keys;
    clus_status st = exhaustive ? clus__run_exhaustive(&r) : clus__run(&r);
    assert_true(st == CLUS_OK || st == CLUS_E_CORRUPT);
    for (uint32_t i = 0; st == CLUS_OK && i < r.top.n; i++)
        assert_true(clus__topk_ordinal(keys[i]) < w->view.n_docs);
    clus__arena_done(&arena);
}

static void damaged_lists_are_corrupt_or_found_through(void **state)
{
    enum { WORLDS = 12, TRIALS = 60 };
    (void)state;
    struct scratch *scratch = calloc(CPU_LEVELS, sizeof *scratch);
    assert_non_null(scratch);
    for (uint64_t i = 0; i < WORLDS; i++) {
        struct world w;
        make_world(&w, 99 + i);
        damage(&w);
        for (uint32_t k = 0; k < TRIALS; k++) {
            level_to_use = level_of_turn(k / 8);
            run_damaged(&w, scratch, k % 8 == 0);
        }
        free_world(&w);
    }
    free_scratch(scratch);
}

/* The best score of each document counts, in whatever order they come. */
static void documents_that_come_again_count_once(void **state)
{
    enum { K = 10, DOCS = 60, ROUNDS = 200 };
    (void)state;
    struct random random = {42};
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t keys[2 * K], best[DOCS] = {0};
        struct topk t = {.keys = keys, .k = K};
        uint32_t distinct = 0, counted = 0, n = draw(&random, 3 * DOCS);
        for (uint32_t i = 0; i < n; i++) {
            uint32_t doc = draw(&random, DOCS);
            uint64_t key = clus__topk_key(1 + (int32_t)draw(&random, 20), doc);
            distinct += best[doc] == 0;
            best[doc] = key > best[doc] ? key : best[doc];
            counted += clus__topk_put(&t, clus__topk_score(key), doc);
        }
        assert_int_equal(t.n, distinct < K ? distinct : K);
        if (distinct < K)
            assert_int_equal(counted, distinct);
        clus__topk_sort(&t);
        for (uint32_t i = 0; i < t.n; i++) {
            uint32_t above = 0;
            for (uint32_t d = 0; d < DOCS; d++)
                above += best[d] > keys[i];
            assert_int_equal(above, i); /* so keys[i] is the i-th of all */
            assert_int_equal(best[clus__topk_ordinal(keys[i])], keys[i]);
        }
    }
}

static void every_way_gives_the_same(void **state)
{
    enum { WORLDS = 8, TRIALS = 50 };
    (void)state;
    const char *text = getenv("CLUS_TEST_SEED");
    uint64_t seed = text ? strtoull(text, NULL, 10) : 20240501;
    struct scratch *scratch = calloc(CPU_LEVELS, sizeof *scratch);
    assert_non_null(scratch);
    struct impact_params reference = clus__impact_reference();
    for (uint64_t i = 0; i < WORLDS; i++) {
        struct world w;
        make_world(&w, seed + i);
        for (uint32_t k = 0; k < TRIALS; k++) {
            struct trial t = {.params = reference, .scratch = scratch};
            print_message("# seed %llu trial %u\n", (unsigned long long)(seed + i), k);
            one_trial(&w, &t);
        }
        free_world(&w);
    }
    free_scratch(scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_that_come_again_count_once),
        cmocka_unit_test(every_way_gives_the_same),
        cmocka_unit_test(damaged_lists_are_corrupt_or_found_through),
    };
    return cmocka_run_group_tests_name("search_run", tests, NULL, NULL);
}
