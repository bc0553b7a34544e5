/* Walking the keys of a segment in order. */
#include <string.h>

#include "base/alloc.h"
#include "index/dict_letters.h"

struct term_walk {
    const struct segment *seg;
    struct store_txn *txn;
    uint32_t next_block; /* to load when `block` is used up */
    struct dict_block block;
    struct bytes strings; /* of keys not yet taken */
    uint32_t n_taken;     /* keys taken of the block; `block.at` lags behind it */
    bool ahead;           /* the key taken last has not been given out */
    size_t shared;        /* bytes of it that the key before has, too */
    struct dict_entry entry;
    uint8_t key[KEY_MAX], stem[DICT_TEXT_MAX];
    size_t key_len;
};

static clus_status next_block(struct term_walk *w)
{
    if (w->next_block >= clus__dict_blocks(w->seg))
        return CLUS_DONE;
    clus_status st = clus__dict_load(w->seg, w->txn, w->next_block, &w->block);
    if (st != CLUS_OK)
        return st;
    w->next_block++;
    w->strings = w->block.strings;
    w->n_taken = 0;
    w->key[0] = w->block.kind;
    w->key_len = 1;
    return CLUS_OK;
}

/* Take the next key. */
static clus_status take(struct term_walk *w)
{
    clus_status st;
    if (w->n_taken == w->block.n && (st = next_block(w)) != CLUS_OK)
        return st;
    struct dict_string s;
    struct bytes first = w->block.first;
    if (w->n_taken % DICT_GROUP_KEYS == 0) {
        memcpy(w->key + 1, first.data, first.len);
        w->key_len = 1 + first.len;
    }
    size_t len = w->key_len - 1;
    if (!clus__dict_string(&w->strings, &s) || !clus__dict_put(&s, w->key + 1, &len))
        return CLUS_E_CORRUPT;
    w->key_len = 1 + len;
    w->shared = w->n_taken > 0 ? 1 + s.shared : 0;
    w->n_taken++;
    return CLUS_OK;
}

/* How many bytes the key taken last shares with `text`. */
static size_t common(const struct term_walk *w, struct bytes text)
{
    size_t n = w->key_len < text.len ? w->key_len : text.len, i = 0;
    while (i < n && w->key[i] == text.data[i])
        i++;
    return i;
}

/* Take keys until one is not below `from`; the key taken last, if any, is. One that shares
 * more with the key before than that does with `from` is below it, too. */
static clus_status take_until(struct term_walk *w, struct bytes from)
{
    size_t match = w->n_taken > 0 ? common(w, from) : 0;
    for (;;) {
        clus_status st = take(w);
        if (st != CLUS_OK)
            return st == CLUS_DONE ? CLUS_OK : st; /* the next step will say so */
        if (w->shared > match)
            continue;
        match = common(w, from);
        if (match == from.len || (match < w->key_len && w->key[match] > from.data[match])) {
            w->ahead = true;
            w->shared = 0;
            return CLUS_OK;
        }
    }
}

/* In the block at hand, go to the group that `from` lies in, unless it is behind. */
static clus_status skip_groups(struct term_walk *w, struct bytes from)
{
    uint32_t place;
    struct bytes strings, first = w->block.first;
    if (w->block.n == 0 || from.len == 0 || from.data[0] != w->block.kind)
        return CLUS_OK;
    clus_status st = clus__dict_group(
        &w->block, (struct bytes){from.data + 1, from.len - 1}, &place, &strings);
    if (st != CLUS_OK || place <= w->n_taken)
        return st;
    memcpy(w->key + 1, first.data, first.len); /* what the group's first is told from */
    w->key_len = 1 + first.len;
    w->strings = strings;
    w->n_taken = place;
    return CLUS_OK;
}

static clus_status move_to(struct term_walk *w, struct bytes from)
{
    uint32_t block;
    bool here = w->n_taken > 0 && clus__dict_ends_above(w->seg, w->next_block - 1, from);
    clus_status st = here ? CLUS_OK : clus__dict_locate(w->seg, w->txn, from, &block);
    if (st == CLUS_OK && !here && block >= w->next_block) {
        w->next_block = block;
        st = next_block(w);
    }
    if (st == CLUS_OK)
        st = skip_groups(w, from);
    return st == CLUS_OK ? take_until(w, from) : st == CLUS_DONE ? CLUS_OK : st;
}

