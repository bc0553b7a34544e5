/* Documents as every engine's indexer reads them: "number TAB source TAB text" lines below
 * a header line. The text is raw, or tokens parted by one blank; it holds no other blank.
 */
#ifndef PEERS_LINES_H
#define PEERS_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

struct lines {
    FILE *file;
    char *line;
    size_t cap;
};

struct line {
    long number; /* counts from 0 */
    long source; /* counts from 1 */
    char *text;  /* in the reader's buffer until the next call; may be written to */
    size_t len;
};

/* Open a file and skip its header; ends the program when that fails. */
struct lines lines_open(const char *path);

/* The next document; false behind the last, when the reader is closed. Ends the program at
 * a line of another form. */
bool lines_next(struct lines *lines, struct line *out);

#ifdef __cplusplus
}
#endif

#endif
