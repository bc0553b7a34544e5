/*
 * `csearch index`: hand documents to the writer, commit in batches, tell what happened.
 *
 * Every commit is complete, so an interruption keeps what was committed, and the same
 * command again ends in the same index: a document with a known id replaces the old one.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "index_run.h"
#include "out.h"
#include "verbs.h"

const char *const index_analyzer_names[] = {"auto",   "ru",         "kk",
                                            "simple", "whitespace", NULL};
static const char *const durability_names[] = {"commit", "batch", "none", NULL};

static const struct option options[] = {
    {.name = "jobs",
     .letter = 'j',
     .kind = OPTION_UINT,
     .offset = offsetof(struct index_options, jobs),
     .value = "N",
     .help = "threads that analyse; default: one a processor, at most 8",
     .min = 1,
     .max = 64},
    {.name = "batch-mb",
     .kind = OPTION_UINT,
     .offset = offsetof(struct index_options, batch_mb),
     .value = "N",
     .help = "commit whenever so many MB of text were read; default 512",
     .min = 1,
     .max = 1024UL * 1024},
    {.name = "memory",
     .kind = OPTION_SIZE,
     .offset = offsetof(struct index_options, memory),
     .value = "SIZE",
     .help = "bound on memory, at least 16M; default 768M"},
    {.name = "no-positions",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct index_options, no_positions),
     .help = "leave positions out: a smaller index without phrases; for a new index"},
    {.name = "no-store",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct index_options, no_store),
     .help = "keep no documents: no snippets, no get; for a new index"},
    {.name = "analyzer",
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct index_options, analyzer),
     .value = "KIND",
     .help = "text rules of a new index",
     .choices = index_analyzer_names},
    {.name = "durability",
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct index_options, durability),
     .value = "KIND",
     .help = "what a power cut may take: nothing committed (commit), the last commits "
             "(batch), or all of an index being created (none)",
     .choices = durability_names},
    {.name = "id-prefix",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct index_options, id_prefix),
     .value = "P",
     .help = "put P in front of every id"},
    {.name = "follow",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct index_options, follow),
     .help = "follow symbolic links"},
    {.name = "delete-missing",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct index_options, delete_missing),
     .help = "remove documents whose file below the folders named is gone"},
    {.name = "strict",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct index_options, strict),
     .help = "stop at the first document that cannot be taken, exit status 6"},
    {.name = "quiet",
     .letter = 'q',
     .kind = OPTION_FLAG,
     .offset = offsetof(struct index_options, quiet),
     .help = "no progress and no closing line"},
    {.name = "json",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct index_options, json),
     .help = "the closing line as JSON on standard output"},
    {.kind = OPTION_END}};

static const char about[] =
    "  Adds or updates documents; creates the index when there is none. The same id\n"
    "  again replaces. Files are read by their ending, with .gz or .zst or without:\n"
    "    .txt           a page's plain text; title, date, tags and furniture are told "
    "apart\n"
    "    .md            Markdown, with YAML front matter or without\n"
    "    .html .htm     the article, its metadata, furniture apart\n"
    "    .jsonl .ndjson a JSON object a line: id, title, text, extra, lang, date, url,\n"
    "                   source, tags; unknown keys are stored and returned\n"
    "    .tsv .csv      a header row names the columns, as the keys above\n"
    "  Other files by their content; what is not text is skipped and counted. '-' reads\n"
    "  JSON lines from standard input. A file's id is its path below the folder named,\n"
    "  or its name. Hidden files below a folder are left out. A document found below a\n"
    "  folder remembers its file in the field 'file', for --delete-missing.\n";

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
    interrupted = number;
}

bool index_is_interrupted(void)
{
    return interrupted != 0;
}

/* What is ignored stays so: nohup, and a shell's background jobs. */
static void catch_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct sigaction before;
        if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            (void)sigaction(numbers[i], &action, NULL);
    }
}

/* Files of all operands, in their order. */
static int gather(const struct call *call, const struct index_options *opts,
                  struct input_walk *walk, bool *from_stdin)
{
    *walk = (struct input_walk){.follow = opts->follow, .skip = call->index};
    for (size_t i = 0; i < call->n_operands; i++) {
        const char *path = call->operands[i];
        if (strcmp(path, "-") == 0)
            *from_stdin = true;
        else if (!input_gather(walk, path))
            return usage("index: '%s': %s", path, strerror(errno));
    }
    if (!*from_stdin && walk->found.n == 0)
        say("index: no files below what was named");
    return EXIT_FOUND;
}

static int by_id(const void *a, const void *b)
{
    const struct input_file *const *x = a, *const *y = b;
    return strcmp((*x)->id, (*y)->id);
}

/* Two folders may hold files of one name: only the last would be found. */
static void warn_of_twins(const struct input_files *files)
{
    const struct input_file **sorted = mem_alloc(files->n, sizeof(struct input_file *));
    for (size_t i = 0; i < files->n; i++)
        sorted[i] = &files->files[i];
    qsort(sorted, files->n, sizeof(struct input_file *), by_id);
    for (size_t i = 1; i < files->n; i++) {
        if (strcmp(sorted[i - 1]->id, sorted[i]->id) == 0) {
            say("index: '%s' and '%s' have one id, the later one counts; name a folder "
                "above both, or index them in two calls with --id-prefix",
                sorted[i - 1]->path, sorted[i]->path);
            break;
        }
    }
    mem_free(sorted);
}

static int run(const struct call *call)
{
    const struct index_options *opts = call->options;
    struct input_walk walk;
    bool from_stdin = false;
    if (call->n_operands == 0)
        return usage(
            "index: name files or folders, or '-' for JSON lines on standard input");
    if (opts->memory && opts->memory < (uint64_t)16 << 20)
        return usage("index: --memory needs at least 16M");
    int status = gather(call, opts, &walk, &from_stdin);
    if (status == EXIT_FOUND && opts->delete_missing && from_stdin)
        status = usage("index: --delete-missing needs folders, not standard input");
    if (status == EXIT_FOUND) {
        if (call->n_operands > 1)
            warn_of_twins(&walk.found);
        catch_signals();
        status = index_run(call, opts, &walk.found, from_stdin);
    }
    input_files_done(&walk.found);
    return status;
}

const struct verb verb_index = {.name = "index",
                                .operands = "PATH…",
                                .summary = "add or update documents: files, folders, '-'",
                                .about = about,
                                .options = options,
                                .size = sizeof(struct index_options),
                                .run = run};
