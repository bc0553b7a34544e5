/* Searching through the public headers: what each kind of query finds, in which order, and
 * what is said about it. */
#include <math.h>
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

static void add(clus_writer *writer, const clus_document *doc)
{
    clus_error err = {0};
    if (clus_writer_add(writer, doc, &err) != CLUS_OK)
        fail_msg("%s", err.message);
}

static void add_documents(clus_writer *writer)
{
    static const clus_str culture[] = {{"культура", 16}, {"театр", 10}};
    const clus_document docs[] = {
        {.id = str("cluster"),
         .title = str("Креативный кластер открылся"),
         .text = str("В Якутске открылся креативный кластер. Квартал труда принял гостей."),
         .date = str("2024-05-12"),
         .lang = str("ru"),
         .source = str("news.example")},
        {.id = str("quarter"),
         .text = str("Квартал старого труда: открыли музей, кластера пока нет."),
         .date = str("2024-06-01"),
         .lang = str("ru"),
         .tags = culture,
         .n_tags = 2},
        {.id = str("theatre"),
         .title = str("Театр и труд"),
         .text = str("Театральный квартал не работает. Труд актёров ценят."),
         .date = str("2023-01-15"),
         .lang = str("ru"),
         .tags = culture,
         .n_tags = 1,
         .extra = str("реклама меню")},
        {.id = str("kazakh"),
         .title = str("Шығармашылық кластер"),
         .text = str("Қазақстандағы шығармашылық кластерлер туралы мақала."),
         .lang = str("kk")},
        {.id = str("hub"), .text = str("IT-хаб открыт, хаб знаний рядом, и не только.")},
    };
    for (size_t i = 0; i < sizeof docs / sizeof docs[0]; i++)
        add(writer, &docs[i]);
}

static int set_up(void **state)
{
    return one_index_open(state, add_documents);
}

static clus_results *search_with(struct one_index *f, const char *text,
                                 const clus_parse_options *parse,
                                 const clus_search_options *opts)
{
    clus_query *query;
    clus_results *results;
    clus_error err = {0};
    if (clus_query_parse(str(text), parse, &query, &err) != CLUS_OK)
        fail_msg("%s: %s", text, err.message);
    if (clus_search(f->snap, query, opts, &results, &err) != CLUS_OK)
        fail_msg("%s: %s", text, err.message);
    clus_query_free(query);
    return results;
}

/* The ids in order, "id id", partial ones in brackets. */
static void assert_results(clus_results *results, const char *text, const char *expected)
{
    char ids[512] = "";
    size_t n = 0;
    clus_hit hit;
    clus_status st;
    while ((st = clus_results_next(results, &hit, NULL)) == CLUS_OK) {
        int added = snprintf(ids + n, sizeof ids - n, hit.partial ? "%s[%.*s]" : "%s%.*s",
                             n ? " " : "", (int)hit.id.len, hit.id.data);
        assert_true(added > 0);
        n += (size_t)added;
    }
    assert_int_equal(st, CLUS_DONE);
    if (strcmp(ids, expected) != 0)
        fail_msg("%s: found «%s», not «%s»", text, ids, expected);
    clus_results_free(results);
}

/* Which documents match, in the order in which they were added. */
static void assert_finds(struct one_index *f, const char *text, const char *expected)
{
    static const char *const ids[] = {"cluster", "quarter", "theatre", "kazakh", "hub"};
    const clus_parse_options and = {.op = CLUS_OP_AND};
    clus_results *results = search_with(f, text, &and, NULL);
    bool found[5] = {false};
    char list[128] = "";
    clus_hit hit;
    while (clus_results_next(results, &hit, NULL) == CLUS_OK)
        for (size_t i = 0; i < 5; i++)
            found[i] |= hit.id.len == strlen(ids[i]) &&
                        memcmp(hit.id.data, ids[i], hit.id.len) == 0;
    for (size_t i = 0, n = 0; i < 5; i++)
        if (found[i]) {
            int added = snprintf(list + n, sizeof list - n, "%s%s", n ? " " : "", ids[i]);
            assert_true(added > 0);
            n += (size_t)added;
        }
    clus_results_free(results);
    if (strcmp(list, expected) != 0)
        fail_msg("%s: found «%s», not «%s»", text, list, expected);
}

