/*
 * An order of its own for a merge: which documents have which stems is read from the
 * inputs' lists, as far as memory allows, and bisected.
 */
#include "base/alloc.h"
#include "codec/postings.h"
#include "index/bisect.h"
#include "index/merge.h"

enum {
    LEAST_DF = 16,    /* rarer stems have little to gain */
    MOST_DF_PART = 3, /* stems of more than a third of the documents tell nothing */
    DF_CLASSES = 32
};

struct reader {
    struct merge *m;
    struct store_txn *txn;
    struct forward_index x;
    uint64_t *fill; /* next place of each document; NULL while counting */
    uint32_t most_df;
    uint64_t df_bytes[DF_CLASSES]; /* of postings of stems, by the logarithm of their df */
};

static uint64_t df_of(const struct merge *m, uint64_t set)
{
    uint64_t df = 0;
    while (set)
        df += m->inputs[clus__take_bit(&set)].info.df;
    return df;
}

static unsigned class_of(uint64_t df)
{
    unsigned log = 63u - (unsigned)__builtin_clzll(df | 1);
    return log < DF_CLASSES ? log : DF_CLASSES - 1;
}

/* What is done with each stem: `set` are the inputs that stand on it. */
typedef clus_status stem_fn(struct reader *r, uint64_t set);

static clus_status each_stem(struct reader *r, stem_fn *fn)
{
    struct merge *m = r->m;
    clus_status st = clus__merge_begin_walks(m, r->txn);
    uint64_t set = 0;
    while (st == CLUS_OK && (set = clus__merge_least(m)) != 0) {
        if (m->inputs[__builtin_ctzll(set)].key.data[0] != KEY_STEM)
            break; /* stems come first */
        st = fn(r, set);
        if (st == CLUS_OK)
            st = clus__merge_step_over(m, set);
    }
    clus__merge_end_walks(m);
    return st;
}

static clus_status sum_df(struct reader *r, uint64_t set)
{
    uint64_t df = df_of(r->m, set);
    if (df >= LEAST_DF && df <= r->most_df)
        r->df_bytes[class_of(df)] += df * sizeof *r->x.terms;
    return CLUS_OK;
}

/* Leave out the most frequent stems until the rest fits. */
static void bound_df(struct reader *r, size_t memory)
{
    uint64_t sum = 0;
    for (unsigned c = 0; c < DF_CLASSES; c++) {
        sum += r->df_bytes[c];
        if (sum > memory && r->most_df >= 1u << c)
            r->most_df = (1u << c) - 1;
    }
}

static clus_status one_block(struct reader *r, const struct merge_input *in,
                             struct postings *p)
{
    clus_status st = clus__postings_docs(p);
    for (uint32_t i = 0; st == CLUS_OK && i < p->n; i++) {
        if (!clus__merge_lives(in, p->docs[i]))
            continue;
        uint32_t doc = clus__merge_place(r->m, in, p->docs[i]);
        if (r->fill)
            r->x.terms[r->fill[doc]++] = r->x.n_terms;
        else
            r->x.starts[doc + 1]++;
    }
    return st;
}

static clus_status one_list(struct reader *r, const struct merge_input *in)
{
    struct postings p = {0};
    clus_status st = clus__segment_postings(in->seg, r->txn, &in->info, NULL, &p);
    if (st == CLUS_OK)
        st = clus__postings_seek_block(&p, 0);
    while (st == CLUS_OK) {
        st = one_block(r, in, &p);
        if (st == CLUS_OK)
            st = clus__postings_seek_block(&p, (uint64_t)p.block_last + 1);
    }
    clus__postings_done(&p);
    return st == CLUS_DONE ? CLUS_OK : st;
}

static clus_status take_stem(struct reader *r, uint64_t set)
{
    uint64_t df = df_of(r->m, set);
    clus_status st = CLUS_OK;
    if (df < LEAST_DF || df > r->most_df)
        return CLUS_OK;
    while (set && st == CLUS_OK)
        st = one_list(r, &r->m->inputs[clus__take_bit(&set)]);
    r->x.n_terms++;
    return st;
}

/* Count the terms of each document, then write them down: the lists are read twice. */
static clus_status make_forward(struct reader *r, size_t memory)
{
    uint32_t n = r->x.n_docs;
    r->most_df = n / MOST_DF_PART;
    clus_status st = each_stem(r, sum_df);
    if (st != CLUS_OK)
        return st;
    bound_df(r, memory);
    r->x.starts = clus__calloc((size_t)n + 1, sizeof *r->x.starts);
    if (!r->x.starts || (st = each_stem(r, take_stem)) != CLUS_OK)
        return r->x.starts ? st : CLUS_E_NOMEM;
    for (uint32_t doc = 0; doc < n; doc++)
        r->x.starts[doc + 1] += r->x.starts[doc];
    r->x.terms = clus__calloc(r->x.starts[n] + 1, sizeof *r->x.terms);
    r->fill = clus__memdup(r->x.starts, n * sizeof *r->fill);
    if (!r->x.terms || !r->fill)
        return CLUS_E_NOMEM;
    r->x.n_terms = 0;
    return each_stem(r, take_stem);
}

/* Documents, lengths and numbers go where `order` says. */
static clus_status adopt(struct merge *m, const uint32_t *order)
{
    uint32_t n = m->row.ndocs, merged = 0;
    struct merge_origin *from = clus__calloc(n, sizeof *from);
    struct norm *norms = clus__memdup(m->norms, n * sizeof *norms);
    m->origins = clus__calloc(n, sizeof *m->origins);
    m->place = clus__calloc(n, sizeof *m->place);
    bool good = from && norms && m->origins && m->place;
    for (uint32_t i = 0; good && i < m->n; i++) {
        for (uint32_t doc = 0; doc < m->inputs[i].seg->ndocs; doc++) {
            if (clus__merge_lives(&m->inputs[i], doc))
                from[merged++] = (struct merge_origin){i, doc};
        }
    }
    for (uint32_t at = 0; good && at < n; at++) {
        m->origins[at] = from[order[at]];
        m->place[order[at]] = at;
        m->norms[at] = norms[order[at]];
    }
    m->numbered = true;
    clus__free(from);
    clus__free(norms);
    return good ? CLUS_OK : CLUS_E_NOMEM;
}

clus_status clus__merge_reorder(struct merge *m, struct store_txn *txn, size_t memory)
{
    if (m->row.ndocs == 0)
        return CLUS_OK;
    struct reader r = {.m = m, .txn = txn, .x = {.n_docs = m->row.ndocs}};
    uint32_t *order = clus__calloc(m->row.ndocs, sizeof *order);
    clus_status st = order ? make_forward(&r, memory) : CLUS_E_NOMEM;
    for (uint32_t doc = 0; order && doc < m->row.ndocs; doc++)
        order[doc] = doc;
    if (st == CLUS_OK)
        st = clus__bisect(&r.x, order);
    clus__free(r.x.starts);
    clus__free(r.x.terms);
    clus__free(r.fill);
    if (st == CLUS_OK)
        st = adopt(m, order);
    clus__free(order);
    return st;
}
