/*
 * The writer against a naive model: random adding, replacing, deleting, committing, rolling
 * back, compacting and reopening; after every commit each list, position, id, date, value
 * and stored document is what the model says, and the check finds nothing.
 *
 * CLUS_SEED and CLUS_ROUNDS choose another run than the usual ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/le.h"
#include "codec/postings.h"
#include "index/check.h"
#include "index/ids.h"
#include "index/index.h"
#include "index/record.h"
#include "index/stats.h"
#include "index/writer.h"

enum { IDS = 60, WORDS = 40, TITLE_MAX = 6, TEXT_MAX = 260, EXTRA_MAX = 6, TAGS = 5 };

struct field_words {
    uint16_t words[TEXT_MAX];
    unsigned n;
};

struct model_doc {
    bool there;
    uint64_t order; /* of adding */
    struct field_words title, text, extra;
    unsigned tag, month; /* month 0: no date */
};

struct model {
    struct model_doc docs[IDS];
};

struct world {
    char dir[64], path[96];
    uint64_t seed, order;
    clus_analyzer_kind kind;
    unsigned threads;
    bool small; /* sizes so small that everything spills and merges go over commits */
    struct index *index;
    struct writer *writer;
    struct model now, committed;
};

static uint64_t next_random(struct world *w)
{
    w->seed ^= w->seed << 13;
    w->seed ^= w->seed >> 7;
    w->seed ^= w->seed << 17;
    return w->seed;
}

static unsigned below(struct world *w, unsigned n)
{
    return (unsigned)(next_random(w) % n);
}

static void check_status(clus_status st, const clus_error *err)
{
    if (st != CLUS_OK)
        fail_msg("%s: %s", clus_status_name(st), err->message);
}

/* ---- documents ---- */

/* Words such as "қала07": frequent ones have small numbers. */
static void draw_words(struct world *w, struct field_words *f, unsigned max, unsigned least)
{
    f->n = least + below(w, max - least + 1);
    for (unsigned i = 0; i < f->n; i++)
        f->words[i] = (uint16_t)(below(w, WORDS) * below(w, WORDS) / WORDS);
}

static size_t write_words(const struct field_words *f, char *to, size_t cap)
{
    size_t n = 0;
    to[0] = '\0';
    for (unsigned i = 0; i < f->n; i++)
        n += (size_t)snprintf(to + n, cap - n, "%sқала%02u", i ? " " : "", f->words[i]);
    return n;
}

static struct model_doc draw(struct world *w)
{
    struct model_doc d = {.there = true, .order = w->order++};
    draw_words(w, &d.title, TITLE_MAX, 0);
    draw_words(w, &d.text, below(w, 8) == 0 ? TEXT_MAX : 20, 1);
    draw_words(w, &d.extra, EXTRA_MAX, 0);
    d.tag = below(w, TAGS);
    d.month = below(w, 13);
    return d;
}

static void add(struct world *w, unsigned number)
{
    static char title[TITLE_MAX * 16], text[TEXT_MAX * 16], extra[EXTRA_MAX * 16];
    char id[16], tag[16], date[16];
    clus_error err = {0};
    struct model_doc *d = &w->now.docs[number];
    *d = draw(w);
    clus_str tags[2] = {{tag, (size_t)snprintf(tag, sizeof tag, "t%u", d->tag)}};
    tags[1] = tags[0]; /* given twice, counts once */
    clus_document doc = {
        .id = {id, (size_t)snprintf(id, sizeof id, "id-%u", number)},
        .title = {title, write_words(&d->title, title, sizeof title)},
        .text = {text, write_words(&d->text, text, sizeof text)},
        .extra = {extra, write_words(&d->extra, extra, sizeof extra)},
        .tags = tags,
        .n_tags = 2,
    };
    if (d->month)
        doc.date =
            (clus_str){date, (size_t)snprintf(date, sizeof date, "2024-%02u-02", d->month)};
    check_status(clus__writer_add(w->writer, &doc, &err), &err);
}

