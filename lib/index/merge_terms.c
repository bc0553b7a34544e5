/*
 * Merging dictionaries and lists, key by key. Documents of a later input come after those
 * of an earlier one, so lists are joined end to end; where the merge has an order of its
 * own, postings are gathered and sorted.
 */
#include <string.h>

#include "codec/postings.h"
#include "index/merge.h"

enum {
    GATHER_STEPS = 8, /* what may be gathered, in steps of output */
    GATHER_MOST = 64 << 20,
    PASSES_MOST = 256, /* however long a list says it is */
    PARENT_FIRST = 6,  /* shorter lists of forms have no ordinals */
    POSITIONS_AT_ONCE = 1 << 16
};

/* ---- lists ---- */

/* What happens to the live postings of a list. */
struct joined {
    struct merge *m;
    struct bytes key, stem;
    bool count_only, gather, begun, positions;
    bool parent;         /* a form's stem is m->parent */
    size_t gather_bytes; /* that may be gathered at once */
    uint32_t df;
    uint64_t ttf;
};

static clus_status begin(struct joined *j)
{
    if (j->begun)
        return CLUS_OK;
    j->begun = true;
    struct merge *m = j->m;
    clus_status st = clus__feed_begin(&m->feed, j->key, j->stem);
    if (st == CLUS_OK && j->parent)
        st = clus__feed_parent(&m->feed, m->parent.number, m->parent.docs, m->parent.n);
    return st == CLUS_E_ARGUMENT ? CLUS_E_CORRUPT : st; /* keys out of order */
}

static clus_status gather_posting(struct joined *j, const struct merge_input *in,
                                  struct postings *p, uint32_t i)
{
    const uint32_t *pos = NULL;
    uint32_t n_pos = 0;
    clus_status st = CLUS_OK;
    if (j->positions && !(p->flags[i] & FLAG_EXTRA_ONLY)) {
        st = clus__postings_positions(p, i, &pos, &n_pos);
        if (st == CLUS_OK && n_pos != p->tfs[i])
            st = CLUS_E_CORRUPT;
    }
    struct gathered item = {.doc = clus__merge_place(j->m, in, p->docs[i]),
                            .tf = p->tfs[i],
                            .n_pos = n_pos,
                            .flags = p->flags[i]};
    return st == CLUS_OK ? clus__gather_add(&j->m->gather, &item, pos) : st;
}

/* A block of postings, decoded. */
struct decoded {
    struct posting_columns columns; /* deltas: those of postings not yet passed, or NULL */
    struct postings *cursor;        /* NULL: an inline list, whose deltas are known */
};

/* Hand postings [from, to) of the block on as they are, but for their documents. */
static clus_status copy_postings(struct joined *j, const struct merge_input *in,
                                 const struct decoded *d, uint32_t from, uint32_t to)
{
    uint32_t docs[BLOCK_DOCS];
    const struct posting_columns *all = &d->columns;
    struct posting_columns run = {.n = to - from,
                                  .docs = docs,
                                  .tfs = all->tfs + from,
                                  .flags = all->flags + from,
                                  .deltas = all->deltas};
    for (uint32_t i = from; i < to; i++)
        docs[i - from] =
            in->rank ? clus__merge_place(j->m, in, all->docs[i]) : in->base + all->docs[i];
    clus_status st = j->positions && d->cursor
                         ? clus__postings_deltas(d->cursor, from, to, &run.deltas)
                         : CLUS_OK;
    if (st == CLUS_OK)
        st = clus__feed_columns(&j->m->feed, &run);
    return st == CLUS_E_ARGUMENT ? CLUS_E_CORRUPT : st; /* impossible postings */
}

/* The end of the postings from `from` on that may be copied together: they live, and have
 * not too many positions. */
static uint32_t end_of_run(struct joined *j, const struct merge_input *in,
                           const struct posting_columns *all, uint32_t from)
{
    uint32_t i = from;
    uint64_t ttf = 0;
    while (i < all->n && !clus__bit(in->deleted, all->docs[i]) &&
           (i == from || ttf + all->tfs[i] <= POSITIONS_AT_ONCE))
        ttf += all->tfs[i++];
    j->df += i - from;
    j->ttf += ttf;
    return i;
}

