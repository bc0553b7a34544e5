/* Patterns of * and ?. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/glob.h"

static struct bytes of(const char *s)
{
    return (struct bytes){(const uint8_t *)s, strlen(s)};
}

static void stars_and_marks_match(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *text;
        bool fits;
    } globs[] = {
        {"", "", true},
        {"", "a", false},
        {"*", "", true},
        {"*", "слово", true},
        {"?", "", false},
        {"?", "ж", true},
        {"??", "ж", false},
        {"с*", "слово", true},
        {"*о", "слово", true},
        {"*л*", "слово", true},
        {"*ь*", "слово", false},
        {"с?ово", "слово", true},
        {"с?во", "слово", false},
        {"**о", "слово", true},
        {"*?", "", false},
        {"*?", "ж", true},
        {"*ab", "aab", true},
        {"*ab*ab", "abcab", true},
        {"*ab*ab", "ab", false},
        {"слово", "слово", true},
        {"слово", "слов", false},
        {"слов", "слово", false},
        {"?лово?", "слово", false},
        {"к*т*р", "кластер", true},
        {"к*т*р", "кластера", false},
        {"a*b*c", "aXbYbZc", true},
        {"\xff?", "\xff\xfe", true},
    };
    for (size_t i = 0; i < sizeof globs / sizeof *globs; i++)
        if (clus__glob_match(of(globs[i].pattern), of(globs[i].text)) != globs[i].fits)
            fail_msg("%s %s", globs[i].pattern, globs[i].text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(stars_and_marks_match)};
    return cmocka_run_group_tests_name("base_glob", tests, NULL, NULL);
}
