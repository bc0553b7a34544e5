/*
 * The protocol that other engines' searchers speak too, so that one harness times all:
 *
 *     COMMAND TAB QUERY   ->   count TAB wall ns TAB id,id,… TAB CPU ns
 *
 * COMMAND is TOP_10, TOP_100, TOP_1000, TOP_10_COUNT or COUNT; QUERY is `a`, `+a +b`
 * (both), `a b` (either) or `"a b"`. A count of -1: not counted. An empty line is answered
 * by an empty line, and both sides flush there.
 */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "out.h"
#include "stream.h"

static const struct {
    const char *name;
    enum bench_mode mode;
} commands[] = {{"TOP_10", BENCH_TOP10},
                {"TOP_100", BENCH_TOP100},
                {"TOP_1000", BENCH_TOP1000},
                {"TOP_10_COUNT", BENCH_TOP10_COUNT},
                {"COUNT", BENCH_COUNT}};

static void answer(const struct session *s, const struct ask *base, clus_str command,
                   clus_str query, struct out *out, struct text *ids)
{
    size_t i = 0, n = sizeof commands / sizeof *commands;
    while (i < n && !str_is(command, commands[i].name))
        i++;
    if (i == n) {
        text_str(&out->text, "-1\t0\t\t0\n");
        say("bench: there is no command '%.*s'", (int)command.len, command.data);
        return;
    }
    struct ask how = bench_how(base, commands[i].mode, CLUS_OP_OR);
    clus_error err;
    int64_t hits = -1;
    ids->len = 0;
    uint64_t cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID), wall = clock_ns(CLOCK_MONOTONIC);
    clus_status st = bench_once(s->snap, &how, query, &hits, ids, &err);
    wall = clock_ns(CLOCK_MONOTONIC) - wall;
    cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu;
    if (st < 0) {
        say("bench: '%.*s': %s", (int)query.len, query.data, err.message);
        ids->len = 0;
        hits = -1;
    }
    bool counts = how.search.count != CLUS_COUNT_BOUND;
    text_printf(&out->text, "%lld\t%llu\t", counts ? (long long)hits : -1LL,
                (unsigned long long)wall);
    text_add_str(&out->text, text_view(ids));
    text_printf(&out->text, "\t%llu\n", (unsigned long long)cpu);
}

int bench_serve(const struct session *s, const struct ask *base)
{
    enum { LONGEST = 1 << 20 };
    struct out out = {.fd = STDOUT_FILENO};
    struct text ids = {0};
    struct stream *in = stream_open("-");
    char *line;
    size_t len;
    while (stream_line(in, LONGEST, &line, &len) == STREAM_OK && !out.failed) {
        const char *tab = memchr(line, '\t', len);
        if (!tab) {
            text_byte(&out.text, '\n');
            out_flush(&out);
            continue;
        }
        size_t n = (size_t)(tab - line);
        answer(s, base, (clus_str){line, n}, (clus_str){tab + 1, len - n - 1}, &out, &ids);
        out_maybe_flush(&out);
    }
    stream_close(in);
    text_done(&ids);
    return out_end(&out, EXIT_FOUND);
}
