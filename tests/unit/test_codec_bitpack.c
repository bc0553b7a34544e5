/* Columns: every set of loops gives what plain C gives, for all widths and exceptions, and
 * what was packed comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/bitpack.h"
#include "codec/postings.h"

static uint64_t seed = 4711;

static uint32_t draw(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 32);
}

/* Values of `width` bits, `wide` of them up to `high` bits wider. */
static void make_values(uint32_t *values, unsigned n, unsigned width, unsigned wide,
                        unsigned high)
{
    for (unsigned i = 0; i < n; i++)
        values[i] = width == 0 ? 0 : draw() >> (32 - width);
    for (unsigned i = 0; i < wide; i++)
        values[draw() % n] =
            (uint32_t)((uint64_t)draw() >> (width + high > 32 ? 0 : 32 - width - high));
}

/* A packed column in memory that ends where the decoder may no longer load. */
struct packed {
    struct column_head head;
    size_t len;
    uint8_t *bytes;
};

static struct packed pack(const uint32_t *values, unsigned n, struct column_head head)
{
    struct packed p = {head, clus__column_bytes(n, head), NULL};
    assert_true(p.len <= COLUMN_MAX_BYTES);
    p.bytes = calloc(1, p.len + 16);
    assert_non_null(p.bytes);
    assert_int_equal(clus__column_pack(values, n, head, p.bytes), p.len);
    return p;
}

/* Any part of a column is what it is within the whole. */
static void check_parts(const struct pack_ops *ops, const struct packed *p,
                        const uint32_t *values, unsigned n)
{
    uint32_t out[COLUMN_VALUES];
    for (unsigned turn = 0; turn < 8; turn++) {
        unsigned from = draw() % n, to = from + 1 + draw() % (n - from);
        if (turn == 0)
            to = n;
        memset(out, 0xEE, sizeof out);
        clus__column_part(ops, p->bytes, n, p->head, (struct value_range){from, to}, out);
        assert_memory_equal(out + from, values + from, (to - from) * sizeof *out);
    }
}

static void check_column(const uint32_t *values, unsigned n, struct column_head head)
{
    struct packed p = pack(values, n, head);
    uint64_t sum = 0;
    for (unsigned i = 0; i < n; i++)
        sum += values[i];
    for (enum cpu_level level = CPU_SCALAR; level < CPU_LEVELS; level++) {
        const struct pack_ops *ops = clus__pack_ops_of(level);
        uint32_t out[COLUMN_VALUES];
        if (!ops)
            continue;
        assert_true(clus__column_unpack(ops, p.bytes, n, head, 0, out) >= sum);
        assert_memory_equal(out, values, n * sizeof *out);
        (void)clus__column_unpack(ops, p.bytes, n, head, 1, out);
        for (unsigned i = 0; i < n; i++)
            assert_int_equal(out[i], values[i] + 1);
        check_parts(ops, &p, values, n);
    }
    free(p.bytes);
}

static void columns_come_back(void **state)
{
    (void)state;
    uint32_t values[COLUMN_VALUES];
    for (unsigned width = 0; width <= 32; width++)
        for (unsigned wide = 0; wide <= 60; wide += 12)
            for (unsigned n = 1; n <= COLUMN_VALUES; n += n < 8 ? 1 : n == 255 ? 1 : 31) {
                make_values(values, n, width, wide, 1 + draw() % 20);
                struct column_head best = clus__column_choose(values, n);
                check_column(values, n, best);
                assert_true(clus__column_bytes(n, best) <= ((size_t)n * 32 + 7) / 8);
            }
}

static void a_chosen_head_is_the_smallest(void **state)
{
    (void)state;
    uint32_t values[COLUMN_VALUES];
    for (unsigned turn = 0; turn < 500; turn++) {
        unsigned n = 1 + draw() % COLUMN_VALUES;
        make_values(values, n, draw() % 20, draw() % 80, draw() % 13);
        size_t best = clus__column_bytes(n, clus__column_choose(values, n));
        for (unsigned width = 0; width <= 32; width++) {
            unsigned exceptions = 0;
            uint32_t widest = 0;
            for (unsigned i = 0; i < n; i++) {
                exceptions += width < 32 && values[i] >> width != 0;
                widest |= width < 32 ? values[i] >> width : 0;
            }
            if (exceptions > COLUMN_MAX_EXCEPTIONS)
                continue;
            unsigned high = widest >> 8 ? 32 : widest >> 4 ? 8 : widest >> 2 ? 4 : 2;
            size_t bytes =
                ((size_t)n * width + 7) / 8 + exceptions + (exceptions * high + 7) / 8;
            assert_true(best <= bytes);
        }
    }
}

