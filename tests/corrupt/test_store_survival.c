/*
 * What must survive: a writer killed at any moment, readers in other processes and threads
 * while it writes, bytes that rot or vanish while the index is open.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "base/alloc.h"
#include "base/le.h"
#include "scratch.h"
#include "store/store.h"
#include "store_model.h"
#include "store_numbers.h"

enum { KILLS = 40, PAGE = 4096 };

static char dir[PATH_MAX];
static const struct store_options plain;

/* ---- killed ---- */

static void write_until_killed(const char *path, _Atomic uint64_t *acknowledged)
{
    struct store *store = NULL;
    if (clus__store_open(path, &plain, &store, NULL) != CLUS_OK ||
        clus__store_lock(store, 1000, NULL) != CLUS_OK)
        _exit(1);
    for (;;) {
        uint64_t next = atomic_load(acknowledged) + 1;
        if (numbers_commit(store, next, NULL) != CLUS_OK)
            _exit(2);
        atomic_store(acknowledged, next);
    }
}

/* Each writer is let do some commits first, so that on a busy machine they get on, too. */
static void wait_for(const _Atomic uint64_t *acknowledged, uint64_t number, pid_t writer)
{
    while (atomic_load(acknowledged) < number && waitpid(writer, NULL, WNOHANG) == 0)
        (void)nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
}

static void a_killed_writer_loses_nothing(void **state)
{
    (void)state;
    const char *path = scratch_path(dir, "killed");
    uint64_t r = 88172645463325252u;
    struct store *store = numbers_create(path, &plain);
    assert_int_equal(numbers_commit(store, 0, NULL), CLUS_OK);
    numbers_close(store);
    _Atomic uint64_t *acknowledged =
        mmap(NULL, sizeof *acknowledged, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
             -1, 0);
    assert_ptr_not_equal(acknowledged, MAP_FAILED);
    for (unsigned i = 0; i < KILLS; i++) {
        int status = 0;
        uint64_t wanted = atomic_load(acknowledged) + i % 4;
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0)
            write_until_killed(path, acknowledged);
        wait_for(acknowledged, wanted, pid);
        (void)nanosleep(&(struct timespec){.tv_nsec = (long)(model_random(&r) % 10000000)},
                        NULL);
        assert_int_equal(kill(pid, SIGKILL), 0);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status));
        store = numbers_open(path);
        uint64_t got = numbers_in(store), least = atomic_load(acknowledged);
        assert_true(got == least || got == least + 1);
        assert_int_equal(clus__store_verify(store, NULL, NULL, NULL), CLUS_OK);
        numbers_close(store);
        atomic_store(acknowledged, got);
    }
    assert_true(atomic_load(acknowledged) >= KILLS);
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
    uint64_t before = numbers_seen(txn);
    if (write(ready, "", 1) != 1 || read(go, &byte, 1) != 1)
        return 2;
    if (before != 1 || numbers_seen(txn) != before)
        return 3; /* its pages were reused */
    clus__store_abort(txn);
    return numbers_in(store) == 50 && clus__store_close(store, NULL) == CLUS_OK ? 0 : 4;
}

static void a_view_of_another_process_stays_frozen(void **state)
{
    (void)state;
    int ready[2], go[2], status = -1;
    char byte;
    const char *path = scratch_path(dir, "frozen");
    struct store *store = numbers_create(path, &plain);
    assert_int_equal(numbers_commit(store, 1, NULL), CLUS_OK);
    assert_int_equal(pipe(ready) | pipe(go), 0);
    pid_t pid = fork();
    if (pid == 0)
        _exit(read_while_it_changes(path, ready[1], go[0]));
    assert_int_equal(read(ready[0], &byte, 1), 1);
    for (uint64_t i = 2; i <= 50; i++)
        assert_int_equal(numbers_commit(store, i, NULL), CLUS_OK);
    assert_int_equal(write(go[1], "", 1), 1);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    numbers_close(store);
    assert_int_equal(close(ready[0]) | close(ready[1]) | close(go[0]) | close(go[1]), 0);
}

/* ---- threads read meanwhile ---- */

