/* Keys of filterable values: "field=value" behind the kind byte. */
#ifndef CLUS_INDEX_VALUES_H
#define CLUS_INDEX_VALUES_H

#include "index/segment.h"

/* Longest value of a field whose key holds it whole; a longer one ends in its hash. */
size_t clus__value_whole(size_t field_len);

/* Write the key, at most KEY_MAX bytes, and return its length. `field` is a short name of
 * ours such as "source". */
size_t clus__value_key(const char *field, struct bytes value, uint8_t key[KEY_MAX]);

#endif
