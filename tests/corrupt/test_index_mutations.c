/*
 * Hostile bytes under valid checksums: every row and page of an index is changed and sealed
 * again, so that the decoders themselves meet the damage. Reading, checking, writing and
 * compacting must end in a status, never in a crash or a hang.
 *
 * Arguments: mutations of each kind, seed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/le.h"
#include "codec/postings.h"
#include "index/check.h"
#include "index/ids.h"
#include "index/index.h"
#include "index/record.h"
#include "index/stats.h"
#include "index/writer.h"
#include "scratch.h"

enum { DOCS = 300, SMALL_DOCS = 12 };

enum kind {
    FLIP_PAGE,
    FIELD_OF_PAGE,
    CUT_PAGE,
    MIX_PAGES,
    FLIP_ROW,
    FIELD_OF_ROW,
    CUT_ROW,
    DROP_ROW,
    KINDS
};

static char dir[PATH_MAX];
static unsigned per_kind = 120;
static uint64_t state = 20240607;
static uint8_t *sound;
static size_t sound_len;

static uint64_t draw(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static const char *path_of(const char *name)
{
    return scratch_path(dir, name);
}

/* ---- a sound index: a large segment, small ones, deletions, packs, pending owners ---- */

static clus_status add(struct writer *w, unsigned number, unsigned words)
{
    char id[32], text[6000], tag[32], title[64];
    size_t n = 0;
    for (unsigned i = 0; i < words; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "слово%u кластера ",
                              (number * 7 + i * i) % 211);
    clus_str tags[1] = {{tag, (size_t)snprintf(tag, sizeof tag, "t%u", number % 7)}};
    clus_document doc = {
        .id = {id, (size_t)snprintf(id, sizeof id, "id-%u", number)},
        .title = {title, (size_t)snprintf(title, sizeof title, "Документ %u", number)},
        .text = {text, n},
        .extra = {"меню сайта слово1", strlen("меню сайта слово1")},
        .date = {"2024-05-06", number % 3 ? 10 : 0},
        .source = {"source", 6},
        .tags = tags,
        .n_tags = 1,
    };
    return clus__writer_add(w, &doc, NULL);
}

static struct writer *writer_of(struct index *index)
{
    struct writer *w = NULL;
    clus_writer_options opts = {.relaxed = true, .memory_bytes = 16 << 20};
    return clus__writer_open(index, &opts, &w, NULL) == CLUS_OK ? w : NULL;
}

static void commit(struct writer *w)
{
    clus_error err = {0};
    if (clus__writer_commit(w, NULL, &err) != CLUS_OK)
        fail_msg("%s", err.message);
}

static void load_sound(void)
{
    struct stat info;
    int fd = open(path_of("index/data.mdb"), O_RDONLY);
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &info), 0);
    sound_len = (size_t)info.st_size;
    sound = clus__malloc(sound_len);
    assert_non_null(sound);
    assert_int_equal(read(fd, sound, sound_len), sound_len);
    assert_int_equal(close(fd), 0);
}

static int build(void **unused)
{
    struct index *index;
    clus_error err = {0};
    clus_create_options opts = {0};
    (void)unused;
    (void)scratch_make(dir);
    assert_int_equal(clus__index_create(path_of("index"), &opts, &index, &err), CLUS_OK);
    struct writer *w = writer_of(index);
    assert_non_null(w);
    for (unsigned i = 0; i < DOCS; i++)
        assert_int_equal(add(w, i, i % 10 == 0 ? 150 : 25), CLUS_OK);
    assert_int_equal(clus__writer_reorder(w, NULL), CLUS_OK); /* numbers in both orders */
    for (unsigned part = 0; part < 3; part++) {
        for (unsigned i = 0; i < SMALL_DOCS; i++)
            assert_int_equal(add(w, DOCS - 5 + part * SMALL_DOCS + i, 10), CLUS_OK);
        commit(w);
    }
    clus__writer_free(w);
    assert_int_equal(clus__index_close(index, &err), CLUS_OK);
    load_sound();
    return 0;
}

