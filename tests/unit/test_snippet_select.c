/*
 * Which passage is shown and what is marked in it. A passage is compared as text with
 * [brackets] round its marks, … where text was left out, | where it was not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/chars.h"
#include "base/utf8.h"
#include "snippet/match.h"
#include "snippet/snippet.h"

enum { MAX_TERMS = 16 };

struct query {
    struct mark_term terms[MAX_TERMS];
    char texts[MAX_TERMS][LEXER_MAX_TERM];
    size_t n;
};

static struct bytes of(const char *text)
{
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

static int open_lexer(void **state)
{
    static clus_analyzer *analyzer;
    struct lexer *lx;
    if (!analyzer && clus_analyzer_new(CLUS_ANALYZER_AUTO, &analyzer, NULL) != CLUS_OK)
        return -1;
    if (clus__lexer_new(analyzer, &lx) != CLUS_OK)
        return -1;
    *state = lx;
    return 0;
}

static int close_lexer(void **state)
{
    clus__lexer_free(*state);
    return 0;
}

static void add_term(struct query *q, enum mark_kind kind, const char *text, float weight,
                     uint32_t group)
{
    assert_true(q->n < MAX_TERMS);
    struct bytes b = of(text);
    memcpy(q->texts[q->n], b.data, b.len);
    q->terms[q->n] =
        (struct mark_term){kind, {(const uint8_t *)q->texts[q->n], b.len}, weight, group};
    q->n++;
}

/* Words of the query in any form, each a group. */
static void words(struct query *q, struct lexer *lx, const char *const *list, size_t n)
{
    q->n = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t forms[LEXER_MAX_READINGS];
        size_t n_forms;
        assert_int_equal(clus__lexer_readings(lx, of(list[i]), forms, &n_forms), CLUS_OK);
        for (size_t j = 0; j < n_forms; j++) {
            struct bytes term = clus__lexer_form(lx, forms[j])->term;
            memcpy(q->texts[q->n], term.data, term.len);
            q->terms[q->n] = (struct mark_term){
                MARK_TERM, {(const uint8_t *)q->texts[q->n], term.len}, 1, (uint32_t)i};
            q->n++;
        }
    }
}

static void show(const struct passage *p, char *out, size_t size)
{
    size_t at = 0, n = 0;
    n += (size_t)snprintf(out, size, "%s", p->cut_before ? "…" : "|");
    for (size_t i = 0; i < p->n_marks; i++) {
        const char *text = (const char *)p->text.data;
        size_t start = p->marks[i].start, end = p->marks[i].end;
        n += (size_t)snprintf(out + n, size - n, "%.*s[%.*s]", (int)(start - at), text + at,
                              (int)(end - start), text + start);
        at = end;
    }
    (void)snprintf(out + n, size - n, "%.*s%s", (int)(p->text.len - at),
                   p->text.len ? (const char *)p->text.data + at : "",
                   p->cut_after ? "…" : "|");
}

static void expect(struct lexer *lx, const char *text, const struct query *q, uint32_t max,
                   const char *expected)
{
    struct passage p = {0};
    char shown[4096];
    assert_int_equal(clus__snippet_select(lx, of(text), q->terms, q->n, max, &p), CLUS_OK);
    show(&p, shown, sizeof shown);
    if (strcmp(shown, expected) != 0)
        fail_msg("is:  %s\nnot: %s", shown, expected);
    clus__passage_done(&p);
}

