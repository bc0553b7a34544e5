/* Glossaries: how texts of them are read, what is refused, and the one of the project. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "text/analyzer.h"
#include "text/glossary.h"

static clus_analyzer *analyzer;

static int make_analyzer(void **state)
{
    (void)state;
    return clus__analyzer_new(CLUS_ANALYZER_AUTO, &analyzer);
}

static int free_analyzer(void **state)
{
    (void)state;
    clus__analyzer_free(analyzer);
    return 0;
}

static struct bytes bytes(const char *s)
{
    return (struct bytes){(const uint8_t *)s, strlen(s)};
}

static clus_glossary *new_glossary(void)
{
    clus_glossary *g = NULL;
    assert_int_equal(clus__glossary_new(analyzer, &g), CLUS_OK);
    return g;
}

static void parse(clus_glossary *g, clus_glossary_kind kind, const char *text)
{
    clus_error err = {0};
    if (clus__glossary_parse(g, kind, bytes(text), &err) != CLUS_OK)
        fail_msg("%s", err.message);
}

/* The targets of a text as they were written, each once, with commas between. */
static void append_new(char *out, size_t size, struct bytes text)
{
    char one[128];
    (void)snprintf(one, sizeof one, "%.*s", (int)text.len, (const char *)text.data);
    if (!strstr(out, one))
        (void)snprintf(out + strlen(out), size - strlen(out), "%s%s", out[0] ? "," : "",
                       one);
}

static const char *found(clus_glossary *g, const char *text)
{
    static char out[512];
    struct glossary_key keys[GLOSSARY_MAX_KEYS];
    struct lexer *lx;
    uint32_t n;
    assert_int_equal(clus__lexer_new(analyzer, &lx), CLUS_OK);
    assert_int_equal(clus__glossary_keys(lx, bytes(text), CLUS_LANG_OTHER, keys, &n),
                     CLUS_OK);
    out[0] = 0;
    for (uint32_t i = 0; i < n; i++) {
        struct bytes key = {keys[i].text, keys[i].len};
        const struct glossary_target *t = clus__glossary_find(g, key);
        for (; t; t = t->next)
            append_new(out, sizeof out, t->text);
    }
    clus__lexer_free(lx);
    return out;
}

static void any_form_finds_both_ways(void **state)
{
    (void)state;
    clus_glossary *g = new_glossary();
    parse(g, CLUS_GLOSSARY_DICTIONARY,
          "\xEF\xBB\xBF# comment\r\n"
          "культура\tмәдениет\r\n\r\n"
          "творческий кластер\tшығармашылық кластері|креативті кластер\t0.5\n"
          "малый\tшағын\nживотное\tмал\nеда\tтамақ");
    assert_string_equal(found(g, "культурой"), "мәдениет");
    assert_string_equal(found(g, "мәдениеттің"), "культура");
    assert_string_equal(found(g, "Творческих кластеров"),
                        "шығармашылық кластері,креативті кластер");
    assert_string_equal(found(g, "шығармашылық кластерінде"), "творческий кластер");
    assert_string_equal(found(g, "творческих"), "");
    assert_string_equal(found(g, "малых"), "шағын");
    assert_string_equal(found(g, "едіге"), ""); /* as Russian it would be еда */
    assert_int_equal(clus__glossary_size(g), 12);
    assert_int_equal(clus__glossary_longest(g, bytes("rтворческ")), 2);
    assert_int_equal(clus__glossary_longest(g, bytes("rкультур")), 1);
    assert_int_equal(clus__glossary_longest(g, bytes("rнет")), 1);
    clus__glossary_free(g);
}

static void weights_are_kept_and_replaced(void **state)
{
    (void)state;
    clus_glossary *g = new_glossary();
    parse(g, CLUS_GLOSSARY_DICTIONARY, "дом\tүй\t0.25\nдом\tүй\t.75\nсад\tбақ\n");
    assert_int_equal(clus__glossary_size(g), 4);
    struct bytes house = bytes("rдом"), garden = bytes("rсад");
    assert_true(clus__glossary_find(g, house)->weight == 0.75f);
    assert_true(clus__glossary_find(g, garden)->weight == 0.6f);
    assert_null(clus__glossary_find(g, house)->next);
    clus__glossary_free(g);
}

