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

clus_status clus__grow_lines(void *p, void **room, size_t *cap, size_t need, size_t size)
{
    enum { LINE = 64 };
    if (need <= *cap)
        return CLUS_OK;
    size_t want = larger(*cap, need);
    if (want > SIZE_MAX / size - 1)
        return CLUS_E_NOMEM;
    uint8_t *old;
    memcpy(&old, p, sizeof old);
    size_t shift = *room ? (size_t)(old - (uint8_t *)*room) : 0;
    /* Large rooms are moved by mapping their pages anew, to the same place in a line. */
    uint8_t *grown_room = clus__realloc(*room, want * size + LINE, 1);
    if (!grown_room)
        return CLUS_E_NOMEM;
    uint8_t *grown = grown_room + (LINE - (uintptr_t)grown_room % LINE) % LINE;
    if (grown != grown_room + shift)
        memmove(grown, grown_room + shift, *cap * size);
    *room = grown_room;
    memcpy(p, &grown, sizeof grown);
    *cap = want;
    return CLUS_OK;
}
