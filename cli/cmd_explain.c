/* `csearch explain`: why a document has its score. */
#include <time.h>
#include <unistd.h>

#include <clustersearch/clustersearch.h>

#include "ask.h"
#include "explanation.h"
#include "out.h"
#include "readings.h"
#include "session.h"
#include "verbs.h"

struct explain_options {
    struct reading_options readings;
    const char *rank;
    int op, format;
    bool literal;
};

static const char *const format_names[] = {"text", "json", NULL};

static const struct option options[] = {
    {.name = "op",
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct explain_options, op),
     .value = "OP",
     .help = "how words side by side combine",
     .choices = op_names},
    {.name = "literal",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct explain_options, literal),
     .help = "words match as they are written, in no other form"},
    READING_OPTIONS(struct explain_options),
    {.name = "rank",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct explain_options, rank),
     .value = "LIST",
     .help = "parameters of ranking, as for eval"},
    {.name = "format",
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct explain_options, format),
     .value = "FORMAT",
     .help = "of the tree; json has each part's depth",
     .choices = format_names},
    {.kind = OPTION_END}};

static const char about[] =
    "  Shows what each word of the query adds to the score of one document, and what the\n"
    "  document lacks. Readings that a word got besides itself are named. df: documents "
    "that\n"
    "  hold a word; tf: how often this one does; length: its words, rounded. Exit status: "
    "1\n"
    "  when the document does not match, or is not there.\n";

static bool add_json(struct text *t, clus_explanation *e, const struct call *call)
{
    struct json j = {.text = t};
    json_open(&j, '{');
    json_member_uint(&j, "format_version", 1);
    json_member(&j, "query", str_of(call->operands[0]));
    json_member(&j, "id", str_of(call->operands[1]));
    bool matches = explanation_json(&j, e);
    json_close(&j, '}');
    text_byte(t, '\n');
    return matches;
}

static int explain(const struct call *call, const struct session *s, const struct ask *how)
{
    const struct explain_options *opts = call->options;
    struct out out = {.fd = STDOUT_FILENO};
    clus_query *query = NULL;
    clus_explanation *e = NULL;
    clus_error err;
    bool matches = false;
    clus_status st = clus_query_parse(str_of(call->operands[0]), &how->parse, &query, &err);
    if (st == CLUS_OK)
        st = clus_explain(s->snap, query, &how->search, &e, &err);
    clus_query_free(query);
    if (st == CLUS_OK)
        st = clus_explanation_of(e, str_of(call->operands[1]), &err);
    if (st < 0)
        return fail("index", call->index, &err);
    if (st == CLUS_DONE)
        say("explain: no document '%s' in '%s'", call->operands[1], call->index);
    else
        matches = opts->format == 1 ? add_json(&out.text, e, call)
                                    : explanation_text(&out.text, e, 0);
    clus_explanation_free(e);
    return out_end(&out, matches ? EXIT_FOUND : EXIT_NOTHING);
}

static int run(const struct call *call)
{
    const struct explain_options *opts = call->options;
    struct session s;
    struct ask how = {.parse = {.op = (clus_op)opts->op, .literal = opts->literal}};
    clus_glossary *glossary;
    if (call->n_operands != 2)
        return usage("explain: wants a query, in quotes, and the id of one document");
    int status = readings_set("explain", &opts->readings, &how);
    if (status == EXIT_FOUND)
        status = ask_ranking("explain", opts->rank, &how.search.ranking);
    if (status == EXIT_FOUND)
        status = session_open(call, &s);
    if (status != EXIT_FOUND)
        return status;
    how.search.now = (int64_t)time(NULL);
    status = readings_open("explain", &opts->readings, s.index, &how, &glossary);
    if (status == EXIT_FOUND)
        status = explain(call, &s, &how);
    clus_glossary_free(glossary);
    session_close(&s);
    return status;
}

const struct verb verb_explain = {.name = "explain",
                                  .operands = "QUERY ID",
                                  .summary = "the score of a document as a tree",
                                  .about = about,
                                  .options = options,
                                  .size = sizeof(struct explain_options),
                                  .run = run};