#define WORDS(q, ...)                                                                      \
    words(q, lx, (const char *const[]){__VA_ARGS__},                                       \
          sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static const char article[] =
    "Categories: Инновации\n\n"
    "Квартал труда — проект большого масштаба\n\n"
    "Креативный кластер открыли в Якутске. Подобные объекты войдут в планы городов. Об "
    "этом "
    "сказал министр.\n\n"
    "«Это подтверждает работа, которую мы ведём по поручению президента», — сказал он. "
    "Музей построят в 2026 г. Министр обещал.";

static void every_form_of_a_word_is_marked(void **state)
{
    struct lexer *lx = *state;
    struct query q;
    WORDS(&q, "кластер");
    expect(lx, "В кластере рады: кластеров мало, кластеру год.", &q, 200,
           "|В [кластере] рады: [кластеров] мало, [кластеру] год.|");
}

static void words_of_a_phrase_are_marked_one_by_one(void **state)
{
    struct lexer *lx = *state;
    struct query q;
    WORDS(&q, "креативный", "кластер");
    expect(lx, article, &q, 40, "…[Креативный] [кластер] открыли в Якутске.…");
}

static void sentences_that_follow_fill_the_room(void **state)
{
    struct lexer *lx = *state;
    struct query q;
    WORDS(&q, "кластер");
    expect(lx, article, &q, 90,
           "…Креативный [кластер] открыли в Якутске. Подобные объекты войдут в планы "
           "городов.…");
    expect(lx, article, &q, 110,
           "…Креативный [кластер] открыли в Якутске. Подобные объекты войдут в планы "
           "городов. Об этом сказал министр.…");
}

static void the_window_with_more_of_the_query_wins(void **state)
{
    struct lexer *lx = *state;
    struct query q;
    WORDS(&q, "министр", "музей");
    expect(lx, article, &q, 60, "…[Музей] построят в 2026 г. [Министр] обещал.|");
}

static void rare_words_outweigh_common_ones(void **state)
{
    struct lexer *lx = *state;
    struct query q = {.n = 0};
    add_term(&q, MARK_FORM, "кот", 0.2F, 0);
    add_term(&q, MARK_FORM, "пес", 0.2F, 1);
    add_term(&q, MARK_FORM, "слон", 3, 2);
    expect(lx, "Кот и пёс живут дома. Потом долго ничего не было. Слон пришёл один.", &q,
           24, "…[Слон] пришёл один.|");
}

static void words_close_together_win_over_words_apart(void **state)
{
    struct lexer *lx = *state;
    struct query q;
    WORDS(&q, "город", "музей");
    expect(
        lx,
        "Город стоит на реке и славится тем, что имеет музей. Про музей города мы писали.",
        &q, 50, "…Про [музей] [города] мы писали.|");
}

static void prose_is_shown_rather_than_a_heading(void **state)
{
    struct lexer *lx = *state;
    struct query q;
    WORDS(&q, "квартал");
    expect(lx, "Меню Квартал Контакты\n\nНовый квартал построен у реки.", &q, 40,
           "…Новый [квартал] построен у реки.|");
}

static void nothing_found_shows_the_beginning(void **state)
{
    struct lexer *lx = *state;
    struct query q, none = {.n = 0};
    WORDS(&q, "слон");
    const char *text = "\n  Первое предложение. Второе предложение.";
    expect(lx, text, &q, 25, "|Первое предложение.…");
    expect(lx, text, &none, 25, "|Первое предложение.…");
    expect(lx, text, &none, 200, "|Первое предложение. Второе предложение.|");
    expect(lx, "", &q, 100, "||");
    expect(lx, " \n ", &q, 100, "||");
}

static void a_long_sentence_is_cut_at_words(void **state)
{
    struct lexer *lx = *state;
    struct query q;
    WORDS(&q, "слон");
    expect(lx,
           "один два три четыре пять шесть семь восемь девять слон десять одиннадцать "
           "двенадцать "
           "тринадцать четырнадцать пятнадцать.",
           &q, 40, "…восемь девять [слон] десять одиннадцать…");
}

static void a_cut_at_the_left_prefers_a_clause(void **state)
{
    struct lexer *lx = *state;
    struct query q;
    WORDS(&q, "слон");
    expect(
        lx,
        "один два три четыре пять шесть семь восемь, а там живёт слон десять одиннадцать "
        "двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать.",
        &q, 60, "…а там живёт [слон] десять одиннадцать двенадцать тринадцать…");
}

static void a_word_longer_than_the_room_is_cut_between_letters(void **state)
{
    struct lexer *lx = *state;
    struct query q = {.n = 0};
    char text[200] = "", expected[200] = "|[";
    for (int i = 0; i < 60; i++)
        memcpy(text + 2 * i, "ы", 3);
    memcpy(expected + 2, text, 40);
    memcpy(expected + 42, "]…", 5);
    add_term(&q, MARK_GLOB, "ы*", 1, 0);
    expect(lx, text, &q, 20, expected);
}

static void marks_stay_with_their_letters(void **state)
{
    struct lexer *lx = *state;
    struct query none = {.n = 0};
    /* e and a combining acute, forty times without a blank: 21 code points would end
     * between them. */
    char text[200] = "", expected[200] = "|";
    for (int i = 0; i < 40; i++)
        memcpy(text + 3 * i, "e\xCC\x81", 4);
    memcpy(expected + 1, text, 30);
    memcpy(expected + 31, "…", 4);
    expect(lx, text, &none, 21, expected);
    /* A flag is two code points, a family five. */
    expect(lx, "🇰🇿🇰🇿🇰🇿🇰🇿🇰🇿🇰🇿🇰🇿🇰🇿🇰🇿🇰🇿🇰🇿🇰🇿", &none, 21, "|🇰🇿🇰🇿🇰🇿🇰🇿🇰🇿🇰🇿🇰🇿🇰🇿🇰🇿🇰🇿…");
    static const char family[] = "👨‍👩‍👧";
    char line[5 * sizeof family] = "", four[5 * sizeof family] = "|";
    for (size_t i = 0; i < 5; i++)
        memcpy(line + i * (sizeof family - 1), family, sizeof family);
    memcpy(four + 1, line, 4 * (sizeof family - 1));
    memcpy(four + 1 + 4 * (sizeof family - 1), "…", 4);
    expect(lx, line, &none, 22, four);
}

static void blanks_become_one_and_marks_follow(void **state)
{
    struct lexer *lx = *state;
    struct query q;
    WORDS(&q, "слон", "кот");
    expect(lx, "Вот\n  наш \t\xC2\xA0 слон\r\n\r\n\r\nи кот.", &q, 100,
           "|Вот наш [слон] и [кот].|");
}

static void what_is_shown_is_safe_in_a_terminal(void **state)
{
    struct lexer *lx = *state;
    struct query q;
    WORDS(&q, "слон");
    expect(lx,
           "a\x1B[31mb\x07 \xE2\x80\xAEслон\xE2\x80\xAC \xC2\x9B"
           "31m c\x7F\xE2\x81\xA6x\xEF\xBB\xBFy\xC2\xAD.",
           &q, 100, "|a [31mb [слон] 31m c xy.|");
}

static void malformed_bytes_are_mended(void **state)
{
    struct lexer *lx = *state;
    struct query q;
    WORDS(&q, "слон");
    expect(lx, "a\xFF слон \xD0 b\xED\xA0\x80.", &q, 100,
           "|a\xEF\xBF\xBD [слон] \xEF\xBF\xBD b\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD.|");
}

static void the_offset_is_where_the_passage_begins(void **state)
{
    struct lexer *lx = *state;
    struct query q;
    WORDS(&q, "слон");
    struct passage p = {0};
    const char *text = "  Кот дома. \n Слон ушёл.";
    assert_int_equal(clus__snippet_select(lx, of(text), q.terms, q.n, 20, &p), CLUS_OK);
    assert_int_equal(p.offset, strstr(text, "Слон") - text);
    assert_int_equal(clus__snippet_select(lx, of(text), q.terms, 0, 20, &p), CLUS_OK);
    assert_int_equal(p.offset, 2);
    assert_int_equal(p.n_marks, 0);
    clus__passage_done(&p);
}

static void forms_and_patterns_mark_what_they_fit(void **state)
{
    struct lexer *lx = *state;
    struct query q = {.n = 0};
    add_term(&q, MARK_FORM, "кластера", 1, 0);
    add_term(&q, MARK_GLOB, "клас?ик*", 1, 1);
    expect(lx, "Кластер, кластера, КЛАСТЕРА, классика, классик, класс.", &q, 200,
           "|Кластер, [кластера], [КЛАСТЕРА], [классика], [классик], класс.|");
}

static void titles_are_marked_in_place(void **state)
{
    struct lexer *lx = *state;
    struct query q;
    struct passage p = {0};
    static const char *const expected[] = {"Квартал", "труда", "кварталы"};
    WORDS(&q, "квартал", "труд");
    const char *title = "«Квартал  труда» — кварталы";
    assert_int_equal(clus__snippet_mark(lx, of(title), q.terms, q.n, &p), CLUS_OK);
    assert_int_equal(p.n_marks, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(p.marks[i].end - p.marks[i].start, strlen(expected[i]));
        assert_memory_equal(title + p.marks[i].start, expected[i], strlen(expected[i]));
    }
    assert_int_equal(p.text.len, 0);
    assert_int_equal(clus__snippet_mark(lx, of("нет"), q.terms, q.n, &p), CLUS_OK);
    assert_int_equal(p.n_marks, 0);
    clus__passage_done(&p);
}

static void a_passage_is_reused(void **state)
{
    struct lexer *lx = *state;
    struct query q;
    WORDS(&q, "слон");
    struct passage p = {0};
    char shown[512];
    for (int i = 0; i < 3; i++) {
        assert_int_equal(
            clus__snippet_select(lx, of("Слон, слон и слон."), q.terms, q.n, 50, &p),
            CLUS_OK);
        assert_int_equal(p.n_marks, 3);
        assert_int_equal(clus__snippet_select(lx, of("Кот."), q.terms, q.n, 50, &p),
                         CLUS_OK);
        show(&p, shown, sizeof shown);
        assert_string_equal(shown, "|Кот.|");
    }
    clus__passage_done(&p);
}

static void huge_and_odd_texts_end_quickly(void **state)
{
    struct lexer *lx = *state;
    struct query q;
    WORDS(&q, "слон");
    static char text[2000000];
    static const char *const pieces[] = {" ",  "\n",     "слон ",   ".",        ". ",
                                         "\"", "Слон. ", "a",       "\xCC\x81", "\xFF",
                                         "🇰",  "- ",     "слон\n\n"};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        size_t n = strlen(pieces[i]), len = 0;
        struct passage p = {0};
        for (; len + n < sizeof text - 100; len += n)
            memcpy(text + len, pieces[i], n);
        memcpy(text + len, " слон и кот", strlen(" слон и кот"));
        struct bytes b = {(const uint8_t *)text, len + strlen(" слон и кот")};
        assert_int_equal(clus__snippet_select(lx, b, q.terms, q.n, 240, &p), CLUS_OK);
        assert_true(p.n_marks > 0);
        clus__passage_done(&p);
        clus__lexer_forget(lx);
    }
}

