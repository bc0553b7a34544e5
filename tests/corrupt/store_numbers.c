/* A store that holds one number everywhere: writing it, and looking whether a view is
 * whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/le.h"
#include "store_numbers.h"

struct bytes numbers_key(uint8_t key[4], uint32_t i)
{
    clus__put_be32(key, i);
    return (struct bytes){key, 4};
}

clus_status numbers_put(struct store_txn *txn, uint64_t number)
{
    uint8_t key[4], value[200], payload[PAGE_PAYLOAD];
    clus_status status = CLUS_OK;
    memset(value, (int)(number % 251), sizeof value);
    memset(payload, (int)(number % 251), sizeof payload);
    clus__put_le64(value, number);
    clus__put_le64(payload, number);
    for (uint32_t i = 0; status == CLUS_OK && i < NUMBERS_ROWS; i++)
        status = clus__store_put(txn, TABLE_PACKS, numbers_key(key, i),
                                 (struct bytes){value, sizeof value});
    for (uint32_t i = 0; status == CLUS_OK && i < NUMBERS_PAGES; i++)
        status = clus__store_put_page(txn, 1, 0, i, payload);
    return status;
}

clus_status numbers_commit(struct store *store, uint64_t number, clus_error *err)
{
    struct store_txn *txn = NULL;
    clus_status status = clus__store_write(store, number % 2, &txn, err);
    if (status != CLUS_OK)
        return status;
    status = numbers_put(txn, number);
    if (status == CLUS_OK)
        return clus__store_commit(txn, err);
    clus__store_abort(txn);
    return status;
}

uint64_t numbers_seen(struct store_txn *txn)
{
    uint8_t key[4];
    struct bytes value;
    uint64_t number = 0;
    for (uint32_t i = 0; i < NUMBERS_ROWS; i++) {
        if (clus__store_get(txn, TABLE_PACKS, numbers_key(key, i), &value) != CLUS_OK ||
            (i && clus__le64(value.data) != number))
            return UINT64_MAX;
        number = clus__le64(value.data);
    }
    for (uint32_t i = 0; i < NUMBERS_PAGES; i++) {
        const uint8_t *page = clus__store_page(txn, 1, 0, i);
        if (!page || clus__le64(page) != number || page[4000] != number % 251)
            return UINT64_MAX;
    }
    return number;
}

uint64_t numbers_in(struct store *store)
{
    struct store_txn *txn = NULL;
    if (clus__store_read(store, &txn, NULL) != CLUS_OK)
        return UINT64_MAX;
    uint64_t number = numbers_seen(txn);
    clus__store_abort(txn);
    return number;
}

struct store *numbers_open(const char *path)
{
    struct store *store = NULL;
    clus_error err = {0};
    if (clus__store_open(path, &(struct store_options){0}, &store, &err) != CLUS_OK)
        fail_msg("%s", err.message);
    return store;
}

struct store *numbers_create(const char *path, const struct store_options *opts)
{
    struct store *store = NULL;
    clus_error err = {0};
    if (clus__store_create(path, opts, &store, &err) != CLUS_OK)
        fail_msg("%s", err.message);
    assert_int_equal(clus__store_lock(store, 0, NULL), CLUS_OK);
    return store;
}

void numbers_close(struct store *store)
{
    assert_int_equal(clus__store_close(store, NULL), CLUS_OK);
}

void numbers_assert_sound(const char *path, uint64_t number)
{
    struct store *store = numbers_open(path);
    assert_int_equal(clus__store_verify(store, NULL, NULL, NULL), CLUS_OK);
    assert_int_equal(numbers_in(store), number);
    numbers_close(store);
}
