/* Cursor over a posting list: opening, the block directory, moving. */
#include "codec/postings.h"

#include <string.h>

#include "base/alloc.h"
#include "codec/inline_list.h"
#include "codec/postings_state.h"

static bool has_positions(const struct postings_state *s)
{
    return s->place.kind & LIST_POSITIONS;
}

static uint32_t group_count(const struct postings *p)
{
    return (p->n_blocks + GROUP_BLOCKS - 1) / GROUP_BLOCKS;
}

static uint32_t group_size(const struct postings *p, uint32_t number)
{
    uint32_t left = p->n_blocks - number * GROUP_BLOCKS;
    return left < GROUP_BLOCKS ? left : GROUP_BLOCKS;
}

/* The blocks' bytes come first in a long list, the directory's length follows from df. */
static uint64_t directory_bytes(uint32_t n_blocks, bool positions)
{
    uint64_t groups = ((uint64_t)n_blocks + GROUP_BLOCKS - 1) / GROUP_BLOCKS;
    return clus__group_bytes(n_blocks, positions) +
           (groups > 1 ? groups * GROUP_HEAD_BYTES : 0);
}

static uint32_t blocks_of(uint32_t df)
{
    return (uint32_t)(((uint64_t)df + BLOCK_DOCS - 1) / BLOCK_DOCS);
}

static clus_status measure_long(struct postings *p, struct postings_state *s)
{
    p->n_blocks = blocks_of(p->df);
    uint64_t dir = directory_bytes(p->n_blocks, has_positions(s));
    if (p->df < BLOCK_DOCS || dir > s->place.post_len)
        return CLUS_E_CORRUPT;
    s->blocks_len = s->place.post_len - dir;
    return CLUS_OK;
}

size_t clus__postings_head(const struct list_place *place, uint32_t df, uint64_t *at)
{
    uint64_t len = 0, most = clus__group_bytes(GROUP_BLOCKS, true);
    if ((place->kind & LIST_FORM) == LIST_SHORT)
        len = place->post_len;
    else if ((place->kind & LIST_FORM) == LIST_LONG)
        len = directory_bytes(blocks_of(df), place->kind & LIST_POSITIONS);
    *at = place->post + (place->post_len > len ? place->post_len - len : 0);
    return (size_t)(len < most ? len : most);
}

static clus_status measure(struct postings *p, struct postings_state *s)
{
    p->n_blocks = 1;
    switch (s->place.kind & LIST_FORM) {
    case LIST_LONG: return measure_long(p, s);
    case LIST_SHORT:
        return p->df < BLOCK_DOCS && s->place.post_len <= BLOCK_MAX_BYTES ? CLUS_OK
                                                                          : CLUS_E_CORRUPT;
    case LIST_INLINE:
        return p->df < BLOCK_DOCS && s->place.inline_len <= LIST_INLINE_MAX
                   ? CLUS_OK
                   : CLUS_E_CORRUPT;
    default: return CLUS_E_CORRUPT;
    }
}

static void free_state(struct postings_state *s)
{
    if (!s->arena)
        clus__free(s);
}

clus_status clus__postings_open(const struct postings_source *source, struct postings *out)
{
    if (source->df == 0 || source->df > source->ndocs)
        return CLUS_E_CORRUPT;
    /* Eight kilobytes of which a short list touches little: not cleared. */
    struct arena *arena = source->arena;
    struct postings_state *s =
        arena ? clus__arena_raw(arena, 1, sizeof *s) : clus__malloc(sizeof *s);
    if (!s)
        return CLUS_E_NOMEM;
    s->arena = arena;
    s->open_parent = source->open_parent;
    s->dictionary = source->dictionary;
    s->key_at = source->key_at;
    s->parent = NULL;
    s->passed = s->ordinal = 0;
    s->ops = clus__pack_ops();
    s->post_stream = source->post_stream;
    s->pos_stream = source->pos_stream;
    s->txn = source->txn;
    s->read = source->read;
    s->place = *source->place;
    s->max_impact = source->max_impact;
    s->at = CURSOR_BEFORE;
    s->group = 0;
    s->groups[0].number = s->groups[1].number = UINT32_MAX;
    s->positions.out = NULL;
    s->positions.cap = 0;
    uint32_t old_df = out->df, old_ndocs = out->ndocs, old_blocks = out->n_blocks;
    out->df = source->df;
    out->ndocs = source->ndocs;
    clus_status st = measure(out, s);
    if (st != CLUS_OK) {
        out->df = old_df;
        out->ndocs = old_ndocs;
        out->n_blocks = old_blocks;
        free_state(s);
        return st;
    }
    out->have_docs = out->have_tfs = false;
    out->block = out->n = 0;
    out->block_first = out->block_last = 0;
    out->block_max = 0;
    out->state = s;
    return CLUS_OK;
}

