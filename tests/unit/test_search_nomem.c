/*
 * Each allocation of a search fails in turn. It says so, leaks nothing, and the searcher
 * works again afterwards.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <clustersearch/analyzer.h>

#include "codec/impact.h"
#include "failing_alloc.h"
#include "memory_segment.h"
#include "query/parse.h"
#include "search/search.h"
#include "text/glossary.h"

enum { DOCS = 3000, WORDS = 8 };

/* A word in every tenth document, under its stem with places or as a form. */
static void write_word(struct segment_writer *w, uint8_t kind, const char *text)
{
    uint8_t key[32] = {kind};
    uint32_t position = POS_TEXT + WORDS;
    size_t len = strlen(text);
    memcpy(key + 1, text, len);
    assert_int_equal(
        clus__segment_begin(w, (struct bytes){key, 1 + len},
                            (struct bytes){key + 1, kind == KEY_FORM ? len : 0}),
        CLUS_OK);
    for (uint32_t doc = 0; doc < DOCS; doc += 10)
        assert_int_equal(
            clus__segment_add(w, doc, 1, FLAG_LEAD, kind == KEY_FORM ? NULL : &position),
            CLUS_OK);
    assert_int_equal(clus__segment_end(w), CLUS_OK);
}

/* Word k is in every (k + 1)-th document, at place k of its text. */
static void write_segment(struct memory_segment *m, struct norm *norms)
{
    struct segment_sink sink = memory_segment_sink(m);
    struct segment_writer_config config = {
        .norms = norms, .ndocs = DOCS, .avg_len = WORDS, .positions = true};
    struct segment_writer *w;
    struct segment_totals totals;
    for (uint32_t doc = 0; doc < DOCS; doc++)
        norms[doc] = (struct norm){clus__norm_of_length(WORDS), 0};
    assert_int_equal(clus__segment_writer_new(&sink, &config, &w), CLUS_OK);
    for (uint32_t word = 0; word < WORDS; word++) {
        uint8_t key[] = {KEY_STEM, 'w', (uint8_t)('0' + word)};
        uint32_t position = POS_TEXT + word;
        assert_int_equal(
            clus__segment_begin(w, (struct bytes){key, 3}, (struct bytes){NULL, 0}),
            CLUS_OK);
        for (uint32_t doc = 0; doc < DOCS; doc += word + 1)
            assert_int_equal(clus__segment_add(w, doc, 1, FLAG_LEAD, &position), CLUS_OK);
        assert_int_equal(clus__segment_end(w), CLUS_OK);
    }
    write_word(w, KEY_STEM, "xword");
    write_word(w, KEY_STEM, "қазақ");
    write_word(w, KEY_FORM, "xword");
    write_word(w, KEY_FORM, "қазақ");
    assert_int_equal(clus__segment_finish(w, &totals), CLUS_OK);
    clus__segment_writer_free(w);
    assert_int_equal(memory_segment_open(m, &config, &totals), CLUS_OK);
}

struct fixture {
    struct memory_segment memory;
    struct norm norms[DOCS];
    struct view_segment segment;
    struct view view;
    clus_analyzer *analyzer;
};

static struct fixture *new_fixture(void)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    write_segment(&f->memory, f->norms);
    f->segment = (struct view_segment){.seg = &f->memory.seg};
    f->view = (struct view){.n_segments = 1,
                            .segments = &f->segment,
                            .n_docs = DOCS,
                            .n_live = DOCS,
                            .sum_len = DOCS * WORDS,
                            .positions = true};
    assert_int_equal(clus_analyzer_new(CLUS_ANALYZER_WHITESPACE, &f->analyzer, NULL),
                     CLUS_OK);
    return f;
}

static void free_fixture(struct fixture *f)
{
    clus_analyzer_free(f->analyzer);
    memory_segment_done(&f->memory);
    free(f);
}

struct work {
    struct fixture *fixture;
    struct clus_query *query;
    const clus_glossary *glossary; /* NULL: none */
};

