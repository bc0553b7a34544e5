/* Impacts, their 8-bit bounds and the byte that stands for a document's length. */
#include "codec/impact.h"

#include "codec/postings.h"

/* n for n < 40; from there each is 6 % (rounded, at least 1) above the one before. */
static const uint32_t lengths[256] = {
    0,       1,       2,        3,        4,       5,       6,       7,       8,
    9,       10,      11,       12,       13,      14,      15,      16,      17,
    18,      19,      20,       21,       22,      23,      24,      25,      26,
    27,      28,      29,       30,       31,      32,      33,      34,      35,
    36,      37,      38,       39,       40,      42,      45,      48,      51,
    54,      57,      60,       64,       68,      72,      76,      81,      86,
    91,      96,      102,      108,      114,     121,     128,     136,     144,
    153,     162,     172,      182,      193,     205,     217,     230,     244,
    259,     275,     292,      310,      329,     349,     370,     392,     416,
    441,     467,     495,      525,      557,     590,     625,     663,     703,
    745,     790,     837,      887,      940,     996,     1056,    1119,    1186,
    1257,    1332,    1412,     1497,     1587,    1682,    1783,    1890,    2003,
    2123,    2250,    2385,     2528,     2680,    2841,    3011,    3192,    3384,
    3587,    3802,    4030,     4272,     4528,    4800,    5088,    5393,    5717,
    6060,    6424,    6809,     7218,     7651,    8110,    8597,    9113,    9660,
    10240,   10854,   11505,    12195,    12927,   13703,   14525,   15397,   16321,
    17300,   18338,   19438,    20604,    21840,   23150,   24539,   26011,   27572,
    29226,   30980,   32839,    34809,    36898,   39112,   41459,   43947,   46584,
    49379,   52342,   55483,    58812,    62341,   66081,   70046,   74249,   78704,
    83426,   88432,   93738,    99362,    105324,  111643,  118342,  125443,  132970,
    140948,  149405,  158369,   167871,   177943,  188620,  199937,  211933,  224649,
    238128,  252416,  267561,   283615,   300632,  318670,  337790,  358057,  379540,
    402312,  426451,  452038,   479160,   507910,  538385,  570688,  604929,  641225,
    679699,  720481,  763710,   809533,   858105,  909591,  964166,  1022016, 1083337,
    1148337, 1217237, 1290271,  1367687,  1449748, 1536733, 1628937, 1726673, 1830273,
    1940089, 2056494, 2179884,  2310677,  2449318, 2596277, 2752054, 2917177, 3092208,
    3277740, 3474404, 3682868,  3903840,  4138070, 4386354, 4649535, 4928507, 5224217,
    5537670, 5869930, 6222126,  6595454,  6991181, 7410652, 7855291, 8326608, 8826204,
    9355776, 9917123, 10512150, 11142879,
};

/* Stands for "no bound": any impact times this is over 1. */
static const float UNBOUNDED = 1e6f;

struct impact_params clus__impact_reference(void)
{
    return (struct impact_params){.k1 = 1.5f,
                                  .b = 0.6f,
                                  .title_weight = 2,
                                  .lead_weight = 0.5f,
                                  .extra_weight = 0.1f,
                                  .title_share = 0.85f};
}

struct impact_params clus__impact_defaults(void)
{
    return clus__impact_reference();
}

uint8_t clus__norm_of_length(uint32_t len)
{
    unsigned norm = 0;
    for (unsigned step = 128; step; step /= 2)
        if (lengths[norm + step] <= len)
            norm += step;
    return (uint8_t)norm;
}

uint32_t clus__length_of_norm(uint8_t norm)
{
    return lengths[norm];
}

static float k_of(const struct impact_params *params, float avg_len, uint32_t len)
{
    float fixed = params->k1 * (1 - params->b);
    float slope = params->k1 * params->b / (avg_len > 0 ? avg_len : 1);
    return fixed + slope * (float)len;
}

void clus__impact_table(const struct impact_params *params, float avg_len,
                        struct impact_table *out)
{
    for (unsigned i = 0; i < 256; i++) {
        out->k[i] = k_of(params, avg_len, lengths[i]);
        out->title[i] = params->title_share / (float)(i ? i : 1);
    }
}

