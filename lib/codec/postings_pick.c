/* Frequencies and flags of single documents, wherever they are in a list. */
#include <string.h>

#include "codec/postings_state.h"
#include "codec/rice.h"

enum { FEW = 6 }; /* documents of a block that cost less one by one than all of its 256 */

/* Documents of one block among those asked for. */
struct picks {
    const uint32_t *which;
    uint32_t n;
    uint32_t *tfs;
    uint8_t *flags;
};

static uint32_t place_of(uint32_t which)
{
    return which % BLOCK_DOCS;
}

static void pick(const struct picks *picks, const uint32_t *tfs, const uint8_t *flags)
{
    for (uint32_t i = 0; i < picks->n; i++) {
        picks->tfs[i] = tfs[place_of(picks->which[i])];
        picks->flags[i] = flags[place_of(picks->which[i])];
    }
}

static bool has_flag(const struct block_columns *c, unsigned plane, uint32_t place)
{
    const uint8_t *in = c->planes[plane];
    switch (c->modes[plane]) {
    case PLANE_ALL: return true;
    case PLANE_PLACES: return memchr(in + 1, (int)place, in[0]);
    case PLANE_BITS: return in[place / 8] >> place % 8 & 1;
    default: return false;
    }
}

static clus_status pick_singly(const struct block_columns *c, const struct picks *picks)
{
    for (uint32_t i = 0; i < picks->n; i++) {
        uint32_t place = place_of(picks->which[i]), flags = 0;
        if (place >= c->n)
            return CLUS_E_CORRUPT;
        uint32_t more = clus__column_value(c->tfs, c->n, c->head, place);
        if (more >= POSTINGS_MAX_TF)
            return CLUS_E_CORRUPT;
        for (unsigned plane = 0; plane < FLAG_PLANES; plane++)
            flags |= (uint32_t)has_flag(c, plane, place) << plane;
        picks->tfs[i] = more + 1;
        picks->flags[i] = (uint8_t)flags;
    }
    return CLUS_OK;
}

static clus_status pick_all(const struct pack_ops *ops, const struct block_columns *c,
                            const struct picks *picks)
{
    uint32_t tfs[BLOCK_DOCS + 8];
    uint8_t flags[BLOCK_DOCS + 16];
    if (!clus__block_unpack(ops, c, tfs, flags))
        return CLUS_E_CORRUPT;
    pick(picks, tfs, flags);
    return CLUS_OK;
}

/* A block of a long list. */
static clus_status pick_from(const struct postings *p, uint32_t block,
                             const struct picks *picks)
{
    const struct postings_state *s = p->state;
    uint8_t room[BLOCK_MAX_BYTES + OVERREAD];
    struct block_extent extent;
    struct block_columns c;
    clus_status st = clus__block_extent(p, block, &extent);
    if (st != CLUS_OK)
        return st;
    if (extent.len < BLOCK_HEAD_BYTES)
        return CLUS_E_CORRUPT;
    const uint8_t *bytes = s->read(s->post_stream, s->txn, extent.at, extent.len, room);
    if (!bytes)
        return CLUS_E_CORRUPT;
    struct column_head docs = {bytes[0], bytes[1]};
    size_t docs_len = clus__rice_bytes(extent.n, docs);
    if (docs_len > extent.len - BLOCK_HEAD_BYTES ||
        !clus__block_columns((struct bytes){bytes, extent.len}, extent.n,
                             BLOCK_HEAD_BYTES + docs_len, &c))
        return CLUS_E_CORRUPT;
    bool few = picks->n <= FEW && !clus__is_rice(c.head);
    return few ? pick_singly(&c, picks) : pick_all(s->ops, &c, picks);
}

/* All of them, of the current block. */
static clus_status pick_here(struct postings *p, const struct picks *picks)
{
    clus_status st = clus__postings_tfs(p);
    if (st == CLUS_OK)
        pick(picks, p->tfs, p->flags);
    return st;
}

clus_status clus__postings_tfs_of(struct postings *p, const uint32_t *which, uint32_t n,
                                  uint32_t *tfs, uint8_t *flags)
{
    const struct postings_state *s = p->state;
    bool one_block = (s->place.kind & LIST_FORM) != LIST_LONG;
    clus_status st = one_block ? clus__postings_go_to(p, 0) : CLUS_OK;
    for (uint32_t i = 0, end; st == CLUS_OK && i < n; i = end) {
        uint32_t block = which[i] / BLOCK_DOCS;
        for (end = i; end < n && which[end] / BLOCK_DOCS == block;)
            end++;
        struct picks picks = {.which = which + i, .n = end - i};
        picks.tfs = tfs + i;
        picks.flags = flags + i;
        bool here = s->at == CURSOR_ON && p->block == block;
        if (block >= p->n_blocks)
            return CLUS_E_CORRUPT;
        if (one_block || (here && (p->have_tfs || picks.n > FEW)))
            st = pick_here(p, &picks);
        else
            st = pick_from(p, block, &picks);
    }
    return st;
}
