/* How Kazakh a word looks, which alphabet it speaks for, and what follows for a text. */
#include "text/script.h"

#include <stdlib.h>

#include "text/script_tables.h"
#include "text/utf8.h"

enum {
    NAT = 16,                  /* leans are in 1/16 nat */
    LEAN_MAX = 6 * NAT,        /* one word may say so much */
    OWN_MAX = 20 * NAT,        /* … and of itself */
    AROUND_MAX = 5 * NAT,      /* the text may add so much to a sentence */
    PRIOR = 4 * NAT,           /* words in these scripts are mostly not Kazakh */
    FOREIGN = 7 * NAT,         /* a word this foreign is so in any sentence … */
    FOREIGN_SHORT = 2 * NAT,   /* … of two letters … */
    FOREIGN_MARKED = 16 * NAT, /* … or this foreign in spite of a Kazakh mark */
    ALONE = 11 * NAT / 2,      /* a word this sure is Kazakh in any sentence … */
    ALONE_OUTVOTED = 10 * NAT, /* … unless the sentence is this sure of the opposite */
    ALONE_LETTERS = 5,         /* … or the word is shorter */
    UNKNOWN_MARK = 4 * NAT,    /* against a letter that no Kazakh alphabet has */
    APOSTROPHE = 37,           /* for one after a letter of 2017 that takes it … */
    APOSTROPHE_ELSEWHERE = 5 * NAT, /* … and against any other */
    STRONG = 4,                     /* votes of a letter of few alphabets */
    VOTES_MAX = 200
};

/* The letters of clus__script_arabic; any other is its last. */
static const uint16_t arabic[] = u"ابپتجچحدرزژسشعغفقكگڭلمنهھەوۇۆۋۈېىيیئأإآؤةثذخصضطظٴ";

enum {
    AS_2017 = 1 << ALPHABET_2017,
    AS_2018 = 1 << ALPHABET_2018,
    AS_2021 = 1 << ALPHABET_2021,
    AS_QAZAQPARAT = 1 << ALPHABET_QAZAQPARAT,
    AS_FREE = 1 << ALPHABET_FREE
};

/* The alphabets that a letter with a mark is taken from. */
static unsigned alphabets_of(uint32_t c)
{
    switch (c) {
    case 0xE1:                                            /* á */
    case 0x1F5:                                           /* ǵ */
    case 0x144:                                           /* ń */
    case 0xF3:                                            /* ó */
    case 0xFA: return AS_2018;                            /* ú */
    case 0xFD: return AS_2018 | AS_QAZAQPARAT;            /* ý */
    case 0xE4:                                            /* ä */
    case 0x11F:                                           /* ğ */
    case 0x14B:                                           /* ŋ */
    case 0xF1:                                            /* ñ */
    case 0xF6:                                            /* ö */
    case 0x15F:                                           /* ş */
    case 0xFC: return AS_2021 | AS_QAZAQPARAT;            /* ü */
    case 0x16B: return AS_2021;                           /* ū */
    case 0x131: return AS_2018 | AS_2021 | AS_QAZAQPARAT; /* ı */
    case 0xEF:                                            /* ï */
    case 0xE7: return AS_QAZAQPARAT;                      /* ç */
    case 0x12B: return AS_FREE;                           /* ī */
    default: return 0;
    }
}

static void vote(struct script_look *look, unsigned alphabets, unsigned votes)
{
    for (unsigned i = 0; i < ALPHABET_TOTE; i++)
        if ((alphabets & 1u << i) && look->votes[i] + votes <= VOTES_MAX)
            look->votes[i] = (uint8_t)(look->votes[i] + votes);
}

static bool is_open_vowel(uint32_t c)
{
    return c == 'a' || c == 'e' || c == 'o' || c == 0xE4 || c == 0xF6;
}

static bool is_plain(uint32_t c)
{
    return c >= 'a' && c <= 'z';
}

