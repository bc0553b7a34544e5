/*
 * Expressions for dates, in UTC, as in `date:2024-05..`.
 *
 *     expr  := bound | [bound] ".." [bound] | (">=" | ">" | "<=" | "<") bound
 *     bound := YYYY | YYYY-MM | YYYY-MM-DD | DD.MM.YYYY | N("d" | "w" | "m" | "y")
 *            | today | сегодня | бүгін | yesterday | вчера | кеше
 *
 * A bound names a whole year, month or day. `7d` by itself means from the day seven days
 * ago until the end of today; as one end of a range it means that one day. A month or
 * year before the 31st or 29 February means the last day of a shorter month.
 */
#ifndef CLUS_QUERY_DATE_H
#define CLUS_QUERY_DATE_H

#include "query/ast.h"

/* The seconds from *from to *to, both included, that an expression means; INT64_MIN and
 * INT64_MAX for open ends. *from > *to: nothing. CLUS_E_SYNTAX if it is none. */
CLUS_MUST_CHECK clus_status clus__date_range(struct bytes text, int64_t now, int64_t *from,
                                             int64_t *to);

/* The first and last second of what one bound names. CLUS_E_SYNTAX if it is none. */
CLUS_MUST_CHECK clus_status clus__date_bound(struct bytes text, int64_t now, int64_t *first,
                                             int64_t *last);

/* The same for a leaf of a query whose field is `date`: AST_WORD, AST_PHRASE, AST_RANGE. */
CLUS_MUST_CHECK clus_status clus__date_of_node(const struct ast_node *node, int64_t now,
                                               int64_t *from, int64_t *to);

#endif
