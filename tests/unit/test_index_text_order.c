/* Sorting many words gives the order of their bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "index/text_order.h"

enum { TEXTS = 20000, LONGEST = 40 };

typedef struct bytes make_fn(uint8_t room[LONGEST], unsigned alphabet);

/* Few different bytes, so that many texts begin alike and some are equal; 0 is one of them,
 * and ends of texts are told from it. */
static struct bytes make_text(uint8_t room[LONGEST], unsigned alphabet)
{
    size_t len = draw(4) ? draw(8) : draw(LONGEST);
    for (size_t i = 0; i < len; i++)
        room[i] = (uint8_t)(draw(alphabet) * 85);
    return (struct bytes){room, len};
}

/* Russian letters, which are packed, and where the ranges of those end; now and then one is
 * cut in two or something else stands there. */
static struct bytes make_letters(uint8_t room[LONGEST], unsigned others)
{
    static const char ends[][3] = {"\xd0\x80", "\xd0\xbf", "\xd1\x80", "\xd1\x9f",
                                   "\xd1\xa0", "\xd1\xbf", "\xd2\x80", "\xcf\xbf",
                                   "\xd0\x7f", "\xd0\xc0", "\xd1\x7f", "\xd1\xc0",
                                   "\xc3\xa9", "z",        "\xd0"};
    size_t len = 0;
    for (unsigned i = draw(LONGEST / 2); i > 0; i--) {
        const char *one = ends[others && draw(others) == 0 ? draw(15) : draw(4)];
        for (; *one; one++)
            room[len++] = (uint8_t)*one;
    }
    return (struct bytes){room, len};
}

static void check(make_fn *make, uint32_t n, unsigned alphabet)
{
    static uint8_t rooms[TEXTS][LONGEST];
    static struct text_key keys[TEXTS], spare[TEXTS];
    for (uint32_t i = 0; i < n; i++)
        keys[i] = clus__text_key(make(rooms[i], alphabet), i);
    assert_int_equal(clus__sort_texts(keys, spare, n), CLUS_OK);
    uint64_t sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        sum += keys[i].item;
        assert_ptr_equal(keys[i].data, rooms[keys[i].item]);
        if (i == 0)
            continue;
        int c = clus__bytes_cmp(clus__text_of(&keys[i - 1]), clus__text_of(&keys[i]));
        assert_true(c < 0 || (c == 0 && keys[i - 1].item < keys[i].item));
        assert_int_equal(clus__same_text(&keys[i - 1], &keys[i]), c == 0);
    }
    assert_int_equal(sum, (uint64_t)n * (n - 1) / 2);
}

static void texts_are_sorted_by_bytes(void **state)
{
    (void)state;
    seed = 4711;
    check(make_text, 1, 4);
    check(make_text, 50, 4);
    check(make_text, 300, 4);
    check(make_text, TEXTS / 2, 2);
    check(make_text, TEXTS, 4);
    check(make_text, TEXTS, 2);
    check(make_text, TEXTS, 1);
    check(make_letters, TEXTS, 0);
    check(make_letters, TEXTS, 1);
    check(make_letters, TEXTS, 8);
    check(make_letters, TEXTS / 2, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_sorted_by_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
