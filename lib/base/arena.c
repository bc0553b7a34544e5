/* Many small pieces, one free. */
#include "base/arena.h"

#include <stdalign.h>
#include <string.h>

#include "base/alloc.h"

/* The first chunks are of a size that libc hands out again without work: most operations
 * need no more. */
enum {
    FEW_BYTES = 1000,
    CHUNK_BYTES = 8192,
    KEPT_BYTES = 256 << 10, /* at most, from one operation to the next */
    ALIGN = 16
};

struct arena_chunk {
    struct arena_chunk *next;
    alignas(ALIGN) unsigned char data[];
};

static bool add_chunk(struct arena *a, size_t at_least)
{
    size_t size = a->total < (size_t)4 * FEW_BYTES ? FEW_BYTES : CHUNK_BYTES;
    if (at_least > size)
        size = at_least;
    if (a->max && (a->total > a->max || size > a->max - a->total))
        return false;
    struct arena_chunk *chunk = clus__malloc(sizeof *chunk + size);
    if (!chunk)
        return false;
    chunk->next = a->chunks;
    a->chunks = chunk;
    a->used = a->cleared = 0;
    a->size = size;
    a->total += size;
    return true;
}

static void *take(struct arena *a, size_t n, size_t size, size_t *taken)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes) || bytes > SIZE_MAX / 2)
        return NULL;
    bytes = (bytes + ALIGN - 1) / ALIGN * ALIGN;
    if ((!a->chunks || bytes > a->size - a->used) && !add_chunk(a, bytes))
        return NULL;
    void *p = a->chunks->data + a->used;
    a->used += bytes;
    *taken = bytes;
    return p;
}

/* Clear bytes of the newest chunk up to `end`, and some more for the pieces to come: a few
 * large steps take less than many small ones. */
static void clear_ahead(struct arena *a, size_t at, size_t end)
{
    typedef uint64_t pair __attribute__((vector_size(ALIGN), may_alias));
    enum { STEP = 16 * ALIGN };
    size_t from = a->cleared > at ? a->cleared : at;
    unsigned char *p = a->chunks->data + from;
    a->cleared = end;
    if (end - from <= STEP && a->size - from >= STEP) {
        for (size_t i = 0; i < STEP; i += ALIGN)
            *(volatile pair *)(p + i) = (pair){0, 0};
        a->cleared = from + STEP;
        return;
    }
    memset(p, 0, end - from);
}

void *clus__arena_alloc(struct arena *a, size_t n, size_t size)
{
    size_t bytes;
    void *p = take(a, n, size, &bytes);
    if (p && a->used > a->cleared)
        clear_ahead(a, a->used - bytes, a->used);
    return p;
}

void *clus__arena_raw(struct arena *a, size_t n, size_t size)
{
    size_t bytes;
    return take(a, n, size, &bytes);
}

char *clus__arena_copy(struct arena *a, const void *data, size_t len)
{
    char *copy = clus__arena_raw(a, len + 1, 1);
    if (copy && len)
        memcpy(copy, data, len);
    if (copy)
        copy[len] = '\0';
    return copy;
}

void clus__arena_done(struct arena *a)
{
    while (a->chunks) {
        struct arena_chunk *next = a->chunks->next;
        clus__free(a->chunks);
        a->chunks = next;
    }
    *a = (struct arena){.max = a->max};
}

void clus__arena_reset(struct arena *a)
{
    size_t total = a->total < KEPT_BYTES ? a->total : KEPT_BYTES;
    if (a->chunks && !a->chunks->next && a->size <= KEPT_BYTES) {
        a->used = a->cleared = 0;
        return;
    }
    clus__arena_done(a);
    if (total > 0)
        (void)add_chunk(a, total); /* else the next operation will ask itself */
}
