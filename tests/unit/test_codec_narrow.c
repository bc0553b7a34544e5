/* Narrowing: whatever goes in comes out again, every set of loops writes the same, and
 * bytes that nobody wrote are refused or widened, never past their end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/narrow.h"
#include "draw.h"

enum { LONGEST = 300 };

/* Narrow bytes that end where memory does; *out is to be freed. */
static size_t narrow(enum cpu_level level, struct bytes in, uint8_t **out)
{
    uint8_t *copy = malloc(in.len ? in.len : 1);
    *out = malloc(NARROW_MOST * in.len + NARROW_OVER);
    assert_true(copy && *out);
    if (in.len)
        memcpy(copy, in.data, in.len);
    size_t len = clus__narrow(level, (struct bytes){copy, in.len}, *out);
    assert_true(len <= NARROW_MOST * in.len);
    free(copy);
    return len;
}

static void check_widen(enum cpu_level level, struct bytes narrowed, struct bytes text)
{
    uint8_t *in = malloc(narrowed.len ? narrowed.len : 1);
    uint8_t *out = malloc(text.len ? text.len : 1);
    assert_true(in && out);
    if (narrowed.len)
        memcpy(in, narrowed.data, narrowed.len);
    struct bytes whole = {in, narrowed.len};
    assert_true(clus__widen(level, whole, out, text.len));
    assert_true(text.len == 0 || memcmp(out, text.data, text.len) == 0);
    if (text.len) {
        assert_false(clus__widen(level, whole, out, text.len - 1));
        whole.len--;
        assert_false(clus__widen(level, whole, out, text.len));
    }
    free(in);
    free(out);
}

static size_t check(struct bytes text)
{
    uint8_t *plain, *other;
    size_t len = narrow(CPU_SCALAR, text, &plain);
    for (enum cpu_level level = CPU_VECTOR128; level < CPU_LEVELS; level++) {
        if (!clus__cpu_has(level))
            continue;
        assert_int_equal(narrow(level, text, &other), len);
        assert_memory_equal(other, plain, len);
        free(other);
        check_widen(level, (struct bytes){plain, len}, text);
    }
    check_widen(CPU_SCALAR, (struct bytes){plain, len}, text);
    free(plain);
    return len;
}

static size_t check_text(const char *text)
{
    return check((struct bytes){(const uint8_t *)text, strlen(text)});
}

static void sizes(void **state)
{
    (void)state;
    assert_int_equal(check_text(""), 0);
    assert_int_equal(check_text("plain ASCII, a tab\tand\r\nlines"), 29);
    assert_int_equal(check_text("Широкая электрификация южных губерний"), 37);
    assert_int_equal(check_text("Ёлка, ёж, Ѐ, і"), 14);
    assert_int_equal(check_text("«Да» — “нет” „№ 5…” – ’‘\xC2\xA0"), 25);
    assert_int_equal(check_text("ӘәҒғҚқҢңӨөҰұҮүҺһ"), 16);
    assert_int_equal(check_text("é"), 4);            /* nothing is known of it */
    assert_int_equal(check_text("\x01\x1F\xD0"), 6); /* codes, half a letter */
}

/* Pieces that begin, continue and break what the loops know. */
static const char *const pieces[] = {
    "а", "я", "Ё", "ѿ", "x", " ",    "\n",   "\t",   "ә",    "Қ",        "«",    "—",
    "№", "…", "é", "€", "𝄞", "\xD0", "\xD1", "\x80", "\xBF", "\xE2\x80", "\x01", "\x7F"};

static size_t make_text(uint8_t *out, uint32_t kinds)
{
    size_t len = 0, want = draw(LONGEST);
    while (len < want) {
        const char *piece = pieces[draw(kinds)];
        size_t n = strlen(piece);
        memcpy(out + len, piece, n);
        len += n;
    }
    return len;
}

static void mixed(void **state)
{
    uint8_t text[LONGEST + 8];
    (void)state;
    for (unsigned turn = 0; turn < 20000; turn++) {
        uint32_t all = sizeof pieces / sizeof *pieces, kinds = turn % 2 ? all : 7;
        check((struct bytes){text, make_text(text, kinds)});
        for (size_t i = 0; i < LONGEST; i++)
            text[i] = (uint8_t)draw(256);
        check((struct bytes){text, draw(LONGEST)});
    }
}

static void hostile(void **state)
{
    uint8_t in[64], *out;
    (void)state;
    for (unsigned turn = 0; turn < 50000; turn++) {
        size_t len = draw(sizeof in), want = draw(3 * sizeof in);
        for (size_t i = 0; i < len; i++)
            in[i] = (uint8_t)draw(turn % 2 ? 256 : 40);
        for (enum cpu_level level = CPU_SCALAR; level < CPU_LEVELS; level++) {
            out = malloc(want ? want : 1);
            assert_non_null(out);
            if (clus__cpu_has(level))
                (void)clus__widen(level, (struct bytes){in, len}, out, want);
            free(out);
        }
    }
}

int main(void)
{
    seed = 20261130;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes),
        cmocka_unit_test(mixed),
        cmocka_unit_test(hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
