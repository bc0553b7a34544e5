/* Sorting many words gives the order of their bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "index/text_order.h"

enum { TEXTS = 20000, LONGEST = 40 };

/* Few different bytes, so that many texts begin alike and some are equal; 0 is one of them,
 * and ends of texts are told from it. */
static struct bytes make_text(uint8_t room[LONGEST], unsigned alphabet)
{
    size_t len = draw(4) ? draw(8) : draw(LONGEST);
    for (size_t i = 0; i < len; i++)
        room[i] = (uint8_t)(draw(alphabet) * 85);
    return (struct bytes){room, len};
}

static void check(uint32_t n, unsigned alphabet)
{
    uint8_t(*rooms)[LONGEST] = calloc(n, sizeof *rooms);
    struct text_key *keys = calloc(n, sizeof *keys), *spare = calloc(n, sizeof *spare);
    assert_true(rooms && keys && spare);
    for (uint32_t i = 0; i < n; i++)
        keys[i] = clus__text_key(make_text(rooms[i], alphabet), i);
    assert_int_equal(clus__sort_texts(keys, spare, n), CLUS_OK);
    uint64_t sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        sum += keys[i].item;
        assert_ptr_equal(keys[i].text.data, rooms[keys[i].item]);
        if (i == 0)
            continue;
        int c = clus__bytes_cmp(keys[i - 1].text, keys[i].text);
        assert_true(c < 0 || (c == 0 && keys[i - 1].item < keys[i].item));
        assert_int_equal(clus__same_text(&keys[i - 1], &keys[i]), c == 0);
    }
    assert_int_equal(sum, (uint64_t)n * (n - 1) / 2);
    free(rooms);
    free(keys);
    free(spare);
}

static void texts_are_sorted_by_bytes(void **state)
{
    (void)state;
    seed = 4711;
    check(1, 4);
    check(300, 4);
    check(TEXTS, 4);
    check(TEXTS, 2);
    check(TEXTS, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_sorted_by_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
