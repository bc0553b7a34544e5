/* Segments: every list written comes back as it was, whatever its length and shape; keys
 * are found and walked in order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "codec/impact.h"
#include "draw.h"
#include "memory_segment.h"

enum { NDOCS = 200000 };

static struct norm norms[NDOCS];
/* One posting of a list made up from its number: what is checked against. */
struct posting {
    uint32_t doc, tf;
    uint8_t flags;
    uint32_t *pos;
};

struct list {
    uint32_t df;
    struct posting *items;
};

static uint32_t skewed(uint32_t many)
{
    return draw(20) == 0 ? 1 + draw(many) : 1 + draw(3);
}

static void fill_positions(struct posting *p)
{
    uint32_t at = p->flags & FLAG_TITLE ? draw(10) : POS_TEXT + draw(300);
    p->pos = malloc(p->tf * sizeof *p->pos);
    assert_non_null(p->pos);
    for (uint32_t i = 0; i < p->tf; i++) {
        p->pos[i] = at;
        at += 1 + (draw(4) ? draw(40) : draw(2000));
    }
}

/* df documents spread over all, in runs now and then. */
static struct list make_list(uint32_t df, uint64_t number, uint32_t many)
{
    seed = number * 0x9e3779b97f4a7c15u + 1;
    struct list list = {df, calloc(df, sizeof(struct posting))};
    assert_non_null(list.items);
    uint32_t spare = NDOCS - df, doc = 0;
    for (uint32_t i = 0; i < df; i++) {
        uint32_t gap = draw(3) ? draw(2 * spare / df + 1) : 0;
        if (gap > spare)
            gap = spare;
        spare -= gap;
        doc += gap;
        struct posting *p = &list.items[i];
        p->doc = doc++;
        p->tf = skewed(many);
        p->flags = (uint8_t)((draw(9) == 0 ? FLAG_TITLE : 0) | (draw(2) ? FLAG_LEAD : 0));
        if (draw(15) == 0)
            p->flags = FLAG_EXTRA_ONLY;
        else
            fill_positions(p);
    }
    return list;
}

static void free_list(struct list *list)
{
    for (uint32_t i = 0; i < list->df; i++)
        free(list->items[i].pos);
    free(list->items);
}

static struct bytes key_of(uint8_t kind, const char *text, char room[64])
{
    int n = snprintf(room, 64, "%c%s", kind, text);
    return (struct bytes){(const uint8_t *)room, (size_t)n};
}

static void write_list(struct segment_writer *w, struct bytes key, struct bytes stem,
                       const struct list *list)
{
    assert_int_equal(clus__segment_begin(w, key, stem), CLUS_OK);
    for (uint32_t i = 0; i < list->df; i++) {
        const struct posting *p = &list->items[i];
        assert_int_equal(clus__segment_add(w, p->doc, p->tf, p->flags, p->pos), CLUS_OK);
    }
    assert_int_equal(clus__segment_end(w), CLUS_OK);
}

static void check_block(struct postings *p, const struct list *list, uint32_t at, bool tfs,
                        bool positions)
{
    assert_int_equal(clus__postings_docs(p), CLUS_OK);
    assert_int_equal(clus__postings_tfs(p), CLUS_OK);
    for (uint32_t i = 0; i < p->n; i++) {
        const struct posting *want = &list->items[at + i];
        assert_int_equal(p->docs[i], want->doc);
        assert_int_equal(p->tfs[i], tfs ? want->tf : 1);
        assert_int_equal(p->flags[i], tfs ? want->flags : 0);
    }
    assert_int_equal(p->docs[p->n], UINT32_MAX);
    assert_int_equal(p->docs[p->n + 7], UINT32_MAX);
    assert_int_equal(p->block_last, p->docs[p->n - 1]);
    assert_true(p->block_first <= p->docs[0]);
    for (uint32_t k = 0; k < p->n; k++) {
        uint32_t i = k % 3 == 2 ? p->n - 1 - k : k, n; /* forwards and back */
        const uint32_t *pos;
        assert_int_equal(clus__postings_positions(p, i, &pos, &n), CLUS_OK);
        const struct posting *want = &list->items[at + i];
        assert_int_equal(n, positions && want->pos ? want->tf : 0);
        if (n > 0)
            assert_memory_equal(pos, want->pos, n * sizeof *pos);
    }
}

