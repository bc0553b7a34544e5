/*
 * Sorting many words by their bytes. Most are told apart by the first sixteen, by which
 * they are distributed, two bytes at a time; few have to be compared.
 */
#ifndef CLUS_INDEX_TEXT_ORDER_H
#define CLUS_INDEX_TEXT_ORDER_H

#include <clustersearch/base.h>

#include "base/bytes.h"

struct text_key {
    uint64_t high, low; /* the first 16 bytes of the text */
    struct bytes text;
    uint32_t item; /* the caller's; decides between equal texts */
};

struct text_key clus__text_key(struct bytes text, uint32_t item);

/* Whether two keys are of one text. */
static inline bool clus__same_text(const struct text_key *a, const struct text_key *b)
{
    return a->high == b->high && a->low == b->low && clus__bytes_cmp(a->text, b->text) == 0;
}

/* Sort by text, equal ones by item. `spare` has room for n as well. */
CLUS_MUST_CHECK clus_status clus__sort_texts(struct text_key *keys, struct text_key *spare,
                                             size_t n);

#endif
