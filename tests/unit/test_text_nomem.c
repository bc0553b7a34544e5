/*
 * Each allocation of the text layer fails in turn (the linker sends the library's calls of
 * malloc here). Nothing leaks, and a lexer whose run failed works again afterwards.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "failing_alloc.h"
#include "text/analyzer.h"
#include "text/glossary.h"
#include "text/lexer.h"

/* Enough distinct words that every table grows, a long one, one for ICU, both languages,
 * another script. */
static char text[40000];

static void write_text(void)
{
    size_t n = 0;
    for (int i = 0; i < 2000; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "слово%d ", i);
    (void)snprintf(text + n, sizeof text - n,
                   "құрылымдарымыздағылардікіндей\n東京都 з\u0301амки\u0306 Мaсква столы\n"
                   "Bul jan'a zan' ty'raly ai'tty, onyn' ma'ni");
}

static clus_status use_words(struct lexer *lx)
{
    struct bytes word = {(const uint8_t *)"қалалар", strlen("қалалар")};
    struct bytes open = {(const uint8_t *)"столами", strlen("столами")};
    struct bytes latin = {(const uint8_t *)"kuni", strlen("kuni")};
    uint32_t forms[LEXER_MAX_READINGS];
    size_t n = 0;
    clus_status st = clus__lexer_readings(lx, open, forms, &n);
    if (st == CLUS_OK)
        st = clus__lexer_readings(lx, latin, forms, &n);
    return st == CLUS_OK ? clus__lexer_word(lx, word, CLUS_LANG_KK, forms) : st;
}

static clus_status attempt(struct lexer *lx, struct token_list *tokens)
{
    struct bytes all = {(const uint8_t *)text, strlen(text)};
    clus_status st = clus__lexer_run(lx, all, tokens);
    return st == CLUS_OK ? use_words(lx) : st;
}

static clus_status attempt_all(void)
{
    clus_analyzer *analyzer = NULL;
    struct lexer *lx = NULL;
    struct token_list tokens = {0};
    clus_status st = clus__analyzer_new(CLUS_ANALYZER_AUTO, &analyzer);
    if (st == CLUS_OK)
        st = clus__lexer_new(analyzer, &lx);
    if (st == CLUS_OK)
        st = attempt(lx, &tokens);
    clus__token_list_done(&tokens);
    clus__lexer_free(lx);
    clus__analyzer_free(analyzer);
    return st;
}

static clus_status attempt_glossary(const clus_analyzer *analyzer)
{
    static const char pairs[] = "культура\tмәдениет|өнер\n"
                                "творческий кластер\tшығармашылық кластері\n";
    clus_glossary *g = NULL;
    clus_error err = {0};
    clus_status st = clus__glossary_new(analyzer, &g);
    for (int i = 0; st == CLUS_OK && i < 40; i++) { /* the table grows */
        char line[64];
        int len = snprintf(line, sizeof line, "слово%d\tсөз%d\n", i, i);
        st = clus__glossary_parse(g, CLUS_GLOSSARY_DICTIONARY,
                                  (struct bytes){(const uint8_t *)line, (size_t)len}, &err);
    }
    if (st == CLUS_OK)
        st = clus__glossary_parse(g, CLUS_GLOSSARY_DICTIONARY,
                                  (struct bytes){(const uint8_t *)pairs, strlen(pairs)},
                                  &err);
    if (st == CLUS_OK)
        assert_int_equal(clus__glossary_size(g), 86);
    clus__glossary_free(g);
    return st;
}

static void a_glossary_tells_every_failure(void **state)
{
    (void)state;
    clus_analyzer *analyzer = NULL;
    assert_int_equal(clus__analyzer_new(CLUS_ANALYZER_AUTO, &analyzer), CLUS_OK);
    long before = allocations_live, n = 0;
    for (;; n++) {
        allocations_left = n;
        clus_status st = attempt_glossary(analyzer);
        allocations_left = -1;
        assert_int_equal(allocations_live, before);
        if (st == CLUS_OK)
            break;
        assert_int_equal(st, CLUS_E_NOMEM);
    }
    assert_true(n > 10);
    clus__analyzer_free(analyzer);
}

static void every_failure_is_reported_and_leaks_nothing(void **state)
{
    (void)state;
    write_text();
    long n = 0;
    for (;; n++) {
        allocations_left = n;
        clus_status st = attempt_all();
        allocations_left = -1;
        assert_int_equal(allocations_live, 0);
        if (st == CLUS_OK)
            break;
        assert_int_equal(st, CLUS_E_NOMEM);
    }
    assert_true(n > 20);
}

static void a_lexer_survives_a_failed_run(void **state)
{
    (void)state;
    clus_analyzer *analyzer = NULL;
    struct token_list expected = {0}, tokens = {0};
    struct lexer *reference = NULL;
    write_text();
    assert_int_equal(clus__analyzer_new(CLUS_ANALYZER_AUTO, &analyzer), CLUS_OK);
    assert_int_equal(clus__lexer_new(analyzer, &reference), CLUS_OK);
    assert_int_equal(attempt(reference, &expected), CLUS_OK);
    bool failed = true;
    for (long n = 0; failed; n++) {
        struct lexer *lx = NULL;
        assert_int_equal(clus__lexer_new(analyzer, &lx), CLUS_OK);
        allocations_left = n;
        failed = attempt(lx, &tokens) != CLUS_OK;
        allocations_left = -1;
        assert_int_equal(attempt(lx, &tokens), CLUS_OK);
        assert_int_equal(tokens.n, expected.n);
        for (size_t i = 0; i < tokens.n; i++) {
            const struct form *a = clus__lexer_form(lx, tokens.items[i].form);
            const struct form *b = clus__lexer_form(reference, expected.items[i].form);
            assert_int_equal(clus__bytes_cmp(a->term, b->term), 0);
            assert_int_equal(a->lang, b->lang);
        }
        clus__lexer_free(lx);
    }
    clus__token_list_done(&tokens);
    clus__token_list_done(&expected);
    clus__lexer_free(reference);
    clus__analyzer_free(analyzer);
    assert_int_equal(allocations_live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_failure_is_reported_and_leaks_nothing),
        cmocka_unit_test(a_lexer_survives_a_failed_run),
        cmocka_unit_test(a_glossary_tells_every_failure),
    };
    return cmocka_run_group_tests_name("text_nomem", tests, NULL, NULL);
}
