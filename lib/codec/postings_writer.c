/* Encoder of posting lists. */
#include "codec/postings_writer.h"

#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "codec/inline_list.h"
#include "codec/list_bounds.h"
#include "codec/plane.h"
#include "codec/rice.h"

enum {
    BRIEF = 40 /* longer ones seldom have room in their dictionary entry */
};

/* Columns of the directory's current group. */
struct group_columns {
    uint32_t n;
    uint64_t post, pos; /* its first block, relative to the list's places */
    uint32_t last[GROUP_BLOCKS], post_end[GROUP_BLOCKS], pos_end[GROUP_BLOCKS];
    uint8_t max[GROUP_BLOCKS];
};

struct postings_writer {
    struct postings_writer_config config;
    struct list_bounds bounds;
    uint64_t post_at, pos_at; /* bytes appended so far */
    /* the current list */
    unsigned columns;
    uint32_t df;
    uint64_t ttf, post_start, pos_start;
    struct parent_list parent;
    struct group_columns group;
    struct buf groups, heads; /* directory of groups that are full */
    /* the current block */
    uint32_t n, before; /* documents in it; first document it could hold */
    uint32_t docs[BLOCK_DOCS], tfs[BLOCK_DOCS];
    uint8_t flags[BLOCK_DOCS + 8];
    /* its positions: sub-blocks done, and the one that is filling */
    struct buf sub_heads, sub_data;
    uint32_t n_deltas, deltas[COLUMN_VALUES];
};

clus_status clus__postings_writer_new(const struct postings_writer_config *config,
                                      struct postings_writer **out)
{
    struct postings_writer *w = clus__calloc(1, sizeof *w);
    if (!w)
        return CLUS_E_NOMEM;
    w->config = *config;
    clus__bounds_init(&w->bounds, config->norms, config->avg_len);
    *out = w;
    return CLUS_OK;
}

void clus__postings_writer_free(struct postings_writer *w)
{
    if (!w)
        return;
    clus__buf_done(&w->groups);
    clus__buf_done(&w->heads);
    clus__buf_done(&w->sub_heads);
    clus__buf_done(&w->sub_data);
    clus__free(w);
}

void clus__postings_begin(struct postings_writer *w, unsigned columns)
{
    w->columns = columns;
    w->df = 0;
    w->ttf = 0;
    w->post_start = w->post_at;
    w->pos_start = w->pos_at;
    w->bounds.max_impact = 0;
    w->parent.n = 0;
    w->group.n = 0;
    w->group.post = w->group.pos = 0;
    clus__buf_clear(&w->groups);
    clus__buf_clear(&w->heads);
    w->n = 0;
    w->before = 0;
    clus__buf_clear(&w->sub_heads);
    clus__buf_clear(&w->sub_data);
    w->n_deltas = 0;
}

void clus__postings_parent(struct postings_writer *w, const uint32_t *docs, uint32_t n)
{
    w->parent = (struct parent_list){docs, n, 0};
}

static clus_status append_post(struct postings_writer *w, const void *data, size_t len)
{
    w->post_at += len;
    return w->config.append_post(w->config.ctx, data, len);
}

static clus_status append_pos(struct postings_writer *w, const void *data, size_t len)
{
    w->pos_at += len;
    return w->config.append_pos(w->config.ctx, data, len);
}

/* ---- positions ---- */

static void flush_sub_block(struct postings_writer *w)
{
    struct column_head head = clus__column_choose(w->deltas, w->n_deltas);
    uint8_t *room = clus__buf_room(&w->sub_data, COLUMN_MAX_BYTES);
    if (room)
        w->sub_data.len += clus__column_pack(w->deltas, w->n_deltas, head, room);
    clus__buf_add(&w->sub_heads, (uint8_t[]){head.width, head.exceptions}, COLUMN_HEAD);
    w->n_deltas = 0;
}

static void add_delta(struct postings_writer *w, uint32_t delta)
{
    w->deltas[w->n_deltas++] = delta;
    if (w->n_deltas == COLUMN_VALUES)
        flush_sub_block(w);
}

static clus_status add_positions(struct postings_writer *w, uint32_t n, uint8_t flags,
                                 const uint32_t *positions)
{
    add_delta(w, positions[0] - clus__first_position(flags));
    for (uint32_t i = 1; i < n; i++) {
        if (positions[i] <= positions[i - 1])
            return CLUS_E_ARGUMENT;
        add_delta(w, positions[i] - positions[i - 1] - 1);
    }
    return CLUS_OK;
}

