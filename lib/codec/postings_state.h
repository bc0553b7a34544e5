/* Inside of a cursor over a posting list. */
#ifndef CLUS_CODEC_POSTINGS_STATE_H
#define CLUS_CODEC_POSTINGS_STATE_H

#include "codec/list_format.h"

/* A group of the block directory, in place or in `room`. */
struct block_group {
    uint32_t number;    /* UINT32_MAX: none loaded */
    uint32_t n;         /* blocks in it */
    uint32_t first;     /* first document that could be in it */
    uint64_t post, pos; /* where its first block and the positions of that begin */
    const uint8_t *last, *post_end, *pos_end, *max; /* columns */
    uint8_t room[GROUP_BLOCKS * 13 + OVERREAD];
};

enum { POSITION_HEADS = 32 }; /* read at once */

/* Where in the positions of the current block the decoder is. */
struct position_cursor {
    uint64_t at;                     /* the block's first byte in the positions stream */
    uint64_t end;                    /* past its last, UINT64_MAX where unknown */
    bool open;                       /* what follows is about the current block */
    uint64_t total;                  /* deltas in it */
    uint32_t firsts[BLOCK_DOCS + 8]; /* first delta of each document: below 2^32 */
    uint64_t first_head;             /* sub-block of heads[0]; UINT64_MAX: none read */
    const uint8_t *heads;
    /* the sub-block looked at last; UINT64_MAX: none */
    uint64_t number, data_at;
    struct column_head head;
    unsigned n; /* deltas in it */
    size_t bytes;
    const uint8_t *data;
    unsigned asked;                     /* how often for a part of it */
    uint64_t sum;                       /* of those unpacked last, at most */
    uint32_t deltas[COLUMN_VALUES + 8]; /* all of them once it was asked for often */
    uint32_t *out;                      /* for the caller */
    size_t cap;
    uint8_t heads_room[POSITION_HEADS * COLUMN_HEAD + OVERREAD];
    uint8_t room[COLUMN_MAX_BYTES + OVERREAD];
};

enum cursor_at { CURSOR_BEFORE, CURSOR_ON, CURSOR_AFTER };

struct postings_state {
    const struct pack_ops *ops;
    const void *post_stream, *pos_stream;
    void *txn;
    postings_read_fn *read;
    struct list_place place;
    struct arena *arena; /* where the state itself is; NULL: on the heap */
    postings_parent_fn *open_parent;
    const void *dictionary;
    uint64_t key_at;
    struct postings *parent;  /* NULL until a block of ordinals was met */
    uint32_t passed, ordinal; /* a document, 0 for none; ordinals of those below it end */
    uint8_t max_impact;
    enum cursor_at at;
    uint64_t blocks_len; /* bytes of all blocks: the directory follows them */
    uint64_t block_at;   /* the current block in the postings stream */
    uint32_t block_len;
    const uint8_t *block; /* its bytes once read */
    size_t tfs_at;        /* where its tf column begins, 0 until its documents are read */
    bool have_lanes;
    struct short_lanes lanes; /* its documents */
    struct position_cursor positions;
    struct block_group groups[2]; /* of the current block; of a look ahead */
    unsigned group;               /* which of the two is the former */
    uint8_t block_room[BLOCK_MAX_BYTES + OVERREAD];
};

/* Parts of the decoder; the block's documents end in `last` if `exact`. */
CLUS_MUST_CHECK clus_status clus__block_docs(struct postings *p, bool exact);
CLUS_MUST_CHECK clus_status clus__block_tfs(struct postings *p);

/* Where a block's frequencies and flags are. */
struct block_columns {
    uint32_t n; /* documents */
    struct column_head head;
    const uint8_t *tfs, *planes[FLAG_PLANES];
    uint8_t modes[FLAG_PLANES]; /* enum plane_mode */
};

/* Of the bytes of a block of n documents, whose frequencies begin at `tfs_at`. False unless
 * they fill it. */
bool clus__block_columns(struct bytes block, uint32_t n, size_t tfs_at,
                         struct block_columns *c);
/* All of them, zeros behind: room for BLOCK_DOCS + 8 and + 16. False where a tf is out of
 * range. */
bool clus__block_unpack(const struct pack_ops *ops, const struct block_columns *c,
                        uint32_t *tfs, uint8_t *flags);

/* Where a long list's block is, which may be in any direction. */
struct block_extent {
    uint64_t at; /* in the postings stream */
    uint32_t len, n;
};
CLUS_MUST_CHECK clus_status clus__block_extent(const struct postings *p, uint32_t block,
                                               struct block_extent *extent);

/* Whether the positions that deltas of `n` documents stand for are below 2^32. */
bool clus__positions_fit(const uint32_t *tfs, const uint8_t *flags, uint32_t n,
                         const uint32_t *deltas, uint32_t n_deltas);

/* The block's documents are complete. */
static inline void clus__end_docs(struct postings *p)
{
    for (unsigned i = 0; i < 8; i++)
        p->docs[p->n + i] = UINT32_MAX;
    p->have_docs = true;
}

/* Numbers of one column of a group's directory. */
static inline uint32_t clus__group_u32(const uint8_t *column, uint32_t i)
{
    return clus__le32(column + (size_t)i * 4);
}

#endif
