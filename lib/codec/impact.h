/*
 * BM25 without its idf: the impact
 *
 *   f      = tfw / (tfw + K(len)) + title_share / n_title * [in title]
 *   K(len) = k1 * (1 - b + b * len / avg_len)
 *   tfw    = tf + title_weight * [in title] + lead_weight * [in lead]
 *   tfw    = extra_weight for a term in page furniture only
 *
 * its 8-bit bounds, and what is kept of a document's length in two bytes. Fields add before
 * saturation: the "simple BM25F" of Robertson & Zaragoza 2009. Beside that the title counts
 * as a field of its own, by the share of its n_title words that the term is: a title that
 * is nothing but the words asked for says what the document is about.
 *
 * Bounds in the index are made with clus__impact_reference() and the segment's avg_len. For
 * other parameters clus__impact_inflation() gives the factor that keeps them safe.
 */
#ifndef CLUS_CODEC_IMPACT_H
#define CLUS_CODEC_IMPACT_H

#include <stdbool.h>
#include <stdint.h>

struct impact_params {
    float k1, b, title_weight, lead_weight, extra_weight, title_share;
};

/* What stored bounds are made with: part of the index format, so a change raises its
 * number. */
struct impact_params clus__impact_reference(void);

/* What a search uses unless it is told otherwise; free to change, for bounds are mended by
 * clus__impact_inflation(). They are tightest while the two are equal. */
struct impact_params clus__impact_defaults(void);

/* What is stored of a document's length. */
struct norm {
    uint8_t length; /* of title and text, as clus__norm_of_length() has it */
    uint8_t title;  /* tokens of the title, 255: as many or more */
};
_Static_assert(sizeof(struct norm) == 2, "two bytes a document, as stored");

/* Length in tokens to a byte and back: exact below 40, then about 6 % steps; monotone. */
uint8_t clus__norm_of_length(uint32_t len);
uint32_t clus__length_of_norm(uint8_t norm);

/* K for each length, and what a term of the title gains for each length of a title. */
struct impact_table {
    float k[256], title[256];
};
void clus__impact_table(const struct impact_params *params, float avg_len,
                        struct impact_table *out);

static inline float clus__impact(const struct impact_table *t, struct norm norm, float tfw,
                                 bool in_title)
{
    return tfw / (tfw + t->k[norm.length]) + (in_title ? t->title[norm.title] : 0.0f);
}

float clus__impact_tfw(const struct impact_params *params, uint32_t tf, uint8_t flags);

/* No impact made with these parameters is above it. */
static inline float clus__impact_limit(const struct impact_params *params)
{
    return 1.0f + params->title_share;
}

/* An 8-bit upper bound (rounded up) and lower bound (rounded down) of an impact below 2,
 * and the impact a stored bound stands for: 200 steps up to 1, where most are, 55 above. */
uint8_t clus__impact_ceil(float f);
uint8_t clus__impact_floor(float f);
static inline float clus__impact_value(uint8_t stored)
{
    float low = (float)stored * (1.0f / 200.0f);
    float high = 1.0f + (float)((int)stored - 200) * (1.0f / 55.0f);
    return low > high ? low : high;
}

/* Factor >= 1 by which bounds made with the reference and ref_avg_len must be multiplied to
 * hold for `params` and `avg_len`. *lower_ok: whether stored kth impacts still are lower
 * bounds. */
float clus__impact_inflation(const struct impact_params *params, float avg_len,
                             float ref_avg_len, bool *lower_ok);

/* Factor in [0, 1] by which stored kth impacts must be multiplied to be lower bounds
 * for `params` and `avg_len`: what to use where lower_ok is false, as it is in every other
 * segment when the average length drifts a little. */
float clus__impact_deflation(const struct impact_params *params, float avg_len,
                             float ref_avg_len);

#endif