static void delete (struct world *w, unsigned number)
{
    char id[16];
    bool found;
    clus_error err = {0};
    clus_str name = {id, (size_t)snprintf(id, sizeof id, "id-%u", number)};
    check_status(clus__writer_delete(w->writer, name, &found, &err), &err);
    assert_int_equal(found, w->now.docs[number].there);
    w->now.docs[number].there = false;
}

/* ---- what the index should say about a word in a document ---- */

struct expected {
    uint32_t tf;
    uint8_t flags;
    uint32_t pos[TITLE_MAX + TEXT_MAX];
};

static bool expect(const struct model_doc *d, unsigned word, struct expected *e)
{
    unsigned n = 0, extra = 0;
    *e = (struct expected){0};
    for (unsigned i = 0; i < d->title.n; i++) {
        if (d->title.words[i] != word)
            continue;
        e->pos[n++] = i;
        e->flags |= FLAG_TITLE;
    }
    for (unsigned i = 0; i < d->text.n; i++) {
        if (d->text.words[i] != word)
            continue;
        e->pos[n++] = POS_TEXT + i;
        e->flags |= i < LEAD_TOKENS ? FLAG_LEAD : 0;
    }
    for (unsigned i = 0; i < d->extra.n; i++)
        extra += d->extra.words[i] == word;
    e->tf = n ? n : extra;
    if (!n && extra)
        e->flags = FLAG_EXTRA_ONLY;
    return e->tf > 0;
}

static unsigned number_of(struct view *view, uint32_t segment, uint32_t doc)
{
    uint8_t scratch[512];
    size_t len;
    assert_int_equal(
        clus__ids_read(view->segments[segment].seg, view->txn, doc, scratch, &len),
        CLUS_OK);
    assert_true(len > 3 && memcmp(scratch, "id-", 3) == 0);
    char digits[8] = {0};
    memcpy(digits, scratch + 3, len - 3);
    return (unsigned)strtoul(digits, NULL, 10);
}

static void compare_posting(const struct world *w, struct postings *p, uint32_t i,
                            const struct model_doc *d, unsigned word)
{
    struct expected e;
    const uint32_t *pos;
    uint32_t n;
    assert_true(expect(d, word, &e));
    assert_int_equal(p->tfs[i], e.tf);
    assert_int_equal(p->flags[i], e.flags);
    if (e.flags & FLAG_EXTRA_ONLY)
        return;
    assert_int_equal(clus__postings_positions(p, i, &pos, &n), CLUS_OK);
    assert_int_equal(n, e.tf);
    assert_memory_equal(pos, e.pos, n * sizeof *pos);
    (void)w;
}

/* Live postings of a word in one segment, compared; returns how many. */
static unsigned compare_list(struct world *w, struct view *view, uint32_t segment,
                             unsigned word)
{
    const struct view_segment *s = &view->segments[segment];
    char key[32];
    struct term_info info;
    struct postings p = {0};
    unsigned live = 0;
    int len = snprintf(key, sizeof key, "%cқала%02u", KEY_STEM, word);
    clus_status st = clus__segment_find(
        s->seg, view->txn, (struct bytes){(const uint8_t *)key, (size_t)len}, &info);
    if (st == CLUS_DONE)
        return 0;
    assert_int_equal(st, CLUS_OK);
    assert_int_equal(clus__segment_postings(s->seg, view->txn, &info, NULL, &p), CLUS_OK);
    for (st = clus__postings_seek_block(&p, 0); st == CLUS_OK;
         st = clus__postings_seek_block(&p, (uint64_t)p.block_last + 1)) {
        assert_int_equal(clus__postings_docs(&p), CLUS_OK);
        assert_int_equal(clus__postings_tfs(&p), CLUS_OK);
        for (uint32_t i = 0; i < p.n; i++) {
            if (clus__bit(s->deleted, p.docs[i]))
                continue;
            unsigned number = number_of(view, segment, p.docs[i]);
            assert_true(w->committed.docs[number].there);
            compare_posting(w, &p, i, &w->committed.docs[number], word);
            live++;
        }
    }
    assert_int_equal(st, CLUS_DONE);
    clus__postings_done(&p);
    return live;
}

