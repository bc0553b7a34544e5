/* Merging the writer's segments: which, where to, and in how many steps. */
#include "base/alloc.h"
#include "base/error.h"
#include "index/merge_plan.h"
#include "index/slab_queue.h"
#include "index/writer.h"

enum {
    QUEUE_BYTES = 32 << 20,
    OVERDUE = 24 /* a group of so many is merged whatever it costs: where each writer is
                    closed after a commit, none finishes a merge that takes several */
};

/* ---- beginning and ending a merge ---- */

clus_status clus__writer_new_merge(struct writer *w, size_t from, size_t n,
                                   struct merge **out, clus_error *err)
{
    struct merge_source sources[MERGE_MAX_INPUTS];
    for (size_t i = 0; i < n; i++) {
        clus_status st = clus__part_open(w, w->parts[from + i], err);
        if (st != CLUS_OK)
            return st;
        sources[i] = (struct merge_source){.seg = w->parts[from + i]->seg,
                                           .deleted = w->parts[from + i]->deleted};
    }
    return clus__explain(
        err, clus__merge_new(sources, (uint32_t)n, w->counters.next_owner++, out),
        "merging segments");
}

/* Documents that were deleted after the merge began. */
static clus_status carry_deletions(const struct writer *w, const struct merge *m,
                                   size_t from, struct part *to)
{
    for (uint32_t i = 0; i < m->n; i++) {
        const struct part *part = w->parts[from + i];
        uint32_t place;
        for (uint32_t doc = 0; part->deleted && doc < part->row.ndocs; doc++) {
            if (!clus__bit(part->deleted, doc) || !clus__merge_new_doc(m, i, doc, &place))
                continue;
            clus_status st = clus__part_delete(to, place);
            if (st != CLUS_OK)
                return st;
        }
    }
    return CLUS_OK;
}

clus_status clus__writer_put_merged(struct writer *w, struct merge *m, size_t from,
                                    struct page_sink *sink, clus_error *err)
{
    struct part *part = NULL;
    clus_status st = CLUS_OK;
    for (uint32_t i = 0; i < m->n && st == CLUS_OK; i++)
        st = clus__writer_part_gone(w, w->parts[from + i]);
    if (st == CLUS_OK && m->row.ndocs > 0) {
        part = clus__calloc(1, sizeof *part);
        st = part ? CLUS_OK : CLUS_E_NOMEM;
    }
    if (st == CLUS_OK && part) {
        part->row = m->row;
        st = carry_deletions(w, m, from, part);
    }
    if (st != CLUS_OK) {
        clus__part_free(part);
        return clus__explain(err, st, "merging segments");
    }
    if (part && sink) {
        st = clus__page_sink_put(sink, &m->out, NULL, err);
        part->place = PART_PENDING;
    } else if (part) {
        part->slab = m->out;
        m->out = (struct slab){0};
    }
    if (st != CLUS_OK) {
        clus__part_free(part);
        return st;
    }
    clus__writer_replace_parts(w, from, m->n, part);
    return CLUS_OK;
}

/* ---- one merge; another thread encodes what is large ---- */

struct encode_job {
    struct job job; /* first member */
    struct list_feed *feed;
};

static clus_status encode(struct job *job, struct analyst *analyst)
{
    (void)analyst;
    clus__feed_serve(((struct encode_job *)job)->feed);
    return CLUS_OK;
}

/* `shared`: on another thread, too, if there is one. */
static clus_status step(struct writer *w, struct merge *m, size_t limit, bool shared,
                        clus_error *err)
{
    struct store_txn *txn;
    struct encode_job job = {.job.run = encode, .feed = &m->feed};
    clus_status st = clus__writer_reader(w, &txn, err);
    if (st != CLUS_OK)
        return st;
    shared = shared && w->threads > 1 && m->row.ndocs > 0 && !m->place;
    if (shared) {
        clus__feed_open(&m->feed);
        clus__pool_give(w->pool, &job.job, UINT32_MAX);
    }
    st = clus__merge_step(m, txn, limit);
    if (shared) {
        clus__feed_close(&m->feed);
        clus__pool_wait(w->pool, &job.job);
    }
    return clus__explain(err, st, "merging segments");
}

