/* See store_model.h. */
#include "store_model.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/le.h"

static const struct store_options plain;

static struct bytes row_key(uint8_t key[8], unsigned table, unsigned i)
{
    clus__put_be32(key, i * 3 + table);
    clus__put_be32(key + 4, ~i);
    return (struct bytes){key, table % 2 ? 8 : 4};
}

static struct bytes row_value(uint8_t value[STORE_MAX_ROW], unsigned table, unsigned i)
{
    uint64_t state = table * 1000003u + i + 1;
    size_t len = i % 40 == 0 ? STORE_MAX_ROW : i % 120;
    for (size_t k = 0; k < len; k++)
        value[k] = (uint8_t)model_random(&state);
    return (struct bytes){value, len};
}

static void page_payload(uint8_t payload[PAGE_PAYLOAD], uint32_t owner, uint8_t stream,
                         uint32_t page)
{
    uint64_t state = ((uint64_t)owner << 40 | (uint64_t)stream << 32 | page) + 1;
    for (size_t k = 0; k < PAGE_PAYLOAD; k += 8)
        clus__put_le64(payload + k, model_random(&state));
}

static clus_status put_rows(struct store_txn *txn, unsigned remainder)
{
    uint8_t key[8], value[STORE_MAX_ROW];
    for (unsigned t = 0; t < TABLE_COUNT; t++) {
        for (unsigned i = remainder; i < MODEL_ROWS; i += 2) {
            clus_status status = clus__store_put(
                txn, (enum store_table)t, row_key(key, t, i), row_value(value, t, i));
            if (status != CLUS_OK)
                return status;
        }
    }
    return CLUS_OK;
}

static clus_status put_pages(struct store_txn *txn, uint32_t owner, uint32_t n)
{
    uint8_t payload[PAGE_PAYLOAD];
    for (uint32_t i = 0; i < n * 2; i++) {
        page_payload(payload, owner, (uint8_t)(i / n), i % n);
        clus_status status =
            clus__store_put_page(txn, owner, (uint8_t)(i / n), i % n, payload);
        if (status != CLUS_OK)
            return status;
    }
    return CLUS_OK;
}

static clus_status step(struct store_txn *txn, unsigned number)
{
    uint32_t dropped;
    switch (number) {
    case 0: return put_rows(txn, 0);
    case 1: return put_pages(txn, 25, MODEL_DROPPED / 2);
    case 2: return put_pages(txn, 10, MODEL_PAGES);
    case 3: return put_rows(txn, 1);
    case 4: return put_pages(txn, 30, MODEL_PAGES);
    case 5: return clus__store_drop_pages(txn, 25, UINT32_MAX, &dropped);
    case 6: return put_rows(txn, 0); /* once more: pages are moved */
    default: return put_pages(txn, 20, MODEL_PAGES);
    }
}

static clus_status copy_data(const char *from, const char *to)
{
    char path[PATH_MAX + 16], buffer[1 << 16];
    (void)snprintf(path, sizeof path, "%s/data.mdb", from);
    FILE *in = fopen(path, "rb"), *out = fopen(to, "wb");
    size_t n = 0;
    while (in && out && (n = fread(buffer, 1, sizeof buffer, in)) > 0 &&
           fwrite(buffer, 1, n, out) == n)
        continue;
    bool done = in && out && n == 0 && fflush(out) == 0;
    if (in)
        (void)fclose(in);
    if (out)
        (void)fclose(out);
    return done ? CLUS_OK : CLUS_E_IO;
}

clus_status model_build(const char *path, const char *midway)
{
    struct store *store = NULL;
    clus_status status = clus__store_create(path, &plain, &store, NULL);
    if (status != CLUS_OK)
        return status;
    status = clus__store_lock(store, 0, NULL);
    for (unsigned i = 0; status >= 0 && i < 8; i++) {
        struct store_txn *txn = NULL;
        status = clus__store_write(store, true, &txn, NULL);
        if (status != CLUS_OK)
            break;
        status = step(txn, i);
        if (status < 0)
            clus__store_abort(txn);
        else
            status = clus__store_commit(txn, NULL);
        if (i == 4 && status >= 0 && midway)
            status = copy_data(path, midway);
    }
    clus_status closed = clus__store_close(store, NULL);
    return status < 0 ? status : closed;
}

unsigned model_size(void)
{
    return TABLE_COUNT * MODEL_ROWS + MODEL_OWNERS * 2 * MODEL_PAGES;
}

static void tally(struct model_reading *out, clus_status status, bool same)
{
    out->right += status == CLUS_OK && same;
    out->wrong += (status == CLUS_OK && !same) || status == CLUS_DONE;
    out->refused += status < 0;
}

static bool equal(struct bytes a, struct bytes b)
{
    return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}

