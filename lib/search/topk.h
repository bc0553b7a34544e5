/*
 * The k best of a stream of documents: a heap of keys whose least is on top. A key is the
 * score above the complement of the document's ordinal, so that of equal scores the
 * document that was inserted first is the better one.
 */
#ifndef CLUS_SEARCH_TOPK_H
#define CLUS_SEARCH_TOPK_H

#include <clustersearch/base.h>

struct topk {
    uint64_t *keys; /* room for k */
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

static inline void clus__topk_rise(struct topk *t, uint32_t i, uint64_t key)
{
    while (i > 0 && t->keys[(i - 1) / 2] > key) {
        t->keys[i] = t->keys[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    t->keys[i] = key;
}

/* Ordinals must come ascending among equal scores. */
static inline void clus__topk_push(struct topk *t, int32_t score, uint32_t ordinal)
{
    if (score <= t->theta)
        return;
    uint64_t key = clus__topk_key(score, ordinal);
    if (t->n < t->k) {
        clus__topk_rise(t, t->n++, key);
    } else {
        clus__topk_sink(t, 0, key);
    }
    if (t->n == t->k) {
        int32_t least = clus__topk_score(t->keys[0]);
        t->theta = least > t->theta ? least : t->theta;
    }
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
        clus__topk_rise(t, t->n++, key);
    else if (is_new && key > t->keys[0])
        clus__topk_sink(t, 0, key);
    else if (!is_new && key > t->keys[at])
        clus__topk_sink(t, at, key);
    if (t->n == t->k) {
        int32_t least = clus__topk_score(t->keys[0]);
        t->theta = least > t->theta ? least : t->theta;
    }
    return is_new;
}

/* Best first; it is no heap any more. */
void clus__topk_sort(struct topk *t);

#endif
