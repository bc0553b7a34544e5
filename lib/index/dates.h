/* Dates of documents: the ISO 8601 forms of clus_document::date as seconds since 1970. */
#ifndef CLUS_INDEX_DATES_H
#define CLUS_INDEX_DATES_H

#include <clustersearch/base.h>

/* `YYYY[-MM[-DD[THH:MM[:SS][Z|+hh:mm]]]]`; what is left out is the earliest; no zone means
 * UTC. False, with *seconds unchanged, for anything else. */
bool clus__date_parse(clus_str text, int64_t *seconds);

#endif