static void read_row(struct store_txn *txn, unsigned t, unsigned i,
                     struct model_reading *out)
{
    uint8_t key[8], value[STORE_MAX_ROW];
    struct bytes got = {0};
    clus_status status =
        clus__store_get(txn, (enum store_table)t, row_key(key, t, i), &got);
    tally(out, status, status == CLUS_OK && equal(got, row_value(value, t, i)));
}

/* A walk has the same rows as single reads, in order, unless it says that it cannot. */
static void walk_table(struct store_txn *txn, unsigned t, struct model_reading *out)
{
    uint8_t key[8], value[STORE_MAX_ROW];
    struct store_row row = {.key = {NULL, 0}};
    clus_status status = CLUS_OK;
    unsigned i = 0;
    while ((status = clus__store_next(txn, (enum store_table)t, &row)) == CLUS_OK) {
        if (i >= MODEL_ROWS || !equal(row.key, row_key(key, t, i)) ||
            !equal(row.value, row_value(value, t, i)))
            out->wrong++;
        i++;
    }
    if (status == CLUS_DONE && i != MODEL_ROWS)
        out->wrong++;
}

static void read_pages(struct store_txn *txn, struct model_reading *out)
{
    uint8_t payload[PAGE_PAYLOAD];
    for (uint32_t owner = 10; owner <= 10 * MODEL_OWNERS; owner += 10) {
        for (uint32_t i = 0; i < 2 * MODEL_PAGES; i++) {
            uint8_t stream = (uint8_t)(i / MODEL_PAGES);
            uint32_t page = i % MODEL_PAGES;
            const uint8_t *got = clus__store_page(txn, owner, stream, page);
            page_payload(payload, owner, stream, page);
            tally(out, got ? CLUS_OK : CLUS_E_CORRUPT,
                  got && memcmp(got, payload, PAGE_PAYLOAD) == 0);
        }
    }
}

static void read_owners(struct store_txn *txn, struct model_reading *out)
{
    uint32_t owner = 0, n = 0;
    clus_status status;
    while ((status = clus__store_next_owner(txn, &owner)) == CLUS_OK) {
        n++;
        if (owner % 10 != 0 || owner != n * 10)
            out->wrong++;
        owner++;
    }
    if (status == CLUS_DONE && n != MODEL_OWNERS)
        out->wrong++;
}

void model_read(const char *path, struct model_reading *out)
{
    struct store *store = NULL;
    struct store_txn *txn = NULL;
    struct store_figures figures;
    *out = (struct model_reading){0};
    if (clus__store_open(path, &plain, &store, NULL) != CLUS_OK) {
        out->refused = model_size();
        return;
    }
    if (clus__store_read(store, &txn, NULL) != CLUS_OK) {
        out->refused = model_size();
    } else {
        for (unsigned t = 0; t < TABLE_COUNT; t++) {
            for (unsigned i = 0; i < MODEL_ROWS; i++)
                read_row(txn, t, i, out);
            walk_table(txn, t, out);
        }
        read_pages(txn, out);
        read_owners(txn, out);
        if (clus__store_figures(store, txn, &figures) != CLUS_OK)
            out->refused++;
        clus__store_abort(txn);
    }
    bool sound = clus__store_verify(store, NULL, NULL, NULL) == CLUS_OK;
    if (sound && out->refused)
        out->wrong++; /* the check misses what a reader meets with */
    (void)!clus__store_close(store, NULL);
}

static clus_status change(struct store_txn *txn, unsigned round)
{
    uint32_t dropped;
    struct store_row row = {.key = {NULL, 0}};
    clus_status status = CLUS_OK;
    if (round == 0)
        status = clus__store_drop_pages(txn, 20, 1000, &dropped);
    if (round == 1)
        status = put_pages(txn, 10, MODEL_PAGES); /* over the old ones */
    for (unsigned t = 0; status >= 0 && t < TABLE_COUNT; t++) {
        unsigned i = 0;
        row.key.len = 0;
        while ((status = clus__store_next(txn, (enum store_table)t, &row)) == CLUS_OK) {
            if (i++ % 3 == round && clus__store_del(txn, (enum store_table)t, row.key) < 0)
                return CLUS_E_CORRUPT;
        }
    }
    return status < 0 ? status : put_pages(txn, 40 + round, 20);
}

void model_write(const char *path)
{
    struct store *store = NULL;
    if (clus__store_open(path, &plain, &store, NULL) != CLUS_OK)
        return;
    if (clus__store_lock(store, 0, NULL) == CLUS_OK) {
        for (unsigned round = 0; round < 3; round++) {
            struct store_txn *txn = NULL;
            if (clus__store_write(store, true, &txn, NULL) != CLUS_OK)
                break;
            if (change(txn, round) < 0)
                clus__store_abort(txn);
            else
                (void)!clus__store_commit(txn, NULL);
        }
    }
    (void)!clus__store_close(store, NULL);
}
