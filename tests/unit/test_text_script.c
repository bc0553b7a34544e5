/* Kazakh in Latin and Arabic letters: conversion, what is left alone, texts and queries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "text/analyzer.h"
#include "text/lexer.h"
#include "text/script.h"

static struct bytes bytes(const char *text)
{
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

struct pair {
    enum script_alphabet alphabet;
    const char *written, *meant;
};

static void assert_converts(const struct pair *pairs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct script_word word;
        clus__script_convert(bytes(pairs[i].written), pairs[i].alphabet, &word);
        if (word.len != strlen(pairs[i].meant) ||
            memcmp(word.text, pairs[i].meant, word.len) != 0)
            fail_msg("%s: %.*s, not %s", pairs[i].written, (int)word.len,
                     (const char *)word.text, pairs[i].meant);
    }
}

static void official_alphabets(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {ALPHABET_2017, "qazaqstan", "қазақстан"},
        {ALPHABET_2017, "s'ag'yn", "шағын"},
        {ALPHABET_2017, "ty'raly", "туралы"},
        {ALPHABET_2017, "bu'gin", "бүгін"},
        {ALPHABET_2017, "a'ley'mettik", "әлеуметтік"},
        {ALPHABET_2017, "ko'lemi", "көлемі"},
        {ALPHABET_2018, "qazaqstan", "қазақстан"},
        {ALPHABET_2018, "týraly", "туралы"},
        {ALPHABET_2018, "ǵylym", "ғылым"},
        {ALPHABET_2018, "jańa", "жаңа"},
        {ALPHABET_2018, "ósimdik", "өсімдік"},
        {ALPHABET_2018, "múmkindik", "мүмкіндік"},
        {ALPHABET_2018, "aıtty", "айтты"},
        {ALPHABET_2018, "prezıdent", "президент"},
        {ALPHABET_2018, "shyǵarma", "шығарма"},
        {ALPHABET_2021, "qazaqstan", "қазақстан"},
        {ALPHABET_2021, "turaly", "туралы"},
        {ALPHABET_2021, "bılım", "білім"},
        {ALPHABET_2021, "ūlt", "ұлт"},
        {ALPHABET_2021, "jaña", "жаңа"},
        {ALPHABET_2021, "jaŋa", "жаңа"},
        {ALPHABET_2021, "şyğarma", "шығарма"},
        {ALPHABET_2021, "aitty", "айтты"},
        {ALPHABET_QAZAQPARAT, "qazaqstan", "қазақстан"},
        {ALPHABET_QAZAQPARAT, "twralı", "туралы"},
        {ALPHABET_QAZAQPARAT, "bilim", "білім"},
        {ALPHABET_QAZAQPARAT, "aytıldı", "айтылды"},
        {ALPHABET_QAZAQPARAT, "xalıq", "халық"},
        {ALPHABET_QAZAQPARAT, "şığarma", "шығарма"},
    };
    assert_converts(pairs, sizeof pairs / sizeof pairs[0]);
}

static void as_people_type(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {ALPHABET_FREE, "qazaqstan", "қазақстан"},
        {ALPHABET_FREE, "kazakstan", "қазақстан"},
        {ALPHABET_FREE, "jaqsy", "жақсы"},
        {ALPHABET_FREE, "jaksy", "жақсы"},
        {ALPHABET_FREE, "zhaksy", "жақсы"},
        {ALPHABET_FREE, "jaksi", "жақсы"},
        {ALPHABET_FREE, "ote", "өте"},
        {ALPHABET_FREE, "óte", "өте"},
        {ALPHABET_FREE, "öte", "өте"},
        {ALPHABET_FREE, "rahmet", "рахмет"},
        {ALPHABET_FREE, "rakhmet", "рахмет"},
        {ALPHABET_FREE, "raxmet", "рахмет"},
        {ALPHABET_FREE, "mektep", "мектеп"},
        {ALPHABET_FREE, "shymkent", "шымкент"},
        {ALPHABET_FREE, "oskemen", "өскемен"},
        {ALPHABET_FREE, "almaty", "алматы"},
        {ALPHABET_FREE, "zhane", "және"},
        {ALPHABET_FREE, "jáne", "және"},
    };
    assert_converts(pairs, sizeof pairs / sizeof pairs[0]);
}

static void arabic_letters(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {ALPHABET_TOTE, "قازاقستان", "қазақстан"},
        {ALPHABET_TOTE, "ٴتىل", "тіл"},      /* a hamza: front vowels */
        {ALPHABET_TOTE, "ءتىل", "тіл"},      /* the same typed otherwise */
        {ALPHABET_TOTE, "تىل", "тыл"},       /* without: back ones */
        {ALPHABET_TOTE, "مەكتەپ", "мектеп"}, /* marked by e and k */
        {ALPHABET_TOTE, "مەکتەپ", "мектеп"}, /* the Persian k */
        {ALPHABET_TOTE, "كىتاپ", "кітап"},   /* a k, yet a back vowel */
        {ALPHABET_TOTE, "رەسپۋبليكا", "республика"},
        {ALPHABET_TOTE, "تۋرالى", "туралы"},
        {ALPHABET_TOTE, "جاڭا", "жаңа"},
        {ALPHABET_TOTE, "ٴسوز", "сөз"},
        {ALPHABET_TOTE, "اٴن", "ән"},               /* folded from U+0675 */
        {ALPHABET_TOTE, "قازاقـستان", "қазақстан"}, /* stretched */
    };
    assert_converts(pairs, sizeof pairs / sizeof pairs[0]);
}

