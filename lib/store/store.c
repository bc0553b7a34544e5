/* Handles: opening, closing and what can be told of an open store. */
#include "store/store.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/le.h"
#include "store/env.h"

enum { STAT_BLOCK = 512 }; /* unit of st_blocks */

clus_status clus__store_open(const char *path, const struct store_options *opts,
                             struct store **out, clus_error *err)
{
    struct place place = {0};
    clus_status status = clus__place_find(path, &place, err);
    if (status != CLUS_OK)
        return status;
    struct store *store = clus__calloc(1, sizeof *store);
    struct env *env = store ? clus__registry_claim(&place) : NULL;
    clus__free(place.dir); /* unless taken over */
    if (!env) {
        clus__free(store);
        return clus__explain(err, CLUS_E_NOMEM, "opening an index");
    }
    /* who comes first opens and verifies; the others wait for that here */
    (void)pthread_mutex_lock(&env->opening);
    status = clus__env_open(env, opts, false, err);
    (void)pthread_mutex_unlock(&env->opening);
    if (status != CLUS_OK) {
        (void)clus__registry_release(env, NULL);
        clus__free(store);
        return status;
    }
    store->env = env;
    *out = store;
    return CLUS_OK;
}

clus_status clus__store_close(struct store *store, clus_error *err)
{
    if (!store)
        return CLUS_OK;
    struct env *env = store->env;
    clus_status status = clus__env_usable(env, err);
    if (status == CLUS_OK) {
        clus__store_unlock(store);
        int rc = env->final_dir ? mdb_env_sync(env->mdb, 1) : 0;
        if (rc != 0)
            env->spoiled = true;
        status = rc ? clus__engine_fail(err, env, rc, "sync") : CLUS_OK;
        clus_status released = clus__registry_release(env, status == CLUS_OK ? err : NULL);
        if (status == CLUS_OK)
            status = released;
    }
    clus__free(store);
    return status;
}

/* ---- figures ---- */

/* A line of LMDB's list: process, thread, and the commit that is read, or a dash. */
int clus__tally_reader(const char *line, void *ctx)
{
    struct reader_tally *t = ctx;
    const char *last = strrchr(line, ' ');
    if (!last || last[1] < '0' || last[1] > '9')
        return 0;
    uint64_t txn_id = strtoull(last + 1, NULL, 10);
    t->active++;
    if (txn_id < t->oldest)
        t->oldest = txn_id;
    return 0;
}

static int count_free(struct store_txn *txn, uint64_t *n)
{
    MDB_cursor *cursor;
    MDB_val key, value;
    uint64_t sum = 0;
    int rc = mdb_cursor_open(txn->mdb, FREE_LIST, &cursor);
    if (rc != 0)
        return rc;
    while ((rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0)
        sum += value.mv_size >= 8 ? clus__le64(value.mv_data) : 0;
    mdb_cursor_close(cursor);
    *n = sum;
    return rc == MDB_NOTFOUND ? 0 : rc;
}

clus_status clus__store_figures(struct store *store, struct store_txn *txn,
                                struct store_figures *out)
{
    struct env *env = store->env;
    MDB_envinfo info;
    struct stat file;
    int fd = -1;
    uint64_t free_pages = 0;
    struct reader_tally readers = {.oldest = UINT64_MAX};
    clus_status status = clus__txn_usable(txn, false);
    if (status != CLUS_OK)
        return status;
    int rc = mdb_env_info(env->mdb, &info);
    if (rc == 0)
        rc = mdb_env_get_fd(env->mdb, &fd);
    if (rc == 0)
        rc = count_free(txn, &free_pages);
    if (rc == 0 && mdb_reader_list(env->mdb, clus__tally_reader, &readers) < 0)
        rc = EIO;
    if (rc == 0 && fstat(fd, &file) != 0)
        rc = errno;
    if (rc != 0)
        return clus__engine_status(env, rc);
    uint64_t pages = (uint64_t)info.me_last_pgno + 1;
    uint64_t taken = (uint64_t)file.st_blocks * STAT_BLOCK; /* holes take nothing */
    *out = (struct store_figures){
        .file_bytes = taken < (uint64_t)file.st_size ? taken : (uint64_t)file.st_size,
        .used_pages = pages > free_pages ? pages - free_pages : 0,
        .free_pages = free_pages,
        .page_size = ENGINE_PAGE,
        .readers = readers.active,
        .readers_max = info.me_maxreaders,
        .oldest_reader_lag =
            readers.oldest < info.me_last_txnid ? info.me_last_txnid - readers.oldest : 0,
        .engine = mdb_version(NULL, NULL, NULL),
    };
    return CLUS_OK;
}
