/* Reading a segment: finding a key, opening its list. */
#include "index/segment.h"

#include <string.h>

#include "index/dict.h"

/* Store streams as the codec reads them. */
static const uint8_t *read_stream(const void *stream, void *txn, uint64_t off, size_t len,
                                  uint8_t *scratch)
{
    return clus__stream_read(stream, txn, off, len, scratch);
}

/* What is stored about the key at a place. */
static clus_status entry_at(const struct segment *seg, struct store_txn *txn,
                            struct term_at at, struct dict_entry *e, struct dict_block *b)
{
    clus_status st = at.block < clus__dict_blocks(seg) ? CLUS_OK : CLUS_E_CORRUPT;
    if (st == CLUS_OK)
        st = clus__dict_load(seg, txn, at.block, b);
    if (st == CLUS_OK)
        st = clus__dict_seek(b, at.place);
    return st == CLUS_OK ? clus__dict_entry(b, e) : st;
}

/* What is stored about one key, without following an alias, and where. */
static clus_status find_entry(const struct segment *seg, struct store_txn *txn,
                              struct bytes key, struct dict_entry *e, struct dict_block *b,
                              struct term_at *at)
{
    if (clus__dict_blocks(seg) == 0 || key.len == 0 || key.len > KEY_MAX)
        return CLUS_DONE;
    struct dict_text text;
    clus_status st = clus__dict_locate(seg, txn, key, &at->block);
    if (st == CLUS_OK)
        st = clus__dict_ask(seg, txn, at->block, b);
    clus__dict_code_text((struct bytes){key.data + 1, key.len - 1}, &text);
    if (st == CLUS_OK)
        st = clus__dict_split(seg, at->block, b);
    if (st != CLUS_OK)
        return st;
    if (b->kind != key.data[0])
        return CLUS_DONE;
    st = clus__dict_search(b, &text, &at->place);
    if (st == CLUS_OK)
        st = clus__dict_seek(b, at->place);
    return st == CLUS_OK ? clus__dict_entry(b, e) : st;
}

/* The stem of a form, which has to be there. */
static clus_status find_stem(const struct segment *seg, struct store_txn *txn,
                             struct bytes form, const struct dict_entry *e,
                             struct term_info *out)
{
    uint8_t key[KEY_MAX] = {KEY_STEM};
    size_t len;
    struct dict_entry stem; /* not an alias: only forms are */
    struct dict_block b;
    clus_status st = clus__dict_stem(form, e, key + 1, &len);
    if (st == CLUS_OK)
        st = find_entry(seg, txn, (struct bytes){key, len + 1}, &stem, &b, &out->at);
    if (st == CLUS_OK)
        clus__dict_info(&stem, out);
    return st == CLUS_DONE ? CLUS_E_CORRUPT : st;
}

/* The stem's list in place of an alias. */
static clus_status follow_alias(const struct segment *seg, struct store_txn *txn,
                                struct bytes form, const struct dict_entry *alias,
                                struct term_info *out)
{
    struct term_info stem;
    clus_status st = find_stem(seg, txn, form, alias, &stem);
    if (st == CLUS_OK && stem.df != alias->df)
        st = CLUS_E_CORRUPT;
    if (st != CLUS_OK)
        return st;
    *out = stem;
    out->alias = true;
    return CLUS_OK;
}

clus_status clus__segment_find(const struct segment *seg, struct store_txn *txn,
                               struct bytes key, struct term_info *out)
{
    struct dict_entry e;
    struct dict_block b;
    struct term_at at;
    clus_status st = find_entry(seg, txn, key, &e, &b, &at);
    if (st == CLUS_OK && clus__dict_is_alias(&e))
        return follow_alias(seg, txn, (struct bytes){key.data + 1, key.len - 1}, &e, out);
    if (st == CLUS_OK) {
        clus__dict_info(&e, out);
        out->at = at;
    }
    return st;
}

clus_status clus__segment_at(const struct segment *seg, struct store_txn *txn,
                             struct term_at at, struct term_info *out)
{
    struct dict_block b;
    struct dict_entry e;
    uint8_t form[DICT_TEXT_MAX];
    size_t len;
    clus_status st = entry_at(seg, txn, at, &e, &b);
    if (st == CLUS_OK && clus__dict_is_alias(&e)) {
        st = clus__dict_text(&b, at.place, form, &len);
        return st == CLUS_OK ? follow_alias(seg, txn, (struct bytes){form, len}, &e, out)
                             : st;
    }
    if (st == CLUS_OK) {
        clus__dict_info(&e, out);
        out->at = at;
    }
    return st;
}

/* An alias met on a walk. */
static clus_status find_alias(const struct segment *seg, struct store_txn *txn,
                              struct term_at at, struct term_info *out)
{
    clus_status st = clus__segment_at(seg, txn, at, out);
    return st == CLUS_OK && !out->alias ? CLUS_E_CORRUPT : st;
}

/* ---- lists ---- */

static struct postings_source source_of(const struct segment *seg, struct store_txn *txn,
                                        const struct term_info *info, struct arena *arena)
{
    return (struct postings_source){
        .post_stream = &seg->streams[SEG_POST],
        .pos_stream = &seg->streams[SEG_POS],
        .txn = txn,
        .read = read_stream,
        .df = info->df,
        .ndocs = seg->ndocs,
        .max_impact = info->max_impact,
        .place = &info->place,
        .arena = arena,
    };
}

/* The list of the stem of the form at a place, for the cursor over that of the form. */
static clus_status open_stem(const void *dictionary, void *txn, uint64_t key_at,
                             struct arena *arena, struct postings *out)
{
    const struct segment *seg = dictionary;
    const struct term_at at = {(uint32_t)(key_at >> 32), (uint32_t)key_at};
    struct dict_block b;
    struct dict_entry e;
    struct term_info stem;
    uint8_t form[DICT_TEXT_MAX];
    size_t len;
    clus_status st = entry_at(seg, txn, at, &e, &b);
    if (st == CLUS_OK && b.kind != KEY_FORM)
        st = CLUS_E_CORRUPT; /* others have none */
    if (st == CLUS_OK)
        st = clus__dict_text(&b, at.place, form, &len);
    if (st == CLUS_OK)
        st = find_stem(seg, txn, (struct bytes){form, len}, &e, &stem);
    if (st != CLUS_OK)
        return st;
    struct postings_source source = source_of(seg, txn, &stem, arena);
    return clus__postings_open(&source, out);
}

void clus__segment_ahead(const struct segment *seg, const struct term_info *info)
{
    enum { FIRST_BLOCK = 256 };
    uint64_t at;
    size_t len = clus__postings_head(&info->place, info->df, &at);
    if (len > 0)
        clus__stream_prefetch(&seg->streams[SEG_POST], at, len);
    if (len > 0 && at != info->place.post)
        clus__stream_prefetch(&seg->streams[SEG_POST], info->place.post, FIRST_BLOCK);
}

clus_status clus__segment_postings(const struct segment *seg, struct store_txn *txn,
                                   const struct term_info *info, struct arena *arena,
                                   struct postings *out)
{
    struct term_info found;
    if ((info->place.kind & 3) == LIST_ALIAS) {
        clus_status st = find_alias(seg, txn, info->at, &found);
        if (st != CLUS_OK)
            return st;
        info = &found;
    }
    struct postings_source source = source_of(seg, txn, info, arena);
    source.open_parent = open_stem;
    source.dictionary = seg;
    source.key_at = (uint64_t)info->at.block << 32 | info->at.place;
    return clus__postings_open(&source, out);
}
