/*
 * Words at places, each of them one posting list: positions are read for documents that
 * could still score enough.
 *
 * The two rarest words are met, and the positions of many documents compared in one go: few
 * documents have both words side by side, or near each other, and only those are looked up
 * in the lists of the others.
 */
#include "search/list.h"
#include "search/run.h"

enum { CLOCK_EVERY = 8, PAIR = 2, STEP = 16 /* what vector loops write beyond */ };

bool clus__spans_can_meet(const struct spans *spans)
{
    for (uint32_t i = 0; i < spans->n_slots; i++)
        if (spans->by_cost[i]->n_lists != 1)
            return false;
    return true;
}

/* The two rarest lists and where they meet: a block of the rarest is asked about in the
 * other's blocks, one after the other. Of one list, it is both. */
struct pair {
    struct posting_list *lists[PAIR];
    /* What of the first one's block is asked about, documents and their places, from `next`
     * on; with the scores that the words would have if they stood together wherever this
     * one does, once something is known to be too little. */
    const uint32_t *asked;
    uint32_t n_asked, next;
    int32_t theta; /* all of them are above */
    bool scored;
    uint32_t room[BLOCK_DOCS + STEP], which[BLOCK_DOCS + STEP];
    int32_t scores[BLOCK_DOCS + STEP];
    /* the current group: places in the blocks of documents that both have; and these, if
     * they have to be known */
    uint32_t n;
    uint16_t at[PAIR][BLOCK_DOCS + STEP];
    uint32_t docs[BLOCK_DOCS + STEP];
};

static bool is_one(const struct pair *p)
{
    return p->lists[0] == p->lists[1];
}

/* Whether a document of the list's current block can score enough. While any score is
 * enough, no bound is computed: that takes longer than it saves. */
static inline bool can_reach(const struct run *r, const struct posting_list *l)
{
    const int32_t theta = clus__run_theta(r);
    return theta == 0 || clus__list_bound(l, l->p.block_max) > theta;
}

/* The words together are no more frequent than the rarer of the two and nowhere that one of
 * them is not: bounds on scores, by that. One that is in furniture only has no place. */
static void score_bounds(const struct run *r, const struct node *n, const struct pair *p,
                         int32_t *bounds)
{
    const struct postings *a = &p->lists[0]->p, *b = &p->lists[1]->p;
    uint32_t tfs[BLOCK_DOCS + 8];
    uint8_t flags[BLOCK_DOCS + 16];
    for (uint32_t i = 0; i < p->n; i++) {
        uint32_t tf = a->tfs[p->at[0][i]], tf2 = b->tfs[p->at[1][i]];
        uint8_t flag = a->flags[p->at[0][i]], flag2 = b->flags[p->at[1][i]];
        tf = tf < tf2 ? tf : tf2;
        tfs[i] = (flag | flag2) & FLAG_EXTRA_ONLY ? 0 : tf;
        flags[i] = flag & flag2;
    }
    memset(tfs + p->n, 0, 8 * sizeof *tfs);
    memset(flags + p->n, 0, 8);
    struct posting_run run = {p->docs, tfs, flags, p->n};
    r->scorer->kernels->score(r->scorer, n->clause->weight, &run, bounds);
}

/* Leave in the group what is live and may score enough. Where all scores will do, just the
 * frequencies are decoded. */
static clus_status keep_candidates(const struct run *r, const struct node *n,
                                   struct pair *p)
{
    uint32_t which[BLOCK_DOCS + STEP], n_which = p->n;
    int32_t bounds[BLOCK_DOCS + STEP], theta = clus__run_theta(r);
    clus_status st = clus__postings_tfs(&p->lists[0]->p);
    if (st == CLUS_OK)
        st = clus__postings_tfs(&p->lists[1]->p);
    if (st != CLUS_OK || (theta == 0 && !r->deleted))
        return st;
    for (uint32_t i = 0; i < n_which; i++) {
        which[i] = i;
        p->docs[i] = p->lists[0]->p.docs[p->at[0][i]];
    }
    if (theta > 0) {
        score_bounds(r, n, p, bounds);
        n_which = r->scorer->kernels->sift(which, bounds, n_which, theta, which, bounds);
    }
    p->n = 0;
    for (uint32_t i = 0; i < n_which; i++) {
        uint32_t k = which[i];
        p->at[0][p->n] = p->at[0][k];
        p->at[1][p->n] = p->at[1][k];
        p->n += !clus__run_is_deleted(r, p->docs[k]);
    }
    return CLUS_OK;
}

