/* Letters, measured weights and the decision. */
#include "text/route.h"

#include <string.h>

#include "base/le.h"
#include "text/route_tables.h"
#include "text/utf8.h"

enum {
    KAZAKH_LETTER = 4 * ROUTE_NAT,
    LEAN_MAX = 6 * ROUTE_NAT, /* one word may say so much */
    MIXED = 4 * ROUTE_NAT,    /* what both languages must have for them in a mixed one */
    CHANGE = 7 * ROUTE_NAT,   /* cost of going over to the other language, twice a lean */
    A = 0x430,
    YA = 0x44F
};

/* What the letters of a word are. */
struct letters {
    bool cyrillic, kazakh, foreign;
    int weight; /* of the pairs */
};

static bool is_kazakh_letter(uint32_t c)
{
    switch (c) {
    case 0x4D9: /* ә */
    case 0x493: /* ғ */
    case 0x49B: /* қ */
    case 0x4A3: /* ң */
    case 0x4E9: /* ө */
    case 0x4B1: /* ұ */
    case 0x4AF: /* ү */
    case 0x4BB: /* һ */
    case 0x456: /* і */ return true;
    default: return false;
    }
}

static struct letters look_at_letters(struct bytes word)
{
    struct letters found = {false, false, false, 0};
    const uint8_t *p = word.data, *end = p + word.len;
    unsigned before = 0;
    while (p < end) {
        size_t len;
        bool bad;
        uint32_t c = clus__utf8_at(p, end, &len, &bad);
        unsigned symbol = c >= A && c <= YA ? c - A + 1 : 0;
        p += len;
        if (symbol)
            found.cyrillic = true;
        else if (is_kazakh_letter(c))
            found.kazakh = true;
        else if (c >= 0x400 && c < 0x530)
            found.foreign = true;
        if (symbol || before)
            found.weight += clus__route_pairs[before][symbol];
        before = symbol;
    }
    if (before)
        found.weight += clus__route_pairs[before][0];
    return found;
}

/* A word or ending as two numbers that compare as its bytes do. */
struct listed_key {
    uint64_t high, low;
};

static struct listed_key key_of(const char *text)
{
    return (struct listed_key){clus__be64(text), clus__be64(text + 8)};
}

/* The weight of a listed word or ending, 0 for any other. Halves without jumps. */
static int listed_weight(const char text[ROUTE_LISTED])
{
    const struct route_weight *from = clus__route_words;
    struct listed_key key = key_of(text), at;
    for (size_t n = clus__route_n_words; n > 1; n -= n / 2) {
        const struct route_weight *middle = from + n / 2;
        at = key_of(middle->text);
        bool reached = (at.high < key.high) | ((at.high == key.high) & (at.low <= key.low));
        from = reached ? middle : from;
    }
    at = key_of(from->text);
    return at.high == key.high && at.low == key.low ? from->weight : 0;
}

static int word_weight(struct bytes word)
{
    enum { ENDING = 6 }; /* three letters of two bytes */
    char text[ROUTE_LISTED] = {0}, ending[ROUTE_LISTED] = {'-'};
    int weight = 0;
    if (word.len <= ROUTE_LISTED) {
        memcpy(text, word.data, word.len);
        weight = listed_weight(text);
    }
    if (word.len >= ENDING) {
        memcpy(ending + 1, word.data + word.len - ENDING, ENDING);
        weight += listed_weight(ending);
    }
    return weight;
}

static int clamp(int value, int bound)
{
    return value > bound ? bound : value < -bound ? -bound : value;
}

struct route clus__route_word(struct bytes folded)
{
    struct letters letters = look_at_letters(folded);
    if (letters.foreign)
        return (struct route){ROUTE_OTHER, WHY_OTHER_LETTER, 0};
    if (letters.kazakh)
        return (struct route){ROUTE_KAZAKH, WHY_KAZAKH_LETTER, KAZAKH_LETTER};
    if (!letters.cyrillic)
        return (struct route){ROUTE_OTHER, WHY_NO_CYRILLIC, 0};
    int lean = clamp(letters.weight + word_weight(folded), LEAN_MAX);
    return (struct route){ROUTE_OPEN, WHY_COUNT, (int16_t)lean};
}

struct route_around clus__route_around(int32_t sentence, int32_t text)
{
    int32_t added = clamp(text - sentence, ROUTE_TEXT_MAX);
    return (struct route_around){.sentence = sentence,
                                 .sum = sentence + added,
                                 .by_text = abs(added) > abs(sentence)};
}

bool clus__route_is_mixed(int64_t sum, int64_t kazakh_sum)
{
    return kazakh_sum >= MIXED && kazakh_sum - sum >= MIXED;
}

uint8_t clus__route_step(struct route_path *path, int16_t lean)
{
    uint8_t from = 0;
    int32_t kazakh = path->kazakh, russian = path->russian;
    if (russian - CHANGE > kazakh) {
        from |= ROUTE_FROM_OTHER_KK;
        path->kazakh = russian - CHANGE;
    }
    if (kazakh - CHANGE > russian) {
        from |= ROUTE_FROM_OTHER_RU;
        path->russian = kazakh - CHANGE;
    }
    path->kazakh += lean;
    path->russian -= lean;
    return from;
}
