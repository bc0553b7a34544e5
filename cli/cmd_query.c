/* `csearch query`: one query from the command line, or many from a file. */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "input.h"
#include "query_out.h"
#include "session.h"
#include "utf8.h"
#include "verbs.h"

static const char *const format_names[] = {"text", "json", "jsonl", "tsv",
                                           "csv",  "trec", "ids",   NULL};

static const struct option options[] = {
    {.name = "limit",
     .letter = 'n',
     .kind = OPTION_UINT,
     .offset = offsetof(struct query_options, limit),
     .value = "N",
     .help = "hits to show; default 10",
     .min = 1,
     .max = 100000},
    {.name = "offset",
     .kind = OPTION_UINT,
     .offset = offsetof(struct query_options, offset),
     .value = "N",
     .help = "best hits to skip",
     .max = 1000000},
    {.name = "op",
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct query_options, op),
     .value = "OP",
     .help = "how words side by side combine; auto: all of them, and where that gives too "
             "few hits documents with fewer below",
     .choices = op_names},
    {.name = "lang",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct query_options, lang),
     .value = "LANG",
     .help = "only documents in this language: ru, kk, or what documents name"},
    {.name = "since",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct query_options, since),
     .value = "D",
     .help = "only documents of that date or later: 2024, 2024-05-01, 7d"},
    {.name = "until",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct query_options, until),
     .value = "D",
     .help = "only documents of that date or earlier"},
    {.name = "filter",
     .kind = OPTION_LIST,
     .offset = offsetof(struct query_options, filters),
     .value = "FIELD:VALUE",
     .help = "only documents with that tag, source, lang, id or date; again for one field "
             "means either, -FIELD:VALUE leaves documents out"},
    {.name = "sort",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct query_options, sort),
     .value = "ORDER",
     .help = "relevance, date (oldest first) or -date (newest first)"},
    {.name = "literal",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct query_options, literal),
     .help = "words match as they are written, in no other form"},
    READING_OPTIONS(struct query_options),
    {.name = "fields",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct query_options, fields),
     .value = "LIST",
     .help = "columns or members to give, for json, jsonl, tsv and csv"},
    {.name = "snippet",
     .kind = OPTION_UINT,
     .offset = offsetof(struct query_options, snippet),
     .value = "N",
     .help = "longest passage in characters; default 240",
     .min = 20,
     .max = 10000},
    {.name = "no-snippet",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct query_options, no_snippet),
     .help = "show no passages"},
    {.name = "explain",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct query_options, explain),
     .help =
         "where each score comes from, as 'csearch explain' tells it; for text, json and "
         "jsonl"},
    {.name = "timeout",
     .kind = OPTION_UINT,
     .offset = offsetof(struct query_options, timeout_ms),
     .value = "MS",
     .help = "give up after so many milliseconds, exit status 124",
     .min = 1,
     .max = 86400000},
    {.name = "strict",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct query_options, strict),
     .help =
         "fail at what is not understood or cannot be done, instead of searching the rest"},
    {.name = "color",
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct query_options, color),
     .value = "WHEN",
     .help = "colours; auto: on a terminal, unless NO_COLOR is set",
     .choices = color_names},
    {.name = "pager",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct query_options, pager),
     .help = "show the answer through $PAGER"},
    {.name = "format",
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct query_options, format),
     .value = "FORMAT",
     .help = "of the answer",
     .choices = format_names},
    {.letter = '0',
     .kind = OPTION_FLAG,
     .offset = offsetof(struct query_options, nul),
     .help = "end records with NUL instead of a line end; ids where no format is named"},
    {.name = "topics",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct query_options, topics),
     .value = "FILE",
     .help = "answer every line 'id TAB query' of a file; '-' is standard input"},
    {.name = "run-tag",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct query_options, run_tag),
     .value = "TAG",
     .help = "last column of the trec format; default csearch"},
    {.name = "after",
     .kind = OPTION_ABSENT,
     .value = "CURSOR",
     .help = "go on behind a hit"},
    {.name = "facet", .kind = OPTION_ABSENT, .value = "FIELD", .help = "counts by value"},
    {.name = "group", .kind = OPTION_ABSENT, .value = "BY", .help = "join hits alike"},
    {.kind = OPTION_END}};

