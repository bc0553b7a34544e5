/*
 * The k best of a stream of documents: keys in any order while there is room, from the k-th
 * on a heap whose least is on top. A key is the score above the complement of the
 * document's ordinal, so that of equal scores the document that was inserted first is the
 * better one.
 */
#ifndef CLUS_SEARCH_TOPK_H
#define CLUS_SEARCH_TOPK_H

#include <clustersearch/base.h>

struct topk {
    uint64_t *keys; /* room for 2 k, half of it to sort them */
    uint32_t n, k;
    int32_t theta; /* only scores above it can enter; >= 0 */
};

static inline uint64_t clus__topk_key(int32_t score, uint32_t ordinal)
{
    return (uint64_t)(uint32_t)score << 32 | (UINT32_MAX - ordinal);
}

static inline int32_t clus__topk_score(uint64_t key)
{
    return (int32_t)(key >> 32);
}

static inline uint32_t clus__topk_ordinal(uint64_t key)
{
    return UINT32_MAX - (uint32_t)key;
}

/* Put `key` at i, which is free, or where it belongs below. */
static inline void clus__topk_sink(struct topk *t, uint32_t i, uint64_t key)
{
    for (;;) {
        uint32_t child = 2 * i + 1;
        if (child >= t->n)
            break;
        if (child + 1 < t->n)
            child += t->keys[child + 1] < t->keys[child];
        if (t->keys[child] >= key)
            break;
        t->keys[i] = t->keys[child];
        i = child;
    }
    t->keys[i] = key;
}

/* Takes a key while there is room; the k-th makes a heap of all. */
static inline void clus__topk_add(struct topk *t, uint64_t key)
{
    t->keys[t->n++] = key;
    for (uint32_t i = t->n == t->k ? t->k / 2 : 0; i-- > 0;)
        clus__topk_sink(t, i, t->keys[i]);
}

static inline void clus__topk_raise_theta(struct topk *t)
{
    if (t->n < t->k)
        return;
    int32_t least = clus__topk_score(t->keys[0]);
    t->theta = least > t->theta ? least : t->theta;
}

/* Ordinals must come ascending among equal scores. */
static inline void clus__topk_push(struct topk *t, int32_t score, uint32_t ordinal)
{
    if (score <= t->theta)
        return;
    uint64_t key = clus__topk_key(score, ordinal);
    if (t->n < t->k)
        clus__topk_add(t, key);
    else
        clus__topk_sink(t, 0, key);
    clus__topk_raise_theta(t);
}

/* The same for documents in any order and more than once, of which the best score counts.
 * Answers whether the document is not among the best yet. Takes time in proportion to k. */
static inline bool clus__topk_put(struct topk *t, int32_t score, uint32_t ordinal)
{
    const uint64_t key = clus__topk_key(score, ordinal);
    uint32_t at = 0;
    while (at < t->n && (uint32_t)t->keys[at] != (uint32_t)key)
        at++;
    const bool is_new = at == t->n;
    if (is_new && t->n < t->k)
        clus__topk_add(t, key);
    else if (is_new && key > t->keys[0])
        clus__topk_sink(t, 0, key);
    else if (!is_new && key > t->keys[at] && t->n == t->k)
        clus__topk_sink(t, at, key);
    else if (!is_new && key > t->keys[at])
        t->keys[at] = key;
    clus__topk_raise_theta(t);
    return is_new;
}

/* Best first; nothing can be pushed any more. */
void clus__topk_sort(struct topk *t);

#endif
