/*
 * Documents in which words stand as asked, until they are scored: many by one call, so that
 * their lengths are waited for together. While there are fewer than the k best no score
 * decides anything.
 */
#include "search/run.h"

enum { STEP = 8 /* documents that are scored side by side */ };

void clus__hits_note(struct run *r, const struct node *n, const struct span_matches *found)
{
    struct hits *h = &r->scratch->hits;
    if (h->n == HITS)
        clus__hits_collect(r, n);
    r->scratch->candidates.docs[h->n] = n->spans->doc;
    h->tfs[h->n] = found->tf;
    h->flags[h->n] = found->flags;
    h->n += found->tf > 0;
}

/* Where a phrase of two words may begin: inside of [low, high), so that both are in the
 * field asked for, and not in [apart, POS_TEXT), where it would be half in the title. */
struct beginnings {
    uint32_t low, high, apart;
};

static uint32_t minus(uint32_t a, uint32_t b)
{
    return a > b ? a - b : 0;
}

static struct beginnings beginnings_of(const struct node *n)
{
    const struct unit *unit = &n->spans->units[0];
    uint32_t x = unit->slots[0].offset, y = unit->slots[1].offset;
    return (struct beginnings){minus(n->clause->low, x < y ? x : y),
                               minus(n->clause->high, x < y ? y : x),
                               minus(POS_TEXT + 1, unit->width)};
}

static inline bool is_match(const struct beginnings *b, uint32_t start)
{
    return (start >= b->low) & (start < b->high) &
           ((start < b->apart) | (start >= POS_TEXT));
}

static inline uint32_t place_of(uint32_t start)
{
    return start & ((1u << PLACE_BITS) - 1);
}

void clus__hits_count(struct run *r, const struct node *n, const uint32_t *starts,
                      uint32_t n_starts)
{
    const struct beginnings b = beginnings_of(n);
    uint32_t last = 0, count = 0;
    for (uint32_t i = 0; i < n_starts; i++) {
        uint32_t of = starts[i] >> PLACE_BITS, match = is_match(&b, place_of(starts[i]));
        count += match & (of != last);
        last = match ? of : last;
    }
    r->count += count;
}

void clus__hits_note_starts(struct run *r, const struct node *n, const uint32_t *starts,
                            uint32_t n_starts)
{
    const struct beginnings b = beginnings_of(n);
    const uint32_t *docs = n->spans->by_cost[0]->lists[0]->p.docs;
    const uint16_t *at = r->scratch->chunk.at[0];
    uint32_t *out = r->scratch->candidates.docs, width = n->spans->units[0].width;
    struct hits *h = &r->scratch->hits;
    if (h->n > HITS - CHUNK_DOCS)
        clus__hits_collect(r, n);
    uint32_t next = h->n, last = 0, tf = 0, flags = 0;
    for (uint32_t i = 0; i < n_starts; i++) {
        uint32_t of = starts[i] >> PLACE_BITS, start = place_of(starts[i]);
        if (!is_match(&b, start))
            continue;
        tf = of == last ? tf + 1 : 1;
        flags = (of == last ? flags : 0) | clus__span_flags(start, start + width);
        next += of != last;
        last = of;
        out[next - 1] = docs[at[of - 1]];
        h->tfs[next - 1] = tf;
        h->flags[next - 1] = (uint8_t)flags;
    }
    h->n = next;
}

bool clus__hits_are_due(const struct run *r)
{
    const struct hits *h = &r->scratch->hits;
    bool waits = r->goal != GOAL_BEST || r->count_all || h->n < r->top.k - r->top.n;
    return h->n > 0 && (!waits || r->enough > 0);
}

void clus__hits_collect(struct run *r, const struct node *n)
{
    struct hits *h = &r->scratch->hits;
    struct candidates *c = &r->scratch->candidates;
    struct posting_run run = {c->docs, h->tfs, h->flags, (h->n + STEP - 1) / STEP * STEP};
    for (uint32_t i = h->n; i < run.n; i++) { /* none is scored alone */
        c->docs[i] = c->docs[0];
        h->tfs[i] = h->flags[i] = 0;
    }
    if (n->spans->by_cost[0]->lists[0]->scored)
        r->scorer->kernels->score(r->scorer, n->clause->weight, &run, c->scores);
    else
        for (uint32_t i = 0; i < h->n; i++)
            c->scores[i] = 1;
    c->n = h->n;
    h->n = 0;
    clus__run_collect(r, c);
}
