/* Stems' entries in the dictionary for one form after the other, a block kept open. */
#include <string.h>

#include "base/alloc.h"
#include "index/dict.h"

struct stem_finder {
    const struct segment *seg;
    struct store_txn *txn;
    uint32_t number; /* of the block; UINT32_MAX: none */
    struct dict_block block;
    /* the key asked for last and the answer: several forms of a stem stand side by side */
    uint8_t key[KEY_MAX];
    size_t key_len; /* 0: none */
    clus_status found;
    struct term_info info;
};

clus_status clus__stem_finder_new(const struct segment *seg, struct store_txn *txn,
                                  struct stem_finder **out)
{
    struct stem_finder *f = clus__malloc(sizeof *f);
    if (!f)
        return CLUS_E_NOMEM;
    f->seg = seg;
    f->txn = txn;
    f->number = UINT32_MAX;
    f->key_len = 0;
    *out = f;
    return CLUS_OK;
}

void clus__stem_finder_free(struct stem_finder *f)
{
    clus__free(f);
}

/* Have the block open in which the key would be. */
static clus_status open_block(struct stem_finder *f, struct bytes key)
{
    uint32_t number;
    if (f->number != UINT32_MAX && f->block.kind == key.data[0] &&
        clus__bytes_cmp(f->block.first, (struct bytes){key.data + 1, key.len - 1}) <= 0 &&
        clus__dict_ends_above(f->seg, f->number, key))
        return CLUS_OK;
    clus_status st = clus__dict_locate(f->seg, f->txn, key, &number);
    if (st != CLUS_OK || number == f->number)
        return st;
    f->number = UINT32_MAX; /* until it is whole */
    st = clus__dict_load(f->seg, f->txn, number, &f->block);
    if (st == CLUS_OK)
        f->number = number;
    return st;
}

/* Look for the key of a stem; `text` is what is behind its kind. */
static clus_status look_up(struct stem_finder *f, struct bytes key, struct bytes stem)
{
    struct dict_entry e;
    struct dict_text text;
    uint32_t place;
    clus__dict_code_text(stem, &text);
    clus_status st = open_block(f, key);
    if (st == CLUS_OK)
        st = f->block.kind == KEY_STEM ? clus__dict_search(&f->block, &text, &place)
                                       : CLUS_DONE;
    if (st != CLUS_OK)
        return st;
    if (place < f->block.at)
        clus__dict_rewind(&f->block);
    st = clus__dict_seek(&f->block, place);
    if (st == CLUS_OK)
        st = clus__dict_entry(&f->block, &e);
    if (st == CLUS_OK)
        clus__dict_info(&e, &f->info);
    return st;
}

clus_status clus__stem_finder_find(struct stem_finder *f, struct bytes stem,
                                   struct term_info *out)
{
    if (stem.len > DICT_TEXT_MAX || clus__dict_blocks(f->seg) == 0)
        return CLUS_DONE;
    if (f->key_len != 1 + stem.len ||
        (stem.len > 0 && memcmp(f->key + 1, stem.data, stem.len) != 0)) {
        f->key_len = 0; /* until the answer is there */
        f->key[0] = KEY_STEM;
        if (stem.len > 0)
            memcpy(f->key + 1, stem.data, stem.len);
        f->found = look_up(f, (struct bytes){f->key, 1 + stem.len}, stem);
        if (f->found < 0)
            return f->found;
        f->key_len = 1 + stem.len;
    }
    if (f->found == CLUS_OK)
        *out = f->info;
    return f->found;
}
