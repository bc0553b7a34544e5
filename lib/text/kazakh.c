/*
 * The Kazakh stemmer: every analysis of a word that the suffix table allows is scored by
 * the sum of its features' weights; the stem of the best one is taken, of equals the
 * shorter. A nominal stem is analysed again, so that a form ends where its bare noun ends.
 */
#include "text/kazakh.h"

#include <stdbool.h>
#include <string.h>

#include "text/kazakh_tables.h"

enum {
    SHORTEST = 2,       /* letters of a stem */
    SHORTEST_AGAIN = 4, /* and of one that a second analysis may leave */
    PASSES = 2,
    BUDGET = 1000, /* steps of a search: far more than words of a language need */
    BUFFER = KAZAKH_MAX_LETTERS + 2
};

enum stem_class { CLASS_BARE, CLASS_NOMINAL, CLASS_VERB };

struct stem {
    uint8_t letters[BUFFER];
    unsigned len;
    enum stem_class kind;
};

/* One analysis under way, with what is known of each prefix of the word. */
struct search {
    const uint8_t *word;
    unsigned len;
    uint8_t harmony[BUFFER]; /* of the first n letters */
    uint8_t vowels[BUFFER];  /* how many of them */
    int best_score;
    struct stem best;
    unsigned budget;
};

/* The letters by name, coded as KAZAKH_ALPHABET. */
enum {
    A = 1,
    B,
    V,
    G,
    D,
    E,
    ZH,
    Z,
    I,
    J,
    K,
    L,
    M,
    N,
    O,
    P,
    R,
    S,
    T,
    U,
    F,
    H,
    TS,
    CH,
    SH,
    SHCH,
    HARD,
    Y,
    SOFT,
    EH,
    YU,
    YA,
    GH,
    Q,
    NG,
    OE,
    UH,
    UE,
    HH,
    IH,
    AE
};

/* ---- letters */

static bool one_of(unsigned letter, uint64_t set)
{
    return set >> letter & 1;
}

#define BIT(x) (UINT64_C(1) << (x))
static const uint64_t BACK = BIT(A) | BIT(O) | BIT(UH) | BIT(Y) | BIT(YA);
static const uint64_t FRONT = BIT(AE) | BIT(E) | BIT(OE) | BIT(UE) | BIT(IH) | BIT(EH);
static const uint64_t GLIDES = BIT(I) | BIT(U) | BIT(YU); /* vowels of either harmony */
static const uint64_t VOWELS = BIT(A) | BIT(O) | BIT(UH) | BIT(Y) | BIT(YA) | BIT(AE) |
                               BIT(E) | BIT(OE) | BIT(UE) | BIT(IH) | BIT(EH) | BIT(I) |
                               BIT(U) | BIT(YU);
static const uint64_t SIGNS = BIT(SOFT) | BIT(HARD);

/* The classes a suffix may ask for to its left, as bits in the order v w r j l z n t. */
static unsigned left_class(unsigned letter)
{
    if (one_of(letter, GLIDES))
        return 1U << 1;
    if (one_of(letter, VOWELS))
        return 1U << 0;
    switch (letter) {
    case R: return 1U << 2;
    case J: return 1U << 3;
    case L: return 1U << 4;
    case Z:
    case ZH: return 1U << 5;
    case M:
    case N:
    case NG: return 1U << 6;
    default: return 1U << 7;
    }
}

/* The code of the two-byte letter at p, or 0. */
static uint8_t letter_at(const uint8_t *p)
{
    static const uint8_t extra[8][2] = {{0x93, GH}, {0x9B, Q},  {0xA3, NG}, {0xA9, OE},
                                        {0xB1, UH}, {0xAF, UE}, {0xBB, HH}, {0x99, AE}};
    switch (p[0]) {
    case 0xD0: return p[1] >= 0xB0 && p[1] <= 0xBF ? (uint8_t)(p[1] - 0xB0 + A) : 0;
    case 0xD1:
        if (p[1] == 0x96)
            return IH;
        return p[1] >= 0x80 && p[1] <= 0x8F ? (uint8_t)(p[1] - 0x80 + R) : 0;
    case 0xD2:
    case 0xD3:
        for (unsigned i = 0; i < 8; i++)
            if (extra[i][0] == p[1] &&
                (extra[i][1] == OE || extra[i][1] == AE) == (p[0] == 0xD3))
                return extra[i][1];
        return 0;
    default: return 0;
    }
}

