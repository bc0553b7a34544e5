/* Public entry points for queries. */
#include <clustersearch/query.h>

#include "base/error.h"
#include "query/parse.h"

static clus_status check(clus_str text, const clus_parse_options *opts, clus_query **out,
                         clus_error *err)
{
    if (!out || (!text.data && text.len > 0))
        return clus__fail(err, CLUS_E_ARGUMENT, "query or output is NULL");
    if (!opts)
        return CLUS_OK;
    if ((unsigned)opts->op > CLUS_OP_OR)
        return clus__fail(err, CLUS_E_ARGUMENT, "unknown way to combine words: %d",
                          (int)opts->op);
    if (opts->expand &
        ~(uint32_t)(CLUS_EXPAND_DEFAULT | CLUS_EXPAND_DICTIONARY | CLUS_EXPAND_NONE))
        return clus__fail(err, CLUS_E_ARGUMENT, "unknown bit of expand: %#x", opts->expand);
    for (size_t i = 0; i < sizeof opts->reserved / sizeof *opts->reserved; i++)
        if (opts->reserved[i])
            return clus__fail(err, CLUS_E_ARGUMENT,
                              "a reserved member of the options is not zero");
    if (opts->n_fields > 0 && !opts->fields)
        return clus__fail(err, CLUS_E_ARGUMENT, "fields is NULL");
    for (size_t i = 0; i < opts->n_fields; i++)
        if (!opts->fields[i])
            return clus__fail(err, CLUS_E_ARGUMENT, "name %zu of fields is NULL", i);
    return CLUS_OK;
}

clus_status clus_query_parse(clus_str text, const clus_parse_options *opts,
                             clus_query **out, clus_error *err)
{
    clus_status st = check(text, opts, out, err);
    if (st != CLUS_OK)
        return st;
    struct arena arena = {0};
    struct clus_query *q = clus__arena_alloc(&arena, 1, sizeof *q); /* itself in it */
    if (!q)
        return clus__explain(err, CLUS_E_NOMEM, "query");
    q->arena = arena;
    st = clus__query_parse(clus__bytes_of_str(text), opts, q, err);
    if (st != CLUS_OK) {
        clus_query_free(q);
        return st;
    }
    *out = q;
    return CLUS_OK;
}

size_t clus_query_warning_count(const clus_query *query)
{
    return query->n_warnings;
}

clus_status clus_query_warning(const clus_query *query, size_t i, clus_warning *out)
{
    if (i >= query->n_warnings)
        return CLUS_DONE;
    const struct query_warning *w = &query->warnings[i];
    *out = (clus_warning){.offset = w->offset,
                          .length = w->length,
                          .message = {w->message, strlen(w->message)}};
    return CLUS_OK;
}

const char *clus_query_text(const clus_query *query)
{
    return clus__query_text(query);
}

void clus_query_free(clus_query *query)
{
    if (query)
        clus__query_done(query);
}