/* What a letter says about the alphabet, given the one before it. */
static void vote_for(struct script_look *look, uint32_t before, uint32_t c)
{
    unsigned alphabets = alphabets_of(c);
    if (alphabets)
        vote(look, alphabets, STRONG);
    if (c == 'h' && (before == 'z' || before == 'g' || before == 'k'))
        vote(look, AS_FREE, 2 * STRONG);
    if ((c == 'k' && (before == 'a' || before == 'o')) ||
        (before == 'k' && (c == 'a' || c == 'o')))
        vote(look, AS_FREE, STRONG / 2);
    if (c == 'w' || c == 'x')
        vote(look, AS_QAZAQPARAT | AS_FREE, STRONG);
    if (c == 'y')
        vote(look,
             is_open_vowel(before) ? AS_QAZAQPARAT | AS_FREE
                                   : AS_2017 | AS_2018 | AS_2021 | AS_FREE,
             1);
    if (c == 'i' && is_open_vowel(before))
        vote(look, AS_2021 | AS_FREE, 1);
}

static int compare_point(const void *key, const void *entry)
{
    uint32_t point = *(const uint32_t *)key;
    uint32_t other = ((const struct script_letter *)entry)->point;
    return (point > other) - (point < other);
}

/* A Latin letter's symbol in the table; its weight is added to *lean. */
static unsigned latin_symbol(uint32_t c, int *lean)
{
    const struct script_letter *letter =
        is_plain(c) ? &clus__script_letters[c - 'a'] /* they come first */
                    : bsearch(&c, clus__script_letters, clus__script_n_letters,
                              sizeof *clus__script_letters, compare_point);
    if (!letter) {
        *lean -= UNKNOWN_MARK;
        return SCRIPT_LATIN_SYMBOLS - 1;
    }
    *lean += letter->weight;
    return letter->base == '~' ? SCRIPT_LATIN_SYMBOLS - 1
                               : (unsigned)(letter->base - 'a') + 1;
}

static int clamp(int value, int bound)
{
    return value > bound ? bound : value < -bound ? -bound : value;
}

static int weight_of(char level)
{
    return (level - SCRIPT_LEVEL_ZERO) * (NAT / 4);
}

static bool is_vowel(unsigned symbol)
{
    return strchr("aeiouy", (int)symbol - 1 + 'a') != NULL;
}

static bool takes_apostrophe(uint32_t c)
{
    return c < 0x80 && c && strchr("agnouiysc", (int)c) != NULL;
}

static bool is_latin(uint32_t c)
{
    return is_plain(c) || (c >= 0xDF && c <= 0x24F && c != 0xF7) || c == 0x259;
}

/* A word on its way through look(). */
struct reader {
    struct script_look look;
    int lean;
    uint32_t before;        /* character */
    unsigned first, second; /* symbols of the letters before */
};

/* False for a character that no Kazakh word in Latin letters has. */
static bool read_latin(struct reader *r, uint32_t c)
{
    if (c == '\'') {
        bool fits = takes_apostrophe(r->before);
        r->lean += fits ? APOSTROPHE : -APOSTROPHE_ELSEWHERE;
        if (fits)
            vote(&r->look, AS_2017, STRONG);
    } else if (is_latin(c)) {
        unsigned symbol = latin_symbol(c, &r->lean);
        r->lean += weight_of(
            clus__script_latin[r->first * SCRIPT_LATIN_SYMBOLS + r->second][symbol]);
        vote_for(&r->look, r->before, c);
        r->look.has_vowel |= is_vowel(symbol);
        r->first = r->second;
        r->second = symbol;
        r->look.letters++;
    } else {
        return false;
    }
    r->before = c;
    return true;
}

static unsigned arabic_symbol(uint32_t c)
{
    c = c == 0x6A9 ? 0x643 : c == 0x621 ? 0x674 : c; /* ک ك, ء ٴ */
    for (unsigned i = 0; arabic[i]; i++)
        if (arabic[i] == c)
            return i + 1;
    return SCRIPT_ARABIC - 1;
}

static bool read_arabic(struct reader *r, uint32_t c)
{
    if (c < 0x620 || c > 0x6FF || (c >= 0x660 && c <= 0x66D) || (c >= 0x6F0 && c <= 0x6F9))
        return c == 0x621 && r->look.letters == 0;
    unsigned symbol = arabic_symbol(c);
    r->look.has_vowel = true; /* the letters of vowels are those of consonants, too */
    r->lean += weight_of(clus__script_arabic[r->second][symbol]);
    r->second = symbol;
    r->look.letters++;
    return true;
}

