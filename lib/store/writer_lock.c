/*
 * One writer: threads of this process queue at a gate, processes at a record lock on a
 * file.
 *
 * LMDB has a mutex of its own, which waits for ever and does not say for whom. The record
 * lock is POSIX's: it goes when its process dies, children of fork() do not inherit it, and
 * the kernel tells the holder's pid. Its known trap, that closing any descriptor of the
 * file drops it, is kept shut by the registry: a process has one environment a directory,
 * and that one descriptor.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "store/env.h"

enum { FIRST_NAP_NS = 1000000, LONGEST_NAP_NS = 50000000 };

/* ---- the file ---- */

clus_status clus__lock_file_open(const char *dir, int *fd, clus_error *err)
{
    char path[PATH_MAX + 16];
    (void)snprintf(path, sizeof path, "%s/" WRITER_LOCK_FILE, dir);
    int got = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0666);
    if (got < 0)
        return clus__fail_sys(err, errno == ENOSPC ? CLUS_E_FULL : CLUS_E_IO, errno,
                              "cannot open %s: %s", path, strerror(errno));
    *fd = got;
    return CLUS_OK;
}

int clus__lock_file_try(int fd, pid_t *holder)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    while (fcntl(fd, F_SETLK, &lock) != 0) {
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN && errno != EACCES)
            return errno;
        struct flock who = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
        bool known = fcntl(fd, F_GETLK, &who) == 0 && who.l_type != F_UNLCK;
        *holder = known && who.l_pid > 0 ? who.l_pid : 0;
        return EAGAIN;
    }
    return 0;
}

void clus__lock_file_release(int fd)
{
    struct flock lock = {.l_type = F_UNLCK, .l_whence = SEEK_SET};
    (void)fcntl(fd, F_SETLK, &lock);
}

/* ---- waiting ---- */

static struct timespec deadline_in(uint32_t timeout_ms)
{
    struct timespec at;
    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += timeout_ms / 1000;
    at.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_sec++;
        at.tv_nsec -= 1000000000;
    }
    return at;
}

static bool passed(const struct timespec *deadline)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec > deadline->tv_sec ||
           (now.tv_sec == deadline->tv_sec && now.tv_nsec >= deadline->tv_nsec);
}

static clus_status busy(const struct env *env, pid_t pid, clus_error *err)
{
    if (pid > 0)
        return clus__fail(err, CLUS_E_BUSY, "%s is being written by process %ld",
                          env->place.dir, (long)pid);
    return clus__fail(err, CLUS_E_BUSY, "%s is being written by another process",
                      env->place.dir);
}

static clus_status pass_gate(struct store *store, const struct timespec *deadline,
                             clus_error *err)
{
    struct env *env = store->env;
    clus_status status = CLUS_OK;
    (void)pthread_mutex_lock(&env->gate);
    if (env->holder == store)
        status = clus__fail(err, CLUS_E_ARGUMENT, "this handle holds the lock already");
    while (status == CLUS_OK && env->holder) {
        if (!deadline)
            (void)pthread_cond_wait(&env->gate_opened, &env->gate);
        else if (pthread_cond_timedwait(&env->gate_opened, &env->gate, deadline) ==
                     ETIMEDOUT &&
                 env->holder)
            status = busy(env, getpid(), err);
    }
    if (status == CLUS_OK)
        env->holder = store;
    (void)pthread_mutex_unlock(&env->gate);
    return status;
}

static void open_gate(struct env *env)
{
    (void)pthread_mutex_lock(&env->gate);
    env->holder = NULL;
    (void)pthread_cond_signal(&env->gate_opened);
    (void)pthread_mutex_unlock(&env->gate);
}

static clus_status take_file(struct env *env, const struct timespec *deadline,
                             clus_error *err)
{
    long nap_ns = FIRST_NAP_NS;
    for (;;) {
        pid_t holder = 0;
        int failed = clus__lock_file_try(env->lock_fd, &holder);
        if (failed == 0)
            return CLUS_OK;
        if (failed != EAGAIN)
            return clus__fail_sys(err, CLUS_E_IO, failed, "cannot lock %s: %s",
                                  env->place.dir, strerror(failed));
        if (deadline && passed(deadline))
            return busy(env, holder, err);
        (void)nanosleep(&(struct timespec){.tv_nsec = nap_ns}, NULL);
        nap_ns = nap_ns * 2 < LONGEST_NAP_NS ? nap_ns * 2 : LONGEST_NAP_NS;
    }
}

/* The directory may have been removed or replaced since it was opened: a lock on what has
 * no name any more keeps nobody out. */
static clus_status still_there(const struct env *env, clus_error *err)
{
    char path[PATH_MAX + 16];
    struct stat file;
    (void)snprintf(path, sizeof path, "%s/" DATA_FILE, env->place.dir);
    if (lstat(path, &file) != 0 || file.st_dev != env->place.dev ||
        file.st_ino != env->place.ino)
        return clus__fail(err, CLUS_E_IO,
                          "%s is no longer the index that was opened; open it again",
                          env->place.dir);
    return CLUS_OK;
}

static clus_status lock_files(struct env *env, const struct timespec *deadline,
                              clus_error *err)
{
    int dead = 0;
    /* looked at first, lest this opens and closes the lock file of its successor */
    clus_status status = still_there(env, err);
    if (status == CLUS_OK && env->lock_fd < 0)
        status = clus__lock_file_open(env->place.dir, &env->lock_fd, err);
    if (status == CLUS_OK)
        status = take_file(env, deadline, err);
    if (status == CLUS_OK)
        status = still_there(env, err);
    if (status == CLUS_OK)
        (void)mdb_reader_check(env->mdb, &dead);
    return status;
}

clus_status clus__store_lock(struct store *store, uint32_t timeout_ms, clus_error *err)
{
    struct env *env = store->env;
    struct timespec at = deadline_in(timeout_ms == UINT32_MAX ? 0 : timeout_ms);
    const struct timespec *deadline = timeout_ms == UINT32_MAX ? NULL : &at;
    clus_status status = clus__env_usable(env, err);
    if (status != CLUS_OK)
        return status;
    if (env->place.readonly)
        return clus__fail_sys(
            err, CLUS_E_IO, EROFS,
            "%s cannot be written: make the folder writable, or use a copy "
            "of it elsewhere",
            env->place.dir);
    status = pass_gate(store, deadline, err);
    if (status != CLUS_OK)
        return status;
    status = lock_files(env, deadline, err);
    if (status != CLUS_OK)
        clus__store_unlock(store);
    return status;
}

void clus__store_unlock(struct store *store)
{
    struct env *env = store->env;
    if (clus__env_usable(env, NULL) != CLUS_OK)
        return;
    (void)pthread_mutex_lock(&env->gate);
    bool mine = env->holder == store;
    (void)pthread_mutex_unlock(&env->gate);
    if (!mine)
        return;
    if (env->lock_fd >= 0 && !env->final_dir) /* a build keeps it, see create.c */
        clus__lock_file_release(env->lock_fd);
    open_gate(env);
}
