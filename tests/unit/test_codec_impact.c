/* Impacts: bounds are on the safe side, norms are monotone, and inflation keeps bounds safe
 * for any parameters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/impact.h"
#include "codec/postings.h"

static void norms_are_exact_for_short_documents(void **state)
{
    (void)state;
    for (uint32_t len = 0; len < 40; len++)
        assert_int_equal(clus__length_of_norm(clus__norm_of_length(len)), len);
}

static void norms_are_close_and_monotone(void **state)
{
    (void)state;
    uint8_t before = 0;
    for (uint32_t len = 0; len < 10000000; len += 1 + len / 50) {
        uint8_t norm = clus__norm_of_length(len);
        uint32_t back = clus__length_of_norm(norm);
        assert_true(norm >= before);
        assert_true(back <= len && (double)back * 1.065 + 2 > len);
        before = norm;
    }
    for (unsigned i = 1; i < 256; i++) {
        assert_true(clus__length_of_norm((uint8_t)i) >
                    clus__length_of_norm((uint8_t)(i - 1)));
        assert_int_equal(clus__norm_of_length(clus__length_of_norm((uint8_t)i)), i);
        if (i > 40) { /* as FORMAT.md has it */
            uint32_t last = clus__length_of_norm((uint8_t)(i - 1)),
                     step = (6 * last + 50) / 100;
            assert_int_equal(clus__length_of_norm((uint8_t)i), last + (step ? step : 1));
        }
    }
    assert_int_equal(clus__norm_of_length(UINT32_MAX), 255);
}

static void stored_bounds_are_on_the_safe_side(void **state)
{
    (void)state;
    for (int i = 0; i <= 100000; i++) {
        float f = (float)i / 50000;
        uint8_t up = clus__impact_ceil(f), down = clus__impact_floor(f);
        assert_true(clus__impact_value(up) >= f);
        assert_true(clus__impact_value(down) <= f);
        assert_true(up - down <= 1);
    }
    assert_int_equal(clus__impact_ceil(0), 0);
    assert_int_equal(clus__impact_ceil(3), 255);
    assert_int_equal(clus__impact_floor(-1), 0);
}

/* Indexes exist whose bounds were made with these: another value needs another format. */
static void the_reference_is_the_formats(void **state)
{
    (void)state;
    struct impact_params p = clus__impact_reference();
    assert_true(p.k1 == 1.5f && p.b == 0.6f);
    assert_true(p.title_weight == 2 && p.lead_weight == 0.5f && p.extra_weight == 0.1f);
    assert_true(p.title_share == 0.85f);
}

static void weights_add_before_saturation(void **state)
{
    (void)state;
    struct impact_params p = clus__impact_reference();
    assert_true(clus__impact_tfw(&p, 3, 0) == 3);
    assert_true(clus__impact_tfw(&p, 3, FLAG_TITLE) == 5);
    assert_true(clus__impact_tfw(&p, 3, FLAG_TITLE | FLAG_LEAD) == 5.5f);
    assert_true(clus__impact_tfw(&p, 30, FLAG_EXTRA_ONLY) == p.extra_weight);
}

static const struct impact_params others[] = {
    {1.2f, 0.75f, 4, 1, 0.1f, 0.85f}, {0.9f, 0.4f, 4, 1, 0.1f, 0},
    {2.0f, 0.9f, 10, 0, 0.5f, 2},     {1.2f, 1.0f, 1, 1, 0.0f, 0.5f},
    {0.5f, 0.0f, 0, 3, 0.1f, 0.3f},   {1.2f, 0.75f, 20, 20, 1.0f, 1},
    {3.0f, 0.75f, 2, 1, 0.1f, 10},    {0.0f, 0.75f, 4, 1, 0.1f, 0.85f},
};

static float impact(const struct impact_params *p, const struct impact_table *table,
                    uint32_t tf, uint8_t flags, struct norm norm)
{
    float tfw = clus__impact_tfw(p, tf, flags), f = tfw + table->k[norm.length];
    if (f > 0)
        f = clus__impact(table, norm, tfw, flags & FLAG_TITLE);
    assert_true(f <= clus__impact_limit(p));
    return f;
}

struct drift {
    struct impact_params params;
    float avg_len, ref_avg_len;
};

/* Every combination of tf, flags and length stays within the inflated bound. */
static void check_drift(const struct drift *d)
{
    struct impact_params ref = clus__impact_reference();
    struct impact_table table, ref_table;
    bool lower_ok;
    clus__impact_table(&ref, d->ref_avg_len, &ref_table);
    clus__impact_table(&d->params, d->avg_len, &table);
    float up = clus__impact_inflation(&d->params, d->avg_len, d->ref_avg_len, &lower_ok);
    float down = clus__impact_deflation(&d->params, d->avg_len, d->ref_avg_len);
    assert_true(up >= 1 && down >= 0 && down <= 1);
    for (unsigned length = 0; length < 256; length++)
        for (uint32_t tf = 1; tf < 300; tf += 1 + tf / 3)
            for (uint8_t flags = 0; flags <= FLAG_EXTRA_ONLY; flags++) {
                struct norm norm = {(uint8_t)length, (uint8_t)(tf % 40)};
                float f = impact(&d->params, &table, tf, flags, norm);
                float old = impact(&ref, &ref_table, tf, flags, norm);
                assert_true(clus__impact_value(clus__impact_ceil(old)) * up >= f);
                assert_true(clus__impact_value(clus__impact_floor(old)) * down <= f);
                if (lower_ok)
                    assert_true(clus__impact_value(clus__impact_floor(old)) <= f);
            }
}

static void bounds_hold_for_other_parameters(void **state)
{
    (void)state;
    static const float lens[] = {10, 299, 300, 305, 5000};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        for (size_t a = 0; a < 5; a++)
            for (size_t b = 0; b < 5; b++)
                check_drift(&(struct drift){others[i], lens[a], lens[b]});
}

static void nothing_changes_for_the_reference(void **state)
{
    (void)state;
    struct impact_params ref = clus__impact_reference();
    bool lower_ok = false;
    assert_true(clus__impact_inflation(&ref, 300, 300, &lower_ok) == 1);
    assert_true(lower_ok);
    assert_true(clus__impact_deflation(&ref, 300, 300) == 1);
    /* A little drift costs a little. */
    assert_true(clus__impact_inflation(&ref, 306, 300, &lower_ok) < 1.03f);
    assert_true(lower_ok);
    assert_true(clus__impact_deflation(&ref, 294, 300) > 0.97f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(norms_are_exact_for_short_documents),
        cmocka_unit_test(norms_are_close_and_monotone),
        cmocka_unit_test(stored_bounds_are_on_the_safe_side),
        cmocka_unit_test(the_reference_is_the_formats),
        cmocka_unit_test(weights_add_before_saturation),
        cmocka_unit_test(bounds_hold_for_other_parameters),
        cmocka_unit_test(nothing_changes_for_the_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
