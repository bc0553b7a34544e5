/* Searching, and walking what was found: ids, documents and passages are read when asked.
 */
#include <clustersearch/search.h>

#include "api/handles.h"
#include "base/alloc.h"
#include "base/error.h"
#include "search/search.h"
#include "snippet/snippet.h"
#include "text/glossary.h"

enum { DEFAULT_PASSAGE = 240, MIN_PASSAGE = 20, MAX_PASSAGE = 10000 };
enum { IDS_AT_ONCE = 12 };

/* Of the last snippet. */
struct passages {
    struct passage text, title;
};

struct clus_results {
    clus_snapshot *snap;
    struct search_found found;
    uint32_t offset, next;
    struct passages *passages;        /* made with the first snippet */
    struct id_place ids[IDS_AT_ONCE]; /* of the hits from a multiple of that on */
    uint8_t id[512];
};
_Static_assert(sizeof(clus_results) <= 1032, "what libc hands out again without work");

clus_status clus__snapshot_searcher(clus_snapshot *snap, clus_error *err)
{
    if (snap->searcher)
        return CLUS_OK;
    clus_status st = clus__searchers_take(
        &snap->parent->searchers, clus_index_analyzer(snap->parent), &snap->searcher);
    return clus__explain(err, st, "preparing to search");
}

clus_status clus__check_glossary(const clus_snapshot *snap, const clus_glossary *glossary,
                                 clus_error *err)
{
    const char *here = clus_analyzer_fingerprint(clus_index_analyzer(snap->parent));
    if (!glossary ||
        strcmp(clus_analyzer_fingerprint(clus__glossary_analyzer(glossary)), here) == 0)
        return CLUS_OK;
    return clus__fail(err, CLUS_E_ANALYZER,
                      "the glossary was made with other text rules than the index");
}

clus_status clus_search(clus_snapshot *snap, const clus_query *query,
                        const clus_search_options *opts, clus_results **out,
                        clus_error *err)
{
    static const clus_search_options defaults;
    if (!snap || !query || !out)
        return clus__fail(err, CLUS_E_ARGUMENT, "no snapshot, query or place for results");
    clus_status st = clus__check_glossary(snap, opts ? opts->glossary : NULL, err);
    if (st == CLUS_OK)
        st = clus__snapshot_searcher(snap, err);
    if (st != CLUS_OK)
        return st;
    clus_results *results = clus__malloc(sizeof *results);
    if (!results)
        return clus__fail(err, CLUS_E_NOMEM, "out of memory for results");
    results->snap = snap;
    results->found = (struct search_found){.n_hits = 0};
    results->offset = opts ? opts->offset : 0;
    results->next = 0;
    results->passages = NULL;
    st = clus__search(snap->searcher, snap->view, query, opts ? opts : &defaults,
                      &results->found, err);
    if (st != CLUS_OK) {
        clus__free(results);
        return st;
    }
    *out = results;
    return CLUS_OK;
}

void clus_results_info(const clus_results *results, clus_result_info *out)
{
    const struct search_found *f = &results->found;
    *out = (clus_result_info){.total = f->total,
                              .total_is_exact = f->total_is_exact,
                              .n_hits = f->n_hits,
                              .n_warnings = f->plan.n_warnings,
                              .n_expanded = f->plan.n_expansions};
}

clus_status clus_results_warning(const clus_results *results, size_t i, clus_warning *out)
{
    if (i >= results->found.plan.n_warnings)
        return CLUS_DONE;
    const struct plan_warning *w = &results->found.plan.warnings[i];
    *out = (clus_warning){
        .offset = w->offset,
        .length = w->length,
        .message = {w->message, strlen(w->message)},
    };
    return CLUS_OK;
}

clus_status clus_results_expansion(const clus_results *results, size_t i,
                                   clus_expansion *out)
{
    if (i >= results->found.plan.n_expansions)
        return CLUS_DONE;
    const struct plan_expansion *e = &results->found.plan.expansions[i];
    *out = (clus_expansion){.word = clus__str_of_bytes(e->word),
                            .reading = clus__str_of_bytes(e->reading),
                            .kind = e->kind,
                            .weight = e->weight};
    return CLUS_OK;
}

