/*
 * How many Cyrillic words of whole articles go to the right language. The articles of
 * either language quote headlines of the other, which are about one word in a hundred.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "text/analyzer.h"
#include "text/lexer.h"

struct tally {
    size_t words[3]; /* by clus_lang, Cyrillic ones only */
};

static void count_file(struct lexer *lx, const char *path, struct tally *tally)
{
    struct buf text = {0};
    struct token_list tokens = {0};
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    for (size_t n = 1; n > 0; text.len += n) {
        uint8_t *room = clus__buf_room(&text, 4096);
        assert_non_null(room);
        n = fread(room, 1, 4096, file);
    }
    (void)fclose(file);
    assert_int_equal(clus__lexer_run(lx, clus__buf_bytes(&text), &tokens), CLUS_OK);
    for (size_t i = 0; i < tokens.n; i++) {
        const struct form *form = clus__lexer_form(lx, tokens.items[i].form);
        bool cyrillic = form->text.data[0] >= 0xD0 && form->text.data[0] <= 0xD3;
        tally->words[form->lang] += cyrillic;
    }
    clus__token_list_done(&tokens);
    clus__buf_done(&text);
}

/* Share, in percent, of the words of one language in a folder of articles. */
static double share(const char *folder, clus_lang lang)
{
    clus_analyzer *analyzer = NULL;
    struct lexer *lx = NULL;
    struct tally tally = {{0}};
    char path[4096];
    assert_int_equal(clus__analyzer_new(CLUS_ANALYZER_AUTO, &analyzer), CLUS_OK);
    assert_int_equal(clus__lexer_new(analyzer, &lx), CLUS_OK);
    assert_non_null(getenv("TEST_DATA"));
    (void)snprintf(path, sizeof path, "%s/../../data/articles/%s", getenv("TEST_DATA"),
                   folder);
    DIR *dir = opendir(path);
    assert_non_null(dir);
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        char file[sizeof path + sizeof entry->d_name];
        (void)snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
        if (entry->d_name[0] != '.')
            count_file(lx, file, &tally);
    }
    (void)closedir(dir);
    clus__lexer_free(lx);
    clus__analyzer_free(analyzer);
    size_t all = tally.words[0] + tally.words[1] + tally.words[2];
    assert_true(all > 5000);
    double percent = 100.0 * (double)tally.words[lang] / (double)all;
    print_message("# %s: %.2f %% of %zu words\n", folder, percent, all);
    return percent;
}

static void russian_articles(void **state)
{
    (void)state;
    assert_true(share("ru", CLUS_LANG_RU) >= 98.3); /* Kazakh titles stand in them */
}

static void kazakh_articles(void **state)
{
    (void)state;
    assert_true(share("kk", CLUS_LANG_KK) >= 98.0);
}

/* A sentence in which nothing but the common look of its words tells the language. */
static clus_lang lang_of_letter(char letter)
{
    return letter == 'k' ? CLUS_LANG_KK : letter == 'r' ? CLUS_LANG_RU : CLUS_LANG_OTHER;
}

/* A letter a word of the text, k, r or -; a single one is for all words. */
static void assert_langs(const char *text, const char *langs)
{
    clus_analyzer *analyzer = NULL;
    struct lexer *lx = NULL;
    struct token_list tokens = {0};
    assert_int_equal(clus__analyzer_new(CLUS_ANALYZER_AUTO, &analyzer), CLUS_OK);
    assert_int_equal(clus__lexer_new(analyzer, &lx), CLUS_OK);
    struct bytes bytes = {(const uint8_t *)text, strlen(text)};
    assert_int_equal(clus__lexer_run(lx, bytes, &tokens), CLUS_OK);
    assert_true(tokens.n > 0 && (tokens.n == strlen(langs) || strlen(langs) == 1));
    for (size_t i = 0; i < tokens.n; i++)
        assert_int_equal(clus__lexer_form(lx, tokens.items[i].form)->lang,
                         lang_of_letter(langs[langs[1] ? i : 0]));
    clus__token_list_done(&tokens);
    clus__lexer_free(lx);
    clus__analyzer_free(analyzer);
}

static void a_mixed_sentence_is_read_word_by_word(void **state)
{
    (void)state;
    assert_langs("Кеше мектепте жиналыс болды, директор рассказал о новой библиотеке",
                 "kkkkkrrrr");
    assert_langs("Мен кеше дүкенге бардым, но там ничего не было", "kkkkrrrrr");
    assert_langs("Он сказал что балалар далада ойнап жүр и ушел домой", "rrrkkkkrrr");
}

static void sentences_without_special_letters(void **state)
{
    (void)state;
    assert_langs("Балалар далада ойнап жатыр", "k");
    assert_langs("Бала мен ана базарга барып келди", "k"); /* typed without ғ, і */
    assert_langs("казак тили туралы жана зан", "k");
    assert_langs("Дети играют во дворе", "r");
    assert_langs("новый закон о языке", "r");
    assert_langs("и в на не что", "r");
    assert_langs("Її їжак є", "-"); /* Ukrainian */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(russian_articles),
        cmocka_unit_test(kazakh_articles),
        cmocka_unit_test(a_mixed_sentence_is_read_word_by_word),
        cmocka_unit_test(sentences_without_special_letters),
    };
    return cmocka_run_group_tests_name("text_route", tests, NULL, NULL);
}
