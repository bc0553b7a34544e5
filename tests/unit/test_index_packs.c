/* Packs in memory: records come back from frames in symbols and from frames of zstd, frames
 * move to another pack only where they mean the same, and damage is a status. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "index/pack.h"

enum { RECORDS = 60, RECORD_MOST = 6000, FIRST = 1000, SAMPLE_LEN = 100000 };

static const char *const words[] = {"кластер ", "творческий ", "и ",     "новости ",
                                    "завода ",  "қала ",       "город ", "сегодня "};

static void add_text(struct buf *out, size_t len, size_t n_words)
{
    while (out->len < len) {
        const char *word = words[draw((uint32_t)n_words)];
        clus__buf_add(out, word, strlen(word));
        for (unsigned n = draw(4); n > 0; n--) { /* or else zstd does better */
            uint8_t letter[] = {0xD0, (uint8_t)(0x90 + draw(48))};
            clus__buf_add(out, letter, sizeof letter);
        }
    }
    out->len = len;
}

/* Every seventh record is of bytes that no symbol stands for. */
static void make_record(uint32_t i, struct buf *out)
{
    seed = (7 + i) * UINT64_C(0x9E3779B97F4A7C15);
    size_t len = 1 + draw(i % 7 == 3 ? 5 * RECORD_MOST : RECORD_MOST);
    clus__buf_clear(out);
    if (i % 7 != 3) {
        add_text(out, len, 8);
        return;
    }
    while (out->len < len)
        clus__buf_byte(out, (uint8_t)draw(256));
}

static void learn(struct pack_writer *w, size_t n_words)
{
    struct buf sample = {0};
    seed = UINT64_C(0x9E3779B97F4A7C15);
    add_text(&sample, SAMPLE_LEN, n_words);
    assert_int_equal(clus__pack_learn(w, clus__buf_bytes(&sample)), CLUS_OK);
    clus__buf_done(&sample);
}

static void add_records(struct pack_writer *w, uint32_t from, uint32_t n)
{
    struct buf record = {0}, *room;
    for (uint32_t i = from; i < from + n; i++) {
        make_record(i, &record);
        assert_int_equal(clus__pack_begin(w, FIRST + 2 * i, record.len, &room), CLUS_OK);
        clus__buf_add(room, record.data, record.len);
        assert_int_equal(clus__pack_end(w), CLUS_OK);
    }
    clus__buf_done(&record);
}

/* What the tests read: a pack, and the bytes that it lies in. */
struct made {
    struct buf data;
    struct pack_row row;
    struct pack pack;
};

static void finish(struct pack_writer *w, struct made *out)
{
    assert_int_equal(clus__pack_finish(w, &out->data, &out->row), CLUS_OK);
    assert_int_equal(
        clus__pack_of_memory(&out->row, clus__buf_bytes(&out->data), &out->pack), CLUS_OK);
}

static void drop(struct made *made)
{
    clus__pack_close(&made->pack);
    clus__buf_done(&made->data);
}

static void check_records(struct made *made, uint32_t from, uint32_t n)
{
    struct buf expected = {0};
    for (uint32_t i = from; i < from + n; i++) {
        uint8_t *owned;
        struct bytes record;
        make_record(i, &expected);
        assert_int_equal(
            clus__pack_record(&made->pack, NULL, FIRST + 2 * i, &owned, &record), CLUS_OK);
        assert_int_equal(record.len, expected.len);
        assert_memory_equal(record.data, expected.data, record.len);
        free(owned);
        assert_int_equal(
            clus__pack_record(&made->pack, NULL, FIRST + 2 * i + 1, &owned, &record),
            CLUS_DONE);
    }
    clus__buf_done(&expected);
}

static uint32_t count_coded(struct made *made)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < made->row.n_frames; i++) {
        struct frame frame;
        assert_int_equal(clus__frame_open(&made->pack, NULL, i, &frame), CLUS_OK);
        n += frame.coded;
    }
    return n;
}

static void with_symbols(void **state)
{
    struct pack_writer w = {0};
    struct made made = {0};
    (void)state;
    learn(&w, 8);
    add_records(&w, 0, RECORDS);
    finish(&w, &made);
    uint32_t coded = count_coded(&made);
    assert_true(coded > 0 && coded < made.row.n_frames); /* both kinds */
    check_records(&made, 0, RECORDS);
    drop(&made);
    add_records(&w, 0, RECORDS); /* the next pack has none, unless it learns */
    finish(&w, &made);
    assert_null(made.pack.symbols);
    check_records(&made, 0, RECORDS);
    drop(&made);
    clus__pack_writer_done(&w);
}

