/* Symbols: whatever goes in comes out again, whatever they were learned from; bytes that
 * nobody wrote are refused or decoded, never past their end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/symbols.h"
#include "draw.h"

enum { LONGEST = 400, SAMPLE = 40000 };

static const char *const words[] = {"кластер", "творческий", " и ",    "ость", "ения ",
                                    "завод",   "қала",       ", что ", "a",    " the "};

/* Made of words, or of any bytes. */
static size_t make_text(uint8_t *out, size_t want, bool any)
{
    size_t len = 0;
    while (len < want) {
        uint8_t byte = (uint8_t)draw(256);
        const void *piece = any ? (const void *)&byte : words[draw(10)];
        size_t n = any ? 1 : strlen(piece);
        n = n < want - len ? n : want - len;
        memcpy(out + len, piece, n);
        len += n;
    }
    return len;
}

/* Encode and decode in memory that ends where it must. */
static size_t check(const struct symbol_finder *finder, struct bytes text)
{
    uint8_t *in = malloc(text.len ? text.len : 1);
    uint8_t *codes = malloc(text.len ? SYMBOLS_MORE * text.len : 1);
    uint8_t *out = malloc(text.len ? text.len : 1);
    size_t len;
    assert_true(in && codes && out);
    if (text.len)
        memcpy(in, text.data, text.len);
    size_t n = clus__symbols_encode(finder, (struct bytes){in, text.len}, codes);
    assert_true(n <= SYMBOLS_MORE * text.len);
    uint8_t *exact = malloc(n ? n : 1);
    assert_non_null(exact);
    if (n)
        memcpy(exact, codes, n);
    struct bytes whole = {exact, n};
    const struct symbols *symbols = clus__symbols_of(finder);
    assert_true(clus__symbols_decode(symbols, whole, out, text.len, &len));
    assert_int_equal(len, text.len);
    assert_true(len == 0 || memcmp(out, text.data, len) == 0);
    if (len)
        assert_false(clus__symbols_decode(symbols, whole, out, text.len - 1, &len));
    free(in);
    free(codes);
    free(out);
    free(exact);
    return n;
}

/* What was stored is what is loaded. */
static void check_table(const struct symbols *symbols)
{
    struct symbols *again = malloc(sizeof *again);
    uint8_t *bytes = malloc(SYMBOL_STORED * (size_t)symbols->n + 1);
    assert_true(again && bytes);
    clus__symbols_store(symbols, bytes);
    assert_true(
        clus__symbols_load((struct bytes){bytes, SYMBOL_STORED * symbols->n}, again));
    assert_int_equal(again->n, symbols->n);
    assert_memory_equal(again->strings, symbols->strings, sizeof symbols->strings);
    assert_memory_equal(again->lengths, symbols->lengths, sizeof symbols->lengths);
    free(again);
    free(bytes);
}

static void roundtrip(void **state)
{
    static const struct {
        size_t len;
        bool any;
    } samples[] = {{0, false}, {1, false},      {7, true},
                   {9, false}, {SAMPLE, false}, {SAMPLE, true}};
    static uint8_t sample[SAMPLE], text[LONGEST];
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct symbol_finder *finder;
        size_t len = make_text(sample, samples[i].len, samples[i].any);
        assert_int_equal(clus__symbols_learn((struct bytes){sample, len}, &finder),
                         CLUS_OK);
        check_table(clus__symbols_of(finder));
        check(finder, (struct bytes){sample, len});
        for (unsigned turn = 0; turn < 2000; turn++) {
            len = make_text(text, draw(LONGEST), turn % 2);
            check(finder, (struct bytes){text, len});
        }
        clus__symbols_forget(finder);
    }
}

/* A run of one byte, and zero bytes, which an empty slot stands for. */
static void runs(void **state)
{
    static uint8_t sample[SAMPLE];
    static const uint8_t of[] = {0, 'a', 0xFF};
    (void)state;
    for (size_t i = 0; i < sizeof of; i++) {
        struct symbol_finder *finder;
        memset(sample, of[i], sizeof sample);
        struct bytes all = {sample, sizeof sample};
        assert_int_equal(clus__symbols_learn(all, &finder), CLUS_OK);
        assert_true(check(finder, all) <= SAMPLE / SYMBOL_MOST + 64);
        for (size_t j = 0; j < sizeof of; j++) {
            memset(sample, of[j], sizeof sample);
            check(finder, all);
        }
        clus__symbols_forget(finder);
    }
}