/* The positions of a block that ends: heads of its sub-blocks, then their data. */
static clus_status flush_positions(struct postings_writer *w)
{
    if (w->n_deltas > 0)
        flush_sub_block(w);
    if (clus__buf_status(&w->sub_heads) != CLUS_OK)
        return clus__buf_status(&w->sub_heads);
    if (clus__buf_status(&w->sub_data) != CLUS_OK)
        return clus__buf_status(&w->sub_data);
    if (w->sub_heads.len == 0)
        return CLUS_OK;
    clus_status st = append_pos(w, w->sub_heads.data, w->sub_heads.len);
    if (st == CLUS_OK && w->sub_data.len > 0)
        st = append_pos(w, w->sub_data.data, w->sub_data.len);
    clus__buf_clear(&w->sub_heads);
    clus__buf_clear(&w->sub_data);
    return st;
}

/* ---- blocks ---- */

/* The documents at hand, with those of their deltas that are not packed yet. */
static struct posting_columns current_block(const struct postings_writer *w)
{
    return (struct posting_columns){w->n, w->docs, w->tfs, w->flags, w->deltas};
}

/* Rice columns for forms only: stems' lists are read more than anything else, and a Rice
 * column takes longer to read. */
static struct column_head choose(const struct postings_writer *w, const uint32_t *column,
                                 uint32_t n)
{
    return w->parent.n > 0 ? clus__rice_choose(column, n) : clus__column_choose(column, n);
}

/* Encode the current block; `out` has BLOCK_MAX_BYTES. */
static size_t pack_block(struct postings_writer *w, uint8_t *out)
{
    uint32_t column[BLOCK_DOCS] = {0}, n = w->n;
    bool ordinals = clus__block_gaps(&w->parent, w->docs, n, w->before, column);
    struct column_head head = choose(w, column, n);
    size_t len = BLOCK_HEAD_BYTES;
    len += clus__rice_pack(column, n, head, true, out + len);
    out[0] = head.width;
    out[1] = head.exceptions;
    for (uint32_t i = 0; i < n; i++)
        column[i] = w->tfs[i] - 1;
    head = choose(w, column, n);
    len += clus__rice_pack(column, n, head, false, out + len);
    out[2] = head.width;
    out[3] = head.exceptions;
    out[4] = ordinals ? BLOCK_ORDINALS : 0;
    memset(w->flags + n, 0, 8);
    for (unsigned plane = 0; plane < FLAG_PLANES; plane++) {
        enum plane_mode mode;
        len += clus__plane_pack(w->flags, n, plane, &mode, out + len);
        out[4] |= (uint8_t)(mode << (2 * plane));
    }
    return len;
}

static void add_column(struct buf *b, const uint32_t *column, uint32_t n)
{
    clus__buf_add(b, column, n * sizeof *column); /* the machine is little-endian */
}

static clus_status flush_group(struct postings_writer *w)
{
    struct group_columns *g = &w->group;
    clus__buf_u32(&w->heads, g->last[g->n - 1]);
    uint8_t max = 0;
    for (uint32_t i = 0; i < g->n; i++)
        if (g->max[i] > max)
            max = g->max[i];
    clus__buf_u32(&w->heads, max);
    clus__buf_u64(&w->heads, g->post);
    clus__buf_u64(&w->heads, g->pos);
    add_column(&w->groups, g->last, g->n);
    add_column(&w->groups, g->post_end, g->n);
    if (w->columns & LIST_POSITIONS)
        add_column(&w->groups, g->pos_end, g->n);
    clus__buf_add(&w->groups, g->max, g->n);
    g->n = 0;
    clus_status st = clus__buf_status(&w->heads);
    return st == CLUS_OK ? clus__buf_status(&w->groups) : st;
}

/* Write the current block and its row of the directory. */
static clus_status flush_block(struct postings_writer *w)
{
    struct group_columns *g = &w->group;
    if (g->n == 0) {
        g->post = w->post_at - w->post_start;
        g->pos = w->pos_at - w->pos_start;
    }
    if (w->df == w->n) /* the first block of a list long enough to count */
        clus__bounds_count(&w->bounds);
    g->last[g->n] = w->docs[w->n - 1];
    const struct posting_columns block = current_block(w);
    g->max[g->n] = clus__bounds_block(&w->bounds, &block, true);
    uint8_t bytes[BLOCK_MAX_BYTES];
    clus_status st = append_post(w, bytes, pack_block(w, bytes));
    if (st == CLUS_OK)
        st = flush_positions(w);
    if (st != CLUS_OK)
        return st;
    uint64_t pos_end = w->pos_at - w->pos_start - g->pos;
    if (pos_end > UINT32_MAX)
        return CLUS_E_LIMIT;
    g->post_end[g->n] = (uint32_t)(w->post_at - w->post_start - g->post);
    g->pos_end[g->n] = (uint32_t)pos_end;
    g->n++;
    w->before = w->docs[w->n - 1] + 1;
    w->n = 0;
    return g->n == GROUP_BLOCKS ? flush_group(w) : CLUS_OK;
}

