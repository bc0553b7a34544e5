/* Words spelled with other Kazakh letters: the walk finds what trying every key finds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "forms_view.h"
#include "search/spellings.h"
#include "text/kk_letters.h"

#include "draw.h"

static struct bytes bytes_of(const char *s)
{
    return (struct bytes){(const uint8_t *)s, strlen(s)};
}

static void assert_spellings(struct view *view, const char *word, enum spelling_kind kind,
                             const char *expected, uint64_t df)
{
    struct arena arena = {.max = 0};
    struct spelling_list list;
    char found[512] = "";
    assert_int_equal(clus__spellings(view, bytes_of(word), kind, &arena, &list), CLUS_OK);
    for (size_t i = 0; i < list.n; i++) {
        if (i > 0)
            strcat(found, " ");
        strncat(found, (const char *)list.items[i].form.data, list.items[i].form.len);
        assert_int_equal(clus__bytes_cmp(list.items[i].form, list.items[i].stem), 0);
    }
    if (strcmp(found, expected) != 0 || list.df != df)
        fail_msg("%s: «%s» %u, not «%s» %u", word, found, (unsigned)list.df, expected,
                 (unsigned)df);
    clus__arena_done(&arena);
}

static void letters_stand_for_others(void **state)
{
    struct forms_view_word words[] = {
        {"қазақстан", 9}, {"қазақстанда", 5}, {"казакстан", 2}, {"өнер", 7},  {"тұр", 6},
        {"түр", 8},       {"тур", 4},         {"іс", 3},        {"ыс", 2},    {"мир", 5},
        {"мыр", 1},       {"бірақ", 9},       {"бирак", 3},     {"бырак", 4}, {"hello", 1}};
    struct forms_view v = {.view = {.n_docs = 0}};
    (void)state;
    assert_int_equal(forms_view_make(&v, words, sizeof words / sizeof *words), CLUS_OK);
    assert_spellings(&v.view, "казакстан", SPELLING_MEANT, "қазақстан", 2);
    assert_spellings(&v.view, "қазакстан", SPELLING_MEANT, "қазақстан", 0);
    assert_spellings(&v.view, "онер", SPELLING_MEANT, "өнер", 0);
    assert_spellings(&v.view, "тур", SPELLING_MEANT, "түр тұр", 4);
    assert_spellings(&v.view, "тұр", SPELLING_MEANT, "түр", 6);
    assert_spellings(&v.view, "ис", SPELLING_MEANT, "іс", 0);
    assert_spellings(&v.view, "ыс", SPELLING_MEANT, "іс", 2);
    assert_spellings(&v.view, "мыр", SPELLING_MEANT, "", 1); /* мир is Russian */
    assert_spellings(&v.view, "бірақ", SPELLING_TYPED, "бырак бирак", 0);
    assert_spellings(&v.view, "қазақстан", SPELLING_TYPED, "казакстан", 0);
    assert_spellings(&v.view, "hello", SPELLING_MEANT, "", 0);
    assert_spellings(&v.view, "", SPELLING_MEANT, "", 0);
    assert_spellings(&v.view, "к", SPELLING_MEANT, "", 0);
    assert_spellings(&v.view, "каза", SPELLING_BEGINS, "қаза", 0);
    assert_spellings(&v.view, "к", SPELLING_BEGINS, "қ", 0);
    assert_spellings(&v.view, "ту", SPELLING_BEGINS, "тү тұ", 0);
    assert_spellings(&v.view, "турм", SPELLING_BEGINS, "", 0);
    forms_view_done(&v);
}

static void stems_end_voiceless(void **state)
{
    struct forms_view_word words[] = {{"кітап", 9}, {"жұмысшылық", 5}, {"көк", 4},
                                      {"көг", 2},   {"бала", 7},       {"катализ", 1}};
    struct forms_view v = {.view = {.n_docs = 0}};
    (void)state;
    assert_int_equal(forms_view_make(&v, words, sizeof words / sizeof *words), CLUS_OK);
    assert_spellings(&v.view, "китаб", SPELLING_STEMS, "кітап", 0);
    assert_spellings(&v.view, "жумысшылыг", SPELLING_STEMS, "жұмысшылық", 0);
    assert_spellings(&v.view, "ког", SPELLING_STEMS, "көк", 0);
    assert_spellings(&v.view, "бала", SPELLING_STEMS, "бала", 0);
    assert_spellings(&v.view, "балал", SPELLING_STEMS, "", 0);
    forms_view_done(&v);
}

