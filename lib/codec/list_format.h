/*
 * What writer and reader of posting lists agree on; the bytes are described in
 * store/FORMAT.md, section "Posting lists".
 */
#ifndef CLUS_CODEC_LIST_FORMAT_H
#define CLUS_CODEC_LIST_FORMAT_H

#include "base/le.h"
#include "codec/bitpack.h"
#include "codec/postings.h"

enum {
    LIST_FORM = 3, /* mask of list_place.kind for enum list_form */
    GROUP_BLOCKS = 64,
    GROUP_HEAD_BYTES = 24, /* row of the super directory */
    BLOCK_HEAD_BYTES = 5,
    FLAG_PLANES = 3,
    BLOCK_ORDINALS = 0x40, /* beside the ways of the flags in a block's head */
    BLOCK_MAX_BYTES = BLOCK_HEAD_BYTES + 2 * COLUMN_MAX_BYTES + FLAG_PLANES * 32,
    OVERREAD = 16
};

/* How an inline list with positions tells the frequency and flags of a document: the low
 * bits of the number before it, above which its gap is. */
enum inline_way {
    INLINE_ONCE,      /* tf 1, no flags */
    INLINE_ONCE_LEAD, /* tf 1, in the lead */
    INLINE_CODE,      /* a number of its own: (tf - 1) * 8 + flags */
    INLINE_WAY_BITS = 2
};

/* One flag of a block's documents. */
enum plane_mode { PLANE_NONE, PLANE_ALL, PLANE_PLACES, PLANE_BITS };

/* Columns of a group of the block directory; `n` blocks. Columns are not aligned. */
static inline size_t clus__group_bytes(uint32_t n, bool positions)
{
    return (size_t)n * (positions ? 13 : 9);
}

/* Positions before which none is expected: what the first one is stored relative to. */
static inline uint32_t clus__first_position(uint8_t flags)
{
    return flags & FLAG_TITLE ? 0 : POS_TEXT;
}

#endif