static float impact(const struct posting *p, const struct impact_table *table)
{
    struct impact_params params = clus__impact_reference();
    float tfw = clus__impact_tfw(&params, p->tf, p->flags);
    return clus__impact(table, norms[p->doc], tfw, p->flags & FLAG_TITLE);
}

static void check_bounds(const struct postings *p, const struct list *list, uint32_t at,
                         const struct impact_table *table)
{
    for (uint32_t i = 0; i < p->n; i++)
        assert_true(impact(&list->items[at + i], table) <=
                    clus__impact_value(p->block_max));
}

static void check_list(struct segment *seg, const struct term_info *info,
                       const struct list *list, bool tfs, bool positions)
{
    struct postings p = {0};
    struct impact_table table;
    struct impact_params params = clus__impact_reference();
    clus__impact_table(&params, seg->avg_len, &table);
    assert_int_equal(info->df, list->df);
    assert_int_equal(clus__segment_postings(seg, NULL, info, NULL, &p), CLUS_OK);
    uint32_t seen = 0;
    clus_status st = clus__postings_seek_block(&p, 0);
    for (; st == CLUS_OK; st = clus__postings_seek_block(&p, (uint64_t)p.block_last + 1)) {
        check_block(&p, list, seen, tfs, positions);
        if (tfs)
            check_bounds(&p, list, seen, &table);
        seen += p.n;
    }
    assert_int_equal(st, CLUS_DONE);
    assert_int_equal(seen, list->df);
    clus__postings_done(&p);
}

static const uint32_t sizes[] = {1,     2,     3,     9,     10,     40,     100,
                                 255,   256,   257,   511,   512,    1000,   5000,
                                 16383, 16384, 16385, 40000, 100000, 199999, 200000};
enum { SIZES = sizeof sizes / sizeof *sizes };

static const struct segment_writer_config config = {norms, NDOCS, 300, true};

static void lists_of_all_lengths_come_back(void **state)
{
    (void)state;
    struct memory_segment m = {0};
    struct segment_sink sink = memory_segment_sink(&m);
    struct segment_writer *w;
    struct segment_totals totals;
    char room[64], stem_room[64];
    assert_int_equal(clus__segment_writer_new(&sink, &config, &w), CLUS_OK);
    static const uint8_t kinds[] = {KEY_STEM, KEY_FORM, KEY_VALUE};
    for (int k = 0; k < 3; k++)
        for (uint32_t i = 0; i < SIZES; i++) {
            char text[16];
            (void)snprintf(text, sizeof text, "слово%c", 'a' + (int)i);
            struct list list = make_list(sizes[i], i, 200);
            struct bytes stem = {0};
            if (kinds[k] == KEY_FORM) {
                stem = key_of(KEY_STEM, "словес", stem_room);
                stem.data++;
                stem.len--;
            }
            write_list(w, key_of(kinds[k], text, room), stem, &list);
            free_list(&list);
        }
    assert_int_equal(clus__segment_finish(w, &totals), CLUS_OK);
    clus__segment_writer_free(w);
    assert_int_equal(totals.n_keys[0], SIZES);
    assert_int_equal(totals.n_keys[2], SIZES);
    assert_int_equal(memory_segment_open(&m, &config, &totals), CLUS_OK);
    for (int k = 0; k < 3; k++)
        for (uint32_t i = 0; i < SIZES; i++) {
            char text[16];
            struct term_info info;
            (void)snprintf(text, sizeof text, "слово%c", 'a' + (int)i);
            struct list list = make_list(sizes[i], i, 200);
            struct bytes key = key_of(kinds[k], text, room);
            assert_int_equal(clus__segment_find(&m.seg, NULL, key, &info), CLUS_OK);
            check_list(&m.seg, &info, &list, kinds[k] != KEY_VALUE, kinds[k] == KEY_STEM);
            free_list(&list);
        }
    memory_segment_done(&m);
}

/* A segment of one list under "x". */
static void open_one(struct memory_segment *m, const struct list *list,
                     struct term_info *info)
{
    struct segment_sink sink = memory_segment_sink(m);
    struct segment_writer *w;
    struct segment_totals totals;
    char room[64];
    struct bytes key = key_of(KEY_STEM, "x", room);
    assert_int_equal(clus__segment_writer_new(&sink, &config, &w), CLUS_OK);
    write_list(w, key, (struct bytes){0}, list);
    assert_int_equal(clus__segment_finish(w, &totals), CLUS_OK);
    clus__segment_writer_free(w);
    assert_int_equal(memory_segment_open(m, &config, &totals), CLUS_OK);
    assert_int_equal(clus__segment_find(&m->seg, NULL, key, info), CLUS_OK);
}

