/*
 * Answers as JSON, format_version 1: an object for the whole answer, or an object a hit
 * (jsonl). Highlights are [start, end) pairs in bytes of the UTF-8 string beside them and,
 * under "…_points", in code points.
 */
#include "explanation.h"
#include "query_out.h"
#include "utf8.h"

#include <string.h>

enum { FORMAT_VERSION = 1 };

static void add_pair(struct json *j, uint64_t start, uint64_t end)
{
    json_open(j, '[');
    json_uint(j, start);
    json_uint(j, end);
    json_close(j, ']');
}

/* Marks of `s` in both units. Marks are in order and do not overlap. */
static void add_marks(struct json *j, const char *name, clus_str s, const clus_span *marks,
                      size_t n)
{
    for (int points = 0; points < 2; points++) {
        struct place at = {0, 0};
        uint64_t byte = 0;
        struct text key = {0};
        text_printf(&key, "%s%s", name, points ? "_points" : "");
        json_key(j, text_z(&key));
        text_done(&key);
        json_open(j, '[');
        for (size_t i = 0; i < n; i++) {
            struct place start = place_advance(at, s, byte, marks[i].start);
            at = place_advance(start, s, marks[i].start, marks[i].end);
            byte = marks[i].end;
            add_pair(j, points ? start.point : start.byte, points ? at.point : at.byte);
        }
        json_close(j, ']');
    }
}

void document_fields(struct json *j, const clus_document *doc)
{
    json_key(j, "fields");
    json_open(j, '{');
    for (size_t i = 0; i < doc->n_fields; i++) {
        json_key_str(j, doc->fields[i].name);
        json_str(j, doc->fields[i].value);
    }
    json_close(j, '}');
}

static void add_tags(struct json *j, const clus_document *doc)
{
    json_key(j, "tags");
    json_open(j, '[');
    for (size_t i = 0; i < doc->n_tags; i++)
        json_str(j, doc->tags[i]);
    json_close(j, ']');
}

void document_members(struct json *j, const clus_document *doc)
{
    json_member(j, "title", doc->title);
    json_member(j, "date", doc->date);
    json_member(j, "lang", doc->lang);
    json_member(j, "source", doc->source);
    json_member(j, "url", doc->url);
    add_tags(j, doc);
}

static bool wants(const struct answer *a, const char *name)
{
    if (a->n_fields == 0)
        return strcmp(name, "text") != 0 && strcmp(name, "extra") != 0;
    for (size_t i = 0; i < a->n_fields; i++)
        if (str_is(a->fields[i], name))
            return true;
    return false;
}

static bool wants_snippet(const struct answer *a)
{
    return !a->opts->no_snippet && wants(a, "snippet");
}

static void add_snippet(struct json *j, const struct answer *a, const struct shown_hit *hit)
{
    const clus_snippet *s = &hit->snippet;
    if (!wants_snippet(a))
        return;
    json_member(j, "snippet", s->text);
    json_member_uint(j, "snippet_offset", s->offset);
    json_key(j, "cut_before");
    json_bool(j, s->cut_before);
    json_key(j, "cut_after");
    json_bool(j, s->cut_after);
    add_marks(j, "highlights", s->text, s->marks, s->n_marks);
    add_marks(j, "title_highlights", hit->doc->title, s->title_marks, s->n_title_marks);
}

