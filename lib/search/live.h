/*
 * Dictionaries count deleted documents until segments are merged. Whether a word that is to
 * be told, or is to stand in for another, is in a document that can still be found.
 */
#ifndef CLUS_SEARCH_LIVE_H
#define CLUS_SEARCH_LIVE_H

#include "index/view.h"

/* `df`: documents with the key, deleted ones too. Where more documents have it than are
 * deleted nothing is read; else lists are, up to the first live document. */
CLUS_MUST_CHECK clus_status clus__key_is_live(struct view *view, struct bytes key,
                                              uint64_t df, bool *live);

#endif
