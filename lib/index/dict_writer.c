/* Writing the term dictionary, one block in memory. */
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/le.h"
#include "codec/varint.h"
#include "index/dict_letters.h"

struct dict_writer {
    struct segment_sink sink;
    uint64_t offset; /* bytes of SEG_DICT so far */
    /* the current block */
    uint32_t n;
    uint64_t post, pos;         /* of the first list in it that lies in a stream */
    bool placed;                /* there was such a list */
    uint64_t post_len, pos_len; /* of all such lists */
    struct dict_group groups[DICT_GROUPS]; /* places as distances from post and pos */
    uint8_t first[KEY_MAX], last[KEY_MAX];
    size_t first_len, last_len;
    struct buf strings, meta;
};

clus_status clus__dict_writer_new(const struct segment_sink *sink, struct dict_writer **out)
{
    struct dict_writer *w = clus__calloc(1, sizeof *w);
    if (!w)
        return CLUS_E_NOMEM;
    w->sink = *sink;
    *out = w;
    return CLUS_OK;
}

void clus__dict_writer_free(struct dict_writer *w)
{
    if (!w)
        return;
    clus__buf_done(&w->strings);
    clus__buf_done(&w->meta);
    clus__free(w);
}

static clus_status append(struct dict_writer *w, enum segment_stream stream,
                          const void *data, size_t len)
{
    return w->sink.append(w->sink.ctx, stream, data, len);
}

static clus_status append_row(struct dict_writer *w)
{
    uint8_t row[DICT_ROW] = {0};
    memcpy(row, w->first, w->first_len < DICT_ROW_KEY ? w->first_len : DICT_ROW_KEY);
    memcpy(row + DICT_ROW_KEY, &w->offset, DICT_ROW - DICT_ROW_KEY); /* little-endian */
    return append(w, SEG_DTOP, row, sizeof row);
}

enum { HEAD_MAX = 4 + 2 * 10 + (DICT_GROUPS - 1) * (4 + 2 * 10) };

static size_t put_head(const struct dict_writer *w, uint8_t head[HEAD_MAX])
{
    size_t len = 4;
    head[0] = w->first[0];
    head[1] = (uint8_t)(w->n - 1);
    clus__put_le16(head + 2, (uint16_t)w->strings.len);
    len += clus__varint_put(head + len, w->post);
    len += clus__varint_put(head + len, w->pos);
    for (uint32_t g = 1; g * DICT_GROUP_KEYS < w->n; g++) {
        const struct dict_group *group = &w->groups[g];
        clus__put_le16(head + len, (uint16_t)group->strings);
        clus__put_le16(head + len + 2, (uint16_t)group->meta);
        len += 4;
        len += clus__varint_put(head + len, group->post);
        if (w->first[0] == KEY_STEM)
            len += clus__varint_put(head + len, group->pos);
    }
    return len;
}

static clus_status flush(struct dict_writer *w)
{
    if (w->n == 0)
        return CLUS_OK;
    uint8_t head[HEAD_MAX];
    size_t len = put_head(w, head);
    clus_status st = clus__buf_status(&w->strings);
    if (st == CLUS_OK)
        st = clus__buf_status(&w->meta);
    if (st == CLUS_OK)
        st = append_row(w);
    if (st == CLUS_OK)
        st = append(w, SEG_DICT, head, len);
    if (st == CLUS_OK)
        st = append(w, SEG_DICT, w->strings.data, w->strings.len);
    if (st == CLUS_OK)
        st = append(w, SEG_DICT, w->meta.data, w->meta.len);
    w->offset += len + w->strings.len + w->meta.len;
    clus__buf_clear(&w->strings);
    clus__buf_clear(&w->meta);
    w->n = 0;
    w->post = w->pos = w->post_len = w->pos_len = 0;
    w->placed = false;
    return st;
}

