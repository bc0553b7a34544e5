/* Tokens, forms, languages and readings as the other layers see them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>

#include "text/analyzer.h"
#include "text/lexer.h"

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

static struct bytes bytes(const char *text)
{
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

static void run(struct setup *s, const char *text)
{
    assert_int_equal(clus__lexer_run(s->lexer, bytes(text), &s->tokens), CLUS_OK);
}

static const char lang_letter[] = {'-', 'r', 'k'};

/* "term/lang term/lang …" */
static const char *terms(const struct setup *s, char *out, size_t cap)
{
    size_t n = 0;
    out[0] = '\0';
    for (size_t i = 0; i < s->tokens.n; i++) {
        const struct form *f = clus__lexer_form(s->lexer, s->tokens.items[i].form);
        n += (size_t)snprintf(out + n, cap - n, "%s%.*s/%c", i ? " " : "", (int)f->term.len,
                              (const char *)f->term.data, lang_letter[f->lang]);
        assert_true(n < cap);
    }
    return out;
}

static void assert_terms(struct setup *s, const char *text, const char *expected)
{
    char got[4096];
    run(s, text);
    assert_string_equal(terms(s, got, sizeof got), expected);
}

static void sentences_decide_open_words(void **state)
{
    (void)state;
    struct setup s;
    start(&s, CLUS_ANALYZER_AUTO);
    assert_terms(&s, "Мы ели красные яблоки.", "мы/r ел/r красн/r яблок/r");
    assert_terms(&s, "Балалар қызыл алмаларды жеді.", "бала/k қызыл/k алма/k же/k");
    assert_terms(&s, "Алматы — большой город на юге.",
                 "алматы/r больш/r город/r на/r юг/r");
    assert_terms(&s, "Алматы — еліміздің оңтүстігіндегі үлкен қала.",
                 "алматы/k ел/k оңтүстік/k үлкен/k қала/k");
    assert_terms(&s, "Windows 10 — система.", "windows/- 10/- систем/r");
    stop(&s);
}

static void kazakh_letters_beat_a_russian_sentence(void **state)
{
    (void)state;
    struct setup s;
    start(&s, CLUS_ANALYZER_AUTO);
    assert_terms(&s, "Президент посетил город Өскемен и область Түркістан.",
                 "президент/r посет/r город/r өскемен/k и/r област/r түркістан/k");
    stop(&s);
}

static void each_sentence_has_its_language(void **state)
{
    (void)state;
    struct setup s;
    start(&s, CLUS_ANALYZER_AUTO);
    run(&s,
        "Бүгін Алматы қаласында жаңа кітапхана ашылды. Сегодня в городе Алматы открылась "
        "новая библиотека.");
    assert_int_equal(s.tokens.n, 13);
    const struct form *first = clus__lexer_form(s.lexer, s.tokens.items[1].form);
    const struct form *second = clus__lexer_form(s.lexer, s.tokens.items[9].form);
    assert_int_equal(clus__bytes_cmp(first->text, second->text), 0);
    assert_int_equal(first->lang, CLUS_LANG_KK);
    assert_int_equal(second->lang, CLUS_LANG_RU);
    assert_string_equal(clus__lexer_why(s.tokens.items[0].why), "kazakh letter");
    assert_string_equal(clus__lexer_why(s.tokens.items[9].why), "sentence");
    stop(&s);
}

static void kinds(void **state)
{
    (void)state;
    struct setup s;
    start(&s, CLUS_ANALYZER_RU);
    assert_terms(&s, "Балалар үйге барды, ёлки", "балалар/r үй/k бард/r елк/r");
    stop(&s);
    start(&s, CLUS_ANALYZER_KK);
    assert_terms(&s, "Мы ели їх яблоки", "мы/k ели/k їх/k яблоки/k");
    stop(&s);
    start(&s, CLUS_ANALYZER_SIMPLE);
    assert_terms(&s, "Ёлки, үйге Don’t", "елки/- үйге/- don't/-");
    stop(&s);
    start(&s, CLUS_ANALYZER_WHITESPACE);
    assert_terms(&s, " Ёлки,\tи\u00A0палки\n\xFF!  x ",
                 "Ёлки,/- и\u00A0палки/- \xFF!/- x/-");
    assert_int_equal(s.tokens.items[3].position, 3);
    stop(&s);
}

