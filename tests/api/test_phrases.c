/* Phrases of words that are in many documents, one of which has too many places of them to
 * be compared with those of others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <clustersearch/clustersearch.h>

#include "../support/one_index.h"

enum { DOCUMENTS = 1500, TIMES = 5000, TITLE_WORDS = 1024 };

static void add(clus_writer *writer, int number, const char *text)
{
    char id[16];
    clus_error err = {0};
    (void)snprintf(id, sizeof id, "%d", number);
    const clus_document doc = {.id = str(id), .text = str(text), .lang = str("ru")};
    if (clus_writer_add(writer, &doc, &err) != CLUS_OK)
        fail_msg("%s", err.message);
}

/* A title as long as titles get. */
static void add_long_title(clus_writer *writer)
{
    static const char word[] = "мост ", last[] = "якорь";
    char title[TITLE_WORDS * sizeof word + sizeof last] = "";
    clus_error err = {0};
    for (size_t i = 0; i + 1 < TITLE_WORDS; i++)
        memcpy(title + i * (sizeof word - 1), word, sizeof word);
    memcpy(title + (TITLE_WORDS - 1) * (sizeof word - 1), last, sizeof last);
    const clus_document doc = {.id = str("title"),
                               .title = str(title),
                               .text = str("весло песок"),
                               .lang = str("ru")};
    if (clus_writer_add(writer, &doc, &err) != CLUS_OK)
        fail_msg("%s", err.message);
}

#define FIVE "заря заря заря заря заря "
#define FIFTEEN FIVE FIVE FIVE

/* Every third has the first word, in every sixth the phrase; all have the second. Two have
 * a word fifteen times side by side, one of them sixteen times further on. */
static void add_documents(clus_writer *writer)
{
    static const char phrase[] = "дым гриб лужа ", last[] = "роза";
    char *many = malloc(TIMES * sizeof phrase + sizeof last);
    assert_non_null(many);
    for (size_t i = 0; i < TIMES; i++)
        memcpy(many + i * (sizeof phrase - 1), phrase, sizeof phrase);
    memcpy(many + TIMES * (sizeof phrase - 1), last, sizeof last);
    for (int i = 0; i < DOCUMENTS; i++)
        add(writer, i,
            i == DOCUMENTS / 2 ? many
            : i == 1 ? "гриб сова лужа " FIFTEEN "сова " FIFTEEN "заря"
            : i == 2 ? "гриб сова лужа " FIFTEEN "сова " FIFTEEN
            : i % 6 == 0 ? "сова дым гриб лужа"
            : i % 3 == 0 ? "гриб сова дым лужа"
                         : "гриб сова лужа");
    free(many);
    add_long_title(writer);
}

static int set_up(void **state)
{
    return one_index_open(state, add_documents);
}

static void assert_total(const struct one_index *f, const char *text, uint64_t expected)
{
    for (int way = 0; way < 2; way++) {
        const clus_search_options options = {
            .count = way == 0 ? CLUS_COUNT_ONLY : CLUS_COUNT_EXACT, .limit = 10};
        clus_query *query;
        clus_results *results;
        clus_result_info info;
        clus_error err = {0};
        assert_int_equal(clus_query_parse(str(text), NULL, &query, &err), CLUS_OK);
        if (clus_search(f->snap, query, &options, &results, &err) != CLUS_OK)
            fail_msg("%s: %s", text, err.message);
        clus_results_info(results, &info);
        if (info.total != expected)
            fail_msg("%s: %d found", text, (int)info.total);
        clus_results_free(results);
        clus_query_free(query);
    }
}

static void all_documents_are_counted(void **state)
{
    struct one_index *f = *state;
    assert_total(f, "\"дым гриб\"", DOCUMENTS / 6);
    assert_total(f, "\"дым гриб лужа\"", DOCUMENTS / 6);
    assert_total(f, "\"гриб лужа\"", DOCUMENTS / 6);
    assert_total(f, "дым NEAR/1 гриб", DOCUMENTS / 6);
    assert_total(f, "\"сова дым гриб\"", DOCUMENTS / 6 - 1);
    assert_total(f, "\"гриб сова\"", DOCUMENTS - DOCUMENTS / 6);
    assert_total(f, "+дым +гриб", DOCUMENTS / 3);
    assert_total(f, "+дым +гриб +лужа", DOCUMENTS / 3);
}

/* Its last word is near the others once, behind thousands of places where it is not. */
static void words_meet_behind_many_places(void **state)
{
    struct one_index *f = *state;
    assert_total(f, "\"дым гриб роза\"~3", 1);
    assert_total(f, "дым NEAR/2 гриб NEAR/2 роза", 1);
    assert_total(f, "\"гриб роза лужа\"~1", 1);
    assert_total(f, "\"дым гриб роза\"", 0);
    assert_total(f, "дым NEAR/1 гриб NEAR/1 роза", 0);
}

/* Places of the text follow those of the title at once. */
static void a_phrase_does_not_begin_in_the_title_and_end_in_the_text(void **state)
{
    struct one_index *f = *state;
    assert_total(f, "\"мост якорь\"", 1);
    assert_total(f, "\"весло песок\"", 1);
    assert_total(f, "\"якорь весло\"", 0);
    assert_total(f, "title:\"мост якорь\"", 1);
    assert_total(f, "text:\"мост якорь\"", 0);
}

/* However many orders of its places there are. */
static void a_word_asked_for_again_needs_another_place(void **state)
{
    struct one_index *f = *state;
    char query[400] = "заря";
    for (int times = 1; times < 16; times++) {
        assert_total(f, query, 2);
        strcat(query, " NEAR/1 заря");
    }
    assert_total(f, query, 1);
    strcat(query, " NEAR/1 сова");
    assert_total(f, query, 2);
    strcat(query, " NEAR/1 гриб");
    assert_total(f, query, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_documents_are_counted),
        cmocka_unit_test(words_meet_behind_many_places),
        cmocka_unit_test(a_phrase_does_not_begin_in_the_title_and_end_in_the_text),
        cmocka_unit_test(a_word_asked_for_again_needs_another_place),
    };
    return cmocka_run_group_tests(tests, set_up, one_index_close);
}
