/* An LMDB environment and our tables in it: opening, creating, closing. */
#include "store/env.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/le.h"

enum { MAX_TABLES = 16, FORMAT_ROW = 24, LOCK_TABLE_BYTES = MAX_READERS * 64 + 4096 };
#define LARGEST_MAP (UINT64_C(1) << 40)
#define SMALLEST_MAP (UINT64_C(1) << 24)
enum { STAMP_ROW = 16 };
static const char format_key[] = "format", commit_key[] = "commit", own_name[] = "store";

struct env *clus__env_new(void)
{
    struct env *env = clus__calloc(1, sizeof *env);
    if (!env)
        return NULL;
    pthread_condattr_t attr;
    (void)pthread_condattr_init(&attr);
    (void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&env->gate_opened, &attr);
    (void)pthread_condattr_destroy(&attr);
    (void)pthread_mutex_init(&env->gate, NULL);
    (void)pthread_mutex_init(&env->opening, NULL);
    env->lock_fd = -1;
    return env;
}

void clus__env_shut(struct env *env)
{
    if (env->mdb)
        mdb_env_close(env->mdb);
    if (env->lock_fd >= 0)
        (void)close(env->lock_fd); /* lets go of the writer's lock as well */
    env->mdb = NULL;
    env->lock_fd = -1;
    env->index_id = 0;
    env->verified = false;
}

void clus__env_free(struct env *env)
{
    if (!env)
        return;
    clus__env_shut(env);
    (void)pthread_mutex_destroy(&env->opening);
    (void)pthread_mutex_destroy(&env->gate);
    (void)pthread_cond_destroy(&env->gate_opened);
    clus__free(env->place.dir);
    clus__free(env->final_dir);
    clus__free(env);
}

clus_status clus__env_usable(const struct env *env, clus_error *err)
{
    if (env->forks != clus__registry_forks() || env->pid != getpid())
        return clus__fail(err, CLUS_E_ARGUMENT,
                          "this handle belongs to the process that forked this one");
    return CLUS_OK;
}

/* A file that is shorter than it has been was cut: reading on would end in SIGBUS. */
clus_status clus__env_check_size(struct env *env, clus_error *err)
{
    int fd = -1;
    struct stat file;
    uint64_t seen = atomic_load(&env->seen_bytes); /* first: it may grow after fstat() */
    if (mdb_env_get_fd(env->mdb, &fd) != 0 || fstat(fd, &file) != 0)
        return clus__fail_sys(err, CLUS_E_IO, errno, "cannot examine the data file of %s",
                              env->place.dir);
    uint64_t now = (uint64_t)file.st_size;
    if (now < seen)
        return clus__fail(
            err, CLUS_E_CORRUPT, "%s/" DATA_FILE " was cut from %llu to %llu bytes",
            env->place.dir, (unsigned long long)seen, (unsigned long long)now);
    while (now > seen && !atomic_compare_exchange_weak(&env->seen_bytes, &seen, now))
        continue;
    return CLUS_OK;
}

/* ---- LMDB's part ---- */

static unsigned engine_flags(const struct env *env)
{
    unsigned flags = MDB_NOTLS;
    if (env->place.readonly)
        flags |= MDB_RDONLY;
    if (env->final_dir)
        flags |= MDB_NOSYNC; /* an unsafe build, which nobody can see until it is synced */
    return flags;
}

/* Is there so much room in the address space? */
static bool can_map(uint64_t bytes)
{
    void *at = mmap(NULL, (size_t)bytes, PROT_NONE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED)
        return false;
    (void)munmap(at, (size_t)bytes);
    return true;
}

static int open_with_map(struct env *env, uint64_t map_bytes)
{
    int rc = mdb_env_create(&env->mdb);
    if (rc == 0)
        rc = mdb_env_set_mapsize(env->mdb, (size_t)map_bytes);
    if (rc == 0)
        rc = mdb_env_set_maxdbs(env->mdb, MAX_TABLES);
    if (rc == 0)
        rc = mdb_env_set_maxreaders(env->mdb, MAX_READERS);
    if (rc == 0)
        rc = mdb_env_open(env->mdb, env->place.dir, engine_flags(env), 0666);
    if (rc != 0 && env->mdb) {
        mdb_env_close(env->mdb);
        env->mdb = NULL;
    }
    return rc;
}

/* LMDB writes its table of readers through a map of a file with holes, where a full disk is
 * a SIGBUS. So the blocks are asked for first; LMDB finds an empty file as it expects. Only
 * the opener of an environment comes here, so closing the file drops no lock. */
static int reserve_lock_table(const struct env *env)
{
    char path[PATH_MAX + 16];
    if (env->place.readonly)
        return 0;
    (void)snprintf(path, sizeof path, "%s/" ENGINE_LOCK_FILE, env->place.dir);
    int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0666);
    if (fd < 0)
        return errno;
    int failed = fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, LOCK_TABLE_BYTES) ? errno : 0;
    (void)close(fd);
    return failed == ENOSPC || failed == EDQUOT ? failed : 0; /* others: cannot be asked */
}

