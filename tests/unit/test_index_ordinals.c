/*
 * Lists of forms that are told by their stem's: what was written is read, in every layout
 * of both lists, and a stem that lies is noticed.
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

enum { NDOCS = 200000, STEM_MOST = 40000 };

static struct norm norms[NDOCS];
static const struct segment_writer_config config = {norms, NDOCS, 100, true};

struct docs {
    uint32_t n, docs[STEM_MOST];
};

static const struct bytes stem_key = {(const uint8_t *)"\x10сло", 7},
                          form_key = {(const uint8_t *)"\x11слова", 11};

/* Every posting tells its document again. */
static uint32_t tf_of(uint32_t doc)
{
    return 1 + doc % 3;
}

static uint8_t flags_of(uint32_t doc)
{
    return doc % 7 == 0 ? FLAG_TITLE : doc % 5 == 0 ? FLAG_LEAD : 0;
}

static void add_all(struct segment_writer *w, const struct docs *list)
{
    for (uint32_t i = 0; i < list->n; i++) {
        uint32_t doc = list->docs[i], title = doc % 7 == 0 ? 0 : POS_TEXT;
        uint32_t pos[3] = {title, POS_TEXT + 1000, POS_TEXT + 2000};
        assert_int_equal(clus__segment_add(w, doc, tf_of(doc), flags_of(doc), pos),
                         CLUS_OK);
    }
    assert_int_equal(clus__segment_end(w), CLUS_OK);
}

/* A segment of a stem, unless it has no documents, and a form that is told by those of
 * `parent`; answers the bytes of both. */
static size_t make(struct memory_segment *m, const struct docs *stem,
                   const struct docs *parent, const struct docs *form)
{
    struct segment_sink sink = memory_segment_sink(m);
    struct segment_writer *w;
    struct segment_totals totals;
    struct bytes stem_text = {stem_key.data + 1, stem_key.len - 1};
    assert_int_equal(clus__segment_writer_new(&sink, &config, &w), CLUS_OK);
    if (stem->n > 0) {
        assert_int_equal(clus__segment_begin(w, stem_key, (struct bytes){0}), CLUS_OK);
        assert_int_equal(clus__segment_parent(w, parent->docs, parent->n), CLUS_E_ARGUMENT);
        add_all(w, stem);
    }
    assert_int_equal(clus__segment_parent(w, parent->docs, parent->n), CLUS_E_ARGUMENT);
    assert_int_equal(clus__segment_begin(w, form_key, stem_text), CLUS_OK);
    assert_int_equal(clus__segment_parent(w, parent->docs, parent->n), CLUS_OK);
    add_all(w, form);
    assert_int_equal(clus__segment_finish(w, &totals), CLUS_OK);
    clus__segment_writer_free(w);
    assert_int_equal(memory_segment_open(m, &config, &totals), CLUS_OK);
    return m->bytes[SEG_POST].len + m->bytes[SEG_DICT].len;
}

static clus_status open_form(const struct memory_segment *m, struct arena *arena,
                             struct postings *p)
{
    struct term_info info;
    assert_int_equal(clus__segment_find(&m->seg, NULL, form_key, &info), CLUS_OK);
    return clus__segment_postings(&m->seg, NULL, &info, arena, p);
}

static void check_block(struct postings *p, const struct docs *form, uint32_t at)
{
    assert_true(at + p->n <= form->n);
    assert_int_equal(clus__postings_docs(p), CLUS_OK);
    assert_memory_equal(p->docs, form->docs + at, p->n * sizeof *p->docs);
    assert_int_equal(p->docs[p->n], UINT32_MAX);
    assert_int_equal(p->block_last, p->docs[p->n - 1]);
    assert_int_equal(clus__postings_tfs(p), CLUS_OK);
    for (uint32_t i = 0; i < p->n; i++) {
        assert_int_equal(p->tfs[i], tf_of(p->docs[i]));
        assert_int_equal(p->flags[i], flags_of(p->docs[i]));
    }
}

/* All of the list, one block after the other or with blocks left out. */
static void check_form(const struct memory_segment *m, const struct docs *form,
                       uint32_t most_step)
{
    struct arena arena = {0};
    struct postings p = {0};
    uint64_t target = 0;
    clus_status st = open_form(m, most_step > 1 ? &arena : NULL, &p);
    assert_int_equal(st, CLUS_OK);
    while ((st = clus__postings_seek_block(&p, target)) == CLUS_OK) {
        uint32_t at = p.block * BLOCK_DOCS;
        assert_true(at == 0 || form->docs[at - 1] < target || most_step > 1);
        check_block(&p, form, at);
        target = (uint64_t)p.block_last + 1 + draw(most_step);
    }
    assert_int_equal(st, CLUS_DONE);
    clus__postings_done(&p);
    clus__arena_done(&arena);
}

