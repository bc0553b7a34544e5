/* From files to commits. */
#include "index_run.h"

#include <limits.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "index_missing.h"
#include "out.h"

enum { JOBS_MOST = 8, MEMORY_STEP = 4 << 20 };
#define BATCH_MB_DEFAULT 512u

struct run {
    const struct call *call;
    const struct index_options *opts;
    clus_index *index;
    clus_writer *writer;
    struct index_totals totals;
    struct progress progress;
    uint64_t documents;    /* handed to the writer */
    uint64_t batch_bytes;  /* of text since the last commit */
    uint64_t pending;      /* documents since the last commit */
    uint64_t files_before; /* bytes of the files that were read */
    clus_str file_path;    /* real path of the file being read; absent: not remembered */
    struct field_list fields;
    int status;
};

static bool fatal(struct run *r, const clus_error *err)
{
    progress_clear(&r->progress);
    r->status = fail("index", r->call->index, err);
    return false;
}

static bool commit(struct run *r)
{
    clus_commit_info info;
    clus_error err;
    if (clus_writer_commit(r->writer, &info, &err) < 0)
        return fatal(r, &err);
    r->totals.added += info.added;
    r->totals.replaced += info.replaced;
    r->totals.deleted += info.deleted;
    r->totals.text_bytes += info.text_bytes;
    r->totals.invalid_utf8 += info.invalid_utf8;
    r->totals.bad_dates += info.bad_dates;
    r->totals.commits++;
    r->batch_bytes = r->pending = 0;
    return true;
}

/* Tell of a document that was not taken; under --strict that is the end. */
static bool tell_problem(struct run *r, const struct input_place *at, const char *reason,
                         bool quietly)
{
    bool strict = r->opts->strict;
    if (!quietly || strict) {
        struct text place = {0};
        progress_clear(&r->progress);
        text_str(&place, strcmp(at->file, "-") == 0 ? "standard input" : at->file);
        if (at->line)
            text_printf(&place, ":%llu", (unsigned long long)at->line);
        say("index: %s: %s; %s", text_z(&place), reason, strict ? "stopped" : "skipped");
        text_done(&place);
    }
    if (strict)
        r->status = EXIT_SKIPPED;
    return !strict;
}

static bool on_problem(void *ctx, enum input_skip kind, const struct input_place *at,
                       const char *reason)
{
    struct run *r = ctx;
    r->totals.skipped[kind]++;
    return tell_problem(r, at, reason, kind == SKIP_BINARY) && !index_is_interrupted();
}

/* The document with the file it comes from among its fields, for --delete-missing. */
static clus_document with_file(struct run *r, const clus_document *doc)
{
    clus_document copy = *doc;
    r->fields.n = 0;
    for (size_t i = 0; i < doc->n_fields; i++)
        fields_add(&r->fields, doc->fields[i].name, doc->fields[i].value);
    fields_add(&r->fields, STR(INDEX_FILE_FIELD), r->file_path);
    copy.fields = r->fields.fields;
    copy.n_fields = r->fields.n;
    return copy;
}

static bool on_document(void *ctx, const clus_document *doc, const struct input_place *at)
{
    struct run *r = ctx;
    clus_document copy;
    clus_error err;
    if (r->file_path.len) {
        copy = with_file(r, doc);
        doc = &copy;
    }
    clus_status st = clus_writer_add(r->writer, doc, &err);
    if (st == CLUS_E_ARGUMENT || st == CLUS_E_LIMIT) {
        r->totals.refused++;
        return tell_problem(r, at, err.message, false);
    }
    if (st < 0)
        return fatal(r, &err);
    r->documents++;
    r->pending++;
    r->batch_bytes += doc->title.len + doc->text.len + doc->extra.len;
    uint64_t batch_mb = r->opts->batch_mb ? r->opts->batch_mb : BATCH_MB_DEFAULT;
    if (r->batch_bytes >= batch_mb * 1000000 && !commit(r))
        return false;
    return !index_is_interrupted();
}

static void on_progress(void *ctx, uint64_t file_bytes)
{
    struct run *r = ctx;
    progress_show(&r->progress, r->documents, r->files_before + file_bytes, NULL);
}

/* The analyzer of an index that is there must be the one asked for. */
static bool analyzer_fits(const struct run *r)
{
    const char *wanted = index_analyzer_names[r->opts->analyzer];
    const char *found = clus_analyzer_fingerprint(clus_index_analyzer(r->index));
    size_t len = strlen(wanted);
    return r->opts->analyzer == 0 ||
           (strncmp(found, wanted, len) == 0 && found[len] == '/');
}

