/* Growing bytes: what goes in comes out, bounds stick, nothing is written after a failure.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

static void keeps_what_was_added(void **state)
{
    (void)state;
    struct buf b = {0};
    for (int i = 0; i < 1000; i++)
        clus__buf_byte(&b, (uint8_t)i);
    clus__buf_varint(&b, 300);
    assert_int_equal(clus__buf_status(&b), CLUS_OK);
    assert_int_equal(b.len, 1002);
    assert_int_equal(b.data[999], 999 & 0xff);
    assert_int_equal(b.data[1000], 0xac);
    assert_int_equal(b.data[1001], 2);
    clus__buf_done(&b);
}

static void a_bound_sticks(void **state)
{
    (void)state;
    struct buf b = {.max = 4};
    clus__buf_u32(&b, 7);
    assert_int_equal(clus__buf_status(&b), CLUS_OK);
    clus__buf_byte(&b, 1);
    assert_int_equal(clus__buf_status(&b), CLUS_E_LIMIT);
    assert_int_equal(b.len, 4);
    clus__buf_clear(&b);
    clus__buf_byte(&b, 1);
    assert_int_equal(clus__buf_status(&b), CLUS_OK);
    clus__buf_done(&b);
}

static void messages_are_cut_at_a_code_point(void **state)
{
    (void)state;
    clus_error err;
    char text[400];
    for (size_t i = 0; i + 2 < sizeof text; i += 2) {
        text[i] = (char)0xd0;
        text[i + 1] = (char)0xb0;
    }
    text[sizeof text - 2] = '\0';
    assert_int_equal(clus__fail(&err, CLUS_E_LIMIT, "x%s", text), CLUS_E_LIMIT);
    size_t len = 0;
    while (err.message[len])
        len++;
    assert_int_equal(len % 2, 1); /* x and whole letters */
    assert_true(len < sizeof err.message);
    assert_int_equal((unsigned char)err.message[len - 1], 0xb0);
}

static void arena_pieces_are_zeroed_and_bounded(void **state)
{
    (void)state;
    struct arena a = {.max = 100000};
    for (int i = 0; i < 100; i++) {
        unsigned char *p = clus__arena_alloc(&a, 3, 33);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % 16, 0);
        for (int j = 0; j < 99; j++)
            assert_int_equal(p[j]++, 0);
    }
    assert_null(clus__arena_alloc(&a, 1, 200000));
    assert_null(clus__arena_alloc(&a, SIZE_MAX, 2));
    clus__arena_done(&a);
}

/* Pieces that are left as they are do not spoil the next ones. */
static void raw_pieces_lie_between_zeroed_ones(void **state)
{
    (void)state;
    struct arena a = {.max = 0};
    for (int round = 0; round < 2; round++) {
        for (size_t size = 1; size < 3000; size += size / 2 + 7) {
            unsigned char *raw = clus__arena_raw(&a, 1, size);
            assert_non_null(raw);
            memset(raw, 0xAA, size);
            unsigned char *p = clus__arena_alloc(&a, 1, size);
            assert_non_null(p);
            for (size_t i = 0; i < size; i++)
                assert_int_equal(p[i]++, 0);
            for (size_t i = 0; i < size; i++)
                assert_int_equal(raw[i], 0xAA);
        }
        clus__arena_reset(&a);
    }
    clus__arena_done(&a);
}

/* What one operation wrote is gone, its room is found again without more memory. */
static void an_arena_is_used_again(void **state)
{
    (void)state;
    enum { PIECES = 50, PIECE = 700 };
    struct arena a = {.max = 0};
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < PIECES; i++) {
            unsigned char *p = clus__arena_alloc(&a, 1, PIECE);
            assert_non_null(p);
            for (int j = 0; j < PIECE; j++)
                assert_int_equal(p[j]++, 0);
        }
        size_t total = a.total;
        clus__arena_reset(&a);
        assert_int_equal(a.used, 0);
        assert_int_equal(a.size, a.total); /* one piece */
        assert_int_equal(a.total, total);
    }
    assert_non_null(clus__arena_raw(&a, 1, 1 << 20));
    clus__arena_reset(&a);
    assert_true(a.total < 1 << 20); /* too much to be kept */
    clus__arena_done(&a);
    assert_int_equal(a.total, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_what_was_added),
        cmocka_unit_test(a_bound_sticks),
        cmocka_unit_test(messages_are_cut_at_a_code_point),
        cmocka_unit_test(arena_pieces_are_zeroed_and_bounded),
        cmocka_unit_test(raw_pieces_lie_between_zeroed_ones),
        cmocka_unit_test(an_arena_is_used_again),
    };
    return cmocka_run_group_tests_name("base_buf", tests, NULL, NULL);
}
