/* A run of documents to a segment and a pack, in memory. */
#include "index/analyst.h"

#include "base/alloc.h"
#include "base/le.h"
#include "index/dates.h"
#include "index/hash.h"
#include "index/id_hashes.h"

enum {
    LEARN_FROM = 32 << 20, /* bytes of a run that are worth learning symbols for */
    SAMPLE = 512 << 10     /* bytes to learn from */
};

/* ---- runs ---- */

clus_status clus__run_new(uint64_t first_docnum, size_t batch_bytes, struct run **out)
{
    struct run *run = clus__calloc(1, sizeof *run);
    if (!run)
        return CLUS_E_NOMEM;
    run->first_docnum = first_docnum;
    run->batch_bytes = batch_bytes;
    *out = run;
    return CLUS_OK;
}

static void free_batch(struct batch *batch)
{
    clus__buf_done(&batch->records);
    clus__free(batch);
}

void clus__run_drop_input(struct run *run)
{
    while (run->first) {
        struct batch *next = run->first->next;
        free_batch(run->first);
        run->first = next;
    }
    run->last = NULL;
}

void clus__run_free(struct run *run)
{
    if (!run)
        return;
    clus__run_drop_input(run);
    clus__buf_done(&run->ids);
    clus__free(run->id_ends);
    clus__slab_done(&run->segment);
    clus__buf_done(&run->pack);
    clus__free(run);
}

static clus_status batch_for(struct run *run, size_t len, struct batch **out)
{
    if (run->last && run->last->records.len + len <= run->batch_bytes) {
        *out = run->last;
        return CLUS_OK;
    }
    struct batch *batch = clus__calloc(1, sizeof *batch);
    if (!batch)
        return CLUS_E_NOMEM;
    size_t room =
        run->last ? run->batch_bytes : run->batch_bytes / 4; /* grows if need be */
    if (!clus__buf_room(&batch->records, len > room ? len : room)) {
        free_batch(batch);
        return CLUS_E_NOMEM;
    }
    if (run->last)
        run->last->next = batch;
    else
        run->first = batch;
    run->last = batch;
    *out = batch;
    return CLUS_OK;
}

/* About what the record will take: exact but for lengths and lists of small strings. */
static size_t weight(const clus_document *doc)
{
    size_t sum = 128 + doc->id.len + doc->title.len + doc->text.len + doc->extra.len +
                 doc->lang.len + doc->date.len + doc->source.len + doc->url.len;
    for (size_t i = 0; i < doc->n_tags; i++)
        sum += doc->tags[i].len + 5;
    for (size_t i = 0; i < doc->n_fields; i++)
        sum += doc->fields[i].name.len + doc->fields[i].value.len + 10;
    return sum;
}

clus_status clus__run_add(struct run *run, const clus_document *doc, struct bytes *id)
{
    struct batch *batch;
    char made[HASH_DIGITS];
    clus_status st = batch_for(run, weight(doc), &batch);
    if (st == CLUS_OK)
        st = clus__grow(&run->id_ends, &run->cap_ids, (size_t)run->ndocs + 1,
                        sizeof *run->id_ends);
    if (st != CLUS_OK)
        return st;
    size_t begin = batch->records.len;
    clus__buf_u32(&batch->records, 0);
    st = clus__record_write(doc, &batch->records, made);
    struct bytes own = doc->id.len ? clus__bytes_of_str(doc->id)
                                   : (struct bytes){(const uint8_t *)made, sizeof made};
    clus__buf_add(&run->ids, own.data, own.len);
    if (st == CLUS_OK)
        st = clus__buf_status(&run->ids);
    if (st != CLUS_OK)
        return st;
    size_t len = batch->records.len - begin - 4;
    clus__put_le32(batch->records.data + begin, (uint32_t)len);
    run->id_ends[run->ndocs++] = (uint32_t)run->ids.len;
    batch->ndocs++;
    run->input_bytes += len;
    *id = clus__run_id(run, run->ndocs - 1);
    return CLUS_OK;
}

