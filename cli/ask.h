/* Put one query to an index; shared by query, eval and bench. */
#ifndef CSEARCH_ASK_H
#define CSEARCH_ASK_H

#include <clustersearch/clustersearch.h>

#include "mem.h"

/* How words combine where nobody said. The one place to change it. */
#define ASK_DEFAULT_OP CLUS_OP_AUTO

extern const char *const op_names[]; /* in the order of clus_op, NULL at the end */

struct ask {
    clus_parse_options parse;
    clus_search_options search;
};

struct reply {
    clus_query *query;
    clus_results *results;
    clus_result_info info;
};

/* --rank: "name=value,…" over parameters of ranking, NULL for none. */
int ask_ranking(const char *verb, const char *list, clus_ranking *ranking);

/* On failure *out is empty. */
CLUS_MUST_CHECK clus_status ask(clus_snapshot *snap, const struct ask *how, clus_str text,
                                struct reply *out, clus_error *err);
void reply_done(struct reply *reply);

/* Show a query that cannot be parsed: the part about err->offset, a caret under the place.
 */
void say_query_error(const char *verb, clus_str query, const clus_error *err);

/* A file of lines "id TAB query", or without ids. */
struct topic {
    char *id; /* NULL: none */
    char *query;
    size_t query_len;
};
struct topics {
    struct topic *topics;
    size_t n, cap;
};
/* EXIT_FOUND, or EXIT_USAGE after a message. */
int topics_read(struct topics *topics, const char *verb, const char *path, bool with_ids);
void topics_done(struct topics *topics);

uint64_t clock_ns(int clock); /* CLOCK_MONOTONIC, CLOCK_THREAD_CPUTIME_ID */

#endif