/* Numbers that do not fit are anything, but for the last. */
static void lanes_agree(const struct pack_ops *ops, const struct packed *p, uint32_t before,
                        const uint32_t numbers[COLUMN_VALUES])
{
    struct short_lanes lanes;
    (void)clus__column_lanes(ops, p->bytes, p->head, before, &lanes);
    assert_int_equal(lanes.base, before);
    assert_int_equal(lanes.last, numbers[COLUMN_VALUES - 1]);
    for (unsigned i = 0; i < COLUMN_VALUES; i++)
        if (numbers[COLUMN_VALUES - 1] - before <= UINT16_MAX && p->head.width <= 16)
            assert_int_equal(clus__short_number(&lanes, i), numbers[i]);
}

/* All widths, also such that the sum wraps: every set must wrap alike. */
static void sums_agree(void **state)
{
    (void)state;
    uint32_t gaps[COLUMN_VALUES], stored[COLUMN_VALUES], out[COLUMN_VALUES];
    for (unsigned width = 0; width <= 32; width++)
        for (unsigned wide = 0; wide <= 60; wide += 20) {
            make_values(gaps, COLUMN_VALUES, width, wide, 9);
            for (unsigned i = 0; i < COLUMN_VALUES; i++)
                stored[clus__sum_place(i)] = gaps[i];
            struct packed p =
                pack(stored, COLUMN_VALUES, clus__column_choose(stored, COLUMN_VALUES));
            uint32_t before = draw();
            for (enum cpu_level level = CPU_SCALAR; level < CPU_LEVELS; level++) {
                const struct pack_ops *ops = clus__pack_ops_of(level);
                uint32_t doc = before;
                if (!ops)
                    continue;
                (void)clus__column_sum(ops, p.bytes, p.head, before, out);
                for (unsigned i = 0; i < COLUMN_VALUES; i++) {
                    doc += gaps[i] + 1;
                    assert_int_equal(out[i], doc);
                }
                lanes_agree(ops, &p, before, out);
            }
            free(p.bytes);
        }
}

/* Heads that no writer makes stay within bounds and are the same everywhere. */
static void hostile_columns_agree(void **state)
{
    (void)state;
    uint8_t bytes[COLUMN_MAX_BYTES + 16];
    for (unsigned turn = 0; turn < 3000; turn++) {
        struct column_head head = {(uint8_t)(draw() % 33), (uint8_t)draw()};
        unsigned n = turn % 2 ? COLUMN_VALUES : 64 + draw() % 192;
        for (size_t i = 0; i < sizeof bytes; i++)
            bytes[i] = (uint8_t)draw();
        size_t len = clus__column_bytes(n, head);
        assert_true(len <= COLUMN_MAX_BYTES);
        uint8_t *exact = malloc(len + 16);
        assert_non_null(exact);
        memcpy(exact, bytes, len + 16);
        uint32_t want[COLUMN_VALUES] = {0}, out[COLUMN_VALUES] = {0};
        uint64_t bound =
            clus__column_unpack(clus__pack_ops_of(CPU_SCALAR), exact, n, head, 0, want);
        for (enum cpu_level level = CPU_SCALAR; level < CPU_LEVELS; level++) {
            const struct pack_ops *ops = clus__pack_ops_of(level);
            if (!ops)
                continue;
            memset(out, 0, sizeof out);
            assert_int_equal(clus__column_unpack(ops, exact, n, head, 0, out), bound);
            assert_memory_equal(out, want, n * sizeof *out);
            clus__column_part(ops, exact, n, head, (struct value_range){n / 3, n},
                              out); /* stays within bounds */
        }
        free(exact);
    }
    assert_int_equal(clus__column_bytes(256, (struct column_head){33, 0}), SIZE_MAX);
    assert_int_equal(clus__column_bytes(5, (struct column_head){1, 6}), SIZE_MAX);
}

static void flag_bits_agree(void **state)
{
    (void)state;
    uint8_t bits[32], want[256], out[256];
    for (unsigned turn = 0; turn < 100; turn++) {
        for (size_t i = 0; i < sizeof bits; i++)
            bits[i] = (uint8_t)draw();
        for (size_t i = 0; i < sizeof want; i++)
            want[i] = (uint8_t)draw();
        for (enum cpu_level level = CPU_SCALAR; level < CPU_LEVELS; level++) {
            const struct pack_ops *ops = clus__pack_ops_of(level);
            if (!ops)
                continue;
            memcpy(out, want, sizeof out);
            ops->flag_bits(bits, 4, out);
            for (unsigned i = 0; i < 256; i++)
                assert_int_equal(out[i], want[i] | (bits[i / 8] >> i % 8 & 1 ? 4 : 0));
        }
    }
}

static void sums_before_agree(void **state)
{
    (void)state;
    uint32_t values[COLUMN_VALUES + 8], out[COLUMN_VALUES + 8];
    uint8_t marks[COLUMN_VALUES + 8];
    for (unsigned turn = 0; turn < 200; turn++) {
        uint32_t n = draw() % (COLUMN_VALUES + 1);
        for (uint32_t i = 0; i < n; i++) {
            values[i] = draw() >> draw() % 32;
            marks[i] = (uint8_t)draw();
        }
        for (enum cpu_level level = CPU_SCALAR; level < CPU_LEVELS; level++) {
            const struct pack_ops *ops = clus__pack_ops_of(level);
            uint32_t want = 0;
            if (!ops)
                continue;
            ops->sum_before(values, marks, 4, n, out);
            for (uint32_t i = 0; i < n; i++) {
                assert_int_equal(out[i], want);
                want += marks[i] & 4 ? 0 : values[i];
            }
        }
    }
}

