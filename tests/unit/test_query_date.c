/* Expressions for dates: what each covers, to the second. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/civil.h"
#include "query/date.h"

/* 2024-03-31 12:34:56 */
static const int64_t now = 1711888496;

static struct bytes of(const char *text)
{
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

/* YYYYMMDD to its first second; 0 and 1 for the open ends. */
static int64_t second_of(int64_t ymd, bool end)
{
    if (ymd == 0)
        return INT64_MIN;
    if (ymd == 1)
        return INT64_MAX;
    struct civil date = {(int32_t)(ymd / 10000), (int32_t)(ymd / 100 % 100),
                         (int32_t)(ymd % 100)};
    return (clus__civil_to_days(date) + end) * 86400 - end;
}

struct expected {
    const char *text;
    int64_t from, to; /* days, both included */
};

static const struct expected expressions[] = {
    {"2024", 20240101, 20241231},
    {"2024-05", 20240501, 20240531},
    {"2024-2", 20240201, 20240229},
    {"2023-02", 20230201, 20230228},
    {"2024-05-01", 20240501, 20240501},
    {"2024-5-1", 20240501, 20240501},
    {"01.05.2024", 20240501, 20240501},
    {"1.5.2024", 20240501, 20240501},
    {"0000", 101, 1231},
    {"1969", 19690101, 19691231},
    {"9999", 99990101, 99991231},
    {"2024-05..", 20240501, 1},
    {"..2024-05", 0, 20240531},
    {"..2024", 0, 20241231},
    {"2023..2024", 20230101, 20241231},
    {"2023-12..2024-01-15", 20231201, 20240115},
    {"01.05.2024..02.06.2024", 20240501, 20240602},
    {"01.05.2024..", 20240501, 1},
    {">=2024-05-01", 20240501, 1},
    {">2024-05", 20240601, 1},
    {">2024", 20250101, 1},
    {"<=2024", 0, 20241231},
    {"<2024", 0, 20231231},
    {"<2024-03-01", 0, 20240229},
    {"0d", 20240331, 20240331},
    {"1d", 20240330, 20240331},
    {"7d", 20240324, 20240331},
    {"2w", 20240317, 20240331},
    {"1m", 20240229, 20240331}, /* no 31 February */
    {"3m", 20231231, 20240331},
    {"12m", 20230331, 20240331},
    {"1y", 20230331, 20240331},
    {"2024y", 331, 20240331},
    {"7d..", 20240324, 1},
    {"7d..3d", 20240324, 20240328},
    {"..7d", 0, 20240324},
    {">=7d", 20240324, 1},
    {"<1y", 0, 20230330},
    {"today", 20240331, 20240331},
    {"TODAY", 20240331, 20240331},
    {"сегодня", 20240331, 20240331},
    {"Сегодня", 20240331, 20240331},
    {"бүгін", 20240331, 20240331},
    {"БҮГІН", 20240331, 20240331},
    {"yesterday", 20240330, 20240330},
    {"вчера", 20240330, 20240330},
    {"ВЧЕРА", 20240330, 20240330},
    {"кеше", 20240330, 20240330},
    {"yesterday..today", 20240330, 20240331},
    {"вчера..", 20240330, 1},
    {"2024-12..2024-01", 20241201, 20240131}, /* from behind to: nothing */
};

static void expressions_cover_these_days(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++) {
        const struct expected *e = &expressions[i];
        int64_t from = 7, to = 7;
        if (clus__date_range(of(e->text), now, &from, &to) != CLUS_OK)
            fail_msg("%s is not read", e->text);
        if (from != second_of(e->from, false) || to != second_of(e->to, true))
            fail_msg("%s: %lld %lld", e->text, (long long)from, (long long)to);
    }
}

static void other_texts_are_no_dates(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "..",
        "...",
        "x",
        "2024-",
        "2024-13",
        "2024-00",
        "2024-1-32",
        "2023-02-29",
        "2024-05-01-",
        "2024-05-01T10",
        "24",
        "202",
        "20245",
        "999999d",
        "d",
        "7",
        "7x",
        "7dd",
        "7 d",
        ">",
        ">=",
        "=2024",
        ">>2024",
        "2024..x",
        "x..2024",
        "2024..2025..2026",
        "32.01.2024",
        "01.13.2024",
        "01.05.24",
        "001.05.2024",
        "01.05.",
        "вчер",
        "вчерась",
        "todayy",
        "2024-05 ",
        " 2024",
        "-2024",
        "+2024",
        "2024-005",
        ">..",
        "\xff",
        "2024\xff",
        "завтра",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        int64_t from = 7, to = 8;
        if (clus__date_range(of(texts[i]), now, &from, &to) != CLUS_E_SYNTAX)
            fail_msg("%s is read", texts[i]);
        assert_int_equal(from, 7);
        assert_int_equal(to, 8);
    }
}

