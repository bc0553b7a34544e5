/* Walk the hits of an answer; the formats that are a line a hit. */
#include "query_out.h"

#include <string.h>

static void free_parts(struct shown_hit *hit)
{
    clus_stored_free(hit->stored);
    hit->stored = NULL;
}

clus_status shown_next(const struct answer *a, struct shown_hit *hit, bool with_document,
                       bool with_snippet, clus_error *err)
{
    static const clus_document nothing = {.id = {NULL, 0}};
    clus_results *results = a->reply->results;
    clus_hit found;
    free_parts(hit);
    hit->doc = &nothing;
    hit->snippet = (clus_snippet){.text = {NULL, 0}};
    hit->id.len = 0;
    clus_status st = clus_results_next(results, &found, err);
    if (st != CLUS_OK)
        return st;
    text_add_str(&hit->id, found.id); /* further calls may reuse its bytes */
    hit->score = found.score;
    hit->rank = found.rank;
    hit->partial = found.partial;
    if (with_document) {
        st = clus_results_document(results, &hit->stored, err);
        if (st < 0)
            return st;
        hit->doc = clus_stored_view(hit->stored);
    }
    if (with_snippet)
        st = clus_results_snippet(results, (uint32_t)a->opts->snippet, &hit->snippet, err);
    if (st == CLUS_OK && a->explanation)
        st = clus_explanation_of(a->explanation, text_view(&hit->id), err);
    return st;
}

void shown_done(struct shown_hit *hit)
{
    free_parts(hit);
    text_done(&hit->id);
}

static void end_record(const struct answer *a)
{
    text_byte(&a->out->text, a->opts->nul ? '\0' : '\n');
    out_maybe_flush(a->out);
}

/* Scores never rise from rank to rank: scorers sort by them, and hits that match only some
 * of the words stand below full matches whatever they score. */
static clus_status write_trec(const struct answer *a, clus_error *err)
{
    struct shown_hit hit = {.doc = NULL};
    const char *tag = a->opts->run_tag ? a->opts->run_tag : "csearch";
    float lowest = 0;
    clus_status st;
    while ((st = shown_next(a, &hit, false, false, err)) == CLUS_OK) {
        struct text *t = &a->out->text;
        lowest = hit.rank == a->opts->offset + 1 || hit.score < lowest ? hit.score : lowest;
        text_column(t, str_of(a->qid ? a->qid : "1"));
        text_str(t, " Q0 ");
        text_column(t, text_view(&hit.id));
        text_printf(t, " %u %.6f ", hit.rank, (double)lowest);
        text_column(t, str_of(tag));
        end_record(a);
    }
    shown_done(&hit);
    return st;
}

static clus_status write_ids(const struct answer *a, clus_error *err)
{
    struct shown_hit hit = {.doc = NULL};
    clus_status st;
    while ((st = shown_next(a, &hit, false, false, err)) == CLUS_OK) {
        if (a->qid)
            text_printf(&a->out->text, "%s\t", a->qid);
        text_add_str(&a->out->text, text_view(&hit.id));
        end_record(a);
    }
    shown_done(&hit);
    return st;
}

clus_status answer_write(const struct answer *a, clus_error *err)
{
    clus_status st = CLUS_OK;
    switch ((enum query_format)a->opts->format) {
    case QUERY_TEXT: st = answer_write_text(a, err); break;
    case QUERY_JSON: st = answer_write_json(a, err); break;
    case QUERY_JSONL: st = answer_write_jsonl(a, err); break;
    case QUERY_TSV:
    case QUERY_CSV: st = answer_write_table(a, err); break;
    case QUERY_TREC: st = write_trec(a, err); break;
    case QUERY_IDS: st = write_ids(a, err); break;
    }
    out_maybe_flush(a->out);
    return st == CLUS_DONE ? CLUS_OK : st;
}