static void no_conversion(void **state)
{
    (void)state;
    static const char *const words[] = {"", "ђорђе", "abc1", "日本", "ʘʘ", "غ", "ٴ"};
    char longer[SCRIPT_MAX_POINTS + 2];
    struct script_word word;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        for (unsigned a = 0; a < ALPHABET_COUNT; a++) {
            clus__script_convert(bytes(words[i]), (enum script_alphabet)a, &word);
            assert_int_equal(word.len, 0);
        }
    memset(longer, 'l', sizeof longer);
    longer[SCRIPT_MAX_POINTS] = '\0';
    clus__script_convert(bytes(longer), ALPHABET_2018, &word);
    assert_true(word.len >= (size_t)2 * SCRIPT_MAX_POINTS); /* it may put in soft signs */
    assert_true(word.len <= SCRIPT_MAX_BYTES);
    longer[SCRIPT_MAX_POINTS] = 'l';
    longer[SCRIPT_MAX_POINTS + 1] = '\0';
    clus__script_convert(bytes(longer), ALPHABET_2018, &word);
    assert_int_equal(word.len, 0);
    assert_int_equal(clus__script_look(bytes(longer)).script, SCRIPT_COUNT);
    assert_int_equal(clus__script_look(bytes("a")).script, SCRIPT_COUNT);
    assert_int_equal(clus__script_look(bytes("b2b")).script, SCRIPT_COUNT);
    assert_int_equal(clus__script_look(bytes("٣٤")).script, SCRIPT_COUNT);
    assert_int_equal(clus__script_look(bytes("שלום")).script, SCRIPT_COUNT);
}

struct setup {
    clus_analyzer *analyzer;
    struct lexer *lexer;
    struct token_list tokens;
};

static void start(struct setup *s, clus_analyzer_kind kind)
{
    *s = (struct setup){0};
    assert_int_equal(clus__analyzer_new(kind, &s->analyzer), CLUS_OK);
    assert_int_equal(clus__lexer_new(s->analyzer, &s->lexer), CLUS_OK);
}

static void stop(struct setup *s)
{
    clus__token_list_done(&s->tokens);
    clus__lexer_free(s->lexer);
    clus__analyzer_free(s->analyzer);
}

static void run(struct setup *s, const char *text)
{
    assert_int_equal(clus__lexer_run(s->lexer, bytes(text), &s->tokens), CLUS_OK);
}

static struct bytes term(const struct setup *s, size_t i)
{
    return clus__lexer_form(s->lexer, s->tokens.items[i].form)->term;
}

static const char *why(const struct setup *s, size_t i)
{
    return clus__lexer_why(s->tokens.items[i].why);
}

/* Whether a sentence becomes the terms that the Cyrillic one does. */
static void assert_same_terms(const char *written, const char *cyrillic, const char *reason)
{
    struct setup a, b;
    start(&a, CLUS_ANALYZER_AUTO);
    start(&b, CLUS_ANALYZER_AUTO);
    run(&a, cyrillic);
    run(&b, written);
    assert_int_equal(a.tokens.n, b.tokens.n);
    for (size_t i = 0; i < a.tokens.n; i++) {
        if (clus__bytes_cmp(term(&a, i), term(&b, i)) != 0)
            fail_msg("%s: word %zu: %.*s, not %.*s", written, i, (int)term(&b, i).len,
                     (const char *)term(&b, i).data, (int)term(&a, i).len,
                     (const char *)term(&a, i).data);
        assert_int_equal(clus__lexer_form(b.lexer, b.tokens.items[i].form)->lang,
                         CLUS_LANG_KK);
        assert_string_equal(why(&b, i), reason);
    }
    stop(&a);
    stop(&b);
}

