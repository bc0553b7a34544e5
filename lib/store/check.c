/* The full check of a store: structure through verify.h, then every checksum. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/le.h"
#include "store/env.h"
#include "store/verify.h"

enum { ATTEMPTS = 8 };

/* Another process may be writing a meta page just now. */
static void wait_a_little(void)
{
    (void)nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

/* CLUS_E_CORRUPT with *why, or CLUS_E_IO. */
static clus_status read_metas(int fd, struct snapshot_root roots[2], const char **why)
{
    uint8_t head[META_BYTES];
    struct stat file;
    for (int i = 0; i < ATTEMPTS; i++) {
        if (i)
            wait_a_little();
        if (fstat(fd, &file) != 0)
            return CLUS_E_IO;
        ssize_t got = pread(fd, head, sizeof head, 0);
        if (got < 0)
            return CLUS_E_IO;
        if (got < (ssize_t)sizeof head) {
            *why = "the data file is too short";
            return CLUS_E_CORRUPT;
        }
        if (clus__image_metas(head, (uint64_t)file.st_size, roots, why))
            return CLUS_OK;
    }
    return CLUS_E_CORRUPT;
}

static clus_status explain_metas(clus_status status, const char *dir, const char *why,
                                 clus_error *err)
{
    if (status == CLUS_E_IO)
        return clus__fail_sys(err, CLUS_E_IO, errno, "cannot read %s/" DATA_FILE ": %s",
                              dir, strerror(errno));
    if (status == CLUS_E_CORRUPT)
        return clus__fail(err, CLUS_E_CORRUPT, "index is damaged: %s/" DATA_FILE ": %s",
                          dir, why);
    return status;
}

clus_status clus__check_metas(const char *dir, clus_error *err)
{
    char path[4096 + 16];
    struct snapshot_root roots[2];
    const char *why = "";
    (void)snprintf(path, sizeof path, "%s/" DATA_FILE, dir);
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return explain_metas(CLUS_E_IO, dir, "", err);
    clus_status status = read_metas(fd, roots, &why);
    status = explain_metas(status, dir, why, err);
    (void)close(fd);
    return status;
}

/* A view and the meta page that it began from, which is overwritten two commits later. */
static clus_status begin_at_root(struct env *env, int fd, MDB_txn **txn,
                                 struct snapshot_root *root, clus_error *err)
{
    for (int i = 0; i < ATTEMPTS; i++) {
        struct snapshot_root roots[2];
        const char *why = "";
        int rc = mdb_txn_begin(env->mdb, NULL, MDB_RDONLY, txn);
        if (rc != 0)
            return clus__engine_fail(err, env, rc, "read");
        clus_status status = read_metas(fd, roots, &why);
        if (status != CLUS_OK) {
            mdb_txn_abort(*txn);
            return explain_metas(status, env->place.dir, why, err);
        }
        *root = roots[mdb_txn_id(*txn) % 2];
        if (root->txn_id == mdb_txn_id(*txn))
            return CLUS_OK;
        mdb_txn_abort(*txn);
    }
    return clus__fail(err, CLUS_E_BUSY, "%s is written too often to be checked",
                      env->place.dir);
}

/* The tree is read through a map of its own, as long as the file is now: whatever page
 * number LMDB's map would take, here it is compared with the file's end first. */
static clus_status check_mapped(int fd, const struct snapshot_root *root,
                                struct image *image, store_finding_fn *fn, void *ctx)
{
    struct stat file;
    struct image_facts facts;
    if (fstat(fd, &file) != 0)
        return CLUS_E_IO;
    image->size = (uint64_t)file.st_size / ENGINE_PAGE * ENGINE_PAGE;
    void *at = mmap(NULL, (size_t)image->size, PROT_READ, MAP_SHARED, fd, 0);
    if (at == MAP_FAILED)
        return errno == ENOMEM ? CLUS_E_NOMEM : CLUS_E_IO;
    (void)madvise(at, (size_t)image->size, MADV_RANDOM);
    image->bytes = at;
    clus_status status = clus__image_check(image, root, fn, ctx, &facts);
    (void)munmap(at, (size_t)image->size);
    return status;
}

clus_status clus__check_structure(struct env *env, bool everything, store_finding_fn *fn,
                                  void *ctx, clus_error *err)
{
    int fd = -1;
    MDB_txn *txn = NULL;
    struct snapshot_root root;
    struct image image = {.everything = everything};
    int rc = mdb_env_get_fd(env->mdb, &fd);
    if (rc != 0)
        return clus__engine_fail(err, env, rc, "check");
    clus_status status = begin_at_root(env, fd, &txn, &root, err);
    if (status != CLUS_OK)
        return status;
    status = check_mapped(fd, &root, &image, fn, ctx);
    mdb_txn_abort(txn);
    if (status == CLUS_E_IO)
        return clus__fail_sys(err, status, errno, "cannot map the data file of %s",
                              env->place.dir);
    return clus__explain(err, status, env->place.dir);
}

/* ---- checksums ---- */

struct findings {
    store_finding_fn *fn;
    void *ctx;
    uint64_t n;
};

static void count(void *ctx, const char *where, const char *message)
{
    struct findings *f = ctx;
    f->n++;
    if (f->fn)
        f->fn(f->ctx, where, message);
}

static int check_rows(struct env *env, MDB_txn *txn, enum store_table table,
                      struct findings *found)
{
    MDB_cursor *cursor;
    MDB_val key, value;
    int rc = mdb_cursor_open(txn, env->tables[table], &cursor);
    if (rc != 0)
        return rc;
    while ((rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0) {
        struct bytes bare;
        if (!clus__row_open(env, table, (struct bytes){key.mv_data, key.mv_size},
                            (struct bytes){value.mv_data, value.mv_size}, &bare))
            count(found, clus__table_name(table), "a row's checksum is wrong");
    }
    mdb_cursor_close(cursor);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

static void check_page(struct env *env, const MDB_val *key, const MDB_val *value,
                       struct findings *found)
{
    char where[64];
    const uint8_t *k = key->mv_data;
    if (key->mv_size != 9 || value->mv_size != PAGE_BYTES) {
        count(found, "pages", "a key or a value is of a wrong size");
        return;
    }
    if (clus__page_sound(env, k, value->mv_data))
        return;
    (void)snprintf(where, sizeof where, "owner %u, stream %u, page %u",
                   (unsigned)clus__be32(k), (unsigned)k[4], (unsigned)clus__be32(k + 5));
    count(found, where, "the checksum is wrong");
}

static int check_pages(struct env *env, MDB_txn *txn, struct findings *found)
{
    MDB_cursor *cursor;
    MDB_val key, value;
    int rc = mdb_cursor_open(txn, env->pages, &cursor);
    if (rc != 0)
        return rc;
    while ((rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0)
        check_page(env, &key, &value, found);
    mdb_cursor_close(cursor);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

static int check_tables(struct env *env, MDB_txn *txn, bool pages, struct findings *found)
{
    int rc = 0;
    for (enum store_table t = TABLE_INFO; rc == 0 && t < TABLE_COUNT; t++)
        rc = check_rows(env, txn, t, found);
    return rc == 0 && pages ? check_pages(env, txn, found) : rc;
}

static clus_status check_checksums(struct env *env, bool pages, struct findings *found,
                                   clus_error *err)
{
    MDB_txn *txn = NULL;
    int rc = mdb_txn_begin(env->mdb, NULL, MDB_RDONLY, &txn);
    if (rc == 0)
        rc = check_tables(env, txn, pages, found);
    mdb_txn_abort(txn);
    if (rc != 0)
        return clus__engine_fail(err, env, rc, "check");
    if (found->n)
        return clus__fail(err, CLUS_E_CORRUPT, "index is damaged: %llu findings in %s",
                          (unsigned long long)found->n, env->place.dir);
    return CLUS_OK;
}

clus_status clus__check_all_rows(struct env *env, store_finding_fn *fn, void *ctx,
                                 clus_error *err)
{
    struct findings found = {.fn = fn, .ctx = ctx};
    return check_checksums(env, false, &found, err);
}

clus_status clus__store_verify(struct store *store, store_finding_fn *fn, void *ctx,
                               clus_error *err)
{
    struct env *env = store->env;
    struct findings found = {.fn = fn, .ctx = ctx};
    clus_status status = clus__env_usable(env, err);
    if (status == CLUS_OK)
        status = clus__env_check_size(env, err);
    if (status == CLUS_OK)
        status = clus__check_structure(env, true, count, &found, err);
    /* LMDB must not walk a broken tree */
    return status == CLUS_OK ? check_checksums(env, true, &found, err) : status;
}