static void a_leap_day_a_year_ago_is_its_eve(void **state)
{
    (void)state;
    int64_t from, to, leap = second_of(20240229, false) + 5;
    assert_int_equal(clus__date_range(of("1y"), leap, &from, &to), CLUS_OK);
    assert_int_equal(from, second_of(20230228, false));
    assert_int_equal(to, second_of(20240229, true));
}

static void midnight_belongs_to_the_day_it_begins(void **state)
{
    (void)state;
    int64_t from, to, midnight = second_of(20240301, false);
    assert_int_equal(clus__date_range(of("today"), midnight, &from, &to), CLUS_OK);
    assert_int_equal(from, midnight);
    assert_int_equal(clus__date_range(of("today"), midnight - 1, &from, &to), CLUS_OK);
    assert_int_equal(to, midnight - 1);
    assert_int_equal(clus__date_range(of("today"), -1, &from, &to), CLUS_OK);
    assert_int_equal(from, -86400);
}

static void any_clock_is_survived(void **state)
{
    (void)state;
    static const int64_t clocks[] = {INT64_MIN, INT64_MIN + 1, -1, 0, INT64_MAX};
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++)
        for (size_t j = 0; j < sizeof expressions / sizeof *expressions; j++) {
            int64_t from, to;
            assert_int_equal(
                clus__date_range(of(expressions[j].text), clocks[i], &from, &to), CLUS_OK);
        }
    int64_t from, to;
    assert_int_equal(clus__date_range(of("99999y"), INT64_MIN, &from, &to), CLUS_OK);
    assert_int_equal(clus__date_range(of("99999w"), INT64_MIN, &from, &to), CLUS_OK);
}

static void a_bound_is_its_whole_unit(void **state)
{
    (void)state;
    int64_t first, last;
    assert_int_equal(clus__date_bound(of("2024-05"), now, &first, &last), CLUS_OK);
    assert_int_equal(first, second_of(20240501, false));
    assert_int_equal(last, second_of(20240531, true));
    assert_int_equal(clus__date_bound(of("7d"), now, &first, &last), CLUS_OK);
    assert_int_equal(last, second_of(20240324, true));
    assert_int_equal(clus__date_bound(of("2024.."), now, &first, &last), CLUS_E_SYNTAX);
    assert_int_equal(clus__date_bound(of(""), now, &first, &last), CLUS_E_SYNTAX);
}

static void leaves_of_a_query_with_open_and_closed_ends(void **state)
{
    (void)state;
    int64_t from, to;
    struct ast_node node = {.kind = AST_RANGE, .low = of("2023"), .high = of("2024")};
    assert_int_equal(clus__date_of_node(&node, now, &from, &to), CLUS_OK);
    assert_int_equal(from, second_of(20230101, false));
    assert_int_equal(to, second_of(20241231, true));
    node.low_open = node.high_open = true;
    assert_int_equal(clus__date_of_node(&node, now, &from, &to), CLUS_OK);
    assert_int_equal(from, second_of(20240101, false));
    assert_int_equal(to, second_of(20231231, true));
    node.low = node.high = (struct bytes){NULL, 0};
    assert_int_equal(clus__date_of_node(&node, now, &from, &to), CLUS_OK);
    assert_true(from == INT64_MIN && to == INT64_MAX);
    node.low = of("nonsense");
    assert_int_equal(clus__date_of_node(&node, now, &from, &to), CLUS_E_SYNTAX);
    node = (struct ast_node){.kind = AST_WORD, .text = of("7d")};
    assert_int_equal(clus__date_of_node(&node, now, &from, &to), CLUS_OK);
    assert_int_equal(from, second_of(20240324, false));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions_cover_these_days),
        cmocka_unit_test(other_texts_are_no_dates),
        cmocka_unit_test(a_leap_day_a_year_ago_is_its_eve),
        cmocka_unit_test(midnight_belongs_to_the_day_it_begins),
        cmocka_unit_test(any_clock_is_survived),
        cmocka_unit_test(a_bound_is_its_whole_unit),
        cmocka_unit_test(leaves_of_a_query_with_open_and_closed_ends),
    };
    return cmocka_run_group_tests_name("query_date", tests, NULL, NULL);
}