static size_t common(struct bytes a, struct bytes b)
{
    size_t n = a.len < b.len ? a.len : b.len, i = 0;
    while (i + 8 <= n) {
        uint64_t differ = clus__le64(a.data + i) ^ clus__le64(b.data + i);
        if (differ)
            return i + (unsigned)__builtin_ctzll(differ) / 8;
        i += 8;
    }
    while (i < n && a.data[i] == b.data[i])
        i++;
    return i;
}

/* What a key takes at most of each of the two. */
enum {
    STRING_MAX = 3 + DICT_TEXT_MAX,
    META_MAX = 10 + 3 + DICT_TEXT_MAX + 3 * 10 + 4 + LIST_INLINE_MAX
};

/* These write at `p` and answer what follows it. */
static uint8_t *put_run(uint8_t *p, const uint8_t *data, size_t n)
{
    if (n > 0)
        memcpy(p, data, n);
    return p + n;
}

static uint8_t *put_varint(uint8_t *p, uint64_t v)
{
    return p + clus__varint_put(p, v);
}

/* Bytes of whole characters that a text shares with one of the keys before it. */
static size_t shared_with(const struct dict_writer *w, struct bytes text)
{
    struct bytes before = {w->last + 1, w->last_len - 1};
    if (w->n % DICT_GROUP_KEYS == 0)
        before = (struct bytes){w->first + 1, w->first_len - 1};
    size_t n = common(text, before);
    while (n > 0 && ((n < text.len && clus__dict_continues(text.data[n])) ||
                     (n < before.len && clus__dict_continues(before.data[n]))))
        n--;
    return n;
}

/* The first of a block is text, so that it can be compared in place: what of it is not in
 * the table. */
static uint8_t *put_string(uint8_t *p, const struct dict_writer *w, struct bytes text)
{
    uint8_t codes[DICT_TEXT_MAX];
    const size_t in_row = text.len < DICT_ROW_KEY - 1 ? text.len : DICT_ROW_KEY - 1;
    const size_t shared = w->n > 0 ? shared_with(w, text) : in_row;
    struct bytes rest = {text.data + shared, text.len - shared};
    size_t n = w->n > 0 ? clus__dict_encode(rest, codes) : SIZE_MAX;
    if (n != SIZE_MAX && shared < DICT_SHARED_ESCAPE && n >= 1 && n <= 8) {
        *p++ = (uint8_t)(shared << 3 | (n - 1));
        return put_run(p, codes, n);
    }
    *p++ = n == SIZE_MAX ? DICT_RAW : DICT_CODES;
    *p++ = (uint8_t)shared;
    *p++ = (uint8_t)(n == SIZE_MAX ? rest.len : n);
    return n == SIZE_MAX ? put_run(p, rest.data, rest.len) : put_run(p, codes, n);
}

/* A form's stem, df and layout, most often in a byte; ttf of an alias. */
static uint8_t *put_form(uint8_t *p, struct bytes form, struct bytes stem,
                         const struct written_list *list, unsigned layout)
{
    const size_t shared = common(form, stem), cut = form.len - shared,
                 rest = stem.len - shared;
    const bool alias = layout == LIST_ALIAS, more = list->ttf > list->df;
    const bool spelled = rest > 0 || cut % 2 > 0 || cut / 2 >= DICT_STEM_SPELLED;
    if (!spelled && cut <= DICT_FORM_CUT && list->df <= DICT_FORM_DF &&
        (alias || layout == LIST_INLINE)) {
        unsigned shape = !alias ? DICT_FORM_INLINE : more ? DICT_FORM_MORE : 0;
        *p++ = (uint8_t)(shape | cut / 2 << 3 | (list->df - 1));
        return alias && more ? put_varint(p, list->ttf - list->df) : p;
    }
    *p++ =
        (uint8_t)(DICT_FORM_LONG | (spelled ? DICT_STEM_SPELLED : cut / 2) << 2 | layout);
    p = put_varint(p, list->df);
    if (spelled) {
        *p++ = (uint8_t)cut;
        *p++ = (uint8_t)rest;
        p = put_run(p, stem.data + shared, rest);
    }
    return alias ? put_varint(p, list->ttf - list->df) : p;
}

