/*
 * Words near each other, within one document: units whose starts are known, side by side in
 * a stretch, none over another.
 *
 * In any order each unit takes its first place in the stretch, and one like a unit before
 * it the first place behind that. Nothing ends sooner, so where no two of them lie over
 * each other that is the answer. Different units do where readings or phrases have words in
 * common. Then those that compete for places are put from left to right: of all orders in
 * which the same of them can stand only the one that ends first is kept, for it leaves the
 * others all the places that any order does.
 */
#include "search/node.h"

enum {
    PAIR = 2,
    MAX_COMPETING = 8, /* different units that compete */
    MAX_MIXES = 1 << MAX_COMPETING
};

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

uint32_t clus__spans_reach(const struct node *n)
{
    return longest_stretch(n->spans, n->clause->extra) - 1;
}

/* The title and the text are not near each other. */
static uint32_t stretch_end(uint32_t first, uint32_t longest)
{
    uint32_t last = first < POS_TEXT ? POS_TEXT : UINT32_MAX;
    return longest < last - first ? first + longest : last;
}

static void match_ordered(struct spans *spans, uint32_t extra, struct span_matches *found)
{
    struct unit *lead = &spans->units[0];
    const struct unit *last = &spans->units[spans->n_units - 1];
    uint32_t longest = longest_stretch(spans, extra);
    for (; lead->next < lead->n_starts; lead->next++) {
        if (!follow(spans))
            return;
        uint32_t first = start_of(lead), end = start_of(last) + last->width;
        if (end <= stretch_end(first, longest))
            clus__match_note(found, first, end);
    }
}

/* The units of `spans`, to be placed in [first, end). */
struct placing {
    const struct spans *spans;
    uint32_t first, end;
    uint32_t reached; /* the least end of all of them together */
};

/* The first start of a unit in the stretch that is not below `least`; UINT32_MAX: none. */
static uint32_t start_from(const struct placing *p, const struct unit *unit, uint32_t least)
{
    uint32_t low = unit->next, high = unit->n_starts;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (unit->starts[middle] < least)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == unit->n_starts || unit->starts[low] + unit->width > p->end)
        return UINT32_MAX;
    return unit->starts[low];
}

/* False: one has no place, whatever becomes of the others. */
static bool place_each(struct placing *p)
{
    p->reached = p->first;
    for (uint32_t u = 0; u < p->spans->n_units; u++) {
        struct unit *unit = &p->spans->units[u];
        unit->placed = unit->twin ? start_from(p, unit, unit->twin->placed + unit->width)
                                  : start_of(unit);
        if (unit->placed >= p->end || unit->placed + unit->width > p->end)
            return false;
        if (unit->placed + unit->width > p->reached)
            p->reached = unit->placed + unit->width;
    }
    return true;
}

static bool overlap(uint32_t a, uint32_t a_width, uint32_t b, uint32_t b_width)
{
    return a < b + b_width && b < a + a_width;
}

static bool any_overlap(const struct spans *spans)
{
    for (uint32_t u = 1; u < spans->n_units; u++)
        for (uint32_t v = 0; v < u; v++) {
            const struct unit *a = &spans->units[u], *b = &spans->units[v];
            if (overlap(a->placed, a->width, b->placed, b->width))
                return true;
        }
    return false;
}

/* Whether some place of one in the stretch lies over one of the other. */
static bool compete(const struct placing *p, const struct unit *a, const struct unit *b)
{
    for (uint32_t i = a->next, j = b->next; i < a->n_starts && j < b->n_starts;) {
        uint32_t x = a->starts[i], y = b->starts[j];
        if (x + a->width > p->end || y + b->width > p->end)
            return false;
        if (overlap(x, a->width, y, b->width))
            return true;
        i += x < y;
        j += x >= y;
    }
    return false;
}

/* Units that compete, those alike as one with their number. */
struct contest {
    const struct unit *units[MAX_COMPETING + 1]; /* the last is beyond the bound */
    uint32_t counts[MAX_COMPETING + 1], n;
    uint32_t mixes; /* choices of how many of each are placed */
};

