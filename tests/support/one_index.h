/* An index of a few documents and a view of it, for tests that only search. */
#ifndef CLUS_TESTS_ONE_INDEX_H
#define CLUS_TESTS_ONE_INDEX_H

#include <stdlib.h>
#include <string.h>

#include <clustersearch/clustersearch.h>

#include "scratch.h"

struct one_index {
    char folder[PATH_MAX], path[PATH_MAX + 16];
    clus_index *index;
    clus_snapshot *snap;
};

static inline clus_str str(const char *s)
{
    return (clus_str){s, strlen(s)};
}

static inline int one_index_open(void **state, void (*add_documents)(clus_writer *))
{
    struct one_index *f = calloc(1, sizeof *f);
    assert_non_null(f);
    (void)scratch_make(f->folder);
    assert_true(snprintf(f->path, sizeof f->path, "%s/index", f->folder) > 0);
    clus_error err = {0};
    clus_writer *writer;
    if (clus_index_create(f->path, NULL, &f->index, &err) != CLUS_OK)
        fail_msg("%s", err.message);
    assert_int_equal(clus_writer_open(f->index, NULL, &writer, &err), CLUS_OK);
    add_documents(writer);
    assert_int_equal(clus_writer_commit(writer, NULL, &err), CLUS_OK);
    clus_writer_free(writer);
    assert_int_equal(clus_snapshot_open(f->index, &f->snap, &err), CLUS_OK);
    *state = f;
    return 0;
}

static inline int one_index_close(void **state)
{
    struct one_index *f = *state;
    clus_snapshot_free(f->snap);
    assert_int_equal(clus_index_close(f->index, NULL), CLUS_OK);
    scratch_remove(f->folder);
    free(f);
    return 0;
}

#endif
