/* The formats of answers: text, json, jsonl, tsv, csv, trec, ids. */
#ifndef CSEARCH_QUERY_OUT_H
#define CSEARCH_QUERY_OUT_H

#include "ask.h"
#include "options.h"
#include "out.h"
#include "readings.h"
#include "term.h"

enum query_format {
    QUERY_TEXT,
    QUERY_JSON,
    QUERY_JSONL,
    QUERY_TSV,
    QUERY_CSV,
    QUERY_TREC,
    QUERY_IDS
};

struct query_options {
    uint64_t limit, offset, snippet, timeout_ms;
    int op, color, format;
    bool literal, no_snippet, strict, pager, nul, explain;
    const char *lang, *since, *until, *sort, *fields, *topics, *run_tag;
    struct option_list filters;
    struct reading_options readings;
};

/* One answered query. */
struct answer {
    const struct query_options *opts;
    struct out *out;
    struct term term;
    const char *qid; /* NULL: not from a file of topics */
    clus_str text;
    const struct reply *reply;
    clus_explanation *explanation; /* NULL without --explain; of the hit shown last */
    uint64_t took_us;              /* of parsing and searching */
    clus_str *fields;              /* of --fields; n_fields 0: the format's own choice */
    size_t n_fields;
};

/* A hit with what the format needs of it. */
struct shown_hit {
    struct text id;
    float score;
    uint32_t rank;
    bool partial;
    clus_stored *stored;
    const clus_document *doc; /* never NULL; empty where nothing is stored */
    clus_snippet snippet;
};

/* Step to the next hit; frees what the last one held. As clus_results_next(). Its score is
 * taken apart where that is asked for. */
CLUS_MUST_CHECK clus_status shown_next(const struct answer *a, struct shown_hit *hit,
                                       bool with_document, bool with_snippet,
                                       clus_error *err);
void shown_done(struct shown_hit *hit);

/* Write the answer. What comes before the first answer of all (a header row) is written
 * by answer_begin. */
void answer_begin(const struct answer *a);
CLUS_MUST_CHECK clus_status answer_write(const struct answer *a, clus_error *err);

/* Formats with files of their own. */
CLUS_MUST_CHECK clus_status answer_write_text(const struct answer *a, clus_error *err);
CLUS_MUST_CHECK clus_status answer_write_json(const struct answer *a, clus_error *err);
CLUS_MUST_CHECK clus_status answer_write_jsonl(const struct answer *a, clus_error *err);
CLUS_MUST_CHECK clus_status answer_write_table(const struct answer *a, clus_error *err);

/* A document of the index as JSON members, inside an object that is open. */
struct json;
void document_members(struct json *j, const clus_document *doc);
void document_fields(struct json *j, const clus_document *doc);

#endif