/* Step over the deltas of postings [from, to). */
static void pass_deltas(struct posting_columns *all, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; all->deltas && i < to; i++)
        all->deltas += clus__positions_of(all->tfs[i], all->flags[i]);
}

static clus_status one_block(struct joined *j, const struct merge_input *in,
                             struct decoded *d)
{
    clus_status st = CLUS_OK;
    j->m->work += (uint64_t)POSTING_WORK * d->columns.n;
    for (uint32_t from = 0, to; from < d->columns.n && st == CLUS_OK; from = to) {
        to = end_of_run(j, in, &d->columns, from);
        if (to == from) { /* a deleted document */
            to++;
        } else if (!j->count_only) {
            st = begin(j);
            if (st == CLUS_OK && !j->gather)
                st = copy_postings(j, in, d, from, to);
            for (uint32_t i = from; j->gather && d->cursor && i < to && st == CLUS_OK; i++)
                st = gather_posting(j, in, d->cursor, i);
        }
        pass_deltas(&d->columns, from, to);
    }
    return st;
}

static clus_status one_list(struct joined *j, const struct merge_input *in,
                            struct postings *p)
{
    clus_status st = clus__postings_seek_block(p, 0);
    while (st == CLUS_OK) {
        st = clus__postings_docs(p);
        if (st == CLUS_OK)
            st = clus__postings_tfs(p);
        if (st == CLUS_OK) {
            struct decoded d = {{p->n, p->docs, p->tfs, p->flags, NULL}, p};
            st = one_block(j, in, &d);
        }
        if (st == CLUS_OK)
            st = clus__postings_seek_block(p, (uint64_t)p->block_last + 1);
    }
    return st == CLUS_DONE ? CLUS_OK : st;
}

/* A list inside its dictionary entry, as that of nearly every key is: without a cursor. */
static clus_status inline_list(struct joined *j, const struct merge_input *in)
{
    struct inline_list list;
    list.n = list.n_deltas = 0;
    clus_status st = clus__inline_read(&in->info.place, in->info.df, in->seg->ndocs, &list);
    if (st != CLUS_OK)
        return st;
    struct decoded d = {
        {list.n, list.docs, list.tfs, list.flags, j->positions ? list.deltas : NULL}, NULL};
    return one_block(j, in, &d);
}

static bool is_inline(const struct term_info *info)
{
    return (info->place.kind & 3) == LIST_INLINE &&
           !clus__inline_ordinals(&info->place, info->df);
}

static clus_status read_list(struct joined *j, const struct merge_input *in,
                             struct store_txn *txn)
{
    struct postings p;
    if (is_inline(&in->info) && !j->gather)
        return inline_list(j, in);
    p.state = NULL;
    clus_status st = clus__segment_postings(in->seg, txn, &in->info, NULL, &p);
    if (st == CLUS_OK)
        st = one_list(j, in, &p);
    clus__postings_done(&p);
    return st;
}

static clus_status read_lists(struct joined *j, uint64_t set, struct store_txn *txn)
{
    clus_status st = CLUS_OK;
    while (set && st == CLUS_OK)
        st = read_list(j, &j->m->inputs[clus__take_bit(&set)], txn);
    return st;
}

/* Positions that lists with positions hold together. */
static clus_status count_positions(const struct joined *j, uint64_t set, uint64_t *n)
{
    uint64_t sum = 0;
    while (set && j->positions) {
        const struct merge_input *in = &j->m->inputs[clus__take_bit(&set)];
        if (in->info.ttf > in->seg->totals.n_tokens)
            return CLUS_E_CORRUPT;
        sum += in->info.ttf;
    }
    *n = sum;
    return CLUS_OK;
}

/* A range of documents at a time: long lists are read several times. */
static clus_status gather_lists(struct joined *j, uint64_t set, struct store_txn *txn)
{
    struct merge *m = j->m;
    uint64_t n_pos, bytes = 0, ndocs = m->row.ndocs;
    clus_status st = count_positions(j, set, &n_pos);
    if (st != CLUS_OK)
        return st;
    for (uint64_t rest = set; rest;)
        bytes += m->inputs[clus__take_bit(&rest)].info.df * sizeof(struct gathered);
    uint64_t passes = (bytes + n_pos * sizeof(uint32_t)) / j->gather_bytes + 1;
    passes = passes < PASSES_MOST ? passes : PASSES_MOST;
    passes = passes < ndocs ? passes : ndocs;
    j->gather = true;
    for (uint64_t i = 0; i < passes && st == CLUS_OK; i++) {
        clus__gather_begin(&m->gather, (uint32_t)(ndocs * i / passes),
                           (uint32_t)(ndocs * (i + 1) / passes), n_pos);
        st = read_lists(j, set, txn);
        if (st == CLUS_OK)
            st = clus__gather_write(&m->gather, m->writer);
    }
    j->gather = false;
    return st == CLUS_E_ARGUMENT ? CLUS_E_CORRUPT : st;
}