static void words_match_in_any_form(void **state)
{
    struct one_index *f = *state;
    assert_finds(f, "кластеру", "cluster quarter kazakh");
    assert_finds(f, "квартала", "cluster quarter theatre");
    assert_finds(f, "шығармашылық", "kazakh");
    assert_finds(f, "отсутствует", "");
}

static void titles_rank_first(void **state)
{
    struct one_index *f = *state;
    assert_results(search_with(f, "труд", NULL, NULL), "труд", "theatre quarter cluster");
}

static void operators_combine_words(void **state)
{
    struct one_index *f = *state;
    assert_finds(f, "квартал музей", "quarter");
    assert_finds(f, "музей OR актёры", "quarter theatre");
    assert_finds(f, "квартал -музей", "cluster theatre");
    assert_finds(f, "-квартал", "kazakh hub");
    assert_finds(f, "квартал -(музей OR гости)", "theatre");
    assert_finds(f, "не", "theatre hub");
}

static void phrases_match_in_place(void **state)
{
    struct one_index *f = *state;
    assert_finds(f, "\"квартал труда\"", "cluster");
    assert_finds(f, "\"квартал труда\"~1", "cluster quarter");
    assert_finds(f, "квартал NEAR/2 труд", "cluster quarter");
    assert_finds(f, "труд ADJ/2 квартал", "");
    assert_finds(f, "IT-хаб", "hub");
    assert_finds(f, "\"хаб IT\"", "");
    assert_finds(f, "\"и не\"", "hub");
}

static void fields_restrict_words(void **state)
{
    struct one_index *f = *state;
    assert_finds(f, "title:труд", "theatre");
    assert_finds(f, "text:театр", "");
    assert_finds(f, "text:театральный", "theatre");
    assert_finds(f, "text:шығармашылық", "kazakh");
    assert_finds(f, "title:\"креативный кластер\"", "cluster");
    assert_finds(f, "title:\"квартал труда\"", "");
    assert_finds(f, "extra:реклама", "theatre");
    assert_finds(f, "реклама", "theatre");
    assert_finds(f, "text:реклама", "");
    assert_finds(f, "title:(театр труд)", "theatre");
}

static void values_filter(void **state)
{
    struct one_index *f = *state;
    assert_finds(f, "tag:театр", "quarter");
    assert_finds(f, "tag:культура квартал", "quarter theatre");
    assert_finds(f, "lang:kk", "kazakh");
    assert_finds(f, "source:news.example", "cluster");
    assert_finds(f, "id:hub", "hub");
    assert_finds(f, "id:nothing", "");
    assert_finds(f, "date:2024", "cluster quarter");
    assert_finds(f, "date:2024-05..", "cluster quarter");
    assert_finds(f, "date:<2024 квартал", "theatre");
    assert_finds(f, "date:>=2024-05-12 -date:2024-06", "cluster");
    assert_finds(f, "tag:куль*", "quarter theatre");
}

static void patterns_match_surface_forms(void **state)
{
    struct one_index *f = *state;
    assert_finds(f, "кластерл*", "kazakh");
    assert_finds(f, "Музе?", "quarter");
    assert_finds(f, "*атральный", "theatre");
    assert_finds(f, "/кластерл.+/", "kazakh");
    assert_finds(f, "/(МУЗЕЙ|.*атральный)/", "quarter theatre");
    assert_finds(f, "title:/т.{4}/", "theatre");
    assert_finds(f, "/музе/", "");
    assert_finds(f, "кластир~1", "cluster kazakh");
    assert_finds(f, "калстер~1", "cluster kazakh");
    assert_finds(f, "=кластера", "quarter");
    assert_finds(f, "=\"старого труда\"", "quarter");
    assert_finds(f, "=\"старый труд\"", "");
}

