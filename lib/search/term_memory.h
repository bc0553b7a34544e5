/*
 * What the dictionaries of segments said about the keys that queries asked for last: words
 * come again, and a look-up waits for half a dozen cache lines one after the other, most of
 * which other queries have taken away since.
 *
 * What is remembered cannot grow old: a segment never changes, and no number of one is
 * given to another. Keys that a segment does not have are remembered, too. A bounded table,
 * in sets of two: of those the one that was not asked for last makes room.
 *
 * For one thread at a time, and for the segments of one index.
 */
#ifndef CLUS_SEARCH_TERM_MEMORY_H
#define CLUS_SEARCH_TERM_MEMORY_H

#include "index/view.h"

enum {
    TERM_MEMORY_KEY = 32,     /* bytes of text; longer keys are looked up each time */
    TERM_MEMORY_ITEMS = 8192, /* for each segment and key; of 128 bytes */
};

struct term_memory;

CLUS_MUST_CHECK clus_status clus__term_memory_new(struct term_memory **out);
void clus__term_memory_free(struct term_memory *m); /* NULL is fine */

/* clus__segment_find(), by memory or else for the next time; `m` may be NULL. */
CLUS_MUST_CHECK clus_status clus__term_memory_find(struct term_memory *m,
                                                   const struct segment *seg,
                                                   struct store_txn *txn, struct bytes key,
                                                   struct term_info *out);

/* Note that a text, alone, is one word with no other reading than itself, as it stands, for
 * the analyzer that all queries have: where its stem's key was asked for just now. */
void clus__term_memory_note_word(struct term_memory *m, const struct view *view,
                                 struct bytes text);
/* Whether that is known. */
bool clus__term_memory_knows_word(struct term_memory *m, const struct view *view,
                                  struct bytes text);
/* Whether it is, and how many documents of every segment have the word. */
bool clus__term_memory_counts_word(struct term_memory *m, const struct view *view,
                                   struct bytes text, uint64_t *df);

#endif
