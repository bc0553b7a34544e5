/* Views and the write transaction. */
#include <errno.h>
#include <fcntl.h>

#include "base/alloc.h"
#include "base/error.h"
#include "store/env.h"

static struct store_txn *new_txn(struct store *store, bool write)
{
    struct store_txn *txn = clus__calloc(1, sizeof *txn);
    if (txn) {
        txn->store = store;
        txn->env = store->env;
        txn->write = write;
    }
    return txn;
}

uint64_t clus__txn_file_pages(const struct store_txn *txn)
{
    return atomic_load(&txn->env->seen_bytes) / ENGINE_PAGE;
}

clus_status clus__txn_wrote(struct store_txn *txn, int rc)
{
    clus_status status = clus__engine_status(txn->env, rc);
    if (rc == 0)
        txn->changed = true;
    if (txn->write && status < 0 && txn->failed == CLUS_OK)
        txn->failed = status;
    return status;
}

clus_status clus__txn_usable(const struct store_txn *txn, bool write)
{
    if (txn->env->forks != clus__registry_forks() || (write && !txn->write))
        return CLUS_E_ARGUMENT;
    return write ? txn->failed : CLUS_OK;
}

static int begin_reading(struct env *env, MDB_txn **out)
{
    int rc = mdb_txn_begin(env->mdb, NULL, MDB_RDONLY, out), dead = 0;
    if (rc == MDB_READERS_FULL && mdb_reader_check(env->mdb, &dead) == 0 && dead > 0)
        rc = mdb_txn_begin(env->mdb, NULL, MDB_RDONLY, out);
    return rc;
}

clus_status clus__store_read(struct store *store, struct store_txn **out, clus_error *err)
{
    struct env *env = store->env;
    clus_status status = clus__env_usable(env, err);
    if (status != CLUS_OK)
        return status;
    struct store_txn *txn = new_txn(store, false);
    if (!txn)
        return clus__explain(err, CLUS_E_NOMEM, "opening a view");
    int rc = begin_reading(env, &txn->mdb);
    if (rc != 0)
        status = clus__engine_fail(err, env, rc, "read");
    else
        status = clus__env_check_size(env, err);
    if (status != CLUS_OK) {
        mdb_txn_abort(txn->mdb);
        clus__free(txn);
        return status;
    }
    *out = txn;
    return CLUS_OK;
}

static clus_status may_write(struct store *store, clus_error *err)
{
    struct env *env = store->env;
    clus_status status = clus__env_usable(env, err);
    if (status != CLUS_OK)
        return status;
    (void)pthread_mutex_lock(&env->gate);
    bool locked = env->holder == store, busy = env->writing != NULL;
    (void)pthread_mutex_unlock(&env->gate);
    if (!locked)
        return clus__fail(err, CLUS_E_ARGUMENT, "writing needs the writer's lock");
    if (busy)
        return clus__fail(err, CLUS_E_ARGUMENT, "a write transaction is already open");
    return clus__env_check_size(env, err);
}

/* This version of LMDB takes the flag from the environment only; the writer's lock keeps
 * others from changing it meanwhile. */
static int begin_writing(struct env *env, bool relaxed, MDB_txn **out)
{
    unsigned flags = 0;
    int rc = mdb_env_get_flags(env->mdb, &flags);
    if (rc == 0 && ((flags & MDB_NOMETASYNC) != 0) != relaxed)
        rc = mdb_env_set_flags(env->mdb, MDB_NOMETASYNC, relaxed);
    return rc ? rc : mdb_txn_begin(env->mdb, NULL, 0, out);
}

static void set_writing(struct env *env, struct store_txn *txn)
{
    (void)pthread_mutex_lock(&env->gate);
    env->writing = txn;
    (void)pthread_mutex_unlock(&env->gate);
}

clus_status clus__store_write(struct store *store, bool relaxed, struct store_txn **out,
                              clus_error *err)
{
    struct env *env = store->env;
    clus_status status = may_write(store, err);
    if (status != CLUS_OK)
        return status;
    struct store_txn *txn = new_txn(store, true);
    if (!txn)
        return clus__explain(err, CLUS_E_NOMEM, "starting to write");
    int rc = begin_writing(env, relaxed, &txn->mdb);
    if (rc != 0) {
        clus__free(txn);
        return clus__engine_fail(err, env, rc, "write to");
    }
    set_writing(env, txn);
    *out = txn;
    return CLUS_OK;
}

static void close_cursors(struct store_txn *txn)
{
    for (unsigned i = 0; i < TABLE_COUNT; i++) {
        if (txn->walks[i])
            mdb_cursor_close(txn->walks[i]);
        txn->walks[i] = NULL;
    }
    if (txn->pages)
        mdb_cursor_close(txn->pages);
    txn->pages = NULL;
}

void clus__store_abort(struct store_txn *txn)
{
    if (!txn)
        return;
    if (txn->env->forks == clus__registry_forks()) { /* else the parent's slot is freed */
        close_cursors(txn);
        mdb_txn_abort(txn->mdb);
        if (txn->write)
            set_writing(txn->env, NULL);
    }
    clus__free(txn);
}

/* An unsafe build is synced once, when it is closed: what is written should be on its way
 * to the disk by then. This is a request only. */
static void begin_writing_back(const struct env *env)
{
    int fd = -1;
    if (env->final_dir && mdb_env_get_fd(env->mdb, &fd) == 0)
        (void)sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
}

static clus_status commit(struct store_txn *txn, clus_error *err)
{
    struct env *env = txn->env;
    clus_status status = clus__env_usable(env, err);
    if (status != CLUS_OK)
        return status;
    if (!txn->write)
        return CLUS_OK;
    if (txn->failed != CLUS_OK)
        return clus__fail(err, txn->failed,
                          "cannot commit to %s: an earlier write failed (%s)",
                          env->place.dir, clus_status_name(txn->failed));
    close_cursors(txn);
    int rc = txn->changed ? clus__env_stamp(env, txn->mdb) : 0;
    if (rc == 0) {
        rc = mdb_txn_commit(txn->mdb);
        txn->mdb = NULL; /* gone, whatever came of it */
    }
    if (rc != 0)
        return clus__engine_fail(err, env, rc, "commit to");
    begin_writing_back(env);
    return CLUS_OK;
}

clus_status clus__store_commit(struct store_txn *txn, clus_error *err)
{
    clus_status status = commit(txn, err);
    clus__store_abort(txn);
    return status;
}

uint64_t clus__store_txn_id(const struct store_txn *txn)
{
    return mdb_txn_id(txn->mdb);
}