/* The map is reserved once, as large as the address space allows, so that it never moves
 * under a reader. */
static int open_engine(struct env *env, uint64_t wanted)
{
    uint64_t bytes = wanted ? wanted & ~(uint64_t)(ENGINE_PAGE - 1) : LARGEST_MAP;
    if (bytes < SMALLEST_MAP && !wanted)
        bytes = SMALLEST_MAP;
    while (!wanted && bytes > SMALLEST_MAP && !can_map(bytes))
        bytes /= 2;
    int rc = open_with_map(env, bytes);
    while (rc == ENOMEM && !wanted && bytes > SMALLEST_MAP) {
        bytes /= 2;
        rc = open_with_map(env, bytes);
    }
    MDB_envinfo info;
    if (rc == 0 && mdb_env_info(env->mdb, &info) == 0)
        env->map_bytes = info.me_mapsize;
    return rc;
}

/* The file that LMDB opened must be the one that was looked at, and stay ours on exec(). */
static clus_status adopt_file(struct env *env, clus_error *err)
{
    int fd = -1, dead = 0;
    struct stat file;
    if (mdb_env_get_fd(env->mdb, &fd) != 0 || fstat(fd, &file) != 0)
        return clus__fail_sys(err, CLUS_E_IO, errno, "cannot examine the data file of %s",
                              env->place.dir);
    if (env->place.ino == 0) { /* created: not yet in the registry, which compares these */
        env->place.dev = file.st_dev;
        env->place.ino = file.st_ino;
    }
    if (file.st_dev != env->place.dev || file.st_ino != env->place.ino)
        return clus__fail(err, CLUS_E_IO, "%s was replaced while it was opened",
                          env->place.dir);
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    (void)mdb_reader_check(env->mdb, &dead);
    return clus__env_check_size(env, err);
}

/* ---- our tables ---- */

static int open_tables(struct env *env, MDB_txn *txn, unsigned flags)
{
    int rc = mdb_dbi_open(txn, own_name, flags, &env->own);
    for (enum store_table t = TABLE_INFO; rc == 0 && t < TABLE_COUNT; t++)
        rc = mdb_dbi_open(txn, clus__table_name(t), flags, &env->tables[t]);
    if (rc == 0)
        rc = mdb_dbi_open(txn, "pages", flags, &env->pages);
    return rc;
}

/* Checksum of a row of the store's own table, which has the number after the last. */
static uint64_t seal_own(uint64_t index_id, const char *key, const uint8_t *row, size_t len)
{
    const struct env of_index = {.index_id = index_id};
    return clus__row_seal(&of_index, TABLE_COUNT,
                          (struct bytes){(const uint8_t *)key, strlen(key)},
                          (struct bytes){row, len});
}

int clus__env_stamp(const struct env *env, MDB_txn *txn)
{
    uint8_t row[STAMP_ROW];
    clus__put_le64(row, mdb_txn_id(txn));
    clus__put_le64(row + 8, seal_own(env->index_id, commit_key, row, 8));
    MDB_val key = clus__val(commit_key, strlen(commit_key)), value = {sizeof row, row};
    return mdb_put(txn, env->own, &key, &value, 0);
}

static clus_status check_stamp(const struct env *env, MDB_txn *txn, clus_error *err)
{
    uint8_t row[STAMP_ROW] = {0};
    MDB_val key = clus__val(commit_key, strlen(commit_key)), value = {0, NULL};
    int rc = mdb_get(txn, env->own, &key, &value);
    if (rc == 0 && value.mv_size == sizeof row)
        memcpy(row, value.mv_data, sizeof row);
    if (clus__le64(row) != mdb_txn_id(txn) ||
        clus__le64(row + 8) != seal_own(env->index_id, commit_key, row, 8))
        return clus__fail(err, CLUS_E_CORRUPT,
                          "index is damaged: %s: a meta page leads to another commit",
                          env->place.dir);
    return CLUS_OK;
}

/* The format's row: version, oldest reader's version, index id, checksum of the three. It
 * is sealed without the id, which it brings. */
static int write_format(struct env *env, MDB_txn *txn)
{
    uint8_t row[FORMAT_ROW] = {0};
    if (getrandom(&env->index_id, sizeof env->index_id, 0) != sizeof env->index_id)
        return errno;
    clus__put_le32(row, STORE_FORMAT);
    clus__put_le32(row + 4, STORE_FORMAT);
    clus__put_le64(row + 8, env->index_id);
    clus__put_le64(row + 16, seal_own(0, format_key, row, FORMAT_ROW - 8));
    MDB_val key = clus__val(format_key, strlen(format_key)), value = {sizeof row, row};
    return mdb_put(txn, env->own, &key, &value, 0);
}

