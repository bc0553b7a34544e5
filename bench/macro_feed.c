/*
 * A continuous feed in compressed time: batches of given sizes at given intervals, each
 * committed, with documents that replace others and deletions, while readers put queries.
 * Nothing waits for the simulated clock: an hour's batches go in as fast as they can.
 *
 *     macro_feed [options] DOCUMENTS.jsonl QUERIES.txt
 *       --batches 1/2,100/30,10000/600   a batch of 1 every 2 s, of 100 every 30 s, …
 *       --seconds 3600  --base 20000     simulated time; documents before it begins
 *       --replace 30 --delete 5          of 100 documents of a batch
 *       --readers 1 --pause 1000         threads that query; µs of rest after a query
 *       --threads 1                      of the writer
 *       --durable 0                      1: each commit waits for the disk
 *       --dir /tmp --seed 1
 *
 * Standard output is tab-separated, times in µs:
 *
 *     quiet   QUERIES P50 P90 P99 MAX           the same queries before the feed
 *     commit  SECOND BATCH SEARCHABLE FILE LIVE DOCUMENTS DELETED SEGMENTS
 *     queries SECOND QUERIES P50 P90 P99 MAX    of each simulated minute
 *     compact TOOK FILE LIVE DOCUMENTS PEAK
 *
 * SEARCHABLE runs from the first call of the batch until a new snapshot finds its last
 * document. FILE and LIVE are bytes, and so is PEAK: the most that the file took meanwhile.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "documents.h"
#include "scratch.h"

enum { MAX_BATCHES = 8, MAX_READERS = 16, MAX_QUERIES = 20000, MAX_SAMPLES = 1 << 22 };

struct batch {
    unsigned size, every;
};

struct options {
    struct batch batches[MAX_BATCHES];
    unsigned n_batches;
    unsigned seconds, base, replace, delete, readers, pause, threads, durable;
    uint64_t seed;
    const char *dir;
};

struct sample {
    uint32_t second;
    float us;
};

struct reader {
    struct feed *feed;
    pthread_t thread;
    struct sample *samples;
    size_t n;
};

struct feed {
    struct options opts;
    struct documents docs;
    char **queries;
    size_t n_queries;

    char path[PATH_MAX]; /* of the index */
    clus_index *index;
    clus_writer *writer;
    uint64_t state; /* of chance */
    uint64_t n_ids; /* ids given so far */
    atomic_uint second;
    atomic_bool over;
    struct reader readers[MAX_READERS];
};

static void die(const char *what, const char *why)
{
    (void)fprintf(stderr, "macro_feed: %s: %s\n", what, why);
    exit(1);
}

static double now_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

static uint64_t draw(struct feed *f, uint64_t below)
{
    f->state = f->state * 6364136223846793005u + 1442695040888963407u;
    return (f->state >> 33) % below;
}

/* ---- readers ---- */

static void put_query(struct reader *r, const char *text)
{
    struct feed *f = r->feed;
    clus_error err = {0};
    clus_snapshot *snap;
    clus_query *query;
    clus_results *results;
    clus_hit hit;
    clus_status st;
    unsigned second = f->second;
    double begin = now_us();
    if (clus_snapshot_open(f->index, &snap, &err) != CLUS_OK ||
        clus_query_parse((clus_str){text, strlen(text)}, NULL, &query, &err) != CLUS_OK ||
        clus_search(snap, query, NULL, &results, &err) != CLUS_OK)
        die(text, err.message);
    while ((st = clus_results_next(results, &hit, &err)) == CLUS_OK)
        ;
    if (st != CLUS_DONE)
        die(text, err.message);
    clus_results_free(results);
    clus_query_free(query);
    clus_snapshot_free(snap);
    if (r->n < MAX_SAMPLES)
        r->samples[r->n++] = (struct sample){second, (float)(now_us() - begin)};
}

