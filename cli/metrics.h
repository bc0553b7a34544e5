/* Relevance judgments and the measures of a ranking against them. */
#ifndef CSEARCH_METRICS_H
#define CSEARCH_METRICS_H

#include "mem.h"

struct judgment {
    char *qid;
    char *doc;
    long grade;
};

struct qrels {
    struct judgment *all; /* sorted by qid, then doc */
    size_t n, cap;
};

/* "qid 0 doc grade" a line. EXIT_FOUND, or EXIT_USAGE after a message. */
int qrels_read(struct qrels *qrels, const char *path);
void qrels_done(struct qrels *qrels);

/* The judgments of one query: [*first, end). */
struct judged {
    const struct judgment *first;
    size_t n;
    size_t n_relevant; /* of grade above 0 */
};
struct judged qrels_of(const struct qrels *qrels, const char *qid);

struct metrics {
    double ndcg10, mrr10, map, recall100;
};

/* Measures of one ranking; judged.n_relevant > 0. */
struct metrics metrics_of(const struct judged *judged, const clus_str *ranked, size_t n);

#endif
