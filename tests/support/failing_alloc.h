/*
 * Let each allocation of a piece of work fail in turn. For one file of a program that is
 * linked with --wrap=malloc,calloc,realloc,aligned_alloc,free.
 */
#ifndef CLUS_TESTS_FAILING_ALLOC_H
#define CLUS_TESTS_FAILING_ALLOC_H

#include <stdbool.h>
#include <stddef.h>

#include <clustersearch/base.h>

static long allocations_left = -1; /* that still work; -1: all */
static bool fail_once;             /* one fails, those after it work again */
static bool allocation_failed;
static long allocations_live;

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void *__real_aligned_alloc(size_t border, size_t size);
void __real_free(void *p);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);
void *__wrap_aligned_alloc(size_t border, size_t size);
void __wrap_free(void *p);

static bool allocation_fails(void)
{
    if (allocations_left == 0) {
        allocation_failed = true;
        allocations_left = fail_once ? -1 : 0;
        return true;
    }
    allocations_left -= allocations_left > 0;
    return false;
}

void *__wrap_malloc(size_t size)
{
    void *p = allocation_fails() ? NULL : __real_malloc(size);
    allocations_live += p != NULL;
    return p;
}

void *__wrap_calloc(size_t n, size_t size)
{
    void *p = allocation_fails() ? NULL : __real_calloc(n, size);
    allocations_live += p != NULL;
    return p;
}

void *__wrap_realloc(void *p, size_t size)
{
    void *grown = allocation_fails() ? NULL : __real_realloc(p, size);
    allocations_live += grown != NULL && p == NULL;
    return grown;
}

void *__wrap_aligned_alloc(size_t border, size_t size)
{
    void *p = allocation_fails() ? NULL : __real_aligned_alloc(border, size);
    allocations_live += p != NULL;
    return p;
}

void __wrap_free(void *p)
{
    allocations_live -= p != NULL;
    __real_free(p);
}

/* Runs `work` with 0, 1, 2, … allocations that work until it succeeds. How often it failed,
 * or -1 for a failure that was not CLUS_E_NOMEM or that left something behind. */
static inline long fail_each_allocation(clus_status (*work)(void *context), void *context)
{
    long live = allocations_live;
    for (long n = 0;; n++) {
        allocations_left = n;
        clus_status st = work(context);
        allocations_left = -1;
        if (allocations_live != live)
            return -1;
        if (st == CLUS_OK)
            return n;
        if (st != CLUS_E_NOMEM)
            return -1;
    }
}

#endif
