/*
 * What must survive: a writer killed at any moment, a disk or a map that is full, bytes
 * that rot or vanish while the index is open. The last commit stays, whole, and can be
 * read.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "base/alloc.h"
#include "base/le.h"
#include "scratch.h"
#include "store/store.h"
#include "store_model.h"

enum { ROWS = 30, PAGES = 12, KILLS = 40, PAGE = 4096 };

static char dir[PATH_MAX];
static const struct store_options plain;

/* ---- a store that holds one number everywhere ---- */

static struct bytes key_of(uint8_t key[4], uint32_t i)
{
    clus__put_be32(key, i);
    return (struct bytes){key, 4};
}

static clus_status put_number(struct store_txn *txn, uint64_t number)
{
    uint8_t key[4], value[200], payload[PAGE_PAYLOAD];
    clus_status status = CLUS_OK;
    memset(value, (int)(number % 251), sizeof value);
    memset(payload, (int)(number % 251), sizeof payload);
    clus__put_le64(value, number);
    clus__put_le64(payload, number);
    for (uint32_t i = 0; status == CLUS_OK && i < ROWS; i++)
        status = clus__store_put(txn, TABLE_PACKS, key_of(key, i),
                                 (struct bytes){value, sizeof value});
    for (uint32_t i = 0; status == CLUS_OK && i < PAGES; i++)
        status = clus__store_put_page(txn, 1, 0, i, payload);
    return status;
}

static clus_status commit_number(struct store *store, uint64_t number, clus_error *err)
{
    struct store_txn *txn = NULL;
    clus_status status = clus__store_write(store, number % 2, &txn, err);
    if (status != CLUS_OK)
        return status;
    status = put_number(txn, number);
    if (status == CLUS_OK)
        return clus__store_commit(txn, err);
    clus__store_abort(txn);
    return status;
}

/* The number of a view, or UINT64_MAX if anything does not hold it. */
static uint64_t number_of(struct store_txn *txn)
{
    uint8_t key[4];
    struct bytes value;
    uint64_t number = 0;
    for (uint32_t i = 0; i < ROWS; i++) {
        if (clus__store_get(txn, TABLE_PACKS, key_of(key, i), &value) != CLUS_OK ||
            (i && clus__le64(value.data) != number))
            return UINT64_MAX;
        number = clus__le64(value.data);
    }
    for (uint32_t i = 0; i < PAGES; i++) {
        const uint8_t *page = clus__store_page(txn, 1, 0, i);
        if (!page || clus__le64(page) != number || page[4000] != number % 251)
            return UINT64_MAX;
    }
    return number;
}

static uint64_t number_in(struct store *store)
{
    struct store_txn *txn = NULL;
    if (clus__store_read(store, &txn, NULL) != CLUS_OK)
        return UINT64_MAX;
    uint64_t number = number_of(txn);
    clus__store_abort(txn);
    return number;
}

static struct store *open_store(const char *path)
{
    struct store *store = NULL;
    clus_error err = {0};
    if (clus__store_open(path, &plain, &store, &err) != CLUS_OK)
        fail_msg("%s", err.message);
    return store;
}

static struct store *create_locked(const char *path, const struct store_options *opts)
{
    struct store *store = NULL;
    clus_error err = {0};
    if (clus__store_create(path, opts, &store, &err) != CLUS_OK)
        fail_msg("%s", err.message);
    assert_int_equal(clus__store_lock(store, 0, NULL), CLUS_OK);
    return store;
}

static void close_store(struct store *store)
{
    assert_int_equal(clus__store_close(store, NULL), CLUS_OK);
}

static void assert_sound(const char *path, uint64_t number)
{
    struct store *store = open_store(path);
    assert_int_equal(clus__store_verify(store, NULL, NULL, NULL), CLUS_OK);
    assert_int_equal(number_in(store), number);
    close_store(store);
}

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

/* ---- killed ---- */

static void write_until_killed(const char *path, _Atomic uint64_t *acknowledged)
{
    struct store *store = NULL;
    if (clus__store_open(path, &plain, &store, NULL) != CLUS_OK ||
        clus__store_lock(store, 1000, NULL) != CLUS_OK)
        _exit(1);
    for (;;) {
        uint64_t next = atomic_load(acknowledged) + 1;
        if (commit_number(store, next, NULL) != CLUS_OK)
            _exit(2);
        atomic_store(acknowledged, next);
    }
}