static void *read_on(void *ctx)
{
    struct reader *r = ctx;
    for (size_t i = (size_t)(r - r->feed->readers); !r->feed->over; i++) {
        put_query(r, r->feed->queries[i % r->feed->n_queries]);
        if (r->feed->opts.pause)
            (void)usleep(r->feed->opts.pause);
    }
    return NULL;
}

static int ascending(const void *a, const void *b)
{
    const struct sample *x = a, *y = b;
    return (x->us > y->us) - (x->us < y->us);
}

static void print_quantiles(struct sample *s, size_t n)
{
    qsort(s, n, sizeof *s, ascending);
    printf("%zu\t%.1f\t%.1f\t%.1f\t%.1f\n", n, (double)s[n / 2].us,
           (double)s[n * 9 / 10].us, (double)s[n * 99 / 100].us, (double)s[n - 1].us);
}

/* The samples of all readers by simulated minute. */
static void print_queries(struct feed *f)
{
    size_t total = 0;
    for (unsigned i = 0; i < f->opts.readers; i++)
        total += f->readers[i].n;
    struct sample *all = malloc((total + 1) * sizeof *all);
    if (!all)
        die("samples", "out of memory");
    for (unsigned begin = 0; begin < f->opts.seconds; begin += 60) {
        size_t n = 0;
        for (unsigned i = 0; i < f->opts.readers; i++)
            for (size_t k = 0; k < f->readers[i].n; k++)
                if (f->readers[i].samples[k].second / 60 == begin / 60)
                    all[n++] = f->readers[i].samples[k];
        if (n == 0)
            continue;
        printf("queries\t%u\t", begin);
        print_quantiles(all, n);
    }
    free(all);
}

/* Before the feed: a round of all queries to warm up, three that count. */
static void measure_quiet(struct feed *f)
{
    struct reader *r = &f->readers[0];
    for (unsigned round = 0; round < 4; round++) {
        for (size_t i = 0; i < f->n_queries; i++)
            put_query(r, f->queries[i]);
        if (round == 0)
            r->n = 0;
    }
    printf("quiet\t");
    print_quantiles(r->samples, r->n);
    r->n = 0;
}

/* ---- the writer ---- */

static clus_str id_of(uint64_t number, char room[32])
{
    int len = snprintf(room, 32, "feed-%llu", (unsigned long long)number);
    return (clus_str){room, (size_t)len};
}

static void add(struct feed *f, uint64_t number)
{
    char room[32];
    clus_error err = {0};
    clus_document doc = f->docs.items[draw(f, f->docs.n)];
    doc.id = id_of(number, room);
    if (clus_writer_add(f->writer, &doc, &err) != CLUS_OK)
        die("add", err.message);
}

static void commit(struct feed *f)
{
    clus_error err = {0};
    if (clus_writer_commit(f->writer, NULL, &err) != CLUS_OK)
        die("commit", err.message);
}

/* A batch without its last document, which is always a new one. */
static void add_batch(struct feed *f, unsigned size)
{
    char room[32];
    clus_error err = {0};
    for (unsigned i = 0; i < size; i++) {
        uint64_t lot = draw(f, 100);
        if (i + 1 == size || lot >= f->opts.replace + f->opts.delete)
            add(f, f->n_ids++);
        else if (lot < f->opts.replace)
            add(f, draw(f, f->n_ids));
        else if (clus_writer_delete(f->writer, id_of(draw(f, f->n_ids), room), NULL,
                                    &err) != CLUS_OK)
            die("delete", err.message);
    }
}

static clus_stats stats_now(const struct feed *f, clus_snapshot *snap)
{
    clus_stats s;
    clus_error err = {0};
    clus_snapshot *own = NULL;
    if (!snap && clus_snapshot_open(f->index, &own, &err) != CLUS_OK)
        die("snapshot", err.message);
    if (clus_snapshot_stats(snap ? snap : own, &s, &err) != CLUS_OK)
        die("stats", err.message);
    clus_snapshot_free(own);
    return s;
}

