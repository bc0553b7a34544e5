/* Decoding one block: documents, frequencies, flags. */
#include <string.h>

#include "codec/ordinals.h"
#include "codec/postings_state.h"
#include "codec/rice.h"

/* Get the bytes of the current block. */
static bool read_block(struct postings_state *s)
{
    if (!s->block && s->block_len >= BLOCK_HEAD_BYTES)
        s->block =
            s->read(s->post_stream, s->txn, s->block_at, s->block_len, s->block_room);
    return s->block;
}

static bool ascending(const uint32_t *docs, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++)
        if (docs[i] <= docs[i - 1])
            return false;
    return true;
}

/* Full block, from gaps to what they are between, counted from `first`. A running sum whose
 * terms cannot have passed 2^32 ascends; else look. */
static bool add_full(struct postings *p, const uint8_t *in, struct column_head head,
                     uint32_t first)
{
    if (clus__is_rice(head))
        return clus__rice_sum(p->state->ops, in, p->n, head, first, p->docs);
    uint64_t bound = clus__column_sum(p->state->ops, in, head, first - 1, p->docs);
    return first + bound + BLOCK_DOCS <= UINT32_MAX ||
           (p->docs[0] >= first && ascending(p->docs, BLOCK_DOCS));
}

static bool add_short(struct postings *p, const uint8_t *in, struct column_head head,
                      uint32_t first)
{
    uint32_t gaps[COLUMN_VALUES + 8];
    const struct pack_ops *ops = p->state->ops;
    if (clus__is_rice(head))
        return clus__rice_sum(ops, in, p->n, head, first, p->docs);
    (void)clus__column_unpack(ops, in, p->n, head, 0, gaps);
    return ops->ascend(gaps, p->n, first, p->docs) && p->docs[0] >= first;
}

/* Only of what can be in lanes; *fits: their sums have not passed 2^32. */
static clus_status read_lanes(struct postings *p, struct column_head head, bool *fits)
{
    struct postings_state *s = p->state;
    size_t bytes = clus__column_bytes(BLOCK_DOCS, head);
    if (bytes > s->block_len - BLOCK_HEAD_BYTES)
        return CLUS_E_CORRUPT;
    const uint8_t *in = s->block + BLOCK_HEAD_BYTES;
    uint64_t bound = clus__column_lanes(s->ops, in, head, p->block_first - 1, &s->lanes);
    *fits = p->block_first + bound + BLOCK_DOCS <= UINT32_MAX;
    if (*fits && s->lanes.last != p->block_last)
        return CLUS_E_CORRUPT;
    s->have_lanes = *fits;
    s->tfs_at = BLOCK_HEAD_BYTES + bytes;
    return CLUS_OK;
}

clus_status clus__postings_lanes(struct postings *p, const struct short_lanes **lanes)
{
    struct postings_state *s = p->state;
    bool fits = false;
    *lanes = s->have_lanes ? &s->lanes : NULL;
    if (p->have_docs || s->have_lanes)
        return CLUS_OK;
    if (p->n < BLOCK_DOCS || p->block_last - p->block_first >= UINT16_MAX)
        return clus__postings_docs(p);
    if (!read_block(s))
        return CLUS_E_CORRUPT;
    struct column_head head = {s->block[0], s->block[1]};
    if (clus__is_rice(head) || s->block[4] & BLOCK_ORDINALS)
        return clus__postings_docs(p);
    clus_status st = read_lanes(p, head, &fits);
    if (st != CLUS_OK || !fits)
        return st == CLUS_OK ? clus__postings_docs(p) : st;
    *lanes = &s->lanes;
    return CLUS_OK;
}

clus_status clus__block_docs(struct postings *p, bool exact)
{
    struct postings_state *s = p->state;
    if (!read_block(s))
        return CLUS_E_CORRUPT;
    struct column_head head = {s->block[0], s->block[1]};
    size_t bytes = clus__rice_bytes(p->n, head);
    if (bytes > s->block_len - BLOCK_HEAD_BYTES)
        return CLUS_E_CORRUPT;
    const uint8_t *in = s->block + BLOCK_HEAD_BYTES;
    bool ordinals = s->block[4] & BLOCK_ORDINALS;
    uint32_t first = p->block_first;
    clus_status st = ordinals ? clus__ordinals_first(p, &first) : CLUS_OK;
    if (st != CLUS_OK)
        return st;
    if (!(p->n == BLOCK_DOCS ? add_full(p, in, head, first)
                             : add_short(p, in, head, first)))
        return CLUS_E_CORRUPT;
    if (ordinals && (st = clus__ordinals_docs(p)) != CLUS_OK)
        return st;
    uint32_t last = p->docs[p->n - 1];
    if (exact ? last != p->block_last : last >= p->ndocs)
        return CLUS_E_CORRUPT;
    s->tfs_at = BLOCK_HEAD_BYTES + bytes;
    clus__end_docs(p);
    return CLUS_OK;
}