static const char about[] =
    "  Words match in all their forms, Russian and Kazakh; the best documents come first.\n"
    "    креативный кластер        all of the words, or what comes nearest\n"
    "    \"креативный кластер\"      a phrase, in any form; \"…\"~3 lets words between\n"
    "    =кластером =\"в Омске\"     exactly this form\n"
    "    кластер OR хаб            either; AND, NOT, +must, -not, brackets\n"
    "    бизнес NEAR/5 кластер     within five words; ADJ/5 in this order\n"
    "    класт* к?астер /клас.+/   by dictionary: prefix, wildcard, regex; кластер~1 "
    "typos\n"
    "    title:кластер tag:IT      in a field: title lead text extra id lang date source\n"
    "                              tag url\n"
    "    date:2024-05.. date:>=2024 date:7d date:вчера\n"
    "    кластер^3 омск            the first word counts threefold\n"
    "  A word that no document has is read in another layout or as misspelt; Kazakh "
    "letters\n"
    "  may be missing. What was read is told under the hits; --expand chooses, --literal\n"
    "  does without.\n"
    "  Operators are upper-case English only. What is not understood is searched as text\n"
    "  and told on standard error. A query that begins with '-': csearch query -- -слово.\n"
    "\n"
    "  Formats: json is one object for the answer, jsonl one a hit, trec 'qid Q0 id rank\n"
    "  score tag'. Exit status: 0 when something was found, 1 when nothing was.\n";

enum { FILTERS_MOST = 64 };

/* What the options make of a search, and the memory that it points into. */
struct search {
    struct ask ask;
    clus_filter filters[FILTERS_MOST];
    size_t n_filters;
    struct text range;
    clus_str fields[64];
    size_t n_fields;
};

static int add_filter(struct search *s, clus_str field, clus_str value, bool exclude)
{
    if (s->n_filters == FILTERS_MOST)
        return usage("query: more than %d filters", FILTERS_MOST);
    s->filters[s->n_filters++] = (clus_filter){field, value, exclude};
    return EXIT_FOUND;
}

static int add_named_filter(struct search *s, const char *filter)
{
    static const char *const fields[] = {"tag", "source", "lang", "id", "date", NULL};
    bool exclude = filter[0] == '-';
    clus_str text = str_of(filter + exclude);
    const char *colon = strchr(text.data, ':');
    if (!colon || !colon[1])
        return usage("query: --filter '%s' is not FIELD:VALUE", filter);
    clus_str field = {text.data, (size_t)(colon - text.data)};
    for (const char *const *f = fields; *f; f++)
        if (str_is(field, *f))
            return add_filter(s, field, str_of(colon + 1), exclude);
    return usage("query: --filter '%s': the field is one of tag, source, lang, id, date",
                 filter);
}

/* One range for both ends: two filters of one field would be alternatives. */
static int add_dates(struct search *s, const struct query_options *opts)
{
    if (!opts->since && !opts->until)
        return EXIT_FOUND;
    if (opts->since && opts->until)
        text_printf(&s->range, "%s..%s", opts->since, opts->until);
    else
        text_printf(&s->range, "%s%s",
                    opts->since ? ">=" : "<=", opts->since ? opts->since : opts->until);
    return add_filter(s, STR("date"), text_view(&s->range), false);
}

static int set_sort(struct search *s, const char *order)
{
    if (!order || strcmp(order, "relevance") == 0)
        s->ask.search.sort = CLUS_SORT_RELEVANCE;
    else if (strcmp(order, "date") == 0)
        s->ask.search.sort = CLUS_SORT_DATE_ASC;
    else if (strcmp(order, "-date") == 0)
        s->ask.search.sort = CLUS_SORT_DATE_DESC;
    else
        return usage("query: sorting by '%s' is not available in this version; relevance, "
                     "date and -date are",
                     order);
    return EXIT_FOUND;
}

