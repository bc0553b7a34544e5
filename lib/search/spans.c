/*
 * Words at places. Documents that hold all words are found by leaping from list to list,
 * rarest first; positions are read only when the document could still score enough.
 */
#include "base/alloc.h"
#include "search/list.h"
#include "search/node.h"

enum { MAX_PLACING_STEPS = 20000 }; /* in one document */

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
        struct member plain = {from->members[i].term, 1.0f}; /* bounds: the whole weight */
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
    for (uint32_t i = 0; i < from->n_slots; i++) {
        unit->n_slots++;
        spans->by_cost[spans->n_slots++] = &unit->slots[i];
        clus_status st = bind_slot(ctx, c, &from->slots[i], &unit->slots[i]);
        if (st != CLUS_OK)
            return st;
    }
    return CLUS_OK;
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

/* ---- places ---- */

static bool list_is_at(const struct posting_list *l, uint32_t doc)
{
    return !l->ended && l->p.have_docs && l->at < l->p.n && l->p.docs[l->at] == doc;
}

/* Append positions in order; few lists, short runs. */
static clus_status merge_positions(struct slot *slot, const uint32_t *positions, uint32_t n)
{
    size_t cap = slot->cap_merged;
    if (!slot->merged || slot->n + n > cap) {
        clus_status st =
            clus__grow(&slot->merged, &cap, (size_t)slot->n + n, sizeof *slot->merged);
        if (st != CLUS_OK)
            return st;
        slot->cap_merged = (uint32_t)cap;
    }
    uint32_t i = slot->n, j = n, k = slot->n + n;
    while (j > 0) {
        bool old = i > 0 && slot->merged[i - 1] > positions[j - 1];
        slot->merged[--k] = old ? slot->merged[--i] : positions[--j];
    }
    slot->n += n;
    slot->positions = slot->merged;
    return CLUS_OK;
}

/* Keep the positions in [low, high). */
static void cut_to_field(struct slot *slot, uint32_t low, uint32_t high)
{
    while (slot->n > 0 && slot->positions[0] < low) {
        slot->positions++;
        slot->n--;
    }
    while (slot->n > 0 && slot->positions[slot->n - 1] >= high)
        slot->n--;
}

static clus_status load_positions(struct slot *slot, uint32_t doc)
{
    slot->n = 0;
    for (uint32_t i = 0; i < slot->n_lists; i++) {
        struct posting_list *l = slot->lists[i];
        const uint32_t *positions;
        uint32_t n;
        if (!list_is_at(l, doc))
            continue;
        clus_status st = clus__postings_tfs(&l->p);
        if (st == CLUS_OK)
            st = clus__postings_positions(&l->p, l->at, &positions, &n);
        if (st == CLUS_OK && slot->n_lists > 1)
            st = merge_positions(slot, positions, n);
        if (st != CLUS_OK)
            return st;
        if (slot->n_lists == 1) {
            slot->positions = positions;
            slot->n = n;
        }
    }
    return CLUS_OK;
}

/* Whether the slot has this position; asked in ascending order. */
static bool slot_has(struct slot *slot, uint32_t position)
{
    while (slot->n_before < slot->n && slot->positions[slot->n_before] < position)
        slot->n_before++;
    return slot->n_before < slot->n && slot->positions[slot->n_before] == position;
}

static struct slot *fewest_positions(const struct unit *unit)
{
    struct slot *least = &unit->slots[0];
    for (uint32_t i = 0; i < unit->n_slots; i++) {
        unit->slots[i].n_before = 0;
        if (unit->slots[i].n < least->n)
            least = &unit->slots[i];
    }
    return least;
}

/* Where the unit's words stand at their distances. */
static clus_status find_starts(struct unit *unit)
{
    struct slot *lead = fewest_positions(unit);
    size_t cap = unit->cap_starts;
    unit->n_starts = unit->next = 0;
    if (!unit->starts || lead->n > cap) {
        clus_status st = clus__grow(&unit->starts, &cap, lead->n + 1, sizeof *unit->starts);
        if (st != CLUS_OK)
            return st;
        unit->cap_starts = (uint32_t)cap;
    }
    for (uint32_t k = 0; k < lead->n; k++) {
        if (lead->positions[k] < lead->offset)
            continue;
        uint32_t start = lead->positions[k] - lead->offset;
        bool all = true;
        for (uint32_t i = 0; all && i < unit->n_slots; i++)
            all = &unit->slots[i] == lead ||
                  slot_has(&unit->slots[i], start + unit->slots[i].offset);
        if (all)
            unit->starts[unit->n_starts++] = start;
    }
    return CLUS_OK;
}

/* What the matches in one document amount to. */
struct found {
    uint32_t tf;
    uint8_t flags;
};

static void note_match(struct found *found, uint32_t first, uint32_t end)
{
    found->tf++;
    if (end <= POS_TEXT)
        found->flags |= FLAG_TITLE;
    else if (first >= POS_TEXT && end <= POS_TEXT + LEAD_TOKENS)
        found->flags |= FLAG_LEAD;
}

static uint32_t start_of(const struct unit *unit)
{
    return unit->starts[unit->next];
}

/* In order: each unit's first start at or behind the end of the unit before it, from the
 * first unit's current start. The shortest stretch for that start. */
static bool follow(struct spans *spans)
{
    for (uint32_t u = 1; u < spans->n_units; u++) {
        struct unit *unit = &spans->units[u];
        uint32_t least = start_of(&spans->units[u - 1]) + spans->units[u - 1].width;
        while (unit->next < unit->n_starts && start_of(unit) < least)
            unit->next++;
        if (unit->next == unit->n_starts)
            return false;
    }
    return true;
}

