/* The bounds of a query: each is told with what was dropped, and nothing fails but memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "base/buf.h"
#include "query/parse.h"
#include "query/scan.h"

static void repeat(struct buf *b, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        clus__buf_add(b, text, strlen(text));
}

static void parse(struct clus_query *q, const struct buf *b)
{
    *q = (struct clus_query){0};
    assert_int_equal(clus__buf_status(b), CLUS_OK);
    assert_int_equal(clus__query_parse(clus__buf_bytes(b), NULL, q, NULL), CLUS_OK);
}

static void expect_warning(const struct clus_query *q, size_t offset, size_t length,
                           const char *part)
{
    assert_int_equal(q->n_warnings, 1);
    assert_int_equal(q->warnings[0].offset, offset);
    assert_int_equal(q->warnings[0].length, length);
    assert_non_null(strstr(q->warnings[0].message, part));
}

static void expect_strict(const struct buf *b, clus_status status, uint64_t offset)
{
    clus_parse_options opts = {.strict = true};
    struct clus_query q = {0};
    clus_error err = {0};
    assert_int_equal(clus__query_parse(clus__buf_bytes(b), &opts, &q, &err), status);
    assert_int_equal(err.code, status);
    assert_int_equal(err.offset, offset);
    clus__query_done(&q);
}

static void text_is_cut_at_64_kib_between_letters(void **state)
{
    (void)state;
    struct buf b = {0};
    struct clus_query q;
    repeat(&b, "x", 1);
    repeat(&b, "ж", 40000); /* odd offsets: the bound falls into a letter */
    parse(&q, &b);
    expect_warning(&q, QUERY_MAX_BYTES - 1, b.len - QUERY_MAX_BYTES + 1, "65536 bytes");
    assert_int_equal(q.source.len, QUERY_MAX_BYTES - 1);
    assert_int_equal(q.root->kind, AST_WORD);
    expect_strict(&b, CLUS_E_LIMIT, QUERY_MAX_BYTES - 1);
    clus__query_done(&q);
    clus__buf_done(&b);
}

static void exactly_64_kib_is_no_matter(void **state)
{
    (void)state;
    struct buf b = {0};
    struct clus_query q;
    repeat(&b, "x", QUERY_MAX_BYTES);
    parse(&q, &b);
    assert_int_equal(q.n_warnings, 0);
    assert_int_equal(q.root->text.len, QUERY_MAX_BYTES);
    clus__query_done(&q);
    clus__buf_done(&b);
}

static void the_1025th_clause_and_what_follows_is_dropped(void **state)
{
    (void)state;
    struct buf b = {0};
    struct clus_query q;
    repeat(&b, "a ", QUERY_MAX_CLAUSES);
    parse(&q, &b);
    assert_int_equal(q.n_warnings, 0);
    assert_int_equal(q.root->n_children, QUERY_MAX_CLAUSES);
    clus__query_done(&q);
    repeat(&b, "b (c d", 1);
    parse(&q, &b);
    expect_warning(&q, 2 * QUERY_MAX_CLAUSES, 6, "1024 clauses");
    assert_int_equal(q.root->n_children, QUERY_MAX_CLAUSES);
    expect_strict(&b, CLUS_E_LIMIT, 2 * QUERY_MAX_CLAUSES);
    clus__query_done(&q);
    clus__buf_done(&b);
}

static void pieces_of_a_pattern_count_as_clauses(void **state)
{
    (void)state;
    struct buf b = {0};
    struct clus_query q;
    repeat(&b, "a-", 2000);
    repeat(&b, "b*", 1);
    parse(&q, &b);
    assert_int_equal(q.n_warnings, 1);
    assert_non_null(strstr(q.warnings[0].message, "1024 clauses"));
    clus__query_done(&q);
    clus__buf_done(&b);
}

static size_t depth_of(const struct ast_node *node)
{
    size_t deepest = 0;
    for (size_t i = 0; i < node->n_children; i++) {
        size_t d = depth_of(node->children[i]);
        deepest = d > deepest ? d : deepest;
    }
    return deepest + 1;
}

static void nest(struct buf *b, size_t depth)
{
    repeat(b, "(a OR ", depth);
    repeat(b, "b", 1);
    repeat(b, ")", depth);
}

static void brackets_beyond_64_are_left_out_and_their_words_kept(void **state)
{
    (void)state;
    struct buf b = {0};
    struct clus_query q;
    nest(&b, QUERY_MAX_DEPTH);
    parse(&q, &b);
    assert_int_equal(q.n_warnings, 0);
    assert_int_equal(depth_of(q.root), QUERY_MAX_DEPTH + 1);
    clus__query_done(&q);
    b.len = 0;
    nest(&b, QUERY_MAX_DEPTH + 3);
    repeat(&b, " c", 1);
    parse(&q, &b);
    expect_warning(&q, 6 * QUERY_MAX_DEPTH, 1, "deeper than 64");
    assert_int_equal(depth_of(q.root), QUERY_MAX_DEPTH + 2);
    assert_int_equal(q.root->n_children,
                     2); /* the outermost bracket closed where it should */
    assert_int_equal(q.root->children[1]->text.data[0], 'c');
    expect_strict(&b, CLUS_E_LIMIT, 6 * QUERY_MAX_DEPTH);
    clus__query_done(&q);
    clus__buf_done(&b);
}

