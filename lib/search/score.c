/* The scalar kernels and the tables that all kernels share. */
#include "search/score.h"

#include "codec/postings.h"

void clus__scorer_init(struct scorer *s, const struct impact_params *params, float avg_len)
{
    s->kernels = clus__kernels();
    clus__impact_table(params, avg_len, s->k_of_norm);
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
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t doc = docs[i];
        int32_t value = scores[i];
        out_docs[kept] = doc;
        out_scores[kept] = value;
        kept += value > need;
    }
    return kept;
}

static uint32_t intersect(const uint32_t *a, uint32_t na, const uint32_t *b, uint32_t nb,
                          uint16_t *at, uint16_t *bt)
{
    uint32_t n = 0, i = 0, j = 0;
    while (i < na && j < nb) {
        uint32_t x = a[i], y = b[j];
        at[n] = (uint16_t)i;
        bt[n] = (uint16_t)j;
        n += x == y;
        i += x <= y;
        j += y <= x;
    }
    return n;
}

const struct kernels *clus__kernels_scalar(void)
{
    static const struct kernels kernels = {score, sift_cell, sift, intersect};
    return &kernels;
}

const struct kernels *clus__kernels(void)
{
    const struct kernels *fast = clus__kernels_avx2();
    return fast ? fast : clus__kernels_scalar();
}
