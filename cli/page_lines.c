/* Split a page into lines and classify each by its own looks. */
#include "page_lines.h"

#include <string.h>

#include "utf8.h"

enum {
    PROSE_POINTS = 80, /* with a full stop at the end */
    LONG_POINTS = 200, /* in any case */
    MENU_POINTS = 25,
    LINK_POINTS = 220,
    WRAP_LEAST = 50, /* lines of hard-wrapped text are at least this long … */
    WRAP_MOST = 100  /* … and none is longer than this */
};

static void add_line(struct lines *lines, clus_str text, bool gap)
{
    mem_grow(&lines->lines, &lines->cap, lines->n + 1, sizeof *lines->lines);
    lines->lines[lines->n++] =
        (struct line){.text = text, .points = utf8_count(text), .gap = gap};
}

static void split(struct lines *lines, clus_str raw)
{
    bool gap = false;
    while (raw.len) {
        const char *newline = memchr(raw.data, '\n', raw.len);
        size_t len = newline ? (size_t)(newline - raw.data) : raw.len;
        clus_str text = str_trim((clus_str){raw.data, len});
        if (text.len)
            add_line(lines, text, gap);
        gap = text.len == 0;
        raw = str_sub(raw, len + (newline != NULL));
    }
}

/* Whether the text was wrapped at a margin: many lines just under it, none beyond. */
static bool is_wrapped(const struct lines *lines)
{
    size_t followed = 0, full = 0;
    for (size_t i = 0; i < lines->n; i++) {
        if (lines->lines[i].points > WRAP_MOST)
            return false;
        if (i + 1 < lines->n && !lines->lines[i + 1].gap) {
            followed++;
            full += lines->lines[i].points >= WRAP_LEAST;
        }
    }
    return followed >= 4 && full * 2 >= followed;
}

/* Join the lines of each paragraph of wrapped text. */
static void unwrap(struct lines *lines)
{
    size_t kept = 0;
    for (size_t i = 0; i < lines->n; i++) {
        struct line *line = &lines->lines[i], *last = kept ? &lines->lines[kept - 1] : NULL;
        if (last && !line->gap) {
            last->text.len = (size_t)(line->text.data + line->text.len - last->text.data);
            last->points += line->points + 1;
        } else {
            lines->lines[kept++] = *line;
        }
    }
    lines->n = kept;
}

/* Ends in . ! ? : or ; once closing quotes and brackets are off. An ellipsis is how lists
 * of other pages cut their teasers, so it does not count. */
static bool ends_sentence(clus_str s)
{
    static const char *const closers[] = {"»", "”", "“", "\"", ")", "'"};
    bool more = true;
    while (more && s.len) {
        more = false;
        for (size_t i = 0; i < sizeof closers / sizeof *closers; i++) {
            size_t n = strlen(closers[i]);
            if (s.len >= n && memcmp(s.data + s.len - n, closers[i], n) == 0) {
                s.len -= n;
                more = true;
            }
        }
    }
    if (s.len == 0 || (s.len >= 2 && memcmp(s.data + s.len - 2, "..", 2) == 0))
        return false;
    return strchr(".!?:;", s.data[s.len - 1]) != NULL;
}

/* Without a bullet and the blanks behind it. */
static clus_str without_bullet(clus_str s, bool *had)
{
    static const char *const bullets[] = {"•", "·", "●", "▪"};
    *had = false;
    for (size_t i = 0; i < sizeof bullets / sizeof *bullets; i++) {
        if (str_starts(s, bullets[i])) {
            *had = true;
            return str_trim(str_sub(s, strlen(bullets[i])));
        }
    }
    return s;
}

/* Digits and signs only, or a pair of currencies. */
static bool is_number(clus_str s)
{
    bool had, digit = false;
    s = without_bullet(s, &had);
    if (s.len == 7 && s.data[3] == '/') {
        bool caps = true;
        for (size_t i = 0; i < s.len; i++)
            caps &= i == 3 || (s.data[i] >= 'A' && s.data[i] <= 'Z');
        return caps;
    }
    for (size_t i = 0; i < s.len; i++) {
        if (s.data[i] >= '0' && s.data[i] <= '9')
            digit = true;
        else if (!strchr(" .,:%+-/|", s.data[i]) || s.data[i] == '\0')
            return false;
    }
    return digit;
}

/* "ru Headline", "kz Headline": the mark of a language before a capital, digit or quote. */
static bool has_language_mark(clus_str s)
{
    static const char *const marks[] = {"ru ", "kz ", "kk ", "en "};
    size_t used;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (!str_starts(s, marks[i]))
            continue;
        clus_str rest = str_sub(s, strlen(marks[i]));
        uint32_t cp = rest.len ? utf8_next(rest, &used) : 0;
        return utf8_is_upper(cp) || (cp >= '0' && cp <= '9') || cp == 0xab || cp == '"' ||
               cp == 0x201c;
    }
    return false;
}

/* "17:10 Headline" */
static bool has_clock_mark(clus_str s)
{
    return s.len > 6 && s.data[2] == ':' && s.data[5] == ' ' && strchr("012", s.data[0]) &&
           s.data[1] >= '0' && s.data[1] <= '9' && s.data[3] >= '0' && s.data[3] <= '5' &&
           s.data[4] >= '0' && s.data[4] <= '9';
}