/* Hand a list on in pieces of odd sizes, as it is stored. */
static void copy_columns(struct segment_writer *w, struct postings *p)
{
    for (uint32_t from = 0, to; from < p->n; from = to) {
        uint32_t piece = 1 + draw(100);
        to = from + piece < p->n ? from + piece : p->n;
        struct posting_columns columns = {.n = to - from,
                                          .docs = p->docs + from,
                                          .tfs = p->tfs + from,
                                          .flags = p->flags + from};
        assert_int_equal(clus__postings_deltas(p, from, to, &columns.deltas), CLUS_OK);
        assert_int_equal(clus__segment_add_columns(w, &columns), CLUS_OK);
    }
}

/* A list in the dictionary is told at once as a cursor tells it. */
static void check_inline(const struct term_info *info, struct postings *p)
{
    struct inline_list all;
    const uint32_t *deltas;
    all.n = all.n_deltas = 0;
    clus_status st = clus__inline_read(&info->place, info->df, NDOCS, NULL, &all);
    if ((info->place.kind & 3) != LIST_INLINE) {
        assert_int_equal(st, CLUS_E_CORRUPT);
        return;
    }
    assert_int_equal(st, CLUS_OK);
    assert_int_equal(all.n, p->n);
    assert_memory_equal(all.docs, p->docs, all.n * sizeof *all.docs);
    assert_memory_equal(all.tfs, p->tfs, all.n * sizeof *all.tfs);
    assert_memory_equal(all.flags, p->flags, all.n);
    for (uint32_t i = 0, at = 0; i < all.n; i++) {
        assert_int_equal(clus__postings_deltas(p, i, i + 1, &deltas), CLUS_OK);
        for (uint32_t k = 0; k < clus__positions_of(all.tfs[i], all.flags[i]); k++)
            assert_int_equal(all.deltas[at++], deltas[k]);
    }
    all.n = all.n_deltas = 0;
    assert_int_equal(clus__inline_read(&info->place, info->df + 1, NDOCS, NULL, &all),
                     CLUS_E_CORRUPT);
}

static void a_list_copied_by_columns_is_the_same(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < SIZES; i++) {
        struct list list = make_list(sizes[i], 99 + i, 500);
        struct memory_segment m = {0}, copy = {0};
        struct segment_sink sink = memory_segment_sink(&copy);
        struct segment_writer *w;
        struct segment_totals totals;
        struct term_info info;
        struct postings p = {0};
        char room[64];
        open_one(&m, &list, &info);
        assert_int_equal(clus__segment_writer_new(&sink, &config, &w), CLUS_OK);
        assert_int_equal(
            clus__segment_begin(w, key_of(KEY_STEM, "x", room), (struct bytes){0}),
            CLUS_OK);
        assert_int_equal(clus__segment_postings(&m.seg, NULL, &info, NULL, &p), CLUS_OK);
        for (uint64_t next = 0; clus__postings_seek_block(&p, next) == CLUS_OK;
             next = (uint64_t)p.block_last + 1) {
            assert_int_equal(clus__postings_tfs(&p), CLUS_OK);
            copy_columns(w, &p);
            check_inline(&info, &p);
        }
        assert_int_equal(clus__segment_end(w), CLUS_OK);
        assert_int_equal(clus__segment_finish(w, &totals), CLUS_OK);
        for (int s = 0; s < SEG_STREAMS; s++) {
            assert_int_equal(copy.bytes[s].len, m.bytes[s].len);
            if (m.bytes[s].len)
                assert_memory_equal(copy.bytes[s].data, m.bytes[s].data, m.bytes[s].len);
            clus__buf_done(&copy.bytes[s]);
        }
        clus__segment_writer_free(w);
        clus__postings_done(&p);
        memory_segment_done(&m);
        free_list(&list);
    }
}

