/* Pattern to places and what may follow each; keys letter by letter. */
#include "search/regex.h"

#include "base/alloc.h"
#include "base/chars.h"
#include "base/utf8.h"

enum { MAX_KEY = 256, START = 0 };

struct range {
    int32_t low, high;
};

/* A letter or a set of letters: ranges[first .. first + n). */
struct place {
    uint16_t first, n;
    bool negated;
};

/* Places that may have been read last, after the first `end` bytes of a key. */
struct row {
    uint64_t places;
    size_t end;
};

struct regex {
    uint32_t n_places, n_ranges; /* places[START] stands before the first letter */
    struct place places[REGEX_MAX_PLACES + 1];
    struct range ranges[REGEX_MAX_RANGES];
    uint64_t follow[REGEX_MAX_PLACES + 1];
    uint64_t accepts; /* places that a match may end with */
    size_t n_rows;    /* rows[0 .. n_rows) are right for the last key */
    bool dead;        /* the last of them is empty */
    struct row rows[MAX_KEY + 1];
};

/* ---- the pattern ---- */

/* Places that something may begin and end with, and whether it may be nothing. */
struct part {
    uint64_t first, last;
    bool nullable;
};

struct parser {
    struct regex *regex;
    struct bytes text;
    size_t at;
    uint32_t depth;
    clus_status status; /* the first failure; all steps do nothing after it */
    const char *why;
};

static void refuse(struct parser *p, clus_status status, const char *why)
{
    if (p->status != CLUS_OK)
        return;
    p->status = status;
    p->why = why;
}

static bool next_is(const struct parser *p, char c)
{
    return p->status == CLUS_OK && p->at < p->text.len && p->text.data[p->at] == (uint8_t)c;
}

static bool take(struct parser *p, char c)
{
    bool is = next_is(p, c);
    p->at += is;
    return is;
}

static int32_t fold(int32_t c)
{
    enum { SMALL_IO = 0x451, SMALL_IE = 0x435 }; /* ё and е are one letter in an index */
    c = clus__to_lower(c);
    return c == SMALL_IO ? SMALL_IE : c;
}

/* One code point, an escaped one without its \. */
static int32_t take_letter(struct parser *p)
{
    bool escaped = take(p, '\\');
    size_t used;
    if (p->at >= p->text.len) {
        refuse(p, CLUS_E_SYNTAX, "a regular expression ends too early");
        return CODE_BAD;
    }
    int32_t c = clus__code_at(p->text, p->at, &used);
    if (escaped && (clus__is_letter(c) || clus__is_digit(c)))
        refuse(p, CLUS_E_SYNTAX, "in a regular expression \\ stands before signs only");
    p->at += used;
    return fold(c);
}

static struct part add_place(struct parser *p, bool negated)
{
    struct regex *r = p->regex;
    if (r->n_places > REGEX_MAX_PLACES) {
        refuse(p, CLUS_E_LIMIT, "a regular expression has at most 63 letters");
        return (struct part){0, 0, true};
    }
    r->places[r->n_places] = (struct place){(uint16_t)r->n_ranges, 0, negated};
    uint64_t bit = (uint64_t)1 << r->n_places++;
    return (struct part){bit, bit, false};
}

/* One more range for the place added last. */
static void add_range(struct parser *p, int32_t low, int32_t high)
{
    struct regex *r = p->regex;
    if (r->n_ranges == REGEX_MAX_RANGES)
        refuse(p, CLUS_E_LIMIT, "a regular expression has at most 256 ranges of letters");
    if (low > high)
        refuse(p, CLUS_E_SYNTAX, "a range of letters ends before it begins");
    if (p->status != CLUS_OK)
        return;
    r->ranges[r->n_ranges++] = (struct range){low, high};
    r->places[r->n_places - 1].n++;
}

static struct part parse_set(struct parser *p)
{
    struct part part = add_place(p, take(p, '^'));
    do {
        int32_t low = take_letter(p), high = low;
        if (take(p, '-'))
            high = take_letter(p);
        add_range(p, low, high);
    } while (p->status == CLUS_OK && !take(p, ']'));
    return part;
}

