/*
 * The likeliest Cyrillic reading of a word: a search from left to right over all that its
 * letters may stand for, which keeps the best few beginnings. What a reading costs: its
 * units, how rarely a letter follows the two before it in Kazakh, and vowels out of
 * harmony.
 */
#include "text/script.h"

#include <stdlib.h>

#include "text/script_tables.h"
#include "text/script_units.h"
#include "text/utf8.h"

enum {
    BEAM = 12,    /* beginnings kept */
    SIGN = 12,    /* for ь or ъ, which no alphabet writes */
    TO_FRONT = 7, /* a front vowel after a back one … */
    TO_BACK = 6,  /* … and the reverse */
    EMITTED = UNIT_TO + 1,
    KAZAKH = 33 /* number of ә among the letters */
};

enum { NO_VOWEL, BACK_VOWEL, FRONT_VOWEL };

static const uint16_t letters[] = u" абвгдежзийклмнопрстуфхцчшщъыьэюяәғқңөұүһі";

/* A reading of the first so many characters. */
struct reading {
    uint32_t cost;
    uint8_t first, second; /* its last two letters */
    uint8_t vowel;         /* its last vowel */
    uint8_t n;             /* letters that its last unit gave */
    uint8_t given[EMITTED];
    uint8_t from, at; /* the reading before it: column, place */
};

struct column {
    struct reading items[BEAM];
    unsigned n;
};

struct search {
    uint32_t points[SCRIPT_MAX_POINTS];
    unsigned n;
    unsigned alphabets; /* IN_* */
    struct column columns[SCRIPT_MAX_POINTS + 1];
};

static uint8_t letter_of(uint16_t c)
{
    if (c >= 0x430 && c <= 0x44F)
        return (uint8_t)(c - 0x430 + 1);
    uint8_t i = KAZAKH;
    while (letters[i] != c)
        i++;
    return i;
}

static uint8_t vowel_of(uint8_t letter)
{
    switch (letters[letter]) {
    case u'а':
    case u'о':
    case u'ұ':
    case u'ы': return BACK_VOWEL;
    case u'ә':
    case u'ө':
    case u'ү':
    case u'і':
    case u'е': return FRONT_VOWEL;
    default: return NO_VOWEL;
    }
}

static uint32_t cost_of(const struct reading *r, uint8_t letter)
{
    unsigned row = r->first * (unsigned)SCRIPT_CYRILLIC + r->second;
    return (uint32_t)(SCRIPT_LEVEL_MAX - clus__script_cyrillic[row][letter]);
}

static void give(struct reading *r, uint8_t letter)
{
    uint8_t vowel = vowel_of(letter);
    r->cost += cost_of(r, letter);
    bool front = vowel == FRONT_VOWEL || letters[letter] == u'э';
    if (front && r->vowel == BACK_VOWEL)
        r->cost += TO_FRONT;
    if (vowel == BACK_VOWEL && r->vowel == FRONT_VOWEL)
        r->cost += TO_BACK;
    if (vowel != NO_VOWEL)
        r->vowel = vowel;
    r->first = r->second;
    r->second = letter;
    r->given[r->n++] = letter;
}

/* Keep a reading if it is better than one that can go on alike, or than the worst. */
static void keep(struct column *column, const struct reading *r)
{
    unsigned worst = 0;
    for (unsigned i = 0; i < column->n; i++) {
        struct reading *other = &column->items[i];
        if (other->first == r->first && other->second == r->second &&
            other->vowel == r->vowel) {
            if (r->cost < other->cost)
                *other = *r;
            return;
        }
        if (other->cost > column->items[worst].cost)
            worst = i;
    }
    if (column->n < BEAM)
        column->items[column->n++] = *r;
    else if (r->cost < column->items[worst].cost)
        column->items[worst] = *r;
}

/* The sign that may follow a letter and that no alphabet writes, or 0. */
static uint16_t sign_after(uint8_t letter)
{
    switch (letters[letter]) {
    case u'л':
    case u'т':
    case u'р':
    case u'н':
    case u'с':
    case u'д':
    case u'в':
    case u'м': return u'ь';
    case u'б': return u'ъ'; /* субъект */
    default: return 0;
    }
}

static void apply(struct search *s, unsigned at, unsigned to,
                  const struct script_unit *unit)
{
    for (unsigned i = 0; i < s->columns[at].n; i++) {
        struct reading r = s->columns[at].items[i];
        r.from = (uint8_t)at;
        r.at = (uint8_t)i;
        r.n = 0;
        r.cost += unit->cost;
        for (const uint16_t *c = unit->to; *c; c++)
            give(&r, letter_of(*c));
        keep(&s->columns[to], &r);
        uint16_t sign = r.n > 0 ? sign_after(r.second) : 0;
        if (sign) {
            r.cost += SIGN;
            give(&r, letter_of(sign));
            keep(&s->columns[to], &r);
        }
    }
}

