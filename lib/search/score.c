/* The scalar kernels and the tables that all kernels share. */
#include "search/score.h"

#include "search/score_loops.h"

const uint8_t clus__lanes_to_front[16][16] = {
#define L0 0, 1, 2, 3
#define L1 4, 5, 6, 7
#define L2 8, 9, 10, 11
#define L3 12, 13, 14, 15
    {L0, L0, L0, L0}, {L0, L0, L0, L0}, {L1, L0, L0, L0}, {L0, L1, L0, L0},
    {L2, L0, L0, L0}, {L0, L2, L0, L0}, {L1, L2, L0, L0}, {L0, L1, L2, L0},
    {L3, L0, L0, L0}, {L0, L3, L0, L0}, {L1, L3, L0, L0}, {L0, L1, L3, L0},
    {L2, L3, L0, L0}, {L0, L2, L3, L0}, {L1, L2, L3, L0}, {L0, L1, L2, L3},
#undef L0
#undef L1
#undef L2
#undef L3
};

void clus__scorer_init(struct scorer *s, const struct impact_params *params, float avg_len)
{
    s->kernels = clus__kernels();
    clus__impact_table(params, avg_len, &s->table);
    s->limit = clus__impact_limit(params);
    for (int flags = 0; flags < 8; flags++) {
        bool extra = flags & FLAG_EXTRA_ONLY;
        float title = flags & FLAG_TITLE ? params->title_weight : 0.0f;
        float lead = flags & FLAG_LEAD ? params->lead_weight : 0.0f;
        s->tf_times[flags] = extra ? 0.0f : 1.0f;
        s->tf_plus[flags] = extra ? params->extra_weight : title + lead;
    }
}

static void score(const struct scorer *s, float weight, const struct posting_run *run,
                  int32_t *out)
{
    for (uint32_t i = 0; i < run->n; i++)
        out[i] = clus__score_one(s, weight, run->docs[i], run->tfs[i], run->flags[i]);
}

static uint32_t sift_cell(int32_t *cell, int32_t need, uint32_t base, uint32_t *docs,
                          int32_t *scores)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < 64; i++) {
        docs[n] = base + i;
        scores[n] = cell[i];
        n += cell[i] > need;
        cell[i] = 0;
    }
    return n;
}

static uint32_t sift(const uint32_t *docs, const int32_t *scores, uint32_t n, int32_t need,
                     uint32_t *out_docs, int32_t *out_scores)
{
    return clus__sift_rest(docs, scores, n, need, out_docs, out_scores);
}

static uint32_t intersect(const uint32_t *a, uint32_t na, const uint32_t *b, uint32_t nb,
                          uint16_t *at, uint16_t *bt)
{
    return clus__intersect_rest(&(struct runs){a, b, na, nb, 0, 0}, at, bt, 0);
}

static uint32_t follow(const uint32_t *a, uint32_t na, uint32_t ahead, const uint32_t *b,
                       uint32_t nb, uint32_t *out)
{
    return clus__follow_rest(&(struct runs){a, b, na, nb, 0, 0}, ahead, out, 0);
}

/* Each of `a` looked up by halving, in as many steps whatever is found, so that the
 * processor works on several of them at once. */
static uint32_t intersect_thin(const uint32_t *a, uint32_t na, const uint32_t *b,
                               uint32_t nb, uint16_t *at, uint16_t *bt)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < na && nb > 0; i++) {
        uint32_t x = a[i], low = 0;
        for (uint32_t left = nb; left > 1;) {
            uint32_t half = left / 2;
            low += half & -(uint32_t)(b[low + half - 1] < x); /* no jump */
            left -= half;
        }
        at[n] = (uint16_t)i;
        bt[n] = (uint16_t)low;
        n += b[low] == x;
    }
    return n;
}

static uint32_t keep(struct doc_run a, struct doc_run b, uint32_t *out, uint32_t *n_out)
{
    return clus__keep_by_halving(a, b, out, n_out);
}

/* Defined where there are such vectors. */
extern const struct kernels clus__kernels_sse41, clus__kernels_avx2, clus__kernels_avx512;

const struct kernels *clus__kernels_of(enum cpu_level level)
{
    static const struct kernels scalar = {
        score, sift_cell, sift,   intersect,         intersect_thin, keep,
        NULL,  NULL,      follow, clus__follow_rows, clus__near};
    static const struct kernels *const kernels[CPU_LEVELS] = {
        [CPU_SCALAR] = &scalar,
#if CLUS_HAS_VECTOR128
        [CPU_VECTOR128] = &clus__kernels_sse41,
#endif
#if CLUS_HAS_VECTOR256
        [CPU_VECTOR256] = &clus__kernels_avx2,
#endif
#if CLUS_HAS_VECTOR512
        [CPU_VECTOR512] = &clus__kernels_avx512,
#endif
    };
    return clus__cpu_has(level) ? kernels[level] : NULL;
}

uint32_t clus__intersect(const struct kernels *k, struct doc_run a, struct doc_run b,
                         uint16_t *at, uint16_t *bt)
{
    enum { THIN = 2, THINNEST = 64 };
    if (a.n > b.n) {
        struct doc_run run = a;
        uint16_t *t = at;
        a = b;
        b = run;
        at = bt;
        bt = t;
    }
    if (b.n / THINNEST > a.n)
        return intersect_thin(a.docs, a.n, b.docs, b.n, at, bt);
    if (b.n / THIN > a.n)
        return k->intersect_thin(a.docs, a.n, b.docs, b.n, at, bt);
    return k->intersect(a.docs, a.n, b.docs, b.n, at, bt);
}

uint32_t clus__count_up_to(struct doc_run a, uint32_t last)
{
    uint32_t low = 0;
    for (uint32_t left = a.n; left > 0;) {
        uint32_t half = (left + 1) / 2;
        low += half & -(uint32_t)(a.docs[low + half - 1] <= last);
        left -= half;
    }
    return low;
}

uint32_t clus__keep(const struct kernels *k, struct doc_run a, struct doc_run b,
                    uint32_t *out, uint32_t *n_out)
{
    enum { FEW = 2, HALF = 2 };
    uint32_t last = b.docs[b.n - 1];
    if (a.n <= FEW || a.docs[FEW] > last)
        return clus__keep_by_halving(a, b, out, n_out);
    if (a.n <= b.n / HALF || a.docs[b.n / HALF] > last)
        return k->keep(a, b, out, n_out);
    a.n = clus__count_up_to(a, last);
    *n_out = k->follow(a.docs, a.n, 0, b.docs, b.n, out);
    return a.n;
}

const struct kernels *clus__kernels(void)
{
    return clus__kernels_of(clus__cpu_best());
}
