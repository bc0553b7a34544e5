/*
 * Latency of searching by class of query: median and 99th percentile for the best 10, 100
 * and 1000, and for counting. Parsing is part of the time, reading results is not.
 *
 *     macro_query [--repeat N] [--documents N] [--index DIR FILE…]
 *
 * A file holds a query a line, or "class TAB query" a line; without classes its name is the
 * class. `+a +b` is a conjunction, words side by side are alternatives, unless the class
 * begins with "and"; a class that begins with "phrase" is put in quotes. Without --index,
 * documents of words with Zipf's frequencies are indexed and asked for.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <clustersearch/clustersearch.h>

#include "scratch.h"

enum { MAX_QUERIES = 20000, MAX_REPEAT = 99, N_MODES = 4 };

struct query {
    char name[16]; /* of its class */
    char *text;
    clus_op op;
};

struct bench {
    clus_index *index;
    clus_snapshot *snap;
    struct query *queries;
    size_t n_queries;
    unsigned repeat;
};

static void die(const char *what, const char *why)
{
    (void)fprintf(stderr, "macro_query: %s: %s\n", what, why);
    exit(1);
}

static double now_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

/* ---- queries ---- */

static bool begins(const char *s, const char *with)
{
    return strncmp(s, with, strlen(with)) == 0;
}

static void add_query(struct bench *b, const char *name, const char *text)
{
    if (b->n_queries == MAX_QUERIES || !*text)
        return;
    struct query *q = &b->queries[b->n_queries++];
    bool quote = begins(name, "phrase") && *text != '"';
    size_t room = strlen(text) + 3;
    q->text = malloc(room);
    if (!q->text)
        die("queries", "out of memory");
    (void)snprintf(q->text, room, quote ? "\"%s\"" : "%s", text);
    (void)snprintf(q->name, sizeof q->name, "%s", name);
    q->op = begins(name, "and") || *text == '+' ? CLUS_OP_AND : CLUS_OP_OR;
}

/* "ru_or2.txt" is the class or2. */
static void class_of_file(const char *path, char name[16])
{
    const char *base = strrchr(path, '/');
    base = base ? base + 1 : path;
    const char *dash = strchr(base, '_');
    (void)snprintf(name, 16, "%s", dash ? dash + 1 : base);
    name[strcspn(name, ".")] = '\0';
}

static void read_queries(struct bench *b, const char *path)
{
    FILE *f = fopen(path, "r");
    char *line = NULL, name[16];
    size_t room = 0;
    if (!f)
        die(path, "cannot be read");
    class_of_file(path, name);
    while (getline(&line, &room, f) > 0) {
        line[strcspn(line, "\r\n")] = '\0';
        char *tab = strchr(line, '\t');
        if (tab)
            *tab = '\0';
        add_query(b, tab ? line : name, tab ? tab + 1 : line);
    }
    free(line);
    (void)fclose(f);
}

/* ---- a corpus of our own ---- */

enum { WORDS_A_DOCUMENT = 150, VOCABULARY = 50000 };

static uint32_t draw(uint64_t *state, uint32_t below)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((*state >> 33) % below);
}

/* About Zipf: each octave of ranks is drawn alike often. */
static uint32_t draw_word(uint64_t *state)
{
    uint32_t octave = draw(state, 16);
    return ((1u << octave) + draw(state, 1u << octave)) % VOCABULARY;
}

static void add_documents(clus_writer *writer, unsigned n)
{
    static char text[WORDS_A_DOCUMENT * 8];
    uint64_t state = 1;
    clus_error err = {0};
    for (unsigned i = 0; i < n; i++) {
        size_t len = 0;
        uint32_t topic = draw(&state, VOCABULARY);
        for (unsigned k = 0; k < WORDS_A_DOCUMENT; k++) {
            uint32_t word = draw(&state, 4) ? draw_word(&state)
                                            : (topic + draw(&state, 40)) % VOCABULARY;
            len += (size_t)snprintf(text + len, sizeof text - len, "w%u ", word);
        }
        char id[16];
        int id_len = snprintf(id, sizeof id, "%u", i);
        clus_document doc = {.id = {id, (size_t)id_len}, .text = {text, len}};
        if (clus_writer_add(writer, &doc, &err) != CLUS_OK)
            die("adding", err.message);
    }
}

static void build_index(struct bench *b, const char *path, unsigned documents)
{
    const clus_create_options options = {.analyzer = CLUS_ANALYZER_WHITESPACE};
    clus_error err = {0};
    clus_writer *writer;
    if (clus_index_create(path, &options, &b->index, &err) != CLUS_OK ||
        clus_writer_open(b->index, NULL, &writer, &err) != CLUS_OK)
        die(path, err.message);
    add_documents(writer, documents);
    if (clus_writer_compact(writer, &err) != CLUS_OK)
        die("compact", err.message);
    clus_writer_free(writer);
}

