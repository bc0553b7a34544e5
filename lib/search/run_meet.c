/*
 * Conjunctions of posting lists, see common.h: bounds of blocks decide whether they are
 * decoded, and only documents that all lists have are scored.
 */
#include "search/run.h"

enum {
    CLOCK_EVERY = 64,
    REFUSED = INT32_MIN / 2 /* stays below 0, whatever is added */
};

struct words {
    struct run *run;
    struct common *lists;
    struct step *rest; /* what is asked about the documents that all lists have */
    uint32_t n_rest;
    int32_t rest_most; /* no document gets more from these */
};

/* Bounds of the rest; *sum of them. A must that has nothing here makes it hopeless. */
static clus_status rest_bound(struct words *w, int32_t *sum, bool *hopeless)
{
    const struct common *found = w->lists;
    uint32_t first = found->docs[0], last = found->docs[found->n - 1];
    *sum = 0;
    *hopeless = false;
    for (uint32_t i = 0; i < w->n_rest; i++) {
        struct step *step = &w->rest[i];
        step->bound = 0;
        if (step->how == PROBE_NOT)
            continue;
        clus_status st = clus__node_bound(step->node, first, last, &step->bound);
        if (st != CLUS_OK)
            return st;
        *hopeless |= step->bound == 0 && step->how != PROBE_SHOULD;
        if (step->how == PROBE_FILTER)
            step->bound = 0;
        *sum += step->bound;
    }
    return CLUS_OK;
}

/* Add what list k gives to the documents; those where it has the word in another field than
 * was asked for are refused. */
static clus_status add_scores(const struct words *w, uint32_t k, int32_t *scores)
{
    const struct common *found = w->lists;
    const struct scorer *s = w->run->scorer;
    struct posting_list *l = found->lists[k];
    uint32_t tfs[BLOCK_DOCS + 8], n = found->n;
    uint8_t flags[BLOCK_DOCS + 16];
    int32_t one[BLOCK_DOCS + 8];
    bool by_flags = l->need_flags | l->deny_flags;
    bool scored = l->scored && found->counted[k];
    clus_status st = CLUS_OK;
    if (scored || by_flags)
        st = clus__postings_tfs_of(&l->p, found->which[k], n, tfs, flags);
    if (st != CLUS_OK)
        return st;
    for (uint32_t i = 0; by_flags && i < n; i++)
        scores[i] = clus__list_accepts(l, flags[i]) ? scores[i] : REFUSED;
    if (scored)
        s->kernels->score(s, l->weight, &(struct posting_run){found->docs, tfs, flags, n},
                          one);
    for (uint32_t i = 0; i < n; i++)
        scores[i] += scored ? one[i] : found->counted[k] ? l->fixed : 0;
    return CLUS_OK;
}

static clus_status ask_rest(struct words *w, int32_t theta, int32_t left,
                            struct candidates *c)
{
    clus_status st = CLUS_OK;
    for (uint32_t i = 0; st == CLUS_OK && i < w->n_rest && c->n > 0; i++) {
        left -= w->rest[i].bound;
        st = clus__node_probe(w->rest[i].node, w->rest[i].how, c, theta - left);
    }
    return st;
}

/* The documents of the rarest word's current block. */
static clus_status run_block(struct words *w)
{
    struct common *found = w->lists;
    struct candidates *c = &w->run->scratch->candidates;
    int32_t scores[BLOCK_DOCS + 8] = {0};
    int32_t theta = clus__run_theta(w->run), left = 0;
    bool hopeless = false;
    clus_status st = clus__common_find(found, theta - w->rest_most);
    if (st != CLUS_OK || found->n == 0)
        return st;
    if (w->n_rest > 0)
        st = rest_bound(w, &left, &hopeless);
    if (st != CLUS_OK || hopeless || found->most <= theta - left)
        return st;
    for (uint32_t k = 0; st == CLUS_OK && k < found->n_lists; k++)
        st = add_scores(w, k, scores);
    if (st != CLUS_OK)
        return st;
    int32_t need = theta - left;
    c->n = w->run->scorer->kernels->sift(found->docs, scores, found->n,
                                         need < 0 ? -1 : need - !need, c->docs, c->scores);
    st = ask_rest(w, theta, left, c);
    if (st == CLUS_OK)
        clus__run_collect(w->run, c);
    return st;
}

static clus_status count_block(struct words *w)
{
    struct run *r = w->run;
    const struct common *found = w->lists;
    clus_status st = clus__common_docs(w->lists);
    if (st != CLUS_OK)
        return st;
    const uint32_t *docs = found->n_lists > 1 ? found->docs : found->lists[0]->p.docs;
    r->count += found->n;
    for (uint32_t i = 0; r->deleted && i < found->n; i++)
        r->count -= clus__run_is_deleted(r, docs[i]);
    return CLUS_OK;
}

static bool flags_matter(const struct common *c)
{
    uint8_t flags = 0;
    for (uint32_t i = 0; i < c->n_lists; i++)
        flags |= c->lists[i]->need_flags | c->lists[i]->deny_flags;
    return flags != 0;
}

clus_status clus__run_meet(struct run *r, struct step *steps, uint32_t n, uint32_t lists)
{
    struct words w = {.run = r, .lists = &r->scratch->common};
    clus__common_begin(w.lists, r->scorer->kernels);
    for (uint32_t i = 0; i < lists; i++)
        clus__common_add(w.lists, steps[i].node->lists[0], steps[i].how == PROBE_MUST);
    w.rest = steps + lists;
    w.n_rest = n - lists;
    for (uint32_t i = 0; i < w.n_rest; i++)
        if (w.rest[i].how == PROBE_MUST || w.rest[i].how == PROBE_SHOULD)
            w.rest_most += w.rest[i].node->most;
    bool counting = r->goal == GOAL_COUNT && w.n_rest == 0 && !flags_matter(w.lists);
    clus_status st = CLUS_OK;
    for (uint32_t i = 0; st == CLUS_OK && !w.lists->lists[0]->ended; i++) {
        if (i % CLOCK_EVERY == 0 && clus__run_expired(r))
            return CLUS_E_TIMEOUT;
        st = counting ? count_block(&w) : run_block(&w);
        if (st == CLUS_OK)
            st = clus__common_next(w.lists);
    }
    return st;
}
