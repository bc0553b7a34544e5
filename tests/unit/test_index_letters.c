/*
 * Keys of characters with and without a code of one byte: each is found where it is, none
 * is found that is not there, and walks give all of them in order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "memory_segment.h"

enum { KEYS = 3000, NDOCS = 10 };

static struct norm norms[NDOCS];
static const struct segment_writer_config config = {norms, NDOCS, 100, false};

struct key {
    uint8_t bytes[KEY_MAX];
    size_t len;
};

static struct key keys[KEYS];
static uint32_t n_keys;

static struct bytes bytes_of(const struct key *k)
{
    return (struct bytes){k->bytes, k->len};
}

/* Few characters, so that keys share beginnings, some of which differ in their second byte
 * only; one key of ten is long. */
static void draw_key(struct key *k)
{
    static const char *const characters[] = {"а", "б", "п",  "р", "я", "ё", "џ",
                                             "қ", "ө", "ғ",  "a", "z", "é", "Я",
                                             "Ѡ", "Җ", "中", "😀", ""};
    uint32_t n = 1 + draw(draw(10) ? 5 : 60), codes = draw(3) ? 12 : 19;
    k->bytes[0] = KEY_STEM;
    k->len = 1;
    while (n-- > 0) {
        const char *c = characters[n > 6 ? 1 : draw(codes)];
        size_t len = *c ? strlen(c) : 1; /* a zero */
        memcpy(k->bytes + k->len, c, len);
        k->len += len;
    }
}

static int by_bytes(const void *a, const void *b)
{
    return clus__bytes_cmp(bytes_of(a), bytes_of(b));
}

static void make(struct memory_segment *m)
{
    struct segment_sink sink = memory_segment_sink(m);
    struct segment_writer *w;
    struct segment_totals totals;
    for (uint32_t i = 0; i < KEYS; i++)
        draw_key(&keys[i]);
    qsort(keys, KEYS, sizeof *keys, by_bytes);
    n_keys = 0;
    for (uint32_t i = 0; i < KEYS; i++)
        if (n_keys == 0 || by_bytes(&keys[n_keys - 1], &keys[i]) != 0)
            keys[n_keys++] = keys[i];
    assert_int_equal(clus__segment_writer_new(&sink, &config, &w), CLUS_OK);
    for (uint32_t i = 0; i < n_keys; i++) {
        assert_int_equal(clus__segment_begin(w, bytes_of(&keys[i]), (struct bytes){0}),
                         CLUS_OK);
        assert_int_equal(clus__segment_add(w, i % NDOCS, 1 + i, 0, NULL), CLUS_OK);
        assert_int_equal(clus__segment_end(w), CLUS_OK);
    }
    assert_int_equal(clus__segment_finish(w, &totals), CLUS_OK);
    clus__segment_writer_free(w);
    assert_int_equal(memory_segment_open(m, &config, &totals), CLUS_OK);
}

static uint32_t lower_bound(const struct key *k)
{
    uint32_t i = 0;
    while (i < n_keys && by_bytes(&keys[i], k) < 0)
        i++;
    return i;
}

static void check_find(const struct memory_segment *m, const struct key *k)
{
    struct term_info info;
    uint32_t at = lower_bound(k);
    bool there = at < n_keys && by_bytes(&keys[at], k) == 0;
    assert_int_equal(clus__segment_find(&m->seg, NULL, bytes_of(k), &info),
                     there ? CLUS_OK : CLUS_DONE);
    if (there)
        assert_int_equal(info.ttf, 1 + at);
}

static void keys_are_found(void **state)
{
    (void)state;
    struct memory_segment m = {0};
    make(&m);
    for (uint32_t i = 0; i < n_keys; i++)
        check_find(&m, &keys[i]);
    for (unsigned turn = 0; turn < 5000; turn++) {
        struct key k;
        draw_key(&k);
        check_find(&m, &k);
        k = keys[draw(n_keys)]; /* cut short, in a character as well; another last byte */
        k.len = 1 + draw((uint32_t)k.len);
        check_find(&m, &k);
        k.bytes[k.len - 1] = (uint8_t)(k.len > 1 ? draw(256) : KEY_STEM);
        check_find(&m, &k);
    }
    memory_segment_done(&m);
}

/* From any text on, and then to others ahead. */
static void walks_give_all(void **state)
{
    (void)state;
    struct memory_segment m = {0};
    make(&m);
    for (unsigned turn = 0; turn < 300; turn++) {
        struct term_walk *walk;
        struct key from, last = {.len = 0};
        struct bytes key;
        size_t shared;
        draw_key(&from);
        from.len = 1 + draw((uint32_t)from.len);
        if (from.len > 1)
            from.bytes[from.len - 1] = (uint8_t)(from.bytes[from.len - 1] + draw(3));
        uint32_t at = turn == 0 ? 0 : lower_bound(&from);
        assert_int_equal(
            clus__term_walk_new(&m.seg, NULL,
                                turn == 0 ? (struct bytes){0} : bytes_of(&from), &walk),
            CLUS_OK);
        for (; at < n_keys; at++) {
            assert_int_equal(clus__term_walk_step(walk, &key, &shared), CLUS_OK);
            assert_int_equal(clus__bytes_cmp(key, bytes_of(&keys[at])), 0);
            assert_true(shared <= last.len && memcmp(key.data, last.bytes, shared) == 0);
            last = keys[at];
            if (turn == 0 || draw(100) > 0)
                continue;
            draw_key(&from);
            if (by_bytes(&from, &last) <= 0)
                continue;
            assert_int_equal(clus__term_walk_seek(walk, bytes_of(&from)), CLUS_OK);
            at = lower_bound(&from) - 1;
        }
        assert_int_equal(clus__term_walk_step(walk, &key, &shared), CLUS_DONE);
        clus__term_walk_free(walk);
    }
    memory_segment_done(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_found),
        cmocka_unit_test(walks_give_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
