/* The two rarest lists lined up and intersected, the others asked about the rest. */
#include "search/meet.h"

enum { PAIR = 2 };

void clus__meet_begin(struct meet *m, const struct kernels *kernels)
{
    m->kernels = kernels;
    m->n_lists = 0;
}

void clus__meet_add(struct meet *m, struct posting_list *l)
{
    uint32_t i = m->n_lists++;
    for (; i > 0 && m->lists[i - 1]->p.df > l->p.df; i--)
        m->lists[i] = m->lists[i - 1];
    m->lists[i] = l;
}

/* The first document of the list's block from *doc on; l->at mostly stands there. */
static clus_status first_from(struct posting_list *l, uint32_t *doc)
{
    clus_status st = clus__postings_docs(&l->p);
    if (st != CLUS_OK)
        return st;
    if (l->p.docs[l->at] < *doc)
        l->at = clus__list_find(l, *doc);
    *doc = l->p.docs[l->at];
    return CLUS_OK;
}

clus_status clus__meet_next(struct meet *m, uint64_t target)
{
    if (target > UINT32_MAX)
        return CLUS_DONE;
    for (uint32_t i = 0; i < PAIR;) {
        struct posting_list *l = m->lists[i];
        uint32_t doc = (uint32_t)target;
        clus_status st = clus__list_seek(l, doc);
        if (st != CLUS_OK || l->ended)
            return st != CLUS_OK ? st : CLUS_DONE;
        if (i == 0 && (st = first_from(l, &doc)) != CLUS_OK)
            return st;
        if (i > 0 && l->p.block_first > doc) {
            target = l->p.block_first;
            i = 0;
            continue;
        }
        target = doc;
        m->range_end =
            i == 0 || l->p.block_last < m->range_end ? l->p.block_last : m->range_end;
        i++;
    }
    m->from = (uint32_t)target;
    return CLUS_OK;
}

/* The part of a list's block inside [first, last]; l->at moves behind it, where the next
 * part mostly begins. */
static clus_status part_of(struct posting_list *l, uint32_t first, uint32_t last,
                           uint32_t *from, uint32_t *to)
{
    clus_status st = first_from(l, &first);
    if (st != CLUS_OK)
        return st;
    *from = l->at;
    *to = l->at = l->p.block_last > last ? clus__list_find(l, last + 1) : l->p.n;
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

/* Behind the last place stand places that exist, for such loops. */
static void pad(uint16_t *at, uint32_t n)
{
    memset(at + n, 0, MEET_STEP * sizeof *at);
}

clus_status clus__meet_pair(struct meet *m)
{
    uint32_t from[PAIR], to[PAIR];
    clus_status st = CLUS_OK;
    m->done = m->n_pair = 0;
    for (uint32_t k = 0; st == CLUS_OK && k < PAIR; k++)
        st = part_of(m->lists[k], m->from, m->range_end, &from[k], &to[k]);
    if (st != CLUS_OK)
        return st;
    const uint32_t *docs = m->lists[0]->p.docs + from[0];
    struct doc_run first = {docs, to[0] - from[0]},
                   second = {m->lists[1]->p.docs + from[1], to[1] - from[1]};
    m->n_pair = clus__intersect(m->kernels, first, second, m->room[0], m->room[1]);
    for (uint32_t i = 0; i < m->n_pair; i++)
        m->pair[i] = docs[m->room[0][i]];
    for (uint32_t k = 0; k < PAIR; k++) {
        shift(m->room[k], m->n_pair, from[k]);
        pad(m->room[k], m->n_pair);
    }
    return CLUS_OK;
}

/* Blocks of the lists behind the pair, all at `doc`: m->last, or a later document in *doc
 * before which they have none in common. */
static clus_status line_up(struct meet *m, uint32_t *doc)
{
    m->last = m->range_end;
    for (uint32_t k = PAIR; k < m->n_lists; k++) {
        struct posting_list *l = m->lists[k];
        clus_status st = clus__list_seek(l, *doc);
        if (st != CLUS_OK)
            return st;
        if (l->ended)
            return CLUS_DONE;
        if (l->p.block_first > *doc) {
            *doc = l->p.block_first;
            return CLUS_OK;
        }
        m->last = l->p.block_last < m->last ? l->p.block_last : m->last;
    }
    return CLUS_OK;
}

clus_status clus__meet_group(struct meet *m)
{
    while (m->done < m->n_pair) {
        uint32_t doc = m->pair[m->done];
        m->first = doc;
        clus_status st = line_up(m, &doc);
        if (st != CLUS_OK)
            return st;
        if (doc > m->first) {
            while (m->done < m->n_pair && m->pair[m->done] < doc)
                m->done++;
            continue;
        }
        m->docs = m->pair + m->done;
        for (uint32_t k = 0; k < m->n_lists; k++)
            m->at[k] = m->room[k] + (k < PAIR ? m->done : 0);
        uint32_t end = m->done;
        if (m->last == m->range_end)
            end = m->n_pair;
        while (end < m->n_pair && m->pair[end] <= m->last)
            end++;
        m->n = end - m->done;
        m->done = end;
        return CLUS_OK;
    }
    return CLUS_DONE;
}

/* In place: `which` ascends. */
static void choose(uint16_t *at, const uint16_t *which, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        at[i] = at[which[i]];
}

clus_status clus__meet_narrow(struct meet *m)
{
    for (uint32_t k = PAIR; k < m->n_lists && m->n > 0; k++) {
        uint32_t from, to;
        clus_status st = part_of(m->lists[k], m->first, m->last, &from, &to);
        if (st != CLUS_OK)
            return st;
        struct doc_run met = {m->docs, m->n},
                       next = {m->lists[k]->p.docs + from, to - from};
        m->n = clus__intersect(m->kernels, met, next, m->one, m->at[k]);
        shift(m->at[k], m->n, from);
        pad(m->at[k], m->n);
        for (uint32_t i = 0; i < k; i++)
            choose(m->at[i], m->one, m->n);
        for (uint32_t i = 0; i < m->n; i++)
            m->docs[i] = m->docs[m->one[i]];
    }
    return CLUS_OK;
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
