/*
 * Cursor over one posting list, a block of up to 256 documents at a time.
 *
 *     clus__segment_postings(seg, txn, &info, NULL, &p);
 *     for (st = clus__postings_seek_block(&p, 0); st == CLUS_OK;
 *          st = clus__postings_seek_block(&p, (uint64_t)p.block_last + 1))
 *         st = clus__postings_docs(&p);      // p.docs[0 .. p.n)
 *
 * The block directory can be asked without decoding: that is what top-k search skips by.
 * Bytes may be hostile: whatever the list says, docs ascend within the block and lie below
 * `ndocs`, tf >= 1, positions ascend, or the answer is CLUS_E_CORRUPT.
 */
#ifndef CLUS_CODEC_POSTINGS_H
#define CLUS_CODEC_POSTINGS_H

#include <clustersearch/base.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "codec/bitpack.h"

enum { BLOCK_DOCS = 256 };

/* Where in a document a term stands, beside its frequency; see FORMAT.md. */
enum {
    FLAG_TITLE = 1,
    FLAG_LEAD = 2,
    FLAG_EXTRA_ONLY = 4 /* stands in page furniture only: tf counts furniture; else tf
                           counts title and text only */
};

/* Position space of one document: title from 0, text from POS_TEXT, furniture has no
 * positions. */
enum { POS_TITLE_MAX = 1023, POS_TEXT = 1024, LEAD_TOKENS = 150 };

/* A document may hold a term so often at most; a writer that is given more keeps the first
 * so many positions. Lets a reader size its memory. */
enum { POSTINGS_MAX_TF = 1 << 24 };

/* Positions a document contributes to a list with positions. */
static inline uint32_t clus__positions_of(uint32_t tf, uint8_t flags)
{
    return flags & FLAG_EXTRA_ONLY ? 0 : tf;
}

/* How a list is laid out, and which columns it has: list_place.kind is one of the first
 * three and any of the others. */
enum list_kind {
    LIST_INLINE = 0, /* in the dictionary entry */
    LIST_SHORT = 1,  /* one block of fewer than BLOCK_DOCS */
    LIST_LONG = 2,   /* blocks and their directory */
    LIST_ALIAS = 3,  /* another key's; see segment.c */
    LIST_TFS = 4,    /* else every tf is 1 and no flag is set */
    LIST_POSITIONS = 8
};
enum { LIST_INLINE_MAX = 64 };

/* Where a list lies: inside its dictionary entry, or at an address of the postings stream.
 */
struct list_place {
    uint8_t kind;
    uint8_t inline_len;
    uint8_t inline_bytes[LIST_INLINE_MAX];
    uint64_t post, pos; /* addresses in SEG_POST and SEG_POS */
    uint64_t post_len;  /* bytes in SEG_POST */
};

/* How the cursor reads bytes: `len` bytes at `off` of a stream, in place or in scratch
 * (len + 16 bytes of room); NULL when damaged. Bound to store streams in index/segment.c,
 * since codec knows no store. */
typedef const uint8_t *postings_read_fn(const void *stream, void *txn, uint64_t off,
                                        size_t len, uint8_t *scratch);

struct postings {
    uint32_t df, ndocs;
    uint32_t n_blocks;
    /* current block, set by seek_block */
    uint32_t block;       /* its number */
    uint32_t block_first; /* no document below this is in it (previous block's last + 1) */
    uint32_t block_last;  /* its last document */
    uint8_t block_max;    /* bound on its impacts, see codec/impact.h */
    uint32_t n;           /* documents in it */
    bool have_docs, have_tfs; /* for the current block */
    uint32_t
        docs[BLOCK_DOCS + 8]; /* after clus__postings_docs(), ascending, then UINT32_MAX */
    uint32_t tfs[BLOCK_DOCS + 8];   /* after clus__postings_tfs(), then 0 */
    uint8_t flags[BLOCK_DOCS + 16]; /* after clus__postings_tfs(), then 0 */
    struct postings_state *state;   /* private to codec/: directory and decoder */
};

/* How the cursor opens the list in which documents are told by their ordinals, the stem's
 * for that of a form; bound in index/segment.c, too. `out` is to be zeroed. */
typedef clus_status postings_parent_fn(const void *dictionary, void *txn, uint64_t key_at,
                                       struct arena *arena, struct postings *out);

struct postings_source {
    const void *post_stream, *pos_stream; /* for `read`; pos_stream only with positions */
    void *txn;
    postings_read_fn *read;
    uint32_t df, ndocs;
    uint8_t max_impact;
    const struct list_place *place;  /* copied; not an alias */
    struct arena *arena;             /* holds the cursor's state; NULL: the heap does */
    postings_parent_fn *open_parent; /* NULL: no block may hold ordinals */
    const void *dictionary;          /* for `open_parent`, with */
    uint64_t key_at;                 /* where this list's key stands in it */
};

/* What is read first of a list: so many bytes from *at on in SEG_POST, as far as its place
 * tells, which is not checked. */
size_t clus__postings_head(const struct list_place *place, uint32_t df, uint64_t *at);

/* Open a list; reads nothing of its blocks. CLUS_E_NOMEM, CLUS_E_CORRUPT. */
CLUS_MUST_CHECK clus_status clus__postings_open(const struct postings_source *source,
                                                struct postings *out);

/* Move forwards to the first block whose block_last >= target, without decoding it.
 * CLUS_OK, CLUS_DONE past the end, CLUS_E_CORRUPT. Never moves back. */
