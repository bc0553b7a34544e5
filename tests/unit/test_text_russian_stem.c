/*
 * Our Russian stemmer against Snowball's own, libstemmer: every word of the texts, stems
 * with other endings, letters and bytes at random. A seed may be given: argv[1].
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libstemmer.h>

#include "draw.h"
#include "text/analyzer.h"
#include "text/russian_stem.h"
#include "texts.h"

enum { ROOM = 1024, WORD_ROUNDS = 1000000, BYTE_ROUNDS = 300000 };

static struct sb_stemmer *snowball;
static clus_analyzer *analyzer;
static struct lexer *lexer; /* its forms are the words of the texts */

static void check(const uint8_t *word, size_t len)
{
    uint8_t stem[ROOM];
    assert_in_range(len, 0, ROOM);
    const sb_symbol *theirs = sb_stemmer_stem(snowball, word, (int)len);
    assert_non_null(theirs);
    size_t want = (size_t)sb_stemmer_length(snowball);
    size_t got = clus__russian_stem(word, len, stem);
    if (got == want && memcmp(stem, theirs, got) == 0)
        return;
    print_error("bytes:");
    for (size_t i = 0; i < len; i++)
        print_error(" %02X", word[i]);
    fail_msg("%.*s became %.*s, Snowball's stem is %.*s", (int)len, (const char *)word,
             (int)got, (const char *)stem, (int)want, (const char *)theirs);
}

static void check_text(const char *word)
{
    check((const uint8_t *)word, strlen(word));
}

static int set_up(void **state)
{
    (void)state;
    char folder[1024];
    static const char *const languages[] = {"ru", "kk"};
    struct buf text = {0};
    struct token_list tokens = {0};
    snowball = sb_stemmer_new("russian", "UTF_8");
    bool good = snowball != NULL;
    for (int i = 0; i < 2; i++) {
        (void)snprintf(folder, sizeof folder, "%s/%s", getenv("TEST_TEXTS"), languages[i]);
        good &= texts_read(folder, &text);
    }
    good = good && clus__analyzer_new(CLUS_ANALYZER_AUTO, &analyzer) == CLUS_OK &&
           clus__lexer_new(analyzer, &lexer) == CLUS_OK &&
           clus__lexer_run(lexer, clus__buf_bytes(&text), &tokens) == CLUS_OK;
    clus__token_list_done(&tokens);
    clus__buf_done(&text);
    return good ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    sb_stemmer_delete(snowball);
    clus__lexer_free(lexer);
    clus__analyzer_free(analyzer);
    return 0;
}

static void words_of_texts(void **state)
{
    (void)state;
    uint32_t n = clus__lexer_form_count(lexer);
    assert_in_range(n, 5000, UINT32_MAX);
    for (uint32_t i = 0; i < n; i++)
        check(clus__lexer_form(lexer, i)->text.data, clus__lexer_form(lexer, i)->text.len);
}