static void one_sentence_in_every_alphabet(void **state)
{
    (void)state;
    const char *cyrillic =
        "Бүгін Қазақстан Республикасының Президенті жаңа заң туралы айтты, "
        "оның мәні халыққа түсінікті.";
    assert_same_terms("Bu'gin Qazaqstan Respy'bli'kasynyn' Prezi'denti jan'a zan' ty'raly "
                      "ai'tty, onyn' ma'ni halyqqa tu'sinikti.",
                      cyrillic, "latin script");
    assert_same_terms("Búgin Qazaqstan Respýblıkasynyń Prezıdenti jańa zań týraly aıtty, "
                      "onyń máni halyqqa túsinikti.",
                      cyrillic, "latin script");
    assert_same_terms("Bügın Qazaqstan Respublikasynyñ Prezidentı jaña zañ turaly aitty, "
                      "onyñ mänı halyqqa tüsınıktı.",
                      cyrillic, "latin script");
    assert_same_terms("Bügin Qazaqstan Respwblïkasınıñ Prezïdenti jaña zañ twralı ayttı, "
                      "onıñ mäni xalıqqa tüsinikti.",
                      cyrillic, "latin script");
    assert_same_terms(
        "بۇگىن قازاقستان رەسپۋبليكاسىنىڭ پرەزيدەنتى جاڭا زاڭ تۋرالى ايتتى، ونىڭ "
        "ٴمانى حالىققا تۇسىنىكتى.",
        cyrillic, "arabic script");
    assert_same_terms("Bul mektep jaksy, barlyk adamdar omir turaly aitty",
                      "Бұл мектеп жақсы, барлық адамдар өмір туралы айтты", "latin script");
    assert_same_terms("QAZAQSTAN HALQYNYŃ BIRLIGI", "ҚАЗАҚСТАН ХАЛҚЫНЫҢ БІРЛІГІ",
                      "latin script");
}

static void the_form_is_what_was_written(void **state)
{
    (void)state;
    struct setup s;
    start(&s, CLUS_ANALYZER_AUTO);
    run(&s, "Jańa týraly Qazaqstan");
    const struct form *form = clus__lexer_form(s.lexer, s.tokens.items[0].form);
    assert_int_equal(clus__bytes_cmp(form->text, bytes("jańa")), 0);
    assert_int_equal(form->lang, CLUS_LANG_KK);
    stop(&s);
}

/* The apostrophe of a last letter belongs to the word, a closing one does not. */
static void last_apostrophes(void **state)
{
    (void)state;
    struct setup s;
    start(&s, CLUS_ANALYZER_AUTO);
    run(&s, "onyn' jan’a ko’ly’ ty'raly ai'tqan 'alma'");
    assert_int_equal(s.tokens.n, 6);
    assert_int_equal(s.tokens.items[0].end, 5);
    assert_int_equal(
        clus__bytes_cmp(clus__lexer_form(s.lexer, s.tokens.items[0].form)->text,
                        bytes("onyn'")),
        0);
    assert_int_equal(s.tokens.items[5].end - s.tokens.items[5].start, 4);
    for (size_t i = 0; i < s.tokens.n; i++)
        assert_string_equal(why(&s, i), "latin script");
    stop(&s);
}