/* 64 KiB of anything ends quickly: no recursion by text, no search from each sign to the
 * end. */
static void hostile_repetition_ends(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "(",      ")",      "()",      "\"",
        "«",      "“",      "„a",      "-(",
        "NOT ",   "- ",     "+a",      "[a ",
        "date:[", "date:",  "a NEAR ", "=",
        "=(",     "/a",     "a~",      "a^",
        "*-",     "a*-",    "|",       "a OR ",
        "AND ",   "a..",    "title:(", "\xff",
        "a\xff",  "\"\" ",  "?a",      "a ADJ/2 (b NEAR ",
        "a-b* ",  "{a TO ", "((a^9 ",
    };
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        struct buf b = {0};
        struct clus_query q;
        repeat(&b, pieces[i], QUERY_MAX_BYTES / strlen(pieces[i]));
        parse(&q, &b);
        assert_non_null(q.root);
        assert_non_null(clus__query_text(&q));
        assert_true(q.n_warnings <= MAX_COMPLAINTS);
        assert_true(depth_of(q.root) <= 4 * (size_t)QUERY_MAX_DEPTH + 4);
        clus__query_done(&q);
        clus__buf_done(&b);
    }
}

/* Least processor time of three. */
static clock_t time_of(const char *unit, size_t bytes)
{
    struct buf b = {0};
    clock_t least = 0;
    repeat(&b, unit, bytes / strlen(unit));
    for (int i = 0; i < 3; i++) {
        struct clus_query q;
        clock_t before = clock();
        parse(&q, &b);
        clock_t took = clock() - before;
        clus__query_done(&q);
        least = i == 0 || took < least ? took : least;
    }
    clus__buf_done(&b);
    return least;
}

/* What begins a value and has none is not looked through to the end each time: that took a
 * hundred times as long for ten times as much. */
static void time_grows_with_the_text_and_not_its_square(void **state)
{
    static const char *const units[] = {"date:>", ",date:", "tag:<", "title:>=", "/^"};
    (void)state;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        clock_t part = time_of(units[i], QUERY_MAX_BYTES / 10);
        clock_t whole = time_of(units[i], QUERY_MAX_BYTES);
        if (whole > 30 * part + CLOCKS_PER_SEC / 20)
            fail_msg("%s: %ld, of a tenth %ld", units[i], (long)whole, (long)part);
    }
}

static void too_many_warnings_end_with_one_that_says_so(void **state)
{
    (void)state;
    struct buf b = {0};
    struct clus_query q;
    repeat(&b, "a) ", 500);
    parse(&q, &b);
    assert_int_equal(q.n_warnings, MAX_COMPLAINTS);
    assert_non_null(strstr(q.warnings[MAX_COMPLAINTS - 1].message, "not listed"));
    assert_int_equal(q.root->n_children, 500);
    clus__query_done(&q);
    clus__buf_done(&b);
}

static void nested_boosts_stay_finite(void **state)
{
    (void)state;
    struct buf b = {0};
    struct clus_query q;
    repeat(&b, "(a ", QUERY_MAX_DEPTH);
    repeat(&b, ")^1000", QUERY_MAX_DEPTH);
    parse(&q, &b);
    assert_int_equal(q.n_warnings, 0);
    double product = 1;
    for (const struct ast_node *n = q.root; n; n = n->n_children ? n->children[1] : NULL)
        product *= (double)n->boost;
    assert_true(product > 1e5 && product < 2e6);
    clus__query_done(&q);
    clus__buf_done(&b);
}

/* With less and less memory: a result, or CLUS_E_NOMEM and nothing left behind. */
static void every_allocation_may_fail(void **state)
{
    (void)state;
    struct buf b = {0};
    size_t failed = 0;
    repeat(&b, "a (b OR title:c*) \"d e\"~2 -f NEAR/2 g автор:Х x-y* ", 40);
    const char *const fields[] = {"автор"};
    clus_parse_options opts = {.fields = fields, .n_fields = 1};
    for (size_t max = 1; max < 400000; max += 4096) {
        struct clus_query q = {.arena.max = max};
        clus_error err = {0};
        clus_status st = clus__query_parse(clus__buf_bytes(&b), &opts, &q, &err);
        if (st != CLUS_OK) {
            assert_int_equal(st, CLUS_E_NOMEM);
            assert_int_equal(err.code, CLUS_E_NOMEM);
            failed++;
        }
        clus__query_done(&q);
    }
    assert_true(failed > 10 && failed < 97);
    clus__buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_cut_at_64_kib_between_letters),
        cmocka_unit_test(exactly_64_kib_is_no_matter),
        cmocka_unit_test(the_1025th_clause_and_what_follows_is_dropped),
        cmocka_unit_test(pieces_of_a_pattern_count_as_clauses),
        cmocka_unit_test(brackets_beyond_64_are_left_out_and_their_words_kept),
        cmocka_unit_test(hostile_repetition_ends),
        cmocka_unit_test(time_grows_with_the_text_and_not_its_square),
        cmocka_unit_test(too_many_warnings_end_with_one_that_says_so),
        cmocka_unit_test(nested_boosts_stay_finite),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("query_bounds", tests, NULL, NULL);
}
