/* Segments and manifests that are open: shared, counted, freed with the last user. */
#include "base/alloc.h"
#include "index/deletions.h"
#include "index/index.h"

/* ---- segments ---- */

static clus_status map_streams(const struct segment_row *row, struct store_txn *txn,
                               struct shared_segment *s)
{
    for (int i = 0; i < SEG_STREAMS; i++) {
        struct stream *stream = &s->seg.streams[i];
        stream->owner = row->owner;
        stream->id = (uint8_t)(row->combined ? 0 : i);
        stream->base = clus__segment_base(row, (enum segment_stream)i);
        stream->len = row->len[i];
        stream->n_pages = clus__segment_pages(row, (enum segment_stream)i);
        if (i > 0 && row->combined) {
            stream->pages = s->seg.streams[0].pages;
            continue;
        }
        clus_status st = clus__stream_map(txn, stream->n_pages, &stream->pages);
        if (st != CLUS_OK)
            return st;
        s->n_maps = (uint32_t)i + 1;
    }
    return CLUS_OK;
}

/* Copy a whole stream. */
static clus_status copy_stream(const struct stream *s, struct store_txn *txn, uint8_t *to)
{
    uint8_t scratch[PAGE_PAYLOAD + STREAM_OVERREAD];
    for (uint64_t off = 0; off < s->len;) {
        size_t piece = s->len - off < PAGE_PAYLOAD ? (size_t)(s->len - off) : PAGE_PAYLOAD;
        const uint8_t *p = clus__stream_read(s, txn, off, piece, scratch);
        if (!p)
            return CLUS_E_CORRUPT;
        memcpy(to + off, p, piece);
        off += piece;
    }
    return CLUS_OK;
}

void clus__segment_close(struct shared_segment *s)
{
    if (!s)
        return;
    for (uint32_t i = 0; i < s->n_maps; i++)
        clus__stream_done(&s->seg.streams[i]);
    clus__free(atomic_load(&s->dates));
    clus__free(s->norms);
    clus__free(s->heads);
    clus__free(s);
}

static struct shared_segment *new_segment(const struct segment_row *row)
{
    struct shared_segment *s = clus__calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->refs = 1;
    s->row = *row;
    s->seg.id = row->owner;
    s->seg.ndocs = row->ndocs;
    s->seg.first_docnum = row->first_docnum;
    s->seg.avg_len = row->avg_len;
    s->seg.positions = row->positions;
    s->seg.totals = row->totals;
    return s;
}

/* What every search reads of a segment: lengths of documents, the top of its dictionary. */
static clus_status copy_often_read(struct shared_segment *s, struct store_txn *txn)
{
    const struct stream *top = &s->seg.streams[SEG_DTOP];
    size_t n_heads = clus__dict_head_count(&s->seg);
    s->norms = clus__malloc(s->seg.ndocs * sizeof *s->norms);
    s->heads = clus__malloc(n_heads * sizeof *s->heads + top->len);
    if (!s->norms || !s->heads)
        return CLUS_E_NOMEM;
    uint8_t *rows = (uint8_t *)(s->heads + n_heads);
    s->seg.norms = s->norms;
    s->seg.top = rows;
    clus_status st = copy_stream(&s->seg.streams[SEG_NORM], txn, (uint8_t *)s->norms);
    if (st == CLUS_OK)
        st = copy_stream(top, txn, rows);
    if (st == CLUS_OK)
        clus__dict_heads(&s->seg, s->heads);
    return st;
}

clus_status clus__segment_open(const struct segment_row *row, struct store_txn *txn,
                               struct shared_segment **out)
{
    struct shared_segment *s = new_segment(row);
    if (!s)
        return CLUS_E_NOMEM;
    clus_status st = map_streams(row, txn, s);
    if (st == CLUS_OK)
        st = copy_often_read(s, txn);
    if (st != CLUS_OK) {
        clus__segment_close(s);
        return st;
    }
    *out = s;
    return CLUS_OK;
}

