/* The quick fold through an array, and the thorough one through ICU's normalizer. */
#include "text/fold.h"

#include <string.h>

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "text/lookalike.h"
#include "text/russian_letters.h"
#include "text/utf8.h"

enum { SCRATCH = 1024 }; /* UTF-16 units; what does not fit is over LEXER_MAX_TERM anyway */

static bool put(struct folded *out, uint32_t c)
{
    uint8_t raw[4];
    size_t n = clus__utf8_put(raw, c);
    if (n > LEXER_MAX_TERM - out->len)
        return false;
    memcpy(out->text + out->len, raw, n);
    out->len += n;
    return true;
}

/* CLUS_DONE: the word needs the thorough way. */
static clus_status fold_quickly(const struct classes *classes, struct bytes word,
                                struct folded *out)
{
    const uint8_t *p = word.data, *end = p + word.len;
    unsigned scripts = 0, points = 0;
    uint8_t before = SCRIPT_NONE;
    out->len = 0;
    while (p < end) {
        size_t len;
        bool bad;
        uint32_t c = clus__utf8_at(p, end, &len, &bad);
        p += len;
        if (++points > FOLD_MAX_POINTS)
            return CLUS_E_LIMIT;
        if (c == 0x2019 || c == 0x2018)
            c = '\'';
        if (c >= CLASS_LOW_END || classes->fold[c] == FOLD_SLOW)
            return CLUS_DONE;
        uint16_t folded = classes->fold[c];
        if (folded == FOLD_DROP)
            continue;
        if (folded == FOLD_STRESS) {
            if (before != SCRIPT_CYRILLIC)
                return CLUS_DONE;
            continue;
        }
        before = classes->script[folded];
        if (folded == 0x433 || folded == 0x43A)
            before = SCRIPT_OTHER; /* г, к and a stress mark make another letter */
        scripts |= 1u << classes->script[folded];
        if (!put(out, folded))
            return CLUS_E_LIMIT;
    }
    const unsigned mixed = 1u << SCRIPT_LATIN | 1u << SCRIPT_CYRILLIC;
    return (scripts & mixed) == mixed ? CLUS_DONE : CLUS_OK;
}

static bool is_mark(UChar32 c)
{
    return u_getCombiningClass(c) != 0 || (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0;
}

/* Decode without what is to be ignored. *n is 0 for a word too long. */
static clus_status decode(struct bytes word, UChar *units, int32_t *n)
{
    const uint8_t *p = word.data, *end = p + word.len;
    unsigned points = 0, marks = 0;
    for (*n = 0; p < end;) {
        size_t len;
        bool bad;
        UChar32 c = (UChar32)clus__utf8_at(p, end, &len, &bad);
        p += len;
        if (++points > FOLD_MAX_POINTS)
            return CLUS_E_LIMIT;
        if (u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT))
            continue;
        marks = is_mark(c) ? marks + 1 : 0;
        if (marks <= FOLD_MAX_MARKS)
            U16_APPEND_UNSAFE(units, *n, c);
    }
    return CLUS_OK;
}

static bool is_cyrillic(const struct classes *classes, uint32_t c)
{
    return c < CLASS_LOW_END && classes->script[c] == SCRIPT_CYRILLIC;
}

/* One letter for several that searchers do not tell apart. */
static uint32_t plain(uint32_t c)
{
    switch (c) {
    case 0x400:               /* Ѐ */
    case 0x401: return 0x415; /* Ё */
    case 0x450:
    case 0x451: return 0x435;
    case 0x40D: return 0x418; /* Ѝ */
    case 0x45D: return 0x438;
    case 0x130: return 'I'; /* İ */
    case 0x2018:            /* apostrophes */
    case 0x2019:
    case 0x2BB:
    case 0x2BC: return '\'';
    default: return c;
    }
}

/* In place: letters made plain, and no mark left over after a Cyrillic letter or dotless
 * after an i. Works on composed text. */
