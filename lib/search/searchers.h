/*
 * Searchers that wait for the next snapshot: making one costs more than a search.
 */
#ifndef CLUS_SEARCH_SEARCHERS_H
#define CLUS_SEARCH_SEARCHERS_H

#include <pthread.h>

#include "search/search.h"

enum { POOL_KEEPS = 16 };

/* Any thread. */
struct searcher_pool {
    pthread_mutex_t lock;
    struct searcher *idle[POOL_KEEPS];
    uint32_t n;
};

CLUS_MUST_CHECK clus_status clus__searchers_init(struct searcher_pool *pool);
void clus__searchers_done(struct searcher_pool *pool);

/* One that waits, or a new one. */
CLUS_MUST_CHECK clus_status clus__searchers_take(struct searcher_pool *pool,
                                                 const clus_analyzer *analyzer,
                                                 struct searcher **out);
void clus__searchers_give(struct searcher_pool *pool,
                          struct searcher *s); /* NULL is fine */

#endif