static void columns_out_of_order_are_refused(void **state)
{
    (void)state;
    const struct posting_columns bad[] = {
        {2, (uint32_t[]){5, 5}, (uint32_t[]){1, 1}, (uint8_t[]){0, 0}, (uint32_t[]){1, 2}},
        {2, (uint32_t[]){5, 4}, (uint32_t[]){1, 1}, (uint8_t[]){0, 0}, (uint32_t[]){1, 2}},
        {1, (uint32_t[]){NDOCS}, (uint32_t[]){1}, (uint8_t[]){0}, (uint32_t[]){1}},
        {1, (uint32_t[]){5}, (uint32_t[]){0}, (uint8_t[]){0}, (uint32_t[]){1}},
        {1, (uint32_t[]){5}, (uint32_t[]){POSTINGS_MAX_TF + 1}, (uint8_t[]){0}, NULL},
        {1, (uint32_t[]){5}, (uint32_t[]){1}, (uint8_t[]){8}, (uint32_t[]){1}},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct memory_segment m = {0};
        struct segment_sink sink = memory_segment_sink(&m);
        struct segment_writer *w;
        char room[64];
        assert_int_equal(clus__segment_writer_new(&sink, &config, &w), CLUS_OK);
        assert_int_equal(
            clus__segment_begin(w, key_of(KEY_STEM, "x", room), (struct bytes){0}),
            CLUS_OK);
        assert_int_equal(clus__segment_add_columns(w, &bad[i]), CLUS_E_ARGUMENT);
        assert_int_equal(clus__segment_end(w), CLUS_E_ARGUMENT);
        clus__segment_writer_free(w);
    }
}

static void a_word_may_occur_very_often(void **state)
{
    (void)state;
    struct list list = make_list(300, 5, 3000);
    struct posting *big = &list.items[140];
    free(big->pos);
    big->flags = 0;
    big->tf = 1000000;
    fill_positions(big);
    struct memory_segment m = {0};
    struct term_info info;
    open_one(&m, &list, &info);
    check_list(&m.seg, &info, &list, true, true);
    memory_segment_done(&m);
    free_list(&list);
}

/* First posting with doc >= target. */
static uint32_t lower_bound(const struct list *list, uint64_t target)
{
    uint32_t low = 0, high = list->df;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (list->items[middle].doc < target)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The directory's bound for [from, to], from blocks asked one by one. */
static uint8_t max_by_hand(const struct segment *seg, const struct term_info *info,
                           uint32_t from, uint32_t to)
{
    struct postings p = {0};
    uint8_t max = 0;
    assert_int_equal(clus__segment_postings(seg, NULL, info, NULL, &p), CLUS_OK);
    while (clus__postings_seek_block(&p, from) == CLUS_OK) {
        if (p.block_max > max)
            max = p.block_max;
        if (p.block_last >= to)
            break;
        from = p.block_last + 1;
    }
    clus__postings_done(&p);
    return max;
}

static void jumps_land_on_the_right_block(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < SIZES; i++) {
        struct list list = make_list(sizes[i], 77 + i, 3);
        struct memory_segment m = {0};
        struct term_info info;
        open_one(&m, &list, &info);
        for (uint32_t step = 1; step < NDOCS; step *= 7) {
            struct postings p = {0};
            assert_int_equal(clus__segment_postings(&m.seg, NULL, &info, NULL, &p),
                             CLUS_OK);
            uint64_t target = 0;
            for (int moves = 0; moves < 60; moves++) {
                uint32_t want = lower_bound(&list, target);
                clus_status st = clus__postings_seek_block(&p, target);
                assert_int_equal(st, want < list.df ? CLUS_OK : CLUS_DONE);
                if (st != CLUS_OK)
                    break;
                assert_int_equal(p.block, want / BLOCK_DOCS);
                uint32_t from = p.block_first + draw(step), to = from + draw(3 * step);
                uint8_t max = 1;
                assert_int_equal(clus__postings_max(&p, from, to, &max), CLUS_OK);
                if (sizes[i] >= BLOCK_DOCS)
                    assert_int_equal(max, max_by_hand(&m.seg, &info, from, to));
                assert_int_equal(clus__postings_docs(&p), CLUS_OK);
                assert_int_equal(p.docs[want % BLOCK_DOCS], list.items[want].doc);
                target += draw(2 * step) + 1;
            }
            clus__postings_done(&p);
        }
        memory_segment_done(&m);
        free_list(&list);
    }
}

static int descending(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x < y) - (x > y);
}