static size_t mend_marks(const struct classes *classes, uint32_t *c, size_t n)
{
    size_t kept = 0;
    uint32_t base = 0;
    for (size_t i = 0; i < n; i++) {
        bool common_mark = c[i] >= 0x300 && c[i] <= 0x36F;
        if (common_mark && is_cyrillic(classes, base))
            continue;
        if (c[i] == 0x307 && kept > 0 && (c[kept - 1] == 'i' || c[kept - 1] == 'j'))
            continue;
        if (!is_mark((UChar32)c[i]))
            base = c[i];
        c[kept++] = plain(c[i]);
    }
    return kept;
}

/* A word on its way: UTF-16 for the normalizer, code points for the rest. */
struct draft {
    UChar units[SCRATCH * 2];
    int32_t n_units;
    uint32_t points[SCRATCH];
    size_t n;
};

static void to_points(struct draft *d, const UChar *units, int32_t n)
{
    d->n = 0;
    for (int32_t i = 0; i < n;) {
        U16_NEXT_UNSAFE(units, i, d->points[d->n]); /* the normalizer's output is sound */
        d->n++;
    }
}

static void to_units(struct draft *d)
{
    d->n_units = 0;
    for (size_t i = 0; i < d->n; i++)
        U16_APPEND_UNSAFE(d->units, d->n_units, d->points[i]);
}

/* Normalize, then mend marks and look-alikes. */
static clus_status refine(const struct classes *classes, const UNormalizer2 *form,
                          struct draft *d)
{
    UChar composed[SCRATCH];
    UErrorCode e = U_ZERO_ERROR;
    int32_t len = unorm2_normalize(form, d->units, d->n_units, composed, SCRATCH, &e);
    if (e == U_BUFFER_OVERFLOW_ERROR)
        return CLUS_E_LIMIT;
    if (U_FAILURE(e))
        return clus__icu_status(e);
    to_points(d, composed, len);
    d->n = mend_marks(classes, d->points, d->n);
    clus__mend_lookalikes(classes, d->points, d->n);
    to_units(d);
    return CLUS_OK;
}

/* First with the case as it is, which tells look-alikes apart, then without until nothing
 * changes: folding may uncover letters that have a twin (ß → ss), mending may bring letters
 * together that compose. */
static clus_status fold_thoroughly(const struct classes *classes, struct bytes word,
                                   struct folded *out)
{
    enum { ROUNDS = 4 };
    UErrorCode e = U_ZERO_ERROR;
    const UNormalizer2 *nfkc = unorm2_getNFKCInstance(&e);
    const UNormalizer2 *casefold = unorm2_getNFKCCasefoldInstance(&e);
    if (U_FAILURE(e))
        return clus__icu_status(e);
    struct draft d;
    d.n = 0;
    UChar last[SCRATCH * 2];
    clus_status st = decode(word, d.units, &d.n_units);
    if (st == CLUS_OK)
        st = refine(classes, nfkc, &d);
    int32_t n_last = -1;
    for (int i = 0; st == CLUS_OK && i < ROUNDS; i++) {
        if (d.n_units == n_last && u_memcmp(d.units, last, n_last) == 0)
            break;
        n_last = d.n_units;
        u_memcpy(last, d.units, n_last);
        st = refine(classes, casefold, &d);
    }
    if (st != CLUS_OK)
        return st;
    out->len = 0;
    for (size_t i = 0; i < d.n; i++)
        if (!put(out, d.points[i]))
            return CLUS_E_LIMIT;
    return CLUS_OK;
}

clus_status clus__fold(const struct classes *classes, struct bytes word, struct folded *out)
{
    if (word.len > FOLD_MAX_BYTES)
        return CLUS_E_LIMIT;
    if (word.len <= LEXER_MAX_TERM && clus__is_russian(word)) {
        memcpy(out->text, word.data, word.len);
        out->len = word.len;
        return CLUS_OK;
    }
    clus_status st = fold_quickly(classes, word, out);
    return st == CLUS_DONE ? fold_thoroughly(classes, word, out) : st;
}
