/*
 * A fixed amount of work for each area, for counting instructions under callgrind; see
 * bench/suite/instructions.py, which makes the inputs and reads the counts.
 *
 *     instructions DOCUMENTS.jsonl INDEX QUERIES.tsv FOLDER
 *
 * Areas are named in the dumps: tokenise (words that are new), stem, load (the documents
 * into a new index in FOLDER, on one thread), and "CLASS/MODE" for each class of the lines
 * "CLASS TAB OP TAB QUERY". What comes before an area is done once uncounted, so that
 * caches are warm. Prints the level of the vector kernels: counts are comparable within it
 * only.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <valgrind/callgrind.h>

#include <clustersearch/clustersearch.h>

#include "codec/bitpack.h"
#include "documents.h"
#include "text/analyzer.h"
#include "text/lexer.h"
#include "text/stem.h"

enum { MAX_QUERIES = 4096 };

struct query {
    char *name; /* of its class */
    char *text;
    clus_op op;
};

static void need(bool holds, const char *what)
{
    if (holds)
        return;
    (void)fprintf(stderr, "instructions: %s\n", what);
    exit(1);
}

static void count_from_here(void)
{
    CALLGRIND_START_INSTRUMENTATION;
    CALLGRIND_ZERO_STATS;
}

/* What was counted goes out as the area `name`. */
static void count_to_here(const char *name)
{
    CALLGRIND_DUMP_STATS_AT(name);
    CALLGRIND_STOP_INSTRUMENTATION;
}

/* ---- text ---- */

static void tokenise(struct lexer *lexer, const struct documents *docs)
{
    struct token_list tokens = {0};
    clus__lexer_forget(lexer);
    for (size_t i = 0; i < docs->n; i++) {
        const struct bytes text = {(const uint8_t *)docs->items[i].text.data,
                                   docs->items[i].text.len};
        tokens.n = 0;
        need(clus__lexer_run(lexer, text, &tokens) == CLUS_OK, "cannot analyse");
    }
    clus__token_list_done(&tokens);
}

static void stem_all(const struct lexer *lexer)
{
    uint8_t room[STEM_ROOM];
    for (uint32_t i = 0; i < clus__lexer_form_count(lexer); i++) {
        const struct form *form = clus__lexer_form(lexer, i);
        if (form->lang != CLUS_LANG_OTHER)
            need(clus__stem(form->text, form->lang, room).len > 0, "no stem");
    }
}

static void count_text(const struct documents *docs)
{
    clus_analyzer *analyzer;
    struct lexer *lexer;
    need(clus__analyzer_new(CLUS_ANALYZER_AUTO, &analyzer) == CLUS_OK &&
             clus__lexer_new(analyzer, &lexer) == CLUS_OK,
         "cannot start");
    tokenise(lexer, docs);
    count_from_here();
    tokenise(lexer, docs);
    count_to_here("tokenise");
    count_from_here();
    stem_all(lexer);
    count_to_here("stem");
    clus__lexer_free(lexer);
    clus__analyzer_free(analyzer);
}

/* ---- loading ---- */

static void count_load(const struct documents *docs, const char *folder)
{
    const clus_create_options how = {.unsafe_build = true};
    char path[4096];
    clus_index *index;
    clus_writer *writer;
    (void)snprintf(path, sizeof path, "%s/load", folder);
    need(clus_index_create(path, &how, &index, NULL) == CLUS_OK &&
             clus_writer_open(index, NULL, &writer, NULL) == CLUS_OK,
         "cannot create an index");
    count_from_here();
    for (size_t i = 0; i < docs->n; i++)
        need(clus_writer_add(writer, &docs->items[i], NULL) == CLUS_OK, "cannot add");
    need(clus_writer_commit(writer, NULL, NULL) == CLUS_OK, "cannot commit");
    count_to_here("load");
    clus_writer_free(writer);
    need(clus_index_close(index, NULL) == CLUS_OK, "cannot close");
}

/* ---- queries ---- */

static size_t read_queries(const char *path, struct query queries[MAX_QUERIES])
{
    FILE *in = fopen(path, "r");
    char *line = NULL;
    size_t cap = 0, n = 0;
    need(in != NULL, path);
    while (n < MAX_QUERIES && getline(&line, &cap, in) > 0) {
        char *rest, *name = strtok_r(line, "\t\n", &rest),
                    *op = strtok_r(NULL, "\t\n", &rest),
                    *text = strtok_r(NULL, "\n", &rest);
        need(name && op && text, "a line of queries has three columns");
        queries[n++] =
            (struct query){name, text, strcmp(op, "and") == 0 ? CLUS_OP_AND : CLUS_OP_OR};
        line = NULL; /* the query keeps the line */
        cap = 0;
    }
    free(line);
    (void)fclose(in);
    return n;
}

static void search(clus_snapshot *snap, const struct query *q,
                   const clus_search_options *how)
{
    const clus_parse_options parse = {.op = q->op};
    clus_query *query;
    clus_results *results;
    clus_hit hit;
    need(clus_query_parse((clus_str){q->text, strlen(q->text)}, &parse, &query, NULL) ==
                 CLUS_OK &&
             clus_search(snap, query, how, &results, NULL) == CLUS_OK,
         q->text);
    while (clus_results_next(results, &hit, NULL) == CLUS_OK)
        ;
    clus_results_free(results);
    clus_query_free(query);
}

static void count_class(clus_snapshot *snap, const struct query *queries, size_t n)
{
    static const struct {
        const char *name;
        clus_search_options how;
    } modes[] = {{"top10", {.limit = 10}},
                 {"top1000", {.limit = 1000}},
                 {"count", {.count = CLUS_COUNT_ONLY}}};
    for (size_t m = 0; m < sizeof modes / sizeof *modes; m++) {
        char area[128];
        for (size_t i = 0; i < n; i++)
            search(snap, &queries[i], &modes[m].how);
        count_from_here();
        for (size_t i = 0; i < n; i++)
            search(snap, &queries[i], &modes[m].how);
        (void)snprintf(area, sizeof area, "%s/%s", queries[0].name, modes[m].name);
        count_to_here(area);
    }
}

static void count_queries(const char *path, const char *queries_path)
{
    static struct query queries[MAX_QUERIES];
    size_t n = read_queries(queries_path, queries);
    clus_index *index;
    clus_snapshot *snap;
    need(clus_index_open(path, NULL, &index, NULL) == CLUS_OK &&
             clus_snapshot_open(index, &snap, NULL) == CLUS_OK,
         "cannot open the index");
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from; to < n && strcmp(queries[to].name, queries[from].name) == 0;)
            to++;
        count_class(snap, &queries[from], to - from);
    }
    clus_snapshot_free(snap);
    need(clus_index_close(index, NULL) == CLUS_OK, "cannot close");
    for (size_t i = 0; i < n; i++)
        free(queries[i].name); /* the line begins with it */
}

int main(int argc, char **argv)
{
    struct documents docs = {0};
    need(argc == 5, "DOCUMENTS.jsonl INDEX QUERIES.tsv FOLDER");
    documents_read(&docs, argv[1], 1000000);
    count_text(&docs);
    count_load(&docs, argv[4]);
    count_queries(argv[2], argv[3]);
    documents_done(&docs);
#ifdef __clang__
    printf("clang %d, %s\n", __clang_major__, clus__cpu_name(clus__cpu_best()));
#else
    printf("gcc %s, %s\n", __VERSION__, clus__cpu_name(clus__cpu_best()));
#endif
    return 0;
}
