/* Arrays that grow: what was in them stays, on a border of cache lines too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"

enum { LINE = 64, MOST = 200000 };

static void tables_stay_on_borders(void **state)
{
    (void)state;
    struct line {
        uint64_t words[LINE / 8];
    } *lines = NULL;
    size_t cap = 0;
    for (size_t n = 0; n < MOST; n++) {
        size_t before = cap;
        assert_int_equal(clus__table_grow(&lines, &cap, n + 1, sizeof *lines), CLUS_OK);
        assert_in_range(cap, n + 1, SIZE_MAX);
        assert_int_equal((uintptr_t)lines % LINE, 0);
        for (size_t i = 0; cap != before && i < n; i++)
            assert_true(lines[i].words[0] == i && lines[i].words[LINE / 8 - 1] == ~i);
        lines[n].words[0] = n;
        lines[n].words[LINE / 8 - 1] = ~n;
    }
    clus__table_free(lines, cap, LINE);
}

static void too_many_elements_leave_all_as_it_was(void **state)
{
    (void)state;
    uint8_t *lines = NULL;
    size_t cap = 0;
    assert_int_equal(clus__table_grow(&lines, &cap, 1, LINE), CLUS_OK);
    uint8_t *kept = lines;
    size_t had = cap;
    lines[0] = 7;
    assert_int_equal(clus__table_grow(&lines, &cap, SIZE_MAX / LINE, LINE), CLUS_E_NOMEM);
    assert_true(lines == kept && cap == had && lines[0] == 7);
    clus__table_free(lines, cap, LINE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_stay_on_borders),
        cmocka_unit_test(too_many_elements_leave_all_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
