/*
 * Files and folders to documents: walks what the command line names, tells the format of
 * each file and hands every document and every problem to a sink.
 */
#ifndef CSEARCH_INPUT_H
#define CSEARCH_INPUT_H

#include <clustersearch/clustersearch.h>

#include "mem.h"
#include "stream.h"

/* Longest text of the library, and the longest line or page worth parsing. */
#define INPUT_LONGEST ((size_t)1 << 30)
#define PAGE_LONGEST ((size_t)256 << 20)
#define HTML_LONGEST ((size_t)16 << 20)

enum input_format {
    FORMAT_TEXT,
    FORMAT_MARKDOWN,
    FORMAT_HTML,
    FORMAT_JSONL,
    FORMAT_TSV,
    FORMAT_CSV,
    FORMAT_UNKNOWN
};

/* Where a document stands. */
struct input_place {
    const char *file;
    uint64_t line; /* 0: the whole file */
};

/* What becomes of a file that gives no document. */
enum input_skip { SKIP_BROKEN, SKIP_EMPTY, SKIP_BINARY, SKIP_UNREADABLE, SKIP_KINDS };

/* Receives what is found. Both calls answer whether to go on. */
struct input_sink {
    bool (*document)(void *ctx, const clus_document *doc, const struct input_place *at);
    bool (*problem)(void *ctx, enum input_skip kind, const struct input_place *at,
                    const char *reason);
    void *ctx;
    /* Whether a signal asked to end; NULL: no signal does. */
    bool (*stopped)(void);
    /* Bytes of files taken so far; NULL: nobody asks. */
    void (*progress)(void *ctx, uint64_t file_bytes);
};

/* A file to read. */
struct input_file {
    char *path;
    const char *id; /* within `path` */
    uint64_t size;
    bool in_folder; /* found below a folder, not named itself */
};

struct input_files {
    struct input_file *files;
    size_t n, cap;
    uint64_t bytes;
};

struct input_walk {
    bool follow;      /* symbolic links, too */
    const char *skip; /* a folder that is not input: the index; or NULL */
    struct input_files found;
};

/* Gather the files of one path of the command line: itself, or a folder's, by name. Hidden
 * files and folders below it are left out. False, with errno, when it cannot be read. */
bool input_gather(struct input_walk *walk, const char *path);
void input_files_done(struct input_files *files);

/* Read one file. False when the sink said stop. */
bool input_read_file(const struct input_file *file, const char *id_prefix,
                     const struct input_sink *sink);

/* Read JSON lines of standard input. */
bool input_read_stdin(const char *id_prefix, const struct input_sink *sink);

/* By its ending, .gz and .zst taken off; FORMAT_UNKNOWN when that tells nothing. */
enum input_format input_format_of_name(const char *path);

/* Readers of one format. All of them call the sink and answer as it did. */
struct input_source {
    struct stream *stream;
    const struct input_sink *sink;
    struct input_place at;
    const char *id;        /* of a file that is one document */
    const char *id_prefix; /* "" for none */
};

bool read_jsonl(struct input_source *in);
bool read_table(struct input_source *in, bool csv);
bool read_page(struct input_source *in, enum input_format format);

/* Tell of a problem at the source's place. */
bool input_problem(struct input_source *in, enum input_skip kind, const char *reason);

/* Put the prefix before an id; `room` holds the result. */
clus_str input_id(struct input_source *in, clus_str id, struct text *room);

/* Add the tags that a text lists, separated by any of `separators`. */
struct tag_list {
    clus_str *tags;
    size_t n, cap;
};
void tags_split(struct tag_list *list, clus_str text, const char *separators);
void tags_add(struct tag_list *list, clus_str tag);

struct field_list {
    clus_field *fields;
    size_t n, cap;
};
void fields_add(struct field_list *list, clus_str name, clus_str value);

#endif