/* The 8 bits of a byte as 8 bytes of 0 or 1. */
static uint64_t spread(uint8_t bits)
{
    uint64_t each = bits * 0x0101010101010101u & 0x8040201008040201u;
    return ((each + 0x7f7f7f7f7f7f7f7fu) >> 7) & 0x0101010101010101u;
}

static void add_bits(uint8_t *flags, uint32_t n, const uint8_t *bits, unsigned plane)
{
    for (uint32_t i = 0; i < n; i += 8) {
        uint64_t eight = clus__le64(flags + i) | spread(bits[i / 8]) << plane;
        clus__put_le64(flags + i, eight);
    }
}

bool clus__block_columns(struct bytes block, uint32_t n, size_t tfs_at,
                         struct block_columns *c)
{
    uint8_t modes = block.data[4] & (uint8_t)~BLOCK_ORDINALS;
    c->n = n;
    c->head = (struct column_head){block.data[2], block.data[3]};
    c->tfs = block.data + tfs_at;
    size_t left = block.len - tfs_at, need = clus__rice_bytes(n, c->head);
    if (modes >> (2 * FLAG_PLANES) || need > left)
        return false;
    const uint8_t *at = c->tfs + need;
    left -= need;
    for (unsigned plane = 0; plane < FLAG_PLANES; plane++, at += need, left -= need) {
        c->modes[plane] = modes >> (2 * plane) & 3;
        c->planes[plane] = at;
        need = c->modes[plane] == PLANE_BITS ? (n + 7) / 8 : 0;
        if (c->modes[plane] == PLANE_PLACES)
            need = left > 0 ? 1 + (size_t)at[0] : 1;
        if (need > left)
            return false;
    }
    return left == 0;
}

static void add_plane(const struct pack_ops *ops, const struct block_columns *c,
                      unsigned plane, uint8_t *flags)
{
    uint8_t flag = (uint8_t)(1u << plane);
    const uint8_t *in = c->planes[plane];
    switch (c->modes[plane]) {
    case PLANE_NONE: break;
    case PLANE_ALL:
        for (uint32_t i = 0; i < c->n; i++)
            flags[i] |= flag;
        break;
    case PLANE_PLACES:
        for (size_t i = 1; i <= in[0]; i++)
            flags[in[i]] |= flag;
        break;
    case PLANE_BITS:
        if (c->n == BLOCK_DOCS)
            ops->flag_bits(in, flag, flags);
        else
            add_bits(flags, c->n, in, plane);
        break;
    }
}

static bool good_tfs(const uint32_t *tfs, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (tfs[i] == 0 || tfs[i] > POSTINGS_MAX_TF)
            return false;
    return true;
}

static bool unpack_tfs(const struct pack_ops *ops, const struct block_columns *c,
                       uint32_t *tfs)
{
    if (clus__is_rice(c->head))
        return clus__rice_unpack(ops, c->tfs, c->n, c->head, 1, tfs);
    uint64_t bound = clus__column_unpack(ops, c->tfs, c->n, c->head, 1, tfs);
    return bound < POSTINGS_MAX_TF || good_tfs(tfs, c->n);
}

bool clus__block_unpack(const struct pack_ops *ops, const struct block_columns *c,
                        uint32_t *tfs, uint8_t *flags)
{
    if (!unpack_tfs(ops, c, tfs))
        return false;
    memset(flags, 0, c->n);
    for (unsigned plane = 0; plane < FLAG_PLANES; plane++)
        add_plane(ops, c, plane, flags);
    memset(tfs + c->n, 0, 8 * sizeof *tfs);
    memset(flags + c->n, 0, 16);
    return true;
}

clus_status clus__block_tfs(struct postings *p)
{
    const struct postings_state *s = p->state;
    struct block_columns c;
    if (!clus__block_columns((struct bytes){s->block, s->block_len}, p->n, s->tfs_at, &c) ||
        !clus__block_unpack(s->ops, &c, p->tfs, p->flags))
        return CLUS_E_CORRUPT;
    p->have_tfs = true;
    return CLUS_OK;
}
