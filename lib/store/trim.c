/*
 * Giving the room of free pages back to the file system. LMDB never makes its file shorter,
 * and what other processes mapped must stay as long as it was, so free pages become holes:
 * they take no room on the disk until LMDB writes to them again.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/le.h"
#include "store/env.h"

enum { LEAST_HOLE = 16 }; /* pages: smaller holes are not worth a piece of the file's map */

struct page_set {
    uint64_t *pages;
    size_t n, cap;
    uint64_t last; /* of the file */
};

/* A record of the free list: a count and page numbers. LMDB reuses what it lists, so there
 * is nothing to lose that it would not overwrite; still nothing outside the file is
 * touched. */
static clus_status take_record(struct page_set *set, const MDB_val *value)
{
    const uint8_t *at = value->mv_data;
    if (value->mv_size < 8 || clus__le64(at) > value->mv_size / 8 - 1)
        return CLUS_E_CORRUPT;
    size_t n = (size_t)clus__le64(at);
    clus_status st = clus__grow(&set->pages, &set->cap, set->n + n + 1, sizeof *set->pages);
    for (size_t i = 1; i <= n && st == CLUS_OK; i++) {
        uint64_t page = clus__le64(at + 8 * i);
        if (page < 2 || page > set->last)
            return CLUS_E_CORRUPT;
        set->pages[set->n++] = page;
    }
    return st;
}

/* Pages that no view reads and no meta page reaches: freed before commit `oldest`. That is
 * LMDB's own rule for using them again. */
static clus_status list_free(struct store_txn *txn, uint64_t oldest, struct page_set *set)
{
    MDB_cursor *cursor;
    MDB_val key, value;
    clus_status st = CLUS_OK;
    int rc = mdb_cursor_open(txn->mdb, FREE_LIST, &cursor);
    if (rc != 0)
        return clus__engine_status(txn->env, rc);
    while (st == CLUS_OK && (rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0) {
        if (key.mv_size != 8)
            st = CLUS_E_CORRUPT;
        else if (clus__le64(key.mv_data) >= oldest)
            break;
        else
            st = take_record(set, &value);
    }
    mdb_cursor_close(cursor);
    if (st != CLUS_OK || rc == MDB_NOTFOUND)
        return st;
    return clus__engine_status(txn->env, rc);
}

static int by_page(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static int punch(int fd, uint64_t page, uint64_t n)
{
    return fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                     (off_t)(page * ENGINE_PAGE), (off_t)(n * ENGINE_PAGE)) == 0
               ? 0
               : errno;
}

static int punch_runs(int fd, struct page_set *set)
{
    int rc = 0;
    if (set->n > 0)
        qsort(set->pages, set->n, sizeof *set->pages, by_page);
    for (size_t from = 0, to; from < set->n && rc == 0; from = to) {
        to = from + 1;
        while (to < set->n && set->pages[to] == set->pages[to - 1] + 1)
            to++;
        if (to - from >= LEAST_HOLE)
            rc = punch(fd, set->pages[from], to - from);
    }
    return rc == EOPNOTSUPP || rc == ENOSYS ? 0 : rc;
}

static clus_status trim_view(struct store *store, struct store_txn *txn, clus_error *err)
{
    struct page_set set = {0};
    struct env *env = store->env;
    MDB_envinfo info;
    int fd = -1, rc = mdb_env_info(env->mdb, &info);
    struct reader_tally readers = {.oldest = clus__store_txn_id(txn)};
    if (rc == 0)
        rc = mdb_env_get_fd(env->mdb, &fd);
    if (rc == 0 && mdb_reader_list(env->mdb, clus__tally_reader, &readers) < 0)
        rc = EIO;
    if (rc != 0)
        return clus__engine_fail(err, env, rc, "examine");
    set.last = info.me_last_pgno;
    clus_status st =
        clus__explain(err, list_free(txn, readers.oldest, &set), "listing free pages");
    if (st == CLUS_OK && (rc = punch_runs(fd, &set)) != 0)
        st = clus__engine_fail(err, env, rc, "give back room of");
    clus__free(set.pages);
    return st;
}

/* What the last commit freed may be used again only after one more, so there is one more.
 */
clus_status clus__store_trim(struct store *store, clus_error *err)
{
    struct store_txn *txn;
    clus_status st = clus__store_write(store, false, &txn, err);
    if (st != CLUS_OK)
        return st;
    txn->changed = true;
    st = clus__store_commit(txn, err);
    if (st == CLUS_OK)
        st = clus__store_read(store, &txn, err);
    if (st != CLUS_OK)
        return st;
    st = trim_view(store, txn, err);
    clus__store_abort(txn);
    return st;
}
