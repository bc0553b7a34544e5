/*
 * Buffered reading through zlib and zstd.
 *
 * `buf` holds bytes [at, filled) that were decompressed and not yet taken. Lines are handed
 * out in place; the buffer grows only for a line longer than it.
 */
#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>
#include <zstd.h>

enum { RAW_BYTES = 256 * 1024, START_BYTES = 1024 * 1024, PEEK_BYTES = 64 * 1024 };
enum { GZIP_WINDOW = 15 + 16, ZSTD_LONGEST_WINDOW = 31 };

enum coding { CODING_PLAIN, CODING_GZIP, CODING_ZSTD };

struct stream {
    int fd;
    enum coding coding;
    z_stream gzip;
    ZSTD_DStream *zstd;
    unsigned char *raw; /* compressed bytes [raw_at, raw_filled) */
    size_t raw_at, raw_filled;
    bool raw_ended;
    bool frame_ended; /* the last compressed frame is complete */
    char *buf;
    size_t at, filled, cap;
    bool ended;
    uint64_t line, file_bytes;
    const char *error;
    bool (*stopped)(void);
    bool was_stopped;
};

static bool fail_stream(struct stream *s, const char *error)
{
    s->error = error;
    s->ended = true;
    return false;
}

static ssize_t read_some(struct stream *s, void *to, size_t room)
{
    ssize_t n = -1;
    while (!s->was_stopped && (n = read(s->fd, to, room)) < 0 && errno == EINTR)
        s->was_stopped = s->stopped && s->stopped();
    if (s->was_stopped) {
        s->at = s->filled;
        return 0;
    }
    if (n > 0)
        s->file_bytes += (uint64_t)n;
    return n;
}

static bool fill_raw(struct stream *s)
{
    if (s->raw_at < s->raw_filled || s->raw_ended)
        return true;
    ssize_t n = read_some(s, s->raw, RAW_BYTES);
    if (n < 0)
        return fail_stream(s, strerror(errno));
    s->raw_at = 0;
    s->raw_filled = (size_t)n;
    s->raw_ended = n == 0;
    return true;
}

static bool inflate_some(struct stream *s, void *to, size_t room, size_t *got)
{
    if (s->frame_ended) { /* members of a gzip file may follow one another */
        if (inflateReset(&s->gzip) != Z_OK)
            return fail_stream(s, "zlib failed");
        s->frame_ended = false;
    }
    s->gzip.next_in = s->raw + s->raw_at;
    s->gzip.avail_in = (unsigned)(s->raw_filled - s->raw_at);
    s->gzip.next_out = to;
    s->gzip.avail_out = room > 1u << 30 ? 1u << 30 : (unsigned)room;
    unsigned before = s->gzip.avail_out;
    int rc = inflate(&s->gzip, Z_NO_FLUSH);
    s->raw_at = s->raw_filled - s->gzip.avail_in;
    *got = before - s->gzip.avail_out;
    if (rc == Z_STREAM_END)
        s->frame_ended = true;
    else if (rc != Z_OK && rc != Z_BUF_ERROR)
        return fail_stream(s, "damaged gzip data");
    return true;
}

static bool unzstd_some(struct stream *s, void *to, size_t room, size_t *got)
{
    ZSTD_inBuffer in = {s->raw, s->raw_filled, s->raw_at};
    ZSTD_outBuffer out = {to, room, 0};
    size_t rc = ZSTD_decompressStream(s->zstd, &out, &in);
    s->raw_at = in.pos;
    *got = out.pos;
    if (ZSTD_isError(rc))
        return fail_stream(s, "damaged zstd data");
    s->frame_ended = rc == 0;
    return true;
}

/* Decompress at least a byte into the room given, unless the file ends. */
static bool decode_some(struct stream *s, void *to, size_t room, size_t *got)
{
    for (;;) {
        if (!fill_raw(s))
            return false;
        bool dry = s->raw_at == s->raw_filled;
        if (s->was_stopped || (dry && s->frame_ended))
            return true;
        bool fine = s->coding == CODING_GZIP ? inflate_some(s, to, room, got)
                                             : unzstd_some(s, to, room, got);
        if (!fine || *got > 0)
            return fine;
        if (dry && !s->frame_ended)
            return fail_stream(s, "compressed data ends too early");
    }
}

/* Read more behind `filled`; sets `ended` when there is none. */
static bool fill(struct stream *s)
{
    if (s->ended)
        return s->error == NULL;
    size_t got = 0;
    if (s->coding == CODING_PLAIN) {
        ssize_t n = read_some(s, s->buf + s->filled, s->cap - s->filled);
        if (n < 0)
            return fail_stream(s, strerror(errno));
        got = (size_t)n;
    } else if (!decode_some(s, s->buf + s->filled, s->cap - s->filled, &got)) {
        return false;
    }
    s->filled += got;
    s->ended = got == 0;
    return true;
}

static void make_room(struct stream *s)
{
    if (s->at > 0) {
        memmove(s->buf, s->buf + s->at, s->filled - s->at);
        s->filled -= s->at;
        s->at = 0;
    }
    if (s->filled == s->cap)
        mem_grow(&s->buf, &s->cap, s->cap + 1, 1);
}

