/*
 * Edit distance of one word to the keys of a sorted dictionary, key after key: insertion,
 * deletion, replacement, and exchange of two neighbours as one edit. What a key shares
 * with the one before is not computed again.
 */
#ifndef CLUS_SEARCH_EDIT_H
#define CLUS_SEARCH_EDIT_H

#include "base/bytes.h"

struct edit_walk;

/* At most `max` edits, 1..2. CLUS_E_NOMEM; CLUS_E_LIMIT for a word over 64 code points. */
CLUS_MUST_CHECK clus_status clus__edit_walk_new(struct bytes word, uint32_t max,
                                                struct edit_walk **out);
/* Whether `key` is near enough, and how near. */
bool clus__edit_step(struct edit_walk *walk, struct bytes key, uint32_t *distance);
void clus__edit_walk_free(struct edit_walk *walk); /* NULL is fine */

#endif
