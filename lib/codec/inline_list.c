/* Lists inside of their dictionary entry: writing and decoding them. */
#include "codec/inline_list.h"

#include <string.h>

#include "codec/bit_list.h"
#include "codec/postings_state.h"
#include "codec/varint.h"

enum {
    TARGET = 48,       /* a longer list gets a block of its own */
    ORDINALS_FIRST = 6 /* a shorter one is not worth finding its parent */
};

/* ---- writing ---- */

/* A document's gap, frequency and flags. */
static size_t put_doc(unsigned columns, uint64_t gap, uint32_t tf, uint8_t flags,
                      uint8_t *out)
{
    if (!(columns & LIST_TFS))
        return clus__varint_put(out, gap);
    uint64_t code = (uint64_t)(tf - 1) << FLAG_PLANES | flags;
    enum inline_way way = code == 0           ? INLINE_ONCE
                          : code == FLAG_LEAD ? INLINE_ONCE_LEAD
                                              : INLINE_CODE;
    size_t len = clus__varint_put(out, gap << INLINE_WAY_BITS | way);
    return way == INLINE_CODE ? len + clus__varint_put(out + len, code) : len;
}

_Static_assert(TARGET + 10 <= LIST_INLINE_MAX, "a document or a number more has room");

/* Only forms' lists may have ordinals. */
static size_t pack_form(const struct posting_columns *list,
                        const struct parent_list *parent, uint8_t bytes[LIST_INLINE_MAX])
{
    uint32_t gaps[BLOCK_DOCS];
    struct parent_list wanted = *parent;
    if (list->n < ORDINALS_FIRST)
        wanted.n = 0;
    bool ordinals = clus__block_gaps(&wanted, list->docs, list->n, 0, gaps);
    return clus__bit_list_pack(list, gaps, ordinals, TARGET, bytes);
}

size_t clus__inline_pack(unsigned columns, const struct posting_columns *list,
                         const struct parent_list *parent, uint8_t bytes[LIST_INLINE_MAX])
{
    const uint32_t *deltas = list->deltas;
    uint32_t next = 0;
    size_t len = 0;
    if (columns == LIST_TFS)
        return pack_form(list, parent, bytes);
    for (uint32_t i = 0; i < list->n; i++) {
        uint32_t tf = list->tfs[i], n = 0, gap = list->docs[i] - next;
        next = list->docs[i] + 1;
        len += put_doc(columns, gap, tf, list->flags[i], bytes + len);
        if (columns & LIST_POSITIONS)
            n = clus__positions_of(tf, list->flags[i]);
        for (; n > 0 && len <= TARGET; n--)
            len += clus__varint_put(bytes + len, *deltas++);
        if (len > TARGET)
            return 0;
    }
    return len;
}

/* ---- reading ---- */

/* Take one document off an inline list. False when it is not well-formed. */
static inline bool take_doc(uint8_t kind, struct bytes *in, uint32_t *gap, uint32_t *tf,
                            uint8_t *flags)
{
    uint32_t code = 0;
    if (!clus__varint_take(in, gap))
        return false;
    if (kind & LIST_TFS) {
        unsigned way = *gap & ((1u << INLINE_WAY_BITS) - 1);
        *gap >>= INLINE_WAY_BITS;
        code = way == INLINE_ONCE_LEAD ? FLAG_LEAD : 0;
        if (way > INLINE_CODE || (way == INLINE_CODE && !clus__varint_take(in, &code)))
            return false;
    }
    *tf = (code >> FLAG_PLANES) + 1;
    *flags = (uint8_t)(code & ((1u << FLAG_PLANES) - 1));
    return *tf <= POSTINGS_MAX_TF;
}

/* Take the `n` deltas of its positions, if the list has any; NULL: step over them. */
static inline bool take_deltas(uint8_t kind, struct bytes *in, uint32_t n, uint32_t *deltas)
{
    uint32_t delta;
    if (!(kind & LIST_POSITIONS))
        return true;
    for (uint32_t i = 0; i < n; i++)
        if (!clus__varint_take(in, deltas ? &deltas[i] : &delta))
            return false;
    return true;
}

/* A list of documents, or of ordinals, all below `limit`. But for lists of bits each number
 * takes a byte at least, so `n` documents and their deltas have room where the list has.
 */