static void kth_impacts_are_close_lower_bounds(void **state)
{
    (void)state;
    static const uint32_t ks[3] = {10, 100, 1000};
    struct impact_table table;
    struct impact_params params = clus__impact_reference();
    clus__impact_table(&params, config.avg_len, &table);
    for (uint32_t i = 0; i < SIZES; i++) {
        struct list list = make_list(sizes[i], 31 + i, 50);
        struct memory_segment m = {0};
        struct term_info info;
        open_one(&m, &list, &info);
        float *f = malloc(list.df * sizeof *f);
        assert_non_null(f);
        for (uint32_t k = 0; k < list.df; k++)
            f[k] = impact(&list.items[k], &table);
        qsort(f, list.df, sizeof *f, descending);
        assert_true(clus__impact_value(info.max_impact) >= f[0]);
        assert_true(clus__impact_value(info.max_impact) < f[0] + 0.02f);
        for (int k = 0; k < 3; k++) {
            if (list.df < ks[k]) {
                assert_int_equal(info.kth_impact[k], 0);
                continue;
            }
            float kth = clus__impact_value(info.kth_impact[k]);
            assert_true(kth <= f[ks[k] - 1] && kth > f[ks[k] - 1] - 0.02f);
        }
        free(f);
        memory_segment_done(&m);
        free_list(&list);
    }
}

/* ---- the dictionary ---- */

enum { WORDS = 20000 };

/* Distinct and ascending with `i`, of all lengths, with long common beginnings; sometimes
 * longer than what the table of blocks tells apart. */
static struct bytes word(uint8_t kind, uint32_t i, uint8_t room[KEY_MAX])
{
    static const char tail[] = "продолжениеоченьдлинногословакоторомунетконца";
    char number[32];
    int n = snprintf(number, sizeof number, "пер%05x", i / 7);
    size_t len = 1;
    room[0] = kind;
    memcpy(room + len, number, (size_t)n);
    len += (size_t)n;
    size_t more = i % 7 * 13;
    if (more > 0) {
        memcpy(room + len, tail, more);
        len += more;
    }
    return (struct bytes){room, len};
}

static uint32_t word_df(uint32_t i)
{
    return 1 + i % 50 * (i % 11 == 0) * 9;
}

static void write_words(struct segment_writer *w, uint8_t kind)
{
    uint8_t room[KEY_MAX], stem_room[KEY_MAX];
    for (uint32_t i = 0; i < WORDS; i++) {
        struct bytes stem = {0};
        if (kind == KEY_FORM) {
            stem = word(KEY_STEM, i - i % 3, stem_room);
            stem.data++;
            stem.len--;
        }
        if (kind == KEY_FORM && i % 3 == 0) {
            assert_int_equal(clus__segment_alias(w, word(kind, i, room), stem, word_df(i),
                                                 2 * word_df(i)),
                             CLUS_OK);
            continue;
        }
        assert_int_equal(clus__segment_begin(w, word(kind, i, room), stem), CLUS_OK);
        for (uint32_t d = 0; d < word_df(i); d++)
            assert_int_equal(
                clus__segment_add(w, i + 7 * d, 2, 0, (uint32_t[]){2000 + i, 3000 + i}),
                CLUS_OK);
        assert_int_equal(clus__segment_end(w), CLUS_OK);
    }
}

static void open_words(struct memory_segment *m)
{
    struct segment_sink sink = memory_segment_sink(m);
    struct segment_writer *w;
    struct segment_totals totals;
    assert_int_equal(clus__segment_writer_new(&sink, &config, &w), CLUS_OK);
    write_words(w, KEY_STEM);
    write_words(w, KEY_FORM);
    write_words(w, KEY_VALUE);
    assert_int_equal(clus__segment_finish(w, &totals), CLUS_OK);
    clus__segment_writer_free(w);
    assert_int_equal(memory_segment_open(m, &config, &totals), CLUS_OK);
}

static void check_word(const struct segment *seg, uint8_t kind, uint32_t i,
                       const struct term_info *info)
{
    assert_int_equal(info->df, word_df(i));
    assert_int_equal(info->ttf, word_df(i) * (kind == KEY_VALUE ? 1 : 2));
    assert_int_equal(info->alias, kind == KEY_FORM && i % 3 == 0);
    struct postings p = {0};
    assert_int_equal(clus__segment_postings(seg, NULL, info, NULL, &p), CLUS_OK);
    assert_int_equal(clus__postings_seek_block(&p, 0), CLUS_OK);
    assert_int_equal(clus__postings_docs(&p), CLUS_OK);
    assert_int_equal(p.docs[0], i);
    clus__postings_done(&p);
}