static void auto_fills_up_with_partial_matches(void **state)
{
    struct one_index *f = *state;
    assert_results(search_with(f, "музей труда", NULL, NULL), "auto",
                   "quarter [theatre] [cluster]");
    const clus_search_options one = {.limit = 1};
    assert_results(search_with(f, "музей труда", NULL, &one), "auto, one", "quarter");
    const clus_search_options second = {.limit = 1, .offset = 1};
    assert_results(search_with(f, "музей труда", NULL, &second), "auto, second",
                   "[theatre]");
}

static void filters_hold_without_changing_scores(void **state)
{
    struct one_index *f = *state;
    const clus_filter filters[] = {{str("date"), str("2024"), false},
                                   {str("lang"), str("ru"), false},
                                   {str("lang"), str("kk"), false},
                                   {str("tag"), str("театр"), true}};
    const clus_search_options opts = {.filters = filters, .n_filters = 4};
    assert_results(search_with(f, "квартал", NULL, &opts), "filtered", "cluster");
    const clus_filter bad = {str("date"), str("soon"), false};
    const clus_search_options wrong = {.filters = &bad, .n_filters = 1};
    clus_query *query;
    clus_results *results = NULL;
    clus_error err = {0};
    assert_int_equal(clus_query_parse(str("квартал"), NULL, &query, NULL), CLUS_OK);
    assert_int_equal(clus_search(f->snap, query, &wrong, &results, &err), CLUS_E_SYNTAX);
    assert_null(results);
    assert_non_null(strstr(err.message, "soon"));
    clus_query_free(query);
}

static void dates_sort(void **state)
{
    struct one_index *f = *state;
    const clus_search_options newest = {.sort = CLUS_SORT_DATE_DESC};
    const clus_search_options oldest = {.sort = CLUS_SORT_DATE_ASC, .limit = 2};
    assert_results(search_with(f, "квартал OR кластер", NULL, &newest), "newest",
                   "quarter cluster theatre kazakh");
    assert_results(search_with(f, "квартал OR кластер", NULL, &oldest), "oldest",
                   "theatre cluster");
}

static clus_result_info info_of(struct one_index *f, const char *text,
                                const clus_search_options *opts)
{
    const clus_parse_options any = {.op = CLUS_OP_OR};
    clus_result_info info;
    clus_results *results = search_with(f, text, &any, opts);
    clus_results_info(results, &info);
    clus_results_free(results);
    return info;
}

static void counting_is_exact_when_asked(void **state)
{
    struct one_index *f = *state;
    const clus_search_options only = {.count = CLUS_COUNT_ONLY};
    const clus_search_options exact = {.count = CLUS_COUNT_EXACT, .limit = 1};
    clus_result_info info = info_of(f, "квартал кластер", &only);
    assert_int_equal(info.total, 4);
    assert_true(info.total_is_exact);
    assert_int_equal(info.n_hits, 0);
    info = info_of(f, "квартал кластер", &exact);
    assert_int_equal(info.total, 4);
    assert_true(info.total_is_exact);
    assert_int_equal(info.n_hits, 1);
}

static void what_is_not_done_is_said(void **state)
{
    struct one_index *f = *state;
    clus_results *results = search_with(f, "id:quart* квартал", NULL, NULL);
    clus_result_info info;
    clus_warning warning;
    clus_results_info(results, &info);
    assert_int_equal(info.n_warnings, 1);
    assert_int_equal(clus_results_warning(results, 0, &warning), CLUS_OK);
    assert_int_equal(warning.offset, 0);
    assert_true(warning.message.len > 0);
    assert_int_equal(clus_results_warning(results, 1, &warning), CLUS_DONE);
    clus_results_free(results);
}

static void what_is_not_done_fails_a_strict_query(void **state)
{
    struct one_index *f = *state;
    clus_parse_options strict = {.strict = true};
    clus_query *query;
    clus_results *results = NULL;
    clus_explanation *explanation = NULL;
    clus_error err = {0};
    assert_int_equal(clus_query_parse(str("труд id:quart*"), &strict, &query, NULL),
                     CLUS_OK);
    assert_int_equal(clus_search(f->snap, query, NULL, &results, &err), CLUS_E_SYNTAX);
    assert_null(results);
    assert_int_equal(err.offset, 9);
    assert_int_equal(clus_explain(f->snap, query, NULL, &explanation, &err), CLUS_E_SYNTAX);
    assert_null(explanation);
    clus_query_free(query);
}

