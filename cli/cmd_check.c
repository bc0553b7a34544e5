/* `csearch check` and `csearch compact`: care of an index. */
#include <unistd.h>

#include "index_run.h"
#include "out.h"
#include "session.h"
#include "utf8.h"
#include "verbs.h"

struct care_options {
    bool quiet;
    bool reorder; /* compact only */
    uint64_t memory;
};

static const struct option options[] = {{.name = "quiet",
                                         .letter = 'q',
                                         .kind = OPTION_FLAG,
                                         .offset = offsetof(struct care_options, quiet),
                                         .help = "tell only what is wrong"},
                                        {.kind = OPTION_END}};

static const char compact_about[] =
    "  Merges all segments into one without deleted documents and gives the room of the\n"
    "  old ones back: the file keeps its length and gets holes (see du).\n";

static const struct option compact_options[] = {
    {.name = "reorder",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct care_options, reorder),
     .help = "put similar documents together: smaller and faster, takes longer"},
    {.name = "memory",
     .kind = OPTION_SIZE,
     .offset = offsetof(struct care_options, memory),
     .value = "SIZE",
     .help = "bound on memory, at least 16M; default 768M"},
    {.name = "quiet",
     .letter = 'q',
     .kind = OPTION_FLAG,
     .offset = offsetof(struct care_options, quiet),
     .help = "tell only what is wrong"},
    {.kind = OPTION_END}};

#define WAY_OUT "to mend it, move the folder away and index anew"

static void on_finding(void *ctx, const char *where, const char *message)
{
    struct out *out = ctx;
    utf8_add_safe(&out->text, str_of(where), true);
    text_str(&out->text, ": ");
    utf8_add_safe(&out->text, str_of(message), true);
    text_byte(&out->text, '\n');
    out_maybe_flush(out);
}

/* Damage so great that the index cannot be opened has only this one finding. */
static int cannot_open(const struct call *call, const clus_error *err)
{
    if (err->code != CLUS_E_CORRUPT)
        return fail("index", call->index, err);
    say("index '%s': %s; " WAY_OUT, call->index, err->message);
    return EXIT_DAMAGED;
}

static int run_check(const struct call *call)
{
    const struct care_options *opts = call->options;
    struct out out = {.fd = STDOUT_FILENO};
    clus_index *index = NULL;
    clus_error err;
    uint64_t findings = 0;
    if (call->n_operands)
        return usage("check: takes no operands; the index is named by -i");
    if (clus_index_open(call->index, NULL, &index, &err) < 0)
        return cannot_open(call, &err);
    clus_status st = clus_index_check(index, on_finding, &out, &findings, &err);
    int status = exit_status(st);
    if (st == CLUS_OK && !opts->quiet)
        text_str(&out.text, "nothing is wrong\n");
    else if (st == CLUS_E_CORRUPT && findings)
        say("index '%s' is damaged: %llu finding%s; " WAY_OUT, call->index,
            (unsigned long long)findings, findings == 1 ? "" : "s");
    else if (st < 0)
        status = fail("index", call->index, &err);
    (void)clus_index_close(index, NULL);
    return out_end(&out, status);
}

static int run_compact(const struct call *call)
{
    const struct care_options *opts = call->options;
    struct out out = {.fd = STDOUT_FILENO};
    clus_index *index = NULL;
    clus_writer *writer = NULL;
    clus_error err;
    if (call->n_operands)
        return usage("compact: takes no operands; the index is named by -i");
    if (opts->memory && opts->memory < (uint64_t)16 << 20)
        return usage("compact: --memory needs at least 16M");
    if (clus_index_open(call->index, NULL, &index, &err) < 0)
        return fail("index", call->index, &err);
    clus_writer_options how = {.memory_bytes = opts->memory, .threads = processors(2)};
    clus_status st = clus_writer_open(index, &how, &writer, &err);
    if (st == CLUS_OK)
        st = opts->reorder ? clus_writer_reorder(writer, &err)
                           : clus_writer_compact(writer, &err);
    int status = st < 0 ? fail("index", call->index, &err) : EXIT_FOUND;
    clus_writer_free(writer);
    (void)clus_index_close(index, NULL);
    if (status == EXIT_FOUND && !opts->quiet)
        text_str(&out.text, "compacted\n");
    return out_end(&out, status);
}

const struct verb verb_check = {.name = "check",
                                .operands = "",
                                .summary =
                                    "read everything, verify checksums and invariants",
                                .options = options,
                                .size = sizeof(struct care_options),
                                .run = run_check};

const struct verb verb_compact = {.name = "compact",
                                  .operands = "",
                                  .summary = "merge everything, drop deleted documents",
                                  .about = compact_about,
                                  .options = compact_options,
                                  .size = sizeof(struct care_options),
                                  .run = run_compact};