/* "Headline (27.08.2025)", "Headline 27.08.2025": a date in digits at the very end. */
static bool has_date_at_end(clus_str s)
{
    enum { DATE_BYTES = 10, LEAST = 20 };
    struct page_date date;
    if (s.len && s.data[s.len - 1] == ')')
        s.len--;
    if (s.len < DATE_BYTES + LEAST)
        return false;
    clus_str tail = str_sub(s, s.len - DATE_BYTES);
    return tail.data[0] >= '0' && tail.data[0] <= '9' && date_find(tail, &date) &&
           date.start == 0 && date.end == tail.len && date.year != 0;
}

static bool is_link(const struct line *line)
{
    bool bullet;
    clus_str s = without_bullet(line->text, &bullet);
    return line->points <= LINK_POINTS &&
           (bullet || has_language_mark(s) || has_clock_mark(s) || has_date_at_end(s));
}

bool line_is_menu(const struct line *line)
{
    size_t blanks = 0;
    for (size_t i = 0; i < line->text.len; i++)
        blanks += line->text.data[i] == ' ';
    bool bars = memchr(line->text.data, '|', line->text.len) != NULL;
    return line->kind == LINE_SHORT && line->points <= MENU_POINTS &&
           !line->ends_sentence && (blanks <= 1 || bars);
}

/* What stands between the first pair of « ». */
static clus_str quoted(clus_str s)
{
    const char *open = memmem(s.data, s.len, "«", strlen("«"));
    if (!open)
        return (clus_str){NULL, 0};
    clus_str rest = str_sub(s, (size_t)(open - s.data) + strlen("«"));
    const char *close = memmem(rest.data, rest.len, "»", strlen("»"));
    return close ? (clus_str){rest.data, (size_t)(close - rest.data)} : (clus_str){NULL, 0};
}

/* A line that says nothing but who reports. */
static bool is_via(const struct line *line, clus_str *source)
{
    static const char *const starts[] = {"передает «", "сообщает «", "пишет «"};
    static const char *const ends[] = {"» хабарлайды", "» жазады"};
    struct text folded = {0};
    bool found = false;
    if (line->points > PROSE_POINTS)
        return false;
    page_fold(&folded, line->text);
    clus_str s = text_view(&folded);
    while (s.len && s.data[s.len - 1] == '.')
        s.len--;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        found |= str_starts(s, starts[i]) && s.len > 2 &&
                 memcmp(s.data + s.len - 2, "»", 2) == 0;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t n = strlen(ends[i]);
        found |=
            str_starts(s, "«") && s.len > n && memcmp(s.data + s.len - n, ends[i], n) == 0;
    }
    text_done(&folded);
    *source = found ? quoted(line->text) : (clus_str){NULL, 0};
    return source->len > 0;
}

/* The holder in "© 2025 Holder. All rights reserved". */
static bool is_copyright(clus_str s, clus_str *holder)
{
    if (!str_starts(s, "©"))
        return false;
    s = str_sub(s, strlen("©"));
    while (s.len && strchr(" 0123456789,-", s.data[0]))
        s = str_sub(s, 1);
    for (s = str_trim(s); str_starts(s, "–"); s = str_sub(s, strlen("–")))
        continue;
    const char *stop = memchr(s.data, '.', s.len);
    if (stop && (size_t)(stop - s.data) + 1 < s.len && stop[1] != ' ')
        stop = NULL; /* the point of a host name */
    *holder = stop ? str_trim((clus_str){s.data, (size_t)(stop - s.data)}) : s;
    return true;
}

static enum line_kind kind_of(struct line *line)
{
    struct page_date date;
    line->phrase = phrase_of_line(line->text, &line->value);
    if (line->phrase != PHRASE_NONE)
        return LINE_PHRASE;
    if (line->points < LONG_POINTS) {
        line->label = label_of_line(line->text, &line->value);
        if (line->label != LABEL_NONE)
            return LINE_LABEL;
    }
    if (is_copyright(line->text, &line->value))
        return LINE_COPYRIGHT;
    if (is_number(line->text))
        return date_is_line(line->text, &date) ? LINE_DATE : LINE_NUMBER;
    if (date_is_line(line->text, &date))
        return LINE_DATE;
    if (is_via(line, &line->value))
        return LINE_VIA;
    if (is_link(line))
        return LINE_LINK;
    return line->points >= LONG_POINTS ||
                   (line->points >= PROSE_POINTS && line->ends_sentence)
               ? LINE_PROSE
               : LINE_SHORT;
}

void lines_of(struct lines *lines, clus_str raw)
{
    lines->n = 0;
    split(lines, raw);
    if (is_wrapped(lines))
        unwrap(lines);
    for (size_t i = 0; i < lines->n; i++) {
        struct line *line = &lines->lines[i];
        line->ends_sentence = ends_sentence(line->text);
        line->kind = kind_of(line);
    }
}

void lines_done(struct lines *lines)
{
    mem_free(lines->lines);
    *lines = (struct lines){0};
}
