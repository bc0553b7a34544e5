/* Queries of many words: what is quoted and what describes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include <clustersearch/clustersearch.h>

#include "../support/one_index.h"

/* Words of the query, none of which has kin; the first is rare. */
#define RARE "якорь"
#define COMMON "дым гриб лужа мышь сова"
#define ABSENT " ложбина шапито вензель кринка"

enum { N_COMMON = 12, N_OTHER = 48, BEHIND_LEAD = 160 };

static void add(clus_writer *writer, const char *id, const char *text)
{
    clus_error err = {0};
    const clus_document doc = {.id = str(id), .text = str(text), .lang = str("ru")};
    if (clus_writer_add(writer, &doc, &err) != CLUS_OK)
        fail_msg("%s", err.message);
}

/* `first`, many words of no interest, `last`. */
static void add_around(clus_writer *writer, const char *id, const char *first,
                       const char *last)
{
    char text[8192];
    int n = snprintf(text, sizeof text, "%s", first);
    for (int i = 0; i < BEHIND_LEAD; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, " трава");
    (void)snprintf(text + n, sizeof text - (size_t)n, " %s", last);
    add(writer, id, text);
}

static void add_documents(clus_writer *writer)
{
    static const char quoted[] = "волна горка дюжина ельник жезл зонт";
    char id[16], twice[256];
    add(writer, "rare", RARE " трава ручей песок облако");
    for (int i = 0; i < N_COMMON; i++) {
        (void)snprintf(id, sizeof id, "common%d", i);
        add(writer, id, i == 0 ? COMMON : COMMON " трава ручей песок облако ветер");
    }
    for (int i = 0; i < N_OTHER; i++) {
        (void)snprintf(id, sizeof id, "other%d", i);
        add(writer, id, "трава ручей песок облако ветер");
    }
    (void)snprintf(twice, sizeof twice, "%s %s", quoted, quoted);
    add_around(writer, "lead", quoted, "ветер");
    add_around(writer, "later", "ветер", twice);
}

static int set_up(void **state)
{
    return one_index_open(state, add_documents);
}

/* The score that explain gives a document. */
static float explained(struct one_index *f, const clus_query *query, clus_str id)
{
    clus_explanation *e;
    clus_explained whole;
    assert_int_equal(clus_explain(f->snap, query, NULL, &e, NULL), CLUS_OK);
    assert_int_equal(clus_explanation_of(e, id, NULL), CLUS_OK);
    assert_int_equal(clus_explanation_next(e, &whole), CLUS_OK);
    clus_explanation_free(e);
    return whole.score;
}

static void assert_best(struct one_index *f, const char *text, const char *expected)
{
    clus_query *query;
    clus_results *results;
    clus_hit hit;
    clus_error err = {0};
    assert_int_equal(clus_query_parse(str(text), NULL, &query, &err), CLUS_OK);
    if (clus_search(f->snap, query, NULL, &results, &err) != CLUS_OK)
        fail_msg("%s: %s", text, err.message);
    assert_int_equal(clus_results_next(results, &hit, NULL), CLUS_OK);
    if (hit.id.len != strlen(expected) || memcmp(hit.id.data, expected, hit.id.len) != 0)
        fail_msg("%s: found %.*s, not %s", text, (int)hit.id.len, hit.id.data, expected);
    assert_float_equal(explained(f, query, hit.id), hit.score, 1e-4f * hit.score);
    clus_results_free(results);
    clus_query_free(query);
}

static void a_description_goes_by_its_rare_words(void **state)
{
    assert_best(*state, RARE " " COMMON, "common0"); /* six words: the more, the better */
    assert_best(*state, RARE " " COMMON ABSENT, "rare");
}

static void a_quotation_goes_by_the_lead(void **state)
{
    assert_best(*state, "волна горка дюжина ельник жезл", "later");
    assert_best(*state, "волна горка дюжина ельник жезл зонт", "lead");
}

static void alternatives_are_no_quotation(void **state)
{
    assert_best(*state, "волна OR горка OR дюжина OR ельник OR жезл OR зонт OR лом",
                "later");
}

/* Least processor time of three searches for n times ";a" in one run without blanks. */
static clock_t time_of(struct one_index *f, size_t n)
{
    static char text[65536];
    clus_query *query;
    clus_results *results;
    clock_t least = 0;
    for (size_t i = 0; i < n; i++)
        memcpy(text + 2 * i, ";a", 2);
    assert_int_equal(clus_query_parse((clus_str){text, 2 * n}, NULL, &query, NULL),
                     CLUS_OK);
    for (int i = 0; i < 3; i++) {
        clock_t before = clock();
        assert_int_equal(clus_search(f->snap, query, NULL, &results, NULL), CLUS_OK);
        clock_t took = clock() - before;
        clus_results_free(results);
        least = i == 0 || took < least ? took : least;
    }
    clus_query_free(query);
    return least;
}

/* Only so many words are searched, but each looked for the end of its run. */
static void a_long_run_is_not_read_for_each_of_its_words(void **state)
{
    clock_t part = time_of(*state, 1024), whole = time_of(*state, 32768);
    if (whole > 4 * part + CLOCKS_PER_SEC / 40)
        fail_msg("%ld, of a part %ld", (long)whole, (long)part);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_description_goes_by_its_rare_words),
        cmocka_unit_test(a_quotation_goes_by_the_lead),
        cmocka_unit_test(alternatives_are_no_quotation),
        cmocka_unit_test(a_long_run_is_not_read_for_each_of_its_words),
    };
    return cmocka_run_group_tests(tests, set_up, one_index_close);
}
