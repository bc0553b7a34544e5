/*
 * Many neighbouring segments to one, without their deleted documents.
 *
 *     clus__merge_new(inputs, n, owner, &m);
 *     while ((st = clus__merge_step(m, txn, limit)) == CLUS_OK) … put away what m->out
 * holds … CLUS_DONE: m->out holds the rest, m->row is complete but for its owner's place.
 *
 * Between two steps nothing of a transaction is kept, so each step may have its own. The
 * inputs must stay as they are; deletions that come later are carried over by
 * clus__merge_new_doc().
 */
#ifndef CLUS_INDEX_MERGE_H
#define CLUS_INDEX_MERGE_H

#include "index/gather.h"
#include "index/id_hashes.h"
#include "index/ids.h"
#include "index/list_feed.h"
#include "index/manifest.h"
#include "index/slab.h"

#define MERGE_DEAD UINT32_MAX /* the place of a deleted document */

enum {
    MERGE_MAX_INPUTS = 64,   /* a set of inputs is one word */
    ALIAS_SET_MAX = 1 << 23, /* stems remembered for their forms */
    /* work in bytes, as the dictionary and the lists of small segments take: a key costs as
     * much time as some ten postings */
    KEY_WORK = 18,
    POSTING_WORK = 2
};

struct merge_source {
    const struct segment *seg;
    const uint64_t *deleted; /* NULL: nothing; not needed later */
};

struct merge_input {
    const struct segment *seg;
    /* where each document goes in order of the inputs, MERGE_DEAD for deleted ones; NULL:
     * from `base` on, none is deleted */
    uint32_t *places;
    uint32_t base, live;
    bool has_dates;
    /* while terms are merged */
    struct term_walk *walk;
    struct stem_finder *stems;
    struct bytes key, stem;
    uint64_t head; /* the key's first bytes as a number: most keys differ there */
    struct term_info info;
    bool ended;
    /* while hashes are merged */
    struct id_hash_walk hashes;
    struct id_hash hash; /* the next one of a live document */
    bool hashed;         /* `hash` is set */
};

/* Where a document of the merged segment comes from. */
struct merge_origin {
    uint32_t input, doc;
};

/* A stem and its documents: in the merged segment, and those of each input, which has them
 * in own[from[i] .. from[i + 1]). */
struct merge_parent {
    uint8_t key[KEY_MAX];
    size_t key_len;  /* 0: none */
    uint32_t number; /* another for other documents */
    uint32_t *docs, n, *own;
    size_t cap, n_own, cap_own, from[MERGE_MAX_INPUTS + 1];
};

/* A stem that was written, with the inputs it stands in: one hash of both, and what forms
 * that have its list say of that. */
struct merge_stem {
    uint64_t hash;     /* 0: none */
    uint32_t df, more; /* ttf is df + more */
};

enum merge_phase {
    MERGE_COLUMNS,
    MERGE_NUMBERS,
    MERGE_HASHES,
    MERGE_TERMS,
    MERGE_FINISHED
};

struct merge {
    struct segment_row row;
    struct slab out;
    uint64_t work;     /* done so far, about in bytes of inputs */
    uint64_t work_end; /* a step ends there */
    /* A step during which it is open and served lets another thread encode the lists;
     * between two steps it is closed. Not for a merge in a new order. */
    struct list_feed feed;
    /* private */
    uint32_t n;
    struct merge_input *inputs;
    enum merge_phase phase;
    struct segment_sink sink;
    struct segment_writer *writer;
    struct ids_writer ids;
    struct id_hash_writer hashes;
    struct norm *norms;
    bool dense, dates;
    bool numbered; /* the numbers of documents do not ascend */
    /* of clus__merge_reorder(), else NULL */
    uint32_t *place;              /* of the documents in order of the inputs */
    struct merge_origin *origins; /* by place */
    struct gather gather;
    uint32_t input, doc;         /* where the columns are */
    uint8_t resume[KEY_MAX + 1]; /* first key not yet merged */
    size_t resume_len;
    struct merge_stem *stems; /* a hash table */
    size_t cap_stems, n_stems;
    struct merge_parent parent; /* of the last form that needed one */
};

