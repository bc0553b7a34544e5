/* Threads of a writer. */
#include "index/pool.h"

#include "base/alloc.h"

struct worker {
    pthread_t thread;
    struct pool *pool;
    struct analyst *analyst;
};

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t given, done;
    struct job *first, *last; /* not yet begun */
    uint32_t unfinished;
    bool stop;
    uint32_t n_workers, n_started;
    struct worker workers[];
};

static void finish(struct pool *pool, struct job *job, clus_status status)
{
    job->status = status;
    job->done = true;
    pool->unfinished--;
    (void)pthread_cond_broadcast(&pool->done);
}

static void *work(void *arg)
{
    struct worker *me = arg;
    struct pool *pool = me->pool;
    (void)pthread_mutex_lock(&pool->lock);
    for (;;) {
        while (!pool->first && !pool->stop)
            (void)pthread_cond_wait(&pool->given, &pool->lock);
        struct job *job = pool->first;
        if (!job)
            break;
        pool->first = job->next;
        if (!pool->first)
            pool->last = NULL;
        (void)pthread_mutex_unlock(&pool->lock);
        clus_status status = job->run(job, me->analyst);
        (void)pthread_mutex_lock(&pool->lock);
        finish(pool, job, status);
    }
    (void)pthread_mutex_unlock(&pool->lock);
    clus__analyst_free(me->analyst); /* by each thread: it takes a while to unmap */
    return NULL;
}

static clus_status start(struct pool *pool, const struct index *index, size_t lexer_limit,
                         uint32_t threads)
{
    for (uint32_t i = 0; i < threads; i++) {
        struct worker *w = &pool->workers[i];
        w->pool = pool;
        clus_status st = clus__analyst_new(index, lexer_limit, &w->analyst);
        if (st != CLUS_OK)
            return st;
        pool->n_workers++;
        if (threads == 1)
            continue;
        if (pthread_create(&w->thread, NULL, work, w) != 0)
            return CLUS_E_NOMEM;
        pool->n_started++;
    }
    return CLUS_OK;
}

clus_status clus__pool_new(const struct index *index, uint32_t threads, size_t lexer_limit,
                           struct pool **out)
{
    struct pool *pool = clus__calloc(1, sizeof *pool + threads * sizeof *pool->workers);
    if (!pool)
        return CLUS_E_NOMEM;
    (void)pthread_mutex_init(&pool->lock, NULL);
    (void)pthread_cond_init(&pool->given, NULL);
    (void)pthread_cond_init(&pool->done, NULL);
    clus_status st = start(pool, index, lexer_limit, threads);
    if (st != CLUS_OK) {
        clus__pool_free(pool);
        return st;
    }
    *out = pool;
    return CLUS_OK;
}

void clus__pool_free(struct pool *pool)
{
    if (!pool)
        return;
    (void)pthread_mutex_lock(&pool->lock);
    pool->stop = true;
    (void)pthread_cond_broadcast(&pool->given);
    (void)pthread_mutex_unlock(&pool->lock);
    for (uint32_t i = 0; i < pool->n_started; i++)
        (void)pthread_join(pool->workers[i].thread, NULL);
    for (uint32_t i = pool->n_started; i < pool->n_workers; i++)
        clus__analyst_free(pool->workers[i].analyst);
    (void)pthread_cond_destroy(&pool->done);
    (void)pthread_cond_destroy(&pool->given);
    (void)pthread_mutex_destroy(&pool->lock);
    clus__free(pool);
}

void clus__pool_give(struct pool *pool, struct job *job, uint32_t most)
{
    job->next = NULL;
    job->done = false;
    if (pool->n_started == 0) {
        clus__pool_do(pool, job);
        return;
    }
    (void)pthread_mutex_lock(&pool->lock);
    while (pool->unfinished >= most)
        (void)pthread_cond_wait(&pool->done, &pool->lock);
    pool->unfinished++;
    if (pool->last)
        pool->last->next = job;
    else
        pool->first = job;
    pool->last = job;
    (void)pthread_cond_signal(&pool->given);
    (void)pthread_mutex_unlock(&pool->lock);
}

/* While nothing is under way, nobody but the one who gives jobs uses an analyst. */
void clus__pool_do(struct pool *pool, struct job *job)
{
    (void)pthread_mutex_lock(&pool->lock);
    bool idle = pool->unfinished == 0;
    (void)pthread_mutex_unlock(&pool->lock);
    if (!idle) {
        clus__pool_give(pool, job, UINT32_MAX);
        return;
    }
    job->status = job->run(job, pool->workers[0].analyst);
    job->done = true;
}

bool clus__pool_is_done(struct pool *pool, const struct job *job)
{
    (void)pthread_mutex_lock(&pool->lock);
    bool done = job->done;
    (void)pthread_mutex_unlock(&pool->lock);
    return done;
}

void clus__pool_wait(struct pool *pool, const struct job *job)
{
    (void)pthread_mutex_lock(&pool->lock);
    while (!job->done)
        (void)pthread_cond_wait(&pool->done, &pool->lock);
    (void)pthread_mutex_unlock(&pool->lock);
}