static void shorter(void **state)
{
    static uint8_t sample[SYMBOLS_MORE * SAMPLE], text[SAMPLE];
    struct symbol_finder *finder;
    (void)state;
    struct bytes from = {sample, make_text(sample, SAMPLE, false)};
    struct bytes like = {text, make_text(text, SAMPLE, false)};
    assert_int_equal(clus__symbols_learn(from, &finder), CLUS_OK);
    size_t n = check(finder, like);
    assert_true(n < SAMPLE / 5);
    assert_int_equal(clus__symbols_encode(finder, like, sample), n); /* the same again */
    clus__symbols_forget(finder);
}

static void hostile(void **state)
{
    struct symbols *symbols = malloc(sizeof *symbols);
    uint8_t *table = malloc(SYMBOL_STORED * (SYMBOLS_MAX + 1));
    (void)state;
    assert_true(symbols && table);
    for (unsigned turn = 0; turn < 200; turn++) {
        size_t n = draw(turn % 2 ? SYMBOLS_MAX + 1 : 300);
        for (size_t i = 0; i < n * SYMBOL_STORED; i++)
            table[i] = (uint8_t)(i % SYMBOL_STORED ? draw(256) : 1 + draw(SYMBOL_MOST));
        struct bytes stored = {table, n * SYMBOL_STORED};
        assert_true(clus__symbols_load(stored, symbols));
        for (unsigned k = 0; k < 200; k++) {
            size_t in_len = draw(64), room = draw(300), len = 0;
            uint8_t *in = malloc(in_len ? in_len : 1), *out = malloc(room ? room : 1);
            assert_true(in && out);
            for (size_t i = 0; i < in_len; i++)
                in[i] = (uint8_t)draw(256);
            struct bytes codes = {in, in_len};
            assert_true(!clus__symbols_decode(symbols, codes, out, room, &len) ||
                        len <= room);
            free(in);
            free(out);
        }
    }
    memset(table, 1, SYMBOL_STORED * (SYMBOLS_MAX + 1));
    assert_true(clus__symbols_load((struct bytes){table, SYMBOL_STORED * 2}, symbols));
    assert_false(clus__symbols_load((struct bytes){table, SYMBOL_STORED * 2 - 1}, symbols));
    assert_false(clus__symbols_load(
        (struct bytes){table, SYMBOL_STORED * (SYMBOLS_MAX + 1)}, symbols));
    table[SYMBOL_STORED] = 0;
    assert_false(clus__symbols_load((struct bytes){table, SYMBOL_STORED * 2}, symbols));
    table[SYMBOL_STORED] = SYMBOL_MOST + 1;
    assert_false(clus__symbols_load((struct bytes){table, SYMBOL_STORED * 2}, symbols));
    free(symbols);
    free(table);
}

/* A code of two bytes that ends after the first. */
static void cut_off(void **state)
{
    struct symbols *symbols = malloc(sizeof *symbols);
    uint8_t codes[] = {SYMBOLS_SHORT, 'a', SYMBOLS_SHORT}, out[16];
    size_t len;
    (void)state;
    assert_non_null(symbols);
    assert_true(clus__symbols_load((struct bytes){codes, 0}, symbols));
    assert_true(clus__symbols_decode(symbols, (struct bytes){codes, 2}, out, 16, &len));
    assert_true(len == 1 && out[0] == 'a');
    assert_false(clus__symbols_decode(symbols, (struct bytes){codes, 3}, out, 16, &len));
    free(symbols);
}

int main(void)
{
    seed = 20261201;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roundtrip), cmocka_unit_test(runs),    cmocka_unit_test(shorter),
        cmocka_unit_test(hostile),   cmocka_unit_test(cut_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
