/* What LMDB's and the system's codes mean to the layers above. */
#include <errno.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/error.h"
#include "store/env.h"

enum { NEARLY_NOTHING = 1 << 20 };

const char *clus__table_name(enum store_table table)
{
    static const char *const names[TABLE_COUNT] = {
        [TABLE_INFO] = "info",       [TABLE_SEGMENTS] = "segments",
        [TABLE_PACKS] = "packs",     [TABLE_DELETIONS] = "deletions",
        [TABLE_PENDING] = "pending", [TABLE_DROPPED] = "dropped",
    };
    return names[table];
}

/* LMDB reports a write that was cut short as EIO: it was the disk or the limit on file
 * sizes if there is no room now. */
static bool no_room_left(const struct env *env)
{
    int fd = -1;
    struct stat file;
    struct statvfs disk;
    struct rlimit limit;
    if (!env || !env->mdb || mdb_env_get_fd(env->mdb, &fd) != 0 || fd < 0)
        return false;
    if (fstatvfs(fd, &disk) == 0 &&
        (uint64_t)disk.f_bavail * disk.f_frsize < NEARLY_NOTHING)
        return true;
    return fstat(fd, &file) == 0 && getrlimit(RLIMIT_FSIZE, &limit) == 0 &&
           limit.rlim_cur != RLIM_INFINITY &&
           (uint64_t)file.st_size + NEARLY_NOTHING > limit.rlim_cur;
}

static clus_status status_of_errno(const struct env *env, int rc)
{
    switch (rc) {
    case 0: return CLUS_OK;
    case ENOMEM: return CLUS_E_NOMEM;
    case ENOSPC:
    case EDQUOT:
    case EFBIG: return CLUS_E_FULL;
    case ENOENT: return CLUS_E_MISSING;
    case EIO: return no_room_left(env) ? CLUS_E_FULL : CLUS_E_IO;
    default: return CLUS_E_IO;
    }
}

clus_status clus__engine_status(const struct env *env, int rc)
{
    switch (rc) {
    case MDB_NOTFOUND: return CLUS_DONE;
    case MDB_MAP_FULL:
    case MDB_MAP_RESIZED: return CLUS_E_FULL;
    case MDB_READERS_FULL: return CLUS_E_BUSY;
    case MDB_TXN_FULL: return CLUS_E_LIMIT;
    case MDB_VERSION_MISMATCH: return CLUS_E_VERSION;
    case MDB_PANIC: return CLUS_E_IO;
    case MDB_BAD_VALSIZE:
    case MDB_BAD_RSLOT:
    case MDB_BAD_TXN:
    case MDB_BAD_DBI: return CLUS_E_ARGUMENT;
    default:
        if (rc >= MDB_KEYEXIST && rc <= MDB_LAST_ERRCODE)
            return CLUS_E_CORRUPT;
        return status_of_errno(env, rc);
    }
}

static const char *reason(clus_status status, int rc)
{
    if (rc == MDB_MAP_FULL)
        return "the index has reached its maximum size";
    if (rc == MDB_MAP_RESIZED)
        return "the index has outgrown the size it was opened with; open it again";
    if (rc == MDB_READERS_FULL)
        return "too many readers are active";
    if (rc == MDB_PANIC)
        return "an earlier write failed half-way; close the index and open it again";
    if (status == CLUS_E_FULL)
        return "no space left on the disk";
    return mdb_strerror(rc);
}

clus_status clus__engine_fail(clus_error *err, const struct env *env, int rc,
                              const char *doing)
{
    clus_status status = clus__engine_status(env, rc);
    if (status >= 0)
        return status;
    return clus__fail_sys(err, status, rc, "cannot %s %s: %s", doing,
                          env->place.dir ? env->place.dir : "the index",
                          reason(status, rc));
}