clus_status clus_results_suggestion(const clus_results *results, clus_str *out)
{
    struct bytes suggestion = results->found.plan.suggestion;
    if (suggestion.len == 0)
        return CLUS_DONE;
    *out = clus__str_of_bytes(suggestion);
    return CLUS_OK;
}

/* Where the ids of the next hits lie. */
static void find_ids(clus_results *results)
{
    const struct search_found *f = &results->found;
    const struct search_hit *hits = &f->hits[results->next];
    struct view *view = results->snap->view;
    uint32_t left = f->n_hits - results->next, n = left < IDS_AT_ONCE ? left : IDS_AT_ONCE;
    for (uint32_t i = 0; i < n; i++)
        clus__view_id_begin(view, hits[i].segment, hits[i].doc, &results->ids[i]);
    for (uint32_t i = 0; i < n; i++)
        clus__view_id_place(view, hits[i].segment, hits[i].doc, &results->ids[i]);
}

clus_status clus_results_next(clus_results *results, clus_hit *hit, clus_error *err)
{
    const struct search_found *f = &results->found;
    clus_str id;
    if (results->next >= f->n_hits)
        return CLUS_DONE;
    if (results->next % IDS_AT_ONCE == 0)
        find_ids(results);
    const struct search_hit *found = &f->hits[results->next];
    clus_status st =
        clus__view_id(results->snap->view, found->segment,
                      &results->ids[results->next % IDS_AT_ONCE], results->id, &id);
    if (st != CLUS_OK)
        return clus__explain(err, st, "id of a document");
    results->next++;
    *hit = (clus_hit){.id = id,
                      .score = found->score,
                      .rank = results->offset + results->next,
                      .partial = found->partial};
    return CLUS_OK;
}

clus_status clus_results_document(clus_results *results, clus_stored **out, clus_error *err)
{
    if (results->next == 0)
        return clus__fail(err, CLUS_E_ARGUMENT, "no hit was asked for yet");
    const struct search_hit *hit = &results->found.hits[results->next - 1];
    return clus__view_document(results->snap->view, hit->segment, hit->doc, out, err);
}

static clus_status choose_passage(clus_results *results, const clus_document *doc,
                                  uint32_t max_chars, clus_snippet *out)
{
    struct lexer *lexer = clus__searcher_lexer(results->snap->searcher);
    const struct plan *plan = &results->found.plan;
    if (!results->passages)
        results->passages = clus__calloc(1, sizeof *results->passages);
    if (!results->passages)
        return CLUS_E_NOMEM;
    struct passage *p = &results->passages->text, *title = &results->passages->title;
    clus_status st = clus__snippet_select(lexer, clus__bytes_of_str(doc->text), plan->marks,
                                          plan->n_marks, max_chars, p);
    if (st == CLUS_OK)
        st = clus__snippet_mark(lexer, clus__bytes_of_str(doc->title), plan->marks,
                                plan->n_marks, title);
    if (st != CLUS_OK)
        return st;
    *out = (clus_snippet){.text = clus__str_of_bytes(clus__buf_bytes(&p->text)),
                          .offset = p->offset,
                          .cut_before = p->cut_before,
                          .cut_after = p->cut_after,
                          .marks = p->marks,
                          .n_marks = p->n_marks,
                          .title_marks = title->marks,
                          .n_title_marks = title->n_marks};
    return CLUS_OK;
}

clus_status clus_results_snippet(clus_results *results, uint32_t max_chars,
                                 clus_snippet *out, clus_error *err)
{
    clus_stored *stored = NULL;
    if (max_chars != 0 && (max_chars < MIN_PASSAGE || max_chars > MAX_PASSAGE))
        return clus__fail(err, CLUS_E_ARGUMENT, "passage of %u characters, not %d..%d",
                          max_chars, (int)MIN_PASSAGE, (int)MAX_PASSAGE);
    clus_status st = clus_results_document(results, &stored, err);
    if (st != CLUS_OK)
        return st;
    st = choose_passage(results, clus_stored_view(stored),
                        max_chars ? max_chars : DEFAULT_PASSAGE, out);
    clus_stored_free(stored);
    return clus__explain(err, st, "choosing a passage");
}

void clus_results_free(clus_results *results)
{
    if (!results)
        return;
    if (results->passages) {
        clus__passage_done(&results->passages->text);
        clus__passage_done(&results->passages->title);
        clus__free(results->passages);
    }
    clus__search_found_done(&results->found);
    clus__free(results);
}
