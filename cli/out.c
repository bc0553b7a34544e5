/* Buffered standard output, messages, exit statuses. */
#include "out.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "utf8.h"

enum { FLUSH_AT = 64 * 1024 };

bool write_all(int fd, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, data, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        data += n;
        len -= (size_t)n;
    }
    return true;
}

void out_flush(struct out *out)
{
    if (!out->failed && !write_all(out->fd, out->text.data, out->text.len)) {
        out->failed = true;
        if (errno != EPIPE)
            say("standard output: %s", strerror(errno));
    }
    out->text.len = 0;
}

void out_maybe_flush(struct out *out)
{
    if (out->text.len >= FLUSH_AT)
        out_flush(out);
}

int out_end(struct out *out, int status)
{
    out_flush(out);
    text_done(&out->text);
    return out->failed && (status == EXIT_FOUND || status == EXIT_NOTHING) ? EXIT_USAGE
                                                                           : status;
}

static void say_args(const char *format, va_list args)
{
    struct text raw = {0}, line = {0};
    text_vprintf(&raw, format, args);
    text_str(&line, "csearch: ");
    utf8_add_safe(&line, text_view(&raw), false);
    text_byte(&line, '\n');
    (void)write_all(STDERR_FILENO, line.data, line.len);
    text_done(&raw);
    text_done(&line);
}

void say(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say_args(format, args);
    va_end(args);
}

int usage(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say_args(format, args);
    va_end(args);
    return EXIT_USAGE;
}

int exit_status(clus_status status)
{
    switch (status) {
    case CLUS_OK: return EXIT_FOUND;
    case CLUS_DONE: return EXIT_NOTHING;
    case CLUS_E_MISSING:
    case CLUS_E_BUSY:
    case CLUS_E_EXISTS:
    case CLUS_E_FULL:
    case CLUS_E_ANALYZER:
    case CLUS_E_IO: return EXIT_INDEX;
    case CLUS_E_CORRUPT: return EXIT_DAMAGED;
    case CLUS_E_VERSION: return EXIT_NEWER;
    case CLUS_E_TIMEOUT: return EXIT_TIMEOUT;
    case CLUS_E_NOMEM:
    case CLUS_E_ARGUMENT:
    case CLUS_E_SYNTAX:
    case CLUS_E_LIMIT: return EXIT_USAGE;
    }
    return EXIT_USAGE;
}

static const char *way_out(clus_status status)
{
    switch (status) {
    case CLUS_E_MISSING:
        return "make one with 'csearch index PATH', or name another with -i DIR or "
               "$CSEARCH_INDEX";
    case CLUS_E_BUSY: return "another csearch is writing there: wait for it to end";
    case CLUS_E_FULL: return "free some space and run the same command again";
    case CLUS_E_CORRUPT:
        return "'csearch check' lists the damage; to mend it, move the folder away and "
               "index anew";
    case CLUS_E_VERSION: return "it was written by a newer csearch: use that one";
    case CLUS_E_ANALYZER:
        return "its text rules are not those of this csearch: index everything anew into "
               "another folder";
    case CLUS_OK:
    case CLUS_DONE:
    case CLUS_E_EXISTS:
    case CLUS_E_IO:
    case CLUS_E_TIMEOUT:
    case CLUS_E_NOMEM:
    case CLUS_E_ARGUMENT:
    case CLUS_E_SYNTAX:
    case CLUS_E_LIMIT: return NULL;
    }
    return NULL;
}

int fail(const char *what, const char *name, const clus_error *err)
{
    const char *hint = way_out((clus_status)err->code);
    say("%s '%s': %s%s%s", what, name, err->message, hint ? "; " : "", hint ? hint : "");
    return exit_status((clus_status)err->code);
}
