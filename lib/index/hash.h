/* Hashes of ids, values and contents; part of the format. */
#ifndef CLUS_INDEX_HASH_H
#define CLUS_INDEX_HASH_H

#include "base/bytes.h"

enum { HASH_DIGITS = 32 };

uint64_t clus__hash64(struct bytes data);                         /* XXH3, 64 bits */
void clus__hash_digits(struct bytes data, char hex[HASH_DIGITS]); /* XXH3, 128 bits */

#endif
