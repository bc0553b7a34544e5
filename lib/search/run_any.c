/*
 * Any of several clauses, the best of all: windows of 4096 documents, MaxScore in each
 * (Turtle & Flood 1995; block maxima as bounds: Ding & Suel 2011).
 *
 * Clauses whose bounds together cannot lift a document over theta are only asked about the
 * candidates that the others bring. A word's form is one with the clause of its stem:
 * apart, every form would lower what a document without that word needs to be a candidate.
 */
#include "search/list.h"
#include "search/run.h"

struct part {
    struct node *node;
    struct node *form; /* of its word; NULL: none */
    int32_t bound;     /* of both in the current window */
    int32_t form_bound;
};

struct any {
    struct run *run;
    struct node *root;
    struct part *parts; /* ascending by bound */
    uint32_t n;
    uint32_t first; /* parts before it are not needed to find candidates */
    int32_t below;  /* sum of their bounds */
};

static clus_status bound_part(struct part *part, uint32_t w)
{
    clus_status st = clus__node_bound(part->node, w, w + (WINDOW - 1), &part->bound);
    part->form_bound = 0;
    if (st == CLUS_OK && part->form)
        st = clus__node_bound(part->form, w, w + (WINDOW - 1), &part->form_bound);
    part->bound += part->form_bound;
    return st;
}

static clus_status bounds_in_window(struct any *a, uint32_t w)
{
    for (uint32_t i = 0; i < a->n; i++) {
        clus_status st = bound_part(&a->parts[i], w);
        if (st != CLUS_OK)
            return st;
    }
    /* Nearly sorted: the order of the window before. */
    for (uint32_t i = 1; i < a->n; i++) {
        struct part part = a->parts[i];
        uint32_t j = i;
        for (; j > 0 && a->parts[j - 1].bound > part.bound; j--)
            a->parts[j] = a->parts[j - 1];
        a->parts[j] = part;
    }
    return CLUS_OK;
}

static void split_by_theta(struct any *a, int32_t theta)
{
    a->below = 0;
    for (a->first = 0; a->first < a->n; a->first++) {
        int32_t bound = a->parts[a->first].bound;
        if (bound > theta - a->below)
            break;
        a->below += bound;
    }
}

static int32_t at_least_zero(int32_t x)
{
    return x > 0 ? x : 0;
}

/* One list alone brings candidates: block by block, leaving out blocks that cannot. */
static clus_status candidates_of_list(struct any *a, struct posting_list *l, uint32_t w,
                                      int32_t need, struct candidates *c)
{
    const struct scorer *s = a->run->scorer;
    int32_t scores[BLOCK_DOCS + 8];
    uint64_t end = (uint64_t)w + WINDOW;
    uint32_t target = w;
    c->n = 0;
    for (;;) {
        clus_status st = clus__list_seek(l, target);
        if (st != CLUS_OK || l->ended || l->p.block_first >= end)
            return st;
        if (clus__list_bound(l, l->p.block_max) > need) {
            if ((st = clus__postings_docs(&l->p)) != CLUS_OK)
                return st;
            uint32_t from = clus__list_find(l, target), to = l->p.n;
            if (l->p.block_last >= end)
                to = clus__list_find(l, (uint32_t)end);
            l->at = from;
            if ((st = clus__list_scores(l, s, from, to, scores)) != CLUS_OK)
                return st;
            c->n += s->kernels->sift(l->p.docs + from, scores, to - from, need,
                                     c->docs + c->n, c->scores + c->n);
        }
        if (l->p.block_last >= end - 1)
            return CLUS_OK;
        target = l->p.block_last + 1;
    }
}

/* One list brings all candidates; its form is asked about them. */
static clus_status bring_by_list(struct any *a, uint32_t w, int32_t need,
                                 struct candidates *c)
{
    const struct part *part = &a->parts[a->n - 1];
    clus_status st =
        candidates_of_list(a, part->node->lists[0], w, need - part->form_bound, c);
    if (st == CLUS_OK && part->form_bound > 0 && c->n > 0)
        st = clus__node_probe(part->form, PROBE_SHOULD, c, need);
    return st;
}