/* The first failure may come at any allocation, a second search must work nevertheless. */
static clus_status search_once(void *context)
{
    struct work *w = context;
    const clus_search_options options = {
        .limit = 20, .count = CLUS_COUNT_EXACT, .glossary = w->glossary};
    struct searcher *searcher;
    clus_status st = clus__searcher_new(w->fixture->analyzer, &searcher);
    if (st != CLUS_OK)
        return st;
    struct search_found found = {.n_hits = 0}, again = {.n_hits = 0};
    st = clus__search(searcher, &w->fixture->view, w->query, &options, &found, NULL);
    if (st == CLUS_OK) {
        assert_true(found.n_hits > 0);
        assert_true(found.total >= found.n_hits);
        clus__search_found_done(&found);
    }
    long left = allocations_left;
    allocations_left = -1;
    assert_int_equal(
        clus__search(searcher, &w->fixture->view, w->query, &options, &again, NULL),
        CLUS_OK);
    clus__search_found_done(&again);
    allocations_left = left;
    clus__searcher_free(searcher);
    return st;
}

static void fail_each_with(struct fixture *f, const char *text, clus_op op,
                           const clus_glossary *glossary)
{
    const clus_parse_options parse = {
        .op = op, .expand = CLUS_EXPAND_DEFAULT | CLUS_EXPAND_DICTIONARY};
    struct clus_query query = {.op = op};
    struct work work = {f, &query, glossary};
    assert_int_equal(clus__query_parse((struct bytes){(const uint8_t *)text, strlen(text)},
                                       &parse, &query, NULL),
                     CLUS_OK);
    assert_true(fail_each_allocation(search_once, &work) > 1);
    clus__query_done(&query);
}

static void fail_each(struct fixture *f, const char *text, clus_op op)
{
    fail_each_with(f, text, op, NULL);
}

static void failing_allocations_with_a_glossary_are_told(void **state)
{
    static const char pairs[] = "w1\tw9|w2 w3\nw4 w5\tw6|w7 w8\nnothing\tw1 w2\n";
    (void)state;
    struct fixture *f = new_fixture();
    clus_glossary *g = NULL;
    clus_error err = {0};
    assert_int_equal(clus__glossary_new(f->analyzer, &g), CLUS_OK);
    assert_int_equal(
        clus__glossary_parse(g, CLUS_GLOSSARY_DICTIONARY,
                             (struct bytes){(const uint8_t *)pairs, strlen(pairs)}, &err),
        CLUS_OK);
    fail_each_with(f, "w1 nothing", CLUS_OP_OR, g);
    fail_each_with(f, "w4 w5 w1", CLUS_OP_AUTO, g);
    fail_each_with(f, "\"w1 w2\" OR w1 NEAR/3 w4", CLUS_OP_AND, g);
    clus__glossary_free(g);
    free_fixture(f);
}

static void every_failing_allocation_is_told(void **state)
{
    (void)state;
    struct fixture *f = new_fixture();
    fail_each(f, "w1", CLUS_OP_OR);
    fail_each(f, "w1 w2 w5 -w7", CLUS_OP_OR);
    fail_each(f, "w1 w2 w5", CLUS_OP_AND);
    fail_each(f, "w1 w2 nothing", CLUS_OP_AUTO);
    fail_each(f, "\"w1 w2\" OR (w3 AND (w4 OR \"w5 w6 w7\"~3))", CLUS_OP_AND);
    fail_each(f, "w* OR w3~1 OR w2 NEAR/3 w4", CLUS_OP_AND);
    fail_each(f, "xwrod OR wxord OR \"w1 xwod\"", CLUS_OP_AND); /* misspelt */
    fail_each(f, "w1 OR казак OR qwp2 OR 0аза0", CLUS_OP_AND);
    free_fixture(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_failing_allocation_is_told),
        cmocka_unit_test(failing_allocations_with_a_glossary_are_told),
    };
    return cmocka_run_group_tests_name("search_nomem", tests, NULL, NULL);
}
