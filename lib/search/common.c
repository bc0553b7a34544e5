/* A block of the rarest list, sifted by one list after the other. */
#include "search/common.h"

void clus__common_begin(struct common *c, const struct kernels *kernels)
{
    c->kernels = kernels;
    c->n_lists = 0;
}

void clus__common_add(struct common *c, struct posting_list *l, bool counted)
{
    uint32_t i = c->n_lists++;
    for (; i > 0 && c->lists[i - 1]->p.df > l->p.df; i--) {
        c->lists[i] = c->lists[i - 1];
        c->counted[i] = c->counted[i - 1];
    }
    c->lists[i] = l;
    c->counted[i] = counted;
}

clus_status clus__common_next(struct common *c)
{
    return clus__list_seek(c->lists[0], c->lists[0]->p.block_last + 1);
}

/* ---- documents alone ---- */

/* Those of list k. Decodes nothing but documents. */
static clus_status keep_docs(struct common *c, uint32_t k)
{
    struct posting_list *l = c->lists[k];
    const uint32_t *docs = k > 1 ? c->docs : c->lists[0]->p.docs;
    uint32_t kept = 0;
    const struct short_lanes *lanes;
    for (uint32_t i = 0, n; i < c->n;) {
        clus_status st = clus__list_seek(l, docs[i]);
        if (st == CLUS_OK && !l->ended)
            st = clus__list_lanes(l, c->kernels, &lanes);
        if (st != CLUS_OK)
            return st;
        if (l->ended)
            break;
        struct doc_run asked = {docs + i, c->n - i}, has = {l->p.docs, l->p.n};
        i += lanes ? c->kernels->keep_lanes(asked, lanes, c->docs + kept, &n)
                   : clus__keep(c->kernels, asked, has, c->docs + kept, &n);
        kept += n;
    }
    c->n = kept;
    return CLUS_OK;
}

clus_status clus__common_docs(struct common *c)
{
    clus_status st = clus__postings_docs(&c->lists[0]->p);
    c->n = c->lists[0]->p.n;
    for (uint32_t k = 1; st == CLUS_OK && k < c->n_lists && c->n > 0; k++)
        st = keep_docs(c, k);
    return st;
}

/* ---- with their places ---- */

/* The most that a document gets from list k in its current block. */
static int32_t block_bound(const struct common *c, uint32_t k)
{
    const struct posting_list *l = c->lists[k];
    return c->counted[k] ? clus__list_bound(l, l->p.block_max) : 0;
}

/* What a document may get from the lists behind k, wherever it is. */
static int32_t most_behind(const struct common *c, uint32_t k)
{
    int32_t sum = 0;
    for (k++; k < c->n_lists; k++)
        sum += c->counted[k] ? c->lists[k]->most : 0;
    return sum;
}

/* What list k's current block has of documents from *asked on, behind the `kept` ones;
 * *asked moves on to the first behind the block. */
static clus_status keep_block(struct common *c, uint32_t k, uint32_t *asked, uint32_t *kept)
{
    const struct postings *p = &c->lists[k]->p;
    const uint32_t *docs = k > 1 ? c->docs : c->lists[0]->p.docs;
    uint16_t at[BLOCK_DOCS + 16], there[BLOCK_DOCS + 16];
    uint32_t n, from = *asked;
    struct doc_run run = {docs + from, c->n - from};
    clus_status st = clus__list_meet(c->lists[k], c->kernels, &run, at, there, &n);
    if (st != CLUS_OK)
        return st;
    *asked = from + run.n;
    uint32_t first = c->lists[0]->p.block * BLOCK_DOCS, here = p->block * BLOCK_DOCS;
    uint32_t next = *kept;
    for (uint32_t i = 0; i < n; i++) {
        c->docs[next + i] = docs[from + at[i]];
        c->which[k][next + i] = here + there[i];
    }
    if (k == 1)
        for (uint32_t i = 0; i < n; i++)
            c->which[0][next + i] = first + from + at[i];
    for (uint32_t before = 0; k > 1 && before < k; before++)
        for (uint32_t i = 0; i < n; i++)
            c->which[before][next + i] = c->which[before][from + at[i]];
    *kept = next + n;
    return CLUS_OK;
}

/* Those of list k in blocks that could make them get more than `need` from the lists up to
 * k. */
static clus_status keep(struct common *c, uint32_t k, int32_t need)
{
    struct posting_list *l = c->lists[k];
    const uint32_t *docs = k > 1 ? c->docs : c->lists[0]->p.docs;
    uint32_t kept = 0;
    int32_t most = 0;
    for (uint32_t i = 0; i < c->n;) {
        clus_status st = clus__list_seek(l, docs[i]);
        if (st != CLUS_OK)
            return st;
        if (l->ended)
            break;
        int32_t here = c->most + block_bound(c, k);
        if (here <= need) {
            struct doc_run asked = {docs + i, c->n - i};
            i += clus__count_up_to(asked, l->p.block_last);
            continue;
        }
        if ((st = keep_block(c, k, &i, &kept)) != CLUS_OK)
            return st;
        most = here > most ? here : most;
    }
    c->n = kept;
    c->most = most;
    return CLUS_OK;
}

clus_status clus__common_find(struct common *c, int32_t need)
{
    const struct postings *p = &c->lists[0]->p;
    c->most = block_bound(c, 0);
    c->n = 0;
    if (c->most + most_behind(c, 0) <= need)
        return CLUS_OK;
    clus_status st = clus__postings_docs(&c->lists[0]->p);
    c->n = p->n;
    for (uint32_t k = 1; st == CLUS_OK && k < c->n_lists && c->n > 0; k++)
        st = keep(c, k, need - most_behind(c, k));
    return st;
}
