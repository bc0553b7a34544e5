/* Rows and pages of a store: what was committed is read, by key, in order, and only that.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/le.h"
#include "scratch.h"
#include "store/store.h"

static char dir[PATH_MAX];

static struct bytes text(const char *s)
{
    return (struct bytes){(const uint8_t *)s, strlen(s)};
}

static struct store *create(const char *name)
{
    struct store *store = NULL;
    clus_error err = {0};
    clus_status status = clus__store_create(scratch_path(dir, name),
                                            &(struct store_options){0}, &store, &err);
    if (status != CLUS_OK)
        fail_msg("%s", err.message);
    assert_int_equal(clus__store_lock(store, 0, NULL), CLUS_OK);
    return store;
}

static struct store *reopen(struct store *store, const char *name)
{
    clus_error err = {0};
    assert_int_equal(clus__store_close(store, NULL), CLUS_OK);
    if (clus__store_open(scratch_path(dir, name), &(struct store_options){0}, &store,
                         &err) != CLUS_OK)
        fail_msg("%s", err.message);
    assert_int_equal(clus__store_lock(store, 0, NULL), CLUS_OK);
    return store;
}

static struct store_txn *begin(struct store *store)
{
    struct store_txn *txn = NULL;
    assert_int_equal(clus__store_write(store, true, &txn, NULL), CLUS_OK);
    return txn;
}

static struct store_txn *view(struct store *store)
{
    struct store_txn *txn = NULL;
    assert_int_equal(clus__store_read(store, &txn, NULL), CLUS_OK);
    return txn;
}

static void assert_row(struct store_txn *txn, enum store_table table, const char *key,
                       const char *value)
{
    struct bytes got = {0};
    clus_status status = clus__store_get(txn, table, text(key), &got);
    if (!value) {
        assert_int_equal(status, CLUS_DONE);
        return;
    }
    assert_int_equal(status, CLUS_OK);
    assert_int_equal(got.len, strlen(value));
    assert_memory_equal(got.data, value, got.len);
}

static void rows_are_read_as_written(void **state)
{
    (void)state;
    struct store *store = create("rows");
    struct store_txn *txn = begin(store);
    assert_int_equal(clus__store_put(txn, TABLE_INFO, text("a"), text("one")), CLUS_OK);
    assert_int_equal(clus__store_put(txn, TABLE_SEGMENTS, text("a"), text("two")), CLUS_OK);
    assert_int_equal(clus__store_put(txn, TABLE_INFO, text("b"), text("")), CLUS_OK);
    assert_row(txn, TABLE_INFO, "a", "one"); /* its own writes */
    struct store_txn *before = view(store);
    assert_row(before, TABLE_INFO, "a", NULL);
    assert_int_equal(clus__store_commit(txn, NULL), CLUS_OK);
    assert_row(before, TABLE_INFO, "a", NULL); /* a view is frozen */
    uint64_t old_id = clus__store_txn_id(before);
    clus__store_abort(before);
    store = reopen(store, "rows");
    struct store_txn *after = view(store);
    assert_true(clus__store_txn_id(after) > old_id);
    assert_row(after, TABLE_INFO, "a", "one");
    assert_row(after, TABLE_SEGMENTS, "a", "two");
    assert_row(after, TABLE_INFO, "b", "");
    assert_row(after, TABLE_INFO, "c", NULL);
    clus__store_abort(after);
    txn = begin(store);
    assert_int_equal(clus__store_put(txn, TABLE_INFO, text("a"), text("three")), CLUS_OK);
    assert_int_equal(clus__store_del(txn, TABLE_INFO, text("b")), CLUS_OK);
    assert_int_equal(clus__store_del(txn, TABLE_INFO, text("b")), CLUS_DONE);
    assert_row(txn, TABLE_INFO, "a", "three");
    clus__store_abort(txn);
    after = view(store);
    assert_row(after, TABLE_INFO, "a", "one"); /* an abort leaves nothing */
    assert_row(after, TABLE_INFO, "b", "");
    clus__store_abort(after);
    assert_int_equal(clus__store_close(store, NULL), CLUS_OK);
}

