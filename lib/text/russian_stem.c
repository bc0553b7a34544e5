/*
 * Snowball's algorithm for Russian, written from its description. An ending is taken off
 * only behind the first vowel. Letters from there on are numbers, eight of them packed into
 * one, the last one lowest: the endings of a class are told apart by their last letter,
 * then by the ones before it. Of a class the longest ending counts: where that must follow
 * а or я and does not, no shorter one is taken.
 */
#include "text/russian_stem.h"

#include <stdbool.h>
#include <string.h>

#include "text/russian_letters.h"

enum { PACKED = 8 }; /* letters: the longest reflexive, adjective and participle together */

/* What is left of a word. */
struct rest {
    const uint8_t *from, *end; /* from: behind the first vowel */
    uint64_t letters; /* 0 for those before `from` and for other than Russian ones */
};

static void pack_letters(struct rest *r)
{
    const uint8_t *p = r->end;
    r->letters = 0;
    for (unsigned k = 0; k < PACKED && p - r->from >= 2; k++) {
        p -= 2;
        uint64_t letter = clus__russian_letter(p);
        if (!letter)
            break;
        r->letters |= letter << 8 * k;
    }
}

static void take(struct rest *r, unsigned n)
{
    r->letters = n < PACKED ? r->letters >> 8 * n : 0;
    r->end -= (size_t)2 * n;
}

/* The k-th letter from the end, the last being the first. */
static inline unsigned at(uint64_t letters, unsigned k)
{
    return letters >> 8 * (k - 1) & 0xFF;
}

static inline bool is_either(unsigned letter, unsigned a, unsigned b)
{
    return (letter == a) | (letter == b);
}

static inline bool is_i(unsigned letter)
{
    return is_either(letter, RU_I, RU_YERU);
}

/* Whether the word ends in these letters, the last one lowest. */
static inline bool ends_in(uint64_t letters, uint64_t ending, unsigned n)
{
    return ((letters ^ ending) & ((UINT64_C(1) << 8 * n) - 1)) == 0;
}

/* An ending of n letters that must follow а or я. */
static inline unsigned after_a(uint64_t letters, unsigned n)
{
    return is_either(at(letters, n + 1), RU_A, RU_YA) ? n : 0;
}

/* The functions below return how many letters the ending of a class has, 0 for none. */

/* в, вши, вшись */
static unsigned gerund(uint64_t w)
{
    const uint64_t vshi = RU_VE << 16 | RU_SHA << 8 | RU_I;
    const uint64_t vshis = vshi << 16 | RU_ES << 8 | RU_SOFT;
    unsigned n = at(w, 1) == RU_VE      ? 1
                 : ends_in(w, vshi, 3)  ? 3
                 : ends_in(w, vshis, 5) ? 5
                                        : 0;
    if (n == 0)
        return 0;
    return is_i(at(w, n + 1)) ? n + 1 : after_a(w, n);
}

/* ся, сь */
static unsigned reflexive(uint64_t w)
{
    return is_either(at(w, 1), RU_YA, RU_SOFT) && at(w, 2) == RU_ES ? 2 : 0;
}

static unsigned adjective(uint64_t w)
{
    unsigned second = at(w, 2), third = at(w, 3);
    bool fits = false;
    switch (at(w, 1)) {
    case RU_IE:
    case RU_SHORT_I:
    case RU_EM: fits = is_i(second) || is_either(second, RU_IE, RU_O); break;
    case RU_HA: fits = is_i(second); break;
    case RU_YU:
        fits = is_either(second, RU_IE, RU_O) || is_either(second, RU_U, RU_YU);
        break;
    case RU_YA: fits = is_either(second, RU_A, RU_YA); break;
    case RU_I: return second == RU_EM && is_i(third) ? 3 : 0;
    case RU_O: return second == RU_GHE && is_either(third, RU_IE, RU_O) ? 3 : 0;
    case RU_U: return second == RU_EM && is_either(third, RU_IE, RU_O) ? 3 : 0;
    default: break;
    }
    return fits ? 2 : 0;
}

static unsigned participle(uint64_t w)
{
    unsigned second = at(w, 2), third = at(w, 3);
    switch (at(w, 1)) {
    case RU_EM: return second == RU_IE ? after_a(w, 2) : 0;
    case RU_EN: return second == RU_EN ? after_a(w, 2) : 0;
    case RU_SHA:
        if (second != RU_VE)
            return 0;
        return is_i(third) ? 3 : after_a(w, 2);
    case RU_SHCHA:
        if (second != RU_YU)
            return after_a(w, 1);
        return third == RU_U ? 3 : after_a(w, 2);
    default: return 0;
    }
}

