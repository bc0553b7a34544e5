/* Figures of a view. */
#ifndef CLUS_INDEX_STATS_H
#define CLUS_INDEX_STATS_H

#include "index/view.h"

CLUS_MUST_CHECK clus_status clus__view_stats(struct view *view, clus_stats *out,
                                             clus_error *err);

#endif