static uint32_t lists_that_meet(const struct spans *spans)
{
    return spans->n_slots < PAIR ? spans->n_slots : PAIR;
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
    const struct spans *spans = n->spans;
    const struct chunk *c = &r->scratch->chunk;
    uint32_t met = lists_that_meet(spans);
    uint32_t doc = n->spans->doc = spans->by_cost[0]->lists[0]->p.docs[c->at[0][i]];
    for (uint32_t k = 0; k < met; k++)
        clus__list_stand(spans->by_cost[k]->lists[0], doc, c->at[k][i]);
    *there = true;
    for (uint32_t k = met; *there && k < spans->n_slots; k++) {
        struct posting_list *l = spans->by_cost[k]->lists[0];
        clus_status st = clus__list_seek(l, doc);
        if (st != CLUS_OK)
            return st;
        *there = !l->ended && l->p.block_first <= doc && can_reach(r, l);
        if (*there && (st = clus__list_advance(l, doc, &(uint32_t){0})) != CLUS_OK)
            return st;
        *there = *there && clus__list_is_at(l, doc);
    }
    return CLUS_OK;
}

/* Where in one document the two rarest words stand as asked: the others. */
static clus_status complete(struct run *r, struct node *n, uint32_t i,
                            const uint32_t *starts, uint32_t n_starts)
{
    struct span_matches found = {0};
    bool there;
    clus_status st = stand_on(r, n, i, &there);
    if (st == CLUS_OK && there)
        st = clus__phrase_match(n, PAIR, starts, n_starts, &found);
    if (st == CLUS_OK)
        clus__hits_note(r, n, &found);
    return st;
}

/* One document, by the positions of all words. */
static clus_status verify(struct run *r, struct node *n, uint32_t i)
{
    struct span_matches found = {0};
    bool there;
    clus_status st = stand_on(r, n, i, &there);
    if (st == CLUS_OK && there)
        st = clus__spans_match(n, &found);
    if (st == CLUS_OK)
        clus__hits_note(r, n, &found);
    return st;
}

/* Places where the rarest word stands to where the phrase would begin. One before the
 * document's first word becomes a place of the document before it, from PLACE_LIMIT on,
 * where no word is: such are dropped. */
static uint32_t shift_back(uint32_t *starts, uint32_t n, uint32_t offset)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        starts[kept] = starts[i] - offset;
        kept += (starts[kept] & ((1u << PLACE_BITS) - 1)) < PLACE_LIMIT;
    }
    return kept;
}

/* Where the two words stand as the phrase has them. */
static clus_status run_phrases(struct run *r, struct node *n)
{
    const struct slot *slots = n->spans->units[0].slots;
    struct chunk *c = &r->scratch->chunk;
    clus_status st = CLUS_OK;
    uint32_t *starts = c->places[0], n_places = c->starts[0][c->n];
    struct place_rows second = {c->places[1], c->starts[1]};
    uint32_t n_starts = r->scorer->kernels->follow_rows(
        starts, n_places, slots[1].offset - slots[0].offset, second, starts);
    n_starts = shift_back(starts, n_starts, slots[0].offset);
    if (n->spans->n_slots == PAIR) {
        if (r->goal == GOAL_COUNT)
            clus__hits_count(r, n, starts, n_starts);
        else
            clus__hits_note_starts(r, n, starts, n_starts);
        return CLUS_OK;
    }
    for (uint32_t i = 0, end; st == CLUS_OK && i < n_starts; i = end) {
        uint32_t of = starts[i] >> PLACE_BITS;
        for (end = i; end < n_starts && starts[end] >> PLACE_BITS == of; end++)
            starts[end] &= (1u << PLACE_BITS) - 1;
        st = complete(r, n, of - 1, starts + i, end - i);
    }
    return st;
}

/* Have a slot's positions of document i from a row; the number above them goes. */
static void give(struct slot *slot, uint32_t *places, const uint16_t *starts, uint32_t i)
{
    slot->positions = places + starts[i];
    slot->n = starts[i + 1] - starts[i];
    slot->given = true;
    for (uint32_t k = starts[i]; k < starts[i + 1]; k++)
        places[k] &= (1u << PLACE_BITS) - 1;
}

