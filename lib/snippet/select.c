/*
 * Choose the passage that shows best why a text matches.
 *
 * A window slides over the query's words in the text. What it is worth: the weights of the
 * distinct words in it, something for words that stand close together and in the query's
 * order, a little for repetitions, for prose rather than headings and lines of different
 * paragraphs, and for standing early.
 */
#include "snippet/snippet.h"

#include "base/alloc.h"
#include "base/chars.h"
#include "base/utf8.h"
#include "snippet/cut.h"
#include "snippet/match.h"
#include "snippet/sentence.h"

enum {
    MAX_WINDOW_CHARS = 400, /* beyond, a window gains nothing a reader would see */
    MAX_WINDOW_HITS = 64,
    LEAD_CHARS = 2000
};

static const float REPEAT = 0.02F, CLOSE = 0.5F, IN_ORDER = 1.5F, PROSE = 0.25F,
                   LEAD = 0.1F, SPREAD = 0.1F, BROKEN = 0.8F;

/* A window that grows to the right. */
struct window {
    const struct snippet_hit *first;
    size_t n;
    uint32_t groups[MAX_WINDOW_HITS]; /* distinct */
    size_t n_groups;
    float distinct, repeated, close;
};

static bool is_new(struct window *w, uint32_t group)
{
    for (size_t i = 0; i < w->n_groups; i++)
        if (w->groups[i] == group)
            return false;
    w->groups[w->n_groups++] = group;
    return true;
}

static void grow(struct window *w, const struct snippet_hit *hit)
{
    const struct snippet_hit *last = w->n > 0 ? &w->first[w->n - 1] : NULL;
    bool new_group = is_new(w, hit->group);
    w->n++;
    if (new_group)
        w->distinct += hit->weight;
    else
        w->repeated += hit->weight;
    if (!last || !new_group)
        return;
    float apart = (float)(hit->position - last->position);
    float less = last->weight < hit->weight ? last->weight : hit->weight;
    float near = less / (apart > 1 ? apart : 1);
    w->close += last->group + 1 == hit->group ? near * IN_ORDER : near;
}

static float worth(const struct window *w, uint32_t max_chars)
{
    const struct snippet_hit *last = &w->first[w->n - 1];
    float span = (float)(last->last_char - w->first->first_char) / (float)max_chars;
    float repeated = REPEAT * w->repeated;
    if (repeated > w->distinct * REPEAT * 2)
        repeated = w->distinct * REPEAT * 2;
    float sum = w->distinct + CLOSE * w->close + repeated - SPREAD * span * w->distinct;
    float early = 1 - (float)w->first->first_char / LEAD_CHARS;
    return sum * (1 + (early > 0 ? LEAD * early : 0));
}

/* Remembers the line it looked at last: hits come in order. */
struct line {
    size_t end;
    bool is_prose;
};

/* A line of prose ends like a sentence; headings, menus and lists of names do not. */
static bool is_prose(struct bytes text, size_t at, struct line *line)
{
    if (at < line->end)
        return line->is_prose;
    const uint8_t *newline = memchr(text.data + at, '\n', text.len - at);
    line->end = newline ? (size_t)(newline - text.data) : text.len;
    size_t from, end = clus__skip_blanks_back(text, line->end);
    int32_t c = CODE_BAD;
    while (end > at) {
        from = clus__code_before(text, end);
        c = clus__code_at(text, from, &(size_t){0});
        if (c != '"' && c != ')' && c != 0xBB && c != 0x201D)
            break;
        end = from;
    }
    line->is_prose = c == '.' || c == '!' || c == '?' || c == 0x2026 || c == ':';
    return line->is_prose;
}

static struct extent best_window(const struct passage *p, struct bytes text,
                                 uint32_t max_chars)
{
    uint32_t chars = max_chars < MAX_WINDOW_CHARS ? max_chars : MAX_WINDOW_CHARS;
    struct extent best = {0};
    struct line line = {0};
    float most = -1;
    for (size_t i = 0; i < p->n_hits; i++) {
        const struct snippet_hit *first = &p->hits[i];
        struct window w = {.first = first};
        float bonus = is_prose(text, first->start, &line) ? 1 + PROSE : 1;
        for (size_t j = i; j < p->n_hits && w.n < MAX_WINDOW_HITS; j++) {
            if (j > i && p->hits[j].last_char - first->first_char > chars)
                break;
            grow(&w, &p->hits[j]);
            float whole = p->hits[j].start < line.end ? bonus : BROKEN;
            float value = worth(&w, chars) * whole;
            if (value > most) {
                most = value;
                best = (struct extent){first->start, p->hits[j].end};
            }
        }
    }
    return best;
}