/* Look at the first bytes and set the decoder up; they then count as compressed. */
static void detect_coding(struct stream *s)
{
    const unsigned char *b = (const unsigned char *)s->buf;
    if (s->filled >= 2 && b[0] == 0x1f && b[1] == 0x8b)
        s->coding = CODING_GZIP;
    else if (s->filled >= 4 && memcmp(b, "\x28\xb5\x2f\xfd", 4) == 0)
        s->coding = CODING_ZSTD;
    else
        return;
    size_t room = s->filled > RAW_BYTES ? s->filled : RAW_BYTES;
    s->raw = mem_alloc(room, 1);
    memcpy(s->raw, s->buf, s->filled);
    s->raw_filled = s->filled;
    s->filled = 0;
    s->ended = false;
    if (s->coding == CODING_GZIP) {
        if (inflateInit2(&s->gzip, GZIP_WINDOW) != Z_OK)
            fail_stream(s, "zlib failed");
        return;
    }
    s->zstd = ZSTD_createDStream();
    if (!s->zstd || ZSTD_isError(ZSTD_DCtx_setParameter(s->zstd, ZSTD_d_windowLogMax,
                                                        ZSTD_LONGEST_WINDOW)))
        fail_stream(s, "zstd failed");
}

struct stream *stream_open(const char *path)
{
    return stream_open_until(path, NULL);
}

struct stream *stream_open_until(const char *path, bool (*stopped)(void))
{
    bool is_stdin = strcmp(path, "-") == 0;
    int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return NULL;
    struct stream *s = mem_alloc(1, sizeof *s);
    s->fd = fd;
    s->stopped = stopped;
    s->cap = START_BYTES;
    s->buf = mem_alloc(1, s->cap);
    while (s->filled < 4 && !s->ended)
        if (!fill(s))
            break;
    detect_coding(s);
    return s;
}

void stream_close(struct stream *s)
{
    if (!s)
        return;
    if (s->coding == CODING_GZIP)
        (void)inflateEnd(&s->gzip);
    (void)ZSTD_freeDStream(s->zstd);
    if (s->fd != STDIN_FILENO)
        (void)close(s->fd);
    mem_free(s->raw);
    mem_free(s->buf);
    mem_free(s);
}

clus_str stream_peek(struct stream *s)
{
    while (s->filled - s->at < PEEK_BYTES && !s->ended) {
        make_room(s);
        if (!fill(s))
            break;
    }
    size_t n = s->filled - s->at;
    return (clus_str){s->buf + s->at, n < PEEK_BYTES ? n : PEEK_BYTES};
}

/* Step over the rest of a line that is too long. */
static enum stream_status drop_line(struct stream *s)
{
    for (;;) {
        char *newline = memchr(s->buf + s->at, '\n', s->filled - s->at);
        if (newline) {
            s->at = (size_t)(newline - s->buf) + 1;
            return STREAM_TOO_LONG;
        }
        s->at = s->filled = 0;
        if (s->ended)
            return STREAM_TOO_LONG;
        if (!fill(s))
            return STREAM_FAILED;
    }
}

enum stream_status stream_line(struct stream *s, size_t longest, char **line, size_t *len)
{
    size_t seen = 0; /* bytes behind `at` without a line end */
    for (;;) {
        char *newline = memchr(s->buf + s->at + seen, '\n', s->filled - s->at - seen);
        seen = s->filled - s->at;
        if (newline || (s->ended && seen > 0)) {
            size_t n = newline ? (size_t)(newline - (s->buf + s->at)) : seen;
            *line = s->buf + s->at;
            *len = n > 0 && (*line)[n - 1] == '\r' ? n - 1 : n;
            s->at += newline ? n + 1 : n;
            s->line++;
            return s->error ? STREAM_FAILED : STREAM_OK;
        }
        if (s->error)
            return STREAM_FAILED;
        if (s->ended)
            return STREAM_END;
        if (seen > longest) {
            s->line++;
            return drop_line(s);
        }
        make_room(s);
        (void)fill(s);
    }
}

enum stream_status stream_rest(struct stream *s, size_t longest, char **data, size_t *len)
{
    while (!s->ended) {
        if (s->filled - s->at > longest)
            return STREAM_TOO_LONG;
        make_room(s);
        if (!fill(s))
            return STREAM_FAILED;
    }
    if (s->error)
        return STREAM_FAILED;
    make_room(s); /* a byte for the NUL */
    *data = s->buf + s->at;
    *len = s->filled - s->at;
    s->buf[s->filled] = '\0';
    s->at = s->filled;
    return *len > longest ? STREAM_TOO_LONG : STREAM_OK;
}

uint64_t stream_line_number(const struct stream *s)
{
    return s->line;
}

uint64_t stream_file_bytes(const struct stream *s)
{
    return s->file_bytes;
}

bool stream_failed(const struct stream *s)
{
    return s->error != NULL;
}

const char *stream_error(const struct stream *s)
{
    return s->error ? s->error : "cannot be read";
}