static unsigned decode(const uint8_t *word, size_t len, uint8_t *letters)
{
    if (len % 2 || len > (size_t)2 * KAZAKH_MAX_LETTERS)
        return 0;
    for (size_t i = 0; i < len; i += 2) {
        letters[i / 2] = letter_at(word + i);
        if (!letters[i / 2])
            return 0;
    }
    return (unsigned)(len / 2);
}

static size_t encode(const uint8_t *letters, unsigned len, uint8_t *out)
{
    static const char alphabet[] = KAZAKH_ALPHABET;
    for (size_t i = 0; i < len; i++)
        memcpy(out + 2 * i, alphabet + (size_t)2 * (letters[i] - 1U), 2);
    return (size_t)2 * len;
}

/* ---- tables */

static unsigned bucket(uint32_t key, unsigned bits)
{
    return key * UINT32_C(0x9E3779B1) >> (32 - bits);
}

static int weight(enum kazakh_feature feature, unsigned kind, uint32_t value)
{
    uint32_t key = ((uint32_t)feature + kind) << 28 | value;
    unsigned b = bucket(key, KAZAKH_WEIGHT_BITS);
    unsigned end = clus__kazakh_weight_starts[b + 1];
    for (unsigned i = clus__kazakh_weight_starts[b]; i < end; i++)
        if (clus__kazakh_weight_keys[i] == key)
            return clus__kazakh_weights[i];
    return 0;
}

static const struct kazakh_word *find_word(const uint8_t *letters, unsigned len)
{
    uint32_t hash = 0;
    for (unsigned i = 0; i < len; i++)
        hash = hash * 43 + letters[i];
    unsigned b = bucket(hash, KAZAKH_WORD_BITS);
    unsigned end = clus__kazakh_word_starts[b + 1];
    for (unsigned i = clus__kazakh_word_starts[b]; i < end; i++) {
        const struct kazakh_word *word = &clus__kazakh_words[i];
        if (word->len == len && !memcmp(clus__kazakh_letters + word->text, letters, len))
            return word;
    }
    return NULL;
}

static void take_listed_stem(struct stem *stem, const struct kazakh_word *word)
{
    memcpy(stem->letters, clus__kazakh_letters + word->stem, word->stem_len);
    stem->len = word->stem_len;
}

/* ---- stems */

/* What is indexed for a stem: its end voiceless, single, without ь, a lost vowel back.
 * Returns the listed word it was found to be, if any. */
static const struct kazakh_word *settle(struct stem *stem)
{
    uint8_t *s = stem->letters;
    while (stem->len > 2 && one_of(s[stem->len - 1], SIGNS))
        stem->len--;
    uint8_t last = s[stem->len - 1];
    if (stem->len > 3 && last == s[stem->len - 2] && !one_of(last, VOWELS))
        stem->len--;
    s[stem->len - 1] = last == GH ? Q : last == G ? K : last == B ? P : last;
    const struct kazakh_word *word = find_word(s, stem->len);
    if (!word || !(word->flags & WORD_SHORT))
        return word;
    take_listed_stem(stem, word);
    return find_word(s, stem->len);
}

static unsigned at_most(unsigned x, unsigned limit)
{
    return x < limit ? x : limit;
}

