/* A segment written to and read from memory, for tests. */
#ifndef CLUS_TESTS_MEMORY_SEGMENT_H
#define CLUS_TESTS_MEMORY_SEGMENT_H

#include <stdlib.h>

#include "base/buf.h"
#include "index/segment.h"

struct memory_segment {
    struct buf bytes[SEG_STREAMS];
    struct segment seg;
    struct dict_head *heads;
};

static inline clus_status memory_segment_append(void *ctx, enum segment_stream stream,
                                                const void *data, size_t len)
{
    struct memory_segment *m = ctx;
    clus__buf_add(&m->bytes[stream], data, len);
    return clus__buf_status(&m->bytes[stream]);
}

static inline struct segment_sink memory_segment_sink(struct memory_segment *m)
{
    return (struct segment_sink){m, memory_segment_append};
}

/* After clus__segment_finish(): m->seg reads what was written. */
static inline clus_status memory_segment_open(struct memory_segment *m,
                                              const struct segment_writer_config *config,
                                              const struct segment_totals *totals)
{
    m->seg = (struct segment){.ndocs = config->ndocs,
                              .avg_len = config->avg_len,
                              .positions = config->positions,
                              .norms = config->norms,
                              .top = m->bytes[SEG_DTOP].data,
                              .totals = *totals};
    for (int i = 0; i < SEG_STREAMS; i++) {
        clus_status st =
            clus__stream_of_memory(&m->seg.streams[i], clus__buf_bytes(&m->bytes[i]));
        if (st != CLUS_OK)
            return st;
    }
    free(m->heads);
    m->heads = calloc(clus__dict_head_count(&m->seg) + 1, sizeof *m->heads);
    if (!m->heads)
        return CLUS_E_NOMEM;
    clus__dict_heads(&m->seg, m->heads);
    return CLUS_OK;
}

static inline void memory_segment_done(struct memory_segment *m)
{
    free(m->heads);
    for (int i = 0; i < SEG_STREAMS; i++) {
        clus__stream_done(&m->seg.streams[i]);
        clus__buf_done(&m->bytes[i]);
    }
}

#endif
