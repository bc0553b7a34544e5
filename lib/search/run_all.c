/*
 * Documents that all of several clauses match. The clause with the fewest matches gives
 * candidates, a run of them at a time; each of the others, the cheapest first, is asked
 * which of them it matches, and candidates drop out once even the bounds of the clauses not
 * yet asked cannot make them good enough. Also a single clause that is not a posting list,
 * and one list by its block maxima.
 */
#include "search/list.h"
#include "search/run.h"

struct all {
    struct run *run;
    struct node *root;
    struct step *steps; /* the lead first; then musts and filters, nots, shoulds */
    uint32_t n, n_required;
    int32_t total; /* sum of the bounds */
};

/* ---- order ---- */

static uint32_t phase_of(enum probe how)
{
    return how == PROBE_NOT ? 1 : how == PROBE_SHOULD ? 2 : 0;
}

/* Cheap before dear: what only looks up lists before what verifies places or fills windows.
 */
static uint32_t effort_of(const struct node *n)
{
    return n->kind == NODE_SPANS ? 1 : n->kind == NODE_BOOL || n->kind == NODE_BEST ? 2 : 0;
}

static bool goes_before(const struct step *a, const struct step *b)
{
    if (phase_of(a->how) != phase_of(b->how))
        return phase_of(a->how) < phase_of(b->how);
    if (effort_of(a->node) != effort_of(b->node))
        return effort_of(a->node) < effort_of(b->node);
    return a->node->cost < b->node->cost;
}

static enum probe probe_of(enum clause_role role)
{
    return role == ROLE_MUST     ? PROBE_MUST
           : role == ROLE_FILTER ? PROBE_FILTER
           : role == ROLE_NOT    ? PROBE_NOT
                                 : PROBE_SHOULD;
}

static void sort_steps(struct all *a)
{
    for (uint32_t i = 1; i < a->n; i++) {
        struct step step = a->steps[i];
        uint32_t j = i;
        for (; j > 0 && goes_before(&step, &a->steps[j - 1]); j--)
            a->steps[j] = a->steps[j - 1];
        a->steps[j] = step;
    }
}

/* Whatever is rarest leads, places or not. */
static void choose_lead(struct all *a)
{
    uint32_t lead = 0;
    for (uint32_t i = 1; i < a->n_required; i++)
        if (a->steps[i].node->cost < a->steps[lead].node->cost)
            lead = i;
    struct step step = a->steps[lead];
    for (; lead > 0; lead--)
        a->steps[lead] = a->steps[lead - 1];
    a->steps[0] = step;
}

static clus_status plan_steps(struct all *a)
{
    const struct clause *c = a->root->clause;
    bool single = a->root->kind != NODE_BOOL;
    uint32_t n = single ? 1 : c->n_children;
    a->steps = clus__arena_alloc(a->run->arena, n, sizeof *a->steps);
    if (!a->steps)
        return CLUS_E_NOMEM;
    for (uint32_t i = 0; i < n; i++) {
        struct node *node = single ? a->root : a->root->children[i];
        enum probe how = single ? PROBE_MUST : probe_of(c->children[i].role);
        if (node->kind == NODE_NONE) /* of a should or not */
            continue;
        a->steps[a->n++] = (struct step){.node = node, .how = how};
        a->n_required += how == PROBE_MUST || how == PROBE_FILTER;
    }
    sort_steps(a);
    choose_lead(a);
    return CLUS_OK;
}

/* ---- bounds ---- */

/* *worth: whether a document in [from, to] may match and score enough. */
static clus_status weigh_range(struct all *a, uint32_t from, uint32_t to, int32_t theta,
                               bool *worth)
{
    *worth = false;
    a->total = 0;
    for (uint32_t i = 0; i < a->n; i++) {
        struct step *step = &a->steps[i];
        step->bound = 0;
        if (step->how == PROBE_NOT)
            continue;
        clus_status st = clus__node_bound(step->node, from, to, &step->bound);
        if (st != CLUS_OK)
            return st;
        if (step->bound == 0 && step->how != PROBE_SHOULD)
            return CLUS_OK;
        if (step->how == PROBE_FILTER)
            step->bound = 0;
        a->total += step->bound;
    }
    *worth = a->total > theta;
    return CLUS_OK;
}

/* ---- candidates ---- */

/* Where the run of documents that begins at `from` ends: the lead's block or window. */
static clus_status range_end(const struct all *a, uint32_t from, uint32_t *end)
{
    const struct node *lead = a->steps[0].node;
    *end = from / WINDOW * WINDOW + (WINDOW - 1);
    if (lead->kind != NODE_LIST)
        return CLUS_OK;
    struct posting_list *l = lead->lists[0];
    clus_status st = clus__list_seek(l, from);
    *end = l->ended ? UINT32_MAX : l->p.block_last;
    return st;
}