void clus__postings_done(struct postings *p)
{
    if (p->state) {
        clus__free(p->state->positions.out);
        clus__ordinals_done(p->state);
        free_state(p->state);
    }
    p->state = NULL;
}

/* ---- the directory of a long list ---- */

struct group_head {
    uint32_t last;
    uint8_t max;
    uint64_t post, pos; /* relative to the list's places */
};

static bool read_head(const struct postings *p, uint32_t number, struct group_head *h)
{
    const struct postings_state *s = p->state;
    uint8_t room[GROUP_HEAD_BYTES + OVERREAD];
    uint64_t at = s->place.post + s->blocks_len +
                  clus__group_bytes(p->n_blocks, has_positions(s)) +
                  (uint64_t)number * GROUP_HEAD_BYTES;
    const uint8_t *row = s->read(s->post_stream, s->txn, at, GROUP_HEAD_BYTES, room);
    if (!row)
        return false;
    h->last = clus__le32(row);
    h->max = row[4];
    h->post = clus__le64(row + 8);
    h->pos = clus__le64(row + 16);
    return h->post <= s->blocks_len;
}

static clus_status load_group(const struct postings *p, uint32_t number,
                              struct block_group *g)
{
    const struct postings_state *s = p->state;
    struct group_head head = {0}, before = {0};
    g->number = UINT32_MAX; /* until it is whole */
    if (group_count(p) > 1 && !read_head(p, number, &head))
        return CLUS_E_CORRUPT;
    if (number > 0 && !read_head(p, number - 1, &before))
        return CLUS_E_CORRUPT;
    uint32_t n = group_size(p, number);
    uint64_t at = s->place.post + s->blocks_len +
                  clus__group_bytes(number * GROUP_BLOCKS, has_positions(s));
    const uint8_t *bytes = s->read(s->post_stream, s->txn, at,
                                   clus__group_bytes(n, has_positions(s)), g->room);
    if (!bytes)
        return CLUS_E_CORRUPT;
    g->n = n;
    g->first = number > 0 ? before.last + 1 : 0;
    g->post = head.post;
    g->pos = head.pos;
    g->last = bytes;
    g->post_end = g->last + (size_t)n * 4;
    g->pos_end = g->post_end + (size_t)n * 4;
    g->max = has_positions(s) ? g->pos_end + (size_t)n * 4 : g->pos_end;
    g->number = number;
    return CLUS_OK;
}

/* First block >= from of a group with last document >= target, or its n. */
static uint32_t find_in_group(const struct block_group *g, uint32_t from, uint64_t target)
{
    uint32_t step = 1, low = from; /* blocks below `low` end before target */
    while (low + step <= g->n && clus__group_u32(g->last, low + step - 1) < target) {
        low += step;
        step *= 2;
    }
    uint32_t high = low + step - 1 < g->n ? low + step - 1 : g->n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (clus__group_u32(g->last, middle) < target)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* First group >= from with last document >= target; the number of groups if none. Only for
 * lists of several groups. */
static clus_status find_group(const struct postings *p, uint32_t from, uint64_t target,
                              uint32_t *found)
{
    uint32_t n = group_count(p), step = 1, low = from;
    struct group_head h;
    for (; low + step <= n; step *= 2) {
        if (!read_head(p, low + step - 1, &h))
            return CLUS_E_CORRUPT;
        if (h.last >= target)
            break;
        low += step;
    }
    uint32_t high = low + step - 1 < n ? low + step - 1 : n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (!read_head(p, middle, &h))
            return CLUS_E_CORRUPT;
        if (h.last < target)
            low = middle + 1;
        else
            high = middle;
    }
    *found = low;
    return CLUS_OK;
}

/* Of block i of a group. */
static bool extent_of(const struct postings *p, const struct block_group *g, uint32_t i,
                      struct block_extent *extent)
{
    const struct postings_state *s = p->state;
    uint32_t number = g->number * GROUP_BLOCKS + i;
    uint32_t begin = i > 0 ? clus__group_u32(g->post_end, i - 1) : 0;
    uint32_t end = clus__group_u32(g->post_end, i);
    extent->at = s->place.post + g->post + begin;
    extent->len = end - begin;
    extent->n = number + 1 < p->n_blocks ? BLOCK_DOCS : p->df - number * BLOCK_DOCS;
    return end >= begin && end - begin <= BLOCK_MAX_BYTES && end <= s->blocks_len - g->post;
}

