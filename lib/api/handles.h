/*
 * What the public handles of an index hold, for the files of this folder only.
 */
#ifndef CLUS_API_HANDLES_H
#define CLUS_API_HANDLES_H

#include <clustersearch/index.h>

#include "index/index.h"
#include "index/view.h"
#include "search/search.h"

struct clus_index {
    struct index *index;
};

struct clus_snapshot {
    clus_index *parent;
    struct view *view;
    struct searcher *searcher; /* made by the first search */
};

#endif
