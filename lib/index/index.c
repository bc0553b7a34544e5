/* Creating, opening and closing an index. */
#include "index/index.h"

#include "base/alloc.h"
#include "base/error.h"

static clus_status new_index(struct index **out)
{
    struct index *index = clus__calloc(1, sizeof *index);
    if (!index)
        return CLUS_E_NOMEM;
    if (pthread_mutex_init(&index->lock, NULL) != 0) {
        clus__free(index);
        return CLUS_E_NOMEM;
    }
    *out = index;
    return CLUS_OK;
}

static clus_status free_index(struct index *index, clus_error *err)
{
    clus__manifest_release(index, index->current);
    clus_analyzer_free(index->analyzer);
    clus__free(index->fingerprint);
    (void)pthread_mutex_destroy(&index->lock);
    clus_status st = index->store ? clus__store_close(index->store, err) : CLUS_OK;
    clus__free(index);
    return st;
}

/* Runs inside the creation of the store, so that no index is ever seen without it. */
static clus_status write_first_rows(struct store_txn *txn, void *ctx)
{
    const struct index *index = ctx;
    struct counters counters = {.next_owner = 1};
    clus_status st = clus__config_put(txn, &index->config);
    if (st == CLUS_OK)
        st = clus__fingerprint_put(txn, clus_analyzer_fingerprint(index->analyzer));
    return st == CLUS_OK ? clus__counters_put(txn, &counters) : st;
}

static clus_status read_first_rows(struct index *index, struct store_txn *txn,
                                   clus_error *err)
{
    uint32_t version = 0;
    struct bytes fingerprint;
    clus_status st = clus__format_check(txn, &version);
    if (st == CLUS_E_VERSION)
        return clus__fail(err, st, "the index is of format %u, this library reads up to %d",
                          (unsigned)version, FORMAT_VERSION);
    if (st == CLUS_OK)
        st = clus__config_get(txn, &index->config);
    if (st == CLUS_OK)
        st = clus__fingerprint_get(txn, &fingerprint);
    if (st != CLUS_OK)
        return clus__explain(err, st, "the configuration rows");
    index->fingerprint = clus__malloc(fingerprint.len + 1);
    if (!index->fingerprint)
        return clus__explain(err, CLUS_E_NOMEM, "opening an index");
    if (fingerprint.len)
        memcpy(index->fingerprint, fingerprint.data, fingerprint.len);
    index->fingerprint[fingerprint.len] = '\0';
    return CLUS_OK;
}

static clus_status load(struct index *index, clus_error *err)
{
    struct store_txn *txn;
    clus_status st = clus__store_read(index->store, &txn, err);
    if (st != CLUS_OK)
        return st;
    st = read_first_rows(index, txn, err);
    clus__store_abort(txn);
    if (st == CLUS_OK && !index->analyzer)
        st = clus_analyzer_new((clus_analyzer_kind)index->config.analyzer, &index->analyzer,
                               err);
    if (st != CLUS_OK)
        return st;
    index->same_rules =
        strcmp(index->fingerprint, clus_analyzer_fingerprint(index->analyzer)) == 0;
    return CLUS_OK;
}

clus_status clus__index_create(const char *path, const clus_create_options *opts,
                               struct index **out, clus_error *err)
{
    struct index *index;
    clus_status st = new_index(&index);
    if (st != CLUS_OK)
        return clus__explain(err, st, "creating an index");
    index->config = (struct index_config){.analyzer = (uint8_t)opts->analyzer,
                                          .no_positions = opts->no_positions,
                                          .no_store = opts->no_store};
    struct store_options store = {
        .unsafe_build = opts->unsafe_build, .init = write_first_rows, .init_ctx = index};
    st = clus_analyzer_new(opts->analyzer, &index->analyzer, err);
    if (st == CLUS_OK)
        st = clus__store_create(path, &store, &index->store, err);
    if (st == CLUS_OK)
        st = load(index, err);
    if (st != CLUS_OK) {
        (void)free_index(index, NULL);
        return st;
    }
    *out = index;
    return CLUS_OK;
}

clus_status clus__index_open(const char *path, const clus_open_options *opts,
                             struct index **out, clus_error *err)
{
    struct index *index;
    clus_status st = new_index(&index);
    if (st != CLUS_OK)
        return clus__explain(err, st, "opening an index");
    struct store_options store = {.trusted = opts->trusted, .map_size = opts->map_size};
    st = clus__store_open(path, &store, &index->store, err);
    if (st == CLUS_OK)
        st = load(index, err);
    if (st != CLUS_OK) {
        (void)free_index(index, NULL);
        return st;
    }
    *out = index;
    return CLUS_OK;
}

clus_status clus__index_close(struct index *index, clus_error *err)
{
    return index ? free_index(index, err) : CLUS_OK;
}
