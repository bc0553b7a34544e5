/*
 * Memory for one operation (a parsed query, a plan): many small pieces, one free.
 * Pieces are zeroed and 16-byte aligned.
 */
#ifndef CLUS_BASE_ARENA_H
#define CLUS_BASE_ARENA_H

#include <clustersearch/base.h>

struct arena_chunk;

struct arena {
    struct arena_chunk *chunks;
    size_t used, size; /* of the newest chunk */
    size_t cleared;    /* its bytes from `used` up to here are zero */
    size_t total;
    size_t max; /* bytes in all; 0: no bound but memory */
};

/* NULL for no memory or over the bound. */
CLUS_MUST_CHECK void *clus__arena_alloc(struct arena *a, size_t n, size_t size);
/* The same without zeroing: for large pieces of which little is used at first. */
CLUS_MUST_CHECK void *clus__arena_raw(struct arena *a, size_t n, size_t size);
/* A NUL-terminated copy. */
CLUS_MUST_CHECK char *clus__arena_copy(struct arena *a, const void *data, size_t len);
void clus__arena_done(struct arena *a);
/* Empty it for the next operation, which finds the room of this one again, in one piece and
 * within a bound. */
void clus__arena_reset(struct arena *a);

#endif