static int set_fields(struct search *s, const char *list)
{
    struct tag_list names = {0};
    tags_split(&names, str_of(list), ",");
    int status = EXIT_FOUND;
    if (names.n > sizeof s->fields / sizeof *s->fields || names.n == 0)
        status = usage("query: --fields needs 1 to 64 names");
    else
        for (; s->n_fields < names.n; s->n_fields++)
            s->fields[s->n_fields] = names.tags[s->n_fields];
    mem_free(names.tags);
    return status;
}

static int prepare(struct search *s, const struct query_options *opts)
{
    int status = EXIT_FOUND;
    s->ask.parse = (clus_parse_options){
        .op = (clus_op)opts->op, .strict = opts->strict, .literal = opts->literal};
    s->ask.search = (clus_search_options){.limit = (uint32_t)opts->limit,
                                          .offset = (uint32_t)opts->offset,
                                          .timeout_us = opts->timeout_ms * 1000,
                                          .filters = s->filters,
                                          .now = (int64_t)time(NULL)};
    bool counts =
        !opts->topics && (opts->format == QUERY_TEXT || opts->format == QUERY_JSON);
    s->ask.search.count = counts ? CLUS_COUNT_EXACT : CLUS_COUNT_BOUND;
    if (opts->lang && !opts->lang[0])
        return usage("query: --lang LANG needs a language: ru, kk, or what documents name");
    if (opts->lang)
        status = add_filter(s, STR("lang"), str_of(opts->lang), false);
    for (size_t i = 0; i < opts->filters.n && status == EXIT_FOUND; i++)
        status = add_named_filter(s, opts->filters.items[i]);
    if (status == EXIT_FOUND)
        status = add_dates(s, opts);
    if (status == EXIT_FOUND)
        status = set_sort(s, opts->sort);
    if (status == EXIT_FOUND)
        status = readings_set("query", &opts->readings, &s->ask);
    if (status == EXIT_FOUND && opts->fields)
        status = set_fields(s, opts->fields);
    s->ask.search.n_filters = s->n_filters;
    return status;
}

static void say_warning(const struct answer *a, const clus_warning *w)
{
    say("query%s%s: at byte %llu: %.*s", a->qid ? " " : "", a->qid ? a->qid : "",
        (unsigned long long)w->offset, (int)w->message.len, w->message.data);
}

/* On standard error, unless the format has room for them. */
static void say_warnings(const struct answer *a)
{
    clus_warning w;
    if (a->opts->format == QUERY_JSON)
        return;
    for (size_t i = 0; clus_query_warning(a->reply->query, i, &w) == CLUS_OK; i++)
        say_warning(a, &w);
    for (size_t i = 0; clus_results_warning(a->reply->results, i, &w) == CLUS_OK; i++)
        say_warning(a, &w);
}

static int failed(const struct call *call, const struct answer *a, const clus_error *err)
{
    if (a->qid)
        say("query %s:", a->qid);
    if (err->code == CLUS_E_SYNTAX || err->code == CLUS_E_LIMIT) {
        say_query_error("query", a->text, err);
        return EXIT_USAGE;
    }
    if (err->code == CLUS_E_ARGUMENT)
        return usage("query: %s", err->message);
    if (err->code == CLUS_E_TIMEOUT) {
        say("query: not done within %llu ms", (unsigned long long)a->opts->timeout_ms);
        return EXIT_TIMEOUT;
    }
    return fail("index", call->index, err);
}

