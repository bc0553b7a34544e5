/* Walk the dictionaries from the pattern's fixed beginning and keep what matches. */
#include "search/expand.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/glob.h"
#include "base/sort.h"
#include "base/utf8.h"

enum {
    POOL_MAX = 65536,
    DF_BITS = 32,
    RANK_PLACE_BITS = 17, /* places of the pool and one bit */
    INFOS_KEPT = 2048 /* of so many keys: few patterns match more, and no plan takes more */
};

static struct bytes rest(struct bytes b, size_t n)
{
    return (struct bytes){b.data + n, b.len - n};
}

/* What the walk has found so far, in a growing array of its own; that of one segment is in
 * order of text. */
struct pool {
    struct expanded *items;
    size_t n, cap;
    uint32_t limit;
    bool cut;
    uint64_t steps; /* keys looked at */
    struct arena *arena;
};

static int by_text(const void *a, const void *b)
{
    const struct expanded *x = a, *y = b;
    return clus__bytes_cmp(x->text, y->text);
}

/* The nearest, then the most frequent, then the first has the least. */
static uint64_t rank_of(const struct expanded *item, size_t place)
{
    const uint64_t most = UINT32_MAX, df = item->df < most ? item->df : most;
    return ((uint64_t)item->distance << DF_BITS | (most - df)) << RANK_PLACE_BITS | place;
}

static void join(struct expanded *into, const struct expanded *same)
{
    struct met_in *last = same->met;
    into->df += same->df;
    while (last->next)
        last = last->next;
    last->next = into->met;
    into->met = same->met;
}

static bool is_ascending(const struct pool *pool)
{
    for (size_t i = 1; i < pool->n; i++)
        if (by_text(&pool->items[i - 1], &pool->items[i]) >= 0)
            return false;
    return true;
}

/* One entry a text, its frequencies summed over segments. */
static void merge_equal(struct pool *pool)
{
    size_t n = 0;
    if (pool->n == 0 || is_ascending(pool))
        return;
    qsort(pool->items, pool->n, sizeof *pool->items, by_text);
    for (size_t i = 1; i < pool->n; i++) {
        if (by_text(&pool->items[n], &pool->items[i]) == 0)
            join(&pool->items[n], &pool->items[i]);
        else
            pool->items[++n] = pool->items[i];
    }
    pool->n = n + 1;
}

/* Places of all, best first, with room for as many behind them; NULL for no memory. */
static uint64_t *places_by_rank(const struct pool *pool)
{
    uint64_t *places = clus__malloc((2 * pool->n + 1) * sizeof *places);
    if (!places)
        return NULL;
    for (size_t i = 0; i < pool->n; i++)
        places[i] = rank_of(&pool->items[i], i);
    clus__sort_u64(places, (uint32_t)pool->n, places + pool->n);
    for (size_t i = 0; i < pool->n; i++)
        places[i] &= (1 << RANK_PLACE_BITS) - 1;
    return places;
}

/* Keep the best half of a full pool, in the order it has. */
static clus_status prune(struct pool *pool)
{
    enum { KEPT = POOL_MAX / 2 };
    merge_equal(pool);
    if (pool->n <= KEPT)
        return CLUS_OK;
    uint64_t *places = places_by_rank(pool);
    if (!places)
        return CLUS_E_NOMEM;
    clus__sort_u64(places, KEPT, places + pool->n);
    for (size_t i = 0; i < KEPT; i++)
        pool->items[i] = pool->items[places[i]];
    clus__free(places);
    pool->n = KEPT;
    pool->cut = true;
    return CLUS_OK;
}

static clus_status copy_of(struct pool *pool, struct bytes text, struct bytes *out)
{
    uint8_t *copy = clus__arena_raw(pool->arena, text.len, 1);
    if (!copy)
        return CLUS_E_NOMEM;
    memcpy(copy, text.data, text.len);
    *out = (struct bytes){copy, text.len};
    return CLUS_OK;
}

static clus_status pool_add(struct pool *pool, const struct expanded *found)
{
    clus_status st = pool->n < POOL_MAX ? CLUS_OK : prune(pool);
    if (st == CLUS_OK)
        st = clus__grow(&pool->items, &pool->cap, pool->n + 1, sizeof *pool->items);
    if (st != CLUS_OK)
        return st;
    struct expanded *item = &pool->items[pool->n];
    *item = *found;
    st = copy_of(pool, found->text, &item->text);
    if (st == CLUS_OK && found->stem.len > 0)
        st = copy_of(pool, found->stem, &item->stem);
    pool->n += st == CLUS_OK;
    return st;
}

