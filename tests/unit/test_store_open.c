/* Creating and opening a store: what is made, what is refused, and who shares what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/le.h"
#include "scratch.h"
#include "store/env.h"

/* Sanitizers reserve more address space than any limit leaves. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define UNDER_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define UNDER_SANITIZER 1
#endif
#endif

static char dir[PATH_MAX];
static const struct store_options plain;
static const struct bytes key = {(const uint8_t *)"k", 1};

static clus_status create(const char *name, struct store **out, clus_error *err)
{
    return clus__store_create(scratch_path(dir, name), &plain, out, err);
}

static clus_status open_store(const char *name, struct store **out, clus_error *err)
{
    return clus__store_open(scratch_path(dir, name), &plain, out, err);
}

static void close_store(struct store *store)
{
    assert_int_equal(clus__store_close(store, NULL), CLUS_OK);
}

static clus_status put(struct store *store, const char *value)
{
    struct store_txn *txn = NULL;
    clus_status status = clus__store_write(store, false, &txn, NULL);
    if (status != CLUS_OK)
        return status;
    status = clus__store_put(txn, TABLE_INFO, key,
                             (struct bytes){(const uint8_t *)value, strlen(value)});
    if (status != CLUS_OK) {
        clus__store_abort(txn);
        return status;
    }
    return clus__store_commit(txn, NULL);
}

static bool holds(struct store *store, const char *value)
{
    struct store_txn *txn = NULL;
    struct bytes got;
    if (clus__store_read(store, &txn, NULL) != CLUS_OK)
        return false;
    bool same = clus__store_get(txn, TABLE_INFO, key, &got) == CLUS_OK &&
                got.len == strlen(value) && memcmp(got.data, value, got.len) == 0;
    clus__store_abort(txn);
    return same;
}

static int entries(const char *path)
{
    int n = 0;
    DIR *d = opendir(path);
    assert_non_null(d);
    for (struct dirent *e = readdir(d); e; e = readdir(d))
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    assert_int_equal(closedir(d), 0);
    return n;
}

static const char *subdir(const char *name)
{
    const char *path = scratch_path(dir, name);
    assert_int_equal(mkdir(path, 0700), 0);
    return path;
}

/* ---- creating ---- */

static void created_where_nothing_is(void **state)
{
    (void)state;
    struct store *store = NULL;
    subdir("new");
    assert_int_equal(create("new/index/", &store, NULL), CLUS_OK);
    assert_int_equal(entries(scratch_path(dir, "new")), 1); /* nothing beside it */
    assert_int_equal(entries(scratch_path(dir, "new/index")), 3);
    assert_int_equal(clus__store_lock(store, 0, NULL), CLUS_OK);
    assert_int_equal(put(store, "x"), CLUS_OK);
    close_store(store);
    assert_int_equal(open_store("new/index", &store, NULL), CLUS_OK);
    assert_true(holds(store, "x"));
    close_store(store);
}

static void created_in_an_empty_directory(void **state)
{
    (void)state;
    struct store *store = NULL;
    struct stat info;
    char before[PATH_MAX];
    assert_int_equal(chmod(subdir("empty"), 0750), 0);
    assert_int_equal(create("empty", &store, NULL), CLUS_OK);
    assert_int_equal(stat(scratch_path(dir, "empty"), &info), 0);
    assert_int_equal(info.st_mode & 07777, 0750);
    close_store(store);
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(subdir("here")), 0);
    assert_int_equal(clus__store_create(".", &plain, &store, NULL), CLUS_OK);
    close_store(store);
    assert_int_equal(chdir(before), 0);
    assert_int_equal(open_store("here", &store, NULL), CLUS_OK);
    close_store(store);
}

static void not_created_over_something(void **state)
{
    (void)state;
    struct store *store = NULL;
    clus_error err;
    subdir("full");
    assert_int_equal(close(open(scratch_path(dir, "full/file"), O_CREAT | O_RDWR, 0600)),
                     0);
    assert_int_equal(symlink("nowhere", scratch_path(dir, "dangling")), 0);
    assert_int_equal(create("full", &store, &err), CLUS_E_EXISTS);
    assert_non_null(strstr(err.message, "full"));
    assert_int_equal(create("full/file", &store, &err), CLUS_E_EXISTS);
    assert_int_equal(create("dangling", &store, &err), CLUS_E_EXISTS);
    assert_int_equal(create("no/such/parent", &store, &err), CLUS_E_ARGUMENT);
    assert_int_equal(clus__store_create("", &plain, &store, &err), CLUS_E_ARGUMENT);
    assert_int_equal(clus__store_create("/", &plain, &store, &err), CLUS_E_EXISTS);
    assert_null(store);
    assert_int_equal(create("twice", &store, NULL), CLUS_OK);
    close_store(store);
    struct store *again = NULL;
    assert_int_equal(create("twice", &again, &err), CLUS_E_EXISTS);
    assert_null(again);
}