static int answer_one(const struct call *call, clus_snapshot *snap, const struct search *s,
                      struct answer *a)
{
    struct reply reply;
    clus_error err;
    uint64_t started = clock_ns(CLOCK_MONOTONIC);
    if (ask(snap, &s->ask, a->text, &reply, &err) < 0)
        return failed(call, a, &err);
    a->took_us = (clock_ns(CLOCK_MONOTONIC) - started) / 1000;
    a->reply = &reply;
    say_warnings(a);
    int status = reply.info.n_hits ? EXIT_FOUND : EXIT_NOTHING;
    clus_status st = CLUS_OK;
    if (a->opts->explain)
        st = clus_explain(snap, reply.query, &s->ask.search, &a->explanation, &err);
    if (st == CLUS_OK)
        st = answer_write(a, &err);
    if (st < 0)
        status = failed(call, a, &err);
    clus_explanation_free(a->explanation);
    reply_done(&reply);
    a->explanation = NULL;
    a->reply = NULL;
    return status;
}

/* The best status of all topics, but a failure of any counts. */
static int answer_topics(const struct call *call, clus_snapshot *snap,
                         const struct search *s, struct answer *a)
{
    struct topics topics = {0};
    int all = EXIT_NOTHING, status = topics_read(&topics, "query", a->opts->topics, true);
    for (size_t i = 0; status <= EXIT_NOTHING && i < topics.n; i++) {
        a->qid = topics.topics[i].id;
        a->text = (clus_str){topics.topics[i].query, topics.topics[i].query_len};
        int one = answer_one(call, snap, s, a);
        if (one == EXIT_INDEX || one == EXIT_DAMAGED)
            status = one;
        else if (one > EXIT_NOTHING || all == EXIT_NOTHING)
            all = all > EXIT_NOTHING ? all : one;
    }
    topics_done(&topics);
    return status > EXIT_NOTHING ? status : all;
}

static void join(struct text *t, const struct call *call)
{
    for (size_t i = 0; i < call->n_operands; i++)
        text_printf(t, "%s%s", i ? " " : "", call->operands[i]);
}

static int answer_all(const struct call *call, struct search *s,
                      const struct query_options *opts)
{
    struct session session;
    struct pager pager = {0};
    struct text query = {0};
    clus_glossary *glossary;
    int status = session_open(call, &session);
    if (status == EXIT_FOUND)
        status = readings_open("query", &opts->readings, session.index, &s->ask, &glossary);
    if (status != EXIT_FOUND) {
        session_close(&session);
        return status;
    }
    struct answer a = {.opts = opts, .n_fields = s->n_fields};
    clus_str fields[64];
    memcpy(fields, s->fields, sizeof fields);
    a.fields = fields;
    a.term = term_of(STDOUT_FILENO, (enum color_when)opts->color);
    if (opts->pager)
        pager_start(&pager);
    struct out out = {.fd = STDOUT_FILENO};
    a.out = &out;
    answer_begin(&a);
    join(&query, call);
    a.text = text_view(&query);
    status = opts->topics ? answer_topics(call, session.snap, s, &a)
                          : answer_one(call, session.snap, s, &a);
    status = out_end(&out, status);
    pager_end(&pager);
    text_done(&query);
    clus_glossary_free(glossary);
    session_close(&session);
    return status;
}

static int run(const struct call *call)
{
    struct query_options opts = *(const struct query_options *)call->options;
    struct search s = {.n_filters = 0};
    if (opts.topics && call->n_operands)
        return usage("query: --topics and a query on the command line exclude each other");
    if (!opts.topics && call->n_operands == 0)
        return usage(
            "query: the query is missing; 'csearch help query' shows the language");
    if (opts.nul && opts.format == QUERY_TEXT)
        opts.format = QUERY_IDS;
    if (opts.explain && opts.format > QUERY_JSONL)
        return usage(
            "query: --explain has no place in this format; text, json and jsonl do");
    if (opts.fields && (opts.format == QUERY_TEXT || opts.format >= QUERY_TREC))
        return usage(
            "query: --fields has no place in this format; json, jsonl, tsv and csv do");
    int status = prepare(&s, &opts);
    if (status == EXIT_FOUND)
        status = answer_all(call, &s, &opts);
    text_done(&s.range);
    return status;
}

const struct verb verb_query = {.name = "query",
                                .alias = "search",
                                .operands = "QUERY…",
                                .summary = "ranked search",
                                .about = about,
                                .options = options,
                                .size = sizeof(struct query_options),
                                .run = run};
