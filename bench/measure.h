/*
 * What the micro benchmarks share: a clock that a busy machine disturbs least, and one line
 * a figure on standard output, which bench/suite reads:
 *
 *     NAME TAB UNIT TAB MIN TAB MEDIAN TAB MAX
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MEASURE_ROUNDS = 7 };

/* Seconds that each round of one piece of work took, in ascending order once told. */
struct rounds {
    double seconds[MEASURE_ROUNDS];
};

/* CPU time of the calling thread. */
static inline double measure_now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static inline int measure_ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static inline void measure_line(const char *name, const char *unit, double min,
                                double median, double max)
{
    (void)printf("%s\t%s\t%.4g\t%.4g\t%.4g\n", name, unit, min, median, max);
}

/* Time of one of `n` things; `unit` is "ns" or "ns/WHAT". */
static inline void measure_ns(const char *name, const char *unit, struct rounds *r,
                              double n)
{
    double *s = r->seconds, scale = 1e9 / n;
    qsort(s, MEASURE_ROUNDS, sizeof *s, measure_ascending);
    measure_line(name, unit, s[0] * scale, s[MEASURE_ROUNDS / 2] * scale,
                 s[MEASURE_ROUNDS - 1] * scale);
}

/* How many of `n` things a second, in units of `per`: 1e6 for MB/s. */
static inline void measure_rate(const char *name, const char *unit, struct rounds *r,
                                double n, double per)
{
    double *s = r->seconds, amount = n / per;
    qsort(s, MEASURE_ROUNDS, sizeof *s, measure_ascending);
    measure_line(name, unit, amount / s[MEASURE_ROUNDS - 1], amount / s[MEASURE_ROUNDS / 2],
                 amount / s[0]);
}

#endif
