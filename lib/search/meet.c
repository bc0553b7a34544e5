/* Blocks lined up, then intersected, the shortest runs first. */
#include "search/meet.h"

void clus__meet_add(struct meet *m, struct posting_list *l)
{
    uint32_t i = m->n_lists++;
    for (; i > 0 && m->lists[i - 1]->p.df > l->p.df; i--)
        m->lists[i] = m->lists[i - 1];
    m->lists[i] = l;
}

clus_status clus__meet_next(struct meet *m, uint64_t target)
{
    if (target > UINT32_MAX)
        return CLUS_DONE;
    for (uint32_t i = 0; i < m->n_lists;) {
        struct posting_list *l = m->lists[i];
        uint32_t doc = (uint32_t)target;
        clus_status st =
            i == 0 ? clus__list_advance(l, doc, &doc) : clus__list_seek(l, doc);
        if (st != CLUS_OK)
            return st;
        if (l->ended)
            return CLUS_DONE;
        if (i > 0 && l->p.block_first > doc) {
            target = l->p.block_first;
            i = 0;
            continue;
        }
        target = doc;
        m->end = i == 0 || l->p.block_last < m->end ? l->p.block_last : m->end;
        i++;
    }
    m->from = (uint32_t)target;
    return CLUS_OK;
}

/* The part of a list's block inside [from, end]; l->at moves behind it, where the next part
 * mostly begins. */
static clus_status part_of(struct meet *m, struct posting_list *l, uint32_t *from,
                           uint32_t *to)
{
    clus_status st = clus__postings_docs(&l->p);
    if (st != CLUS_OK)
        return st;
    if (l->p.docs[l->at] < m->from)
        l->at = clus__list_find(l, m->from);
    *from = l->at;
    *to = l->at = l->p.block_last > m->end ? clus__list_find(l, m->end + 1) : l->p.n;
    return CLUS_OK;
}

/* Loops over places go by eights, over what lies behind the last one too: that way they are
 * vector code, and end where a processor expects it. */
static void shift(uint16_t *at, uint32_t n, uint32_t by)
{
    for (uint32_t i = 0; i < n; i += MEET_STEP)
        for (uint32_t j = i; j < i + MEET_STEP; j++)
            at[j] = (uint16_t)(at[j] + by);
}

/* In place: `which` ascends. */
static void choose(uint16_t *at, const uint16_t *which, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        at[i] = at[which[i]];
}

/* Keep the matches that list k has too. */
static void narrow(struct meet *m, uint32_t k, uint32_t from, uint32_t to)
{
    const uint32_t *docs = m->lists[k]->p.docs + from;
    uint32_t n = m->kernels->intersect(m->docs, m->n, docs, to - from, m->one, m->at[k]);
    shift(m->at[k], n, from);
    for (uint32_t i = 0; i < k; i++)
        choose(m->at[i], m->one, n);
    for (uint32_t i = 0; i < n; i++)
        m->docs[i] = m->docs[m->one[i]];
    m->n = n;
}

/* Places behind the last match are of any document of the block. */
static void pad_places(struct meet *m)
{
    for (uint32_t k = 0; k < m->n_lists; k++)
        memset(m->at[k] + m->n, 0, MEET_STEP * sizeof m->at[k][0]);
}

void clus__meet_pick(const struct meet *m, uint32_t k, uint32_t *tfs, uint8_t *flags)
{
    const struct postings *p = &m->lists[k]->p;
    const uint16_t *at = m->at[k];
    for (uint32_t i = 0; i < m->n; i += MEET_STEP)
        for (uint32_t j = i; j < i + MEET_STEP; j++) {
            tfs[j] = p->tfs[at[j]];
            flags[j] = p->flags[at[j]];
        }
}

clus_status clus__meet_match(struct meet *m)
{
    uint32_t from, to, from2, to2;
    m->n = 0;
    clus_status st = part_of(m, m->lists[0], &from, &to);
    if (st != CLUS_OK)
        return st;
    if (m->n_lists == 1) {
        m->n = to - from;
        memcpy(m->docs, m->lists[0]->p.docs + from, m->n * sizeof *m->docs);
        for (uint32_t i = 0; i < m->n; i++)
            m->at[0][i] = (uint16_t)(from + i);
        pad_places(m);
        return CLUS_OK;
    }
    if ((st = part_of(m, m->lists[1], &from2, &to2)) != CLUS_OK)
        return st;
    const uint32_t *docs = m->lists[0]->p.docs + from;
    m->n = m->kernels->intersect(docs, to - from, m->lists[1]->p.docs + from2, to2 - from2,
                                 m->at[0], m->at[1]);
    for (uint32_t i = 0; i < m->n; i++)
        m->docs[i] = docs[m->at[0][i]];
    shift(m->at[0], m->n, from);
    shift(m->at[1], m->n, from2);
    for (uint32_t k = 2; k < m->n_lists && m->n > 0; k++) {
        if ((st = part_of(m, m->lists[k], &from, &to)) != CLUS_OK)
            return st;
        narrow(m, k, from, to);
    }
    pad_places(m);
    return CLUS_OK;
}
