/*
 * A plan built, run, and run again with fewer words required where the
 * query's op asks for that; keys turned back into documents.
 */
#include "search/search.h"

#include <stdlib.h>
#include <time.h>

#include "base/alloc.h"
#include "base/error.h"
#include "query/ast.h"
#include "search/ladder.h"
#include "search/run.h"
#include "search/term_memory.h"

enum {
    DEFAULT_LIMIT = 10,
    LEXER_MEMORY = 4 << 20 /* forms of queries are forgotten beyond that */
};

struct searcher {
    struct lexer *lexer;
    struct term_memory *terms;
    struct scratch scratch;
    void *best; /* keys or dated hits of the last run */
    size_t best_bytes;
};

clus_status clus__searcher_new(const clus_analyzer *analyzer, struct searcher **out)
{
    struct searcher *s = clus__calloc(1, sizeof *s);
    if (!s)
        return CLUS_E_NOMEM;
    clus_status st = clus__lexer_new(analyzer, &s->lexer);
    if (st == CLUS_OK)
        st = clus__term_memory_new(&s->terms);
    if (st != CLUS_OK) {
        clus__searcher_free(s);
        return st;
    }
    *out = s;
    return CLUS_OK;
}

void clus__searcher_free(struct searcher *s)
{
    if (!s)
        return;
    clus__lexer_free(s->lexer);
    clus__term_memory_free(s->terms);
    clus__free(s->best);
    clus__arena_done(&s->scratch.arena);
    clus__free(s);
}

struct lexer *clus__searcher_lexer(struct searcher *s)
{
    return s->lexer;
}

struct scratch *clus__searcher_scratch(struct searcher *s)
{
    return &s->scratch;
}

struct term_memory *clus__searcher_terms(struct searcher *s)
{
    return s->terms;
}

void clus__search_found_done(struct search_found *found)
{
    clus__arena_done(&found->arena);
    found->hits = NULL;
}

void clus__account_done(struct account *account)
{
    clus__arena_done(&account->arena);
    clus__arena_done(&account->texts);
    clus__free(account->parts);
    account->parts = NULL;
}

static uint64_t deadline_of(uint64_t timeout_us)
{
    struct timespec now;
    if (timeout_us == 0 || clock_gettime(CLOCK_MONOTONIC, &now) != 0)
        return 0;
    uint64_t ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    return timeout_us < UINT64_MAX / 4000 ? ns + timeout_us * 1000 : 0;
}

/* ---- one search ---- */

struct search {
    struct searcher *searcher;
    struct view *view;
    const clus_search_options *options;
    struct search_found *found;
    uint64_t deadline_ns;
    uint32_t limit, k; /* k: limit and offset, no more than there are documents */
};

static enum run_goal goal_of(const clus_search_options *o)
{
    return o->sort == CLUS_SORT_DATE_DESC  ? GOAL_NEWEST
           : o->sort == CLUS_SORT_DATE_ASC ? GOAL_OLDEST
                                           : GOAL_BEST;
}

static clus_status room_for_best(struct search *s, struct run *r)
{
    struct searcher *searcher = s->searcher;
    size_t size = r->goal == GOAL_BEST ? 2 * sizeof *r->top.keys : sizeof *r->dated;
    size_t need = (size_t)s->k * size;
    if (need > searcher->best_bytes) {
        void *grown = clus__malloc(need);
        if (!grown)
            return CLUS_E_NOMEM;
        clus__free(searcher->best);
        searcher->best = grown;
        searcher->best_bytes = need;
    }
    r->top.keys = r->goal == GOAL_BEST ? searcher->best : NULL;
    r->dated = r->goal == GOAL_BEST ? NULL : searcher->best;
    r->top.k = r->k = s->k;
    return CLUS_OK;
}

/* Whether an exact count is cheaper taken along than made by a run of its own: what several
 * words must match has few matches, and most of the work is finding them. */
static bool counts_along(const struct search *s, const struct clause *root)
{
    bool few = root->kind == CLAUSE_SPANS ||
               (root->kind == CLAUSE_BOOL && root->n_should == 0 && root->n_must > 0);
    return s->options->count == CLUS_COUNT_EXACT && few;
}