/* The beginning that every match shares: up to the first * or ?, or the first letter. */
static size_t fixed_len(const struct expansion_request *request)
{
    struct bytes p = request->pattern;
    size_t n = 0;
    if (request->regex)
        return p.len;
    if (request->distance > 0 && p.len > 0)
        (void)clus__code_at(p, 0, &n);
    if (request->distance > 0)
        return n;
    while (n < p.len && p.data[n] != '*' && p.data[n] != '?')
        n++;
    return n;
}

/* One walk over a segment. */
struct segment_search {
    const struct expansion_request *request;
    struct term_walk *walk;
    struct edit_walk *edits; /* NULL but for a fuzzy word */
    uint32_t segment;
    struct bytes prefix; /* of all keys that can match, with their kind */
    bool open;           /* and every key that begins so matches */
    uint32_t n_dead;     /* keys in a row that begin so that none can match */
    struct pool *pool;
};

/* Go on behind all keys that begin so. */
static clus_status jump(struct segment_search *s, struct bytes beginning)
{
    uint8_t next[KEY_MAX];
    size_t len = beginning.len;
    memcpy(next, beginning.data, len);
    while (len > 0 && next[len - 1] == 0xFF)
        len--;
    if (len == 0)
        return CLUS_DONE;
    next[len - 1]++;
    return clus__term_walk_seek(s->walk, (struct bytes){next, len});
}

/* Leave out keys that begin so and cannot match: those of a group are passed by at once,
 * and where there are many, a search for where to go on is faster. */
static clus_status pass_by(struct segment_search *s, struct bytes key, size_t dead,
                           bool again)
{
    enum { FEW = 32 };
    s->n_dead = again ? s->n_dead + 1 : 1;
    if (dead == 0)
        return CLUS_OK;
    s->n_dead += clus__term_walk_pass(s->walk, 1 + dead);
    return s->n_dead < FEW ? CLUS_OK : jump(s, (struct bytes){key.data, 1 + dead});
}

/* The place of a match, and what stands there unless that is known to be elsewhere. */
static clus_status note_place(const struct segment_search *s, const struct term_info *info,
                              struct met_in **out)
{
    struct met_in *met = clus__arena_raw(s->pool->arena, 1, sizeof *met);
    struct term_info *kept = NULL;
    if (met && s->pool->n < INFOS_KEPT && !info->alias)
        kept = clus__arena_raw(s->pool->arena, 1, sizeof *kept);
    if (!met)
        return CLUS_E_NOMEM;
    if (kept)
        *kept = *info;
    *met = (struct met_in){NULL, s->segment, clus__term_walk_at(s->walk), kept};
    *out = met;
    return CLUS_OK;
}

static clus_status take_match(struct segment_search *s, struct bytes text,
                              uint32_t distance)
{
    struct term_info info;
    struct expanded found = {.text = text, .distance = distance};
    clus_status st = clus__term_walk_read(s->walk, &found.stem, &info);
    if (st == CLUS_OK)
        st = note_place(s, &info, &found.met);
    found.df = info.df;
    return st == CLUS_OK ? pool_add(s->pool, &found) : st;
}

static clus_status consider(struct segment_search *s, struct bytes key, size_t shared)
{
    struct bytes text = rest(key, 1);
    struct regex *regex = s->request->regex;
    uint32_t distance = 0;
    shared -= shared > 0; /* the kind */
    if (!s->edits && !regex)
        return s->open || clus__glob_match(s->request->pattern, text)
                   ? take_match(s, text, 0)
                   : CLUS_OK;
    bool good = regex ? clus__regex_step(regex, text, shared)
                      : clus__edit_step(s->edits, text, shared, &distance);
    if (good)
        return take_match(s, text, distance);
    size_t dead = regex ? clus__regex_dead(regex) : clus__edit_dead(s->edits);
    return pass_by(s, key, dead, shared >= dead);
}

static clus_status walk_keys(struct segment_search *s)
{
    struct bytes key;
    size_t shared;
    clus_status st = CLUS_OK;
    while (st == CLUS_OK &&
           (st = clus__term_walk_step(s->walk, &key, &shared)) == CLUS_OK) {
        if (shared < s->prefix.len &&
            (key.len < s->prefix.len ||
             memcmp(key.data, s->prefix.data, s->prefix.len) != 0))
            break;
        if (++s->pool->steps > EXPAND_MAX_STEPS) {
            s->pool->cut = true;
            break;
        }
        st = consider(s, key, shared);
    }
    return st == CLUS_DONE ? CLUS_OK : st;
}