static const uint8_t word_kinds[] = {KEY_STEM, KEY_FORM, KEY_VALUE};

static void every_key_is_found_and_no_other(void **state)
{
    (void)state;
    struct memory_segment m = {0};
    uint8_t room[KEY_MAX + 8];
    struct term_info info;
    open_words(&m);
    for (int k = 0; k < 3; k++)
        for (uint32_t i = 0; i < WORDS; i++) {
            struct bytes key = word(word_kinds[k], i, room);
            assert_int_equal(clus__segment_find(&m.seg, NULL, key, &info), CLUS_OK);
            check_word(&m.seg, word_kinds[k], i, &info);
            room[key.len] = '!';
            key.len++;
            assert_int_equal(clus__segment_find(&m.seg, NULL, key, &info), CLUS_DONE);
            key.len -= 2;
            assert_int_equal(clus__segment_find(&m.seg, NULL, key, &info), CLUS_DONE);
        }
    memory_segment_done(&m);
}

static void a_walk_meets_every_key_in_order(void **state)
{
    (void)state;
    struct memory_segment m = {0};
    struct term_walk *walk;
    struct bytes key, stem;
    struct term_info info;
    uint8_t room[KEY_MAX], stem_room[KEY_MAX];
    open_words(&m);
    assert_int_equal(clus__term_walk_new(&m.seg, NULL, (struct bytes){0}, &walk), CLUS_OK);
    for (int k = 0; k < 3; k++)
        for (uint32_t i = 0; i < WORDS; i++) {
            assert_int_equal(clus__term_walk_next(walk, &key, &stem, &info), CLUS_OK);
            struct bytes want = word(word_kinds[k], i, room);
            assert_int_equal(clus__bytes_cmp(key, want), 0);
            want = word(KEY_STEM, i - i % 3, stem_room);
            assert_int_equal(stem.len, word_kinds[k] == KEY_FORM ? want.len - 1 : 0);
            assert_memory_equal(stem.data, want.data + 1, stem.len);
            check_word(&m.seg, word_kinds[k], i, &info);
        }
    assert_int_equal(clus__term_walk_next(walk, &key, &stem, &info), CLUS_DONE);
    clus__term_walk_free(walk);
    memory_segment_done(&m);
}

static void a_walk_begins_where_it_is_told(void **state)
{
    (void)state;
    struct memory_segment m = {0};
    struct term_walk *walk;
    struct bytes key, stem;
    struct term_info info;
    uint8_t room[KEY_MAX + 8], next[KEY_MAX];
    open_words(&m);
    for (uint32_t i = 0; i + 1 < WORDS; i += 3) {
        struct bytes from = word(KEY_FORM, i, room);
        assert_int_equal(clus__term_walk_new(&m.seg, NULL, from, &walk), CLUS_OK);
        assert_int_equal(clus__term_walk_next(walk, &key, &stem, &info), CLUS_OK);
        assert_int_equal(clus__bytes_cmp(key, from), 0);
        clus__term_walk_free(walk);
        room[from.len++] = 0; /* nothing lies between a key and this */
        assert_int_equal(clus__term_walk_new(&m.seg, NULL, from, &walk), CLUS_OK);
        assert_int_equal(clus__term_walk_next(walk, &key, &stem, &info), CLUS_OK);
        assert_int_equal(clus__bytes_cmp(key, word(KEY_FORM, i + 1, next)), 0);
        clus__term_walk_free(walk);
    }
    assert_int_equal(clus__term_walk_new(&m.seg, NULL, (struct bytes){room, 0}, &walk),
                     CLUS_OK);
    clus__term_walk_free(walk);
    room[0] = 0xff;
    assert_int_equal(clus__term_walk_new(&m.seg, NULL, (struct bytes){room, 1}, &walk),
                     CLUS_OK);
    assert_int_equal(clus__term_walk_next(walk, &key, &stem, &info), CLUS_DONE);
    clus__term_walk_free(walk);
    memory_segment_done(&m);
}

