/* `csearch analyze`: what a text becomes; and words by the line, for measuring stemmers. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "json_write.h"
#include "out.h"
#include "session.h"
#include "stream.h"
#include "utf8.h"
#include "verbs.h"

struct analyze_options {
    bool words;
    int lang, analyzer, format;
};

static const char *const lang_names[] = {"auto", "ru", "kk", NULL};
static const char *const analyzer_names[] = {"auto",   "ru",         "kk",
                                             "simple", "whitespace", NULL};
static const char *const format_names[] = {"text", "json", NULL};

static const struct option options[] = {
    {.name = "words",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct analyze_options, words),
     .help = "read a word a line from standard input, write 'word TAB term' lines"},
    {.name = "lang",
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct analyze_options, lang),
     .value = "LANG",
     .help = "with --words: the language of the words; auto: by their letters",
     .choices = lang_names},
    {.name = "analyzer",
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct analyze_options, analyzer),
     .value = "KIND",
     .help = "text rules, unless -i names an index",
     .choices = analyzer_names},
    {.name = "format",
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct analyze_options, format),
     .value = "FORMAT",
     .help = "of the tokens; json gives an object a line",
     .choices = format_names},
    {.kind = OPTION_END}};

static const char *lang_name(clus_lang lang)
{
    switch (lang) {
    case CLUS_LANG_RU: return "ru";
    case CLUS_LANG_KK: return "kk";
    case CLUS_LANG_OTHER: break;
    }
    return "-";
}

static void add_json(struct text *t, const clus_token *token, clus_str surface)
{
    struct json j = {.text = t};
    json_open(&j, '{');
    json_member_uint(&j, "position", token->position);
    json_member_uint(&j, "start", token->start);
    json_member_uint(&j, "end", token->end);
    json_member(&j, "surface", surface);
    json_member(&j, "form", token->form);
    json_member(&j, "lang", str_of(lang_name(token->lang)));
    json_member(&j, "term", token->term);
    json_member(&j, "why", str_of(token->why));
    json_close(&j, '}');
    text_byte(t, '\n');
}

static void add_row(struct text *t, const clus_token *token, clus_str surface)
{
    text_printf(t, "%llu\t%llu-%llu\t", (unsigned long long)token->position,
                (unsigned long long)token->start, (unsigned long long)token->end);
    utf8_add_safe(t, surface, true);
    text_byte(t, '\t');
    utf8_add_safe(t, token->form, true);
    text_printf(t, "\t%s\t", lang_name(token->lang));
    utf8_add_safe(t, token->term, true);
    text_printf(t, "\t%s\n", token->why ? token->why : "");
}

static int analyze_text(const clus_analyzer *analyzer, clus_str text, bool as_json)
{
    struct out out = {.fd = STDOUT_FILENO};
    clus_tokens *tokens = NULL;
    clus_token token;
    clus_error err;
    if (clus_analyze(analyzer, text, &tokens, &err) < 0)
        return usage("analyze: %s", err.message);
    if (!as_json)
        text_str(&out.text, "position\tbytes\tsurface\tform\tlang\tterm\twhy\n");
    for (uint64_t i = 0; clus_tokens_get(tokens, i, &token) == CLUS_OK; i++) {
        clus_str surface = {text.data + token.start, (size_t)(token.end - token.start)};
        if (as_json)
            add_json(&out.text, &token, surface);
        else
            add_row(&out.text, &token, surface);
        out_maybe_flush(&out);
    }
    if (clus_tokens_invalid(tokens))
        say("analyze: %llu malformed byte sequences, each read as U+FFFD",
            (unsigned long long)clus_tokens_invalid(tokens));
    int status = clus_tokens_count(tokens) ? EXIT_FOUND : EXIT_NOTHING;
    clus_tokens_free(tokens);
    return out_end(&out, status);
}

/* A word that is too long is its own term. */
static int stem_lines(clus_stemmer *stemmer, struct stream *in, clus_lang lang)
{
    enum { LONGEST = 1 << 20 };
    struct out out = {.fd = STDOUT_FILENO};
    enum stream_status status;
    char *line;
    size_t len;
    while ((status = stream_line(in, LONGEST, &line, &len)) == STREAM_OK) {
        clus_str word = {line, len}, term;
        clus_status st = clus_stemmer_term(stemmer, word, lang, &term);
        if (st == CLUS_E_LIMIT)
            term = word;
        else if (st < 0)
            return usage("analyze: %s", clus_status_name(st));
        text_add_str(&out.text, word);
        text_byte(&out.text, '\t');
        text_add_str(&out.text, term);
        text_byte(&out.text, '\n');
        out_maybe_flush(&out);
    }
    if (status != STREAM_END)
        say("analyze: standard input: %s", stream_error(in));
    return out_end(&out, status == STREAM_END ? EXIT_FOUND : EXIT_USAGE);
}

static int analyze_words(const clus_analyzer *analyzer, clus_lang lang)
{
    clus_stemmer *stemmer = NULL;
    clus_error err;
    if (clus_stemmer_new(analyzer, &stemmer, &err) < 0)
        return usage("analyze: %s", err.message);
    struct stream *in = stream_open("-");
    int status = stem_lines(stemmer, in, lang);
    stream_close(in);
    clus_stemmer_free(stemmer);
    return status;
}

static int analyze(const struct call *call, const clus_analyzer *analyzer)
{
    const struct analyze_options *opts = call->options;
    if (opts->words)
        return analyze_words(analyzer, (clus_lang)opts->lang);
    if (call->n_operands) {
        struct text text = {0};
        for (size_t i = 0; i < call->n_operands; i++)
            text_printf(&text, "%s%s", i ? " " : "", call->operands[i]);
        int status = analyze_text(analyzer, text_view(&text), opts->format == 1);
        text_done(&text);
        return status;
    }
    struct stream *in = stream_open("-");
    char *data;
    size_t len;
    enum stream_status read = stream_rest(in, (size_t)1 << 30, &data, &len);
    int status =
        read == STREAM_OK ? analyze_text(analyzer, (clus_str){data, len}, opts->format == 1)
        : read == STREAM_TOO_LONG
            ? usage("analyze: standard input is longer than 1 GiB: give it in parts")
            : usage("analyze: standard input: %s", stream_error(in));
    stream_close(in);
    return status;
}

static int run(const struct call *call)
{
    const struct analyze_options *opts = call->options;
    clus_analyzer *analyzer = NULL;
    struct session s = {NULL, NULL};
    clus_error err;
    int status = EXIT_FOUND;
    if (opts->words && call->n_operands)
        return usage("analyze: --words reads standard input, it takes no text");
    if (opts->lang && !opts->words)
        return usage("analyze: --lang goes with --words; for a text choose --analyzer");
    if (call->index_is_given)
        status = session_open(call, &s);
    else if (clus_analyzer_new((clus_analyzer_kind)opts->analyzer, &analyzer, &err) < 0)
        status = usage("analyze: %s", err.message);
    if (status == EXIT_FOUND)
        status = analyze(call, s.index ? clus_index_analyzer(s.index) : analyzer);
    clus_analyzer_free(analyzer);
    if (s.index)
        session_close(&s);
    return status;
}

const struct verb verb_analyze = {
    .name = "analyze",
    .operands = "[TEXT…]",
    .summary = "the tokens a text becomes; without TEXT that of standard input",
    .options = options,
    .size = sizeof(struct analyze_options),
    .run = run};
