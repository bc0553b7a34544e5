/* Small pieces of the index layer: dates, keys of values, packs, the plan of merging. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "index/dates.h"
#include "index/merge_plan.h"
#include "index/pack.h"
#include "index/record.h"
#include "index/values.h"

static clus_str str(const char *s)
{
    return (clus_str){s, strlen(s)};
}

/* ---- dates ---- */

static void dates_that_can_be_read(void **state)
{
    static const struct {
        const char *text;
        int64_t seconds;
    } cases[] = {
        {"1970", 0},
        {"1970-01-01", 0},
        {"1970-01-01T00:00:01Z", 1},
        {"1969-12-31T23:59:59Z", -1},
        {"2024-02-29", 1709164800},
        {"2024-03", 1709251200},
        {"2024-02-29T12:30", 1709209800},
        {"2024-02-29T12:30:15", 1709209815},
        {"2024-02-29 12:30:15", 1709209815},
        {"2024-02-29T12:30:15.999+05:00", 1709191815},
        {"2024-02-29T12:30:15-0130", 1709215215},
        {"2024-02-29T12:30:60Z", 1709209859},
        {"0000-01-01", -62167219200},
        {"9999-12-31T23:59:59Z", 253402300799},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t seconds = 12345;
        if (!clus__date_parse(str(cases[i].text), &seconds) || seconds != cases[i].seconds)
            fail_msg("%s: %lld", cases[i].text, (long long)seconds);
    }
}

static void dates_that_cannot(void **state)
{
    static const char *const cases[] = {"",
                                        "24",
                                        "2024-",
                                        "2024-13",
                                        "2024-00",
                                        "2023-02-29",
                                        "2024-02-30",
                                        "2024-1-1",
                                        "20240101",
                                        "2024-01-01T",
                                        "вчера",
                                        "2024-01-01x",
                                        "2024-01-01T24:00",
                                        "2024-01-01T12",
                                        "2024-01-01T12:60",
                                        "2024-01-01T12:00:61",
                                        "2024-01-01T12:00+",
                                        "2024-01-01T12:00+5",
                                        " 2024",
                                        "-024",
                                        "2024-01-01T12:00:00.",
                                        "10000-01-01",
                                        "2024-01-01T12:00Zz",
                                        "2024-01-01T12:00+05:0"};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t seconds = 12345;
        if (clus__date_parse(str(cases[i]), &seconds) || seconds != 12345)
            fail_msg("«%s» was read as %lld", cases[i], (long long)seconds);
    }
    int64_t seconds;
    assert_false(clus__date_parse((clus_str){"2024\0-01", 8}, &seconds));
}

/* ---- values ---- */

static void keys_of_values(void **state)
{
    uint8_t key[KEY_MAX], other[KEY_MAX];
    char value[600];
    (void)state;
    size_t n = clus__value_key("tag", clus__bytes_of_str(str("море")), key);
    assert_int_equal(n, 1 + 4 + strlen("море"));
    assert_int_equal(key[0], KEY_VALUE);
    assert_memory_equal(key + 1, "tag=море", n - 1);
    memset(value, 'a', sizeof value);
    for (size_t len = 1; len < sizeof value; len++) {
        struct bytes v = {(const uint8_t *)value, len};
        n = clus__value_key("source", v, key);
        assert_true(n <= KEY_MAX);
        assert_int_equal(n, len <= clus__value_whole(6) ? 8 + len : KEY_MAX);
        v.len++;
        size_t m = clus__value_key("source", v, other);
        assert_true(n != m || memcmp(key, other, n) != 0);
    }
    /* cut between code points */
    for (size_t i = 0; i + 2 <= sizeof value; i += 2)
        memcpy(value + i, "ж", 2);
    n = clus__value_key("tag", (struct bytes){(const uint8_t *)value, 500}, key);
    assert_true(n <= KEY_MAX);
    assert_int_equal((n - 32 - 5) % 2, 0);
}

/* ---- packs ---- */

static void put(struct pack_writer *w, uint64_t docnum, size_t len)
{
    struct buf *room;
    uint8_t *bytes = clus__malloc(len);
    assert_non_null(bytes);
    for (size_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)(docnum * 31 + i * i / 7);
    assert_int_equal(clus__pack_begin(w, docnum, len, &room), CLUS_OK);
    clus__buf_add(room, bytes, len);
    assert_int_equal(clus__pack_end(w), CLUS_OK);
    clus__free(bytes);
}

static size_t length_of(uint64_t docnum)
{
    return docnum % 50 == 7 ? 60000 : 1 + docnum * 37 % 3000;
}