clus_status clus__segment_of_slab(const struct segment_row *row, const struct slab *slab,
                                  struct shared_segment **out)
{
    struct shared_segment *s = new_segment(row);
    if (!s)
        return CLUS_E_NOMEM;
    clus_status st = CLUS_OK;
    for (uint32_t i = 0; i < SEG_STREAMS && st == CLUS_OK; i++) {
        st = clus__stream_of_memory(&s->seg.streams[i], clus__buf_bytes(&slab->data[i]));
        s->n_maps = st == CLUS_OK ? i + 1 : i;
    }
    if (st == CLUS_OK)
        st = copy_often_read(s, NULL);
    if (st != CLUS_OK) {
        clus__segment_close(s);
        return st;
    }
    *out = s;
    return CLUS_OK;
}

static void release_segment(struct index *index, struct shared_segment *s)
{
    if (!s || --s->refs > 0)
        return;
    struct shared_segment **link = &index->open_segments;
    while (*link && *link != s)
        link = &(*link)->next;
    if (*link)
        *link = s->next;
    clus__segment_close(s);
}

static clus_status share_segment(struct index *index, const struct segment_row *row,
                                 struct store_txn *txn, struct shared_segment **out)
{
    for (struct shared_segment *s = index->open_segments; s; s = s->next) {
        if (s->row.owner == row->owner) {
            s->refs++;
            *out = s;
            return CLUS_OK;
        }
    }
    struct shared_segment *opened;
    clus_status st = clus__segment_open(row, txn, &opened);
    if (st != CLUS_OK)
        return st;
    opened->next = index->open_segments;
    index->open_segments = opened;
    *out = opened;
    return CLUS_OK;
}

/* ---- deletions ---- */

static void release_bits(struct shared_bits *b)
{
    if (!b || --b->refs > 0)
        return;
    clus__free(b->bits);
    clus__free(b);
}

static clus_status share_bits(const struct index *index, const struct segment_row *row,
                              struct store_txn *txn, struct shared_bits **out)
{
    const struct manifest *before = index->current;
    if (row->n_deleted == 0)
        return CLUS_OK;
    for (uint32_t i = 0; before && i < before->n; i++) {
        struct shared_bits *b = before->bits[i];
        if (b && b->owner == row->owner && b->generation == row->deleted_generation) {
            b->refs++;
            *out = b;
            return CLUS_OK;
        }
    }
    struct shared_bits *b = clus__calloc(1, sizeof *b);
    if (!b)
        return CLUS_E_NOMEM;
    b->refs = 1;
    b->owner = row->owner;
    b->generation = row->deleted_generation;
    clus_status st = clus__deletions_load(txn, row, &b->bits);
    if (st != CLUS_OK) {
        clus__free(b);
        return st;
    }
    *out = b;
    return CLUS_OK;
}

/* ---- manifests ---- */

static void free_manifest(struct index *index, struct manifest *m)
{
    for (uint32_t i = 0; i < m->n; i++) {
        release_segment(index, m->segments[i]);
        release_bits(m->bits[i]);
    }
    clus__free(m->segments);
    clus__free(m->bits);
    clus__free(m->rows);
    clus__free(m->visible);
    clus__free(m);
}

static clus_status read_rows(struct store_txn *txn, struct manifest *m)
{
    struct store_row row = {0};
    size_t cap = 0;
    clus_status st;
    uint64_t next = 0;
    while ((st = clus__store_next(txn, TABLE_SEGMENTS, &row)) == CLUS_OK) {
        st = clus__grow(&m->rows, &cap, (size_t)m->n + 1, sizeof *m->rows);
        if (st != CLUS_OK)
            return st;
        struct segment_row *to = &m->rows[m->n];
        st = clus__segment_row_decode(row.key, row.value, to);
        if (st != CLUS_OK)
            return st;
        if (to->first_docnum < next || to->last_docnum >= m->counters.next_docnum ||
            to->owner >= m->counters.next_owner)
            return CLUS_E_CORRUPT;
        next = to->last_docnum + 1;
        m->n_docs += to->ndocs;
        m->n_live += to->ndocs - to->n_deleted;
        m->sum_len += to->sum_len;
        m->n++;
    }
    return st == CLUS_DONE ? CLUS_OK : st;
}

