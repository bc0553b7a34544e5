/* The list of verbs, and those that this version knows by name only. */
#include "verbs.h"

#include <string.h>

#include "out.h"

static const struct option none[] = {{.kind = OPTION_END}};

static const struct verb verb_similar = {.name = "similar",
                                         .operands = "ID",
                                         .summary = "documents like this one",
                                         .options = none};
static const struct verb verb_facets = {.name = "facets",
                                        .operands = "FIELD [QUERY]",
                                        .summary = "counts by value of a field",
                                        .options = none};
static const struct verb verb_backup = {.name = "backup",
                                        .operands = "DEST",
                                        .summary = "a consistent copy of the index",
                                        .options = none};
static const struct verb verb_restore = {.name = "restore",
                                         .operands = "SRC",
                                         .summary = "an index from a backup",
                                         .options = none};
static const struct verb verb_export = {.name = "export",
                                        .operands = "--to FORMAT",
                                        .summary = "documents and tokens for other engines",
                                        .options = none};

const struct verb *const all_verbs[] = {
    &verb_index,   &verb_delete,  &verb_query,   &verb_get,    &verb_suggest,
    &verb_explain, &verb_terms,   &verb_analyze, &verb_stats,  &verb_check,
    &verb_compact, &verb_eval,    &verb_bench,   &verb_help,   &verb_completions,
    &verb_version, &verb_similar, &verb_facets,  &verb_backup, &verb_restore,
    &verb_export,  NULL};

const struct verb *verb_find(const char *name)
{
    for (const struct verb *const *v = all_verbs; *v; v++)
        if (strcmp((*v)->name, name) == 0 ||
            ((*v)->alias && strcmp((*v)->alias, name) == 0))
            return *v;
    return NULL;
}

int verb_unknown(const char *name)
{
    struct nearest best = {0};
    for (const struct verb *const *v = all_verbs; *v; v++)
        nearest_try(&best, name, (*v)->name);
    if (best.name)
        return usage("there is no verb '%s'; did you mean '%s'?", name, best.name);
    return usage("there is no verb '%s'; 'csearch help' lists them", name);
}
