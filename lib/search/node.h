/*
 * A clause bound to one segment, with its posting lists open. Everything works on windows
 * of 4096 documents or on runs of candidates, so that a call does much work; documents are
 * visited in ascending order only.
 *
 * A score of 0 says "does not match"; every match scores 1 at least.
 */
#ifndef CLUS_SEARCH_NODE_H
#define CLUS_SEARCH_NODE_H

#include "search/plan.h"
#include "search/score.h"

enum { WINDOW = 4096, CELL = 64, WINDOW_CELLS = WINDOW / CELL };

enum node_kind {
    NODE_NONE,
    NODE_LIST,  /* one posting list */
    NODE_GROUP, /* several: the best one's score */
    NODE_SPANS,
    NODE_BOOL,
    NODE_BEST, /* several clauses: the best one's score */
    NODE_ALL,  /* from here on: a set of bits and one score for all */
    NODE_BITS,
    NODE_DATES,
    NODE_DOC
};

/* A cursor over one posting list. */
struct posting_list {
    struct postings p;
    const struct scorer *scorer;
    float weight;    /* of a scored list */
    float inflation; /* of stored bounds, see codec/impact.h */
    int32_t fixed;   /* the score of an unscored list */
    int32_t most;    /* no score of the list is above this */
    uint32_t at;     /* in the current block: documents before it are behind us */
    uint32_t doc;    /* which stands at `at`, where the cursor was put on one; UINT32_MAX */
    bool scored, ended;
    uint8_t need_flags, deny_flags;
};

struct candidates;

/* One place of a phrase in this segment. */
struct slot {
    struct posting_list **lists;
    uint32_t n_lists;
    uint32_t offset;
    uint32_t doc; /* the smallest its lists stand at */
    uint64_t cost;
    /* positions in the current document; `given` by a row of many documents' */
    const uint32_t *positions;
    uint32_t n;
    bool given;
    uint32_t *merged, cap_merged;
};

struct unit {
    struct slot *slots;
    uint32_t n_slots, width;
    uint32_t *starts; /* where it stands in the current document */
    uint32_t n_starts, cap_starts, next;
    const struct unit *twin; /* the unit before it that is the same; NULL: none */
    uint32_t placed;         /* while units are placed side by side */
};

struct spans {
    struct unit *units;
    uint32_t n_units;
    struct slot **by_cost; /* all slots, rarest first */
    uint32_t n_slots;
    uint32_t doc; /* where all slots meet */
};

struct node {
    enum node_kind kind;
    const struct clause *clause;
    const struct scorer *scorer;
    uint32_t ndocs;
    uint64_t cost; /* documents it may match */
    int32_t most;  /* no score is above this */
    int32_t fixed; /* of sets of bits */

    struct posting_list **lists; /* LIST, GROUP */
    uint32_t n_lists;
    struct spans *spans;
    struct node **children; /* BOOL, BEST: as the clause's */
    uint64_t *bits;         /* BITS: of documents below `marked` */
    uint32_t marked;
    const struct bind *bind; /* BITS: to open its lists with */
    const int64_t *dates;

    int32_t *scores;   /* of a filled window; made when it is first needed */
    uint32_t filled;   /* its first document; UINT32_MAX: none */
    uint64_t cells;    /* cells of it that may hold matches */
    uint16_t *touched; /* GROUP: places in the window that hold a score */
    uint32_t n_touched;
    int32_t *best;                 /* of candidates, while they are asked about */
    struct candidates *candidates; /* BOOL */
    struct arena *arena;
};

struct bind {
    struct view *view;
    uint32_t segment;
    struct arena *arena;
    const struct scorer *scorer;
    float inflation;
    bool matches_only; /* scores do not matter: frequencies are not read */
};

CLUS_MUST_CHECK clus_status clus__node_bind(const struct bind *ctx, const struct clause *c,
                                            struct node **out);
void clus__node_release(struct node *n); /* closes lists; NULL is fine */
/* The bits of a set of bits up to document `end` become known: to be called before n->bits
 * is read. */
CLUS_MUST_CHECK clus_status clus__node_mark(struct node *n, uint32_t end);