static int open_or_create(struct run *r)
{
    const struct index_options *opts = r->opts;
    const char *path = r->call->index;
    clus_error err;
    clus_status st = clus_index_open(path, NULL, &r->index, &err);
    if (st == CLUS_OK) {
        if (!analyzer_fits(r))
            return usage("index '%s' has other text rules than --analyzer asks for: leave "
                         "it out, or make a new index elsewhere",
                         path);
        if (opts->durability == DURABILITY_NONE || opts->no_store || opts->no_positions)
            say("index '%s' is there already: --durability none, --no-store and "
                "--no-positions are for a new one and change nothing",
                path);
        return EXIT_FOUND;
    }
    if (st != CLUS_E_MISSING)
        return fail("index", path, &err);
    clus_create_options create = {.analyzer = (clus_analyzer_kind)opts->analyzer,
                                  .no_positions = opts->no_positions,
                                  .no_store = opts->no_store,
                                  .unsafe_build = opts->durability == DURABILITY_NONE};
    st = clus_index_create(path, &create, &r->index, &err);
    return st < 0 ? fail("index", path, &err) : EXIT_FOUND;
}

uint32_t processors(uint32_t most)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    if (n < 1)
        return 1;
    return n > (long)most ? most : (uint32_t)n;
}

static int open_writer(struct run *r)
{
    clus_error err;
    clus_writer_options writer = {.threads = r->opts->jobs ? (uint32_t)r->opts->jobs
                                                           : processors(JOBS_MOST),
                                  .memory_bytes = r->opts->memory,
                                  .relaxed = r->opts->durability == DURABILITY_BATCH};
    if (clus_writer_open(r->index, &writer, &r->writer, &err) < 0)
        return fail("index", r->call->index, &err);
    return EXIT_FOUND;
}

static bool read_file(struct run *r, const struct input_file *file,
                      const struct input_sink *sink)
{
    char *real = file->in_folder && !r->opts->no_store ? realpath(file->path, NULL) : NULL;
    r->file_path = str_of(real);
    bool more = input_read_file(file, r->opts->id_prefix, sink);
    r->file_path = (clus_str){NULL, 0};
    free(real);
    r->files_before += file->size;
    return more;
}

static void read_all(struct run *r, const struct input_files *files, bool from_stdin)
{
    struct input_sink sink = {on_document, on_problem, r, index_is_interrupted,
                              on_progress};
    bool more = true;
    for (size_t i = 0; more && i < files->n; i++)
        more = !index_is_interrupted() && read_file(r, &files->files[i], &sink);
    if (more && from_stdin)
        (void)input_read_stdin(r->opts->id_prefix, &sink);
    bool usable = r->status == EXIT_FOUND || r->status == EXIT_SKIPPED;
    if (usable && (r->pending || r->totals.commits == 0)) {
        progress_show(&r->progress, r->documents, r->files_before, "committing");
        (void)commit(r);
    }
    if (r->status == EXIT_FOUND && r->opts->delete_missing && !index_is_interrupted()) {
        r->status = index_delete_missing(r->call, r->index, r->writer);
        if (r->status == EXIT_FOUND)
            (void)commit(r);
    }
}

/* Free, and close: that is what ends an unsafe build. */
static void close_all(struct run *r)
{
    clus_error err;
    clus_writer_free(r->writer);
    if (r->index && clus_index_close(r->index, &err) < 0 && r->status == EXIT_FOUND)
        r->status = fail("index", r->call->index, &err);
    mem_free(r->fields.fields);
}

/* Each run of documents takes as much memory as the one before. It stays with the process,
 * since to give it back and to have it mapped and cleared anew takes a twentieth of a load.
 */
static void keep_memory(void)
{
#ifdef __GLIBC__
    (void)mallopt(M_TRIM_THRESHOLD, INT_MAX);
    (void)mallopt(M_MMAP_THRESHOLD, INT_MAX);
    (void)mallopt(M_TOP_PAD, MEMORY_STEP);
#endif
}

int index_run(const struct call *call, const struct index_options *opts,
              const struct input_files *files, bool from_stdin)
{
    struct run r = {.call = call, .opts = opts};
    double started = seconds_now();
    keep_memory();
    r.status = open_or_create(&r);
    if (r.status == EXIT_FOUND)
        r.status = open_writer(&r);
    bool opened = r.status == EXIT_FOUND;
    if (opened) {
        progress_start(&r.progress, !opts->quiet, from_stdin ? 0 : files->bytes);
        read_all(&r, files, from_stdin);
        progress_clear(&r.progress);
    }
    close_all(&r);
    r.totals.seconds = seconds_now() - started;
    int told = opened ? index_report(&r.totals, opts) : EXIT_FOUND;
    if (opened && index_is_interrupted()) {
        say("index: interrupted; what is counted above is committed, run the same command "
            "again for the rest");
        return r.status == EXIT_FOUND ? EXIT_INTERRUPTED : r.status;
    }
    return r.status == EXIT_FOUND ? told : r.status;
}
