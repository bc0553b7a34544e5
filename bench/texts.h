/* Reads the files of a folder into one buffer. */
#ifndef BENCH_TEXTS_H
#define BENCH_TEXTS_H

#include <dirent.h>
#include <stdio.h>

#include "base/buf.h"

static inline bool texts_read_file(const char *path, struct buf *text)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    for (;;) {
        uint8_t *room = clus__buf_room(text, 1 << 16);
        size_t n = room ? fread(room, 1, 1 << 16, file) : 0;
        if (n == 0)
            break;
        text->len += n;
    }
    (void)fclose(file);
    return clus__buf_status(text) == CLUS_OK;
}

/* A file, or the files of a folder, appended to `text`. */
static inline bool texts_read(const char *path, struct buf *text)
{
    bool good = true;
    DIR *dir = opendir(path);
    if (!dir)
        return texts_read_file(path, text);
    for (struct dirent *entry = readdir(dir); entry && good; entry = readdir(dir)) {
        char name[4096];
        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        good = texts_read_file(name, text);
    }
    (void)closedir(dir);
    return good;
}

#endif