static void odd_words(void **state)
{
    (void)state;
    static const char *const words[] = {
        "",
        "а",
        "ё",
        "й",
        "ье",
        "ёлка",
        "полёт",
        "счёты",
        "моё",
        "всё-таки",
        "кое-кому",
        "2-го",
        "xix-го",
        "нннн",
        "ааааааааа",
        "сь",
        "вшись",
        "ввшись",
        "ывшись",
        "аяющимися",
        "ейше",
        "важнейше",
        "иньейш",
        "длиннейш",
        "новейший",
        "ость",
        "ценность",
        "юность",
        "қазақстандағы",
        "об'єкт",
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        check_text(words[i]);
    uint8_t longest[ROOM];
    for (size_t len = 0; len + 2 <= ROOM; len += 2) {
        memcpy(longest + len, len % 4 ? "н" : "о", 2);
        check(longest, len + 2);
    }
}

/* Beginnings of the texts' words with up to three endings of any class. */
static void stems_and_endings(void **state)
{
    (void)state;
    static const char *const endings[] = {
        "в",    "ив",  "ыв",  "вши",  "ивши", "ывши", "вшись", "ившись", "ывшись", "ся",
        "сь",   "ее",  "ие",  "ые",   "ое",   "ими",  "ыми",   "ей",     "ий",     "ый",
        "ой",   "ем",  "им",  "ым",   "ом",   "его",  "ого",   "ему",    "ому",    "их",
        "ых",   "ую",  "юю",  "ая",   "яя",   "ою",   "ею",    "нн",     "вш",     "ивш",
        "ывш",  "ющ",  "ующ", "щ",    "ла",   "на",   "ете",   "йте",    "ли",     "й",
        "л",    "н",   "ло",  "но",   "ет",   "ют",   "ны",    "ть",     "ешь",    "нно",
        "ила",  "ыла", "ена", "ейте", "уйте", "ите",  "или",   "ыли",    "уй",     "ил",
        "ыл",   "ен",  "ило", "ыло",  "ено",  "ят",   "ует",   "уют",    "ит",     "ыт",
        "ены",  "ить", "ыть", "ишь",  "ю",    "а",    "ев",    "ов",     "ье",     "е",
        "иями", "ями", "ами", "еи",   "ии",   "и",    "ией",   "иям",    "ям",     "ием",
        "ам",   "о",   "у",   "ах",   "иях",  "ях",   "ы",     "ь",      "ию",     "ью",
        "ия",   "ья",  "я",   "ост",  "ость", "ости", "ейш",   "ейше",   "ни",
    };
    uint32_t n_words = clus__lexer_form_count(lexer);
    for (int round = 0; round < WORD_ROUNDS; round++) {
        uint8_t made[ROOM];
        struct bytes word = clus__lexer_form(lexer, draw(n_words))->text;
        size_t len = word.len - draw((uint32_t)word.len);
        memcpy(made, word.data, len);
        for (uint32_t n = draw(4); n > 0; n--) {
            const char *ending = endings[draw(sizeof endings / sizeof endings[0])];
            memcpy(made + len, ending, strlen(ending));
            len += strlen(ending);
        }
        check(made, len);
    }
}

/* Russian letters, some alphabets full of what endings are made of. */
static void letters_at_random(void **state)
{
    (void)state;
    static const char *const alphabets[] = {
        "абвгдежзийклмнопрстуфхцчшщъыьэюяё",
        "аяеиыоуювшщстьйенлмхг",
        "аеинвстьшйоё",
    };
    for (int round = 0; round < WORD_ROUNDS; round++) {
        const char *alphabet = alphabets[round % 3];
        uint32_t n_letters = (uint32_t)strlen(alphabet) / 2, n = draw(16);
        uint8_t word[32];
        for (uint32_t i = 0; i < n; i++)
            memcpy(word + (size_t)2 * i, alphabet + (size_t)2 * draw(n_letters), 2);
        check(word, (size_t)2 * n);
    }
}

/* Malformed UTF-8, also beside letters. */
static void bytes_at_random(void **state)
{
    (void)state;
    static const char letters[] = "аяеиыоуювшщстьйенлмё";
    for (int round = 0; round < BYTE_ROUNDS; round++) {
        uint8_t word[64];
        size_t len = 0;
        for (uint32_t n = draw(24); n > 0; n--) {
            if (draw(4) > 0) {
                memcpy(word + len, letters + (size_t)2 * draw(sizeof letters / 2), 2);
                len += 2;
            } else {
                word[len++] = (uint8_t)(draw(2) ? draw(256) : 0xC0 + draw(64));
            }
        }
        check(word, len);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_of_texts),    cmocka_unit_test(odd_words),
        cmocka_unit_test(stems_and_endings), cmocka_unit_test(letters_at_random),
        cmocka_unit_test(bytes_at_random),
    };
    seed = argc > 1 ? strtoull(argv[1], NULL, 10) : seed;
    print_message("# seed %llu\n", (unsigned long long)seed);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
