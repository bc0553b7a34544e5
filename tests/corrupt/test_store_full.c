/* A map, a file or a disk that is full: the last commit stays, whole, and can be read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "scratch.h"
#include "store/store.h"
#include "store_numbers.h"

static char dir[PATH_MAX];
static const struct store_options plain;

/* Add pages of `owner` and the next ones, 64 a commit, at most so many or until it fails.
 */
static clus_status fill_up(struct store *store, uint32_t owner, unsigned most,
                           clus_error *err)
{
    uint8_t payload[PAGE_PAYLOAD];
    clus_status status = CLUS_OK;
    memset(payload, 7, sizeof payload);
    for (uint32_t n = 0; status == CLUS_OK && n < most; n++) {
        struct store_txn *txn = NULL;
        status = clus__store_write(store, false, &txn, err);
        for (uint32_t i = 0; status == CLUS_OK && i < 64; i++)
            status = clus__store_put_page(txn, owner + n, 0, i, payload);
        if (status == CLUS_OK)
            status = clus__store_commit(txn, err);
        else
            clus__store_abort(txn);
    }
    return status;
}

static void drop_what_filled(struct store *store)
{
    struct store_txn *txn = NULL;
    uint32_t owner = 100, dropped;
    assert_int_equal(clus__store_write(store, false, &txn, NULL), CLUS_OK);
    while (clus__store_next_owner(txn, &owner) == CLUS_OK)
        assert_int_equal(clus__store_drop_pages(txn, owner, 1000, &dropped), CLUS_DONE);
    assert_int_equal(clus__store_commit(txn, NULL), CLUS_OK);
}

static void a_full_map_leaves_the_last_commit(void **state)
{
    (void)state;
    const char *path = scratch_path(dir, "map");
    struct store *store =
        numbers_create(path, &(struct store_options){.map_size = 2 << 20});
    assert_int_equal(numbers_commit(store, 5, NULL), CLUS_OK);
    assert_int_equal(fill_up(store, 100, 1000, NULL), CLUS_E_FULL);
    assert_int_equal(numbers_in(store), 5);
    drop_what_filled(store);
    assert_int_equal(numbers_commit(store, 6, NULL), CLUS_OK);
    assert_int_equal(numbers_in(store), 6);
    numbers_close(store);
    numbers_assert_sound(path, 6);
}

static void a_spoiled_transaction_does_not_commit(void **state)
{
    (void)state;
    uint8_t payload[PAGE_PAYLOAD] = {0};
    struct store_txn *txn = NULL;
    clus_error err;
    const char *path = scratch_path(dir, "spoiled");
    struct store *store =
        numbers_create(path, &(struct store_options){.map_size = 2 << 20});
    assert_int_equal(numbers_commit(store, 1, NULL), CLUS_OK);
    assert_int_equal(clus__store_write(store, false, &txn, NULL), CLUS_OK);
    assert_int_equal(numbers_put(txn, 2), CLUS_OK);
    clus_status status = CLUS_OK;
    for (uint32_t i = 0; status == CLUS_OK; i++)
        status = clus__store_put_page(txn, 9, 0, i, payload);
    assert_int_equal(status, CLUS_E_FULL);
    assert_int_equal(clus__store_put_page(txn, 9, 1, 0, payload), CLUS_E_FULL);
    assert_int_equal(clus__store_commit(txn, &err), CLUS_E_FULL);
    assert_non_null(strstr(err.message, "spoiled"));
    assert_int_equal(numbers_in(store), 1);
    numbers_close(store);
}

/* In a process of its own, for the limit is the process's. */
static int meet_the_limit(const char *path)
{
    struct rlimit limit = {1 << 20, RLIM_INFINITY};
    clus_error err = {0};
    struct store *store = NULL;
    (void)signal(SIGXFSZ, SIG_IGN);
    if (clus__store_create(path, &plain, &store, NULL) != CLUS_OK ||
        clus__store_lock(store, 0, NULL) != CLUS_OK ||
        numbers_commit(store, 3, NULL) != CLUS_OK || setrlimit(RLIMIT_FSIZE, &limit) != 0)
        return 1;
    if (fill_up(store, 100, 1000, &err) != CLUS_E_FULL || !strstr(err.message, "no space"))
        return 2;
    if (numbers_in(store) != 3)
        return 3;
    limit.rlim_cur = RLIM_INFINITY;
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0 || numbers_commit(store, 4, NULL) != CLUS_OK ||
        numbers_in(store) != 4)
        return 4; /* the environment goes on */
    return clus__store_close(store, NULL) == CLUS_OK ? 0 : 5;
}