/* Small gaps, and such that pass 2^32: once, by a step of 2^32, or as the last of all. */
static void ascending_agrees(void **state)
{
    (void)state;
    uint32_t gaps[COLUMN_VALUES + 8] = {0}, out[COLUMN_VALUES + 8];
    for (unsigned turn = 0; turn < 2000; turn++) {
        uint32_t n = 1 + draw() % COLUMN_VALUES, first = turn % 2 ? 1024 : 0;
        for (uint32_t i = 0; i < n; i++)
            gaps[i] = draw() >> (turn % 3 ? 12 + draw() % 20 : 8 + draw() % 24);
        if (turn % 5 == 0)
            gaps[draw() % n] = UINT32_MAX - draw() % 3;
        uint64_t at = (uint32_t)(gaps[0] + first);
        for (uint32_t i = 1; i < n; i++)
            at += (uint64_t)gaps[i] + 1;
        for (enum cpu_level level = CPU_SCALAR; level < CPU_LEVELS; level++) {
            const struct pack_ops *ops = clus__pack_ops_of(level);
            if (!ops)
                continue;
            memcpy(out, gaps, sizeof out); /* in place */
            assert_int_equal(ops->ascend(out, n, first, out), at <= UINT32_MAX);
            if (at > UINT32_MAX)
                continue;
            uint32_t want = gaps[0] + first;
            for (uint32_t i = 0; i < n; i++) {
                assert_int_equal(out[i], want);
                want += i + 1 < n ? gaps[i + 1] + 1 : 0;
            }
        }
    }
}

/* Documents of a block in a row, as far as all of their deltas lie in one sub-block. */
static void places_agree(void **state)
{
    (void)state;
    static uint32_t deltas[COLUMN_VALUES + 8], firsts[BLOCK_DOCS + 1];
    static uint32_t out[COLUMN_VALUES + 8], want[COLUMN_VALUES];
    static uint8_t flags[BLOCK_DOCS];
    for (unsigned turn = 0; turn < 2000; turn++) {
        uint16_t at[BLOCK_DOCS], ends[BLOCK_DOCS], want_ends[BLOCK_DOCS];
        uint32_t n = 0, sum = 0, most = turn % 2 ? 9 : 100;
        for (uint32_t i = 0; i < BLOCK_DOCS; i++) {
            firsts[i] = sum;
            flags[i] = draw() % 8 & (uint8_t)draw();
            sum += flags[i] & FLAG_EXTRA_ONLY ? 0 : 1 + draw() % most;
        }
        firsts[BLOCK_DOCS] = sum;
        for (uint32_t i = 0; i < COLUMN_VALUES + 8; i++)
            deltas[i] = draw() >> (17 + draw() % 15);
        uint32_t begin = draw() % sum / COLUMN_VALUES * COLUMN_VALUES, n_want = 0, end = 0;
        for (uint32_t i = 0; i < BLOCK_DOCS; i++)
            if (firsts[i] >= begin && draw() % 3 == 0)
                at[n++] = (uint16_t)i;
        for (; end < n; end++) {
            uint32_t doc = at[end], from = firsts[doc] - begin, place = end + 1;
            uint32_t count = firsts[doc + 1] - firsts[doc];
            if (from + count > COLUMN_VALUES)
                break;
            place = (place << PLACE_BITS) + (flags[doc] & FLAG_TITLE ? 0 : POS_TEXT) - 1;
            for (uint32_t k = 0; k < count; k++)
                want[n_want++] = place += deltas[from + k] + 1;
            want_ends[end] = (uint16_t)n_want;
        }
        const struct place_row row = {at, n, deltas, begin, firsts, flags, out, ends};
        for (enum cpu_level level = CPU_SCALAR; level < CPU_LEVELS; level++) {
            const struct pack_ops *ops = clus__pack_ops_of(level);
            uint32_t n_out = 0;
            if (!ops)
                continue;
            assert_int_equal(ops->place(&row, 0, &n_out), end);
            assert_int_equal(n_out, n_want);
            assert_memory_equal(ends, want_ends, end * sizeof *ends);
            assert_memory_equal(out, want, n_want * sizeof *out);
        }
    }
}

int main(void)
{
    assert_non_null(clus__pack_ops());
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_come_back),
        cmocka_unit_test(a_chosen_head_is_the_smallest),
        cmocka_unit_test(sums_agree),
        cmocka_unit_test(hostile_columns_agree),
        cmocka_unit_test(flag_bits_agree),
        cmocka_unit_test(sums_before_agree),
        cmocka_unit_test(ascending_agrees),
        cmocka_unit_test(places_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
