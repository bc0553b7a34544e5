/* Reading the term dictionary: finding a block, taking its keys and metadata apart. */
#include "index/dict.h"

#include <string.h>

#include "base/le.h"
#include "codec/varint.h"

uint32_t clus__dict_blocks(const struct segment *seg)
{
    return (uint32_t)(seg->streams[SEG_DTOP].len / DICT_ROW);
}

/* A row in place or in `room`; NULL when damaged. Rows never cross pages. */
static const uint8_t *read_row(const struct segment *seg, struct store_txn *txn,
                               uint32_t number, uint8_t room[DICT_ROW + STREAM_OVERREAD])
{
    return clus__stream_read(&seg->streams[SEG_DTOP], txn, (uint64_t)number * DICT_ROW,
                             DICT_ROW, room);
}

static uint64_t row_offset(const uint8_t *row)
{
    return clus__le64(row + DICT_ROW - 8) >> 16; /* the last 6 bytes */
}

/* A key as rows have it. */
struct row_key {
    uint8_t bytes[DICT_ROW_KEY];
    uint64_t head;
};

static int compare_row(const uint8_t *row, const struct row_key *key)
{
    uint64_t head = clus__be64(row);
    if (head != key->head)
        return head < key->head ? -1 : 1;
    return memcmp(row + 8, key->bytes + 8, DICT_ROW_KEY - 8);
}

/* First row above the key; *equal: the row before it is the key cut to 26 bytes. */
static clus_status search_rows(const struct segment *seg, struct store_txn *txn,
                               const struct row_key *key, uint32_t *above, bool *equal)
{
    uint32_t low = 0, high = clus__dict_blocks(seg);
    uint8_t room[DICT_ROW + STREAM_OVERREAD];
    *equal = false;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const uint8_t *row = read_row(seg, txn, middle, room);
        if (!row)
            return CLUS_E_CORRUPT;
        int order = compare_row(row, key);
        *equal |= order == 0; /* equal rows are neighbours and the last one is visited */
        if (order <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    *above = low;
    return CLUS_OK;
}

/* Whether a block's first key is above `key`: for keys that rows cannot tell apart. */
static clus_status begins_above(const struct segment *seg, struct store_txn *txn,
                                uint32_t number, struct bytes key, bool *above)
{
    struct dict_block b;
    clus_status st = clus__dict_load(seg, txn, number, &b);
    if (st != CLUS_OK)
        return st;
    uint32_t shared;
    struct bytes rest;
    if (!clus__dict_string(&b.strings, &shared, &rest) || shared != 0)
        return CLUS_E_CORRUPT;
    if (b.kind != key.data[0])
        *above = b.kind > key.data[0];
    else
        *above = clus__bytes_cmp(rest, (struct bytes){key.data + 1, key.len - 1}) > 0;
    return CLUS_OK;
}

clus_status clus__dict_locate(const struct segment *seg, struct store_txn *txn,
                              struct bytes key, uint32_t *block)
{
    struct row_key cut = {{0}, 0};
    memcpy(cut.bytes, key.data, key.len < DICT_ROW_KEY ? key.len : DICT_ROW_KEY);
    cut.head = clus__be64(cut.bytes);
    uint32_t above;
    bool equal;
    clus_status st = search_rows(seg, txn, &cut, &above, &equal);
    while (st == CLUS_OK && equal && above > 0) {
        bool later;
        st = begins_above(seg, txn, above - 1, key, &later);
        if (st != CLUS_OK || !later)
            break;
        above--;
    }
    if (st == CLUS_OK)
        *block = above > 0 ? above - 1 : 0;
    return st;
}

static clus_status split_block(const struct segment *seg, struct bytes in,
                               struct dict_block *b)
{
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
        !clus__varint_take64(&in, &b->pos) || strings_len > in.len ||
        (b->kind != KEY_STEM && b->kind != KEY_FORM && b->kind != KEY_VALUE))
        return CLUS_E_CORRUPT;
    b->strings = (struct bytes){in.data, strings_len};
    b->meta = (struct bytes){in.data + strings_len, in.len - strings_len};
    return CLUS_OK;
}

clus_status clus__dict_load(const struct segment *seg, struct store_txn *txn,
                            uint32_t number, struct dict_block *b)
{
    uint8_t room[DICT_ROW + STREAM_OVERREAD];
    const uint8_t *row = read_row(seg, txn, number, room);
    if (!row)
        return CLUS_E_CORRUPT;
    uint64_t begin = row_offset(row), end = seg->streams[SEG_DICT].len;
    if (number + 1 < clus__dict_blocks(seg)) {
        if (!(row = read_row(seg, txn, number + 1, room)))
            return CLUS_E_CORRUPT;
        end = row_offset(row);
    }
    if (begin >= end || end - begin > DICT_BLOCK_MAX)
        return CLUS_E_CORRUPT;
    size_t len = (size_t)(end - begin);
    const uint8_t *data =
        clus__stream_read(&seg->streams[SEG_DICT], txn, begin, len, b->room);
    return data ? split_block(seg, (struct bytes){data, len}, b) : CLUS_E_CORRUPT;
}

