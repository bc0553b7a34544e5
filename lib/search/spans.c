/*
 * Words at places: binding, documents that hold all words, scores. Documents are found by
 * leaping from list to list, rarest first; positions are read (spans_match.c) only when the
 * document could still score enough.
 */
#include "base/alloc.h"
#include "search/list.h"
#include "search/node.h"

/* ---- binding ---- */

static clus_status bind_slot(const struct bind *ctx, const struct clause *c,
                             const struct span_slot *from, struct slot *slot)
{
    slot->offset = from->offset;
    slot->lists = clus__arena_alloc(ctx->arena, from->n_members, sizeof(void *));
    if (!slot->lists)
        return CLUS_E_NOMEM;
    for (uint32_t i = 0; i < from->n_members; i++) {
        if (!from->members[i].term->infos[ctx->segment])
            continue;
        struct posting_list *l;
        struct member plain = {.term = from->members[i].term,
                               .weight = 1.0f}; /* bounds: the whole weight */
        clus_status st = clus__list_open(ctx, c, &plain, &l);
        if (st != CLUS_OK)
            return st;
        slot->lists[slot->n_lists++] = l;
        slot->cost += l->p.df;
    }
    return CLUS_OK;
}

static clus_status bind_unit(const struct bind *ctx, const struct clause *c,
                             const struct span_unit *from, struct spans *spans,
                             struct unit *unit)
{
    unit->width = from->width;
    unit->slots = clus__arena_alloc(ctx->arena, from->n_slots, sizeof *unit->slots);
    if (!unit->slots)
        return CLUS_E_NOMEM;
    clus_status st = CLUS_OK;
    for (uint32_t i = 0; st == CLUS_OK && i < from->n_slots; i++) {
        unit->n_slots++;
        st = bind_slot(ctx, c, &from->slots[i], &unit->slots[i]);
    }
    for (uint32_t i = 1; i < unit->n_slots; i++) { /* rarest first */
        struct slot slot = unit->slots[i];
        uint32_t j = i;
        for (; j > 0 && unit->slots[j - 1].cost > slot.cost; j--)
            unit->slots[j] = unit->slots[j - 1];
        unit->slots[j] = slot;
    }
    for (uint32_t i = 0; i < unit->n_slots; i++)
        spans->by_cost[spans->n_slots++] = &unit->slots[i];
    return st;
}

static bool same_slot(const struct span_slot *a, const struct span_slot *b)
{
    bool same = a->offset == b->offset && a->n_members == b->n_members;
    for (uint32_t i = 0; same && i < a->n_members; i++)
        same = clus__bytes_cmp(a->members[i].term->key, b->members[i].term->key) == 0;
    return same;
}

static bool same_unit(const struct span_unit *a, const struct span_unit *b)
{
    bool same = a->width == b->width && a->n_slots == b->n_slots;
    for (uint32_t i = 0; same && i < a->n_slots; i++)
        same = same_slot(&a->slots[i], &b->slots[i]);
    return same;
}

/* The last unit before the one that asks for the same. */
static const struct unit *twin_of(const struct clause *c, const struct spans *spans,
                                  uint32_t u)
{
    for (uint32_t v = u; v-- > 0;)
        if (same_unit(&c->units[u], &c->units[v]))
            return &spans->units[v];
    return NULL;
}

static void sort_by_cost(struct spans *spans)
{
    for (uint32_t i = 1; i < spans->n_slots; i++) {
        struct slot *slot = spans->by_cost[i];
        uint32_t j = i;
        for (; j > 0 && spans->by_cost[j - 1]->cost > slot->cost; j--)
            spans->by_cost[j] = spans->by_cost[j - 1];
        spans->by_cost[j] = slot;
    }
}

/* No phrase scores more than the rarest of its words would with the phrase's weight. */
static int32_t most_of(const struct spans *spans)
{
    int64_t least = INT32_MAX;
    for (uint32_t i = 0; i < spans->n_slots; i++) {
        int64_t sum = 0;
        for (uint32_t k = 0; k < spans->by_cost[i]->n_lists; k++)
            sum += spans->by_cost[i]->lists[k]->most;
        least = sum < least ? sum : least;
    }
    return (int32_t)least;
}