static void compare_words(struct world *w, struct view *view)
{
    for (unsigned word = 0; word < WORDS; word++) {
        unsigned found = 0, wanted = 0;
        struct expected e;
        for (uint32_t s = 0; s < view->n_segments; s++)
            found += compare_list(w, view, s, word);
        for (unsigned i = 0; i < IDS; i++)
            wanted += w->committed.docs[i].there && expect(&w->committed.docs[i], word, &e);
        assert_int_equal(found, wanted);
    }
}

/* ---- documents ---- */

static void compare_document(struct world *w, struct view *view, unsigned number)
{
    static char text[TEXT_MAX * 16];
    const struct model_doc *d = &w->committed.docs[number];
    char id[16];
    uint32_t segment, doc;
    clus_error err = {0};
    clus_stored *stored = NULL;
    const int64_t *dates;
    clus_str name = {id, (size_t)snprintf(id, sizeof id, "id-%u", number)};
    clus_status st = clus__view_find(view, name, &segment, &doc);
    assert_int_equal(st, d->there ? CLUS_OK : CLUS_DONE);
    if (!d->there)
        return;
    check_status(clus__view_document(view, segment, doc, &stored, &err), &err);
    size_t len = write_words(&d->text, text, sizeof text);
    assert_int_equal(stored->record.doc.text.len, len);
    assert_memory_equal(stored->record.doc.text.data, text, len);
    assert_int_equal(stored->record.doc.n_tags, 2);
    clus__record_done(&stored->record);
    free(stored->bytes);
    free(stored);
    assert_int_equal(clus__view_dates(view, segment, &dates), CLUS_OK);
    static const uint16_t days[13] = {0,   0,   31,  60,  91,  121, 152,
                                      182, 213, 244, 274, 305, 335};
    int64_t date = NO_DATE;
    if (d->month) /* 2024-01-01 is day 19723 */
        date = (19723 + (int64_t)days[d->month] + 1) * 86400;
    assert_true(dates[doc] == date);
}

/* Numbers are in the order of adding, over all segments, wherever documents stand. */
static void compare_order(const struct world *w, struct view *view)
{
    uint64_t before = 0;
    for (uint32_t s = 0; s < view->n_segments; s++) {
        for (uint32_t i = 0; i < view->segments[s].seg->ndocs; i++) {
            uint32_t doc;
            assert_int_equal(clus__docnum_nth(view->segments[s].seg, view->txn, i, &doc),
                             CLUS_OK);
            if (clus__bit(view->segments[s].deleted, doc))
                continue;
            uint64_t order = w->committed.docs[number_of(view, s, doc)].order + 1;
            assert_true(order > before);
            before = order;
        }
    }
}

static void finding(void *ctx, const char *where, const char *message)
{
    (void)ctx;
    print_error("check: %s: %s\n", where, message);
}

static void compare_all(struct world *w)
{
    struct view *view;
    clus_error err = {0};
    uint64_t findings = 0;
    clus_stats stats;
    check_status(clus__view_open(w->index, &view, &err), &err);
    unsigned live = 0;
    for (unsigned i = 0; i < IDS; i++) {
        compare_document(w, view, i);
        live += w->committed.docs[i].there;
    }
    assert_int_equal(view->n_live, live);
    check_status(clus__view_stats(view, &stats, &err), &err);
    assert_int_equal(stats.documents, live);
    if (w->kind == CLUS_ANALYZER_WHITESPACE)
        compare_words(w, view);
    compare_order(w, view);
    clus__view_free(view);
    check_status(clus__index_check(w->index, finding, NULL, &findings, &err), &err);
    assert_int_equal(findings, 0);
}

/* ---- steps ---- */