static struct part parse_choice(struct parser *p);

static struct part parse_group(struct parser *p)
{
    if (++p->depth > REGEX_MAX_DEPTH)
        refuse(p, CLUS_E_LIMIT, "brackets of a regular expression nest at most 32 deep");
    struct part part = parse_choice(p);
    p->depth--;
    if (!take(p, ')'))
        refuse(p, CLUS_E_SYNTAX, "a bracket of a regular expression is not closed");
    if (part.first == 0) /* each repetition adds a place, which bounds their number */
        refuse(p, CLUS_E_SYNTAX, "nothing stands between brackets of a regular expression");
    return part;
}

static struct part parse_atom(struct parser *p)
{
    if (take(p, '('))
        return parse_group(p);
    if (take(p, '['))
        return parse_set(p);
    if (take(p, '.'))
        return add_place(p, true); /* not one of no letters */
    if (next_is(p, '*') || next_is(p, '+') || next_is(p, '?') || next_is(p, '{'))
        refuse(p, CLUS_E_SYNTAX, "nothing stands before a sign of repetition");
    struct part part = add_place(p, false);
    int32_t c = take_letter(p);
    add_range(p, c, c);
    return part;
}

static void link_places(struct regex *r, uint64_t before, uint64_t after)
{
    for (; before; before &= before - 1)
        r->follow[__builtin_ctzll(before)] |= after;
}

static struct part join(struct regex *r, struct part a, struct part b)
{
    link_places(r, a.last, b.first);
    return (struct part){.first = a.first | (a.nullable ? b.first : 0),
                         .last = b.last | (b.nullable ? a.last : 0),
                         .nullable = a.nullable && b.nullable};
}

static struct part repeat(struct regex *r, struct part part, bool nullable)
{
    link_places(r, part.last, part.first);
    part.nullable |= nullable;
    return part;
}

/* A number of repetitions, or `otherwise` where none stands. */
static uint32_t take_count(struct parser *p, uint32_t otherwise)
{
    uint32_t n = 0;
    size_t from = p->at;
    while (p->at < p->text.len && clus__is_digit(p->text.data[p->at]) &&
           n <= REGEX_MAX_PLACES)
        n = n * 10 + p->text.data[p->at++] - '0';
    if (n > REGEX_MAX_PLACES)
        refuse(p, CLUS_E_LIMIT, "a regular expression has at most 63 letters");
    return p->at > from ? n : otherwise;
}

/* {m}, {m,} or {m,n}: what stands at `from` is read again for each copy. */
static struct part parse_copies(struct parser *p, size_t from, struct part atom)
{
    enum { ENDLESS = REGEX_MAX_PLACES + 1 };
    uint32_t least = take_count(p, 0), most = take(p, ',') ? take_count(p, ENDLESS) : least;
    if (!take(p, '}') || most < least)
        refuse(p, CLUS_E_SYNTAX, "repetitions are written {2}, {2,} or {2,4}");
    size_t end = p->at;
    struct part all = {0, 0, true};
    for (uint32_t i = 0; p->status == CLUS_OK && i < most; i++) {
        if (i > 0) {
            p->at = from;
            atom = parse_atom(p);
        }
        bool last = most == ENDLESS && i + 1 >= least;
        struct part copy = last ? repeat(p->regex, atom, false) : atom;
        copy.nullable |= i >= least;
        all = join(p->regex, all, copy);
        if (last)
            break;
    }
    p->at = end;
    return all;
}

static struct part parse_repeated(struct parser *p)
{
    size_t from = p->at;
    struct part atom = parse_atom(p);
    if (take(p, '*'))
        return repeat(p->regex, atom, true);
    if (take(p, '+'))
        return repeat(p->regex, atom, false);
    if (take(p, '{'))
        return parse_copies(p, from, atom);
    atom.nullable |= take(p, '?');
    return atom;
}

static struct part parse_choice(struct parser *p)
{
    struct part all = {0, 0, false};
    do {
        struct part one = {0, 0, true};
        while (p->status == CLUS_OK && p->at < p->text.len && !next_is(p, '|') &&
               !next_is(p, ')'))
            one = join(p->regex, one, parse_repeated(p));
        all.first |= one.first;
        all.last |= one.last;
        all.nullable |= one.nullable;
    } while (take(p, '|'));
    return all;
}