static void a_score_is_taken_apart(void **state)
{
    struct one_index *f = *state;
    clus_results *results = search_with(f, "гостями квартала", NULL, NULL);
    clus_hit hit;
    clus_explanation *e = NULL;
    clus_explained part;
    clus_query *query;
    clus_error err;
    const char text[] = "гостями квартала";
    assert_int_equal(clus_query_parse((clus_str){text, strlen(text)}, NULL, &query, &err),
                     CLUS_OK);
    assert_int_equal(clus_explain(f->snap, NULL, NULL, &e, &err), CLUS_E_ARGUMENT);
    assert_null(e);
    assert_int_equal(clus_explain(f->snap, query, NULL, &e, &err), CLUS_OK);
    clus_query_free(query);
    assert_int_equal(clus_explanation_next(e, &part), CLUS_DONE);
    size_t hits = 0, partial = 0, parts = 0;
    for (; clus_results_next(results, &hit, &err) == CLUS_OK; hits++) {
        assert_int_equal(clus_explanation_of(e, hit.id, &err), CLUS_OK);
        assert_int_equal(clus_explanation_next(e, &part), CLUS_OK);
        assert_true(part.score == hit.score && part.partial == hit.partial);
        partial += part.partial;
        while (clus_explanation_next(e, &part) == CLUS_OK)
            parts += part.depth > 0 && part.what.len > 0;
    }
    assert_true(partial > 0 && hits > partial && parts >= 2 * hits);
    clus_str nobody = {"nobody", 6}, broken = {NULL, 1};
    assert_int_equal(clus_explanation_of(e, broken, &err), CLUS_E_ARGUMENT);
    assert_int_equal(clus_explanation_of(e, nobody, &err), CLUS_DONE);
    assert_int_equal(clus_explanation_next(e, &part), CLUS_DONE);
    clus_explanation_free(e);
    clus_explanation_free(NULL);
    clus_results_free(results);
}

static void readings_are_told(void **state)
{
    struct one_index *f = *state;
    clus_results *results = search_with(f, "гостями", NULL, NULL);
    clus_expansion expansion;
    assert_int_equal(clus_results_expansion(results, 0, &expansion), CLUS_OK);
    assert_int_equal(expansion.word.len, strlen("гостями"));
    assert_memory_equal(expansion.word.data, "гостями", expansion.word.len);
    assert_true(expansion.reading.len < expansion.word.len);
    assert_string_equal(expansion.kind, "stem");
    clus_results_free(results);
}

/* The expansions of a query but for stems and families, as "word>reading (kind)" joined by
 * blanks. */
static void assert_reads(struct one_index *f, const char *text, const char *expected)
{
    clus_results *results = search_with(f, text, NULL, NULL);
    clus_expansion e;
    char list[512] = "";
    size_t n = 0;
    for (size_t i = 0; clus_results_expansion(results, i, &e) == CLUS_OK; i++) {
        if (strcmp(e.kind, "stem") == 0 || strcmp(e.kind, "family") == 0)
            continue;
        assert_true(e.weight > 0 && e.weight < 1);
        int added = snprintf(list + n, sizeof list - n, "%s%.*s>%.*s (%s)", n ? " " : "",
                             (int)e.word.len, e.word.data, (int)e.reading.len,
                             e.reading.data, e.kind);
        assert_true(added > 0);
        n += (size_t)added;
    }
    clus_results_free(results);
    if (strcmp(list, expected) != 0)
        fail_msg("%s: read as «%s», not «%s»", text, list, expected);
}

