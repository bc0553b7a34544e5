/* Parameters and their defaults; weights of words. */
#include "search/rank.h"

#include <math.h>

/* Chosen with bench/tune on development queries; ARCHITECTURE.md has the figures. */
static const float IDF_POWER = 1.5f, EXACT_WEIGHT = 0.16f, FAMILY_WEIGHT = 0.7f;

/* 0 / 0 is no impact, and K is 0 with some parameters. */
static const float LEAST_TFW = 1e-6f;

/* Zero asks for the default, less than zero for zero. */
static float parameter(float asked, float standard)
{
    return asked > 0.0f ? asked : asked < 0.0f ? 0.0f : standard;
}

struct ranking clus__ranking_of(const clus_ranking *asked)
{
    struct impact_params p = clus__impact_defaults();
    p.k1 = parameter(asked->k1, p.k1);
    p.b = parameter(asked->b, p.b);
    p.title_weight = parameter(asked->title_weight, p.title_weight);
    p.lead_weight = parameter(asked->lead_weight, p.lead_weight);
    p.extra_weight = parameter(asked->extra_weight, p.extra_weight);
    if (p.extra_weight < LEAST_TFW)
        p.extra_weight = LEAST_TFW;
    p.title_share = parameter(asked->title_share, p.title_share);
    float family = parameter(asked->family_weight, FAMILY_WEIGHT);
    return (struct ranking){.impact = p,
                            .idf_power = parameter(asked->idf_power, IDF_POWER),
                            .exact_weight = parameter(asked->exact_weight, EXACT_WEIGHT),
                            .family_weight = family < 1.0f ? family : 1.0f};
}

float clus__rank_weight(const struct ranking *r, uint64_t n_docs, uint64_t df)
{
    double n = (double)n_docs, d = (double)df;
    if (n < d)
        return 0.0f;
    double idf = log(1.0 + (n - d + 0.5) / (d + 0.5));
    if (r->idf_power == IDF_POWER) /* the default, and much cheaper */
        return (float)(idf * sqrt(idf));
    return (float)pow(idf, (double)r->idf_power);
}
