/*
 * One thread's tools for turning a run of documents into a segment and a pack, and the run.
 *
 * A run is a contiguous range of document numbers. Which documents share a run depends only
 * on their order and size, so an index is the same whatever the threads do.
 */
#ifndef CLUS_INDEX_ANALYST_H
#define CLUS_INDEX_ANALYST_H

#include "base/buf.h"
#include "index/flush.h"
#include "index/ids.h"
#include "index/index.h"
#include "index/inverter.h"
#include "index/pack.h"
#include "index/record.h"
#include "index/slab.h"

/* Documents as records, freed as they are analysed. */
struct batch {
    struct batch *next;
    struct buf records; /* each: u32 length, record */
    uint32_t ndocs;
};

struct run {
    uint64_t first_docnum;
    uint32_t ndocs;
    struct batch *first, *last;
    size_t batch_bytes;
    uint64_t input_bytes; /* of records */
    struct buf ids;       /* all ids one after the other */
    uint32_t *id_ends;    /* where each ends in `ids` */
    size_t cap_ids;
    /* filled by clus__analyst_run() */
    struct segment_row row;
    struct slab segment;
    struct pack_row pack_row; /* ndocs 0: nothing is stored */
    struct buf pack;
    uint64_t invalid_utf8, bad_dates;
};

CLUS_MUST_CHECK clus_status clus__run_new(uint64_t first_docnum, size_t batch_bytes,
                                          struct run **out);
void clus__run_free(struct run *run);
/* Append a document: a copy of its record and its id. */
CLUS_MUST_CHECK clus_status clus__run_add(struct run *run, const clus_document *doc,
                                          struct bytes *id);
/* Leave about `bytes` of input in the run and move the rest to a new one, NULL when there
 * is no rest. */
CLUS_MUST_CHECK clus_status clus__run_cut(struct run *run, uint64_t bytes,
                                          struct run **rest);
struct bytes clus__run_id(const struct run *run, uint32_t doc);
void clus__run_drop_input(struct run *run); /* the batches */

struct analyst {
    const struct index *index;
    struct lexer *lexer;
    struct inverter inverter;
    struct flush_memory flush;
    struct pack_writer pack;
    struct token_list title, text, extra;
    struct record record;
    struct buf dates; /* i64 a document */
    bool any_date;
    size_t lexer_limit; /* bytes of the form table after which it is emptied */
};

CLUS_MUST_CHECK clus_status clus__analyst_new(const struct index *index, size_t lexer_limit,
                                              struct analyst **out);
void clus__analyst_free(struct analyst *a);
/* Analyse a run: its batches are freed, its results filled in. */
CLUS_MUST_CHECK clus_status clus__analyst_run(struct analyst *a, struct run *run);

#endif