static void other_layouts_are_read(void **state)
{
    struct one_index *f = *state;
    assert_finds(f, "rkfcnth", "cluster quarter kazakh");
    assert_reads(f, "rkfcnth", "rkfcnth>кластер (layout)");
    assert_finds(f, "rdfhnfk nhelf", "cluster quarter theatre");
    assert_finds(f, "\"rdfhnfk nhelf\"", "cluster");
    assert_reads(f, "\"rdfhnfk nhelf\"", "rdfhnfk>квартал (layout) nhelf>труда (layout)");
    assert_finds(f, "[f,", "hub"); /* signs that are letters */
    assert_finds(f, "(veptq OR [f,) -pyfybq", "quarter hub");
    assert_finds(f, "(veptq OR [f,) -знаний", "quarter");
    assert_finds(f, "title:nhel", "theatre");
    assert_finds(f, "rdfhnfk NEAR/2 nhel", "cluster quarter");
    assert_finds(f, "0fpf0cnfy", "kazakh");
    assert_finds(f, "0аза0стан", "kazakh");
    assert_reads(f, "ше хаб", "ше>it (layout)");
}

static void layouts_are_for_words_that_find_nothing(void **state)
{
    struct one_index *f = *state;
    const clus_parse_options stems = {.expand = CLUS_EXPAND_STEM},
                             literal = {.literal = true};
    assert_reads(f, "кластер", "");
    assert_reads(f, "it", "");
    assert_reads(f, "ghbdtn", ""); /* a word that no document has */
    assert_reads(f, "rkfcnth*", "");
    assert_reads(f, "=rkfcnth", "");
    assert_reads(f, "-rkfcnth", "");
    assert_results(search_with(f, "rkfcnth", &stems, NULL), "stems alone", "");
    assert_results(search_with(f, "rkfcnth", &literal, NULL), "literal", "");
}

static void kazakh_letters_may_be_missing(void **state)
{
    struct one_index *f = *state;
    const clus_parse_options stems = {.expand = CLUS_EXPAND_STEM};
    assert_finds(f, "шыгармашылык", "kazakh");
    assert_reads(f, "шыгармашылык", "шыгармашылык>шығармашылық (kk-letters)");
    assert_reads(f, "Казакстандагы", "Казакстандагы>қазақстандағы (kk-letters)");
    assert_reads(f, "шыгармашылыктарымызга", /* no document has the form */
                 "шыгармашылыктарымызга>шығармашылық (kk-letters)");
    assert_reads(f, "Казакстанымыздын", "Казакстанымыздын>қазақстан (kk-letters)");
    assert_finds(f, "Казакстанымыздын", "kazakh");
    assert_reads(f, "шығармашылыктан", "");
    assert_finds(f, "\"казакстандагы шыгармашылык\"", "kazakh");
    assert_finds(f, "title:шыгармашылык", "kazakh");
    assert_reads(f, "шығармашылық", "");
    assert_reads(f, "труд", "");
    assert_results(search_with(f, "шыгармашылык", &stems, NULL), "stems alone", "");
}

static void assert_suggests(struct one_index *f, const char *text, const char *expected)
{
    clus_results *results = search_with(f, text, NULL, NULL);
    clus_str out = {"", 0};
    clus_status st = clus_results_suggestion(results, &out);
    if (out.len != strlen(expected) || memcmp(out.data, expected, out.len) != 0)
        fail_msg("%s: suggested «%.*s», not «%s»", text, (int)out.len, out.data, expected);
    assert_int_equal(st, *expected ? CLUS_OK : CLUS_DONE);
    clus_results_free(results);
}

static void misspelt_words_are_corrected(void **state)
{
    struct one_index *f = *state;
    assert_finds(f, "класстер", "cluster quarter kazakh"); /* with its other forms */
    assert_reads(f, "класстер", "класстер>кластер (typo)");
    assert_reads(f, "калстер", "калстер>кластер (typo)"); /* exchanged */
    assert_reads(f, "клвстер", "клвстер>кластер (typo)"); /* the key beside */
    assert_reads(f, "хластер", "хластер>кластер (typo)"); /* first letters */
    assert_reads(f, "ластер", "ластер>кластер (typo)");
    assert_reads(f, "лкастер", "лкастер>кластер (typo)");
    assert_reads(f, "театралный", "театралный>театральный (typo)");
    assert_reads(f, "ткатрваьный", "");
    assert_finds(f, "\"креотивный класстер\"", "cluster");
    assert_suggests(f, "+класстер -реклама title:креотивный",
                    "+кластер -реклама title:креативный");
    assert_suggests(f, "«rdfhnfk трууда»", "«квартал труда»");
    assert_suggests(f, "[elj;ybr", "");
}

