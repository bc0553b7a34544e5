/*
 * Run a normal plan over all segments and keep the best documents, or count.
 *
 *     run.c         segments, collecting, the first theta
 *     run_any.c     any of: windows, MaxScore
 *     run_all.c     all of: runs of the rarest, the others asked about them
 *     run_lists.c   one list, or the best of several, or a set of bits
 *     run_meet.c    all of, posting lists against posting lists (common.h)
 *     run_places.c  words at places, a block of the rarest word at a time
 *     run_hits.c    where words were found, until it is scored
 *     run_count.c   counting
 *     exhaustive.c  document by document, without shortcuts: what the others must equal
 *     account.c     one document, its score taken apart
 */
#ifndef CLUS_SEARCH_RUN_H
#define CLUS_SEARCH_RUN_H

#include "search/common.h"
#include "search/node.h"
#include "search/search.h"
#include "search/topk.h"

enum run_goal {
    GOAL_BEST,   /* the k best by score */
    GOAL_NEWEST, /* the k best by date, descending or ascending */
    GOAL_OLDEST,
    GOAL_COUNT
};

/* A hit of a run that sorts by date. */
struct dated {
    int64_t date; /* the smaller the better; INT64_MAX: none */
    uint32_t ordinal;
    int32_t score;
};

/* Documents of a pair whose positions are compared in one go. */
enum { CHUNK_DOCS = 64, CHUNK_PLACES = 4096 };
struct chunk {
    uint32_t n;
    bool alone;            /* one document that has no room below */
    const uint16_t *at[2]; /* documents, in the blocks */
    uint32_t places[2][CHUNK_PLACES + PLACES_BEHIND]; /* see clus__postings_places() */
    uint16_t starts[2][CHUNK_DOCS + 1];
    uint32_t near[CHUNK_PLACES]; /* those of the first near one of the second */
};

/* What words at places were found in, not scored yet: the first documents of the
 * candidates. */
enum { HITS = 2 * CHUNK_DOCS };
struct hits {
    uint32_t n, tfs[HITS + 8];
    uint8_t flags[HITS + 16];
};

/* Room that all segments of a search share, kept between searches. */
struct scratch {
    struct arena arena; /* of one segment's nodes and cursors */
    int32_t acc[WINDOW];
    bool dirty; /* a run was broken off: acc is not all zero */
    struct candidates candidates;
    struct common common;
    struct hits hits;
    struct chunk chunk;
    struct scorer scorer; /* for these parameters, if avg_len > 0 */
    struct impact_params params;
    float avg_len;
};

struct run {
    struct view *view;
    const struct clause *root; /* in normal form */
    enum run_goal goal;
    bool count_all; /* GOAL_BEST: `count` all matches too, so leave out none */
    const struct impact_params *params;
    uint64_t enough;      /* GOAL_COUNT of a phrase: end with so many; 0: count all */
    uint64_t deadline_ns; /* 0: none */
    struct scratch *scratch;
    struct scorer *scorer; /* of the scratch */

    struct topk top;     /* GOAL_BEST */
    struct dated *dated; /* GOAL_NEWEST and GOAL_OLDEST: a heap, the worst on top */
    uint32_t n_dated, k;
    uint64_t count; /* documents collected */

    /* the current segment */
    struct arena *arena;    /* of the scratch */
    uint32_t segment, base; /* ordinal of its first document */
    uint32_t ndocs;
    const uint64_t *deleted;
    const int64_t *dates;
};

/* Runs all segments. CLUS_E_TIMEOUT, CLUS_E_CORRUPT, CLUS_E_NOMEM. */
CLUS_MUST_CHECK clus_status clus__run(struct run *r);
CLUS_MUST_CHECK clus_status clus__run_exhaustive(struct run *r);

/* ---- exhaustive.c ---- */
/* The score of a document no smaller than those asked about before, 0 for no match. After
 * a match of a list l->p and l->at tell its frequency and flags. */
CLUS_MUST_CHECK clus_status clus__score_of_node(struct run *r, struct node *n, uint32_t doc,
                                                int32_t *score);
CLUS_MUST_CHECK clus_status clus__score_of_list(const struct run *r, const struct clause *c,
                                                struct posting_list *l, uint32_t doc,
                                                int32_t *score);

/* ---- account.c ---- */
/* Fill acc->parts for its document with the root of r. */
CLUS_MUST_CHECK clus_status clus__run_account(struct run *r, struct account *acc);

/* One clause that others are asked about in run_all.c. */
struct step {
    struct node *node;
    enum probe how;
    int32_t bound; /* in the current run of documents; 0 for filters */
};

/* ---- run_hits.c ---- */
/* That `found` was found in the document that the spans stand at, unless it is nothing. */
void clus__hits_note(struct run *r, const struct node *n, const struct span_matches *found);
/* Documents of the chunk in which a phrase of two words begins: at places of a row, in
 * order. They are noted, or counted at once. */
void clus__hits_note_starts(struct run *r, const struct node *n, const uint32_t *starts,
                            uint32_t n_starts);
void clus__hits_count(struct run *r, const struct node *n, const uint32_t *starts,
                      uint32_t n_starts);
/* Whether what was noted may end the run, or its scores decide what is looked for. */
bool clus__hits_are_due(const struct run *r);
/* Score and collect what was noted. */
void clus__hits_collect(struct run *r, const struct node *n);

/* ---- shared by the drivers ---- */
CLUS_MUST_CHECK clus_status clus__run_any(struct run *r, struct node *root);
CLUS_MUST_CHECK clus_status clus__run_all(struct run *r, struct node *root);
/* Lists that all must match, then the other steps; `lists` of them come first. */
CLUS_MUST_CHECK clus_status clus__run_meet(struct run *r, struct step *steps, uint32_t n,
                                           uint32_t lists);
bool clus__spans_can_meet(const struct spans *spans);
CLUS_MUST_CHECK clus_status clus__run_meet_spans(struct run *r, struct node *n);
CLUS_MUST_CHECK clus_status clus__run_list(struct run *r, struct node *n);
CLUS_MUST_CHECK clus_status clus__run_set(struct run *r, struct node *n);
bool clus__run_group_fits(const struct run *r);
CLUS_MUST_CHECK clus_status clus__run_group(struct run *r, struct node *n);
CLUS_MUST_CHECK clus_status clus__run_count(struct run *r, struct node *root);
/* Whether a frequency tells how many documents of a segment match; if so it is passed by.
 */
bool clus__run_count_known(struct run *r, uint32_t segment);
void clus__run_begin(struct run *r); /* prepares the scratch and sets r->scorer */
bool clus__run_expired(const struct run *r);
CLUS_MUST_CHECK clus_status clus__run_bind(struct run *r, struct node **root);
CLUS_MUST_CHECK clus_status clus__run_enter(struct run *r, uint32_t segment);
void clus__run_leave(struct run *r);
/* Drop deleted documents, then count or keep the rest. */
void clus__run_collect(struct run *r, struct candidates *c);
/* A document that is known to be live. */
void clus__run_collect_one(struct run *r, uint32_t doc, int32_t score);

static inline bool clus__run_has_enough(const struct run *r)
{
    return r->enough > 0 && r->count >= r->enough;
}

static inline bool clus__run_is_deleted(const struct run *r, uint32_t doc)
{
    return r->deleted && (r->deleted[doc / 64] >> (doc % 64) & 1);
}

/* Scores at or below it need not be found. */
static inline int32_t clus__run_theta(const struct run *r)
{
    return r->goal == GOAL_BEST && !r->count_all ? r->top.theta : 0;
}

#endif
