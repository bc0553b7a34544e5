/*
 * Learning the strings: cut the sample with the table there is, take the best of its
 * strings and of those that two neighbours make, and again. A string is worth the bytes
 * that it covers.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/sort.h"
#include "codec/symbols_finder.h"

enum { ROUNDS = 5, SEEN_LEAST = 2, NUMBER_BITS = 14 };

struct candidate {
    uint64_t string;
    uint32_t len;
};

struct learning {
    struct symbol_finder *finder;
    struct bytes sample;
    uint32_t seen[SYMBOLS_ALL];
    uint64_t *pairs, *room; /* of numbers; as many as the sample has bytes */
    uint32_t n_pairs;
    struct candidate *candidates;
    uint64_t *worth; /* of each candidate, above its number */
    uint32_t n;
};

static void cut_sample(struct learning *l)
{
    const uint8_t *p = l->sample.data, *end = p + l->sample.len;
    uint64_t before = SYMBOLS_BYTES; /* as if a zero byte stood in front */
    memset(l->seen, 0, sizeof l->seen);
    l->n_pairs = 0;
    while (p < end) {
        uint32_t ignored, code = clus__symbol_before(l->finder, p, end);
        uint32_t number = clus__symbol_number(code & 0xFF, code >> 8 & 0xFF, &ignored);
        l->seen[number]++;
        l->pairs[l->n_pairs++] = before << NUMBER_BITS | number;
        before = number;
        p += clus__symbol_len(code);
    }
}

static void propose(struct learning *l, uint64_t string, uint32_t len, uint64_t worth)
{
    l->candidates[l->n] = (struct candidate){string, len};
    l->worth[l->n] = worth << 32 | l->n;
    l->n++;
}

static void propose_seen(struct learning *l, bool by_bytes)
{
    const struct symbols *s = &l->finder->symbols;
    for (uint32_t i = 0; i < SYMBOLS_ALL; i++) {
        if (l->seen[i] >= SEEN_LEAST)
            propose(l, s->strings[i], s->lengths[i],
                    (uint64_t)l->seen[i] * (by_bytes ? s->lengths[i] : 1));
    }
}

static void propose_pairs(struct learning *l)
{
    const struct symbols *s = &l->finder->symbols;
    clus__sort_u64(l->pairs, l->n_pairs, l->room);
    for (uint32_t i = 0, next; i < l->n_pairs; i = next) {
        uint64_t pair = l->pairs[i];
        for (next = i + 1; next < l->n_pairs && l->pairs[next] == pair;)
            next++;
        uint32_t a = (uint32_t)(pair >> NUMBER_BITS);
        uint32_t b = pair & ((1u << NUMBER_BITS) - 1);
        uint32_t len = (uint32_t)s->lengths[a] + s->lengths[b];
        if (next - i >= SEEN_LEAST && len <= SYMBOL_MOST)
            propose(l, s->strings[a] | s->strings[b] << 8 * s->lengths[a], len,
                    (uint64_t)(next - i) * len);
    }
}

static void choose(struct learning *l)
{
    clus__sort_u64(l->worth, l->n, l->room);
    clus__symbols_clear(l->finder);
    for (uint32_t i = l->n; i-- > 0 && l->finder->symbols.n < SYMBOLS_MAX;) {
        const struct candidate *c = &l->candidates[(uint32_t)l->worth[i]];
        (void)clus__symbols_add(l->finder, c->string, c->len);
    }
    l->n = 0;
}

static void learn(struct learning *l)
{
    struct bytes all = l->sample;
    clus__symbols_clear(l->finder);
    for (size_t round = 1; round <= ROUNDS; round++) {
        l->sample.len = all.len * round / ROUNDS;
        cut_sample(l);
        propose_seen(l, true);
        propose_pairs(l);
        choose(l);
    }
    cut_sample(l);
    propose_seen(l, false); /* the most frequent get the codes of one byte */
    choose(l);
}

clus_status clus__symbols_learn(struct bytes sample, struct symbol_finder **out)
{
    struct learning *l = clus__calloc(1, sizeof *l);
    size_t most = sample.len + SYMBOLS_ALL;
    clus_status st = CLUS_E_NOMEM;
    if (!l)
        return st;
    l->sample = sample;
    l->finder = clus__malloc(sizeof *l->finder);
    l->pairs = clus__malloc(most * sizeof *l->pairs);
    l->room = clus__malloc(most * sizeof *l->room);
    l->candidates = clus__malloc(most * sizeof *l->candidates);
    l->worth = clus__malloc(most * sizeof *l->worth);
    if (l->finder && l->pairs && l->room && l->candidates && l->worth) {
        learn(l);
        *out = l->finder;
        l->finder = NULL;
        st = CLUS_OK;
    }
    clus__free(l->finder);
    clus__free(l->pairs);
    clus__free(l->room);
    clus__free(l->candidates);
    clus__free(l->worth);
    clus__free(l);
    return st;
}
