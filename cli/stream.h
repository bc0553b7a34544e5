/*
 * Bytes of a file or of standard input, decompressed on the way (gzip and zstd, told by
 * their first bytes), as lines or as a whole.
 */
#ifndef CSEARCH_STREAM_H
#define CSEARCH_STREAM_H

#include "mem.h"

struct stream;

enum stream_status { STREAM_OK, STREAM_END, STREAM_FAILED, STREAM_TOO_LONG };

/* NULL and errno when it cannot be opened. "-" is standard input. */
struct stream *stream_open(const char *path);
/* The same, asking `stopped` when a signal interrupts a read: true ends the stream there,
 * and what was read of the line is dropped. */
struct stream *stream_open_until(const char *path, bool (*stopped)(void));
void stream_close(struct stream *s);

/* Bytes that are next, without taking them: at most 64 KiB, fewer at the end. */
clus_str stream_peek(struct stream *s);

/* The next line without its end (LF or CR LF). *line is writable and good until the next
 * call. A longer line than `longest` is stepped over and gives STREAM_TOO_LONG. */
enum stream_status stream_line(struct stream *s, size_t longest, char **line, size_t *len);

/* Everything that is left, with a NUL behind it. */
enum stream_status stream_rest(struct stream *s, size_t longest, char **data, size_t *len);

uint64_t stream_line_number(const struct stream *s); /* of the line given last, from 1 */
uint64_t stream_file_bytes(const struct stream *s);  /* read of the file so far */
bool stream_failed(const struct stream *s);
const char *stream_error(const struct stream *s); /* after STREAM_FAILED */

#endif
