/*
 * A data file from a stranger. First the structural check on the bytes alone, which must
 * stay inside of them; then, if it finds nothing, LMDB and all of the store on the file
 * without any further check: what passed must be safe to read, to free and to write.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "scratch.h"
#include "store/verify.h"

static char dir[PATH_MAX];

static void remove_dir(void)
{
    scratch_remove(dir);
}

static bool is_sound(const uint8_t *data, size_t size)
{
    struct snapshot_root roots[2];
    struct image_facts facts;
    const char *why;
    if (size < META_BYTES || !clus__image_metas(data, size, roots, &why))
        return false;
    const struct image image = {data, size / 4096 * 4096, size % 2 == 1};
    const struct snapshot_root *last = &roots[roots[1].txn_id > roots[0].txn_id];
    return clus__image_check(&image, last, NULL, NULL, &facts) == CLUS_OK;
}

static void read_all(struct store *store)
{
    struct store_txn *txn = NULL;
    struct store_figures figures;
    if (clus__store_read(store, &txn, NULL) != CLUS_OK)
        return;
    for (enum store_table t = TABLE_INFO; t < TABLE_COUNT; t++) {
        struct store_row row = {.key = {NULL, 0}};
        while (clus__store_next(txn, t, &row) == CLUS_OK)
            continue;
    }
    uint32_t owner = 0;
    for (int n = 0; n < 100 && clus__store_next_owner(txn, &owner) == CLUS_OK; n++, owner++)
        (void)clus__store_page(txn, owner, 0, 0);
    (void)!clus__store_figures(store, txn, &figures);
    clus__store_abort(txn);
}

static void change_all(struct store *store)
{
    static const uint8_t payload[PAGE_PAYLOAD];
    const struct bytes key = {(const uint8_t *)"fuzz", 4};
    struct store_txn *txn = NULL;
    uint32_t owner = 0, dropped;
    if (clus__store_lock(store, 0, NULL) != CLUS_OK ||
        clus__store_write(store, true, &txn, NULL) != CLUS_OK)
        return;
    clus_status status = CLUS_OK;
    for (int n = 0; n < 3 && status >= 0; n++) {
        if (clus__store_next_owner(txn, &owner) != CLUS_OK)
            break;
        status = clus__store_drop_pages(txn, owner, 5, &dropped);
    }
    for (uint32_t i = 0; i < 8 && status >= 0; i++)
        status = clus__store_put_page(txn, i * 3, 1, i, payload);
    for (enum store_table t = TABLE_INFO; t < TABLE_COUNT && status >= 0; t++)
        status = clus__store_put(txn, t, key, key);
    if (status < 0)
        clus__store_abort(txn);
    else
        (void)!clus__store_commit(txn, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct store_options trusted = {.trusted = true, .map_size = 64 << 20};
    struct store *store = NULL;
    if (!is_sound(data, size))
        return 0;
    if (!dir[0]) {
        scratch_make(dir);
        (void)atexit(remove_dir);
    }
    int fd = open(scratch_path(dir, "data.mdb"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    bool saved = fd >= 0 && write(fd, data, size) == (ssize_t)size;
    if (fd >= 0)
        (void)close(fd);
    if (!saved || clus__store_open(dir, &trusted, &store, NULL) != CLUS_OK)
        return 0;
    read_all(store);
    change_all(store);
    read_all(store);
    (void)!clus__store_verify(store, NULL, NULL, NULL);
    (void)!clus__store_close(store, NULL);
    return 0;
}