/* Signs that a reader does not see and that could change what is around the passage. */
static bool is_dropped(int32_t c)
{
    return c == 0xAD || c == 0x61C || c == 0x180E ||
           (c >= 0x200B && c <= 0x200F && c != 0x200D && c != 0x200C) ||
           (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF ||
           (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE001F);
}

/* Appends what is at `at` and returns the bytes it took. A blank waits in *blank until
 * something follows it. */
static size_t put_code(struct buf *out, struct bytes text, size_t at, bool *blank)
{
    size_t used;
    int32_t c = clus__code_at(text, at, &used);
    if (c != CODE_BAD && is_dropped(c))
        return used;
    if (c != CODE_BAD && clus__is_blank(c)) {
        *blank = out->len > 0;
        return used;
    }
    if (*blank)
        clus__buf_byte(out, ' ');
    *blank = false;
    if (c == CODE_BAD)
        clus__buf_add(out, "\xEF\xBF\xBD", 3);
    else
        clus__buf_add(out, text.data + at, used);
    return used;
}

static clus_status add_mark(struct passage *p, size_t start, size_t end)
{
    if (start >= end)
        return CLUS_OK;
    clus_status st = clus__grow(&p->marks, &p->cap_marks, p->n_marks + 1, sizeof *p->marks);
    if (st == CLUS_OK)
        p->marks[p->n_marks++] = (clus_span){start, end};
    return st;
}

/* Text of the extent on one line, with the hits in it as marks. */
static clus_status render(struct passage *p, struct bytes text, struct extent e)
{
    struct bytes shown = {text.data, e.end};
    size_t i = 0, at = e.start;
    bool blank = false;
    clus_status st = CLUS_OK;
    while (i < p->n_hits && p->hits[i].start < e.start)
        i++;
    while (at < e.end && st == CLUS_OK) {
        size_t stop = i < p->n_hits && p->hits[i].start < e.end ? p->hits[i].start : e.end;
        while (at < stop)
            at += put_code(&p->text, shown, at, &blank);
        if (stop == e.end)
            break;
        size_t end = p->hits[i].end < e.end ? p->hits[i].end : e.end;
        bool gap = blank && p->text.len > 0;
        size_t start = p->text.len + gap;
        while (at < end)
            at += put_code(&p->text, shown, at, &blank);
        st = add_mark(p, start, p->text.len);
        i++;
    }
    return st == CLUS_OK ? clus__buf_status(&p->text) : st;
}

clus_status clus__snippet_select(struct lexer *lx, struct bytes text,
                                 const struct mark_term *terms, size_t n_terms,
                                 uint32_t max_chars, struct passage *out)
{
    clus__buf_clear(&out->text);
    out->n_marks = 0;
    clus_status st = clus__snippet_match(lx, text, terms, n_terms, out);
    if (st != CLUS_OK)
        return st;
    size_t first = clus__skip_blanks(text, 0),
           last = clus__skip_blanks_back(text, text.len);
    struct extent core = {first, first};
    if (first >= last) {
        out->offset = 0;
        out->cut_before = out->cut_after = false;
        return CLUS_OK;
    }
    if (out->n_hits > 0)
        core = best_window(out, text, max_chars);
    struct extent e = clus__passage_cut(text, core, max_chars);
    out->offset = e.start;
    out->cut_before = e.start > first;
    out->cut_after = e.end < last;
    return render(out, text, e);
}

clus_status clus__snippet_mark(struct lexer *lx, struct bytes text,
                               const struct mark_term *terms, size_t n_terms,
                               struct passage *out)
{
    clus__buf_clear(&out->text);
    out->n_marks = 0;
    clus_status st = clus__snippet_match(lx, text, terms, n_terms, out);
    for (size_t i = 0; i < out->n_hits && st == CLUS_OK; i++)
        st = add_mark(out, out->hits[i].start, out->hits[i].end);
    return st;
}

void clus__passage_done(struct passage *p)
{
    clus__buf_done(&p->text);
    clus__token_list_done(&p->tokens);
    clus__free(p->hits);
    clus__free(p->marks);
    *p = (struct passage){0};
}
