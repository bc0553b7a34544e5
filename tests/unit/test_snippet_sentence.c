/*
 * Where sentences begin: each case is written with a bar before every sentence but the
 * first, and none elsewhere.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "snippet/sentence.h"

static const char *const cases[] = {
    "Один. |Два. |Три.",
    "Один! |Два? |Три… |Четыре.",
    "Что?! |Ничего.",
    "Он сказал «да.» |Она ушла.",
    "Он ушёл (совсем). |Она нет.",
    "Сумма 3.5 млн. рублей и т. д. за год.",
    "В 2024 г. Министр сказал. |Потом ушёл.",
    "На ул. Омарова и пр. Абая. |Там шумно.",
    "Книга А. С. Пушкина вышла. |Её купили.",
    "А.С. Пушкин и И. О. директора. |Всё.",
    "Это т.е. Вот так. |Ясно.",
    "До н.э. Рим рос.",
    "Дом, кв. Пятая, стр. Вторая, им. Ленина, руб. Тысяча.",
    "ТОО «Ромашка» и др. Компании растут.",
    "строчная. после точки. не начало",
    "Версия 2.0. |Вышла.",
    "Адрес www.Example.kz. |Там.",
    "Он сказал: «Мы формируем повестку». |«Да», – ответили ей.",
    "«Хватит!» — сказал он. |Все ушли.",
    "Да, – поделилась она. |– Мы формируем повестку.",
    "Заголовок без точки\n\n|текст со строчной",
    "Заголовок без точки\n|Текст с прописной",
    "Строка перенесена\nпосередине предложения",
    "Перечень городов,\nАлматы и Астана",
    "Меню\n|- Первое\n|- Второе\n|• третье\n|2024 год",
    "1. Первый пункт\n|2. Второй пункт",
    "Строка\r\n|Вторая\r\n\r\n|третья",
    "Креативті кластер ашылды. |Әкім келді. |Ғимарат жаңа. |Қала өсті.",
    "2024 ж. Алматы қаласында т.б. Жоба басталды. |Өте жақсы.",
    "\"Да.\" |\"Нет.\" |Конец.",
    "Вот так... |Иначе нельзя.",
    "Конец.\xC2\xA0|Начало.",
    "И так.Без пробела. |Итак.",
    "مرحبا. |عالم.",
    "Mr. Smith came. |He left.",
};

/* The case without its bars; where they stood goes to `at`. */
static size_t without_bars(const char *text, char *plain, size_t *at, size_t *n_at)
{
    size_t n = 0;
    *n_at = 0;
    for (; *text; text++) {
        if (*text == '|')
            at[(*n_at)++] = n;
        else
            plain[n++] = *text;
    }
    return n;
}

static void sentences_begin_at_the_bars_only(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char plain[512];
        size_t at[32], n_at, used, next = 0;
        struct bytes text = {(const uint8_t *)plain,
                             without_bars(cases[i], plain, at, &n_at)};
        for (size_t p = 1; p < text.len; p += used) {
            (void)clus__code_at(text, p, &used);
            bool expected = next < n_at && at[next] == p;
            if (clus__sentence_begins(text, p) != expected)
                fail_msg("%s: byte %zu", cases[i], p);
            next += expected;
        }
        assert_int_equal(next, n_at);
    }
}

static struct bytes of(const char *text)
{
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

static void start_and_end_enclose_a_place(void **state)
{
    (void)state;
    struct bytes text = of("  One two. Three four.  Five.  ");
    size_t three = 11, four = 17;
    assert_int_equal(clus__sentence_start(text, four, 0), three);
    assert_int_equal(clus__sentence_start(text, three, three), three);
    assert_int_equal(clus__sentence_start(text, four, three + 1), SIZE_MAX);
    assert_int_equal(clus__sentence_start(text, 3, 0), 2);
    assert_int_equal(clus__sentence_end(text, four, text.len), 22);
    assert_int_equal(clus__sentence_end(text, four, 22), 22);
    assert_int_equal(clus__sentence_end(text, four, 21), SIZE_MAX);
    assert_int_equal(clus__sentence_end(text, 25, text.len), 29);
}

static void blanks_are_skipped_both_ways(void **state)
{
    (void)state;
    struct bytes text = of(" \n\xC2\xA0 a\xE2\x80\x83");
    assert_int_equal(clus__skip_blanks(text, 0), 5);
    assert_int_equal(clus__skip_blanks(text, 5), 5);
    assert_int_equal(clus__skip_blanks(text, 6), text.len);
    assert_int_equal(clus__skip_blanks_back(text, text.len), 6);
    assert_int_equal(clus__skip_blanks_back(text, 5), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sentences_begin_at_the_bars_only),
        cmocka_unit_test(start_and_end_enclose_a_place),
        cmocka_unit_test(blanks_are_skipped_both_ways),
    };
    return cmocka_run_group_tests_name("snippet_sentence", tests, NULL, NULL);
}