clus_status clus__term_walk_new(const struct segment *seg, struct store_txn *txn,
                                struct bytes from, struct term_walk **out)
{
    struct term_walk *w = clus__malloc(sizeof *w);
    if (!w)
        return CLUS_E_NOMEM;
    w->seg = seg;
    w->txn = txn;
    w->next_block = 0;
    w->block.at = w->block.n = w->n_taken = 0;
    w->ahead = false;
    clus_status st = from.len > 0 ? move_to(w, from) : CLUS_OK;
    if (st != CLUS_OK) {
        clus__free(w);
        return st;
    }
    *out = w;
    return CLUS_OK;
}

clus_status clus__term_walk_seek(struct term_walk *w, struct bytes from)
{
    bool behind =
        w->n_taken > 0 && clus__bytes_cmp((struct bytes){w->key, w->key_len}, from) >= 0;
    w->ahead = behind;
    w->shared = 0;
    return behind ? CLUS_OK : move_to(w, from);
}

clus_status clus__term_walk_step(struct term_walk *walk, struct bytes *key, size_t *shared)
{
    clus_status st = walk->ahead ? CLUS_OK : take(walk);
    if (st != CLUS_OK)
        return st;
    walk->ahead = false;
    *key = (struct bytes){walk->key, walk->key_len};
    *shared = walk->shared;
    return CLUS_OK;
}

/* Step over strings that share at least `text` bytes with the one before, up to key `end`.
 * What the next one shares is in w->key then, too. */
static uint32_t pass_strings(struct term_walk *w, size_t text, uint32_t end)
{
    const uint8_t *p = w->strings.data, *stop = p + w->strings.len;
    uint32_t n = w->n_taken;
    for (; n < end && p < stop; n++) {
        const bool longer = *p >> 3 == DICT_SHARED_ESCAPE;
        if (longer && stop - p < 3)
            break;
        const size_t shared = longer ? p[1] : *p >> 3;
        const size_t size = longer ? 3u + p[2] : (*p & 7u) + 2;
        if (shared < text || size > (size_t)(stop - p))
            break;
        p += size;
    }
    w->strings = (struct bytes){p, (size_t)(stop - p)};
    return n;
}

uint32_t clus__term_walk_pass(struct term_walk *w, size_t len)
{
    const uint32_t groups = (w->n_taken + DICT_GROUP_KEYS - 1) / DICT_GROUP_KEYS;
    const uint32_t end = groups * DICT_GROUP_KEYS, was = w->n_taken;
    if (len > 1 && !w->ahead)
        w->n_taken = pass_strings(w, len - 1, end < w->block.n ? end : w->block.n);
    return w->n_taken - was;
}

struct term_at clus__term_walk_at(const struct term_walk *walk)
{
    return (struct term_at){walk->next_block - 1, walk->n_taken - 1};
}

clus_status clus__term_walk_read(struct term_walk *walk, struct bytes *stem,
                                 struct term_info *info)
{
    clus_status st = CLUS_OK;
    size_t stem_len = 0;
    if (walk->block.at < walk->n_taken) {
        st = clus__dict_seek(&walk->block, walk->n_taken - 1);
        if (st == CLUS_OK)
            st = clus__dict_entry(&walk->block, &walk->entry);
    }
    if (st == CLUS_OK && walk->key[0] == KEY_FORM)
        st = clus__dict_stem((struct bytes){walk->key + 1, walk->key_len - 1}, &walk->entry,
                             walk->stem, &stem_len);
    if (st != CLUS_OK)
        return st;
    clus__dict_info(&walk->entry, info);
    info->at = clus__term_walk_at(walk);
    *stem = (struct bytes){walk->stem, stem_len};
    return CLUS_OK;
}

clus_status clus__term_walk_next(struct term_walk *walk, struct bytes *key,
                                 struct bytes *stem, struct term_info *info)
{
    size_t shared;
    clus_status st = clus__term_walk_step(walk, key, &shared);
    return st == CLUS_OK ? clus__term_walk_read(walk, stem, info) : st;
}

void clus__term_walk_free(struct term_walk *walk)
{
    clus__free(walk);
}
