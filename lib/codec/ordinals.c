/* Documents of a list as ordinals in its parent's. */
#include "codec/ordinals.h"

#include "base/alloc.h"
#include "codec/postings_state.h"

enum { DOCS_A_BLOCK = 4 }; /* where a parent's block has fewer, decoding it is too dear */

/* ---- writing ---- */

/* First place from `at` on whose document is not below `doc`. Eight at a time without a
 * jump on what they are, which cannot be guessed; the rest of the way in longer steps. */
static uint32_t seek(const struct parent_list *parent, uint32_t at, uint32_t doc)
{
    enum { FAR = 64, NEAR = 8 };
    const uint32_t *docs = parent->docs, n = parent->n;
    while (n - at >= FAR && docs[at + FAR - 1] < doc)
        at += FAR;
    while (n - at >= NEAR && docs[at + NEAR - 1] < doc)
        at += NEAR;
    uint32_t left = n - at < NEAR ? n - at : NEAR, below = 0;
    for (uint32_t i = 0; i < left; i++)
        below += docs[at + i] < doc;
    return at + below;
}

/* Whether the parent has all documents, not too far apart. */
static bool find_all(struct parent_list *parent, const uint32_t *docs, uint32_t n,
                     uint32_t ordinals[BLOCK_DOCS])
{
    uint32_t blocks = 0, last = UINT32_MAX;
    for (uint32_t i = 0; i < n; i++) {
        parent->at = seek(parent, parent->at, docs[i]);
        if (parent->at == parent->n || parent->docs[parent->at] != docs[i])
            return false;
        ordinals[i] = parent->at;
        blocks += parent->at / BLOCK_DOCS != last;
        last = parent->at / BLOCK_DOCS;
    }
    return n >= DOCS_A_BLOCK * blocks || parent->n < BLOCK_DOCS;
}

bool clus__block_gaps(struct parent_list *parent, const uint32_t *docs, uint32_t n,
                      uint32_t first, uint32_t gaps[BLOCK_DOCS])
{
    uint32_t ordinals[BLOCK_DOCS];
    bool found = false;
    if (parent->n > 0) {
        parent->at = seek(parent, parent->at, first);
        uint32_t from = parent->at;
        found = find_all(parent, docs, n, ordinals);
        first = found ? from : first;
    }
    const uint32_t *numbers = found ? ordinals : docs;
    for (uint32_t i = 0; i < n; i++) {
        gaps[n == BLOCK_DOCS ? clus__sum_place(i) : i] = numbers[i] - first;
        first = numbers[i] + 1;
    }
    return found;
}

/* ---- reading ---- */

/* It is opened when it is needed first. */
clus_status clus__ordinals_open(struct postings *p)
{
    struct postings_state *s = p->state;
    if (s->parent)
        return CLUS_OK;
    if (!s->open_parent)
        return CLUS_E_CORRUPT;
    struct postings *parent = s->arena ? clus__arena_raw(s->arena, 1, sizeof *parent)
                                       : clus__malloc(sizeof *parent);
    if (!parent)
        return CLUS_E_NOMEM;
    parent->df = parent->ndocs = parent->n_blocks = 0;
    clus_status st = s->open_parent(s->dictionary, s->txn, s->key_at, s->arena, parent);
    if (st == CLUS_OK)
        s->parent = parent;
    else if (!s->arena)
        clus__free(parent);
    return st;
}

clus_status clus__ordinals_first(struct postings *p, uint32_t *first)
{
    clus_status st = clus__ordinals_open(p);
    *first = 0;
    if (st != CLUS_OK || p->block_first == 0)
        return st;
    struct postings *parent = p->state->parent;
    st = clus__postings_seek_block(parent, p->block_first);
    if (st == CLUS_OK)
        st = clus__postings_docs(parent);
    if (st != CLUS_OK)
        return st == CLUS_DONE ? CLUS_E_CORRUPT : st;
    uint32_t below = 0;
    for (uint32_t i = 0; i < parent->n; i++)
        below += parent->docs[i] < p->block_first;
    *first = parent->block * BLOCK_DOCS + below;
    return CLUS_OK;
}

/* Documents of one block of the parent ascend, but from block to block they are asked. */
clus_status clus__ordinals_docs(struct postings *p)
{
    struct postings *parent = p->state->parent;
    uint32_t *docs = p->docs, next = p->block_first;
    if (docs[p->n - 1] >= parent->df)
        return CLUS_E_CORRUPT;
    for (uint32_t i = 0; i < p->n;) {
        uint32_t block = docs[i] / BLOCK_DOCS;
        clus_status st = clus__postings_go_to(parent, block);
        if (st == CLUS_OK)
            st = clus__postings_docs(parent);
        if (st != CLUS_OK)
            return st;
        if (parent->docs[docs[i] % BLOCK_DOCS] < next)
            return CLUS_E_CORRUPT;
        for (; i < p->n && docs[i] / BLOCK_DOCS == block; i++)
            docs[i] = parent->docs[docs[i] % BLOCK_DOCS];
        next = docs[i - 1] + 1;
    }
    return CLUS_OK;
}

void clus__ordinals_done(struct postings_state *s)
{
    if (!s->parent)
        return;
    clus__postings_done(s->parent);
    if (!s->arena)
        clus__free(s->parent);
}
