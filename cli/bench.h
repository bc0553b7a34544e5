/* Timing of queries in one warm process. */
#ifndef CSEARCH_BENCH_H
#define CSEARCH_BENCH_H

#include "ask.h"
#include "readings.h"
#include "session.h"

enum bench_mode {
    BENCH_TOP10,
    BENCH_TOP100,
    BENCH_TOP1000,
    BENCH_COUNT,
    BENCH_TOP10_COUNT
};

struct bench_options {
    const char *queries, *rank;
    int mode, op, format;
    uint64_t repeat, warmup, threads;
    bool serve;
    struct reading_options readings;
};

/* How to search in a mode, with the readings of `base`. */
struct ask bench_how(const struct ask *base, enum bench_mode mode, clus_op op);

/* Put a query, read the ids out. *hits: documents that match, or those read where nothing
 * was counted. `ids`: NULL, or where to add them, parted by commas. */
CLUS_MUST_CHECK clus_status bench_once(clus_snapshot *snap, const struct ask *how,
                                       clus_str query, int64_t *hits, struct text *ids,
                                       clus_error *err);

/* The line protocol on standard input and output. */
int bench_serve(const struct session *s, const struct ask *base);

#endif
