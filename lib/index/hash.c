/* Hashes of ids, values and contents. */
#include "index/hash.h"

#define XXH_INLINE_ALL
#define XXH_FORCE_MEMORY_ACCESS 0 /* memcpy(): its other ways break rules of aliasing */
#include <xxhash.h>

uint64_t clus__hash64(struct bytes data)
{
    return XXH3_64bits(data.data, data.len);
}

void clus__hash_digits(struct bytes data, char hex[HASH_DIGITS])
{
    static const char digits[] = "0123456789abcdef";
    XXH128_canonical_t hash;
    XXH128_canonicalFromHash(&hash, XXH3_128bits(data.data, data.len));
    for (size_t i = 0; i < sizeof hash.digest; i++) {
        hex[2 * i] = digits[hash.digest[i] >> 4];
        hex[2 * i + 1] = digits[hash.digest[i] & 15];
    }
}
