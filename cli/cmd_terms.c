/* `csearch terms`: the dictionaries. */
#include <unistd.h>

#include "json_write.h"
#include "out.h"
#include "session.h"
#include "utf8.h"
#include "verbs.h"

struct terms_options {
    uint64_t limit;
    int dictionary, format;
};

static const char *const dictionary_names[] = {"terms", "forms", "values", NULL};
static const char *const format_names[] = {"text", "json", NULL};

static const struct option options[] = {
    {.name = "dictionary",
     .letter = 'd',
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct terms_options, dictionary),
     .value = "WHICH",
     .help = "stems and unstemmed words, words as written, or filterable values",
     .choices = dictionary_names},
    {.name = "limit",
     .letter = 'n',
     .kind = OPTION_UINT,
     .offset = offsetof(struct terms_options, limit),
     .value = "N",
     .help = "at most so many; default all",
     .min = 1},
    {.name = "format",
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct terms_options, format),
     .value = "FORMAT",
     .help = "text is 'term TAB documents TAB occurrences', json an object a line",
     .choices = format_names},
    {.kind = OPTION_END}};

static void add_term(struct text *t, const clus_term *term, bool as_json)
{
    if (as_json) {
        struct json j = {.text = t};
        json_open(&j, '{');
        json_member(&j, "term", term->text);
        json_member_uint(&j, "documents", term->documents);
        json_member_uint(&j, "occurrences", term->occurrences);
        json_close(&j, '}');
        text_byte(t, '\n');
        return;
    }
    utf8_add_safe(t, term->text, true);
    text_printf(t, "\t%llu\t%llu\n", (unsigned long long)term->documents,
                (unsigned long long)term->occurrences);
}

static int run(const struct call *call)
{
    const struct terms_options *opts = call->options;
    struct out out = {.fd = STDOUT_FILENO};
    struct session s;
    clus_terms *terms = NULL;
    clus_term term;
    clus_error err;
    uint64_t n = 0;
    if (call->n_operands > 1)
        return usage("terms: one prefix at most");
    int status = session_open(call, &s);
    if (status != EXIT_FOUND)
        return status;
    clus_str prefix = str_of(call->n_operands ? call->operands[0] : NULL);
    clus_status st =
        clus_terms_open(s.snap, (clus_dictionary)opts->dictionary, prefix, &terms, &err);
    while (st == CLUS_OK && (opts->limit == 0 || n < opts->limit) &&
           (st = clus_terms_next(terms, &term, &err)) == CLUS_OK) {
        add_term(&out.text, &term, opts->format == 1);
        out_maybe_flush(&out);
        n++;
    }
    status = st < 0 ? fail("index", call->index, &err) : n ? EXIT_FOUND : EXIT_NOTHING;
    clus_terms_free(terms);
    session_close(&s);
    return out_end(&out, status);
}

const struct verb verb_terms = {.name = "terms",
                                .operands = "[PREFIX]",
                                .summary = "the dictionary: term, documents, occurrences",
                                .options = options,
                                .size = sizeof(struct terms_options),
                                .run = run};
