/* Scores taken apart. */
#include <clustersearch/explain.h>

#include "api/handles.h"
#include "base/alloc.h"
#include "base/error.h"
#include "search/search.h"

struct clus_explanation {
    clus_snapshot *snap;
    struct account account;
    size_t next;
};

clus_status clus_explain(clus_snapshot *snap, const clus_query *query,
                         const clus_search_options *opts, clus_explanation **out,
                         clus_error *err)
{
    static const clus_search_options defaults;
    if (!snap || !query || !out)
        return clus__fail(err, CLUS_E_ARGUMENT,
                          "no snapshot, query or place for an explanation");
    clus_status st = clus__check_glossary(snap, opts ? opts->glossary : NULL, err);
    if (st == CLUS_OK)
        st = clus__snapshot_searcher(snap, err);
    if (st != CLUS_OK)
        return st;
    clus_explanation *e = clus__calloc(1, sizeof *e);
    if (!e)
        return clus__explain(err, CLUS_E_NOMEM, "an explanation");
    e->snap = snap;
    st = clus__account_plan(snap->searcher, snap->view, query, opts ? opts : &defaults,
                            &e->account, err);
    if (st != CLUS_OK) {
        clus__free(e);
        return st;
    }
    *out = e;
    return CLUS_OK;
}

clus_status clus_explanation_of(clus_explanation *explanation, clus_str id, clus_error *err)
{
    uint32_t segment, doc;
    if (!explanation || (!id.data && id.len > 0))
        return clus__fail(err, CLUS_E_ARGUMENT, "no id to explain");
    explanation->next = explanation->account.n = 0;
    clus_status st = clus__view_find(explanation->snap->view, id, &segment, &doc);
    if (st != CLUS_OK)
        return st == CLUS_DONE ? st : clus__explain(err, st, "looking for a document");
    return clus__account_document(explanation->snap->searcher, &explanation->account,
                                  segment, doc, err);
}

clus_status clus_explanation_next(clus_explanation *explanation, clus_explained *out)
{
    const struct account *account = &explanation->account;
    if (explanation->next >= account->n)
        return CLUS_DONE;
    const struct account_part *part = &account->parts[explanation->next++];
    *out = (clus_explained){.depth = part->depth,
                            .score = part->score,
                            .partial = account->partial,
                            .what = clus__str_of_bytes(part->what)};
    return CLUS_OK;
}

void clus_explanation_free(clus_explanation *explanation)
{
    if (!explanation)
        return;
    clus__account_done(&explanation->account);
    clus__free(explanation);
}
