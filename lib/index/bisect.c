/* Recursive graph bisection. */
#include "index/bisect.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"

enum {
    LEAF = 32,   /* documents that are not divided further */
    ROUNDS = 10, /* of exchanging, a level */
    FEW = 1000,  /* a round that moves less than one in so many is the last */
    LOG_TABLE = 1 << 16
};

/* A document and what moving it to the other half would save, in bits. */
struct mover {
    float gain;
    uint32_t doc;
};

/* Of a term within the documents that are being divided. */
struct term_state {
    uint32_t left, right;        /* documents that have it */
    float save_left, save_right; /* what one document less here and one more there saves */
    bool known;                  /* both, for this round */
};

struct bisection {
    const struct forward_index *index;
    struct mover *movers;
    struct term_state *terms;
    float *logs; /* of small numbers */
};

static inline float log_of(const struct bisection *b, uint32_t n)
{
    return n < LOG_TABLE ? b->logs[n] : log2f((float)n);
}

/* Bits for the gaps of n of the documents of one half, whose number has this logarithm. */
static inline float bits(const struct bisection *b, uint32_t n, float log_docs)
{
    return (float)n * (log_docs - log_of(b, n + 1));
}

static void count_terms(struct bisection *b, const struct mover *m, uint32_t n, bool left)
{
    const struct forward_index *x = b->index;
    for (uint32_t i = 0; i < n; i++) {
        for (uint64_t at = x->starts[m[i].doc]; at < x->starts[m[i].doc + 1]; at++) {
            struct term_state *t = &b->terms[x->terms[at]];
            t->left += left;
            t->right += !left;
        }
    }
}

static void clear_terms(struct bisection *b, const struct mover *m, uint32_t n, bool counts)
{
    const struct forward_index *x = b->index;
    for (uint32_t i = 0; i < n; i++) {
        for (uint64_t at = x->starts[m[i].doc]; at < x->starts[m[i].doc + 1]; at++) {
            struct term_state *t = &b->terms[x->terms[at]];
            t->known = false;
            if (counts)
                t->left = t->right = 0;
        }
    }
}

static void know(const struct bisection *b, struct term_state *t, float log_left,
                 float log_right)
{
    float now = bits(b, t->left, log_left) + bits(b, t->right, log_right);
    t->save_left = t->save_right = 0;
    if (t->left > 0)
        t->save_left =
            now - bits(b, t->left - 1, log_left) - bits(b, t->right + 1, log_right);
    if (t->right > 0)
        t->save_right =
            now - bits(b, t->left + 1, log_left) - bits(b, t->right - 1, log_right);
    t->known = true;
}

static void find_gains(struct bisection *b, struct mover *m, uint32_t n, bool left,
                       float log_left, float log_right)
{
    const struct forward_index *x = b->index;
    for (uint32_t i = 0; i < n; i++) {
        float gain = 0;
        for (uint64_t at = x->starts[m[i].doc]; at < x->starts[m[i].doc + 1]; at++) {
            struct term_state *t = &b->terms[x->terms[at]];
            if (!t->known)
                know(b, t, log_left, log_right);
            gain += left ? t->save_left : t->save_right;
        }
        m[i].gain = gain;
    }
}

static void move_terms(struct bisection *b, uint32_t doc, bool to_right)
{
    const struct forward_index *x = b->index;
    for (uint64_t at = x->starts[doc]; at < x->starts[doc + 1]; at++) {
        struct term_state *t = &b->terms[x->terms[at]];
        if (to_right) {
            t->left--;
            t->right++;
        } else {
            t->left++;
            t->right--;
        }
    }
}

static int by_gain(const void *a, const void *b)
{
    const struct mover *x = a, *y = b;
    if (x->gain != y->gain)
        return x->gain > y->gain ? -1 : 1;
    return (x->doc > y->doc) - (x->doc < y->doc);
}

/* Exchange documents of the halves pair by pair while that saves something; how many. */
static uint32_t exchange(struct bisection *b, struct mover *m, uint32_t half, uint32_t n)
{
    struct mover *left = m, *right = m + half;
    uint32_t moved = 0;
    qsort(left, half, sizeof *left, by_gain);
    qsort(right, n - half, sizeof *right, by_gain);
    while (moved < half && left[moved].gain + right[moved].gain > 0) {
        struct mover swap = left[moved];
        move_terms(b, left[moved].doc, true);
        move_terms(b, right[moved].doc, false);
        left[moved] = right[moved];
        right[moved] = swap;
        moved++;
    }
    return moved;
}

/* At most 32 deep: each level halves. */
static void divide(struct bisection *b, struct mover *m, uint32_t n)
{
    if (n <= LEAF)
        return;
    uint32_t half = n / 2, moved = n;
    float log_left = log2f((float)half), log_right = log2f((float)(n - half));
    clear_terms(b, m, n, true);
    count_terms(b, m, half, true);
    count_terms(b, m + half, n - half, false);
    for (int round = 0; round < ROUNDS && moved > n / FEW; round++) {
        clear_terms(b, m, n, false);
        find_gains(b, m, half, true, log_left, log_right);
        find_gains(b, m + half, n - half, false, log_left, log_right);
        moved = exchange(b, m, half, n);
    }
    divide(b, m, half);
    divide(b, m + half, n - half);
}

clus_status clus__bisect(const struct forward_index *index, uint32_t *order)
{
    struct bisection b = {
        .index = index,
        .movers = clus__calloc(index->n_docs, sizeof *b.movers),
        .terms = clus__calloc((size_t)index->n_terms + 1, sizeof *b.terms),
        .logs = clus__malloc(LOG_TABLE * sizeof *b.logs),
    };
    clus_status st = b.movers && b.terms && b.logs ? CLUS_OK : CLUS_E_NOMEM;
    if (st == CLUS_OK) {
        for (uint32_t i = 0; i < LOG_TABLE; i++)
            b.logs[i] = log2f((float)i);
        for (uint32_t i = 0; i < index->n_docs; i++)
            b.movers[i].doc = order[i];
        divide(&b, b.movers, index->n_docs);
        for (uint32_t i = 0; i < index->n_docs; i++)
            order[i] = b.movers[i].doc;
    }
    clus__free(b.movers);
    clus__free(b.terms);
    clus__free(b.logs);
    return st;
}