/* Length of a unit if it stands at a place, else 0. */
static unsigned match(const struct search *s, unsigned at, const struct script_unit *unit)
{
    unsigned len = 0;
    for (; unit->from[len]; len++)
        if (at + len >= s->n || s->points[at + len] != unit->from[len])
            return 0;
    return len;
}

static const struct reading *run(struct search *s)
{
    s->columns[0].items[0] = (struct reading){.cost = 0};
    s->columns[0].n = 1;
    for (unsigned i = 1; i <= s->n; i++)
        s->columns[i].n = 0;
    for (unsigned at = 0; at < s->n; at++)
        for (size_t u = 0; u < clus__script_n_units; u++) {
            const struct script_unit *unit = &clus__script_units[u];
            unsigned len = unit->alphabets & s->alphabets ? match(s, at, unit) : 0;
            if (len)
                apply(s, at, at + len, unit);
        }
    const struct reading *best = NULL;
    uint32_t least = UINT32_MAX;
    for (unsigned i = 0; i < s->columns[s->n].n; i++) {
        const struct reading *r = &s->columns[s->n].items[i];
        uint32_t cost = r->cost + cost_of(r, 0);
        if (cost < least) {
            least = cost;
            best = r;
        }
    }
    return best;
}

/* Write what a reading and those before it gave. */
static void write_word(const struct search *s, const struct reading *last,
                       struct script_word *out)
{
    uint8_t word[EMITTED * SCRIPT_MAX_POINTS];
    unsigned n = 0;
    for (const struct reading *r = last; r != &s->columns[0].items[0];
         r = &s->columns[r->from].items[r->at])
        for (unsigned i = r->n; i > 0; i--)
            word[n++] = r->given[i - 1];
    out->len = 0;
    while (n > 0)
        out->len += clus__utf8_put(out->text + out->len, letters[word[--n]]);
}

/* Take what is not a letter off an Arabic word. A hamza at its beginning marks the vowels
 * as front ones; e, g and k go with such vowels, but may follow others in an ending. */
static void prepare_arabic(struct search *s)
{
    unsigned kept = 0;
    s->alphabets = IN_BACK;
    for (unsigned i = 0; i < s->n; i++) {
        uint32_t c = s->points[i] == 0x621 ? 0x674 : s->points[i];
        if (c == 0x674 && kept == 0) {
            s->alphabets = IN_FRONT;
            continue;
        }
        bool goes_with_front = c == 0x6D5 || c == 0x6AF || c == 0x643 || c == 0x6A9;
        if (goes_with_front && s->alphabets == IN_BACK) /* ە گ ك ک */
            s->alphabets = IN_MIXED;
        if (c != 0x640 && (c < 0x64B || c > 0x65F))
            s->points[kept++] = c;
    }
    s->n = kept;
}

/* False for a word too long. */
static bool decode(struct bytes folded, struct search *s)
{
    const uint8_t *p = folded.data, *end = p + folded.len;
    for (s->n = 0; p < end; s->n++) {
        size_t len;
        bool bad;
        if (s->n == SCRIPT_MAX_POINTS)
            return false;
        s->points[s->n] = clus__utf8_at(p, end, &len, &bad);
        p += len;
    }
    return true;
}

static int compare_typed(const void *key, const void *entry)
{
    const struct bytes *word = key;
    const char *typed = ((const struct script_typed *)entry)->typed;
    return clus__bytes_cmp(*word, (struct bytes){(const uint8_t *)typed, strlen(typed)});
}

static bool find_typed(struct bytes folded, struct script_word *out)
{
    const struct script_typed *found =
        bsearch(&folded, clus__script_typed, clus__script_n_typed,
                sizeof *clus__script_typed, compare_typed);
    if (!found || strlen(found->meant) > SCRIPT_MAX_BYTES)
        return false;
    out->len = strlen(found->meant);
    memcpy(out->text, found->meant, out->len);
    return true;
}

void clus__script_convert(struct bytes folded, enum script_alphabet alphabet,
                          struct script_word *out)
{
    struct search s;
    out->len = 0;
    if ((alphabet == ALPHABET_FREE && find_typed(folded, out)) || !decode(folded, &s))
        return;
    s.alphabets = 1u << alphabet;
    if (alphabet == ALPHABET_TOTE)
        prepare_arabic(&s);
    const struct reading *best = s.n > 0 ? run(&s) : NULL;
    if (best)
        write_word(&s, best, out);
}
