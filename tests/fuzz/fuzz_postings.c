/*
 * A posting list of any bytes: whatever it says, documents ascend below ndocs, frequencies
 * are at least 1, positions ascend, and nothing outside the bytes is read.
 *
 * Input: kind, inline_len, u16 bytes of the postings stream, u32 df, u32 ndocs, u32 df of
 * the parent, then either the inline bytes or both streams. The parent's list, in which
 * blocks may hold ordinals, is in the place of the positions.
 */
#include <stdlib.h>
#include <string.h>

#include "base/le.h"
#include "codec/postings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEAD = 16, SLOW_TF = 20000 };

static const uint8_t *read_bytes(const void *stream, void *txn, uint64_t off, size_t len,
                                 uint8_t *scratch)
{
    const struct bytes *b = stream;
    (void)txn;
    if (len == 0)
        abort(); /* streams need not answer this */
    if (off > b->len || len > b->len - off)
        return NULL;
    if (off % 3 == 0) { /* as if over a page's end */
        memcpy(scratch, b->data + off, len);
        return scratch;
    }
    return b->data + off;
}

static void require(int holds)
{
    if (!holds)
        abort();
}

static void check_positions(struct postings *p)
{
    for (uint32_t i = 0; i < p->n; i++) {
        const uint32_t *pos;
        uint32_t n;
        if (p->tfs[i] > SLOW_TF || clus__postings_positions(p, i, &pos, &n) != CLUS_OK)
            continue;
        require(n == 0 || n == p->tfs[i]);
        for (uint32_t k = 1; k < n; k++)
            require(pos[k] > pos[k - 1]);
    }
}

/* Positions of several documents in a row are as many as those of each, and ascend as they
 * do. Not more: of a column whose exceptions are out of order a part may be read otherwise
 * than all of it. */
static void check_places(struct postings *p)
{
    enum { DOCS = 16, MOST_TF = UINT16_MAX / DOCS };
    static uint32_t places[DOCS * MOST_TF + 8];
    uint16_t at[DOCS], ends[DOCS];
    uint32_t n = 0, k = 0;
    for (uint32_t i = 0; i < p->n && n < DOCS; i += 7)
        if (p->tfs[i] <= MOST_TF)
            at[n++] = (uint16_t)i;
    if (clus__postings_places(p, at, n, places, ends) != CLUS_OK)
        return;
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t *pos;
        uint32_t n_pos;
        require(clus__postings_positions(p, at[i], &pos, &n_pos) == CLUS_OK);
        for (uint32_t j = 0; j < n_pos; j++)
            require(k < ends[i] && places[k] >> PLACE_BITS == i + 1 &&
                    (k == 0 || places[k] > places[k - 1]) && ++k);
        require(k == ends[i]);
    }
}

/* Frequencies of few and of all documents of a block, which need not be the current one. */
static void check_picks(struct postings *p, uint32_t block, uint32_t n)
{
    uint32_t which[BLOCK_DOCS], tfs[BLOCK_DOCS];
    uint8_t flags[BLOCK_DOCS];
    for (uint32_t step = 1; step <= 50; step += 49) {
        uint32_t asked = 0;
        for (uint32_t i = 0; i < n; i += step)
            which[asked++] = block * BLOCK_DOCS + i;
        if (clus__postings_tfs_of(p, which, asked, tfs, flags) != CLUS_OK)
            continue;
        for (uint32_t i = 0; i < asked; i++)
            require(tfs[i] >= 1 && tfs[i] <= POSTINGS_MAX_TF && flags[i] < 8);
    }
}

/* What lanes tell is what documents in order are; both are damaged or neither. */
static void check_lanes(struct postings *p)
{
    const struct short_lanes *lanes;
    clus_status st = clus__postings_lanes(p, &lanes);
    require((clus__postings_docs(p) == CLUS_OK) == (st == CLUS_OK));
    for (uint32_t i = 0; st == CLUS_OK && lanes && i < BLOCK_DOCS; i++)
        require(clus__short_number(lanes, i) == p->docs[i]);
}