static void other_languages_are_left_alone(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "The council approved a new budget for schools, roads and hospitals on Monday.",
        "Google and Facebook centers; startup, marketing, backend, IT, Windows",
        "BMW AG, KPMG, USB-C, HTML5 and CSS",
        "Компания Google выпустила iPhone и Windows для маркетинга IT стартапов",
        "Қазақстанда Google мен Microsoft компаниялары startup ашты",
        "Die Regierung hat heute über ein neues Gesetz für Straßen und Brücken beraten.",
        "Hükümet bugün yeni bir yasa için çalışmalara başladığını açıkladı.",
        "Bakanlık, öğrencilerin okullarda güvenli bir şekilde eğitim görmesini sağlayacak.",
        "Le gouvernement a présenté hier une nouvelle loi à l'Assemblée nationale.",
        "El gobierno presentó ayer una nueva ley sobre educación y salud pública.",
        "Rząd przyjął nową ustawę o ochronie środowiska i gospodarce wodnej.",
        "A kormány új törvényt fogadott el az iskolák támogatásáról.",
        "أعلنت الحكومة اليوم عن خطة جديدة لدعم المدارس والمستشفيات في المدينة",
        "دولت امروز برنامه جدیدی برای حمایت از مدارس و بیمارستان ها اعلام کرد",
        "ھۆكۈمەت بۈگۈن مەكتەپلەر ئۈچۈن يېڭى پىلان ئېلان قىلدى",
    };
    struct setup s;
    start(&s, CLUS_ANALYZER_AUTO);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        run(&s, texts[i]);
        assert_true(s.tokens.n > 0);
        for (size_t k = 0; k < s.tokens.n; k++)
            if (strstr(why(&s, k), "script"))
                fail_msg("%s: word %zu taken for Kazakh", texts[i], k);
    }
    stop(&s);
}

static void kazakh_names_among_other_words(void **state)
{
    (void)state;
    struct setup s;
    start(&s, CLUS_ANALYZER_AUTO);
    run(&s, "Телеканал Qazaqstan покажет матч");
    assert_int_equal(clus__bytes_cmp(term(&s, 0), bytes("телекана")) >= 0, true);
    assert_int_equal(clus__lexer_form(s.lexer, s.tokens.items[1].form)->lang, CLUS_LANG_KK);
    assert_int_equal(clus__lexer_form(s.lexer, s.tokens.items[0].form)->lang, CLUS_LANG_RU);
    stop(&s);
}

static void kinds(void **state)
{
    (void)state;
    static const clus_analyzer_kind without[] = {CLUS_ANALYZER_RU, CLUS_ANALYZER_SIMPLE,
                                                 CLUS_ANALYZER_WHITESPACE};
    struct setup s;
    for (size_t i = 0; i < sizeof without / sizeof without[0]; i++) {
        start(&s, without[i]);
        run(&s, "qazaqstan týraly jańa قازاقستان");
        for (size_t k = 0; k < s.tokens.n; k++)
            assert_int_equal(clus__lexer_form(s.lexer, s.tokens.items[k].form)->lang,
                             CLUS_LANG_OTHER);
        stop(&s);
    }
    start(&s, CLUS_ANALYZER_KK);
    run(&s, "qazaqstan týraly jańa");
    assert_string_equal(why(&s, 0), "latin script");
    stop(&s);
}

/* Whether a query word has a Kazakh reading of the same term as the Cyrillic word. */
static bool finds(struct setup *s, const char *written, const char *cyrillic)
{
    uint32_t forms[LEXER_MAX_READINGS], target = 0;
    size_t n = 0;
    bool found = false;
    assert_int_equal(clus__lexer_word(s->lexer, bytes(cyrillic), CLUS_LANG_KK, &target),
                     CLUS_OK);
    assert_int_equal(clus__lexer_readings(s->lexer, bytes(written), forms, &n), CLUS_OK);
    assert_true(n >= 1 && n <= LEXER_MAX_READINGS);
    const struct form *first = clus__lexer_form(s->lexer, forms[0]);
    assert_int_equal(first->lang, CLUS_LANG_OTHER); /* as it was written */
    assert_int_equal(clus__bytes_cmp(first->term, first->text), 0);
    for (size_t i = 1; i < n; i++) {
        const struct form *form = clus__lexer_form(s->lexer, forms[i]);
        assert_int_equal(form->lang, CLUS_LANG_KK);
        for (size_t k = 0; k < i; k++)
            assert_int_not_equal(
                clus__bytes_cmp(form->term, clus__lexer_form(s->lexer, forms[k])->term), 0);
        found |= clus__bytes_cmp(form->term, clus__lexer_form(s->lexer, target)->term) == 0;
    }
    return found;
}

