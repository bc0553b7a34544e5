/*
 * What a dictionary says about forms: each comes back with its stem, documents and
 * occurrences, whether a byte tells them or many, on a walk and looked up.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "memory_segment.h"

enum { NDOCS = 400, FORMS = 8000 };

static struct norm norms[NDOCS];
static const struct segment_writer_config config = {norms, NDOCS, 100, false};

struct form {
    uint8_t key[KEY_MAX], stem[KEY_MAX];
    size_t key_len, stem_len;
    uint32_t df, tf; /* all of its documents have that tf */
    bool alias;
};

static struct form forms[FORMS];

static struct bytes key_of(const struct form *f)
{
    return (struct bytes){f->key, f->key_len};
}

static struct bytes stem_of(const struct form *f)
{
    return (struct bytes){f->stem, f->stem_len};
}

/* Put `n` letters behind the text; its new length. */
static size_t put_letters(uint8_t *text, size_t len, const char *letter, uint32_t n)
{
    for (; n > 0; n--)
        for (const char *c = letter; *c; c++)
            text[len++] = (uint8_t)*c;
    return len;
}

/* Most as they are in texts; some with long endings, with endings of an odd number of bytes
 * or with a stem that has letters of its own. */
static void draw_form(struct form *f, uint32_t number)
{
    static const uint32_t dfs[] = {1, 1, 1, 2, 3, 7, 8, 9, 10, 64, 127, 128, NDOCS};
    char root[16];
    (void)snprintf(root, sizeof root, "%c%06u", KEY_FORM, number);
    size_t len = strlen(root);
    memcpy(f->key, root, len);
    memcpy(f->stem, root + 1, len - 1);
    f->key_len = put_letters(f->key, len, "я", draw(draw(9) ? 4 : 100));
    f->key_len = put_letters(f->key, f->key_len, "z", draw(9) ? 0 : draw(3));
    f->stem_len = put_letters(f->stem, len - 1, "ь", draw(9) ? 0 : draw(draw(9) ? 3 : 100));
    f->df = dfs[draw(sizeof dfs / sizeof *dfs)];
    f->tf = draw(3) ? 1 : 1 + draw(draw(3) ? 4 : 300);
    f->alias = draw(2);
}

static void write_form(struct segment_writer *w, const struct form *f)
{
    if (f->alias) {
        assert_int_equal(
            clus__segment_alias(w, key_of(f), stem_of(f), f->df, (uint64_t)f->df * f->tf),
            CLUS_OK);
        return;
    }
    assert_int_equal(clus__segment_begin(w, key_of(f), stem_of(f)), CLUS_OK);
    for (uint32_t doc = 0; doc < f->df; doc++)
        assert_int_equal(clus__segment_add(w, doc, f->tf, 0, NULL), CLUS_OK);
    assert_int_equal(clus__segment_end(w), CLUS_OK);
}

static void make(struct memory_segment *m)
{
    struct segment_sink sink = memory_segment_sink(m);
    struct segment_writer *w;
    struct segment_totals totals;
    assert_int_equal(clus__segment_writer_new(&sink, &config, &w), CLUS_OK);
    for (uint32_t i = 0; i < FORMS; i++) {
        draw_form(&forms[i], i);
        write_form(w, &forms[i]);
    }
    assert_int_equal(clus__segment_finish(w, &totals), CLUS_OK);
    clus__segment_writer_free(w);
    assert_int_equal(memory_segment_open(m, &config, &totals), CLUS_OK);
}

static void check_info(const struct form *f, const struct term_info *info)
{
    assert_int_equal(info->df, f->df);
    assert_int_equal(info->ttf, (uint64_t)f->df * f->tf);
    assert_int_equal(info->alias, f->alias);
}

