/*
 * Sorting many words by their bytes. Most are told apart by their first eight letters, by
 * which they are distributed; the others are compared.
 */
#ifndef CLUS_INDEX_TEXT_ORDER_H
#define CLUS_INDEX_TEXT_ORDER_H

#include <clustersearch/base.h>

#include "base/bytes.h"

struct text_key {
    uint64_t high, low; /* what the text begins with, packed */
    const uint8_t *data;
    uint32_t item; /* the caller's; decides between equal texts */
    uint16_t len;
    bool whole; /* all of the text is packed */
};

/* Of a text of at most UINT16_MAX bytes, which is borrowed. */
struct text_key clus__text_key(struct bytes text, uint32_t item);

static inline struct bytes clus__text_of(const struct text_key *key)
{
    return (struct bytes){key->data, key->len};
}

/* Whether two keys are of one text. */
static inline bool clus__same_text(const struct text_key *a, const struct text_key *b)
{
    return a->high == b->high && a->low == b->low && a->len == b->len &&
           (a->whole || memcmp(a->data, b->data, a->len) == 0);
}

/* Sort by text, equal ones by item. `spare` has room for n as well. */
CLUS_MUST_CHECK clus_status clus__sort_texts(struct text_key *keys, struct text_key *spare,
                                             size_t n);

#endif