/* ---- brief lists ---- */

/* Whether the lists of a key are inside of their dictionary entries and have together no
 * more bytes and documents than one there may. */
static bool are_brief(const struct merge *m, uint64_t set)
{
    uint64_t bytes = 0, df = 0;
    while (set) {
        const struct term_info *info = &m->inputs[clus__take_bit(&set)].info;
        if (!is_inline(info))
            return false;
        bytes += info->place.inline_len;
        df += info->df;
    }
    return bytes <= LIST_INLINE_MAX && df <= LIST_INLINE_MAX;
}

/* Leave out what is deleted of documents from `from` on, which are an input's, and give the
 * others their places; `deltas`: where theirs begin. */
static void place_live(const struct joined *j, const struct merge_input *in,
                       struct inline_list *list, uint32_t from, uint32_t deltas)
{
    uint32_t n = from, n_deltas = deltas;
    for (uint32_t i = from; i < list->n; i++) {
        uint32_t doc = list->docs[i], tf = list->tfs[i];
        uint8_t flags = list->flags[i];
        uint32_t own = j->positions ? clus__positions_of(tf, flags) : 0;
        deltas += own;
        if (clus__bit(in->deleted, doc))
            continue;
        list->docs[n] = clus__merge_place(j->m, in, doc);
        list->tfs[n] = tf;
        list->flags[n++] = flags;
        for (uint32_t k = deltas - own; k < deltas; k++)
            list->deltas[n_deltas++] = list->deltas[k];
    }
    list->n = n;
    list->n_deltas = n_deltas;
}

/* Nearly all keys have such lists: they are put together and written as one. */
static clus_status join_brief(struct joined *j, uint64_t set)
{
    struct inline_list list;
    struct merge *m = j->m;
    list.n = list.n_deltas = 0;
    while (set) {
        const struct merge_input *in = &m->inputs[clus__take_bit(&set)];
        uint32_t from = list.n, deltas = list.n_deltas;
        clus_status st =
            clus__inline_read(&in->info.place, in->info.df, in->seg->ndocs, &list);
        if (st != CLUS_OK)
            return st;
        m->work += (uint64_t)POSTING_WORK * in->info.df;
        if (in->deleted)
            place_live(j, in, &list, from, deltas);
        for (uint32_t i = from; !in->deleted && i < list.n; i++)
            list.docs[i] += in->base;
    }
    j->df = list.n;
    for (uint32_t i = 0; i < list.n; i++)
        j->ttf += list.tfs[i];
    if (list.n == 0)
        return CLUS_OK;
    const struct posting_columns all = {list.n, list.docs, list.tfs, list.flags,
                                        list.deltas};
    clus_status st = begin(j);
    if (st == CLUS_OK)
        st = clus__feed_list(&m->feed, &all);
    return st == CLUS_E_ARGUMENT ? CLUS_E_CORRUPT : st; /* impossible postings */
}

/* The list of a form may be its stem's: what the dictionary says of that one then stands
 * for what it says of the form. */
static clus_status resolve(struct merge_input *in)
{
    if (!in->info.alias)
        return CLUS_OK;
    uint32_t df = in->info.df;
    clus_status st = clus__stem_finder_find(in->stems, in->stem, &in->info);
    return st == CLUS_DONE || (st == CLUS_OK && in->info.df != df) ? CLUS_E_CORRUPT : st;
}

