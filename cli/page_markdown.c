/*
 * Markdown: front matter apart, the first heading as title, and light stripping of marks so
 * that the text reads well in a snippet. Words are never dropped, only marks and addresses.
 */
#include <string.h>

#include "front_matter.h"
#include "page.h"
#include "utf8.h"

/* Split "---\nYAML\n---\n" off. */
static clus_str take_front_matter(struct page *page, clus_str raw)
{
    clus_str rest = raw;
    if (str_starts(rest, "\xef\xbb\xbf"))
        rest = str_sub(rest, 3);
    if (!str_starts(rest, "---\n") && !str_starts(rest, "---\r\n"))
        return raw;
    const char *start = memchr(rest.data, '\n', rest.len);
    clus_str body = str_sub(rest, (size_t)(start - rest.data) + 1);
    for (clus_str at = body; at.len;) {
        const char *newline = memchr(at.data, '\n', at.len);
        size_t len = newline ? (size_t)(newline - at.data) : at.len;
        clus_str line = str_trim((clus_str){at.data, len});
        if (str_is(line, "---") || str_is(line, "...")) {
            front_matter_take(page, (clus_str){body.data, (size_t)(at.data - body.data)});
            return str_sub(at, len + (newline != NULL));
        }
        at = str_sub(at, len + (newline != NULL));
    }
    return raw; /* it does not end: no front matter */
}

/* The position of `close` that answers the bracket at s.data[0], or 0. */
static size_t answer(clus_str s, char open, char close)
{
    enum { FAR = 2000 };
    size_t depth = 0;
    for (size_t i = 0; i < s.len && i < FAR; i++) {
        if (s.data[i] == '\\')
            i++;
        else if (s.data[i] == open)
            depth++;
        else if (s.data[i] == close && --depth == 0)
            return i;
    }
    return 0;
}

/* [text](url), ![alt](url), [text][label]: the text. Bytes used, 0 when it is none. */
static size_t add_link(struct text *to, clus_str s)
{
    size_t image = s.data[0] == '!';
    clus_str bracket = str_sub(s, image);
    if (bracket.len == 0 || bracket.data[0] != '[')
        return 0;
    size_t end = answer(bracket, '[', ']');
    clus_str target = str_sub(bracket, end + 1);
    if (end == 0 || target.len == 0 || (target.data[0] != '(' && target.data[0] != '['))
        return 0;
    bool round = target.data[0] == '(';
    size_t target_end = answer(target, target.data[0], round ? ')' : ']');
    if (target_end == 0)
        return 0;
    text_add(to, bracket.data + 1, end - 1);
    return image + end + 1 + target_end + 1;
}

static bool is_word_byte(char c)
{
    return (unsigned char)c >= 0x80 || (c >= '0' && c <= '9') ||
           ((c | 32) >= 'a' && (c | 32) <= 'z');
}

/* A run of emphasis marks that touches a word on one side only, or a strike-through. */
static size_t emphasis_at(clus_str s, bool word_before)
{
    size_t n = 1;
    while (n < s.len && s.data[n] == s.data[0])
        n++;
    if (n > 3 || (s.data[0] == '~' && n != 2))
        return 0;
    bool word_behind = n < s.len && s.data[n] != ' ' && s.data[n] != '\t';
    if (s.data[0] == '_' && word_before && n < s.len && is_word_byte(s.data[n]))
        return 0; /* snake_case */
    return word_before || word_behind ? n : 0;
}

/* <tag>, </tag>, <!-- comment -->; <https://…> keeps its address. */
static size_t markup_at(struct text *to, clus_str s)
{
    const char *close = memchr(s.data, '>', s.len < 500 ? s.len : 500);
    if (!close || s.len < 3)
        return 0;
    clus_str inside = {s.data + 1, (size_t)(close - s.data) - 1};
    if (str_starts(inside, "http://") || str_starts(inside, "https://"))
        text_add_str(to, inside);
    else if (!str_starts(inside, "!--") &&
             !strchr("/abcdefghijklmnopqrstuvwxyz", inside.data[0]))
        return 0;
    return inside.len + 2;
}