/* Make block i of the current group the current block. */
static clus_status enter_block(struct postings *p, uint32_t i)
{
    struct postings_state *s = p->state;
    const struct block_group *g = &s->groups[s->group];
    uint32_t first = i > 0 ? clus__group_u32(g->last, i - 1) + 1 : g->first;
    uint32_t last = clus__group_u32(g->last, i);
    uint32_t number = g->number * GROUP_BLOCKS + i;
    struct block_extent extent;
    if (!extent_of(p, g, i, &extent) || last >= p->ndocs || last < first ||
        last - first + 1 < extent.n)
        return CLUS_E_CORRUPT;
    s->block_at = extent.at;
    s->block_len = extent.len;
    if (has_positions(s)) {
        uint64_t base = s->place.pos + g->pos;
        s->positions.at = base + (i > 0 ? clus__group_u32(g->pos_end, i - 1) : 0);
        s->positions.end = base + clus__group_u32(g->pos_end, i);
    }
    p->block = number;
    p->block_first = first;
    p->block_last = last;
    p->block_max = g->max[i];
    p->n = extent.n;
    return CLUS_OK;
}

static clus_status seek_long(struct postings *p, uint64_t target)
{
    struct postings_state *s = p->state;
    struct block_group *g = &s->groups[s->group];
    uint32_t from = s->at == CURSOR_ON ? p->block % GROUP_BLOCKS + 1 : 0;
    clus_status st;
    if (g->number == UINT32_MAX && (st = load_group(p, 0, g)) != CLUS_OK)
        return st;
    uint32_t i = find_in_group(g, from, target);
    if (i == g->n && g->number + 1 < group_count(p)) {
        uint32_t number;
        if ((st = find_group(p, g->number + 1, target, &number)) != CLUS_OK)
            return st;
        if (number == group_count(p))
            return CLUS_DONE;
        if (s->groups[!s->group].number == number)
            s->group = !s->group;
        else if ((st = load_group(p, number, g)) != CLUS_OK)
            return st;
        g = &s->groups[s->group];
        i = find_in_group(g, 0, target);
        if (i == g->n)
            return CLUS_E_CORRUPT; /* contradicts the super directory */
    }
    return i == g->n ? CLUS_DONE : enter_block(p, i);
}

/* A list of one block, whose extent only its documents tell. */
static clus_status enter_short(struct postings *p)
{
    struct postings_state *s = p->state;
    p->block = 0;
    p->block_first = 0;
    p->block_max = s->max_impact;
    p->n = p->df;
    s->block_at = s->place.post;
    s->block_len = (uint32_t)s->place.post_len;
    s->positions.at = s->place.pos;
    s->positions.end = UINT64_MAX;
    clus_status st = (s->place.kind & LIST_FORM) == LIST_INLINE
                         ? clus__inline_decode(p)
                         : clus__block_docs(p, false);
    if (st == CLUS_OK)
        p->block_last = p->docs[p->n - 1];
    return st;
}

static void leave_block(struct postings *p)
{
    struct postings_state *s = p->state;
    p->have_docs = p->have_tfs = s->positions.open = false;
    s->have_lanes = false;
    s->tfs_at = 0;
    s->block = NULL;
}

static clus_status move(struct postings *p, uint64_t target)
{
    struct postings_state *s = p->state;
    leave_block(p);
    if ((s->place.kind & LIST_FORM) == LIST_LONG)
        return seek_long(p, target);
    if (s->at == CURSOR_ON)
        return CLUS_DONE;
    clus_status st = enter_short(p);
    return st == CLUS_OK && target > p->block_last ? CLUS_DONE : st;
}

clus_status clus__postings_seek_block(struct postings *p, uint64_t target)
{
    struct postings_state *s = p->state;
    if (s->at == CURSOR_ON && target <= p->block_last)
        return CLUS_OK;
    if (s->at == CURSOR_AFTER)
        return CLUS_DONE;
    clus_status st = move(p, target);
    s->at = st == CLUS_OK ? CURSOR_ON : CURSOR_AFTER;
    if (st != CLUS_OK)
        p->n = 0;
    return st;
}

