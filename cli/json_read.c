/* Read JSON in place. */
#include "json_read.h"

#include <string.h>

#include "utf8.h"

struct json_in json_begin(char *data, size_t len)
{
    return (struct json_in){.at = data, .start = data, .end = data + len};
}

static bool fail_with(struct json_in *in, const char *error)
{
    if (!in->error)
        in->error = error;
    return false;
}

static void skip_blanks(struct json_in *in)
{
    while (in->at < in->end &&
           (*in->at == ' ' || *in->at == '\t' || *in->at == '\n' || *in->at == '\r'))
        in->at++;
}

/* The first quote, backslash or control at or behind p; eight bytes at a time. */
static char *string_stop(char *p, const char *end)
{
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    for (; end - p >= 8; p += 8) {
        uint64_t w, q, b;
        memcpy(&w, p, 8);
        q = w ^ (ones * '"');
        b = w ^ (ones * '\\');
        /* a byte that is zero, or below 0x20, borrows into its top bit */
        if (((q - ones) & ~q & tops) | ((b - ones) & ~b & tops) |
            ((w - ones * 0x20) & ~w & tops))
            break;
    }
    while (p < end && *p != '"' && *p != '\\' && (unsigned char)*p >= 0x20)
        p++;
    return p;
}

static int hex4(const char *p, const char *end)
{
    int n = 0;
    if (end - p < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        if (c >= '0' && c <= '9')
            n = n * 16 + (c - '0');
        else if ((c | 32) >= 'a' && (c | 32) <= 'f')
            n = n * 16 + ((c | 32) - 'a' + 10);
        else
            return -1;
    }
    return n;
}

static char *put_utf8(char *to, uint32_t cp)
{
    char room[8];
    struct text t = {room, 0, sizeof room};
    utf8_add(&t, cp);
    memcpy(to, room, t.len);
    return to + t.len;
}

/* Behind `\u`. A lone surrogate becomes U+FFFD. */
static bool unescape_unicode(struct json_in *in, char **to)
{
    int n = hex4(in->at, in->end);
    if (n < 0)
        return fail_with(in, "\\u without four hex digits");
    in->at += 4;
    uint32_t cp = (uint32_t)n;
    if (cp >= 0xd800 && cp < 0xdc00 && in->end - in->at >= 6 && in->at[0] == '\\' &&
        in->at[1] == 'u') {
        int low = hex4(in->at + 2, in->end);
        if (low >= 0xdc00 && low < 0xe000) {
            cp = 0x10000 + ((cp - 0xd800) << 10) + ((uint32_t)low - 0xdc00);
            in->at += 6;
        }
    }
    if (cp >= 0xd800 && cp < 0xe000)
        cp = 0xfffd;
    *to = put_utf8(*to, cp);
    return true;
}

