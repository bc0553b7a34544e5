/*
 * The environments that are open in this process, by the identity of their data file.
 *
 * This is the library's only writable global. LMDB forbids opening a file twice in one
 * process: closing the second handle silently drops the file locks of the first, and its
 * snapshots go wrong. Two callers who do not know of each other can only be kept apart by
 * something that both reach, so there is one list, behind one mutex, and nothing else.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/alloc.h"
#include "store/env.h"

static struct {
    pthread_mutex_t mutex;
    struct env *first;
    bool watches_forks;
    _Atomic unsigned forks; /* how many fork()s lie between this process and the first */
} registry = {.mutex = PTHREAD_MUTEX_INITIALIZER};

/* The mutex is held across a fork(), so that the child never inherits it locked by a thread
 * that it does not have. */
static void before_fork(void)
{
    (void)pthread_mutex_lock(&registry.mutex);
}

static void after_fork_in_parent(void)
{
    (void)pthread_mutex_unlock(&registry.mutex);
}

/* What the parent had open stays in the child's list, unusable and untouched: closing it
 * here would take away the parent's reader slots. */
static void after_fork_in_child(void)
{
    atomic_fetch_add(&registry.forks, 1);
    (void)pthread_mutex_unlock(&registry.mutex);
}

static void lock_registry(void)
{
    (void)pthread_mutex_lock(&registry.mutex);
    if (!registry.watches_forks)
        registry.watches_forks =
            pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child) == 0;
}

unsigned clus__registry_forks(void)
{
    return atomic_load_explicit(&registry.forks, memory_order_relaxed);
}

static void insert(struct env *env)
{
    env->refs = 1;
    env->forks = clus__registry_forks();
    env->pid = getpid();
    env->next = registry.first;
    registry.first = env;
}

struct env *clus__registry_claim(struct place *place)
{
    lock_registry();
    struct env *env = registry.first;
    while (env && (env->place.dev != place->dev || env->place.ino != place->ino ||
                   env->forks != clus__registry_forks()))
        env = env->next;
    if (env) {
        env->refs++;
    } else if ((env = clus__env_new()) != NULL) {
        env->place = *place;
        place->dir = NULL;
        insert(env);
    }
    (void)pthread_mutex_unlock(&registry.mutex);
    return env;
}

void clus__registry_add(struct env *env)
{
    lock_registry();
    insert(env);
    (void)pthread_mutex_unlock(&registry.mutex);
}

static void unlink_env(struct env *env)
{
    struct env **at = &registry.first;
    while (*at != env)
        at = &(*at)->next;
    *at = env->next;
}

clus_status clus__registry_release(struct env *env, clus_error *err)
{
    clus_status status = CLUS_OK;
    lock_registry();
    if (--env->refs == 0) { /* closed before another thread can open the file anew */
        char *built = NULL, *final = env->final_dir;
        bool spoiled = env->spoiled;
        if (final) {
            built = env->place.dir;
            env->place.dir = env->final_dir = NULL;
        }
        unlink_env(env);
        clus__env_free(env);
        if (final && spoiled)
            clus__build_discard(built);
        else if (final)
            status = clus__build_publish(built, final, err);
        clus__free(built);
        clus__free(final);
    }
    (void)pthread_mutex_unlock(&registry.mutex);
    return status;
}
