/* Answers as TSV and CSV. */
#include "query_out.h"

#include <string.h>

static const char *const default_columns[] = {"rank", "score",  "id",
                                              "date", "source", "title"};

/* A cell. TSV has no quoting: what would end the cell or the row becomes a blank. */
static void add_cell(const struct answer *a, clus_str s, bool first)
{
    struct text *t = &a->out->text;
    bool csv = a->opts->format == QUERY_CSV;
    if (!first)
        text_byte(t, csv ? ',' : '\t');
    if (!csv) {
        for (size_t i = 0; i < s.len; i++)
            text_byte(t, (char)(strchr("\t\n\r", s.data[i]) ? ' ' : s.data[i]));
        return;
    }
    bool quote = false;
    for (size_t i = 0; i < s.len; i++)
        quote |= strchr(",\"\r\n", s.data[i]) != NULL;
    if (!quote) {
        text_add_str(t, s);
        return;
    }
    text_byte(t, '"');
    for (size_t i = 0; i < s.len; i++) {
        if (s.data[i] == '"')
            text_byte(t, '"');
        text_byte(t, s.data[i]);
    }
    text_byte(t, '"');
}

static size_t n_columns(const struct answer *a)
{
    return a->n_fields ? a->n_fields : sizeof default_columns / sizeof *default_columns;
}

static clus_str column(const struct answer *a, size_t i)
{
    return a->n_fields ? a->fields[i] : str_of(default_columns[i]);
}

static void end_row(const struct answer *a)
{
    text_byte(&a->out->text, a->opts->nul ? '\0' : '\n');
    out_maybe_flush(a->out);
}

void answer_begin(const struct answer *a)
{
    if (a->opts->format != QUERY_TSV && a->opts->format != QUERY_CSV)
        return;
    if (a->opts->topics)
        add_cell(a, STR("qid"), true);
    for (size_t i = 0; i < n_columns(a); i++)
        add_cell(a, column(a, i), i == 0 && !a->opts->topics);
    end_row(a);
}

static clus_str stored_value(const clus_document *doc, clus_str name)
{
    const struct {
        const char *name;
        clus_str value;
    } known[] = {{"title", doc->title}, {"text", doc->text}, {"extra", doc->extra},
                 {"lang", doc->lang},   {"date", doc->date}, {"source", doc->source},
                 {"url", doc->url}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_is(name, known[i].name))
            return known[i].value;
    for (size_t i = 0; i < doc->n_fields; i++)
        if (str_equal(doc->fields[i].name, name))
            return doc->fields[i].value;
    return (clus_str){NULL, 0};
}

static clus_str cell(const struct shown_hit *hit, clus_str name, struct text *room)
{
    room->len = 0;
    if (str_is(name, "id"))
        return text_view(&hit->id);
    if (str_is(name, "snippet"))
        return hit->snippet.text;
    if (str_is(name, "rank"))
        text_printf(room, "%u", hit->rank);
    else if (str_is(name, "score"))
        text_printf(room, "%.4f", (double)hit->score);
    else if (str_is(name, "partial"))
        text_str(room, hit->partial ? "true" : "false");
    else if (str_is(name, "tags"))
        for (size_t i = 0; i < hit->doc->n_tags; i++)
            text_printf(room, "%s%.*s", i ? ", " : "", (int)hit->doc->tags[i].len,
                        hit->doc->tags[i].data);
    else
        return stored_value(hit->doc, name);
    return text_view(room);
}

clus_status answer_write_table(const struct answer *a, clus_error *err)
{
    struct shown_hit hit = {.doc = NULL};
    struct text room = {0};
    bool snippet = false;
    clus_status st;
    for (size_t i = 0; i < n_columns(a); i++)
        snippet |= str_is(column(a, i), "snippet");
    while ((st = shown_next(a, &hit, true, snippet, err)) == CLUS_OK) {
        if (a->qid)
            add_cell(a, str_of(a->qid), true);
        for (size_t i = 0; i < n_columns(a); i++)
            add_cell(a, cell(&hit, column(a, i), &room), i == 0 && !a->qid);
        end_row(a);
    }
    shown_done(&hit);
    text_done(&room);
    return st;
}
