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
    bool gather, begun, positions;
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

static const struct merge_parent *parent_of(const struct joined *j)
{
    return j->parent ? &j->m->parent : NULL;
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

/* Hand postings [from, to) of the block on as they are, but for their documents. */
static clus_status copy_postings(struct joined *j, const struct merge_input *in,
                                 struct postings *p, uint32_t from, uint32_t to)
{
    uint32_t docs[BLOCK_DOCS];
    struct posting_columns run = {
        .n = to - from, .docs = docs, .tfs = p->tfs + from, .flags = p->flags + from};
    for (uint32_t i = from; i < to; i++)
        docs[i - from] = in->places ? in->places[p->docs[i]] : in->base + p->docs[i];
    clus_status st =
        j->positions ? clus__postings_deltas(p, from, to, &run.deltas) : CLUS_OK;
    if (st == CLUS_OK)
        st = clus__feed_columns(&j->m->feed, &run);
    return st == CLUS_E_ARGUMENT ? CLUS_E_CORRUPT : st; /* impossible postings */
}

/* The end of the postings from `from` on that may be copied together: they live, and have
 * not too many positions. */
static uint32_t end_of_run(struct joined *j, const struct merge_input *in,
                           const struct postings *p, uint32_t from)
{
    uint32_t i = from;
    uint64_t ttf = 0;
    while (i < p->n && clus__merge_lives(in, p->docs[i]) &&
           (i == from || ttf + p->tfs[i] <= POSITIONS_AT_ONCE))
        ttf += p->tfs[i++];
    j->df += i - from;
    j->ttf += ttf;
    return i;
}

static clus_status one_block(struct joined *j, const struct merge_input *in,
                             struct postings *p)
{
    clus_status st = CLUS_OK;
    j->m->work += (uint64_t)POSTING_WORK * p->n;
    for (uint32_t from = 0, to; from < p->n && st == CLUS_OK; from = to) {
        to = end_of_run(j, in, p, from);
        if (to == from) { /* a deleted document */
            to++;
            continue;
        }
        st = begin(j);
        if (st == CLUS_OK && !j->gather)
            st = copy_postings(j, in, p, from, to);
        for (uint32_t i = from; j->gather && i < to && st == CLUS_OK; i++)
            st = gather_posting(j, in, p, i);
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
        if (st == CLUS_OK)
            st = one_block(j, in, p);
        if (st == CLUS_OK)
            st = clus__postings_seek_block(p, (uint64_t)p->block_last + 1);
    }
    return st == CLUS_DONE ? CLUS_OK : st;
}

static clus_status read_list(struct joined *j, const struct merge_input *in,
                             struct store_txn *txn)
{
    struct postings p;
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
        j->df = 0; /* each pass reads and counts all postings */
        j->ttf = 0;
        st = read_lists(j, set, txn);
        if (st == CLUS_OK)
            st = clus__gather_write(&m->gather, m->writer);
    }
    j->gather = false;
    if (st == CLUS_OK && j->begun)
        st = clus__feed_end(&m->feed);
    return st == CLUS_E_ARGUMENT ? CLUS_E_CORRUPT : st;
}

/* ---- joining ---- */

/* Nearly all lists are brief: some of one key, put together; `all`: of the whole key. */
static clus_status join_brief(struct joined *j, uint64_t part, bool all)
{
    struct brief_lists brief;
    struct list_feed *feed = &j->m->feed;
    brief.positions = j->positions;
    brief.parent = parent_of(j);
    clus_status st = clus__merge_brief(j->m, part, &brief);
    const struct inline_list *list = &brief.list;
    if (st != CLUS_OK || list->n == 0)
        return st;
    j->df += list->n;
    j->ttf += brief.ttf;
    const struct posting_columns columns = {list->n, list->docs, list->tfs, list->flags,
                                            list->deltas};
    st = begin(j);
    if (st == CLUS_OK)
        st = all ? clus__feed_list(feed, &columns) : clus__feed_columns(feed, &columns);
    return st == CLUS_E_ARGUMENT ? CLUS_E_CORRUPT : st; /* impossible postings */
}

static clus_status join_lists(struct joined *j, uint64_t set, struct store_txn *txn)
{
    uint64_t rest = set, part = clus__merge_brief_part(j->m, &rest, parent_of(j));
    if (rest == 0)
        return join_brief(j, part, true);
    clus_status st = CLUS_OK;
    while (st == CLUS_OK && (part | rest) != 0) {
        st = part ? join_brief(j, part, false)
                  : read_list(j, &j->m->inputs[clus__take_bit(&rest)], txn);
        part = clus__merge_brief_part(j->m, &rest, parent_of(j));
    }
    return st == CLUS_OK && j->begun ? clus__feed_end(&j->m->feed) : st;
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
    clus_status st = CLUS_OK;
    for (uint64_t rest = set; rest && st == CLUS_OK;)
        st = resolve(&j->m->inputs[clus__take_bit(&rest)]);
    if (st != CLUS_OK)
        return st;
    return j->m->place ? gather_lists(j, set, txn) : join_lists(j, set, txn);
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
    j->stem = common_stem(j->m, set);
    const struct merge_stem *same = clus__merge_alias_of(j->m, j->stem, set);
    if (!same)
        return merge_own_list(j, set, txn);
    clus_status st = clus__feed_alias(&j->m->feed, j->key, j->stem, same->df,
                                      (uint64_t)same->df + same->more);
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
        st = clus__merge_remember(m, (struct bytes){j.key.data + 1, j.key.len - 1}, set,
                                  j.df, j.ttf);
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
