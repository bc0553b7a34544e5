/* Bytes of manifest rows. Whatever a row says is checked before anything relies on it. */
#include "index/manifest.h"

#include <math.h>

#include <clustersearch/analyzer.h>

#include "base/le.h"
#include "index/id_hashes.h"

/* No stream may need more pages than a 32-bit page number can name. */
static const uint64_t max_stream = (uint64_t)PAGE_PAYLOAD * (UINT32_MAX - 1);

enum {
    CONFIG_BYTES = 8,
    COUNTERS_BYTES = 24,
    FLAG_POSITIONS = 1,
    FLAG_COMBINED = 2,
    FLAG_NO_POSITIONS = 1,
    FLAG_NO_STORE = 2
};

static struct bytes name(const char *text)
{
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

clus_status clus__format_check(struct store_txn *txn, uint32_t *version)
{
    struct bytes row;
    clus_status st = clus__store_get(txn, TABLE_INFO, name("config"), &row);
    if (st != CLUS_OK)
        return st == CLUS_DONE ? CLUS_E_CORRUPT : st;
    if (row.len < 4)
        return CLUS_E_CORRUPT;
    *version = clus__le32(row.data);
    if (*version > FORMAT_VERSION)
        return CLUS_E_VERSION;
    return *version == 0 ? CLUS_E_CORRUPT : CLUS_OK;
}

clus_status clus__config_get(struct store_txn *txn, struct index_config *out)
{
    struct bytes row;
    clus_status st = clus__store_get(txn, TABLE_INFO, name("config"), &row);
    if (st != CLUS_OK)
        return st == CLUS_DONE ? CLUS_E_CORRUPT : st;
    if (row.len != CONFIG_BYTES || row.data[4] > CLUS_ANALYZER_WHITESPACE ||
        (row.data[5] & ~(FLAG_NO_POSITIONS | FLAG_NO_STORE)) != 0)
        return CLUS_E_CORRUPT;
    *out = (struct index_config){.analyzer = row.data[4],
                                 .no_positions = (row.data[5] & FLAG_NO_POSITIONS) != 0,
                                 .no_store = (row.data[5] & FLAG_NO_STORE) != 0};
    return CLUS_OK;
}

clus_status clus__config_put(struct store_txn *txn, const struct index_config *config)
{
    uint8_t row[CONFIG_BYTES] = {0};
    clus__put_le32(row, FORMAT_VERSION);
    row[4] = config->analyzer;
    row[5] = (uint8_t)((config->no_positions ? FLAG_NO_POSITIONS : 0) |
                       (config->no_store ? FLAG_NO_STORE : 0));
    return clus__store_put(txn, TABLE_INFO, name("config"),
                           (struct bytes){row, sizeof row});
}

clus_status clus__fingerprint_get(struct store_txn *txn, struct bytes *borrowed)
{
    clus_status st = clus__store_get(txn, TABLE_INFO, name("analyzer"), borrowed);
    return st == CLUS_DONE ? CLUS_E_CORRUPT : st;
}

clus_status clus__fingerprint_put(struct store_txn *txn, const char *text)
{
    return clus__store_put(txn, TABLE_INFO, name("analyzer"), name(text));
}

clus_status clus__counters_get(struct store_txn *txn, struct counters *out)
{
    struct bytes row;
    clus_status st = clus__store_get(txn, TABLE_INFO, name("counters"), &row);
    if (st != CLUS_OK)
        return st == CLUS_DONE ? CLUS_E_CORRUPT : st;
    if (row.len != COUNTERS_BYTES)
        return CLUS_E_CORRUPT;
    *out = (struct counters){.generation = clus__le64(row.data),
                             .next_docnum = clus__le64(row.data + 8),
                             .next_owner = clus__le32(row.data + 16)};
    return out->next_owner == 0 ? CLUS_E_CORRUPT : CLUS_OK;
}

clus_status clus__counters_put(struct store_txn *txn, const struct counters *counters)
{
    uint8_t row[COUNTERS_BYTES] = {0};
    clus__put_le64(row, counters->generation);
    clus__put_le64(row + 8, counters->next_docnum);
    clus__put_le32(row + 16, counters->next_owner);
    return clus__store_put(txn, TABLE_INFO, name("counters"),
                           (struct bytes){row, sizeof row});
}

uint64_t clus__segment_base(const struct segment_row *row, enum segment_stream stream)
{
    uint64_t at = 0;
    for (int s = 0; row->combined && s < (int)stream; s++)
        at += (row->len[s] + COMBINED_ALIGN - 1) / COMBINED_ALIGN * COMBINED_ALIGN;
    return at;
}

uint32_t clus__segment_pages(const struct segment_row *row, enum segment_stream stream)
{
    uint64_t len = row->len[stream];
    if (row->combined)
        len = clus__segment_base(row, SEG_STREAMS);
    return (uint32_t)clus__pages_for(len);
}

uint64_t clus__segment_bytes(const struct segment_row *row)
{
    uint64_t sum = 0;
    for (int s = 0; s < SEG_STREAMS; s++)
        sum += row->len[s];
    return sum;
}

static bool plausible_segment(const struct segment_row *row)
{
    if (row->owner == 0 || row->ndocs == 0 || row->ndocs > SEGMENT_MAX_DOCS ||
        row->n_deleted > row->ndocs || row->last_docnum < row->first_docnum ||
        row->last_docnum - row->first_docnum > UINT32_MAX - 1 ||
        row->last_docnum - row->first_docnum < row->ndocs - 1)
        return false;
    if (!isfinite(row->avg_len) || row->avg_len < 0.0f)
        return false;
    for (int s = 0; s < SEG_STREAMS; s++) {
        if (row->len[s] > max_stream / (row->combined ? 2 * SEG_STREAMS : 1))
            return false;
    }
    bool dense = row->last_docnum - row->first_docnum == row->ndocs - 1;
    return row->len[SEG_NORM] == 2ull * row->ndocs &&
           row->len[SEG_IDH] == clus__id_hashes_len(row->ndocs) &&
           (row->len[SEG_DNUM] == (dense ? 0 : 4ull * row->ndocs) ||
            row->len[SEG_DNUM] == 8ull * row->ndocs) &&
           (row->len[SEG_DATE] == 0 || row->len[SEG_DATE] == 8ull * row->ndocs);
}

clus_status clus__segment_row_decode(struct bytes key, struct bytes value,
                                     struct segment_row *out)
{
    if (key.len != 8 || value.len != SEGMENT_ROW_BYTES)
        return CLUS_E_CORRUPT;
    const uint8_t *v = value.data;
    struct segment_row row = {.owner = clus__le32(v),
                              .ndocs = clus__le32(v + 4),
                              .first_docnum = clus__le64(v + 8),
                              .last_docnum = clus__le64(v + 16),
                              .positions = (v[24] & FLAG_POSITIONS) != 0,
                              .combined = (v[24] & FLAG_COMBINED) != 0,
                              .sum_len = clus__le64(v + 32),
                              .n_deleted = clus__le32(v + 80),
                              .deleted_generation = clus__le64(v + 88)};
    memcpy(&row.avg_len, v + 28, sizeof row.avg_len);
    for (int i = 0; i < 3; i++)
        row.totals.n_keys[i] = clus__le64(v + 40 + (size_t)8 * i);
    row.totals.n_postings = clus__le64(v + 64);
    row.totals.n_tokens = clus__le64(v + 72);
    for (int s = 0; s < SEG_STREAMS; s++)
        row.len[s] = clus__le64(v + 96 + (size_t)8 * s);
    if (v[25] != SEG_STREAMS || clus__be64(key.data) != row.first_docnum ||
        !plausible_segment(&row))
        return CLUS_E_CORRUPT;
    *out = row;
    return CLUS_OK;
}

clus_status clus__segment_row_put(struct store_txn *txn, const struct segment_row *row)
{
    uint8_t key[8], v[SEGMENT_ROW_BYTES] = {0};
    clus__put_be64(key, row->first_docnum);
    clus__put_le32(v, row->owner);
    clus__put_le32(v + 4, row->ndocs);
    clus__put_le64(v + 8, row->first_docnum);
    clus__put_le64(v + 16, row->last_docnum);
    v[24] = (uint8_t)((row->positions ? FLAG_POSITIONS : 0) |
                      (row->combined ? FLAG_COMBINED : 0));
    v[25] = SEG_STREAMS;
    memcpy(v + 28, &row->avg_len, sizeof row->avg_len);
    clus__put_le64(v + 32, row->sum_len);
    for (int i = 0; i < 3; i++)
        clus__put_le64(v + 40 + (size_t)8 * i, row->totals.n_keys[i]);
    clus__put_le64(v + 64, row->totals.n_postings);
    clus__put_le64(v + 72, row->totals.n_tokens);
    clus__put_le32(v + 80, row->n_deleted);
    clus__put_le64(v + 88, row->deleted_generation);
    for (int s = 0; s < SEG_STREAMS; s++)
        clus__put_le64(v + 96 + (size_t)8 * s, row->len[s]);
    return clus__store_put(txn, TABLE_SEGMENTS, (struct bytes){key, sizeof key},
                           (struct bytes){v, sizeof v});
}

static clus_status del_be64(struct store_txn *txn, enum store_table table, uint64_t number)
{
    uint8_t key[8];
    clus__put_be64(key, number);
    clus_status st = clus__store_del(txn, table, (struct bytes){key, sizeof key});
    return st == CLUS_DONE ? CLUS_E_CORRUPT : st;
}

clus_status clus__segment_row_del(struct store_txn *txn, const struct segment_row *row)
{
    return del_be64(txn, TABLE_SEGMENTS, row->first_docnum);
}

clus_status clus__pack_row_decode(struct bytes key, struct bytes value,
                                  struct pack_row *out)
{
    if (key.len != 8 || value.len != PACK_ROW_BYTES)
        return CLUS_E_CORRUPT;
    const uint8_t *v = value.data;
    struct pack_row row = {.owner = clus__le32(v),
                           .ndocs = clus__le32(v + 4),
                           .n_dead = clus__le32(v + 8),
                           .n_frames = clus__le32(v + 12),
                           .first_docnum = clus__le64(v + 16),
                           .last_docnum = clus__le64(v + 24),
                           .data_len = clus__le64(v + 32),
                           .raw_bytes = clus__le64(v + 40)};
    if (row.owner == 0 || row.ndocs == 0 || row.n_dead > row.ndocs || row.n_frames == 0 ||
        row.n_frames > row.ndocs || row.last_docnum != clus__be64(key.data) ||
        row.last_docnum < row.first_docnum ||
        row.last_docnum - row.first_docnum > UINT32_MAX - 1 ||
        row.last_docnum - row.first_docnum < row.ndocs - 1 || row.data_len > max_stream / 2)
        return CLUS_E_CORRUPT;
    *out = row;
    return CLUS_OK;
}

clus_status clus__pack_row_put(struct store_txn *txn, const struct pack_row *row)
{
    uint8_t key[8], v[PACK_ROW_BYTES];
    clus__put_be64(key, row->last_docnum);
    clus__put_le32(v, row->owner);
    clus__put_le32(v + 4, row->ndocs);
    clus__put_le32(v + 8, row->n_dead);
    clus__put_le32(v + 12, row->n_frames);
    clus__put_le64(v + 16, row->first_docnum);
    clus__put_le64(v + 24, row->last_docnum);
    clus__put_le64(v + 32, row->data_len);
    clus__put_le64(v + 40, row->raw_bytes);
    return clus__store_put(txn, TABLE_PACKS, (struct bytes){key, sizeof key},
                           (struct bytes){v, sizeof v});
}

clus_status clus__pack_row_del(struct store_txn *txn, const struct pack_row *row)
{
    return del_be64(txn, TABLE_PACKS, row->last_docnum);
}

clus_status clus__owner_mark(struct store_txn *txn, enum store_table table, uint32_t owner)
{
    uint8_t key[4];
    clus__put_be32(key, owner);
    return clus__store_put(txn, table, (struct bytes){key, sizeof key},
                           (struct bytes){(const uint8_t *)"", 0});
}

clus_status clus__owner_unmark(struct store_txn *txn, enum store_table table,
                               uint32_t owner)
{
    uint8_t key[4];
    clus__put_be32(key, owner);
    clus_status st = clus__store_del(txn, table, (struct bytes){key, sizeof key});
    return st == CLUS_DONE ? CLUS_OK : st;
}