CLUS_MUST_CHECK clus_status clus__postings_seek_block(struct postings *p, uint64_t target);

/* Go to a block below n_blocks, in any direction, without decoding it; documents of a list
 * of ordinals can be decoded forwards only. CLUS_E_CORRUPT. */
CLUS_MUST_CHECK clus_status clus__postings_go_to(struct postings *p, uint32_t block);

/* Decode the current block's documents; its frequencies and flags, for which documents or
 * lanes are decoded before. Repeated calls are free. */
CLUS_MUST_CHECK clus_status clus__postings_docs(struct postings *p);
CLUS_MUST_CHECK clus_status clus__postings_tfs(struct postings *p);

/* Decode the current block's documents only as far as looking some up takes, and *lanes are
 * what has them; NULL where they are decoded as clus__postings_docs() does it. Repeated
 * calls are free. */
CLUS_MUST_CHECK clus_status clus__postings_lanes(struct postings *p,
                                                 const struct short_lanes **lanes);

/* Frequencies and flags of n documents anywhere in the list, each told by its block times
 * BLOCK_DOCS plus its place there, ascending; of documents that are there, else anything.
 * Of blocks of which few are asked the columns are not unpacked, and what is told of the
 * current block stays, but of a list of one block, which is entered anew. Room for n.
 * CLUS_E_CORRUPT. */
CLUS_MUST_CHECK clus_status clus__postings_tfs_of(struct postings *p, const uint32_t *which,
                                                  uint32_t n, uint32_t *tfs,
                                                  uint8_t *flags);

/* Largest block bound among blocks that overlap documents [from, to], without moving; 0
 * when there are none. `from` is not below the current block's first. */
CLUS_MUST_CHECK clus_status clus__postings_max(struct postings *p, uint32_t from,
                                               uint32_t to, uint8_t *max);

/* Positions of the i-th document of the current block: *n of them, ascending, valid until
 * the next call on p; 8 more may be loaded. Needs tfs. None for a document with
 * FLAG_EXTRA_ONLY, and none in a list without positions. */
CLUS_MUST_CHECK clus_status clus__postings_positions(struct postings *p, uint32_t i,
                                                     const uint32_t **positions,
                                                     uint32_t *n);

/* Deltas of the positions of documents [from, to) of the current block, one document after
 * the other as FORMAT.md tells: for copying. Valid until the next call on p. Needs tfs.
 * CLUS_E_ARGUMENT for a list without positions. */
CLUS_MUST_CHECK clus_status clus__postings_deltas(struct postings *p, uint32_t from,
                                                  uint32_t to, const uint32_t **deltas);

/* Ask the processor for the first positions of the current block, which will be read after
 * other work. */
void clus__postings_ahead(const struct postings *p);

/* Positions of several documents in one row, so that they can be compared in one go: those
 * of the k-th of documents at[0 .. n), which ascend, as (k + 1) << PLACE_BITS | position.
 * Those of the k-th end at ends[k]. Needs tfs; n <= PLACE_DOCS, and `out` has room
 * for the sum of the tfs, which is below 2^16, and 8. CLUS_DONE when each has to be asked
 * about alone: a position is not below PLACE_LIMIT, or damaged. */
enum { PLACE_BITS = 24, PLACE_DOCS = 255, PLACE_LIMIT = 1 << 23 };
CLUS_MUST_CHECK clus_status clus__postings_places(struct postings *p, const uint16_t *at,
                                                  uint32_t n, uint32_t *out,
                                                  uint16_t *ends);

/* Whether the block's documents have at most so many positions together; needs tfs. */
bool clus__postings_has_few(struct postings *p, uint32_t most);

/* Whether an inline list is told bit by bit: one with frequencies and no positions. */
static inline bool clus__inline_bits(const struct list_place *place)
{
    return (place->kind & (LIST_TFS | LIST_POSITIONS)) == LIST_TFS;
}

/* Whether an inline list of df documents has ordinals. */
static inline bool clus__inline_ordinals(const struct list_place *place, uint32_t df)
{
    return clus__inline_bits(place) && df > 1 && place->inline_len > 0 &&
           place->inline_bytes[0] & 0x20;
}

/* All of one or several inline lists, for copying: what cursors on them would tell, without
 * any. */
enum { INLINE_DOCS = BLOCK_DOCS - 1, INLINE_BYTES = 1024 };
struct inline_list {
    uint32_t n, n_deltas;
    uint32_t docs[INLINE_DOCS], tfs[INLINE_DOCS];
    uint8_t flags[INLINE_DOCS];
    uint32_t deltas[INLINE_BYTES]; /* as clus__postings_deltas() gives them */
};
/* Documents that ordinals stand for. */
struct inline_parent {
    const uint32_t *docs;
    uint32_t n;
};
/* Put a list behind what is in *out, which has room: the lists have INLINE_DOCS documents
 * and INLINE_BYTES bytes together at most. `parent`: what a list of ordinals is about, or
 * NULL. CLUS_E_CORRUPT, also for ordinals without it; then nothing in *out is of use. */
CLUS_MUST_CHECK clus_status clus__inline_read(const struct list_place *place, uint32_t df,
                                              uint32_t ndocs,
                                              const struct inline_parent *parent,
                                              struct inline_list *out);

void clus__postings_done(struct postings *p); /* zero-initialised is fine */

#endif
