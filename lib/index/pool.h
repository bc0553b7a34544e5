/*
 * Threads of a writer and their jobs, done in the order they were given. With one thread
 * there is none: a job runs where it is given.
 */
#ifndef CLUS_INDEX_POOL_H
#define CLUS_INDEX_POOL_H

#include "index/analyst.h"

struct job {
    clus_status (*run)(struct job *job, struct analyst *analyst);
    clus_status status; /* of run(), once it is done */
    bool done;
    struct job *next;
};

struct pool;

CLUS_MUST_CHECK clus_status clus__pool_new(const struct index *index, uint32_t threads,
                                           size_t lexer_limit, struct pool **out);
void clus__pool_free(struct pool *pool); /* waits for what is running; NULL is fine */

/* The job must live until it is done. Waits while `most` jobs are unfinished. */
void clus__pool_give(struct pool *pool, struct job *job, uint32_t most);
/* Do it now, in this thread, unless others are under way: then it is given. */
void clus__pool_do(struct pool *pool, struct job *job);
bool clus__pool_is_done(struct pool *pool, const struct job *job);
void clus__pool_wait(struct pool *pool, const struct job *job);

#endif
