/* Each allocation of choosing a passage fails in turn; the passage stays usable. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "failing_alloc.h"
#include "snippet/snippet.h"

static const char text[] =
    "Креативный кластер открыли в Якутске. Слон, слон, слон и кот, слон, "
    "слон, слон, кот, слон, слон, слон, слон, слон, слон и кот.";

struct work {
    const clus_analyzer *analyzer;
    struct passage passage;
};

static clus_status choose(void *context)
{
    struct work *work = context;
    static const struct mark_term terms[] = {
        {MARK_FORM, {(const uint8_t *)"слон", 8}, 1, 0},
        {MARK_GLOB, {(const uint8_t *)"ко*", 5}, 1, 1},
    };
    struct bytes all = {(const uint8_t *)text, sizeof text - 1};
    struct lexer *lx = NULL;
    clus_status st = clus__lexer_new(work->analyzer, &lx);
    if (st == CLUS_OK)
        st = clus__snippet_select(lx, all, terms, 2, 200, &work->passage);
    if (st == CLUS_OK && work->passage.n_marks != 15)
        st = CLUS_E_ARGUMENT;
    if (st == CLUS_OK)
        st = clus__snippet_mark(lx, all, terms, 2, &work->passage);
    clus__lexer_free(lx);
    return st;
}

static clus_status choose_anew(void *context)
{
    clus_status st = choose(context);
    clus__passage_done(&((struct work *)context)->passage);
    return st;
}

static void every_failure_is_reported_and_leaves_nothing(void **state)
{
    (void)state;
    clus_analyzer *analyzer = NULL;
    assert_int_equal(clus_analyzer_new(CLUS_ANALYZER_AUTO, &analyzer, NULL), CLUS_OK);
    struct work work = {.analyzer = analyzer};
    assert_true(fail_each_allocation(choose_anew, &work) > 8);
    clus_analyzer_free(analyzer);
}

static void a_passage_works_again_after_a_failure(void **state)
{
    (void)state;
    clus_analyzer *analyzer = NULL;
    assert_int_equal(clus_analyzer_new(CLUS_ANALYZER_AUTO, &analyzer, NULL), CLUS_OK);
    struct work work = {.analyzer = analyzer};
    clus_status st = CLUS_E_NOMEM;
    for (long n = 0; st != CLUS_OK;
         n++) { /* each attempt begins where the last one failed */
        allocations_left = n;
        st = choose(&work);
        allocations_left = -1;
        assert_true(st == CLUS_OK || st == CLUS_E_NOMEM);
    }
    clus__passage_done(&work.passage);
    clus_analyzer_free(analyzer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_failure_is_reported_and_leaves_nothing),
        cmocka_unit_test(a_passage_works_again_after_a_failure),
    };
    return cmocka_run_group_tests_name("snippet_nomem", tests, NULL, NULL);
}
