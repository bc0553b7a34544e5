/*
 * Which lines of a page are the article.
 *
 * The page is read from the top. Its head goes up to the first paragraph of prose: menus
 * (three short entries in a row), tickers, labels and dates are furniture there, the first
 * other line is the title. From then on everything is article until a fixed phrase ("Recent
 * Posts", "Читайте также", "Пікір қалдыру") or a list of links begins; the article comes
 * back where enough prose follows, except behind the comments. In the end the sum is
 * checked: where far more prose would be furniture than article, the rules do not fit this
 * page and everything is article.
 */
#include "page_lines.h"

#include <string.h>

#include "utf8.h"

enum {
    TITLE_POINTS = 250,
    MENU_RUN = 3,
    LINK_RUN = 3,
    LIST_RUN = 6,        /* lines without a full stop that end a page: a list */
    RESUME_POINTS = 400, /* a paragraph that ends any block */
    DATE_PROSE = 3,      /* the page's date stands before so many paragraphs */
    TOO_MUCH_FURNITURE = 4
};

struct sorter {
    struct page *page;
    struct line *lines;
    size_t n;
    size_t first_prose;      /* n when there is none */
    size_t title;            /* n when there is none */
    clus_str holder;         /* of the copyright */
    enum phrase_kind inside; /* of what furniture we are, PHRASE_NONE in the article */
    size_t prose_seen;
    struct page_date dateline; /* a date at the start of a paragraph; day 0: none */
};

/* "Категории: Общество и власть Главное" lists two: each begins with a capital. */
static void tags_by_capitals(struct tag_list *tags, clus_str value)
{
    size_t start = 0, used;
    for (size_t i = 0; i < value.len; i++) {
        if (value.data[i] != ' ' || i + 1 >= value.len ||
            !utf8_is_upper(utf8_next(str_sub(value, i + 1), &used)))
            continue;
        tags_add(tags, (clus_str){value.data + start, i - start});
        start = i + 1;
    }
    tags_add(tags, str_sub(value, start));
}

static void take_tags(struct page *page, clus_str value)
{
    if (memchr(value.data, ',', value.len) || memchr(value.data, '|', value.len) ||
        memchr(value.data, '#', value.len) || memchr(value.data, ';', value.len))
        tags_split(&page->tags, value, ",|#;");
    else
        tags_by_capitals(&page->tags, value);
}

/* "Омские мастерские, https://…": the name, and the address if none is known. */
static void take_source(struct page *page, clus_str value)
{
    const char *url = memmem(value.data, value.len, "http", 4);
    if (url) {
        clus_str address = str_sub(value, (size_t)(url - value.data));
        if (page->url.len == 0 && !memchr(address.data, ' ', address.len))
            page->url = address;
        value.len = (size_t)(url - value.data);
    }
    value = str_trim(value);
    while (value.len && strchr(",\"", value.data[value.len - 1]))
        value.len--;
    while (value.len && value.data[0] == '"')
        value = str_sub(value, 1);
    if (str_starts(value, "«") && value.len > 4) {
        value = str_sub(value, strlen("«"));
        if (memcmp(value.data + value.len - 2, "»", 2) == 0)
            value.len -= 2;
    }
    if (page->source.len == 0 && value.len && value.len <= 255)
        page->source = value;
}

static void take_date(struct sorter *s, clus_str line)
{
    struct page_date date;
    if (s->page->date.len == 0 && s->prose_seen < DATE_PROSE && date_is_line(line, &date))
        s->page->date = pool_copy(&s->page->pool, str_of(date.iso));
}

/* "Алматы. 26 января. Центр информации. …": a date among the first short sentences. */
static void take_dateline(struct sorter *s, clus_str text)
{
    enum { WITHIN = 60 };
    struct page_date date;
    if (s->dateline.day || !date_find(text, &date) || date.start > WITHIN)
        return;
    clus_str before = str_trim((clus_str){text.data, date.start});
    clus_str after = str_sub(text, date.end);
    bool begins = before.len == 0 || strchr(".,:(", before.data[before.len - 1]);
    if (begins && after.len && strchr(".,:)", after.data[0]))
        s->dateline = date;
}

/* Lines that are furniture by themselves, in whatever part of the page; what they tell is
 * kept. False for lines that may be article. */