static clus_status run_goal(struct search *s, const struct clause *root, enum run_goal goal,
                            struct run *r)
{
    *r = (struct run){.view = s->view,
                      .root = root,
                      .goal = goal,
                      .count_all = goal == GOAL_BEST && counts_along(s, root),
                      .params = &s->found->plan.ranking.impact,
                      .deadline_ns = s->deadline_ns,
                      .scratch = &s->searcher->scratch};
    if (goal != GOAL_COUNT) {
        clus_status st = room_for_best(s, r);
        if (st != CLUS_OK)
            return st;
    }
    return s->options->exhaustive ? clus__run_exhaustive(r) : clus__run(r);
}

static void locate(const struct view *view, uint32_t ordinal, struct search_hit *hit)
{
    uint32_t s = 0;
    while (ordinal >= view->segments[s].seg->ndocs)
        ordinal -= view->segments[s++].seg->ndocs;
    hit->segment = s;
    hit->doc = ordinal;
}

static int dated_order(const void *a, const void *b)
{
    const struct dated *x = a, *y = b;
    if (x->date != y->date)
        return x->date < y->date ? -1 : 1;
    return x->ordinal < y->ordinal ? -1 : x->ordinal > y->ordinal;
}

/* Places of the hits already in the list, sorted, so that a second run can leave them out.
 */
struct places {
    uint64_t *sorted;
    uint32_t n;
};

static uint64_t place_of(const struct search_hit *hit)
{
    return (uint64_t)hit->segment << 32 | hit->doc;
}