static void addresses_fall_into_parts(void **state)
{
    (void)state;
    struct setup s;
    start(&s, CLUS_ANALYZER_AUTO);
    assert_terms(
        &s, "ivan.petrov@mail.example http://example.kz:80/a_b?c=1 А.С.Пушкин 3.14",
        "ivan/- petrov/- mail/- example/- http/- example/- kz/- 80/- a_b/- c/- 1/- "
        "а/r с/r пушкин/r 3.14/-");
    stop(&s);
}

static void forms_are_shared_and_dense(void **state)
{
    (void)state;
    struct setup s;
    start(&s, CLUS_ANALYZER_AUTO);
    run(&s, "Дом ДОМ дом дома");
    assert_int_equal(s.tokens.items[0].form, s.tokens.items[1].form);
    assert_int_equal(s.tokens.items[0].form, s.tokens.items[2].form);
    assert_int_not_equal(s.tokens.items[0].form, s.tokens.items[3].form);
    assert_int_equal(clus__lexer_form_count(s.lexer), 2);
    const struct form *a = clus__lexer_form(s.lexer, 0), *b = clus__lexer_form(s.lexer, 1);
    assert_int_equal(clus__bytes_cmp(a->term, b->term), 0);
    assert_int_not_equal(clus__bytes_cmp(a->text, b->text), 0);
    size_t memory = clus__lexer_memory(s.lexer);
    assert_true(memory > 0);
    clus__lexer_forget(s.lexer);
    assert_int_equal(clus__lexer_form_count(s.lexer), 0);
    assert_true(clus__lexer_memory(s.lexer) < memory);
    run(&s, "город");
    assert_int_equal(s.tokens.items[0].form, 0);
    stop(&s);
}

/* Many words, so that every table grows; each must be found again. */
static void a_large_vocabulary(void **state)
{
    (void)state;
    enum { WORDS = 30000 };
    struct setup s;
    start(&s, CLUS_ANALYZER_AUTO);
    size_t cap = WORDS * 64, n = 0;
    char *text = malloc(cap);
    for (int i = 0; i < WORDS; i++)
        n += (size_t)snprintf(text + n, cap - n, "w%d%s ", i,
                              i % 3 ? "" : "averyveryverylongtailthatfillsnorecord");
    run(&s, text);
    assert_int_equal(s.tokens.n, WORDS);
    assert_int_equal(clus__lexer_form_count(s.lexer), WORDS);
    run(&s, text);
    assert_int_equal(clus__lexer_form_count(s.lexer), WORDS);
    for (uint32_t i = 0; i < WORDS; i++) {
        const struct token *t = &s.tokens.items[i];
        const struct form *f = clus__lexer_form(s.lexer, t->form);
        assert_int_equal(t->form, i);
        assert_int_equal(t->position, i);
        assert_int_equal(f->text.len, t->end - t->start);
        assert_memory_equal(f->text.data, text + t->start, f->text.len);
    }
    free(text);
    stop(&s);
}

static void offsets_are_of_the_original(void **state)
{
    (void)state;
    struct setup s;
    start(&s, CLUS_ANALYZER_AUTO);
    const char *text = "\xFFза\u0301мок, ЁЖ\u00AD!";
    run(&s, text);
    assert_int_equal(s.tokens.n, 2);
    assert_int_equal(s.tokens.invalid, 1);
    assert_int_equal(s.tokens.items[0].start, 1);
    assert_int_equal(s.tokens.items[0].end, 13);
    assert_int_equal(s.tokens.items[1].start, 15);
    assert_int_equal(s.tokens.items[1].end, 21);
    stop(&s);
}

static void dropped_tokens_leave_a_gap(void **state)
{
    (void)state;
    struct setup s;
    start(&s, CLUS_ANALYZER_AUTO);
    char text[5000] = "один ";
    memset(text + strlen(text), 'z', LEXER_MAX_TERM + 1);
    strcat(text, " два \u3164 ");
    memset(text + strlen(text), 'y', 3000);
    strcat(text, " три");
    run(&s, text);
    assert_int_equal(s.tokens.n, 3);
    assert_int_equal(s.tokens.dropped, 2);
    assert_int_equal(s.tokens.items[1].position, 2);
    assert_int_equal(s.tokens.items[2].position, 4); /* the filler alone is no word */
    stop(&s);
}

