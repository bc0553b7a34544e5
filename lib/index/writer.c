/* The writer as its caller sees it: adding, deleting, forgetting. */
#include "index/writer.h"

#include "base/alloc.h"
#include "base/error.h"

enum {
    DEFAULT_TIMEOUT_MS = 5000,
    RUN_MIN = 256 << 10,
    RUN_MAX = 64 << 20,
    LEXER_MIN = 1 << 20,
    LEXER_MAX = 256 << 20,
    BATCH = 1 << 20,
    SHARE = 2 << 20,
    BESIDE = 64 << 10,
    SPILL_MAX = 32 << 20,
    MEMORY_MERGE = 8 << 20,
    MERGE_STEP = 8 << 20,
    PARALLEL_MERGE = 32 << 20,
    COMMIT_MERGE = 32 << 10,
    DOCUMENT_SHARE =
        5 /* of the memory, which is what a document takes in sizes of its own */
};
#define DEFAULT_MEMORY (UINT64_C(768) << 20)
#define LEAST_MEMORY (UINT64_C(16) << 20)

/* ---- opening ---- */

static size_t within(uint64_t value, size_t low, size_t high)
{
    return value < low ? low : value > high ? high : (size_t)value;
}

/* A run is held about twice by the thread that analyses it (text, lists, segment, pack),
 * and two are held before that. A quarter of the memory is for the words that the threads
 * know: learning them anew costs more than the rest of the analysis. */
static void share_memory(struct writer *w)
{
    w->limits = (struct writer_limits){
        .run = within(w->memory / 8 * 5 / (2 * w->threads + 3), RUN_MIN, RUN_MAX),
        .batch = BATCH,
        .share = SHARE,
        .beside = BESIDE,
        .spill = within(w->memory / 8, RUN_MIN, SPILL_MAX),
        .memory_merge = MEMORY_MERGE,
        .merge_step = within(w->memory / 16, RUN_MIN, MERGE_STEP),
        .parallel = PARALLEL_MERGE,
        .commit_merge = COMMIT_MERGE,
    };
}

static clus_status take_lock(struct writer *w, uint32_t timeout_ms, clus_error *err)
{
    struct index *index = w->index;
    (void)pthread_mutex_lock(&index->lock);
    bool busy = index->has_writer;
    index->has_writer = true;
    (void)pthread_mutex_unlock(&index->lock);
    if (busy)
        return clus__fail(err, CLUS_E_BUSY,
                          "this handle of the index has a writer already");
    clus_status st =
        clus__store_lock(index->store, timeout_ms ? timeout_ms : DEFAULT_TIMEOUT_MS, err);
    w->locked = st == CLUS_OK;
    if (st != CLUS_OK) {
        (void)pthread_mutex_lock(&index->lock);
        index->has_writer = false;
        (void)pthread_mutex_unlock(&index->lock);
    }
    return st;
}

static void give_lock_back(struct writer *w)
{
    if (!w->locked)
        return;
    clus__store_unlock(w->index->store);
    (void)pthread_mutex_lock(&w->index->lock);
    w->index->has_writer = false;
    (void)pthread_mutex_unlock(&w->index->lock);
}

static clus_status prepare(struct writer *w, const clus_writer_options *opts,
                           clus_error *err)
{
    clus_status st = take_lock(w, opts->timeout_ms, err);
    if (st != CLUS_OK)
        return st;
    size_t lexer = within(w->memory / 4 / w->threads, LEXER_MIN, LEXER_MAX);
    st = clus__explain(err, clus__pool_new(w->index, w->threads, lexer, &w->pool),
                       "starting to write");
    if (st == CLUS_OK)
        st = clus__writer_sweep(w, true, UINT64_MAX, err);
    return st == CLUS_OK ? clus__writer_reset(w, false, err) : st;
}

