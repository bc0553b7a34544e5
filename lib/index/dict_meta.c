/* Reading the term dictionary: what is stored about the keys of a block. */
#include <string.h>

#include "base/le.h"
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

/* Step over an inline list of fewer than 100 documents. False where a number of it takes
 * more than a byte. */
static inline bool pass_inline(const uint8_t **p, uint32_t df)
{
    const uint8_t *at = *p;
    const bool more = *at >> 6 == DICT_EXTRA_ESCAPE; /* no jump: every fourth has it */
    *p = at + 3 + more + (df >= 10) + (*at & 63);
    return !(more & (at[1] >= 0x80));
}

/* Take a number of one or two bytes off the low end of *word, whichever it is. False for a
 * longer or padded one. */
static inline bool take_short(uint64_t *word, unsigned *bits, uint64_t *out)
{
    const uint64_t two = *word >> 7 & 1, second = *word >> 8 & 0xff;
    const unsigned size = 8 + 8 * (unsigned)two;
    *out = (*word & 0x7f) | (second << 7 & -two);
    *word >>= size;
    *bits += size;
    return !(two & (uint64_t)((second == 0) | (second >= 0x80)));
}

/* Step over an entry of a stem whose list is in a stream. */
static inline bool pass_place(struct dict_block *b, const uint8_t **p)
{
    uint64_t word = clus__le64(*p), df, extra, post_len, pos_len = 0;
    unsigned bits = 0;
    const bool small = take_short(&word, &bits, &df) && take_short(&word, &bits, &extra) &&
                       take_short(&word, &bits, &post_len) &&
                       (!b->positions || take_short(&word, &bits, &pos_len));
    df >>= 2;
    if (!small || df == 0)
        return false;
    b->post += post_len;
    b->pos += pos_len;
    *p += bits / 8 + 1 + (df >= 10) + (df >= 100) + (df >= 1000);
    return true;
}

/* Step over an entry, if it is one that most keys have. Else *p is anywhere. */
static inline bool pass_stem(struct dict_block *b, const uint8_t **p)
{
    const uint32_t head = **p;
    if ((head & 3) != LIST_INLINE)
        return (head & 3) != LIST_ALIAS && pass_place(b, p);
    (*p)++;
    return head < 0x80 && head >> 2 > 0 && pass_inline(p, head >> 2);
}

static inline bool pass_form(const uint8_t **p)
{
    const uint32_t head = *(*p)++, next = **p;
    if (head < DICT_FORM_INLINE) {
        *p += head >= DICT_FORM_MORE;
        return head < DICT_FORM_MORE || next < 0x80;
    }
    if (head < DICT_FORM_LONG)
        return pass_inline(p, 1);
    (*p)++;
    return (head & 3) == LIST_INLINE && (head >> 2 & 15) != DICT_STEM_SPELLED && next > 0 &&
           next <= LIST_INLINE_MAX && pass_inline(p, next);
}

/* Step over entries that are small, as most are. */
static void pass_small(struct dict_block *b, uint32_t place)
{
    const uint8_t *p = b->meta.data, *end = p + b->meta.len;
    for (; b->at < place && end - p > DICT_SMALL_ENTRY; b->at++) {
        const uint8_t *next = p;
        if (!(b->kind == KEY_FORM   ? pass_form(&next)
              : b->kind == KEY_STEM ? pass_stem(b, &next)
                                    : false))
            break;
        p = next;
    }
    b->meta = (struct bytes){p, (size_t)(end - p)};
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
    for (pass_small(b, place); b->at < place; pass_small(b, place)) {
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
