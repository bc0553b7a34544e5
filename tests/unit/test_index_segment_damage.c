/*
 * Segments with damaged bytes, and writing and reading without memory: whatever happens is
 * an error or holds what the headers promise, and nothing leaks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "codec/impact.h"
#include "draw.h"
#include "failing_alloc.h"
#include "memory_segment.h"

enum { NDOCS = 30000, WORDS = 150, DF_MOST = 20000 };

static struct norm norms[NDOCS];
static const struct segment_writer_config config = {norms, NDOCS, 100, true};

static struct bytes key_of(uint8_t kind, uint32_t i, char room[32])
{
    int n = snprintf(room, 32, "%cсло%03u", kind, i);
    return (struct bytes){(const uint8_t *)room, (size_t)n};
}

/* Word i has so many documents: of all layouts, long ones rarely. */
static uint32_t df_of(uint32_t i)
{
    return i == 40 ? DF_MOST : i == 70 ? 700 : i % 25 == 3 ? 60 : 1 + i % 6;
}

static clus_status write_word(struct segment_writer *w, uint8_t kind, uint32_t i)
{
    static uint32_t docs[DF_MOST];
    char room[32], stem_room[32];
    struct bytes stem = {0}, key = key_of(kind, i, room);
    for (uint32_t d = 0; d < df_of(i); d++)
        docs[d] = d + d / 2;
    if (kind == KEY_FORM) {
        stem = key_of(KEY_STEM, i, stem_room);
        stem.data++;
        stem.len--;
        if (i % 2)
            return clus__segment_alias(w, key, stem, df_of(i), 2 * df_of(i));
    }
    clus_status st = clus__segment_begin(w, key, stem);
    if (st == CLUS_OK && kind == KEY_FORM)
        st = clus__segment_parent(w, docs, df_of(i));
    for (uint32_t d = 0; st == CLUS_OK && d < df_of(i); d++) {
        uint32_t pos[] = {POS_TEXT + d % 300, POS_TEXT + 400 + d};
        st = clus__segment_add(w, docs[d], 2, d % 3 ? 0 : FLAG_LEAD, pos);
    }
    return st == CLUS_OK ? clus__segment_end(w) : st;
}

static clus_status write_words(struct segment_writer *w)
{
    static const uint8_t kinds[] = {KEY_STEM, KEY_FORM, KEY_VALUE};
    clus_status st = CLUS_OK;
    for (int k = 0; k < 3; k++)
        for (uint32_t i = 0; st == CLUS_OK && i < WORDS; i++)
            st = write_word(w, kinds[k], i);
    return st;
}

static clus_status write_segment(struct memory_segment *m, struct segment_totals *totals)
{
    struct segment_sink sink = memory_segment_sink(m);
    struct segment_writer *w;
    clus_status st = clus__segment_writer_new(&sink, &config, &w);
    if (st != CLUS_OK)
        return st;
    st = write_words(w);
    if (st == CLUS_OK)
        st = clus__segment_finish(w, totals);
    clus__segment_writer_free(w);
    return st;
}

static void check_block(struct postings *p)
{
    assert_true(p->n > 0 && p->block_last < NDOCS);
    for (uint32_t i = 1; i < p->n; i++)
        assert_true(p->docs[i] > p->docs[i - 1]);
    assert_int_equal(p->docs[p->n - 1], p->block_last);
    if (clus__postings_tfs(p) != CLUS_OK)
        return;
    for (uint32_t i = 0; i < p->n; i += 1 + p->n / 8) {
        const uint32_t *pos;
        uint32_t n;
        assert_true(p->tfs[i] >= 1);
        if (clus__postings_positions(p, i, &pos, &n) != CLUS_OK)
            continue;
        for (uint32_t k = 1; k < n; k++)
            assert_true(pos[k] > pos[k - 1]);
    }
}

static void check_inline(const struct term_info *info)
{
    struct inline_list all;
    all.n = all.n_deltas = 0;
    if (clus__inline_read(&info->place, info->df, NDOCS, NULL, &all) != CLUS_OK)
        return;
    assert_true(all.n == info->df && all.docs[all.n - 1] < NDOCS);
    for (uint32_t i = 0; i < all.n; i++)
        assert_true(all.tfs[i] >= 1 && (i == 0 || all.docs[i] > all.docs[i - 1]));
}

/* Everything a reader does; the first failure. */
static clus_status read_list(const struct segment *seg, const struct term_info *info)
{
    struct postings p = {0};
    clus_status st = clus__segment_postings(seg, NULL, info, NULL, &p);
    if (st != CLUS_OK)
        return st;
    st = clus__postings_seek_block(&p, 0);
    for (int i = 0; st == CLUS_OK && i < 200; i++) {
        st = clus__postings_docs(&p);
        if (st == CLUS_OK) {
            check_block(&p);
            st = clus__postings_seek_block(&p, (uint64_t)p.block_last + 1);
        }
    }
    clus__postings_done(&p);
    return st;
}