static int clean_up(void **unused)
{
    (void)unused;
    clus__free(sound);
    scratch_remove(dir);
    return 0;
}

static void restore(void)
{
    int fd = open(path_of("index/data.mdb"), O_WRONLY | O_TRUNC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, sound, sound_len), sound_len);
    assert_int_equal(close(fd), 0);
}

/* ---- mutations ---- */

/* Change bytes as a bug or an enemy would. */
static void mutate(uint8_t *bytes, size_t len, bool field)
{
    static const uint64_t extremes[] = {0,          1,          0x7f,       0x80,
                                        0xff,       0xffff,     0x7fffffff, 0x80000000,
                                        UINT32_MAX, UINT64_MAX, 1u << 20,   1ull << 40};
    if (len == 0)
        return;
    if (!field) {
        for (unsigned n = 1 + (unsigned)(draw() % 3); n > 0; n--)
            bytes[draw() % len] ^= (uint8_t)(1u << draw() % 8);
        return;
    }
    uint64_t value = extremes[draw() % (sizeof extremes / sizeof *extremes)];
    size_t width = (size_t)1 << draw() % 4, at = draw() % len;
    if (draw() % 2)
        at -= at % width;
    memcpy(bytes + at, &value, width < len - at ? width : len - at);
}

/* A page of any owner: pages are numbered as they are met. */
static const uint8_t *any_page(struct store_txn *txn, uint32_t *owner, uint8_t *stream,
                               uint32_t *page)
{
    for (;;) {
        const uint8_t *payload = NULL;
        *owner = 1 + (uint32_t)(draw() % 8);
        *stream = (uint8_t)(draw() % SEG_STREAMS);
        *page = (uint32_t)(draw() % 6);
        for (;; --*page) {
            payload = clus__store_page(txn, *owner, *stream, *page);
            if (payload || *page == 0)
                break;
        }
        if (payload)
            return payload;
    }
}

/* Where to damage a page: the bytes of a short stream lie at its begin. */
static size_t likely_bytes(void)
{
    return draw() % 2 ? 256 : PAGE_PAYLOAD;
}

static void mutate_page(struct store_txn *txn, enum kind kind)
{
    uint32_t owner, page, owner2, page2;
    uint8_t stream, stream2, copy[PAGE_PAYLOAD];
    memcpy(copy, any_page(txn, &owner, &stream, &page), sizeof copy);
    if (kind == MIX_PAGES) {
        size_t from = draw() % likely_bytes();
        memcpy(copy + from, any_page(txn, &owner2, &stream2, &page2) + from,
               PAGE_PAYLOAD - from);
    } else if (kind == CUT_PAGE) {
        size_t from = draw() % likely_bytes();
        memset(copy + from, draw() % 2 ? 0 : 0xff, PAGE_PAYLOAD - from);
    } else {
        mutate(copy, likely_bytes(), kind == FIELD_OF_PAGE);
    }
    assert_int_equal(clus__store_put_page(txn, owner, stream, page, copy), CLUS_OK);
}

static void mutate_row(struct store_txn *txn, enum kind kind)
{
    static const enum store_table tables[] = {TABLE_INFO, TABLE_SEGMENTS, TABLE_DELETIONS,
                                              TABLE_PACKS};
    enum store_table table = tables[draw() % 4];
    struct store_row row = {0}, chosen = {0};
    unsigned seen = 0;
    while (clus__store_next(txn, table, &row) == CLUS_OK) {
        if (draw() % ++seen == 0)
            memcpy(&chosen, &row, sizeof row);
    }
    assert_true(seen > 0);
    struct bytes key = {chosen.key_bytes, chosen.key.len};
    size_t len = chosen.value.len;
    if (kind == DROP_ROW) {
        assert_int_equal(clus__store_del(txn, table, key), CLUS_OK);
        return;
    }
    if (kind == CUT_ROW)
        len = draw() % (len + 1);
    else
        mutate(chosen.value_bytes, len, kind == FIELD_OF_ROW);
    assert_int_equal(
        clus__store_put(txn, table, key, (struct bytes){chosen.value_bytes, len}), CLUS_OK);
}