static void every_record_of_a_pack_is_found(void **state)
{
    struct pack_writer w = {0};
    struct pack_row row;
    struct buf data = {0};
    struct pack pack;
    (void)state;
    for (uint64_t d = 1000; d < 2000; d += 1 + d % 3)
        put(&w, d, length_of(d));
    assert_int_equal(clus__pack_finish(&w, &data, &row), CLUS_OK);
    assert_int_equal(data.len, clus__pack_len(&row));
    assert_true(row.n_frames > 20);
    assert_int_equal(clus__pack_of_memory(&row, clus__buf_bytes(&data), &pack), CLUS_OK);
    uint64_t next = 1000;
    for (uint64_t d = 990; d < 2010; d++) {
        uint8_t *owned;
        struct bytes record;
        clus_status st = clus__pack_record(&pack, NULL, d, &owned, &record);
        if (d != next || d > row.last_docnum) {
            assert_int_equal(st, CLUS_DONE);
            continue;
        }
        next += 1 + d % 3;
        assert_int_equal(st, CLUS_OK);
        assert_int_equal(record.len, length_of(d));
        assert_int_equal(record.data[record.len - 1],
                         (uint8_t)(d * 31 + (record.len - 1) * (record.len - 1) / 7));
        clus__free(owned);
    }
    clus__pack_close(&pack);
    clus__buf_done(&data);
    clus__pack_writer_done(&w);
}

static void records_keep_every_byte(void **state)
{
    static const char odd[] = "\xff\x00\xc0 текст";
    struct buf out = {0};
    struct record record = {0};
    char id[32];
    clus_str tags[2] = {str("один"), str("два")};
    clus_field fields[1] = {{str("имя"), {odd, sizeof odd}}};
    clus_document doc = {.title = {odd, sizeof odd},
                         .text = str("т"),
                         .url = str("u"),
                         .tags = tags,
                         .n_tags = 2,
                         .fields = fields,
                         .n_fields = 1};
    (void)state;
    assert_int_equal(clus__record_write(&doc, &out, id), CLUS_OK);
    struct bytes bytes = clus__buf_bytes(&out);
    assert_int_equal(clus__record_read(bytes, &record), CLUS_OK);
    assert_int_equal(record.doc.id.len, 32);
    assert_memory_equal(record.doc.id.data, id, 32);
    assert_int_equal(record.doc.title.len, sizeof odd);
    assert_memory_equal(record.doc.title.data, odd, sizeof odd);
    assert_int_equal(record.doc.n_tags, 2);
    assert_memory_equal(record.doc.tags[1].data, "два", strlen("два"));
    assert_memory_equal(record.doc.fields[0].value.data, odd, sizeof odd);
    assert_int_equal(record.doc.extra.len, 0);
    /* the same record with a language */
    struct buf other = {0};
    struct bytes lang = {(const uint8_t *)"kk", 2};
    clus__record_write_with_lang(bytes, &record, lang, &other);
    assert_int_equal(other.len, clus__record_length_with_lang(bytes, &record, lang));
    struct record again = {0};
    assert_int_equal(clus__record_read(clus__buf_bytes(&other), &again), CLUS_OK);
    assert_memory_equal(again.doc.lang.data, "kk", 2);
    assert_memory_equal(again.doc.id.data, id, 32);
    for (size_t len = 0; len < bytes.len; len++) {
        struct bytes cut = {bytes.data, len};
        assert_int_equal(clus__record_read(cut, &again), CLUS_E_CORRUPT);
    }
    clus__record_done(&record);
    clus__record_done(&again);
    clus__buf_done(&out);
    clus__buf_done(&other);
}

/* ---- the plan ---- */

enum { MANY = 400 };

/* Adds parts as commits of one size do, merging whenever the plan says so; returns the most
 * parts there ever were and adds up what was merged. */
static size_t simulate(uint64_t bytes, unsigned commits, uint64_t *merged)
{
    static struct plan_part parts[MANY];
    struct plan_rules rules = clus__plan_segments();
    size_t n = 0, most = 0, from, count;
    uint64_t next = 0;
    for (unsigned c = 0; c < commits; c++) {
        parts[n++] = (struct plan_part){
            .bytes = bytes, .first_docnum = next, .last_docnum = next + 9, .ndocs = 10};
        next += 10;
        while (clus__plan_next(&rules, parts, n, &from, &count)) {
            assert_true(count >= 2 && from + count <= n);
            struct plan_part sum = parts[from];
            for (size_t i = from + 1; i < from + count; i++) {
                sum.bytes += parts[i].bytes;
                sum.ndocs += parts[i].ndocs;
                sum.last_docnum = parts[i].last_docnum;
            }
            *merged += sum.bytes;
            memmove(parts + from + 1, parts + from + count,
                    (n - from - count) * sizeof *parts);
            parts[from] = sum;
            n -= count - 1;
        }
        most = n > most ? n : most;
    }
    return most;
}

