/*
 * What the public handles of an index hold, for the files of this folder only.
 */
#ifndef CLUS_API_HANDLES_H
#define CLUS_API_HANDLES_H

#include <clustersearch/glossary.h>
#include <clustersearch/index.h>

#include "index/index.h"
#include "index/view.h"
#include "search/searchers.h"

struct clus_index {
    struct index *index;
    struct searcher_pool searchers;
};

struct clus_snapshot {
    clus_index *parent;
    struct view *view;
    struct searcher *searcher; /* taken by the first search */
};

/* Take a searcher for a snapshot that has none yet. */
CLUS_MUST_CHECK clus_status clus__snapshot_searcher(clus_snapshot *snap, clus_error *err);
/* CLUS_E_ANALYZER for a glossary, NULL for none, of other text rules than the index. */
CLUS_MUST_CHECK clus_status clus__check_glossary(const clus_snapshot *snap,
                                                 const clus_glossary *glossary,
                                                 clus_error *err);

#endif