/* Skips of any length, to keys that are there and to places between them. */
static void a_walk_goes_forward_to_where_it_is_told(void **state)
{
    (void)state;
    struct memory_segment m = {0};
    uint8_t room[KEY_MAX + 8], next[KEY_MAX];
    open_words(&m);
    for (uint32_t skip = 1; skip < WORDS; skip = skip * 2 + 1) {
        struct term_walk *walk;
        struct bytes key, stem, key_before = {next, 0};
        struct term_info info;
        size_t shared;
        assert_int_equal(clus__term_walk_new(&m.seg, NULL, (struct bytes){0}, &walk),
                         CLUS_OK);
        for (uint32_t i = 0; i < WORDS; i += skip) {
            struct bytes from = word(KEY_FORM, i, room);
            assert_int_equal(clus__term_walk_seek(walk, from), CLUS_OK);
            assert_int_equal(clus__term_walk_seek(walk, from), CLUS_OK); /* stays there */
            assert_int_equal(clus__term_walk_step(walk, &key, &shared), CLUS_OK);
            assert_int_equal(clus__bytes_cmp(key, from), 0);
            if (i % 3 == 0) { /* what is passed by may stay unread */
                assert_int_equal(clus__term_walk_read(walk, &stem, &info), CLUS_OK);
                check_word(&m.seg, KEY_FORM, i, &info);
            }
            assert_int_equal(clus__term_walk_seek(walk, from),
                             CLUS_OK); /* gives it again */
            assert_int_equal(clus__term_walk_step(walk, &key, &shared), CLUS_OK);
            assert_int_equal(clus__bytes_cmp(key, from), 0);
            if (i + 1 == WORDS)
                break;
            memcpy(next, key.data, key.len);
            key_before.len = key.len;
            assert_int_equal(clus__term_walk_step(walk, &key, &shared), CLUS_OK);
            assert_true(shared <= key.len && shared <= key_before.len);
            assert_memory_equal(key.data, key_before.data, shared);
            assert_int_equal(clus__bytes_cmp(key, word(KEY_FORM, i + 1, room)), 0);
        }
        room[0] = 0xff;
        assert_int_equal(clus__term_walk_seek(walk, (struct bytes){room, 1}), CLUS_OK);
        assert_int_equal(clus__term_walk_step(walk, &key, &shared), CLUS_DONE);
        clus__term_walk_free(walk);
    }
    memory_segment_done(&m);
}

/* Keys with a common beginning are passed by; what is read behind them is right. */
static void a_walk_passes_keys_by(void **state)
{
    (void)state;
    struct memory_segment m = {0};
    uint8_t room[KEY_MAX + 8], before[KEY_MAX];
    uint32_t passed_in_all = 0;
    open_words(&m);
    for (size_t len = 1; len < 12; len++) {
        struct term_walk *walk;
        struct bytes key, stem, from = word(KEY_FORM, 0, room);
        struct term_info info;
        size_t shared;
        assert_int_equal(clus__term_walk_new(&m.seg, NULL, from, &walk), CLUS_OK);
        for (uint32_t i = 0; i < WORDS; i++) {
            assert_int_equal(clus__term_walk_step(walk, &key, &shared), CLUS_OK);
            assert_int_equal(clus__bytes_cmp(key, word(KEY_FORM, i, room)), 0);
            assert_memory_equal(key.data, before, shared);
            assert_int_equal(clus__term_walk_read(walk, &stem, &info), CLUS_OK);
            check_word(&m.seg, KEY_FORM, i, &info);
            memcpy(before, key.data, key.len);
            if (key.len < len)
                continue;
            uint32_t passed = clus__term_walk_pass(walk, len);
            for (passed_in_all += passed; passed > 0; passed--)
                assert_memory_equal(word(KEY_FORM, ++i, room).data, before, len);
        }
        clus__term_walk_free(walk);
    }
    assert_true(passed_in_all > WORDS);
    memory_segment_done(&m);
}

static void stems_are_found_for_their_forms(void **state)
{
    (void)state;
    struct memory_segment m = {0};
    struct stem_finder *finder;
    struct term_info info;
    uint8_t room[KEY_MAX + 8];
    open_words(&m);
    assert_int_equal(clus__stem_finder_new(&m.seg, NULL, &finder), CLUS_OK);
    for (uint32_t turn = 0; turn < 4 * WORDS; turn++) { /* in order, then by chance */
        uint32_t i = turn < WORDS ? turn : draw(WORDS);
        struct bytes stem = word(KEY_STEM, i, room);
        stem.data++;
        stem.len--;
        assert_int_equal(clus__stem_finder_find(finder, stem, &info), CLUS_OK);
        check_word(&m.seg, KEY_STEM, i, &info);
        room[1 + stem.len++] = '!';
        assert_int_equal(clus__stem_finder_find(finder, stem, &info), CLUS_DONE);
    }
    clus__stem_finder_free(finder);
    memory_segment_done(&m);
}

