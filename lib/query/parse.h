/*
 * Query text to a tree. The grammar is in the manual of the query language; leaves and
 * operators come from query/scan.h, this layer puts them together.
 */
#ifndef CLUS_QUERY_PARSE_H
#define CLUS_QUERY_PARSE_H

#include "query/ast.h"

/* Fill *q, which is zeroed. On failure *q is to be given to clus__query_done() too.
 * CLUS_E_NOMEM; when strict also CLUS_E_SYNTAX, CLUS_E_LIMIT. */
CLUS_MUST_CHECK clus_status clus__query_parse(struct bytes text,
                                              const clus_parse_options *opts,
                                              struct clus_query *q, clus_error *err);
void clus__query_done(struct clus_query *q);

/* parse.c: the tree and warnings of q->source, of a text that was `left_out` bytes longer.
 */
CLUS_MUST_CHECK clus_status clus__query_read_tree(struct clus_query *q,
                                                  const clus_parse_options *opts,
                                                  size_t left_out, clus_error *err);

/* print.c: what printing the query later needs, the caller's names and a place for the
 * text. */
CLUS_MUST_CHECK clus_status clus__query_keep_fields(struct clus_query *q,
                                                    const clus_parse_options *opts);

/* The query as it was understood, made when it is first asked for, in whatever thread, and
 * kept. NULL for no memory. */
const char *clus__query_text(const struct clus_query *q);

#endif
