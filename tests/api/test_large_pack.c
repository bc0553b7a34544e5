/* Enough text at once for symbols to be learned from it: documents come back as they were,
 * before and after deletions, compactions and small commits beside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <clustersearch/clustersearch.h>

#include "../support/draw.h"
#include "../support/one_index.h"

enum { DOCUMENTS = 760, SMALL = 40, TEXT = 48 << 10 }; /* 36 MB */

static char text[TEXT];

/* Words of three syllables, each text its own. */
static clus_str text_of(unsigned number, size_t len)
{
    static const char *const syllables[] = {"ка", "зах", "стан", "мир", "го", "род", "тво",
                                            "ры", "на",  "лес",  "ост", "ен", "қа",  "ли"};
    size_t at = 0;
    seed = (number + 1) * UINT64_C(0x9E3779B97F4A7C15);
    for (unsigned n = 0; at + 16 < len; n++) {
        const char *next = n % 4 == 3 ? " " : syllables[draw(14)];
        memcpy(text + at, next, strlen(next));
        at += strlen(next);
    }
    return (clus_str){text, at};
}

static size_t length_of(unsigned number)
{
    return number < DOCUMENTS ? TEXT : 500;
}

static void add(clus_writer *writer, unsigned number)
{
    char id[16];
    clus_error err = {0};
    (void)snprintf(id, sizeof id, "%u", number);
    const clus_document doc = {.id = str(id), .text = text_of(number, length_of(number))};
    if (clus_writer_add(writer, &doc, &err) != CLUS_OK)
        fail_msg("%s", err.message);
}

static void add_documents(clus_writer *writer)
{
    for (unsigned i = 0; i < DOCUMENTS; i++)
        add(writer, i);
}

static int set_up(void **state)
{
    return one_index_open(state, add_documents);
}

static bool is_deleted(unsigned number, unsigned every)
{
    return every && number < DOCUMENTS && number % every == 0;
}

/* All documents below n, but for every so manieth. */
static void check(struct one_index *f, unsigned n, unsigned every)
{
    clus_error err = {0};
    clus_snapshot *snap;
    assert_int_equal(clus_snapshot_open(f->index, &snap, &err), CLUS_OK);
    for (unsigned i = 0; i < n; i++) {
        char id[16];
        clus_stored *stored;
        (void)snprintf(id, sizeof id, "%u", i);
        clus_status st = clus_snapshot_get(snap, str(id), &stored, &err);
        assert_int_equal(st, is_deleted(i, every) ? CLUS_DONE : CLUS_OK);
        if (st != CLUS_OK)
            continue;
        clus_str got = clus_stored_view(stored)->text, expected = text_of(i, length_of(i));
        assert_int_equal(got.len, expected.len);
        assert_memory_equal(got.data, expected.data, got.len);
        clus_stored_free(stored);
    }
    clus_snapshot_free(snap);
    if (clus_index_check(f->index, NULL, NULL, NULL, &err) != CLUS_OK)
        fail_msg("%s", err.message);
}

static void delete_every(clus_writer *writer, unsigned every)
{
    for (unsigned i = 0; i < DOCUMENTS; i += every) {
        char id[16];
        (void)snprintf(id, sizeof id, "%u", i);
        assert_int_equal(clus_writer_delete(writer, str(id), NULL, NULL), CLUS_OK);
    }
}

static void documents_come_back(void **state)
{
    struct one_index *f = *state;
    clus_writer *writer;
    check(f, DOCUMENTS, 0);
    assert_int_equal(clus_writer_open(f->index, NULL, &writer, NULL), CLUS_OK);
    for (unsigned i = DOCUMENTS; i < DOCUMENTS + SMALL; i++)
        add(writer, i);
    delete_every(writer, 10);
    assert_int_equal(clus_writer_commit(writer, NULL, NULL), CLUS_OK);
    check(f, DOCUMENTS + SMALL, 10);
    assert_int_equal(clus_writer_compact(writer, NULL), CLUS_OK);
    check(f, DOCUMENTS + SMALL, 10);
    delete_every(writer, 2);
    assert_int_equal(clus_writer_commit(writer, NULL, NULL), CLUS_OK);
    assert_int_equal(clus_writer_compact(writer, NULL), CLUS_OK);
    check(f, DOCUMENTS + SMALL, 2);
    clus_writer_free(writer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(documents_come_back, set_up, one_index_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
