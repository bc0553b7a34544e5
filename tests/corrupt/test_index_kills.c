/*
 * A writer that is killed at any moment: what it said was committed is there, all of it and
 * in order; nothing else is half there; the next writer removes what was left behind.
 *
 * Arguments: kills, seed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "index/check.h"
#include "index/index.h"
#include "index/record.h"
#include "index/writer.h"
#include "scratch.h"

enum { PER_COMMIT = 12, IDS = 90, MAX_WAIT_US = 60000 };

static char dir[PATH_MAX];
static unsigned kills = 60;
static uint64_t state = 20240611;

static uint64_t draw(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/* ---- the child ---- */

static bool add(struct writer *w, const char *id, uint64_t commit)
{
    char text[400];
    int n = snprintf(text, sizeof text, "%llu слова документа", (unsigned long long)commit);
    for (unsigned i = 0; i < 20; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, " сл%u",
                      (unsigned)((commit * 31 + i * i) % 97));
    clus_document doc = {.id = {id, strlen(id)}, .text = {text, (size_t)n}};
    return clus__writer_add(w, &doc, NULL) == CLUS_OK;
}

/* Ids of a commit follow from its number, so the parent knows what should be there. */
static unsigned id_of(uint64_t commit, unsigned i)
{
    return (unsigned)((commit * PER_COMMIT + i * 5) % IDS);
}

static bool one_commit(struct writer *w, uint64_t commit)
{
    char id[16];
    for (unsigned i = 0; i < PER_COMMIT; i++) {
        (void)snprintf(id, sizeof id, "id-%u", id_of(commit, i));
        if (!add(w, id, commit))
            return false;
    }
    if (!add(w, "counter", commit))
        return false;
    if (commit % 23)
        return clus__writer_commit(w, NULL, NULL) == CLUS_OK;
    return (commit % 2 ? clus__writer_compact(w, NULL) : clus__writer_reorder(w, NULL)) ==
           CLUS_OK;
}

static void child(uint64_t from, int to_parent)
{
    struct index *index;
    struct writer *w;
    clus_open_options open = {0};
    clus_writer_options opts = {.memory_bytes = 16 << 20, .threads = 1 + from % 2};
    if (clus__index_open(scratch_path(dir, "index"), &open, &index, NULL) != CLUS_OK ||
        clus__writer_open(index, &opts, &w, NULL) != CLUS_OK)
        _exit(2);
    if (from % 3) /* everything spills and merges take several commits */
        w->limits = (struct writer_limits){.run = 1500,
                                           .batch = 300,
                                           .share = 200,
                                           .spill = 3000,
                                           .memory_merge = 3000,
                                           .merge_step = 1000,
                                           .parallel = 9000,
                                           .commit_merge = 5000};
    for (uint64_t commit = from;; commit++) {
        if (!one_commit(w, commit) ||
            write(to_parent, &commit, sizeof commit) != sizeof commit)
            _exit(3);
    }
}

/* ---- the parent ---- */

static uint64_t number_in(struct view *view, const char *id)
{
    uint32_t segment, doc;
    clus_stored *stored;
    clus_status st = clus__view_find(view, (clus_str){id, strlen(id)}, &segment, &doc);
    if (st == CLUS_DONE)
        return 0;
    assert_int_equal(st, CLUS_OK);
    assert_int_equal(clus__view_document(view, segment, doc, &stored, NULL), CLUS_OK);
    char text[32] = {0};
    memcpy(text, stored->record.doc.text.data, sizeof text - 1);
    clus__record_done(&stored->record);
    free(stored->bytes);
    free(stored);
    return strtoull(text, NULL, 10);
}

/* The last of commits 1 … `last` that wrote an id. */
static uint64_t writer_of_id(uint64_t last, unsigned id)
{
    for (; last > 0; last--) {
        for (unsigned i = 0; i < PER_COMMIT; i++) {
            if (id_of(last, i) == id)
                return last;
        }
    }
    return 0;
}

static void finding(void *ctx, const char *where, const char *message)
{
    (void)ctx;
    print_error("check: %s: %s\n", where, message);
}

