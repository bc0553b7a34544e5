/*
 * Files that are one document: plain text, Markdown and HTML. Brings them to UTF-8 first:
 * by a byte order mark, by the charset that HTML declares, or, for bytes that are no UTF-8
 * at all and look like Cyrillic letters of windows-1251, as that.
 */
#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <strings.h>

#include "page.h"
#include "utf8.h"

enum { DECLARED_WITHIN = 2048, NAME_MOST = 40 };

/* Convert all of `raw`; bytes that mean nothing become U+FFFD. False for an unknown name.
 */
static bool convert(struct text *to, clus_str raw, const char *from)
{
    iconv_t cd = iconv_open("UTF-8", from);
    char *in, buffer[4096];
    if (cd == (iconv_t)-1) /* NOLINT(performance-no-int-to-ptr): iconv's own constant */
        return false;
    memcpy(&in, &raw.data, sizeof in); /* iconv does not write to its input */
    size_t left = raw.len;
    while (left > 0) {
        char *out = buffer;
        size_t room = sizeof buffer;
        size_t rc = iconv(cd, &in, &left, &out, &room);
        text_add(to, buffer, sizeof buffer - room);
        if (rc != (size_t)-1 || errno == E2BIG)
            continue;
        text_str(to, "\xef\xbf\xbd");
        in++;
        left--;
    }
    (void)iconv_close(cd);
    return true;
}

/* The charset that an HTML page declares near its start. */
static bool declared_charset(clus_str raw, char name[NAME_MOST + 1])
{
    size_t within = raw.len < DECLARED_WITHIN ? raw.len : DECLARED_WITHIN;
    for (size_t i = 0; i + 8 < within; i++) {
        if (strncasecmp(raw.data + i, "charset=", 8) != 0)
            continue;
        i += 8;
        if (raw.data[i] == '"' || raw.data[i] == '\'')
            i++;
        size_t n = 0;
        while (i + n < within && n < NAME_MOST && !strchr("\"'>; /", raw.data[i + n]) &&
               raw.data[i + n])
            n++;
        memcpy(name, raw.data + i, n);
        name[n] = '\0';
        return n > 0;
    }
    return false;
}

/* No UTF-8, and most bytes beyond ASCII are where windows-1251 has its letters. */
static bool looks_like_1251(clus_str raw)
{
    size_t used, bad = 0, high = 0, letters = 0;
    for (clus_str s = raw; s.len; s = str_sub(s, used))
        bad += utf8_next(s, &used) == UTF8_BAD;
    for (size_t i = 0; i < raw.len; i++) {
        unsigned char c = (unsigned char)raw.data[i];
        high += c >= 0x80;
        letters += c >= 0xc0 || c == 0xa8 || c == 0xb8;
    }
    return bad * 4 > high && letters * 10 > high * 7;
}

/* `raw` in UTF-8: itself, or converted into `room`. */
static clus_str to_utf8(clus_str raw, enum input_format format, struct text *room)
{
    char name[NAME_MOST + 1];
    if (raw.len >= 2 && memcmp(raw.data, "\xff\xfe", 2) == 0)
        return convert(room, str_sub(raw, 2), "UTF-16LE") ? text_view(room) : raw;
    if (raw.len >= 2 && memcmp(raw.data, "\xfe\xff", 2) == 0)
        return convert(room, str_sub(raw, 2), "UTF-16BE") ? text_view(room) : raw;
    if (str_starts(raw, "\xef\xbb\xbf"))
        return str_sub(raw, 3);
    if (utf8_valid(raw))
        return raw;
    if (format == FORMAT_HTML && declared_charset(raw, name) &&
        strcasecmp(name, "utf-8") != 0 && convert(room, raw, name))
        return text_view(room);
    if (looks_like_1251(raw) && convert(room, raw, "WINDOWS-1251"))
        return text_view(room);
    return raw;
}

static bool hand_over(struct input_source *in, const struct page *page)
{
    struct text id_room = {0};
    clus_document doc = {.id = input_id(in, str_of(in->id), &id_room),
                         .title = page->title,
                         .text = text_view(&page->body),
                         .extra = text_view(&page->extra),
                         .lang = page->lang,
                         .date = page->date,
                         .source = page->source,
                         .url = page->url,
                         .tags = page->tags.tags,
                         .n_tags = page->tags.n,
                         .fields = page->fields.fields,
                         .n_fields = page->fields.n};
    bool more;
    if (str_trim(doc.text).len == 0 && str_trim(doc.title).len == 0)
        more = input_problem(in, SKIP_EMPTY, "no text");
    else
        more = in->sink->document(in->sink->ctx, &doc, &in->at);
    text_done(&id_room);
    return more;
}

static bool read_one(struct input_source *in, enum input_format format, clus_str raw)
{
    struct page page = {.title = {NULL, 0}};
    struct text room = {0};
    raw = to_utf8(raw, format, &room);
    if (format == FORMAT_HTML)
        page_from_html(&page, raw);
    else if (format == FORMAT_MARKDOWN)
        page_from_markdown(&page, raw);
    else
        page_from_text(&page, raw);
    bool more = hand_over(in, &page);
    page_done(&page);
    text_done(&room);
    return more;
}

bool read_page(struct input_source *in, enum input_format format)
{
    char *data;
    size_t len;
    size_t longest = format == FORMAT_HTML ? HTML_LONGEST : PAGE_LONGEST;
    bool more = false;
    switch (stream_rest(in->stream, longest, &data, &len)) {
    case STREAM_OK: more = read_one(in, format, (clus_str){data, len}); break;
    case STREAM_TOO_LONG:
        more = input_problem(in, SKIP_BROKEN,
                             format == FORMAT_HTML ? "longer than 16 MiB: no page"
                                                   : "longer than 256 MiB: split it");
        break;
    case STREAM_FAILED:
        more = input_problem(in, SKIP_UNREADABLE, stream_error(in->stream));
        break;
    case STREAM_END: break;
    }
    if (in->sink->progress)
        in->sink->progress(in->sink->ctx, stream_file_bytes(in->stream));
    return more;
}