static int place_order(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static clus_status sort_places(const struct search_found *f, struct places *out)
{
    *out = (struct places){.n = f->n_hits};
    if (out->n == 0)
        return CLUS_OK;
    out->sorted = clus__malloc(sizeof *out->sorted * f->n_hits);
    if (!out->sorted)
        return CLUS_E_NOMEM;
    for (uint32_t i = 0; i < f->n_hits; i++)
        out->sorted[i] = place_of(&f->hits[i]);
    if (out->n > 1)
        qsort(out->sorted, out->n, sizeof *out->sorted, place_order);
    return CLUS_OK;
}

static bool is_among(const struct places *places, const struct search_hit *hit)
{
    uint64_t place = place_of(hit);
    return places->n > 0 &&
           bsearch(&place, places->sorted, places->n, sizeof place, place_order) != NULL;
}

/* As a rule few of k hits are found: room for so many is taken from memory in use. */
static clus_status room_for_hits(struct search *s, uint32_t n)
{
    struct search_found *f = s->found;
    uint32_t most = n < s->k - f->n_hits ? f->n_hits + n : s->k;
    struct search_hit *hits = clus__arena_raw(&f->arena, most, sizeof *hits);
    if (!hits)
        return CLUS_E_NOMEM;
    if (f->n_hits > 0)
        memcpy(hits, f->hits, f->n_hits * sizeof *hits);
    f->hits = hits;
    return CLUS_OK;
}

/* Append what a run found, leaving out what is in the list already. */
static clus_status append_hits(struct search *s, struct run *r, bool partial)
{
    struct search_found *f = s->found;
    struct places before;
    uint32_t n = r->goal == GOAL_BEST ? r->top.n : r->n_dated;
    clus_status st = room_for_hits(s, n);
    if (st == CLUS_OK)
        st = sort_places(f, &before);
    if (st != CLUS_OK)
        return st;
    if (r->goal == GOAL_BEST)
        clus__topk_sort(&r->top);
    else if (n > 1)
        qsort(r->dated, n, sizeof *r->dated, dated_order);
    for (uint32_t i = 0; i < n && f->n_hits < s->k; i++) {
        bool best = r->goal == GOAL_BEST;
        int32_t score = best ? clus__topk_score(r->top.keys[i]) : r->dated[i].score;
        struct search_hit hit = {.score = (float)score / f->plan.scale, .partial = partial};
        locate(s->view, best ? clus__topk_ordinal(r->top.keys[i]) : r->dated[i].ordinal,
               &hit);
        if (!is_among(&before, &hit))
            f->hits[f->n_hits++] = hit;
    }
    clus__free(before.sorted);
    return CLUS_OK;
}

/* How many match, and whether that is known for certain. */
static clus_status count_matches(struct search *s, const struct clause *root,
                                 const struct run *best)
{
    struct search_found *f = s->found;
    bool all_seen = best && (best->goal != GOAL_BEST || best->top.n < best->top.k ||
                             best->count_all || s->options->exhaustive);
    if (all_seen || (s->options->count == CLUS_COUNT_BOUND && best)) {
        uint64_t known = all_seen ? best->count : best->top.n;
        f->total_is_exact = all_seen;
        f->total = known > f->n_hits ? known : f->n_hits;
        return CLUS_OK;
    }
    struct run r;
    clus_status st = run_goal(s, root, GOAL_COUNT, &r);
    f->total = r.count;
    f->total_is_exact = true;
    return st;
}

static clus_status find_hits(struct search *s, bool relaxed)
{
    struct clause *root;
    struct run r;
    bool counting = s->options->count == CLUS_COUNT_ONLY;
    clus_status st = clus__plan_normalise(&s->found->plan, relaxed, &root);
    if (st != CLUS_OK || counting)
        return st == CLUS_OK ? count_matches(s, root, NULL) : st;
    st = run_goal(s, root, goal_of(s->options), &r);
    if (st != CLUS_OK)
        return st;
    st = append_hits(s, &r, relaxed && !s->found->plan.question);
    return st == CLUS_OK ? count_matches(s, root, &r) : st;
}

static bool wants_more(const struct search *s)
{
    const struct search_found *f = s->found;
    uint64_t found = s->options->count == CLUS_COUNT_ONLY ? f->total : f->n_hits;
    return (f->plan.n_relaxable || f->plan.ladders) && found < s->k;
}

/* Where all words gave too little: fewer of them, and words of their families. */
static clus_status find_more(struct search *s)
{
    bool widened;
    clus_status st = clus__plan_relax(&s->found->plan, &widened);
    return st == CLUS_OK && (widened || s->found->plan.n_relaxable) ? find_hits(s, true)
                                                                    : st;
}

/* Hits before `offset` were needed to know which come after. */
static void cut_offset(struct search *s)
{
    struct search_found *f = s->found;
    uint32_t skip = s->options->offset < f->n_hits ? s->options->offset : f->n_hits;
    f->n_hits -= skip;
    if (skip > 0)
        memmove(f->hits, f->hits + skip, f->n_hits * sizeof *f->hits);
}

/* A plan whose arena and view are set. */
static clus_status build_plan(struct searcher *searcher, const struct clus_query *query,
                              const clus_search_options *options, struct plan *plan,
                              clus_error *err)
{
    struct plan_request request = {query, options, searcher->lexer, &searcher->scratch};
    if (clus__lexer_memory(searcher->lexer) > LEXER_MEMORY)
        clus__lexer_forget(searcher->lexer);
    plan->terms = searcher->terms;
    plan->ranking = clus__ranking_of(&options->ranking);
    return clus__plan_build(plan, &request, err);
}

/* A count of one word needs no plan where it was asked for before, stands for itself alone
 * and is frequent as its lists say. */
static bool count_is_known(const struct search *s, const struct clus_query *query,
                           uint64_t *count)
{
    const clus_search_options *o = s->options;
    const struct ast_node *word = query->root;
    if (o->count != CLUS_COUNT_ONLY || o->exhaustive || o->n_filters > 0 || o->glossary ||
        word->kind != AST_WORD || word->occur == OCCUR_NOT || word->field.len > 0)
        return false;
    for (uint32_t i = 0; i < s->view->n_segments; i++)
        if (s->view->segments[i].n_deleted > 0)
            return false;
    return !clus__plan_has_forms(s->view) &&
           clus__term_memory_counts_word(s->searcher->terms, s->view, word->text, count) &&
           *count > 0; /* else it may have been meant otherwise */
}

static clus_status search(struct search *s, const struct clus_query *query, clus_error *err)
{
    struct search_found *f = s->found;
    f->total_is_exact = count_is_known(s, query, &f->total);
    if (f->total_is_exact)
        return CLUS_OK;
    f->plan.arena = &f->arena;
    f->plan.view = s->view;
    f->plan.counting = s->options->count == CLUS_COUNT_ONLY;
    clus_status st = build_plan(s->searcher, query, s->options, &f->plan, err);
    if (st != CLUS_OK)
        return st;
    st = find_hits(s, f->plan.question);
    if (st == CLUS_OK && query->op == CLUS_OP_AUTO && !f->plan.question && wants_more(s))
        st = find_more(s);
    if (st == CLUS_E_TIMEOUT)
        return clus__fail(err, st, "no result after %llu microseconds",
                          (unsigned long long)s->options->timeout_us);
    if (st != CLUS_OK)
        return clus__explain(err, st, "searching posting lists");
    cut_offset(s);
    return CLUS_OK;
}

clus_status clus__search(struct searcher *searcher, struct view *view,
                         const struct clus_query *query, const clus_search_options *options,
                         struct search_found *out, clus_error *err)
{
    clus_status st = clus__search_options_check(options, err);
    if (st != CLUS_OK)
        return st;
    if (view->n_docs > UINT32_MAX)
        return clus__fail(err, CLUS_E_LIMIT, "over 4294967295 documents in one index");
    struct search s = {.searcher = searcher,
                       .view = view,
                       .options = options,
                       .found = out,
                       .deadline_ns = deadline_of(options->timeout_us)};
    s.limit = options->limit ? options->limit : DEFAULT_LIMIT;
    uint64_t k = (uint64_t)s.limit + options->offset,
             docs = view->n_docs ? view->n_docs : 1;
    s.k = (uint32_t)(k < docs ? k : docs);
    st = search(&s, query, err);
    if (st != CLUS_OK)
        clus__search_found_done(out);
    return st;
}

/* ---- one document ---- */

/* The next way to match, as a search would try it. */
static clus_status add_way(struct searcher *searcher, struct view *view,
                           const struct clus_query *query,
                           const clus_search_options *options, struct account *acc,
                           clus_error *err)
{
    struct account_way *way = &acc->ways[acc->n_ways];
    struct plan *plan = &way->plan;
    bool second = acc->n_ways > 0, widened = false;
    plan->arena = &acc->arena;
    plan->view = view;
    clus_status st = build_plan(searcher, query, options, plan, err);
    if (st != CLUS_OK)
        return st;
    if (second)
        st = clus__plan_relax(plan, &widened);
    if (st == CLUS_OK && second && !widened && !plan->n_relaxable)
        return CLUS_OK;
    if (st == CLUS_OK)
        st = clus__plan_normalise(plan, second || plan->question, &way->root);
    acc->n_ways += st == CLUS_OK;
    return clus__explain(err, st, "planning a query");
}

clus_status clus__account_plan(struct searcher *searcher, struct view *view,
                               const struct clus_query *query,
                               const clus_search_options *options, struct account *out,
                               clus_error *err)
{
    clus_status st = clus__search_options_check(options, err);
    if (st != CLUS_OK)
        return st;
    st = add_way(searcher, view, query, options, out, err);
    if (st == CLUS_OK && query->op == CLUS_OP_AUTO && !out->ways[0].plan.question)
        st = add_way(searcher, view, query, options, out, err);
    if (st != CLUS_OK)
        clus__account_done(out);
    return st;
}

clus_status clus__account_document(struct searcher *searcher, struct account *acc,
                                   uint32_t segment, uint32_t doc, clus_error *err)
{
    clus_status st = CLUS_OK;
    acc->segment = segment;
    acc->doc = doc;
    for (uint32_t i = 0; i < acc->n_ways; i++) {
        acc->plan = &acc->ways[i].plan;
        acc->partial = i > 0;
        acc->n = 0;
        clus__arena_reset(&acc->texts);
        struct run r = {.view = acc->plan->view,
                        .root = acc->ways[i].root,
                        .goal = GOAL_BEST,
                        .params = &acc->plan->ranking.impact,
                        .scratch = &searcher->scratch};
        st = clus__run_account(&r, acc);
        if (st != CLUS_OK || acc->parts[0].score > 0)
            break;
    }
    if (st != CLUS_OK)
        acc->n = 0;
    return clus__explain(err, st, "taking a score apart");
}
