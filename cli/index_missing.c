/*
 * Find documents whose file is gone: all documents of the index are listed by a query that
 * excludes nothing, and the file that each remembers is looked for.
 */
#include "index_missing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "out.h"

enum { PAGE = 100000, DEEPEST = 1000000 };

/* A word that stands in no document: all documents are "not this word". */
static const char all_documents[] = "-qzxjwvqkzxqjwvkqzx";

struct missing {
    const struct call *call;
    clus_snapshot *snap;
    char **roots; /* real paths of the folders named */
    size_t n_roots;
    char **gone; /* ids to delete, NUL-terminated copies */
    size_t *gone_len;
    size_t n_gone, cap_gone, cap_len;
    bool unstored; /* documents that remember nothing */
};

static bool is_below_root(const struct missing *m, const char *path)
{
    for (size_t i = 0; i < m->n_roots; i++) {
        size_t len = strlen(m->roots[i]);
        if (strncmp(path, m->roots[i], len) == 0 &&
            (path[len] == '/' || path[len - 1] == '/'))
            return true;
    }
    return false;
}

/* Only a file that is certainly not there: one that cannot be looked at, as below a folder
 * that may not be entered, may well be. */
static bool is_absent(const char *path)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return errno == ENOENT || errno == ENOTDIR;
    return S_ISDIR(info.st_mode);
}

/* The last field of that name is the one that indexing added. */
static bool is_gone(const struct missing *m, const clus_document *doc)
{
    for (size_t i = doc->n_fields; i-- > 0;) {
        if (!str_is(doc->fields[i].name, INDEX_FILE_FIELD))
            continue;
        char *path = mem_strndup(doc->fields[i].value.data, doc->fields[i].value.len);
        bool gone = is_below_root(m, path) && is_absent(path);
        mem_free(path);
        return gone;
    }
    return false;
}

static void note_gone(struct missing *m, clus_str id)
{
    mem_grow(&m->gone, &m->cap_gone, m->n_gone + 1, sizeof *m->gone);
    mem_grow(&m->gone_len, &m->cap_len, m->n_gone + 1, sizeof *m->gone_len);
    m->gone_len[m->n_gone] = id.len;
    m->gone[m->n_gone++] = mem_strndup(id.data, id.len);
}

/* What is stored has a text or a title, at least one of them. */
static void look_at(struct missing *m, clus_str id, const clus_document *doc)
{
    m->unstored |= doc->text.len == 0 && doc->title.len == 0;
    if (is_gone(m, doc))
        note_gone(m, id);
}

/* Look at the documents [offset, offset + PAGE). *seen: how many there were. */
static clus_status scan_page(struct missing *m, const clus_query *query, uint32_t offset,
                             uint32_t *seen, clus_error *err)
{
    clus_search_options opts = {.limit = PAGE, .offset = offset};
    clus_results *results = NULL;
    clus_hit hit;
    *seen = 0;
    clus_status st = clus_search(m->snap, query, &opts, &results, err);
    while (st == CLUS_OK && (st = clus_results_next(results, &hit, err)) == CLUS_OK) {
        clus_stored *stored = NULL;
        st = clus_results_document(results, &stored, err);
        if (st == CLUS_OK)
            look_at(m, hit.id, clus_stored_view(stored));
        clus_stored_free(stored);
        ++*seen;
    }
    clus_results_free(results);
    return st == CLUS_DONE ? CLUS_OK : st;
}

static clus_status scan(struct missing *m, clus_error *err)
{
    clus_query *query = NULL;
    uint32_t seen = PAGE;
    clus_status st = clus_query_parse(STR(all_documents), NULL, &query, err);
    for (uint32_t offset = 0; st == CLUS_OK && seen == PAGE && offset <= DEEPEST;
         offset += PAGE)
        st = scan_page(m, query, offset, &seen, err);
    if (st == CLUS_OK && seen == PAGE)
        say("index: --delete-missing looked at the first %d documents only; run it again "
            "for the rest",
            DEEPEST + PAGE);
    clus_query_free(query);
    return st;
}

static void gather(struct missing *m)
{
    m->roots = mem_alloc(m->call->n_operands, sizeof *m->roots);
    for (size_t i = 0; i < m->call->n_operands; i++) {
        char *real = realpath(m->call->operands[i], NULL);
        if (real)
            m->roots[m->n_roots++] = real;
    }
}

static void release(struct missing *m)
{
    for (size_t i = 0; i < m->n_roots; i++)
        free(m->roots[i]);
    for (size_t i = 0; i < m->n_gone; i++)
        mem_free(m->gone[i]);
    mem_free(m->roots);
    mem_free(m->gone);
    mem_free(m->gone_len);
    clus_snapshot_free(m->snap);
}

int index_delete_missing(const struct call *call, clus_index *index, clus_writer *writer)
{
    struct missing m = {.call = call};
    clus_error err;
    clus_status st = clus_snapshot_open(index, &m.snap, &err);
    if (st == CLUS_OK) {
        gather(&m);
        st = scan(&m, &err);
    }
    for (size_t i = 0; st == CLUS_OK && i < m.n_gone; i++)
        st = clus_writer_delete(writer, (clus_str){m.gone[i], m.gone_len[i]}, NULL, &err);
    release(&m);
    if (st == CLUS_OK && m.unstored)
        return usage("index: --delete-missing finds nothing in '%s': it was made with "
                     "--no-store, so documents do not remember their files",
                     call->index);
    return st < 0 ? fail("index", call->index, &err) : EXIT_FOUND;
}
