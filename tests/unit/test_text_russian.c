/* Russian words whose forms Snowball parts or whose stems it joins, by kind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "text/russian.h"
#include "text/stem.h"

enum { ROOM = 512 };

static const char *stem(const char *word, char out[ROOM])
{
    uint8_t room[STEM_ROOM];
    struct bytes form = {(const uint8_t *)word, strlen(word)};
    struct bytes term = clus__stem(form, CLUS_LANG_RU, room);
    assert_in_range(term.len, 1, ROOM - 1);
    memcpy(out, term.data, term.len);
    out[term.len] = '\0';
    return out;
}

/* The forms, blank between them, have one stem. */
static void check_together(const char *forms)
{
    char copy[1024], first[ROOM] = "", got[ROOM], *rest = copy;
    (void)snprintf(copy, sizeof copy, "%s", forms);
    for (char *form; (form = strtok_r(rest, " ", &rest));) {
        (void)stem(form, got);
        if (first[0] == '\0')
            memcpy(first, got, ROOM);
        if (strcmp(first, got) != 0)
            fail_msg("%s became %s, not %s as others of: %s", form, got, first, forms);
    }
}

/* Every two of the words have different stems. */
static void check_apart(const char *words)
{
    char copy[1024], stems[16][ROOM], *rest = copy;
    size_t n = 0;
    (void)snprintf(copy, sizeof copy, "%s", words);
    for (char *word; n < 16 && (word = strtok_r(rest, " ", &rest)); n++) {
        (void)stem(word, stems[n]);
        for (size_t i = 0; i < n; i++)
            if (strcmp(stems[i], stems[n]) == 0)
                fail_msg("%s has the stem of another of: %s", word, words);
    }
}

static void forms_of_a_verb_meet(void **state)
{
    (void)state;
    check_together("участвовать участвует участвуют участвовал участвовала участвуя");
    check_together("инвестировать инвестирует инвестируют инвестировал");
    check_together("знать знает знал знали зная");
    check_together("сказать скажу скажет сказал");
    check_together("писать пишу пишет писал");
    check_together("видеть вижу видит видел");
    check_together("построить построен построенный построил");
    check_together("найти найду найдет нашел нашла");
    check_together("быть был будет будут");
}

static void a_lost_vowel_comes_back(void **state)
{
    (void)state;
    check_together("участок участка участки участков");
    check_together("отец отца отцом отцов");
    check_together("девочка девочки девочек");
    check_together("день дня дней днями");
    check_together("рисунок рисунка рисунки");
    check_together("земля земли земель");
    check_together("должен должна должны");
    check_together("прекрасен прекрасна прекрасный");
}

static void irregular_nouns_meet(void **state)
{
    (void)state;
    check_together("год года лет");
    check_together("ребенок ребенка дети детей");
    check_together("человек человека люди людей");
    check_together("время времени времен");
    check_together("океан океана океаны");
    check_together("остров острова островов");
    check_together("голова головы голов");
    check_together("квартал квартала кварталу кварталы кварталов");
    check_together("аким акима акимы акимов");
    check_together("файл файла файлы файлов");
    check_together("фестиваль фестиваля фестивали");
    check_together("трамвай трамвая трамваем трамваи трамваев");
    check_together("рубль рубля рублю рублем рублей");
    check_together("правило правила правилу правил правилам");
    check_apart("правило право");
    check_apart("рукав рука");
}

static void names_meet_in_every_case(void **state)
{
    (void)state;
    check_together("токаев токаева токаеву токаевым токаеве токаевой");
    check_together("назарбаев назарбаева назарбаеву назарбаевым");
    check_together("путин путина путину путиным путине");
    check_together("пушкин пушкина пушкину пушкиным");
    check_together("иванов иванова иванову ивановым ивановой");
    check_together("сулейменов сулейменова сулейменову");
    check_together("чайковский чайковского чайковским");
    check_together("москва москвы москве москву москвой");
    check_together("астана астаны астане астаной");
    check_together("алматы алмате");
    check_together("шымкент шымкента шымкенте");
    check_together("николай николая николаю николаем");
    check_together("михаил михаила михаилу михаилом");
    check_together("елена елены елене елену еленой");
    check_together("вьетнам вьетнама вьетнаму вьетнамом");
    check_together("бишкек бишкека бишкеке");
    check_together("ростов ростова ростову ростовом ростове");
    check_apart("адам ад");
}

static void different_words_stay_apart(void **state)
{
    (void)state;
    check_apart("надо над надеяться");
    check_apart("уже уж");
    check_apart("или илья");
    check_apart("не ней");
    check_apart("остров острый");
    check_apart("голова голый");
    check_apart("именно имя");
    check_apart("предмет предметный");
    check_apart("команда командовать");
}

static void regular_words_keep_their_stems(void **state)
{
    (void)state;
    static const char *const same[][2] = {
        {"дороги", "дорог"},        {"кластеров", "кластер"}, {"предметов", "предмет"},
        {"творческий", "творческ"}, {"бизнесом", "бизнес"},   {"говорит", "говор"},
    };
    char got[ROOM];
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        assert_string_equal(stem(same[i][0], got), same[i][1]);
}

/* What is given as a stem comes back unless the word has Russian letters only. */
static void other_letters_are_left_alone(void **state)
{
    (void)state;
    static const char *const words[] = {"участвуеt", "лет2",  "\xD0", "лет\xD0", "қует",
                                        "",          "вует'", "îует", "東京"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        uint8_t stem[ROOM];
        size_t len = strlen(words[i]);
        const uint8_t *word = (const uint8_t *)words[i];
        memcpy(stem, word, len);
        assert_int_equal(clus__russian_mend(word, len, stem, len), len);
        assert_memory_equal(stem, word, len);
    }
}

/* Any letters, any stem: what comes out is letters and within bounds. */
static void any_letters_have_a_stem(void **state)
{
    (void)state;
    static const char letters[] = "авеийтлнмопусятькцшжндлевовйти";
    uint32_t seed = 1;
    for (int round = 0; round < 50000; round++) {
        char word[ROOM];
        uint8_t out[ROOM];
        size_t n = 0;
        do {
            seed = seed * 1664525 + 1013904223;
            size_t letter = (seed >> 16) % ((sizeof letters - 1) / 2);
            memcpy(word + n, letters + 2 * letter, 2);
            n += 2;
        } while (n < 100 && (seed >> 8 & 7) != 0);
        size_t stem_len = n - 2 * ((seed >> 20) % (n / 2));
        const uint8_t *text = (const uint8_t *)word;
        memcpy(out, word, stem_len);
        size_t got = clus__russian_mend(text, n, out, stem_len);
        assert_in_range(got, 2, stem_len + RUSSIAN_MAX_ADDED);
        assert_int_equal(got % 2, 0);
        assert_true(out[0] == 0xD0 || out[0] == 0xD1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_of_a_verb_meet),
        cmocka_unit_test(a_lost_vowel_comes_back),
        cmocka_unit_test(irregular_nouns_meet),
        cmocka_unit_test(names_meet_in_every_case),
        cmocka_unit_test(different_words_stay_apart),
        cmocka_unit_test(regular_words_keep_their_stems),
        cmocka_unit_test(other_letters_are_left_alone),
        cmocka_unit_test(any_letters_have_a_stem),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
