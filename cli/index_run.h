/* The work of `csearch index`: from files to commits. */
#ifndef CSEARCH_INDEX_RUN_H
#define CSEARCH_INDEX_RUN_H

#include "input.h"
#include "options.h"

enum { DURABILITY_COMMIT, DURABILITY_BATCH, DURABILITY_NONE };

struct index_options {
    uint64_t jobs, batch_mb, memory;
    bool no_positions, no_store, follow, delete_missing, strict, quiet, json;
    int analyzer, durability;
    const char *id_prefix;
};

/* Counts of a run. */
struct index_totals {
    uint64_t added, replaced, deleted, text_bytes, invalid_utf8, bad_dates, commits;
    uint64_t skipped[SKIP_KINDS], refused; /* refused by the library */
    double seconds;
};

extern const char *const index_analyzer_names[];

int index_run(const struct call *call, const struct index_options *opts,
              const struct input_files *files, bool from_stdin);

/* Whether a signal asked to end. */
bool index_is_interrupted(void);

/* One line on the terminal: documents, MB/s, time left. */
struct progress {
    bool shown; /* standard error is a terminal */
    double started, last;
    uint64_t total_bytes; /* 0: unknown */
    size_t columns;
};
void progress_start(struct progress *p, bool wanted, uint64_t total_bytes);
void progress_show(struct progress *p, uint64_t documents, uint64_t file_bytes,
                   const char *doing);
void progress_clear(struct progress *p);
double seconds_now(void);

/* The closing line. */
int index_report(const struct index_totals *totals, const struct index_options *opts);

/* Processors that there are, 1..most: threads for a writer. */
uint32_t processors(uint32_t most);

#endif