static void right_words_are_not_corrected(void **state)
{
    struct one_index *f = *state;
    const clus_parse_options stems = {.expand = CLUS_EXPAND_STEM};
    assert_suggests(f, "кластерами", ""); /* no document has this form */
    assert_suggests(f, "гостю кварталом", "");
    assert_suggests(f, "труе", "");     /* its ending is another */
    assert_suggests(f, "тру", "");      /* too short to tell */
    assert_suggests(f, "кластер7", ""); /* a name of some kind */
    assert_suggests(f, "=класстер", "");
    assert_suggests(f, "кластер -класстер", "");
    assert_results(search_with(f, "класстер", &stems, NULL), "stems alone", "");
}

/* "text documents kind" joined by commas. */
static void assert_completes(struct one_index *f, const char *text, uint32_t limit,
                             const char *expected)
{
    clus_suggestions *suggestions;
    clus_suggestion s;
    clus_error err = {0};
    char list[512] = "";
    size_t n = 0;
    if (clus_suggest(f->snap, str(text), limit, &suggestions, &err) != CLUS_OK)
        fail_msg("%s: %s", text, err.message);
    while (clus_suggestions_next(suggestions, &s) == CLUS_OK) {
        int added = snprintf(list + n, sizeof list - n, "%s%.*s %u %s", n ? ", " : "",
                             (int)s.text.len, s.text.data, (unsigned)s.documents, s.kind);
        assert_true(added > 0);
        n += (size_t)added;
        assert_true(s.word.len <= s.text.len);
        assert_memory_equal(s.word.data, s.text.data + s.text.len - s.word.len, s.word.len);
    }
    assert_int_equal(clus_suggestions_next(suggestions, &s), CLUS_DONE);
    clus_suggestions_free(suggestions);
    if (strcmp(list, expected) != 0)
        fail_msg("%s: «%s», not «%s»", text, list, expected);
}

static void words_are_completed(void **state)
{
    struct one_index *f = *state;
    assert_completes(f, "квар", 0, "квартал 3 completion");
    assert_completes(f, "Открылся КВАР", 0, "Открылся квартал 3 completion");
    assert_completes(f, "класстер и музе", 0, "кластер и музей 1 completion");
    assert_completes(f, "+\"теат", 1, "+\"театр 1 completion");
    assert_completes(f, "шыгар", 0, "шығармашылық 1 kk-letters");
    assert_completes(f, "rdfh", 0, "квартал 3 layout");
    assert_completes(f, "класстер", 0, "кластер 0 correction");
    assert_completes(f, "класстер ", 0, "кластер  0 correction");
    assert_completes(f, "ъъъ", 0, "");
    assert_completes(f, "", 0, "");
    assert_completes(f, " -- ", 0, "");
    assert_completes(f, "\xff\xfe", 0, "");
}

static void impossible_suggestions_are_refused(void **state)
{
    struct one_index *f = *state;
    clus_suggestions *suggestions = NULL;
    clus_error err;
    assert_int_equal(clus_suggest(f->snap, str("к"), 1001, &suggestions, &err),
                     CLUS_E_ARGUMENT);
    assert_int_equal(clus_suggest(NULL, str("к"), 0, &suggestions, &err), CLUS_E_ARGUMENT);
    assert_null(suggestions);
    clus_suggestions_free(NULL);
    clus_suggestion s;
    assert_int_equal(clus_suggest(f->snap, (clus_str){0}, 0, &suggestions, &err), CLUS_OK);
    assert_int_equal(clus_suggestions_next(suggestions, &s), CLUS_DONE);
    clus_suggestions_free(suggestions);
}

static void documents_of_hits_can_be_read(void **state)
{
    struct one_index *f = *state;
    clus_results *results = search_with(f, "музей", NULL, NULL);
    clus_stored *stored = NULL;
    clus_hit hit;
    assert_int_equal(clus_results_document(results, &stored, NULL), CLUS_E_ARGUMENT);
    assert_int_equal(clus_results_next(results, &hit, NULL), CLUS_OK);
    assert_int_equal(hit.rank, 1);
    assert_true(hit.score > 0);
    assert_int_equal(clus_results_document(results, &stored, NULL), CLUS_OK);
    assert_memory_equal(clus_stored_view(stored)->date.data, "2024-06-01", 10);
    clus_stored_free(stored);
    clus_results_free(results);
}

