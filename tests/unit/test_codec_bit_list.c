/* Inline lists told bit by bit: what was written is read, in as few bytes as the code has;
 * damage is noticed or leaves a list that a search may rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/bit_list.h"
#include "draw.h"

enum { NDOCS = 1 << 30, MOST = 48 };

struct list {
    uint32_t n, docs[LIST_INLINE_MAX + 1], gaps[LIST_INLINE_MAX + 1],
        tfs[LIST_INLINE_MAX + 1];
    uint8_t flags[LIST_INLINE_MAX + 1];
};

static void draw_list(struct list *l, uint32_t n, unsigned gap_bits)
{
    uint32_t next = 0;
    l->n = n;
    for (uint32_t i = 0; i < n; i++) {
        l->gaps[i] = draw(1u << draw(gap_bits + 1));
        l->docs[i] = next + l->gaps[i];
        next = l->docs[i] + 1;
        l->tfs[i] = draw(3) ? 1 : draw(20) ? 1 + draw(6) : 1 + draw(POSTINGS_MAX_TF);
        l->flags[i] = draw(2) ? 0 : draw(3) ? FLAG_LEAD : (uint8_t)draw(8);
    }
}

static size_t pack(const struct list *l, bool ordinals, struct list_place *place)
{
    const struct posting_columns columns = {l->n, l->docs, l->tfs, l->flags, NULL};
    place->kind = LIST_INLINE | LIST_TFS;
    place->inline_len = (uint8_t)clus__bit_list_pack(&columns, l->gaps, ordinals, MOST,
                                                     place->inline_bytes);
    return place->inline_len;
}

static clus_status read_back(const struct list_place *place, uint32_t n, uint32_t limit,
                             struct list *out)
{
    out->n = n;
    return clus__bit_list_read(
        place, n, limit, (struct inline_columns){out->docs, out->tfs, out->flags, NULL});
}

static void check_same(const struct list *a, const struct list *b)
{
    assert_memory_equal(a->docs, b->docs, a->n * sizeof *a->docs);
    assert_memory_equal(a->tfs, b->tfs, a->n * sizeof *a->tfs);
    assert_memory_equal(a->flags, b->flags, a->n);
}

static void lists_come_back(void **state)
{
    (void)state;
    unsigned packed = 0;
    for (unsigned turn = 0; turn < 20000; turn++) {
        struct list l, got;
        struct list_place place;
        bool ordinals = draw(2);
        draw_list(&l, 1 + draw(draw(2) ? 4 : LIST_INLINE_MAX), draw(24));
        if (pack(&l, ordinals, &place) == 0)
            continue;
        packed++;
        uint32_t last = l.docs[l.n - 1];
        assert_int_equal(clus__inline_ordinals(&place, l.n), l.n > 1 && ordinals);
        assert_int_equal(read_back(&place, l.n, last + 1, &got), CLUS_OK);
        check_same(&l, &got);
        assert_int_equal(read_back(&place, l.n, last, &got), CLUS_E_CORRUPT);
    }
    assert_true(packed > 10000);
}

static void lists_are_short(void **state)
{
    (void)state;
    struct list_place place;
    struct list one = {.n = 1, .docs = {0}, .gaps = {0}, .tfs = {1}, .flags = {0}};
    assert_int_equal(pack(&one, false, &place), 1);
    one.docs[0] = one.gaps[0] = (1 << 15) - 1;
    assert_int_equal(pack(&one, false, &place), 2);
    one.docs[0] = one.gaps[0] = (1 << 23) - 1;
    assert_int_equal(pack(&one, false, &place), 3);
    one.docs[0] = one.gaps[0] = 1 << 23;
    assert_int_equal(pack(&one, false, &place), 4);
    struct list row = {.n = LIST_INLINE_MAX};
    for (uint32_t i = 0; i < row.n; i++) {
        row.docs[i] = i;
        row.tfs[i] = 1;
    }
    assert_int_equal(pack(&row, true, &place), (6 + 2 * LIST_INLINE_MAX + 7) / 8);
    row.n++; /* a reader has room for so many only */
    assert_int_equal(pack(&row, true, &place), 0);
    draw_list(&row, LIST_INLINE_MAX, 24);
    assert_int_equal(pack(&row, true, &place), 0);
}

/* Whatever the bytes are: documents ascend below the limit, frequencies are possible. */
static void check_damaged(const struct list_place *place, uint32_t n)
{
    struct list got;
    if (read_back(place, n, NDOCS, &got) != CLUS_OK)
        return;
    for (uint32_t i = 0; i < n; i++) {
        assert_true(got.docs[i] < NDOCS && (i == 0 || got.docs[i] > got.docs[i - 1]));
        assert_true(got.tfs[i] > 0 && got.tfs[i] <= POSTINGS_MAX_TF && got.flags[i] < 8);
    }
}

static void damage_is_noticed(void **state)
{
    (void)state;
    for (unsigned turn = 0; turn < 3000; turn++) {
        struct list l, got;
        struct list_place place;
        draw_list(&l, 1 + draw(20), draw(20));
        if (pack(&l, false, &place) == 0)
            continue;
        for (size_t bit = 0; bit < place.inline_len * (size_t)8; bit++) {
            place.inline_bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            check_damaged(&place, l.n);
            place.inline_bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        if (l.n > 1) { /* more or fewer than there are; a byte too many */
            assert_int_equal(read_back(&place, l.n + 1, NDOCS, &got), CLUS_E_CORRUPT);
            place.inline_bytes[place.inline_len++] = 0;
            assert_int_equal(read_back(&place, l.n, NDOCS, &got), CLUS_E_CORRUPT);
        }
        for (size_t i = 0; i < sizeof place.inline_bytes; i++)
            place.inline_bytes[i] = draw(2) ? (uint8_t)draw(256) : 0;
        place.inline_len = (uint8_t)draw(LIST_INLINE_MAX + 2);
        check_damaged(&place, 1 + draw(LIST_INLINE_MAX));
        check_damaged(&place, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_come_back),
        cmocka_unit_test(lists_are_short),
        cmocka_unit_test(damage_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