/* Weights of the stem by itself. */
static int score_stem(const struct stem *stem, const struct kazakh_word *listed)
{
    unsigned kind = stem->kind, syllables = 0;
    for (unsigned i = 0; i < stem->len; i++)
        syllables += one_of(stem->letters[i], VOWELS);
    int score =
        weight(FEATURE_LENGTH, 0, kind << 4 | at_most(stem->len, 10)) +
        weight(FEATURE_SYLLABLES, 0, kind << 4 | at_most(syllables, 6)) +
        weight(FEATURE_SHAPE, 0, at_most(stem->len, 8) << 4 | at_most(syllables, 4));
    uint32_t end = 0;
    for (unsigned n = 1; n <= 4 && n <= stem->len + 1; n++) {
        uint32_t letter = n <= stem->len ? stem->letters[stem->len - n] : KAZAKH_EDGE;
        end |= letter << (6 * (n - 1));
        score += weight(FEATURE_END, kind, end);
    }
    unsigned flag = kind == CLASS_VERB ? WORD_VERB : WORD_NOMINAL;
    if (listed && listed->flags & flag)
        score += weight(FEATURE_LISTED, 0, kind << 4);
    return score;
}

/* Weights of the stem beside the suffix next to it; `raw` is the stem before it settled. */
static int score_join(const struct stem *raw, const struct stem *stem, uint32_t slot)
{
    unsigned syllables = 0;
    for (unsigned i = 0; i < stem->len; i++)
        syllables += one_of(stem->letters[i], VOWELS);
    uint32_t last = raw->letters[raw->len - 1], before = raw->letters[raw->len - 2];
    return weight(FEATURE_FIRST, 0, slot) + weight(FEATURE_JOIN, 0, slot << 12 | last) +
           weight(FEATURE_JOIN2, 0, slot << 12 | before << 6 | last) +
           weight(FEATURE_LENGTH_BEFORE, 0, slot << 4 | at_most(stem->len, 6)) +
           weight(FEATURE_SYLLABLES_BEFORE, 0, slot << 4 | at_most(syllables, 4));
}

static void consider(struct search *s, const struct stem *raw, unsigned slot, int score)
{
    struct stem stem = *raw;
    const struct kazakh_word *listed = settle(&stem);
    score += score_stem(&stem, listed);
    if (slot)
        score += score_join(raw, &stem, slot);
    if (score > s->best_score || (score == s->best_score && stem.len < s->best.len)) {
        s->best_score = score;
        s->best = stem;
    }
}

/* ---- analyses */

static void know_prefixes(struct search *s)
{
    uint8_t harmony = HARMONY_ANY, vowels = 0;
    s->harmony[0] = harmony;
    s->vowels[0] = 0;
    for (unsigned i = 0; i < s->len; i++) {
        unsigned c = s->word[i];
        if (one_of(c, VOWELS)) {
            vowels++;
            harmony = one_of(c, BACK)    ? HARMONY_BACK
                      : one_of(c, FRONT) ? HARMONY_FRONT
                                         : HARMONY_ANY;
        }
        s->harmony[i + 1] = harmony;
        s->vowels[i + 1] = vowels;
    }
}

/* Two letters are a stem like ат or су; others must be listed, as де is. */
static bool is_stem(const struct stem *stem)
{
    const uint8_t *s = stem->letters;
    if (stem->len > 2)
        return true;
    if (one_of(s[1], VOWELS))
        return s[1] == I || s[1] == U || find_word(s, 2);
    return one_of(s[0], VOWELS) || find_word(s, 2);
}

/* Undo what spelling did to the stem's end; false when the suffix cannot stand after it. */
static bool restore(const struct search *s, const struct kazakh_suffix *x,
                    struct stem *stem)
{
    uint8_t last = stem->letters[stem->len - 1], before = stem->letters[stem->len - 2];
    unsigned harmony = s->harmony[stem->len];
    switch ((enum kazakh_restore)x->restore) {
    case RESTORE_NOTHING: return true;
    case RESTORE_J: stem->letters[stem->len++] = J; return one_of(last, VOWELS);
    case RESTORE_Y:
        if (harmony == HARMONY_ANY)
            harmony = x->harmony;
        stem->letters[stem->len++] = harmony == HARMONY_FRONT ? IH : Y;
        return !one_of(last, VOWELS);
    case RESTORE_P:
        stem->letters[stem->len - 1] = P;
        return last == U && (before == A || before == E);
    case RESTORE_NAME:
        return (last == V && (before == O || before == E)) || (last == N && before == I);
    }
    return false;
}