/* Ids of documents from `first` on, to the end of `from`. */
static clus_status move_ids(struct run *from, uint32_t first, struct run *to)
{
    uint32_t n = from->ndocs - first, skip = from->id_ends[first - 1];
    clus_status st = clus__grow(&to->id_ends, &to->cap_ids, n, sizeof *to->id_ends);
    if (st != CLUS_OK)
        return st;
    clus__buf_add(&to->ids, from->ids.data + skip, from->ids.len - skip);
    st = clus__buf_status(&to->ids);
    if (st != CLUS_OK)
        return st;
    for (uint32_t i = 0; i < n; i++)
        to->id_ends[i] = from->id_ends[first + i] - skip;
    to->ndocs = n;
    from->ndocs = first;
    from->ids.len = skip;
    return CLUS_OK;
}

clus_status clus__run_cut(struct run *run, uint64_t bytes, struct run **rest)
{
    uint64_t kept = 0;
    uint32_t ndocs = 0;
    struct batch *last = run->first;
    for (struct batch *b = run->first; b && kept < bytes; b = b->next) {
        kept += b->records.len - 4ull * b->ndocs; /* without the lengths in front */
        ndocs += b->ndocs;
        last = b;
    }
    if (!last || !last->next) {
        *rest = NULL;
        return CLUS_OK;
    }
    struct run *cut;
    clus_status st = clus__run_new(run->first_docnum + ndocs, run->batch_bytes, &cut);
    if (st == CLUS_OK && (st = move_ids(run, ndocs, cut)) != CLUS_OK)
        clus__run_free(cut);
    if (st != CLUS_OK)
        return st;
    cut->input_bytes = run->input_bytes - kept;
    run->input_bytes = kept;
    cut->first = last->next;
    cut->last = run->last;
    last->next = NULL;
    run->last = last;
    *rest = cut;
    return CLUS_OK;
}

struct bytes clus__run_id(const struct run *run, uint32_t doc)
{
    uint32_t from = doc ? run->id_ends[doc - 1] : 0;
    return (struct bytes){run->ids.data + from, run->id_ends[doc] - from};
}

/* ---- the analyst ---- */

clus_status clus__analyst_new(const struct index *index, size_t lexer_limit,
                              struct analyst **out)
{
    struct analyst *a = clus__calloc(1, sizeof *a);
    if (!a)
        return CLUS_E_NOMEM;
    a->index = index;
    a->lexer_limit = lexer_limit;
    clus_status st = clus__lexer_new(index->analyzer, &a->lexer);
    if (st != CLUS_OK) {
        clus__free(a);
        return st;
    }
    *out = a;
    return CLUS_OK;
}

void clus__analyst_free(struct analyst *a)
{
    if (!a)
        return;
    clus__lexer_free(a->lexer);
    clus__inverter_done(&a->inverter);
    clus__flush_memory_done(&a->flush);
    clus__pack_writer_done(&a->pack);
    clus__token_list_done(&a->title);
    clus__token_list_done(&a->text);
    clus__token_list_done(&a->extra);
    clus__record_done(&a->record);
    clus__buf_done(&a->dates);
    clus__free(a);
}

/* The language given, else the one that most words were routed to. */
static struct bytes language_of(const struct analyst *a)
{
    size_t ru = a->title.langs[CLUS_LANG_RU] + a->text.langs[CLUS_LANG_RU];
    size_t kk = a->title.langs[CLUS_LANG_KK] + a->text.langs[CLUS_LANG_KK];
    clus_str given = a->record.doc.lang;
    if (given.len)
        return clus__bytes_of_str(given);
    if (ru == 0 && kk == 0)
        return (struct bytes){0};
    return (struct bytes){(const uint8_t *)(kk > ru ? "kk" : "ru"), 2};
}

static clus_status lex(struct analyst *a, clus_str text, struct token_list *out,
                       struct run *run)
{
    clus_status st = clus__lexer_run(a->lexer, clus__bytes_of_str(text), out);
    run->invalid_utf8 += st == CLUS_OK ? out->invalid : 0;
    return st;
}