static void an_unsafe_build_appears_when_closed(void **state)
{
    (void)state;
    const struct store_options unsafe = {.unsafe_build = true};
    struct store *store = NULL, *other = NULL;
    subdir("bulk");
    const char *path = scratch_path(dir, "bulk/index");
    assert_int_equal(clus__store_create(path, &unsafe, &store, NULL), CLUS_OK);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(open_store("bulk/index", &other, NULL), CLUS_E_MISSING);
    assert_int_equal(clus__store_lock(store, 0, NULL), CLUS_OK);
    assert_int_equal(put(store, "bulk"), CLUS_OK);
    assert_int_equal(clus__store_close(store, NULL), CLUS_OK);
    assert_int_equal(entries(scratch_path(dir, "bulk")), 1);
    assert_int_equal(open_store("bulk/index", &store, NULL), CLUS_OK);
    assert_true(holds(store, "bulk"));
    close_store(store);
    /* something got in the way meanwhile */
    assert_int_equal(
        clus__store_create(scratch_path(dir, "bulk/late"), &unsafe, &store, NULL), CLUS_OK);
    subdir("bulk/late");
    subdir("bulk/late/taken");
    clus_error err;
    assert_int_equal(clus__store_close(store, &err), CLUS_E_EXISTS);
    assert_non_null(strstr(err.message, "late"));
}

/* Run `body` in a child that then waits to be killed, or ends by itself. */
static pid_t child(void (*body)(void))
{
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        body();
        (void)!write(ready[1], "", 1);
        for (;;)
            pause();
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return pid;
}

static void kill_child(pid_t pid)
{
    int status;
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
}

static void build_unsafely(void)
{
    const struct store_options unsafe = {.unsafe_build = true};
    struct store *store = NULL;
    if (clus__store_create(scratch_path(dir, "left/index"), &unsafe, &store, NULL) !=
        CLUS_OK)
        _exit(1);
}

static void what_a_dead_creator_left_is_removed(void **state)
{
    (void)state;
    struct store *store = NULL;
    const char *parent = subdir("left");
    pid_t pid = child(build_unsafely);
    assert_int_equal(entries(parent), 1);
    assert_int_equal(create("left/index", &store, NULL), CLUS_OK);
    close_store(store);
    assert_int_equal(entries(parent), 2); /* a creator that lives is left alone */
    kill_child(pid);
    scratch_remove(scratch_path(dir, "left/index"));
    assert_int_equal(create("left/index", &store, NULL), CLUS_OK);
    close_store(store);
    assert_int_equal(entries(parent), 1);
}

/* ---- opening ---- */

static void not_opened_what_is_no_index(void **state)
{
    (void)state;
    struct store *store = NULL;
    clus_error err;
    assert_int_equal(open_store("nothing", &store, &err), CLUS_E_MISSING);
    assert_non_null(strstr(err.message, "nothing"));
    subdir("bare");
    assert_int_equal(open_store("bare", &store, &err), CLUS_E_MISSING);
    assert_int_equal(entries(scratch_path(dir, "bare")), 0); /* and nothing is made */
    assert_int_equal(create("real", &store, NULL), CLUS_OK);
    close_store(store);
    store = NULL;
    assert_int_equal(open_store("real/data.mdb", &store, &err), CLUS_E_MISSING);
    subdir("linked");
    assert_int_equal(
        symlink(scratch_path(dir, "real/data.mdb"), scratch_path(dir, "linked/data.mdb")),
        0);
    assert_int_equal(open_store("linked", &store, &err), CLUS_E_ARGUMENT);
    subdir("fifo");
    assert_int_equal(
        link(scratch_path(dir, "real/data.mdb"), scratch_path(dir, "fifo/data.mdb")), 0);
    assert_int_equal(mkfifo(scratch_path(dir, "fifo/lock.mdb"), 0600), 0);
    assert_int_equal(open_store("fifo", &store, &err), CLUS_E_ARGUMENT);
    subdir("empty-file");
    assert_int_equal(
        close(open(scratch_path(dir, "empty-file/data.mdb"), O_CREAT | O_RDWR, 0600)), 0);
    assert_int_equal(open_store("empty-file", &store, &err), CLUS_E_CORRUPT);
    assert_null(store);
    assert_int_equal(symlink("real", scratch_path(dir, "alias")), 0);
    assert_int_equal(open_store("alias", &store, &err),
                     CLUS_OK); /* a link to the index is */
    close_store(store);
}

