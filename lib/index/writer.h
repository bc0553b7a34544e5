/*
 * The writer: what was added since the last commit, the manifest as it will be, and the
 * merge that may be under way. One thread at a time; all write transactions begin and end
 * in it.
 *
 *     writer.c         adding, deleting, forgetting
 *     writer_runs.c    runs of documents and what becomes of them
 *     writer_parts.c   segments and packs to be
 *     writer_merge.c   merging segments,  pack_merge.c  merging packs
 *     commit.c         publishing, dropping what is no longer named
 */
#ifndef CLUS_INDEX_WRITER_H
#define CLUS_INDEX_WRITER_H

#include <clustersearch/writer.h>

#include "index/id_table.h"
#include "index/index.h"
#include "index/merge.h"
#include "index/pool.h"

enum {
    THREADS_MAX = 64,
    TXN_PAGES = 16384,          /* pages written or dropped in one transaction: 64 MiB */
    PACK_MERGE_MAX = 512 << 10, /* packs are merged up to this size */
    LONG_MERGES = 4             /* at once: one of each of the higher levels */
};

/* Sizes at which the writer changes its ways. Tests shrink them. */
struct writer_limits {
    size_t run;            /* text of a run */
    size_t batch;          /* text of a piece of it that is freed as one */
    size_t share;          /* text worth a thread of its own at a commit */
    size_t beside;         /* a commit of less text is analysed by the caller's thread */
    size_t spill;          /* bytes in memory before they become pending owners */
    size_t memory_merge;   /* smaller merges are made in memory, inside the commit; with a
                              smaller budget another thread does not help */
    size_t merge_step;     /* bytes a merge holds before they are put away */
    size_t parallel;       /* larger loads are merged by several threads, a segment each */
    uint64_t commit_merge; /* what a small commit may spend on merging */
};

/* Where an owner's pages are. */
enum part_place { PART_MEMORY, PART_PENDING, PART_PUBLISHED };

/* A segment of the manifest to be. */
struct part {
    struct segment_row row;
    enum part_place place;
    struct slab slab;              /* while in memory */
    struct run *run;               /* keeps its ids while in memory */
    struct shared_segment *opened; /* ours; NULL: not opened, or published */
    const struct segment *seg;     /* readable, or NULL */
    const uint64_t *stored_bits;   /* as published */
    uint64_t *deleted;             /* ours, with what this commit deletes; NULL: nothing */
    uint32_t n_deleted;
    bool changed; /* `deleted` differs from stored_bits */
    bool locked;  /* an input of the merge under way */
    bool added;   /* a run since the last commit */
};

struct pack_part {
    struct pack_row row;
    enum part_place place;
    struct buf data; /* while in memory */
    bool changed;    /* n_dead differs from what is published */
};

/* A sealed run and its analysis. */
struct run_job {
    struct job job; /* first member */
    struct run *run;
};

/* A merge that takes more than one commit: its inputs are published parts, locked. */
struct long_merge {
    struct merge *merge;
    uint32_t owners[MERGE_MAX_INPUTS];
    uint32_t n;
    uint64_t bytes; /* of the inputs */
};

struct writer {
    struct index *index;
    uint32_t threads;
    uint64_t memory;
    bool relaxed, locked;
    bool reorder; /* the compaction under way gives documents a new order */
    struct writer_limits limits;
    struct pool *pool;
    struct store_txn *reader; /* for lookups; NULL: not open */
    struct manifest *base;
    struct counters counters; /* as they will be */
    struct run *filling;
    uint32_t n_sealed;           /* runs since the last commit */
    uint64_t given[THREADS_MAX]; /* text that each thread has, if all are equally fast */
    struct run_job **jobs;       /* not yet collected, oldest first */
    size_t n_jobs, cap_jobs;
    struct part **parts; /* by document number */
    size_t n_parts, cap_parts;
    struct pack_part **packs;
    size_t n_packs, cap_packs;
    size_t memory_bytes; /* of parts and packs in memory */
    uint64_t run_bytes;  /* of segments of runs since the last commit */
    uint64_t merged;     /* of the budget for that, before they were there */
    struct id_table ids;
    uint64_t *dead; /* numbers of documents deleted since the last commit */
    size_t n_dead, cap_dead;
    struct segment_row *gone; /* published segments that were merged away */
    size_t n_gone, cap_gone;
    struct pack_row *gone_packs; /* published packs */
    size_t n_gone_packs, cap_gone_packs;
    uint32_t *dropped; /* owners whose pages are to be removed */
    size_t n_dropped, cap_dropped;
    bool any_pending; /* TABLE_PENDING or TABLE_DROPPED may have rows */
    struct long_merge merging[LONG_MERGES]; /* the smallest first */
    uint32_t n_merging;
    clus_commit_info info;
    clus_status failed; /* CLUS_OK, or why only rollback and free are left */
};

