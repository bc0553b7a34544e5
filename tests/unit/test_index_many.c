/* Many documents: deletions in lists and bit sets, columns that are merged in steps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "index/check.h"
#include "index/deletions.h"
#include "index/ids.h"
#include "index/index.h"
#include "index/writer.h"
#include "scratch.h"

static char dir[PATH_MAX];
static uint64_t state = 1234567891011u;

static unsigned below(unsigned n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state % n);
}

static void worked(clus_status st, const clus_error *err)
{
    if (st != CLUS_OK)
        fail_msg("%s: %s", clus_status_name(st), err->message);
}

/* ---- deletions ---- */

static struct store_txn *write_to(struct store *store)
{
    struct store_txn *txn = NULL;
    clus_error err = {0};
    worked(clus__store_write(store, true, &txn, &err), &err);
    return txn;
}

static void load_and_compare(struct store *store, uint32_t owner, uint32_t ndocs,
                             const uint64_t *bits, uint32_t n)
{
    struct store_txn *txn = NULL;
    struct segment_row row = {.owner = owner, .ndocs = ndocs, .n_deleted = n};
    uint64_t *loaded = NULL;
    assert_int_equal(clus__store_read(store, &txn, NULL), CLUS_OK);
    assert_int_equal(clus__deletions_load(txn, &row, &loaded), CLUS_OK);
    if (n > 0)
        assert_memory_equal(loaded, bits, clus__bitset_words(ndocs) * sizeof *bits);
    else
        assert_null(loaded);
    clus__free(loaded);
    row.n_deleted = n + 1;
    assert_int_equal(clus__deletions_load(txn, &row, &loaded), CLUS_E_CORRUPT);
    clus__store_abort(txn);
}

/* Ever more documents of one segment are deleted, while others stand beside it. */
static void deletions_of(struct store *store, uint32_t owner, uint32_t ndocs)
{
    size_t words = clus__bitset_words(ndocs);
    uint64_t *bits = clus__calloc(words, sizeof *bits);
    uint64_t *before = clus__calloc(words, sizeof *bits);
    assert_true(bits && before);
    for (unsigned round = 0; round < 12; round++) {
        for (unsigned i = 0; i < 1u << round; i++) {
            uint32_t doc = below(ndocs);
            bits[doc / 64] |= 1ull << (doc % 64);
        }
        struct store_txn *txn = write_to(store);
        assert_int_equal(
            clus__deletions_store(txn, owner, ndocs, round ? before : NULL, bits), CLUS_OK);
        assert_int_equal(clus__store_commit(txn, NULL), CLUS_OK);
        memcpy(before, bits, words * sizeof *bits);
        load_and_compare(store, owner, ndocs, bits, clus__bits_count(bits, words));
    }
    clus__free(bits);
    clus__free(before);
}

static void deletions_come_back(void **unused)
{
    struct store *store;
    clus_error err = {0};
    struct store_options opts = {0};
    static const uint32_t sizes[] = {1, 63, 64, 4096, 8191, 8192, 8193, 30000};
    (void)unused;
    (void)scratch_make(dir);
    worked(clus__store_create(scratch_path(dir, "index"), &opts, &store, &err), &err);
    worked(clus__store_lock(store, 0, &err), &err);
    for (uint32_t i = 0; i < 8; i++)
        deletions_of(store, i + 1, sizes[i]);
    struct store_txn *txn = write_to(store);
    assert_int_equal(clus__deletions_drop(txn, 4), CLUS_OK);
    assert_int_equal(clus__store_commit(txn, NULL), CLUS_OK);
    load_and_compare(store, 4, 4096, NULL, 0);
    struct store_row row = {0};
    assert_int_equal(clus__store_read(store, &txn, NULL), CLUS_OK);
    uint32_t owners = 0, last = 0;
    while (clus__store_next(txn, TABLE_DELETIONS, &row) == CLUS_OK) {
        owners += clus__owner_of_key(row.key) != last;
        last = clus__owner_of_key(row.key);
    }
    assert_int_equal(owners, 7);
    clus__store_abort(txn);
    worked(clus__store_close(store, &err), &err);
    scratch_remove(dir);
}

/* ---- columns ---- */