float clus__impact_tfw(const struct impact_params *params, uint32_t tf, uint8_t flags)
{
    if (flags & FLAG_EXTRA_ONLY)
        return params->extra_weight;
    float tfw = (float)tf;
    if (flags & FLAG_TITLE)
        tfw += params->title_weight;
    if (flags & FLAG_LEAD)
        tfw += params->lead_weight;
    return tfw;
}

/* The stored bound nearest to an impact, give or take one. */
static unsigned nearest(float f)
{
    return (unsigned)(f < 1 ? f * 200 : 200 + (f - 1) * 55);
}

uint8_t clus__impact_ceil(float f)
{
    if (!(f > 0))
        return 0;
    if (f >= 2)
        return 255;
    unsigned q = nearest(f);
    while (q < 255 && clus__impact_value((uint8_t)q) < f)
        q++;
    return (uint8_t)q;
}

uint8_t clus__impact_floor(float f)
{
    if (!(f > 0))
        return 0;
    unsigned q = f >= 2 ? 255 : nearest(f);
    while (q > 0 && clus__impact_value((uint8_t)q) > f)
        q--;
    return (uint8_t)q;
}

struct ratio {
    float min, max;
};

static void ratio_add(struct ratio *r, float num, float den)
{
    float v = den > 0 ? num / den : num > 0 ? UNBOUNDED : 1;
    if (v < r->min)
        r->min = v;
    if (v > r->max)
        r->max = v;
}

/* How tfw changes. A term in the title or lead has tf >= 1, and more of tf pulls the ratio
 * towards 1, so tf = 1 is the extreme of each combination of flags. */
static struct ratio tfw_ratio(const struct impact_params *new,
                              const struct impact_params *old)
{
    struct ratio r = {1, 1};
    static const uint8_t cases[] = {FLAG_TITLE, FLAG_LEAD, FLAG_TITLE | FLAG_LEAD,
                                    FLAG_EXTRA_ONLY};
    for (unsigned i = 0; i < sizeof cases; i++)
        ratio_add(&r, clus__impact_tfw(new, 1, cases[i]),
                  clus__impact_tfw(old, 1, cases[i]));
    return r;
}

/* How K changes: a ratio of two linear functions of the length, so its extremes are at the
 * shortest and the longest document. */
static struct ratio k_ratio(const struct impact_params *new, float new_avg,
                            const struct impact_params *old, float old_avg)
{
    struct ratio r = {UNBOUNDED, 0};
    ratio_add(&r, k_of(old, old_avg, lengths[0]), k_of(new, new_avg, lengths[0]));
    ratio_add(&r, k_of(old, old_avg, lengths[255]), k_of(new, new_avg, lengths[255]));
    return r;
}

/* How much f grows and shrinks at most. tfw / (tfw + K) is concave in tfw, 0 at 0, and
 * convex in K: multiplying tfw by c and dividing K by d multiplies it by at most max(1, c)
 * * max(1, d) and at least by min(1, c) * min(1, d). The title's share is a term of its
 * own, so the sum is within the more extreme of both. */
static struct ratio f_ratio(const struct ratio *tfw, const struct ratio *k,
                            const struct impact_params *new,
                            const struct impact_params *old)
{
    struct ratio f = {(tfw->min < 1 ? tfw->min : 1) * (k->min < 1 ? k->min : 1),
                      (tfw->max > 1 ? tfw->max : 1) * (k->max > 1 ? k->max : 1)};
    ratio_add(&f, new->title_share, old->title_share);
    return f;
}

/* One part in 10^5 covers the rounding of float arithmetic. */
float clus__impact_inflation(const struct impact_params *params, float avg_len,
                             float ref_avg_len, bool *lower_ok)
{
    struct impact_params ref = clus__impact_reference();
    struct ratio tfw = tfw_ratio(params, &ref);
    struct ratio k = k_ratio(params, avg_len, &ref, ref_avg_len);
    struct ratio f = f_ratio(&tfw, &k, params, &ref);
    *lower_ok = tfw.min >= 1 && k.min >= 1 && f.min >= 1;
    return f.max > 1 ? f.max * 1.00001f : 1;
}

float clus__impact_deflation(const struct impact_params *params, float avg_len,
                             float ref_avg_len)
{
    struct impact_params ref = clus__impact_reference();
    struct ratio tfw = tfw_ratio(params, &ref);
    struct ratio k = k_ratio(params, avg_len, &ref, ref_avg_len);
    struct ratio f = f_ratio(&tfw, &k, params, &ref);
    return f.min < 1 ? f.min * 0.99999f : 1;
}