static void merging_is_bounded(void **state)
{
    (void)state;
    for (uint64_t bytes = 2000; bytes < 200000000; bytes *= 10) {
        uint64_t merged = 0;
        size_t most = simulate(bytes, 3000, &merged);
        assert_true(most < 60);
        assert_true(merged < bytes * 3000 * 8);
    }
}

/* What lies before a larger part is made one, but for what is much larger than the rest. */
static void enclosed_parts_are_merged(void **state)
{
    static const uint64_t sizes[] = {200000, 10000, 9000, 3000000};
    struct plan_rules rules = clus__plan_segments();
    struct plan_part parts[4];
    size_t from, n;
    (void)state;
    for (unsigned i = 0; i < 4; i++)
        parts[i] = (struct plan_part){.bytes = sizes[i],
                                      .ndocs = 10,
                                      .first_docnum = 10 * i,
                                      .last_docnum = 10 * i + 9};
    assert_false(clus__plan_next(&rules, parts, 3, &from, &n)); /* more may come */
    assert_true(clus__plan_next(&rules, parts, 4, &from, &n));
    assert_int_equal(from, 1);
    assert_int_equal(n, 2);
    parts[2].locked = true;
    assert_false(clus__plan_next(&rules, parts, 4, &from, &n));
    parts[2].locked = false;
    parts[0].bytes = 50000;
    assert_true(clus__plan_next(&rules, parts, 4, &from, &n));
    assert_int_equal(from, 0);
    assert_int_equal(n, 3);
    /* equal runs of documents lie on both sides of the end of a level */
    parts[0].bytes = parts[1].bytes = 2000000;
    parts[2].bytes = parts[3].bytes = 2200000;
    assert_false(clus__plan_next(&rules, parts, 4, &from, &n));
}

/* Large parts of about one size count as of one level, on whichever side of its end they
 * lie. */
static void alike_parts_are_merged(void **state)
{
    struct plan_rules rules = clus__plan_segments();
    struct plan_part parts[8];
    size_t from, n;
    (void)state;
    for (unsigned i = 0; i < 8; i++)
        parts[i] = (struct plan_part){.bytes = i % 2 ? 16000000 : 18000000,
                                      .ndocs = 10,
                                      .first_docnum = 10 * i,
                                      .last_docnum = 10 * i + 9};
    assert_false(clus__plan_next(&rules, parts, 7, &from, &n)); /* more may come */
    assert_true(clus__plan_next(&rules, parts, 8, &from, &n));
    assert_int_equal(from, 0);
    assert_int_equal(n, 8);
}

static void dead_parts_are_rewritten(void **state)
{
    struct plan_rules rules = clus__plan_segments();
    struct plan_part parts[3] = {
        {.bytes = 1u << 30, .ndocs = 100, .last_docnum = 99},
        {.bytes = 1u << 24,
         .ndocs = 100,
         .n_dead = 31,
         .first_docnum = 100,
         .last_docnum = 199},
        {.bytes = 100, .ndocs = 1, .first_docnum = 200, .last_docnum = 200}};
    size_t from, n;
    (void)state;
    assert_true(clus__plan_next(&rules, parts, 3, &from, &n));
    assert_int_equal(from, 1);
    assert_int_equal(n, 1);
    parts[1].locked = true;
    assert_false(clus__plan_next(&rules, parts, 3, &from, &n));
    parts[1].locked = false;
    parts[1].n_dead = 0;
    assert_false(clus__plan_next(&rules, parts, 3, &from, &n));
    assert_true(clus__plan_compact(&rules, parts, 3, &from, &n));
    assert_int_equal(from, 0);
    assert_int_equal(n, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_that_can_be_read),
        cmocka_unit_test(dates_that_cannot),
        cmocka_unit_test(keys_of_values),
        cmocka_unit_test(every_record_of_a_pack_is_found),
        cmocka_unit_test(records_keep_every_byte),
        cmocka_unit_test(merging_is_bounded),
        cmocka_unit_test(enclosed_parts_are_merged),
        cmocka_unit_test(alike_parts_are_merged),
        cmocka_unit_test(dead_parts_are_rewritten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
