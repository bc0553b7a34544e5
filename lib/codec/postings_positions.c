/*
 * Positions of one document of a block.
 *
 * A block's position deltas follow one another in sub-blocks of 256 and a shorter last one.
 * Which of them belong to a document is known from the frequencies before it. Few documents
 * of a block are mostly asked for, and in order: so of a sub-block only the rows that are
 * needed are unpacked, until it is asked for again and again.
 */
#include <string.h>

#include "base/alloc.h"
#include "codec/inline_list.h"
#include "codec/postings_state.h"

enum {
    PART_MOST = 96, /* deltas that are unpacked alone rather than with all others */
    PART_AGAIN = 3, /* so many parts of a sub-block, then all of it */
    LOAD_BEYOND = 8 /* what a reader of positions may load behind the last */
};

/* 255 documents have fewer than 2^32 positions, so all of `firsts` are right. */
static void open_block(const struct postings *p, struct position_cursor *c)
{
    uint32_t last = p->n - 1;
    p->state->ops->sum_before(p->tfs, p->flags, FLAG_EXTRA_ONLY, p->n, c->firsts);
    c->total = (uint64_t)c->firsts[last] + clus__positions_of(p->tfs[last], p->flags[last]);
    c->firsts[p->n] = (uint32_t)c->total;
    c->first_head = c->number = UINT64_MAX;
    c->open = true;
}

void clus__postings_ahead(const struct postings *p)
{
    enum { LINE = 64, LINES = 12 };
    const struct postings_state *s = p->state;
    uint8_t room[LINE + OVERREAD];
    if (s->positions.open || (s->place.kind & LIST_FORM) == LIST_INLINE ||
        !(s->place.kind & LIST_POSITIONS))
        return;
    const uint8_t *first = s->read(s->pos_stream, s->txn, s->positions.at, LINE, room);
    for (size_t i = 0; first && first != room && i < LINES; i++)
        __builtin_prefetch(first + i * LINE);
}

static uint64_t sub_blocks(const struct position_cursor *c)
{
    return (c->total + COLUMN_VALUES - 1) / COLUMN_VALUES;
}

/* Head of a sub-block, how many deltas it has and bytes their data. False when damaged. */
static bool read_head(const struct postings *p, uint64_t number)
{
    const struct postings_state *s = p->state;
    struct position_cursor *c = &p->state->positions;
    if (c->first_head == UINT64_MAX || number - c->first_head >= POSITION_HEADS) {
        uint64_t first = number / POSITION_HEADS * POSITION_HEADS;
        uint64_t left = sub_blocks(c) - first;
        size_t n = left < POSITION_HEADS ? (size_t)left : POSITION_HEADS;
        c->heads = s->read(s->pos_stream, s->txn, c->at + first * COLUMN_HEAD,
                           n * COLUMN_HEAD, c->heads_room);
        c->first_head = c->heads ? first : UINT64_MAX;
        if (!c->heads)
            return false;
    }
    const uint8_t *raw = c->heads + (number - c->first_head) * COLUMN_HEAD;
    uint64_t left = c->total - number * COLUMN_VALUES;
    c->head = (struct column_head){raw[0], raw[1]};
    c->n = left < COLUMN_VALUES ? (unsigned)left : COLUMN_VALUES;
    c->bytes = clus__column_bytes(c->n, c->head);
    return c->bytes != SIZE_MAX;
}

/* Make a sub-block the current one, stepping over the data of those before it. */
static bool enter_sub_block(const struct postings *p, uint64_t number)
{
    const struct postings_state *s = p->state;
    struct position_cursor *c = &p->state->positions;
    if (c->number == number)
        return true;
    uint64_t next = 0, at = c->at + sub_blocks(c) * COLUMN_HEAD;
    if (c->number < number) { /* not UINT64_MAX */
        next = c->number + 1;
        at = c->data_at + c->bytes;
    }
    c->number = UINT64_MAX; /* until it is whole */
    bool read = read_head(p, next);
    for (; read && next < number; read = read_head(p, ++next))
        at += c->bytes;
    if (!read || at + c->bytes > c->end)
        return false;
    c->data = c->room; /* a column of zeros has no bytes */
    if (c->bytes > 0)
        c->data = s->read(s->pos_stream, s->txn, at, c->bytes, c->room);
    if (!c->data)
        return false;
    c->number = number;
    c->data_at = at;
    c->asked = 0;
    return true;
}

