/* An index that a verb reads: open it, freeze a view, close both. */
#ifndef CSEARCH_SESSION_H
#define CSEARCH_SESSION_H

#include <clustersearch/clustersearch.h>

#include "options.h"

struct session {
    clus_index *index;
    clus_snapshot *snap;
};

/* EXIT_FOUND, or the status to end with after a message. Warns when the text rules of this
 * csearch are not those of the index. */
int session_open(const struct call *call, struct session *s);
void session_close(struct session *s);

#endif
