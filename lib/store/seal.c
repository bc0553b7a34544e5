/*
 * Checksums of rows and pages. The seed is a hash of the place (table and key) under the
 * index's own random id, so bytes that are right but in the wrong place, or of another
 * index, are as wrong as flipped ones. FORMAT.md has the layout byte by byte.
 */
#include <xxhash.h>

#include "base/le.h"
#include "store/env.h"

enum { ROW_TRAILER = 8, PAGES_TABLE = 0xFF };

static uint64_t place_seed(uint64_t index_id, uint8_t table, const void *key, size_t len)
{
    uint8_t place[1 + 64];
    place[0] = table;
    memcpy(place + 1, key, len);
    return XXH3_64bits_withSeed(place, len + 1, index_id);
}

uint64_t clus__row_seal(const struct env *env, enum store_table table, struct bytes key,
                        struct bytes value)
{
    uint64_t seed = place_seed(env->index_id, (uint8_t)table, key.data, key.len);
    return XXH3_64bits_withSeed(value.data, value.len, seed);
}

bool clus__row_open(const struct env *env, enum store_table table, struct bytes key,
                    struct bytes stored, struct bytes *value)
{
    if (key.len == 0 || key.len > 64 || stored.len < ROW_TRAILER ||
        stored.len > STORE_MAX_ROW + ROW_TRAILER)
        return false;
    struct bytes bare = {stored.data, stored.len - ROW_TRAILER};
    if (clus__row_seal(env, table, key, bare) != clus__le64(stored.data + bare.len))
        return false;
    *value = bare;
    return true;
}

void clus__page_key(uint8_t key[9], uint32_t owner, uint8_t stream, uint32_t page)
{
    clus__put_be32(key, owner);
    key[4] = stream;
    clus__put_be32(key + 5, page);
}

static uint64_t page_checksum(const struct env *env, const uint8_t key[9],
                              const uint8_t *page)
{
    uint64_t seed = place_seed(env->index_id, PAGES_TABLE, key, 9);
    return XXH3_64bits_withSeed(page, PAGE_PAYLOAD, seed);
}

/* Owner and page number are in the clear so that pages can be told apart without the tree
 * that leads to them. */
void clus__page_seal(const struct env *env, const uint8_t key[9], uint8_t *page)
{
    clus__put_le64(page + PAGE_PAYLOAD, page_checksum(env, key, page));
    clus__put_le32(page + PAGE_PAYLOAD + 8, clus__be32(key));
    clus__put_le32(page + PAGE_PAYLOAD + 12, clus__be32(key + 5));
}

bool clus__page_sound(const struct env *env, const uint8_t key[9], const uint8_t *page)
{
    return clus__le32(page + PAGE_PAYLOAD + 8) == clus__be32(key) &&
           clus__le32(page + PAGE_PAYLOAD + 12) == clus__be32(key + 5) &&
           clus__le64(page + PAGE_PAYLOAD) == page_checksum(env, key, page);
}
