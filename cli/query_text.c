/* Answers for people: title, where from, a passage with the words marked. */
#include <string.h>

#include "explanation.h"
#include "query_out.h"
#include "utf8.h"

enum { INDENT = 4, READINGS_SHOWN = 6 };

/* Text that flows within the terminal's columns. */
struct flow {
    struct text *out;
    const struct term *term;
    struct text word; /* painted */
    size_t word_columns;
    size_t column;
    bool started;
};

static void flow_begin(struct flow *f, size_t column)
{
    f->column = column;
    f->started = false;
}

static void flow_end_word(struct flow *f)
{
    if (f->word.len == 0)
        return;
    if (f->started && f->term->columns &&
        f->column + 1 + f->word_columns > f->term->columns) {
        text_printf(f->out, "\n%*s", INDENT, "");
        f->column = INDENT;
    } else if (f->started) {
        text_byte(f->out, ' ');
        f->column++;
    }
    text_add_str(f->out, text_view(&f->word));
    f->column += f->word_columns;
    f->started = true;
    f->word.len = f->word_columns = 0;
}

static void end_mark(struct flow *f, enum paint base)
{
    term_paint(&f->word, f->term, PAINT_NONE);
    if (base != PAINT_NONE)
        term_paint(&f->word, f->term, base);
}

/* Words of `s`, those within marks painted; `base` is the paint of the rest. */
static void flow_text(struct flow *f, clus_str s, const clus_span *marks, size_t n_marks,
                      enum paint base)
{
    size_t mark = 0, used;
    bool inside = false;
    for (size_t at = 0; at < s.len; at += used) {
        clus_str rest = str_sub(s, at);
        uint32_t cp = utf8_next(rest, &used);
        while (mark < n_marks && at >= marks[mark].end)
            mark++;
        bool marked = mark < n_marks && at >= marks[mark].start;
        bool blank = cp == ' ' || cp == '\n' || cp == '\t' || cp == '\r';
        if (inside && (!marked || blank)) {
            end_mark(f, base);
            inside = false;
        }
        if (blank) {
            flow_end_word(f);
            continue;
        }
        if (marked && !inside) {
            term_paint(&f->word, f->term, PAINT_MARK);
            inside = true;
        }
        size_t before = f->word.len;
        utf8_add_safe(&f->word, (clus_str){rest.data, used}, true);
        f->word_columns += utf8_columns(str_sub(text_view(&f->word), before));
    }
    if (inside)
        end_mark(f, base);
}

static void add_plain(struct flow *f, clus_str s)
{
    flow_text(f, s, NULL, 0, PAINT_NONE);
    flow_end_word(f);
}

/* The title, or the text's beginning, or the id. */
static void add_title(struct flow *f, const struct shown_hit *hit)
{
    struct text *t = f->out;
    size_t start = t->len;
    text_printf(t, "%2u. ", hit->rank);
    flow_begin(f, t->len - start);
    term_paint(t, f->term, PAINT_TITLE);
    if (str_trim(hit->doc->title).len)
        flow_text(f, hit->doc->title, hit->snippet.title_marks, hit->snippet.n_title_marks,
                  PAINT_TITLE);
    else
        flow_text(f, text_view(&hit->id), NULL, 0, PAINT_TITLE);
    flow_end_word(f);
    term_paint(t, f->term, PAINT_NONE);
    text_byte(t, '\n');
}

static void add_part(struct flow *f, clus_str s)
{
    if (s.len == 0)
        return;
    if (f->started)
        add_plain(f, STR("·"));
    add_plain(f, s);
}

/* Of a date with a time the day. */
static clus_str day_of(clus_str date)
{
    enum { DAY_BYTES = 10 };
    return date.len > DAY_BYTES && date.data[DAY_BYTES] == 'T'
               ? (clus_str){date.data, DAY_BYTES}
               : date;
}

static void add_origin(struct flow *f, const struct shown_hit *hit)
{
    struct text score = {0};
    text_printf(f->out, "%*s", INDENT, "");
    flow_begin(f, INDENT);
    term_paint(f->out, f->term, PAINT_DIM);
    add_part(f, day_of(hit->doc->date));
    add_part(f, hit->doc->source);
    add_part(f, text_view(&hit->id));
    text_printf(&score, "%.2f%s", (double)hit->score, hit->partial ? " (some words)" : "");
    add_part(f, text_view(&score));
    term_paint(f->out, f->term, PAINT_NONE);
    text_byte(f->out, '\n');
    text_done(&score);
}

