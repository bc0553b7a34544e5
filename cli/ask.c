/* Parse, search, tell errors; files of queries. */
#include "ask.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "input.h"
#include "out.h"
#include "stream.h"
#include "utf8.h"

enum { CONTEXT = 64 }; /* bytes of a query shown to either side of an error */

const char *const op_names[] = {"auto", "and", "or", NULL};

uint64_t clock_ns(int clock)
{
    struct timespec t = {0, 0};
    (void)clock_gettime((clockid_t)clock, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

clus_status ask(clus_snapshot *snap, const struct ask *how, clus_str text,
                struct reply *out, clus_error *err)
{
    struct reply reply = {.query = NULL};
    clus_status st = clus_query_parse(text, &how->parse, &reply.query, err);
    if (st == CLUS_OK)
        st = clus_search(snap, reply.query, &how->search, &reply.results, err);
    if (st < 0) {
        reply_done(&reply);
        *out = (struct reply){.query = NULL};
        return st;
    }
    clus_results_info(reply.results, &reply.info);
    *out = reply;
    return CLUS_OK;
}

void reply_done(struct reply *reply)
{
    clus_results_free(reply->results);
    clus_query_free(reply->query);
    reply->results = NULL;
    reply->query = NULL;
}

/* One "name=value". A value of 0 is passed on as one below 0, which means 0. */
static int set_parameter(const char *verb, clus_str pair, clus_ranking *ranking)
{
    static const struct {
        const char *name;
        size_t offset;
    } known[] = {{"k1", offsetof(clus_ranking, k1)},
                 {"b", offsetof(clus_ranking, b)},
                 {"title", offsetof(clus_ranking, title_weight)},
                 {"lead", offsetof(clus_ranking, lead_weight)},
                 {"extra", offsetof(clus_ranking, extra_weight)},
                 {"share", offsetof(clus_ranking, title_share)},
                 {"exact", offsetof(clus_ranking, exact_weight)},
                 {"family", offsetof(clus_ranking, family_weight)},
                 {"idf", offsetof(clus_ranking, idf_power)}};
    char text[64], *equals = NULL, *end = NULL;
    if (pair.len < sizeof text) {
        memcpy(text, pair.data, pair.len);
        text[pair.len] = 0;
        equals = strchr(text, '=');
    }
    double value = equals ? strtod(equals + 1, &end) : -1;
    if (!equals || end == equals + 1 || *end || !(value >= 0 && value <= 1000))
        return usage("%s: --rank: '%.*s' is not NAME=NUMBER, a number from 0 to 1000", verb,
                     (int)pair.len, pair.data);
    *equals = 0;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(text, known[i].name) == 0) {
            float *at = (float *)((char *)ranking + known[i].offset);
            *at = value > 0 ? (float)value : -1.0f;
            return EXIT_FOUND;
        }
    return usage(
        "%s: --rank: there is no '%s'; there are k1, b, title, lead, extra, share, "
        "exact, family, idf",
        verb, text);
}

int ask_ranking(const char *verb, const char *list, clus_ranking *ranking)
{
    struct tag_list pairs = {0};
    int status = EXIT_FOUND;
    if (!list)
        return EXIT_FOUND;
    tags_split(&pairs, str_of(list), ",");
    for (size_t i = 0; i < pairs.n && status == EXIT_FOUND; i++)
        status = set_parameter(verb, pairs.tags[i], ranking);
    mem_free(pairs.tags);
    return status;
}

static bool inside_code_point(clus_str s, size_t at)
{
    return at > 0 && at < s.len && ((unsigned char)s.data[at] & 0xC0) == 0x80;
}

/* Where a few words to the left of a place begin. */
static size_t context_start(clus_str query, size_t at)
{
    size_t start = at > CONTEXT ? at - CONTEXT : 0;
    while (inside_code_point(query, start))
        start--;
    return start;
}

static size_t context_end(clus_str query, size_t at)
{
    size_t end = query.len - at > CONTEXT ? at + CONTEXT : query.len;
    while (inside_code_point(query, end))
        end++;
    return end;
}

void say_query_error(const char *verb, clus_str query, const clus_error *err)
{
    say("%s: %s", verb, err->message);
    if (err->offset > query.len || query.len == 0)
        return;
    size_t at = (size_t)err->offset, start = context_start(query, at),
           end = context_end(query, at);
    struct text t = {0}, before = {0};
    text_str(&before, start > 0 ? "  …" : "  ");
    utf8_add_safe(&before, (clus_str){query.data + start, at - start}, true);
    text_add_str(&t, text_view(&before));
    utf8_add_safe(&t, (clus_str){query.data + at, end - at}, true);
    text_str(&t, end < query.len ? "…\n" : "\n");
    for (size_t n = utf8_columns(text_view(&before)); n > 0; n--)
        text_byte(&t, ' ');
    text_str(&t, "^\n");
    (void)write_all(STDERR_FILENO, t.data, t.len);
    text_done(&t);
    text_done(&before);
}

static bool add_topic(struct topics *topics, clus_str line, bool with_id)
{
    const char *tab = memchr(line.data, '\t', line.len);
    struct topic topic = {.id = NULL};
    if (with_id && (!tab || tab == line.data))
        return false;
    if (with_id) {
        topic.id = mem_strndup(line.data, (size_t)(tab - line.data));
        line = str_sub(line, (size_t)(tab - line.data) + 1);
    }
    topic.query = mem_strndup(line.data, line.len);
    topic.query_len = line.len;
    mem_grow(&topics->topics, &topics->cap, topics->n + 1, sizeof topic);
    topics->topics[topics->n++] = topic;
    return true;
}

int topics_read(struct topics *topics, const char *verb, const char *path, bool with_ids)
{
    enum { LONGEST = 1 << 20 };
    struct stream *s = stream_open(path);
    enum stream_status status = STREAM_OK;
    int result = EXIT_FOUND;
    char *line;
    size_t len;
    if (!s)
        return usage("%s: '%s': %s", verb, path, strerror(errno));
    while (result == EXIT_FOUND &&
           (status = stream_line(s, LONGEST, &line, &len)) == STREAM_OK) {
        clus_str text = str_trim((clus_str){line, len});
        if (text.len && !add_topic(topics, text, with_ids))
            result = usage("%s: %s:%llu: not 'id TAB query'", verb, path,
                           (unsigned long long)stream_line_number(s));
    }
    if (result == EXIT_FOUND && status != STREAM_END)
        result =
            usage("%s: '%s': %s", verb, path,
                  status == STREAM_TOO_LONG ? "a line of over 1 MiB" : stream_error(s));
    stream_close(s);
    return result;
}

void topics_done(struct topics *topics)
{
    for (size_t i = 0; i < topics->n; i++) {
        mem_free(topics->topics[i].id);
        mem_free(topics->topics[i].query);
    }
    mem_free(topics->topics);
    *topics = (struct topics){0};
}
