/* Calls of a segment writer as words in buffers. */
#include "index/list_feed.h"

#include "base/alloc.h"
#include "codec/postings.h"

enum { BUFFER_WORDS = 1 << 16 }; /* of which one more call may follow */

/* A call: what, then its numbers, then bytes that are filled up to whole words. */
enum feed_call {
    FEED_BEGIN,
    FEED_PARENT,
    FEED_SAME_PARENT,
    FEED_COLUMNS,
    FEED_END,
    FEED_ALIAS
};
enum { CALL_WORDS = 6 };

void clus__feed_init(struct list_feed *f, struct segment_writer *writer,
                     const struct slab *out, bool positions)
{
    f->writer = writer;
    f->out = out;
    f->positions = positions;
    (void)pthread_mutex_init(&f->lock, NULL);
    (void)pthread_cond_init(&f->changed, NULL);
}

void clus__feed_done(struct list_feed *f)
{
    if (!f->writer)
        return;
    for (unsigned i = 0; i < FEED_BUFFERS; i++)
        clus__free(f->buffers[i].words);
    clus__free(f->parent);
    (void)pthread_cond_destroy(&f->changed);
    (void)pthread_mutex_destroy(&f->lock);
    *f = (struct list_feed){0};
}

void clus__feed_open(struct list_feed *f)
{
    f->closing = false;
    f->open = true;
}

/* ---- feeding ---- */

/* Hand the buffer on that is filling, and wait for an empty one. */
static clus_status hand_on(struct list_feed *f)
{
    (void)pthread_mutex_lock(&f->lock);
    f->filled++;
    (void)pthread_cond_broadcast(&f->changed);
    while (f->filled - f->emptied == FEED_BUFFERS)
        (void)pthread_cond_wait(&f->changed, &f->lock);
    clus_status st = f->status;
    f->out_bytes = f->bytes;
    (void)pthread_mutex_unlock(&f->lock);
    f->buffers[f->filled % FEED_BUFFERS].n = 0;
    return st;
}

static struct feed_buffer *filling(struct list_feed *f)
{
    return &f->buffers[f->filled % FEED_BUFFERS];
}

/* Room for a call and `words` more in *to. */
static clus_status room(struct list_feed *f, size_t words, uint32_t **to)
{
    clus_status st = filling(f)->n >= BUFFER_WORDS ? hand_on(f) : CLUS_OK;
    struct feed_buffer *b = filling(f);
    if (st == CLUS_OK)
        st = clus__grow(&b->words, &b->cap, b->n + CALL_WORDS + words, sizeof *b->words);
    if (st == CLUS_OK)
        *to = b->words + b->n;
    return st;
}

static void took(struct list_feed *f, const uint32_t *end)
{
    struct feed_buffer *b = filling(f);
    b->n = (size_t)(end - b->words);
}

static size_t words_of(size_t bytes)
{
    return (bytes + 3) / 4;
}

static uint32_t *put(uint32_t *to, const void *data, size_t bytes)
{
    if (bytes > 0)
        memcpy(to, data, bytes);
    return to + words_of(bytes);
}

static clus_status put_key(struct list_feed *f, enum feed_call call, struct bytes key,
                           struct bytes stem, uint32_t df, uint64_t ttf)
{
    uint32_t *to;
    clus_status st = room(f, words_of(key.len) + words_of(stem.len), &to);
    if (st != CLUS_OK)
        return st;
    const uint32_t numbers[CALL_WORDS] = {call, (uint32_t)key.len,     (uint32_t)stem.len,
                                          df,   (uint32_t)(ttf >> 32), (uint32_t)ttf};
    to = put(to, numbers, sizeof numbers);
    to = put(to, key.data, key.len);
    took(f, put(to, stem.data, stem.len));
    return CLUS_OK;
}

clus_status clus__feed_begin(struct list_feed *f, struct bytes key, struct bytes stem)
{
    if (!f->open)
        return clus__segment_begin(f->writer, key, stem);
    f->kind = key.len > 0 ? key.data[0] : 0;
    return put_key(f, FEED_BEGIN, key, stem, 0, 0);
}

clus_status clus__feed_alias(struct list_feed *f, struct bytes key, struct bytes stem,
                             uint32_t df, uint64_t ttf)
{
    if (!f->open)
        return clus__segment_alias(f->writer, key, stem, df, ttf);
    return put_key(f, FEED_ALIAS, key, stem, df, ttf);
}

clus_status clus__feed_parent(struct list_feed *f, uint32_t number, const uint32_t *docs,
                              uint32_t n)
{
    uint32_t *to;
    if (!f->open)
        return clus__segment_parent(f->writer, docs, n);
    bool same = f->parent_set == number;
    clus_status st = room(f, same ? 0 : n, &to);
    if (st != CLUS_OK)
        return st;
    *to++ = same ? FEED_SAME_PARENT : FEED_PARENT;
    if (!same) {
        *to++ = n;
        to = put(to, docs, n * sizeof *docs);
    }
    f->parent_set = number;
    took(f, to);
    return CLUS_OK;
}

/* How many deltas there are; more than fit into 32 bits for what the writer will refuse. */
static uint64_t count_deltas(const struct list_feed *f, const struct posting_columns *run)
{
    uint64_t sum = 0;
    if (f->kind != KEY_STEM || !f->positions)
        return 0;
    for (uint32_t i = 0; i < run->n; i++) {
        if (run->tfs[i] - 1 >= POSTINGS_MAX_TF)
            return UINT64_MAX;
        sum += clus__positions_of(run->tfs[i], run->flags[i]);
    }
    return sum;
}

