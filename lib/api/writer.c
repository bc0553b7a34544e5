/* The public writer. */
#include <clustersearch/writer.h>

#include "api/handles.h"
#include "base/alloc.h"
#include "base/error.h"
#include "index/record.h"
#include "index/writer.h"

struct clus_writer {
    struct writer *writer;
};

clus_status clus_writer_open(clus_index *index, const clus_writer_options *opts,
                             clus_writer **out, clus_error *err)
{
    static const clus_writer_options defaults;
    if (!opts)
        opts = &defaults;
    const uint64_t *r = opts->reserved;
    if (!index || !out || (r[0] | r[1] | r[2] | r[3]) != 0)
        return clus__fail(err, CLUS_E_ARGUMENT, "starting to write: impossible arguments");
    clus_writer *handle = clus__calloc(1, sizeof *handle);
    if (!handle)
        return clus__explain(err, CLUS_E_NOMEM, "starting to write");
    clus_status st = clus__writer_open(index->index, opts, &handle->writer, err);
    if (st != CLUS_OK) {
        clus__free(handle);
        return st;
    }
    *out = handle;
    return CLUS_OK;
}

static bool is_there(clus_str s)
{
    return s.data || s.len == 0;
}

/* No text, tag or field has a length and no bytes. Lists that are too long are refused
 * later, unread. */
static bool all_is_there(const clus_document *doc)
{
    const clus_str parts[] = {doc->id,   doc->title, doc->text,   doc->extra,
                              doc->lang, doc->date,  doc->source, doc->url};
    bool there = (doc->tags || doc->n_tags == 0) && (doc->fields || doc->n_fields == 0);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        there &= is_there(parts[i]);
    if (doc->n_tags > RECORD_MAX_LIST || doc->n_fields > RECORD_MAX_LIST)
        return there;
    for (size_t i = 0; there && i < doc->n_tags; i++)
        there = is_there(doc->tags[i]);
    for (size_t i = 0; there && i < doc->n_fields; i++)
        there = is_there(doc->fields[i].name) && is_there(doc->fields[i].value);
    return there;
}

clus_status clus_writer_add(clus_writer *writer, const clus_document *doc, clus_error *err)
{
    if (!writer || !doc || !all_is_there(doc))
        return clus__fail(err, CLUS_E_ARGUMENT, "adding a document: impossible arguments");
    return clus__writer_add(writer->writer, doc, err);
}

clus_status clus_writer_delete(clus_writer *writer, clus_str id, bool *found,
                               clus_error *err)
{
    if (!writer || !is_there(id))
        return clus__fail(err, CLUS_E_ARGUMENT, "deleting: impossible arguments");
    return clus__writer_delete(writer->writer, id, found, err);
}

clus_status clus_writer_commit(clus_writer *writer, clus_commit_info *info, clus_error *err)
{
    return writer ? clus__writer_commit(writer->writer, info, err)
                  : clus__fail(err, CLUS_E_ARGUMENT, "committing: no writer");
}

clus_status clus_writer_rollback(clus_writer *writer, clus_error *err)
{
    return writer ? clus__writer_rollback(writer->writer, err)
                  : clus__fail(err, CLUS_E_ARGUMENT, "rolling back: no writer");
}

clus_status clus_writer_compact(clus_writer *writer, clus_error *err)
{
    return writer ? clus__writer_compact(writer->writer, err)
                  : clus__fail(err, CLUS_E_ARGUMENT, "compacting: no writer");
}

clus_status clus_writer_reorder(clus_writer *writer, clus_error *err)
{
    return writer ? clus__writer_reorder(writer->writer, err)
                  : clus__fail(err, CLUS_E_ARGUMENT, "reordering: no writer");
}

void clus_writer_free(clus_writer *writer)
{
    if (!writer)
        return;
    clus__writer_free(writer->writer);
    clus__free(writer);
}
