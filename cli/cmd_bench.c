/*
 * `csearch bench`: times queries in one warm process. Only the library's calls are timed,
 * parsing included, with the ids read out and nothing printed.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "json_write.h"
#include "out.h"
#include "utf8.h"
#include "verbs.h"

static const char *const mode_names[] = {"top10", "top100",      "top1000",
                                         "count", "top10_count", NULL};
static const char *const format_names[] = {"tsv", "json", NULL};

static const struct option options[] = {
    {.name = "queries",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct bench_options, queries),
     .value = "FILE",
     .help = "a query a line"},
    {.name = "mode",
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct bench_options, mode),
     .value = "MODE",
     .help = "what is asked for",
     .choices = mode_names},
    {.name = "repeat",
     .kind = OPTION_UINT,
     .offset = offsetof(struct bench_options, repeat),
     .value = "N",
     .help = "timed runs of each query; default 7",
     .initial = 7,
     .min = 1,
     .max = 1000000},
    {.name = "warmup",
     .kind = OPTION_UINT,
     .offset = offsetof(struct bench_options, warmup),
     .value = "N",
     .help = "runs before them that are not timed; default 1",
     .initial = 1,
     .max = 1000000},
    {.name = "threads",
     .kind = OPTION_UINT,
     .offset = offsetof(struct bench_options, threads),
     .value = "N",
     .help = "threads that put queries at once; default 1",
     .min = 1,
     .max = 256},
    {.name = "op",
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct bench_options, op),
     .value = "OP",
     .help = "how words combine",
     .choices = op_names},
    READING_OPTIONS(struct bench_options),
    {.name = "rank",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct bench_options, rank),
     .value = "LIST",
     .help = "parameters of ranking, as for eval"},
    {.name = "format",
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct bench_options, format),
     .value = "FORMAT",
     .help = "of the times; json adds facts about machine, build and index",
     .choices = format_names},
    {.name = "serve",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct bench_options, serve),
     .help =
         "answer 'COMMAND TAB QUERY' lines of standard input, for comparison with other "
         "engines"},
    {.kind = OPTION_END}};

struct ask bench_how(const struct ask *base, enum bench_mode mode, clus_op op)
{
    static const uint32_t limits[] = {10, 100, 1000, 0, 10};
    struct ask how = *base;
    how.parse.op = op;
    how.search.limit = limits[mode];
    how.search.now = (int64_t)time(NULL);
    if (mode == BENCH_COUNT)
        how.search.count = CLUS_COUNT_ONLY;
    else if (mode == BENCH_TOP10_COUNT)
        how.search.count = CLUS_COUNT_EXACT;
    return how;
}

clus_status bench_once(clus_snapshot *snap, const struct ask *how, clus_str query,
                       int64_t *hits, struct text *ids, clus_error *err)
{
    struct reply reply;
    clus_hit hit;
    clus_status st = ask(snap, how, query, &reply, err);
    if (st < 0)
        return st;
    int64_t n = 0;
    for (; (st = clus_results_next(reply.results, &hit, err)) == CLUS_OK; n++) {
        if (ids && n)
            text_byte(ids, ',');
        if (ids)
            text_add_str(ids, hit.id);
    }
    *hits = how->search.count == CLUS_COUNT_BOUND ? n : (int64_t)reply.info.total;
    reply_done(&reply);
    return st == CLUS_DONE ? CLUS_OK : st;
}

/* What the threads share. A unit of work is one run of one query; runs of one query are
 * spread over the whole time. Threads write here seldom: a cache line that goes to and fro
 * between cores would be timed with queries of a few microseconds. */
struct bench {
    const struct call *call;
    const struct bench_options *opts;
    clus_index *index;
    struct topics queries;
    struct ask how;
    uint64_t warmup, repeat;
    atomic_size_t next;
    uint64_t *times; /* ns, [query * repeat + run] */
    _Atomic int64_t *hits;
    _Atomic uint64_t started; /* ns, of the first timed run; 0: not yet */
    atomic_int status;
};

enum { UNITS_AT_ONCE = 16 };

static bool run_unit(struct bench *b, clus_snapshot *snap, size_t unit)
{
    size_t n = b->queries.n, run = unit / n, q = unit % n;
    const struct topic *topic = &b->queries.topics[q];
    int64_t hits = 0;
    clus_error err;
    uint64_t zero = 0, start = clock_ns(CLOCK_MONOTONIC);
    if (run >= b->warmup && b->started == 0)
        (void)atomic_compare_exchange_strong(&b->started, &zero, start);
    clus_status st = bench_once(snap, &b->how, (clus_str){topic->query, topic->query_len},
                                &hits, NULL, &err);
    uint64_t took = clock_ns(CLOCK_MONOTONIC) - start;
    if (st < 0) {
        say("bench: '%s'", topic->query);
        b->status = fail("index", b->call->index, &err);
        return false;
    }
    if (b->hits[q] != hits)
        b->hits[q] = hits;
    if (run >= b->warmup)
        b->times[q * b->repeat + run - b->warmup] = took;
    return true;
}