clus_status clus__feed_columns(struct list_feed *f, const struct posting_columns *run)
{
    if (!f->open)
        return clus__segment_add_columns(f->writer, run);
    bool tfs = f->kind != KEY_VALUE;
    uint64_t deltas = count_deltas(f, run);
    if (deltas > UINT32_MAX)
        return CLUS_E_ARGUMENT;
    uint32_t *to;
    clus_status st = room(f, 3 * (size_t)run->n + deltas, &to);
    if (st != CLUS_OK)
        return st;
    *to++ = FEED_COLUMNS;
    *to++ = run->n;
    *to++ = tfs;
    *to++ = (uint32_t)deltas;
    to = put(to, run->docs, run->n * sizeof *run->docs);
    if (tfs) {
        to = put(to, run->tfs, run->n * sizeof *run->tfs);
        to = put(to, run->flags, run->n);
    }
    took(f, put(to, run->deltas, deltas * sizeof *run->deltas));
    return CLUS_OK;
}

clus_status clus__feed_end(struct list_feed *f)
{
    uint32_t *to;
    if (!f->open)
        return clus__segment_end(f->writer);
    clus_status st = room(f, 0, &to);
    if (st != CLUS_OK)
        return st;
    *to++ = FEED_END;
    took(f, to);
    return CLUS_OK;
}

clus_status clus__feed_list(struct list_feed *f, const struct posting_columns *all)
{
    if (!f->open)
        return clus__segment_list(f->writer, all);
    clus_status st = clus__feed_columns(f, all);
    return st == CLUS_OK ? clus__feed_end(f) : st;
}

clus_status clus__feed_wait(struct list_feed *f)
{
    if (!f->open)
        return CLUS_OK;
    clus_status st = filling(f)->n > 0 ? hand_on(f) : CLUS_OK;
    (void)st; /* the same as below */
    (void)pthread_mutex_lock(&f->lock);
    while (f->filled != f->emptied)
        (void)pthread_cond_wait(&f->changed, &f->lock);
    st = f->status;
    (void)pthread_mutex_unlock(&f->lock);
    f->waited = f->filled;
    return st;
}

void clus__feed_close(struct list_feed *f)
{
    (void)pthread_mutex_lock(&f->lock);
    f->closing = true;
    (void)pthread_cond_broadcast(&f->changed);
    (void)pthread_mutex_unlock(&f->lock);
    f->open = false;
}

size_t clus__feed_out_bytes(const struct list_feed *f)
{
    return f->filled != f->waited ? f->out_bytes : clus__slab_bytes(f->out);
}

/* ---- encoding ---- */

static const uint8_t *take(const uint32_t **at, size_t bytes)
{
    const uint8_t *data = (const uint8_t *)*at;
    *at += words_of(bytes);
    return data;
}

static clus_status with_key(struct list_feed *f, const uint32_t **at)
{
    const uint32_t *n = *at;
    *at += CALL_WORDS;
    struct bytes key = {take(at, n[1]), n[1]}, stem = {take(at, n[2]), n[2]};
    if (n[0] == FEED_BEGIN)
        return clus__segment_begin(f->writer, key, stem);
    return clus__segment_alias(f->writer, key, stem, n[3], (uint64_t)n[4] << 32 | n[5]);
}

static clus_status with_parent(struct list_feed *f, const uint32_t **at)
{
    if (*(*at)++ == FEED_PARENT) {
        uint32_t n = *(*at)++;
        clus_status st = clus__grow(&f->parent, &f->cap_parent, n, sizeof *f->parent);
        if (st != CLUS_OK)
            return st;
        memcpy(f->parent, take(at, n * sizeof *f->parent), n * sizeof *f->parent);
        f->n_parent = n;
    }
    return clus__segment_parent(f->writer, f->parent, (uint32_t)f->n_parent);
}

static clus_status with_columns(struct list_feed *f, const uint32_t **at)
{
    const uint32_t *n = *at;
    *at += 4;
    struct posting_columns run = {.n = n[1], .docs = *at};
    *at += run.n;
    if (n[2]) {
        run.tfs = *at;
        *at += run.n;
        run.flags = take(at, run.n);
    }
    run.deltas = *at;
    *at += n[3];
    return clus__segment_add_columns(f->writer, &run);
}

static clus_status encode(struct list_feed *f, const struct feed_buffer *b)
{
    clus_status st = CLUS_OK;
    const uint32_t *at = b->words, *end = at + b->n;
    while (at < end && st == CLUS_OK) {
        switch (*at) {
        case FEED_BEGIN:
        case FEED_ALIAS: st = with_key(f, &at); break;
        case FEED_PARENT:
        case FEED_SAME_PARENT: st = with_parent(f, &at); break;
        case FEED_COLUMNS: st = with_columns(f, &at); break;
        default: at++; st = clus__segment_end(f->writer);
        }
    }
    return st;
}

void clus__feed_serve(struct list_feed *f)
{
    (void)pthread_mutex_lock(&f->lock);
    for (;;) {
        while (f->filled == f->emptied && !f->closing)
            (void)pthread_cond_wait(&f->changed, &f->lock);
        if (f->filled == f->emptied)
            break;
        const struct feed_buffer *b = &f->buffers[f->emptied % FEED_BUFFERS];
        clus_status st = f->status; /* after a failure the rest is passed over */
        (void)pthread_mutex_unlock(&f->lock);
        if (st == CLUS_OK)
            st = encode(f, b);
        size_t bytes = clus__slab_bytes(f->out);
        (void)pthread_mutex_lock(&f->lock);
        f->status = st;
        f->bytes = bytes;
        f->emptied++;
        (void)pthread_cond_broadcast(&f->changed);
    }
    (void)pthread_mutex_unlock(&f->lock);
}
