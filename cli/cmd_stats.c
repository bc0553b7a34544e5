/* `csearch stats`. */
#include <unistd.h>

#include "json_write.h"
#include "out.h"
#include "session.h"
#include "verbs.h"

struct stats_options {
    int format;
};

static const char *const format_names[] = {"text", "json", NULL};

static const struct option options[] = {{.name = "format",
                                         .kind = OPTION_CHOICE,
                                         .offset = offsetof(struct stats_options, format),
                                         .value = "FORMAT",
                                         .help = "of the figures",
                                         .choices = format_names},
                                        {.kind = OPTION_END}};

struct figure {
    const char *name;
    uint64_t value;
};

enum { FIGURES = 9 };

static void figures_of(const clus_stats *s, struct figure figures[FIGURES])
{
    const struct figure all[FIGURES] = {
        {"documents", s->documents},  {"deleted", s->deleted},
        {"terms", s->terms},          {"forms", s->forms},
        {"postings", s->postings},    {"tokens", s->tokens},
        {"segments", s->segments},    {"readers", s->readers},
        {"generation", s->generation}};
    for (size_t i = 0; i < FIGURES; i++)
        figures[i] = all[i];
}

static void add_bytes(struct json *j, const clus_stats *s)
{
    json_key(j, "bytes");
    json_open(j, '{');
    for (uint32_t i = 0; i < s->n_parts; i++)
        json_member_uint(j, s->parts[i].name, s->parts[i].bytes);
    json_member_uint(j, "live", s->live_bytes);
    json_member_uint(j, "total", s->file_bytes);
    json_close(j, '}');
}

/* The version that follows a name in the fingerprint, e.g. "72.1" after "icu ". */
static clus_str version_in(const char *fingerprint, const char *name)
{
    clus_str s = str_of(fingerprint);
    size_t n = str_of(name).len;
    for (; s.len > n; s = str_sub(s, 1)) {
        if (!str_starts(s, name) || s.data[n] != ' ')
            continue;
        s = str_sub(s, n + 1);
        size_t len = 0;
        while (len < s.len && s.data[len] != ' ')
            len++;
        return (clus_str){s.data, len};
    }
    return (clus_str){NULL, 0};
}

static void add_versions(struct json *j, const clus_stats *s)
{
    uint32_t v = clus_version();
    struct text library = {0};
    text_printf(&library, "%u.%u.%u", v >> 16 & 0xff, v >> 8 & 0xff, v & 0xff);
    json_key(j, "versions");
    json_open(j, '{');
    json_member_uint(j, "format", s->format);
    json_member(j, "analyzer", str_of(s->fingerprint));
    json_member(j, "icu", version_in(s->fingerprint, "icu"));
    json_member(j, "unicode", version_in(s->fingerprint, "unicode"));
    json_member(j, "snowball", version_in(s->fingerprint, "snowball"));
    json_member(j, "lmdb", str_of(s->engine));
    json_member(j, "library", text_view(&library));
    json_close(j, '}');
    text_done(&library);
}

static void add_json(struct text *t, const clus_stats *s)
{
    struct json j = {.text = t};
    struct figure figures[FIGURES];
    figures_of(s, figures);
    json_open(&j, '{');
    for (size_t i = 0; i < FIGURES; i++)
        json_member_uint(&j, figures[i].name, figures[i].value);
    add_bytes(&j, s);
    add_versions(&j, s);
    json_close(&j, '}');
    text_byte(t, '\n');
}

static void add_text(struct text *t, const clus_stats *s)
{
    struct figure figures[FIGURES];
    figures_of(s, figures);
    for (size_t i = 0; i < FIGURES; i++)
        text_printf(t, "%-14s %14llu\n", figures[i].name,
                    (unsigned long long)figures[i].value);
    text_str(t, "bytes\n");
    for (uint32_t i = 0; i < s->n_parts; i++)
        text_printf(t, "  %-12s %14llu\n", s->parts[i].name,
                    (unsigned long long)s->parts[i].bytes);
    text_printf(t, "  %-12s %14llu\n  %-12s %14llu\n", "live",
                (unsigned long long)s->live_bytes, "total",
                (unsigned long long)s->file_bytes);
    text_printf(t, "format         %14u\nanalyzer       %s\nengine         %s\n", s->format,
                s->fingerprint, s->engine);
}

static int run(const struct call *call)
{
    const struct stats_options *opts = call->options;
    struct out out = {.fd = STDOUT_FILENO};
    struct session s;
    clus_stats stats;
    clus_error err;
    if (call->n_operands)
        return usage("stats: takes no operands; the index is named by -i");
    int status = session_open(call, &s);
    if (status != EXIT_FOUND)
        return status;
    if (clus_snapshot_stats(s.snap, &stats, &err) < 0)
        status = fail("index", call->index, &err);
    else if (opts->format == 1)
        add_json(&out.text, &stats);
    else
        add_text(&out.text, &stats);
    session_close(&s);
    return out_end(&out, status);
}

const struct verb verb_stats = {.name = "stats",
                                .operands = "",
                                .summary = "documents, terms, bytes, versions",
                                .options = options,
                                .size = sizeof(struct stats_options),
                                .run = run};
