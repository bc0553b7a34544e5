/*
 * Whole searches with each set of loops that the machine has, side by side in one process:
 * pieces of the texts named as documents, words from them as queries. Ends with an error
 * when two levels give different hits.
 *
 *     micro_levels data/articles/ru more.txt
 *
 * The linker's --wrap puts the level asked for in place of the machine's best.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <clustersearch/clustersearch.h>

#include "base/cpu.h"
#include "measure.h"
#include "scratch.h"
#include "texts.h"

enum { DOCUMENTS = 30000, QUERIES = 100, LONGEST_PIECE = 2000 };

static enum cpu_level level_to_use;
enum cpu_level __wrap_clus__cpu_best(void);
enum cpu_level __wrap_clus__cpu_best(void)
{
    return level_to_use;
}

static uint64_t state_of_chance = 5;

static size_t draw(size_t below)
{
    state_of_chance = state_of_chance * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(state_of_chance >> 33) % below;
}

static void need(bool holds, const char *what)
{
    if (holds)
        return;
    (void)fprintf(stderr, "micro_levels: %s\n", what);
    exit(1);
}

/* At least `len` bytes from the blank behind a random place on, up to a blank. */
static clus_str piece(const struct buf *text, size_t len)
{
    const char *data = (const char *)text->data, *end = data + text->len;
    need(text->len > 2 * LONGEST_PIECE, "name more text");
    const char *from = data + draw(text->len - 2 * LONGEST_PIECE);
    while (from < end && *from != ' ')
        from++;
    const char *to = from + len;
    while (to < end && *to != ' ')
        to++;
    return (clus_str){from, (size_t)(to - from)};
}

static void make_index(const char *path, const struct buf *text)
{
    clus_index *index;
    clus_writer *writer;
    need(clus_index_create(path, NULL, &index, NULL) == CLUS_OK &&
             clus_writer_open(index, NULL, &writer, NULL) == CLUS_OK,
         "cannot create an index");
    for (int i = 0; i < DOCUMENTS; i++) {
        char id[16];
        (void)snprintf(id, sizeof id, "%d", i);
        const clus_document doc = {.id = {id, strlen(id)},
                                   .text = piece(text, 100 + draw(LONGEST_PIECE - 200))};
        need(clus_writer_add(writer, &doc, NULL) == CLUS_OK, "cannot add");
    }
    need(clus_writer_commit(writer, NULL, NULL) == CLUS_OK, "cannot commit");
    clus_writer_free(writer);
    need(clus_index_close(index, NULL) == CLUS_OK, "cannot close");
}

/* ---- queries ---- */

struct query_class {
    const char *name;
    unsigned words;
    clus_op op;
    bool phrase;
    clus_query *queries[QUERIES];
};

/* Words of one piece: a query has hits. Operators and signs of the language are left out.
 */
static clus_query *make_query(const struct query_class *c, const struct buf *text)
{
    char room[LONGEST_PIECE];
    const clus_parse_options parse = {.op = c->op};
    clus_query *query;
    clus_str words = piece(text, 20 * (size_t)c->words);
    size_t len = 0;
    if (c->phrase)
        room[len++] = '"';
    for (size_t i = 0; i < words.len && len + 2 < sizeof room; i++) {
        unsigned char byte = (unsigned char)words.data[i];
        bool letter = byte >= 0x80 || (byte >= 'a' && byte <= 'z');
        room[len++] = (char)(letter ? byte : ' ');
    }
    if (c->phrase)
        room[len++] = '"';
    need(clus_query_parse((clus_str){room, len}, &parse, &query, NULL) == CLUS_OK, "query");
    return query;
}

/* What a search found, in a number that changes with every id and score. */
static uint64_t search(clus_snapshot *snap, const clus_query *query, uint32_t limit)
{
    const clus_search_options how = {.limit = limit};
    clus_results *results;
    clus_hit hit;
    uint64_t found = 14695981039346656037u;
    need(clus_search(snap, query, &how, &results, NULL) == CLUS_OK, "cannot search");
    while (clus_results_next(results, &hit, NULL) == CLUS_OK) {
        uint32_t score;
        memcpy(&score, &hit.score, sizeof score);
        found = (found ^ score) * 1099511628211u;
        for (size_t i = 0; i < hit.id.len; i++)
            found = (found ^ (unsigned char)hit.id.data[i]) * 1099511628211u;
    }
    clus_results_free(results);
    return found;
}

/* ---- levels ---- */

static void time_class(clus_snapshot *snap, const struct query_class *c, uint32_t limit,
                       uint64_t found[QUERIES])
{
    struct rounds r;
    char name[64];
    for (size_t i = 0; i < QUERIES; i++) {
        uint64_t now = search(snap, c->queries[i], limit);
        need(level_to_use == CPU_SCALAR || now == found[i], "levels differ");
        found[i] = now;
    }
    for (int rep = 0; rep < MEASURE_ROUNDS; rep++) {
        double begin = measure_now();
        for (size_t i = 0; i < QUERIES; i++)
            (void)search(snap, c->queries[i], limit);
        r.seconds[rep] = measure_now() - begin;
    }
    (void)snprintf(name, sizeof name, "%s, top %u, %s", c->name, limit,
                   clus__cpu_name(level_to_use));
    measure_ns(name, "ns/query", &r, QUERIES);
}

/* A handle keeps the level of its first search, so each level opens its own. */
static void time_level(const char *path, const struct query_class *classes, size_t n,
                       uint64_t (*found)[2][QUERIES])
{
    clus_index *index;
    clus_snapshot *snap;
    need(clus_index_open(path, NULL, &index, NULL) == CLUS_OK &&
             clus_snapshot_open(index, &snap, NULL) == CLUS_OK,
         "cannot open the index");
    for (size_t i = 0; i < n; i++) {
        time_class(snap, &classes[i], 10, found[i][0]);
        time_class(snap, &classes[i], 1000, found[i][1]);
    }
    clus_snapshot_free(snap);
    need(clus_index_close(index, NULL) == CLUS_OK, "cannot close");
}

int main(int argc, char **argv)
{
    static struct query_class classes[] = {
        {.name = "term", .words = 1, .op = CLUS_OP_OR},
        {.name = "all of 3", .words = 3, .op = CLUS_OP_AND},
        {.name = "any of 5", .words = 5, .op = CLUS_OP_OR},
        {.name = "phrase", .words = 2, .phrase = true}};
    enum { CLASSES = sizeof classes / sizeof *classes };
    static uint64_t found[CLASSES][2][QUERIES];
    struct buf text = {0};
    char folder[PATH_MAX];
    for (int i = 1; i < argc; i++)
        need(texts_read(argv[i], &text), argv[i]);
    const char *path = scratch_path(scratch_make(folder), "index");
    make_index(path, &text);
    for (size_t c = 0; c < CLASSES; c++)
        for (size_t i = 0; i < QUERIES; i++)
            classes[c].queries[i] = make_query(&classes[c], &text);
    for (level_to_use = CPU_SCALAR; level_to_use < CPU_LEVELS; level_to_use++)
        if (clus__cpu_has(level_to_use))
            time_level(path, classes, CLASSES, found);
    for (size_t c = 0; c < CLASSES; c++)
        for (size_t i = 0; i < QUERIES; i++)
            clus_query_free(classes[c].queries[i]);
    scratch_remove(folder);
    clus__buf_done(&text);
    return 0;
}
