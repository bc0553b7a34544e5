/*
 * Words at places, each of them one posting list, where the lists meet (meet.h): positions
 * are read for documents that could still score enough.
 *
 * Of a phrase the two rarest words are met, and the positions of many documents compared in
 * one go: few documents have both words side by side, and only those are looked up in the
 * lists of the others.
 */
#include "search/list.h"
#include "search/run.h"

enum { CLOCK_EVERY = 64, PAIR = 2 };

bool clus__spans_can_meet(const struct spans *spans)
{
    for (uint32_t i = 0; i < spans->n_slots; i++)
        if (spans->by_cost[i]->n_lists != 1)
            return false;
    return spans->n_slots <= MEET_MAX;
}

/* The least frequency of the documents where the lists meet, the flags that all lists or
 * one of them has there. */
struct least {
    uint32_t tfs[BLOCK_DOCS + 8];
    uint8_t common[BLOCK_DOCS + 16], any[BLOCK_DOCS + 16];
};

static void take_least(const struct meet *m, uint32_t k, struct least *least)
{
    uint32_t tfs[BLOCK_DOCS + 8];
    uint8_t flags[BLOCK_DOCS + 16];
    clus__meet_pick(m, k, tfs, flags);
    for (uint32_t i = 0; i < m->n; i += MEET_STEP)
        for (uint32_t j = i; j < i + MEET_STEP; j++) {
            least->tfs[j] = tfs[j] < least->tfs[j] ? tfs[j] : least->tfs[j];
            least->common[j] &= flags[j];
            least->any[j] |= flags[j];
        }
}

/* The words together are no more frequent than the rarest of the lists and nowhere that one
 * of them is not: bounds on scores, by that. Documents that hold a word in furniture only
 * get 0. Where all scores will do, just the frequencies are decoded. */
static clus_status score_bounds(const struct run *r, const struct node *n, int32_t *bounds)
{
    const struct meet *m = &r->scratch->meet;
    struct least least;
    for (uint32_t k = 0; k < m->n_lists; k++) {
        clus_status st = clus__postings_tfs(&m->lists[k]->p);
        if (st != CLUS_OK)
            return st;
    }
    if (clus__run_theta(r) == 0) {
        for (uint32_t i = 0; i < m->n; i++)
            bounds[i] = INT32_MAX;
        return CLUS_OK;
    }
    clus__meet_pick(m, 0, least.tfs, least.common);
    memcpy(least.any, least.common, m->n + MEET_STEP);
    for (uint32_t k = 1; k < m->n_lists; k++)
        take_least(m, k, &least);
    struct posting_run run = {m->docs, least.tfs, least.common, m->n};
    r->scorer->kernels->score(r->scorer, n->clause->weight, &run, bounds);
    for (uint32_t i = 0; i < m->n; i++)
        bounds[i] = least.any[i] & FLAG_EXTRA_ONLY ? 0 : bounds[i];
    return CLUS_OK;
}

/* Bound on the score of what stands near each other: by the lists before `lined_up` in
 * their current blocks. */
static int32_t least_bound(const struct meet *m, const struct node *n, uint32_t lined_up)
{
    int32_t least = n->most;
    for (uint32_t k = 0; k < lined_up; k++) {
        int32_t one = clus__list_bound(m->lists[k], m->lists[k]->p.block_max);
        least = one < least ? one : least;
    }
    return least;
}

/* ---- near each other: all lists meet ---- */

static clus_status verify(struct run *r, struct node *n, uint32_t i)
{
    const struct meet *m = &r->scratch->meet;
    int32_t score;
    n->spans->doc = m->docs[i];
    for (uint32_t k = 0; k < m->n_lists; k++)
        m->lists[k]->at = m->at[k][i];
    clus_status st = clus__spans_verify(n, &score);
    if (st == CLUS_OK && score > 0)
        clus__run_collect_one(r, m->docs[i], score);
    return st;
}