/* Put full pages away. */
static clus_status drain(struct merge *m, struct page_sink *sink, clus_error *err)
{
    struct slab full = {0};
    clus_status st = clus__explain(err, clus__slab_split(&m->out, &full), "merging");
    if (st == CLUS_OK && clus__slab_bytes(&full) > 0)
        st = clus__page_sink_put(sink, &full, NULL, err);
    clus__slab_done(&full);
    return st;
}

clus_status clus__writer_run_merge(struct writer *w, struct merge *m, uint64_t budget,
                                   struct page_sink *sink, clus_error *err)
{
    m->work_end = budget < UINT64_MAX - m->work ? m->work + budget : UINT64_MAX;
    for (;;) {
        clus_status st =
            step(w, m, w->limits.merge_step, budget >= w->limits.memory_merge, err);
        if (st != CLUS_OK)
            return st;
        st = drain(m, sink, err);
        if (st != CLUS_OK || m->work >= m->work_end)
            return st;
    }
}

static clus_status merge_in_memory(struct writer *w, size_t from, size_t n, clus_error *err)
{
    struct merge *m;
    clus_status st = clus__writer_new_merge(w, from, n, &m, err);
    if (st != CLUS_OK)
        return st;
    st = step(w, m, SIZE_MAX, false, err);
    if (st == CLUS_DONE)
        st = clus__writer_put_merged(w, m, from, NULL, err);
    clus__merge_free(m);
    return st;
}

static clus_status reorder(struct writer *w, struct merge *m, clus_error *err)
{
    struct store_txn *txn;
    clus_status st = clus__writer_reader(w, &txn, err);
    if (st != CLUS_OK)
        return st;
    return clus__explain(err, clus__merge_reorder(m, txn, w->memory / 2),
                         "ordering documents");
}

static clus_status merge_to_pages(struct writer *w, size_t from, size_t n, clus_error *err)
{
    struct merge *m;
    struct page_sink sink = {.w = w};
    clus_status st = clus__writer_new_merge(w, from, n, &m, err);
    if (st != CLUS_OK)
        return st;
    if (w->reorder)
        st = reorder(w, m, err);
    if (st == CLUS_OK)
        st = clus__writer_run_merge(w, m, UINT64_MAX, &sink, err);
    if (st == CLUS_DONE)
        st = clus__writer_put_merged(w, m, from, &sink, err);
    if (st == CLUS_OK)
        st = clus__page_sink_finish(&sink, err);
    clus__page_sink_abort(&sink);
    clus__merge_free(m);
    return st;
}

/* ---- several threads, a segment each ---- */

struct merge_task {
    struct job job; /* first member */
    struct merge *merge;
    struct store *store;
    struct slab_queue *queue;
    size_t from, step;
};

static clus_status produce(struct merge_task *t)
{
    for (;;) {
        struct store_txn *txn;
        clus_status st = clus__store_read(t->store, &txn, NULL);
        if (st != CLUS_OK)
            return st;
        st = clus__merge_step(t->merge, txn, t->step);
        clus__store_abort(txn);
        if (st != CLUS_OK)
            return st;
        struct slab *full = clus__calloc(1, sizeof *full);
        st = full ? clus__slab_split(&t->merge->out, full) : CLUS_E_NOMEM;
        if (st != CLUS_OK) {
            clus__free(full);
            return st;
        }
        if (!clus__slab_queue_push(t->queue, full))
            return CLUS_E_IO; /* the writer failed and says why */
    }
}

static clus_status merge_job(struct job *job, struct analyst *analyst)
{
    struct merge_task *t = (struct merge_task *)job;
    (void)analyst;
    clus_status st = produce(t);
    clus__slab_queue_leave(t->queue);
    return st;
}

static clus_status write_queue(struct slab_queue *queue, struct page_sink *sink,
                               clus_error *err)
{
    clus_status st = CLUS_OK;
    struct slab *slab;
    while (st == CLUS_OK && (slab = clus__slab_queue_pop(queue)) != NULL) {
        if (clus__slab_bytes(slab) > 0)
            st = clus__page_sink_put(sink, slab, NULL, err);
        clus__slab_done(slab);
        clus__free(slab);
    }
    if (st != CLUS_OK)
        clus__slab_queue_stop(queue);
    return st;
}