static void check_list(const struct memory_segment *m, const struct form *f,
                       const struct term_info *info)
{
    struct postings p = {0};
    uint32_t n = 0;
    check_info(f, info);
    assert_int_equal(clus__segment_postings(&m->seg, NULL, info, NULL, &p), CLUS_OK);
    for (uint64_t target = 0; clus__postings_seek_block(&p, target) == CLUS_OK;
         target = (uint64_t)p.block_last + 1) {
        assert_int_equal(clus__postings_docs(&p), CLUS_OK);
        assert_int_equal(clus__postings_tfs(&p), CLUS_OK);
        for (uint32_t i = 0; i < p.n; i++, n++) {
            assert_int_equal(p.docs[i], n);
            assert_int_equal(p.tfs[i], f->tf);
        }
    }
    assert_int_equal(n, f->df);
    clus__postings_done(&p);
}

/* All of them, or some: what lies between is stepped over. */
static void walks_tell_of_forms(void **state)
{
    (void)state;
    struct memory_segment m = {0};
    make(&m);
    for (uint32_t one_of = 1; one_of < 100; one_of *= 3) {
        struct term_walk *walk;
        struct bytes key, stem;
        struct term_info info;
        size_t shared;
        assert_int_equal(clus__term_walk_new(&m.seg, NULL, (struct bytes){0}, &walk),
                         CLUS_OK);
        for (uint32_t i = 0; i < FORMS; i++) {
            const struct form *f = &forms[i];
            assert_int_equal(clus__term_walk_step(walk, &key, &shared), CLUS_OK);
            assert_int_equal(clus__bytes_cmp(key, key_of(f)), 0);
            if (draw(one_of) > 0)
                continue;
            assert_int_equal(clus__term_walk_read(walk, &stem, &info), CLUS_OK);
            assert_int_equal(clus__bytes_cmp(stem, stem_of(f)), 0);
            check_info(f, &info);
        }
        assert_int_equal(clus__term_walk_step(walk, &key, &shared), CLUS_DONE);
        clus__term_walk_free(walk);
    }
    memory_segment_done(&m);
}

static void forms_are_found(void **state)
{
    (void)state;
    struct memory_segment m = {0};
    struct term_info info;
    make(&m);
    for (uint32_t i = 0; i < FORMS; i++) {
        clus_status st = clus__segment_find(&m.seg, NULL, key_of(&forms[i]), &info);
        assert_int_equal(st, forms[i].alias ? CLUS_E_CORRUPT : CLUS_OK); /* no stem here */
        if (st == CLUS_OK)
            check_list(&m, &forms[i], &info);
    }
    memory_segment_done(&m);
}

/* One that is its stem and as frequent as it has documents, as a quarter of all, takes a
 * byte besides its text. */
static void a_form_like_its_stem_takes_a_byte(void **state)
{
    (void)state;
    size_t bytes[2];
    for (uint32_t more = 0; more < 2; more++) {
        struct memory_segment m = {0};
        struct segment_sink sink = memory_segment_sink(&m);
        struct segment_writer *w;
        struct segment_totals totals;
        assert_int_equal(clus__segment_writer_new(&sink, &config, &w), CLUS_OK);
        for (uint32_t i = 0; i < 1 + more; i++) {
            const uint8_t key[] = {KEY_FORM, 'a', (uint8_t)('b' + i)};
            const struct bytes form = {key, sizeof key}, stem = {key + 1, 2};
            assert_int_equal(clus__segment_alias(w, form, stem, 1, 1), CLUS_OK);
        }
        assert_int_equal(clus__segment_finish(w, &totals), CLUS_OK);
        clus__segment_writer_free(w);
        bytes[more] = m.bytes[SEG_DICT].len;
        memory_segment_done(&m);
    }
    assert_int_equal(bytes[1] - bytes[0], 2 + 1); /* the text: a byte shared, one more */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walks_tell_of_forms),
        cmocka_unit_test(forms_are_found),
        cmocka_unit_test(a_form_like_its_stem_takes_a_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
