/* Lists of documents, frequencies and flags as bits: writing and reading. */
#include "codec/bit_list.h"

#include <string.h>

#include "base/le.h"
#include "codec/list_format.h"

enum {
    K_BITS = 5,
    HEAD_BITS = K_BITS + 1,
    UNARY_MOST = 31, /* zeros before a one */
    CODE_MOST = 2 + FLAG_PLANES + 2 * 24 + 1
};

static unsigned bits(uint32_t v)
{
    return v ? 32 - (unsigned)__builtin_clz(v) : 0;
}

/* ---- writing ---- */

struct bit_writer {
    uint8_t *out;
    size_t at; /* in bits */
};

/* The low `n` bits, 57 at most, of a number; what is behind them in `out` was zero, eight
 * bytes of it. */
static inline void put(struct bit_writer *w, uint64_t v, unsigned n)
{
    uint8_t *to = w->out + w->at / 8;
    v &= (UINT64_C(1) << n) - 1;
    clus__put_le64(to, clus__le64(to) | v << w->at % 8);
    w->at += n;
}

static inline void put_unary(struct bit_writer *w, unsigned zeros)
{
    w->at += zeros;
    put(w, 1, 1);
}

/* A document's frequency and flags: 1, 01, or 00, flags, then the frequency. */
static inline void put_code(struct bit_writer *w, uint32_t tf, uint8_t flags)
{
    if (tf == 1 && (flags == 0 || flags == FLAG_LEAD)) {
        put_unary(w, flags == FLAG_LEAD);
        return;
    }
    unsigned low = bits(tf | 1) - 1; /* the checker does not know that none is 0 */
    w->at += 2;
    put(w, flags, FLAG_PLANES);
    put_unary(w, low);
    put(w, tf, low);
}

/* The k for which gaps take fewest bits: from the least on with which none is too long, and
 * up to where the low bits alone take as many. */
static unsigned choose_k(const uint32_t *gaps, uint32_t n)
{
    uint32_t all = UNARY_MOST;
    for (uint32_t i = 0; i < n; i++)
        all |= gaps[i];
    unsigned k = bits(all) - bits(UNARY_MOST), best = k;
    uint64_t best_bits = UINT64_MAX;
    for (; k < 1u << K_BITS && (uint64_t)k * n < best_bits; k++) {
        uint64_t sum = (uint64_t)k * n;
        for (uint32_t i = 0; i < n; i++)
            sum += gaps[i] >> k;
        if (sum < best_bits) {
            best = k;
            best_bits = sum;
        }
    }
    return best;
}

/* One document takes the bits that are left in its last byte. */
static void put_one(struct bit_writer *w, const struct posting_columns *list)
{
    put_code(w, list->tfs[0], list->flags[0]);
    put(w, list->docs[0], bits(list->docs[0]));
}

static void put_some(struct bit_writer *w, const struct posting_columns *list,
                     const uint32_t *gaps, bool ordinals, size_t most)
{
    unsigned k = choose_k(gaps, list->n);
    put(w, k | (unsigned)ordinals << K_BITS, HEAD_BITS);
    for (uint32_t i = 0; i < list->n && w->at <= most * 8; i++) {
        put_unary(w, gaps[i] >> k);
        put(w, gaps[i], k);
        put_code(w, list->tfs[i], list->flags[i]);
    }
}

size_t clus__bit_list_pack(const struct posting_columns *list, const uint32_t *gaps,
                           bool ordinals, size_t most, uint8_t *out)
{
    uint8_t room[LIST_INLINE_MAX + 32] = {0};
    struct bit_writer w = {room, 0};
    if (list->n > LIST_INLINE_MAX || most > LIST_INLINE_MAX)
        return 0;
    if (list->n == 1)
        put_one(&w, list);
    else
        put_some(&w, list, gaps, ordinals, most);
    size_t len = (w.at + 7) / 8;
    if (len > most)
        return 0;
    memcpy(out, room, len);
    return len;
}

_Static_assert((UNARY_MOST + 1 + 31 + CODE_MOST + 7) / 8 + 8 < 32,
               "what may be beyond `most`");

/* ---- reading ---- */

struct bit_reader {
    const uint8_t *in;
    size_t at; /* in bits; may be behind the end, where there are zeros */
};

/* 57 bits or more. */
static inline uint64_t peek(const struct bit_reader *r)
{
    return clus__le64(r->in + r->at / 8) >> r->at % 8;
}

static inline uint32_t take(struct bit_reader *r, unsigned n)
{
    uint64_t v = peek(r) & ((UINT64_C(1) << n) - 1);
    r->at += n;
    return (uint32_t)v;
}

/* Zeros before a one; more than there may be where there is none. */
static inline unsigned take_unary(struct bit_reader *r)
{
    unsigned zeros = (unsigned)__builtin_ctzll(peek(r) | UINT64_C(1) << (UNARY_MOST + 1));
    r->at += zeros + 1;
    return zeros;
}

static inline bool take_code(struct bit_reader *r, uint32_t *tf, uint8_t *flags)
{
    unsigned way = (unsigned)peek(r) & 3;
    *tf = 1;
    *flags = way == 2 ? FLAG_LEAD : 0;
    r->at += way & 1 ? 1 : 2;
    if (way != 0)
        return true;
    *flags = (uint8_t)take(r, FLAG_PLANES);
    unsigned low = take_unary(r);
    if (low > UNARY_MOST)
        return false;
    *tf = take(r, low) | UINT32_C(1) << low;
    return *tf <= POSTINGS_MAX_TF;
}

/* One document, in all bits that are left. */
static clus_status read_one(struct bit_reader *r, size_t end, uint32_t limit,
                            struct inline_columns out)
{
    if (!take_code(r, out.tfs, out.flags) || r->at > end || end - r->at > 32)
        return CLUS_E_CORRUPT;
    out.docs[0] = take(r, (unsigned)(end - r->at));
    return out.docs[0] < limit ? CLUS_OK : CLUS_E_CORRUPT;
}

clus_status clus__bit_list_read(const struct list_place *place, uint32_t n, uint32_t limit,
                                struct inline_columns out)
{
    uint8_t room[LIST_INLINE_MAX + 24] = {0}; /* a document's bits and a load beyond */
    size_t end = (size_t)place->inline_len * 8;
    if (place->inline_len > LIST_INLINE_MAX || n > LIST_INLINE_MAX)
        return CLUS_E_CORRUPT;
    memcpy(room, place->inline_bytes, place->inline_len);
    struct bit_reader r = {room, 0};
    if (n == 1)
        return read_one(&r, end, limit, out);
    unsigned k = take(&r, HEAD_BITS) & ((1u << K_BITS) - 1);
    uint64_t doc = 0;
    for (uint32_t i = 0; i < n; i++, doc++) {
        unsigned units = take_unary(&r);
        doc += ((uint64_t)units << k) + take(&r, k);
        if (units > UNARY_MOST || !take_code(&r, &out.tfs[i], &out.flags[i]) || r.at > end)
            return CLUS_E_CORRUPT;
        out.docs[i] = (uint32_t)doc;
    }
    return doc <= limit && end - r.at < 8 && peek(&r) == 0 ? CLUS_OK : CLUS_E_CORRUPT;
}