/* All of a key is matched anyway, so ^ and $ at the ends say nothing new. */
static struct bytes without_anchors(struct bytes text)
{
    if (text.len > 0 && text.data[0] == '^') {
        text.data++;
        text.len--;
    }
    bool escaped = text.len > 1 && text.data[text.len - 2] == '\\';
    if (text.len > 0 && text.data[text.len - 1] == '$' && !escaped)
        text.len--;
    return text;
}

clus_status clus__regex_new(struct bytes pattern, struct regex **out, const char **why)
{
    struct regex *r = clus__calloc(1, sizeof *r);
    if (!r)
        return CLUS_E_NOMEM;
    struct parser p = {.regex = r, .text = without_anchors(pattern)};
    r->n_places = START + 1;
    struct part all = parse_choice(&p);
    if (p.at < p.text.len)
        refuse(&p, CLUS_E_SYNTAX, "a regular expression closes a bracket it did not open");
    if (p.status != CLUS_OK) {
        clus__free(r);
        *why = p.why;
        return p.status;
    }
    r->follow[START] = all.first;
    r->accepts = all.last | (all.nullable ? (uint64_t)1 << START : 0);
    clus__regex_restart(r);
    *out = r;
    return CLUS_OK;
}

void clus__regex_free(struct regex *regex)
{
    clus__free(regex);
}

/* The letter that alone may stand at a place, or CODE_BAD. */
static int32_t only_letter(const struct regex *r, uint32_t at)
{
    const struct place *place = &r->places[at];
    const struct range *range = &r->ranges[place->first];
    return place->n == 1 && !place->negated && range->low == range->high ? range->low
                                                                         : CODE_BAD;
}

size_t clus__regex_beginning(const struct regex *r, uint8_t *out, size_t size)
{
    uint32_t at = START;
    size_t len = 0;
    while (!(r->accepts >> at & 1) && __builtin_popcountll(r->follow[at]) == 1) {
        at = (uint32_t)__builtin_ctzll(r->follow[at]);
        int32_t c = only_letter(r, at);
        if (c == CODE_BAD || len + 4 > size)
            break;
        len += clus__code_put(out + len, c);
    }
    return len;
}

/* ---- keys ---- */

void clus__regex_restart(struct regex *r)
{
    r->rows[0] = (struct row){(uint64_t)1 << START, 0};
    r->n_rows = 1;
    r->dead = false;
}

static bool fits(const struct regex *r, uint32_t at, int32_t c)
{
    const struct place *place = &r->places[at];
    for (uint32_t i = 0; i < place->n; i++) {
        const struct range *range = &r->ranges[place->first + i];
        if (range->low <= c && c <= range->high)
            return !place->negated;
    }
    return place->negated;
}

static uint64_t move(const struct regex *r, uint64_t places, int32_t c)
{
    uint64_t next = 0, to = 0;
    for (; places; places &= places - 1)
        next |= r->follow[__builtin_ctzll(places)];
    for (; next; next &= next - 1) {
        uint32_t at = (uint32_t)__builtin_ctzll(next);
        to |= (uint64_t)fits(r, at, c) << at;
    }
    return to;
}

bool clus__regex_step(struct regex *r, struct bytes key, size_t shared)
{
    while (r->n_rows > 1 && r->rows[r->n_rows - 1].end > shared) {
        r->n_rows--;
        r->dead = false;
    }
    const struct row *last = &r->rows[r->n_rows - 1];
    while (!r->dead && last->end < key.len && r->n_rows <= MAX_KEY) {
        size_t used;
        int32_t c = clus__code_at(key, last->end, &used);
        r->rows[r->n_rows] = (struct row){move(r, last->places, c), last->end + used};
        last = &r->rows[r->n_rows++];
        r->dead = last->places == 0;
    }
    return last->end == key.len && (last->places & r->accepts) != 0;
}

size_t clus__regex_dead(const struct regex *r)
{
    return r->dead ? r->rows[r->n_rows - 1].end : 0;
}