static void add_to_contest(const struct placing *p, const struct unit *unit,
                           struct contest *c)
{
    bool joins = false;
    uint32_t count = 1;
    for (uint32_t v = 0; v < p->spans->n_units; v++) {
        const struct unit *other = &p->spans->units[v], *like = other;
        while (like->twin)
            like = like->twin;
        count += like == unit && other != unit;
        joins |= like != unit && compete(p, unit, other);
    }
    if (!joins || c->mixes > MAX_MIXES)
        return;
    c->units[c->n] = unit;
    c->counts[c->n++] = count;
    c->mixes *= count + 1;
}

/* The least end of a mix by those with one unit less; mixes count like numbers whose digits
 * are the units' counts. */
static uint32_t end_of_mix(const struct placing *p, const struct contest *c,
                           const uint32_t *ends, uint32_t mix)
{
    uint32_t least = UINT32_MAX, step = 1;
    for (uint32_t i = 0; i < c->n; step *= c->counts[i] + 1, i++) {
        const struct unit *unit = c->units[i];
        if (mix / step % (c->counts[i] + 1) == 0 || ends[mix - step] == UINT32_MAX)
            continue;
        uint32_t start = start_from(p, unit, ends[mix - step]);
        if (start != UINT32_MAX && start + unit->width < least)
            least = start + unit->width;
    }
    return least;
}

/* Beyond the bound units that compete are taken to have their places. */
static bool place_together(struct placing *p)
{
    struct contest c = {.mixes = 1};
    uint32_t ends[MAX_MIXES];
    for (uint32_t u = 0; u < p->spans->n_units; u++)
        if (!p->spans->units[u].twin)
            add_to_contest(p, &p->spans->units[u], &c);
    if (c.mixes > MAX_MIXES)
        return true;
    ends[0] = p->first;
    for (uint32_t mix = 1; mix < c.mixes; mix++)
        ends[mix] = end_of_mix(p, &c, ends, mix);
    uint32_t end = ends[c.mixes - 1];
    p->reached = end > p->reached ? end : p->reached;
    return end != UINT32_MAX;
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
static void match_unordered(struct spans *spans, uint32_t extra, struct span_matches *found)
{
    struct placing p = {.spans = spans};
    uint32_t longest = longest_stretch(spans, extra);
    for (;;) {
        p.first = least_start(spans);
        p.end = stretch_end(p.first, longest);
        if (place_each(&p) && (!any_overlap(spans) || place_together(&p)))
            clus__match_note(found, p.first, p.reached);
        for (uint32_t u = 0; u < spans->n_units; u++) {
            struct unit *unit = &spans->units[u];
            unit->next += start_of(unit) == p.first;
            if (unit->next == unit->n_starts)
                return;
        }
    }
}

/* Any order, two units: each start with the other unit's next one. False where one lies
 * over the other, as of a word that is asked for twice: others have to be tried. */
static bool match_two(const struct spans *spans, uint32_t extra, struct span_matches *found)
{
    const struct unit *u = &spans->units[0], *v = &spans->units[1];
    uint32_t longest = longest_stretch(spans, extra);
    struct span_matches all = {0};
    for (uint32_t i = 0, j = 0; i < u->n_starts && j < v->n_starts;) {
        uint32_t x = u->starts[i], y = v->starts[j];
        uint32_t first = x < y ? x : y, second = x < y ? y : x;
        uint32_t first_end = first + (x < y ? u : v)->width;
        uint32_t end = second + (x < y ? v : u)->width;
        if (first_end > second)
            return false;
        if (end <= stretch_end(first, longest))
            clus__match_note(&all, first, end);
        i += x < y;
        j += y < x;
    }
    *found = all;
    return true;
}

void clus__near_match(const struct node *n, struct span_matches *found)
{
    struct spans *spans = n->spans;
    uint32_t extra = n->clause->extra;
    if (n->clause->ordered)
        match_ordered(spans, extra, found);
    else if (spans->n_units > PAIR || !match_two(spans, extra, found))
        match_unordered(spans, extra, found);
}
