/* A file of JSON lines as documents; escapes are undone in place. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "documents.h"

static void die(const char *what, const char *why)
{
    (void)fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

static unsigned hex4(const char *p)
{
    char digits[5] = {p[0], p[1], p[2], p[3], 0};
    return (unsigned)strtoul(digits, NULL, 16);
}

static char *put_utf8(char *to, unsigned c)
{
    if (c < 0x80) {
        *to++ = (char)c;
        return to;
    }
    unsigned more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const unsigned heads[] = {0, 0xC0, 0xE0, 0xF0};
    *to++ = (char)(heads[more] | c >> 6 * more);
    while (more--)
        *to++ = (char)(0x80 | (c >> 6 * more & 63));
    return to;
}

/* Unescape one escape; *p stands behind the backslash and then behind the escape. */
static char *put_escape(char *to, char **p)
{
    static const char escapes[] = "nrtbf", values[] = "\n\r\t\b\f";
    char *from = *p;
    const char *known = *from ? strchr(escapes, *from) : NULL;
    if (*from == 'u' && strlen(from) > 4) {
        unsigned c = hex4(from + 1);
        from += 4;
        if (c >= 0xD800 && c < 0xDC00 && from[1] == '\\' && from[2] == 'u') {
            c = 0x10000 + ((c - 0xD800) << 10) + (hex4(from + 3) - 0xDC00);
            from += 6;
        }
        to = put_utf8(to, c);
    } else {
        if (known)
            *to++ = values[known - escapes];
        else
            *to++ = *from;
    }
    *p = *from ? from + 1 : from;
    return to;
}

/* *p stands behind the opening quote and then behind the closing one. */
static clus_str string(char **p)
{
    char *from = *p, *to = *p;
    clus_str out = {*p, 0};
    while (*from && *from != '"') {
        if (*from == '\\') {
            from++;
            to = put_escape(to, &from);
        } else {
            *to++ = *from++;
        }
    }
    out.len = (size_t)(to - out.data);
    *p = *from ? from + 1 : from;
    return out;
}

static void set(clus_document *doc, clus_str name, clus_str value)
{
    const struct {
        const char *name;
        clus_str *to;
    } fields[] = {{"id", &doc->id},     {"title", &doc->title}, {"text", &doc->text},
                  {"lang", &doc->lang}, {"date", &doc->date},   {"source", &doc->source},
                  {"url", &doc->url}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (strlen(fields[i].name) == name.len &&
            memcmp(fields[i].name, name.data, name.len) == 0)
            *fields[i].to = value;
    }
}

static clus_document parse_line(char *p)
{
    clus_document doc = {0};
    while (*p) {
        p += strcspn(p, "\"");
        if (!*p)
            break;
        p++;
        clus_str name = string(&p), value = {0};
        while (*p == ':' || *p == ' ')
            p++;
        if (*p == '"') {
            p++;
            value = string(&p);
        }
        set(&doc, name, value);
    }
    return doc;
}

static char *read_whole(const char *path)
{
    struct stat info;
    FILE *in = fopen(path, "rb");
    if (!in || fstat(fileno(in), &info) != 0)
        die(path, "cannot be read");
    size_t len = (size_t)info.st_size;
    char *bytes = malloc(len + 1);
    if (!bytes || fread(bytes, 1, len, in) != len)
        die(path, "cannot be read");
    bytes[len] = '\0';
    (void)fclose(in);
    return bytes;
}

void documents_read(struct documents *docs, const char *path, size_t most)
{
    char *line = docs->bytes = read_whole(path);
    while (*line && docs->n < most) {
        char *end = line + strcspn(line, "\n");
        bool last = !*end;
        *end = '\0';
        if (docs->n == docs->cap) {
            docs->cap = docs->cap ? 2 * docs->cap : 1024;
            docs->items = realloc(docs->items, docs->cap * sizeof *docs->items);
            if (!docs->items)
                die(path, "out of memory");
        }
        clus_document doc = parse_line(line);
        if (doc.text.len || doc.title.len)
            docs->items[docs->n++] = doc;
        line = last ? end : end + 1;
    }
    if (docs->n == 0)
        die(path, "holds no document");
}

void documents_done(struct documents *docs)
{
    free(docs->items);
    free(docs->bytes);
}
