/*
 * What ranking is made of: the parameters of clus_ranking with defaults filled in, and how
 * much a word weighs.
 */
#ifndef CLUS_SEARCH_RANK_H
#define CLUS_SEARCH_RANK_H

#include <clustersearch/search.h>

#include "codec/impact.h"

struct ranking {
    struct impact_params impact;
    float idf_power, exact_weight, family_weight;
};

struct ranking clus__ranking_of(const clus_ranking *asked);

/* Weight of a word that is in `df` of n_docs documents: its idf, raised to a power. */
float clus__rank_weight(const struct ranking *r, uint64_t n_docs, uint64_t df);

#endif
