/*
 * What parsing did not understand or follow, gathered in the order it was noticed.
 */
#ifndef CLUS_QUERY_COMPLAINT_H
#define CLUS_QUERY_COMPLAINT_H

#include "query/ast.h"

enum { MAX_COMPLAINTS = 100 }; /* the last one tells that there are more */

struct complaint {
    struct query_warning warning;
    clus_status status; /* CLUS_E_SYNTAX or CLUS_E_LIMIT: what strict parsing returns */
};

struct complaints {
    struct complaint *items; /* room for MAX_COMPLAINTS, the parser's */
    size_t n;
};

/* `message` is a static string. */
void clus__complain(struct complaints *list, clus_status status, size_t offset,
                    size_t length, const char *message);

/* Make them the query's warnings, by offset; if `strict`, the first one is an error. */
CLUS_MUST_CHECK clus_status clus__complaints_keep(struct clus_query *q,
                                                  struct complaints *list, bool strict,
                                                  clus_error *err);

#endif
