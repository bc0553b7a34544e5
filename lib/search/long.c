/* Weights of long queries. */
#include "search/long.h"

#include <math.h>

/* Powers of two: what is multiplied is divided again without rounding. */
#define QUOTED_IDF 0.5f  /* of the power of a word's idf */
#define QUOTED_LEAD 8.0f /* of what the lead counts */

#define DESCRIBED_IDF 1.75f
#define DESCRIBED_K1 2.0f

bool clus__long_quotation(const struct plan *plan)
{
    return plan->n_relaxable >= LONG_QUOTATION;
}

static float heaviest(const struct clause *c)
{
    float most = c->loose ? heaviest(c->loose) : 0.0f;
    most = c->weight > most ? c->weight : most;
    for (uint32_t i = 0; i < c->n_children; i++) {
        float one = heaviest(c->children[i].clause);
        most = one > most ? one : most;
    }
    return most;
}

/* Weights to a power, in shares of the heaviest. */
static void raise_weights(struct clause *c, float most, float power)
{
    if (c->weight > 0)
        c->weight = most * powf(c->weight / most, power);
    if (c->loose)
        raise_weights(c->loose, most, power);
    for (uint32_t i = 0; i < c->n_children; i++)
        raise_weights(c->children[i].clause, most, power);
}

void clus__long_quote(struct plan *plan)
{
    if (!clus__long_quotation(plan))
        return;
    raise_weights(plan->root, heaviest(plan->root), QUOTED_IDF);
    plan->ranking.impact.lead_weight *= QUOTED_LEAD;
}

void clus__long_describe(struct plan *plan)
{
    if (!clus__long_quotation(plan))
        return;
    bool describes = plan->n_relaxable >= LONG_DESCRIPTION;
    float power = 1.0f / QUOTED_IDF * (describes ? DESCRIBED_IDF : 1.0f);
    raise_weights(plan->root, heaviest(plan->root), power);
    plan->ranking.impact.lead_weight /= QUOTED_LEAD;
    if (describes)
        plan->ranking.impact.k1 *= DESCRIBED_K1;
}
