/* Documents for the benchmark programs: a file of JSON lines, held in memory. */
#ifndef BENCH_DOCUMENTS_H
#define BENCH_DOCUMENTS_H

#include <stddef.h>

#include <clustersearch/clustersearch.h>

struct documents {
    clus_document *items; /* their texts lie in `bytes` */
    size_t n, cap;
    char *bytes;
};

/* Read at most `most` documents; a line is an object of strings: id, title, text, lang,
 * date, source, url. Ends the program with a message when the file cannot be read. */
void documents_read(struct documents *docs, const char *path, size_t most);
void documents_done(struct documents *docs);

#endif