static void assert_ending(const char *stem, const char *typed, unsigned ng,
                          const char *expected)
{
    int32_t letters[16], out[16];
    uint8_t text[64];
    size_t n = 0, used, len = 0;
    for (size_t at = 0; at < strlen(typed); at += used)
        letters[n++] = clus__code_at(bytes_of(typed), at, &used);
    clus__kk_ending(clus__kk_is_front(bytes_of(stem)), letters, n, ng, out);
    for (size_t i = 0; i < n; i++)
        len += clus__code_put(text + len, out[i]);
    text[len] = 0;
    assert_string_equal((const char *)text, expected);
}

static void endings_follow_harmony(void **state)
{
    (void)state;
    assert_ending("шығармашылық", "тарымызга", 0, "тарымызға");
    assert_ending("мектеп", "теримиздеги", 0, "теріміздегі");
    assert_ending("үкімет", "тын", 1, "тің");
    assert_ending("бала", "ларынын", 2, "ларының");
    assert_ending("бала", "ларымызбен", 0, "ларымызбен");
    assert_ending("су", "га", 0, "ға");
    assert_ending("екі", "лик", 0, "лік");
    assert_ending("жас", "тык", 0, "тық");
}

/* ---- against every key ---- */

static void make_word(char *out, uint32_t longest)
{
    static const char *const letters[] = {"а", "ә", "к", "қ", "у", "ү",
                                          "ұ", "и", "і", "ы", "б"};
    out[0] = '\0';
    for (uint32_t i = 0, n = 2 + draw(longest - 1); i < n; i++)
        strcat(out, letters[draw(sizeof letters / sizeof *letters)]);
}

static bool may_mean(const char *typed, const char *word)
{
    struct bytes a = bytes_of(typed), b = bytes_of(word);
    size_t i = 0, k = 0, used;
    bool kazakh = false;
    while (i < a.len && k < b.len) {
        int32_t ways[KK_LETTERS_MAX], c = clus__code_at(a, i, &used);
        i += used;
        int32_t meant = clus__code_at(b, k, &used);
        k += used;
        size_t n = clus__kk_meant(c, ways), w = 0;
        while (w < n && ways[w] != meant)
            w++;
        if (w == n)
            return false;
        kazakh |= clus__kk_is_letter(meant);
    }
    return i == a.len && k == b.len && kazakh && strcmp(typed, word) != 0;
}

static size_t drop_doubles(struct forms_view_word *words, size_t n)
{
    size_t kept = 0;
    qsort(words, n, sizeof *words, forms_view_order);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || strcmp(words[kept - 1].text, words[i].text) != 0)
            words[kept++] = words[i];
    return kept;
}

static void the_walk_finds_what_every_key_tells(void **state)
{
    enum { WORDS = 3000, TRIALS = 2000 };
    static char texts[WORDS][16];
    static struct forms_view_word words[WORDS];
    struct forms_view v = {.view = {.n_docs = 0}};
    size_t met = 0;
    (void)state;
    for (size_t i = 0; i < WORDS; i++) {
        make_word(texts[i], 6);
        words[i] = (struct forms_view_word){texts[i], 1 + draw(9)};
    }
    size_t n = drop_doubles(words, WORDS);
    assert_int_equal(forms_view_make(&v, words, n), CLUS_OK);
    for (size_t t = 0; t < TRIALS; t++) {
        char word[16];
        struct arena arena = {.max = 0};
        struct spelling_list list;
        size_t expected = 0;
        make_word(word, 4);
        assert_int_equal(
            clus__spellings(&v.view, bytes_of(word), SPELLING_MEANT, &arena, &list),
            CLUS_OK);
        for (size_t i = 0; i < n; i++)
            expected += may_mean(word, words[i].text);
        if (list.n != expected)
            fail_msg("%s: %zu spellings, not %zu", word, list.n, expected);
        for (size_t i = 0; i < list.n; i++) {
            char form[17] = "";
            memcpy(form, list.items[i].form.data, list.items[i].form.len);
            assert_true(may_mean(word, form));
            assert_true(i == 0 || list.items[i - 1].df >= list.items[i].df);
        }
        met += list.n;
        clus__arena_done(&arena);
    }
    assert_true(met > TRIALS);
    forms_view_done(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_stand_for_others),
        cmocka_unit_test(stems_end_voiceless),
        cmocka_unit_test(endings_follow_harmony),
        cmocka_unit_test(the_walk_finds_what_every_key_tells),
    };
    return cmocka_run_group_tests_name("search_spellings", tests, NULL, NULL);
}
