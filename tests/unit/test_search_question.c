/* Questions: how they end, which words ask. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "search/question.h"

static struct bytes bytes_of(const char *s)
{
    return (struct bytes){(const uint8_t *)s, strlen(s)};
}

static void words_ask_in_any_spelling(void **state)
{
    static const char *const ask[] = {"где", "Кто",   "КАКОЙ",  "чём",  "чем",    "ли",
                                      "кім", "Қашан", "қандай", "неше", "каковы", "ненің"};
    static const char *const tell[] = {"город", "кот", "дом", "қала", "who", "1"};
    clus_analyzer *analyzer;
    struct lexer *lexer;
    (void)state;
    assert_int_equal(clus_analyzer_new(CLUS_ANALYZER_AUTO, &analyzer, NULL), CLUS_OK);
    assert_int_equal(clus__lexer_new(analyzer, &lexer), CLUS_OK);
    for (size_t i = 0; i < sizeof ask / sizeof *ask; i++) {
        bool asks = false;
        assert_int_equal(clus__question_word(lexer, bytes_of(ask[i]), &asks), CLUS_OK);
        assert_true(asks);
    }
    for (size_t i = 0; i < sizeof tell / sizeof *tell; i++) {
        bool asks = true;
        assert_int_equal(clus__question_word(lexer, bytes_of(tell[i]), &asks), CLUS_OK);
        assert_false(asks);
    }
    clus__lexer_free(lexer);
    clus_analyzer_free(analyzer);
}

static void assert_ends(const char *text, bool expected)
{
    clus_query *query;
    assert_int_equal(clus_query_parse((clus_str){text, strlen(text)}, NULL, &query, NULL),
                     CLUS_OK);
    assert_int_equal(clus__question_ends(query), expected);
    clus_query_free(query);
}

static void a_question_ends_with_its_mark(void **state)
{
    (void)state;
    assert_ends("кто живёт в море?", true);
    assert_ends("кто живёт в море? \n", true);
    assert_ends("когда построен «Дом»?", true);
    assert_ends("кто живёт в море", false);
    assert_ends("кто? живёт в море", false);
    assert_ends("мор?", false); /* a pattern */
    assert_ends("?", true);     /* matches nothing anyhow */
    assert_ends("", false);
    assert_ends("  ", false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_ask_in_any_spelling),
        cmocka_unit_test(a_question_ends_with_its_mark),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