static bool fits(const struct search *s, const struct kazakh_suffix *x, unsigned end,
                 unsigned state)
{
    if (!(x->from >> state & 1) || (unsigned)x->len + SHORTEST > end)
        return false;
    unsigned len = end - x->len;
    unsigned last = s->word[len - 1];
    if (one_of(last, SIGNS))
        last = s->word[len - 2];
    return x->left & left_class(last) &&
           !memcmp(clus__kazakh_letters + x->text, s->word + len, x->len);
}

static bool may_end(unsigned state)
{
    return state != STATE_CASE_OF_THIRD && state != STATE_BARE_DATIVE &&
           state != STATE_NEGATED_ONLY;
}

static enum stem_class class_of(unsigned state)
{
    bool verb = state == STATE_VERB || state == STATE_NEGATION || state == STATE_VOICE;
    return verb ? CLASS_VERB : CLASS_NOMINAL;
}

/* Take every suffix off that may end at `end`, and then those left of it. */
static void walk(struct search *s, unsigned end, unsigned state, unsigned slot, int score)
{
    if (!s->budget)
        return;
    s->budget--;
    unsigned c = s->word[end - 1];
    for (unsigned i = clus__kazakh_suffix_starts[c]; i < clus__kazakh_suffix_starts[c + 1];
         i++) {
        const struct kazakh_suffix *x = &clus__kazakh_suffixes[i];
        if (!fits(s, x, end, state))
            continue;
        struct stem stem = {.len = end - x->len, .kind = class_of(x->to)};
        memcpy(stem.letters, s->word, stem.len);
        bool broken = s->harmony[stem.len] + x->harmony == HARMONY_BACK + HARMONY_FRONT &&
                      s->harmony[stem.len] && x->harmony;
        bool vowel = s->vowels[end - x->len] || x->restore == RESTORE_Y;
        if (!vowel || !restore(s, x, &stem) || !is_stem(&stem))
            continue;
        int longer = score + x->weight + weight(FEATURE_SLOTS, 0, slot << 7 | x->slot) +
                     (broken ? weight(FEATURE_AGAINST, 0, x->slot) : 0);
        if (may_end(x->to))
            consider(s, &stem, x->slot, longer);
        if (x->restore == RESTORE_NOTHING || x->restore == RESTORE_NAME)
            walk(s, end - x->len, x->to, x->slot, longer);
    }
}

static void analyse(const struct stem *word, struct stem *best)
{
    struct search s = {
        .word = word->letters, .len = word->len, .best_score = INT32_MIN, .budget = BUDGET};
    know_prefixes(&s);
    struct stem whole = *word;
    whole.kind = CLASS_BARE;
    consider(&s, &whole, 0, 0);
    walk(&s, word->len, STATE_WORD, 0, 0);
    *best = s.best;
}

static void stem_letters(struct stem *word)
{
    struct stem stem;
    analyse(word, &stem);
    for (int pass = 0; pass < PASSES && stem.kind == CLASS_NOMINAL; pass++) {
        const struct kazakh_word *listed = find_word(stem.letters, stem.len);
        if (listed && listed->flags & WORD_NOMINAL)
            break;
        struct stem again;
        analyse(&stem, &again);
        bool same = again.len == stem.len && !memcmp(again.letters, stem.letters, stem.len);
        if (same || again.len < SHORTEST_AGAIN)
            break;
        stem = again;
    }
    *word = stem;
}

size_t clus__kazakh_stem(const uint8_t *word, size_t len, uint8_t *out)
{
    struct stem stem = {.kind = CLASS_BARE};
    stem.len = decode(word, len, stem.letters);
    if (stem.len < SHORTEST) {
        memcpy(out, word, len);
        return len;
    }
    const struct kazakh_word *listed = find_word(stem.letters, stem.len);
    if (listed && listed->flags & WORD_FORM)
        take_listed_stem(&stem, listed);
    else if (!listed || !(listed->flags & WORD_NOMINAL))
        stem_letters(&stem);
    return encode(stem.letters, stem.len, out);
}