enum { MANY = 30000 };

static void add(struct writer *w, unsigned i)
{
    char id[32], text[32], date[16];
    clus_error err = {0};
    clus_document doc = {
        .id = {id, (size_t)snprintf(id, sizeof id, "document-%u", i)},
        .text = {text, (size_t)snprintf(text, sizeof text, "w%u w%u", i % 17, i % 1009)},
        .date = {date, (size_t)snprintf(date, sizeof date, "%04u-01-01", 1000 + i % 1000)}};
    if (i % 3 == 0)
        doc.date.len = 0;
    worked(clus__writer_add(w, &doc, &err), &err);
}

static void find_all(struct index *index, unsigned step)
{
    struct view *view;
    clus_error err = {0};
    worked(clus__view_open(index, &view, &err), &err);
    for (unsigned i = 0; i < MANY; i++) {
        char id[32];
        uint32_t segment = 0, doc = 0;
        const int64_t *dates;
        clus_str name = {id, (size_t)snprintf(id, sizeof id, "document-%u", i)};
        clus_status st = clus__view_find(view, name, &segment, &doc);
        assert_int_equal(st, i % step ? CLUS_OK : CLUS_DONE);
        if (st == CLUS_DONE)
            continue;
        assert_int_equal(clus__view_dates(view, segment, &dates), CLUS_OK);
        assert_int_equal(dates[doc] == NO_DATE, i % 3 == 0);
    }
    clus__view_free(view);
}

static void columns_are_merged_in_steps(void **unused)
{
    struct index *index;
    struct writer *w;
    clus_error err = {0};
    clus_create_options create = {.analyzer = CLUS_ANALYZER_WHITESPACE};
    clus_writer_options opts = {.relaxed = true};
    (void)unused;
    (void)scratch_make(dir);
    worked(clus__index_create(scratch_path(dir, "index"), &create, &index, &err), &err);
    worked(clus__writer_open(index, &opts, &w, &err), &err);
    w->limits = (struct writer_limits){.run = 60000,
                                       .batch = 10000,
                                       .share = 10000,
                                       .spill = 100000,
                                       .memory_merge = 1000,
                                       .merge_step = 10000,
                                       .parallel = SIZE_MAX,
                                       .commit_merge = 20000};
    for (unsigned i = 0; i < MANY; i++) {
        add(w, i);
        if (i % 7000 == 6999)
            worked(clus__writer_commit(w, NULL, &err), &err);
    }
    for (unsigned i = 0; i < MANY; i += 5) {
        char id[32];
        clus_str name = {id, (size_t)snprintf(id, sizeof id, "document-%u", i)};
        bool found = false;
        worked(clus__writer_delete(w, name, &found, &err), &err);
        assert_true(found);
    }
    worked(clus__writer_commit(w, NULL, &err), &err);
    find_all(index, 5);
    worked(clus__index_check(index, NULL, NULL, NULL, &err), &err);
    worked(clus__writer_compact(w, &err), &err);
    assert_int_equal(w->base->n, 1);
    assert_int_equal(w->base->n_docs, MANY - MANY / 5);
    find_all(index, 5);
    worked(clus__index_check(index, NULL, NULL, NULL, &err), &err);
    worked(clus__writer_reorder(w, &err), &err);
    find_all(index, 5);
    worked(clus__index_check(index, NULL, NULL, NULL, &err), &err);
    clus__writer_free(w);
    worked(clus__index_close(index, &err), &err);
    scratch_remove(dir);
}

/* Merges that need several commits never end where each writer is closed after one. */
static void writers_of_one_commit_keep_up(void **unused)
{
    enum { COMMITS = 600, EACH = 20 };
    struct index *index;
    clus_error err = {0};
    clus_create_options create = {.analyzer = CLUS_ANALYZER_WHITESPACE};
    clus_writer_options opts = {.relaxed = true};
    (void)unused;
    (void)scratch_make(dir);
    worked(clus__index_create(scratch_path(dir, "index"), &create, &index, &err), &err);
    uint32_t most = 0;
    for (unsigned c = 0; c < COMMITS; c++) {
        struct writer *w;
        worked(clus__writer_open(index, &opts, &w, &err), &err);
        w->limits.commit_merge = 1;
        for (unsigned i = 0; i < EACH; i++)
            add(w, c * EACH + i);
        worked(clus__writer_commit(w, NULL, &err), &err);
        most = w->base->n > most ? w->base->n : most;
        clus__writer_free(w);
    }
    assert_true(most > 10 && most < 40);
    worked(clus__index_check(index, NULL, NULL, NULL, &err), &err);
    worked(clus__index_close(index, &err), &err);
    scratch_remove(dir);
}