static void synonyms_are_groups_or_one_way(void **state)
{
    (void)state;
    clus_glossary *g = new_glossary();
    parse(g, CLUS_GLOSSARY_SYNONYM,
          "хаб, центр инноваций , IT\n"
          "вуз => университет, институт\n");
    assert_string_equal(found(g, "IT"), "хаб,центр инноваций");
    assert_true(strstr(found(g, "центром инноваций"), "хаб,IT") != NULL);
    assert_true(strstr(found(g, "вузы"), "университет,институт") != NULL);
    assert_string_equal(found(g, "институт"), "");
    clus__glossary_free(g);
}

struct refused {
    clus_glossary_kind kind;
    const char *text, *message;
};

static void bad_lines_are_named(void **state)
{
    static const struct refused cases[] = {
        {CLUS_GLOSSARY_DICTIONARY, "дом\tүй\nсад бақ\n", "line 2: no tab between"},
        {CLUS_GLOSSARY_DICTIONARY, "дом\t\n", "line 1: '' is not 1 to 8 Kazakh words"},
        {CLUS_GLOSSARY_DICTIONARY, "үй\tдом\n", "line 1: 'үй' is not 1 to 8 Russian words"},
        {CLUS_GLOSSARY_DICTIONARY, "\tүй\n", "line 1: '' is not 1 to 8 Russian"},
        {CLUS_GLOSSARY_DICTIONARY, "дом|\tүй\n", "line 1: '' is not 1 to 8 Russian"},
        {CLUS_GLOSSARY_DICTIONARY, "дом\t—\n", "line 1: '—' is not 1 to 8 Kazakh"},
        {CLUS_GLOSSARY_DICTIONARY, "а б в г д е ж з и\tүй", "line 1: 'а б в"},
        {CLUS_GLOSSARY_DICTIONARY, "дом\tүй\t0", "line 1: the weight '0' is not"},
        {CLUS_GLOSSARY_DICTIONARY, "дом\tүй\t1.5", "line 1: the weight '1.5' is not"},
        {CLUS_GLOSSARY_DICTIONARY, "дом\tүй\tnan", "line 1: the weight 'nan' is not"},
        {CLUS_GLOSSARY_DICTIONARY, "дом\tүй\t1\t\n", "line 1: more than three columns"},
        {CLUS_GLOSSARY_DICTIONARY, "# х\nд\xD0\tүй", "line 2: a word that is not UTF-8"},
        {CLUS_GLOSSARY_SYNONYM, "хаб\n", "line 1: one word alone"},
        {CLUS_GLOSSARY_SYNONYM, "хаб,\n", "line 1: '' is not 1 to 8 words"},
        {CLUS_GLOSSARY_SYNONYM, "a, b\n=> хаб\n", "line 2: '' is not 1 to 8 words"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        clus_glossary *g = new_glossary();
        clus_error err = {0};
        assert_int_equal(clus__glossary_parse(g, cases[i].kind, bytes(cases[i].text), &err),
                         CLUS_E_SYNTAX);
        if (strncmp(err.message, cases[i].message, strlen(cases[i].message)) != 0)
            fail_msg("'%s' instead of '%s'", err.message, cases[i].message);
        clus__glossary_free(g);
    }
}

static void the_line_of_an_error_has_its_place(void **state)
{
    (void)state;
    clus_glossary *g = new_glossary();
    clus_error err = {0};
    assert_int_equal(
        clus__glossary_parse(g, CLUS_GLOSSARY_DICTIONARY, bytes("a\tb\nc\n"), &err),
        CLUS_E_SYNTAX);
    assert_int_equal(err.offset, 4);
    assert_int_equal(clus__glossary_size(g), 2); /* lines before it stay */
    clus__glossary_free(g);
}

static void a_huge_text_is_refused(void **state)
{
    (void)state;
    clus_glossary *g = new_glossary();
    clus_error err = {0};
    struct bytes huge = {(const uint8_t *)"a\tb",
                         (256u << 20) + 1}; /* told by length alone */
    assert_int_equal(clus__glossary_parse(g, CLUS_GLOSSARY_DICTIONARY, huge, &err),
                     CLUS_E_LIMIT);
    clus__glossary_free(g);
}

static void a_word_has_a_bounded_number_of_readings(void **state)
{
    (void)state;
    clus_glossary *g = new_glossary();
    clus_error err = {0};
    char line[2048] = "w\t";
    for (int i = 0; i < GLOSSARY_MAX_TARGETS; i++)
        (void)snprintf(line + strlen(line), 32, "%sx%d", i ? "|" : "", i);
    parse(g, CLUS_GLOSSARY_DICTIONARY, line);
    assert_int_equal(
        clus__glossary_parse(g, CLUS_GLOSSARY_DICTIONARY, bytes("w\tone more"), &err),
        CLUS_E_LIMIT);
    clus__glossary_free(g);
}

/* ---- the glossary of the project ---- */

static void expect_language(struct lexer *lx, struct bytes side, clus_lang lang)
{
    struct token_list tokens = {0};
    assert_int_equal(clus__lexer_run(lx, side, &tokens), CLUS_OK);
    assert_true(tokens.n > 0);
    for (size_t i = 0; i < tokens.n; i++) {
        uint32_t start = tokens.items[i].start, form;
        struct bytes word = {side.data + start, tokens.items[i].end - start};
        assert_int_equal(clus__lexer_word(lx, word, lang, &form), CLUS_OK);
        uint8_t got = clus__lexer_form(lx, form)->lang;
        if (got != lang && got != CLUS_LANG_OTHER)
            fail_msg("'%.*s' is not of its column's language", (int)word.len,
                     (const char *)word.data);
    }
    clus__token_list_done(&tokens);
}

static void the_projects_glossary_is_of_its_languages(void **state)
{
    char path[4096];
    (void)state;
    (void)snprintf(path, sizeof path, "%s/../../data/glossary.tsv", getenv("TEST_DATA"));
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    struct lexer *lx;
    clus_glossary *g = new_glossary();
    clus_error err = {0};
    char line[1024];
    size_t lines = 0;
    assert_int_equal(clus__lexer_new(analyzer, &lx), CLUS_OK);
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = 0;
        if (clus__glossary_parse(g, CLUS_GLOSSARY_DICTIONARY, bytes(line), &err) != CLUS_OK)
            fail_msg("'%s': %s", line, err.message);
        char *tab = strchr(line, '\t');
        if (line[0] == '#' || !tab)
            continue;
        *tab = 0;
        expect_language(lx, bytes(line), CLUS_LANG_RU);
        expect_language(lx, bytes(tab + 1), CLUS_LANG_KK);
        lines++;
    }
    (void)fclose(file);
    assert_true(lines >= 800);
    assert_true(clus__glossary_size(g) >= 2 * 800);
    clus__glossary_free(g);
    clus__lexer_free(lx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_form_finds_both_ways),
        cmocka_unit_test(weights_are_kept_and_replaced),
        cmocka_unit_test(synonyms_are_groups_or_one_way),
        cmocka_unit_test(bad_lines_are_named),
        cmocka_unit_test(the_line_of_an_error_has_its_place),
        cmocka_unit_test(a_huge_text_is_refused),
        cmocka_unit_test(a_word_has_a_bounded_number_of_readings),
        cmocka_unit_test(the_projects_glossary_is_of_its_languages),
    };
    return cmocka_run_group_tests_name("text_glossary", tests, make_analyzer,
                                       free_analyzer);
}
