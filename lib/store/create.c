/*
 * A new index is made in a directory beside its place and renamed, so that under its own
 * name it is complete or absent. A place where a file system is mounted cannot be renamed
 * over: there it is made in a directory inside, and the data file is moved up, which again
 * is one step. A creator that died leaves such a directory behind; the next one recognises
 * it by its writer's lock, which nobody holds, and removes it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "store/env.h"

enum { NAME_PART = 100, PREFIX_BYTES = NAME_PART + 8, TEMP_ATTEMPTS = 20 };

struct target {
    char path[PATH_MAX]; /* where the index shall be, absolute */
    char parent[PATH_MAX];
    char prefix[PREFIX_BYTES]; /* of temporary names for it */
    mode_t mode;               /* of an empty directory that is there; 0: none is */
    bool mounted;              /* it is where a file system begins */
};

/* ---- the target ---- */

static clus_status exists(const char *path, clus_error *err)
{
    return clus__fail(err, CLUS_E_EXISTS, "%s exists and is not an empty directory", path);
}

static bool is_empty_dir(const char *path)
{
    DIR *dir = opendir(path);
    if (!dir)
        return false;
    bool empty = true;
    for (struct dirent *e = readdir(dir); e && empty; e = readdir(dir))
        empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
    (void)closedir(dir);
    return empty;
}

/* Resolve PARENT/NAME where NAME does not exist. */
static clus_status resolve_new(const char *path, char out[PATH_MAX], clus_error *err)
{
    char given[PATH_MAX], parent[PATH_MAX];
    struct stat info;
    size_t len = strlen(path);
    while (len > 1 && path[len - 1] == '/')
        len--;
    if (len == 0 || len >= sizeof given)
        return clus__fail(err, CLUS_E_ARGUMENT, "the path of the index is %s",
                          len ? "too long" : "empty");
    memcpy(given, path, len);
    given[len] = '\0';
    if (lstat(given, &info) == 0)
        return exists(given, err); /* a symbolic link to nothing */
    char *slash = strrchr(given, '/');
    const char *name = slash ? slash + 1 : given;
    if (strcmp(name, "..") == 0 || strcmp(name, ".") == 0)
        return clus__fail(err, CLUS_E_ARGUMENT, "%s does not exist", given);
    if (slash)
        *slash = '\0';
    const char *above = !slash ? "." : slash == given ? "/" : given;
    if (!realpath(above, parent))
        return clus__fail_sys(err, CLUS_E_ARGUMENT, errno, "cannot create %s in %s: %s",
                              name, above, strerror(errno));
    int n = snprintf(out, PATH_MAX, "%s/%s", strcmp(parent, "/") == 0 ? "" : parent, name);
    if (n < 0 || n >= PATH_MAX)
        return clus__fail(err, CLUS_E_ARGUMENT, "the path of the index is too long");
    return CLUS_OK;
}

/* ---- temporary directories ---- */

void clus__build_discard(const char *dir)
{
    static const char *const names[] = {DATA_FILE, ENGINE_LOCK_FILE, WRITER_LOCK_FILE};
    char path[PATH_MAX + NAME_MAX + 32];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        (void)unlink(path);
    }
    (void)rmdir(dir);
}

/* Its creator is dead if its lock can be had. Directories of this process are left alone,
 * for a lock does not keep out the process that holds it. */
static void sweep_one(const char *parent, const char *name, const char *pid_text)
{
    char dir[PATH_MAX + NAME_MAX + 2], lock[PATH_MAX + NAME_MAX + 32];
    char *end;
    pid_t holder;
    if (strtol(pid_text, &end, 10) == (long)getpid() || *end != '-')
        return;
    (void)snprintf(dir, sizeof dir, "%s/%s", parent, name);
    (void)snprintf(lock, sizeof lock, "%s/" WRITER_LOCK_FILE, dir);
    int fd = open(lock, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd >= 0 && clus__lock_file_try(fd, &holder) == 0)
        clus__build_discard(dir);
    else if (fd < 0)
        (void)rmdir(dir); /* died before it had a lock */
    if (fd >= 0)
        (void)close(fd);
}

static void sweep(const struct target *t)
{
    size_t len = strlen(t->prefix);
    DIR *dir = opendir(t->parent);
    if (!dir)
        return;
    for (struct dirent *e = readdir(dir); e; e = readdir(dir)) {
        if (strncmp(e->d_name, t->prefix, len) == 0)
            sweep_one(t->parent, e->d_name, e->d_name + len);
    }
    (void)closedir(dir);
}