static void *work(void *ctx)
{
    struct bench *b = ctx;
    clus_snapshot *snap = NULL;
    clus_error err;
    size_t units = b->queries.n * (size_t)(b->warmup + b->repeat);
    if (clus_snapshot_open(b->index, &snap, &err) < 0) {
        b->status = fail("index", b->call->index, &err);
        return NULL;
    }
    bool more = true;
    while (more && b->status == EXIT_FOUND) {
        size_t unit = atomic_fetch_add(&b->next, UNITS_AT_ONCE), end = unit + UNITS_AT_ONCE;
        for (; more && unit < end; unit++)
            more = unit < units && run_unit(b, snap, unit);
    }
    clus_snapshot_free(snap);
    return NULL;
}

static void run_threads(struct bench *b)
{
    size_t n = b->opts->threads ? (size_t)b->opts->threads : 1, started = 0;
    pthread_t *threads = mem_alloc(n, sizeof *threads);
    while (started + 1 < n && pthread_create(&threads[started], NULL, work, b) == 0)
        started++;
    (void)work(b);
    for (size_t i = 0; i < started; i++)
        (void)pthread_join(threads[i], NULL);
    mem_free(threads);
}

static int rising(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

struct times {
    double median, min, max; /* microseconds */
};

static struct times times_of(const struct bench *b, size_t q)
{
    uint64_t *t = b->times + q * b->repeat;
    qsort(t, b->repeat, sizeof *t, rising);
    uint64_t low = t[(b->repeat - 1) / 2], high = t[b->repeat / 2];
    return (struct times){(double)(low + high) / 2e3, (double)t[0] / 1e3,
                          (double)t[b->repeat - 1] / 1e3};
}

struct summary {
    double p50, p90, p99, per_second;
};

static int rising_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The least value that at least `percent` of all do not exceed. */
static double percentile(const double *sorted, size_t n, unsigned percent)
{
    size_t rank = (n * percent + 99) / 100;
    return sorted[rank ? rank - 1 : 0];
}

static struct summary summarize(double *medians, size_t n, uint64_t runs, double seconds)
{
    qsort(medians, n, sizeof *medians, rising_double);
    return (struct summary){percentile(medians, n, 50), percentile(medians, n, 90),
                            percentile(medians, n, 99),
                            seconds > 0 ? (double)runs / seconds : 0};
}

static void add_machine(struct json *j)
{
    char model[256] = "", *line = NULL;
    size_t cap = 0;
    FILE *cpuinfo = fopen("/proc/cpuinfo", "r");
    while (cpuinfo && !model[0] && getline(&line, &cap, cpuinfo) > 0) {
        char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) == 0 && colon)
            (void)snprintf(model, sizeof model, "%.*s", (int)strcspn(colon + 2, "\n"),
                           colon + 2);
    }
    if (cpuinfo)
        (void)fclose(cpuinfo);
    free(line);
    json_key(j, "machine");
    json_open(j, '{');
    json_member(j, "cpu", str_of(model));
    json_member_uint(j, "processors", (uint64_t)sysconf(_SC_NPROCESSORS_ONLN));
    json_close(j, '}');
    json_key(j, "build");
    json_open(j, '{');
    json_member(j, "version", STR(CSEARCH_VERSION));
    json_member(j, "compiler", STR(__VERSION__));
#ifdef NDEBUG
    json_member(j, "assertions", STR("off"));
#else
    json_member(j, "assertions", STR("on"));
#endif
    json_close(j, '}');
}

static void add_index(struct json *j, clus_snapshot *snap)
{
    clus_stats stats;
    if (clus_snapshot_stats(snap, &stats, NULL) != CLUS_OK)
        return;
    json_key(j, "index");
    json_open(j, '{');
    json_member_uint(j, "documents", stats.documents);
    json_member_uint(j, "terms", stats.terms);
    json_member_uint(j, "postings", stats.postings);
    json_member_uint(j, "tokens", stats.tokens);
    json_member_uint(j, "segments", stats.segments);
    json_member_uint(j, "file_bytes", stats.file_bytes);
    json_member(j, "analyzer", str_of(stats.fingerprint));
    json_close(j, '}');
}

static void report_tsv(const struct bench *b, const struct times *times,
                       const struct summary *s, struct out *out)
{
    for (size_t q = 0; q < b->queries.n; q++) {
        utf8_add_safe(&out->text, str_of(b->queries.topics[q].query), true);
        text_printf(&out->text, "\t%lld\t%.1f\t%.1f\t%.1f\n", (long long)b->hits[q],
                    times[q].median, times[q].min, times[q].max);
        out_maybe_flush(out);
    }
    text_printf(&out->text, "# p50 %.1f us, p90 %.1f us, p99 %.1f us, %.0f queries/s\n",
                s->p50, s->p90, s->p99, s->per_second);
}

