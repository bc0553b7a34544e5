/*
 * Lists inside of their dictionary entry that have frequencies and no positions, as those
 * of most forms are: Rice codes, bit by bit. Bytes: store/FORMAT.md, "Posting lists".
 */
#ifndef CLUS_CODEC_BIT_LIST_H
#define CLUS_CODEC_BIT_LIST_H

#include "codec/postings_writer.h"

/* The bytes that a list takes, told by `gaps` between documents or ordinals; 0 if it has
 * more than LIST_INLINE_MAX documents or takes more than `most` bytes. */
size_t clus__bit_list_pack(const struct posting_columns *list, const uint32_t *gaps,
                           bool ordinals, size_t most, uint8_t *out);

/* Where the columns of a list in its entry go. */
struct inline_columns {
    uint32_t *docs, *tfs;
    uint8_t *flags;
    uint32_t *deltas; /* of positions; NULL: not wanted */
};

/* A list of n documents or ordinals, all below `limit`. CLUS_E_CORRUPT. */
CLUS_MUST_CHECK clus_status clus__bit_list_read(const struct list_place *place, uint32_t n,
                                                uint32_t limit, struct inline_columns out);

#endif
