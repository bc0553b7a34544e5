/* `csearch eval`: measures of ranking on judged queries. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ask.h"
#include "json_write.h"
#include "metrics.h"
#include "out.h"
#include "readings.h"
#include "session.h"
#include "verbs.h"

struct eval_options {
    struct option_list topics, qrels;
    uint64_t limit;
    int op, format;
    bool literal;
    const char *run, *run_tag, *rank;
    struct reading_options readings;
};

static const char *const format_names[] = {"text", "json", "tsv", NULL};
enum { EVAL_TEXT, EVAL_JSON, EVAL_TSV };

static const struct option options[] = {
    {.name = "topics",
     .kind = OPTION_LIST,
     .offset = offsetof(struct eval_options, topics),
     .value = "FILE",
     .help = "queries, 'id TAB query' a line; again for another set"},
    {.name = "qrels",
     .kind = OPTION_LIST,
     .offset = offsetof(struct eval_options, qrels),
     .value = "FILE",
     .help = "judgments, 'id 0 document grade' a line; one for each --topics"},
    {.name = "limit",
     .letter = 'n',
     .kind = OPTION_UINT,
     .offset = offsetof(struct eval_options, limit),
     .value = "N",
     .help = "depth of the rankings; default 1000",
     .min = 1,
     .max = 100000},
    {.name = "op",
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct eval_options, op),
     .value = "OP",
     .help = "how words combine",
     .choices = op_names},
    {.name = "literal",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct eval_options, literal),
     .help = "words match as they are written only"},
    READING_OPTIONS(struct eval_options),
    {.name = "rank",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct eval_options, rank),
     .value = "LIST",
     .help = "parameters of ranking, NAME=NUMBER and commas: k1, b, title, lead, extra, "
             "share, exact, family, idf"},
    {.name = "run",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct eval_options, run),
     .value = "FILE",
     .help = "write the rankings as a TREC run"},
    {.name = "run-tag",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct eval_options, run_tag),
     .value = "TAG",
     .help = "last column of the run; default csearch"},
    {.name = "format",
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct eval_options, format),
     .value = "FORMAT",
     .help = "of the measures",
     .choices = format_names},
    {.kind = OPTION_END}};

static const char about[] =
    "  Each set of queries is one line: nDCG@10 (linear gain), MRR@10, MAP and "
    "Recall@100,\n"
    "  means over the judged queries; one without an answer counts as 0.\n";

/* One ranking of ids. */
struct ranking {
    struct pool pool;
    clus_str *ids;
    float *scores;
    size_t n, cap, score_cap;
};

struct evaluation {
    const struct call *call;
    const struct eval_options *opts;
    clus_snapshot *snap;
    struct ask how;
    struct out run; /* fd -1: none wanted */
};

struct set_result {
    const char *name;
    size_t n;
    struct metrics sum;
};

static clus_status read_ranking(struct ranking *r, clus_results *results, clus_error *err)
{
    clus_hit hit;
    clus_status st;
    pool_reset(&r->pool);
    r->n = 0;
    while ((st = clus_results_next(results, &hit, err)) == CLUS_OK) {
        mem_grow(&r->ids, &r->cap, r->n + 1, sizeof *r->ids);
        mem_grow(&r->scores, &r->score_cap, r->n + 1, sizeof *r->scores);
        r->scores[r->n] =
            r->n && hit.score > r->scores[r->n - 1] ? r->scores[r->n - 1] : hit.score;
        r->ids[r->n++] = pool_copy(&r->pool, hit.id);
    }
    return st == CLUS_DONE ? CLUS_OK : st;
}

static void write_run(struct evaluation *e, const char *qid, const struct ranking *r)
{
    if (e->run.fd < 0)
        return;
    struct text *t = &e->run.text;
    for (size_t i = 0; i < r->n; i++) {
        text_column(t, str_of(qid));
        text_str(t, " Q0 ");
        text_column(t, r->ids[i]);
        text_printf(t, " %zu %.6f ", i + 1, (double)r->scores[i]);
        text_column(t, str_of(e->opts->run_tag ? e->opts->run_tag : "csearch"));
        text_byte(t, '\n');
    }
    out_maybe_flush(&e->run);
}