static void add_text(struct writer *w, const char *text, size_t len)
{
    clus_document doc = {.text = {text, len}};
    clus_error err = {0};
    worked(clus__writer_add(w, &doc, &err), &err);
}

/* Four packs are due: what of them is compressed again, which is all, is paid for; without
 * any, nothing is. */
static void packs_are_merged_within_the_budget(void **unused)
{
    enum { PACKS = 4, LEN = 6000 };
    struct index *index;
    struct writer *w;
    char text[PACKS][LEN];
    uint64_t budget = 1 << 20;
    clus_error err = {0};
    clus_create_options create = {.analyzer = CLUS_ANALYZER_WHITESPACE};
    clus_writer_options opts = {.relaxed = true};
    (void)unused;
    (void)scratch_make(dir);
    worked(clus__index_create(scratch_path(dir, "index"), &create, &index, &err), &err);
    worked(clus__writer_open(index, &opts, &w, &err), &err);
    for (unsigned c = 0; c < PACKS; c++) {
        for (unsigned i = 0; i < LEN; i++)
            text[c][i] = "abcdefghijklmnopqrstuvwxyz      "[below(32)];
        add_text(w, text[c], LEN);
        if (c + 1 < PACKS)
            worked(clus__writer_commit(w, NULL, &err), &err);
    }
    worked(clus__writer_seal_rest(w, &err), &err);
    worked(clus__writer_collect(w, true, &err), &err);
    assert_int_equal(w->n_packs, PACKS);
    worked(clus__writer_merge_packs(w, &budget, &err), &err);
    assert_int_equal(w->n_packs, 1);
    assert_in_range((1 << 20) - budget, PACKS * LEN / 2, PACKS * LEN);
    uint64_t left = budget;
    worked(clus__writer_merge_packs(w, &budget, &err), &err);
    assert_int_equal(budget, left);
    worked(clus__writer_commit(w, NULL, &err), &err);
    worked(clus__index_check(index, NULL, NULL, NULL, &err), &err);
    clus__writer_free(w);
    worked(clus__index_close(index, &err), &err);
    scratch_remove(dir);
}

/* A list too long to be put in a new order at once is read several times, and counted
 * once: its one form shares it, and says the same of it. */
static void a_list_gathered_in_parts_is_counted_once(void **unused)
{
    enum { DOCUMENTS = 8000 };
    struct index *index;
    struct writer *w;
    clus_error err = {0};
    clus_create_options create = {.analyzer = CLUS_ANALYZER_AUTO};
    clus_writer_options opts = {.relaxed = true};
    (void)unused;
    (void)scratch_make(dir);
    worked(clus__index_create(scratch_path(dir, "index"), &create, &index, &err), &err);
    worked(clus__writer_open(index, &opts, &w, &err), &err);
    w->limits.merge_step = 10000;
    for (unsigned i = 0; i < DOCUMENTS; i++) {
        char text[32];
        add_text(w, text, (size_t)snprintf(text, sizeof text, "и слово%u", i));
        if (i == DOCUMENTS / 2)
            worked(clus__writer_commit(w, NULL, &err), &err);
    }
    worked(clus__writer_reorder(w, &err), &err);
    assert_int_equal(w->base->n, 1);
    worked(clus__index_check(index, NULL, NULL, NULL, &err), &err);
    clus__writer_free(w);
    worked(clus__index_close(index, &err), &err);
    scratch_remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deletions_come_back),
        cmocka_unit_test(columns_are_merged_in_steps),
        cmocka_unit_test(writers_of_one_commit_keep_up),
        cmocka_unit_test(packs_are_merged_within_the_budget),
        cmocka_unit_test(a_list_gathered_in_parts_is_counted_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