static void open_writer(struct world *w)
{
    clus_error err = {0};
    clus_writer_options opts = {
        .threads = w->threads, .memory_bytes = 16 << 20, .relaxed = true};
    check_status(clus__writer_open(w->index, &opts, &w->writer, &err), &err);
    if (w->small)
        w->writer->limits = (struct writer_limits){.run = 1500,
                                                   .batch = 300,
                                                   .share = 200,
                                                   .spill = 4000,
                                                   .memory_merge = 3000,
                                                   .merge_step = 1000,
                                                   .parallel = 9000,
                                                   .commit_merge = 5000};
}

static void reopen(struct world *w)
{
    clus_error err = {0};
    clus_open_options opts = {0};
    clus__writer_free(w->writer);
    check_status(clus__index_close(w->index, &err), &err);
    check_status(clus__index_open(w->path, &opts, &w->index, &err), &err);
    open_writer(w);
    w->now = w->committed;
}

static void step(struct world *w)
{
    clus_error err = {0};
    unsigned what = below(w, 100);
    if (what < 64) {
        add(w, below(w, IDS));
    } else if (what < 76) {
        delete (w, below(w, IDS));
    } else if (what < 94) {
        check_status(clus__writer_commit(w->writer, NULL, &err), &err);
        w->committed = w->now;
        compare_all(w);
    } else if (what < 97) {
        check_status(clus__writer_rollback(w->writer, &err), &err);
        w->now = w->committed;
    } else if (what < 98) {
        bool reorder = below(w, 2) == 0;
        check_status(reorder ? clus__writer_reorder(w->writer, &err)
                             : clus__writer_compact(w->writer, &err),
                     &err);
        w->committed = w->now;
        compare_all(w);
        assert_true(w->writer->base->n <= 1);
        assert_int_equal(w->writer->base->n_docs, w->writer->base->n_live);
    } else {
        reopen(w);
        compare_all(w);
    }
}

static unsigned from_environment(const char *name, unsigned otherwise)
{
    const char *text = getenv(name);
    return text ? (unsigned)strtoul(text, NULL, 10) : otherwise;
}

static void run_world(clus_analyzer_kind kind, unsigned threads, bool small, unsigned seed)
{
    static struct world w;
    clus_error err = {0};
    w = (struct world){.dir = "/tmp/clus-random-XXXXXX", .kind = kind, .threads = threads};
    w.small = small;
    w.seed = 0x9e3779b97f4a7c15u ^ ((uint64_t)from_environment("CLUS_SEED", seed) << 20);
    assert_non_null(mkdtemp(w.dir));
    (void)snprintf(w.path, sizeof w.path, "%s/index", w.dir);
    clus_create_options opts = {.analyzer = kind};
    check_status(clus__index_create(w.path, &opts, &w.index, &err), &err);
    open_writer(&w);
    for (unsigned i = from_environment("CLUS_ROUNDS", 1200); i > 0; i--)
        step(&w);
    clus__writer_free(w.writer);
    check_status(clus__index_close(w.index, &err), &err);
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", w.dir);
    assert_int_equal(system(command), 0);
}

static void whitespace_words(void **state)
{
    (void)state;
    run_world(CLUS_ANALYZER_WHITESPACE, 1, false, 1);
}

static void whitespace_words_by_threads(void **state)
{
    (void)state;
    run_world(CLUS_ANALYZER_WHITESPACE, 3, true, 2);
}

static void stemmed_words(void **state)
{
    (void)state;
    run_world(CLUS_ANALYZER_AUTO, 2, true, 3);
}

static void stemmed_words_in_memory(void **state)
{
    (void)state;
    run_world(CLUS_ANALYZER_AUTO, 1, false, 4);
}

static void one_thread_that_spills(void **state)
{
    (void)state;
    run_world(CLUS_ANALYZER_WHITESPACE, 1, true, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whitespace_words),
        cmocka_unit_test(whitespace_words_by_threads),
        cmocka_unit_test(stemmed_words),
        cmocka_unit_test(stemmed_words_in_memory),
        cmocka_unit_test(one_thread_that_spills),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
