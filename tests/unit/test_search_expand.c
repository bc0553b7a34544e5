/* Patterns and edits: what matches, and that sharing rows between keys changes nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "search/edit.h"
#include "search/expand.h"

#include "keys.h"

static struct bytes bytes_of(const char *s)
{
    return (struct bytes){(const uint8_t *)s, strlen(s)};
}

static bool near(const char *word, uint32_t max, const char *key, uint32_t *distance)
{
    struct edit_walk *walk;
    assert_int_equal(clus__edit_walk_new(bytes_of(word), max, &walk), CLUS_OK);
    bool match = clus__edit_step(walk, bytes_of(key), 0, distance);
    clus__edit_walk_free(walk);
    return match;
}

static void edits_are_counted_by_letters(void **state)
{
    uint32_t d;
    (void)state;
    assert_true(near("кластер", 1, "кластер", &d));
    assert_int_equal(d, 0);
    assert_true(near("кластер", 1, "класстер", &d));
    assert_int_equal(d, 1);
    assert_true(near("кластер", 1, "калстер", &d)); /* neighbours exchanged */
    assert_int_equal(d, 1);
    assert_true(near("кластер", 2, "класт", &d));
    assert_int_equal(d, 2);
    assert_false(near("кластер", 1, "класт", &d));
    assert_false(near("кластер", 2, "клас", &d));
    assert_true(near("", 2, "ab", &d));
    struct edit_walk *walk = NULL;
    char letters[66];
    memset(letters, 'a', 65);
    letters[65] = '\0';
    assert_int_equal(clus__edit_walk_new(bytes_of(letters), 1, &walk), CLUS_E_LIMIT);
    assert_null(walk);
}

/* ---- against the plain table ---- */

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static uint32_t plain_distance(const char *a, const char *b)
{
    uint32_t t[16][16];
    uint32_t n = (uint32_t)strlen(a), m = (uint32_t)strlen(b);
    for (uint32_t i = 0; i <= n; i++)
        for (uint32_t j = 0; j <= m; j++) {
            if (i == 0 || j == 0) {
                t[i][j] = i + j;
                continue;
            }
            t[i][j] = least(t[i - 1][j - 1] + (a[i - 1] != b[j - 1]),
                            least(t[i - 1][j], t[i][j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                t[i][j] = least(t[i][j], t[i - 2][j - 2] + 1);
        }
    return t[n][m];
}

static void sorted_keys_give_the_plain_distance(void **state)
{
    enum { KEYS = 400, TRIALS = 60 };
    static char keys[KEYS][10];
    uint32_t matches = 0;
    (void)state;
    for (uint32_t trial = 0; trial < TRIALS; trial++) {
        char word[10] = "";
        for (uint32_t i = 0, n = 1 + draw(8); i < n; i++)
            word[i] = (char)('a' + draw(3));
        memset(keys, 0, sizeof keys);
        for (uint32_t k = 0; k < KEYS; k++)
            for (uint32_t i = 0, n = draw(10); i < n; i++)
                keys[k][i] = (char)('a' + draw(3));
        qsort(keys, KEYS, sizeof keys[0], by_text);
        struct edit_walk *walk;
        uint32_t max = 1 + draw(2);
        assert_int_equal(clus__edit_walk_new(bytes_of(word), max, &walk), CLUS_OK);
        for (uint32_t k = 0; k < KEYS; k++) {
            uint32_t distance = 0, expected = plain_distance(word, keys[k]);
            size_t shared = k > 0 ? shared_with(keys[k - 1], keys[k]) : 0;
            size_t dead = k > 0 ? clus__edit_dead(walk) : 0;
            bool match = clus__edit_step(walk, bytes_of(keys[k]), shared, &distance);
            assert_false(match && dead > 0 && shared >= dead);
            assert_int_equal(match, expected <= max);
            if (match)
                assert_int_equal(distance, expected);
            matches += match;
        }
        clus__edit_walk_free(walk);
    }
    assert_true(matches > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edits_are_counted_by_letters),
        cmocka_unit_test(sorted_keys_give_the_plain_distance),
    };
    return cmocka_run_group_tests_name("search_expand", tests, NULL, NULL);
}
