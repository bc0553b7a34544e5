/*
 * Readers beside a writer: every view shows one commit, whole, whatever the writer adds,
 * merges and compacts meanwhile.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>

#include <clustersearch/clustersearch.h>

enum { READERS = 3, COMMITS = 120, IDS = 40 };

static char dir[] = "/tmp/clus-readers-XXXXXX";

struct shared {
    clus_index *index;
    atomic_bool stop;
    atomic_ullong views;
};

/* What a thread found wrong; assertions belong to the main one. */
struct reader {
    pthread_t thread;
    struct shared *shared;
    char wrong[256];
};

/* All documents of commit n hold the text n; ids of other commits hold older numbers. */
static bool read_number(clus_snapshot *snap, const char *id, unsigned long *number,
                        clus_error *err)
{
    clus_stored *stored = NULL;
    clus_status st = clus_snapshot_get(snap, (clus_str){id, strlen(id)}, &stored, err);
    *number = 0;
    if (st == CLUS_DONE)
        return true;
    if (st != CLUS_OK)
        return false;
    const clus_document *doc = clus_stored_view(stored);
    char digits[16] = {0};
    memcpy(digits, doc->text.data, doc->text.len < 15 ? doc->text.len : 15);
    *number = strtoul(digits, NULL, 10);
    clus_stored_free(stored);
    return true;
}

/* Commit n writes "counter" and the ids i with i % 7 == n % 7: so in a whole view each id
 * holds the last number up to the counter's that fits it. */
static unsigned long expected(unsigned long counter, unsigned id)
{
    while (counter > 0 && counter % 7 != id % 7)
        counter--;
    return counter;
}

static bool look(struct reader *r)
{
    clus_snapshot *snap = NULL;
    clus_error err = {0};
    unsigned long counter = 0, number = 0;
    bool fine = clus_snapshot_open(r->shared->index, &snap, &err) == CLUS_OK &&
                read_number(snap, "counter", &counter, &err);
    for (unsigned i = 0; fine && i < IDS; i++) {
        char id[16];
        (void)snprintf(id, sizeof id, "%u", i);
        fine = read_number(snap, id, &number, &err);
        if (fine && number != expected(counter, i)) {
            (void)snprintf(r->wrong, sizeof r->wrong, "commit %lu: id %u holds %lu",
                           counter, i, number);
            fine = false;
        }
    }
    clus_stats stats;
    if (fine)
        fine = clus_snapshot_stats(snap, &stats, &err) == CLUS_OK;
    if (fine && counter >= 7 && stats.documents != IDS + 1) {
        (void)snprintf(r->wrong, sizeof r->wrong, "commit %lu: %llu documents", counter,
                       (unsigned long long)stats.documents);
        fine = false;
    }
    if (!fine && !r->wrong[0])
        (void)snprintf(r->wrong, sizeof r->wrong, "%s", err.message);
    clus_snapshot_free(snap);
    return fine;
}

static void *read_on(void *arg)
{
    struct reader *r = arg;
    while (!atomic_load(&r->shared->stop) && look(r))
        (void)atomic_fetch_add(&r->shared->views, 1);
    return NULL;
}

static void add(clus_writer *writer, const char *id, unsigned number)
{
    char text[64];
    clus_error err = {0};
    (void)snprintf(text, sizeof text, "%u слово%u", number, number % 11);
    clus_document doc = {.id = {id, strlen(id)}, .text = {text, strlen(text)}};
    if (clus_writer_add(writer, &doc, &err) != CLUS_OK)
        fail_msg("%s", err.message);
}

static void write_all(struct shared *shared)
{
    clus_writer *writer = NULL;
    clus_error err = {0};
    clus_writer_options opts = {.threads = 2, .relaxed = true};
    if (clus_writer_open(shared->index, &opts, &writer, &err) != CLUS_OK)
        fail_msg("%s", err.message);
    for (unsigned c = 1; c <= COMMITS; c++) {
        for (unsigned i = c % 7; i < IDS; i += 7) {
            char id[16];
            (void)snprintf(id, sizeof id, "%u", i);
            add(writer, id, c);
        }
        add(writer, "counter", c);
        if ((c % 40 ? clus_writer_commit(writer, NULL, &err)
                    : clus_writer_compact(writer, &err)) != CLUS_OK)
            fail_msg("%s", err.message);
    }
    clus_writer_free(writer);
}

static void every_view_is_one_commit(void **state)
{
    (void)state;
    char path[64];
    clus_error err = {0};
    struct shared shared = {0};
    struct reader readers[READERS] = {0};
    (void)snprintf(path, sizeof path, "%s/index", dir);
    if (clus_index_create(path, NULL, &shared.index, &err) != CLUS_OK)
        fail_msg("%s", err.message);
    for (int i = 0; i < READERS; i++) {
        readers[i].shared = &shared;
        assert_int_equal(pthread_create(&readers[i].thread, NULL, read_on, &readers[i]), 0);
    }
    write_all(&shared);
    atomic_store(&shared.stop, true);
    for (int i = 0; i < READERS; i++) {
        assert_int_equal(pthread_join(readers[i].thread, NULL), 0);
        assert_string_equal(readers[i].wrong, "");
    }
    assert_true(atomic_load(&shared.views) > READERS);
    assert_int_equal(clus_index_check(shared.index, NULL, NULL, NULL, &err), CLUS_OK);
    assert_int_equal(clus_index_close(shared.index, NULL), CLUS_OK);
}

static int setup(void **state)
{
    (void)state;
    return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
    char command[128];
    (void)state;
    (void)snprintf(command, sizeof command, "rm -rf '%s'", dir);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_view_is_one_commit, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
