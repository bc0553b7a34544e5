/* Rice columns: what was packed comes back by every set of loops, the smallest is chosen,
 * and damage is noticed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/rice.h"
#include "draw.h"

enum { FIRST = 1000 };

/* Numbers of which each is 2^k or more as often as not. */
static void make_values(uint32_t *values, unsigned n, unsigned k)
{
    for (unsigned i = 0; i < n; i++) {
        values[i] = k == 0 ? 0 : draw(1u << k);
        while (draw(2))
            values[i] += 1u << k;
    }
}

static size_t unary_bits(const uint32_t *values, unsigned n, unsigned k)
{
    size_t bits = n;
    for (unsigned i = 0; i < n; i++)
        bits += values[i] >> k;
    return bits;
}

/* A packed column in memory that ends where the decoder may no longer load. */
static uint8_t *pack(const uint32_t *values, unsigned n, struct column_head head, bool sums)
{
    size_t len = clus__rice_bytes(n, head);
    uint8_t *bytes = calloc(1, len + 16);
    assert_non_null(bytes);
    assert_int_equal(clus__rice_pack(values, n, head, sums, bytes), len);
    return bytes;
}

static void check_numbers(const uint32_t *values, unsigned n, struct column_head head)
{
    uint8_t *bytes = pack(values, n, head, false);
    for (enum cpu_level level = CPU_SCALAR; level < CPU_LEVELS; level++) {
        const struct pack_ops *ops = clus__pack_ops_of(level);
        uint32_t out[COLUMN_VALUES + 8];
        if (!ops)
            continue;
        assert_true(clus__rice_unpack(ops, bytes, n, head, 1, out));
        for (unsigned i = 0; i < n; i++)
            assert_int_equal(out[i], values[i] + 1);
    }
    free(bytes);
}

static void check_sums(const uint32_t *gaps, unsigned n, struct column_head head)
{
    uint32_t column[COLUMN_VALUES] = {0};
    for (unsigned i = 0; i < n; i++)
        column[n == COLUMN_VALUES ? clus__sum_place(i) : i] = gaps[i];
    uint8_t *bytes = pack(column, n, head, true);
    for (enum cpu_level level = CPU_SCALAR; level < CPU_LEVELS; level++) {
        const struct pack_ops *ops = clus__pack_ops_of(level);
        uint32_t out[COLUMN_VALUES + 8], expected = FIRST - 1;
        if (!ops)
            continue;
        assert_true(clus__rice_sum(ops, bytes, n, head, FIRST, out));
        for (unsigned i = 0; i < n; i++)
            assert_int_equal(out[i], expected += gaps[i] + 1);
        assert_false(clus__rice_sum(ops, bytes, n, head, UINT32_MAX - 100, out));
    }
    free(bytes);
}

static void columns_come_back(void **state)
{
    (void)state;
    for (unsigned n = 1; n <= COLUMN_VALUES; n += n < 20 || n == 255 ? 1 : 47)
        for (unsigned k = 0; k < 16; k++) {
            uint32_t values[COLUMN_VALUES];
            make_values(values, n, k);
            size_t bits = unary_bits(values, n, k);
            if (bits << k >= RICE_UNITS || bits > (size_t)RICE_UNARY_BYTES * 8)
                continue;
            struct column_head head = {(uint8_t)(RICE_MARK | k), (uint8_t)((bits + 7) / 8)};
            check_numbers(values, n, head);
            check_sums(values, n, head);
        }
}

/* No column with exceptions is smaller, nor, but for a byte, one with the k that many
 * numbers were made for. */
static void the_smallest_is_chosen(void **state)
{
    (void)state;
    unsigned chosen = 0;
    for (unsigned turn = 0; turn < 2000; turn++) {
        unsigned n = 1 + draw(COLUMN_VALUES), k = draw(20);
        uint32_t values[COLUMN_VALUES];
        make_values(values, n, k);
        struct column_head head = clus__rice_choose(values, n);
        size_t bits = unary_bits(values, n, k), bytes = clus__rice_bytes(n, head);
        assert_true(bytes <= clus__column_bytes(n, clus__column_choose(values, n)));
        if (n >= 32 && bits <= (size_t)RICE_UNARY_BYTES * 8 && bits << k < RICE_UNITS)
            assert_true(bytes <= (n * k + 7) / 8 + (bits + 7) / 8 + 1);
        chosen += clus__is_rice(head);
        if (clus__is_rice(head))
            check_numbers(values, n, head);
    }
    assert_true(chosen > 1000);
    uint32_t large[4] = {UINT32_MAX, 0, UINT32_MAX, 1u << 31};
    assert_false(clus__is_rice(clus__rice_choose(large, 4)));
}

static void damage_is_noticed(void **state)
{
    (void)state;
    uint32_t values[COLUMN_VALUES], out[COLUMN_VALUES + 8];
    const struct pack_ops *ops = clus__pack_ops();
    make_values(values, 100, 3);
    size_t unary = (unary_bits(values, 100, 3) + 7) / 8, low = (100 * 3 + 7) / 8;
    struct column_head head = {RICE_MARK | 3, (uint8_t)unary}, wide = {RICE_MARK | 22, 0};
    uint8_t *bytes = pack(values, 100, head, false);
    for (size_t bit = 0; bit < unary * 8; bit++) { /* one bit more or less */
        bytes[low + bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_false(clus__rice_unpack(ops, bytes, 100, head, 1, out));
        assert_false(clus__rice_sum(ops, bytes, 100, head, FIRST, out));
        bytes[low + bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_true(clus__rice_unpack(ops, bytes, 100, head, 1, out));
    free(bytes);
    /* sums that could overflow; heads that no writer makes */
    uint8_t many[1024] = {[900] = 0x80};
    wide.exceptions = 255;
    assert_false(clus__rice_unpack(ops, many, 1, wide, 1, out));
    assert_false(clus__rice_sum(ops, many, 1, wide, FIRST, out));
    assert_true(clus__rice_bytes(1, (struct column_head){RICE_MARK | 24, 1}) == SIZE_MAX);
    assert_true(clus__rice_bytes(1, (struct column_head){RICE_MARK | 0x40, 1}) == SIZE_MAX);
    assert_false(
        clus__rice_unpack(ops, many, 1, (struct column_head){RICE_MARK, 0}, 1, out));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_come_back),
        cmocka_unit_test(the_smallest_is_chosen),
        cmocka_unit_test(damage_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
