/* Kazakh words and their stems: by kind of suffix, by kind of trap, and all of a
 * vocabulary. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "text/kazakh.h"

enum { ROOM = 512 };

static const char *stem(const char *word, char out[ROOM])
{
    size_t len = clus__kazakh_stem((const uint8_t *)word, strlen(word), (uint8_t *)out);
    assert_in_range(len, 1, strlen(word) + 2);
    out[len] = '\0';
    return out;
}

/* The forms, blank between them, all have the stem. */
static void check(const char *expected, const char *forms)
{
    char copy[1024], got[ROOM], *rest = copy;
    (void)snprintf(copy, sizeof copy, "%s", forms);
    for (char *form; (form = strtok_r(rest, " ", &rest));)
        if (strcmp(stem(form, got), expected) != 0)
            fail_msg("%s became %s, not %s", form, got, expected);
}

static void cases_and_possessives_meet_their_noun(void **state)
{
    (void)state;
    check("бала", "бала балалар баланың балаға баланы балада баладан баламен балам баласы "
                  "баламыз балаларымыздың баласына балаларына балалардікі балаларындағы");
    check("мектеп", "мектеп мектептер мектептің мектепке мектепте мектептен мектеппен "
                    "мектебі мектебінде мектебіміз мектептердегі");
    check("қызмет", "қызмет қызметі қызметін қызметінің қызметтер");
}

static void a_verb_meets_its_participles_and_converbs(void **state)
{
    (void)state;
    check("бар", "барды бардым барады барамын барған барғандар барып барса бармайды барар "
                 "баратын барғаннан барушы барсын барыңыз");
    check("көр", "көр көрді көреді көрген көріп көрсе көрмейді көретін көргендіктен көру "
                 "көруге көруіне");
}

static void spelling_at_the_seam_is_undone(void **state)
{
    (void)state;
    check("кітап", "кітап кітабы кітабым кітаптың кітапқа");
    check("оқы", "оқиды оқыды оқу оқыған оқитын оқимын");
    check("қой", "қояды қойды қою қойған қоятын");
    check("тап", "тапты тауып табу табады");
    check("халық", "халық халқы халқының халыққа халықтар");
    check("орын", "орын орны орнында орындар");
    check("модел", "модель моделі модельдер моделінің");
    check("процес", "процесс процесі процестер");
}

static void pronouns_are_listed(void **state)
{
    (void)state;
    check("мен", "мен маған мені менің");
    check("ол", "ол оған оны оның олардың");
}

static void ends_that_only_look_like_suffixes_stay(void **state)
{
    (void)state;
    check("адам", "адам адамы адамдар адамға");
    check("аудан", "аудан ауданы аудандар ауданының");
    check("қазақстан", "қазақстан қазақстанның қазақстанда");
    check("облыс", "облыс облысы облыстың облысында");
    check("жақсы", "жақсы");
    check("қатты", "қатты");
    check("басқа", "басқа басқалар басқалары");
    check("тауар", "тауар тауары тауарлар");
}

static void different_words_stay_apart(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"қала", "қал"},  {"жақсы", "жақ"}, {"ойын", "ой"},   {"алтын", "алты"},
        {"қысқа", "қыс"}, {"басты", "бас"}, {"орман", "ор"},  {"бөлім", "бөл"},
        {"елу", "ел"},    {"келін", "кел"}, {"балық", "бал"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        char a[ROOM], b[ROOM];
        assert_string_not_equal(stem(pairs[i][0], a), stem(pairs[i][1], b));
    }
}

static void what_is_no_kazakh_word_is_copied(void **state)
{
    (void)state;
    static const char *const same[] = {"kitap", "кітап1",     "а",    "қазaқ",    "2025",
                                       "ёлка",  "бала-бақша", "\xD0", "\xFF\xFE", "東京"};
    char got[ROOM];
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        assert_string_equal(stem(same[i], got), same[i]);
    assert_int_equal(clus__kazakh_stem((const uint8_t *)"", 0, (uint8_t *)got), 0);
}

/* Suffixes that fit in many ways, far longer than words are: must end, and soon. */
static void endless_suffixes_end(void **state)
{
    (void)state;
    static const char *const parts[] = {"дағы", "ындағы", "ның", "лар", "ылын", "мама"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        char word[ROOM] = "", got[ROOM];
        while (strlen(word) + strlen(parts[i]) <= (size_t)KAZAKH_MAX_LETTERS * 2) {
            memcpy(word + strlen(word), parts[i], strlen(parts[i]) + 1);
            (void)stem(word, got);
        }
    }
}

/* Any letters: a stem is never empty, longer by one letter at most, and made of letters. */
static void any_letters_have_a_stem(void **state)
{
    (void)state;
    static const char letters[] = "аеыіуиядтлнмңскқгғбпйршюоөь";
    uint32_t seed = 1;
    for (int round = 0; round < 20000; round++) {
        char word[ROOM], got[ROOM];
        size_t n = 0;
        do {
            seed = seed * 1664525 + 1013904223;
            size_t letter = (seed >> 16) % ((sizeof letters - 1) / 2);
            memcpy(word + n, letters + 2 * letter, 2);
            n += 2;
        } while (n < 100 && (seed >> 8 & 15) != 0);
        word[n] = '\0';
        (void)stem(word, got);
        assert_int_equal(strlen(got) % 2, 0);
        assert_true((got[0] & 0xE0) == 0xC0);
    }
}

static FILE *open_words(const char *name)
{
    char path[1024];
    const char *dir = getenv("TEST_DATA");
    assert_non_null(dir);
    (void)snprintf(path, sizeof path, "%s/../../lib/text/kazakh/%s", dir, name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    return file;
}

/* voc.txt and output.txt, line by line. */
static void the_vocabulary_has_the_expected_stems(void **state)
{
    (void)state;
    char word[ROOM], expected[ROOM], got[ROOM];
    FILE *words = open_words("voc.txt"), *stems = open_words("output.txt");
    unsigned n = 0, wrong = 0;
    while (fgets(word, sizeof word, words)) {
        assert_non_null(fgets(expected, sizeof expected, stems));
        word[strcspn(word, "\n")] = '\0';
        expected[strcspn(expected, "\n")] = '\0';
        n++;
        if (strcmp(stem(word, got), expected) != 0) {
            print_message("%s became %s, not %s\n", word, got, expected);
            wrong++;
        }
    }
    assert_null(fgets(expected, sizeof expected, stems));
    (void)fclose(words);
    (void)fclose(stems);
    assert_in_range(n, 10000, 20000);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases_and_possessives_meet_their_noun),
        cmocka_unit_test(a_verb_meets_its_participles_and_converbs),
        cmocka_unit_test(spelling_at_the_seam_is_undone),
        cmocka_unit_test(pronouns_are_listed),
        cmocka_unit_test(ends_that_only_look_like_suffixes_stay),
        cmocka_unit_test(different_words_stay_apart),
        cmocka_unit_test(what_is_no_kazakh_word_is_copied),
        cmocka_unit_test(endless_suffixes_end),
        cmocka_unit_test(any_letters_have_a_stem),
        cmocka_unit_test(the_vocabulary_has_the_expected_stems),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
