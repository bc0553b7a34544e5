/* The calendar, against a walk over every day of ten thousand years. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/civil.h"

static void known_days(void **state)
{
    (void)state;
    static const struct {
        struct civil date;
        int64_t days;
    } known[] = {
        {{1970, 1, 1}, 0},      {{1969, 12, 31}, -1},      {{2000, 2, 29}, 11016},
        {{2024, 2, 29}, 19782}, {{2024, 5, 1}, 19844},     {{1900, 3, 1}, -25508},
        {{0, 1, 1}, -719528},   {{9999, 12, 31}, 2932896},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        assert_int_equal(clus__civil_to_days(known[i].date), known[i].days);
}

static void every_day_goes_there_and_back(void **state)
{
    (void)state;
    int64_t days = clus__civil_to_days((struct civil){0, 1, 1});
    for (int32_t year = 0; year <= CIVIL_MAX_YEAR; year++)
        for (int32_t month = 1; month <= 12; month++)
            for (int32_t day = 1; day <= clus__civil_month_days(year, month); day++) {
                struct civil back = clus__civil_of_days(days);
                if (clus__civil_to_days((struct civil){year, month, day}) != days ||
                    back.year != year || back.month != month || back.day != day)
                    fail_msg("%d-%d-%d", year, month, day);
                days++;
            }
}

static void months_and_days_out_of_range_carry(void **state)
{
    (void)state;
    int64_t jan = clus__civil_to_days((struct civil){2025, 1, 1});
    assert_int_equal(clus__civil_to_days((struct civil){2024, 13, 1}), jan);
    assert_int_equal(clus__civil_to_days((struct civil){2026, -11, 1}), jan);
    assert_int_equal(clus__civil_to_days((struct civil){2025, 2, -30}), jan);
}

static void only_days_that_exist_are_valid(void **state)
{
    (void)state;
    assert_true(clus__civil_valid((struct civil){2024, 2, 29}));
    assert_true(clus__civil_valid((struct civil){2000, 2, 29}));
    assert_false(clus__civil_valid((struct civil){2023, 2, 29}));
    assert_false(clus__civil_valid((struct civil){1900, 2, 29}));
    assert_false(clus__civil_valid((struct civil){2024, 4, 31}));
    assert_false(clus__civil_valid((struct civil){2024, 0, 1}));
    assert_false(clus__civil_valid((struct civil){2024, 13, 1}));
    assert_false(clus__civil_valid((struct civil){2024, 1, 0}));
    assert_false(clus__civil_valid((struct civil){10000, 1, 1}));
    assert_false(clus__civil_valid((struct civil){-1, 1, 1}));
}

static void instants_before_the_epoch_belong_to_their_day(void **state)
{
    (void)state;
    assert_int_equal(clus__civil_day_of(0), 0);
    assert_int_equal(clus__civil_day_of(86399), 0);
    assert_int_equal(clus__civil_day_of(86400), 1);
    assert_int_equal(clus__civil_day_of(-1), -1);
    assert_int_equal(clus__civil_day_of(-86400), -1);
    assert_int_equal(clus__civil_day_of(-86401), -2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_days),
        cmocka_unit_test(every_day_goes_there_and_back),
        cmocka_unit_test(months_and_days_out_of_range_carry),
        cmocka_unit_test(only_days_that_exist_are_valid),
        cmocka_unit_test(instants_before_the_epoch_belong_to_their_day),
    };
    return cmocka_run_group_tests_name("base_civil", tests, NULL, NULL);
}
