/* Encoder of posting lists. */
#include "codec/postings_writer.h"

#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "codec/impact.h"
#include "codec/inline_list.h"
#include "codec/plane.h"
#include "codec/rice.h"

enum {
    KTH_FIRST = 10 /* shorter lists have no kth impacts */
};

/* Columns of the directory's current group. */
struct group_columns {
    uint32_t n;
    uint64_t post, pos; /* its first block, relative to the list's places */
    uint32_t last[GROUP_BLOCKS], post_end[GROUP_BLOCKS], pos_end[GROUP_BLOCKS];
    uint8_t max[GROUP_BLOCKS];
};

/* tfw is tf * scale + plus by flags, and the title's share counts `title` times: no branch
 * on flags, which nobody can predict. */
struct flag_weights {
    float scale[1 << FLAG_PLANES], plus[1 << FLAG_PLANES], title[1 << FLAG_PLANES];
};

struct postings_writer {
    struct postings_writer_config config;
    struct flag_weights weights;
    struct impact_table table;
    uint64_t post_at, pos_at; /* bytes appended so far */
    /* the current list */
    unsigned columns;
    uint32_t df;
    uint64_t ttf, post_start, pos_start;
    uint8_t max_impact;
    struct parent_list parent;
    uint32_t impacts[256]; /* documents by impact rounded down; only once df >= KTH_FIRST */
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

static struct flag_weights weigh_flags(const struct impact_params *params)
{
    struct flag_weights w;
    for (unsigned flags = 0; flags < 1u << FLAG_PLANES; flags++) {
        w.scale[flags] = flags & FLAG_EXTRA_ONLY ? 0 : 1;
        w.plus[flags] = clus__impact_tfw(params, 1, (uint8_t)flags) - w.scale[flags];
        w.title[flags] = flags & FLAG_TITLE ? 1.0f : 0.0f;
    }
    return w;
}

clus_status clus__postings_writer_new(const struct postings_writer_config *config,
                                      struct postings_writer **out)
{
    struct postings_writer *w = clus__calloc(1, sizeof *w);
    if (!w)
        return CLUS_E_NOMEM;
    w->config = *config;
    struct impact_params reference = clus__impact_reference();
    w->weights = weigh_flags(&reference);
    clus__impact_table(&reference, config->avg_len, &w->table);
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
    w->max_impact = 0;
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

/* ---- impacts ---- */

static float largest(const float *f, uint32_t n)
{
    float max[4] = {0};
    uint32_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (uint32_t k = 0; k < 4; k++)
            max[k] = f[i + k] > max[k] ? f[i + k] : max[k];
    for (; i < n; i++)
        max[0] = f[i] > max[0] ? f[i] : max[0];
    max[0] = max[0] > max[1] ? max[0] : max[1];
    max[2] = max[2] > max[3] ? max[2] : max[3];
    return max[0] > max[2] ? max[0] : max[2];
}

/* As clus__impact_floor(), but for impacts close above a step. */
static uint8_t rounded_down(float f)
{
    float low = f * 200.0f, high = 145.0f + f * 55.0f; /* they meet at 1 */
    return (uint8_t)((low < high ? low : high) * 0.99999f);
}

/* Bound of the block, counting its impacts as well if the list is long enough. */
static uint8_t block_impact(struct postings_writer *w, bool count)
{
    float tfw[BLOCK_DOCS], f[BLOCK_DOCS], share[BLOCK_DOCS];
    for (uint32_t i = 0; i < w->n; i++) {
        struct norm norm = w->config.norms[w->docs[i]];
        tfw[i] =
            (float)w->tfs[i] * w->weights.scale[w->flags[i]] + w->weights.plus[w->flags[i]];
        f[i] = w->table.k[norm.length];
        share[i] = w->table.title[norm.title] * w->weights.title[w->flags[i]];
    }
    for (uint32_t i = 0; i < w->n; i++)
        f[i] = tfw[i] / (tfw[i] + f[i]) + share[i];
    for (uint32_t i = 0; count && i < w->n; i++)
        w->impacts[rounded_down(f[i])]++;
    uint8_t bound = clus__impact_ceil(largest(f, w->n));
    if (bound > w->max_impact)
        w->max_impact = bound;
    return bound;
}

static void kth_impacts(const struct postings_writer *w, uint8_t kth[3])
{
    static const uint32_t ks[3] = {10, 100, 1000};
    memset(kth, 0, 3);
    uint64_t seen = 0;
    unsigned k = 0, n = (w->df >= ks[0]) + (w->df >= ks[1]) + (w->df >= ks[2]);
    for (unsigned impact = w->max_impact + 1u; k < n && impact-- > 0;)
        for (seen += w->impacts[impact]; k < n && seen >= ks[k]; k++)
            kth[k] = (uint8_t)impact;
}

/* ---- blocks ---- */

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
        memset(w->impacts, 0, sizeof w->impacts);
    g->last[g->n] = w->docs[w->n - 1];
    g->max[g->n] = block_impact(w, true);
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

static clus_status end_short(struct postings_writer *w, struct list_place *place)
{
    if (w->df >= KTH_FIRST)
        memset(w->impacts, 0, sizeof w->impacts);
    (void)block_impact(w, w->df >= KTH_FIRST);
    const struct posting_columns list = {w->n, w->docs, w->tfs, w->flags, w->deltas};
    size_t len = 0;
    if (w->sub_heads.len == 0) /* all deltas are in w->deltas */
        len = clus__inline_pack(w->columns, &list, &w->parent, place->inline_bytes);
    if (len > 0) {
        place->kind = (uint8_t)(LIST_INLINE | w->columns);
        place->inline_len = (uint8_t)len;
        return CLUS_OK;
    }
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

clus_status clus__postings_end(struct postings_writer *w, struct written_list *out)
{
    if (w->df == 0)
        return CLUS_E_ARGUMENT;
    out->place.inline_len = 0;
    clus_status st =
        w->df < BLOCK_DOCS ? end_short(w, &out->place) : end_long(w, &out->place);
    if (st != CLUS_OK)
        return st;
    out->df = w->df;
    out->ttf = w->ttf;
    out->place.post = w->post_start;
    out->place.pos = w->pos_start;
    out->place.post_len = w->post_at - w->post_start;
    out->pos_len = w->pos_at - w->pos_start;
    out->max_impact = w->max_impact;
    kth_impacts(w, out->kth_impact);
    return CLUS_OK;
}