static void damage(enum kind kind)
{
    struct store *store;
    struct store_txn *txn;
    struct store_options opts = {.trusted = true};
    restore();
    assert_int_equal(clus__store_open(path_of("index"), &opts, &store, NULL), CLUS_OK);
    assert_int_equal(clus__store_lock(store, 0, NULL), CLUS_OK);
    assert_int_equal(clus__store_write(store, true, &txn, NULL), CLUS_OK);
    if (kind < FLIP_ROW)
        mutate_page(txn, kind);
    else
        mutate_row(txn, kind);
    assert_int_equal(clus__store_commit(txn, NULL), CLUS_OK);
    assert_int_equal(clus__store_close(store, NULL), CLUS_OK);
}

/* ---- everything that can be asked ---- */

static void expected(clus_status st)
{
    assert_true(st == CLUS_OK || st == CLUS_DONE || st == CLUS_E_CORRUPT ||
                st == CLUS_E_NOMEM || st == CLUS_E_VERSION || st == CLUS_E_ANALYZER ||
                st == CLUS_E_LIMIT);
}

static void read_list(const struct segment *seg, struct store_txn *txn,
                      const struct term_info *info)
{
    struct postings p = {0};
    const uint32_t *pos;
    uint32_t n;
    clus_status st = clus__segment_postings(seg, txn, info, NULL, &p);
    if (st == CLUS_OK)
        st = clus__postings_seek_block(&p, 0);
    while (st == CLUS_OK) {
        st = clus__postings_docs(&p);
        if (st == CLUS_OK)
            st = clus__postings_tfs(&p);
        for (uint32_t i = 0; st == CLUS_OK && i < p.n; i++) {
            assert_true(p.docs[i] < seg->ndocs);
            if (seg->positions && !(p.flags[i] & FLAG_EXTRA_ONLY))
                expected(clus__postings_positions(&p, i, &pos, &n));
        }
        if (st == CLUS_OK)
            st = clus__postings_seek_block(&p, (uint64_t)p.block_last + 1);
    }
    expected(st);
    clus__postings_done(&p);
}

static void read_segment(struct view *view, uint32_t s)
{
    const struct segment *seg = view->segments[s].seg;
    struct term_walk *walk;
    struct bytes key, stem;
    struct term_info info;
    const int64_t *dates;
    clus_status st = clus__term_walk_new(seg, view->txn, (struct bytes){0}, &walk);
    expected(st);
    if (st == CLUS_OK) {
        while ((st = clus__term_walk_next(walk, &key, &stem, &info)) == CLUS_OK)
            read_list(seg, view->txn, &info);
        expected(st);
        clus__term_walk_free(walk);
    }
    expected(clus__view_dates(view, s, &dates));
    for (uint32_t doc = 0; doc < seg->ndocs && doc < DOCS; doc++) {
        clus_stored *stored = NULL;
        uint8_t scratch[512];
        size_t len;
        expected(clus__ids_read(view->segments[s].seg, view->txn, doc, scratch, &len));
        if (doc % 5)
            continue;
        st = clus__view_document(view, s, doc, &stored, NULL);
        expected(st);
        if (st == CLUS_OK) {
            clus__record_done(&stored->record);
            clus__free(stored->bytes);
            clus__free(stored);
        }
    }
}

static void read_all(struct index *index)
{
    struct view *view;
    clus_stats stats;
    clus_status st = clus__view_open(index, &view, NULL);
    expected(st);
    if (st != CLUS_OK)
        return;
    for (uint32_t s = 0; s < view->n_segments; s++)
        read_segment(view, s);
    for (unsigned i = 0; i < DOCS + 40; i += 7) {
        char id[32];
        uint32_t segment, doc;
        clus_str name = {id, (size_t)snprintf(id, sizeof id, "id-%u", i)};
        expected(clus__view_find(view, name, &segment, &doc));
    }
    expected(clus__view_stats(view, &stats, NULL));
    clus__view_free(view);
}

