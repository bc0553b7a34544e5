/* Segments one after the other, oldest first; what is collected from them. */
#include "search/run.h"

#include <stdlib.h>
#include <time.h>

#include "base/sort.h"

bool clus__run_expired(const struct run *r)
{
    struct timespec now;
    if (r->deadline_ns == 0)
        return false;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
        return false;
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec > r->deadline_ns;
}

/* ---- collecting ---- */

/* Of equal dates the document inserted first is the better one. */
static bool is_worse(const struct dated *a, const struct dated *b)
{
    return a->date != b->date ? a->date > b->date : a->ordinal > b->ordinal;
}

static void dated_sink(struct run *r, uint32_t i, struct dated d)
{
    for (;;) {
        uint32_t child = 2 * i + 1;
        if (child >= r->n_dated)
            break;
        if (child + 1 < r->n_dated && is_worse(&r->dated[child + 1], &r->dated[child]))
            child++;
        if (!is_worse(&r->dated[child], &d))
            break;
        r->dated[i] = r->dated[child];
        i = child;
    }
    r->dated[i] = d;
}

static void dated_push(struct run *r, struct dated d)
{
    if (r->n_dated == r->k) {
        if (is_worse(&r->dated[0], &d))
            dated_sink(r, 0, d);
        return;
    }
    uint32_t i = r->n_dated++;
    while (i > 0 && is_worse(&d, &r->dated[(i - 1) / 2])) {
        r->dated[i] = r->dated[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    r->dated[i] = d;
}

static int64_t date_key(const struct run *r, uint32_t doc)
{
    int64_t date = r->dates[doc];
    if (date == NO_DATE)
        return INT64_MAX;
    return r->goal == GOAL_NEWEST ? -date : date;
}

void clus__run_collect_one(struct run *r, uint32_t doc, int32_t score)
{
    r->count++;
    if (r->goal == GOAL_BEST)
        clus__topk_push(&r->top, score, r->base + doc);
    else if (r->goal != GOAL_COUNT)
        dated_push(r, (struct dated){date_key(r, doc), r->base + doc, score});
}

/* As long as one more leaves room nothing is compared but with theta. */
static void collect_best(struct run *r, const struct candidates *c)
{
    struct topk *t = &r->top;
    uint32_t i = 0, n = t->n;
    for (; i < c->n && n + 1 < t->k; i++) {
        t->keys[n] = clus__topk_key(c->scores[i], r->base + c->docs[i]);
        n += c->scores[i] > t->theta;
    }
    t->n = n;
    for (; i < c->n; i++)
        clus__topk_push(t, c->scores[i], r->base + c->docs[i]);
}

void clus__run_collect(struct run *r, struct candidates *c)
{
    if (!r->deleted && (r->goal == GOAL_COUNT || r->goal == GOAL_BEST)) {
        r->count += c->n;
        if (r->goal == GOAL_BEST)
            collect_best(r, c);
        return;
    }
    for (uint32_t i = 0; i < c->n; i++)
        if (!clus__run_is_deleted(r, c->docs[i]))
            clus__run_collect_one(r, c->docs[i], c->scores[i]);
}

void clus__topk_sort(struct topk *t)
{
    for (uint32_t i = 0; i < t->n; i++)
        t->keys[i] = ~t->keys[i]; /* the best is the least then */
    clus__sort_u64(t->keys, t->n, t->keys + t->k);
    for (uint32_t i = 0; i < t->n; i++)
        t->keys[i] = ~t->keys[i];
}

/* ---- segments ---- */

clus_status clus__run_enter(struct run *r, uint32_t segment)
{
    const struct view_segment *vs = &r->view->segments[segment];
    r->segment = segment;
    r->ndocs = vs->seg->ndocs;
    r->deleted = vs->n_deleted > 0 ? vs->deleted : NULL;
    r->scorer->norms = vs->seg->norms;
    r->scorer->ndocs = vs->seg->ndocs;
    if (r->goal == GOAL_NEWEST || r->goal == GOAL_OLDEST)
        return clus__view_dates(r->view, segment, &r->dates);
    return CLUS_OK;
}

void clus__run_leave(struct run *r)
{
    r->base += r->ndocs;
    clus__arena_reset(r->arena);
}

clus_status clus__run_bind(struct run *r, struct node **root)
{
    bool lower_ok;
    const struct segment *seg = r->view->segments[r->segment].seg;
    struct bind ctx = {.view = r->view,
                       .segment = r->segment,
                       .arena = r->arena,
                       .scorer = r->scorer,
                       .matches_only = r->goal == GOAL_COUNT};
    ctx.inflation = 1.0f;
    if (r->goal != GOAL_COUNT)
        ctx.inflation = clus__impact_inflation(r->params, clus__view_avg_len(r->view),
                                               seg->avg_len, &lower_ok);
    return clus__node_bind(&ctx, r->root, root);
}

static clus_status run_root(struct run *r, struct node *root)
{
    if (root->kind == NODE_NONE || root->most <= clus__run_theta(r))
        return CLUS_OK;
    if (r->goal == GOAL_COUNT)
        return clus__run_count(r, root);
    if (root->kind == NODE_LIST && r->goal == GOAL_BEST)
        return clus__run_list(r, root);
    if (root->kind == NODE_GROUP && clus__run_group_fits(r))
        return clus__run_group(r, root);
    if (clus__node_is_set(root))
        return clus__run_set(r, root);
    if (root->kind == NODE_BOOL && root->clause->n_must == 0)
        return clus__run_any(r, root);
    return clus__run_all(r, root);
}

/* ---- a first theta ---- */

/* Which of the stored impacts is known to be reached by k documents; -1: none. */
static int kth_of(uint32_t k)
{
    return k <= 10 ? 0 : k <= 100 ? 1 : k <= 1000 ? 2 : -1;
}

static bool few_deleted(const struct view_segment *vs)
{
    return vs->n_deleted < vs->seg->ndocs / 10;
}

/* A score that k documents are above by this clause alone; 0 if none is known. */
static int32_t theta_of_terms(const struct run *r, const struct clause *c, int kth)
{
    float avg_len = clus__view_avg_len(r->view);
    int32_t best = 0;
    if (c->kind != CLAUSE_TERMS || c->constant || c->unscored || c->need_flags ||
        c->deny_flags)
        return 0;
    for (uint32_t s = 0; s < r->view->n_segments; s++) {
        const struct view_segment *vs = &r->view->segments[s];
        if (!few_deleted(vs))
            continue;
        float safe = clus__impact_deflation(r->params, avg_len, vs->seg->avg_len);
        for (uint32_t i = 0; i < c->n_members; i++) {
            const struct term_info *info = c->members[i].term->infos[s];
            if (!info || info->kth_impact[kth] == 0)
                continue;
            float f = clus__impact_value(info->kth_impact[kth]) * safe * 0.99999f;
            int32_t theta = (int32_t)(c->weight * c->members[i].weight * f);
            best = theta > best ? theta : best;
        }
    }
    return best;
}

/* A score to begin with that k documents are above. Known only where what matches a child
 * matches the whole, so not with filters. */
static int32_t first_theta(const struct run *r)
{
    const struct clause *c = r->root;
    int kth = kth_of(r->top.k);
    int32_t best = 0;
    if (r->goal != GOAL_BEST || kth < 0)
        return 0;
    if (c->kind != CLAUSE_BOOL)
        return theta_of_terms(r, c, kth);
    if (c->n_should < c->n_children)
        return 0;
    for (uint32_t i = 0; i < c->n_should; i++) {
        int32_t theta = theta_of_terms(r, c->children[i].clause, kth);
        best = theta > best ? theta : best;
    }
    return best;
}

/* ---- running ---- */

static clus_status run_segment(struct run *r, uint32_t segment, struct node **root)
{
    if (!r->scorer)
        clus__run_begin(r);
    clus_status st = clus__run_enter(r, segment);
    if (st == CLUS_OK)
        st = clus__run_bind(r, root);
    return st == CLUS_OK ? run_root(r, *root) : st;
}

static clus_status run_segments(struct run *r)
{
    clus_status st = CLUS_OK;
    r->base = 0;
    for (uint32_t s = 0; s < r->view->n_segments; s++) {
        struct node *root = NULL;
        if (st != CLUS_OK || clus__run_has_enough(r))
            break;
        if (r->goal == GOAL_COUNT && clus__run_count_known(r, s))
            continue;
        st = run_segment(r, s, &root);
        clus__node_release(root);
        clus__run_leave(r);
    }
    return st;
}

static bool same_params(const struct impact_params *a, const struct impact_params *b)
{
    return a->k1 == b->k1 && a->b == b->b && a->title_weight == b->title_weight &&
           a->lead_weight == b->lead_weight && a->extra_weight == b->extra_weight &&
           a->title_share == b->title_share;
}

void clus__run_begin(struct run *r)
{
    struct scratch *s = r->scratch;
    float avg_len = clus__view_avg_len(r->view);
    if (s->dirty)
        memset(s->acc, 0, sizeof s->acc);
    s->dirty = true; /* until the run has come to its end */
    if (s->avg_len != avg_len || !same_params(&s->params, r->params)) {
        clus__scorer_init(&s->scorer, r->params, avg_len);
        s->params = *r->params;
        s->avg_len = avg_len;
    }
    r->scorer = &s->scorer;
    r->arena = &s->arena;
}

clus_status clus__run(struct run *r)
{
    r->top.theta = r->count_all ? 0 : first_theta(r);
    bool primed = r->top.theta > 0;
    clus_status st = run_segments(r);
    if (st == CLUS_OK && primed && r->top.n < r->top.k) {
        r->top.n = 0; /* deletions took some of the documents that were promised */
        r->top.theta = 0;
        r->count = 0;
        st = run_segments(r);
    }
    if (r->scorer)
        r->scratch->dirty = st != CLUS_OK;
    return st;
}
