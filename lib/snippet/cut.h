/*
 * Where to cut a passage around the words it is to show.
 */
#ifndef CLUS_SNIPPET_CUT_H
#define CLUS_SNIPPET_CUT_H

#include "base/bytes.h"

struct extent {
    size_t start, end; /* bytes */
};

/* Code points from `from` until `end`, a run of blanks counted once. */
size_t clus__passage_chars(struct bytes text, size_t from, size_t end);

/* At most max_chars that hold `core`, or as much of its beginning as fits. Begins and ends
 * at sentences if the one that holds the core fits, else at words. */
struct extent clus__passage_cut(struct bytes text, struct extent core, size_t max_chars);

#endif