static void add_number(struct json *j, const char *key, double value)
{
    json_key(j, key);
    json_num(j, value);
}

static void report_json(const struct bench *b, const struct times *times,
                        const struct summary *s, clus_snapshot *snap, struct out *out)
{
    struct json j = {.text = &out->text};
    json_open(&j, '{');
    add_machine(&j);
    add_index(&j, snap);
    json_member(&j, "mode", str_of(mode_names[b->opts->mode]));
    json_member(&j, "op", str_of(op_names[b->opts->op]));
    json_member_uint(&j, "threads", b->opts->threads ? b->opts->threads : 1);
    json_member_uint(&j, "repeat", b->repeat);
    json_member_uint(&j, "warmup", b->warmup);
    add_number(&j, "p50_us", s->p50);
    add_number(&j, "p90_us", s->p90);
    add_number(&j, "p99_us", s->p99);
    add_number(&j, "queries_per_second", s->per_second);
    json_key(&j, "queries");
    json_open(&j, '[');
    for (size_t q = 0; q < b->queries.n; q++) {
        json_open(&j, '{');
        json_member(&j, "query", str_of(b->queries.topics[q].query));
        json_key(&j, "hits");
        json_num(&j, (double)b->hits[q]);
        add_number(&j, "median_us", times[q].median);
        add_number(&j, "min_us", times[q].min);
        add_number(&j, "max_us", times[q].max);
        json_close(&j, '}');
        out_maybe_flush(out);
    }
    json_close(&j, ']');
    json_close(&j, '}');
    text_byte(&out->text, '\n');
}

static int report(const struct bench *b, clus_snapshot *snap, double seconds)
{
    struct out out = {.fd = STDOUT_FILENO};
    size_t n = b->queries.n;
    struct times *times = mem_alloc(n, sizeof *times);
    double *medians = mem_alloc(n, sizeof *medians);
    for (size_t q = 0; q < n; q++) {
        times[q] = times_of(b, q);
        medians[q] = times[q].median;
    }
    struct summary s = summarize(medians, n, n * b->repeat, seconds);
    if (b->opts->format == 1)
        report_json(b, times, &s, snap, &out);
    else
        report_tsv(b, times, &s, &out);
    mem_free(times);
    mem_free(medians);
    return out_end(&out, EXIT_FOUND);
}

static int bench_file(const struct call *call, const struct session *s,
                      const struct ask *base)
{
    const struct bench_options *opts = call->options;
    struct bench b = {.call = call, .opts = opts, .index = s->index};
    int status = topics_read(&b.queries, "bench", opts->queries, false);
    if (status == EXIT_FOUND && b.queries.n == 0)
        status = usage("bench: '%s' holds no query", opts->queries);
    b.how = bench_how(base, (enum bench_mode)opts->mode, (clus_op)opts->op);
    if (status == EXIT_FOUND)
        status = ask_ranking("bench", opts->rank, &b.how.search.ranking);
    if (status == EXIT_FOUND) {
        b.repeat = opts->repeat;
        b.warmup = opts->warmup;
        b.times = mem_alloc(b.queries.n * b.repeat, sizeof *b.times);
        b.hits = mem_alloc(b.queries.n, sizeof *b.hits);
        run_threads(&b);
        double seconds = (double)(clock_ns(CLOCK_MONOTONIC) - b.started) / 1e9;
        status = b.status;
        if (status == EXIT_FOUND)
            status = report(&b, s->snap, seconds);
    }
    mem_free(b.times);
    mem_free(b.hits);
    topics_done(&b.queries);
    return status;
}

static int run(const struct call *call)
{
    const struct bench_options *opts = call->options;
    struct session s;
    struct ask base = {.parse = {.op = CLUS_OP_AUTO}};
    clus_glossary *glossary;
    if (call->n_operands)
        return usage("bench: takes no operands");
    if (opts->serve == (opts->queries != NULL))
        return usage("bench: name --queries FILE, or --serve");
    int status = readings_set("bench", &opts->readings, &base);
    if (status == EXIT_FOUND)
        status = session_open(call, &s);
    if (status != EXIT_FOUND)
        return status;
    status = readings_open("bench", &opts->readings, s.index, &base, &glossary);
    if (status == EXIT_FOUND)
        status = opts->serve ? bench_serve(&s, &base) : bench_file(call, &s, &base);
    clus_glossary_free(glossary);
    session_close(&s);
    return status;
}

const struct verb verb_bench = {.name = "bench",
                                .operands = "",
                                .summary = "time queries in one warm process",
                                .options = options,
                                .size = sizeof(struct bench_options),
                                .run = run};