static size_t readings(struct setup *s, const char *word, char out[256])
{
    uint32_t forms[LEXER_MAX_READINGS];
    size_t n = 99;
    assert_int_equal(clus__lexer_readings(s->lexer, bytes(word), forms, &n), CLUS_OK);
    assert_in_range(n, 0, LEXER_MAX_READINGS);
    out[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        const struct form *f = clus__lexer_form(s->lexer, forms[i]);
        size_t len = strlen(out);
        (void)snprintf(out + len, 256 - len, "%s%.*s/%c", i ? " " : "", (int)f->term.len,
                       (const char *)f->term.data, lang_letter[f->lang]);
    }
    return n;
}

/* A text that is known is its only token. */
static void known_words_are_one_token(void **state)
{
    (void)state;
    static const char *const texts[] = {"Алматы", "онлайн2", "x86",
                                        "онlайн", "қаланың", "неттакого"};
    struct setup s;
    start(&s, CLUS_ANALYZER_AUTO);
    run(&s, "В городе Алматы онлайн2, x86 и онlайн; қаланың. ---");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct bytes text = bytes(texts[i]);
        assert_int_equal(clus__lexer_knows(s.lexer, text), i < 5);
        run(&s, texts[i]);
        assert_int_equal(s.tokens.n, 1);
        assert_int_equal(s.tokens.items[0].start, 0);
        assert_int_equal(s.tokens.items[0].end, text.len);
        assert_int_equal(s.tokens.items[0].position, 0);
    }
    assert_true(clus__lexer_knows(s.lexer, bytes("неттакого"))); /* since it was cut */
    assert_false(clus__lexer_knows(s.lexer, bytes("")));
    clus__lexer_forget(s.lexer);
    assert_false(clus__lexer_knows(s.lexer, bytes("x86")));
    stop(&s);
}

/* What is told by one look is what the readings say, once these were asked for. */
static void words_that_read_themselves(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        const char *term; /* NULL: not that simple */
    } cases[] = {{"домами", NULL}, {"дом", "дом"},      {"Дом", NULL},  {"2024", "2024"},
                 {"қала", "қала"}, {"қалалар", "қала"}, {"Қала", NULL}, {"ёлка", NULL},
                 {"qala", NULL},   {"---", NULL}};
    struct setup s;
    start(&s, CLUS_ANALYZER_AUTO);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char found[256];
        size_t len = 99;
        struct bytes word = bytes(cases[i].word);
        assert_false(clus__lexer_reads_itself(s.lexer, word, &len));
        size_t n = readings(&s, cases[i].word, found);
        assert_int_equal(clus__lexer_reads_itself(s.lexer, word, &len), !!cases[i].term);
        assert_int_equal(len, cases[i].term ? strlen(cases[i].term) : 0);
        if (!cases[i].term)
            continue;
        assert_int_equal(n, 1);
        assert_memory_equal(found, cases[i].term, len);
        assert_int_equal(found[len], '/');
        assert_memory_equal(cases[i].word, cases[i].term, len);
    }
    stop(&s);
}

static void a_lone_word_has_every_reading(void **state)
{
    (void)state;
    struct setup s;
    char out[256];
    start(&s, CLUS_ANALYZER_AUTO);
    assert_int_equal(readings(&s, "президент", out), 1); /* one stem in both languages */
    assert_int_equal(readings(&s, "балалар", out), 2);
    assert_int_equal(readings(&s, "алматы", out), 1);
    assert_int_equal(readings(&s, "даму", out), 2);
    assert_non_null(strstr(out, "дамы/k"));
    assert_non_null(strstr(out, "дам/r"));
    assert_int_equal(readings(&s, "столы", out), 1);
    assert_string_equal(out, "стол/r");
    readings(&s, "қаланы", out);
    assert_string_equal(out, "қала/k");
    readings(&s, "Windows", out);
    assert_string_equal(out, "windows/-");
    readings(&s, "ІТ-хабы", out);
    assert_string_equal(out, "іт/k");
    assert_int_equal(readings(&s, " — ", out), 0);
    assert_int_equal(readings(&s, "", out), 0);
    stop(&s);
    start(&s, CLUS_ANALYZER_RU);
    readings(&s, "столы", out);
    assert_string_equal(out, "стол/r");
    stop(&s);
}

