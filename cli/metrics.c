/*
 * nDCG@10 with linear gain and a discount of log2(rank + 1), MRR@10, average precision and
 * recall@100, as trec_eval and BEIR compute them.
 */
#include "metrics.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "out.h"
#include "stream.h"

enum { TOP = 10, DEEP = 100 };

static int by_query_and_doc(const void *a, const void *b)
{
    const struct judgment *x = a, *y = b;
    int order = strcmp(x->qid, y->qid);
    return order ? order : strcmp(x->doc, y->doc);
}

/* Cut the next word off `s`. */
static clus_str take_word(clus_str *s)
{
    *s = str_trim(*s);
    size_t n = 0;
    while (n < s->len && s->data[n] != ' ' && s->data[n] != '\t')
        n++;
    clus_str word = {s->data, n};
    *s = str_sub(*s, n);
    return word;
}

static bool add_line(struct qrels *qrels, clus_str line)
{
    clus_str qid = take_word(&line), iteration = take_word(&line), doc = take_word(&line);
    clus_str grade = take_word(&line);
    char digits[24], *end;
    if (iteration.len == 0 || doc.len == 0 || grade.len == 0 || grade.len >= sizeof digits)
        return false;
    memcpy(digits, grade.data, grade.len);
    digits[grade.len] = '\0';
    long value = strtol(digits, &end, 10);
    if (*end)
        return false;
    mem_grow(&qrels->all, &qrels->cap, qrels->n + 1, sizeof *qrels->all);
    qrels->all[qrels->n++] = (struct judgment){mem_strndup(qid.data, qid.len),
                                               mem_strndup(doc.data, doc.len), value};
    return true;
}

int qrels_read(struct qrels *qrels, const char *path)
{
    enum { LONGEST = 1 << 16 };
    struct stream *s = stream_open(path);
    enum stream_status status = STREAM_OK;
    char *line;
    size_t len;
    bool fine = true;
    if (!s)
        return usage("eval: '%s': %s", path, strerror(errno));
    while (fine && (status = stream_line(s, LONGEST, &line, &len)) == STREAM_OK) {
        clus_str text = str_trim((clus_str){line, len});
        fine = text.len == 0 || add_line(qrels, text);
    }
    int result = EXIT_FOUND;
    if (!fine)
        result = usage("eval: %s:%llu: not 'qid 0 document grade'", path,
                       (unsigned long long)stream_line_number(s));
    else if (status != STREAM_END)
        result = usage("eval: '%s': %s", path, stream_error(s));
    stream_close(s);
    if (qrels->n)
        qsort(qrels->all, qrels->n, sizeof *qrels->all, by_query_and_doc);
    return result;
}

void qrels_done(struct qrels *qrels)
{
    for (size_t i = 0; i < qrels->n; i++) {
        mem_free(qrels->all[i].qid);
        mem_free(qrels->all[i].doc);
    }
    mem_free(qrels->all);
    *qrels = (struct qrels){0};
}

struct judged qrels_of(const struct qrels *qrels, const char *qid)
{
    size_t low = 0, high = qrels->n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (strcmp(qrels->all[mid].qid, qid) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    struct judged judged = {.first = qrels->all + low};
    for (; low + judged.n < qrels->n && strcmp(judged.first[judged.n].qid, qid) == 0;
         judged.n++)
        judged.n_relevant += judged.first[judged.n].grade > 0;
    return judged;
}

static long grade_of(const struct judged *judged, clus_str doc)
{
    size_t low = 0, high = judged->n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        clus_str there = str_of(judged->first[mid].doc);
        size_t common = there.len < doc.len ? there.len : doc.len;
        int order = common ? memcmp(there.data, doc.data, common) : 0;
        if (order == 0 && there.len == doc.len)
            return judged->first[mid].grade;
        if (order < 0 || (order == 0 && there.len < doc.len))
            low = mid + 1;
        else
            high = mid;
    }
    return 0;
}

static int falling(const void *a, const void *b)
{
    long x = *(const long *)a, y = *(const long *)b;
    return (x < y) - (x > y);
}

static double best_dcg(const struct judged *judged)
{
    long *grades = mem_alloc(judged->n, sizeof *grades);
    double sum = 0;
    for (size_t i = 0; i < judged->n; i++)
        grades[i] = judged->first[i].grade;
    qsort(grades, judged->n, sizeof *grades, falling);
    for (size_t i = 0; i < judged->n && i < TOP && grades[i] > 0; i++)
        sum += (double)grades[i] / log2((double)i + 2);
    mem_free(grades);
    return sum;
}

struct metrics metrics_of(const struct judged *judged, const clus_str *ranked, size_t n)
{
    struct metrics m = {0, 0, 0, 0};
    size_t found = 0;
    double relevant = (double)judged->n_relevant, dcg = 0;
    for (size_t i = 0; i < n; i++) {
        long grade = grade_of(judged, ranked[i]);
        if (grade <= 0)
            continue;
        found++;
        if (i < TOP)
            dcg += (double)grade / log2((double)i + 2);
        if (i < TOP && m.mrr10 == 0)
            m.mrr10 = 1 / ((double)i + 1);
        if (i < DEEP)
            m.recall100 += 1 / relevant;
        m.map += (double)found / ((double)i + 1) / relevant;
    }
    m.ndcg10 = dcg / best_dcg(judged);
    return m;
}