static clus_status run_near_group(struct run *r, struct node *n)
{
    struct meet *m = &r->scratch->meet;
    int32_t bounds[BLOCK_DOCS + MEET_STEP];
    if (least_bound(m, n, m->n_lists) <= clus__run_theta(r))
        return CLUS_OK;
    clus_status st = clus__meet_narrow(m);
    if (st == CLUS_OK && m->n > 0)
        st = score_bounds(r, n, bounds);
    for (uint32_t i = 0; st == CLUS_OK && i < m->n; i++)
        if (bounds[i] > clus__run_theta(r) && !clus__run_is_deleted(r, m->docs[i]))
            st = verify(r, n, i);
    return st;
}

/* ---- phrases: two lists meet ---- */

static bool is_phrase(const struct spans *spans)
{
    const struct unit *unit = &spans->units[0];
    return spans->n_units == 1 && unit->n_slots >= PAIR &&
           unit->width < (1u << PLACE_BITS) - PLACE_LIMIT;
}

/* Stand on a document of the chunk with all lists. *there: those that did not meet have it,
 * and none of them has such a bound that it cannot score enough. */
static clus_status stand_on(const struct run *r, struct node *n, uint32_t i, bool *there)
{
    const struct meet *m = &r->scratch->meet;
    const struct meet_chunk *c = &r->scratch->chunk;
    const struct unit *unit = &n->spans->units[0];
    uint32_t doc = n->spans->doc = c->docs[i];
    for (uint32_t k = 0; k < PAIR; k++)
        m->lists[k]->at = c->at[k][i];
    *there = true;
    for (uint32_t k = PAIR; *there && k < unit->n_slots; k++) {
        struct posting_list *l = unit->slots[k].lists[0];
        clus_status st = clus__list_seek(l, doc);
        if (st != CLUS_OK)
            return st;
        *there = !l->ended && l->p.block_first <= doc &&
                 clus__list_bound(l, l->p.block_max) > clus__run_theta(r);
        if (*there && (st = clus__list_advance(l, doc, &(uint32_t){0})) != CLUS_OK)
            return st;
        *there = *there && clus__list_is_at(l, doc);
    }
    return CLUS_OK;
}

/* Where in one document the two rarest words stand as asked: the others, then the score. */
static clus_status complete(struct run *r, struct node *n, uint32_t i,
                            const uint32_t *starts, uint32_t n_starts)
{
    struct span_matches found = {0};
    bool there;
    clus_status st = stand_on(r, n, i, &there);
    if (st == CLUS_OK && there)
        st = clus__phrase_match(n, PAIR, starts, n_starts, &found);
    int32_t score = st == CLUS_OK ? clus__spans_score_of(n, &found) : 0;
    if (score > 0)
        clus__run_collect_one(r, n->spans->doc, score);
    return st;
}

/* Documents by themselves, whose positions are too many or too high for a row. */
static clus_status verify_alone(struct run *r, struct node *n, const struct meet_chunk *c)
{
    clus_status st = CLUS_OK;
    for (uint32_t i = 0; st == CLUS_OK && i < c->n; i++) {
        bool there;
        int32_t score = 0;
        st = stand_on(r, n, i, &there);
        if (st == CLUS_OK && there)
            st = clus__spans_verify(n, &score);
        if (st == CLUS_OK && score > 0)
            clus__run_collect_one(r, n->spans->doc, score);
    }
    return st;
}

/* Places where the rarest word stands to where the phrase would begin. One before the
 * document's first word becomes a place of the document before it, from PLACE_LIMIT on,
 * where no word is. */
static void shift_back(uint32_t *places, uint32_t n, uint32_t offset)
{
    for (uint32_t i = 0; i < n; i++)
        places[i] -= offset;
}

static uint32_t without_early(uint32_t *starts, uint32_t n)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        starts[kept] = starts[i];
        kept += (starts[i] & ((1u << PLACE_BITS) - 1)) < PLACE_LIMIT;
    }
    return kept;
}

