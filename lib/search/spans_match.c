/* Words at places, within one document: positions and how they fit together. */
#include "base/alloc.h"
#include "search/list.h"
#include "search/node.h"

enum {
    MAX_PLACING_STEPS = 20000, /* in one document */
    PAIR = 2,
    LOAD_BEYOND = 8 /* what kernels may load behind the last position */
};

/* Append positions in order; few lists, short runs. */
static clus_status merge_positions(struct slot *slot, const uint32_t *positions, uint32_t n)
{
    size_t cap = slot->cap_merged;
    size_t need = (size_t)slot->n + n + LOAD_BEYOND;
    if (need > cap) {
        clus_status st = clus__grow(&slot->merged, &cap, need, sizeof *slot->merged);
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

static clus_status list_positions(struct posting_list *l, uint32_t doc,
                                  const uint32_t **positions, uint32_t *n)
{
    *n = 0;
    if (!clus__list_is_at(l, doc))
        return CLUS_OK;
    clus_status st = l->p.have_tfs ? CLUS_OK : clus__postings_tfs(&l->p);
    return st == CLUS_OK ? clus__postings_positions(&l->p, l->at, positions, n) : st;
}

static clus_status merge_lists(struct slot *slot, uint32_t doc)
{
    slot->n = 0;
    for (uint32_t i = 0; i < slot->n_lists; i++) {
        const uint32_t *positions;
        uint32_t n;
        clus_status st = list_positions(slot->lists[i], doc, &positions, &n);
        if (st == CLUS_OK && n > 0)
            st = merge_positions(slot, positions, n);
        if (st != CLUS_OK)
            return st;
    }
    return CLUS_OK;
}

static clus_status slot_positions(struct slot *slot, const struct node *n)
{
    clus_status st = CLUS_OK;
    if (slot->n_lists == 1 && !slot->given)
        st = list_positions(slot->lists[0], n->spans->doc, &slot->positions, &slot->n);
    else if (!slot->given)
        st = merge_lists(slot, n->spans->doc);
    if (st == CLUS_OK)
        cut_to_field(slot, n->clause->low, n->clause->high);
    return st;
}

static clus_status room_for_starts(struct unit *unit, uint32_t n)
{
    size_t cap = unit->cap_starts;
    if (unit->starts && (size_t)n + LOAD_BEYOND <= cap)
        return CLUS_OK;
    clus_status st =
        clus__grow(&unit->starts, &cap, (size_t)n + LOAD_BEYOND, sizeof *unit->starts);
    if (st == CLUS_OK)
        unit->cap_starts = (uint32_t)cap;
    return st;
}

/* Starts by the positions of one slot: those from which all of the unit can follow. */
static void starts_of_slot(struct unit *unit, const struct slot *slot)
{
    uint32_t n = slot->n;
    const uint32_t *at = slot->positions;
    for (; n > 0 && at[0] < slot->offset; n--)
        at++;
    while (n > 0 && at[n - 1] - slot->offset > UINT32_MAX - unit->width)
        n--;
    for (uint32_t i = 0; i < n; i += LOAD_BEYOND) /* by eights: no end to guess */
        for (uint32_t j = i; j < i + LOAD_BEYOND; j++)
            unit->starts[j] = at[j] - slot->offset;
    unit->n_starts = n;
}

/* Keep the starts that the slots from `first` on follow. */
static clus_status keep_followed(struct node *n, struct unit *unit, uint32_t first)
{
    const struct kernels *k = n->scorer->kernels;
    for (uint32_t i = first; i < unit->n_slots && unit->n_starts > 0; i++) {
        const struct slot *slot = &unit->slots[i];
        clus_status st = slot_positions(&unit->slots[i], n);
        if (st != CLUS_OK)
            return st;
        unit->n_starts = k->follow(unit->starts, unit->n_starts, slot->offset,
                                   slot->positions, slot->n, unit->starts);
    }
    return CLUS_OK;
}

/* Where the unit's words stand at their distances. Slots are rarest first, so that the
 * long lists of frequent words are mostly not read. */
static clus_status find_starts(struct node *n, struct unit *unit)
{
    unit->n_starts = unit->next = 0;
    clus_status st = slot_positions(&unit->slots[0], n);
    if (st == CLUS_OK)
        st = room_for_starts(unit, unit->slots[0].n);
    if (st != CLUS_OK)
        return st;
    starts_of_slot(unit, &unit->slots[0]);
    return keep_followed(n, unit, 1);
}

static void note_match(struct span_matches *found, uint32_t first, uint32_t end)
{
    found->tf++;
    found->flags |= clus__span_flags(first, end);
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

/* Whether each unit alone fits into the stretch; where one does not, no order of the others
 * has to be tried. */
static bool each_fits(const struct placing *p)
{
    for (uint32_t u = 0; u < p->spans->n_units; u++) {
        const struct unit *unit = &p->spans->units[u];
        if (start_of(unit) + unit->width > p->end)
            return false;
    }
    return true;
}

/* Any order: for each place where a unit begins, whether all fit into the stretch there. */
static void match_unordered(struct spans *spans, uint32_t extra, struct span_matches *found)
{
    struct placing p = {.spans = spans, .steps = MAX_PLACING_STEPS};
    uint32_t longest = longest_stretch(spans, extra);
    for (;;) {
        p.first = least_start(spans);
        p.end = stretch_end(p.first, longest);
        p.reached = 0;
        if (each_fits(&p) && place_from(&p, 0))
            note_match(found, p.first, p.reached);
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
            note_match(&all, first, end);
        i += x < y;
        j += y < x;
    }
    *found = all;
    return true;
}

static void match_phrase(const struct unit *unit, struct span_matches *found)
{
    for (uint32_t i = 0; i < unit->n_starts; i++) {
        uint32_t start = unit->starts[i], end = start + unit->width;
        if (start >= POS_TEXT || end <= POS_TEXT)
            note_match(found, start, end);
    }
}

clus_status clus__spans_match(struct node *n, struct span_matches *found)
{
    struct spans *spans = n->spans;
    uint32_t fewest = UINT32_MAX;
    for (uint32_t u = 0; u < spans->n_units; u++) {
        clus_status st = find_starts(n, &spans->units[u]);
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
    else if (spans->n_units > PAIR || !match_two(spans, n->clause->extra, found))
        match_unordered(spans, n->clause->extra, found);
    found->tf = found->tf < fewest ? found->tf : fewest;
    return CLUS_OK;
}

clus_status clus__phrase_match(struct node *n, uint32_t done, const uint32_t *starts,
                               uint32_t n_starts, struct span_matches *found)
{
    struct unit *unit = &n->spans->units[0];
    uint32_t low = n->clause->low, high = n->clause->high;
    clus_status st = room_for_starts(unit, n_starts);
    if (st != CLUS_OK)
        return st;
    unit->n_starts = 0;
    for (uint32_t i = 0; i < n_starts; i++) {
        bool inside = true;
        for (uint32_t k = 0; k < done; k++) {
            uint32_t position = starts[i] + unit->slots[k].offset;
            inside &= position >= low && position < high;
        }
        unit->starts[unit->n_starts] = starts[i];
        unit->n_starts += inside;
    }
    st = keep_followed(n, unit, done);
    if (st == CLUS_OK)
        match_phrase(unit, found);
    return st;
}