/* Returns the number of the last commit that is there. */
static uint64_t examine(uint64_t acknowledged)
{
    struct index *index;
    struct view *view = NULL;
    char id[16];
    clus_open_options open = {0};
    clus_error err = {0};
    if (clus__index_open(scratch_path(dir, "index"), &open, &index, &err) != CLUS_OK ||
        clus__index_check(index, finding, NULL, NULL, &err) != CLUS_OK ||
        clus__view_open(index, &view, &err) != CLUS_OK)
        fail_msg("%s", err.message);
    uint64_t last = number_in(view, "counter");
    assert_true(last >= acknowledged);
    for (unsigned i = 0; i < IDS; i++) {
        (void)snprintf(id, sizeof id, "id-%u", i);
        assert_int_equal(number_in(view, id), writer_of_id(last, i));
    }
    clus__view_free(view);
    assert_int_equal(clus__index_close(index, NULL), CLUS_OK);
    return last;
}

/* A writer that only opens and closes leaves no garbage. */
static void sweep(void)
{
    struct index *index;
    struct writer *w;
    struct store_txn *txn;
    struct store_row row = {0};
    clus_open_options open = {0};
    clus_writer_options opts = {0};
    assert_int_equal(clus__index_open(scratch_path(dir, "index"), &open, &index, NULL),
                     CLUS_OK);
    assert_int_equal(clus__writer_open(index, &opts, &w, NULL), CLUS_OK);
    clus__writer_free(w);
    assert_int_equal(clus__store_read(index->store, &txn, NULL), CLUS_OK);
    assert_int_equal(clus__store_next(txn, TABLE_PENDING, &row), CLUS_DONE);
    assert_int_equal(clus__store_next(txn, TABLE_DROPPED, &row), CLUS_DONE);
    clus__store_abort(txn);
    assert_int_equal(clus__index_close(index, NULL), CLUS_OK);
}

/* Lets the writer do up to two commits first, so that on a busy machine it gets on, too. */
static uint64_t run_and_kill(uint64_t from)
{
    int fds[2], status;
    unsigned first = (unsigned)(draw() % 3);
    uint64_t said, acknowledged = from - 1;
    assert_int_equal(pipe(fds), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        (void)close(fds[0]);
        child(from, fds[1]);
    }
    assert_int_equal(close(fds[1]), 0);
    for (; first > 0 && read(fds[0], &said, sizeof said) == sizeof said; first--)
        acknowledged = said;
    struct timespec nap = {.tv_nsec = (long)(draw() % MAX_WAIT_US) * 1000};
    (void)nanosleep(&nap, NULL);
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status)); /* it never ended by itself */
    while (read(fds[0], &said, sizeof said) == sizeof said)
        acknowledged = said;
    assert_int_equal(close(fds[0]), 0);
    return acknowledged;
}

static void every_acknowledged_commit_survives(void **unused)
{
    struct index *index;
    clus_create_options opts = {0};
    uint64_t last = 0;
    (void)unused;
    assert_int_equal(clus__index_create(scratch_path(dir, "index"), &opts, &index, NULL),
                     CLUS_OK);
    assert_int_equal(clus__index_close(index, NULL), CLUS_OK);
    for (unsigned i = 0; i < kills; i++) {
        uint64_t acknowledged = run_and_kill(last + 1);
        last = examine(acknowledged);
        assert_true(last <= acknowledged + 1);
        if (i % 4 == 0) {
            sweep();
            assert_int_equal(examine(last), last);
        }
    }
    print_message("# %u kills, %llu commits\n", kills, (unsigned long long)last);
    assert_true(last > 0);
}

static int set_up(void **unused)
{
    (void)unused;
    (void)scratch_make(dir);
    return 0;
}

static int clean_up(void **unused)
{
    (void)unused;
    scratch_remove(dir);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 1)
        kills = (unsigned)strtoul(argv[1], NULL, 10);
    if (argc > 2)
        state = strtoull(argv[2], NULL, 10) * 2 + 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_acknowledged_commit_survives),
    };
    return cmocka_run_group_tests(tests, set_up, clean_up);
}