static clus_status read_all(const struct segment *seg)
{
    struct term_walk *walk;
    struct bytes key, stem;
    struct term_info info, found;
    struct stem_finder *finder;
    clus_status st = clus__term_walk_new(seg, NULL, (struct bytes){0}, &walk);
    if (st != CLUS_OK)
        return st;
    assert_int_equal(clus__stem_finder_new(seg, NULL, &finder), CLUS_OK);
    clus_status worst = CLUS_OK;
    while ((st = clus__term_walk_next(walk, &key, &stem, &info)) == CLUS_OK) {
        clus_status list = read_list(seg, &info);
        if (info.alias && clus__stem_finder_find(finder, stem, &found) == CLUS_OK)
            check_inline(&found);
        check_inline(&info);
        clus_status find = clus__segment_find(seg, NULL, key, &found);
        worst = list < worst ? list : worst;
        worst = find < worst ? find : worst;
    }
    clus__stem_finder_free(finder);
    clus__term_walk_free(walk);
    return worst < 0 ? worst : st;
}

static void damage_is_noticed_or_harmless(void **state)
{
    (void)state;
    static const int streams[] = {SEG_DICT, SEG_DTOP, SEG_POST, SEG_POS};
    struct memory_segment m = {0};
    struct segment_totals totals;
    unsigned refused = 0;
    assert_int_equal(write_segment(&m, &totals), CLUS_OK);
    for (int turn = 0; turn < 1500; turn++) {
        struct buf *b = &m.bytes[streams[turn % 4]];
        uint8_t *byte = &b->data[draw((uint32_t)b->len)], was = *byte;
        *byte ^= (uint8_t)(1u << draw(8));
        assert_int_equal(memory_segment_open(&m, &config, &totals), CLUS_OK);
        clus_status st = read_all(&m.seg);
        assert_true(st >= 0 || st == CLUS_E_CORRUPT || st == CLUS_E_NOMEM);
        refused += st < 0;
        for (int i = 0; i < SEG_STREAMS; i++)
            clus__stream_done(&m.seg.streams[i]);
        *byte = was;
    }
    assert_true(refused > 200);
    assert_int_equal(memory_segment_open(&m, &config, &totals), CLUS_OK);
    assert_int_equal(read_all(&m.seg), CLUS_DONE);
    memory_segment_done(&m);
}

static void cut_streams_are_refused(void **state)
{
    (void)state;
    struct memory_segment m = {0};
    struct segment_totals totals;
    assert_int_equal(write_segment(&m, &totals), CLUS_OK);
    static const int streams[] = {SEG_DICT, SEG_DTOP, SEG_POST};
    for (int turn = 0; turn < 200; turn++) {
        struct buf *b = &m.bytes[streams[turn % 3]];
        size_t was = b->len;
        b->len = draw((uint32_t)was);
        assert_int_equal(memory_segment_open(&m, &config, &totals), CLUS_OK);
        clus_status st = read_all(&m.seg);
        assert_true(st == CLUS_E_CORRUPT ||
                    (st == CLUS_DONE && streams[turn % 3] == SEG_DTOP));
        for (int i = 0; i < SEG_STREAMS; i++)
            clus__stream_done(&m.seg.streams[i]);
        b->len = was;
    }
    memory_segment_done(&m);
}

static void writing_without_memory_fails_cleanly(void **state)
{
    (void)state;
    clus_status st = CLUS_E_NOMEM;
    for (long n = 0; st == CLUS_E_NOMEM; n++) {
        struct memory_segment m = {0};
        struct segment_totals totals;
        long before = allocations_live;
        allocations_left = n;
        st = write_segment(&m, &totals);
        allocations_left = -1;
        for (int i = 0; i < SEG_STREAMS; i++)
            clus__buf_done(&m.bytes[i]);
        assert_int_equal(allocations_live, before);
        assert_true(n > 10 || st == CLUS_E_NOMEM);
    }
    assert_int_equal(st, CLUS_OK);
}

static void reading_without_memory_fails_cleanly(void **state)
{
    (void)state;
    struct memory_segment m = {0};
    struct segment_totals totals;
    assert_int_equal(write_segment(&m, &totals), CLUS_OK);
    assert_int_equal(memory_segment_open(&m, &config, &totals), CLUS_OK);
    static const uint8_t kinds[] = {KEY_STEM, KEY_FORM};
    clus_status st;
    for (int k = 0; k < 2; k++) { /* a form's list needs that of its stem, too */
        char room[32];
        struct term_info info;
        long n = 0, before = allocations_live;
        assert_int_equal(
            clus__segment_find(&m.seg, NULL, key_of(kinds[k], 40, room), &info), CLUS_OK);
        for (st = CLUS_E_NOMEM; st == CLUS_E_NOMEM; n++) {
            allocations_left = n;
            st = read_list(&m.seg, &info);
            allocations_left = -1;
            assert_int_equal(allocations_live, before);
        }
        assert_int_equal(st, CLUS_DONE);
        assert_true(n > 1 + 2 * k);
    }
    struct term_walk *walk;
    allocations_left = 0;
    st = clus__term_walk_new(&m.seg, NULL, (struct bytes){0}, &walk);
    allocations_left = -1;
    assert_int_equal(st, CLUS_E_NOMEM);
    memory_segment_done(&m);
}

static int make_norms(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < NDOCS; i++)
        norms[i] = (struct norm){clus__norm_of_length(10 + draw(500)), (uint8_t)draw(20)};
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damage_is_noticed_or_harmless),
        cmocka_unit_test(cut_streams_are_refused),
        cmocka_unit_test(writing_without_memory_fails_cleanly),
        cmocka_unit_test(reading_without_memory_fails_cleanly),
    };
    return cmocka_run_group_tests(tests, make_norms, NULL);
}
