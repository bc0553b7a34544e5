/*
 * Speed of the search layer's parts on one thread: the kernels that score, sift and
 * intersect, each set beside the other, and patterns over the dictionary of real words.
 *
 *     micro_search data/articles/ru more.txt
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <clustersearch/clustersearch.h>

#include "api/handles.h"
#include "codec/impact.h"
#include "index/segment.h"
#include "measure.h"
#include "scratch.h"
#include "search/expand.h"
#include "search/score.h"
#include "texts.h"

enum { RUN = 256, DOCS = 65536, TURNS = 20000 };

static uint64_t state_of_chance = 11;

static uint32_t draw(uint32_t below)
{
    state_of_chance = state_of_chance * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((state_of_chance >> 33) % below);
}

static void need(bool holds, const char *what)
{
    if (holds)
        return;
    (void)fprintf(stderr, "micro_search: %s\n", what);
    exit(1);
}

/* ---- kernels ---- */

struct run_data {
    uint32_t docs[RUN], tfs[RUN + 8];
    uint8_t flags[RUN + 16];
    struct norm norms[DOCS];
    int32_t scores[RUN + 8];
};

static void draw_run(uint32_t docs[RUN], uint32_t gap)
{
    uint32_t doc = draw(gap);
    for (uint32_t i = 0; i < RUN; i++, doc += 1 + draw(gap))
        docs[i] = doc;
}

static void draw_data(struct run_data *d)
{
    draw_run(d->docs, 40);
    for (uint32_t i = 0; i < RUN; i++) {
        d->tfs[i] = 1 + draw(4);
        d->flags[i] = (uint8_t)(draw(32) == 0 ? FLAG_TITLE : draw(4) == 0 ? FLAG_LEAD : 0);
    }
    for (uint32_t i = 0; i < DOCS; i++)
        d->norms[i] = (struct norm){(uint8_t)draw(256), 7};
}

static void bench_scoring(const struct kernels *k, const char *level)
{
    static struct run_data d;
    static uint32_t kept[RUN + 8];
    static int32_t kept_scores[RUN + 8];
    struct impact_params params = clus__impact_reference();
    struct scorer s;
    struct rounds score, sift;
    char name[64];
    draw_data(&d);
    clus__scorer_init(&s, &params, 120.5f);
    s.norms = d.norms;
    s.ndocs = DOCS;
    const struct posting_run run = {d.docs, d.tfs, d.flags, RUN};
    for (int rep = 0; rep < MEASURE_ROUNDS; rep++) {
        double begin = measure_now();
        for (int turn = 0; turn < TURNS; turn++) {
            k->score(&s, 1e6f, &run, d.scores);
            __asm__ volatile("" : : "r"(d.scores) : "memory");
        }
        score.seconds[rep] = measure_now() - begin;
        begin = measure_now();
        for (int turn = 0; turn < TURNS; turn++) {
            (void)k->sift(d.docs, d.scores, RUN, 700000, kept, kept_scores);
            __asm__ volatile("" : : "r"(kept) : "memory");
        }
        sift.seconds[rep] = measure_now() - begin;
    }
    (void)snprintf(name, sizeof name, "score, %s", level);
    measure_rate(name, "Gpostings/s", &score, (double)TURNS * RUN, 1e9);
    (void)snprintf(name, sizeof name, "sift by score, %s", level);
    measure_rate(name, "Gpostings/s", &sift, (double)TURNS * RUN, 1e9);
}

