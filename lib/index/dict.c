/* Reading the term dictionary: finding a block, and taking it apart. */
#include "index/dict.h"

#include <string.h>

#include "base/le.h"
#include "codec/varint.h"
#include "index/dict_letters.h"

uint32_t clus__dict_blocks(const struct segment *seg)
{
    return (uint32_t)(seg->streams[SEG_DTOP].len / DICT_ROW);
}

static const uint8_t *row_of(const struct segment *seg, uint32_t number)
{
    return seg->top + (size_t)number * DICT_ROW;
}

static uint64_t row_offset(const uint8_t *row)
{
    return clus__le64(row + DICT_ROW - 8) >> 16; /* the last 6 bytes */
}

/* A key as rows have it. */
struct row_key {
    uint8_t bytes[DICT_ROW_KEY];
    uint64_t head, next; /* the first 16 bytes as numbers */
};

static struct row_key row_key(struct bytes key)
{
    struct row_key cut = {.bytes = {0}};
    memcpy(cut.bytes, key.data, key.len < DICT_ROW_KEY ? key.len : DICT_ROW_KEY);
    cut.head = clus__be64(cut.bytes);
    cut.next = clus__be64(cut.bytes + 8);
    return cut;
}

/* Whether 16 bytes are not above the key's. */
static uint32_t is_not_above(uint64_t head, uint64_t next, const struct row_key *key)
{
    return (head < key->head) | ((head == key->head) & (next <= key->next));
}

enum { HEAD_ROWS = 16 }; /* rows of a head */

size_t clus__dict_head_count(const struct segment *seg)
{
    return ((size_t)clus__dict_blocks(seg) + HEAD_ROWS - 1) / HEAD_ROWS;
}

void clus__dict_heads(struct segment *seg, struct dict_head *heads)
{
    for (size_t i = 0; i < clus__dict_head_count(seg); i++) {
        const uint8_t *row = row_of(seg, (uint32_t)(i * HEAD_ROWS));
        heads[i] =
            (struct dict_head){{clus__be64(row), clus__be64(row + 8)}, row_offset(row)};
    }
    seg->heads = heads;
}

/* How many heads are not above the key: they stay in caches. Steps are made without jumps,
 * which cost as much where predictors are cold. */
static uint32_t count_heads(const struct segment *seg, const struct row_key *key)
{
    uint32_t low = 0;
    for (uint32_t left = (uint32_t)clus__dict_head_count(seg); left > 0;) {
        uint32_t half = (left + 1) / 2;
        const uint64_t *head = seg->heads[low + half - 1].key;
        low += half & -is_not_above(head[0], head[1], key);
        left -= half;
    }
    return low;
}

/* How many rows begin with 16 bytes that are not above the key's. The rows of its head, and
 * where the pages of their blocks lie, are fetched at once, since one after the other would
 * be waited for. */
static uint32_t count_rows(const struct segment *seg, const struct row_key *key)
{
    const uint32_t n = clus__dict_blocks(seg), heads = count_heads(seg, key);
    if (heads == 0)
        return 0;
    uint32_t at = (heads - 1) * HEAD_ROWS;
    for (uint32_t i = 0; i < HEAD_ROWS && i < n - at; i += 64 / DICT_ROW)
        __builtin_prefetch(row_of(seg, at + i));
    clus__stream_prefetch_places(&seg->streams[SEG_DICT], seg->heads[heads - 1].offset,
                                 (size_t)HEAD_ROWS * DICT_BLOCK_TARGET);
    const uint32_t end = HEAD_ROWS < n - at ? at + HEAD_ROWS : n;
    uint32_t count = at; /* all of them: halving would have steps wait for each other */
    for (uint32_t i = at; i < end; i++) {
        const uint8_t *row = row_of(seg, i);
        count += is_not_above(clus__be64(row), clus__be64(row + 8), key);
    }
    return count;
}

