/*
 * Words of the surface dictionary that spell a word with other Kazakh letters: қазақстан
 * for казакстан, and the other way round. Nothing is stored for this: the sorted dictionary
 * is asked for the first key that is not below the next possible spelling, so that a walk
 * costs a search of the dictionary for each beginning that exists.
 */
#ifndef CLUS_SEARCH_SPELLINGS_H
#define CLUS_SEARCH_SPELLINGS_H

#include "base/arena.h"
#include "index/view.h"

enum {
    SPELLINGS_MAX_POINTS = 40, /* letters of a word */
    SPELLINGS_MAX_SEEKS = 256  /* in one segment */
};

struct spelling_found {
    struct bytes form, stem;
    uint64_t df; /* of the form, over all segments */
};

struct spelling_list {
    struct spelling_found *items; /* in the arena; the most frequent first */
    size_t n;
    uint64_t df; /* of the word itself, where it is met: among what was meant */
};

enum spelling_kind {
    SPELLING_MEANT,  /* Kazakh letters where others may stand for them */
    SPELLING_TYPED,  /* other letters for all Kazakh ones */
    SPELLING_BEGINS, /* as SPELLING_MEANT, of beginnings of words: no frequencies, no stems
                      */
    SPELLING_STEMS   /* as SPELLING_MEANT, but stems, the word itself among them, whose last
                        letter an ending may have made voiced */
};

/* Spellings of a folded word other than itself. None for a word of another alphabet, or one
 * that is too long. */
CLUS_MUST_CHECK clus_status clus__spellings(struct view *view, struct bytes word,
                                            enum spelling_kind kind, struct arena *arena,
                                            struct spelling_list *out);

/* Whether a word has a letter that only Kazakh has. */
bool clus__spelling_is_kazakh(struct bytes word);

#endif
