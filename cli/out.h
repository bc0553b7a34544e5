/*
 * Where results and messages go: results to standard output through one buffer, messages
 * to standard error, and the exit status that scripts rely on.
 */
#ifndef CSEARCH_OUT_H
#define CSEARCH_OUT_H

#include "mem.h"

enum {
    EXIT_FOUND = 0,   /* or done */
    EXIT_NOTHING = 1, /* nothing found */
    EXIT_USAGE = 2,   /* usage or query error, and failures that have no number */
    EXIT_INDEX = 3,   /* index missing, locked or not writable */
    EXIT_DAMAGED = 4, /* index damaged */
    EXIT_NEWER = 5,   /* index of a newer format */
    EXIT_SKIPPED = 6, /* some input was skipped under --strict */
    EXIT_TIMEOUT = 124,
    EXIT_INTERRUPTED = 130
};

/* Standard output, buffered. `text` may be added to at any time. */
struct out {
    struct text text;
    int fd;
    bool failed; /* a write failed; later ones are dropped */
};

void out_flush(struct out *out);
void out_maybe_flush(struct out *out);    /* when a good deal has gathered */
int out_end(struct out *out, int status); /* flushes; `status`, or 2 when a write failed */

/* Write all of it to a descriptor. */
bool write_all(int fd, const char *data, size_t len);

/* "csearch: " and a line on standard error, safe for terminals. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same, and EXIT_USAGE to return. */
int usage(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Exit status that belongs to a failure of the library. */
int exit_status(clus_status status);

/* Tell a failure of the library: what was done to what, why, and the way out. */
int fail(const char *what, const char *name, const clus_error *err);

#endif
