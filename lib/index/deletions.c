/* Deleted documents as rows and as bits. */
#include "index/deletions.h"

#include "base/alloc.h"
#include "base/le.h"

enum {
    KEY_BYTES = 8, /* owner, chunk */
    KIND_LIST = 0, /* ascending u16 */
    KIND_BITS = 1, /* one bit a document */
    CHUNK_WORDS = CHUNK_DOCS / 64,
    CHUNK_BYTES = CHUNK_DOCS / 8,
    LIST_MAX = CHUNK_BYTES / 2 /* longer lists are larger than the bits */
};

static void put_key(uint8_t key[KEY_BYTES], uint32_t owner, uint32_t chunk)
{
    clus__put_be32(key, owner);
    clus__put_be32(key + 4, chunk);
}

uint32_t clus__bits_count(const uint64_t *bits, size_t words)
{
    uint32_t n = 0;
    for (size_t i = 0; bits && i < words; i++)
        n += (uint32_t)__builtin_popcountll(bits[i]);
    return n;
}

static clus_status read_chunk(struct bytes row, uint64_t bits[CHUNK_WORDS])
{
    if (row.len < 1)
        return CLUS_E_CORRUPT;
    const uint8_t *p = row.data + 1;
    size_t len = row.len - 1;
    if (row.data[0] == KIND_BITS) {
        if (len != CHUNK_BYTES)
            return CLUS_E_CORRUPT;
        memcpy(bits, p, CHUNK_BYTES);
        return CLUS_OK;
    }
    if (row.data[0] != KIND_LIST || len % 2 != 0 || len / 2 > LIST_MAX)
        return CLUS_E_CORRUPT;
    for (size_t i = 0; i < len; i += 2) {
        uint16_t doc = clus__le16(p + i);
        if (doc >= CHUNK_DOCS || (i && doc <= clus__le16(p + i - 2)))
            return CLUS_E_CORRUPT;
        bits[doc / 64] |= 1ull << (doc % 64);
    }
    return CLUS_OK;
}

static clus_status load_rows(struct store_txn *txn, const struct segment_row *row,
                             uint64_t *bits)
{
    uint8_t from[KEY_BYTES];
    put_key(from, row->owner, 0);
    struct store_row at = {.key = {from, sizeof from}};
    clus_status st;
    while ((st = clus__store_next(txn, TABLE_DELETIONS, &at)) == CLUS_OK) {
        if (at.key.len != KEY_BYTES)
            return CLUS_E_CORRUPT;
        if (clus__be32(at.key.data) != row->owner)
            return CLUS_OK;
        uint64_t chunk = clus__be32(at.key.data + 4), words[CHUNK_WORDS] = {0};
        if (chunk * CHUNK_DOCS >= row->ndocs)
            return CLUS_E_CORRUPT;
        st = read_chunk(at.value, words);
        if (st != CLUS_OK)
            return st;
        size_t room = clus__bitset_words(row->ndocs) - chunk * CHUNK_WORDS;
        memcpy(bits + chunk * CHUNK_WORDS, words,
               (room < CHUNK_WORDS ? room : CHUNK_WORDS) * sizeof *bits);
    }
    return st == CLUS_DONE ? CLUS_OK : st;
}

/* Every bit must stand for a document of the segment, and their number be the manifest's.
 */
static bool sound(const struct segment_row *row, const uint64_t *bits)
{
    size_t words = clus__bitset_words(row->ndocs);
    uint32_t inside = clus__bits_count(bits, row->ndocs / 64);
    if (row->ndocs % 64)
        inside += (uint32_t)__builtin_popcountll(bits[row->ndocs / 64] &
                                                 ((1ull << (row->ndocs % 64)) - 1));
    return inside == row->n_deleted && clus__bits_count(bits, words) == inside;
}

clus_status clus__deletions_load(struct store_txn *txn, const struct segment_row *row,
                                 uint64_t **bits)
{
    if (row->n_deleted == 0) {
        *bits = NULL;
        return CLUS_OK;
    }
    uint64_t *loaded = clus__calloc(clus__bitset_words(row->ndocs), sizeof *loaded);
    if (!loaded)
        return CLUS_E_NOMEM;
    clus_status st = load_rows(txn, row, loaded);
    if (st == CLUS_OK && !sound(row, loaded))
        st = CLUS_E_CORRUPT;
    if (st != CLUS_OK) {
        clus__free(loaded);
        return st;
    }
    *bits = loaded;
    return CLUS_OK;
}

static clus_status put_chunk(struct store_txn *txn, uint32_t owner, uint32_t chunk,
                             const uint64_t words[CHUNK_WORDS])
{
    uint8_t key[KEY_BYTES], value[1 + CHUNK_BYTES];
    size_t len = 1;
    put_key(key, owner, chunk);
    uint32_t n = clus__bits_count(words, CHUNK_WORDS);
    if (n > LIST_MAX) {
        value[0] = KIND_BITS;
        memcpy(value + 1, words, CHUNK_BYTES);
        len += CHUNK_BYTES;
    } else {
        value[0] = KIND_LIST;
        for (uint32_t w = 0; w < CHUNK_WORDS; w++) {
            for (uint64_t rest = words[w]; rest; rest &= rest - 1, len += 2)
                clus__put_le16(value + len,
                               (uint16_t)(w * 64 + (uint32_t)__builtin_ctzll(rest)));
        }
    }
    return clus__store_put(txn, TABLE_DELETIONS, (struct bytes){key, sizeof key},
                           (struct bytes){value, len});
}

clus_status clus__deletions_store(struct store_txn *txn, uint32_t owner, uint32_t ndocs,
                                  const uint64_t *before, const uint64_t *bits)
{
    size_t words = clus__bitset_words(ndocs);
    for (size_t at = 0; at < words; at += CHUNK_WORDS) {
        uint64_t old[CHUNK_WORDS] = {0}, now[CHUNK_WORDS] = {0};
        size_t n = words - at < CHUNK_WORDS ? words - at : CHUNK_WORDS;
        if (before)
            memcpy(old, before + at, n * sizeof *old);
        memcpy(now, bits + at, n * sizeof *now);
        if (memcmp(old, now, sizeof now) == 0)
            continue;
        clus_status st = put_chunk(txn, owner, (uint32_t)(at / CHUNK_WORDS), now);
        if (st != CLUS_OK)
            return st;
    }
    return CLUS_OK;
}

clus_status clus__deletions_drop(struct store_txn *txn, uint32_t owner)
{
    uint8_t from[KEY_BYTES];
    put_key(from, owner, 0);
    struct store_row at = {.key = {from, sizeof from}};
    clus_status st;
    while ((st = clus__store_next(txn, TABLE_DELETIONS, &at)) == CLUS_OK) {
        if (at.key.len != KEY_BYTES)
            return CLUS_E_CORRUPT;
        if (clus__be32(at.key.data) != owner)
            return CLUS_OK;
        st = clus__store_del(txn, TABLE_DELETIONS, at.key);
        if (st != CLUS_OK)
            return st == CLUS_DONE ? CLUS_E_CORRUPT : st;
    }
    return st == CLUS_DONE ? CLUS_OK : st;
}