static bool take_single(struct sorter *s, struct line *line)
{
    switch (line->kind) {
    case LINE_DATE: take_date(s, line->text); return true;
    case LINE_NUMBER:
    case LINE_COPYRIGHT: return true;
    case LINE_VIA: take_source(s->page, line->value); return true;
    case LINE_LABEL:
        if (line->label == LABEL_TAGS)
            take_tags(s->page, line->value);
        else if (line->label == LABEL_SOURCE)
            take_source(s->page, line->value);
        return true;
    case LINE_SHORT:
        if (s->holder.len && str_equal(line->text, s->holder)) {
            take_source(s->page, line->text);
            return true;
        }
        return false;
    case LINE_PROSE:
    case LINE_LINK:
    case LINE_PHRASE: return false;
    }
    return false;
}

/* Lines from `i` on that look like entries of a menu. */
static size_t menu_run(const struct sorter *s, size_t i)
{
    size_t n = 0;
    while (i + n < s->first_prose && line_is_menu(&s->lines[i + n]))
        n++;
    return n;
}

/* Links from `i` on; dates, counters and short lines among them do not break the run. */
static size_t link_run(const struct sorter *s, size_t i)
{
    size_t links = 0;
    for (; i < s->n && s->lines[i].kind != LINE_PROSE && s->lines[i].kind != LINE_PHRASE;
         i++)
        links += s->lines[i].kind == LINE_LINK;
    return links;
}

/* Whether the rest of the page is nothing but short lines that are no sentences. */
static bool ends_in_list(const struct sorter *s, size_t i)
{
    size_t lines = 0, open = 0;
    for (; i < s->n && s->lines[i].kind != LINE_PHRASE; i++) {
        if (s->lines[i].kind == LINE_PROSE)
            return false;
        if (s->lines[i].kind == LINE_SHORT) {
            lines++;
            open += !s->lines[i].ends_sentence;
        }
    }
    return lines >= LIST_RUN && open * 10 >= lines * 8;
}

static bool next_is_prose(const struct sorter *s, size_t i)
{
    return i + 1 < s->n && s->lines[i + 1].kind == LINE_PROSE;
}

/* Whether the article goes on with this line after furniture. */
static bool resumes(const struct sorter *s, size_t i)
{
    const struct line *line = &s->lines[i];
    if (line->kind != LINE_PROSE || s->inside == PHRASE_TAIL)
        return false;
    if (s->inside == PHRASE_INLINE)
        return i + 1 == s->n || s->lines[i + 1].kind != LINE_DATE;
    return line->points >= RESUME_POINTS || next_is_prose(s, i);
}

static bool starts_furniture(struct sorter *s, size_t i)
{
    const struct line *line = &s->lines[i];
    if (line->kind == LINE_PHRASE) {
        bool alone = line->phrase == PHRASE_LINE || line->value.len > 0;
        if (!alone)
            s->inside = line->phrase;
        return true;
    }
    bool list = line->kind == LINE_LINK && link_run(s, i) >= LINK_RUN;
    if (!list && line->kind == LINE_SHORT && s->prose_seen >= 2)
        list = ends_in_list(s, i);
    if (list)
        s->inside = PHRASE_BLOCK;
    return list;
}

/* Behind the first paragraph of prose, that one included. */
static enum line_zone zone_of(struct sorter *s, size_t i)
{
    struct line *line = &s->lines[i];
    if (s->inside != PHRASE_NONE && resumes(s, i))
        s->inside = PHRASE_NONE;
    if (s->inside != PHRASE_NONE) {
        if (line->kind == LINE_PHRASE && line->phrase != PHRASE_LINE &&
            s->inside != PHRASE_TAIL)
            s->inside = line->phrase;
        if (line->kind == LINE_LABEL)
            (void)take_single(s, line);
        return ZONE_EXTRA;
    }
    if (take_single(s, line) || starts_furniture(s, i))
        return ZONE_EXTRA;
    if (line->kind == LINE_PROSE && s->prose_seen++ == 0)
        take_dateline(s, line->text);
    return ZONE_BODY;
}