static void a_killed_writer_loses_nothing(void **state)
{
    (void)state;
    const char *path = scratch_path(dir, "killed");
    uint64_t r = 88172645463325252u;
    struct store *store = create_locked(path, &plain);
    assert_int_equal(commit_number(store, 0, NULL), CLUS_OK);
    close_store(store);
    _Atomic uint64_t *acknowledged =
        mmap(NULL, sizeof *acknowledged, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
             -1, 0);
    assert_ptr_not_equal(acknowledged, MAP_FAILED);
    for (int i = 0; i < KILLS; i++) {
        int status = 0;
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0)
            write_until_killed(path, acknowledged);
        (void)nanosleep(&(struct timespec){.tv_nsec = (long)(model_random(&r) % 40000000)},
                        NULL);
        assert_int_equal(kill(pid, SIGKILL), 0);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status));
        store = open_store(path);
        uint64_t got = number_in(store), least = atomic_load(acknowledged);
        assert_true(got == least || got == least + 1);
        assert_int_equal(clus__store_verify(store, NULL, NULL, NULL), CLUS_OK);
        close_store(store);
        atomic_store(acknowledged, got);
    }
    assert_true(atomic_load(acknowledged) > KILLS);
    assert_int_equal(munmap(acknowledged, sizeof *acknowledged), 0);
}

/* ---- another process reads meanwhile ---- */

static int read_while_it_changes(const char *path, int ready, int go)
{
    char byte = 0;
    struct store *store = NULL;
    struct store_txn *txn = NULL;
    if (clus__store_open(path, &plain, &store, NULL) != CLUS_OK ||
        clus__store_read(store, &txn, NULL) != CLUS_OK)
        return 1;
    uint64_t before = number_of(txn);
    if (write(ready, "", 1) != 1 || read(go, &byte, 1) != 1)
        return 2;
    if (before != 1 || number_of(txn) != before)
        return 3; /* its pages were reused */
    clus__store_abort(txn);
    return number_in(store) == 50 && clus__store_close(store, NULL) == CLUS_OK ? 0 : 4;
}

static void a_view_of_another_process_stays_frozen(void **state)
{
    (void)state;
    int ready[2], go[2], status = -1;
    char byte;
    const char *path = scratch_path(dir, "frozen");
    struct store *store = create_locked(path, &plain);
    assert_int_equal(commit_number(store, 1, NULL), CLUS_OK);
    assert_int_equal(pipe(ready) | pipe(go), 0);
    pid_t pid = fork();
    if (pid == 0)
        _exit(read_while_it_changes(path, ready[1], go[0]));
    assert_int_equal(read(ready[0], &byte, 1), 1);
    for (uint64_t i = 2; i <= 50; i++)
        assert_int_equal(commit_number(store, i, NULL), CLUS_OK);
    assert_int_equal(write(go[1], "", 1), 1);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    close_store(store);
    assert_int_equal(close(ready[0]) | close(ready[1]) | close(go[0]) | close(go[1]), 0);
}

/* ---- threads read meanwhile ---- */

struct reader {
    struct store *store;
    struct stream *stream; /* of page 0..PAGES of owner 2, which nobody changes */
    atomic_bool *stop;
    _Atomic unsigned views, bad;
};

static void *read_until_stopped(void *arg)
{
    struct reader *r = arg;
    uint8_t scratch[3 * PAGE_PAYLOAD + STREAM_OVERREAD];
    uint64_t least = 0;
    while (!atomic_load(r->stop)) {
        struct store_txn *txn = NULL;
        if (clus__store_read(r->store, &txn, NULL) != CLUS_OK) {
            r->bad++;
            break;
        }
        uint64_t number = number_of(txn);
        const uint8_t *got =
            clus__stream_read(r->stream, txn, PAGE_PAYLOAD - 7, 2 * PAGE_PAYLOAD, scratch);
        r->bad += number == UINT64_MAX || number < least || !got || got[0] != 0x77 ||
                  got[2 * PAGE_PAYLOAD - 1] != 0x77;
        least = number;
        r->views++;
        clus__store_abort(txn);
    }
    return NULL;
}