static uint32_t longest_stretch(const struct spans *spans, uint32_t extra)
{
    uint64_t sum = extra;
    for (uint32_t u = 0; u < spans->n_units; u++)
        sum += spans->units[u].width;
    return sum < UINT32_MAX ? (uint32_t)sum : UINT32_MAX;
}

/* The title and the text are not near each other. */
static uint32_t stretch_end(uint32_t first, uint32_t longest)
{
    uint32_t last = first < POS_TEXT ? POS_TEXT : UINT32_MAX;
    return longest < last - first ? first + longest : last;
}

static void match_ordered(struct spans *spans, uint32_t extra, struct found *found)
{
    struct unit *lead = &spans->units[0];
    const struct unit *last = &spans->units[spans->n_units - 1];
    uint32_t longest = longest_stretch(spans, extra);
    for (; lead->next < lead->n_starts; lead->next++) {
        if (!follow(spans))
            return;
        uint32_t first = start_of(lead), end = start_of(last) + last->width;
        if (end <= stretch_end(first, longest))
            note_match(found, first, end);
    }
}

/* One try to place the units of `spans` in [first, end), none over another. */
struct placing {
    struct spans *spans;
    uint32_t first, end;
    uint32_t reached; /* end of the last unit placed furthest */
    uint32_t steps;   /* still allowed in this document */
};

static bool is_free(const struct spans *spans, uint32_t u, uint32_t start)
{
    uint32_t end = start + spans->units[u].width;
    for (uint32_t v = 0; v < u; v++) {
        const struct unit *other = &spans->units[v];
        if (start < other->placed + other->width && other->placed < end)
            return false;
    }
    return true;
}

/* Units u and after it. Where words differ the first start does; only a word that is asked
 * for twice makes it try others. */
static bool place_from(struct placing *p, uint32_t u)
{
    if (u == p->spans->n_units)
        return true;
    struct unit *unit = &p->spans->units[u];
    for (uint32_t i = unit->next; i < unit->n_starts && p->steps > 0; i++, p->steps--) {
        uint32_t start = unit->starts[i], end = start + unit->width;
        if (end > p->end)
            return false;
        if (!is_free(p->spans, u, start))
            continue;
        unit->placed = start;
        if (place_from(p, u + 1)) {
            p->reached = end > p->reached ? end : p->reached;
            return true;
        }
    }
    return false;
}

/* The smallest current start; starts below it are behind us. */
static uint32_t least_start(const struct spans *spans)
{
    uint32_t least = UINT32_MAX;
    for (uint32_t u = 0; u < spans->n_units; u++)
        if (start_of(&spans->units[u]) < least)
            least = start_of(&spans->units[u]);
    return least;
}

/* Any order: for each place where a unit begins, whether all fit into the stretch there. */
static void match_unordered(struct spans *spans, uint32_t extra, struct found *found)
{
    struct placing p = {.spans = spans, .steps = MAX_PLACING_STEPS};
    uint32_t longest = longest_stretch(spans, extra);
    for (;;) {
        p.first = least_start(spans);
        p.end = stretch_end(p.first, longest);
        p.reached = 0;
        if (place_from(&p, 0))
            note_match(found, p.first, p.reached);
        for (uint32_t u = 0; u < spans->n_units; u++) {
            struct unit *unit = &spans->units[u];
            unit->next += start_of(unit) == p.first;
            if (unit->next == unit->n_starts)
                return;
        }
    }
}

static void match_phrase(const struct unit *unit, struct found *found)
{
    for (uint32_t i = 0; i < unit->n_starts; i++) {
        uint32_t start = unit->starts[i], end = start + unit->width;
        if (start >= POS_TEXT || end <= POS_TEXT)
            note_match(found, start, end);
    }
}

static clus_status find_matches(struct node *n, struct found *found)
{
    struct spans *spans = n->spans;
    uint32_t fewest = UINT32_MAX;
    for (uint32_t i = 0; i < spans->n_slots; i++) {
        struct slot *slot = spans->by_cost[i];
        clus_status st = load_positions(slot, spans->doc);
        if (st != CLUS_OK)
            return st;
        cut_to_field(slot, n->clause->low, n->clause->high);
        if (slot->n == 0)
            return CLUS_OK;
    }
    for (uint32_t u = 0; u < spans->n_units; u++) {
        clus_status st = find_starts(&spans->units[u]);
        if (st != CLUS_OK)
            return st;
        if (spans->units[u].n_starts == 0)
            return CLUS_OK;
        if (spans->units[u].n_starts < fewest)
            fewest = spans->units[u].n_starts;
    }
    if (spans->n_units == 1)
        match_phrase(&spans->units[0], found);
    else if (n->clause->ordered)
        match_ordered(spans, n->clause->extra, found);
    else
        match_unordered(spans, n->clause->extra, found);
    found->tf = found->tf < fewest ? found->tf : fewest;
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
        if (!list_is_at(l, doc))
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

clus_status clus__spans_score(struct node *n, int32_t need, int32_t *score)
{
    struct spans *spans = n->spans;
    struct found found = {0};
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
    clus_status st = find_matches(n, &found);
    if (st != CLUS_OK || found.tf == 0)
        return st;
    *score = scored ? clus__score_one(n->scorer, n->clause->weight, spans->doc, found.tf,
                                      found.flags)
                    : 1;
    return CLUS_OK;
}
