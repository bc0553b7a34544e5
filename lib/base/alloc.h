/*
 * Where every byte of heap comes from: libc, or for large tables the system, in one place,
 * so that a lint can ban malloc elsewhere and a test can fail the n-th allocation by
 * interposing libc's. All return NULL for no memory, also when n * size overflows; none for
 * size 0: they then return a unique pointer to be freed.
 */
#ifndef CLUS_BASE_ALLOC_H
#define CLUS_BASE_ALLOC_H

#include <stddef.h>

#include <clustersearch/base.h>

CLUS_MUST_CHECK void *clus__malloc(size_t size);
CLUS_MUST_CHECK void *clus__calloc(size_t n, size_t size);
CLUS_MUST_CHECK void *clus__realloc(void *p, size_t n,
                                    size_t size); /* p stays valid on NULL */
CLUS_MUST_CHECK void *clus__memdup(const void *p, size_t len);
void clus__free(void *p); /* NULL is fine */

/* Room for `need` elements of `size` bytes at *p, which has room for *cap: at least
 * doubles. *p and *cap stay as they were on CLUS_E_NOMEM. */
CLUS_MUST_CHECK clus_status clus__grow(void *p, size_t *cap, size_t need, size_t size);

/* The same for what lives long and becomes large: from a megabyte on it is not copied as it
 * grows, but its pages move. It begins on a border of cache lines. */
CLUS_MUST_CHECK clus_status clus__table_grow(void *p, size_t *cap, size_t need,
                                             size_t size);
void clus__table_free(void *table, size_t cap, size_t size); /* as they were grown to */

#endif
