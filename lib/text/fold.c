/* The quick fold through an array, and the thorough one through ICU's normalizer. */
#include "text/fold.h"

#include <string.h>

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "text/lookalike.h"
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

/* units → normalized → code points, mended. */
static clus_status compose(const struct classes *classes, const UNormalizer2 *form,
                           const UChar *units, int32_t n, uint32_t *points,
                           size_t *n_points)
{
    UChar composed[SCRATCH];
    UErrorCode e = U_ZERO_ERROR;
    int32_t len = unorm2_normalize(form, units, n, composed, SCRATCH, &e);
    if (e == U_BUFFER_OVERFLOW_ERROR)
        return CLUS_E_LIMIT;
    if (U_FAILURE(e))
        return clus__icu_status(e);
    size_t count = 0;
    for (int32_t i = 0; i < len;) {
        UChar32 c;
        U16_NEXT(composed, i, len, c);
        points[count++] = (uint32_t)c;
    }
    *n_points = mend_marks(classes, points, count);
    return CLUS_OK;
}

static int32_t to_units(const uint32_t *points, size_t n, UChar *units)
{
    int32_t len = 0;
    for (size_t i = 0; i < n; i++)
        U16_APPEND_UNSAFE(units, len, points[i]);
    return len;
}

/* Compose, put look-alikes right while the case still shows, then fold the case. */
static clus_status fold_thoroughly(const struct classes *classes, struct bytes word,
                                   struct folded *out)
{
    UErrorCode e = U_ZERO_ERROR;
    const UNormalizer2 *nfkc = unorm2_getNFKCInstance(&e);
    const UNormalizer2 *casefold = unorm2_getNFKCCasefoldInstance(&e);
    if (U_FAILURE(e))
        return clus__icu_status(e);
    UChar units[SCRATCH * 2];
    uint32_t points[SCRATCH];
    size_t n = 0;
    int32_t len = 0;
    clus_status st = decode(word, units, &len);
    if (st == CLUS_OK)
        st = compose(classes, nfkc, units, len, points, &n);
    if (st != CLUS_OK)
        return st;
    clus__mend_lookalikes(classes, points, n);
    len = to_units(points, n, units);
    st = compose(classes, casefold, units, len, points, &n);
    if (st != CLUS_OK)
        return st;
    out->len = 0;
    for (size_t i = 0; i < n; i++)
        if (!put(out, points[i]))
            return CLUS_E_LIMIT;
    return CLUS_OK;
}

clus_status clus__fold(const struct classes *classes, struct bytes word, struct folded *out)
{
    if (word.len > FOLD_MAX_BYTES)
        return CLUS_E_LIMIT;
    clus_status st = fold_quickly(classes, word, out);
    return st == CLUS_DONE ? fold_thoroughly(classes, word, out) : st;
}