struct reader {
    struct store *store;
    struct stream *stream; /* of page 0..NUMBERS_PAGES of owner 2, which nobody changes */
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
        uint64_t number = numbers_seen(txn);
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
    struct stream stream = {.owner = 2,
                            .len = (uint64_t)NUMBERS_PAGES * PAGE_PAYLOAD,
                            .n_pages = NUMBERS_PAGES};
    struct store *store = numbers_create(scratch_path(dir, "threads"), &plain);
    memset(payload, 0x77, sizeof payload);
    stream.pages = clus__calloc(NUMBERS_PAGES, sizeof *stream.pages);
    assert_non_null(stream.pages);
    assert_int_equal(clus__store_write(store, false, &txn, NULL), CLUS_OK);
    for (uint32_t i = 0; i < NUMBERS_PAGES; i++)
        assert_int_equal(clus__store_put_page(txn, 2, 0, i, payload), CLUS_OK);
    assert_int_equal(numbers_put(txn, 0), CLUS_OK);
    assert_int_equal(clus__store_commit(txn, NULL), CLUS_OK);
    for (int i = 0; i < READERS; i++) {
        readers[i] = (struct reader){.store = store, .stream = &stream, .stop = &stop};
        assert_int_equal(pthread_create(&threads[i], NULL, read_until_stopped, &readers[i]),
                         0);
    }
    for (uint64_t n = 1; n <= COMMITS || !all_have_read(readers, READERS); n++) {
        assert_int_equal(numbers_commit(store, n, NULL), CLUS_OK);
        /* new pages with every commit: the file grows all the time */
        assert_int_equal(append_pages(store, 100 + (uint32_t)n), CLUS_OK);
    }
    atomic_store(&stop, true);
    for (int i = 0; i < READERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(readers[i].bad, 0);
    }
    clus__stream_done(&stream);
    numbers_close(store);
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
            at += find_len - 1; /* the byte behind may be one of these, too */
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
    struct store *store = numbers_create(path, &plain);
    memset(payload, 0x5a, sizeof payload);
    assert_int_equal(clus__store_write(store, false, &txn, NULL), CLUS_OK);
    assert_int_equal(clus__store_put(txn, TABLE_INFO, numbers_key(key, 1),
                                     (struct bytes){word, sizeof word}),
                     CLUS_OK);
    assert_int_equal(clus__store_put_page(txn, 1, 1, 1, payload), CLUS_OK);
    assert_int_equal(clus__store_commit(txn, NULL), CLUS_OK);
    rot(path, word, sizeof word, 5);
    rot(path, payload, sizeof payload, 2000);
    assert_int_equal(clus__store_read(store, &txn, NULL), CLUS_OK);
    assert_int_equal(clus__store_get(txn, TABLE_INFO, numbers_key(key, 1), &value),
                     CLUS_E_CORRUPT);
    assert_int_equal(clus__store_next(txn, TABLE_INFO, &row), CLUS_E_CORRUPT);
    assert_null(clus__store_page(txn, 1, 1, 1));
    clus__store_abort(txn);
    assert_int_equal(clus__store_verify(store, NULL, NULL, NULL), CLUS_E_CORRUPT);
    numbers_close(store);
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
        struct store *store = numbers_create(path, &plain);
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
        numbers_close(store);
    }
}

static void a_cut_file_is_noticed(void **state)
{
    (void)state;
    struct store_txn *txn = NULL;
    struct stat info;
    clus_error err;
    const char *path = scratch_path(dir, "cut");
    struct store *store = numbers_create(path, &plain);
    assert_int_equal(numbers_commit(store, 1, NULL), CLUS_OK);
    const char *data = scratch_path(path, "data.mdb");
    assert_int_equal(numbers_in(store), 1);
    assert_int_equal(stat(data, &info), 0);
    assert_int_equal(truncate(data, info.st_size - PAGE), 0);
    assert_int_equal(clus__store_read(store, &txn, &err), CLUS_E_CORRUPT);
    assert_non_null(strstr(err.message, "cut"));
    assert_int_equal(clus__store_write(store, false, &txn, &err), CLUS_E_CORRUPT);
    assert_int_equal(clus__store_verify(store, NULL, NULL, &err), CLUS_E_CORRUPT);
    numbers_close(store);
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
    scratch_remove(dir);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_killed_writer_loses_nothing),
        cmocka_unit_test(a_view_of_another_process_stays_frozen),
        cmocka_unit_test(threads_see_whole_commits),
        cmocka_unit_test(rotten_bytes_are_refused),
        cmocka_unit_test(rotten_headers_are_not_freed),
        cmocka_unit_test(a_cut_file_is_noticed),
    };
    return cmocka_run_group_tests_name("store_survival", tests, set_up, tear_down);
}
