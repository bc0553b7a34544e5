/* Keys of filterable values. A value that does not fit keeps its beginning, cut at a code
 * point, and gets 32 hex digits of its hash, so that equal keys mean equal values. */
#include "index/values.h"

#include <string.h>

#include "index/hash.h"

size_t clus__value_whole(size_t field_len)
{
    return KEY_MAX - 2 - field_len;
}

size_t clus__value_key(const char *field, struct bytes value, uint8_t key[KEY_MAX])
{
    size_t n = 0, field_len = strlen(field), whole = clus__value_whole(field_len);
    key[n++] = KEY_VALUE;
    for (const char *c = field; *c; c++)
        key[n++] = (uint8_t)*c;
    key[n++] = '=';
    if (value.len <= whole) {
        if (value.len)
            memcpy(key + n, value.data, value.len);
        return n + value.len;
    }
    size_t keep = whole - HASH_DIGITS;
    while (keep > 0 && (value.data[keep] & 0xC0) == 0x80)
        keep--;
    memcpy(key + n, value.data, keep);
    clus__hash_digits(value, (char *)key + n + keep);
    return n + keep + HASH_DIGITS;
}
