/* Walking the keys of a segment in order. */
#include <string.h>

#include "base/alloc.h"
#include "index/dict.h"

struct term_walk {
    const struct segment *seg;
    struct store_txn *txn;
    uint32_t next_block; /* to load when `block` is used up */
    struct dict_block block;
    struct bytes strings; /* of keys not yet taken */
    uint32_t place;       /* of the key taken last */
    bool ahead;           /* the key taken last has not been given out */
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
    w->key[0] = w->block.kind;
    w->key_len = 1;
    return CLUS_OK;
}

/* Take the next key and what is stored about it. */
static clus_status take(struct term_walk *w)
{
    clus_status st;
    if (w->block.at == w->block.n && (st = next_block(w)) != CLUS_OK)
        return st;
    uint32_t shared;
    struct bytes rest;
    w->place = w->block.at;
    if (!clus__dict_string(&w->strings, &shared, &rest) || shared > w->key_len - 1 ||
        shared + rest.len > DICT_TEXT_MAX)
        return CLUS_E_CORRUPT;
    memcpy(w->key + 1 + shared, rest.data, rest.len);
    w->key_len = 1 + shared + rest.len;
    return clus__dict_entry(&w->block, &w->entry);
}

static clus_status move_to(struct term_walk *w, struct bytes from)
{
    clus_status st = clus__dict_locate(w->seg, w->txn, from, &w->next_block);
    while (st == CLUS_OK) {
        st = take(w);
        if (st == CLUS_OK &&
            clus__bytes_cmp((struct bytes){w->key, w->key_len}, from) >= 0) {
            w->ahead = true;
            break;
        }
    }
    return st == CLUS_DONE ? CLUS_OK : st; /* next() will say so */
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
    w->block.at = w->block.n = 0;
    w->ahead = false;
    clus_status st = from.len > 0 ? move_to(w, from) : CLUS_OK;
    if (st != CLUS_OK) {
        clus__free(w);
        return st;
    }
    *out = w;
    return CLUS_OK;
}

clus_status clus__term_walk_next(struct term_walk *walk, struct bytes *key,
                                 struct bytes *stem, struct term_info *info)
{
    clus_status st = walk->ahead ? CLUS_OK : take(walk);
    size_t stem_len = 0;
    if (st == CLUS_OK && walk->key[0] == KEY_FORM)
        st = clus__dict_stem((struct bytes){walk->key + 1, walk->key_len - 1}, &walk->entry,
                             walk->stem, &stem_len);
    if (st != CLUS_OK)
        return st;
    walk->ahead = false;
    clus__dict_info(&walk->entry, info);
    if (info->alias) { /* for clus__segment_postings() to follow */
        info->place.post = walk->next_block - 1;
        info->place.pos = walk->place;
    }
    *key = (struct bytes){walk->key, walk->key_len};
    *stem = (struct bytes){walk->stem, stem_len};
    return CLUS_OK;
}

void clus__term_walk_free(struct term_walk *walk)
{
    clus__free(walk);
}
