/* Rows of the small tables: checksummed, inside leaf pages. */
#include "base/le.h"
#include "store/env.h"

enum { MAX_KEY = 64, ROW_TRAILER = 8 };

static bool key_fits(enum store_table table, struct bytes key)
{
    return (unsigned)table < TABLE_COUNT && key.len >= 1 && key.len <= MAX_KEY;
}

clus_status clus__store_get(struct store_txn *txn, enum store_table table, struct bytes key,
                            struct bytes *value)
{
    clus_status status = clus__txn_usable(txn, false);
    if (status != CLUS_OK)
        return status;
    if (!key_fits(table, key))
        return CLUS_E_ARGUMENT;
    MDB_val k = clus__val(key.data, key.len), v;
    int rc = mdb_get(txn->mdb, txn->env->tables[table], &k, &v);
    if (rc != 0)
        return clus__engine_status(txn->env, rc);
    return clus__row_open(txn->env, table, key, (struct bytes){v.mv_data, v.mv_size}, value)
               ? CLUS_OK
               : CLUS_E_CORRUPT;
}

clus_status clus__store_put(struct store_txn *txn, enum store_table table, struct bytes key,
                            struct bytes value)
{
    uint8_t row[STORE_MAX_ROW + ROW_TRAILER];
    clus_status status = clus__txn_usable(txn, true);
    if (status != CLUS_OK)
        return status;
    if (!key_fits(table, key))
        return CLUS_E_ARGUMENT;
    if (value.len > STORE_MAX_ROW)
        return CLUS_E_LIMIT;
    if (value.len)
        memcpy(row, value.data, value.len);
    clus__put_le64(row + value.len,
                   clus__row_seal(txn->env, table, key, (struct bytes){row, value.len}));
    MDB_val k = clus__val(key.data, key.len), v = {value.len + ROW_TRAILER, row};
    int rc = mdb_put(txn->mdb, txn->env->tables[table], &k, &v, 0);
    return clus__txn_wrote(txn, rc);
}

clus_status clus__store_del(struct store_txn *txn, enum store_table table, struct bytes key)
{
    clus_status status = clus__txn_usable(txn, true);
    if (status != CLUS_OK)
        return status;
    if (!key_fits(table, key))
        return CLUS_E_ARGUMENT;
    MDB_val k = clus__val(key.data, key.len);
    int rc = mdb_del(txn->mdb, txn->env->tables[table], &k, NULL);
    return clus__txn_wrote(txn, rc);
}

/* The first key at or, to go on from the row at hand, after row->key. */
static int seek(MDB_cursor *cursor, const struct store_row *row, MDB_val *key,
                MDB_val *value)
{
    if (row->key.len == 0)
        return mdb_cursor_get(cursor, key, value, MDB_FIRST);
    *key = clus__val(row->key.data, row->key.len);
    int rc = mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);
    if (rc == 0 && row->key.data == row->key_bytes && key->mv_size == row->key.len &&
        memcmp(key->mv_data, row->key.data, key->mv_size) == 0)
        rc = mdb_cursor_get(cursor, key, value, MDB_NEXT);
    return rc;
}

clus_status clus__store_next(struct store_txn *txn, enum store_table table,
                             struct store_row *row)
{
    clus_status status = clus__txn_usable(txn, false);
    if (status != CLUS_OK)
        return status;
    if ((unsigned)table >= TABLE_COUNT || row->key.len > MAX_KEY)
        return CLUS_E_ARGUMENT;
    MDB_cursor **cursor = &txn->walks[table];
    MDB_val key, value;
    int rc = *cursor ? 0 : mdb_cursor_open(txn->mdb, txn->env->tables[table], cursor);
    if (rc == 0)
        rc = seek(*cursor, row, &key, &value);
    if (rc != 0)
        return clus__engine_status(txn->env, rc);
    struct bytes at = {key.mv_data, key.mv_size}, bare;
    if (!clus__row_open(txn->env, table, at, (struct bytes){value.mv_data, value.mv_size},
                        &bare))
        return CLUS_E_CORRUPT;
    memcpy(row->key_bytes, at.data, at.len);
    memcpy(row->value_bytes, bare.data, bare.len);
    row->key = (struct bytes){row->key_bytes, at.len};
    row->value = (struct bytes){row->value_bytes, bare.len};
    return CLUS_OK;
}