static void word_term(struct setup *s, const char *word, clus_lang lang,
                      const char *expected)
{
    uint32_t id = 0;
    assert_int_equal(clus__lexer_word(s->lexer, bytes(word), lang, &id), CLUS_OK);
    const struct form *f = clus__lexer_form(s->lexer, id);
    assert_int_equal(f->term.len, strlen(expected));
    assert_memory_equal(f->term.data, expected, f->term.len);
}

static void a_word_read_as_a_language(void **state)
{
    (void)state;
    struct setup s;
    uint32_t id = 7;
    start(&s, CLUS_ANALYZER_AUTO);
    word_term(&s, "Столы", CLUS_LANG_RU, "стол");
    word_term(&s, "Столға", CLUS_LANG_KK, "стол");
    word_term(&s, "красивыми", CLUS_LANG_OTHER, "красив");
    word_term(&s, "қаланы", CLUS_LANG_RU, "қала");
    word_term(&s, "Tables", CLUS_LANG_RU, "tables");
    assert_int_equal(clus__lexer_word(s.lexer, bytes("…"), CLUS_LANG_RU, &id), CLUS_DONE);
    assert_int_equal(id, 7);
    stop(&s);
}

struct worker {
    const clus_analyzer *analyzer;
    const char *text;
    char terms[4096];
    bool ok;
};

static void *work(void *arg)
{
    struct worker *w = arg;
    struct setup s = {0};
    w->ok = clus__lexer_new(w->analyzer, &s.lexer) == CLUS_OK;
    for (int i = 0; w->ok && i < 50; i++)
        w->ok = clus__lexer_run(s.lexer, bytes(w->text), &s.tokens) == CLUS_OK;
    if (w->ok)
        (void)terms(&s, w->terms, sizeof w->terms);
    clus__token_list_done(&s.tokens);
    clus__lexer_free(s.lexer);
    return NULL;
}

static void threads_share_an_analyzer(void **state)
{
    (void)state;
    enum { THREADS = 4 };
    struct worker workers[THREADS];
    pthread_t threads[THREADS];
    struct setup s;
    start(&s, CLUS_ANALYZER_AUTO);
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.analyzer = s.analyzer,
                                     .text = "Сёла и города, қалалар, 東京都, за\u0301мок"};
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_true(workers[i].ok);
        assert_string_equal(workers[i].terms, workers[0].terms);
    }
    assert_non_null(strstr(workers[0].terms, "қала/k"));
    stop(&s);
}

static void limits(void **state)
{
    (void)state;
    struct setup s;
    start(&s, CLUS_ANALYZER_AUTO);
    struct bytes huge = {(const uint8_t *)"", ((size_t)1 << 30) + 1}; /* never read */
    assert_int_equal(clus__lexer_run(s.lexer, huge, &s.tokens), CLUS_E_LIMIT);
    assert_int_equal(s.tokens.n, 0);
    stop(&s);
    clus_analyzer *none = NULL;
    assert_int_equal(clus__analyzer_new((clus_analyzer_kind)9, &none), CLUS_E_ARGUMENT);
    assert_null(none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sentences_decide_open_words),
        cmocka_unit_test(kazakh_letters_beat_a_russian_sentence),
        cmocka_unit_test(each_sentence_has_its_language),
        cmocka_unit_test(kinds),
        cmocka_unit_test(addresses_fall_into_parts),
        cmocka_unit_test(forms_are_shared_and_dense),
        cmocka_unit_test(a_large_vocabulary),
        cmocka_unit_test(offsets_are_of_the_original),
        cmocka_unit_test(dropped_tokens_leave_a_gap),
        cmocka_unit_test(known_words_are_one_token),
        cmocka_unit_test(words_that_read_themselves),
        cmocka_unit_test(a_lone_word_has_every_reading),
        cmocka_unit_test(a_word_read_as_a_language),
        cmocka_unit_test(threads_share_an_analyzer),
        cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests_name("text_lexer", tests, NULL, NULL);
}
