/* Layouts: each table there and back, what is no slip, and which keys are neighbours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "text/keyboard.h"

static const char *retyped(const char *word, enum keyboard_slip slip)
{
    static uint8_t out[KEYBOARD_MAX_OUT + 1];
    size_t n = clus__keyboard_retype((struct bytes){(const uint8_t *)word, strlen(word)},
                                     slip, out);
    assert_true(n <= KEYBOARD_MAX_OUT);
    out[n] = '\0';
    return (const char *)out;
}

static void words_are_read_in_the_layout_that_was_meant(void **state)
{
    (void)state;
    assert_string_equal(retyped("qwertyuiop[]", SLIP_LATIN_FOR_RUSSIAN), "йцукенгшщзхъ");
    assert_string_equal(retyped("asdfghjkl;'", SLIP_LATIN_FOR_RUSSIAN), "фывапролджэ");
    assert_string_equal(retyped("zxcvbnm,.`", SLIP_LATIN_FOR_RUSSIAN), "ячсмитьбюё");
    assert_string_equal(retyped("QWERTYUIOP{}", SLIP_LATIN_FOR_RUSSIAN), "йцукенгшщзхъ");
    assert_string_equal(retyped("J:\"<>~", SLIP_LATIN_FOR_RUSSIAN), "ожэбюё");
    assert_string_equal(retyped("2345890-=q", SLIP_LATIN_FOR_KAZAKH), "әіңғүұқөһй");
    assert_string_equal(retyped("@#$%*()_+Q", SLIP_LATIN_FOR_KAZAKH), "әіңғүұқөһй");
    assert_string_equal(retyped("0fpf0", SLIP_LATIN_FOR_KAZAKH), "қазақ");
    assert_string_equal(retyped("0аза0", SLIP_RUSSIAN_FOR_KAZAKH), "қазақ");
    assert_string_equal(retyped("0азақСТАН", SLIP_RUSSIAN_FOR_KAZAKH), "қазақстан");
    assert_string_equal(retyped("руддщ", SLIP_CYRILLIC_FOR_LATIN), "hello");
    assert_string_equal(retyped("РУДДЩ", SLIP_CYRILLIC_FOR_LATIN), "hello");
}

static void what_is_no_slip_is_not_read(void **state)
{
    (void)state;
    assert_string_equal(retyped("", SLIP_LATIN_FOR_RUSSIAN), "");
    assert_string_equal(retyped("кластер", SLIP_LATIN_FOR_RUSSIAN), "");
    assert_string_equal(retyped("rkfc2", SLIP_LATIN_FOR_RUSSIAN), "");
    assert_string_equal(retyped("[];'", SLIP_LATIN_FOR_RUSSIAN), ""); /* signs alone */
    assert_string_equal(retyped("a/b", SLIP_LATIN_FOR_RUSSIAN), "");
    assert_string_equal(retyped("rkfcnth", SLIP_LATIN_FOR_KAZAKH), ""); /* no digit key */
    assert_string_equal(retyped("2024", SLIP_LATIN_FOR_KAZAKH), "");
    assert_string_equal(retyped("2024", SLIP_RUSSIAN_FOR_KAZAKH), "");
    assert_string_equal(retyped("a7", SLIP_LATIN_FOR_KAZAKH), "");
    assert_string_equal(retyped("қазақ", SLIP_RUSSIAN_FOR_KAZAKH), "");
    assert_string_equal(retyped("hello", SLIP_CYRILLIC_FOR_LATIN), "");
    assert_string_equal(retyped("объём", SLIP_CYRILLIC_FOR_LATIN), ""); /* ъ is a bracket */
    assert_string_equal(retyped("a\xff", SLIP_LATIN_FOR_RUSSIAN), "");
    char longer[KEYBOARD_MAX + 2];
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_string_equal(retyped(longer, SLIP_LATIN_FOR_RUSSIAN), "");
    longer[KEYBOARD_MAX] = '\0';
    assert_int_equal(strlen(retyped(longer, SLIP_LATIN_FOR_RUSSIAN)), 2 * KEYBOARD_MAX);
}

static void every_letter_comes_back(void **state)
{
    (void)state;
    for (char c = 'a'; c <= 'z'; c++) {
        const char typed[2] = {c, '\0'};
        char russian[8];
        strcpy(russian, retyped(typed, SLIP_LATIN_FOR_RUSSIAN));
        assert_string_equal(retyped(russian, SLIP_CYRILLIC_FOR_LATIN), typed);
    }
}

static bool near(const char *a, const char *b)
{
    size_t used;
    return clus__keyboard_near(
        clus__code_at((struct bytes){(const uint8_t *)a, strlen(a)}, 0, &used),
        clus__code_at((struct bytes){(const uint8_t *)b, strlen(b)}, 0, &used));
}

static void keys_side_by_side_are_near(void **state)
{
    static const char *const pairs[][2] = {{"а", "в"}, {"а", "п"}, {"а", "е"}, {"а", "к"},
                                           {"а", "м"}, {"а", "с"}, {"q", "w"}, {"q", "a"},
                                           {"қ", "з"}, {"қ", "щ"}, {"ә", "і"}};
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        assert_true(near(pairs[i][0], pairs[i][1]));
        assert_true(near(pairs[i][1], pairs[i][0]));
    }
    assert_false(near("а", "р"));
    assert_false(near("а", "а"));
    assert_false(near("а", "ч"));
    assert_false(near("q", "s"));
    assert_false(near("а", "у"));
    assert_false(near("q", "ц")); /* keys of two layouts */
    assert_false(near("ф", "?"));
    assert_false(near("日", "本"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_read_in_the_layout_that_was_meant),
        cmocka_unit_test(what_is_no_slip_is_not_read),
        cmocka_unit_test(every_letter_comes_back),
        cmocka_unit_test(keys_side_by_side_are_near),
    };
    return cmocka_run_group_tests_name("text_keyboard", tests, NULL, NULL);
}
