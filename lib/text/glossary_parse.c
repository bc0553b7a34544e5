/* Texts of glossaries and of synonyms, line by line. */
#include "base/error.h"
#include "text/glossary.h"

enum { MAX_TEXT = 256 << 20, MAX_WEIGHT_TEXT = 16 };

struct reader {
    clus_glossary *glossary;
    clus_glossary_kind kind;
    float weight;
    clus_error *err;
};

static struct bytes trim(struct bytes s)
{
    while (s.len > 0 && (s.data[0] == ' ' || s.data[0] == '\t'))
        s = (struct bytes){s.data + 1, s.len - 1};
    while (s.len > 0 && (s.data[s.len - 1] == ' ' || s.data[s.len - 1] == '\t'))
        s.len--;
    return s;
}

/* The part of *rest before the next `by`, which *rest then begins behind; false at the end.
 */
static bool next_part(struct bytes *rest, uint8_t by, struct bytes *part)
{
    if (!rest->data)
        return false;
    const uint8_t *end = rest->len ? memchr(rest->data, by, rest->len) : NULL;
    if (end) {
        size_t n = (size_t)(end - rest->data);
        *part = trim((struct bytes){rest->data, n});
        *rest = (struct bytes){end + 1, rest->len - n - 1};
    } else {
        *part = trim(*rest);
        *rest = (struct bytes){NULL, 0};
    }
    return true;
}

static clus_status add(const struct reader *r, struct bytes from, clus_lang from_lang,
                       struct bytes to, clus_lang to_lang)
{
    clus_glossary_entry entry = {.from = clus__str_of_bytes(from),
                                 .to = clus__str_of_bytes(to),
                                 .from_lang = from_lang,
                                 .to_lang = to_lang,
                                 .kind = r->kind,
                                 .weight = r->weight};
    return clus__glossary_add(r->glossary, &entry, r->err);
}

/* ---- dictionary ---- */

static clus_status read_weight(struct reader *r, struct bytes column)
{
    r->weight = 0;
    if (column.len == 0)
        return CLUS_OK;
    double value = 0, unit = 1;
    bool point = false, good = column.len <= MAX_WEIGHT_TEXT;
    for (size_t i = 0; good && i < column.len; i++) {
        uint8_t c = column.data[i];
        good = (c >= '0' && c <= '9') || (c == '.' && !point);
        point |= c == '.';
        if (c == '.')
            continue;
        value = value * 10 + (c - '0');
        unit = point ? unit * 10 : unit;
    }
    value /= unit;
    if (!good || !(value > 0 && value <= 1))
        return clus__fail(
            r->err, CLUS_E_SYNTAX, "the weight '%.*s' is not a number over 0 and at most 1",
            (int)(column.len < 40 ? column.len : 40), (const char *)column.data);
    r->weight = (float)value;
    return CLUS_OK;
}

static clus_status pairs_of_line(struct reader *r, struct bytes line)
{
    struct bytes rest = line, left, right = {NULL, 0}, weight = {NULL, 0}, ru, kk;
    (void)next_part(&rest, '\t', &left);
    if (!next_part(&rest, '\t', &right))
        return clus__fail(r->err, CLUS_E_SYNTAX, "no tab between the languages");
    (void)next_part(&rest, '\t', &weight);
    if (rest.data)
        return clus__fail(r->err, CLUS_E_SYNTAX, "more than three columns");
    clus_status st = read_weight(r, weight);
    while (st == CLUS_OK && next_part(&left, '|', &ru)) {
        struct bytes others = right;
        while (st == CLUS_OK && next_part(&others, '|', &kk)) {
            st = add(r, ru, CLUS_LANG_RU, kk, CLUS_LANG_KK);
            if (st == CLUS_OK)
                st = add(r, kk, CLUS_LANG_KK, ru, CLUS_LANG_RU);
        }
    }
    return st;
}

/* ---- synonyms ---- */

static clus_status one_way(struct reader *r, struct bytes left, struct bytes right)
{
    struct bytes from, to;
    clus_status st = CLUS_OK;
    while (st == CLUS_OK && next_part(&left, ',', &from)) {
        struct bytes others = right;
        while (st == CLUS_OK && next_part(&others, ',', &to))
            if (from.data != to.data || from.len == 0)
                st = add(r, from, CLUS_LANG_OTHER, to, CLUS_LANG_OTHER);
    }
    return st;
}

static clus_status group_of_line(struct reader *r, struct bytes line)
{
    for (size_t i = 0; i + 1 < line.len; i++)
        if (line.data[i] == '=' && line.data[i + 1] == '>')
            return one_way(r, (struct bytes){line.data, i},
                           (struct bytes){line.data + i + 2, line.len - i - 2});
    if (!memchr(line.data, ',', line.len))
        return clus__fail(r->err, CLUS_E_SYNTAX, "one word alone has no synonym");
    return one_way(r, line, line);
}

/* ---- lines ---- */

static clus_status read_line(struct reader *r, struct bytes line)
{
    if (line.len > 0 && line.data[line.len - 1] == '\r')
        line.len--;
    if (trim(line).len == 0 || line.data[0] == '#')
        return CLUS_OK;
    r->weight = 0;
    return r->kind == CLUS_GLOSSARY_DICTIONARY ? pairs_of_line(r, line)
                                               : group_of_line(r, line);
}

/* Put the line's number before what went wrong in it. */
static clus_status blame_line(clus_error *err, clus_status st, size_t number,
                              const clus_error *why, size_t offset)
{
    if (st == CLUS_E_ARGUMENT)
        st = CLUS_E_SYNTAX;
    return clus__fail_at(err, st, offset, "line %zu: %s", number, why->message);
}

clus_status clus__glossary_parse(clus_glossary *g, clus_glossary_kind kind,
                                 struct bytes text, clus_error *err)
{
    clus_error why = {0};
    struct reader r = {.glossary = g, .kind = kind, .err = &why};
    if (text.len > MAX_TEXT)
        return clus__fail(err, CLUS_E_LIMIT, "a glossary of over %d MiB", MAX_TEXT >> 20);
    size_t at = text.len >= 3 && memcmp(text.data, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    for (size_t number = 1; at < text.len; number++) {
        const uint8_t *end = memchr(text.data + at, '\n', text.len - at);
        size_t len = end ? (size_t)(end - text.data) - at : text.len - at;
        clus_status st = read_line(&r, (struct bytes){text.data + at, len});
        if (st != CLUS_OK)
            return blame_line(err, st, number, &why, at);
        at += len + 1;
    }
    return CLUS_OK;
}