/* Only what --fields names, besides id, rank and score. */
static void add_chosen(struct json *j, const struct answer *a, const clus_document *doc)
{
    const struct {
        const char *name;
        clus_str value;
    } known[] = {{"title", doc->title},   {"date", doc->date}, {"lang", doc->lang},
                 {"source", doc->source}, {"url", doc->url},   {"text", doc->text},
                 {"extra", doc->extra}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (wants(a, known[i].name))
            json_member(j, known[i].name, known[i].value);
    if (wants(a, "tags"))
        add_tags(j, doc);
    if (wants(a, "fields"))
        document_fields(j, doc);
    for (size_t i = 0; i < doc->n_fields; i++)
        for (size_t f = 0; f < a->n_fields; f++)
            if (str_equal(a->fields[f], doc->fields[i].name)) {
                json_key_str(j, doc->fields[i].name);
                json_str(j, doc->fields[i].value);
            }
}

static void add_hit(struct json *j, const struct answer *a, const struct shown_hit *hit)
{
    json_open(j, '{');
    if (a->qid && a->opts->format == QUERY_JSONL)
        json_member(j, "qid", str_of(a->qid));
    json_member(j, "id", text_view(&hit->id));
    json_key(j, "score");
    json_num(j, (double)hit->score);
    json_member_uint(j, "rank", hit->rank);
    json_key(j, "partial");
    json_bool(j, hit->partial);
    if (a->n_fields) {
        add_chosen(j, a, hit->doc);
    } else {
        document_members(j, hit->doc);
        document_fields(j, hit->doc);
    }
    add_snippet(j, a, hit);
    if (a->explanation)
        (void)explanation_json(j, a->explanation);
    json_close(j, '}');
}

static void add_warning(struct json *j, const clus_warning *w)
{
    json_open(j, '{');
    json_member_uint(j, "offset", w->offset);
    json_member_uint(j, "length", w->length);
    json_member(j, "message", w->message);
    json_close(j, '}');
}

static void add_warnings(struct json *j, const struct reply *reply)
{
    clus_warning w;
    json_key(j, "warnings");
    json_open(j, '[');
    for (size_t i = 0; clus_query_warning(reply->query, i, &w) == CLUS_OK; i++)
        add_warning(j, &w);
    for (size_t i = 0; clus_results_warning(reply->results, i, &w) == CLUS_OK; i++)
        add_warning(j, &w);
    json_close(j, ']');
}

static void add_expanded(struct json *j, const struct reply *reply)
{
    clus_expansion e;
    json_key(j, "expanded");
    json_open(j, '[');
    for (size_t i = 0; clus_results_expansion(reply->results, i, &e) == CLUS_OK; i++) {
        json_open(j, '{');
        json_member(j, "word", e.word);
        json_member(j, "reading", e.reading);
        json_member(j, "kind", str_of(e.kind));
        json_key(j, "weight");
        json_num(j, (double)e.weight);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static clus_status write_hits(struct json *j, const struct answer *a, clus_error *err)
{
    struct shown_hit hit = {.doc = NULL};
    clus_status st;
    while ((st = shown_next(a, &hit, true, wants_snippet(a), err)) == CLUS_OK) {
        add_hit(j, a, &hit);
        if (a->opts->format == QUERY_JSONL) {
            text_byte(j->text, a->opts->nul ? '\0' : '\n');
            j->comma = false;
            out_maybe_flush(a->out);
        }
    }
    shown_done(&hit);
    return st;
}

clus_status answer_write_json(const struct answer *a, clus_error *err)
{
    struct json j = {.text = &a->out->text};
    const struct reply *reply = a->reply;
    clus_str suggestion;
    size_t start = a->out->text.len;
    json_open(&j, '{');
    json_member_uint(&j, "format_version", FORMAT_VERSION);
    if (a->qid)
        json_member(&j, "qid", str_of(a->qid));
    json_member(&j, "query", a->text);
    json_member(&j, "understood", str_of(clus_query_text(reply->query)));
    json_member_uint(&j, "took_us", a->took_us);
    json_member_uint(&j, "total", reply->info.total);
    json_key(&j, "total_is_exact");
    json_bool(&j, reply->info.total_is_exact);
    add_warnings(&j, reply);
    add_expanded(&j, reply);
    if (clus_results_suggestion(reply->results, &suggestion) == CLUS_OK)
        json_member(&j, "suggestion", suggestion);
    json_key(&j, "hits");
    json_open(&j, '[');
    clus_status st = write_hits(&j, a, err);
    json_close(&j, ']');
    json_close(&j, '}');
    text_byte(j.text, a->opts->nul ? '\0' : '\n');
    if (st < 0)
        a->out->text.len = start; /* half an object helps nobody */
    return st;
}

clus_status answer_write_jsonl(const struct answer *a, clus_error *err)
{
    struct json j = {.text = &a->out->text};
    return write_hits(&j, a, err);
}
