/* Suggestions for a text that is being typed. */
#include <clustersearch/suggest.h>

#include "api/handles.h"
#include "base/alloc.h"
#include "base/error.h"
#include "search/suggest.h"

enum { DEFAULT_LIMIT = 10, MAX_LIMIT = 1000, MAX_TEXT = 65536 };

struct clus_suggestions {
    struct suggested found;
    size_t next;
};

clus_status clus_suggest(clus_snapshot *snap, clus_str text, uint32_t limit,
                         clus_suggestions **out, clus_error *err)
{
    if (!snap || !out || (!text.data && text.len > 0))
        return clus__fail(err, CLUS_E_ARGUMENT,
                          "no snapshot, text or place for suggestions");
    if (limit > MAX_LIMIT || text.len > MAX_TEXT)
        return clus__fail(err, CLUS_E_ARGUMENT, "over %d suggestions or %d bytes of text",
                          (int)MAX_LIMIT, (int)MAX_TEXT);
    clus_status st = clus__snapshot_searcher(snap, err);
    if (st != CLUS_OK)
        return st;
    clus_suggestions *s = clus__calloc(1, sizeof *s);
    if (!s)
        return clus__explain(err, CLUS_E_NOMEM, "suggestions");
    st = clus__suggest(snap->searcher, snap->view, clus__bytes_of_str(text),
                       limit ? limit : DEFAULT_LIMIT, &s->found, err);
    if (st != CLUS_OK) {
        clus__free(s);
        return st;
    }
    *out = s;
    return CLUS_OK;
}

clus_status clus_suggestions_next(clus_suggestions *suggestions, clus_suggestion *out)
{
    if (suggestions->next >= suggestions->found.n)
        return CLUS_DONE;
    const struct suggestion *s = &suggestions->found.items[suggestions->next++];
    *out = (clus_suggestion){.text = clus__str_of_bytes(s->text),
                             .word = clus__str_of_bytes(s->word),
                             .documents = s->df,
                             .kind = s->kind};
    return CLUS_OK;
}

void clus_suggestions_free(clus_suggestions *suggestions)
{
    if (!suggestions)
        return;
    clus__suggested_done(&suggestions->found);
    clus__free(suggestions);
}