/* Split t->path, and choose where the temporary directory goes. */
static clus_status choose_parent(struct target *t, clus_error *err)
{
    struct stat here, above;
    char *slash = strrchr(t->path, '/');
    if (!slash || !slash[1])
        return exists(t->path, err);
    size_t len = slash == t->path ? 1 : (size_t)(slash - t->path);
    memcpy(t->parent, t->path, len);
    t->parent[len] = '\0';
    (void)snprintf(t->prefix, sizeof t->prefix, ".%.*s.new-", NAME_PART, slash + 1);
    if (t->mode && stat(t->path, &here) == 0 && stat(t->parent, &above) == 0 &&
        here.st_dev != above.st_dev) {
        t->mounted = true;
        memcpy(t->parent, t->path, sizeof t->parent);
    }
    return CLUS_OK;
}

static clus_status find_target(const char *path, struct target *t, clus_error *err)
{
    struct stat info;
    *t = (struct target){.mode = 0};
    clus_status status = CLUS_OK;
    if (!realpath(path, t->path))
        status = resolve_new(path, t->path, err);
    else if (stat(t->path, &info) != 0 || !S_ISDIR(info.st_mode))
        return exists(t->path, err);
    else
        t->mode = info.st_mode & 07777;
    if (status == CLUS_OK)
        status = choose_parent(t, err);
    if (status != CLUS_OK)
        return status;
    sweep(t); /* before the look whether it is empty */
    return t->mode && !is_empty_dir(t->path) ? exists(t->path, err) : CLUS_OK;
}

/* True when the directory is ours: locked, and not swept away between two steps. */
static bool lock_temp(const char *dir, int *fd, clus_error *err)
{
    pid_t holder;
    struct stat info;
    if (clus__lock_file_open(dir, fd, err) != CLUS_OK)
        return false;
    if (clus__lock_file_try(*fd, &holder) == 0 && fstat(*fd, &info) == 0 &&
        info.st_nlink > 0)
        return true;
    (void)close(*fd);
    *fd = -1;
    return false;
}

static clus_status make_temp(const struct target *t, char dir[PATH_MAX], int *lock_fd,
                             clus_error *err)
{
    for (int i = 0; i < TEMP_ATTEMPTS; i++) {
        uint32_t salt = 0;
        if (getrandom(&salt, sizeof salt, 0) != sizeof salt)
            salt = (uint32_t)i;
        int n = snprintf(dir, PATH_MAX, "%s/%s%ld-%08x",
                         strcmp(t->parent, "/") == 0 ? "" : t->parent, t->prefix,
                         (long)getpid(), (unsigned)salt);
        if (n < 0 || n >= PATH_MAX)
            return clus__fail(err, CLUS_E_ARGUMENT, "the path of the index is too long");
        if (mkdir(dir, 0777) != 0) {
            if (errno == EEXIST)
                continue;
            return clus__fail_sys(
                err, errno == ENOSPC || errno == EDQUOT ? CLUS_E_FULL : CLUS_E_IO, errno,
                "cannot create a directory in %s: %s", t->parent, strerror(errno));
        }
        if (t->mode)
            (void)chmod(dir, t->mode);
        if (lock_temp(dir, lock_fd, err))
            return CLUS_OK;
        (void)rmdir(dir);
    }
    return clus__fail(err, CLUS_E_IO, "cannot create a directory in %s", t->parent);
}

/* ---- creating ---- */

/* The data file alone is the index: locks are made anew by who opens it. */
static clus_status publish_inside(const char *built, const char *path, clus_error *err)
{
    char from[PATH_MAX + 16], to[PATH_MAX + 16];
    (void)snprintf(from, sizeof from, "%s/" DATA_FILE, built);
    (void)snprintf(to, sizeof to, "%s/" DATA_FILE, path);
    if (access(to, F_OK) == 0)
        return exists(path, err);
    if (rename(from, to) != 0)
        return clus__fail_sys(err, CLUS_E_IO, errno, "cannot rename %s to %s: %s", from, to,
                              strerror(errno));
    clus__build_discard(built);
    return clus__sync_dir(path, err);
}

static clus_status publish_beside(const char *built, const char *path, clus_error *err)
{
    char parent[PATH_MAX];
    if (rename(built, path) != 0) {
        bool in_the_way = errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR;
        return clus__fail_sys(err,
                              in_the_way        ? CLUS_E_EXISTS
                              : errno == ENOSPC ? CLUS_E_FULL
                                                : CLUS_E_IO,
                              errno, "cannot rename %s to %s: %s", built, path,
                              strerror(errno));
    }
    (void)snprintf(parent, sizeof parent, "%.*s",
                   (int)(strrchr(path, '/') == path ? 1 : strrchr(path, '/') - path), path);
    return clus__sync_dir(parent, err);
}