static clus_status run_chunk(struct run *r, struct node *n, struct meet_chunk *c)
{
    const struct unit *unit = &n->spans->units[0];
    uint32_t n_places[PAIR] = {0}, *starts = c->places[0];
    clus_status st = CLUS_OK;
    for (uint32_t k = 0; st == CLUS_OK && k < PAIR; k++)
        st = c->alone ? CLUS_DONE
                      : clus__postings_places(&unit->slots[k].lists[0]->p, c->at[k], c->n,
                                              c->places[k], &n_places[k]);
    if (st != CLUS_OK)
        return st == CLUS_DONE ? verify_alone(r, n, c) : st;
    shift_back(starts, n_places[0], unit->slots[0].offset);
    uint32_t n_starts = r->scorer->kernels->follow(
        starts, n_places[0], unit->slots[1].offset, c->places[1], n_places[1], starts);
    n_starts = without_early(starts, n_starts);
    for (uint32_t i = 0, end; st == CLUS_OK && i < n_starts; i = end) {
        uint32_t of = starts[i] >> PLACE_BITS;
        for (end = i; end < n_starts && starts[end] >> PLACE_BITS == of; end++)
            starts[end] &= (1u << PLACE_BITS) - 1;
        st = complete(r, n, of - 1, starts + i, end - i);
    }
    return st;
}

/* The next documents of the pair, from *at on, that may score enough and whose positions
 * have room; one alone that has no room. */
static void take_chunk(const struct run *r, const int32_t *bounds, uint32_t *at,
                       struct meet_chunk *c)
{
    const struct meet *m = &r->scratch->meet;
    int32_t theta = clus__run_theta(r);
    uint64_t places[PAIR] = {0};
    c->n = 0;
    c->alone = false;
    for (; *at < m->n && c->n < CHUNK_DOCS; ++*at) {
        uint32_t i = *at;
        if (bounds[i] <= theta || clus__run_is_deleted(r, m->docs[i]))
            continue;
        for (uint32_t k = 0; k < PAIR; k++)
            places[k] += m->lists[k]->p.tfs[m->at[k][i]];
        bool room = places[0] <= CHUNK_PLACES && places[1] <= CHUNK_PLACES;
        if (!room && c->n > 0)
            return;
        c->docs[c->n] = m->docs[i];
        for (uint32_t k = 0; k < PAIR; k++)
            c->at[k][c->n] = m->at[k][i];
        c->n++;
        c->alone = !room;
        if (!room) {
            ++*at;
            return;
        }
    }
}

static clus_status run_phrase_group(struct run *r, struct node *n)
{
    struct meet *m = &r->scratch->meet;
    struct meet_chunk *c = &r->scratch->chunk;
    int32_t bounds[BLOCK_DOCS + MEET_STEP];
    clus_status st = score_bounds(r, n, bounds);
    for (uint32_t at = 0; st == CLUS_OK && at < m->n;) {
        take_chunk(r, bounds, &at, c);
        if (c->n > 0)
            st = run_chunk(r, n, c);
    }
    return st;
}

static clus_status run_range(struct run *r, struct node *n, bool phrase)
{
    struct meet *m = &r->scratch->meet;
    uint32_t pair = m->n_lists < PAIR ? m->n_lists : PAIR;
    if (least_bound(m, n, pair) <= clus__run_theta(r))
        return CLUS_OK;
    clus_status st = clus__meet_pair(m);
    while (st == CLUS_OK && (st = clus__meet_group(m)) == CLUS_OK)
        st = phrase ? run_phrase_group(r, n) : run_near_group(r, n);
    return st == CLUS_DONE ? CLUS_OK : st;
}

clus_status clus__run_meet_spans(struct run *r, struct node *n)
{
    struct meet *m = &r->scratch->meet;
    bool phrase = is_phrase(n->spans);
    uint32_t lists = phrase ? PAIR : n->spans->n_slots;
    clus__meet_begin(m, r->scorer->kernels);
    for (uint32_t i = 0; i < lists; i++)
        clus__meet_add(m, n->spans->by_cost[i]->lists[0]);
    clus_status st = clus__meet_next(m, 0);
    for (uint32_t i = 0; st == CLUS_OK; i++) {
        if (i % CLOCK_EVERY == 0 && clus__run_expired(r))
            return CLUS_E_TIMEOUT;
        st = run_range(r, n, phrase);
        if (st == CLUS_OK)
            st = clus__meet_next(m, (uint64_t)m->range_end + 1);
    }
    return st == CLUS_DONE ? CLUS_OK : st;
}
