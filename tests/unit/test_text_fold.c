/* One spelling for a word however it was typed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "text/fold.h"

static int make_classes(void **state)
{
    struct classes *classes = calloc(1, sizeof *classes);
    *state = classes;
    return classes && clus__classes_build(classes) == CLUS_OK ? 0 : -1;
}

static int free_classes(void **state)
{
    free(*state);
    return 0;
}

static void check(const struct classes *classes, const char *word, const char *expected)
{
    struct folded out, again;
    assert_int_equal(
        clus__fold(classes, (struct bytes){(const uint8_t *)word, strlen(word)}, &out),
        CLUS_OK);
    char got[LEXER_MAX_TERM + 1];
    memcpy(got, out.text, out.len);
    got[out.len] = '\0';
    assert_string_equal(got, expected);
    assert_int_equal(clus__fold(classes, (struct bytes){out.text, out.len}, &again),
                     CLUS_OK);
    assert_int_equal(again.len, out.len);
    assert_memory_equal(again.text, out.text, out.len);
}

struct pair {
    const char *word, *folded;
};

static void check_all(void **state, const struct pair *pairs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        check(*state, pairs[i].word, pairs[i].folded);
}

#define CHECK_ALL(pairs) check_all(state, pairs, sizeof pairs / sizeof pairs[0])

static void case_and_compatibility(void **state)
{
    static const struct pair pairs[] = {
        {"СЛОВО", "слово"},
        {"ҚАЗАҚ", "қазақ"},
        {"İSTANBUL", "istanbul"},
        {"Iğdır", "iğdır"},
        {"straße", "strasse"},
        {"ﬁn", "fin"},
        {"ＦＵＬＬ", "full"},
        {"ΣΊΣΥΦΟΣ", "σίσυφοσ"},
        {"Å", "å"},
        {"A\u030A", "å"},
        {"№", "no"},
        {"Ⅻ", "xii"},
        {"10", "10"},
        {"１２", "12"},
        {"x", "x"},
    };
    CHECK_ALL(pairs);
}

static void russian_letters(void **state)
{
    static const struct pair pairs[] = {
        {"ёлка", "елка"},
        {"ЁЛКА", "елка"},
        {"е\u0308лка", "елка"},
        {"мой", "мой"},
        {"мои\u0306", "мой"},
        {"МОИ\u0306", "мой"},
        {"за\u0301мок", "замок"},
        {"все\u0308\u0301", "все"},
        {"и\u0301ва", "ива"},
        {"п\u0301и", "пи"},
        {"ѐ", "е"},
        {"ѝ", "и"},
        {"под\u00ADъезд", "подъезд"},
        {"сло\u200Bво\u2060", "слово"},
        {"с\u0336л\u0336", "сл"},
        {"ќерка", "ќерка"},
        {"к\u0301ерка", "ќерка"},
        {"ї", "ї"},
    };
    CHECK_ALL(pairs);
}

static void latin_accents_stay(void **state)
{
    static const struct pair pairs[] = {
        {"Café", "café"},
        {"CAFE\u0301", "café"},
        {"naïve", "naïve"},
        {"jaqsý", "jaqsý"},
    };
    CHECK_ALL(pairs);
}

static void apostrophes_are_one(void **state)
{
    static const struct pair pairs[] = {
        {"об’єкт", "об'єкт"}, {"обʼєкт", "об'єкт"}, {"Oʻzbek", "o'zbek"},
        {"l‘a", "l'a"},       {"d＇a", "d'a"},
    };
    CHECK_ALL(pairs);
}

static void lookalikes_follow_the_word(void **state)
{
    static const struct pair pairs[] = {
        {"мемлекеттiк", "мемлекеттік"}, /* Latin i */
        {"Мaсквa", "масква"},           /* Latin a */
        {"CЛOBO", "слово"},             /* Latin C, O, B, O */
        {"бəрі", "бәрі"},               /* Latin schwa */
        {"Əлем", "әлем"},
        {"слóво", "слово"},
        {"ëж", "еж"},
        {"sсhооl", "school"}, /* Cyrillic с, о, о */
        {"Аррlе", "apple"},
        {"ТV", "tv"},
        {"жfд", "жfд"}, /* no way to read it as one */
        {"ṿо", "ṿo"},
        {"Тест", "тест"},
        {"TECT", "tect"},
    };
    CHECK_ALL(pairs);
}

static void nothing_may_be_left(void **state)
{
    check(*state, "\u00AD\u200B", "");
    check(*state, "\u3164", "");
}

/* A word of letters from а to я is taken over eight bytes at a time: each letter is folded
 * there as it is in a word that is too short for that. */
static void letters_fold_alike_in_long_words(void **state)
{
    for (unsigned c = 0x400; c < 0x480; c++) {
        char letter[] = {(char)(0xC0 | c >> 6), (char)(0x80 | (c & 0x3F)), '\0'};
        for (size_t at = 0; at < 6; at++) {
            char word[32] = "", expected[LEXER_MAX_TERM + 32] = "";
            struct folded alone;
            assert_int_equal(
                clus__fold(*state, (struct bytes){(const uint8_t *)letter, 2}, &alone),
                CLUS_OK);
            for (size_t i = 0; i < 6; i++) {
                strcat(word, i == at ? letter : "\xD0\xB2"); /* в */
                if (i == at)
                    strncat(expected, (const char *)alone.text, alone.len);
                else
                    strcat(expected, "\xD0\xB2");
            }
            check(*state, word, expected);
        }
    }
}

static void long_words_are_refused(void **state)
{
    uint8_t text[FOLD_MAX_BYTES + 8];
    struct folded out;
    memset(text, 'a', sizeof text);
    assert_int_equal(clus__fold(*state, (struct bytes){text, LEXER_MAX_TERM}, &out),
                     CLUS_OK);
    assert_int_equal(out.len, LEXER_MAX_TERM);
    assert_int_equal(clus__fold(*state, (struct bytes){text, LEXER_MAX_TERM + 1}, &out),
                     CLUS_E_LIMIT);
    assert_int_equal(clus__fold(*state, (struct bytes){text, sizeof text}, &out),
                     CLUS_E_LIMIT);
    /* One ligature becomes eighteen letters of two bytes. */
    size_t n = 0;
    for (int i = 0; i < 14; i++, n += 3)
        memcpy(text + n, "\uFDFA", 3);
    assert_int_equal(clus__fold(*state, (struct bytes){text, n}, &out), CLUS_E_LIMIT);
}

static void runs_of_marks_are_cut(void **state)
{
    /* Two classes of marks by turns: what makes reordering slow. */
    char word[1024] = "a", expected[1024] = "a";
    for (int i = 0; i < 100; i++)
        strcat(word, i % 2 ? "\u0316" : "\u0315");
    for (int i = 0; i < FOLD_MAX_MARKS; i++)
        strcat(expected, i < FOLD_MAX_MARKS / 2 ? "\u0316" : "\u0315");
    check(*state, word, expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(case_and_compatibility),
        cmocka_unit_test(russian_letters),
        cmocka_unit_test(latin_accents_stay),
        cmocka_unit_test(apostrophes_are_one),
        cmocka_unit_test(lookalikes_follow_the_word),
        cmocka_unit_test(nothing_may_be_left),
        cmocka_unit_test(letters_fold_alike_in_long_words),
        cmocka_unit_test(long_words_are_refused),
        cmocka_unit_test(runs_of_marks_are_cut),
    };
    return cmocka_run_group_tests_name("text_fold", tests, make_classes, free_classes);
}