CLUS_MUST_CHECK clus_status clus__merge_new(const struct merge_source *sources, uint32_t n,
                                            uint32_t owner, struct merge **out);
/* Before the first step: give the documents an order in which similar ones stand together,
 * with about `memory` bytes at hand. (reorder.c) */
CLUS_MUST_CHECK clus_status clus__merge_reorder(struct merge *m, struct store_txn *txn,
                                                size_t memory);
/* Until m->out holds `limit` bytes or m->work comes to m->work_end, which is far away at
 * first. CLUS_OK: there is more to do; CLUS_DONE: finished. row.ndocs is 0 when nothing
 * lives. */
CLUS_MUST_CHECK clus_status clus__merge_step(struct merge *m, struct store_txn *txn,
                                             size_t limit);
void clus__merge_free(struct merge *m);

/* Where a document of an input went; false if it was deleted when the merge began. */
bool clus__merge_new_doc(const struct merge *m, uint32_t input, uint32_t doc, uint32_t *to);

/* ---- merge_terms.c ---- */
CLUS_MUST_CHECK clus_status clus__merge_terms(struct merge *m, struct store_txn *txn,
                                              size_t limit);

/* ---- merge_alias.c ---- */
/* Remember a stem that was written and the inputs that have it. */
CLUS_MUST_CHECK clus_status clus__merge_remember(struct merge *m, struct bytes stem,
                                                 uint64_t set, uint32_t df, uint64_t ttf);
/* What was written of the stem whose list a form, which stands in these inputs, still has;
 * NULL where it has another. */
const struct merge_stem *clus__merge_alias_of(const struct merge *m, struct bytes stem,
                                              uint64_t set);

/* ---- merge_parent.c ---- */
/* Have the documents of a stem in m->parent; none if no input has it. */
CLUS_MUST_CHECK clus_status clus__merge_read_parent(struct merge *m, struct store_txn *txn,
                                                    struct bytes stem);

/* ---- merge_brief.c ---- */
/* Lists inside of their dictionary entries, put together: nearly all keys have such. */
struct brief_lists {
    struct inline_list list;
    uint64_t ttf;
    bool positions;                    /* they count */
    const struct merge_parent *parent; /* of forms, by whose documents lists may be told;
                                          or NULL */
};
/* Take those inputs off the front of a set whose lists are, as far as one brief_lists has
 * room for them. */
uint64_t clus__merge_brief_part(const struct merge *m, uint64_t *set,
                                const struct merge_parent *parent);
/* All live postings of these lists, which are brief. */
CLUS_MUST_CHECK clus_status clus__merge_brief(struct merge *m, uint64_t set,
                                              struct brief_lists *out);

/* ---- merge_walk.c ---- */
/* A walk over the inputs' keys at once: begin, then while clus__merge_least() is not 0 step
 * over those that stand on it, in the end end it. */
CLUS_MUST_CHECK clus_status clus__merge_begin_walks(struct merge *m, struct store_txn *txn);
/* The inputs that stand on the least key, as bits; 0 at the end. */
uint64_t clus__merge_least(const struct merge *m);
CLUS_MUST_CHECK clus_status clus__merge_step_over(struct merge *m, uint64_t set);
void clus__merge_end_walks(struct merge *m);

/* Whether a step has done enough. */
static inline bool clus__merge_pauses(const struct merge *m, size_t limit)
{
    return m->work >= m->work_end || clus__feed_out_bytes(&m->feed) >= limit;
}

static inline uint32_t clus__take_bit(uint64_t *set)
{
    uint32_t i = (uint32_t)__builtin_ctzll(*set);
    *set &= *set - 1;
    return i;
}

static inline bool clus__merge_lives(const struct merge_input *in, uint32_t doc)
{
    return !in->places || in->places[doc] != MERGE_DEAD;
}

/* Where a live document went. */
static inline uint32_t clus__merge_place(const struct merge *m,
                                         const struct merge_input *in, uint32_t doc)
{
    uint32_t at = in->places ? in->places[doc] : in->base + doc;
    return m->place ? m->place[at] : at;
}

#endif