static clus_status append_pages(struct store *store, uint32_t owner)
{
    const uint8_t payload[PAGE_PAYLOAD] = {9};
    struct store_txn *txn = NULL;
    clus_status status = clus__store_write(store, true, &txn, NULL);
    for (uint32_t i = 0; status == CLUS_OK && i < 8; i++)
        status = clus__store_put_page(txn, owner, 0, i, payload);
    if (status == CLUS_OK)
        return clus__store_commit(txn, NULL);
    clus__store_abort(txn);
    return status;
}

static bool all_have_read(const struct reader *readers, int n)
{
    bool all = true;
    for (int i = 0; i < n; i++)
        all = all && (atomic_load(&readers[i].views) > 20 || readers[i].bad);
    return all;
}

static void threads_see_whole_commits(void **state)
{
    (void)state;
    enum { READERS = 3, COMMITS = 300 };
    uint8_t payload[PAGE_PAYLOAD];
    pthread_t threads[READERS];
    struct reader readers[READERS];
    atomic_bool stop = false;
    struct store_txn *txn = NULL;
    struct stream stream = {
        .owner = 2, .len = (uint64_t)PAGES * PAGE_PAYLOAD, .n_pages = PAGES};
    struct store *store = create_locked(scratch_path(dir, "threads"), &plain);
    memset(payload, 0x77, sizeof payload);
    stream.pages = clus__calloc(PAGES, sizeof *stream.pages);
    assert_non_null(stream.pages);
    assert_int_equal(clus__store_write(store, false, &txn, NULL), CLUS_OK);
    for (uint32_t i = 0; i < PAGES; i++)
        assert_int_equal(clus__store_put_page(txn, 2, 0, i, payload), CLUS_OK);
    assert_int_equal(put_number(txn, 0), CLUS_OK);
    assert_int_equal(clus__store_commit(txn, NULL), CLUS_OK);
    for (int i = 0; i < READERS; i++) {
        readers[i] = (struct reader){.store = store, .stream = &stream, .stop = &stop};
        assert_int_equal(pthread_create(&threads[i], NULL, read_until_stopped, &readers[i]),
                         0);
    }
    for (uint64_t n = 1; n <= COMMITS || !all_have_read(readers, READERS); n++) {
        assert_int_equal(commit_number(store, n, NULL), CLUS_OK);
        /* new pages with every commit: the file grows all the time */
        assert_int_equal(append_pages(store, 100 + (uint32_t)n), CLUS_OK);
    }
    atomic_store(&stop, true);
    for (int i = 0; i < READERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(readers[i].bad, 0);
    }
    clus__stream_done(&stream);
    close_store(store);
}

/* ---- full ---- */

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
    struct store *store = create_locked(path, &(struct store_options){.map_size = 2 << 20});
    assert_int_equal(commit_number(store, 5, NULL), CLUS_OK);
    assert_int_equal(fill_up(store, 100, 1000, NULL), CLUS_E_FULL);
    assert_int_equal(number_in(store), 5);
    drop_what_filled(store);
    assert_int_equal(commit_number(store, 6, NULL), CLUS_OK);
    assert_int_equal(number_in(store), 6);
    close_store(store);
    assert_sound(path, 6);
}