static clus_status join(struct joined *j, uint64_t set, struct store_txn *txn)
{
    struct merge *m = j->m;
    clus_status st = CLUS_OK;
    for (uint64_t rest = set; rest && st == CLUS_OK;)
        st = resolve(&m->inputs[clus__take_bit(&rest)]);
    if (st != CLUS_OK)
        return st;
    if (!m->place && !j->count_only && are_brief(m, set))
        return join_brief(j, set);
    st = m->place && !j->count_only ? gather_lists(j, set, txn) : read_lists(j, set, txn);
    if (st == CLUS_OK && j->begun)
        st = clus__feed_end(&j->m->feed);
    return st;
}

/* ---- forms that share their stem's list ---- */

/* Where inputs disagree about a form's stem, that of most documents stays. */
static struct bytes common_stem(const struct merge *m, uint64_t set)
{
    const struct merge_input *best = NULL;
    while (set) {
        const struct merge_input *in = &m->inputs[clus__take_bit(&set)];
        if (!best || in->info.df > best->info.df)
            best = in;
    }
    return best->stem;
}

/* Documents and occurrences that live, without decoding where nothing is deleted. */
static clus_status count_live(struct joined *j, uint64_t set, struct store_txn *txn)
{
    clus_status st = CLUS_OK;
    j->count_only = true;
    while (set && st == CLUS_OK) {
        uint32_t i = clus__take_bit(&set);
        const struct merge_input *in = &j->m->inputs[i];
        if (in->deleted) {
            st = join(j, 1ull << i, txn);
            continue;
        }
        j->df += in->info.df;
        j->ttf += in->info.ttf;
    }
    j->count_only = false;
    return st;
}

/* A form with a list of its own. */
static clus_status merge_own_list(struct joined *j, uint64_t set, struct store_txn *txn)
{
    uint64_t df = 0;
    for (uint64_t rest = set; rest;)
        df += j->m->inputs[clus__take_bit(&rest)].info.df;
    j->parent = df >= PARENT_FIRST;
    clus_status st = j->parent ? clus__merge_read_parent(j->m, txn, j->stem) : CLUS_OK;
    return st == CLUS_OK ? join(j, set, txn) : st;
}

static clus_status merge_form(struct joined *j, uint64_t set, struct store_txn *txn)
{
    struct merge *m = j->m;
    j->stem = common_stem(m, set);
    if (!clus__merge_is_alias(m, j->stem, set))
        return merge_own_list(j, set, txn);
    clus_status st = count_live(j, set, txn);
    if (st != CLUS_OK || j->df == 0)
        return st;
    st = clus__feed_alias(&m->feed, j->key, j->stem, j->df, j->ttf);
    return st == CLUS_E_ARGUMENT ? CLUS_E_CORRUPT : st;
}

static clus_status merge_key(struct merge *m, uint64_t set, struct store_txn *txn,
                             size_t limit)
{
    const struct merge_input *first = &m->inputs[__builtin_ctzll(set)];
    struct joined j = {.m = m, .key = first->key, .gather_bytes = GATHER_MOST};
    if (limit < GATHER_MOST / GATHER_STEPS)
        j.gather_bytes = GATHER_STEPS * limit + 1;
    uint8_t kind = j.key.data[0];
    if (kind == KEY_FORM)
        return merge_form(&j, set, txn);
    j.positions = kind == KEY_STEM && m->row.positions;
    clus_status st = join(&j, set, txn);
    if (st == CLUS_OK && kind == KEY_STEM && j.df > 0)
        st = clus__merge_remember(m, (struct bytes){j.key.data + 1, j.key.len - 1}, set);
    return st;
}

/* The least key above one is that key and a zero byte. */
static void set_resume(struct merge *m, struct bytes key)
{
    memcpy(m->resume, key.data, key.len);
    m->resume[key.len] = 0;
    m->resume_len = key.len + 1;
}

clus_status clus__merge_terms(struct merge *m, struct store_txn *txn, size_t limit)
{
    clus_status st = clus__merge_begin_walks(m, txn);
    uint64_t set = 0;
    while (st == CLUS_OK && (set = clus__merge_least(m)) != 0) {
        st = merge_key(m, set, txn, limit);
        if (st == CLUS_OK && clus__merge_pauses(m, limit)) {
            set_resume(m, m->inputs[__builtin_ctzll(set)].key);
            break;
        }
        if (st == CLUS_OK)
            st = clus__merge_step_over(m, set);
    }
    clus__merge_end_walks(m);
    return st == CLUS_OK && set == 0 ? CLUS_DONE : st;
}