clus_status clus__writer_open(struct index *index, const clus_writer_options *opts,
                              struct writer **out, clus_error *err)
{
    if (opts->threads > THREADS_MAX ||
        (opts->memory_bytes && opts->memory_bytes < LEAST_MEMORY))
        return clus__fail(err, CLUS_E_ARGUMENT,
                          "at most 64 threads and at least 16 MiB of memory");
    if (!index->same_rules)
        return clus__fail(err, CLUS_E_ANALYZER,
                          "the index was made with other text rules (%s): index anew",
                          index->fingerprint);
    struct writer *w = clus__calloc(1, sizeof *w);
    if (!w)
        return clus__explain(err, CLUS_E_NOMEM, "starting to write");
    w->index = index;
    w->threads = opts->threads ? opts->threads : 1;
    w->memory = opts->memory_bytes ? opts->memory_bytes : DEFAULT_MEMORY;
    w->relaxed = opts->relaxed;
    share_memory(w);
    clus_status st = prepare(w, opts, err);
    if (st != CLUS_OK) {
        clus__writer_free(w);
        return st;
    }
    *out = w;
    return CLUS_OK;
}

/* ---- forgetting ---- */

clus_status clus__writer_reader(struct writer *w, struct store_txn **txn, clus_error *err)
{
    clus_status st = CLUS_OK;
    if (!w->reader)
        st = clus__store_read(w->index->store, &w->reader, err);
    if (st == CLUS_OK)
        *txn = w->reader;
    return st;
}

void clus__writer_drop_reader(struct writer *w)
{
    clus__store_abort(w->reader);
    w->reader = NULL;
}

/* All but the packs. */
static void forget_work(struct writer *w)
{
    for (size_t i = 0; i < w->n_jobs; i++) {
        clus__pool_wait(w->pool, &w->jobs[i]->job);
        clus__run_free(w->jobs[i]->run);
        clus__free(w->jobs[i]);
    }
    w->n_jobs = 0;
    clus__run_free(w->filling);
    w->filling = NULL;
    w->n_sealed = 0;
    memset(w->given, 0, sizeof w->given);
    for (size_t i = 0; i < w->n_parts; i++)
        clus__part_free(w->parts[i]);
    w->n_parts = 0;
    w->memory_bytes = 0;
    w->run_bytes = w->merged = 0;
    w->n_dead = w->n_gone = w->n_gone_packs = w->n_dropped = 0;
    clus__id_table_done(&w->ids);
    w->info = (clus_commit_info){0};
    clus__writer_drop_reader(w);
}

static void forget_packs(struct writer *w)
{
    for (size_t i = 0; i < w->n_packs; i++)
        clus__pack_part_free(w->packs[i]);
    w->n_packs = 0;
}

/* The packs of a commit are those of its base: an index of millions of documents that came
 * in small commits has thousands, which need not be read again. */
static void keep_packs(struct writer *w)
{
    for (size_t i = 0; i < w->n_packs; i++) {
        clus__buf_done(&w->packs[i]->data);
        w->packs[i]->place = PART_PUBLISHED;
        w->packs[i]->changed = false;
    }
}

static clus_status parts_of_base(struct writer *w)
{
    clus_status st =
        clus__grow(&w->parts, &w->cap_parts, w->base->n, sizeof(struct part *));
    for (uint32_t i = 0; i < w->base->n && st == CLUS_OK; i++) {
        struct part *part = clus__calloc(1, sizeof *part);
        if (!part)
            return CLUS_E_NOMEM;
        part->row = w->base->rows[i];
        part->place = PART_PUBLISHED;
        part->seg = &w->base->segments[i]->seg;
        part->n_deleted = part->row.n_deleted;
        part->stored_bits = w->base->visible[i].deleted;
        part->locked = clus__long_merge_has(w, part->row.owner);
        w->parts[w->n_parts++] = part;
        if (part->stored_bits) {
            part->deleted =
                clus__memdup(part->stored_bits, clus__bitset_words(part->row.ndocs) * 8);
            st = part->deleted ? CLUS_OK : CLUS_E_NOMEM;
        }
    }
    return st;
}

