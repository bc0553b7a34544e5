/* Words at places, within one document: positions and how they fit together. */
#include "base/alloc.h"
#include "search/list.h"
#include "search/node.h"

enum { LOAD_BEYOND = 8 }; /* what kernels may load behind the last position */

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

void clus__match_note(struct span_matches *found, uint32_t first, uint32_t end)
{
    found->tf++;
    found->flags |= clus__span_flags(first, end);
}

static void match_phrase(const struct unit *unit, struct span_matches *found)
{
    for (uint32_t i = 0; i < unit->n_starts; i++) {
        uint32_t start = unit->starts[i], end = start + unit->width;
        if (start >= POS_TEXT || end <= POS_TEXT)
            clus__match_note(found, start, end);
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
    else
        clus__near_match(n, found);
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