/* Verbs in ла, ло, ли and на, но, ны. */
static unsigned past(uint64_t w)
{
    unsigned last = at(w, 1), second = at(w, 2), third = at(w, 3);
    if (second == RU_EL && last != RU_YERU)
        return is_i(third) ? 3 : after_a(w, 2);
    if (second != RU_EN || last == RU_I)
        return 0;
    if (third == RU_EN && last == RU_O)
        return after_a(w, 3);
    return third == RU_IE ? 3 : after_a(w, 2);
}

/* ете, ите, йте, ейте, уйте */
static unsigned plural_order(uint64_t w)
{
    if (at(w, 2) != RU_TE)
        return 0;
    switch (at(w, 3)) {
    case RU_IE: return after_a(w, 3);
    case RU_I: return 3;
    case RU_SHORT_I: return is_either(at(w, 4), RU_IE, RU_U) ? 4 : after_a(w, 3);
    default: return 0;
    }
}

/* ет, ит, ут … and ть, шь */
static unsigned present(uint64_t w)
{
    unsigned second = at(w, 2), third = at(w, 3);
    if (at(w, 1) == RU_TE) {
        if (is_either(second, RU_IE, RU_YU))
            return third == RU_U ? 3 : after_a(w, 2);
        return is_i(second) || second == RU_YA ? 2 : 0;
    }
    if (second == RU_TE)
        return is_i(third) ? 3 : after_a(w, 2);
    if (second != RU_SHA)
        return 0;
    return third == RU_I ? 3 : third == RU_IE ? after_a(w, 3) : 0;
}

static unsigned verb(uint64_t w)
{
    unsigned second = at(w, 2);
    switch (at(w, 1)) {
    case RU_A:
    case RU_O:
    case RU_I:
    case RU_YERU: return past(w);
    case RU_IE: return plural_order(w);
    case RU_TE:
    case RU_SOFT: return present(w);
    case RU_SHORT_I: return is_either(second, RU_IE, RU_U) ? 2 : after_a(w, 1);
    case RU_EL: return is_i(second) ? 2 : after_a(w, 1);
    case RU_EM: return is_i(second) ? 2 : second == RU_IE ? after_a(w, 2) : 0;
    case RU_EN: return second == RU_IE ? 2 : after_a(w, 1);
    case RU_YU: return second == RU_U ? 2 : 1;
    default: return 0;
    }
}

/* ам, ям, иям; ах, ях, иях; ами, ями, иями: n letters behind the vowel. */
static unsigned plural_case(uint64_t w, unsigned n)
{
    unsigned vowel = at(w, n + 1);
    if (vowel == RU_YA)
        return at(w, n + 2) == RU_I ? n + 2 : n + 1;
    return vowel == RU_A ? n + 1 : 0;
}

static unsigned noun(uint64_t w)
{
    unsigned second = at(w, 2);
    switch (at(w, 1)) {
    case RU_A:
    case RU_O:
    case RU_U:
    case RU_YERU:
    case RU_SOFT: return 1;
    case RU_VE: return is_either(second, RU_IE, RU_O) ? 2 : 0;
    case RU_IE:
    case RU_YU:
    case RU_YA: return is_either(second, RU_I, RU_SOFT) ? 2 : 1;
    case RU_I:
        if (second == RU_EM && plural_case(w, 2))
            return plural_case(w, 2);
        return is_either(second, RU_IE, RU_I) ? 2 : 1;
    case RU_SHORT_I:
        if (second == RU_IE)
            return at(w, 3) == RU_I ? 3 : 2;
        return is_either(second, RU_O, RU_I) ? 2 : 1;
    case RU_EM:
        if (second == RU_IE)
            return at(w, 3) == RU_I ? 3 : 2;
        return second == RU_O ? 2 : plural_case(w, 1);
    case RU_HA: return plural_case(w, 1);
    default: return 0;
    }
}

/* The first step: the ending of a form. */
static void take_inflection(struct rest *r)
{
    unsigned n = gerund(r->letters);
    if (n) {
        take(r, n);
        return;
    }
    take(r, reflexive(r->letters));
    if ((n = adjective(r->letters))) {
        take(r, n);
        take(r, participle(r->letters));
    } else if ((n = verb(r->letters)) || (n = noun(r->letters))) {
        take(r, n);
    }
}

