/* Each allocation of parsing fails in turn: CLUS_E_NOMEM, and nothing left behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <clustersearch/query.h>

#include "failing_alloc.h"

static const char *const own_fields[] = {"Автор"};

static clus_status parse(void *context)
{
    const char *text = context;
    clus_parse_options opts = {.fields = own_fields, .n_fields = 1};
    clus_query *q = NULL;
    clus_error err = {0};
    clus_status st = clus_query_parse((clus_str){text, strlen(text)}, &opts, &q, &err);
    if ((st == CLUS_OK) != (q != NULL) || (int)st != err.code)
        return CLUS_E_ARGUMENT;
    if (q && !clus_query_text(q)) /* made when it is asked for */
        st = CLUS_E_NOMEM;
    clus_query_free(q);
    return st;
}

static void every_failure_is_reported_and_leaves_nothing(void **state)
{
    (void)state;
    /* Long enough for several chunks of memory. */
    static char text[8000];
    static const char piece[] = "автор:Абай (a OR -b) \"c d\"~2 e* f~1 /g/ x-y* +h -i j "
                                "NEAR/2 k ADJ l ) date:2024.. ";
    for (size_t n = 0; n + sizeof piece < sizeof text; n += sizeof piece - 1)
        memcpy(text + n, piece, sizeof piece);
    assert_true(fail_each_allocation(parse, text) > 10);
    char small[] = "a";
    assert_true(fail_each_allocation(parse, small) >= 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_failure_is_reported_and_leaves_nothing),
    };
    return cmocka_run_group_tests_name("query_nomem", tests, NULL, NULL);
}
