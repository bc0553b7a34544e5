/*
 * Edit distance of one word to the keys of a sorted dictionary, key after key: insertion,
 * deletion, replacement, and exchange of two neighbours as one edit.
 *
 * The word is an automaton whose states are bits: bit j of set d, that j letters are
 * matched with d edits. A letter of a key moves all states at once, sets are kept for each
 * letter of the last key, so what a key shares with the one before is not read again, and a
 * beginning that no state survives is known to be dead.
 */
#ifndef CLUS_SEARCH_EDIT_H
#define CLUS_SEARCH_EDIT_H

#include "base/bytes.h"

enum { EDIT_MAX_POINTS = 63 };

struct edit_walk;

/* At most `max` edits, 1..2. CLUS_E_NOMEM; CLUS_E_LIMIT for a word over 63 code points. */
CLUS_MUST_CHECK clus_status clus__edit_walk_new(struct bytes word, uint32_t max,
                                                struct edit_walk **out);
/* Whether `key` is near enough, and how near. Its first `shared` bytes are those of the key
 * before. */
bool clus__edit_step(struct edit_walk *walk, struct bytes key, size_t shared,
                     uint32_t *distance);
/* After a step that found no match: a key with these first bytes of it cannot match. 0: it
 * is not known. */
size_t clus__edit_dead(const struct edit_walk *walk);
void clus__edit_walk_free(struct edit_walk *walk); /* NULL is fine */

#endif
