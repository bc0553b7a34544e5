/* Regular expressions: what they match, what is refused, and libc's as the oracle. */
#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "search/regex.h"

#include "keys.h"

static struct bytes of(const char *s)
{
    return (struct bytes){(const uint8_t *)s, strlen(s)};
}

static struct regex *made(const char *pattern)
{
    struct regex *regex = NULL;
    const char *why = "";
    if (clus__regex_new(of(pattern), &regex, &why) != CLUS_OK)
        fail_msg("/%s/: %s", pattern, why);
    return regex;
}

static void whole_words_match(void **state)
{
    static const struct {
        const char *pattern, *text;
        bool match;
    } cases[] = {
        {"кластер", "кластер", true},
        {"клас", "кластер", false},
        {"клас.+", "кластер", true},
        {"клас.+", "клас", false},
        {"к.*р", "кластер", true},
        {"к[а-л]*", "клала", true},
        {"к[^а-я]+", "к123", true},
        {"к[^а-я]+", "ка", false},
        {"(ма|па)+", "мапама", true},
        {"(ма|па)+", "мамп", false},
        {"а{2,3}", "а", false},
        {"а{2,3}", "ааа", true},
        {"а{2,3}", "аааа", false},
        {"(аб){2}", "абаб", true},
        {"(аб){2,}", "абабаб", true},
        {"(аб){2,}", "аб", false},
        {"а{0}б", "б", true},
        {"а{,2}", "аа", true},
        {"^кластер$", "кластер", true},
        {"КЛАСтеР", "кластер", true},
        {"ёлка", "елка", true},
        {"[Ё]лка", "елка", true},
        {"3\\.14", "3.14", true},
        {"3\\.14", "3114", false},
        {"ab|", "", true},
        {"", "", true},
        {"", "a", false},
        {"[-\\]]+", "]-", true},
        {"[құ]+", "құқ", true},
        {"a}]", "a}]", true},
        {".", "\xff", true},
        {"цена\\$", "цена$", true},
        {"(а(б(в|г)?)*)+", "абвабг", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct regex *regex = made(cases[i].pattern);
        if (clus__regex_step(regex, of(cases[i].text), 0) != cases[i].match)
            fail_msg("/%s/ %s", cases[i].pattern, cases[i].text);
        clus__regex_free(regex);
    }
}

static void mistakes_are_named(void **state)
{
    static const char *const bad[] = {
        "(а",  "а)",   "[а",     "а|*",   "*а",        "а**",   "а{2",
        "а{",  "а{x}", "а{3,2}", "()",    "(а|()б)",   "[я-а]", "\\",
        "а\\", "\\w",  "[\\d]",  "а{64}", "(а{9}){9}", "[",     "а+?"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct regex *regex = NULL;
        const char *why = NULL;
        clus_status st = clus__regex_new(of(bad[i]), &regex, &why);
        if ((st != CLUS_E_SYNTAX && st != CLUS_E_LIMIT) || regex || !why)
            fail_msg("/%s/ %d", bad[i], (int)st);
    }
}

static void bounds_hold(void **state)
{
    enum { LONG = 5000 };
    char text[LONG + 1];
    struct regex *regex = NULL;
    const char *why;
    (void)state;
    text[LONG] = 0;
    for (const char *c = "а([{*|.\\"; *c; c++) {
        memset(text, *c, LONG);
        clus_status st = clus__regex_new(of(text), &regex, &why);
        if (st == CLUS_OK) /* of | alone */
            clus__regex_free(regex);
    }
    char nested[REGEX_MAX_DEPTH * 2 + 8] = "";
    memset(nested, '(', REGEX_MAX_DEPTH);
    nested[REGEX_MAX_DEPTH] = 'a';
    memset(nested + REGEX_MAX_DEPTH + 1, ')', REGEX_MAX_DEPTH);
    clus__regex_free(made(nested));
    (void)snprintf(text, sizeof text, "(%s)", nested);
    assert_int_equal(clus__regex_new(of(text), &regex, &why), CLUS_E_LIMIT);
    regex = made("(((((a{0}b?){0,2}){0,2}){0,2}){0,2})c");
    assert_true(clus__regex_step(regex, of("bbc"), 0));
    clus__regex_free(regex);
}

static void a_fixed_beginning_is_found(void **state)
{
    static const struct {
        const char *pattern, *beginning;
    } cases[] = {
        {"клас.+", "клас"}, {"кластер", "кластер"}, {"(кл)(ас|ан)", "кл"}, {"к?лас", ""},
        {"а+б", "а"},       {"ЁЖ[а]ик", "ежаик"},   {"а{3}.", "ааа"},      {"а|б", ""},
        {"", ""},           {"а(б|)", "а"},         {"[аб]в", ""},         {"[^а]в", ""}};
    uint8_t got[64];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct regex *regex = made(cases[i].pattern);
        size_t len = clus__regex_beginning(regex, got, sizeof got);
        if (len != strlen(cases[i].beginning) || memcmp(got, cases[i].beginning, len) != 0)
            fail_msg("/%s/ %.*s", cases[i].pattern, (int)len, (const char *)got);
        assert_int_equal(clus__regex_beginning(regex, got, 5) <= 5, true);
        clus__regex_free(regex);
    }
}