static inline clus_status read_inline(const struct list_place *place, uint32_t n,
                                      uint32_t limit, struct inline_columns out)
{
    struct bytes in = {place->inline_bytes, place->inline_len};
    uint64_t doc = 0;
    if (clus__inline_bits(place))
        return clus__bit_list_read(place, n, limit, out);
    for (uint32_t i = 0; i < n; i++, doc++) {
        uint32_t gap;
        if (!take_doc(place->kind, &in, &gap, &out.tfs[i], &out.flags[i]))
            return CLUS_E_CORRUPT;
        uint32_t n_pos = clus__positions_of(out.tfs[i], out.flags[i]);
        if (!take_deltas(place->kind, &in, n_pos, out.deltas))
            return CLUS_E_CORRUPT;
        if (out.deltas && place->kind & LIST_POSITIONS)
            out.deltas += n_pos;
        doc += gap;
        out.docs[i] = (uint32_t)doc;
    }
    return in.len == 0 && doc <= limit ? CLUS_OK : CLUS_E_CORRUPT;
}

clus_status clus__inline_decode(struct postings *p)
{
    const struct list_place *place = &p->state->place;
    memset(p->flags, 0, sizeof p->flags);
    clus_status st = read_inline(place, p->n, p->ndocs,
                                 (struct inline_columns){p->docs, p->tfs, p->flags, NULL});
    if (st == CLUS_OK && clus__inline_ordinals(place, p->n)) {
        st = clus__ordinals_open(p);
        if (st == CLUS_OK)
            st = clus__ordinals_docs(p);
        if (st == CLUS_OK && p->docs[p->n - 1] >= p->ndocs)
            st = CLUS_E_CORRUPT;
    }
    if (st != CLUS_OK)
        return st;
    memset(p->tfs + p->n, 0, 8 * sizeof *p->tfs);
    clus__end_docs(p);
    p->have_tfs = true;
    return CLUS_OK;
}

clus_status clus__inline_read(const struct list_place *place, uint32_t df, uint32_t ndocs,
                              const struct inline_parent *parent, struct inline_list *out)
{
    const bool ordinals = clus__inline_ordinals(place, df);
    if ((place->kind & LIST_FORM) != LIST_INLINE || place->inline_len > LIST_INLINE_MAX ||
        df == 0 || df > LIST_INLINE_MAX || out->n + df > INLINE_DOCS ||
        out->n_deltas + place->inline_len > INLINE_BYTES || (ordinals && !parent))
        return CLUS_E_CORRUPT;
    struct inline_columns columns = {out->docs + out->n, out->tfs + out->n,
                                     out->flags + out->n, out->deltas + out->n_deltas};
    clus_status st = read_inline(place, df, ordinals ? parent->n : ndocs, columns);
    for (uint32_t i = 0; st == CLUS_OK && ordinals && i < df; i++)
        columns.docs[i] = parent->docs[columns.docs[i]];
    out->n += df;
    if (st != CLUS_OK || !(place->kind & LIST_POSITIONS))
        return st;
    uint32_t n = 0;
    for (uint32_t i = 0; i < df; i++)
        n += clus__positions_of(columns.tfs[i], columns.flags[i]);
    out->n_deltas += n;
    return clus__positions_fit(columns.tfs, columns.flags, df, columns.deltas, n)
               ? CLUS_OK
               : CLUS_E_CORRUPT;
}

/* Deltas of the positions of documents [from, to), one after the other; the list was found
 * well-formed by clus__inline_decode. */
void clus__inline_deltas(const struct postings *p, uint32_t from, uint32_t to,
                         uint32_t *deltas)
{
    const struct list_place *place = &p->state->place;
    struct bytes in = {place->inline_bytes, place->inline_len};
    for (uint32_t i = 0; i < to; i++) {
        uint32_t gap, tf;
        uint8_t flags;
        if (!take_doc(place->kind, &in, &gap, &tf, &flags))
            return;
        uint32_t n = clus__positions_of(tf, flags);
        if (!take_deltas(place->kind, &in, n, i >= from ? deltas : NULL))
            return;
        if (i >= from)
            deltas += n;
    }
}
