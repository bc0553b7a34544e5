/*
 * Lists inside of their dictionary entry; the bytes are described in store/FORMAT.md.
 */
#ifndef CLUS_CODEC_INLINE_LIST_H
#define CLUS_CODEC_INLINE_LIST_H

#include "codec/ordinals.h"
#include "codec/postings_writer.h"

/* The whole of a list of fewer than BLOCK_DOCS documents, with columns as in
 * clus__postings_begin(): the bytes it takes, 0 if these are too many. */
size_t clus__inline_pack(unsigned columns, const struct posting_columns *list,
                         const struct parent_list *parent, uint8_t bytes[LIST_INLINE_MAX]);

/* For a cursor on such a list: all of it but positions. */
CLUS_MUST_CHECK clus_status clus__inline_decode(struct postings *p);
/* Deltas of the positions of documents [from, to), one after the other, of a list that was
 * decoded. */
void clus__inline_deltas(const struct postings *p, uint32_t from, uint32_t to,
                         uint32_t *deltas);

#endif