static void passages_show_the_words(void **state)
{
    struct one_index *f = *state;
    clus_results *results = search_with(f, "музея театром", NULL, NULL);
    clus_snippet snippet;
    clus_hit hit;
    assert_int_equal(clus_results_snippet(results, 0, &snippet, NULL), CLUS_E_ARGUMENT);
    assert_int_equal(clus_results_next(results, &hit, NULL), CLUS_OK);
    assert_true(hit.partial);
    assert_int_equal(clus_results_snippet(results, 19, &snippet, NULL), CLUS_E_ARGUMENT);
    assert_int_equal(clus_results_snippet(results, 0, &snippet, NULL), CLUS_OK);
    assert_true(snippet.n_marks + snippet.n_title_marks > 0);
    for (size_t i = 0; i < snippet.n_marks; i++)
        assert_true(snippet.marks[i].end <= snippet.text.len);
    clus_results_free(results);
}

/* Score of the best hit with an idf to some power. */
static double score_with(struct one_index *f, float power)
{
    const clus_search_options options = {.ranking = {.idf_power = power}};
    clus_query *query;
    clus_results *results;
    clus_hit hit;
    assert_int_equal(clus_query_parse(str("музей"), NULL, &query, NULL), CLUS_OK);
    assert_int_equal(clus_search(f->snap, query, &options, &results, NULL), CLUS_OK);
    assert_int_equal(clus_results_next(results, &hit, NULL), CLUS_OK);
    double score = hit.score;
    clus_results_free(results);
    clus_query_free(query);
    return score;
}

static void idf_counts_to_a_power(void **state)
{
    double none = score_with(*state, -1), plain = score_with(*state, 1);
    double usual = score_with(*state, 0), square = score_with(*state, 2);
    assert_true(none > 0 && none < plain);
    assert_true(fabs(plain * plain / (none * square) - 1) < 1e-4);
    assert_true(fabs(usual * usual / (plain * square) - 1) < 1e-4); /* 1.5 */
}

/* Hits of a query as "id" or "id?" for a partial one. */
static void expect_list(struct one_index *f, const char *query, uint32_t expand, clus_op op,
                        const char *wanted)
{
    const clus_parse_options parse = {.op = op, .expand = expand};
    clus_results *results = search_with(f, query, &parse, NULL);
    char got[256] = "";
    clus_hit hit;
    while (clus_results_next(results, &hit, NULL) == CLUS_OK) {
        size_t len = strlen(got);
        (void)snprintf(got + len, sizeof got - len, "%s%.*s%s", len ? " " : "",
                       (int)hit.id.len, hit.id.data, hit.partial ? "?" : "");
    }
    assert_string_equal(got, wanted);
    clus_results_free(results);
}

static bool finds_family(struct one_index *f, const char *text)
{
    clus_results *results = search_with(f, text, NULL, NULL);
    clus_result_info info;
    bool told = false;
    clus_results_info(results, &info);
    for (size_t i = 0; i < info.n_expanded && !told; i++) {
        clus_expansion e = {.kind = ""};
        assert_int_equal(clus_results_expansion(results, i, &e), CLUS_OK);
        told = strcmp(e.kind, "family") == 0 && e.weight > 0 && e.weight < 1;
    }
    clus_results_free(results);
    return told;
}

/* театр and театральный share five letters, so one finds the other, where not all words
 * have to match; what has the word itself comes first. */
