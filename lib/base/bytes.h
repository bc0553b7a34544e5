/* A borrowed, read-only run of bytes: the one way raw input moves between layers. */
#ifndef CLUS_BASE_BYTES_H
#define CLUS_BASE_BYTES_H

#include <string.h>

#include <clustersearch/base.h>

struct bytes {
    const uint8_t *data;
    size_t len;
};

static inline struct bytes clus__bytes_of_str(clus_str s)
{
    return (struct bytes){(const uint8_t *)s.data, s.len};
}

static inline clus_str clus__str_of_bytes(struct bytes b)
{
    return (clus_str){(const char *)b.data, b.len};
}

/* Order of bytes, shorter first among equal beginnings: the order of every dictionary. */
static inline int clus__bytes_cmp(struct bytes a, struct bytes b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int c = n ? memcmp(a.data, b.data, n) : 0;
    return c ? c : (a.len > b.len) - (a.len < b.len);
}

#endif