static void a_newer_format_is_refused_by_name(void **state)
{
    (void)state;
    struct store *store = NULL;
    MDB_txn *txn;
    MDB_dbi own;
    MDB_val k = clus__val("format", 6), v;
    uint8_t row[24];
    assert_int_equal(create("newer", &store, NULL), CLUS_OK);
    assert_int_equal(mdb_txn_begin(store->env->mdb, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, "store", 0, &own), 0);
    assert_int_equal(mdb_get(txn, own, &k, &v), 0);
    assert_int_equal(v.mv_size, sizeof row);
    memcpy(row, v.mv_data, sizeof row);
    clus__put_le32(row, STORE_FORMAT + 1);
    clus__put_le32(row + 4, STORE_FORMAT + 1);
    const struct env nobody = {0};
    clus__put_le64(row + 16, clus__row_seal(&nobody, TABLE_COUNT,
                                            (struct bytes){(const uint8_t *)"format", 6},
                                            (struct bytes){row, 16}));
    v = clus__val(row, sizeof row);
    assert_int_equal(mdb_put(txn, own, &k, &v, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    close_store(store);
    clus_error err;
    assert_int_equal(open_store("newer", &store, &err), CLUS_E_VERSION);
}

static void a_second_opening_shares_the_first(void **state)
{
    (void)state;
    struct store *first = NULL, *second = NULL, *third = NULL;
    assert_int_equal(create("shared", &first, NULL), CLUS_OK);
    assert_int_equal(open_store("shared", &second, NULL), CLUS_OK);
    assert_int_equal(symlink("shared", scratch_path(dir, "other-name")), 0);
    assert_int_equal(open_store("other-name", &third, NULL), CLUS_OK);
    assert_ptr_equal(first->env, second->env);
    assert_ptr_equal(first->env, third->env);
    close_store(first);
    close_store(third);
    assert_int_equal(clus__store_lock(second, 0, NULL), CLUS_OK);
    assert_int_equal(put(second, "kept"), CLUS_OK);
    assert_true(holds(second, "kept"));
    close_store(second);
}

static void *open_and_close(void *failed)
{
    for (int i = 0; i < 60; i++) {
        struct store *store = NULL;
        if (open_store("threads", &store, NULL) != CLUS_OK || !holds(store, "t") ||
            clus__store_close(store, NULL) != CLUS_OK)
            atomic_store((atomic_bool *)failed, true);
    }
    return NULL;
}

static void threads_open_and_close_at_once(void **state)
{
    (void)state;
    pthread_t threads[4];
    atomic_bool failed = false;
    struct store *store = NULL;
    assert_int_equal(create("threads", &store, NULL), CLUS_OK);
    assert_int_equal(clus__store_lock(store, 0, NULL), CLUS_OK);
    assert_int_equal(put(store, "t"), CLUS_OK);
    close_store(store);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, open_and_close, &failed), 0);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_false(failed);
}

static int child_result(pid_t pid)
{
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + status;
}

/* Every entry point refuses, and the index can be opened by the child for itself. */
static int in_forked_child(struct store *store, struct store_txn *view)
{
    struct store_txn *txn = NULL;
    struct store *own = NULL;
    struct bytes got;
    struct store_row row = {0};
    struct store_figures figures;
    uint32_t owner = 0;
    if (clus__store_read(store, &txn, NULL) != CLUS_E_ARGUMENT ||
        clus__store_lock(store, 0, NULL) != CLUS_E_ARGUMENT ||
        clus__store_write(store, false, &txn, NULL) != CLUS_E_ARGUMENT ||
        clus__store_verify(store, NULL, NULL, NULL) != CLUS_E_ARGUMENT ||
        clus__store_get(view, TABLE_INFO, key, &got) != CLUS_E_ARGUMENT ||
        clus__store_next(view, TABLE_INFO, &row) != CLUS_E_ARGUMENT ||
        clus__store_next_owner(view, &owner) != CLUS_E_ARGUMENT ||
        clus__store_figures(store, view, &figures) != CLUS_E_ARGUMENT ||
        clus__store_page(view, 1, 1, 1) != NULL)
        return 1;
    if (open_store("forked", &own, NULL) != CLUS_OK || !holds(own, "parent"))
        return 2;
    if (clus__store_lock(own, 0, NULL) != CLUS_E_BUSY) /* the parent has it still */
        return 3;
    clus__store_unlock(store);
    clus__store_abort(view);
    if (clus__store_close(store, NULL) != CLUS_E_ARGUMENT)
        return 4;
    return clus__store_close(own, NULL) == CLUS_OK ? 0 : 5;
}

