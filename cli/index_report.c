/* What `csearch index` shows while it runs and at the end. */
#include <time.h>
#include <unistd.h>

#include "index_run.h"
#include "json_write.h"
#include "out.h"
#include "term.h"
#include "utf8.h"

#define SHOW_EVERY 0.2 /* seconds */
#define MB 1e6

double seconds_now(void)
{
    struct timespec t = {0, 0};
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void progress_start(struct progress *p, bool wanted, uint64_t total_bytes)
{
    struct term term = term_of(STDERR_FILENO, COLOR_NEVER);
    *p = (struct progress){.shown = wanted && term.columns > 0,
                           .started = seconds_now(),
                           .total_bytes = total_bytes,
                           .columns = term.columns};
}

static void add_time_left(struct text *t, double seconds)
{
    unsigned long s = (unsigned long)(seconds + 0.5);
    if (s >= 3600)
        text_printf(t, ", %lu h %lu min left", s / 3600, s / 60 % 60);
    else if (s >= 60)
        text_printf(t, ", %lu min %lu s left", s / 60, s % 60);
    else
        text_printf(t, ", %lu s left", s);
}

void progress_show(struct progress *p, uint64_t documents, uint64_t file_bytes,
                   const char *doing)
{
    double now = p->shown ? seconds_now() : 0, elapsed = now - p->started;
    if (!p->shown || (now - p->last < SHOW_EVERY && !doing))
        return;
    struct text t = {0};
    p->last = now;
    text_printf(&t, "\r\033[K%llu documents", (unsigned long long)documents);
    if (elapsed > 0)
        text_printf(&t, ", %.1f MB/s", (double)file_bytes / MB / elapsed);
    if (doing)
        text_printf(&t, ", %s", doing);
    else if (p->total_bytes > file_bytes && file_bytes > 0 && elapsed > 1)
        add_time_left(&t,
                      elapsed * (double)(p->total_bytes - file_bytes) / (double)file_bytes);
    enum { ESCAPES = 4 };
    if (t.len > p->columns + ESCAPES - 1)
        t.len = p->columns + ESCAPES - 1;
    (void)write_all(STDERR_FILENO, t.data, t.len);
    text_done(&t);
}

void progress_clear(struct progress *p)
{
    if (p->shown && p->last > 0)
        (void)write_all(STDERR_FILENO, "\r\033[K", 4);
    p->last = 0;
}

static const char *const skip_names[SKIP_KINDS] = {"broken", "empty", "binary",
                                                   "unreadable"};

static uint64_t all_skipped(const struct index_totals *totals)
{
    uint64_t n = totals->refused;
    for (size_t i = 0; i < SKIP_KINDS; i++)
        n += totals->skipped[i];
    return n;
}

static double rate(const struct index_totals *totals)
{
    return totals->seconds > 0 ? (double)totals->text_bytes / MB / totals->seconds : 0;
}

static int report_json(const struct index_totals *totals)
{
    struct out out = {.fd = STDOUT_FILENO};
    struct json j = {.text = &out.text};
    json_open(&j, '{');
    json_member_uint(&j, "added", totals->added);
    json_member_uint(&j, "replaced", totals->replaced);
    json_member_uint(&j, "deleted", totals->deleted);
    json_key(&j, "skipped");
    json_open(&j, '{');
    json_member_uint(&j, "total", all_skipped(totals));
    for (size_t i = 0; i < SKIP_KINDS; i++)
        json_member_uint(&j, skip_names[i], totals->skipped[i]);
    json_member_uint(&j, "refused", totals->refused);
    json_close(&j, '}');
    json_member_uint(&j, "commits", totals->commits);
    json_member_uint(&j, "text_bytes", totals->text_bytes);
    json_member_uint(&j, "invalid_utf8", totals->invalid_utf8);
    json_member_uint(&j, "bad_dates", totals->bad_dates);
    json_key(&j, "seconds");
    json_num(&j, totals->seconds);
    json_key(&j, "mb_per_second");
    json_num(&j, rate(totals));
    json_close(&j, '}');
    text_byte(&out.text, '\n');
    return out_end(&out, EXIT_FOUND);
}

static void add_skipped(struct text *t, const struct index_totals *totals)
{
    const char *separator = " (";
    text_printf(t, ", %llu skipped", (unsigned long long)all_skipped(totals));
    for (size_t i = 0; i < SKIP_KINDS; i++) {
        if (totals->skipped[i]) {
            text_printf(t, "%s%llu %s", separator, (unsigned long long)totals->skipped[i],
                        skip_names[i]);
            separator = ", ";
        }
    }
    if (totals->refused) {
        text_printf(t, "%s%llu refused", separator, (unsigned long long)totals->refused);
        separator = ", ";
    }
    if (separator[0] == ',')
        text_byte(t, ')');
}

int index_report(const struct index_totals *totals, const struct index_options *opts)
{
    if (opts->json)
        return report_json(totals);
    if (opts->quiet)
        return EXIT_FOUND;
    struct out out = {.fd = STDOUT_FILENO};
    struct text *t = &out.text;
    text_printf(t, "%llu added, %llu replaced", (unsigned long long)totals->added,
                (unsigned long long)totals->replaced);
    if (totals->deleted)
        text_printf(t, ", %llu deleted", (unsigned long long)totals->deleted);
    add_skipped(t, totals);
    text_printf(t, ", %.2f s, %.1f MB/s", totals->seconds, rate(totals));
    if (totals->bad_dates)
        text_printf(t, "; %llu date%s could not be read",
                    (unsigned long long)totals->bad_dates,
                    totals->bad_dates == 1 ? "" : "s");
    if (totals->invalid_utf8)
        text_printf(t, "; %llu malformed byte sequence%s read as U+FFFD",
                    (unsigned long long)totals->invalid_utf8,
                    totals->invalid_utf8 == 1 ? "" : "s");
    text_byte(t, '\n');
    return out_end(&out, EXIT_FOUND);
}