/* The other list's gaps are `times` those of the first. */
static void bench_intersection(const struct kernels *k, const char *level, uint32_t times)
{
    static uint32_t a[RUN], b[RUN];
    static uint16_t at[RUN + 8], bt[RUN + 8];
    struct rounds r;
    char name[64];
    uint32_t nb = 0;
    draw_run(a, 8);
    draw_run(b, 8 * times);
    while (nb < RUN && b[nb] <= a[RUN - 1])
        nb++;
    for (int rep = 0; rep < MEASURE_ROUNDS; rep++) {
        double begin = measure_now();
        for (int turn = 0; turn < TURNS; turn++) {
            (void)clus__intersect(k, (struct doc_run){a, RUN}, (struct doc_run){b, nb}, at,
                                  bt);
            __asm__ volatile("" : : "r"(at), "r"(bt) : "memory");
        }
        r.seconds[rep] = measure_now() - begin;
    }
    (void)snprintf(name, sizeof name, "intersect 1:%u, %s", times, level);
    measure_rate(name, "Gpostings/s", &r, (double)TURNS * (RUN + nb), 1e9);
}

static void bench_kernels(void)
{
    for (enum cpu_level level = CPU_SCALAR; level < CPU_LEVELS; level++) {
        const struct kernels *k = clus__kernels_of(level);
        if (!k)
            continue;
        bench_scoring(k, clus__cpu_name(level));
        for (uint32_t times = 1; times <= 16; times *= 4)
            bench_intersection(k, clus__cpu_name(level), times);
    }
}

/* ---- patterns ---- */

static void bench_pattern(clus_snapshot *snap, const char *name, uint32_t distance,
                          const char *const *patterns, size_t n)
{
    enum { TIMES = 20 };
    struct rounds r;
    for (int rep = 0; rep < MEASURE_ROUNDS; rep++) {
        double begin = measure_now();
        for (size_t i = 0; i < n * TIMES; i++) {
            const char *text = patterns[i % n];
            const struct expansion_request request = {
                .kind = KEY_FORM,
                .pattern = {(const uint8_t *)text, strlen(text)},
                .distance = distance,
                .limit = 64};
            struct arena arena = {0};
            struct expansion_list list;
            need(clus__expand(snap->view, &request, &arena, &list) == CLUS_OK,
                 "cannot expand");
            clus__arena_done(&arena);
        }
        r.seconds[rep] = measure_now() - begin;
    }
    measure_ns(name, "ns/pattern", &r, (double)n * TIMES);
}

static void bench_patterns(clus_snapshot *snap)
{
    static const char *const prefixes[] = {"кл*", "креат*", "пре*", "қала*"};
    static const char *const globs[] = {"к?астер", "*ность", "п*ние"};
    static const char *const typos[] = {"класстер", "якутсск", "дизайнр", "қаласы"};
    bench_pattern(snap, "prefixes", 0, prefixes, sizeof prefixes / sizeof *prefixes);
    bench_pattern(snap, "wildcards", 0, globs, sizeof globs / sizeof *globs);
    bench_pattern(snap, "one typo", 1, typos, sizeof typos / sizeof *typos);
    bench_pattern(snap, "two typos", 2, typos, sizeof typos / sizeof *typos);
}

int main(int argc, char **argv)
{
    char folder[PATH_MAX];
    clus_index *index;
    clus_writer *writer;
    clus_snapshot *snap;
    struct buf text = {0};
    bench_kernels();
    for (int i = 1; i < argc; i++)
        need(texts_read(argv[i], &text), argv[i]);
    const clus_document doc = {.text = {(const char *)text.data, text.len}};
    const char *path = scratch_path(scratch_make(folder), "index");
    need(clus_index_create(path, NULL, &index, NULL) == CLUS_OK &&
             clus_writer_open(index, NULL, &writer, NULL) == CLUS_OK,
         "cannot create an index");
    need(clus_writer_add(writer, &doc, NULL) == CLUS_OK &&
             clus_writer_commit(writer, NULL, NULL) == CLUS_OK,
         "name files or folders with text");
    clus_writer_free(writer);
    need(clus_snapshot_open(index, &snap, NULL) == CLUS_OK, "no snapshot");
    bench_patterns(snap);
    clus_snapshot_free(snap);
    clus_status st = clus_index_close(index, NULL);
    scratch_remove(folder);
    clus__buf_done(&text);
    return st == CLUS_OK ? 0 : 1;
}