static void a_limit_on_files_leaves_the_last_commit(void **state)
{
    (void)state;
    int status = -1;
    const char *path = scratch_path(dir, "limit");
    pid_t pid = fork();
    if (pid == 0)
        _exit(meet_the_limit(path));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    numbers_assert_sound(path, 4);
}

static void write_zeros(const char *path)
{
    static const uint8_t zeros[1 << 16];
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    while (write(fd, zeros, sizeof zeros) > 0)
        continue;
    assert_int_equal(close(fd), 0);
}

/* A place that cannot be renamed over, with what a dead creator left inside. */
static void where_it_is_mounted(const char *disk)
{
    struct store *store = NULL;
    const struct store_options unsafe = {.unsafe_build = true};
    pid_t pid = fork();
    if (pid == 0)
        _exit(clus__store_create(disk, &unsafe, &store, NULL) != CLUS_OK);
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    for (int round = 0; round < 2; round++) {
        const struct store_options opts = {.unsafe_build = round};
        store = numbers_create(disk, &opts);
        assert_int_equal(numbers_commit(store, 2, NULL), CLUS_OK);
        numbers_close(store);
        numbers_assert_sound(disk, 2);
        store = NULL;
        assert_int_equal(clus__store_create(disk, &plain, &store, NULL), CLUS_E_EXISTS);
        assert_int_equal(unlink(scratch_path(disk, "data.mdb")), 0);
        assert_int_equal(unlink(scratch_path(disk, "lock.mdb")), 0);
        (void)unlink(scratch_path(disk, "writer.lock"));
        assert_int_equal(rmdir(scratch_path(disk, "nothing-else")), -1);
    }
}

static void on_a_small_disk(const char *disk)
{
    clus_error err = {0};
    where_it_is_mounted(disk);
    const char *path = scratch_path(disk, "index"),
               *ballast = scratch_path(disk, "ballast");
    struct store *store = numbers_create(path, &plain), *none = NULL;
    assert_int_equal(numbers_commit(store, 8, NULL), CLUS_OK);
    assert_int_equal(fill_up(store, 100, 1000, &err), CLUS_E_FULL);
    assert_non_null(strstr(err.message, "no space"));
    assert_int_equal(numbers_in(store), 8);
    numbers_close(store);
    numbers_assert_sound(path, 8);
    write_zeros(ballast);
    assert_int_equal(clus__store_create(scratch_path(disk, "more"), &plain, &none, &err),
                     CLUS_E_FULL);
    assert_int_equal(access(scratch_path(disk, "more"), F_OK), -1);
    assert_int_equal(unlink(ballast), 0);
    assert_int_equal(mount("tmpfs", disk, NULL, MS_REMOUNT, "size=16m"), 0);
    store = numbers_open(path);
    assert_int_equal(clus__store_lock(store, 0, NULL), CLUS_OK);
    assert_int_equal(numbers_commit(store, 9, NULL), CLUS_OK);
    numbers_close(store);
    numbers_assert_sound(path, 9);
}

/* Only where a file system may be mounted; the limit above is for everyone. */
static void a_full_disk_leaves_the_last_commit(void **state)
{
    (void)state;
    const char *disk = scratch_path(dir, "disk");
    assert_int_equal(mkdir(disk, 0700), 0);
    if (mount("tmpfs", disk, "tmpfs", 0, "size=3m") != 0) {
        print_message("# no file system may be mounted here: %s\n", strerror(errno));
        return;
    }
    on_a_small_disk(disk); /* unmounted by tear_down, also when this fails */
}

static int set_up(void **state)
{
    (void)state;
    return scratch_make(dir) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    (void)umount2(scratch_path(dir, "disk"), MNT_DETACH);
    scratch_remove(dir);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_map_leaves_the_last_commit),
        cmocka_unit_test(a_spoiled_transaction_does_not_commit),
        cmocka_unit_test(a_limit_on_files_leaves_the_last_commit),
        cmocka_unit_test(a_full_disk_leaves_the_last_commit),
    };
    return cmocka_run_group_tests_name("store_full", tests, set_up, tear_down);
}