CLUS_MUST_CHECK clus_status clus__writer_open(struct index *index,
                                              const clus_writer_options *opts,
                                              struct writer **out, clus_error *err);
CLUS_MUST_CHECK clus_status clus__writer_add(struct writer *w, const clus_document *doc,
                                             clus_error *err);
CLUS_MUST_CHECK clus_status clus__writer_delete(struct writer *w, clus_str id, bool *found,
                                                clus_error *err);
CLUS_MUST_CHECK clus_status clus__writer_commit(struct writer *w, clus_commit_info *info,
                                                clus_error *err);
CLUS_MUST_CHECK clus_status clus__writer_rollback(struct writer *w, clus_error *err);
CLUS_MUST_CHECK clus_status clus__writer_compact(struct writer *w, clus_error *err);
CLUS_MUST_CHECK clus_status clus__writer_reorder(struct writer *w, clus_error *err);
void clus__writer_free(struct writer *w);

/* ---- between the files of the writer ---- */

/* Whether what was sealed since the last commit is one run, worth another thread or not. */
static inline bool writer_has_one_run(const struct writer *w, bool large)
{
    return w->n_sealed == 1 && (w->given[0] >= w->limits.beside) == large;
}

/* A read transaction of the last commit; dropped before anything is written. */
CLUS_MUST_CHECK clus_status clus__writer_reader(struct writer *w, struct store_txn **txn,
                                                clus_error *err);
void clus__writer_drop_reader(struct writer *w);

/* Forget all but the base, and make parts and packs of that; `committed`: the packs at hand
 * are those that were published. */
CLUS_MUST_CHECK clus_status clus__writer_reset(struct writer *w, bool committed,
                                               clus_error *err);

/* writer_runs.c */
/* Seal the documents that are enough for a run. The first runs are short, so that no thread
 * waits long for its first; later two are held, so that a commit has enough to share out:
 * where runs end depends on what was added only, not on how fast the threads are. */
CLUS_MUST_CHECK clus_status clus__writer_seal_full(struct writer *w, clus_error *err);
/* At a commit: what is left is shared among the threads so that all have done at one time.
 */
CLUS_MUST_CHECK clus_status clus__writer_seal_rest(struct writer *w, clus_error *err);
/* Take results: of those that are there, or of all. */
CLUS_MUST_CHECK clus_status clus__writer_collect(struct writer *w, bool all,
                                                 clus_error *err);

/* writer_parts.c */
/* Put everything in memory into pages of pending owners. */
CLUS_MUST_CHECK clus_status clus__writer_spill(struct writer *w, clus_error *err);
CLUS_MUST_CHECK clus_status clus__part_open(struct writer *w, struct part *part,
                                            clus_error *err);
void clus__part_free(struct part *part);
void clus__pack_part_free(struct pack_part *pack);
/* The part or pack that a document number falls into, or NULL. */
struct part *clus__writer_part_of(const struct writer *w, uint64_t docnum);
struct pack_part *clus__writer_pack_of(const struct writer *w, uint64_t docnum);
/* Replace parts [from, from + n) by `by`, NULL for none. */
void clus__writer_replace_parts(struct writer *w, size_t from, size_t n, struct part *by);
void clus__writer_replace_packs(struct writer *w, size_t from, size_t n,
                                struct pack_part *by);
/* Mark what was published or pending as going away; frees nothing. */
CLUS_MUST_CHECK clus_status clus__writer_part_gone(struct writer *w,
                                                   const struct part *part);
