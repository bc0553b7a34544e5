/* The one place that calls libc's allocator, and for large tables the system. */
#include "base/alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { SMALL_BYTES = 1024 };

void *clus__malloc(size_t size)
{
    return malloc(size ? size : 1);
}

void *clus__calloc(size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes))
        return NULL;
    if (bytes > SMALL_BYTES)
        return calloc(n, size);
    void *p =
        clus__malloc(bytes); /* libc's calloc does without its cache of small pieces */
    return p ? memset(p, 0, bytes) : NULL;
}

void *clus__realloc(void *p, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes))
        return NULL;
    return realloc(p, bytes ? bytes : 1);
}

void *clus__memdup(const void *p, size_t len)
{
    void *copy = clus__malloc(len);
    if (copy && len)
        memcpy(copy, p, len);
    return copy;
}

void clus__free(void *p)
{
    free(p);
}

/* How many elements to make room for. */
static size_t larger(size_t cap, size_t need)
{
    enum { LEAST = 16 };
    size_t want = cap > SIZE_MAX / 2 ? need : cap * 2;
    if (want < need)
        want = need;
    return want < LEAST ? LEAST : want;
}

clus_status clus__grow(void *p, size_t *cap, size_t need, size_t size)
{
    if (need <= *cap)
        return CLUS_OK;
    size_t want = larger(*cap, need);
    void *old;
    memcpy(&old, p, sizeof old); /* p is a T ** of any T: go through bytes */
    void *grown = clus__realloc(old, want, size);
    if (!grown)
        return CLUS_E_NOMEM;
    memcpy(p, &grown, sizeof grown);
    *cap = want;
    return CLUS_OK;
}

/* ---- tables ---- */

enum { LINE = 64, MAPPED = 1 << 20 /* bytes from which on pages are asked for directly */ };

/* Filled up to whole lines, or 0 for too many. */
static size_t table_bytes(size_t cap, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(cap, size, &bytes) || bytes > SIZE_MAX / 2)
        return 0;
    return (bytes + LINE - 1) / LINE * LINE;
}

static void *map(size_t bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

static void *resize_table(void *old, size_t had, size_t bytes)
{
    if (had >= MAPPED) {
        void *moved = mremap(old, had, bytes, MREMAP_MAYMOVE);
        return moved == MAP_FAILED ? NULL : moved;
    }
    void *p = bytes >= MAPPED ? map(bytes) : aligned_alloc(LINE, bytes);
    if (p && had > 0)
        memcpy(p, old, had);
    if (p)
        clus__free(old);
    return p;
}

clus_status clus__table_grow(void *p, size_t *cap, size_t need, size_t size)
{
    if (need <= *cap)
        return CLUS_OK;
    size_t want = larger(*cap, need), bytes = table_bytes(want, size);
    void *old;
    memcpy(&old, p, sizeof old);
    void *grown = bytes ? resize_table(old, table_bytes(*cap, size), bytes) : NULL;
    if (!grown)
        return CLUS_E_NOMEM;
    memcpy(p, &grown, sizeof grown);
    *cap = want;
    return CLUS_OK;
}

void clus__table_free(void *table, size_t cap, size_t size)
{
    size_t bytes = table_bytes(cap, size);
    if (bytes >= MAPPED)
        (void)munmap(table, bytes);
    else
        clus__free(table);
}
