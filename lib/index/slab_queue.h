/* Slabs on their way from threads that merge to the one that writes pages. */
#ifndef CLUS_INDEX_SLAB_QUEUE_H
#define CLUS_INDEX_SLAB_QUEUE_H

#include <pthread.h>

#include "index/slab.h"

struct slab_queue {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct slab *first, *last;
    size_t bytes, max_bytes; /* waiting; a push waits while there are more */
    uint32_t producers;      /* still at work */
    bool stopped;            /* nobody pops any more */
};

void clus__slab_queue_init(struct slab_queue *q, size_t max_bytes, uint32_t producers);
/* Takes the slab over; false when nobody wants it any more. */
bool clus__slab_queue_push(struct slab_queue *q, struct slab *slab);
void clus__slab_queue_leave(struct slab_queue *q); /* by each producer, at its end */
/* The next slab, to be freed by the caller; NULL when all producers have left. */
struct slab *clus__slab_queue_pop(struct slab_queue *q);
void clus__slab_queue_stop(struct slab_queue *q);
void clus__slab_queue_done(struct slab_queue *q);

#endif