static void check_block(struct postings *p)
{
    uint8_t max;
    clus_status st = clus__postings_max(p, p->block_first, p->block_first + 5000, &max);
    require(st != CLUS_OK || max >= p->block_max);
    require(p->n > 0 && p->n <= BLOCK_DOCS && p->block_last < p->ndocs);
    require(p->block_first <= p->block_last);
    check_lanes(p);
    if (clus__postings_docs(p) != CLUS_OK)
        return;
    require(p->docs[0] >= p->block_first && p->docs[p->n - 1] == p->block_last);
    for (uint32_t i = 1; i < p->n; i++)
        require(p->docs[i] > p->docs[i - 1]);
    require(p->docs[p->n] == UINT32_MAX && p->docs[p->n + 7] == UINT32_MAX);
    check_picks(p, p->block, p->n);
    if (p->block > 0)
        check_picks(p, p->block - 1, BLOCK_DOCS);
    if (clus__postings_tfs(p) != CLUS_OK)
        return;
    for (uint32_t i = 0; i < p->n; i++)
        require(p->tfs[i] >= 1 && p->tfs[i] <= POSTINGS_MAX_TF && p->flags[i] < 8);
    check_positions(p);
    check_places(p);
}

static void walk(const struct postings_source *source, uint32_t step)
{
    struct postings p = {0};
    uint64_t target = 0;
    if (clus__postings_open(source, &p) != CLUS_OK)
        return;
    for (int i = 0; i < 200 && clus__postings_seek_block(&p, target) == CLUS_OK; i++) {
        require(p.block_last >= target);
        check_block(&p);
        target = (uint64_t)p.block_last + step;
    }
    clus__postings_done(&p);
}

static clus_status open_parent(const void *dictionary, void *txn, uint64_t key_at,
                               struct arena *arena, struct postings *out)
{
    const struct postings_source *list = dictionary;
    const struct bytes *bytes = list->pos_stream;
    struct list_place place = {.post_len = bytes->len};
    struct postings_source parent = *list;
    (void)txn;
    parent.df = (uint32_t)key_at;
    place.kind = LIST_TFS | (parent.df < BLOCK_DOCS ? LIST_SHORT : LIST_LONG);
    parent.post_stream = bytes;
    parent.place = &place;
    parent.arena = arena;
    parent.open_parent = NULL;
    return clus__postings_open(&parent, out);
}

/* A copy that ends where loads must end. */
static uint8_t *copy(const uint8_t *data, size_t len)
{
    uint8_t *p = calloc(1, len + 16);
    if (!p)
        abort();
    if (len)
        memcpy(p, data, len);
    return p;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < HEAD)
        return 0;
    struct list_place place = {.kind = data[0] & 15, .inline_len = data[1]};
    size_t rest = size - HEAD, post_len = clus__le16(data + 2);
    if (post_len > rest)
        post_len = rest;
    size_t n = rest < LIST_INLINE_MAX ? rest : LIST_INLINE_MAX;
    memcpy(place.inline_bytes, data + HEAD, n);
    place.post_len = post_len;
    struct bytes post = {copy(data + HEAD, post_len), post_len};
    struct bytes pos = {copy(data + HEAD + post_len, rest - post_len), rest - post_len};
    struct postings_source source = {.post_stream = &post,
                                     .pos_stream = &pos,
                                     .read = read_bytes,
                                     .df = clus__le32(data + 4),
                                     .ndocs = clus__le32(data + 8),
                                     .max_impact = 255,
                                     .place = &place,
                                     .open_parent = open_parent,
                                     .key_at = clus__le32(data + 12)};
    source.dictionary = &source;
    walk(&source, 1);
    walk(&source, 100000);
    free((void *)(uintptr_t)post.data);
    free((void *)(uintptr_t)pos.data);
    return 0;
}
