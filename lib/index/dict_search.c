/*
 * Reading the term dictionary: finding a key in a block.
 *
 * What is looked for is turned into codes once. Seven codes of a string are compared with
 * it as one number, and what depends on that is chosen, not jumped to: where each query
 * looks for another word, such jumps are guessed wrong.
 */
#include <string.h>

#include "base/le.h"
#include "index/dict_letters.h"

enum {
    AT_ONCE = DICT_CODES_AT_ONCE,
    NO_CODE = 0xFF, /* of each byte of a character that has none */
    NOWHERE = 0xFF  /* inside of a character */
};

void clus__dict_code_text(struct bytes text, struct dict_text *c)
{
    uint32_t n = 0;
    if (text.len > DICT_TEXT_MAX)
        text.len = DICT_TEXT_MAX; /* no key is longer */
    const uint8_t *end = text.data + text.len;
    c->whole = true;
    for (const uint8_t *p = text.data; p < end; n++) {
        const uint8_t code = clus__dict_code_at(p, end);
        const size_t at = (size_t)(p - text.data);
        c->begins[n] = (uint8_t)at;
        c->places[at] = (uint8_t)n;
        c->places[at + 1] = NOWHERE;
        c->codes[n] = code ? code : NO_CODE;
        c->whole &= code > 0;
        p += clus__dict_is_letter(code) ? 2 : 1;
    }
    c->begins[n] = (uint8_t)text.len;
    c->places[text.len] = (uint8_t)n;
    c->places[text.len + 1] = NOWHERE;
    memset(c->codes + n, 0, 1 + AT_ONCE);
    c->n = n;
    c->text = text;
}

/* Which code begins at a byte that a string shares up to; beyond the text: NOWHERE, which
 * is above all. */
static inline uint32_t place_of(const struct dict_text *c, uint32_t shared)
{
    const uint32_t behind = (uint32_t)c->text.len + 1;
    return c->places[shared < behind ? shared : behind];
}

/* How the text compares with a string, and how many of its codes begin that. */
struct compared {
    int order;
    uint32_t same;
};

/* How the text from a place on, which is not `code`, compares with that. */
static int compare_code(const struct dict_text *c, uint32_t at, uint8_t code)
{
    const struct bytes text = {c->text.data + c->begins[at], c->text.len - c->begins[at]};
    if (!clus__dict_is_letter(code))
        return text.len == 0 || text.data[0] < code ? -1 : 1;
    const uint16_t letter = clus__dict_letter(code);
    const uint8_t character[2] = {(uint8_t)letter, (uint8_t)(letter >> 8)};
    return clus__bytes_cmp(text, (struct bytes){character, 2}) < 0 ? -1 : 1;
}

/* Compare with a string of which the first `at` codes are the text's, code by code. */
static __attribute__((noinline)) struct compared
compare_each(const struct dict_text *c, struct bytes rest, uint32_t at)
{
    size_t k = 0;
    while (k < rest.len && at < c->n && c->codes[at] == rest.data[k]) {
        k++;
        at++;
    }
    return (struct compared){k < rest.len ? compare_code(c, at, rest.data[k]) : at < c->n,
                             at};
}

/* The same for a string of bytes. */
static struct compared compare_raw(const struct dict_text *c, struct bytes rest,
                                   uint32_t at)
{
    const struct bytes text = {c->text.data + c->begins[at], c->text.len - c->begins[at]};
    size_t n = rest.len < text.len ? rest.len : text.len, k = 0;
    while (k < n && rest.data[k] == text.data[k])
        k++;
    const int order = k < n ? (text.data[k] < rest.data[k] ? -1 : 1)
                            : (text.len > rest.len) - (text.len < rest.len);
    while (k > 0 && ((k < rest.len && clus__dict_continues(rest.data[k])) ||
                     (k < text.len && clus__dict_continues(text.data[k]))))
        k--;
    return (struct compared){order, c->places[c->begins[at] + k]};
}

