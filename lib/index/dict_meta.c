/* Reading the term dictionary: what is stored about the keys of a block. */
#include <string.h>

#include "codec/varint.h"
#include "index/dict.h"

static inline bool take_byte(struct bytes *in, uint8_t *out)
{
    if (in->len == 0)
        return false;
    *out = in->data[0];
    in->data++;
    in->len--;
    return true;
}

static inline bool take_run(struct bytes *in, size_t n, struct bytes *out)
{
    if (n > in->len)
        return false;
    *out = (struct bytes){in->data, n};
    in->data += n;
    in->len -= n;
    return true;
}

static inline bool take_df(struct bytes *in, unsigned bits, struct dict_entry *e,
                           unsigned *low)
{
    uint64_t head;
    if (!clus__varint_take64(in, &head) || head >> bits > UINT32_MAX || head >> bits == 0)
        return false;
    e->df = (uint32_t)(head >> bits);
    *low = (unsigned)head & ((1u << bits) - 1);
    return true;
}

/* What a form's entry begins with: its stem, df and layout; ttf of an alias that is as
 * frequent as it has documents, else 0. */
static inline bool take_form(struct bytes *in, struct dict_entry *e, unsigned *layout)
{
    uint8_t head, rest;
    unsigned none;
    if (!take_byte(in, &head))
        return false;
    e->stem_rest.len = 0;
    e->ttf = 0;
    if (head < DICT_FORM_LONG) {
        e->df = (head & 7) + 1u;
        e->stem_cut = (head >> 3 & 7) * 2;
        e->ttf = head < DICT_FORM_MORE ? e->df : 0;
        *layout = head < DICT_FORM_INLINE ? LIST_ALIAS : LIST_INLINE;
        return true;
    }
    *layout = head & 3;
    e->stem_cut = (head >> 2 & 15) * 2;
    if (!take_df(in, 0, e, &none))
        return false;
    if (e->stem_cut < 2 * DICT_STEM_SPELLED)
        return true;
    return take_byte(in, &e->stem_cut) && take_byte(in, &rest) &&
           take_run(in, rest, &e->stem_rest);
}

static inline bool take_impacts(struct bytes *in, struct dict_entry *e)
{
    uint32_t df = e->df;
    return take_run(in, 1u + (df >= 10) + (df >= 100) + (df >= 1000), &e->impacts);
}

static inline bool take_inline(struct bytes *in, struct dict_entry *e)
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

static inline bool take_place(struct dict_block *b, struct bytes *in, struct dict_entry *e)
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

static inline bool take_alias(struct bytes *in, struct dict_entry *e)
{
    uint64_t extra;
    if (e->ttf > 0)
        return true;
    if (!clus__varint_take64(in, &extra))
        return false;
    e->ttf = e->df + extra;
    return true;
}

enum { DICT_SMALL_ENTRY = 1 + 16 + 1 + 2 + 64 }; /* bytes of one that is stepped over */

static bool take_entry(struct dict_block *b, struct bytes *in, struct dict_entry *e)
{
    unsigned layout;
    if (b->kind == KEY_FORM ? !take_form(in, e, &layout)
                            : !take_df(in, 2, e, &layout) || layout == LIST_ALIAS)
        return false;
    e->kind = (uint8_t)(layout | (b->kind == KEY_VALUE ? 0 : LIST_TFS) |
                        (b->positions ? LIST_POSITIONS : 0));
    return layout == LIST_ALIAS    ? take_alias(in, e)
           : layout == LIST_INLINE ? take_inline(in, e)
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

/* What follows an entry that begins at `p`, whose inline list, of fewer than 100 documents,
 * begins at `at`; NULL where a number of it takes more than a byte. */
static inline const uint8_t *after_inline(const uint8_t *at, uint32_t df)
{
    return *at >> 6 == DICT_EXTRA_ESCAPE ? NULL : at + 3 + (df >= 10) + (*at & 63);
}

/* The same for any entry that most keys have. */
static inline const uint8_t *after_small(const uint8_t *p)
{
    bool one = *p < 0x80 && (*p & 3) == LIST_INLINE && *p >> 2 > 0;
    return one ? after_inline(p + 1, *p >> 2) : NULL;
}

static inline const uint8_t *after_small_form(const uint8_t *p)
{
    const uint32_t head = *p;
    if (head < DICT_FORM_INLINE)
        return head < DICT_FORM_MORE ? p + 1 : p[1] < 0x80 ? p + 2 : NULL;
    if (head < DICT_FORM_LONG)
        return after_inline(p + 1, 1);
    bool one = (head & 3) == LIST_INLINE && (head >> 2 & 15) != DICT_STEM_SPELLED &&
               p[1] > 0 && p[1] <= LIST_INLINE_MAX;
    return one ? after_inline(p + 2, p[1]) : NULL;
}

/* Step over entries that are small, as most are. */
static uint32_t pass_small(bool forms, struct bytes *in, uint32_t i, uint32_t n)
{
    const uint8_t *p = in->data, *end = p + in->len;
    for (; i < n && end - p > DICT_SMALL_ENTRY; i++) {
        const uint8_t *next = forms ? after_small_form(p) : after_small(p);
        if (!next)
            break;
        p = next;
    }
    *in = (struct bytes){p, (size_t)(end - p)};
    return i;
}

clus_status clus__dict_seek(struct dict_block *b, uint32_t place)
{
    uint32_t g = place / DICT_GROUP_KEYS;
    if (g >= DICT_GROUPS || place >= b->n)
        return CLUS_E_CORRUPT;
    if (g > b->at / DICT_GROUP_KEYS) {
        const struct dict_group *group = &b->groups[g];
        b->meta =
            (struct bytes){b->all_meta.data + group->meta, b->all_meta.len - group->meta};
        b->post = group->post;
        b->pos = group->pos;
        b->at = g * DICT_GROUP_KEYS;
    }
    while ((b->at = pass_small(b->kind == KEY_FORM, &b->meta, b->at, place)) < place) {
        struct dict_entry passed;
        clus_status st = clus__dict_entry(b, &passed);
        if (st != CLUS_OK)
            return st;
    }
    return CLUS_OK;
}

void clus__dict_rewind(struct dict_block *b)
{
    b->meta = b->all_meta;
    b->post = b->groups[0].post;
    b->pos = b->groups[0].pos;
    b->at = 0;
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
