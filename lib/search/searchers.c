/* A few idle searchers behind a lock. */
#include "search/searchers.h"

clus_status clus__searchers_init(struct searcher_pool *pool)
{
    pool->n = 0;
    return pthread_mutex_init(&pool->lock, NULL) == 0 ? CLUS_OK : CLUS_E_NOMEM;
}

void clus__searchers_done(struct searcher_pool *pool)
{
    while (pool->n > 0)
        clus__searcher_free(pool->idle[--pool->n]);
    (void)pthread_mutex_destroy(&pool->lock);
}

clus_status clus__searchers_take(struct searcher_pool *pool, const clus_analyzer *analyzer,
                                 struct searcher **out)
{
    struct searcher *s = NULL;
    (void)pthread_mutex_lock(&pool->lock);
    if (pool->n > 0)
        s = pool->idle[--pool->n];
    (void)pthread_mutex_unlock(&pool->lock);
    if (!s)
        return clus__searcher_new(analyzer, out);
    *out = s;
    return CLUS_OK;
}

void clus__searchers_give(struct searcher_pool *pool, struct searcher *s)
{
    (void)pthread_mutex_lock(&pool->lock);
    if (s && pool->n < POOL_KEEPS) {
        pool->idle[pool->n++] = s;
        s = NULL;
    }
    (void)pthread_mutex_unlock(&pool->lock);
    clus__searcher_free(s);
}