bool clus__dict_string(struct bytes *strings, uint32_t *shared, struct bytes *rest)
{
    if (strings->len < 1)
        return false;
    uint32_t head = strings->data[0], n = (head & 7) + 1, skip = 1;
    *shared = head >> 3;
    if (*shared == DICT_SHARED_ESCAPE) {
        if (strings->len < 3)
            return false;
        *shared = strings->data[1];
        n = strings->data[2];
        skip = 3;
    }
    if (n > strings->len - skip)
        return false;
    *rest = (struct bytes){strings->data + skip, n};
    strings->data += skip + n;
    strings->len -= skip + n;
    return true;
}

/* Step over strings that share more than `match` with the one before: they differ from what
 * is looked for where that does. Long ones are left to the caller. */
static uint32_t pass_by(struct bytes *strings, uint32_t i, uint32_t n, size_t match)
{
    const uint8_t *p = strings->data, *end = p + strings->len;
    for (; i < n && p < end; i++) {
        uint32_t shared = *p >> 3, skip = (*p & 7u) + 2;
        if (shared <= match || shared == DICT_SHARED_ESCAPE || skip > (size_t)(end - p))
            break;
        p += skip;
    }
    *strings = (struct bytes){p, (size_t)(end - p)};
    return i;
}

clus_status clus__dict_search(const struct dict_block *b, struct bytes text,
                              uint32_t *place)
{
    struct bytes strings = b->strings;
    size_t match = 0; /* how much of `text` the string before has; it is below `text` */
    for (uint32_t i = 0; (i = pass_by(&strings, i, b->n, match)) < b->n; i++) {
        uint32_t shared;
        struct bytes rest;
        if (!clus__dict_string(&strings, &shared, &rest))
            return CLUS_E_CORRUPT;
        if (shared > match)
            continue; /* differs from `text` where the one before does */
        if (shared < match)
            return CLUS_DONE;
        size_t left = text.len - match, n = rest.len < left ? rest.len : left, k = 0;
        while (k < n && rest.data[k] == text.data[match + k])
            k++;
        match += k;
        if (k == rest.len && match == text.len) {
            *place = i;
            return CLUS_OK;
        }
        if (k < rest.len && (match == text.len || rest.data[k] > text.data[match]))
            return CLUS_DONE;
    }
    return CLUS_DONE;
}

/* ---- metadata ---- */

static inline __attribute__((always_inline)) bool take_byte(struct bytes *in, uint8_t *out)
{
    if (in->len == 0)
        return false;
    *out = in->data[0];
    in->data++;
    in->len--;
    return true;
}

static inline __attribute__((always_inline)) bool take_run(struct bytes *in, size_t n,
                                                           struct bytes *out)
{
    if (n > in->len)
        return false;
    *out = (struct bytes){in->data, n};
    in->data += n;
    in->len -= n;
    return true;
}

static inline __attribute__((always_inline)) bool take_stem(struct bytes *in,
                                                            struct dict_entry *e)
{
    uint8_t head, rest;
    if (!take_byte(in, &head))
        return false;
    e->stem_cut = head >> 4;
    rest = head & 15;
    if (head == DICT_STEM_ESCAPE && (!take_byte(in, &e->stem_cut) || !take_byte(in, &rest)))
        return false;
    return take_run(in, rest, &e->stem_rest);
}

static inline __attribute__((always_inline)) bool take_impacts(struct bytes *in,
                                                               struct dict_entry *e)
{
    uint32_t df = e->df;
    return take_run(in, 1u + (df >= 10) + (df >= 100) + (df >= 1000), &e->impacts);
}

static inline __attribute__((always_inline)) bool take_inline(struct bytes *in,
                                                              struct dict_entry *e)
{
    uint8_t head;
    uint64_t more = 0;
    if (!take_byte(in, &head))
        return false;
    if (head >> 6 == DICT_EXTRA_ESCAPE && !clus__varint_take64(in, &more))
        return false;
    e->ttf = e->df + (head >> 6) + more;
    return take_impacts(in, e) && take_run(in, (head & 63u) + 1, &e->list);
}

static inline __attribute__((always_inline)) bool
take_place(struct dict_block *b, struct bytes *in, struct dict_entry *e)
{
    uint64_t extra = 0, pos_len = 0;
    if ((e->kind & LIST_TFS && !clus__varint_take64(in, &extra)) ||
        !clus__varint_take64(in, &e->post_len) ||
        (b->positions && !clus__varint_take64(in, &pos_len)))
        return false;
    e->ttf = e->df + extra;
    e->post = b->post;
    e->pos = b->pos;
    b->post += e->post_len;
    b->pos += pos_len;
    return take_impacts(in, e);
}

