/*
 * Positions of one document of a block.
 *
 * A block's position deltas follow one another in sub-blocks of 256 and a shorter last one.
 * Which of them belong to a document is known from the frequencies before it. Sub-blocks
 * are mostly asked for in order, so the last one unpacked is kept.
 */
#include <string.h>

#include "base/alloc.h"
#include "codec/postings_state.h"

static void find_starts(const struct postings *p, struct position_cursor *c)
{
    uint64_t at = 0;
    for (uint32_t i = 0; i < p->n; i++) {
        c->starts[i] = at;
        at += clus__positions_of(p->tfs[i], p->flags[i]);
    }
    c->starts[p->n] = at;
    c->next = 0;
    c->have_starts = true;
}

static uint64_t sub_blocks(const struct postings *p, const struct position_cursor *c)
{
    return (c->starts[p->n] + COLUMN_VALUES - 1) / COLUMN_VALUES;
}

/* Values in a sub-block: 256 but for the last. */
static unsigned sub_block_size(const struct postings *p, const struct position_cursor *c,
                               uint64_t number)
{
    uint64_t left = c->starts[p->n] - number * COLUMN_VALUES;
    return left < COLUMN_VALUES ? (unsigned)left : COLUMN_VALUES;
}

/* Head of a sub-block, and how long its data is. */
static bool read_head(const struct postings *p, uint64_t number, struct column_head *head,
                      size_t *bytes)
{
    const struct postings_state *s = p->state;
    const struct position_cursor *c = &s->positions;
    uint8_t room[COLUMN_HEAD + OVERREAD];
    const uint8_t *raw =
        s->read(s->pos_stream, s->txn, c->at + number * COLUMN_HEAD, COLUMN_HEAD, room);
    if (!raw)
        return false;
    *head = (struct column_head){raw[0], raw[1]};
    *bytes = clus__column_bytes(sub_block_size(p, c, number), *head);
    return *bytes != SIZE_MAX;
}

/* Unpack a sub-block, stepping over the data of those before it. */
static bool unpack_sub_block(const struct postings *p, uint64_t number)
{
    struct postings_state *s = p->state;
    struct position_cursor *c = &s->positions;
    if (c->next == number + 1)
        return true;
    struct column_head head;
    size_t bytes;
    if (c->next == 0 || c->next > number) {
        c->next = 0;
        c->next_at = c->at + sub_blocks(p, c) * COLUMN_HEAD;
    }
    for (; c->next < number; c->next++) {
        if (!read_head(p, c->next, &head, &bytes))
            return false;
        c->next_at += bytes;
    }
    if (!read_head(p, number, &head, &bytes) || c->next_at + bytes > c->end)
        return false;
    const uint8_t *data = c->room; /* a column of zeros has no bytes */
    if (bytes > 0)
        data = s->read(s->pos_stream, s->txn, c->next_at, bytes, c->room);
    if (!data)
        return false;
    (void)clus__column_unpack(s->ops, data, sub_block_size(p, c, number), head, 0,
                              c->deltas);
    c->next_at += bytes;
    c->next++;
    return true;
}

/* Deltas of document i: in place if they lie in one sub-block, else copied into c->out.
 * NULL when damaged. */
static const uint32_t *find_deltas(const struct postings *p, uint32_t i)
{
    struct position_cursor *c = &p->state->positions;
    uint64_t at = c->starts[i], end = c->starts[i + 1];
    uint32_t *out = c->out;
    for (bool whole = true; at < end; whole = false) {
        uint64_t number = at / COLUMN_VALUES, stop = (number + 1) * COLUMN_VALUES;
        if (!unpack_sub_block(p, number)) {
            c->next = 0;
            return NULL;
        }
        const uint32_t *from = c->deltas + at % COLUMN_VALUES;
        if (whole && end <= stop)
            return from;
        stop = stop < end ? stop : end;
        memcpy(out, from, (size_t)(stop - at) * sizeof *out);
        out += stop - at;
        at = stop;
    }
    return c->out;
}

/* Deltas to positions: the first is relative to where text begins (and wraps, should a
 * title's word lack its flag), the others are gaps - 1. `deltas` may be `out`. */
static bool sum_positions(const uint32_t *deltas, uint32_t n, uint32_t first, uint32_t *out)
{
    out[0] = deltas[0] + first;
    uint64_t at = out[0];
    for (uint32_t i = 1; i < n; i++) {
        at += (uint64_t)deltas[i] + 1;
        out[i] = (uint32_t)at;
    }
    return at <= UINT32_MAX;
}

clus_status clus__postings_positions(struct postings *p, uint32_t i,
                                     const uint32_t **positions, uint32_t *n)
{
    struct postings_state *s = p->state;
    struct position_cursor *c = &s->positions;
    uint32_t count =
        s->place.kind & LIST_POSITIONS ? clus__positions_of(p->tfs[i], p->flags[i]) : 0;
    if (count >= c->cap) {
        clus_status st = clus__grow(&c->out, &c->cap, (size_t)count + 1, sizeof *c->out);
        if (st != CLUS_OK)
            return st;
    }
    const uint32_t *deltas = c->out;
    if (count > 0 && (s->place.kind & LIST_FORM) == LIST_INLINE) {
        clus__inline_deltas(p, i, c->out);
    } else if (count > 0) {
        if (!c->have_starts)
            find_starts(p, c);
        deltas = find_deltas(p, i);
    }
    if (!deltas || (count > 0 && !sum_positions(deltas, count,
                                                clus__first_position(p->flags[i]), c->out)))
        return CLUS_E_CORRUPT;
    *positions = c->out;
    *n = count;
    return CLUS_OK;
}
