/* Lists that another thread encodes become the same bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "index/list_feed.h"

enum { DOCS = 30000, KEYS = 400, LONGEST = 8000, PARENT = 9000 };

struct target {
    struct slab slab;
    struct segment_sink sink;
    struct segment_writer *writer;
    struct list_feed feed;
};

static struct norm norms[DOCS];
static uint32_t docs[LONGEST], tfs[LONGEST], deltas[4 * LONGEST], parent[PARENT];
static uint8_t flags[LONGEST];

static void make(struct target *t)
{
    *t = (struct target){.slab.owner = 1};
    t->sink = clus__slab_sink(&t->slab);
    struct segment_writer_config config = {
        .norms = norms, .ndocs = DOCS, .avg_len = 40, .positions = true};
    assert_int_equal(clus__segment_writer_new(&t->sink, &config, &t->writer), CLUS_OK);
    clus__feed_init(&t->feed, t->writer, &t->slab, true);
}

static void done(struct target *t)
{
    clus__feed_done(&t->feed);
    clus__segment_writer_free(t->writer);
    clus__slab_done(&t->slab);
}

static void *serve(void *feed)
{
    clus__feed_serve(feed);
    return NULL;
}

/* Postings of some of the parent's documents, or of any. */
static struct posting_columns draw_list(const uint32_t *of, uint32_t n_of)
{
    struct posting_columns list = {0, docs, tfs, flags, deltas};
    uint32_t step = 1 + draw(draw(3) ? 2000 : 9), n = 0;
    for (uint32_t at = draw(step); at < n_of && n < LONGEST; at += 1 + draw(step), n++) {
        docs[n] = of ? of[at] : at;
        tfs[n] = 1 + draw(4);
        flags[n] = draw(30) ? 0 : FLAG_EXTRA_ONLY;
    }
    for (size_t i = 0; i < 4 * (size_t)n; i++)
        deltas[i] = draw(100);
    list.n = n;
    return list;
}

static clus_status one_key(struct list_feed *f, uint8_t kind, unsigned i, uint32_t *number)
{
    char raw[16];
    size_t len = (size_t)snprintf(raw, sizeof raw, "%cword%04u", kind, i);
    struct bytes key = {(const uint8_t *)raw, len}, stem = {0};
    if (kind == KEY_FORM)
        stem = (struct bytes){(const uint8_t *)"word", 4};
    if (kind == KEY_FORM && draw(3) == 0)
        return clus__feed_alias(f, key, stem, 7, 7 + (UINT64_C(1) << 33));
    bool child = kind == KEY_FORM && draw(4);
    if (child && draw(5) == 0) { /* another parent */
        ++*number;
        for (uint32_t k = 0, doc = 0; k < PARENT; k++)
            parent[k] = doc += 1 + draw(3);
    }
    struct posting_columns list = draw_list(child ? parent : NULL, child ? PARENT : DOCS);
    if (list.n == 0)
        return CLUS_OK;
    clus_status st = clus__feed_begin(f, key, stem);
    if (st == CLUS_OK && child)
        st = clus__feed_parent(f, *number, parent, PARENT);
    if (st == CLUS_OK)
        st = clus__feed_columns(f, &list);
    return st == CLUS_OK ? clus__feed_end(f) : st;
}

/* The same lists every time; in steps that each have a thread of their own, or in none. */
static void feed_all(struct target *t, bool threaded)
{
    static const uint8_t kinds[] = {KEY_STEM, KEY_FORM, KEY_VALUE};
    uint32_t number = 1;
    seed = 20;
    for (uint32_t k = 0; k < PARENT; k++)
        parent[k] = 2 * k;
    for (unsigned step = 0; step < 6; step++) {
        pthread_t thread;
        if (threaded) {
            clus__feed_open(&t->feed);
            assert_int_equal(pthread_create(&thread, NULL, serve, &t->feed), 0);
        }
        for (unsigned i = step % 2 * KEYS; i < (step % 2 + 1) * KEYS; i++)
            assert_int_equal(one_key(&t->feed, kinds[step / 2], i, &number), CLUS_OK);
        assert_int_equal(clus__feed_wait(&t->feed), CLUS_OK);
        assert_int_equal(clus__feed_out_bytes(&t->feed), clus__slab_bytes(&t->slab));
        if (threaded) {
            clus__feed_close(&t->feed);
            assert_int_equal(pthread_join(thread, NULL), 0);
        }
    }
}

static void bytes_are_the_same(void **state)
{
    struct target straight, threaded;
    struct segment_totals totals[2];
    (void)state;
    make(&straight);
    make(&threaded);
    feed_all(&straight, false);
    feed_all(&threaded, true);
    assert_int_equal(clus__segment_finish(straight.writer, &totals[0]), CLUS_OK);
    assert_int_equal(clus__segment_finish(threaded.writer, &totals[1]), CLUS_OK);
    assert_memory_equal(&totals[0], &totals[1], sizeof *totals);
    assert_true(straight.slab.data[SEG_POST].len > 1 << 20);
    for (int s = 0; s < SEG_STREAMS; s++) {
        assert_int_equal(straight.slab.data[s].len, threaded.slab.data[s].len);
        if (straight.slab.data[s].len)
            assert_memory_equal(straight.slab.data[s].data, threaded.slab.data[s].data,
                                straight.slab.data[s].len);
    }
    done(&straight);
    done(&threaded);
}

/* What the writer refuses is heard of at last when waiting, and nothing waits for ever. */
static void failures_come_back(void **state)
{
    struct target t;
    pthread_t thread;
    clus_status st = CLUS_OK;
    uint32_t number = 1;
    (void)state;
    make(&t);
    clus__feed_open(&t.feed);
    assert_int_equal(pthread_create(&thread, NULL, serve, &t.feed), 0);
    seed = 20;
    for (unsigned i = 0; i < KEYS && st == CLUS_OK; i++)
        st = one_key(&t.feed, KEY_STEM, i == KEYS / 2 ? 0 : i + 1, &number); /* again */
    assert_true(st == CLUS_OK || st == CLUS_E_ARGUMENT);
    assert_int_equal(clus__feed_wait(&t.feed), CLUS_E_ARGUMENT);
    assert_int_equal(clus__feed_wait(&t.feed), CLUS_E_ARGUMENT);
    clus__feed_close(&t.feed);
    assert_int_equal(pthread_join(thread, NULL), 0);
    done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_are_the_same),
        cmocka_unit_test(failures_come_back),
    };
    return cmocka_run_group_tests_name("index_list_feed", tests, NULL, NULL);
}