clus_status clus__spans_bind(const struct bind *ctx, struct node *n)
{
    const struct clause *c = n->clause;
    uint32_t n_slots = 0;
    for (uint32_t u = 0; u < c->n_units; u++)
        n_slots += c->units[u].n_slots;
    struct spans *spans = clus__arena_alloc(ctx->arena, 1, sizeof *spans);
    if (!spans)
        return CLUS_E_NOMEM;
    n->spans = spans;
    spans->units = clus__arena_alloc(ctx->arena, c->n_units, sizeof *spans->units);
    spans->by_cost = clus__arena_alloc(ctx->arena, n_slots, sizeof(void *));
    if (!spans->units || !spans->by_cost)
        return CLUS_E_NOMEM;
    for (uint32_t u = 0; u < c->n_units; u++) {
        spans->n_units++;
        spans->units[u].twin = twin_of(c, spans, u);
        clus_status st = bind_unit(ctx, c, &c->units[u], spans, &spans->units[u]);
        if (st != CLUS_OK)
            return st;
    }
    sort_by_cost(spans);
    n->cost = spans->by_cost[0]->cost;
    n->most = most_of(spans);
    if (n->cost == 0)
        n->kind = NODE_NONE;
    return CLUS_OK;
}

void clus__spans_release(struct spans *spans)
{
    for (uint32_t i = 0; i < spans->n_slots; i++) {
        struct slot *slot = spans->by_cost[i];
        for (uint32_t k = 0; k < slot->n_lists; k++)
            clus__postings_done(&slot->lists[k]->p);
        clus__free(slot->merged);
    }
    for (uint32_t u = 0; u < spans->n_units; u++)
        clus__free(spans->units[u].starts);
}

/* ---- documents ---- */

/* The first document >= target that one of the slot's lists has. */
static clus_status slot_seek(struct slot *slot, uint32_t target)
{
    uint32_t least = UINT32_MAX;
    for (uint32_t i = 0; i < slot->n_lists; i++) {
        uint32_t doc;
        clus_status st = clus__list_advance(slot->lists[i], target, &doc);
        if (st != CLUS_OK)
            return st;
        least = doc < least ? doc : least;
    }
    slot->doc = least;
    return CLUS_OK;
}

clus_status clus__spans_seek(struct spans *spans, uint32_t target)
{
    if (spans->doc >= target && spans->doc > 0)
        return CLUS_OK;
    uint32_t agreed = 0;
    while (agreed < spans->n_slots && target != UINT32_MAX) {
        struct slot *slot = spans->by_cost[agreed];
        clus_status st = slot_seek(slot, target);
        if (st != CLUS_OK)
            return st;
        if (slot->doc == target) {
            agreed++;
        } else {
            target = slot->doc;
            agreed = spans->by_cost[0] == slot;
        }
    }
    spans->doc = target;
    return CLUS_OK;
}

/* ---- score ---- */

/* What one slot alone would give with the phrase's weight: at least what the phrase does.
 */
static clus_status slot_score(const struct node *n, const struct slot *slot, int32_t *score)
{
    const struct scorer *s = n->scorer;
    uint32_t tf = 0, doc = n->spans->doc;
    uint8_t flags = 0;
    for (uint32_t i = 0; i < slot->n_lists; i++) {
        struct posting_list *l = slot->lists[i];
        if (!clus__list_is_at(l, doc))
            continue;
        clus_status st = clus__postings_tfs(&l->p);
        if (st != CLUS_OK)
            return st;
        if (l->p.flags[l->at] & FLAG_EXTRA_ONLY)
            continue; /* has no positions */
        tf += l->p.tfs[l->at];
        flags |= l->p.flags[l->at];
    }
    *score = tf ? clus__score_one(s, n->clause->weight, doc, tf, flags) : 0;
    return CLUS_OK;
}

static bool is_scored(const struct spans *spans)
{
    const struct slot *slot = spans->by_cost[0];
    return slot->n_lists > 0 && slot->lists[0]->scored;
}

/* The lists stand at spans->doc, for which it is worth asking. */
static clus_status verify(struct node *n, int32_t *score)
{
    struct span_matches found = {0};
    const struct spans *spans = n->spans;
    clus_status st = clus__spans_match(n, &found);
    *score = 0;
    if (st == CLUS_OK && found.tf > 0)
        *score = is_scored(spans) ? clus__score_one(n->scorer, n->clause->weight,
                                                    spans->doc, found.tf, found.flags)
                                  : 1;
    return st;
}

clus_status clus__spans_score(struct node *n, int32_t need, int32_t *score)
{
    struct spans *spans = n->spans;
    bool scored = is_scored(spans);
    *score = 0;
    for (uint32_t i = 0; scored && i < spans->n_slots; i++) {
        int32_t most;
        clus_status st = slot_score(n, spans->by_cost[i], &most);
        if (st != CLUS_OK)
            return st;
        if (most <= need || most == 0)
            return CLUS_OK;
    }
    return verify(n, score);
}