/* ---- against libc ---- */

static void add_random(char *out, uint32_t depth)
{
    static const char *const atoms[] = {"a", "b", "c", ".", "[ab]", "[^a]", "[a-b]"};
    static const char *const repeats[] = {"",  "",    "",      "*",     "+",
                                          "?", "{2}", "{1,2}", "{0,2}", "{1,}"};
    for (uint32_t i = 0, n = 1 + draw(3); i < n; i++) {
        if (depth > 0 && draw(3) == 0) {
            strcat(out, "(");
            add_random(out, depth - 1);
            strcat(out, "|");
            add_random(out, depth - 1);
            strcat(out, ")");
        } else {
            strcat(out, atoms[draw(7)]);
        }
        strcat(out, repeats[draw(10)]);
    }
}

static void check_keys(struct regex *ours, const regex_t *theirs, const char *pattern)
{
    enum { KEYS = 100 };
    static char keys[KEYS][8];
    memset(keys, 0, sizeof keys);
    for (uint32_t k = 0; k < KEYS; k++)
        for (uint32_t i = 0, n = draw(8); i < n; i++)
            keys[k][i] = (char)('a' + draw(3));
    qsort(keys, KEYS, sizeof keys[0], by_text);
    clus__regex_restart(ours);
    for (uint32_t k = 0; k < KEYS; k++) {
        size_t shared = k > 0 ? shared_with(keys[k - 1], keys[k]) : 0;
        size_t dead = k > 0 ? clus__regex_dead(ours) : 0;
        bool match = clus__regex_step(ours, of(keys[k]), shared);
        assert_false(match && dead > 0 && shared >= dead);
        if (match != (regexec(theirs, keys[k], 0, NULL, 0) == 0))
            fail_msg("/%s/ %s", pattern, keys[k]);
        uint8_t beginning[64];
        size_t len = clus__regex_beginning(ours, beginning, sizeof beginning);
        assert_true(!match || strncmp(keys[k], (const char *)beginning, len) == 0);
    }
}

static void libc_matches_the_same(void **state)
{
    uint32_t checked = 0;
    (void)state;
    for (uint32_t trial = 0; trial < 1500; trial++) {
        char pattern[400] = "", whole[410];
        struct regex *ours = NULL;
        const char *why;
        regex_t theirs;
        add_random(pattern, 2);
        if (clus__regex_new(of(pattern), &ours, &why) != CLUS_OK)
            continue; /* over 63 places */
        (void)snprintf(whole, sizeof whole, "^(%s)$", pattern);
        assert_int_equal(regcomp(&theirs, whole, REG_EXTENDED | REG_NOSUB), 0);
        check_keys(ours, &theirs, pattern);
        clus__regex_free(ours);
        regfree(&theirs);
        checked++;
    }
    assert_true(checked > 1200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_words_match),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(bounds_hold),
        cmocka_unit_test(a_fixed_beginning_is_found),
        cmocka_unit_test(libc_matches_the_same),
    };
    return cmocka_run_group_tests_name("search_regex", tests, NULL, NULL);
}