static clus_status invert(struct analyst *a, struct run *run, struct bytes *lang)
{
    const clus_document *doc = &a->record.doc;
    clus_status st = lex(a, doc->title, &a->title, run);
    if (st == CLUS_OK)
        st = lex(a, doc->text, &a->text, run);
    if (st == CLUS_OK)
        st = lex(a, doc->extra, &a->extra, run);
    if (st != CLUS_OK)
        return st;
    struct document_tokens tokens = {&a->title, &a->text, &a->extra};
    *lang = language_of(a);
    st = clus__inverter_add(&a->inverter, &tokens);
    if (st == CLUS_OK)
        st = clus__inverter_value(&a->inverter, "lang", *lang);
    if (st == CLUS_OK)
        st = clus__inverter_value(&a->inverter, "source", clus__bytes_of_str(doc->source));
    for (size_t i = 0; i < doc->n_tags && st == CLUS_OK; i++)
        st = clus__inverter_value(&a->inverter, "tag", clus__bytes_of_str(doc->tags[i]));
    return st;
}

static void add_date(struct analyst *a, struct run *run)
{
    int64_t seconds = NO_DATE;
    clus_str date = a->record.doc.date;
    if (date.len && !clus__date_parse(date, &seconds))
        run->bad_dates++;
    a->any_date = a->any_date || seconds != NO_DATE;
    clus__buf_u64(&a->dates, (uint64_t)seconds);
}

static clus_status store(struct analyst *a, uint64_t docnum, struct bytes record,
                         struct bytes lang)
{
    struct buf *room;
    size_t len = clus__record_length_with_lang(record, &a->record, lang);
    clus_status st = clus__pack_begin(&a->pack, docnum, len, &room);
    if (st != CLUS_OK)
        return st;
    clus__record_write_with_lang(record, &a->record, lang, room);
    return clus__pack_end(&a->pack);
}

static clus_status one_document(struct analyst *a, struct run *run, struct bytes record,
                                uint64_t docnum)
{
    struct bytes lang;
    clus_status st = clus__record_read(record, &a->record);
    if (st == CLUS_OK)
        st = invert(a, run, &lang);
    if (st != CLUS_OK)
        return st;
    add_date(a, run);
    return a->index->config.no_store ? CLUS_OK : store(a, docnum, record, lang);
}

/* Learn symbols from the beginnings of all batches. */
static clus_status learn(struct analyst *a, const struct run *run)
{
    struct buf sample = {0};
    size_t n = 0;
    for (const struct batch *b = run->first; b; b = b->next)
        n++;
    for (const struct batch *b = run->first; b; b = b->next)
        clus__buf_add(&sample, b->records.data,
                      b->records.len < SAMPLE / n ? b->records.len : SAMPLE / n);
    clus_status st = clus__buf_status(&sample);
    if (st == CLUS_OK)
        st = clus__pack_learn(&a->pack, clus__buf_bytes(&sample));
    clus__buf_done(&sample);
    return st;
}

/* Room for what stored documents may take compressed, so that it is not copied as it
 * grows; and how that may be done fast. */
static clus_status expect(struct analyst *a, const struct run *run)
{
    if (a->index->config.no_store)
        return CLUS_OK;
    (void)clus__buf_room(&a->pack.data, run->input_bytes / 8 * 3);
    clus_status st = clus__buf_status(&a->pack.data);
    return st == CLUS_OK && run->input_bytes >= LEARN_FROM ? learn(a, run) : st;
}

static clus_status all_documents(struct analyst *a, struct run *run)
{
    uint64_t docnum = run->first_docnum;
    clus_status st = expect(a, run);
    while (run->first && st == CLUS_OK) {
        struct batch *batch = run->first;
        for (size_t at = 0; at < batch->records.len && st == CLUS_OK;) {
            uint32_t len = clus__le32(batch->records.data + at);
            st = one_document(a, run, (struct bytes){batch->records.data + at + 4, len},
                              docnum++);
            at += 4 + (size_t)len;
        }
        run->first = batch->next;
        free_batch(batch);
    }
    run->last = run->first ? run->last : NULL;
    return st == CLUS_OK ? clus__buf_status(&a->dates) : st;
}