static void queries(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"Qazaqstan", "Қазақстан"}, {"قازاقستان", "Қазақстан"},
        {"almaty", "Алматы"},       {"zhaksy", "жақсы"},
        {"jaqsı", "жақсы"},         {"ǵylym", "ғылым"},
        {"ğylym", "ғылым"},         {"g'ylym", "ғылым"},
        {"mektep", "мектеп"},       {"uy", "үй"},
        {"twralı", "туралы"},       {"ٴتىل", "тіл"},
    };
    static const char *const foreign[] = {"google",    "windows", "facebook",   "html",
                                          "framework", "the",     "geschichte", "it",
                                          "AR",        "TIL",     "MARS"};
    struct setup s;
    start(&s, CLUS_ANALYZER_AUTO);
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (!finds(&s, pairs[i][0], pairs[i][1]))
            fail_msg("%s does not find %s", pairs[i][0], pairs[i][1]);
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
        uint32_t forms[LEXER_MAX_READINGS];
        size_t n = 0;
        assert_int_equal(clus__lexer_readings(s.lexer, bytes(foreign[i]), forms, &n),
                         CLUS_OK);
        if (n != 1)
            fail_msg("%s has %zu readings", foreign[i], n);
    }
    stop(&s);
}

/* What a text makes of a word, a query for the same letters finds. */
static void queries_read_what_texts_do(void **state)
{
    (void)state;
    struct setup s;
    start(&s, CLUS_ANALYZER_AUTO);
    run(&s, "Qazaqstan ekonomıkasy qarqyndy damýda, jańa zaýyttar men mektepter salynýda.");
    for (size_t i = 0; i < s.tokens.n; i++) {
        const struct form form = *clus__lexer_form(s.lexer, s.tokens.items[i].form);
        uint32_t forms[LEXER_MAX_READINGS];
        size_t n = 0;
        bool found = false;
        assert_string_equal(why(&s, i), "latin script");
        assert_int_equal(clus__lexer_readings(s.lexer, form.text, forms, &n), CLUS_OK);
        for (size_t k = 0; k < n; k++)
            found |=
                clus__bytes_cmp(clus__lexer_form(s.lexer, forms[k])->term, form.term) == 0;
        if (!found)
            fail_msg("no reading of %.*s", (int)form.text.len,
                     (const char *)form.text.data);
    }
    stop(&s);
}

static void single_words(void **state)
{
    (void)state;
    struct setup s;
    uint32_t form = 0;
    start(&s, CLUS_ANALYZER_AUTO);
    assert_int_equal(clus__lexer_word(s.lexer, bytes("Qazaqstan"), CLUS_LANG_OTHER, &form),
                     CLUS_OK);
    assert_int_equal(clus__lexer_form(s.lexer, form)->lang, CLUS_LANG_KK);
    assert_int_equal(clus__lexer_word(s.lexer, bytes("window"), CLUS_LANG_OTHER, &form),
                     CLUS_OK);
    assert_int_equal(clus__lexer_form(s.lexer, form)->lang, CLUS_LANG_OTHER);
    assert_int_equal(clus__lexer_word(s.lexer, bytes("bank"), CLUS_LANG_KK, &form),
                     CLUS_OK);
    assert_int_equal(clus__lexer_form(s.lexer, form)->lang, CLUS_LANG_KK);
    assert_int_equal(clus__bytes_cmp(clus__lexer_form(s.lexer, form)->term, bytes("банк")),
                     0);
    stop(&s);
}

/* Forms by different alphabets but of one term are one form. */
static void forms_stay_few(void **state)
{
    (void)state;
    struct setup s;
    uint32_t forms[LEXER_MAX_READINGS];
    size_t n = 0;
    start(&s, CLUS_ANALYZER_AUTO);
    assert_int_equal(clus__lexer_readings(s.lexer, bytes("qazaq"), forms, &n), CLUS_OK);
    assert_int_equal(n, 2);
    assert_int_equal(clus__lexer_form_count(s.lexer), 2);
    clus__lexer_forget(s.lexer);
    assert_int_equal(clus__lexer_form_count(s.lexer), 0);
    run(&s, "qazaq tili");
    stop(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(official_alphabets),
        cmocka_unit_test(as_people_type),
        cmocka_unit_test(arabic_letters),
        cmocka_unit_test(no_conversion),
        cmocka_unit_test(one_sentence_in_every_alphabet),
        cmocka_unit_test(the_form_is_what_was_written),
        cmocka_unit_test(last_apostrophes),
        cmocka_unit_test(other_languages_are_left_alone),
        cmocka_unit_test(kazakh_names_among_other_words),
        cmocka_unit_test(kinds),
        cmocka_unit_test(queries),
        cmocka_unit_test(queries_read_what_texts_do),
        cmocka_unit_test(single_words),
        cmocka_unit_test(forms_stay_few),
    };
    return cmocka_run_group_tests_name("text_script", tests, NULL, NULL);
}