/* Both verdicts of the check are right here, for a change may be harmless; returns whether
 * the damage was noticed. */
static bool use(void)
{
    struct index *index;
    clus_open_options opts = {.trusted = true};
    clus_status st = clus__index_open(path_of("index"), &opts, &index, NULL);
    expected(st);
    if (st != CLUS_OK)
        return true;
    read_all(index);
    st = clus__index_check(index, NULL, NULL, NULL, NULL);
    expected(st);
    bool noticed = st != CLUS_OK;
    struct writer *w = writer_of(index);
    if (w) {
        st = add(w, 3, 12);
        if (st == CLUS_OK)
            st = add(w, DOCS + 1000, 12);
        if (st == CLUS_OK)
            st = clus__writer_delete(w, (clus_str){"id-20", 5}, NULL, NULL);
        if (st == CLUS_OK)
            st = clus__writer_commit(w, NULL, NULL);
        if (st == CLUS_OK)
            st = draw() % 2 ? clus__writer_compact(w, NULL) : clus__writer_reorder(w, NULL);
        expected(st);
        clus__writer_free(w);
    }
    read_all(index);
    expected(clus__index_close(index, NULL));
    return noticed;
}

/* Much of a page may be padding and some fields have more than one right value, but a
 * good part of all damage must be noticed. */
static void run_kind(enum kind kind)
{
    unsigned noticed = 0;
    for (unsigned i = 0; i < per_kind; i++) {
        damage(kind);
        noticed += use();
    }
    print_message("# %u of %u noticed\n", noticed, per_kind);
    assert_true(noticed > per_kind / 3);
}

static void flipped_bits_of_pages(void **unused)
{
    (void)unused;
    run_kind(FLIP_PAGE);
}

static void extreme_fields_of_pages(void **unused)
{
    (void)unused;
    run_kind(FIELD_OF_PAGE);
}

static void cut_pages(void **unused)
{
    (void)unused;
    run_kind(CUT_PAGE);
}

static void pages_of_others(void **unused)
{
    (void)unused;
    run_kind(MIX_PAGES);
}

static void flipped_bits_of_rows(void **unused)
{
    (void)unused;
    run_kind(FLIP_ROW);
}

static void extreme_fields_of_rows(void **unused)
{
    (void)unused;
    run_kind(FIELD_OF_ROW);
}

static void cut_rows(void **unused)
{
    (void)unused;
    run_kind(CUT_ROW);
}

static void rows_that_are_not_there(void **unused)
{
    (void)unused;
    run_kind(DROP_ROW);
}

/* Without a change nothing is found, and without damage the workload works. */
static void the_sound_index_is_sound(void **unused)
{
    struct index *index;
    clus_open_options opts = {0};
    uint64_t findings = 1;
    (void)unused;
    restore();
    assert_int_equal(clus__index_open(path_of("index"), &opts, &index, NULL), CLUS_OK);
    assert_int_equal(clus__index_check(index, NULL, NULL, &findings, NULL), CLUS_OK);
    assert_int_equal(findings, 0);
    assert_int_equal(clus__index_close(index, NULL), CLUS_OK);
    assert_false(use());
}

int main(int argc, char **argv)
{
    if (argc > 1)
        per_kind = (unsigned)strtoul(argv[1], NULL, 10);
    if (argc > 2)
        state = strtoull(argv[2], NULL, 10) * 2 + 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sound_index_is_sound), cmocka_unit_test(flipped_bits_of_pages),
        cmocka_unit_test(extreme_fields_of_pages),  cmocka_unit_test(cut_pages),
        cmocka_unit_test(pages_of_others),          cmocka_unit_test(flipped_bits_of_rows),
        cmocka_unit_test(extreme_fields_of_rows),   cmocka_unit_test(cut_rows),
        cmocka_unit_test(rows_that_are_not_there),
    };
    return cmocka_run_group_tests(tests, build, clean_up);
}