/* Have deltas [from, to) of the current sub-block in c->deltas. */
static void unpack_deltas(const struct postings *p, unsigned from, unsigned to)
{
    struct position_cursor *c = &p->state->positions;
    const struct pack_ops *ops = p->state->ops;
    if (c->asked > PART_AGAIN)
        return;
    c->asked = to - from > PART_MOST || to - from == c->n ? PART_AGAIN + 1 : c->asked + 1;
    if (c->asked > PART_AGAIN)
        c->sum = clus__column_unpack(ops, c->data, c->n, c->head, 0, c->deltas);
    else
        c->sum = clus__column_part(ops, c->data, c->n, c->head,
                                   (struct value_range){from, to}, c->deltas);
}

/* Numbers from n deltas, those from `at` on, counted from `first`: n > 0 ascending ones to
 * `out`, which has room for LOAD_BEYOND more. False when damaged. */
static bool add_up(const struct postings *p, uint64_t at, uint32_t n, uint32_t first,
                   uint32_t *out)
{
    const struct position_cursor *c = &p->state->positions;
    const struct pack_ops *ops = p->state->ops;
    for (uint32_t done = 0; done < n;) {
        unsigned from = (unsigned)(at % COLUMN_VALUES), left = COLUMN_VALUES - from;
        unsigned piece = n - done < left ? n - done : left;
        if (!enter_sub_block(p, at / COLUMN_VALUES))
            return false;
        unpack_deltas(p, from, from + piece);
        if (piece == 1)
            out[done] = first + c->deltas[from];
        else if (!ops->ascend(c->deltas + from, piece, first, out + done))
            return false;
        uint32_t last = out[done + piece - 1];
        if (done > 0 && (out[done] <= out[done - 1] || last <= out[done - 1]))
            return false; /* past 2^32 */
        first = last + 1;
        done += piece;
        at += piece;
    }
    return true;
}

/* The i-th document's positions, `count` > 0 of them, each with `above` added, to `out`.
 * The first is relative to where text begins, and wraps should a title's word lack its
 * flag.
 */
static bool read_positions(struct postings *p, uint32_t i, uint32_t count, uint32_t above,
                           uint32_t *out)
{
    struct postings_state *s = p->state;
    uint32_t first = above + clus__first_position(p->flags[i]);
    if ((s->place.kind & LIST_FORM) == LIST_INLINE) {
        clus__inline_deltas(p, i, i + 1, out);
        return s->ops->ascend(out, count, first, out);
    }
    if (!s->positions.open)
        open_block(p, &s->positions);
    return add_up(p, s->positions.firsts[i], count, first, out);
}

static uint32_t count_of(const struct postings *p, uint32_t i)
{
    return p->state->place.kind & LIST_POSITIONS
               ? clus__positions_of(p->tfs[i], p->flags[i])
               : 0;
}

clus_status clus__postings_positions(struct postings *p, uint32_t i,
                                     const uint32_t **positions, uint32_t *n)
{
    struct position_cursor *c = &p->state->positions;
    uint32_t count = count_of(p, i);
    if (count + (size_t)LOAD_BEYOND > c->cap) {
        clus_status st =
            clus__grow(&c->out, &c->cap, (size_t)count + LOAD_BEYOND, sizeof *c->out);
        if (st != CLUS_OK)
            return st;
    }
    if (count > 0 && !read_positions(p, i, count, 0, c->out))
        return CLUS_E_CORRUPT;
    *positions = c->out;
    *n = count;
    return CLUS_OK;
}

/* ---- many documents in one row ---- */

/* Make ready the sub-block of document i's first position: all of it, since to find out
 * which part would do takes as long. False when damaged, or where no document from this
 * one on has positions. */
static bool ready_row(const struct postings *p, struct place_row *row, uint32_t i)
{
    struct position_cursor *c = &p->state->positions;
    uint32_t first = c->firsts[row->at[i]], number = first / COLUMN_VALUES;
    if (first == c->total || !enter_sub_block(p, number))
        return false;
    row->begin = number * COLUMN_VALUES;
    if (c->asked <= PART_AGAIN)
        unpack_deltas(p, 0, c->n);
    return true;
}

/* One document, however its deltas lie. */
static bool read_alone(struct postings *p, uint32_t doc, uint32_t above, uint32_t *out,
                       uint32_t *n)
{
    uint32_t count = count_of(p, doc), *to = out + *n;
    *n += count;
    return count == 0 ||
           (read_positions(p, doc, count, above, to) && to[0] - above < PLACE_LIMIT &&
            to[count - 1] - above < PLACE_LIMIT);
}