static clus_status bring_by_window(struct any *a, uint32_t w, int32_t need,
                                   struct candidates *c)
{
    uint64_t cells = 0;
    int32_t *acc = a->run->scratch->acc;
    clus_status st = CLUS_OK;
    for (uint32_t i = a->first; st == CLUS_OK && i < a->n; i++) {
        st = clus__node_add(a->parts[i].node, w, acc, &cells);
        if (st == CLUS_OK && a->parts[i].form_bound > 0)
            st = clus__node_add(a->parts[i].form, w, acc, &cells);
    }
    clus__candidates_take(c, a->run->scorer, acc, cells, w, need);
    return st;
}

static clus_status bring_candidates(struct any *a, uint32_t w, int32_t theta,
                                    struct candidates *c)
{
    const struct part *last = &a->parts[a->n - 1];
    int32_t need = at_least_zero(theta - a->below);
    bool lone =
        a->first == a->n - 1 && last->node->kind == NODE_LIST && last->form_bound <= need;
    return lone ? bring_by_list(a, w, need, c) : bring_by_window(a, w, need, c);
}

/* Filters and exclusions of the root. */
static clus_status filter_candidates(struct any *a, struct candidates *c)
{
    const struct clause *clause = a->root->clause;
    clus_status st = CLUS_OK;
    for (uint32_t i = clause->n_should; st == CLUS_OK && c->n > 0 && i < clause->n_children;
         i++) {
        bool filter = clause->children[i].role == ROLE_FILTER;
        st =
            clus__node_probe(a->root->children[i], filter ? PROBE_FILTER : PROBE_NOT, c, 0);
    }
    return st;
}

/* What those that brought no candidates add to them. */
static clus_status ask_the_rest(struct any *a, int32_t theta, struct candidates *c)
{
    int32_t need = theta - a->below;
    clus_status st = CLUS_OK;
    for (uint32_t i = a->first; st == CLUS_OK && i-- > 0 && c->n > 0;) {
        const struct part *part = &a->parts[i];
        if (part->bound == 0)
            break;
        need += part->bound - part->form_bound;
        st = clus__node_probe(part->node, PROBE_SHOULD, c, need);
        need += part->form_bound;
        if (st == CLUS_OK && part->form_bound > 0 && c->n > 0)
            st = clus__node_probe(part->form, PROBE_SHOULD, c, need);
    }
    return st;
}

static clus_status run_window(struct any *a, uint32_t w)
{
    struct candidates *c = &a->run->scratch->candidates;
    int32_t theta = clus__run_theta(a->run);
    clus_status st = bounds_in_window(a, w);
    if (st != CLUS_OK)
        return st;
    split_by_theta(a, theta);
    if (a->first == a->n)
        return CLUS_OK;
    st = bring_candidates(a, w, theta, c);
    if (st == CLUS_OK)
        st = filter_candidates(a, c);
    if (st == CLUS_OK)
        st = ask_the_rest(a, theta, c);
    if (st == CLUS_OK)
        clus__run_collect(a->run, c);
    return st;
}

/* A form goes with the clause before it: a document has it with the stem. */
static void take_parts(struct any *a)
{
    const struct clause *clause = a->root->clause;
    for (uint32_t i = 0; i < clause->n_should; i++) {
        struct node *node = a->root->children[i];
        bool with_stem = clause->children[i].clause->form && i > 0 &&
                         a->root->children[i - 1]->kind != NODE_NONE;
        if (node->kind == NODE_NONE)
            continue;
        if (with_stem)
            a->parts[a->n - 1].form = node;
        else
            a->parts[a->n++].node = node;
    }
}

clus_status clus__run_any(struct run *r, struct node *root)
{
    struct any a = {.run = r, .root = root};
    a.parts = clus__arena_alloc(r->arena, root->clause->n_should, sizeof *a.parts);
    if (!a.parts)
        return CLUS_E_NOMEM;
    take_parts(&a);
    uint32_t target = 0;
    for (;;) {
        clus_status st = clus__node_next(root, target, &target);
        if (st != CLUS_OK || target == UINT32_MAX)
            return st;
        if (clus__run_expired(r))
            return CLUS_E_TIMEOUT;
        uint32_t w = target / WINDOW * WINDOW;
        st = run_window(&a, w);
        if (st != CLUS_OK || r->ndocs - w <= WINDOW)
            return st;
        target = w + WINDOW;
    }
}