static void a_spoiled_transaction_does_not_commit(void **state)
{
    (void)state;
    uint8_t payload[PAGE_PAYLOAD] = {0};
    struct store_txn *txn = NULL;
    clus_error err;
    const char *path = scratch_path(dir, "spoiled");
    struct store *store = create_locked(path, &(struct store_options){.map_size = 2 << 20});
    assert_int_equal(commit_number(store, 1, NULL), CLUS_OK);
    assert_int_equal(clus__store_write(store, false, &txn, NULL), CLUS_OK);
    assert_int_equal(put_number(txn, 2), CLUS_OK);
    clus_status status = CLUS_OK;
    for (uint32_t i = 0; status == CLUS_OK; i++)
        status = clus__store_put_page(txn, 9, 0, i, payload);
    assert_int_equal(status, CLUS_E_FULL);
    assert_int_equal(clus__store_put_page(txn, 9, 1, 0, payload), CLUS_E_FULL);
    assert_int_equal(clus__store_commit(txn, &err), CLUS_E_FULL);
    assert_non_null(strstr(err.message, "spoiled"));
    assert_int_equal(number_in(store), 1);
    close_store(store);
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
        commit_number(store, 3, NULL) != CLUS_OK || setrlimit(RLIMIT_FSIZE, &limit) != 0)
        return 1;
    if (fill_up(store, 100, 1000, &err) != CLUS_E_FULL || !strstr(err.message, "no space"))
        return 2;
    if (number_in(store) != 3)
        return 3;
    limit.rlim_cur = RLIM_INFINITY;
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0 || commit_number(store, 4, NULL) != CLUS_OK ||
        number_in(store) != 4)
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
    assert_sound(path, 4);
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
        store = create_locked(disk, &opts);
        assert_int_equal(commit_number(store, 2, NULL), CLUS_OK);
        close_store(store);
        assert_sound(disk, 2);
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
    struct store *store = create_locked(path, &plain), *none = NULL;
    assert_int_equal(commit_number(store, 8, NULL), CLUS_OK);
    assert_int_equal(fill_up(store, 100, 1000, &err), CLUS_E_FULL);
    assert_non_null(strstr(err.message, "no space"));
    assert_int_equal(number_in(store), 8);
    close_store(store);
    assert_sound(path, 8);
    write_zeros(ballast);
    assert_int_equal(clus__store_create(scratch_path(disk, "more"), &plain, &none, &err),
                     CLUS_E_FULL);
    assert_int_equal(access(scratch_path(disk, "more"), F_OK), -1);
    assert_int_equal(unlink(ballast), 0);
    assert_int_equal(mount("tmpfs", disk, NULL, MS_REMOUNT, "size=16m"), 0);
    store = open_store(path);
    assert_int_equal(clus__store_lock(store, 0, NULL), CLUS_OK);
    assert_int_equal(commit_number(store, 9, NULL), CLUS_OK);
    close_store(store);
    assert_sound(path, 9);
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

/* ---- damaged while open ---- */

/* Overwrite `len` bytes where `find` first lies in the data file, `shift` bytes on. */
static void rot(const char *path, const uint8_t *find, size_t find_len, long shift)
{
    struct stat info;
    int fd = open(scratch_path(path, "data.mdb"), O_RDWR);
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &info), 0);
    uint8_t *bytes =
        mmap(NULL, (size_t)info.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assert_ptr_not_equal(bytes, MAP_FAILED);
    unsigned hits = 0;
    for (size_t at = PAGE; at + find_len <= (size_t)info.st_size; at++) {
        if (bytes[at] == find[0] && memcmp(bytes + at, find, find_len) == 0) {
            bytes[(long)at + shift] ^= 0x10;
            hits++;
        }
    }
    assert_true(hits > 0);
    assert_int_equal(munmap(bytes, (size_t)info.st_size), 0);
    assert_int_equal(close(fd), 0);
}

static void rotten_bytes_are_refused(void **state)
{
    (void)state;
    uint8_t payload[PAGE_PAYLOAD], key[4];
    struct bytes value;
    struct store_row row = {.key = {NULL, 0}};
    struct store_txn *txn = NULL;
    static const uint8_t word[] = "a value that rots";
    const char *path = scratch_path(dir, "rot");
    struct store *store = create_locked(path, &plain);
    memset(payload, 0x5a, sizeof payload);
    assert_int_equal(clus__store_write(store, false, &txn, NULL), CLUS_OK);
    assert_int_equal(
        clus__store_put(txn, TABLE_INFO, key_of(key, 1), (struct bytes){word, sizeof word}),
        CLUS_OK);
    assert_int_equal(clus__store_put_page(txn, 1, 1, 1, payload), CLUS_OK);
    assert_int_equal(clus__store_commit(txn, NULL), CLUS_OK);
    rot(path, word, sizeof word, 5);
    rot(path, payload, sizeof payload, 2000);
    assert_int_equal(clus__store_read(store, &txn, NULL), CLUS_OK);
    assert_int_equal(clus__store_get(txn, TABLE_INFO, key_of(key, 1), &value),
                     CLUS_E_CORRUPT);
    assert_int_equal(clus__store_next(txn, TABLE_INFO, &row), CLUS_E_CORRUPT);
    assert_null(clus__store_page(txn, 1, 1, 1));
    clus__store_abort(txn);
    assert_int_equal(clus__store_verify(store, NULL, NULL, NULL), CLUS_E_CORRUPT);
    close_store(store);
}

