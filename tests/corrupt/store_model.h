/*
 * A store whose every byte follows from a number, so that what is read can be compared with
 * what must have been written: rows in all tables, pages of several owners and streams.
 */
#ifndef TESTS_CORRUPT_STORE_MODEL_H
#define TESTS_CORRUPT_STORE_MODEL_H

#include "store/store.h"

enum {
    MODEL_ROWS = 200,   /* in each table */
    MODEL_OWNERS = 3,   /* 10, 20, 30: streams 0 and 1 */
    MODEL_PAGES = 24,   /* in each stream */
    MODEL_DROPPED = 300 /* pages of an owner that came and went: a long free list */
};

/* xorshift: the same numbers everywhere for a seed. */
static inline uint64_t model_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Create, fill in several commits and close. `midway`: NULL, or where to put a copy of the
 * data file as it was after half of them. */
clus_status model_build(const char *path, const char *midway);

/* What a reading of everything met with. */
struct model_reading {
    unsigned right;   /* rows and pages that were read and are right */
    unsigned refused; /* answered with a status, or NULL for a page */
    unsigned wrong;   /* answered as right, and are not: other bytes, or not there at all */
};

/* Open `path` and read all of it; a store that cannot be opened counts as refused. */
void model_read(const char *path, struct model_reading *out);

/* Open `path` and change what can be changed in three commits; any status is fine. */
void model_write(const char *path);

/* Rows and pages that a sound model has. */
unsigned model_size(void);

#endif
