/* Bounds on the impacts of a list that is written. */
#include "codec/list_bounds.h"

#include <string.h>

void clus__bounds_init(struct list_bounds *b, const struct norm *norms, float avg_len)
{
    const struct impact_params reference = clus__impact_reference();
    clus__impact_table(&reference, avg_len, &b->table);
    b->norms = norms;
    for (unsigned flags = 0; flags < 1u << FLAG_PLANES; flags++) {
        b->scale[flags] = flags & FLAG_EXTRA_ONLY ? 0 : 1;
        b->plus[flags] = clus__impact_tfw(&reference, 1, (uint8_t)flags) - b->scale[flags];
        b->in_title[flags] = flags & FLAG_TITLE ? 1.0f : 0.0f;
    }
}

void clus__bounds_count(struct list_bounds *b)
{
    memset(b->impacts, 0, sizeof b->impacts);
}

static float largest(const float *f, uint32_t n)
{
    float max[4] = {0};
    uint32_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (uint32_t k = 0; k < 4; k++)
            max[k] = f[i + k] > max[k] ? f[i + k] : max[k];
    for (; i < n; i++)
        max[0] = f[i] > max[0] ? f[i] : max[0];
    max[0] = max[0] > max[1] ? max[0] : max[1];
    max[2] = max[2] > max[3] ? max[2] : max[3];
    return max[0] > max[2] ? max[0] : max[2];
}

/* As clus__impact_floor(), but for impacts close above a step. */
static uint8_t rounded_down(float f)
{
    float low = f * 200.0f, high = 145.0f + f * 55.0f; /* they meet at 1 */
    return (uint8_t)((low < high ? low : high) * 0.99999f);
}

uint8_t clus__bounds_block(struct list_bounds *b, const struct posting_columns *list,
                           bool count)
{
    float tfw[BLOCK_DOCS], f[BLOCK_DOCS], share[BLOCK_DOCS];
    for (uint32_t i = 0; i < list->n; i++) {
        struct norm norm = b->norms[list->docs[i]];
        uint8_t flags = list->flags[i];
        tfw[i] = (float)list->tfs[i] * b->scale[flags] + b->plus[flags];
        f[i] = b->table.k[norm.length];
        share[i] = b->table.title[norm.title] * b->in_title[flags];
    }
    for (uint32_t i = 0; i < list->n; i++)
        f[i] = tfw[i] / (tfw[i] + f[i]) + share[i];
    for (uint32_t i = 0; count && i < list->n; i++)
        b->impacts[rounded_down(f[i])]++;
    uint8_t bound = clus__impact_ceil(largest(f, list->n));
    if (bound > b->max_impact)
        b->max_impact = bound;
    return bound;
}

void clus__bounds_kth(const struct list_bounds *b, uint32_t df, uint8_t kth[3])
{
    static const uint32_t ks[3] = {10, 100, 1000};
    memset(kth, 0, 3);
    uint64_t seen = 0;
    unsigned k = 0, n = (df >= ks[0]) + (df >= ks[1]) + (df >= ks[2]);
    for (unsigned impact = b->max_impact + 1u; k < n && impact-- > 0;)
        for (seen += b->impacts[impact]; k < n && seen >= ks[k]; k++)
            kth[k] = (uint8_t)impact;
}