/* Whether a node is a set of bits, of which each document scores the same. */
static inline bool clus__node_is_set(const struct node *n)
{
    return n->kind >= NODE_ALL;
}

/* The scores of window [w, w + 4096), w a multiple of 4096, kept in n->scores. */
CLUS_MUST_CHECK clus_status clus__node_fill(struct node *n, uint32_t w);
/* Add its scores to acc[0 .. 4096); *cells collects which cells were touched. */
CLUS_MUST_CHECK clus_status clus__node_add(struct node *n, uint32_t w, int32_t *acc,
                                           uint64_t *cells);
/* A bit per document of the window. */
CLUS_MUST_CHECK clus_status clus__node_bits(struct node *n, uint32_t w,
                                            uint64_t bits[WINDOW_CELLS]);
/* No document in [from, to] scores above *bound. */
CLUS_MUST_CHECK clus_status clus__node_bound(struct node *n, uint32_t from, uint32_t to,
                                             int32_t *bound);
/* No document in [target, *doc) matches; UINT32_MAX: none at all any more. */
CLUS_MUST_CHECK clus_status clus__node_next(struct node *n, uint32_t target, uint32_t *doc);

/* Candidates: ascending documents with what they have scored so far. */
struct candidates {
    uint32_t n;
    uint32_t docs[WINDOW + 16];
    int32_t scores[WINDOW + 16];
};

/* Take the scores above `need` (>= 0) out of acc, which becomes zero. */
void clus__candidates_take(struct candidates *c, const struct scorer *s, int32_t *acc,
                           uint64_t cells, uint32_t w, int32_t need);

/* All matches of a BOOL in a window; acc is zero before and after. */
CLUS_MUST_CHECK clus_status clus__bool_window(struct node *n, uint32_t w, int32_t *acc,
                                              struct candidates *c);

/* ---- node_probe.c ---- */
enum probe {
    PROBE_MUST,   /* keep and add to those that match */
    PROBE_SHOULD, /* add to those that match */
    PROBE_FILTER, /* keep those that match */
    PROBE_NOT     /* keep those that do not */
};

/* Ask a node about candidates. MUST and SHOULD drop those that stay at or below `need`. */
CLUS_MUST_CHECK clus_status clus__node_probe(struct node *n, enum probe how,
                                             struct candidates *c, int32_t need);

/* ---- spans.c ---- */
CLUS_MUST_CHECK clus_status clus__spans_bind(const struct bind *ctx, struct node *n);
void clus__spans_release(struct spans *spans);
/* First document >= target where all words are; UINT32_MAX: none. */
CLUS_MUST_CHECK clus_status clus__spans_seek(struct spans *spans, uint32_t target);
/* Score of spans->doc, 0 if its words are not placed as asked or it stays at or below
 * `need`. */
CLUS_MUST_CHECK clus_status clus__spans_score(struct node *n, int32_t need, int32_t *score);
/* What the matches in one document amount to. */
struct span_matches {
    uint32_t tf;
    uint8_t flags;
};

/* The flag that a match in [first, end) gives. */
static inline uint8_t clus__span_flags(uint32_t first, uint32_t end)
{
    uint8_t lead = first >= POS_TEXT && end <= POS_TEXT + LEAD_TOKENS ? FLAG_LEAD : 0;
    return end <= POS_TEXT ? FLAG_TITLE : lead;
}

/* ---- spans_match.c ---- */
CLUS_MUST_CHECK clus_status clus__spans_match(struct node *n, struct span_matches *found);
/* For a phrase, whose unit is the only one: of which the first `done` slots are known to
 * stand where `starts` begin, the lists of the others stand at spans->doc. */
CLUS_MUST_CHECK clus_status clus__phrase_match(struct node *n, uint32_t done,
                                               const uint32_t *starts, uint32_t n_starts,
                                               struct span_matches *found);
/* Count a match in [first, end). */
void clus__match_note(struct span_matches *found, uint32_t first, uint32_t end);

/* ---- spans_near.c ---- */
/* Matches of several units, whose starts are found. */
void clus__near_match(const struct node *n, struct span_matches *found);
/* Two words of a match are no further apart. */
uint32_t clus__spans_reach(const struct node *n);

#endif
