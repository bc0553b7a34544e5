/* Queries through the public header: parse, read warnings, print, free. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <clustersearch/clustersearch.h>

static clus_str str(const char *text)
{
    return (clus_str){text, strlen(text)};
}

static void a_query_says_what_it_understood(void **state)
{
    (void)state;
    clus_query *q = NULL;
    assert_int_equal(clus_query_parse(str("креативный -\"квартал труда\""), NULL, &q, NULL),
                     CLUS_OK);
    assert_string_equal(clus_query_text(q), "(AND креативный (NOT \"квартал труда\"))");
    assert_int_equal(clus_query_warning_count(q), 0);
    clus_query_free(q);
}

static void warnings_have_places(void **state)
{
    (void)state;
    clus_query *q = NULL;
    clus_warning w = {.offset = 77};
    assert_int_equal(clus_query_parse(str("кластер) (город"), NULL, &q, NULL), CLUS_OK);
    assert_int_equal(clus_query_warning_count(q), 2);
    assert_int_equal(clus_query_warning(q, 0, &w), CLUS_OK);
    assert_int_equal(w.offset, strlen("кластер"));
    assert_int_equal(w.length, 1);
    assert_true(w.message.len > 0);
    assert_int_equal(clus_query_warning(q, 1, &w), CLUS_OK);
    assert_int_equal(w.offset, strlen("кластер) "));
    w.offset = 77;
    assert_int_equal(clus_query_warning(q, 2, &w), CLUS_DONE);
    assert_int_equal(w.offset, 77);
    clus_query_free(q);
}

static void strict_parsing_points_at_the_mistake(void **state)
{
    (void)state;
    clus_parse_options opts = {.strict = true};
    clus_query *q = NULL;
    clus_error err = {0};
    assert_int_equal(clus_query_parse(str("кластер AND"), &opts, &q, &err), CLUS_E_SYNTAX);
    assert_null(q);
    assert_int_equal(err.code, CLUS_E_SYNTAX);
    assert_int_equal(err.offset, strlen("кластер "));
    assert_true(err.message[0] != '\0');
    assert_int_equal(clus_query_parse(str("кластер AND город"), &opts, &q, &err), CLUS_OK);
    clus_query_free(q);
}

static void bounds_are_errors_when_strict(void **state)
{
    (void)state;
    static char text[70000];
    clus_parse_options opts = {.strict = true};
    clus_query *q = NULL;
    clus_error err = {0};
    memset(text, 'a', sizeof text);
    clus_str all = {text, sizeof text};
    assert_int_equal(clus_query_parse(all, &opts, &q, &err), CLUS_E_LIMIT);
    assert_int_equal(err.offset, 65536);
    assert_null(q);
    assert_int_equal(clus_query_parse(all, NULL, &q, NULL), CLUS_OK);
    assert_int_equal(clus_query_warning_count(q), 1);
    clus_query_free(q);
}

static void own_fields_are_known_when_listed(void **state)
{
    (void)state;
    const char *const fields[] = {"Автор"};
    clus_parse_options opts = {.op = CLUS_OP_AND, .fields = fields, .n_fields = 1};
    clus_query *q = NULL;
    assert_int_equal(clus_query_parse(str("АВТОР:Абай a:b"), &opts, &q, NULL), CLUS_OK);
    assert_string_equal(clus_query_text(q), "(AND автор:Абай a:b)");
    clus_query_free(q);
}

static void the_text_may_go_at_once(void **state)
{
    (void)state;
    char text[] = "кластер \"два слова\"";
    clus_query *q = NULL;
    assert_int_equal(clus_query_parse(str(text), NULL, &q, NULL), CLUS_OK);
    memset(text, 'x', sizeof text - 1);
    assert_string_equal(clus_query_text(q), "(AUTO кластер \"два слова\")");
    clus_query_free(q);
}

static void an_empty_query_is_fine(void **state)
{
    (void)state;
    clus_query *q = NULL;
    assert_int_equal(clus_query_parse((clus_str){NULL, 0}, NULL, &q, NULL), CLUS_OK);
    assert_string_equal(clus_query_text(q), "()");
    clus_query_free(q);
    clus_query_free(NULL);
}

static void wrong_arguments_are_refused(void **state)
{
    (void)state;
    const char *const none[] = {NULL};
    clus_query *q = NULL;
    clus_error err = {0};
    clus_parse_options later = {.reserved = {0, 1}}, op = {.op = (clus_op)3},
                       list = {.n_fields = 1}, hole = {.fields = none, .n_fields = 1};
    const clus_parse_options *const wrong[] = {&later, &op, &list, &hole};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        err.code = 0;
        assert_int_equal(clus_query_parse(str("a"), wrong[i], &q, &err), CLUS_E_ARGUMENT);
        assert_int_equal(err.code, CLUS_E_ARGUMENT);
    }
    assert_int_equal(clus_query_parse((clus_str){NULL, 1}, NULL, &q, &err),
                     CLUS_E_ARGUMENT);
    assert_int_equal(clus_query_parse(str("a"), NULL, NULL, &err), CLUS_E_ARGUMENT);
    assert_null(q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_query_says_what_it_understood),
        cmocka_unit_test(warnings_have_places),
        cmocka_unit_test(strict_parsing_points_at_the_mistake),
        cmocka_unit_test(bounds_are_errors_when_strict),
        cmocka_unit_test(own_fields_are_known_when_listed),
        cmocka_unit_test(the_text_may_go_at_once),
        cmocka_unit_test(an_empty_query_is_fine),
        cmocka_unit_test(wrong_arguments_are_refused),
    };
    return cmocka_run_group_tests_name("query", tests, NULL, NULL);
}
