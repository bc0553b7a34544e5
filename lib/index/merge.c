/* Merging: inputs, and the streams that have a value a document. */
#include "index/merge.h"

#include "base/alloc.h"
#include "base/le.h"
#include "codec/impact.h"
#include "index/view.h"

enum { DOCS_AT_ONCE = 4096, DOCUMENT_WORK = 16 };

/* ---- inputs ---- */

static clus_status place_documents(struct merge_input *in, const uint64_t *deleted)
{
    const uint32_t ndocs = in->seg->ndocs;
    in->live = ndocs - clus__bits_count(deleted, clus__bitset_words(ndocs));
    if (in->live == ndocs)
        return CLUS_OK;
    in->places = clus__malloc(ndocs * sizeof *in->places);
    if (!in->places)
        return CLUS_E_NOMEM;
    uint32_t at = in->base;
    for (uint32_t doc = 0; doc < ndocs; doc++)
        in->places[doc] = clus__bit(deleted, doc) ? MERGE_DEAD : at++;
    return CLUS_OK;
}

static clus_status take_inputs(struct merge *m, const struct merge_source *sources)
{
    for (uint32_t i = 0; i < m->n; i++) {
        struct merge_input *in = &m->inputs[i];
        in->seg = sources[i].seg;
        in->base = m->row.ndocs;
        in->has_dates = in->seg->streams[SEG_DATE].len != 0;
        clus_status st = place_documents(in, sources[i].deleted);
        if (st != CLUS_OK)
            return st;
        if (in->live > SEGMENT_MAX_DOCS - m->row.ndocs)
            return CLUS_E_LIMIT;
        m->row.ndocs += in->live;
        m->row.positions = m->row.positions || in->seg->positions;
        m->dates = m->dates || in->has_dates;
        m->numbered = m->numbered || clus__docnums_sorted(in->seg);
    }
    return CLUS_OK;
}

static clus_status take_norms(struct merge *m)
{
    m->norms = clus__malloc(m->row.ndocs * sizeof *m->norms);
    if (!m->norms)
        return CLUS_E_NOMEM;
    uint32_t at = 0;
    for (uint32_t i = 0; i < m->n; i++) {
        const struct merge_input *in = &m->inputs[i];
        for (uint32_t doc = 0; doc < in->seg->ndocs; doc++) {
            if (clus__merge_lives(in, doc))
                m->norms[at++] = in->seg->norms[doc];
        }
    }
    uint64_t counts[256] = {0};
    for (uint32_t i = 0; i < at; i++)
        counts[m->norms[i].length]++;
    for (unsigned norm = 0; norm < 256; norm++)
        m->row.sum_len += counts[norm] * clus__length_of_norm((uint8_t)norm);
    m->row.avg_len = m->row.sum_len ? (float)((double)m->row.sum_len / m->row.ndocs) : 1.0f;
    return CLUS_OK;
}

static clus_status make_writer(struct merge *m)
{
    struct segment_writer_config config = {.norms = m->norms,
                                           .ndocs = m->row.ndocs,
                                           .avg_len = m->row.avg_len,
                                           .positions = m->row.positions};
    clus_status st = clus__segment_writer_new(&m->sink, &config, &m->writer);
    if (st == CLUS_OK)
        clus__feed_init(&m->feed, m->writer, &m->out, m->row.positions);
    return st;
}

clus_status clus__merge_new(const struct merge_source *sources, uint32_t n, uint32_t owner,
                            struct merge **out)
{
    struct merge *m = clus__calloc(1, sizeof *m);
    if (!m)
        return CLUS_E_NOMEM;
    m->n = n;
    m->work_end = UINT64_MAX;
    m->out.owner = m->row.owner = owner;
    m->sink = clus__slab_sink(&m->out);
    m->ids.sink = m->hashes.sink = m->sink;
    m->inputs = clus__calloc(n, sizeof *m->inputs);
    clus_status st = m->inputs ? take_inputs(m, sources) : CLUS_E_NOMEM;
    if (st == CLUS_OK && m->row.ndocs > 0) {
        m->hashes.ndocs = m->row.ndocs;
        st = take_norms(m);
        if (st == CLUS_OK)
            st = make_writer(m);
    }
    if (st != CLUS_OK) {
        clus__merge_free(m);
        return st;
    }
    *out = m;
    return CLUS_OK;
}

void clus__merge_free(struct merge *m)
{
    if (!m)
        return;
    for (uint32_t i = 0; m->inputs && i < m->n; i++) {
        clus__term_walk_free(m->inputs[i].walk);
        clus__stem_finder_free(m->inputs[i].stems);
        clus__free(m->inputs[i].places);
    }
    clus__free(m->inputs);
    clus__feed_done(&m->feed);
    clus__segment_writer_free(m->writer);
    clus__ids_writer_done(&m->ids);
    clus__id_hashes_writer_done(&m->hashes);
    clus__slab_done(&m->out);
    clus__gather_done(&m->gather);
    clus__free(m->norms);
    clus__free(m->place);
    clus__free(m->origins);
    clus__free(m->stems);
    clus__free(m->parent.docs);
    clus__free(m->parent.own);
    clus__free(m);
}