clus_status clus__postings_add(struct postings_writer *w, uint32_t doc, uint32_t tf,
                               uint8_t flags, const uint32_t *positions)
{
    clus_status st;
    if (w->n == BLOCK_DOCS && (st = flush_block(w)) != CLUS_OK)
        return st;
    uint32_t first = w->n > 0 ? w->docs[w->n - 1] + 1 : w->before;
    if (doc < first || doc >= w->config.ndocs || tf == 0 || flags >> FLAG_PLANES)
        return CLUS_E_ARGUMENT;
    if (tf > POSTINGS_MAX_TF)
        tf = POSTINGS_MAX_TF;
    if (!(w->columns & LIST_TFS)) {
        tf = 1;
        flags = 0;
    }
    w->docs[w->n] = doc;
    w->tfs[w->n] = tf;
    w->flags[w->n] = flags;
    w->n++;
    w->df++;
    w->ttf += tf;
    if (!(w->columns & LIST_POSITIONS) || flags & FLAG_EXTRA_ONLY)
        return CLUS_OK;
    return add_positions(w, tf, flags, positions);
}

static void add_deltas(struct postings_writer *w, const uint32_t *deltas, size_t n)
{
    while (n > 0) {
        size_t room = COLUMN_VALUES - w->n_deltas, piece = n < room ? n : room;
        memcpy(w->deltas + w->n_deltas, deltas, piece * sizeof *deltas);
        w->n_deltas += (uint32_t)piece;
        deltas += piece;
        n -= piece;
        if (w->n_deltas == COLUMN_VALUES)
            flush_sub_block(w);
    }
}

/* Whether documents ascend from `first` on. */
static bool docs_ascend(const uint32_t *docs, uint32_t n, uint32_t first)
{
    unsigned bad = docs[0] < first;
    for (uint32_t i = 1; i < n; i++)
        bad |= docs[i] <= docs[i - 1];
    return !bad;
}

/* Take tfs and flags of the next `n` postings. Their positions, or UINT64_MAX for what is
 * out of range. */
static uint64_t take_tfs(struct postings_writer *w, const uint32_t *tfs,
                         const uint8_t *flags, uint32_t n)
{
    uint64_t sum = 0, positions = 0;
    unsigned bad = 0;
    for (uint32_t i = 0; i < n; i++) {
        bad |= tfs[i] - 1 >= POSTINGS_MAX_TF || flags[i] >> FLAG_PLANES;
        sum += tfs[i];
        positions += clus__positions_of(tfs[i], flags[i]);
    }
    memcpy(w->tfs + w->n, tfs, n * sizeof *tfs);
    memcpy(w->flags + w->n, flags, n);
    w->ttf += sum;
    return bad ? UINT64_MAX : positions;
}

clus_status clus__postings_add_columns(struct postings_writer *w,
                                       const struct posting_columns *run)
{
    const uint32_t *deltas = run->deltas;
    for (uint32_t at = 0, n; at < run->n; at += n) {
        clus_status st;
        if (w->n == BLOCK_DOCS && (st = flush_block(w)) != CLUS_OK)
            return st;
        uint32_t first = w->n > 0 ? w->docs[w->n - 1] + 1 : w->before;
        n = run->n - at < BLOCK_DOCS - w->n ? run->n - at : BLOCK_DOCS - w->n;
        if (!docs_ascend(run->docs + at, n, first) ||
            run->docs[at + n - 1] >= w->config.ndocs)
            return CLUS_E_ARGUMENT;
        memcpy(w->docs + w->n, run->docs + at, n * sizeof *w->docs);
        uint64_t positions = 0;
        if (w->columns & LIST_TFS) {
            positions = take_tfs(w, run->tfs + at, run->flags + at, n);
            if (positions == UINT64_MAX)
                return CLUS_E_ARGUMENT;
        } else {
            for (uint32_t i = 0; i < n; i++)
                w->tfs[w->n + i] = 1;
            memset(w->flags + w->n, 0, n);
            w->ttf += n;
        }
        w->n += n;
        w->df += n;
        if (w->columns & LIST_POSITIONS && positions > 0) { /* deltas may be NULL */
            add_deltas(w, deltas, positions);
            deltas += positions;
        }
    }
    return CLUS_OK;
}