struct script_look clus__script_look(struct bytes folded)
{
    const struct script_look none = {.script = SCRIPT_COUNT};
    const uint8_t *p = folded.data, *end = p + folded.len;
    struct reader r = {.look = {.script = SCRIPT_OF_LATIN}};
    for (size_t len, n = 0; p < end; p += len, n++) {
        bool bad;
        uint32_t c = clus__utf8_at(p, end, &len, &bad);
        if (n == 0 && c >= 0x620 && c <= 0x6FF)
            r.look.script = SCRIPT_OF_ARABIC;
        if (n == SCRIPT_MAX_POINTS ||
            !(r.look.script == SCRIPT_OF_LATIN ? read_latin(&r, c) : read_arabic(&r, c)))
            return none;
    }
    if (r.look.letters < 2)
        return none;
    if (r.look.script == SCRIPT_OF_LATIN)
        r.lean +=
            weight_of(clus__script_latin[r.first * SCRIPT_LATIN_SYMBOLS + r.second][0]);
    else
        r.lean += weight_of(clus__script_arabic[r.second][0]);
    r.look.lean = (int16_t)clamp(r.lean, OWN_MAX);
    return r.look;
}

/* Whether a word is Kazakh in a sentence that is. A lone word has the same bound, so that
 * whatever is converted in a text is found when it is asked for as it was written. */
bool clus__script_may_be_kazakh(const struct script_look *look)
{
    bool marked = false;
    for (unsigned i = ALPHABET_2017; i < ALPHABET_TOTE; i++)
        marked |= look->votes[i] >= STRONG;
    bool is_short = look->letters <= 2 && look->script == SCRIPT_OF_LATIN;
    int bound = marked ? FOREIGN_MARKED : is_short ? FOREIGN_SHORT : FOREIGN;
    return look->has_vowel && look->lean > -bound;
}

int clus__script_share(int lean)
{
    return clamp(lean, LEAN_MAX);
}

/* What is known of a word in its place. */
struct evidence {
    int64_t sum;    /* all */
    int64_t others; /* without the word */
};

static struct evidence weigh(int share, int64_t sentence, int64_t text)
{
    int64_t around = text - sentence;
    around = around > AROUND_MAX ? AROUND_MAX : around < -AROUND_MAX ? -AROUND_MAX : around;
    int64_t sum = sentence + around;
    return (struct evidence){sum - PRIOR, sum - share};
}

static bool agrees(struct evidence e)
{
    return e.sum > 0 && e.others > 0;
}

static bool stands_out(int lean, struct evidence e)
{
    return lean >= ALONE && e.sum > -ALONE_OUTVOTED;
}

bool clus__script_is_candidate(int share, int64_t sentence, int64_t text)
{
    struct evidence e = weigh(share, sentence, text);
    return agrees(e) || stands_out(share, e);
}

bool clus__script_is_kazakh(const struct script_look *look, int64_t sentence, int64_t text)
{
    struct evidence e = weigh(clus__script_share(look->lean), sentence, text);
    return clus__script_may_be_kazakh(look) &&
           (agrees(e) || (stands_out(look->lean, e) && look->letters >= ALONE_LETTERS));
}

void clus__script_vote(struct script_votes *votes, const struct script_look *look)
{
    for (unsigned i = 0; i < ALPHABET_TOTE; i++)
        if (votes->of[i] < UINT32_MAX / 4)
            votes->of[i] += look->votes[i];
}

enum script_alphabet clus__script_alphabet(const struct script_look *look,
                                           const struct script_votes *sentence,
                                           const struct script_votes *text)
{
    enum { TEXT_SHARE = 8 }; /* a sentence's own votes count so much more */
    if (look->script == SCRIPT_OF_ARABIC)
        return ALPHABET_TOTE;
    unsigned best = ALPHABET_FREE;
    uint32_t most = STRONG - 1;
    for (unsigned i = 0; i < ALPHABET_TOTE; i++) {
        uint32_t votes = text->of[i] / TEXT_SHARE + sentence->of[i] + look->votes[i];
        if (votes > most) {
            best = i;
            most = votes;
        }
    }
    return (enum script_alphabet)best;
}