static clus_status packs_of_base(struct writer *w)
{
    struct store_row row = {0};
    clus_status st;
    uint64_t next = 0;
    while ((st = clus__store_next(w->reader, TABLE_PACKS, &row)) == CLUS_OK) {
        st = clus__grow(&w->packs, &w->cap_packs, w->n_packs + 1,
                        sizeof(struct pack_part *));
        if (st != CLUS_OK)
            return st;
        struct pack_part *pack = clus__calloc(1, sizeof *pack);
        if (!pack)
            return CLUS_E_NOMEM;
        w->packs[w->n_packs++] = pack;
        pack->place = PART_PUBLISHED;
        st = clus__pack_row_decode(row.key, row.value, &pack->row);
        if (st != CLUS_OK)
            return st;
        if (pack->row.first_docnum < next)
            return CLUS_E_CORRUPT;
        next = pack->row.last_docnum + 1;
    }
    return st == CLUS_DONE ? CLUS_OK : st;
}

clus_status clus__writer_reset(struct writer *w, bool committed, clus_error *err)
{
    struct manifest *old = w->base, *now;
    struct store_txn *txn;
    forget_work(w);
    if (committed)
        keep_packs(w);
    else
        forget_packs(w);
    clus_status st = clus__writer_reader(w, &txn, err);
    if (st != CLUS_OK)
        return st;
    st = clus__manifest_get(w->index, txn, &now);
    if (st == CLUS_OK) {
        w->base = now;
        clus__manifest_release(w->index, old);
        st = clus__counters_get(txn, &w->counters);
    }
    if (st == CLUS_OK)
        st = parts_of_base(w);
    if (st == CLUS_OK && !committed)
        st = packs_of_base(w);
    clus__writer_drop_reader(w);
    return clus__explain(err, st, "the manifest");
}

clus_status clus__writer_rollback(struct writer *w, clus_error *err)
{
    clus__long_merges_drop(w);
    forget_work(w);
    clus_status st =
        w->any_pending ? clus__writer_sweep(w, true, UINT64_MAX, err) : CLUS_OK;
    if (st == CLUS_OK ||
        st == CLUS_E_FULL) /* removing takes room, too: a later sweep has it */
        st = clus__writer_reset(w, false, err);
    w->failed = st;
    return st;
}

void clus__writer_free(struct writer *w)
{
    if (!w)
        return;
    clus__long_merges_drop(w);
    forget_work(w);
    forget_packs(w);
    if (w->any_pending && w->locked) { /* else the next writer does it */
        clus_status ignored = clus__writer_sweep(w, true, UINT64_MAX, NULL);
        (void)ignored;
    }
    clus__pool_free(w->pool);
    clus__manifest_release(w->index, w->base);
    clus__free(w->jobs);
    clus__free(w->parts);
    clus__free(w->packs);
    clus__free(w->dead);
    clus__free(w->gone);
    clus__free(w->gone_packs);
    clus__free(w->dropped);
    give_lock_back(w);
    clus__free(w);
}

/* ---- adding and deleting ---- */

static clus_status check_lists(const clus_document *doc, clus_error *err)
{
    if (doc->n_tags > RECORD_MAX_LIST || doc->n_fields > RECORD_MAX_LIST)
        return clus__fail(err, CLUS_E_ARGUMENT, "more than %d tags or fields",
                          RECORD_MAX_LIST);
    for (size_t i = 0; i < doc->n_tags; i++) {
        if (doc->tags[i].len < 1 || doc->tags[i].len > 255)
            return clus__fail(err, CLUS_E_ARGUMENT, "tag %zu is not of 1 to 255 bytes", i);
    }
    for (size_t i = 0; i < doc->n_fields; i++) {
        if (doc->fields[i].name.len < 1 || doc->fields[i].name.len > 255)
            return clus__fail(err, CLUS_E_ARGUMENT,
                              "the name of field %zu is not of 1 to 255 bytes", i);
    }
    return CLUS_OK;
}