static clus_status lead_candidates(struct all *a, uint32_t from, int32_t theta,
                                   struct candidates *c)
{
    struct step *lead = &a->steps[0];
    int32_t need = theta - (a->total - lead->bound);
    bool filter = lead->how == PROBE_FILTER;
    clus_status st;
    need = filter || need < 0 ? 0 : need;
    if (lead->node->kind == NODE_LIST) {
        st = clus__list_candidates(lead->node->lists[0], from, need, c);
    } else {
        uint32_t w = from / WINDOW * WINDOW;
        uint64_t cells = 0;
        int32_t *acc = a->run->scratch->acc;
        st = clus__node_add(lead->node, w, acc, &cells);
        clus__candidates_take(c, a->run->scorer, acc, cells, w, need);
    }
    if (st == CLUS_OK && filter)
        memset(c->scores, 0, c->n * sizeof *c->scores);
    return st;
}

static clus_status run_range(struct all *a, uint32_t from, uint32_t to)
{
    struct candidates *c = &a->run->scratch->candidates;
    int32_t theta = clus__run_theta(a->run);
    bool worth;
    clus_status st = weigh_range(a, from, to, theta, &worth);
    if (st != CLUS_OK || !worth)
        return st;
    st = lead_candidates(a, from, theta, c);
    int32_t left = a->total - a->steps[0].bound;
    for (uint32_t i = 1; st == CLUS_OK && i < a->n && c->n > 0; i++) {
        left -= a->steps[i].bound;
        st = clus__node_probe(a->steps[i].node, a->steps[i].how, c, theta - left);
    }
    if (st == CLUS_OK)
        clus__run_collect(a->run, c);
    return st;
}

static clus_status run_ranges(struct run *r, struct all *a)
{
    uint32_t target = 0;
    for (;;) {
        clus_status st = clus__node_next(a->root, target, &target);
        if (st != CLUS_OK || target == UINT32_MAX)
            return st;
        if (clus__run_expired(r))
            return CLUS_E_TIMEOUT;
        uint32_t end;
        st = range_end(a, target, &end);
        if (st == CLUS_OK)
            st = run_range(a, target, end);
        if (st != CLUS_OK || end >= r->ndocs - 1)
            return st;
        target = end + 1;
    }
}

/* ---- words at places ---- */

/* The last document of the shortest of the rarest word's blocks at `target`. */
static clus_status spans_range_end(const struct spans *spans, uint32_t target,
                                   uint32_t *end)
{
    const struct slot *lead = spans->by_cost[0];
    *end = UINT32_MAX;
    for (uint32_t i = 0; i < lead->n_lists; i++) {
        struct posting_list *l = lead->lists[i];
        clus_status st = clus__list_seek(l, target);
        if (st != CLUS_OK)
            return st;
        if (!l->ended && l->p.block_last < *end)
            *end = l->p.block_last;
    }
    return CLUS_OK;
}

static clus_status spans_in_range(struct run *r, struct node *n, uint32_t from,
                                  uint32_t end)
{
    clus_status st = clus__spans_seek(n->spans, from);
    while (st == CLUS_OK && n->spans->doc <= end && n->spans->doc != UINT32_MAX) {
        uint32_t doc = n->spans->doc;
        int32_t score = 0;
        if (!clus__run_is_deleted(r, doc))
            st = clus__spans_score(n, clus__run_theta(r), &score);
        if (score > 0)
            clus__run_collect_one(r, doc, score);
        if (st == CLUS_OK)
            st = clus__spans_seek(n->spans, doc + 1);
    }
    return st;
}

static clus_status run_spans(struct run *r, struct node *n)
{
    uint32_t target = 0, end;
    for (;;) {
        int32_t bound;
        clus_status st = spans_range_end(n->spans, target, &end);
        if (st == CLUS_OK)
            st = clus__node_bound(n, target, end, &bound);
        if (st != CLUS_OK)
            return st;
        if (clus__run_expired(r))
            return CLUS_E_TIMEOUT;
        if (bound > clus__run_theta(r))
            st = spans_in_range(r, n, target, end);
        if (st != CLUS_OK || end >= r->ndocs - 1 || clus__run_has_enough(r))
            return st;
        target = n->spans->doc > end ? n->spans->doc : end + 1;
        if (target >= r->ndocs)
            return CLUS_OK;
    }
}

/* How many of the steps are plain lists that must match, and put them first. */
static uint32_t lists_first(struct all *a)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < a->n_required && n < COMMON_LISTS; i++) {
        struct step step = a->steps[i];
        if (step.node->kind != NODE_LIST)
            continue;
        memmove(a->steps + n + 1, a->steps + n, (i - n) * sizeof step);
        a->steps[n++] = step;
    }
    return n;
}

clus_status clus__run_all(struct run *r, struct node *root)
{
    struct all a = {.run = r, .root = root};
    if (root->kind == NODE_SPANS)
        return clus__spans_can_meet(root->spans) ? clus__run_meet_spans(r, root)
                                                 : run_spans(r, root);
    clus_status st = plan_steps(&a);
    if (st != CLUS_OK)
        return st;
    const struct node *lead = a.steps[0].node;
    uint32_t lists = lists_first(&a);
    if (lists >= 2 && a.steps[0].node == lead)
        return clus__run_meet(r, a.steps, a.n, lists);
    choose_lead(&a);
    return run_ranges(r, &a);
}