static void only_changes_are_commits(void **state)
{
    (void)state;
    struct store *store = create("empty");
    uint32_t dropped;
    struct store_txn *v = view(store), *txn = begin(store);
    uint64_t id = clus__store_txn_id(v);
    clus__store_abort(v);
    assert_int_equal(clus__store_del(txn, TABLE_INFO, text("none")), CLUS_DONE);
    assert_int_equal(clus__store_drop_pages(txn, 1, 1, &dropped), CLUS_DONE);
    assert_int_equal(clus__store_commit(txn, NULL), CLUS_OK);
    v = view(store);
    assert_int_equal(clus__store_txn_id(v), id);
    clus__store_abort(v);
    txn = begin(store);
    assert_int_equal(clus__store_put(txn, TABLE_INFO, text("a"), text("")), CLUS_OK);
    assert_int_equal(clus__store_commit(txn, NULL), CLUS_OK);
    v = view(store);
    assert_int_equal(clus__store_txn_id(v), id + 1);
    assert_int_equal(clus__store_commit(v, NULL), CLUS_OK); /* ends a view as well */
    assert_int_equal(clus__store_close(reopen(store, "empty"), NULL), CLUS_OK);
}

static void limits_of_rows(void **state)
{
    (void)state;
    static uint8_t big[STORE_MAX_ROW + 1], key[65];
    struct store *store = create("limits");
    struct store_txn *txn = begin(store);
    struct bytes longest = {big, STORE_MAX_ROW}, got, key64 = {key, 64};
    memset(big, 'x', sizeof big);
    assert_int_equal(clus__store_put(txn, TABLE_PACKS, key64, longest), CLUS_OK);
    assert_int_equal(clus__store_get(txn, TABLE_PACKS, key64, &got), CLUS_OK);
    assert_int_equal(got.len, STORE_MAX_ROW);
    assert_int_equal(
        clus__store_put(txn, TABLE_PACKS, key64, (struct bytes){big, STORE_MAX_ROW + 1}),
        CLUS_E_LIMIT);
    assert_int_equal(clus__store_put(txn, TABLE_PACKS, (struct bytes){key, 65}, longest),
                     CLUS_E_ARGUMENT);
    assert_int_equal(clus__store_put(txn, TABLE_PACKS, (struct bytes){key, 0}, longest),
                     CLUS_E_ARGUMENT);
    assert_int_equal(clus__store_get(txn, TABLE_PACKS, (struct bytes){key, 0}, &got),
                     CLUS_E_ARGUMENT);
    assert_int_equal(clus__store_commit(txn, NULL), CLUS_OK); /* refusals spoil nothing */
    struct store_txn *v = view(store);
    assert_int_equal(clus__store_put(v, TABLE_PACKS, key64, longest), CLUS_E_ARGUMENT);
    assert_int_equal(clus__store_get(v, TABLE_PACKS, key64, &got), CLUS_OK);
    clus__store_abort(v);
    assert_int_equal(clus__store_close(store, NULL), CLUS_OK);
}

static void a_value_of_the_same_row_may_be_put_back(void **state)
{
    (void)state;
    struct store *store = create("alias");
    struct store_txn *txn = begin(store);
    struct bytes got;
    assert_int_equal(clus__store_put(txn, TABLE_INFO, text("k"), text("0123456789")),
                     CLUS_OK);
    assert_int_equal(clus__store_get(txn, TABLE_INFO, text("k"), &got), CLUS_OK);
    got.data += 3;
    got.len = 4;
    assert_int_equal(clus__store_put(txn, TABLE_INFO, text("k"), got), CLUS_OK);
    assert_row(txn, TABLE_INFO, "k", "3456");
    clus__store_abort(txn);
    assert_int_equal(clus__store_close(store, NULL), CLUS_OK);
}