/* ---- ends of lists ---- */

/* Put a list into its dictionary entry, if it is short enough. */
static bool end_inline(struct postings_writer *w, const struct posting_columns *list,
                       struct list_place *place)
{
    size_t len = clus__inline_pack(w->columns, list, &w->parent, place->inline_bytes);
    place->kind = (uint8_t)(LIST_INLINE | w->columns);
    place->inline_len = (uint8_t)len;
    return len > 0;
}

/* Bounds of a list of less than a block. */
static void bound_short(struct postings_writer *w, const struct posting_columns *list)
{
    if (list->n >= KTH_FIRST)
        clus__bounds_count(&w->bounds);
    (void)clus__bounds_block(&w->bounds, list, list->n >= KTH_FIRST);
}

static clus_status end_short(struct postings_writer *w, struct list_place *place)
{
    const struct posting_columns list = current_block(w);
    bound_short(w, &list);
    bool all_deltas = w->sub_heads.len == 0; /* are in w->deltas */
    if (all_deltas && end_inline(w, &list, place))
        return CLUS_OK;
    place->kind = (uint8_t)(LIST_SHORT | w->columns);
    uint8_t bytes[BLOCK_MAX_BYTES];
    clus_status st = append_post(w, bytes, pack_block(w, bytes));
    return st == CLUS_OK ? flush_positions(w) : st;
}

static clus_status end_long(struct postings_writer *w, struct list_place *place)
{
    place->kind = (uint8_t)(LIST_LONG | w->columns);
    clus_status st = w->n > 0 ? flush_block(w) : CLUS_OK;
    if (st == CLUS_OK && w->group.n > 0)
        st = flush_group(w);
    if (st == CLUS_OK)
        st = append_post(w, w->groups.data, w->groups.len);
    if (st == CLUS_OK && w->heads.len > GROUP_HEAD_BYTES) /* more than one group */
        st = append_post(w, w->heads.data, w->heads.len);
    return st;
}

static void describe(const struct postings_writer *w, struct written_list *out)
{
    out->df = w->df;
    out->ttf = w->ttf;
    out->place.post = w->post_start;
    out->place.pos = w->pos_start;
    out->place.post_len = w->post_at - w->post_start;
    out->pos_len = w->pos_at - w->pos_start;
    out->max_impact = w->bounds.max_impact;
    clus__bounds_kth(&w->bounds, w->df, out->kth_impact);
}

clus_status clus__postings_end(struct postings_writer *w, struct written_list *out)
{
    if (w->df == 0)
        return CLUS_E_ARGUMENT;
    out->place.inline_len = 0;
    clus_status st =
        w->df < BLOCK_DOCS ? end_short(w, &out->place) : end_long(w, &out->place);
    if (st == CLUS_OK)
        describe(w, out);
    return st;
}

/* ---- whole lists ---- */

/* Whether the documents are in order and within the segment, and frequencies within bounds;
 * their sum. */
static bool check_columns(const struct postings_writer *w,
                          const struct posting_columns *list, uint64_t *ttf)
{
    uint64_t sum = 0;
    unsigned bad = 0;
    for (uint32_t i = 0; i < list->n; i++) {
        bad |= list->tfs[i] - 1 >= POSTINGS_MAX_TF || list->flags[i] >> FLAG_PLANES;
        sum += list->tfs[i];
    }
    *ttf = sum;
    return !bad && docs_ascend(list->docs, list->n, 0) &&
           list->docs[list->n - 1] < w->config.ndocs;
}

/* A list that nearly always has room in its dictionary entry is not copied first. */
clus_status clus__postings_list(struct postings_writer *w,
                                const struct posting_columns *list,
                                struct written_list *out)
{
    uint64_t ttf;
    bool brief = list->n > 0 && list->n <= BRIEF && w->columns & LIST_TFS && w->df == 0;
    if (brief && !check_columns(w, list, &ttf))
        return CLUS_E_ARGUMENT;
    if (brief && end_inline(w, list, &out->place)) {
        w->df = list->n;
        w->ttf = ttf;
        bound_short(w, list);
        describe(w, out);
        return CLUS_OK;
    }
    clus_status st = clus__postings_add_columns(w, list);
    return st == CLUS_OK ? clus__postings_end(w, out) : st;
}