/* Where the two words stand no further apart than all that is asked for may reach. */
static clus_status run_nears(struct run *r, struct node *n)
{
    struct chunk *c = &r->scratch->chunk;
    uint32_t reach = clus__spans_reach(n), last = 0;
    reach = reach < PLACE_LIMIT ? reach : PLACE_LIMIT;
    uint32_t n_near = r->scorer->kernels->near(c->places[0], c->starts[0][c->n], reach,
                                               c->places[1], c->near);
    clus_status st = CLUS_OK;
    for (uint32_t i = 0; st == CLUS_OK && i < n_near; i++) {
        uint32_t of = c->near[i] >> PLACE_BITS;
        if (of == last)
            continue;
        for (uint32_t k = 0; k < PAIR; k++)
            give(n->spans->by_cost[k], c->places[k], c->starts[k], of - 1);
        st = verify(r, n, of - 1);
        last = of;
    }
    for (uint32_t k = 0; k < PAIR; k++)
        n->spans->by_cost[k]->given = false;
    return st;
}

static clus_status run_chunk(struct run *r, struct node *n, struct pair *p)
{
    struct chunk *c = &r->scratch->chunk;
    clus_status st = !is_one(p) && !c->alone ? CLUS_OK : CLUS_DONE;
    for (uint32_t k = 0; st == CLUS_OK && k < PAIR; k++) {
        c->starts[k][0] = 0;
        st = clus__postings_places(&p->lists[k]->p, c->at[k], c->n, c->places[k],
                                   c->starts[k] + 1);
    }
    if (st == CLUS_OK) {
        memset(c->places[1] + c->starts[1][c->n], 0xff, PLACES_BEHIND * sizeof(uint32_t));
        return is_phrase(n->spans) ? run_phrases(r, n) : run_nears(r, n);
    }
    if (st != CLUS_DONE)
        return st;
    st = CLUS_OK;
    for (uint32_t i = 0; st == CLUS_OK && i < c->n; i++)
        st = verify(r, n, i);
    return st;
}

/* Documents of the group from `from` on whose positions have room; one alone that has no
 * room. */
static void take_chunk(const struct run *r, const struct pair *p, uint32_t from)
{
    struct postings *a = &p->lists[0]->p, *b = &p->lists[1]->p;
    const uint32_t *tfs[PAIR] = {a->tfs, b->tfs};
    struct chunk *c = &r->scratch->chunk;
    uint32_t most = p->n - from < CHUNK_DOCS ? p->n - from : CHUNK_DOCS, n = 0;
    uint32_t places[PAIR] = {0};
    c->at[0] = p->at[0] + from;
    c->at[1] = p->at[1] + from;
    if (clus__postings_has_few(a, CHUNK_PLACES) && clus__postings_has_few(b, CHUNK_PLACES))
        n = most;
    for (; n < most; n++) {
        places[0] += tfs[0][c->at[0][n]];
        places[1] += tfs[1][c->at[1][n]];
        if (places[0] > CHUNK_PLACES || places[1] > CHUNK_PLACES)
            break;
    }
    c->alone = n == 0;
    c->n = n + c->alone;
}

static clus_status run_group(struct run *r, struct node *n, struct pair *p)
{
    clus_status st = keep_candidates(r, n, p);
    for (uint32_t next = 0; st == CLUS_OK && next < p->n;) {
        take_chunk(r, p, next);
        next += r->scratch->chunk.n;
        st = run_chunk(r, n, p);
        if (st == CLUS_OK && clus__hits_are_due(r))
            clus__hits_collect(r, n);
    }
    return st;
}

static clus_status ask_all(struct pair *p)
{
    const struct postings *a = &p->lists[0]->p;
    clus_status st = clus__postings_docs(&p->lists[0]->p);
    p->asked = a->docs;
    p->n_asked = a->n;
    p->next = 0;
    p->theta = 0;
    p->scored = false;
    return st;
}