static void without(void **state)
{
    struct pack_writer w = {0};
    struct made made = {0};
    (void)state;
    add_records(&w, 0, RECORDS);
    finish(&w, &made);
    assert_int_equal(count_coded(&made), 0);
    check_records(&made, 0, RECORDS);
    drop(&made);
    clus__pack_writer_done(&w);
}

/* Frames that are symbols of one table are copied to where that table is. */
static void copied(void **state)
{
    struct pack_writer w = {0}, to = {0}, other = {0};
    struct made from = {0}, copy = {0}, none = {0};
    bool same;
    (void)state;
    learn(&w, 8);
    add_records(&w, 0, RECORDS);
    finish(&w, &from);
    assert_int_equal(clus__pack_share_symbols(&to, &from.pack, NULL, &same), CLUS_OK);
    assert_true(same);
    for (uint32_t i = 0; i < from.row.n_frames; i++) {
        struct frame frame;
        assert_int_equal(clus__frame_open(&from.pack, NULL, i, &frame), CLUS_OK);
        assert_int_equal(clus__pack_copy_frame(&to, &from.pack, NULL, &frame), CLUS_OK);
    }
    assert_int_equal(clus__pack_share_symbols(&to, &from.pack, NULL, &same), CLUS_OK);
    assert_true(same);
    finish(&to, &copy);
    assert_int_equal(copy.data.len, from.data.len);
    assert_memory_equal(copy.data.data, from.data.data, copy.data.len);
    check_records(&copy, 0, RECORDS);

    learn(&other, 3);
    assert_int_equal(clus__pack_share_symbols(&other, &from.pack, NULL, &same), CLUS_OK);
    assert_false(same);
    clus__pack_writer_clear(&other);
    add_records(&other, 0, 9); /* not empty, and without a table */
    assert_int_equal(clus__pack_share_symbols(&other, &from.pack, NULL, &same), CLUS_OK);
    assert_false(same);
    finish(&other, &none);
    assert_int_equal(clus__pack_share_symbols(&to, &none.pack, NULL, &same), CLUS_OK);
    assert_true(same); /* neither has one */
    drop(&from);
    drop(&copy);
    drop(&none);
    clus__pack_writer_done(&w);
    clus__pack_writer_done(&to);
    clus__pack_writer_done(&other);
}

/* All frames of damaged bytes: each is read or refused. */
static uint32_t read_all(const struct pack_row *row, struct bytes data)
{
    struct pack pack;
    uint32_t refused = 0;
    assert_int_equal(clus__pack_of_memory(row, data, &pack), CLUS_OK);
    for (uint32_t i = 0; i < row->n_frames; i++) {
        struct frame frame = {0};
        clus_status st = clus__frame_open(&pack, NULL, i, &frame);
        if (st == CLUS_OK)
            st = clus__frame_inflate(&pack, NULL, &frame);
        struct record_walk walk = {.frame = &frame};
        while (st == CLUS_OK)
            st = clus__record_next(&walk);
        assert_true(st == CLUS_DONE || st == CLUS_E_CORRUPT);
        refused += st == CLUS_E_CORRUPT;
        free(frame.raw);
    }
    clus__pack_close(&pack);
    return refused;
}

static void damaged(void **state)
{
    struct pack_writer w = {0};
    struct made made = {0};
    uint32_t refused = 0;
    (void)state;
    learn(&w, 8);
    add_records(&w, 0, 12);
    finish(&w, &made);
    struct bytes all = clus__buf_bytes(&made.data);
    assert_int_equal(read_all(&made.row, all), 0);
    for (unsigned turn = 0; turn < 3000; turn++) {
        /* half of it where the table and the directory are */
        size_t at = turn % 4 == 0   ? draw(2000)
                    : turn % 4 == 1 ? all.len - 1 - draw(100)
                                    : draw((uint32_t)all.len);
        uint8_t was = made.data.data[at];
        made.data.data[at] = (uint8_t)draw(256);
        refused += read_all(&made.row, all);
        made.data.data[at] = was;
    }
    assert_true(refused > 100);
    drop(&made);
    clus__pack_writer_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_symbols),
        cmocka_unit_test(without),
        cmocka_unit_test(copied),
        cmocka_unit_test(damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