static clus_status open_all(struct index *index, struct store_txn *txn, struct manifest *m)
{
    m->segments = clus__calloc(m->n, sizeof(struct shared_segment *));
    m->bits = clus__calloc(m->n, sizeof(struct shared_bits *));
    m->visible = clus__calloc(m->n, sizeof *m->visible);
    if (!m->segments || !m->bits || !m->visible)
        return CLUS_E_NOMEM;
    for (uint32_t i = 0; i < m->n; i++) {
        clus_status st = share_segment(index, &m->rows[i], txn, &m->segments[i]);
        if (st == CLUS_OK)
            st = share_bits(index, &m->rows[i], txn, &m->bits[i]);
        if (st != CLUS_OK)
            return st;
        m->visible[i] =
            (struct view_segment){.seg = &m->segments[i]->seg,
                                  .deleted = m->bits[i] ? m->bits[i]->bits : NULL,
                                  .n_deleted = m->rows[i].n_deleted};
    }
    return CLUS_OK;
}

static clus_status load(struct index *index, struct store_txn *txn,
                        const struct counters *counters, struct manifest **out)
{
    struct manifest *m = clus__calloc(1, sizeof *m);
    if (!m)
        return CLUS_E_NOMEM;
    m->refs = 1;
    m->txn_id = clus__store_txn_id(txn);
    m->counters = *counters;
    clus_status st = read_rows(txn, m);
    uint32_t n = m->n;
    if (st != CLUS_OK)
        m->n = 0; /* nothing was opened */
    if (st == CLUS_OK)
        st = open_all(index, txn, m);
    if (st != CLUS_OK) {
        if (!m->segments || !m->bits)
            m->n = 0;
        free_manifest(index, m);
        return st;
    }
    m->n = n;
    *out = m;
    return CLUS_OK;
}

/* Under the lock. Transactions that changed no generation (pages of pending owners) show
 * the manifest that is known. */
static clus_status get_locked(struct index *index, struct store_txn *txn,
                              struct manifest **out)
{
    uint64_t txn_id = clus__store_txn_id(txn);
    struct manifest *now = index->current;
    if (now && now->txn_id == txn_id) {
        now->refs++;
        *out = now;
        return CLUS_OK;
    }
    struct counters counters;
    clus_status st = clus__counters_get(txn, &counters);
    if (st != CLUS_OK)
        return st;
    if (now && now->counters.generation == counters.generation) {
        if (txn_id > now->txn_id)
            now->txn_id = txn_id;
        now->refs++;
        *out = now;
        return CLUS_OK;
    }
    struct manifest *loaded;
    st = load(index, txn, &counters, &loaded);
    if (st != CLUS_OK)
        return st;
    if (!now || now->counters.generation < counters.generation) {
        index->current = loaded;
        loaded->refs++;
        if (now && --now->refs == 0)
            free_manifest(index, now);
    }
    *out = loaded;
    return CLUS_OK;
}

clus_status clus__manifest_get(struct index *index, struct store_txn *txn,
                               struct manifest **out)
{
    (void)pthread_mutex_lock(&index->lock);
    clus_status st = get_locked(index, txn, out);
    (void)pthread_mutex_unlock(&index->lock);
    return st;
}

void clus__manifest_release(struct index *index, struct manifest *manifest)
{
    if (!manifest)
        return;
    (void)pthread_mutex_lock(&index->lock);
    if (--manifest->refs == 0)
        free_manifest(index, manifest);
    (void)pthread_mutex_unlock(&index->lock);
}