bool clus__merge_new_doc(const struct merge *m, uint32_t input, uint32_t doc, uint32_t *to)
{
    const struct merge_input *in = &m->inputs[input];
    if (!clus__merge_lives(in, doc))
        return false;
    *to = clus__merge_place(m, in, doc);
    return true;
}

/* ---- columns ---- */

/* The number of the first or last live document in order of numbers. */
static clus_status end_of_range(const struct merge_input *in, struct store_txn *txn,
                                bool last, uint64_t *docnum)
{
    for (uint32_t i = 0; i < in->seg->ndocs; i++) {
        uint32_t doc;
        clus_status st =
            clus__docnum_nth(in->seg, txn, last ? in->seg->ndocs - 1 - i : i, &doc);
        if (st != CLUS_OK)
            return st;
        if (clus__merge_lives(in, doc))
            return clus__docnum_of(in->seg, txn, doc, docnum);
    }
    return CLUS_E_CORRUPT; /* numbers of deleted documents only */
}

/* The range of document numbers: without gaps no numbers are stored. */
static clus_status find_range(struct merge *m, struct store_txn *txn)
{
    uint32_t first = 0, last = m->n - 1;
    while (m->inputs[first].live == 0)
        first++;
    while (m->inputs[last].live == 0)
        last--;
    clus_status st = end_of_range(&m->inputs[first], txn, false, &m->row.first_docnum);
    if (st == CLUS_OK)
        st = end_of_range(&m->inputs[last], txn, true, &m->row.last_docnum);
    if (st != CLUS_OK)
        return st;
    if (m->row.last_docnum < m->row.first_docnum ||
        m->row.last_docnum - m->row.first_docnum < m->row.ndocs - 1)
        return CLUS_E_CORRUPT;
    if (m->row.last_docnum - m->row.first_docnum >= UINT32_MAX)
        return CLUS_E_LIMIT;
    m->dense = !m->numbered && m->row.last_docnum - m->row.first_docnum == m->row.ndocs - 1;
    return CLUS_OK;
}

static clus_status copy_date(struct merge *m, const struct merge_input *in,
                             struct store_txn *txn, uint32_t doc)
{
    uint8_t raw[8], scratch[8 + STREAM_OVERREAD];
    clus__put_le64(raw, (uint64_t)NO_DATE);
    const uint8_t *p = raw;
    if (in->has_dates)
        p = clus__stream_read(&in->seg->streams[SEG_DATE], txn, 8ull * doc, 8, scratch);
    return p ? m->sink.append(m->sink.ctx, SEG_DATE, p, 8) : CLUS_E_CORRUPT;
}

static clus_status copy_document(struct merge *m, const struct merge_input *in,
                                 struct store_txn *txn, uint32_t doc)
{
    uint8_t id[ID_MAX], raw[4];
    size_t len;
    clus_status st = clus__ids_read(in->seg, txn, doc, id, &len);
    if (st == CLUS_OK)
        st = clus__ids_add(&m->ids, (struct bytes){id, len});
    if (st == CLUS_OK && m->dates)
        st = copy_date(m, in, txn, doc);
    if (st != CLUS_OK || m->dense)
        return st;
    uint64_t docnum;
    st = clus__docnum_of(in->seg, txn, doc, &docnum);
    if (st == CLUS_OK && docnum - m->row.first_docnum > UINT32_MAX)
        st = CLUS_E_CORRUPT;
    if (st != CLUS_OK)
        return st;
    clus__put_le32(raw, (uint32_t)(docnum - m->row.first_docnum));
    return m->sink.append(m->sink.ctx, SEG_DNUM, raw, sizeof raw);
}

static clus_status begin_columns(struct merge *m, struct store_txn *txn)
{
    clus_status st = find_range(m, txn);
    return st == CLUS_OK ? m->sink.append(m->sink.ctx, SEG_NORM, m->norms,
                                          m->row.ndocs * sizeof *m->norms)
                         : st;
}

/* The next document in order of the merged segment; false at the end. */
static bool next_document(struct merge *m, const struct merge_input **in, uint32_t *doc)
{
    if (m->origins) {
        if (m->doc == m->row.ndocs)
            return false;
        *in = &m->inputs[m->origins[m->doc].input];
        *doc = m->origins[m->doc++].doc;
        return true;
    }
    for (; m->input < m->n; m->input++, m->doc = 0) {
        *in = &m->inputs[m->input];
        while (m->doc < (*in)->seg->ndocs) {
            *doc = m->doc++;
            if (clus__merge_lives(*in, *doc))
                return true;
        }
    }
    return false;
}

/* CLUS_DONE when all documents are copied. */
static clus_status columns(struct merge *m, struct store_txn *txn, size_t limit)
{
    const struct merge_input *in;
    uint32_t doc, n = 0;
    clus_status st = CLUS_OK;
    if (m->input == 0 && m->doc == 0)
        st = begin_columns(m, txn);
    while (st == CLUS_OK && next_document(m, &in, &doc)) {
        st = copy_document(m, in, txn, doc);
        m->work += DOCUMENT_WORK;
        if (++n % DOCS_AT_ONCE == 0 && st == CLUS_OK && clus__merge_pauses(m, limit))
            return CLUS_OK;
    }
    m->input = m->doc = 0;
    if (st == CLUS_OK)
        st = clus__ids_finish(&m->ids);
    return st == CLUS_OK ? CLUS_DONE : st;
}

