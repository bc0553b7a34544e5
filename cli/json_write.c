/* Write JSON. */
#include "json_write.h"

#include <math.h>
#include <string.h>

#include "utf8.h"

enum { REPLACEMENT = 0xfffd, REPLACEMENT_BYTES = 3 };

static void begin_value(struct json *j)
{
    if (j->comma)
        text_byte(j->text, ',');
    j->comma = true;
}

void json_open(struct json *j, char bracket)
{
    begin_value(j);
    text_byte(j->text, bracket);
    j->comma = false;
}

void json_close(struct json *j, char bracket)
{
    text_byte(j->text, bracket);
    j->comma = true;
}

/* Bytes at the start that need no thought: ASCII without controls, quote, backslash. */
static size_t plain_run(clus_str s)
{
    size_t n = 0;
    while (n < s.len && (unsigned char)s.data[n] >= 0x20 &&
           (unsigned char)s.data[n] < 0x7f && s.data[n] != '"' && s.data[n] != '\\')
        n++;
    return n;
}

static void add_escaped(struct text *t, uint32_t cp)
{
    static const char names[] = "\b\t\n\f\r\"\\", letters[] = "btnfr\"\\";
    const char *known = cp && cp < 0x7f ? strchr(names, (int)cp) : NULL;
    if (known)
        text_printf(t, "\\%c", letters[known - names]);
    else if (cp > 0xffff)
        text_printf(t, "\\u%04x\\u%04x", 0xd7c0 + (cp >> 10), 0xdc00 + (cp & 0x3ff));
    else
        text_printf(t, "\\u%04x", cp);
}

static void add_quoted(struct text *t, clus_str s)
{
    text_byte(t, '"');
    while (s.len) {
        size_t used = plain_run(s);
        if (used) {
            text_add(t, s.data, used);
        } else {
            uint32_t cp = utf8_next(s, &used);
            if (cp == UTF8_BAD)
                utf8_add(t, REPLACEMENT);
            else if (cp == '"' || cp == '\\' || utf8_is_control(cp))
                add_escaped(t, cp);
            else
                text_add(t, s.data, used);
        }
        s = str_sub(s, used);
    }
    text_byte(t, '"');
}

void json_key_str(struct json *j, clus_str key)
{
    begin_value(j);
    add_quoted(j->text, key);
    text_byte(j->text, ':');
    j->comma = false;
}

void json_key(struct json *j, const char *key)
{
    json_key_str(j, str_of(key));
}

void json_str(struct json *j, clus_str value)
{
    begin_value(j);
    add_quoted(j->text, value);
}

void json_uint(struct json *j, uint64_t value)
{
    begin_value(j);
    text_printf(j->text, "%llu", (unsigned long long)value);
}

void json_num(struct json *j, double value)
{
    begin_value(j);
    text_printf(j->text, "%.9g", isfinite(value) ? value : 0.0);
}

void json_bool(struct json *j, bool value)
{
    begin_value(j);
    text_str(j->text, value ? "true" : "false");
}

void json_member(struct json *j, const char *key, clus_str value)
{
    json_key(j, key);
    json_str(j, value);
}

void json_member_some(struct json *j, const char *key, clus_str value)
{
    if (value.len)
        json_member(j, key, value);
}

void json_member_uint(struct json *j, const char *key, uint64_t value)
{
    json_key(j, key);
    json_uint(j, value);
}

struct place place_advance(struct place from, clus_str s, uint64_t at, uint64_t to)
{
    size_t used;
    if (to > s.len)
        to = s.len;
    for (; at < to; at += used) {
        bool bad = utf8_next(str_sub(s, (size_t)at), &used) == UTF8_BAD;
        from.byte += bad ? REPLACEMENT_BYTES : used;
        from.point++;
    }
    return from;
}