static void walks_go_in_order_while_rows_change(void **state)
{
    (void)state;
    enum { N = 1000 };
    struct store *store = create("walk");
    struct store_txn *txn = begin(store);
    for (uint32_t i = 0; i < N; i++) {
        uint8_t key[4], value[300] = {0};
        clus__put_be32(key, i * 7919 % N * 2);
        clus__put_le32(value, i * 7919 % N);
        assert_int_equal(clus__store_put(txn, TABLE_DELETIONS, (struct bytes){key, 4},
                                         (struct bytes){value, sizeof value}),
                         CLUS_OK);
    }
    struct store_row row = {0};
    uint32_t n = 0;
    clus_status status;
    while ((status = clus__store_next(txn, TABLE_DELETIONS, &row)) == CLUS_OK) {
        assert_int_equal(clus__be32(row.key.data), n * 2);
        assert_int_equal(clus__le32(row.value.data), n);
        if (n % 3 == 0)
            assert_int_equal(clus__store_del(txn, TABLE_DELETIONS, row.key), CLUS_OK);
        n++;
    }
    assert_int_equal(status, CLUS_DONE);
    assert_int_equal(n, N);
    uint8_t from[4];
    clus__put_be32(from, 601 * 2 - 1); /* 600 is gone, 601 is the next */
    struct store_row at = {.key = {from, 4}};
    assert_int_equal(clus__store_next(txn, TABLE_DELETIONS, &at), CLUS_OK);
    assert_int_equal(clus__be32(at.key.data), 601 * 2);
    clus__put_be32(from, 601 * 2);
    at.key = (struct bytes){from, 4};
    assert_int_equal(clus__store_next(txn, TABLE_DELETIONS, &at), CLUS_OK);
    assert_int_equal(clus__be32(at.key.data), 601 * 2); /* a start is included */
    assert_int_equal(clus__store_next(txn, TABLE_DELETIONS, &at), CLUS_OK);
    assert_int_equal(clus__be32(at.key.data), 602 * 2);
    assert_int_equal(clus__store_commit(txn, NULL), CLUS_OK);
    assert_int_equal(clus__store_close(store, NULL), CLUS_OK);
}

/* ---- pages ---- */

static void fill(uint8_t payload[PAGE_PAYLOAD], uint32_t owner, uint8_t stream,
                 uint32_t page)
{
    uint32_t x = owner * 2654435761u ^ (uint32_t)stream << 24 ^ page;
    for (size_t i = 0; i < PAGE_PAYLOAD; i++) {
        x = x * 1664525 + 1013904223;
        payload[i] = (uint8_t)(x >> 24);
    }
}

static void put(struct store_txn *txn, uint32_t owner, uint8_t stream, uint32_t page)
{
    uint8_t payload[PAGE_PAYLOAD];
    fill(payload, owner, stream, page);
    assert_int_equal(clus__store_put_page(txn, owner, stream, page, payload), CLUS_OK);
}

static void assert_page(struct store_txn *txn, uint32_t owner, uint8_t stream,
                        uint32_t page)
{
    uint8_t payload[PAGE_PAYLOAD];
    fill(payload, owner, stream, page);
    const uint8_t *got = clus__store_page(txn, owner, stream, page);
    assert_non_null(got);
    assert_memory_equal(got, payload, sizeof payload);
}

static void pages_in_any_order(void **state)
{
    (void)state;
    struct store *store = create("pages");
    struct store_txn *txn = begin(store);
    for (uint32_t p = 0; p < 300; p++) {
        put(txn, 7, 2, p); /* ascending */
        put(txn, 3, 255, 299 - p);
        put(txn, UINT32_MAX, 0, p * 7 % 300);
    }
    put(txn, 0, 0, 0);
    put(txn, 7, 2, 5); /* once more, in the transaction that made it */
    assert_page(txn, 7, 2, 5);
    assert_int_equal(clus__store_commit(txn, NULL), CLUS_OK);
    txn = begin(store);
    put(txn, 7, 2, 6); /* over a committed one */
    assert_int_equal(clus__store_commit(txn, NULL), CLUS_OK);
    store = reopen(store, "pages");
    txn = view(store);
    for (uint32_t p = 0; p < 300; p++) {
        assert_page(txn, 7, 2, p);
        assert_page(txn, 3, 255, p);
        assert_page(txn, UINT32_MAX, 0, p);
    }
    assert_page(txn, 0, 0, 0);
    assert_null(clus__store_page(txn, 7, 2, 300));
    assert_null(clus__store_page(txn, 7, 3, 0));
    assert_null(clus__store_page(txn, 8, 2, 0));
    clus__store_abort(txn);
    assert_int_equal(clus__store_close(store, NULL), CLUS_OK);
}