static void draw_stem(struct docs *stem, uint32_t n)
{
    uint32_t gap = NDOCS / n < 60 ? NDOCS / n : 60, doc = 0;
    stem->n = n;
    for (uint32_t i = 0; i < n; i++) {
        doc += draw(gap);
        stem->docs[i] = doc++;
    }
}

/* Each document of the stem by chance, one of `one_of`; at least one. */
static void draw_form(struct docs *form, const struct docs *stem, uint32_t one_of)
{
    form->n = 0;
    for (uint32_t i = 0; i < stem->n; i++)
        if (draw(one_of) == 0 || (form->n == 0 && i + 1 == stem->n))
            form->docs[form->n++] = stem->docs[i];
}

static void lists_come_back(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {1, 40, 255, 256, 300, 1000, STEM_MOST};
    static const uint32_t parts[] = {1, 2, 5, 40, 100, 1000};
    static struct docs stem, form, none;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
            struct memory_segment m = {0}, plain = {0};
            draw_stem(&stem, sizes[s]);
            draw_form(&form, &stem, parts[k]);
            size_t len = make(&m, &stem, &stem, &form);
            check_form(&m, &form, 1);
            check_form(&m, &form, 2000);
            check_form(&m, &form, 20000);
            size_t plain_len = make(&plain, &stem, &none, &form);
            assert_true(len <= plain_len);
            assert_true(len < plain_len || form.n < 50 || parts[k] > 40);
            memory_segment_done(&m);
            memory_segment_done(&plain);
        }
}

/* Blocks with a document that the stem lacks hold documents, others ordinals. */
static void documents_that_the_stem_lacks(void **state)
{
    (void)state;
    static struct docs stem, form;
    struct memory_segment m = {0};
    draw_stem(&stem, 20000);
    draw_form(&form, &stem, 3);
    for (uint32_t i = 1000; i < form.n; i += 1500)
        if (form.docs[i] + 1 < form.docs[i + 1])
            form.docs[i]++; /* mostly not the stem's */
    (void)make(&m, &stem, &stem, &form);
    check_form(&m, &form, 1);
    check_form(&m, &form, 5000);
    memory_segment_done(&m);
}

/* What a reader says of a form told by a list that is not the stem's. */
static clus_status read_lie(const struct docs *stem, const struct docs *parent,
                            const struct docs *form)
{
    struct memory_segment m = {0};
    struct postings p = {0};
    (void)make(&m, stem, parent, form);
    clus_status st = open_form(&m, NULL, &p);
    for (uint64_t next = 0; st == CLUS_OK; next = (uint64_t)p.block_last + 1) {
        st = clus__postings_seek_block(&p, next);
        if (st == CLUS_OK)
            st = clus__postings_docs(&p);
        for (uint32_t i = 1; st == CLUS_OK && i < p.n; i++)
            assert_true(p.docs[i] > p.docs[i - 1]);
    }
    clus__postings_done(&p);
    memory_segment_done(&m);
    return st;
}

static void a_stem_that_lies_is_noticed(void **state)
{
    (void)state;
    static struct docs stem, form, other, none;
    static const uint32_t sizes[] = {60, 200, 3000, 20000};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        draw_stem(&stem, sizes[s]);
        draw_form(&form, &stem, 2);
        assert_int_equal(read_lie(&stem, &stem, &form), CLUS_DONE);
        assert_int_equal(read_lie(&none, &stem, &form), CLUS_E_CORRUPT); /* not there */
        other = stem;
        other.n /= 2; /* too short */
        assert_int_equal(read_lie(&other, &stem, &form), CLUS_E_CORRUPT);
        draw_stem(&other, sizes[s]); /* others: a short form has nothing to compare with */
        if (form.n >= BLOCK_DOCS)
            assert_int_equal(read_lie(&other, &stem, &form), CLUS_E_CORRUPT);
    }
}

int main(void)
{
    seed = 4711;
    for (uint32_t i = 0; i < NDOCS; i++)
        norms[i] = (struct norm){clus__norm_of_length(10 + i % 300), (uint8_t)(i % 20)};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_come_back),
        cmocka_unit_test(documents_that_the_stem_lacks),
        cmocka_unit_test(a_stem_that_lies_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