static void add_snippet(struct flow *f, const clus_snippet *s)
{
    if (s->text.len == 0)
        return;
    text_printf(f->out, "%*s", INDENT, "");
    flow_begin(f, INDENT);
    if (s->cut_before)
        add_plain(f, STR("…"));
    flow_text(f, s->text, s->marks, s->n_marks, PAINT_NONE);
    if (s->cut_after)
        flow_text(f, STR(" …"), NULL, 0, PAINT_NONE);
    flow_end_word(f);
    text_byte(f->out, '\n');
}

/* "also searched: рынки → рынк (stem), …", by word. */
static void add_expansions(struct flow *f, const struct reply *reply)
{
    clus_expansion e;
    struct text last = {0}, part = {0};
    size_t shown = 0;
    for (size_t i = 0; clus_results_expansion(reply->results, i, &e) == CLUS_OK; i++) {
        bool same = str_equal(text_view(&last), e.word);
        shown = same ? shown + 1 : 0;
        if (shown >= READINGS_SHOWN || strcmp(e.kind, "stem") == 0)
            continue; /* every word is read by its stem */
        part.len = 0;
        if (!same)
            text_printf(&part, "%.*s → ", (int)e.word.len, e.word.data);
        text_printf(&part, "%.*s (%s)", (int)e.reading.len, e.reading.data, e.kind);
        if (!f->started)
            add_plain(f, STR("also searched:"));
        else
            text_byte(f->out, same ? ',' : ';');
        add_plain(f, text_view(&part));
        last.len = 0;
        text_add_str(&last, e.word);
    }
    text_done(&last);
    text_done(&part);
}

static void add_foot(struct flow *f, const struct answer *a, uint32_t shown, bool relaxed)
{
    const clus_result_info *info = &a->reply->info;
    struct text *t = f->out;
    clus_str suggestion;
    term_paint(t, f->term, PAINT_DIM);
    text_printf(t, "%s%llu document%s", info->total_is_exact ? "" : "at least ",
                (unsigned long long)info->total, info->total == 1 ? "" : "s");
    if (shown < info->total || a->opts->offset)
        text_printf(t, ", %u shown", shown);
    text_printf(t, ", %.1f ms", (double)a->took_us / 1000);
    term_paint(t, f->term, PAINT_NONE);
    text_byte(t, '\n');
    flow_begin(f, 0);
    add_expansions(f, a->reply);
    if (f->started)
        text_byte(t, '\n');
    if (clus_results_suggestion(a->reply->results, &suggestion) == CLUS_OK) {
        text_str(t, "did you mean: ");
        utf8_add_safe(t, suggestion, true);
        text_byte(t, '\n');
    }
    if (relaxed)
        text_str(t, "few documents hold all the words: the list goes on with those that "
                    "hold some\n");
}

clus_status answer_write_text(const struct answer *a, clus_error *err)
{
    struct shown_hit hit = {.doc = NULL};
    struct flow f = {.out = &a->out->text, .term = &a->term};
    uint32_t shown = 0;
    bool relaxed = false;
    clus_status st;
    if (a->qid) {
        text_printf(f.out, "== %s: ", a->qid);
        utf8_add_safe(f.out, a->text, true);
        text_byte(f.out, '\n');
    }
    while ((st = shown_next(a, &hit, true, !a->opts->no_snippet, err)) == CLUS_OK) {
        add_title(&f, &hit);
        add_origin(&f, &hit);
        add_snippet(&f, &hit.snippet);
        if (a->explanation)
            (void)explanation_text(f.out, a->explanation, INDENT);
        text_byte(f.out, '\n');
        relaxed |= hit.partial;
        shown++;
        out_maybe_flush(a->out);
    }
    if (st == CLUS_DONE)
        add_foot(&f, a, shown, relaxed);
    shown_done(&hit);
    text_done(&f.word);
    return st;
}