static void an_empty_segment_has_no_keys(void **state)
{
    (void)state;
    struct memory_segment m = {0};
    struct segment_sink sink = memory_segment_sink(&m);
    struct segment_writer *w;
    struct segment_totals totals;
    struct term_info info;
    struct term_walk *walk;
    struct bytes key, stem;
    char room[64];
    assert_int_equal(clus__segment_writer_new(&sink, &config, &w), CLUS_OK);
    assert_int_equal(clus__segment_finish(w, &totals), CLUS_OK);
    clus__segment_writer_free(w);
    assert_int_equal(totals.n_keys[0] + totals.n_keys[1] + totals.n_keys[2], 0);
    assert_int_equal(memory_segment_open(&m, &config, &totals), CLUS_OK);
    assert_int_equal(clus__segment_find(&m.seg, NULL, key_of(KEY_STEM, "a", room), &info),
                     CLUS_DONE);
    assert_int_equal(clus__term_walk_new(&m.seg, NULL, key_of(KEY_STEM, "a", room), &walk),
                     CLUS_OK);
    assert_int_equal(clus__term_walk_next(walk, &key, &stem, &info), CLUS_DONE);
    clus__term_walk_free(walk);
    memory_segment_done(&m);
}

static void calls_out_of_order_are_refused(void **state)
{
    (void)state;
    struct memory_segment m = {0};
    struct segment_sink sink = memory_segment_sink(&m);
    struct segment_writer *w;
    struct segment_totals totals;
    char room[64];
    struct bytes none = {0}, key = key_of(KEY_STEM, "b", room);
    assert_int_equal(clus__segment_writer_new(&sink, &config, &w), CLUS_OK);
    assert_int_equal(clus__segment_add(w, 1, 1, 0, NULL), CLUS_E_ARGUMENT);
    assert_int_equal(clus__segment_end(w), CLUS_E_ARGUMENT);
    assert_int_equal(clus__segment_begin(w, key, none), CLUS_OK);
    assert_int_equal(clus__segment_begin(w, key, none), CLUS_E_ARGUMENT);
    assert_int_equal(clus__segment_add(w, 5, 1, 0, (uint32_t[]){3000}), CLUS_OK);
    assert_int_equal(clus__segment_end(w), CLUS_OK);
    assert_int_equal(clus__segment_begin(w, key, none),
                     CLUS_E_ARGUMENT); /* not ascending */
    assert_int_equal(clus__segment_begin(w, key_of(KEY_STEM, "c", room), none), CLUS_OK);
    assert_int_equal(clus__segment_add(w, 5, 1, 0, (uint32_t[]){3000}), CLUS_OK);
    assert_int_equal(clus__segment_add(w, 5, 1, 0, (uint32_t[]){3000}), CLUS_E_ARGUMENT);
    assert_int_equal(clus__segment_finish(w, &totals), CLUS_E_ARGUMENT);
    clus__segment_writer_free(w);
    for (int i = 0; i < SEG_STREAMS; i++)
        clus__buf_done(&m.bytes[i]);
}

static int make_norms(void **state)
{
    (void)state;
    seed = 4711;
    for (uint32_t i = 0; i < NDOCS; i++)
        norms[i] =
            (struct norm){clus__norm_of_length(20 + draw(600)), (uint8_t)(1 + draw(20))};
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_of_all_lengths_come_back),
        cmocka_unit_test(a_list_copied_by_columns_is_the_same),
        cmocka_unit_test(columns_out_of_order_are_refused),
        cmocka_unit_test(a_word_may_occur_very_often),
        cmocka_unit_test(jumps_land_on_the_right_block),
        cmocka_unit_test(kth_impacts_are_close_lower_bounds),
        cmocka_unit_test(every_key_is_found_and_no_other),
        cmocka_unit_test(a_walk_meets_every_key_in_order),
        cmocka_unit_test(a_walk_begins_where_it_is_told),
        cmocka_unit_test(a_walk_goes_forward_to_where_it_is_told),
        cmocka_unit_test(a_walk_passes_keys_by),
        cmocka_unit_test(stems_are_found_for_their_forms),
        cmocka_unit_test(an_empty_segment_has_no_keys),
        cmocka_unit_test(calls_out_of_order_are_refused),
    };
    return cmocka_run_group_tests(tests, make_norms, NULL);
}