/* Documents in order of their numbers, where that is not their own order. */
static clus_status numbers(struct merge *m, struct store_txn *txn, size_t limit)
{
    uint8_t raw[4];
    if (!m->numbered)
        return CLUS_DONE;
    for (uint32_t n = 0; m->input < m->n; m->input++, m->doc = 0) {
        const struct merge_input *in = &m->inputs[m->input];
        while (m->doc < in->seg->ndocs) {
            uint32_t doc;
            clus_status st = clus__docnum_nth(in->seg, txn, m->doc++, &doc);
            if (st == CLUS_OK && clus__merge_lives(in, doc)) {
                clus__put_le32(raw, clus__merge_place(m, in, doc));
                st = m->sink.append(m->sink.ctx, SEG_DNUM, raw, sizeof raw);
            }
            if (st != CLUS_OK)
                return st;
            m->work++;
            if (++n % DOCS_AT_ONCE == 0 && clus__merge_pauses(m, limit))
                return CLUS_OK;
        }
    }
    return CLUS_DONE;
}

/* ---- hashes of ids ---- */

/* Have the next entry of a live document; none is left: `hashed` stays false. */
static clus_status load_hash(struct merge_input *in, struct store_txn *txn)
{
    clus_status st = CLUS_OK;
    while (!in->hashed && st == CLUS_OK) {
        st = clus__id_hashes_next(in->seg, txn, &in->hashes, &in->hash);
        in->hashed = st == CLUS_OK && clus__merge_lives(in, in->hash.doc);
    }
    return st == CLUS_DONE ? CLUS_OK : st;
}

static struct merge_input *least_hash(struct merge *m)
{
    struct merge_input *least = NULL;
    for (uint32_t i = 0; i < m->n; i++) {
        struct merge_input *in = &m->inputs[i];
        if (in->hashed && (!least || in->hash.hash < least->hash.hash))
            least = in;
    }
    return least;
}

/* CLUS_DONE when all hashes are merged. */
static clus_status hashes(struct merge *m, struct store_txn *txn, size_t limit)
{
    clus_status st = CLUS_OK;
    for (uint32_t i = 0; i < m->n && st == CLUS_OK; i++)
        st = load_hash(&m->inputs[i], txn);
    struct merge_input *in;
    uint32_t done = 0;
    while (st == CLUS_OK && (in = least_hash(m)) != NULL) {
        m->work += DOCUMENT_WORK;
        if (++done % DOCS_AT_ONCE == 0 && clus__merge_pauses(m, limit))
            return CLUS_OK;
        struct id_hash moved = {in->hash.hash, clus__merge_place(m, in, in->hash.doc)};
        st = clus__id_hashes_add(&m->hashes, moved);
        in->hashed = false;
        if (st == CLUS_OK)
            st = load_hash(in, txn);
    }
    if (st == CLUS_OK)
        st = clus__id_hashes_finish(&m->hashes);
    return st == CLUS_OK ? CLUS_DONE : st;
}

static clus_status terms(struct merge *m, struct store_txn *txn, size_t limit)
{
    clus_status st = clus__merge_terms(m, txn, limit), encoded = clus__feed_wait(&m->feed);
    if (st >= 0 && encoded != CLUS_OK)
        st = encoded;
    return st == CLUS_E_ARGUMENT ? CLUS_E_CORRUPT : st; /* impossible keys or postings */
}

static clus_status finish(struct merge *m)
{
    clus_status st = clus__segment_finish(m->writer, &m->row.totals);
    clus__slab_lengths(&m->out, m->row.len);
    uint64_t numbers = m->dense ? 0 : m->numbered ? 8 : 4;
    if (st == CLUS_OK && (m->row.len[SEG_IDH] != clus__id_hashes_len(m->row.ndocs) ||
                          m->row.len[SEG_DNUM] != numbers * m->row.ndocs))
        st = CLUS_E_CORRUPT; /* an input named a document twice */
    return st == CLUS_OK ? CLUS_DONE : st;
}

clus_status clus__merge_step(struct merge *m, struct store_txn *txn, size_t limit)
{
    if (m->row.ndocs == 0)
        return CLUS_DONE;
    for (;;) {
        clus_status st;
        switch (m->phase) {
        case MERGE_COLUMNS: st = columns(m, txn, limit); break;
        case MERGE_NUMBERS: st = numbers(m, txn, limit); break;
        case MERGE_HASHES: st = hashes(m, txn, limit); break;
        case MERGE_TERMS: st = terms(m, txn, limit); break;
        case MERGE_FINISHED: return finish(m);
        default: return CLUS_E_ARGUMENT;
        }
        if (st != CLUS_DONE)
            return st;
        m->phase++;
    }
}