static clus_status read_format(struct env *env, MDB_txn *txn, clus_error *err)
{
    MDB_val key = clus__val(format_key, strlen(format_key)), value;
    if (mdb_get(txn, env->own, &key, &value) != 0 || value.mv_size != FORMAT_ROW)
        return clus__fail(err, CLUS_E_CORRUPT, "index is damaged: %s has no format row",
                          env->place.dir);
    uint8_t row[FORMAT_ROW];
    memcpy(row, value.mv_data, sizeof row);
    if (clus__le64(row + 16) != seal_own(0, format_key, row, FORMAT_ROW - 8))
        return clus__fail(err, CLUS_E_CORRUPT, "index is damaged: format row of %s",
                          env->place.dir);
    if (clus__le32(row + 4) > STORE_FORMAT)
        return clus__fail(
            err, CLUS_E_VERSION, "%s is of storage format %u, this library reads up to %u",
            env->place.dir, (unsigned)clus__le32(row), (unsigned)STORE_FORMAT);
    env->index_id = clus__le64(row + 8);
    /* The row lies in a clean page of the map, whose number says where the map begins. */
    const uint8_t *page = value.mv_data;
    page -= (uintptr_t)page % ENGINE_PAGE;
    env->map = page - clus__le64(page) * ENGINE_PAGE;
    return CLUS_OK;
}

static clus_status make_tables(struct env *env, clus_error *err)
{
    MDB_txn *txn = NULL;
    int rc = mdb_txn_begin(env->mdb, NULL, 0, &txn);
    if (rc == 0)
        rc = open_tables(env, txn, MDB_CREATE);
    if (rc == 0)
        rc = write_format(env, txn);
    if (rc == 0)
        rc = clus__env_stamp(env, txn);
    if (rc != 0)
        mdb_txn_abort(txn);
    else
        rc = mdb_txn_commit(txn);
    return rc ? clus__engine_fail(err, env, rc, "create tables in") : CLUS_OK;
}

static clus_status find_tables(struct env *env, clus_error *err)
{
    MDB_txn *txn = NULL;
    int rc = mdb_txn_begin(env->mdb, NULL, MDB_RDONLY, &txn);
    if (rc != 0)
        return clus__engine_fail(err, env, rc, "read");
    rc = open_tables(env, txn, 0);
    clus_status status = CLUS_OK;
    if (rc == MDB_NOTFOUND)
        status = clus__fail(err, CLUS_E_CORRUPT, "%s is not an index: tables are missing",
                            env->place.dir);
    else if (rc != 0)
        status = clus__engine_fail(err, env, rc, "open tables in");
    else
        status = read_format(env, txn, err);
    if (status == CLUS_OK)
        status = check_stamp(env, txn, err);
    if (status != CLUS_OK) {
        mdb_txn_abort(txn);
        return status;
    }
    rc = mdb_txn_commit(txn); /* keeps the tables open */
    return rc ? clus__engine_fail(err, env, rc, "read") : CLUS_OK;
}

/* The first finding becomes the message of the failed opening. */
static void keep_first(void *ctx, const char *where, const char *message)
{
    clus_error *err = ctx;
    if (err->code == 0)
        (void)clus__fail(err, CLUS_E_CORRUPT, "index is damaged: %s, %s", where, message);
}

static clus_status verify_structure(struct env *env, clus_error *err)
{
    clus_error first = {0};
    clus_status status = clus__check_structure(env, false, keep_first, &first, err);
    if (status == CLUS_E_CORRUPT && first.code != 0 && err)
        *err = first;
    return status;
}

/* Rows are few. A bit of a key that flips within the order of its neighbours leaves a sound
 * tree in which a row has silently gone: only its checksum tells. */
static clus_status verify_rows(struct env *env, clus_error *err)
{
    clus_error first = {0};
    clus_status status = clus__check_all_rows(env, keep_first, &first, err);
    if (status == CLUS_E_CORRUPT && first.code != 0 && err)
        *err = first;
    env->verified = status == CLUS_OK;
    return status;
}

static clus_status open_files(struct env *env, const struct store_options *opts,
                              bool create, clus_error *err)
{
    clus_status status = create ? CLUS_OK : clus__check_metas(env->place.dir, err);
    if (status != CLUS_OK)
        return status;
    int rc = reserve_lock_table(env);
    if (rc == 0)
        rc = open_engine(env, opts->map_size);
    if (rc == EACCES && !create)
        return clus__fail_sys(err, CLUS_E_IO, rc,
                              "%s/" ENGINE_LOCK_FILE
                              " may not be written: readers enter themselves there",
                              env->place.dir);
    if (rc != 0)
        return clus__engine_fail(err, env, rc, create ? "create" : "open");
    return adopt_file(env, err);
}

clus_status clus__env_open(struct env *env, const struct store_options *opts, bool create,
                           clus_error *err)
{
    clus_status status = env->mdb ? CLUS_OK : open_files(env, opts, create, err);
    bool fresh = status == CLUS_OK && env->index_id == 0;
    bool check = !opts->trusted && !env->verified;
    if (status == CLUS_OK && create)
        status = make_tables(env, err);
    if (status == CLUS_OK && check)
        status = verify_structure(env, err);
    if (status == CLUS_OK && fresh)
        status = find_tables(env, err);
    if (status == CLUS_OK && check)
        status = verify_rows(env, err);
    if (status != CLUS_OK && fresh && env->mdb) {
        mdb_env_close(env->mdb);
        env->mdb = NULL;
        env->index_id = 0;
    }
    return status;
}