static void run_batch(struct feed *f, unsigned size)
{
    char room[32];
    clus_error err = {0};
    clus_snapshot *snap;
    clus_stored *stored;
    double begin = now_us();
    add_batch(f, size);
    commit(f);
    if (clus_snapshot_open(f->index, &snap, &err) != CLUS_OK ||
        clus_snapshot_get(snap, id_of(f->n_ids - 1, room), &stored, &err) != CLUS_OK)
        die("the last document", "is not there");
    double took = now_us() - begin;
    clus_stored_free(stored);
    clus_stats s = stats_now(f, snap);
    clus_snapshot_free(snap);
    printf("commit\t%u\t%u\t%.0f\t%llu\t%llu\t%llu\t%llu\t%u\n", f->second, size, took,
           (unsigned long long)s.file_bytes, (unsigned long long)s.live_bytes,
           (unsigned long long)s.documents, (unsigned long long)s.deleted, s.segments);
}

static void run_feed(struct feed *f)
{
    const struct options *o = &f->opts;
    for (unsigned i = 0; i < o->readers; i++)
        if (pthread_create(&f->readers[i].thread, NULL, read_on, &f->readers[i]) != 0)
            die("thread", "cannot be started");
    for (unsigned second = 1; second <= o->seconds; second++) {
        f->second = second - 1;
        for (unsigned i = 0; i < o->n_batches; i++)
            if (second % o->batches[i].every == 0)
                run_batch(f, o->batches[i].size);
    }
    f->over = true;
    for (unsigned i = 0; i < o->readers; i++)
        (void)pthread_join(f->readers[i].thread, NULL);
}

/* The most room that the file takes while this runs. No snapshot may be open: it would keep
 * pages. */
struct watch {
    const char *file;
    atomic_bool over;
    uint64_t most;
};

static void *watch(void *ctx)
{
    struct watch *w = ctx;
    struct stat facts;
    for (; !w->over; (void)usleep(1000))
        if (stat(w->file, &facts) == 0 && (uint64_t)facts.st_blocks * 512 > w->most)
            w->most = (uint64_t)facts.st_blocks * 512;
    return NULL;
}

static void compact(struct feed *f)
{
    char file[PATH_MAX + 16];
    struct watch watched = {.file = file};
    pthread_t watcher;
    clus_error err = {0};
    (void)snprintf(file, sizeof file, "%s/data.mdb", f->path);
    if (pthread_create(&watcher, NULL, watch, &watched) != 0)
        die("thread", "cannot be started");
    double begin = now_us();
    if (clus_writer_compact(f->writer, &err) != CLUS_OK)
        die("compact", err.message);
    double took = now_us() - begin;
    watched.over = true;
    (void)pthread_join(watcher, NULL);
    clus_stats s = stats_now(f, NULL);
    printf("compact\t%.0f\t%llu\t%llu\t%llu\t%llu\n", took,
           (unsigned long long)s.file_bytes, (unsigned long long)s.live_bytes,
           (unsigned long long)s.documents, (unsigned long long)watched.most);
}

/* ---- the whole ---- */

static void read_queries(struct feed *f, const char *path)
{
    FILE *in = fopen(path, "r");
    char *line = NULL;
    size_t cap = 0;
    f->queries = calloc(MAX_QUERIES, sizeof *f->queries);
    if (!in || !f->queries)
        die(path, "cannot be read");
    while (f->n_queries < MAX_QUERIES && getline(&line, &cap, in) > 0) {
        line[strcspn(line, "\r\n")] = '\0';
        if (*line && !(f->queries[f->n_queries++] = strdup(line)))
            die(path, "out of memory");
    }
    free(line);
    (void)fclose(in);
    if (f->n_queries == 0)
        die(path, "holds no query");
}