/* The same for any string: by its first codes, if they tell. */
static inline struct compared compare(const struct dict_text *c,
                                      const struct dict_string *s, uint32_t at)
{
    const unsigned n = s->rest.len < AT_ONCE ? (unsigned)s->rest.len : AT_ONCE;
    const uint64_t with_end = UINT64_MAX >> 8 * (AT_ONCE - n);
    const uint64_t ours = clus__le64(c->codes + at) & with_end,
                   theirs = clus__le64(s->rest.data) & with_end >> 8,
                   differ = ours ^ theirs;
    if (s->raw)
        return compare_raw(c, s->rest, at);
    if (!c->whole || ((n == AT_ONCE) & ((differ & UINT64_MAX >> 8) == 0)))
        return compare_each(c, s->rest, at);
    const uint64_t a = __builtin_bswap64(ours), b = __builtin_bswap64(theirs);
    return (struct compared){(a > b) - (a < b),
                             at + (unsigned)__builtin_ctzll(differ | 1ull << 63) / 8};
}

/* Look for the text in a run of strings below it, up to key `end`; the one before begins
 * with the first `match` codes of it. What shares more with the one before is below it,
 * too; what shares less is above. */
static clus_status search_run(const struct dict_text *c, struct bytes strings,
                              uint32_t match, uint32_t end, uint32_t *place)
{
    for (uint32_t i = *place; i < end; i++) {
        struct dict_string s;
        if (!clus__dict_string(&strings, &s))
            return CLUS_E_CORRUPT;
        const uint32_t shared = place_of(c, s.shared);
        const struct compared with = compare(c, &s, match);
        const bool tells = shared == match;
        if ((shared < match) | (tells & (with.order <= 0))) {
            *place = i;
            return tells && with.order == 0 ? CLUS_OK : CLUS_DONE;
        }
        match += (with.same - match) & -(uint32_t)tells; /* no jump */
    }
    return CLUS_DONE;
}

/* The last group that does not begin above a text. */
struct group_found {
    uint32_t at;          /* its first key */
    struct bytes strings; /* behind that one's */
    struct compared with; /* it; an order below 0: the block begins above the text */
};

static clus_status find_group(const struct dict_block *b, const struct dict_text *c,
                              struct group_found *found)
{
    struct group_found groups[DICT_GROUPS];
    struct dict_string s;
    uint32_t last = 0;
    groups[0] = (struct group_found){0, b->strings, compare_raw(c, b->first, 0)};
    const uint32_t common = groups[0].with.same; /* others are told from the first key */
    if (!clus__dict_string(&groups[0].strings, &s))
        return CLUS_E_CORRUPT;
    for (uint32_t g = 1; g < clus__dict_groups(b); g++) {
        struct bytes from = {b->strings.data + b->groups[g].strings,
                             b->strings.len - b->groups[g].strings};
        if (!clus__dict_string(&from, &s))
            return CLUS_E_CORRUPT;
        const uint32_t shared = place_of(c, s.shared);
        const struct compared with = compare(c, &s, common);
        const bool nearer = shared > common;
        groups[g].at = g * DICT_GROUP_KEYS;
        groups[g].strings = from;
        groups[g].with.order = nearer ? 1 : with.order;
        groups[g].with.same = clus__choose(nearer, common, with.same);
        last += nearer | ((shared == common) & (with.order >= 0));
    }
    *found = groups[groups[0].with.order > 0 ? last : 0];
    return CLUS_OK;
}

clus_status clus__dict_search(const struct dict_block *b, const struct dict_text *text,
                              uint32_t *place)
{
    struct group_found found;
    clus_status st = find_group(b, text, &found);
    if (st != CLUS_OK)
        return st;
    *place = found.at;
    if (found.with.order <= 0)
        return found.with.order == 0 ? CLUS_OK : CLUS_DONE;
    uint32_t end = found.at + DICT_GROUP_KEYS < b->n ? found.at + DICT_GROUP_KEYS : b->n;
    *place = found.at + 1;
    return search_run(text, found.strings, found.with.same, end, place);
}

clus_status clus__dict_group(const struct dict_block *b, struct bytes text, uint32_t *place,
                             struct bytes *strings)
{
    struct group_found found;
    struct dict_text coded;
    clus__dict_code_text(text, &coded);
    clus_status st = find_group(b, &coded, &found);
    if (st != CLUS_OK)
        return st;
    uint32_t before = b->groups[found.at / DICT_GROUP_KEYS].strings;
    *place = found.at;
    *strings = (struct bytes){b->strings.data + before, b->strings.len - before};
    return CLUS_OK;
}