/* The head: everything before the first paragraph. */
static void sort_head(struct sorter *s, bool with_title)
{
    size_t fallback = s->n;
    for (size_t i = 0; i < s->first_prose; i++) {
        struct line *line = &s->lines[i];
        size_t menu = s->first_prose < s->n ? menu_run(s, i) : 0;
        if (menu >= MENU_RUN) {
            i += menu - 1; /* their zone is furniture already */
            continue;
        }
        if (take_single(s, line) || starts_furniture(s, i))
            continue;
        take_dateline(s, line->text);
        if (s->inside != PHRASE_NONE)
            fallback = i; /* a headline of a list, or the title behind it */
        else if (with_title && s->title == s->n && line->points <= TITLE_POINTS)
            s->title = i;
        else
            line->zone = ZONE_BODY;
    }
    if (with_title && s->title == s->n && fallback < s->n)
        s->title = fallback;
    if (s->title < s->n)
        s->lines[s->title].zone = ZONE_TITLE;
}

static bool starts_small(clus_str s)
{
    size_t used;
    uint32_t cp = s.len ? utf8_next(s, &used) : 0;
    return utf8_is_letter(cp) && !utf8_is_upper(cp);
}

/* A page that begins with its text: a first sentence of a title's length names it, and
 * stays part of the text. */
static void title_from_prose(struct sorter *s)
{
    size_t i = s->first_prose;
    if (i + 1 >= s->n || s->lines[i].points > TITLE_POINTS ||
        s->lines[i].zone != ZONE_BODY || starts_small(s->lines[i + 1].text) ||
        memchr(s->lines[i].text.data, '\n', s->lines[i].text.len))
        return;
    s->page->title = s->lines[i].text;
}

static bool has_body(const struct sorter *s)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->lines[i].zone == ZONE_BODY)
            return true;
    return false;
}

static bool too_much_furniture(const struct sorter *s)
{
    size_t body = 0, furniture = 0;
    for (size_t i = 0; i < s->n; i++) {
        if (s->lines[i].kind != LINE_PROSE)
            continue;
        if (s->lines[i].zone == ZONE_EXTRA)
            furniture += s->lines[i].points;
        else
            body += s->lines[i].points;
    }
    return furniture > body * TOO_MUCH_FURNITURE;
}

static void make_all_body(struct sorter *s)
{
    for (size_t i = 0; i < s->n; i++) {
        enum line_kind kind = s->lines[i].kind;
        if (s->lines[i].zone == ZONE_EXTRA &&
            (kind == LINE_PROSE || kind == LINE_SHORT || kind == LINE_LINK))
            s->lines[i].zone = ZONE_BODY;
    }
}

static void emit(const struct sorter *s)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct line *line = &s->lines[i];
        struct text *to = line->zone == ZONE_BODY ? &s->page->body : &s->page->extra;
        if (line->zone == ZONE_TITLE)
            continue;
        if (to->len)
            text_str(to, line->gap && line->zone == ZONE_BODY ? "\n\n" : "\n");
        text_add_str(to, line->text);
    }
}

static void find_marks(struct sorter *s)
{
    s->first_prose = s->title = s->n;
    for (size_t i = s->n; i-- > 0;) {
        if (s->lines[i].kind == LINE_PROSE)
            s->first_prose = i;
        else if (s->lines[i].kind == LINE_COPYRIGHT)
            s->holder = s->lines[i].value;
    }
}

static void keep_dateline(struct sorter *s)
{
    struct page *page = s->page;
    if (page->date.len || s->dateline.day == 0)
        return;
    if (s->dateline.year) {
        page->date = pool_copy(&page->pool, str_of(s->dateline.iso));
        return;
    }
    struct text t = {0};
    text_printf(&t, "--%02u-%02u", s->dateline.month, s->dateline.day);
    fields_add(&page->fields, STR("dateline"), pool_copy(&page->pool, text_view(&t)));
    text_done(&t);
}

void page_sort_lines(struct page *page, clus_str raw, bool with_title)
{
    struct lines lines = {0};
    lines_of(&lines, raw);
    struct sorter s = {.page = page, .lines = lines.lines, .n = lines.n};
    find_marks(&s);
    sort_head(&s, with_title);
    s.inside = PHRASE_NONE;
    for (size_t i = s.first_prose; i < s.n; i++)
        s.lines[i].zone = zone_of(&s, i);
    if (too_much_furniture(&s) || !has_body(&s))
        make_all_body(&s);
    if (s.title < s.n)
        page->title = s.lines[s.title].text;
    else if (with_title)
        title_from_prose(&s);
    if (page->source.len == 0 && s.holder.len <= 100)
        page->source = s.holder;
    keep_dateline(&s);
    emit(&s);
    lines_done(&lines);
}