static void open_feed(struct feed *f, char folder[PATH_MAX])
{
    clus_error err = {0};
    if (f->opts.dir)
        (void)setenv("TMPDIR", f->opts.dir, 1);
    const char *path = scratch_path(scratch_make(folder), "index");
    (void)snprintf(f->path, sizeof f->path, "%s", path);
    const clus_writer_options options = {.threads = f->opts.threads,
                                         .relaxed = !f->opts.durable};
    if (clus_index_create(path, NULL, &f->index, &err) != CLUS_OK ||
        clus_writer_open(f->index, &options, &f->writer, &err) != CLUS_OK)
        die(path, err.message);
    while (f->n_ids < f->opts.base)
        add(f, f->n_ids++);
    commit(f);
    for (unsigned i = 0; i < MAX_READERS; i++) {
        f->readers[i].feed = f;
        if (i <= f->opts.readers &&
            !(f->readers[i].samples = malloc(MAX_SAMPLES * sizeof(struct sample))))
            die("samples", "out of memory");
    }
}

static void close_feed(struct feed *f, const char *folder)
{
    clus_error err = {0};
    clus_writer_free(f->writer);
    if (clus_index_close(f->index, &err) != CLUS_OK)
        die("close", err.message);
    scratch_remove(folder);
    for (size_t i = 0; i < f->n_queries; i++)
        free(f->queries[i]);
    free(f->queries);
    for (unsigned i = 0; i < MAX_READERS; i++)
        free(f->readers[i].samples);
    documents_done(&f->docs);
}

static void parse_batches(struct options *o, const char *text)
{
    o->n_batches = 0;
    while (*text && o->n_batches < MAX_BATCHES) {
        struct batch *b = &o->batches[o->n_batches++];
        char *end;
        b->size = (unsigned)strtoul(text, &end, 10);
        b->every = *end == '/' ? (unsigned)strtoul(end + 1, &end, 10) : 0;
        if (!b->size || !b->every || (*end && *end != ','))
            die("--batches", "is SIZE/SECONDS,…");
        text = *end ? end + 1 : end;
    }
}

static void set_option(struct options *o, const char *name, const char *value)
{
    const struct {
        const char *name;
        unsigned *to;
    } numbers[] = {{"--seconds", &o->seconds}, {"--base", &o->base},
                   {"--replace", &o->replace}, {"--delete", &o->delete},
                   {"--readers", &o->readers}, {"--pause", &o->pause},
                   {"--threads", &o->threads}, {"--durable", &o->durable}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (strcmp(name, numbers[i].name) == 0) {
            *numbers[i].to = (unsigned)strtoul(value, NULL, 10);
            return;
        }
    if (strcmp(name, "--batches") == 0)
        parse_batches(o, value);
    else if (strcmp(name, "--seed") == 0)
        o->seed = strtoull(value, NULL, 10);
    else if (strcmp(name, "--dir") == 0)
        o->dir = value;
    else
        die(name, "unknown option");
}

int main(int argc, char **argv)
{
    static struct feed f;
    char folder[PATH_MAX];
    f.opts = (struct options){.seconds = 3600,
                              .base = 20000,
                              .replace = 30,
                              .delete = 5,
                              .readers = 1,
                              .pause = 1000,
                              .threads = 1,
                              .seed = 1};
    parse_batches(&f.opts, "1/2,100/30,10000/600");
    int i = 1;
    for (; i + 2 < argc && strncmp(argv[i], "--", 2) == 0; i += 2)
        set_option(&f.opts, argv[i], argv[i + 1]);
    if (i + 2 != argc || f.opts.readers >= MAX_READERS)
        die("usage", "macro_feed [options] DOCUMENTS.jsonl QUERIES.txt");
    documents_read(&f.docs, argv[i], 200000);
    read_queries(&f, argv[i + 1]);
    f.state = f.opts.seed;
    open_feed(&f, folder);
    measure_quiet(&f);
    run_feed(&f);
    print_queries(&f);
    compact(&f);
    close_feed(&f, folder);
    return 0;
}