static uint64_t bytes_of(const struct part *part)
{
    uint64_t bytes = clus__segment_bytes(&part->row);
    return bytes - bytes / part->row.ndocs * part->n_deleted;
}

/* About what merging a part takes, as a merge counts its work. That is more than its bytes
 * where it is small, for of such most is keys. */
static uint64_t work_of(const struct part *part)
{
    const struct segment_totals *t = &part->row.totals;
    uint64_t keys = t->n_keys[0] + t->n_keys[1] + t->n_keys[2];
    return KEY_WORK * keys + POSTING_WORK * t->n_postings;
}

/* Cut [from, from + n) into `tasks` groups of about equal size. */
static clus_status make_tasks(struct writer *w, size_t from, size_t n,
                              struct merge_task *tasks, uint32_t n_tasks, clus_error *err)
{
    uint64_t total = 0, sum = 0;
    size_t at = from, end = from + n;
    for (size_t i = from; i < end; i++)
        total += bytes_of(w->parts[i]);
    for (uint32_t t = 0; t < n_tasks; t++) {
        size_t begin = at, leave = n_tasks - t - 1;
        uint64_t goal = total / n_tasks * (t + 1);
        while (at < end - leave && (at == begin || sum < goal || leave == 0))
            sum += bytes_of(w->parts[at++]);
        tasks[t].from = begin;
        clus_status st = clus__writer_new_merge(w, begin, at - begin, &tasks[t].merge, err);
        if (st != CLUS_OK)
            return st;
    }
    return CLUS_OK;
}

static clus_status run_tasks(struct writer *w, struct merge_task *tasks, uint32_t n,
                             struct page_sink *sink, clus_error *err)
{
    struct slab_queue queue;
    clus__slab_queue_init(&queue, QUEUE_BYTES, n);
    for (uint32_t t = 0; t < n; t++) {
        tasks[t].job.run = merge_job;
        tasks[t].store = w->index->store;
        tasks[t].queue = &queue;
        tasks[t].step = w->limits.merge_step;
        clus__pool_give(w->pool, &tasks[t].job, UINT32_MAX);
    }
    clus_status st = write_queue(&queue, sink, err);
    for (uint32_t t = 0; t < n; t++) {
        clus__pool_wait(w->pool, &tasks[t].job);
        if (st == CLUS_OK && tasks[t].job.status != CLUS_DONE)
            st = clus__explain(err, tasks[t].job.status, "merging segments");
    }
    clus__slab_queue_done(&queue);
    return st;
}

static clus_status merge_in_parallel(struct writer *w, size_t from, size_t n,
                                     clus_error *err)
{
    uint32_t n_tasks = w->threads < n / 2 ? w->threads : (uint32_t)(n / 2);
    struct merge_task *tasks = clus__calloc(n_tasks, sizeof *tasks);
    struct page_sink sink = {.w = w};
    if (!tasks)
        return clus__explain(err, CLUS_E_NOMEM, "merging segments");
    clus_status st = make_tasks(w, from, n, tasks, n_tasks, err);
    if (st == CLUS_OK)
        st = run_tasks(w, tasks, n_tasks, &sink, err);
    for (uint32_t t = n_tasks; t-- > 0 && st == CLUS_OK;) /* backwards: places stay */
        st = clus__writer_put_merged(w, tasks[t].merge, tasks[t].from, &sink, err);
    if (st == CLUS_OK)
        st = clus__page_sink_finish(&sink, err);
    clus__page_sink_abort(&sink);
    for (uint32_t t = 0; t < n_tasks; t++)
        clus__merge_free(tasks[t].merge);
    clus__free(tasks);
    return st;
}

/* ---- which ---- */

/* `committed`: without what was added since the last commit. */
static struct plan_part *make_plan(const struct writer *w, bool committed)
{
    struct plan_part *plan = clus__calloc(w->n_parts, sizeof *plan);
    for (size_t i = 0; plan && i < w->n_parts; i++) {
        const struct part *part = w->parts[i];
        bool new = committed && part->added;
        plan[i] = (struct plan_part){.bytes = bytes_of(part),
                                     .first_docnum = part->row.first_docnum,
                                     .last_docnum = part->row.last_docnum,
                                     .ndocs = part->row.ndocs,
                                     .n_dead = part->n_deleted,
                                     .locked = part->locked || new};
    }
    return plan;
}