static int rank_topic(struct evaluation *e, const struct topic *topic, struct ranking *r)
{
    struct reply reply = {.query = NULL};
    clus_error err;
    clus_status st =
        ask(e->snap, &e->how, (clus_str){topic->query, topic->query_len}, &reply, &err);
    if (st == CLUS_OK)
        st = read_ranking(r, reply.results, &err);
    reply_done(&reply);
    return st < 0 ? fail("index", e->call->index, &err) : EXIT_FOUND;
}

static void add_metrics(struct metrics *sum, const struct metrics *m)
{
    sum->ndcg10 += m->ndcg10;
    sum->mrr10 += m->mrr10;
    sum->map += m->map;
    sum->recall100 += m->recall100;
}

/* Judged queries, also those that no topic asks. */
static size_t count_judged(const struct qrels *qrels)
{
    size_t n = 0;
    for (size_t i = 0; i < qrels->n;) {
        struct judged judged = qrels_of(qrels, qrels->all[i].qid);
        n += judged.n_relevant > 0;
        i += judged.n;
    }
    return n;
}

static int eval_set(struct evaluation *e, const char *topics_path, const char *qrels_path,
                    struct set_result *result)
{
    struct topics topics = {0};
    struct qrels qrels = {0};
    struct ranking ranking = {.n = 0};
    *result = (struct set_result){.name = topics_path};
    int status = topics_read(&topics, "eval", topics_path, true);
    if (status == EXIT_FOUND)
        status = qrels_read(&qrels, qrels_path);
    result->n = count_judged(&qrels);
    for (size_t i = 0; status == EXIT_FOUND && i < topics.n; i++) {
        struct judged judged = qrels_of(&qrels, topics.topics[i].id);
        status = rank_topic(e, &topics.topics[i], &ranking);
        if (status != EXIT_FOUND)
            break;
        write_run(e, topics.topics[i].id, &ranking);
        if (judged.n_relevant == 0)
            continue;
        struct metrics m = metrics_of(&judged, ranking.ids, ranking.n);
        add_metrics(&result->sum, &m);
    }
    if (status == EXIT_FOUND && result->n == 0)
        status = usage("eval: '%s' judges no document relevant", qrels_path);
    pool_done(&ranking.pool);
    mem_free(ranking.ids);
    mem_free(ranking.scores);
    topics_done(&topics);
    qrels_done(&qrels);
    return status;
}

enum { FIGURES = 4 };

struct figure {
    const char *name;
    double value;
};

static void figures_of(const struct set_result *r, struct figure figures[FIGURES])
{
    double n = (double)r->n;
    figures[0] = (struct figure){"ndcg_10", r->sum.ndcg10 / n};
    figures[1] = (struct figure){"mrr_10", r->sum.mrr10 / n};
    figures[2] = (struct figure){"map", r->sum.map / n};
    figures[3] = (struct figure){"recall_100", r->sum.recall100 / n};
}

static void add_json(struct json *j, const struct set_result *r)
{
    struct figure figures[FIGURES];
    figures_of(r, figures);
    json_open(j, '{');
    json_member(j, "set", str_of(r->name));
    json_member_uint(j, "queries", r->n);
    for (size_t i = 0; i < FIGURES; i++) {
        json_key(j, figures[i].name);
        json_num(j, figures[i].value);
    }
    json_close(j, '}');
}