static void owners_are_dropped_in_slices(void **state)
{
    (void)state;
    struct store *store = create("drop");
    struct store_txn *txn = begin(store);
    for (uint32_t owner = 1; owner <= 3; owner++)
        for (uint32_t p = 0; p < 500; p++)
            put(txn, owner * 10, (uint8_t)(p % 2), p);
    assert_int_equal(clus__store_commit(txn, NULL), CLUS_OK);
    uint32_t owner = 11, dropped = 0;
    txn = begin(store);
    assert_int_equal(clus__store_next_owner(txn, &owner), CLUS_OK);
    assert_int_equal(owner, 20);
    assert_int_equal(clus__store_drop_pages(txn, 20, 300, &dropped), CLUS_OK);
    assert_int_equal(dropped, 300);
    assert_int_equal(clus__store_commit(txn, NULL), CLUS_OK);
    txn = begin(store);
    assert_int_equal(clus__store_next_owner(txn, &owner), CLUS_OK);
    assert_int_equal(owner, 20);
    put(txn, 20, 9, 1); /* pages come and go in one transaction */
    assert_int_equal(clus__store_drop_pages(txn, 20, 300, &dropped), CLUS_DONE);
    assert_int_equal(dropped, 201);
    assert_int_equal(clus__store_drop_pages(txn, 20, 300, &dropped), CLUS_DONE);
    assert_int_equal(dropped, 0);
    put(txn, 30, 1, 1000); /* appends after what is left */
    assert_int_equal(clus__store_commit(txn, NULL), CLUS_OK);
    store = reopen(store, "drop");
    txn = view(store);
    for (uint32_t p = 0; p < 500; p++) {
        assert_page(txn, 10, (uint8_t)(p % 2), p);
        assert_null(clus__store_page(txn, 20, (uint8_t)(p % 2), p));
        assert_page(txn, 30, (uint8_t)(p % 2), p);
    }
    assert_page(txn, 30, 1, 1000);
    owner = 11;
    assert_int_equal(clus__store_next_owner(txn, &owner), CLUS_OK);
    assert_int_equal(owner, 30);
    owner = 31;
    assert_int_equal(clus__store_next_owner(txn, &owner), CLUS_DONE);
    clus__store_abort(txn);
    assert_int_equal(clus__store_verify(store, NULL, NULL, NULL), CLUS_OK);
    assert_int_equal(clus__store_close(store, NULL), CLUS_OK);
}

static void streams_read_pages_of_a_view(void **state)
{
    (void)state;
    enum { PAGES = 40, LEN = PAGES * PAGE_PAYLOAD - 100 };
    uint8_t *all = clus__malloc((size_t)PAGES * PAGE_PAYLOAD);
    uint8_t *scratch = clus__malloc(LEN + STREAM_OVERREAD);
    assert_non_null(all);
    assert_non_null(scratch);
    struct store *store = create("stream");
    struct store_txn *txn = begin(store);
    struct stream s = {.owner = 4, .id = 1, .len = LEN, .n_pages = PAGES};
    s.pages = clus__calloc(PAGES, sizeof *s.pages);
    assert_non_null(s.pages);
    for (uint32_t p = 0; p < PAGES; p++) {
        put(txn, 4, 1, p);
        fill(all + (size_t)p * PAGE_PAYLOAD, 4, 1, p);
    }
    const uint8_t *own = clus__stream_read(&s, txn, 5000, 100, scratch);
    assert_memory_equal(own, all + 5000, 100); /* not remembered: its memory goes away */
    assert_int_equal(clus__store_commit(txn, NULL), CLUS_OK);
    for (uint32_t p = 0; p < PAGES; p++)
        assert_null(atomic_load(&s.pages[p]));
    txn = view(store);
    for (size_t off = 0; off < LEN; off += 997) {
        size_t len = LEN - off < 2500 ? LEN - off : 2500;
        const uint8_t *got = clus__stream_read(&s, txn, off, len, scratch);
        assert_non_null(got);
        assert_memory_equal(got, all + off, len);
    }
    assert_memory_equal(clus__stream_read(&s, txn, 0, LEN, scratch), all, LEN);
    for (uint32_t p = 0; p < PAGES; p++)
        assert_non_null(atomic_load(&s.pages[p]));
    clus__store_abort(txn);
    txn = view(store); /* places outlive the view that found them */
    assert_memory_equal(clus__stream_read(&s, txn, 9000, 50, scratch), all + 9000, 50);
    clus__store_abort(txn);
    clus__stream_done(&s);
    clus__free(scratch);
    clus__free(all);
    assert_int_equal(clus__store_close(store, NULL), CLUS_OK);
}

