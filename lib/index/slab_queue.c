/* A bounded queue between threads. */
#include "index/slab_queue.h"

#include "base/alloc.h"

void clus__slab_queue_init(struct slab_queue *q, size_t max_bytes, uint32_t producers)
{
    *q = (struct slab_queue){.max_bytes = max_bytes, .producers = producers};
    (void)pthread_mutex_init(&q->lock, NULL);
    (void)pthread_cond_init(&q->changed, NULL);
}

static void free_slab(struct slab *slab)
{
    clus__slab_done(slab);
    clus__free(slab);
}

bool clus__slab_queue_push(struct slab_queue *q, struct slab *slab)
{
    slab->next = NULL;
    (void)pthread_mutex_lock(&q->lock);
    while (q->bytes > q->max_bytes && !q->stopped)
        (void)pthread_cond_wait(&q->changed, &q->lock);
    bool wanted = !q->stopped;
    if (wanted) {
        if (q->last)
            q->last->next = slab;
        else
            q->first = slab;
        q->last = slab;
        q->bytes += clus__slab_bytes(slab);
        (void)pthread_cond_broadcast(&q->changed);
    }
    (void)pthread_mutex_unlock(&q->lock);
    if (!wanted)
        free_slab(slab);
    return wanted;
}

void clus__slab_queue_leave(struct slab_queue *q)
{
    (void)pthread_mutex_lock(&q->lock);
    q->producers--;
    (void)pthread_cond_broadcast(&q->changed);
    (void)pthread_mutex_unlock(&q->lock);
}

struct slab *clus__slab_queue_pop(struct slab_queue *q)
{
    (void)pthread_mutex_lock(&q->lock);
    while (!q->first && q->producers > 0)
        (void)pthread_cond_wait(&q->changed, &q->lock);
    struct slab *slab = q->first;
    if (slab) {
        q->first = slab->next;
        if (!q->first)
            q->last = NULL;
        q->bytes -= clus__slab_bytes(slab);
        (void)pthread_cond_broadcast(&q->changed);
    }
    (void)pthread_mutex_unlock(&q->lock);
    return slab;
}

void clus__slab_queue_stop(struct slab_queue *q)
{
    (void)pthread_mutex_lock(&q->lock);
    q->stopped = true;
    (void)pthread_cond_broadcast(&q->changed);
    (void)pthread_mutex_unlock(&q->lock);
}

void clus__slab_queue_done(struct slab_queue *q)
{
    while (q->first) {
        struct slab *next = q->first->next;
        free_slab(q->first);
        q->first = next;
    }
    (void)pthread_cond_destroy(&q->changed);
    (void)pthread_mutex_destroy(&q->lock);
}