/* Bytes of what is stored, as far as that may be much. */
static uint64_t size_of(const clus_document *doc)
{
    uint64_t sum = 0;
    const clus_str parts[] = {doc->title, doc->text,   doc->extra, doc->lang,
                              doc->date,  doc->source, doc->url};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (__builtin_add_overflow(sum, parts[i].len, &sum))
            return UINT64_MAX;
    for (size_t i = 0; i < doc->n_fields; i++)
        if (__builtin_add_overflow(sum, doc->fields[i].value.len, &sum))
            return UINT64_MAX;
    return sum;
}

/* A document is analysed as a whole: its text, its tokens and lists, its record before and
 * after compression are in memory at once. */
static clus_status check_size(const struct writer *w, const clus_document *doc,
                              clus_error *err)
{
    uint64_t size = size_of(doc), most = w->memory / DOCUMENT_SHARE;
    if (size > RECORD_MAX)
        return clus__fail(err, CLUS_E_LIMIT, "a document of more than 1 GiB");
    if (size > most)
        return clus__fail(err, CLUS_E_LIMIT,
                          "a document of %llu bytes, the bound on memory allows %llu",
                          (unsigned long long)size, (unsigned long long)most);
    return CLUS_OK;
}

static clus_status check_document(const struct writer *w, const clus_document *doc,
                                  clus_error *err)
{
    if (doc->text.len == 0 && doc->title.len == 0)
        return clus__fail(err, CLUS_E_ARGUMENT, "a document without text and title");
    if (doc->id.len > ID_MAX)
        return clus__fail(err, CLUS_E_ARGUMENT, "an id of %zu bytes, at most %d",
                          doc->id.len, ID_MAX);
    clus_status st = check_lists(doc, err);
    return st == CLUS_OK ? check_size(w, doc, err) : st;
}

static clus_status fail(struct writer *w, clus_status st)
{
    if (st < 0)
        w->failed = st;
    return st;
}

static clus_status check_writer(const struct writer *w, clus_error *err)
{
    if (w->failed == CLUS_OK)
        return CLUS_OK;
    return clus__fail(err, w->failed, "an earlier call failed (%s): roll back first",
                      clus_status_name(w->failed));
}

static clus_status add(struct writer *w, const clus_document *doc, clus_error *err)
{
    clus_status st;
    if (!w->filling) {
        st = clus__run_new(w->counters.next_docnum, w->limits.batch, &w->filling);
        if (st != CLUS_OK)
            return clus__explain(err, st, "adding a document");
    }
    struct bytes id;
    bool had = false;
    st = clus__run_add(w->filling, doc, &id);
    if (st != CLUS_OK)
        return clus__explain(err, st, "adding a document");
    st = clus__writer_take_id(w, id, w->counters.next_docnum, &had, err);
    if (st < 0)
        return st;
    w->counters.next_docnum++;
    w->info.replaced += had;
    w->info.added += !had;
    w->info.text_bytes += doc->title.len + doc->text.len + doc->extra.len;
    return clus__writer_seal_full(w, err);
}

clus_status clus__writer_add(struct writer *w, const clus_document *doc, clus_error *err)
{
    clus_status st = check_writer(w, err);
    if (st == CLUS_OK)
        st = check_document(w, doc, err);
    return st == CLUS_OK ? fail(w, add(w, doc, err)) : st;
}

clus_status clus__writer_delete(struct writer *w, clus_str id, bool *found, clus_error *err)
{
    bool had = false;
    clus_status st = check_writer(w, err);
    if (st == CLUS_OK && id.len >= 1 && id.len <= ID_MAX)
        st = fail(
            w, clus__writer_take_id(w, clus__bytes_of_str(id), ID_SLOT_DELETED, &had, err));
    if (st < 0)
        return st;
    w->info.deleted += had;
    if (found)
        *found = had;
    return CLUS_OK;
}