/* At a backslash. */
static bool unescape(struct json_in *in, char **to)
{
    static const char names[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
    if (in->end - in->at < 2)
        return fail_with(in, "a string does not end");
    char c = in->at[1];
    in->at += 2;
    if (c == 'u')
        return unescape_unicode(in, to);
    const char *known = c ? strchr(names, c) : NULL;
    if (!known)
        return fail_with(in, "an escape that JSON does not have");
    *(*to)++ = bytes[known - names];
    return true;
}

/* Behind the opening quote; ends behind the closing one. With `out` the string is
 * unescaped in place, without it is only checked. */
static bool read_string(struct json_in *in, clus_str *out)
{
    char *start = in->at, *to = start;
    for (;;) {
        char *stop = string_stop(in->at, in->end);
        size_t run = (size_t)(stop - in->at);
        if (out && to != in->at)
            memmove(to, in->at, run);
        to += run;
        in->at = stop;
        if (stop == in->end)
            return fail_with(in, "a string does not end");
        if (*stop == '"')
            break;
        if (*stop != '\\')
            return fail_with(in, "a control character in a string");
        char ignored[8], *sink = ignored;
        if (!unescape(in, out ? &to : &sink))
            return false;
    }
    in->at++;
    if (out)
        *out = (clus_str){start, (size_t)(to - start)};
    return true;
}

static bool is_digit(const struct json_in *in)
{
    return in->at < in->end && *in->at >= '0' && *in->at <= '9';
}

static bool skip_digits(struct json_in *in)
{
    if (!is_digit(in))
        return fail_with(in, "a number without digits");
    while (is_digit(in))
        in->at++;
    return true;
}

static bool skip_number(struct json_in *in)
{
    if (*in->at == '-')
        in->at++;
    if (in->at < in->end && *in->at == '0')
        in->at++;
    else if (!skip_digits(in))
        return false;
    if (in->at < in->end && *in->at == '.') {
        in->at++;
        if (!skip_digits(in))
            return false;
    }
    if (in->at < in->end && (*in->at | 32) == 'e') {
        in->at++;
        if (in->at < in->end && (*in->at == '+' || *in->at == '-'))
            in->at++;
        return skip_digits(in);
    }
    return true;
}

static bool skip_word(struct json_in *in, const char *word)
{
    size_t len = strlen(word);
    if ((size_t)(in->end - in->at) < len || memcmp(in->at, word, len) != 0)
        return fail_with(in, "a word that JSON does not have");
    in->at += len;
    return true;
}

static bool skip_scalar(struct json_in *in, enum json_kind *kind)
{
    if (in->at == in->end)
        return fail_with(in, "a value is missing");
    switch (*in->at) {
    case '"':
        *kind = JSON_STRING;
        in->at++;
        return read_string(in, NULL);
    case 't': *kind = JSON_BOOL; return skip_word(in, "true");
    case 'f': *kind = JSON_BOOL; return skip_word(in, "false");
    case 'n': *kind = JSON_NULL; return skip_word(in, "null");
    default:
        *kind = JSON_NUMBER;
        if (*in->at != '-' && !is_digit(in))
            return fail_with(in, "no JSON value begins like this");
        return skip_number(in);
    }
}

/* Where a check of nested values stands: bit i of `objects` tells what level i is. */
struct nesting {
    unsigned depth;
    bool is_object[JSON_DEPTH];
};

static bool skip_name(struct json_in *in)
{
    skip_blanks(in);
    if (in->at == in->end || *in->at != '"')
        return fail_with(in, "a name in quotes is missing");
    in->at++;
    if (!read_string(in, NULL))
        return false;
    skip_blanks(in);
    if (in->at == in->end || *in->at != ':')
        return fail_with(in, "a colon is missing");
    in->at++;
    return true;
}

static bool open_container(struct json_in *in, struct nesting *nest, bool *closed)
{
    if (nest->depth == JSON_DEPTH)
        return fail_with(in, "nested too deeply");
    bool object = *in->at++ == '{';
    nest->is_object[nest->depth++] = object;
    skip_blanks(in);
    *closed = in->at < in->end && *in->at == (object ? '}' : ']');
    return *closed || !object || skip_name(in);
}

/* Behind a value: close what ends here, step over the comma to the next value. */
static bool after_value(struct json_in *in, struct nesting *nest)
{
    while (nest->depth > 0) {
        bool object = nest->is_object[nest->depth - 1];
        skip_blanks(in);
        if (in->at == in->end)
            return fail_with(in,
                             object ? "an object does not end" : "an array does not end");
        if (*in->at == ',') {
            in->at++;
            return !object || skip_name(in);
        }
        if (*in->at != (object ? '}' : ']'))
            return fail_with(in, "a comma or a closing bracket is missing");
        in->at++;
        nest->depth--;
    }
    return true;
}

/* Check an object or array without looking into it. */
static bool skip_container(struct json_in *in)
{
    struct nesting nest = {.depth = 0};
    do {
        bool closed = false;
        enum json_kind kind;
        skip_blanks(in);
        if (in->at < in->end && (*in->at == '{' || *in->at == '[')) {
            if (!open_container(in, &nest, &closed))
                return false;
            if (!closed)
                continue;
        } else if (!skip_scalar(in, &kind)) {
            return false;
        }
        if (!after_value(in, &nest))
            return false;
    } while (nest.depth > 0);
    return true;
}

bool json_read(struct json_in *in, struct json_value *out)
{
    skip_blanks(in);
    char *start = in->at;
    if (in->at < in->end && *in->at == '"') {
        in->at++;
        out->kind = JSON_STRING;
        return read_string(in, &out->text);
    }
    if (in->at < in->end && (*in->at == '{' || *in->at == '[')) {
        out->kind = *in->at == '{' ? JSON_OBJECT : JSON_ARRAY;
        if (!skip_container(in))
            return false;
    } else if (!skip_scalar(in, &out->kind)) {
        return false;
    }
    out->text = (clus_str){start, (size_t)(in->at - start)};
    return true;
}

bool json_ended(struct json_in *in)
{
    skip_blanks(in);
    return in->at == in->end || fail_with(in, "something stands behind the value");
}

struct json_in json_inside(struct json_value container)
{
    /* the text lies in the buffer that json_begin was given, which is writable */
    size_t len = container.text.len;
    char *data;
    memcpy(&data, &container.text.data, sizeof data);
    struct json_in in = json_begin(data + 1, len - 2);
    return in;
}

bool json_step_in(struct json_in *in)
{
    skip_blanks(in);
    if (in->at == in->end || *in->at != '{')
        return fail_with(in, "not a JSON object");
    in->at++;
    in->open = true;
    return true;
}

/* Whether an object that was opened unchecked ends here. */
static bool closes(struct json_in *in)
{
    if (!in->open)
        return false;
    if (in->at == in->end) {
        (void)fail_with(in, "an object does not end");
        return true;
    }
    if (*in->at != '}')
        return false;
    in->at++;
    in->open = false;
    return true;
}

/* Step to the next element; false at the end. */
static bool next_begins(struct json_in *in)
{
    skip_blanks(in);
    if (in->error || closes(in) || in->at == in->end)
        return false;
    if (in->began) {
        if (*in->at != ',')
            return fail_with(in, "a comma is missing");
        in->at++;
    }
    in->began = true;
    return true;
}

bool json_element_next(struct json_in *in, struct json_value *out)
{
    return next_begins(in) && json_read(in, out);
}

bool json_member_next(struct json_in *in, clus_str *name, struct json_value *out)
{
    if (!next_begins(in))
        return false;
    skip_blanks(in);
    if (in->at == in->end || *in->at != '"')
        return fail_with(in, "a name in quotes is missing");
    in->at++;
    if (!read_string(in, name))
        return false;
    skip_blanks(in);
    if (in->at == in->end || *in->at != ':')
        return fail_with(in, "a colon is missing");
    in->at++;
    return json_read(in, out);
}