static void a_family_is_below_its_word(void **state)
{
    struct one_index *f = *state;
    expect_list(f, "театры", 0, CLUS_OP_AUTO, "theatre");
    expect_list(f, "театралы", CLUS_EXPAND_STEM, CLUS_OP_AUTO, "");
    expect_list(f, "театралы", 0, CLUS_OP_AUTO, "theatre?");
    expect_list(f, "театралы", 0, CLUS_OP_OR, "theatre");
    expect_list(f, "театралы", 0, CLUS_OP_AND, "");
    expect_list(f, "=театралы", 0, CLUS_OP_AUTO, "");
    expect_list(f, "театралы музей", CLUS_EXPAND_STEM, CLUS_OP_AUTO, "quarter?");
    expect_list(f, "театралы музей", 0, CLUS_OP_AUTO, "quarter? theatre?");
    expect_list(f, "музей -театралы", 0, CLUS_OP_AUTO, "quarter");
    assert_true(finds_family(f, "театралы"));
    assert_true(finds_family(f, "театралы музей"));
    assert_false(
        finds_family(f, "театралы театральный театр музей")); /* asked for itself */
}

static void frequent_words_are_words(void **state)
{
    struct one_index *f = *state;
    expect_list(f, "\"и не только\"", 0, CLUS_OP_AUTO, "hub");
    expect_list(f, "\"и не\"", 0, CLUS_OP_AND, "hub");
    expect_list(f, "театр +не", 0, CLUS_OP_AND, "theatre");
    expect_list(f, "и не", 0, CLUS_OP_AND, "theatre hub");
    expect_list(f, "хаб -не", 0, CLUS_OP_AUTO, "");
}

static void impossible_options_are_refused(void **state)
{
    struct one_index *f = *state;
    const clus_filter no_bytes[] = {{.field = {NULL, 3}, .value = str("x")},
                                    {.field = str("tag"), .value = {NULL, 3}}};
    const clus_search_options options[] = {{.limit = 100001},
                                           {.offset = 1000001},
                                           {.reserved = {1}},
                                           {.n_filters = 65},
                                           {.n_filters = 1, .filters = &no_bytes[0]},
                                           {.n_filters = 1, .filters = &no_bytes[1]},
                                           {.ranking = {.k1 = NAN}},
                                           {.ranking = {.title_weight = INFINITY}},
                                           {.ranking = {.idf_power = 1e30f}},
                                           {.ranking = {.b = 1.5f}}};
    clus_query *query;
    clus_results *results = NULL;
    assert_int_equal(clus_query_parse(str("музей"), NULL, &query, NULL), CLUS_OK);
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
        assert_int_equal(clus_search(f->snap, query, &options[i], &results, NULL),
                         CLUS_E_ARGUMENT);
    assert_null(results);
    clus_query_free(query);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_match_in_any_form),
        cmocka_unit_test(idf_counts_to_a_power),
        cmocka_unit_test(frequent_words_are_words),
        cmocka_unit_test(a_family_is_below_its_word),
        cmocka_unit_test(titles_rank_first),
        cmocka_unit_test(operators_combine_words),
        cmocka_unit_test(phrases_match_in_place),
        cmocka_unit_test(fields_restrict_words),
        cmocka_unit_test(values_filter),
        cmocka_unit_test(patterns_match_surface_forms),
        cmocka_unit_test(auto_fills_up_with_partial_matches),
        cmocka_unit_test(filters_hold_without_changing_scores),
        cmocka_unit_test(dates_sort),
        cmocka_unit_test(counting_is_exact_when_asked),
        cmocka_unit_test(what_is_not_done_is_said),
        cmocka_unit_test(what_is_not_done_fails_a_strict_query),
        cmocka_unit_test(a_score_is_taken_apart),
        cmocka_unit_test(readings_are_told),
        cmocka_unit_test(other_layouts_are_read),
        cmocka_unit_test(layouts_are_for_words_that_find_nothing),
        cmocka_unit_test(kazakh_letters_may_be_missing),
        cmocka_unit_test(misspelt_words_are_corrected),
        cmocka_unit_test(right_words_are_not_corrected),
        cmocka_unit_test(words_are_completed),
        cmocka_unit_test(impossible_suggestions_are_refused),
        cmocka_unit_test(documents_of_hits_can_be_read),
        cmocka_unit_test(passages_show_the_words),
        cmocka_unit_test(impossible_options_are_refused),
    };
    return cmocka_run_group_tests_name("search", tests, set_up, one_index_close);
}