static void make_queries(struct bench *b)
{
    static const struct {
        const char *name;
        unsigned words;
    } classes[] = {{"term", 1}, {"and2", 2}, {"and3", 3},
                   {"or2", 2},  {"or5", 5},  {"phrase2", 2}};
    uint64_t state = 7;
    for (size_t c = 0; c < sizeof classes / sizeof classes[0]; c++)
        for (unsigned i = 0; i < 200; i++) {
            char text[128] = "";
            size_t len = 0;
            for (unsigned k = 0; k < classes[c].words; k++)
                len += (size_t)snprintf(text + len, sizeof text - len, "%sw%u",
                                        k ? " " : "", draw_word(&state));
            add_query(b, classes[c].name, text);
        }
}

/* ---- timing ---- */

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double time_one(const struct bench *b, const struct query *q, unsigned mode)
{
    static const clus_search_options modes[N_MODES] = {
        {.limit = 10}, {.limit = 100}, {.limit = 1000}, {.count = CLUS_COUNT_ONLY}};
    const clus_parse_options parse = {.op = q->op};
    clus_error err = {0};
    clus_query *query;
    clus_results *results;
    double begin = now_us();
    if (clus_query_parse((clus_str){q->text, strlen(q->text)}, &parse, &query, &err) !=
            CLUS_OK ||
        clus_search(b->snap, query, &modes[mode], &results, &err) != CLUS_OK)
        die(q->text, err.message);
    double took = now_us() - begin;
    clus_results_free(results);
    clus_query_free(query);
    return took;
}

/* Queries [from, to) are one class; rounds go over all of them, as a user's would. */
static void time_class(const struct bench *b, size_t from, size_t to, unsigned mode)
{
    static const char *const names[N_MODES] = {"top10", "top100", "top1000", "count"};
    size_t n = to - from;
    double *times = malloc(n * b->repeat * sizeof *times),
           *medians = malloc(n * sizeof *medians);
    if (!times || !medians)
        die("times", "out of memory");
    double sum = 0;
    for (unsigned round = 0; round < b->repeat; round++)
        for (size_t i = 0; i < n; i++)
            times[i * b->repeat + round] = time_one(b, &b->queries[from + i], mode);
    for (size_t i = 0; i < n; i++) {
        qsort(times + i * b->repeat, b->repeat, sizeof *times, ascending);
        medians[i] = times[i * b->repeat + b->repeat / 2];
        sum += medians[i];
    }
    qsort(medians, n, sizeof *medians, ascending);
    printf("%-10s %-8s %6zu queries  p50 %9.1f  p99 %9.1f  mean %9.1f us\n",
           b->queries[from].name, names[mode], n, medians[n / 2], medians[n * 99 / 100],
           sum / (double)n);
    free(times);
    free(medians);
}

static void time_all(const struct bench *b)
{
    for (unsigned mode = 0; mode < N_MODES; mode++)
        for (size_t from = 0, to; from < b->n_queries; from = to) {
            for (to = from; to < b->n_queries &&
                            strcmp(b->queries[to].name, b->queries[from].name) == 0;)
                to++;
            time_class(b, from, to, mode);
        }
}

int main(int argc, char **argv)
{
    struct bench b = {.repeat = 7};
    unsigned documents = 50000;
    const char *index = NULL;
    char folder[PATH_MAX] = "", path[PATH_MAX + 16];
    clus_error err = {0};
    b.queries = calloc(MAX_QUERIES, sizeof *b.queries);
    if (!b.queries)
        die("queries", "out of memory");
    int i = 1;
    for (; i + 1 < argc && begins(argv[i], "--"); i += 2) {
        unsigned value = (unsigned)strtoul(argv[i + 1], NULL, 10);
        if (strcmp(argv[i], "--repeat") == 0 && value > 0 && value <= MAX_REPEAT)
            b.repeat = value;
        else if (strcmp(argv[i], "--documents") == 0 && value > 0)
            documents = value;
        else if (strcmp(argv[i], "--index") == 0)
            index = argv[i + 1];
        else
            die(argv[i], "not an option, or not its value");
    }
    if (index) {
        if (clus_index_open(index, NULL, &b.index, &err) != CLUS_OK)
            die(index, err.message);
        for (; i < argc; i++)
            read_queries(&b, argv[i]);
    } else {
        (void)snprintf(path, sizeof path, "%s/index", scratch_make(folder));
        build_index(&b, path, documents);
        make_queries(&b);
    }
    if (clus_snapshot_open(b.index, &b.snap, &err) != CLUS_OK)
        die("snapshot", err.message);
    time_all(&b);
    clus_snapshot_free(b.snap);
    for (size_t q = 0; q < b.n_queries; q++)
        free(b.queries[q].text);
    free(b.queries);
    clus_status st = clus_index_close(b.index, &err);
    if (folder[0])
        scratch_remove(folder);
    return st == CLUS_OK ? 0 : 1;
}