static void figures_count(void **state)
{
    (void)state;
    struct store *store = create("figures");
    struct store_figures f, g;
    struct store_txn *txn = begin(store), *old = view(store);
    for (uint32_t p = 0; p < 1000; p++)
        put(txn, 1, 0, p);
    assert_int_equal(clus__store_commit(txn, NULL), CLUS_OK);
    uint32_t dropped;
    txn = begin(store);
    assert_int_equal(clus__store_drop_pages(txn, 1, 600, &dropped), CLUS_OK);
    assert_int_equal(clus__store_commit(txn, NULL), CLUS_OK);
    txn = view(store);
    assert_int_equal(clus__store_figures(store, txn, &f), CLUS_OK);
    assert_true(f.free_pages >= 600 && f.free_pages < 640);
    assert_true(f.used_pages >= 400 && f.used_pages < 440);
    assert_true(f.file_bytes >= 1000 * f.page_size);
    assert_int_equal(f.readers, 2);
    assert_int_equal(f.readers_max, 1000);
    assert_int_equal(f.oldest_reader_lag, 2);
    assert_non_null(strstr(f.engine, "LMDB"));
    clus__store_abort(old);
    assert_int_equal(clus__store_figures(store, txn, &g), CLUS_OK);
    assert_int_equal(g.readers, 1);
    assert_int_equal(g.oldest_reader_lag, 0);
    clus__store_abort(txn);
    assert_int_equal(clus__store_close(store, NULL), CLUS_OK);
}

static uint64_t room_taken(struct store *store)
{
    struct store_figures figures;
    struct store_txn *txn = view(store);
    assert_int_equal(clus__store_figures(store, txn, &figures), CLUS_OK);
    clus__store_abort(txn);
    return figures.file_bytes;
}

static void no_finding(void *ctx, const char *where, const char *message)
{
    (void)ctx;
    fail_msg("%s: %s", where, message);
}

/* What a view still reads stays; without it the room of dropped pages is given back, and
 * the pages may be written again. */
static void free_room_is_given_back(void **state)
{
    (void)state;
    enum { PAGES = 4000, KEPT = 64 };
    struct store *store = create("trimmed");
    struct store_txn *txn = begin(store);
    uint32_t dropped;
    assert_int_equal(clus__store_trim(store, NULL), CLUS_E_ARGUMENT); /* amid writing */
    for (uint32_t page = 0; page < PAGES; page++)
        put(txn, 1, 0, page);
    for (uint32_t page = 0; page < KEPT; page++)
        put(txn, 2, 0, page);
    assert_int_equal(clus__store_commit(txn, NULL), CLUS_OK);
    struct store_txn *reader = view(store);
    txn = begin(store);
    assert_int_equal(clus__store_drop_pages(txn, 1, UINT32_MAX, &dropped), CLUS_DONE);
    assert_int_equal(clus__store_commit(txn, NULL), CLUS_OK);
    uint64_t full = room_taken(store);
    assert_true(full > (uint64_t)PAGES * PAGE_PAYLOAD);

    assert_int_equal(clus__store_trim(store, NULL), CLUS_OK);
    for (uint32_t page = 0; page < PAGES; page++)
        assert_page(reader, 1, 0, page);
    clus__store_abort(reader);
    assert_int_equal(clus__store_trim(store, NULL), CLUS_OK);
    assert_true(room_taken(store) < full / 4);

    store = reopen(store, "trimmed");
    assert_int_equal(clus__store_verify(store, no_finding, NULL, NULL), CLUS_OK);
    txn = begin(store);
    for (uint32_t page = 0; page < PAGES; page++)
        put(txn, 3, 0, page);
    assert_int_equal(clus__store_commit(txn, NULL), CLUS_OK);
    txn = view(store);
    for (uint32_t page = 0; page < PAGES; page++)
        assert_page(txn, 3, 0, page);
    for (uint32_t page = 0; page < KEPT; page++)
        assert_page(txn, 2, 0, page);
    clus__store_abort(txn);
    assert_int_equal(clus__store_close(store, NULL), CLUS_OK);
}

static int set_up(void **state)
{
    (void)state;
    return scratch_make(dir) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_remove(dir);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_read_as_written),
        cmocka_unit_test(only_changes_are_commits),
        cmocka_unit_test(limits_of_rows),
        cmocka_unit_test(a_value_of_the_same_row_may_be_put_back),
        cmocka_unit_test(walks_go_in_order_while_rows_change),
        cmocka_unit_test(pages_in_any_order),
        cmocka_unit_test(owners_are_dropped_in_slices),
        cmocka_unit_test(streams_read_pages_of_a_view),
        cmocka_unit_test(figures_count),
        cmocka_unit_test(free_room_is_given_back),
    };
    return cmocka_run_group_tests_name("store_rows", tests, set_up, tear_down);
}
