/* Reading of the common input. */
#include "lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

struct lines lines_open(const char *path)
{
    struct lines lines = {.file = fopen(path, "r")};
    if (!lines.file || getline(&lines.line, &lines.cap, lines.file) <= 0) {
        fprintf(stderr, "%s: %s\n", path, errno ? strerror(errno) : "no header");
        exit(1);
    }
    return lines;
}

bool lines_next(struct lines *lines, struct line *out)
{
    ssize_t len = getline(&lines->line, &lines->cap, lines->file);
    if (len <= 0) {
        (void)fclose(lines->file);
        free(lines->line);
        *lines = (struct lines){0};
        return false;
    }
    if (lines->line[len - 1] == '\n')
        lines->line[--len] = 0;
    char *tab = lines->line, *end = tab;
    out->number = strtol(tab, &end, 10);
    bool fits = end != tab && *end == '\t';
    if (fits) {
        tab = end + 1;
        out->source = strtol(tab, &end, 10);
        fits = end != tab && *end == '\t';
    }
    if (!fits) {
        fprintf(stderr, "not 'number TAB source TAB text': %.40s\n", lines->line);
        exit(1);
    }
    out->text = end + 1;
    out->len = (size_t)(lines->line + len - out->text);
    return true;
}
