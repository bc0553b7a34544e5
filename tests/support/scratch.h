/* A directory of its own for each test program, removed with all that is in it. */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static inline int scratch_remove_one(const char *path, const struct stat *info, int type,
                                     struct FTW *at)
{
    (void)info;
    (void)type;
    (void)at;
    return remove(path);
}

static inline void scratch_remove(const char *path)
{
    (void)nftw(path, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Returns `out`. In memory where there is such a file system, for speed. */
static inline char *scratch_make(char out[PATH_MAX])
{
    const char *tmp = getenv("TMPDIR");
    if (!tmp)
        tmp = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    (void)snprintf(out, PATH_MAX, "%s/clus-test-XXXXXX", tmp);
    if (!mkdtemp(out)) {
        perror(out);
        abort();
    }
    return out;
}

/* DIR/NAME, in one of a few buffers of the thread; `dir` may be in one of them. */
static inline const char *scratch_path(const char *dir, const char *name)
{
    static _Thread_local char paths[16][PATH_MAX];
    static _Thread_local unsigned next;
    char parent[3000];
    char *out = paths[next++ % 16];
    (void)snprintf(parent, sizeof parent, "%.2999s", dir);
    (void)snprintf(out, PATH_MAX, "%s/%.1000s", parent, name);
    return out;
}

#endif
