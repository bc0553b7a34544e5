/*
 * The verbs of csearch. Each is described by a table in its own file; this is the list in
 * the order of the help.
 */
#ifndef CSEARCH_VERBS_H
#define CSEARCH_VERBS_H

#include "options.h"

extern const struct verb verb_index, verb_delete, verb_query, verb_get, verb_suggest,
    verb_terms, verb_explain, verb_analyze, verb_stats, verb_check, verb_compact, verb_eval,
    verb_bench, verb_completions, verb_help, verb_version;

extern const struct verb *const all_verbs[]; /* NULL at the end */

/* The verb of a name or alias, or NULL. */
const struct verb *verb_find(const char *name);

/* Tell that there is no such verb, with a guess at what was meant. EXIT_USAGE. */
int verb_unknown(const char *name);

/* Add the help of a verb; of the whole command when `verb` is NULL. */
void help_text(struct text *t, const struct verb *verb);

#endif
