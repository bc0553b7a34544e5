/* Misspelt words: what a slip costs, which words are likely to have been meant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "forms_view.h"
#include "search/correct.h"

static struct bytes bytes_of(const char *s)
{
    return (struct bytes){(const uint8_t *)s, strlen(s)};
}

static float cost(const char *meant, const char *typed)
{
    return clus__typing_cost(bytes_of(meant), bytes_of(typed));
}

static void common_slips_cost_less(void **state)
{
    (void)state;
    assert_true(cost("кластер", "кластер") == 0.0f);
    assert_true(cost("кластер", "клзстер") > cost("кластер", "клвстер"));   /* key beside */
    assert_true(cost("кластер", "клмастер") > cost("кластер", "класстер")); /* doubled */
    assert_true(cost("касса", "каса") < cost("касса", "касс"));
    assert_true(cost("кластер", "клсатер") < cost("кластер", "клззтер")); /* exchanged */
    assert_true(cost("кластер", "хластер") > cost("кластер", "клхстер")); /* the first */
    assert_true(cost("кластер", "кластер1") > 100.0f); /* no word of letters */
    char longer[128] = "";
    for (int i = 0; i < 40; i++)
        strcat(longer, "а");
    assert_true(cost("кластер", longer) > 100.0f);
}

static void assert_corrects(struct view *view, const char *word, const char *expected)
{
    struct arena arena = {.max = 0};
    struct correction_list list;
    char found[256] = "";
    assert_int_equal(clus__correct(view, bytes_of(word), &arena, &list), CLUS_OK);
    for (size_t i = 0; i < list.n; i++) {
        if (i > 0)
            strcat(found, " ");
        strncat(found, (const char *)list.items[i].form.data, list.items[i].form.len);
        assert_true(i == 0 || list.items[i].worth <= list.items[i - 1].worth);
    }
    clus__arena_done(&arena);
    if (strcmp(found, expected) != 0)
        fail_msg("%s: «%s», not «%s»", word, found, expected);
}

static void likely_words_come_first(void **state)
{
    struct forms_view_word words[] = {{"кластер", 20}, {"кластеры", 5},    {"мост", 30},
                                      {"рост", 4},     {"гость", 9},       {"мыс", 8},
                                      {"қазақ", 7},    {"театральный", 3}, {"word", 5}};
    struct forms_view v = {.view = {.n_docs = 0}};
    (void)state;
    assert_int_equal(forms_view_make(&v, words, sizeof words / sizeof *words), CLUS_OK);
    assert_corrects(&v.view, "класстер", "кластер");
    assert_corrects(&v.view, "кластир", "кластер");
    assert_corrects(&v.view, "тост", "рост мост"); /* the first letter: nothing else fits */
    assert_corrects(&v.view, "ость", "гость");
    assert_corrects(&v.view, "омст", "мост");
    assert_corrects(&v.view, "ақазақ", "қазақ");
    assert_corrects(&v.view, "азақ", "қазақ");
    assert_corrects(&v.view, "театраный",
                    "театральный"); /* two edits: seven letters or more */
    assert_corrects(&v.view, "тетаралный", "театральный");
    assert_corrects(&v.view, "кзстер", "");
    assert_corrects(&v.view, "xord", "word");
    assert_corrects(&v.view, "uластер", "кластер"); /* of another alphabet */
    assert_corrects(&v.view, "мось", "");           /* its last letter is another */
    assert_corrects(&v.view, "кластерами", "");
    assert_corrects(&v.view, "мсы", ""); /* too short */
    assert_corrects(&v.view, "кластер7", "");
    assert_corrects(&v.view, "", "");
    forms_view_done(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(common_slips_cost_less),
        cmocka_unit_test(likely_words_come_first),
    };
    return cmocka_run_group_tests_name("search_correct", tests, NULL, NULL);
}