static void a_forked_child_is_refused(void **state)
{
    (void)state;
    struct store *store = NULL;
    struct store_txn *view = NULL;
    assert_int_equal(create("forked", &store, NULL), CLUS_OK);
    assert_int_equal(clus__store_lock(store, 0, NULL), CLUS_OK);
    assert_int_equal(put(store, "parent"), CLUS_OK);
    assert_int_equal(clus__store_read(store, &view, NULL), CLUS_OK);
    pid_t pid = fork();
    if (pid == 0)
        _exit(in_forked_child(store, view));
    assert_int_equal(child_result(pid), 0);
    for (int i = 0; i < 20; i++) /* the view kept its slot: its pages are not reused */
        assert_int_equal(put(store, i % 2 ? "new" : "newer"), CLUS_OK);
    struct bytes got;
    assert_int_equal(clus__store_get(view, TABLE_INFO, key, &got), CLUS_OK);
    assert_int_equal(got.len, 6);
    assert_memory_equal(got.data, "parent", 6);
    clus__store_abort(view);
    close_store(store);
}

#ifndef UNDER_SANITIZER
static int open_in_little_space(void)
{
    const struct rlimit limit = {UINT64_C(3) << 30, UINT64_C(3) << 30};
    struct store *store = NULL;
    if (setrlimit(RLIMIT_AS, &limit) != 0)
        return 1;
    if (open_store("small-space", &store, NULL) != CLUS_OK)
        return 2;
    if (!holds(store, "s") || store->env->map_bytes >= limit.rlim_cur)
        return 3;
    return clus__store_close(store, NULL) == CLUS_OK ? 0 : 4;
}

static void the_map_shrinks_to_the_address_space(void **state)
{
    (void)state;
    struct store *store = NULL;
    assert_int_equal(create("small-space", &store, NULL), CLUS_OK);
    assert_int_equal(clus__store_lock(store, 0, NULL), CLUS_OK);
    assert_int_equal(put(store, "s"), CLUS_OK);
    close_store(store);
    pid_t pid = fork();
    if (pid == 0)
        _exit(open_in_little_space());
    assert_int_equal(child_result(pid), 0);
}
#endif

static void descriptors_close_on_exec(void **state)
{
    (void)state;
    struct store *store = NULL;
    assert_int_equal(create("exec", &store, NULL), CLUS_OK);
    assert_int_equal(clus__store_lock(store, 0, NULL), CLUS_OK);
    for (int fd = 3; fd < 64; fd++) {
        char link[64], target[PATH_MAX] = "";
        (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        if (readlink(link, target, sizeof target - 1) > 0 && strstr(target, "/exec/"))
            assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    }
    close_store(store);
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
        cmocka_unit_test(created_where_nothing_is),
        cmocka_unit_test(created_in_an_empty_directory),
        cmocka_unit_test(not_created_over_something),
        cmocka_unit_test(an_unsafe_build_appears_when_closed),
        cmocka_unit_test(what_a_dead_creator_left_is_removed),
        cmocka_unit_test(not_opened_what_is_no_index),
        cmocka_unit_test(a_newer_format_is_refused_by_name),
        cmocka_unit_test(a_second_opening_shares_the_first),
        cmocka_unit_test(threads_open_and_close_at_once),
        cmocka_unit_test(a_forked_child_is_refused),
#ifndef UNDER_SANITIZER
        cmocka_unit_test(the_map_shrinks_to_the_address_space),
#endif
        cmocka_unit_test(descriptors_close_on_exec),
    };
    return cmocka_run_group_tests_name("store_open", tests, set_up, tear_down);
}
