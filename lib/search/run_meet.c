/*
 * Conjunctions of posting lists where they meet, see meet.h: the bound of just the blocks
 * that overlap decides whether they are decoded, and only documents that all lists have
 * are scored.
 */
#include "search/list.h"
#include "search/run.h"

enum {
    CLOCK_EVERY = 64,
    REFUSED = INT32_MIN / 2 /* stays below 0, whatever is added */
};

struct words {
    struct run *run;
    struct meet *meet;
    struct step *rest; /* what is asked about the documents where the lists meet */
    uint32_t n_rest;
    int32_t rest_most;      /* no document gets more from these */
    int32_t pair_most;      /* nor more from the two rarest lists in the current range */
    bool counted[MEET_MAX]; /* whether a list adds to scores: filters do not */
};

/* The most that a document gets from the lists: from those before `lined_up` in their
 * current blocks, from others anywhere. */
static int32_t lists_bound(const struct words *w, uint32_t lined_up)
{
    int32_t sum = 0;
    for (uint32_t i = 0; i < w->meet->n_lists; i++) {
        const struct posting_list *l = w->meet->lists[i];
        if (w->counted[i])
            sum += i < lined_up ? clus__list_bound(l, l->p.block_max) : l->most;
    }
    return sum;
}

/* Bounds of the rest; *sum of them. A must that has nothing here makes it hopeless. */
static clus_status rest_bound(struct words *w, int32_t *sum, bool *hopeless)
{
    *sum = 0;
    *hopeless = false;
    for (uint32_t i = 0; i < w->n_rest; i++) {
        struct step *step = &w->rest[i];
        step->bound = 0;
        if (step->how == PROBE_NOT)
            continue;
        clus_status st =
            clus__node_bound(step->node, w->meet->first, w->meet->last, &step->bound);
        if (st != CLUS_OK)
            return st;
        *hopeless |= step->bound == 0 && step->how != PROBE_SHOULD;
        if (step->how == PROBE_FILTER)
            step->bound = 0;
        *sum += step->bound;
    }
    return CLUS_OK;
}

/* Documents where list k has the word in another field than was asked for. */
static void refuse(const struct meet *m, uint32_t k, int32_t *scores)
{
    const struct posting_list *l = m->lists[k];
    for (uint32_t i = 0; i < m->n; i++)
        if (!clus__list_accepts(l, l->p.flags[m->at[k][i]]))
            scores[i] = REFUSED;
}

/* Add what list k gives to the documents where the lists meet. */
static clus_status add_scores(const struct words *w, uint32_t k, int32_t *scores)
{
    const struct meet *m = w->meet;
    const struct scorer *s = w->run->scorer;
    struct posting_list *l = m->lists[k];
    uint32_t tfs[BLOCK_DOCS + 8];
    uint8_t flags[BLOCK_DOCS + 16];
    int32_t one[BLOCK_DOCS + 8];
    bool by_flags = l->need_flags | l->deny_flags;
    bool scored = l->scored && w->counted[k];
    clus_status st = scored || by_flags ? clus__postings_tfs(&l->p) : CLUS_OK;
    if (st != CLUS_OK)
        return st;
    if (by_flags)
        refuse(m, k, scores);
    if (!scored) {
        for (uint32_t i = 0; i < m->n; i++)
            scores[i] += w->counted[k] ? l->fixed : 0;
        return CLUS_OK;
    }
    clus__meet_pick(m, k, tfs, flags);
    struct posting_run run = {m->docs, tfs, flags, m->n};
    s->kernels->score(s, l->weight, &run, one);
    /* Whole steps: what is behind the last document is garbage and may wrap. */
    for (uint32_t i = 0; i < m->n; i += MEET_STEP)
        for (uint32_t j = i; j < i + MEET_STEP; j++)
            scores[j] = (int32_t)((uint32_t)scores[j] + (uint32_t)one[j]);
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

/* The documents of the current group. */
static clus_status run_group(struct words *w)
{
    struct meet *m = w->meet;
    struct candidates *c = &w->run->scratch->candidates;
    int32_t scores[BLOCK_DOCS + MEET_STEP];
    int32_t theta = clus__run_theta(w->run), left = 0;
    int32_t here = m->n_lists > 2 ? lists_bound(w, m->n_lists) : w->pair_most;
    bool hopeless = false;
    if (here <= theta - w->rest_most)
        return CLUS_OK;
    clus_status st = w->n_rest ? rest_bound(w, &left, &hopeless) : CLUS_OK;
    if (st != CLUS_OK || hopeless || here <= theta - left)
        return st;
    st = clus__meet_narrow(m);
    if (st != CLUS_OK || m->n == 0)
        return st;
    memset(scores, 0, (m->n + MEET_STEP) * sizeof *scores);
    for (uint32_t k = 0; st == CLUS_OK && k < m->n_lists; k++)
        st = add_scores(w, k, scores);
    if (st != CLUS_OK)
        return st;
    int32_t need = theta - left;
    c->n = w->run->scorer->kernels->sift(m->docs, scores, m->n,
                                         need < 0 ? -1 : need - !need, c->docs, c->scores);
    st = ask_rest(w, theta, left, c);
    if (st == CLUS_OK)
        clus__run_collect(w->run, c);
    return st;
}

/* The documents that the blocks of the two rarest words cover. */
static clus_status run_range(struct words *w)
{
    w->pair_most = lists_bound(w, 2);
    if (w->pair_most <= clus__run_theta(w->run) - w->rest_most)
        return CLUS_OK;
    clus_status st = clus__meet_pair(w->meet);
    while (st == CLUS_OK && (st = clus__meet_group(w->meet)) == CLUS_OK)
        st = run_group(w);
    return st == CLUS_DONE ? CLUS_OK : st;
}

static bool flags_matter(const struct meet *m)
{
    uint8_t flags = 0;
    for (uint32_t i = 0; i < m->n_lists; i++)
        flags |= m->lists[i]->need_flags | m->lists[i]->deny_flags;
    return flags != 0;
}

clus_status clus__run_meet(struct run *r, struct step *steps, uint32_t n, uint32_t lists)
{
    struct words w = {.run = r, .meet = &r->scratch->meet};
    clus__meet_begin(w.meet, r->scorer->kernels);
    for (uint32_t i = 0; i < lists; i++)
        clus__meet_add(w.meet, steps[i].node->lists[0]);
    for (uint32_t i = 0; i < lists; i++)
        for (uint32_t k = 0; k < lists; k++)
            if (w.meet->lists[k] == steps[i].node->lists[0])
                w.counted[k] = steps[i].how == PROBE_MUST;
    w.rest = steps + lists;
    w.n_rest = n - lists;
    if (r->goal == GOAL_COUNT && w.n_rest == 0 && !flags_matter(w.meet))
        return clus__run_count_meet(r, w.meet->lists, w.meet->n_lists);
    for (uint32_t i = 0; i < w.n_rest; i++)
        if (w.rest[i].how == PROBE_MUST || w.rest[i].how == PROBE_SHOULD)
            w.rest_most += w.rest[i].node->most;
    clus_status st = clus__meet_next(w.meet, 0);
    for (uint32_t i = 0; st == CLUS_OK; i++) {
        if (i % CLOCK_EVERY == 0 && clus__run_expired(r))
            return CLUS_E_TIMEOUT;
        st = run_range(&w);
        if (st == CLUS_OK)
            st = clus__meet_next(w.meet, (uint64_t)w.meet->range_end + 1);
    }
    return st == CLUS_DONE ? CLUS_OK : st;
}
