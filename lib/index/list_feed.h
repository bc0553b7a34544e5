/*
 * Lists on their way from what merges them to a segment writer: straight, or through a few
 * buffers to a thread that encodes them meanwhile. What is written is the same.
 *
 *     clus__feed_open(&feed);               // from here on another thread encodes
 *         … that thread: clus__feed_serve(&feed), until closed
 *     clus__feed_begin(), …, clus__feed_end()
 *     clus__feed_wait(&feed);               // the writer has all of it and rests
 *     clus__feed_close(&feed);
 */
#ifndef CLUS_INDEX_LIST_FEED_H
#define CLUS_INDEX_LIST_FEED_H

#include <pthread.h>

#include "index/slab.h"

enum { FEED_BUFFERS = 4 };

/* Calls of a segment writer, one after the other, in units of 4 bytes. */
struct feed_buffer {
    uint32_t *words;
    size_t n, cap;
};

struct list_feed {
    struct segment_writer *writer;
    const struct slab *out; /* what the writer fills */
    bool positions;         /* stems have them */
    bool open;
    /* of the thread that feeds */
    uint8_t kind;        /* of the current list's key */
    uint32_t parent_set; /* number of the parent that was sent last */
    uint32_t waited;     /* `filled` when the writer rested last */
    size_t out_bytes;    /* in `out` a short while ago */
    /* of both */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct feed_buffer buffers[FEED_BUFFERS];
    uint32_t filled, emptied; /* buffers handed on and done with */
    bool closing;
    clus_status status; /* first failure of the writer */
    size_t bytes;       /* in `out` after the last buffer */
    /* of the thread that encodes */
    uint32_t *parent;
    size_t n_parent, cap_parent;
};

/* Of a segment with lists of a form by their parent: `writer` and `out` are borrowed. */
void clus__feed_init(struct list_feed *f, struct segment_writer *writer,
                     const struct slab *out, bool positions);
void clus__feed_done(struct list_feed *f);

void clus__feed_open(struct list_feed *f);
void clus__feed_serve(struct list_feed *f);
/* Until everything has been written: the first failure, of which those who feed may have
 * heard before. Without effect unless open. */
CLUS_MUST_CHECK clus_status clus__feed_wait(struct list_feed *f);
void clus__feed_close(struct list_feed *f);

/* About how much the writer's slab holds. */
size_t clus__feed_out_bytes(const struct list_feed *f);

/* As the segment writer's functions. A failure of an earlier call may be answered. */
CLUS_MUST_CHECK clus_status clus__feed_begin(struct list_feed *f, struct bytes key,
                                             struct bytes stem);
/* The parent with that number, not 0; the same number stands for the same documents. */
CLUS_MUST_CHECK clus_status clus__feed_parent(struct list_feed *f, uint32_t number,
                                              const uint32_t *docs, uint32_t n);
CLUS_MUST_CHECK clus_status clus__feed_columns(struct list_feed *f,
                                               const struct posting_columns *run);
CLUS_MUST_CHECK clus_status clus__feed_end(struct list_feed *f);
CLUS_MUST_CHECK clus_status clus__feed_list(struct list_feed *f,
                                            const struct posting_columns *all);
CLUS_MUST_CHECK clus_status clus__feed_alias(struct list_feed *f, struct bytes key,
                                             struct bytes stem, uint32_t df, uint64_t ttf);

#endif
