/*
 * Each allocation of the layers fails in turn, once and from then on (the linker sends
 * their calls of malloc here): a status comes back, nothing leaks, the last commit is
 * intact and the handle works again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "failing_alloc.h"
#include "index/check.h"
#include "index/index.h"
#include "index/record.h"
#include "index/writer.h"
#include "scratch.h"

static char dir[PATH_MAX];

static clus_status add(struct writer *w, const char *id, unsigned salt)
{
    char text[700];
    int n = snprintf(text, sizeof text, "текст %u", salt);
    for (unsigned i = 0; i < 30; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, " слово%u",
                      (salt * 13 + i * i) % 50);
    clus_str tag = {"тег", 6};
    clus_field field = {{"name", 4}, {"value", 5}};
    clus_document doc = {.id = {id, strlen(id)},
                         .title = {"Заглавие", strlen("Заглавие")},
                         .text = {text, (size_t)n},
                         .extra = {"меню", strlen("меню")},
                         .date = {"2024-01-01", 10},
                         .tags = &tag,
                         .n_tags = 1,
                         .fields = &field,
                         .n_fields = 1};
    return clus__writer_add(w, &doc, NULL);
}

static void shrink(struct writer *w)
{
    w->limits = (struct writer_limits){.run = 1500,
                                       .batch = 700,
                                       .share = 200,
                                       .spill = 3000,
                                       .memory_merge = 3000,
                                       .merge_step = 1000,
                                       .parallel = 9000,
                                       .commit_merge = 5000};
}

static clus_status read_one(struct index *index, const char *id)
{
    struct view *view;
    uint32_t segment, doc;
    clus_stored *stored;
    const int64_t *dates;
    clus_status st = clus__view_open(index, &view, NULL);
    if (st != CLUS_OK)
        return st;
    st = clus__view_find(view, (clus_str){id, strlen(id)}, &segment, &doc);
    if (st == CLUS_OK)
        st = clus__view_dates(view, segment, &dates);
    if (st == CLUS_OK)
        st = clus__view_document(view, segment, doc, &stored, NULL);
    if (st == CLUS_OK) {
        clus__record_done(&stored->record);
        __wrap_free(stored->bytes);
        __wrap_free(stored);
    }
    clus__view_free(view);
    return st;
}

/* Adds, replaces, deletes, spills, merges, compacts, reads, checks. */
static clus_status work(struct index *index)
{
    struct writer *w;
    clus_writer_options opts = {.relaxed = true, .memory_bytes = 16 << 20};
    clus_status st = clus__writer_open(index, &opts, &w, NULL);
    if (st != CLUS_OK)
        return st;
    shrink(w);
    for (unsigned i = 0; i < 5 && st == CLUS_OK; i++)
        st = add(w, i % 2 ? "a" : "b", i);
    if (st == CLUS_OK)
        st = clus__writer_delete(w, (clus_str){"kept", 4}, NULL, NULL);
    if (st == CLUS_OK)
        st = add(w, "kept", 99);
    if (st == CLUS_OK)
        st = clus__writer_commit(w, NULL, NULL);
    if (st == CLUS_OK)
        st = clus__writer_compact(w, NULL);
    if (st == CLUS_OK)
        st = clus__writer_reorder(w, NULL);
    clus__writer_free(w);
    if (st == CLUS_OK)
        st = read_one(index, "kept");
    if (st == CLUS_OK)
        st = clus__index_check(index, NULL, NULL, NULL, NULL);
    return st;
}

static struct index *open_index(void)
{
    struct index *index;
    clus_open_options opts = {.trusted = true};
    assert_int_equal(clus__index_open(scratch_path(dir, "index"), &opts, &index, NULL),
                     CLUS_OK);
    return index;
}

/* Fails allocation n of the work; false when the work needs no more than n. */
static bool try(struct index *index, long n, bool once)
{
    long before = allocations_live;
    fail_once = once;
    allocation_failed = false;
    allocations_left = n;
    clus_status st = work(index);
    bool reached = allocation_failed;
    allocations_left = -1;
    if (reached && !once)
        assert_int_equal(st, CLUS_E_NOMEM);
    if (st != CLUS_OK && st != CLUS_E_NOMEM)
        fail_msg("allocation %ld: %s", n, clus_status_name(st));
    clus__manifest_release(index, index->current); /* what stays open is no leak */
    index->current = NULL;
    assert_true(allocations_live <= before);
    assert_int_equal(read_one(index, "kept"), CLUS_OK);
    return reached;
}

static void run(bool once)
{
    struct index *index = open_index();
    long n = 0;
    while (try(index, n, once))
        n++;
    print_message("# %ld allocations\n", n);
    assert_true(n > 200);
    assert_int_equal(work(index), CLUS_OK);
    assert_int_equal(clus__index_check(index, NULL, NULL, NULL, NULL), CLUS_OK);
    assert_int_equal(clus__index_close(index, NULL), CLUS_OK);
}

static void one_allocation_fails(void **state)
{
    (void)state;
    run(true);
}

static void all_further_allocations_fail(void **state)
{
    (void)state;
    run(false);
}

static void opening_fails(void **state)
{
    (void)state;
    clus_status st = CLUS_E_NOMEM;
    for (long n = 0; st != CLUS_OK; n++) {
        struct index *index;
        clus_open_options opts = {.trusted = true};
        long before = allocations_live;
        allocations_left = n;
        fail_once = false;
        st = clus__index_open(scratch_path(dir, "index"), &opts, &index, NULL);
        allocations_left = -1;
        if (st == CLUS_OK)
            assert_int_equal(clus__index_close(index, NULL), CLUS_OK);
        else
            assert_int_equal(st, CLUS_E_NOMEM);
        assert_int_equal(allocations_live, before);
    }
}

static int set_up(void **state)
{
    struct index *index;
    struct writer *w;
    clus_create_options opts = {0};
    clus_writer_options writing = {.relaxed = true};
    (void)state;
    (void)scratch_make(dir);
    if (clus__index_create(scratch_path(dir, "index"), &opts, &index, NULL) != CLUS_OK ||
        clus__writer_open(index, &writing, &w, NULL) != CLUS_OK)
        return -1;
    for (unsigned i = 0; i < 9; i++) {
        if (add(w, i ? "other" : "kept", i) != CLUS_OK ||
            clus__writer_commit(w, NULL, NULL) != CLUS_OK)
            return -1;
    }
    clus__writer_free(w);
    return clus__index_close(index, NULL) == CLUS_OK ? 0 : -1;
}

static int clean_up(void **state)
{
    (void)state;
    scratch_remove(dir);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opening_fails),
        cmocka_unit_test(one_allocation_fails),
        cmocka_unit_test(all_further_allocations_fail),
    };
    return cmocka_run_group_tests(tests, set_up, clean_up);
}
