/* The writer's lock and readers that die: within a process and between processes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "scratch.h"
#include "store/store.h"

static char dir[PATH_MAX];
static const struct store_options plain;

static struct store *open_again(void)
{
    struct store *store = NULL;
    clus_error err = {0};
    if (clus__store_open(scratch_path(dir, "index"), &plain, &store, &err) != CLUS_OK)
        fail_msg("%s", err.message);
    return store;
}

static void close_store(struct store *store)
{
    assert_int_equal(clus__store_close(store, NULL), CLUS_OK);
}

static double seconds(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* A process that opens the index, does `what`, says so and sleeps. */
static pid_t other_process(void (*what)(struct store *))
{
    int ready[2];
    char byte = 0;
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        what(open_again());
        (void)!write(ready[1], "", 1);
        for (;;)
            pause();
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return pid;
}

static void kill_process(pid_t pid)
{
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void lock_it(struct store *store)
{
    if (clus__store_lock(store, 0, NULL) != CLUS_OK)
        _exit(1);
}

static void lock_and_write(struct store *store)
{
    struct store_txn *txn = NULL;
    lock_it(store);
    if (clus__store_write(store, false, &txn, NULL) != CLUS_OK) /* dies inside of it */
        _exit(1);
}

static void read_it(struct store *store)
{
    struct store_txn *txn = NULL;
    for (int i = 0; i < 20; i++) {
        if (clus__store_read(store, &txn, NULL) != CLUS_OK)
            _exit(1);
    }
}

static void writing_needs_the_lock(void **state)
{
    (void)state;
    struct store *store = open_again(), *second = open_again();
    struct store_txn *txn = NULL, *more = NULL;
    clus_error err;
    assert_int_equal(clus__store_write(store, false, &txn, &err), CLUS_E_ARGUMENT);
    assert_int_equal(clus__store_lock(store, 0, NULL), CLUS_OK);
    assert_int_equal(clus__store_lock(store, 0, &err), CLUS_E_ARGUMENT); /* twice */
    assert_int_equal(clus__store_write(second, false, &txn, &err), CLUS_E_ARGUMENT);
    assert_int_equal(clus__store_write(store, false, &txn, &err), CLUS_OK);
    assert_int_equal(clus__store_write(store, false, &more, &err), CLUS_E_ARGUMENT);
    clus__store_abort(txn);
    close_store(store); /* gives the lock back */
    assert_int_equal(clus__store_lock(second, 0, NULL), CLUS_OK);
    clus__store_unlock(second);
    clus__store_unlock(second); /* harmless */
    close_store(second);
}

static void another_handle_waits_and_is_told_who(void **state)
{
    (void)state;
    struct store *first = open_again(), *second = open_again();
    clus_error err;
    char pid[32];
    assert_int_equal(clus__store_lock(first, 0, NULL), CLUS_OK);
    double start = seconds();
    assert_int_equal(clus__store_lock(second, 120, &err), CLUS_E_BUSY);
    assert_true(seconds() - start > 0.1);
    (void)snprintf(pid, sizeof pid, "process %ld", (long)getpid());
    assert_non_null(strstr(err.message, pid));
    clus__store_unlock(first);
    assert_int_equal(clus__store_lock(second, 0, NULL), CLUS_OK);
    close_store(second);
    close_store(first);
}

static void *take_when_free(void *store)
{
    return clus__store_lock(store, UINT32_MAX, NULL) == CLUS_OK ? store : NULL;
}

static void a_waiting_thread_gets_it(void **state)
{
    (void)state;
    struct store *first = open_again(), *second = open_again();
    pthread_t thread;
    void *got = NULL;
    assert_int_equal(clus__store_lock(first, 0, NULL), CLUS_OK);
    assert_int_equal(pthread_create(&thread, NULL, take_when_free, second), 0);
    (void)nanosleep(&(struct timespec){.tv_nsec = 30000000}, NULL);
    clus__store_unlock(first);
    assert_int_equal(pthread_join(thread, &got), 0);
    assert_ptr_equal(got, second);
    close_store(second);
    close_store(first);
}

static void another_process_is_told_who_until_it_dies(void **state)
{
    (void)state;
    pid_t pid = other_process(lock_it);
    struct store *store = open_again();
    clus_error err;
    char text[32];
    double start = seconds();
    assert_int_equal(clus__store_lock(store, 120, &err), CLUS_E_BUSY);
    assert_true(seconds() - start > 0.1);
    (void)snprintf(text, sizeof text, "process %ld", (long)pid);
    assert_non_null(strstr(err.message, text));
    kill_process(pid);
    assert_int_equal(clus__store_lock(store, 0, &err), CLUS_OK);
    close_store(store);
}

static void a_writer_that_dies_inside_leaves_no_lock(void **state)
{
    (void)state;
    struct store *keep = open_again(); /* so that the lock table lives on */
    struct store_txn *txn = NULL;
    kill_process(other_process(lock_and_write));
    assert_int_equal(clus__store_lock(keep, 1000, NULL), CLUS_OK);
    assert_int_equal(clus__store_write(keep, false, &txn, NULL), CLUS_OK);
    assert_int_equal(clus__store_commit(txn, NULL), CLUS_OK);
    close_store(keep);
}

static uint32_t readers(struct store *store)
{
    struct store_txn *txn = NULL;
    struct store_figures f = {0};
    assert_int_equal(clus__store_read(store, &txn, NULL), CLUS_OK);
    assert_int_equal(clus__store_figures(store, txn, &f), CLUS_OK);
    clus__store_abort(txn);
    return f.readers - 1;
}

static void dead_readers_are_cleared(void **state)
{
    (void)state;
    struct store *store = open_again();
    pid_t pid = other_process(read_it);
    assert_int_equal(readers(store), 20);
    assert_int_equal(clus__store_lock(store, 0, NULL), CLUS_OK);
    assert_int_equal(readers(store), 20); /* alive: left alone */
    clus__store_unlock(store);
    kill_process(pid);
    assert_int_equal(readers(store), 20);
    assert_int_equal(clus__store_lock(store, 0, NULL), CLUS_OK);
    assert_int_equal(readers(store), 0);
    close_store(store);
}

static void readers_are_many_but_bounded(void **state)
{
    (void)state;
    enum { MOST = 1000 };
    static struct store_txn *views[MOST];
    struct store *store = open_again();
    struct store_txn *more = NULL;
    clus_error err;
    for (int i = 0; i < MOST; i++)
        assert_int_equal(clus__store_read(store, &views[i], NULL), CLUS_OK);
    assert_int_equal(clus__store_read(store, &more, &err), CLUS_E_BUSY);
    assert_null(more);
    clus__store_abort(views[0]);
    assert_int_equal(clus__store_read(store, &views[0], NULL), CLUS_OK);
    for (int i = 0; i < MOST; i++)
        clus__store_abort(views[i]);
    close_store(store);
}

static void an_index_that_was_replaced_is_not_written(void **state)
{
    (void)state;
    struct store *store = open_again(), *fresh = NULL;
    clus_error err;
    const char *path = scratch_path(dir, "index"), *aside = scratch_path(dir, "aside");
    assert_int_equal(rename(path, aside), 0);
    assert_int_equal(clus__store_lock(store, 0, &err), CLUS_E_IO);
    assert_int_equal(clus__store_create(path, &plain, &fresh, NULL), CLUS_OK);
    assert_int_equal(clus__store_lock(store, 0, &err), CLUS_E_IO);
    assert_non_null(strstr(err.message, "no longer"));
    assert_int_equal(clus__store_lock(fresh, 0, NULL), CLUS_OK); /* not in its way */
    close_store(fresh);
    close_store(store);
}

static int set_up(void **state)
{
    struct store *store = NULL;
    (void)state;
    scratch_make(dir);
    if (clus__store_create(scratch_path(dir, "index"), &plain, &store, NULL) != CLUS_OK)
        return -1;
    return clus__store_close(store, NULL);
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
        cmocka_unit_test(writing_needs_the_lock),
        cmocka_unit_test(another_handle_waits_and_is_told_who),
        cmocka_unit_test(a_waiting_thread_gets_it),
        cmocka_unit_test(another_process_is_told_who_until_it_dies),
        cmocka_unit_test(a_writer_that_dies_inside_leaves_no_lock),
        cmocka_unit_test(dead_readers_are_cleared),
        cmocka_unit_test(readers_are_many_but_bounded),
        cmocka_unit_test(an_index_that_was_replaced_is_not_written),
    };
    return cmocka_run_group_tests_name("store_lock", tests, set_up, tear_down);
}
