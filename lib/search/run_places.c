/*
 * Words at places, each of them one posting list, where the lists meet (meet.h): positions
 * are read for documents that could still score enough.
 *
 * The two rarest words are met, and the positions of many documents compared in one go: few
 * documents have both words side by side, or near each other, and only those are looked up
 * in the lists of the others.
 */
#include "search/list.h"
#include "search/run.h"

enum { CLOCK_EVERY = 64, PAIR = 2 };

bool clus__spans_can_meet(const struct spans *spans)
{
    for (uint32_t i = 0; i < spans->n_slots; i++)
        if (spans->by_cost[i]->n_lists != 1)
            return false;
    return true;
}

/* The lists that meet are one or two: of one, it is both. */
static uint32_t second_of(const struct meet *m)
{
    return m->n_lists - 1;
}

/* The words together are no more frequent than the rarer of the two and nowhere that one of
 * them is not: bounds on scores, by that. One that is in furniture only has no place. */
static void score_bounds(const struct run *r, const struct node *n, int32_t *bounds)
{
    const struct meet *m = &r->scratch->meet;
    const struct postings *p = &m->lists[0]->p, *q = &m->lists[second_of(m)]->p;
    const uint16_t *at = m->at[0], *bt = m->at[second_of(m)];
    uint32_t tfs[BLOCK_DOCS + 8];
    uint8_t flags[BLOCK_DOCS + 16];
    for (uint32_t i = 0; i < m->n; i++) {
        uint32_t tf = p->tfs[at[i]], tf2 = q->tfs[bt[i]];
        uint8_t flag = p->flags[at[i]], flag2 = q->flags[bt[i]];
        tf = tf < tf2 ? tf : tf2;
        tfs[i] = (flag | flag2) & FLAG_EXTRA_ONLY ? 0 : tf;
        flags[i] = flag & flag2;
    }
    memset(tfs + m->n, 0, 8 * sizeof *tfs);
    memset(flags + m->n, 0, 8);
    struct posting_run run = {m->docs, tfs, flags, m->n};
    r->scorer->kernels->score(r->scorer, n->clause->weight, &run, bounds);
}

/* Places in the group of the documents that may score enough, *n of them. Where all scores
 * will do, just the frequencies are decoded. */
static clus_status take_candidates(const struct run *r, const struct node *n,
                                   uint32_t *which, uint32_t *n_which)
{
    const struct meet *m = &r->scratch->meet;
    int32_t bounds[BLOCK_DOCS + MEET_STEP], theta = clus__run_theta(r);
    clus_status st = CLUS_OK;
    for (uint32_t k = 0; st == CLUS_OK && k < m->n_lists; k++)
        st = clus__postings_tfs(&m->lists[k]->p);
    *n_which = st == CLUS_OK ? m->n : 0;
    for (uint32_t i = 0; i < *n_which; i++)
        which[i] = i;
    if (*n_which == 0 || theta == 0)
        return st;
    score_bounds(r, n, bounds);
    *n_which = r->scorer->kernels->sift(which, bounds, m->n, theta, which, bounds);
    return CLUS_OK;
}

/* Bound on the score of what stands near each other: by the lists that meet in their
 * current blocks. */