static void add_line(struct text *t, const struct set_result *r, int format)
{
    struct figure f[FIGURES];
    figures_of(r, f);
    if (format == EVAL_TSV)
        text_printf(t, "%s\t%zu\t%.4f\t%.4f\t%.4f\t%.4f\n", r->name, r->n, f[0].value,
                    f[1].value, f[2].value, f[3].value);
    else
        text_printf(t,
                    "%s: queries %zu nDCG@10 %.4f MRR@10 %.4f MAP %.4f Recall@100 %.4f\n",
                    r->name, r->n, f[0].value, f[1].value, f[2].value, f[3].value);
}

static int eval_all(struct evaluation *e)
{
    struct out out = {.fd = STDOUT_FILENO};
    struct json j = {.text = &out.text};
    int status = EXIT_FOUND, format = e->opts->format;
    if (format == EVAL_TSV)
        text_str(&out.text, "set\tqueries\tndcg_10\tmrr_10\tmap\trecall_100\n");
    if (format == EVAL_JSON) {
        json_open(&j, '{');
        json_member_uint(&j, "format_version", 1);
        json_key(&j, "sets");
        json_open(&j, '[');
    }
    for (size_t i = 0; status == EXIT_FOUND && i < e->opts->topics.n; i++) {
        struct set_result result;
        status = eval_set(e, e->opts->topics.items[i], e->opts->qrels.items[i], &result);
        if (status != EXIT_FOUND)
            break;
        if (format == EVAL_JSON) {
            add_json(&j, &result);
        } else {
            add_line(&out.text, &result, format);
            out_flush(&out);
        }
    }
    if (format == EVAL_JSON) {
        json_close(&j, ']');
        json_close(&j, '}');
        text_byte(&out.text, '\n');
        if (status != EXIT_FOUND)
            out.text.len = 0; /* half an object helps nobody */
    }
    return out_end(&out, status);
}

static int open_run(struct evaluation *e)
{
    if (!e->opts->run)
        return EXIT_FOUND;
    e->run.fd = open(e->opts->run, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (e->run.fd < 0)
        return usage("eval: --run '%s': %s", e->opts->run, strerror(errno));
    return EXIT_FOUND;
}

static int set_ask(struct evaluation *e)
{
    const struct eval_options *opts = e->opts;
    e->how = (struct ask){.parse = {.op = (clus_op)opts->op, .literal = opts->literal},
                          .search = {.limit = opts->limit ? (uint32_t)opts->limit : 1000,
                                     .now = (int64_t)time(NULL)}};
    int status = readings_set("eval", &opts->readings, &e->how);
    return status == EXIT_FOUND ? ask_ranking("eval", opts->rank, &e->how.search.ranking)
                                : status;
}

static int run(const struct call *call)
{
    const struct eval_options *opts = call->options;
    struct evaluation e = {.call = call, .opts = opts};
    struct session s;
    clus_glossary *glossary = NULL;
    if (call->n_operands)
        return usage("eval: takes no operands");
    if (opts->topics.n == 0 || opts->topics.n != opts->qrels.n)
        return usage("eval: name --topics FILE and --qrels FILE, as many of one as of the "
                     "other");
    int status = set_ask(&e);
    if (status == EXIT_FOUND)
        status = session_open(call, &s);
    if (status != EXIT_FOUND)
        return status;
    e.snap = s.snap;
    e.run.fd = -1;
    status = readings_open("eval", &opts->readings, s.index, &e.how, &glossary);
    if (status == EXIT_FOUND)
        status = open_run(&e);
    if (status == EXIT_FOUND)
        status = eval_all(&e);
    if (e.run.fd >= 0) {
        status = out_end(&e.run, status);
        if (close(e.run.fd) != 0 && status == EXIT_FOUND)
            status = usage("eval: --run '%s': %s", opts->run, strerror(errno));
    }
    clus_glossary_free(glossary);
    session_close(&s);
    return status;
}

const struct verb verb_eval = {.name = "eval",
                               .operands = "",
                               .summary = "nDCG, MRR, MAP and recall on judged queries",
                               .about = about,
                               .options = options,
                               .size = sizeof(struct eval_options),
                               .run = run};
