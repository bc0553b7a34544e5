/* The analyzer through the public header. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <clustersearch/analyzer.h>

static clus_str str(const char *text)
{
    return (clus_str){text, strlen(text)};
}

static void assert_str(clus_str got, const char *expected)
{
    assert_int_equal(got.len, strlen(expected));
    assert_memory_equal(got.data, expected, got.len);
}

static clus_analyzer *analyzer(clus_analyzer_kind kind)
{
    clus_analyzer *a = NULL;
    clus_error err;
    assert_int_equal(clus_analyzer_new(kind, &a, &err), CLUS_OK);
    return a;
}

static void tokens_have_all_their_fields(void **state)
{
    (void)state;
    clus_analyzer *a = analyzer(CLUS_ANALYZER_AUTO);
    clus_tokens *tokens = NULL;
    clus_token t = {0};
    assert_int_equal(clus_analyze(a, str("\xFF Щётки и столы\nқала ABC"), &tokens, NULL),
                     CLUS_OK);
    assert_int_equal(clus_tokens_count(tokens), 5);
    assert_int_equal(clus_tokens_invalid(tokens), 1);
    assert_int_equal(clus_tokens_get(tokens, 0, &t), CLUS_OK);
    assert_int_equal(t.start, 2);
    assert_int_equal(t.end, 12);
    assert_int_equal(t.position, 0);
    assert_str(t.form, "щетки");
    assert_str(t.term, "щетк");
    assert_int_equal(t.lang, CLUS_LANG_RU);
    assert_int_equal(clus_tokens_get(tokens, 3, &t), CLUS_OK);
    assert_int_equal(t.lang, CLUS_LANG_KK);
    assert_string_equal(t.why, "kazakh letter");
    assert_int_equal(clus_tokens_get(tokens, 4, &t), CLUS_OK);
    assert_str(t.term, "abc");
    assert_int_equal(t.lang, CLUS_LANG_OTHER);
    t.position = 99;
    assert_int_equal(clus_tokens_get(tokens, 5, &t), CLUS_DONE);
    assert_int_equal(t.position, 99);
    clus_tokens_free(tokens);
    clus_analyzer_free(a);
}

static void fingerprints_tell_kinds_apart(void **state)
{
    (void)state;
    char seen[5][200];
    for (int kind = 0; kind < 5; kind++) {
        clus_analyzer *a = analyzer((clus_analyzer_kind)kind);
        clus_analyzer *again = analyzer((clus_analyzer_kind)kind);
        const char *print = clus_analyzer_fingerprint(a);
        assert_string_equal(print, clus_analyzer_fingerprint(again));
        assert_non_null(strstr(print, " icu "));
        assert_non_null(strstr(print, " unicode "));
        for (const char *p = print; *p; p++)
            assert_in_range(*p, ' ', '~');
        for (int other = 0; other < kind; other++)
            assert_string_not_equal(print, seen[other]);
        assert_true(strlen(print) < sizeof seen[0]);
        strcpy(seen[kind], print);
        clus_analyzer_free(again);
        clus_analyzer_free(a);
    }
}

static void wrong_arguments_are_refused(void **state)
{
    (void)state;
    clus_error err;
    clus_analyzer *none = NULL;
    assert_int_equal(clus_analyzer_new((clus_analyzer_kind)-1, &none, &err),
                     CLUS_E_ARGUMENT);
    assert_null(none);
    assert_int_equal(err.code, CLUS_E_ARGUMENT);
    assert_string_equal(err.message, "no analyzer kind -1");
    clus_analyzer *a = analyzer(CLUS_ANALYZER_AUTO);
    clus_tokens *tokens = NULL;
    clus_str huge = {"", ((size_t)1 << 30) + 1};
    assert_int_equal(clus_analyze(a, huge, &tokens, &err), CLUS_E_LIMIT);
    assert_null(tokens);
    assert_string_equal(err.message, "a text of 1073741825 bytes is over 1 GiB");
    clus_analyzer_free(a);
    clus_analyzer_free(NULL);
    clus_tokens_free(NULL);
    clus_stemmer_free(NULL);
}

static void words_become_terms(void **state)
{
    (void)state;
    clus_analyzer *a = analyzer(CLUS_ANALYZER_AUTO);
    clus_stemmer *s = NULL;
    clus_str term = {NULL, 0};
    assert_int_equal(clus_stemmer_new(a, &s, NULL), CLUS_OK);
    assert_int_equal(clus_stemmer_term(s, str("Поставщики"), CLUS_LANG_OTHER, &term),
                     CLUS_OK);
    assert_str(term, "поставщик");
    assert_int_equal(clus_stemmer_term(s, str("Поставщики"), CLUS_LANG_KK, &term), CLUS_OK);
    assert_str(term, "поставщики");
    assert_int_equal(clus_stemmer_term(s, str("—"), CLUS_LANG_RU, &term), CLUS_OK);
    assert_int_equal(term.len, 0);
    char word[1100];
    memset(word, 'a', sizeof word);
    assert_int_equal(
        clus_stemmer_term(s, (clus_str){word, sizeof word}, CLUS_LANG_RU, &term),
        CLUS_E_LIMIT);
    assert_int_equal(clus_stemmer_term(s, str("a"), (clus_lang)7, &term), CLUS_E_ARGUMENT);
    clus_stemmer_free(s);
    clus_analyzer_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_have_all_their_fields),
        cmocka_unit_test(fingerprints_tell_kinds_apart),
        cmocka_unit_test(wrong_arguments_are_refused),
        cmocka_unit_test(words_become_terms),
    };
    return cmocka_run_group_tests_name("analyzer", tests, NULL, NULL);
}