/* Bytes that Snowball takes for one character: the first one says it, right or wrong. */
static size_t width(const uint8_t *p, const uint8_t *end)
{
    size_t n = *p < 0xC0 ? 1 : *p < 0xE0 ? 2 : *p < 0xF0 ? 3 : 4;
    return n < (size_t)(end - p) ? n : (size_t)(end - p);
}

static bool is_vowel(const uint8_t *p, size_t len)
{
    const uint64_t vowels = 1 << RU_A | 1 << RU_IE | 1 << RU_I | 1 << RU_O | 1 << RU_U |
                            1 << RU_YERU | 1 << RU_E | UINT64_C(1) << RU_YU |
                            UINT64_C(1) << RU_YA;
    uint32_t c = p[0] & 0xFF >> (len + 1); /* the code point, however it is written */
    for (size_t i = 1; i < len; i++)
        c = c << 6 | (p[i] & 0x3F);
    return len > 1 && c >= 0x430 && c <= 0x44F && vowels >> (c - 0x430 + 1) & 1;
}

/* Behind the next vowel, or the next character that is none; NULL if there is no such one.
 */
static const uint8_t *behind(const uint8_t *p, const uint8_t *end, bool vowel)
{
    while (p < end) {
        size_t len = width(p, end);
        bool found = is_vowel(p, len) == vowel;
        p += len;
        if (found)
            return p;
    }
    return NULL;
}

/* Where derivational endings may begin: behind the second vowel that follows a consonant,
 * and the consonant after it. `from` is behind the first vowel. */
static const uint8_t *second_region(const uint8_t *from, const uint8_t *end)
{
    static const bool vowels[] = {false, true, false};
    for (size_t i = 0; from && i < sizeof vowels / sizeof vowels[0]; i++)
        from = behind(from, end, vowels[i]);
    return from ? from : end;
}

/* ост, ость */
static void take_derivation(struct rest *r, const uint8_t *all_end)
{
    const uint64_t ost = RU_O << 16 | RU_ES << 8 | RU_TE;
    unsigned n = at(r->letters, 1) == RU_SOFT ? 4 : 3;
    if (!ends_in(r->letters >> 8 * (n - 3), ost, 3) ||
        r->end - (size_t)2 * n < second_region(r->from, all_end))
        return;
    take(r, n);
    pack_letters(r);
}

/* ь, or the superlative ейш, ейше; then one н of two */
static void tidy_up(struct rest *r)
{
    const uint64_t eish = RU_IE << 16 | RU_SHORT_I << 8 | RU_SHA, nn = RU_EN << 8 | RU_EN;
    unsigned n = at(r->letters, 1) == RU_IE ? 4 : 3;
    if (at(r->letters, 1) == RU_SOFT) {
        take(r, 1);
        return;
    }
    if (ends_in(r->letters >> 8 * (n - 3), eish, 3))
        take(r, n);
    if (ends_in(r->letters, nn, 2))
        take(r, 1);
}

/* Whether the steps behind the first may take this last letter; 0: none is packed any more.
 */
static bool may_lose_more(unsigned letter)
{
    const uint64_t letters =
        1 | 1 << RU_IE | 1 << RU_I | 1 << RU_EN | 1 << RU_TE | 1 << RU_SHA | 1 << RU_SOFT;
    return letters >> letter & 1;
}

/* Write ё as е. */
static void copy_word(const uint8_t *word, size_t len, uint8_t *out)
{
    uint8_t *p = out, *end = out + len;
    memcpy(out, word, len);
    while (p < end && (p = memchr(p, 0x91, (size_t)(end - p)))) {
        if (p > out && p[-1] == 0xD1) {
            p[-1] = 0xD0;
            p[0] = 0xB5;
        }
        p++;
    }
}

size_t clus__russian_stem(const uint8_t *word, size_t len, uint8_t *out)
{
    copy_word(word, len, out);
    const uint8_t *end = out + len;
    struct rest r = {.from = behind(out, end, true), .end = end};
    if (!r.from)
        return len;
    pack_letters(&r);
    take_inflection(&r);
    if (!may_lose_more(at(r.letters, 1)))
        return (size_t)(r.end - out);
    pack_letters(&r);
    if (at(r.letters, 1) == RU_I)
        take(&r, 1);
    take_derivation(&r, end);
    tidy_up(&r);
    return (size_t)(r.end - out);
}