/* What LMDB would believe when it frees a page is looked at first. */
static void rotten_headers_are_not_freed(void **state)
{
    (void)state;
    uint8_t payload[PAGE_PAYLOAD];
    uint32_t dropped = 77;
    struct store_txn *txn = NULL;
    memset(payload, 0xa5, sizeof payload);
    for (long field = 1; field <= 16; field++) {
        char name[32];
        (void)snprintf(name, sizeof name, "header%ld", field);
        const char *path = scratch_path(dir, name);
        struct store *store = create_locked(path, &plain);
        assert_int_equal(clus__store_write(store, false, &txn, NULL), CLUS_OK);
        assert_int_equal(clus__store_put_page(txn, 1, 1, 1, payload), CLUS_OK);
        assert_int_equal(clus__store_commit(txn, NULL), CLUS_OK);
        rot(path, payload, sizeof payload, -field);
        bool ignored = field == 7 || field == 8; /* bytes of the header without a meaning */
        assert_int_equal(clus__store_write(store, false, &txn, NULL), CLUS_OK);
        assert_int_equal(clus__store_drop_pages(txn, 1, 10, &dropped),
                         ignored ? CLUS_DONE : CLUS_E_CORRUPT);
        assert_int_equal(clus__store_commit(txn, NULL), ignored ? CLUS_OK : CLUS_E_CORRUPT);
        assert_int_equal(clus__store_write(store, false, &txn, NULL), CLUS_OK);
        assert_int_equal(clus__store_put_page(txn, 1, 1, 1, payload),
                         ignored ? CLUS_OK : CLUS_E_CORRUPT);
        clus__store_abort(txn);
        close_store(store);
    }
}

static void a_cut_file_is_noticed(void **state)
{
    (void)state;
    struct store_txn *txn = NULL;
    struct stat info;
    clus_error err;
    const char *path = scratch_path(dir, "cut");
    struct store *store = create_locked(path, &plain);
    assert_int_equal(commit_number(store, 1, NULL), CLUS_OK);
    const char *data = scratch_path(path, "data.mdb");
    assert_int_equal(number_in(store), 1);
    assert_int_equal(stat(data, &info), 0);
    assert_int_equal(truncate(data, info.st_size - PAGE), 0);
    assert_int_equal(clus__store_read(store, &txn, &err), CLUS_E_CORRUPT);
    assert_non_null(strstr(err.message, "cut"));
    assert_int_equal(clus__store_write(store, false, &txn, &err), CLUS_E_CORRUPT);
    assert_int_equal(clus__store_verify(store, NULL, NULL, &err), CLUS_E_CORRUPT);
    close_store(store);
    store = NULL;
    assert_int_equal(clus__store_open(path, &plain, &store, &err), CLUS_E_CORRUPT);
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
        cmocka_unit_test(a_killed_writer_loses_nothing),
        cmocka_unit_test(a_view_of_another_process_stays_frozen),
        cmocka_unit_test(threads_see_whole_commits),
        cmocka_unit_test(a_full_map_leaves_the_last_commit),
        cmocka_unit_test(a_spoiled_transaction_does_not_commit),
        cmocka_unit_test(a_limit_on_files_leaves_the_last_commit),
        cmocka_unit_test(a_full_disk_leaves_the_last_commit),
        cmocka_unit_test(rotten_bytes_are_refused),
        cmocka_unit_test(rotten_headers_are_not_freed),
        cmocka_unit_test(a_cut_file_is_noticed),
    };
    return cmocka_run_group_tests_name("store_survival", tests, set_up, tear_down);
}