static uint8_t *put_impacts(uint8_t *p, const struct written_list *list)
{
    *p++ = list->max_impact;
    return put_run(p, list->kth_impact,
                   (list->df >= 10) + (list->df >= 100) + (list->df >= 1000));
}

static uint8_t *put_inline(uint8_t *p, const struct written_list *list)
{
    uint64_t extra = list->ttf - list->df;
    unsigned few = extra < DICT_EXTRA_ESCAPE ? (unsigned)extra : DICT_EXTRA_ESCAPE;
    *p++ = (uint8_t)(few << 6 | (list->place.inline_len - 1));
    if (few == DICT_EXTRA_ESCAPE)
        p = put_varint(p, extra - DICT_EXTRA_ESCAPE);
    return put_run(put_impacts(p, list), list->place.inline_bytes, list->place.inline_len);
}

/* Lists follow one another in their streams: lengths tell where each begins. */
static uint8_t *put_place(uint8_t *p, struct dict_writer *w,
                          const struct written_list *list)
{
    if (!w->placed) {
        w->post = list->place.post;
        w->pos = list->place.pos;
        w->placed = true;
    }
    if (list->place.kind & LIST_TFS)
        p = put_varint(p, list->ttf - list->df);
    p = put_varint(p, list->place.post_len);
    if (list->place.kind & LIST_POSITIONS)
        p = put_varint(p, list->pos_len);
    w->post_len += list->place.post_len;
    w->pos_len += list->pos_len;
    return put_impacts(p, list);
}

static void begin_group(struct dict_writer *w)
{
    w->groups[w->n / DICT_GROUP_KEYS] =
        (struct dict_group){.strings = (uint32_t)w->strings.len,
                            .meta = (uint32_t)w->meta.len,
                            .post = w->post_len,
                            .pos = w->pos_len};
}

static uint8_t *put_meta(uint8_t *p, struct dict_writer *w, struct bytes key,
                         struct bytes stem, const struct written_list *list, bool alias)
{
    unsigned layout = alias ? LIST_ALIAS : list->place.kind & 3u;
    if (key.data[0] == KEY_FORM)
        p = put_form(p, (struct bytes){key.data + 1, key.len - 1}, stem, list, layout);
    else
        p = put_varint(p, (uint64_t)list->df << 2 | layout);
    if (alias)
        return p;
    return layout == LIST_INLINE ? put_inline(p, list) : put_place(p, w, list);
}

clus_status clus__dict_writer_add(struct dict_writer *w, struct bytes key,
                                  struct bytes stem, const struct written_list *list,
                                  bool alias)
{
    bool full =
        w->n == DICT_BLOCK_KEYS || w->strings.len + w->meta.len >= DICT_BLOCK_TARGET;
    if (w->n > 0 && (full || w->first[0] != key.data[0])) {
        clus_status st = flush(w);
        if (st != CLUS_OK)
            return st;
    }
    if (w->n == 0) {
        memcpy(w->first, key.data, key.len);
        w->first_len = key.len;
    }
    if (w->n % DICT_GROUP_KEYS == 0)
        begin_group(w);
    uint8_t *strings = clus__buf_room(&w->strings, STRING_MAX);
    uint8_t *meta = clus__buf_room(&w->meta, META_MAX);
    if (!strings || !meta)
        return CLUS_E_NOMEM;
    w->strings.len +=
        (size_t)(put_string(strings, w, (struct bytes){key.data + 1, key.len - 1}) -
                 strings);
    w->meta.len += (size_t)(put_meta(meta, w, key, stem, list, alias) - meta);
    memcpy(w->last, key.data, key.len);
    w->last_len = key.len;
    w->n++;
    return CLUS_OK;
}

clus_status clus__dict_writer_finish(struct dict_writer *w)
{
    return flush(w);
}