static clus_status merge_group(struct writer *w, size_t from, size_t n, uint64_t bytes,
                               bool to_one, clus_error *err)
{
    if (bytes <= w->limits.memory_merge)
        return merge_in_memory(w, from, n, err);
    if (w->threads > 1 && n >= 4 && bytes >= w->limits.parallel && !to_one)
        return merge_in_parallel(w, from, n, err);
    return merge_to_pages(w, from, n, err);
}

/* How many of the parts from `from` on, n at most, are published: only those can wait for a
 * merge that takes several commits. */
static size_t published(const struct writer *w, size_t from, size_t n)
{
    size_t i = 0;
    while (i < n && w->parts[from + i]->place == PART_PUBLISHED)
        i++;
    return i;
}

/* Merge or begin to merge the next group that is due, if it fits into the budget or has
 * waited too long: CLUS_DONE when there is none that may be touched now. */
static clus_status next_group(struct writer *w, bool committed, uint64_t *budget,
                              clus_error *err)
{
    struct plan_rules rules = clus__plan_segments();
    struct plan_part *plan = make_plan(w, committed);
    if (!plan)
        return clus__explain(err, CLUS_E_NOMEM, "merging segments");
    clus_status st = CLUS_DONE;
    size_t from, n;
    while (st == CLUS_DONE && clus__plan_next(&rules, plan, w->n_parts, &from, &n)) {
        uint64_t bytes = 0, work = 0;
        for (size_t i = from; i < from + n; i++) {
            bytes += plan[i].bytes;
            work += work_of(w->parts[i]);
        }
        if (bytes <= *budget || n >= OVERDUE) {
            *budget -= work < *budget ? work : *budget;
            st = merge_group(w, from, n, bytes, false, err);
        } else if (w->n_merging < LONG_MERGES && 2 * published(w, from, n) > n) {
            st = clus__long_merge_begin(w, from, published(w, from, n), bytes, err);
        } else {
            plan[from].locked = true; /* another time */
        }
    }
    clus__free(plan);
    return st;
}

static clus_status compact(struct writer *w, clus_error *err)
{
    struct plan_rules rules = clus__plan_segments();
    rules.max_bytes = UINT64_MAX;
    clus_status st = CLUS_OK;
    while (st == CLUS_OK) {
        size_t from, n;
        struct plan_part *plan = make_plan(w, false);
        if (!plan)
            return clus__explain(err, CLUS_E_NOMEM, "merging segments");
        bool more = clus__plan_compact(&rules, plan, w->n_parts, &from, &n);
        uint64_t bytes = 0;
        for (size_t i = from; more && i < from + n; i++)
            bytes += plan[i].bytes;
        clus__free(plan);
        if (!more)
            break;
        st = merge_group(w, from, n, bytes, true, err);
    }
    return st;
}

/* The same, and every document gets a new place. */
static clus_status compact_in_order(struct writer *w, clus_error *err)
{
    struct plan_rules rules = clus__plan_segments();
    rules.max_bytes = UINT64_MAX;
    clus_status st = CLUS_OK;
    for (size_t from = 0; from < w->n_parts && st == CLUS_OK;) {
        struct plan_part *plan = make_plan(w, false);
        if (!plan)
            return clus__explain(err, CLUS_E_NOMEM, "merging segments");
        size_t n = clus__plan_fit(&rules, plan, from, w->n_parts), had = w->n_parts;
        clus__free(plan);
        n = n ? n : 1;
        st = merge_to_pages(w, from, n, err);
        from += w->n_parts > had - n; /* nothing is left of documents that were all dead */
    }
    return st;
}

/* What fits into the budget comes first, so that small merges never wait for large ones. */
clus_status clus__writer_merge(struct writer *w, bool committed, uint64_t *budget,
                               clus_error *err)
{
    clus_status st = CLUS_OK;
    while (st == CLUS_OK) {
        do
            st = next_group(w, committed, budget, err);
        while (st == CLUS_OK);
        if (st == CLUS_DONE)
            st = clus__long_merges_go_on(w, budget, err);
    }
    return st == CLUS_DONE ? CLUS_OK : st;
}

clus_status clus__writer_merge_all(struct writer *w, clus_error *err)
{
    return w->reorder ? compact_in_order(w, err) : compact(w, err);
}