static inline __attribute__((always_inline)) bool take_alias(struct bytes *in,
                                                             struct dict_entry *e)
{
    uint64_t extra;
    if (!clus__varint_take64(in, &extra))
        return false;
    e->ttf = e->df + extra;
    return true;
}

enum { DICT_SMALL_ENTRY = 1 + 16 + 1 + 2 + 64 }; /* bytes of one that is stepped over */

/* Inlined, so that stepping over entries computes only what that needs. */
static inline __attribute__((always_inline)) bool
take_entry(struct dict_block *b, struct bytes *in, struct dict_entry *e)
{
    uint64_t head;
    if (!clus__varint_take64(in, &head) || head >> 2 > UINT32_MAX || head >> 2 == 0)
        return false;
    unsigned form = head & 3;
    e->df = (uint32_t)(head >> 2);
    e->kind = (uint8_t)(form | (b->kind == KEY_VALUE ? 0 : LIST_TFS) |
                        (b->positions ? LIST_POSITIONS : 0));
    if (b->kind == KEY_FORM ? !take_stem(in, e) : form == LIST_ALIAS)
        return false;
    return form == LIST_ALIAS    ? take_alias(in, e)
           : form == LIST_INLINE ? take_inline(in, e)
                                 : take_place(b, in, e);
}

clus_status clus__dict_entry(struct dict_block *b, struct dict_entry *e)
{
    struct bytes in = b->meta; /* a copy: it can stay in registers */
    bool good = take_entry(b, &in, e);
    b->meta = in;
    b->at++;
    return good ? CLUS_OK : CLUS_E_CORRUPT;
}

/* Step over short inline lists, which most keys have: each number of theirs is a byte. */
static uint32_t pass_inline(bool forms, struct bytes *in, uint32_t i, uint32_t n)
{
    const uint8_t *p = in->data, *end = p + in->len;
    for (; i < n && end - p > DICT_SMALL_ENTRY; i++) {
        const uint8_t *at = p + 1;
        if (*p >= 0x80 || (*p & 3) != LIST_INLINE || *p >> 2 == 0)
            break;
        if (forms) {
            if (*at == DICT_STEM_ESCAPE)
                break;
            at += 1 + (*at & 15);
        }
        if (*at >> 6 == DICT_EXTRA_ESCAPE)
            break;
        p = at + 3 + (*p >> 2 >= 10) + (*at & 63); /* impacts: one or, from 10, two */
    }
    *in = (struct bytes){p, (size_t)(end - p)};
    return i;
}

clus_status clus__dict_skip(struct dict_block *b, uint32_t n)
{
    struct bytes in = b->meta;
    bool good = true;
    for (uint32_t i = 0; good && (i = pass_inline(b->kind == KEY_FORM, &in, i, n)) < n;
         i++) {
        struct dict_entry e;
        good = take_entry(b, &in, &e);
    }
    b->meta = in;
    b->at += n;
    return good ? CLUS_OK : CLUS_E_CORRUPT;
}

void clus__dict_info(const struct dict_entry *e, struct term_info *info)
{
    struct list_place *place = &info->place;
    unsigned form = e->kind & 3;
    info->df = e->df;
    info->ttf = e->ttf;
    info->alias = form == LIST_ALIAS;
    info->max_impact = 255;
    memset(info->kth_impact, 0, sizeof info->kth_impact);
    place->kind = e->kind;
    place->inline_len = 0;
    place->post = place->pos = place->post_len = 0;
    if (form == LIST_ALIAS)
        return;
    info->max_impact = e->impacts.data[0];
    for (size_t k = 0; k < 3 && k + 1 < e->impacts.len; k++)
        info->kth_impact[k] = e->impacts.data[k + 1];
    if (form == LIST_INLINE) {
        place->inline_len = (uint8_t)e->list.len;
        memcpy(place->inline_bytes, e->list.data, e->list.len);
        return;
    }
    place->post = e->post;
    place->pos = e->pos;
    place->post_len = e->post_len;
}

clus_status clus__dict_stem(struct bytes form, const struct dict_entry *e, uint8_t *out,
                            size_t *len)
{
    if (e->stem_cut > form.len || form.len - e->stem_cut + e->stem_rest.len > DICT_TEXT_MAX)
        return CLUS_E_CORRUPT;
    size_t kept = form.len - e->stem_cut;
    memcpy(out, form.data, kept);
    if (e->stem_rest.len > 0)
        memcpy(out + kept, e->stem_rest.data, e->stem_rest.len);
    *len = kept + e->stem_rest.len;
    return CLUS_OK;
}
