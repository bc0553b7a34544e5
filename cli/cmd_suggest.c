/* `csearch suggest`: what a query that is being typed may become. */
#include <unistd.h>

#include <clustersearch/clustersearch.h>

#include "json_write.h"
#include "out.h"
#include "session.h"
#include "utf8.h"
#include "verbs.h"

struct suggest_options {
    uint64_t limit;
    int format;
};

static const char *const format_names[] = {"text", "json", NULL};

static const struct option options[] = {
    {.name = "limit",
     .letter = 'n',
     .kind = OPTION_UINT,
     .offset = offsetof(struct suggest_options, limit),
     .value = "N",
     .help = "at most so many; default 10",
     .min = 1,
     .max = 1000},
    {.name = "format",
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct suggest_options, format),
     .value = "FORMAT",
     .help = "text is 'text TAB documents TAB kind', json an object a line",
     .choices = format_names},
    {.kind = OPTION_END}};

static const char about[] =
    "  Completes the last word from the words of the index, one form of each, those in "
    "most\n"
    "  documents first; corrects words before it, and it where nothing completes it. The\n"
    "  beginning may be typed without Kazakh letters or in another layout. Exit status: 1\n"
    "  when there is nothing to suggest.\n";

static void add_suggestion(struct text *t, const clus_suggestion *s, bool as_json)
{
    if (as_json) {
        struct json j = {.text = t};
        json_open(&j, '{');
        json_member(&j, "text", s->text);
        json_member(&j, "word", s->word);
        json_member_uint(&j, "documents", s->documents);
        json_member(&j, "kind", str_of(s->kind));
        json_close(&j, '}');
        text_byte(t, '\n');
        return;
    }
    utf8_add_safe(t, s->text, true);
    text_printf(t, "\t%llu\t%s\n", (unsigned long long)s->documents, s->kind);
}

static int run(const struct call *call)
{
    const struct suggest_options *opts = call->options;
    struct out out = {.fd = STDOUT_FILENO};
    struct session s;
    struct text typed = {0};
    clus_suggestions *suggestions = NULL;
    clus_suggestion suggestion;
    clus_error err;
    uint64_t n = 0;
    if (call->n_operands == 0)
        return usage("suggest: the text is missing");
    int status = session_open(call, &s);
    if (status != EXIT_FOUND)
        return status;
    for (size_t i = 0; i < call->n_operands; i++)
        text_printf(&typed, "%s%s", i ? " " : "", call->operands[i]);
    clus_status st =
        clus_suggest(s.snap, text_view(&typed), (uint32_t)opts->limit, &suggestions, &err);
    while (st == CLUS_OK && clus_suggestions_next(suggestions, &suggestion) == CLUS_OK) {
        add_suggestion(&out.text, &suggestion, opts->format == 1);
        n++;
    }
    status = st == CLUS_E_ARGUMENT ? usage("suggest: %s", err.message)
             : st < 0              ? fail("index", call->index, &err)
             : n                   ? EXIT_FOUND
                                   : EXIT_NOTHING;
    clus_suggestions_free(suggestions);
    text_done(&typed);
    session_close(&s);
    return out_end(&out, status);
}

const struct verb verb_suggest = {.name = "suggest",
                                  .operands = "TEXT…",
                                  .summary = "completions and corrections",
                                  .about = about,
                                  .options = options,
                                  .size = sizeof(struct suggest_options),
                                  .run = run};
