/* Pages: values that fill one page of the file each, so that any free page fits. */
#include "base/le.h"
#include "store/env.h"
#include "store/verify.h"

enum { PAGE_KEY = 9 };

/* LMDB believes the header in front of a value when it frees the page. A page of this
 * transaction is in LMDB's heap and right by construction; one in the map comes from the
 * file. */
static bool may_free(const struct store_txn *txn, const MDB_val *value)
{
    if (value->mv_size != PAGE_BYTES)
        return false;
    const uint8_t *page = (const uint8_t *)value->mv_data - ENGINE_HEADER;
    uintptr_t at = (uintptr_t)page - (uintptr_t)txn->env->map;
    return at >= txn->env->map_bytes || clus__page_header_sound(page, at / ENGINE_PAGE);
}

static int page_cursor(struct store_txn *txn)
{
    return txn->pages ? 0 : mdb_cursor_open(txn->mdb, txn->env->pages, &txn->pages);
}

/* Remember the greatest key: above it LMDB can append, which fills leaves to the brim. */
static int find_last(struct store_txn *txn)
{
    MDB_val key, value;
    if (txn->last_known)
        return 0;
    int rc = mdb_cursor_get(txn->pages, &key, &value, MDB_LAST);
    if (rc != 0 && rc != MDB_NOTFOUND)
        return rc;
    memset(txn->last_page, 0, PAGE_KEY); /* nothing is below the least key */
    if (rc == 0 && key.mv_size == PAGE_KEY)
        memcpy(txn->last_page, key.mv_data, PAGE_KEY);
    txn->last_known = true;
    return 0;
}

static int reserve(struct store_txn *txn, MDB_val *key, MDB_val *value)
{
    if (memcmp(key->mv_data, txn->last_page, PAGE_KEY) > 0) {
        memcpy(txn->last_page, key->mv_data, PAGE_KEY);
        return mdb_cursor_put(txn->pages, key, value, MDB_RESERVE | MDB_APPEND);
    }
    int rc = mdb_cursor_put(txn->pages, key, value, MDB_RESERVE | MDB_NOOVERWRITE);
    if (rc != MDB_KEYEXIST)
        return rc;
    if (!may_free(txn, value))
        return MDB_CORRUPTED;
    value->mv_size = PAGE_BYTES;
    return mdb_cursor_put(txn->pages, key, value, MDB_RESERVE);
}

clus_status clus__store_put_page(struct store_txn *txn, uint32_t owner, uint8_t stream,
                                 uint32_t page, const uint8_t *payload)
{
    uint8_t key[PAGE_KEY];
    clus_status status = clus__txn_usable(txn, true);
    if (status != CLUS_OK)
        return status;
    clus__page_key(key, owner, stream, page);
    MDB_val k = {PAGE_KEY, key}, v = {PAGE_BYTES, NULL};
    int rc = page_cursor(txn);
    if (rc == 0)
        rc = find_last(txn);
    if (rc == 0)
        rc = reserve(txn, &k, &v);
    if (rc == 0) {
        memcpy(v.mv_data, payload, PAGE_PAYLOAD);
        clus__page_seal(txn->env, key, v.mv_data);
    }
    return clus__txn_wrote(txn, rc);
}

const uint8_t *clus__store_page(struct store_txn *txn, uint32_t owner, uint8_t stream,
                                uint32_t page)
{
    uint8_t key[PAGE_KEY];
    if (clus__txn_usable(txn, false) != CLUS_OK)
        return NULL;
    clus__page_key(key, owner, stream, page);
    MDB_val k = {PAGE_KEY, key}, v;
    if (mdb_get(txn->mdb, txn->env->pages, &k, &v) != 0 || v.mv_size != PAGE_BYTES ||
        !clus__page_sound(txn->env, key, v.mv_data))
        return NULL;
    return v.mv_data;
}

/* The first page at or above `owner`'s first. */
static int seek_owner(struct store_txn *txn, uint32_t owner, MDB_val *key, MDB_val *value)
{
    uint8_t least[PAGE_KEY];
    clus__page_key(least, owner, 0, 0);
    MDB_val at = {PAGE_KEY, least};
    int rc = page_cursor(txn);
    if (rc == 0)
        rc = mdb_cursor_get(txn->pages, &at, value, MDB_SET_RANGE);
    if (rc != 0)
        return rc;
    *key = at; /* in the page now */
    return at.mv_size == PAGE_KEY ? 0 : MDB_CORRUPTED;
}

static int drop_first(struct store_txn *txn, uint32_t owner)
{
    MDB_val key, value;
    int rc = seek_owner(txn, owner, &key, &value);
    if (rc != 0)
        return rc;
    if (clus__be32(key.mv_data) != owner)
        return MDB_NOTFOUND;
    if (!may_free(txn, &value))
        return MDB_CORRUPTED;
    return mdb_cursor_del(txn->pages, 0);
}

clus_status clus__store_drop_pages(struct store_txn *txn, uint32_t owner,
                                   uint32_t max_pages, uint32_t *dropped)
{
    clus_status status = clus__txn_usable(txn, true);
    if (status != CLUS_OK)
        return status;
    txn->last_known = false;
    int rc = 0;
    uint32_t n = 0;
    while (n < max_pages && (rc = drop_first(txn, owner)) == 0)
        n++;
    if (n > 0)
        txn->changed = true;
    if (rc == 0 || rc == MDB_NOTFOUND)
        *dropped = n;
    return rc == 0 ? CLUS_OK : clus__txn_wrote(txn, rc);
}

clus_status clus__store_next_owner(struct store_txn *txn, uint32_t *owner)
{
    MDB_val key, value;
    clus_status status = clus__txn_usable(txn, false);
    if (status != CLUS_OK)
        return status;
    int rc = seek_owner(txn, *owner, &key, &value);
    if (rc != 0)
        return clus__engine_status(txn->env, rc);
    *owner = clus__be32(key.mv_data);
    return CLUS_OK;
}

/* A page that the write transaction made itself is in memory which the commit frees, so
 * only views remember where a page lies. */
const uint8_t *clus__stream_page_slow(const struct stream *s, struct store_txn *txn,
                                      uint32_t page)
{
    if (!txn || page >= s->n_pages)
        return NULL;
    const uint8_t *payload = clus__store_page(txn, s->owner, s->id, page);
    if (payload && !txn->write)
        atomic_store_explicit(&s->pages[page], payload, memory_order_release);
    return payload;
}
