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
    struct postings *parent = p->state->parent;
    if (st == CLUS_OK && p->state->passed == p->block_first) {
        *first = p->state->ordinal;
        return CLUS_OK;
    }
    *first = 0;
    if (st != CLUS_OK || p->block_first == 0)
        return st;
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

static inline void take_four(uint32_t *restrict at, const uint32_t *restrict docs)
{
    uint32_t a = at[0] % BLOCK_DOCS, b = at[1] % BLOCK_DOCS;
    uint32_t c = at[2] % BLOCK_DOCS, d = at[3] % BLOCK_DOCS;
    at[0] = docs[a];
    at[1] = docs[b];
    at[2] = docs[c];
    at[3] = docs[d];
}

/* First of the ascending numbers [from, n) that is not below a limit; the one at `from` is.
 * Without a jump on what they are. */
static uint32_t end_of_run(const uint32_t *numbers, uint32_t from, uint32_t n,
                           uint32_t limit)
{
    uint32_t low = from;
    for (uint32_t left = n - from; left > 1;) {
        uint32_t half = left / 2;
        low += numbers[low + half] < limit ? half : 0;
        left -= half;
    }
    return low + 1;
}

/* Documents of one block of the parent ascend, but from block to block they are asked. */
clus_status clus__ordinals_docs(struct postings *p)
{
    struct postings *parent = p->state->parent;
    uint32_t *docs = p->docs, next = p->block_first;
    if (docs[p->n - 1] >= parent->df)
        return CLUS_E_CORRUPT;
    p->state->ordinal = docs[p->n - 1] + 1;
    for (uint32_t i = 0; i < p->n;) {
        uint32_t block = docs[i] / BLOCK_DOCS;
        clus_status st = clus__postings_go_to(parent, block);
        if (st == CLUS_OK)
            st = clus__postings_docs(parent);
        if (st != CLUS_OK)
            return st;
        if (parent->docs[docs[i] % BLOCK_DOCS] < next)
            return CLUS_E_CORRUPT;
        uint32_t end = end_of_run(docs, i, p->n, (block + 1) * BLOCK_DOCS);
        for (; end - i >= 4; i += 4)
            take_four(docs + i, parent->docs);
        for (; i < end; i++)
            docs[i] = parent->docs[docs[i] % BLOCK_DOCS];
        next = docs[i - 1] + 1;
    }
    p->state->passed = next;
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