CLUS_MUST_CHECK clus_status clus__writer_pack_gone(struct writer *w,
                                                   const struct pack_part *pack);
CLUS_MUST_CHECK clus_status clus__part_delete(struct part *part, uint32_t doc);

/* Pages on their way into bounded transactions. */
struct page_sink {
    struct writer *w;
    struct store_txn *txn; /* NULL: none is open */
    size_t bytes;          /* written in it */
};
/* Write a slab of a pending owner, which is marked with its first one. *combined as for
 * clus__slab_put(). */
CLUS_MUST_CHECK clus_status clus__page_sink_put(struct page_sink *sink,
                                                const struct slab *slab, bool *combined,
                                                clus_error *err);
CLUS_MUST_CHECK clus_status clus__page_sink_finish(struct page_sink *sink, clus_error *err);
void clus__page_sink_abort(struct page_sink *sink);

/* writer_ids.c: let `docnum` (with ID_SLOT_DELETED: nobody) have the id; *had tells whether
 * a document had it, which is deleted by that. */
CLUS_MUST_CHECK clus_status clus__writer_take_id(struct writer *w, struct bytes id,
                                                 uint64_t docnum, bool *had,
                                                 clus_error *err);

/* writer_merge.c: merge what is due, and take what that costs from the budget: bytes of
 * inputs. `committed`: nothing that was added since the last commit. */
CLUS_MUST_CHECK clus_status clus__writer_merge(struct writer *w, bool committed,
                                               uint64_t *budget, clus_error *err);
/* For a compaction: all segments to one, as far as one can hold them. */
CLUS_MUST_CHECK clus_status clus__writer_merge_all(struct writer *w, clus_error *err);

/* Steps of a merge of parts [from, from + n). Run it: CLUS_OK when it has done as much as
 * reading `budget` bytes is and there is more to do, CLUS_DONE. Put what it made, if
 * finished, in the place of its inputs; `sink`: its pages are being written, NULL: it stays
 * in memory. */
CLUS_MUST_CHECK clus_status clus__writer_new_merge(struct writer *w, size_t from, size_t n,
                                                   struct merge **out, clus_error *err);
CLUS_MUST_CHECK clus_status clus__writer_run_merge(struct writer *w, struct merge *m,
                                                   uint64_t budget, struct page_sink *sink,
                                                   clus_error *err);
CLUS_MUST_CHECK clus_status clus__writer_put_merged(struct writer *w, struct merge *m,
                                                    size_t from, struct page_sink *sink,
                                                    clus_error *err);

/* long_merge.c: merges over several commits. Begin one of published parts; there may be
 * LONG_MERGES. */
CLUS_MUST_CHECK clus_status clus__long_merge_begin(struct writer *w, size_t from, size_t n,
                                                   uint64_t bytes, clus_error *err);
/* Go on with the smallest, which takes what it costs from the budget: CLUS_OK when it is
 * finished, CLUS_DONE when none is left or the budget is. */
CLUS_MUST_CHECK clus_status clus__long_merges_go_on(struct writer *w, uint64_t *budget,
                                                    clus_error *err);
bool clus__long_merge_has(const struct writer *w, uint32_t owner);
void clus__long_merges_drop(struct writer *w);

/* pack_merge.c: merge what is due, and take what that costs from the budget. */
CLUS_MUST_CHECK clus_status clus__writer_merge_packs(struct writer *w, uint64_t *budget,
                                                     clus_error *err);
/* Whether a compaction has packs to rewrite; rewrite about a quarter of them all. */
CLUS_MUST_CHECK clus_status clus__writer_packs_left(const struct writer *w, bool *left,
                                                    clus_error *err);
CLUS_MUST_CHECK clus_status clus__writer_compact_packs(struct writer *w, clus_error *err);

/* commit.c: remove pages of dropped owners, at most `pages`; what a crash left behind is
 * taken along when `pending` says that no writer has work under way. */
CLUS_MUST_CHECK clus_status clus__writer_sweep(struct writer *w, bool pending,
                                               uint64_t pages, clus_error *err);

#endif
