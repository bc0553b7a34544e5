/* `csearch delete`: by id, or all that a query finds. */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ask.h"
#include "out.h"
#include "session.h"
#include "verbs.h"

struct delete_options {
    const char *query;
    bool quiet;
};

static const struct option options[] = {
    {.name = "query",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct delete_options, query),
     .value = "QUERY",
     .help = "delete every document that matches, all words required"},
    {.name = "quiet",
     .letter = 'q',
     .kind = OPTION_FLAG,
     .offset = offsetof(struct delete_options, quiet),
     .help = "no closing line"},
    {.kind = OPTION_END}};

enum { BATCH = 100000 };

static clus_status delete_hits(clus_writer *writer, clus_results *results,
                               uint64_t *deleted, clus_error *err)
{
    clus_hit hit;
    clus_status st;
    while ((st = clus_results_next(results, &hit, err)) == CLUS_OK) {
        bool found = false;
        st = clus_writer_delete(writer, hit.id, &found, err);
        if (st < 0)
            return st;
        *deleted += found;
    }
    return st == CLUS_DONE ? CLUS_OK : st;
}

/* Delete a batch of what matches, until nothing does: each batch sees the last commit. */
static int delete_matches(const struct call *call, clus_index *index, clus_writer *writer,
                          uint64_t *deleted)
{
    const struct delete_options *opts = call->options;
    struct ask how = {.parse = {.op = CLUS_OP_AND, .strict = true},
                      .search = {.limit = BATCH, .now = (int64_t)time(NULL)}};
    clus_str text = str_of(opts->query);
    for (;;) {
        clus_snapshot *snap = NULL;
        struct reply reply = {.query = NULL};
        clus_error err;
        uint64_t before = *deleted;
        clus_status st = clus_snapshot_open(index, &snap, &err);
        if (st == CLUS_OK)
            st = ask(snap, &how, text, &reply, &err);
        if (st == CLUS_OK)
            st = delete_hits(writer, reply.results, deleted, &err);
        reply_done(&reply);
        clus_snapshot_free(snap);
        if (st == CLUS_OK)
            st = clus_writer_commit(writer, NULL, &err);
        if (st == CLUS_E_SYNTAX || st == CLUS_E_LIMIT) {
            say_query_error("delete", text, &err);
            return EXIT_USAGE;
        }
        if (st < 0)
            return fail("index", call->index, &err);
        if (*deleted - before < BATCH)
            return EXIT_FOUND;
    }
}

static int delete_ids(const struct call *call, clus_writer *writer, uint64_t *deleted)
{
    clus_error err;
    for (size_t i = 0; i < call->n_operands; i++) {
        bool found = false;
        if (clus_writer_delete(writer, str_of(call->operands[i]), &found, &err) < 0)
            return fail("index", call->index, &err);
        if (!found)
            say("delete: no document '%s' in '%s'", call->operands[i], call->index);
        *deleted += found;
    }
    if (clus_writer_commit(writer, NULL, &err) < 0)
        return fail("index", call->index, &err);
    return EXIT_FOUND;
}

static int run(const struct call *call)
{
    const struct delete_options *opts = call->options;
    clus_index *index = NULL;
    clus_writer *writer = NULL;
    clus_error err;
    uint64_t deleted = 0;
    int status;
    if ((call->n_operands == 0) == (opts->query == NULL))
        return usage("delete: name ids, or a query with --query");
    if (clus_index_open(call->index, NULL, &index, &err) < 0)
        return fail("index", call->index, &err);
    if (clus_writer_open(index, NULL, &writer, &err) < 0)
        status = fail("index", call->index, &err);
    else if (opts->query)
        status = delete_matches(call, index, writer, &deleted);
    else
        status = delete_ids(call, writer, &deleted);
    clus_writer_free(writer);
    (void)clus_index_close(index, NULL);
    if (status != EXIT_FOUND)
        return status;
    struct out out = {.fd = STDOUT_FILENO};
    if (!opts->quiet)
        text_printf(&out.text, "%llu deleted\n", (unsigned long long)deleted);
    return out_end(&out, deleted ? EXIT_FOUND : EXIT_NOTHING);
}

const struct verb verb_delete = {.name = "delete",
                                 .operands = "ID…",
                                 .summary = "remove documents",
                                 .options = options,
                                 .size = sizeof(struct delete_options),
                                 .run = run};