static size_t mark_at(struct text *to, clus_str s, bool word_before)
{
    switch (s.data[0]) {
    case '\\':
        if (s.len < 2 || is_word_byte(s.data[1]))
            return 0;
        text_byte(to, s.data[1]);
        return 2;
    case '`': return 1;
    case '*':
    case '_':
    case '~': return emphasis_at(s, word_before);
    case '!':
    case '[': return add_link(to, s);
    case '<': return markup_at(to, s);
    default: return 0;
    }
}

static void add_inline(struct text *to, clus_str s)
{
    bool word_before = false;
    while (s.len) {
        size_t used = mark_at(to, s, word_before);
        if (used == 0) {
            text_byte(to, s.data[0]);
            word_before = s.data[0] != ' ' && s.data[0] != '\t';
            used = 1;
        }
        s = str_sub(s, used);
    }
}

/* A line of marks only: a rule, the line under a heading or a table's head. */
static bool is_rule(clus_str s)
{
    if (s.len < 3)
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (!strchr("-=*_|: ", s.data[i]) || s.data[i] == '\0')
            return false;
    return true;
}

static bool is_definition(clus_str s)
{
    size_t end = s.len && s.data[0] == '[' ? answer(s, '[', ']') : 0;
    return end > 1 && end + 1 < s.len && s.data[end + 1] == ':' && s.data[1] != '^';
}

/* Take quote marks and the marks of a heading off; *level is the heading's, or 0. */
static clus_str without_block_marks(clus_str s, size_t *level)
{
    *level = 0;
    while (s.len && s.data[0] == '>')
        s = str_trim(str_sub(s, 1));
    size_t n = 0;
    while (n < s.len && s.data[n] == '#')
        n++;
    if (n < 1 || n > 6 || n >= s.len || s.data[n] != ' ')
        return s;
    *level = n;
    s = str_trim(str_sub(s, n));
    while (s.len && s.data[s.len - 1] == '#')
        s.len--;
    return str_trim(s);
}

struct markdown {
    struct page *page;
    bool fenced;
    bool title_seen;
    bool gap;
};

static void keep_title(struct markdown *m, clus_str heading)
{
    struct text title = {0};
    add_inline(&title, heading);
    clus_str text = pool_copy(&m->page->pool, text_view(&title));
    m->title_seen = true;
    if (m->page->title.len == 0)
        m->page->title = text;
    else if (!str_equal(m->page->title, text))
        text_add_str(&m->page->body, text);
    text_done(&title);
}

static void add_line(struct markdown *m, clus_str raw)
{
    struct text *body = &m->page->body;
    clus_str line = str_trim(raw);
    size_t level;
    if (str_starts(line, "```") || str_starts(line, "~~~")) {
        m->fenced = !m->fenced;
        return;
    }
    if (line.len == 0 || (!m->fenced && (is_rule(line) || is_definition(line)))) {
        m->gap = true;
        return;
    }
    clus_str content = m->fenced ? line : without_block_marks(line, &level);
    if (!m->fenced && level == 1 && !m->title_seen) {
        keep_title(m, content);
        m->gap = true;
        return;
    }
    if (body->len)
        text_str(body, m->gap ? "\n\n" : "\n");
    m->gap = false;
    if (m->fenced)
        text_add_str(body, content);
    else
        add_inline(body, content);
}

void page_from_markdown(struct page *page, clus_str raw)
{
    struct markdown m = {.page = page};
    clus_str rest = take_front_matter(page, raw);
    while (rest.len) {
        const char *newline = memchr(rest.data, '\n', rest.len);
        size_t len = newline ? (size_t)(newline - rest.data) : rest.len;
        add_line(&m, (clus_str){rest.data, len});
        rest = str_sub(rest, len + (newline != NULL));
    }
}
