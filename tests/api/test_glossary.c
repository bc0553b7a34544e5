/* Glossaries through the public headers: what a translated query finds, in which order and
 * what is said about it; what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <clustersearch/clustersearch.h>

#include "../support/scratch.h"

struct fixture {
    char folder[PATH_MAX];
    clus_index *index;
    clus_snapshot *snap;
    clus_glossary *glossary;
};

static clus_str str(const char *s)
{
    return (clus_str){s, strlen(s)};
}

static const clus_document docs[] = {
    {.id = {"ru", 2}, .text = {.data = "Творческий кластер открыт в городе.", .len = 0}},
    {.id = {"kk", 2}, .text = {.data = "Қалада шығармашылық кластері ашылды.", .len = 0}},
    {.id = {"ai", 2}, .text = {.data = "Жасанды интеллект туралы мақала.", .len = 0}},
    {.id = {"words", 5}, .text = {.data = "Интеллект бар, бірақ жасанды емес.", .len = 0}},
    {.id = {"hub", 3}, .text = {.data = "Хаб работает вечером.", .len = 0}},
    {.id = {"place", 5}, .text = {.data = "Центр новых идей закрыт.", .len = 0}},
};

static const char pairs[] = "творческий\tшығармашылық\n"
                            "город\tқала\n"
                            "открыть\tашу\n"
                            "искусственный интеллект\tжасанды интеллект\n"
                            "нейросеть\tжасанды интеллект\n";

static void must(clus_status st, const clus_error *err)
{
    if (st != CLUS_OK)
        fail_msg("%s", err->message);
}

static void fill(struct fixture *f, const clus_create_options *options)
{
    clus_writer *writer;
    clus_error err = {0};
    must(clus_index_create(scratch_path(f->folder, "index"), options, &f->index, &err),
         &err);
    must(clus_writer_open(f->index, NULL, &writer, &err), &err);
    for (size_t i = 0; i < sizeof docs / sizeof docs[0]; i++) {
        clus_document doc = docs[i];
        doc.text.len = strlen(doc.text.data);
        must(clus_writer_add(writer, &doc, &err), &err);
    }
    must(clus_writer_commit(writer, NULL, &err), &err);
    clus_writer_free(writer);
    must(clus_snapshot_open(f->index, &f->snap, &err), &err);
    must(clus_glossary_new(clus_index_analyzer(f->index), &f->glossary, &err), &err);
    must(clus_glossary_parse(f->glossary, CLUS_GLOSSARY_DICTIONARY, str(pairs), &err),
         &err);
    must(clus_glossary_parse(f->glossary, CLUS_GLOSSARY_SYNONYM,
                             str("хаб, центр новых идей\n"), &err),
         &err);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    (void)scratch_make(f->folder);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    clus_glossary_free(f->glossary);
    clus_snapshot_free(f->snap);
    assert_int_equal(clus_index_close(f->index, NULL), CLUS_OK);
    scratch_remove(f->folder);
    free(f);
    return 0;
}

static clus_results *search(struct fixture *f, const char *text, uint32_t expand,
                            clus_op op, bool exhaustive)
{
    const clus_parse_options parse = {.op = op, .expand = expand};
    const clus_search_options options = {.glossary = f->glossary, .exhaustive = exhaustive};
    clus_query *query;
    clus_results *results;
    clus_error err = {0};
    must(clus_query_parse(str(text), &parse, &query, &err), &err);
    must(clus_search(f->snap, query, &options, &results, &err), &err);
    clus_query_free(query);
    return results;
}

/* Ids in order, the partial ones in brackets. */
static void read_ids(clus_results *results, char ids[256])
{
    clus_hit hit;
    ids[0] = 0;
    while (clus_results_next(results, &hit, NULL) == CLUS_OK)
        (void)snprintf(ids + strlen(ids), 256 - strlen(ids),
                       hit.partial ? "%s[%.*s]" : "%s%.*s", ids[0] ? " " : "",
                       (int)hit.id.len, hit.id.data);
    clus_results_free(results);
}

static void finds(struct fixture *f, const char *text, uint32_t expand, clus_op op,
                  const char *expected)
{
    for (int exhaustive = 0; exhaustive < 2; exhaustive++) {
        char ids[256];
        read_ids(search(f, text, expand, op, exhaustive), ids);
        if (strcmp(ids, expected) != 0)
            fail_msg("%s: found «%s», not «%s»", text, ids, expected);
    }
}

enum { BOTH = CLUS_EXPAND_DEFAULT | CLUS_EXPAND_DICTIONARY };

static void a_word_finds_its_translation_below_itself(void **state)
{
    struct fixture *f = *state;
    fill(f, NULL);
    finds(f, "творческих", BOTH, CLUS_OP_AND, "ru kk");
    finds(f, "шығармашылықтың", BOTH, CLUS_OP_AND, "kk ru");
    finds(f, "творческий кластер", BOTH, CLUS_OP_AND, "ru kk");
    finds(f, "творческий қала", BOTH, CLUS_OP_AUTO, "kk ru");
    finds(f, "творческих", 0, CLUS_OP_AND, "ru");
    finds(f, "творческих", CLUS_EXPAND_DICTIONARY, CLUS_OP_AND, "kk");
}