/* First row above the key; *equal: the row before it is the key cut to 26 bytes. */
static uint32_t search_rows(const struct segment *seg, const struct row_key *key,
                            bool *equal)
{
    uint32_t low = 0, high = count_rows(seg, key);
    const uint8_t *last = high > 0 ? row_of(seg, high - 1) : NULL;
    *equal = false;
    if (!last || clus__be64(last) != key->head || clus__be64(last + 8) != key->next)
        return high;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = memcmp(row_of(seg, middle), key->bytes, DICT_ROW_KEY);
        *equal |= order == 0; /* equal rows are neighbours and the last one is visited */
        if (order <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Whether a block's first key is above `key`: for keys that rows cannot tell apart. */
static clus_status begins_above(const struct segment *seg, struct store_txn *txn,
                                uint32_t number, struct bytes key, bool *above)
{
    struct dict_block b;
    clus_status st = clus__dict_load(seg, txn, number, &b);
    if (st != CLUS_OK)
        return st;
    if (b.kind != key.data[0])
        *above = b.kind > key.data[0];
    else
        *above = clus__bytes_cmp(b.first, (struct bytes){key.data + 1, key.len - 1}) > 0;
    return CLUS_OK;
}

bool clus__dict_ends_above(const struct segment *seg, uint32_t block, struct bytes key)
{
    const struct row_key cut = row_key(key);
    return block + 1 < clus__dict_blocks(seg) &&
           memcmp(row_of(seg, block + 1), cut.bytes, DICT_ROW_KEY) > 0;
}

clus_status clus__dict_locate(const struct segment *seg, struct store_txn *txn,
                              struct bytes key, uint32_t *block)
{
    const struct row_key cut = row_key(key);
    bool equal, later = true;
    uint32_t above = search_rows(seg, &cut, &equal);
    while (equal && above > 0) {
        clus_status st = begins_above(seg, txn, above - 1, key, &later);
        if (st != CLUS_OK)
            return st;
        if (!later)
            break;
        above--;
    }
    *block = above > 0 ? above - 1 : 0;
    return CLUS_OK;
}

/* What a block says of its groups but the first, which begins where the block does. */
static bool take_groups(struct dict_block *b, struct bytes *in)
{
    b->groups[0] = (struct dict_group){0, 0, b->post, b->pos};
    for (uint32_t g = 1; g < clus__dict_groups(b); g++) {
        uint64_t post, pos = 0;
        if (in->len < 4)
            return false;
        b->groups[g].strings = clus__le16(in->data);
        b->groups[g].meta = clus__le16(in->data + 2);
        *in = (struct bytes){in->data + 4, in->len - 4};
        if (!clus__varint_take64(in, &post) ||
            (b->kind == KEY_STEM && !clus__varint_take64(in, &pos)))
            return false;
        b->groups[g].post = b->post + post;
        b->groups[g].pos = b->pos + pos;
    }
    return true;
}

static bool groups_fit(const struct dict_block *b)
{
    for (uint32_t g = 1; g < clus__dict_groups(b); g++)
        if (b->groups[g].strings > b->strings.len || b->groups[g].meta > b->all_meta.len)
            return false;
    return true;
}

/* The first key of a block, of which its row of the table has all or the beginning. */
static bool take_first(const uint8_t *row, struct dict_block *b)
{
    struct bytes strings = b->strings;
    struct dict_string s;
    if (!clus__dict_string(&strings, &s) || !s.raw || s.shared > DICT_ROW_KEY - 1 ||
        row[0] != b->kind)
        return false;
    b->first = (struct bytes){row + 1, s.shared};
    if (s.rest.len == 0)
        return true;
    size_t len = s.shared + s.rest.len;
    if (len > DICT_TEXT_MAX)
        return false;
    memcpy(b->long_first, row + 1, s.shared);
    memcpy(b->long_first + s.shared, s.rest.data, s.rest.len);
    b->first = (struct bytes){b->long_first, len};
    return true;
}

clus_status clus__dict_split(const struct segment *seg, uint32_t number,
                             struct dict_block *b)
{
    struct bytes in = b->whole;
    if (in.len < 4)
        return CLUS_E_CORRUPT;
    size_t strings_len = clus__le16(in.data + 2);
    b->kind = in.data[0];
    b->n = in.data[1] + 1u;
    b->at = 0;
    b->positions = b->kind == KEY_STEM && seg->positions;
    in.data += 4;
    in.len -= 4;
    if (b->n > DICT_BLOCK_KEYS || !clus__varint_take64(&in, &b->post) ||
        !clus__varint_take64(&in, &b->pos) || !take_groups(b, &in) ||
        strings_len > in.len ||
        (b->kind != KEY_STEM && b->kind != KEY_FORM && b->kind != KEY_VALUE))
        return CLUS_E_CORRUPT;
    b->strings = (struct bytes){in.data, strings_len};
    b->all_meta = (struct bytes){in.data + strings_len, in.len - strings_len};
    b->meta = b->all_meta;
    return groups_fit(b) && take_first(row_of(seg, number), b) ? CLUS_OK : CLUS_E_CORRUPT;
}

clus_status clus__dict_ask(const struct segment *seg, struct store_txn *txn,
                           uint32_t number, struct dict_block *b)
{
    const uint8_t *row = row_of(seg, number);
    uint64_t begin = row_offset(row), end = seg->streams[SEG_DICT].len;
    if (number + 1 < clus__dict_blocks(seg))
        end = row_offset(row_of(seg, number + 1));
    if (begin >= end || end - begin > DICT_BLOCK_MAX)
        return CLUS_E_CORRUPT;
    size_t len = (size_t)(end - begin);
    const uint8_t *data =
        clus__stream_read(&seg->streams[SEG_DICT], txn, begin, len, b->room);
    for (size_t i = 0; data && i < len; i += 64)
        __builtin_prefetch(data + i);
    b->whole = (struct bytes){data, len};
    return data ? CLUS_OK : CLUS_E_CORRUPT;
}

clus_status clus__dict_load(const struct segment *seg, struct store_txn *txn,
                            uint32_t number, struct dict_block *b)
{
    clus_status st = clus__dict_ask(seg, txn, number, b);
    return st == CLUS_OK ? clus__dict_split(seg, number, b) : st;
}

clus_status clus__dict_text(const struct dict_block *b, uint32_t place,
                            uint8_t text[DICT_TEXT_MAX], size_t *len)
{
    uint32_t g = place / DICT_GROUP_KEYS, n = 0;
    struct dict_string told[DICT_GROUP_KEYS], s; /* each shares more than those before */
    if (place >= b->n)
        return CLUS_E_CORRUPT;
    struct bytes strings = {b->strings.data + b->groups[g].strings,
                            b->strings.len - b->groups[g].strings};
    for (uint32_t i = g * DICT_GROUP_KEYS; i <= place; i++) {
        if (!clus__dict_string(&strings, &s))
            return CLUS_E_CORRUPT;
        while (n > 0 && s.shared <= told[n - 1].shared)
            n--; /* none of its characters is left */
        told[n++] = s;
    }
    memcpy(text, b->first.data, b->first.len);
    *len = b->first.len;
    for (uint32_t i = 0; i < n; i++)
        if (!clus__dict_put(&told[i], text, len))
            return CLUS_E_CORRUPT;
    return CLUS_OK;
}