bool clus__postings_has_few(struct postings *p, uint32_t most)
{
    struct position_cursor *c = &p->state->positions;
    if (!c->open)
        open_block(p, c);
    return c->total <= most;
}

clus_status clus__postings_places(struct postings *p, const uint16_t *at, uint32_t n,
                                  uint32_t *out, uint16_t *ends)
{
    struct position_cursor *c = &p->state->positions;
    uint8_t kind = p->state->place.kind;
    bool in_blocks = (kind & LIST_FORM) != LIST_INLINE;
    struct place_row row = {.at = at,
                            .n = n,
                            .deltas = c->deltas,
                            .firsts = c->firsts,
                            .flags = p->flags,
                            .out = out,
                            .ends = ends};
    uint32_t n_out = 0;
    if (!(kind & LIST_POSITIONS)) {
        memset(ends, 0, n * sizeof *ends);
        return CLUS_OK;
    }
    if (in_blocks && !c->open)
        open_block(p, c);
    for (uint32_t i = 0, end; i < n; i = end) {
        end = i;
        if (in_blocks && ready_row(p, &row, i) && c->sum < PLACE_SUM)
            end = p->state->ops->place(&row, i, &n_out);
        if (end > i)
            continue;
        if (!read_alone(p, at[i], ++end << PLACE_BITS, out, &n_out))
            return CLUS_DONE;
        ends[i] = (uint16_t)n_out;
    }
    return CLUS_OK;
}

/* ---- copying ---- */

/* n deltas from `at` on: in place if they lie in one sub-block, else copied into c->out.
 * NULL when damaged. */
static const uint32_t *find_deltas(const struct postings *p, uint64_t at, uint32_t n)
{
    struct position_cursor *c = &p->state->positions;
    uint32_t *out = c->out;
    while (n > 0) {
        unsigned from = (unsigned)(at % COLUMN_VALUES), left = COLUMN_VALUES - from;
        unsigned piece = n < left ? n : left;
        if (!enter_sub_block(p, at / COLUMN_VALUES))
            return NULL;
        unpack_deltas(p, from, from + piece);
        if (piece == n && out == c->out)
            return c->deltas + from;
        memcpy(out, c->deltas + from, piece * sizeof *out);
        out += piece;
        at += piece;
        n -= piece;
    }
    return c->out;
}

/* Surely if all deltas together do. */
bool clus__positions_fit(const uint32_t *tfs, const uint8_t *flags, uint32_t n,
                         const uint32_t *deltas, uint32_t n_deltas)
{
    uint64_t together = (uint64_t)n_deltas + POS_TEXT;
    for (uint32_t i = 0; i < n_deltas; i++)
        together += deltas[i];
    if (together <= UINT32_MAX)
        return true;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t left = clus__positions_of(tfs[i], flags[i]);
        uint64_t sum =
            left > 0 ? (uint32_t)(*deltas++ + clus__first_position(flags[i])) : 0;
        for (; left > 1; left--)
            sum += *deltas++ + 1ull;
        if (sum > UINT32_MAX)
            return false;
    }
    return true;
}

clus_status clus__postings_deltas(struct postings *p, uint32_t from, uint32_t to,
                                  const uint32_t **deltas)
{
    struct postings_state *s = p->state;
    struct position_cursor *c = &s->positions;
    if (!(s->place.kind & LIST_POSITIONS))
        return CLUS_E_ARGUMENT;
    if (!c->open)
        open_block(p, c);
    uint64_t end = to < p->n ? c->firsts[to] : c->total, n = end - c->firsts[from];
    clus_status st = clus__grow(&c->out, &c->cap, (size_t)n + LOAD_BEYOND, sizeof *c->out);
    if (st != CLUS_OK || n == 0) {
        *deltas = c->out;
        return st;
    }
    if ((s->place.kind & LIST_FORM) == LIST_INLINE) {
        clus__inline_deltas(p, from, to, c->out);
        *deltas = c->out;
    } else {
        *deltas = find_deltas(p, c->firsts[from], (uint32_t)n);
    }
    return *deltas && clus__positions_fit(p->tfs + from, p->flags + from, to - from,
                                          *deltas, (uint32_t)n)
               ? CLUS_OK
               : CLUS_E_CORRUPT;
}