static bool is_inside(const char *built, const char *path)
{
    size_t len = strlen(path);
    return strncmp(built, path, len) == 0 && built[len] == '/';
}

clus_status clus__build_publish(const char *built, const char *path, clus_error *err)
{
    clus_status status = clus__sync_dir(built, err);
    if (status != CLUS_OK)
        return status;
    return is_inside(built, path) ? publish_inside(built, path, err)
                                  : publish_beside(built, path, err);
}

static char *copy_text(const char *text)
{
    return clus__memdup(text, strlen(text) + 1);
}

/* The first rows, written through a handle of their own while nobody knows the place. */
static clus_status write_first_rows(struct env *env, const struct store_options *opts,
                                    clus_error *err)
{
    struct store handle = {.env = env};
    struct store_txn *txn;
    if (!opts->init)
        return CLUS_OK;
    env->holder = &handle;
    env->forks = clus__registry_forks(); /* as clus__registry_add() will say again */
    env->pid = getpid();
    clus_status status = clus__store_write(&handle, false, &txn, err);
    if (status == CLUS_OK) {
        status = clus__explain(err, opts->init(txn, opts->init_ctx), "writing first rows");
        if (status == CLUS_OK)
            status = clus__store_commit(txn, err);
        else
            clus__store_abort(txn);
    }
    env->holder = NULL;
    return status;
}

static clus_status build(struct env *env, const struct target *t, const char *temp,
                         const struct store_options *opts, clus_error *err)
{
    env->place.dir = copy_text(temp);
    env->final_dir = opts->unsafe_build ? copy_text(t->path) : NULL;
    if (!env->place.dir || (opts->unsafe_build && !env->final_dir))
        return clus__explain(err, CLUS_E_NOMEM, "creating an index");
    clus_status status = clus__env_open(env, opts, true, err);
    if (status == CLUS_OK)
        status = write_first_rows(env, opts, err);
    if (status != CLUS_OK || opts->unsafe_build)
        return status;
    char *named = copy_text(t->path);
    if (!named)
        return clus__explain(err, CLUS_E_NOMEM, "creating an index");
    if (t->mounted)
        clus__env_shut(env); /* its lock files do not move along */
    status = clus__build_publish(temp, t->path, err);
    if (status != CLUS_OK) {
        clus__free(named);
        return status;
    }
    clus__free(env->place.dir);
    env->place.dir = named;
    return t->mounted ? clus__env_open(env, opts, false, err) : CLUS_OK;
}

static clus_status check_machine(clus_error *err)
{
    if (sysconf(_SC_PAGESIZE) != ENGINE_PAGE)
        return clus__fail(err, CLUS_E_ARGUMENT,
                          "an index cannot be created on a machine with pages of %ld bytes",
                          sysconf(_SC_PAGESIZE));
    return CLUS_OK;
}

static clus_status create_env(const struct target *t, const struct store_options *opts,
                              struct env **out, clus_error *err)
{
    char temp[PATH_MAX];
    struct env *env = clus__env_new();
    if (!env) {
        (void)clus__explain(err, CLUS_E_NOMEM, "creating an index");
        return CLUS_E_NOMEM;
    }
    clus_status status = make_temp(t, temp, &env->lock_fd, err);
    if (status == CLUS_OK) {
        status = build(env, t, temp, opts, err);
        if (status != CLUS_OK)
            clus__build_discard(temp);
    }
    if (status != CLUS_OK) {
        clus__env_free(env);
        return status;
    }
    *out = env;
    return CLUS_OK;
}

clus_status clus__store_create(const char *path, const struct store_options *opts,
                               struct store **out, clus_error *err)
{
    struct target target;
    struct env *env = NULL;
    clus_status status = check_machine(err);
    if (status == CLUS_OK)
        status = find_target(path, &target, err);
    if (status == CLUS_OK)
        status = clus__place_local(target.parent, err);
    if (status != CLUS_OK)
        return status;
    struct store *store = clus__calloc(1, sizeof *store);
    if (!store)
        return clus__explain(err, CLUS_E_NOMEM, "creating an index");
    status = create_env(&target, opts, &env, err);
    if (status != CLUS_OK) {
        clus__free(store);
        return status;
    }
    clus__registry_add(env);
    store->env = env;
    if (!opts->unsafe_build && env->lock_fd >= 0)
        clus__lock_file_release(env->lock_fd);
    *out = store;
    return CLUS_OK;
}