static int32_t least_bound(const struct meet *m, const struct node *n)
{
    int32_t least = n->most;
    for (uint32_t k = 0; k < m->n_lists; k++) {
        int32_t one = clus__list_bound(m->lists[k], m->lists[k]->p.block_max);
        least = one < least ? one : least;
    }
    return least;
}

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
    uint32_t doc = n->spans->doc = c->docs[i];
    for (uint32_t k = 0; k < m->n_lists; k++)
        m->lists[k]->at = c->at[k][i];
    *there = true;
    for (uint32_t k = m->n_lists; *there && k < n->spans->n_slots; k++) {
        struct posting_list *l = n->spans->by_cost[k]->lists[0];
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

/* One document, by the positions of all words. */
static clus_status verify(struct run *r, struct node *n, uint32_t i)
{
    bool there;
    int32_t score = 0;
    clus_status st = stand_on(r, n, i, &there);
    if (st == CLUS_OK && there)
        st = clus__spans_verify(n, &score);
    if (st == CLUS_OK && score > 0)
        clus__run_collect_one(r, n->spans->doc, score);
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

/* Where the two words stand as the phrase has them. */
static clus_status run_phrases(struct run *r, struct node *n, const uint32_t n_places[PAIR])
{
    const struct unit *unit = &n->spans->units[0];
    struct meet_chunk *c = &r->scratch->chunk;
    clus_status st = CLUS_OK;
    uint32_t *starts = c->places[0];
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

/* Have a slot's positions from a row, in which *next moves on to those of document `of`. */
static void give(struct slot *slot, uint32_t *places, uint32_t n, uint32_t of,
                 uint32_t *next)
{
    uint32_t i = *next;
    while (i < n && places[i] >> PLACE_BITS < of)
        i++;
    slot->positions = places + i;
    slot->given = true;
    for (slot->n = 0; i < n && places[i] >> PLACE_BITS == of; i++, slot->n++)
        places[i] &= (1u << PLACE_BITS) - 1;
    *next = i;
}

/* Where the two words stand no further apart than all that is asked for may reach. */
static clus_status run_nears(struct run *r, struct node *n, const uint32_t n_places[PAIR])
{
    struct meet_chunk *c = &r->scratch->chunk;
    uint32_t reach = clus__spans_reach(n), next[PAIR] = {0}, last = 0;
    reach = reach < PLACE_LIMIT ? reach : PLACE_LIMIT;
    memset(c->places[1] + n_places[1], 0xff, MEET_STEP * sizeof *c->places[1]);
    uint32_t n_near =
        r->scorer->kernels->near(c->places[0], n_places[0], reach, c->places[1], c->near);
    clus_status st = CLUS_OK;
    for (uint32_t i = 0; st == CLUS_OK && i < n_near; i++) {
        uint32_t of = c->near[i] >> PLACE_BITS;
        if (of == last)
            continue;
        for (uint32_t k = 0; k < PAIR; k++)
            give(n->spans->by_cost[k], c->places[k], n_places[k], of, &next[k]);
        st = verify(r, n, of - 1);
        last = of;
    }
    for (uint32_t k = 0; k < PAIR; k++)
        n->spans->by_cost[k]->given = false;
    return st;
}

static clus_status run_chunk(struct run *r, struct node *n, bool phrase)
{
    const struct meet *m = &r->scratch->meet;
    struct meet_chunk *c = &r->scratch->chunk;
    uint32_t n_places[PAIR] = {0};
    clus_status st = m->n_lists == PAIR && !c->alone ? CLUS_OK : CLUS_DONE;
    for (uint32_t k = 0; st == CLUS_OK && k < PAIR; k++)
        st = clus__postings_places(&m->lists[k]->p, c->at[k], c->n, c->places[k],
                                   &n_places[k]);
    if (st == CLUS_OK)
        return phrase ? run_phrases(r, n, n_places) : run_nears(r, n, n_places);
    if (st != CLUS_DONE)
        return st;
    st = CLUS_OK;
    for (uint32_t i = 0; st == CLUS_OK && i < c->n; i++)
        st = verify(r, n, i);
    return st;
}

/* The next of the candidates, from *next on, whose positions have room; one alone that has
 * no room. */
static void take_chunk(const struct run *r, const uint32_t *which, uint32_t n,
                       uint32_t *next, struct meet_chunk *c)
{
    const struct meet *m = &r->scratch->meet;
    uint64_t places[PAIR] = {0};
    c->n = 0;
    c->alone = false;
    for (; *next < n && c->n < CHUNK_DOCS && !c->alone; ++*next) {
        uint32_t i = which[*next];
        if (clus__run_is_deleted(r, m->docs[i]))
            continue;
        for (uint32_t k = 0; k < m->n_lists; k++)
            places[k] += m->lists[k]->p.tfs[m->at[k][i]];
        c->alone = places[0] > CHUNK_PLACES || places[1] > CHUNK_PLACES;
        if (c->alone && c->n > 0) {
            c->alone = false;
            return;
        }
        c->docs[c->n] = m->docs[i];
        for (uint32_t k = 0; k < m->n_lists; k++)
            c->at[k][c->n] = m->at[k][i];
        c->n++;
    }
}

static clus_status run_group(struct run *r, struct node *n, bool phrase)
{
    uint32_t which[BLOCK_DOCS + MEET_STEP], n_which;
    clus_status st = take_candidates(r, n, which, &n_which);
    for (uint32_t next = 0; st == CLUS_OK && next < n_which;) {
        take_chunk(r, which, n_which, &next, &r->scratch->chunk);
        if (r->scratch->chunk.n > 0)
            st = run_chunk(r, n, phrase);
    }
    return st;
}

/* Line the two lists up: of the rarer one only documents that would score enough if the
 * other word stood wherever this one does. */
static clus_status meet_worthy(const struct run *r, const struct node *n)
{
    struct meet *m = &r->scratch->meet;
    struct posting_list *l = m->lists[0];
    int32_t bounds[BLOCK_DOCS + MEET_STEP], theta = clus__run_theta(r);
    uint32_t which[BLOCK_DOCS + MEET_STEP];
    if (theta == 0 || m->n_lists < PAIR)
        return clus__meet_pair(m);
    clus_status st = clus__meet_parts(m);
    if (st == CLUS_OK)
        st = clus__postings_tfs(&l->p);
    if (st != CLUS_OK)
        return st;
    uint32_t from = m->part[0].from, asked = m->part[0].to - from;
    struct posting_run run = {l->p.docs + from, l->p.tfs + from, l->p.flags + from, asked};
    r->scorer->kernels->score(r->scorer, n->clause->weight, &run, bounds);
    for (uint32_t i = 0; i < asked; i++)
        which[i] = from + i;
    asked = r->scorer->kernels->sift(which, bounds, asked, theta, which, bounds);
    clus__meet_some(m, which, asked);
    return CLUS_OK;
}

static clus_status run_range(struct run *r, struct node *n, bool phrase)
{
    struct meet *m = &r->scratch->meet;
    if (least_bound(m, n) <= clus__run_theta(r))
        return CLUS_OK;
    for (uint32_t k = 0; k < m->n_lists; k++)
        clus__postings_ahead(&m->lists[k]->p);
    clus_status st = meet_worthy(r, n);
    while (st == CLUS_OK && (st = clus__meet_group(m)) == CLUS_OK)
        st = run_group(r, n, phrase);
    return st == CLUS_DONE ? CLUS_OK : st;
}

clus_status clus__run_meet_spans(struct run *r, struct node *n)
{
    struct meet *m = &r->scratch->meet;
    bool phrase = is_phrase(n->spans);
    clus__meet_begin(m, r->scorer->kernels);
    for (uint32_t i = 0; i < PAIR && i < n->spans->n_slots; i++)
        clus__meet_add(m, n->spans->by_cost[i]->lists[0]);
    clus_status st = clus__meet_next(m, 0);
    for (uint32_t i = 0; st == CLUS_OK; i++) {
        if (i % CLOCK_EVERY == 0 && clus__run_expired(r))
            return CLUS_E_TIMEOUT;
        st = run_range(r, n, phrase);
        if (st == CLUS_OK && clus__run_has_enough(r))
            return CLUS_OK;
        if (st == CLUS_OK)
            st = clus__meet_next(m, (uint64_t)m->range_end + 1);
    }
    return st == CLUS_DONE ? CLUS_OK : st;
}