#define LEXER_TEST(name) cmocka_unit_test_setup_teardown(name, open_lexer, close_lexer)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEXER_TEST(every_form_of_a_word_is_marked),
        LEXER_TEST(words_of_a_phrase_are_marked_one_by_one),
        LEXER_TEST(sentences_that_follow_fill_the_room),
        LEXER_TEST(the_window_with_more_of_the_query_wins),
        LEXER_TEST(rare_words_outweigh_common_ones),
        LEXER_TEST(words_close_together_win_over_words_apart),
        LEXER_TEST(prose_is_shown_rather_than_a_heading),
        LEXER_TEST(nothing_found_shows_the_beginning),
        LEXER_TEST(a_long_sentence_is_cut_at_words),
        LEXER_TEST(a_cut_at_the_left_prefers_a_clause),
        LEXER_TEST(a_word_longer_than_the_room_is_cut_between_letters),
        LEXER_TEST(marks_stay_with_their_letters),
        LEXER_TEST(blanks_become_one_and_marks_follow),
        LEXER_TEST(what_is_shown_is_safe_in_a_terminal),
        LEXER_TEST(malformed_bytes_are_mended),
        LEXER_TEST(the_offset_is_where_the_passage_begins),
        LEXER_TEST(forms_and_patterns_mark_what_they_fit),
        LEXER_TEST(titles_are_marked_in_place),
        LEXER_TEST(a_passage_is_reused),
        LEXER_TEST(huge_and_odd_texts_end_quickly),
    };
    return cmocka_run_group_tests_name("snippet_select", tests, NULL, NULL);
}