/* Ask about no document that would score too little. */
static clus_status ask_worthy(const struct run *r, const struct node *n, struct pair *p)
{
    const struct kernels *kernels = r->scorer->kernels;
    struct postings *a = &p->lists[0]->p;
    uint32_t next = p->next, left = p->n_asked - next;
    int32_t theta = clus__run_theta(r);
    if (theta <= p->theta || is_one(p))
        return CLUS_OK;
    if (!p->scored) {
        clus_status st = clus__postings_tfs(a);
        if (st != CLUS_OK)
            return st;
        struct posting_run run = {a->docs + next, a->tfs + next, a->flags + next, left};
        kernels->score(r->scorer, n->clause->weight, &run, p->scores + next);
        for (uint32_t i = next; i < p->n_asked; i++)
            p->which[i] = i;
        p->scored = true;
    }
    p->n_asked =
        kernels->sift(p->which + next, p->scores + next, left, theta, p->which, p->scores);
    for (uint32_t i = 0; i < p->n_asked; i++)
        p->room[i] = a->docs[p->which[i]];
    p->asked = p->room;
    p->next = 0;
    p->theta = theta;
    return CLUS_OK;
}

/* Those asked about that the other list's block has; *end: behind the last of which it
 * could have one. */
static clus_status meet(const struct run *r, struct pair *p, uint32_t *end)
{
    struct posting_list *b = p->lists[1];
    const uint32_t *which = p->which + p->next;
    struct doc_run asked = {p->asked + p->next, p->n_asked - p->next};
    clus_status st =
        clus__list_meet(b, r->scorer->kernels, &asked, p->at[0], p->at[1], &p->n);
    *end = p->next + asked.n;
    if (st == CLUS_OK && p->theta > 0)
        for (uint32_t i = 0; i < p->n; i++)
            p->at[0][i] = (uint16_t)which[p->at[0][i]];
    else if (st == CLUS_OK) /* all of the block are asked about */
        for (uint32_t i = 0; i < p->n; i++)
            p->at[0][i] = (uint16_t)(p->at[0][i] + p->next);
    return st;
}

static uint32_t pass_by(const struct pair *p)
{
    struct doc_run asked = {p->asked + p->next, p->n_asked - p->next};
    return p->next + clus__count_up_to(asked, p->lists[1]->p.block_last);
}

/* The documents of the rarest list's block. */
static clus_status run_block(struct run *r, struct node *n, struct pair *p)
{
    struct posting_list *a = p->lists[0], *b = p->lists[1];
    clus__postings_ahead(&a->p);
    clus_status st = ask_all(p);
    if (st == CLUS_OK)
        st = ask_worthy(r, n, p);
    while (st == CLUS_OK && p->next < p->n_asked && !clus__run_has_enough(r)) {
        st = clus__list_seek(b, p->asked[p->next]);
        if (st != CLUS_OK || b->ended)
            return st;
        uint32_t end;
        p->n = 0;
        if (can_reach(r, a) && can_reach(r, b)) {
            clus__postings_ahead(&b->p);
            st = meet(r, p, &end);
        } else {
            end = pass_by(p);
        }
        p->next = end;
        if (st == CLUS_OK && p->n > 0)
            st = run_group(r, n, p);
        if (st == CLUS_OK)
            st = ask_worthy(r, n, p);
    }
    return st;
}

static clus_status run_blocks(struct run *r, struct node *n, struct pair *p)
{
    struct posting_list *a = p->lists[0];
    for (uint32_t i = 0; !a->ended && !p->lists[1]->ended; i++) {
        if (clus__run_theta(r) >= n->most)
            return CLUS_OK;
        if (i % CLOCK_EVERY == 0 && clus__run_expired(r))
            return CLUS_E_TIMEOUT;
        clus_status st = CLUS_OK;
        if (can_reach(r, a))
            st = run_block(r, n, p);
        if (st != CLUS_OK || clus__run_has_enough(r) || a->p.block_last >= r->ndocs - 1)
            return st;
        st = clus__list_seek(a, a->p.block_last + 1);
        if (st != CLUS_OK)
            return st;
    }
    return CLUS_OK;
}

clus_status clus__run_meet_spans(struct run *r, struct node *n)
{
    const struct spans *spans = n->spans;
    struct pair p;
    p.lists[0] = spans->by_cost[0]->lists[0];
    p.lists[1] = spans->by_cost[lists_that_meet(spans) - 1]->lists[0];
    r->scratch->hits.n = 0;
    clus_status st = run_blocks(r, n, &p);
    if (st == CLUS_OK)
        clus__hits_collect(r, n);
    return st;
}
