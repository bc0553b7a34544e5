/* Sorting numbers, against qsort(), over numbers that agree in most of their bytes or none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/sort.h"

enum { MOST = 3000 };

static int by_number(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static uint64_t next(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state ^ *state >> 29;
}

static void same_as_qsort(void **state)
{
    (void)state;
    static const uint64_t masks[] = {
        UINT64_MAX, 0xFF, 0xFF00000000000000u, 0x00FF00FF00000007u, 0xFFFFFFFF00000000u, 0};
    static const uint32_t sizes[] = {0, 1, 2, 24, 25, 49, 100, 256, 257, MOST};
    static uint64_t numbers[MOST], expected[MOST], room[MOST];
    uint64_t seed = 1;
    for (size_t m = 0; m < sizeof masks / sizeof *masks; m++)
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
            uint32_t n = sizes[s];
            for (uint32_t i = 0; i < n; i++)
                numbers[i] = expected[i] = next(&seed) & masks[m];
            clus__sort_u64(numbers, n, room);
            qsort(expected, n, sizeof *expected, by_number);
            assert_memory_equal(numbers, expected, n * sizeof *numbers);
        }
}

/* Half of them lie in the lowest of any parts that their range is cut into. */
static void numbers_that_crowd(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {25, 100, 256, MOST};
    static uint64_t numbers[MOST], expected[MOST], room[MOST];
    uint64_t seed = 2;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        uint32_t n = sizes[s];
        for (uint32_t i = 0; i < n; i++)
            numbers[i] = expected[i] = next(&seed) >> next(&seed) % 64;
        clus__sort_u64(numbers, n, room);
        qsort(expected, n, sizeof *expected, by_number);
        assert_memory_equal(numbers, expected, n * sizeof *numbers);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_as_qsort),
                                       cmocka_unit_test(numbers_that_crowd)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
