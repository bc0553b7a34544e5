/* Public handles of an index and its views. */
#include "api/handles.h"

#include "base/alloc.h"
#include "base/error.h"
#include "index/check.h"
#include "index/stats.h"

static bool all_zero(const uint64_t reserved[4])
{
    return (reserved[0] | reserved[1] | reserved[2] | reserved[3]) == 0;
}

/* Wrap what was opened, or close it again. */
static clus_status wrap(struct index *index, clus_index **out, clus_error *err)
{
    clus_index *handle = clus__calloc(1, sizeof *handle);
    if (!handle || clus__searchers_init(&handle->searchers) != CLUS_OK) {
        clus__free(handle);
        (void)clus__index_close(index, NULL);
        return clus__explain(err, CLUS_E_NOMEM, "opening an index");
    }
    handle->index = index;
    *out = handle;
    return CLUS_OK;
}

clus_status clus_index_create(const char *path, const clus_create_options *opts,
                              clus_index **out, clus_error *err)
{
    static const clus_create_options defaults;
    struct index *index;
    if (!opts)
        opts = &defaults;
    if (!path || !out || !all_zero(opts->reserved))
        return clus__fail(err, CLUS_E_ARGUMENT, "creating an index: impossible arguments");
    clus_status st = clus__index_create(path, opts, &index, err);
    return st == CLUS_OK ? wrap(index, out, err) : st;
}

clus_status clus_index_open(const char *path, const clus_open_options *opts,
                            clus_index **out, clus_error *err)
{
    static const clus_open_options defaults;
    struct index *index;
    if (!opts)
        opts = &defaults;
    if (!path || !out || !all_zero(opts->reserved))
        return clus__fail(err, CLUS_E_ARGUMENT, "opening an index: impossible arguments");
    clus_status st = clus__index_open(path, opts, &index, err);
    return st == CLUS_OK ? wrap(index, out, err) : st;
}

clus_status clus_index_close(clus_index *index, clus_error *err)
{
    if (!index)
        return CLUS_OK;
    clus__searchers_done(&index->searchers);
    clus_status st = clus__index_close(index->index, err);
    clus__free(index);
    return st;
}

const clus_analyzer *clus_index_analyzer(const clus_index *index)
{
    return index->index->analyzer;
}

clus_status clus_index_fingerprint(const clus_index *index, const char **stored)
{
    if (stored)
        *stored = index->index->fingerprint;
    return index->index->same_rules ? CLUS_OK : CLUS_E_ANALYZER;
}

clus_status clus_snapshot_open(clus_index *index, clus_snapshot **out, clus_error *err)
{
    if (!index || !out)
        return clus__fail(err, CLUS_E_ARGUMENT, "no index or place for a view");
    clus_snapshot *snap = clus__calloc(1, sizeof *snap);
    if (!snap)
        return clus__explain(err, CLUS_E_NOMEM, "opening a view");
    snap->parent = index;
    clus_status st = clus__view_open(index->index, &snap->view, err);
    if (st != CLUS_OK) {
        clus__free(snap);
        return st;
    }
    *out = snap;
    return CLUS_OK;
}

void clus_snapshot_free(clus_snapshot *snap)
{
    if (!snap)
        return;
    clus__searchers_give(&snap->parent->searchers, snap->searcher);
    clus__view_free(snap->view);
    clus__free(snap);
}

clus_status clus_snapshot_get(clus_snapshot *snap, clus_str id, clus_stored **out,
                              clus_error *err)
{
    uint32_t segment, doc;
    if (!snap || !out || (!id.data && id.len > 0))
        return clus__fail(err, CLUS_E_ARGUMENT, "no view, id or place for a document");
    clus_status st = clus__view_find(snap->view, id, &segment, &doc);
    if (st != CLUS_OK)
        return clus__explain(err, st, "external ids");
    return clus__view_document(snap->view, segment, doc, out, err);
}

clus_status clus_snapshot_stats(clus_snapshot *snap, clus_stats *out, clus_error *err)
{
    return snap && out ? clus__view_stats(snap->view, out, err)
                       : clus__fail(err, CLUS_E_ARGUMENT, "no view or place for figures");
}

clus_status clus_index_check(clus_index *index, clus_check_fn *fn, void *ctx,
                             uint64_t *findings, clus_error *err)
{
    return index ? clus__index_check(index->index, fn, ctx, findings, err)
                 : clus__fail(err, CLUS_E_ARGUMENT, "no index to check");
}
