/*
 * HTML without a tree, for pages made to hurt one: how deep are they, and their bare text.
 */
#include "page_html.h"

#include <string.h>
#include <strings.h>

#include "utf8.h"

/* Real pages nest a few dozen deep; parsers spend the square of either on one tag. */
enum { DEEPEST = 512, ATTRIBUTES_MOST = 200, NAME_BYTES = 12 };

static char small(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* The name of the tag at s.data[0] == '<', small letters; 0 bytes when it is no tag. */
static size_t tag_name(clus_str s, char name[NAME_BYTES + 1], bool *closing)
{
    size_t at = 1, n = 0;
    *closing = s.len > 1 && s.data[1] == '/';
    for (at += *closing; at < s.len && n < NAME_BYTES; at++) {
        char c = small(s.data[at]);
        bool letter = c >= 'a' && c <= 'z', digit = c >= '0' && c <= '9';
        if (!letter && (!digit || n == 0))
            break;
        name[n++] = c;
    }
    name[n] = '\0';
    return n;
}

/* Whether the tag of `len` bytes at s.data has more blanks outside quotes than any page's
 * attributes need. */
static bool has_many_attributes(clus_str s, size_t len)
{
    size_t blanks = 0;
    char quote = 0;
    for (size_t i = 1; i < len && blanks <= ATTRIBUTES_MOST; i++) {
        char c = s.data[i];
        if (quote)
            quote = (char)(c == quote ? 0 : quote);
        else if ((c == '"' || c == '\'') && s.data[i - 1] == '=')
            quote = c;
        else
            blanks +=
                (c == ' ' || c == '\n' || c == '\t' || c == '/') && s.data[i - 1] != c;
    }
    return blanks > ATTRIBUTES_MOST;
}

static bool is_one_of(const char *name, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(name, *list) == 0)
            return true;
    return false;
}

/* Bytes of the tag or comment at '<', quotes respected. */
static size_t tag_length(clus_str s)
{
    if (str_starts(s, "<!--")) {
        const char *end = memmem(s.data + 4, s.len - 4, "-->", 3);
        return end ? (size_t)(end - s.data) + 3 : s.len;
    }
    char quote = 0;
    for (size_t i = 1; i < s.len; i++) {
        char c = s.data[i];
        if (quote)
            quote = (char)(c == quote ? 0 : quote);
        else if ((c == '"' || c == '\'') && s.data[i - 1] == '=')
            quote = c;
        else if (c == '>')
            return i + 1;
    }
    return s.len;
}

/* Bytes up to the end tag of a script or style whose start tag was stepped over. */
static size_t raw_length(clus_str s, const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i + n + 2 <= s.len; i++) {
        const char *lt = memchr(s.data + i, '<', s.len - i);
        if (!lt)
            return s.len;
        i = (size_t)(lt - s.data);
        if (i + n + 2 <= s.len && s.data[i + 1] == '/' &&
            strncasecmp(s.data + i + 2, name, n) == 0)
            return i;
    }
    return s.len;
}

static bool holds_raw_text(const char *name)
{
    static const char *const names[] = {"script", "style", "textarea", "title", NULL};
    return is_one_of(name, names);
}

bool html_is_hostile(clus_str raw)
{
    /* never open for long: void, or closed by the next of its kind */
    static const char *const flat[] = {
        "br",    "img", "meta",   "link", "input", "hr",   "p",    "li",    "td",
        "tr",    "th",  "dt",     "dd",   "col",   "area", "base", "embed", "option",
        "param", "wbr", "source", "html", "body",  "head", NULL};
    size_t depth = 0;
    for (clus_str s = raw; s.len;) {
        const char *lt = memchr(s.data, '<', s.len);
        char name[NAME_BYTES + 1];
        bool closing;
        if (!lt)
            return false;
        s = str_sub(s, (size_t)(lt - s.data));
        size_t n = tag_name(s, name, &closing);
        bool comment = str_starts(s, "<!--");
        size_t len = n || comment ? tag_length(s) : 1;
        if (n && has_many_attributes(s, len))
            return true;
        s = str_sub(s, len);
        if (n == 0 || is_one_of(name, flat))
            continue;
        if (!closing && holds_raw_text(name))
            s = str_sub(s, raw_length(s, name));
        if (closing)
            depth -= depth > 0;
        else if (++depth > DEEPEST)
            return true;
    }
    return false;
}

/* &name; or &#number; at '&'. Bytes used, 0 when it is none of the common ones. */
static size_t add_entity(struct text *to, clus_str s)
{
    static const struct {
        const char *name;
        uint32_t cp;
    } known[] = {{"&amp;", '&'},      {"&lt;", '<'},        {"&gt;", '>'},
                 {"&quot;", '"'},     {"&apos;", '\''},     {"&nbsp;", ' '},
                 {"&laquo;", 0xab},   {"&raquo;", 0xbb},    {"&mdash;", 0x2014},
                 {"&ndash;", 0x2013}, {"&hellip;", 0x2026}, {"&copy;", 0xa9}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (str_starts(s, known[i].name)) {
            utf8_add(to, known[i].cp);
            return strlen(known[i].name);
        }
    }
    if (s.len < 4 || s.data[1] != '#')
        return 0;
    bool hex = (s.data[2] | 32) == 'x';
    uint32_t cp = 0;
    size_t at = hex ? 3 : 2, digits = 0;
    for (; at < s.len && digits < 7; at++, digits++) {
        int c = s.data[at] | 32;
        if (s.data[at] >= '0' && s.data[at] <= '9')
            cp = cp * (hex ? 16 : 10) + (uint32_t)(s.data[at] - '0');
        else if (hex && c >= 'a' && c <= 'f')
            cp = cp * 16 + (uint32_t)(c - 'a' + 10);
        else
            break;
    }
    if (digits == 0 || at >= s.len || s.data[at] != ';' || cp == 0 || cp > 0x10ffff ||
        (cp >= 0xd800 && cp < 0xe000))
        return 0;
    utf8_add(to, cp);
    return at + 1;
}

static size_t strip_tag(struct text *to, clus_str s)
{
    static const char *const inside_lines[] = {"a",    "b",     "i", "em", "strong",
                                               "span", "font",  "u", "s",  "sup",
                                               "sub",  "small", NULL};
    char name[NAME_BYTES + 1];
    bool closing;
    size_t n = tag_name(s, name, &closing);
    if (n == 0 && !(s.len > 1 && (s.data[1] == '!' || s.data[1] == '?')))
        return 0;
    size_t used = tag_length(s);
    if (!closing && (strcmp(name, "script") == 0 || strcmp(name, "style") == 0))
        used += raw_length(str_sub(s, used), name);
    if (n && !is_one_of(name, inside_lines))
        text_byte(to, '\n');
    return used;
}

void html_strip(struct text *to, clus_str raw)
{
    for (clus_str s = raw; s.len;) {
        size_t used = 0;
        if (s.data[0] == '<')
            used = strip_tag(to, s);
        else if (s.data[0] == '&')
            used = add_entity(to, s);
        if (used == 0) {
            text_byte(to, s.data[0]);
            used = 1;
        }
        s = str_sub(s, used);
    }
}