static clus_status walk_segment(const struct view *view, uint32_t segment,
                                const struct expansion_request *request, struct pool *pool)
{
    uint8_t from[KEY_MAX + 1] = {request->kind};
    size_t fixed = fixed_len(request);
    if (fixed > KEY_MAX - 1)
        return CLUS_OK;
    memcpy(from + 1, request->pattern.data, fixed);
    struct segment_search s = {
        .request = request, .segment = segment, .prefix = {from, 1 + fixed}, .pool = pool};
    clus_status st =
        clus__term_walk_new(view->segments[segment].seg, view->txn, s.prefix, &s.walk);
    if (st != CLUS_OK)
        return st == CLUS_DONE ? CLUS_OK : st;
    struct bytes left = rest(request->pattern, fixed);
    s.open =
        !request->regex && request->distance == 0 && left.len == 1 && left.data[0] == '*';
    if (request->regex)
        clus__regex_restart(request->regex);
    else if (request->distance > 0)
        st = clus__edit_walk_new(request->pattern, request->distance, &s.edits);
    if (st == CLUS_OK)
        st = walk_keys(&s);
    clus__edit_walk_free(s.edits);
    clus__term_walk_free(s.walk);
    return st;
}

/* The best of the pool, best first. */
static clus_status hand_over(struct pool *pool, struct expansion_list *out)
{
    merge_equal(pool);
    size_t n = pool->n < pool->limit ? pool->n : pool->limit;
    struct expanded *items = clus__arena_raw(pool->arena, n, sizeof *items);
    uint64_t *places = places_by_rank(pool);
    for (size_t i = 0; items && places && i < n; i++)
        items[i] = pool->items[places[i]];
    clus__free(places);
    if (!items || !places)
        return CLUS_E_NOMEM;
    *out = (struct expansion_list){items, n, pool->cut || n < pool->n};
    return CLUS_OK;
}

/* Those of some texts that a segment has. */
static clus_status look_up_segment(const struct view *view, uint32_t segment,
                                   const struct expansion_texts *texts, struct pool *pool)
{
    struct segment_search s = {.walk = NULL, .segment = segment, .pool = pool};
    uint8_t wanted[KEY_MAX] = {texts->kind};
    struct bytes key;
    size_t shared;
    clus_status st = clus__term_walk_new(view->segments[segment].seg, view->txn,
                                         (struct bytes){NULL, 0}, &s.walk);
    for (size_t i = 0; st == CLUS_OK && i < texts->n; i++) {
        struct bytes text = texts->items[i];
        if (text.len > KEY_MAX - 1)
            continue;
        memcpy(wanted + 1, text.data, text.len);
        st = clus__term_walk_seek(s.walk, (struct bytes){wanted, 1 + text.len});
        if (st == CLUS_OK)
            st = clus__term_walk_step(s.walk, &key, &shared);
        if (st == CLUS_OK && key.data[0] == texts->kind &&
            clus__bytes_cmp(rest(key, 1), text) == 0)
            st = take_match(&s, text, texts->distance);
    }
    clus__term_walk_free(s.walk);
    return st == CLUS_DONE ? CLUS_OK : st;
}

static clus_status finish(struct pool *pool, clus_status st, struct expansion_list *out)
{
    if (st == CLUS_OK)
        st = hand_over(pool, out);
    clus__free(pool->items);
    return st;
}

clus_status clus__expand(struct view *view, const struct expansion_request *request,
                         struct arena *arena, struct expansion_list *out)
{
    struct pool pool = {.limit = request->limit, .arena = arena};
    clus_status st = CLUS_OK;
    for (uint32_t s = 0; st == CLUS_OK && s < view->n_segments; s++)
        st = walk_segment(view, s, request, &pool);
    return finish(&pool, st, out);
}

clus_status clus__expand_texts(struct view *view, const struct expansion_texts *texts,
                               struct arena *arena, struct expansion_list *out)
{
    struct pool pool = {.limit = UINT32_MAX, .arena = arena};
    clus_status st = CLUS_OK;
    for (uint32_t s = 0; st == CLUS_OK && s < view->n_segments; s++)
        st = look_up_segment(view, s, texts, &pool);
    return finish(&pool, st, out);
}
