/* Integers in stored bytes: little-endian in values, big-endian in keys, any alignment. */
#ifndef CLUS_BASE_LE_H
#define CLUS_BASE_LE_H

#include <stdint.h>
#include <string.h>

#if !defined(__BYTE_ORDER__) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "clustersearch reads its index in place and needs a little-endian machine"
#endif

static inline uint16_t clus__le16(const void *p)
{
    uint16_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline uint32_t clus__le32(const void *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline uint64_t clus__le64(const void *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline void clus__put_le16(void *p, uint16_t v)
{
    memcpy(p, &v, sizeof v);
}

static inline void clus__put_le32(void *p, uint32_t v)
{
    memcpy(p, &v, sizeof v);
}

static inline void clus__put_le64(void *p, uint64_t v)
{
    memcpy(p, &v, sizeof v);
}

static inline uint32_t clus__be32(const void *p)
{
    return __builtin_bswap32(clus__le32(p));
}

static inline uint64_t clus__be64(const void *p)
{
    return __builtin_bswap64(clus__le64(p));
}

static inline void clus__put_be32(void *p, uint32_t v)
{
    clus__put_le32(p, __builtin_bswap32(v));
}

static inline void clus__put_be64(void *p, uint64_t v)
{
    clus__put_le64(p, __builtin_bswap64(v));
}

#endif
