/* The one place that calls libc's allocator. */
#include "base/alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

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

clus_status clus__grow(void *p, size_t *cap, size_t need, size_t size)
{
    if (need <= *cap)
        return CLUS_OK;
    size_t want = *cap > SIZE_MAX / 2 ? need : *cap * 2;
    if (want < need)
        want = need;
    if (want < 16)
        want = 16;
    void *old;
    memcpy(&old, p, sizeof old); /* p is a T ** of any T: go through bytes */
    void *grown = clus__realloc(old, want, size);
    if (!grown)
        return CLUS_E_NOMEM;
    memcpy(p, &grown, sizeof grown);
    *cap = want;
    return CLUS_OK;
}