/* ---- streams with a value a document ---- */

static clus_status write_hashes(struct id_hash *hashes, uint32_t n,
                                const struct segment_sink *sink)
{
    struct id_hash_writer w = {.sink = *sink, .ndocs = n};
    clus_status st = CLUS_OK;
    clus__id_hashes_sort(hashes, n);
    for (uint32_t i = 0; i < n && st == CLUS_OK; i++)
        st = clus__id_hashes_add(&w, hashes[i]);
    if (st == CLUS_OK)
        st = clus__id_hashes_finish(&w);
    clus__id_hashes_writer_done(&w);
    return st;
}

static clus_status write_ids(const struct run *run, const struct segment_sink *sink)
{
    struct ids_writer w = {.sink = *sink};
    struct id_hash *hashes = clus__calloc(run->ndocs, sizeof *hashes);
    clus_status st = hashes ? CLUS_OK : CLUS_E_NOMEM;
    for (uint32_t doc = 0; doc < run->ndocs && st == CLUS_OK; doc++) {
        struct bytes id = clus__run_id(run, doc);
        hashes[doc] = (struct id_hash){.hash = clus__hash64(id), .doc = doc};
        st = clus__ids_add(&w, id);
    }
    if (st == CLUS_OK)
        st = clus__ids_finish(&w);
    clus__ids_writer_done(&w);
    if (st == CLUS_OK)
        st = write_hashes(hashes, run->ndocs, sink);
    clus__free(hashes);
    return st;
}

static clus_status write_columns(struct analyst *a, struct run *run,
                                 const struct segment_sink *sink)
{
    const struct buf *norms = &a->inverter.norms;
    clus_status st = sink->append(sink->ctx, SEG_NORM, norms->data, norms->len);
    if (st == CLUS_OK)
        st = write_ids(run, sink);
    if (st == CLUS_OK && a->any_date)
        st = sink->append(sink->ctx, SEG_DATE, a->dates.data, a->dates.len);
    return st;
}

static clus_status encode(struct analyst *a, struct run *run)
{
    struct segment_sink sink = clus__slab_sink(&run->segment);
    struct segment_row *row = &run->row;
    bool positions = !a->index->config.no_positions;
    *row = (struct segment_row){.ndocs = run->ndocs,
                                .first_docnum = run->first_docnum,
                                .last_docnum = run->first_docnum + run->ndocs - 1,
                                .positions = positions,
                                .sum_len = a->inverter.sum_len};
    row->avg_len = row->sum_len ? (float)((double)row->sum_len / run->ndocs) : 1.0f;
    struct flush_config config = {.forms = clus__index_has_forms(a->index),
                                  .positions = positions,
                                  .avg_len = row->avg_len};
    clus_status st = clus__inverter_flush(&a->inverter, a->lexer, &config, &a->flush, &sink,
                                          &row->totals);
    if (st == CLUS_OK)
        st = write_columns(a, run, &sink);
    clus__slab_lengths(&run->segment, row->len);
    if (st == CLUS_OK && !a->index->config.no_store)
        st = clus__pack_finish(&a->pack, &run->pack, &run->pack_row);
    return st;
}

clus_status clus__analyst_run(struct analyst *a, struct run *run)
{
    clus_status st = all_documents(a, run);
    if (st == CLUS_OK)
        st = encode(a, run);
    clus__inverter_clear(&a->inverter);
    clus__pack_writer_clear(&a->pack);
    clus__buf_clear(&a->dates);
    a->any_date = false;
    if (clus__lexer_memory(a->lexer) > a->lexer_limit)
        clus__lexer_forget(a->lexer);
    return st;
}