static void phrases_stand_for_phrases_and_for_words(void **state)
{
    struct fixture *f = *state;
    fill(f, NULL);
    finds(f, "нейросети", BOTH, CLUS_OP_AND, "ai");
    finds(f, "искусственного интеллекта", BOTH, CLUS_OP_AND, "ai");
    finds(f, "искусственный интеллект мақала", BOTH, CLUS_OP_AND, "ai");
    finds(f, "\"искусственный интеллект\"", BOTH, CLUS_OP_AND, "ai");
    finds(f, "\"творческий кластер\"", BOTH, CLUS_OP_AND, "ru kk");
    finds(f, "творческий NEAR/2 кластер", BOTH, CLUS_OP_AND, "ru kk");
    finds(f, "text:творческий", BOTH, CLUS_OP_AND, "ru kk");
    finds(f, "жасанды интеллектіні", BOTH, CLUS_OP_AND, "ai words");
}

static void synonyms_need_no_asking(void **state)
{
    struct fixture *f = *state;
    fill(f, NULL);
    finds(f, "хабы", 0, CLUS_OP_AND, "hub place");
    finds(f, "центр новых идей", 0, CLUS_OP_AND, "place hub");
    finds(f, "хабы", CLUS_EXPAND_STEM, CLUS_OP_AND, "hub");
    finds(f, "хабы", CLUS_EXPAND_NONE, CLUS_OP_AND, "");
}

static void excluded_and_exact_words_are_not_translated(void **state)
{
    struct fixture *f = *state;
    fill(f, NULL);
    finds(f, "кластер -творческий", BOTH, CLUS_OP_AND, "kk");
    finds(f, "=творческий", BOTH, CLUS_OP_AND, "ru");
    finds(f, "=\"творческий кластер\"", BOTH, CLUS_OP_AND, "ru");
}

static void without_places_phrases_are_words(void **state)
{
    struct fixture *f = *state;
    fill(f, &(clus_create_options){.no_positions = true});
    finds(f, "нейросети", BOTH, CLUS_OP_AND, "ai words");
    finds(f, "творческих", BOTH, CLUS_OP_AND, "ru kk");
}

static void readings_are_told_and_marked(void **state)
{
    struct fixture *f = *state;
    fill(f, NULL);
    clus_results *results = search(f, "нейросеть", BOTH, CLUS_OP_AND, false);
    clus_expansion e;
    clus_hit hit;
    clus_snippet snippet;
    assert_int_equal(clus_results_expansion(results, 0, &e), CLUS_OK);
    assert_string_equal(e.kind, "dictionary");
    assert_int_equal(e.reading.len, strlen("жасанды интеллект"));
    assert_memory_equal(e.reading.data, "жасанды интеллект", e.reading.len);
    assert_true(e.weight > 0.0f && e.weight < 1.0f);
    assert_int_equal(clus_results_next(results, &hit, NULL), CLUS_OK);
    assert_int_equal(clus_results_snippet(results, 0, &snippet, NULL), CLUS_OK);
    assert_int_equal(snippet.n_marks, 2);
    clus_results_free(results);
}

static void other_rules_and_wrong_arguments_are_refused(void **state)
{
    struct fixture *f = *state;
    clus_analyzer *simple;
    clus_glossary *other = NULL;
    clus_query *query;
    clus_results *results;
    clus_error err = {0};
    fill(f, NULL);
    must(clus_analyzer_new(CLUS_ANALYZER_SIMPLE, &simple, &err), &err);
    must(clus_glossary_new(simple, &other, &err), &err);
    must(clus_query_parse(str("кластер"), NULL, &query, &err), &err);
    const clus_search_options options = {.glossary = other};
    assert_int_equal(clus_search(f->snap, query, &options, &results, &err),
                     CLUS_E_ANALYZER);

    clus_glossary_entry entry = {
        .from = str("a"), .to = str("b"), .from_lang = CLUS_LANG_RU};
    assert_int_equal(clus_glossary_add(other, &entry, &err), CLUS_OK);
    assert_int_equal(clus_glossary_size(other), 1);
    entry.weight = 1.5f;
    assert_int_equal(clus_glossary_add(other, &entry, &err), CLUS_E_ARGUMENT);
    entry.weight = 1.0f;
    entry.to_lang = (clus_lang)7;
    assert_int_equal(clus_glossary_add(other, &entry, &err), CLUS_E_ARGUMENT);
    entry.to_lang = CLUS_LANG_KK;
    entry.kind = (clus_glossary_kind)2;
    assert_int_equal(clus_glossary_add(other, &entry, &err), CLUS_E_ARGUMENT);
    entry.kind = CLUS_GLOSSARY_SYNONYM;
    entry.to = (clus_str){NULL, 3};
    assert_int_equal(clus_glossary_add(other, &entry, &err), CLUS_E_ARGUMENT);
    assert_int_equal(
        clus_glossary_parse(other, CLUS_GLOSSARY_SYNONYM, (clus_str){NULL, 0}, &err),
        CLUS_OK);
    assert_int_equal(clus_glossary_parse(other, (clus_glossary_kind)9, str(""), &err),
                     CLUS_E_ARGUMENT);
    assert_int_equal(clus_glossary_parse(NULL, CLUS_GLOSSARY_SYNONYM, str(""), &err),
                     CLUS_E_ARGUMENT);
    assert_int_equal(clus_glossary_new(NULL, &other, &err), CLUS_E_ARGUMENT);
    assert_int_equal(clus_glossary_size(other), 1);
    clus_query_free(query);
    clus_glossary_free(other);
    clus_analyzer_free(simple);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_word_finds_its_translation_below_itself, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(phrases_stand_for_phrases_and_for_words, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(synonyms_need_no_asking, set_up, tear_down),
        cmocka_unit_test_setup_teardown(excluded_and_exact_words_are_not_translated, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(without_places_phrases_are_words, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(readings_are_told_and_marked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_rules_and_wrong_arguments_are_refused, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests_name("glossary", tests, NULL, NULL);
}