clus_status clus__postings_go_to(struct postings *p, uint32_t block)
{
    struct postings_state *s = p->state;
    struct block_group *g = &s->groups[s->group];
    clus_status st = CLUS_OK;
    if (s->at == CURSOR_ON && p->block == block)
        return CLUS_OK;
    leave_block(p);
    if ((s->place.kind & LIST_FORM) != LIST_LONG) {
        st = enter_short(p);
    } else {
        if (g->number != block / GROUP_BLOCKS)
            st = load_group(p, block / GROUP_BLOCKS, g);
        if (st == CLUS_OK)
            st = enter_block(p, block % GROUP_BLOCKS);
    }
    s->at = st == CLUS_OK ? CURSOR_ON : CURSOR_AFTER;
    if (st != CLUS_OK)
        p->n = 0;
    return st;
}

clus_status clus__postings_docs(struct postings *p)
{
    return p->have_docs ? CLUS_OK : clus__block_docs(p, true);
}

clus_status clus__postings_tfs(struct postings *p)
{
    if (p->have_tfs)
        return CLUS_OK;
    /* These know where the next column begins. */
    clus_status st = p->state->tfs_at > 0 ? CLUS_OK : clus__postings_docs(p);
    return st == CLUS_OK ? clus__block_tfs(p) : st;
}

/* ---- bounds ahead ---- */

/* Bound over blocks >= i of a group that begin at or before `to`; *end tells whether the
 * answer cannot be changed by the next group. */
static uint8_t max_in_group(const struct block_group *g, uint32_t i, uint32_t to, bool *end)
{
    uint8_t max = 0;
    for (; i < g->n; i++) {
        if (g->max[i] > max)
            max = g->max[i];
        if (clus__group_u32(g->last, i) >= to) {
            *end = true;
            break;
        }
    }
    return max;
}

/* The group in either slot, else loaded into the one for looking ahead. */
static clus_status look_at_group(const struct postings *p, uint32_t number,
                                 struct block_group **out)
{
    struct postings_state *s = p->state;
    struct block_group *here = &s->groups[s->group], *ahead = &s->groups[!s->group];
    *out = here->number == number ? here : ahead;
    return (*out)->number == number ? CLUS_OK : load_group(p, number, ahead);
}

clus_status clus__block_extent(const struct postings *p, uint32_t block,
                               struct block_extent *extent)
{
    struct block_group *g;
    clus_status st = look_at_group(p, block / GROUP_BLOCKS, &g);
    if (st != CLUS_OK)
        return st;
    return extent_of(p, g, block % GROUP_BLOCKS, extent) ? CLUS_OK : CLUS_E_CORRUPT;
}

static clus_status max_long(struct postings *p, uint32_t from, uint32_t to, uint8_t *max)
{
    struct postings_state *s = p->state;
    struct block_group *g = &s->groups[s->group];
    clus_status st;
    if (g->number == UINT32_MAX && (st = load_group(p, 0, g)) != CLUS_OK)
        return st;
    uint32_t i = find_in_group(g, s->at == CURSOR_ON ? p->block % GROUP_BLOCKS : 0, from);
    uint32_t number = g->number, n = group_count(p);
    bool end = false;
    uint8_t best = max_in_group(g, i, to, &end);
    if (i == g->n && number + 1 < n) { /* begins in a later group */
        if ((st = find_group(p, number + 1, from, &number)) != CLUS_OK)
            return st;
        if (number < n) {
            if ((st = look_at_group(p, number, &g)) != CLUS_OK)
                return st;
            best = max_in_group(g, find_in_group(g, 0, from), to, &end);
        }
    }
    for (number++; number < n && !end; number++) {
        struct group_head h;
        if (!read_head(p, number, &h))
            return CLUS_E_CORRUPT;
        uint8_t bound = h.max;
        if (h.last >= to) { /* only a part of it counts */
            if ((st = look_at_group(p, number, &g)) != CLUS_OK)
                return st;
            bound = max_in_group(g, 0, to, &end);
            end = true;
        }
        if (bound > best)
            best = bound;
    }
    *max = best;
    return CLUS_OK;
}

clus_status clus__postings_max(struct postings *p, uint32_t from, uint32_t to, uint8_t *max)
{
    struct postings_state *s = p->state;
    if (s->at == CURSOR_AFTER) {
        *max = 0;
        return CLUS_OK;
    }
    if ((s->place.kind & LIST_FORM) == LIST_LONG)
        return max_long(p, from, to, max);
    bool past = s->at == CURSOR_ON && from > p->block_last;
    *max = past ? 0 : s->max_impact;
    return CLUS_OK;
}
