/*
 * Inside of the store: the environment that all handles of a process share, transactions,
 * and the pieces that open, lock and name it. Nothing outside lib/store includes this.
 */
#ifndef CLUS_STORE_ENV_H
#define CLUS_STORE_ENV_H

#include <lmdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

#include "store/store.h"

enum { ENGINE_PAGE = 4096, ENGINE_HEADER = 16, STORE_FORMAT = 1, MAX_READERS = 1000 };

#define DATA_FILE "data.mdb"
#define ENGINE_LOCK_FILE "lock.mdb"
#define WRITER_LOCK_FILE "writer.lock"

/* Where an index lies, after the checks that need no reading of it. */
struct place {
    char *dir; /* absolute, no symbolic links */
    dev_t dev; /* of the data file */
    ino_t ino;
    bool readonly; /* the file system or its rights allow no writing */
};

/* One open directory of this process. The registry owns it; store handles refer to it. */
struct env {
    /* registry.c; `opening` serialises what opens and verifies it */
    struct env *next;
    unsigned refs;
    unsigned forks;
    pid_t pid;
    pthread_mutex_t opening;

    struct place place;
    char *final_dir; /* an unsafe build: the name it gets when closed, else NULL */
    bool spoiled;    /* the build failed: remove it instead */
    MDB_env *mdb;    /* NULL until opened */
    MDB_dbi tables[TABLE_COUNT];
    MDB_dbi pages;
    MDB_dbi own;        /* the store's own rows: format, commit */
    const uint8_t *map; /* where LMDB mapped the file: tells clean pages from dirty ones */
    uint64_t map_bytes;
    uint64_t index_id;
    bool verified;
    _Atomic uint64_t seen_bytes; /* the data file was this long and never shrinks */

    /* writer_lock.c: threads of this process queue at the gate, processes at the file */
    pthread_mutex_t gate;
    pthread_cond_t gate_opened;
    struct store *holder;
    struct store_txn *writing;
    int lock_fd; /* -1 until first used */
};

struct store {
    struct env *env;
};

struct store_txn {
    struct store *store;
    struct env *env;
    MDB_txn *mdb;
    bool write;
    bool changed;       /* something was written: the commit is one */
    clus_status failed; /* first failure of a write: the commit must refuse */
    MDB_cursor *walks[TABLE_COUNT];
    MDB_cursor *pages;
    uint8_t last_page[9]; /* greatest key, if last_known */
    bool last_known;
};

/* ---- env.c ---- */
CLUS_MUST_CHECK struct env *clus__env_new(void);
void clus__env_free(struct env *env); /* closes what is open */
void clus__env_shut(struct env *env); /* closes the files only, to be opened once more */
/* Open LMDB on env->place.dir and find our tables; `create` makes them. */
CLUS_MUST_CHECK clus_status clus__env_open(struct env *env,
                                           const struct store_options *opts, bool create,
                                           clus_error *err);
CLUS_MUST_CHECK clus_status clus__env_check_size(struct env *env, clus_error *err);
/* CLUS_E_ARGUMENT in a child of fork(). */
CLUS_MUST_CHECK clus_status clus__env_usable(const struct env *env, clus_error *err);

/* Write into the transaction which commit it will be. LMDB's meta pages have no checksum: a
 * number that disagrees with the tree it leads to gives a damaged one away. */
int clus__env_stamp(const struct env *env, MDB_txn *txn);

/* ---- check.c ---- */
/* Both meta pages of the data file, before LMDB opens it. */
CLUS_MUST_CHECK clus_status clus__check_metas(const char *dir, clus_error *err);
/* The structure of the last commit. */
CLUS_MUST_CHECK clus_status clus__check_structure(struct env *env, bool everything,
                                                  store_finding_fn *fn, void *ctx,
                                                  clus_error *err);

/* LMDB's parameters are not const, though it does not write through them. */
static inline MDB_val clus__val(const void *data, size_t len)
{
    union {
        const void *given;
        void *taken;
    } p = {data};
    return (MDB_val){len, p.taken};
}

/* The checksums of all rows. */
CLUS_MUST_CHECK clus_status clus__check_all_rows(struct env *env, store_finding_fn *fn,
                                                 void *ctx, clus_error *err);

/* ---- engine.c: LMDB's codes ---- */
clus_status clus__engine_status(const struct env *env, int rc);
clus_status clus__engine_fail(clus_error *err, const struct env *env, int rc,
                              const char *doing);
const char *clus__table_name(enum store_table table);

/* ---- registry.c ---- */
/* The environment of a data file, opened or not, with a reference for the caller; NULL for
 * no memory. Takes over place->dir. */
CLUS_MUST_CHECK struct env *clus__registry_claim(struct place *place);
void clus__registry_add(struct env *env); /* a new one that nobody else can know */
/* Drop a reference; the last one closes, and names an unsafe build. */
clus_status clus__registry_release(struct env *env, clus_error *err);
/* Changes in every child of fork(). */
unsigned clus__registry_forks(void);

/* ---- place.c ---- */
CLUS_MUST_CHECK clus_status clus__place_find(const char *path, struct place *out,
                                             clus_error *err);
CLUS_MUST_CHECK clus_status clus__place_local(const char *dir, clus_error *err);
CLUS_MUST_CHECK clus_status clus__sync_dir(const char *dir, clus_error *err);

/* ---- create.c ---- */
void clus__build_discard(const char *dir);
CLUS_MUST_CHECK clus_status clus__build_publish(const char *built, const char *path,
                                                clus_error *err);

/* ---- writer_lock.c ---- */
CLUS_MUST_CHECK clus_status clus__lock_file_open(const char *dir, int *fd, clus_error *err);
/* 0, or EAGAIN with the holder's pid (0: unknown), or another errno. */
int clus__lock_file_try(int fd, pid_t *holder);
void clus__lock_file_release(int fd);

/* ---- checksums (seal.c) ---- */
uint64_t clus__row_seal(const struct env *env, enum store_table table, struct bytes key,
                        struct bytes value);
bool clus__row_open(const struct env *env, enum store_table table, struct bytes key,
                    struct bytes stored, struct bytes *value);
void clus__page_key(uint8_t key[9], uint32_t owner, uint8_t stream, uint32_t page);
void clus__page_seal(const struct env *env, const uint8_t key[9], uint8_t *page);
bool clus__page_sound(const struct env *env, const uint8_t key[9], const uint8_t *page);

/* ---- store.c: readers of all processes ---- */
enum { FREE_LIST = 0 }; /* LMDB's number for the tree of free pages */
struct reader_tally {
    uint32_t active;
    uint64_t oldest; /* commit that is read; the caller begins with the greatest */
};
int clus__tally_reader(const char *line, void *ctx);

/* ---- txn.c ---- */
/* Pages of the file when the transaction began, or more. */
uint64_t clus__txn_file_pages(const struct store_txn *txn);
/* What came of a write: a change, or the first failure is remembered. */
clus_status clus__txn_wrote(struct store_txn *txn, int rc);
CLUS_MUST_CHECK clus_status clus__txn_usable(const struct store_txn *txn, bool write);

#endif
