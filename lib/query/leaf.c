/* Leaves of a query that are not plain words: phrases, ranges, comparisons, regexes. */
#include "base/chars.h"
#include "query/date.h"
#include "query/scan.h"

#include "base/utf8.h"

static bool is_alnum_at(const struct scanner *s, size_t at)
{
    size_t used;
    return at < s->text.len && clus__is_alnum(clus__code_at(s->text, at, &used));
}

static struct bytes slice(const struct scanner *s, size_t from, size_t to)
{
    return (struct bytes){s->text.data + from, to - from};
}

static enum query_token_kind give(struct query_token *out, struct ast_node *leaf)
{
    out->leaf = leaf;
    return leaf ? TOK_LEAF : TOK_SKIP;
}

static bool closes(int32_t opening, int32_t c)
{
    switch (opening) {
    case 0xAB: return c == 0xBB;
    case 0x201C: return c == 0x201D;
    case 0x201E: return c == 0x201C || c == 0x201D;
    default: return c == opening;
    }
}

/* Where the phrase that begins at `from` ends, without its mark; SIZE_MAX if it does not.
 * Guillemets may hold guillemets; the other marks end at the first that fits. */
static size_t phrase_end(const struct scanner *s, size_t from, int32_t opening,
                         size_t *mark)
{
    size_t inner = 0;
    for (size_t at = from; at < s->text.len; at += *mark) {
        int32_t c = clus__code_at(s->text, at, mark);
        if (opening == 0xAB && c == 0xAB)
            inner++;
        else if (closes(opening, c) && (opening != 0xAB || inner-- == 0))
            return at;
    }
    return SIZE_MAX;
}

static uint32_t phrase_slop(struct scanner *s)
{
    uint32_t slop = 0;
    size_t from = s->at, at = from + 1;
    if (clus__scan_byte(s, from) != '~')
        return 0;
    for (; clus__is_digit(clus__scan_byte(s, at)); at++)
        slop = slop > QUERY_MAX_SLOP ? slop : slop * 10 + (s->text.data[at] - '0');
    s->at = at;
    if (at == from + 1)
        clus__scan_complain(s, from, 1, "a number must follow ~ behind a phrase");
    if (slop > QUERY_MAX_SLOP) {
        clus__scan_complain(s, from, at - from,
                            "a phrase is stretched by at most 1000 words");
        slop = QUERY_MAX_SLOP;
    }
    return slop;
}

static void complain_of_stars(struct scanner *s, size_t from, size_t end)
{
    for (size_t at = from + 1; at < end; at++)
        if (s->text.data[at] == '*' && s->text.data[at - 1] > ' ') {
            clus__scan_complain(s, at, 1,
                                "* does not work inside quotation marks; use ADJ/1");
            return;
        }
}

static void complain_of_bad_bytes(struct scanner *s, size_t from, size_t end)
{
    size_t used;
    for (size_t at = from; at < end; at += used)
        if (clus__code_at(s->text, at, &used) == CODE_BAD) {
            clus__scan_complain(s, at, used,
                                "bytes that are not UTF-8 are taken as a blank");
            return;
        }
}

static enum query_token_kind finish_phrase(struct scanner *s,
                                           const struct query_field *field, size_t start,
                                           struct bytes text, struct query_token *out)
{
    int64_t unused;
    size_t begin = (size_t)(text.data - s->text.data);
    uint32_t slop = phrase_slop(s);
    float boost = clus__scan_boost(s);
    if (!clus__has_alnum(text)) {
        clus__scan_complain(s, start, s->at - start,
                            "nothing to search for stands between the quotation marks");
        return TOK_SKIP;
    }
    if (field->type == FIELD_DATE &&
        clus__date_range(text, 0, &unused, &unused) != CLUS_OK) {
        clus__scan_complain(s, start, s->at - start, "not a date: searched as text");
        field = &s->fields[0]; /* the query as a whole has none */
    }
    complain_of_bad_bytes(s, begin, begin + text.len);
    if (field->type == FIELD_ANY || field->type == FIELD_TEXT)
        complain_of_stars(s, begin, begin + text.len);
    struct ast_node *leaf = clus__scan_new_leaf(
        s, field->type == FIELD_DATE ? AST_WORD : AST_PHRASE, start, text);
    if (leaf) {
        leaf->field = field->name;
        leaf->slop = slop;
        leaf->boost = boost;
    }
    return give(out, leaf);
}

/* A phrase, or TOK_NONE with s->at behind a mark that is not closed. */
static enum query_token_kind scan_phrase(struct scanner *s, const struct query_field *field,
                                         size_t start, bool exact, struct query_token *out)
{
    size_t opening, closing, from = s->at, end = SIZE_MAX;
    int32_t c = clus__code_at(s->text, from, &opening);
    if (s->n_unclosed < QUERY_MAX_UNCLOSED)
        end = phrase_end(s, from + opening, c, &closing);
    if (end == SIZE_MAX) {
        s->n_unclosed++;
        clus__scan_complain(s, from, opening, "a quotation mark is not closed");
        s->at = from + opening;
        return TOK_NONE;
    }
    s->at = end + closing;
    enum query_token_kind kind =
        finish_phrase(s, field, start, slice(s, from + opening, end), out);
    if (kind == TOK_LEAF)
        out->leaf->exact = exact;
    return kind;
}

static bool has_order(const struct query_field *field)
{
    return field->type == FIELD_DATE || field->type == FIELD_OWN;
}

static struct bytes trim_bound(struct bytes text)
{
    while (text.len > 0 && text.data[0] <= ' ')
        text = (struct bytes){text.data + 1, text.len - 1};
    while (text.len > 0 && text.data[text.len - 1] <= ' ')
        text.len--;
    if (text.len == 1 && text.data[0] == '*')
        text.len = 0;
    return text;
}

static bool is_bound(const struct query_field *field, struct bytes bound)
{
    int64_t unused;
    return bound.len == 0 || field->type != FIELD_DATE ||
           clus__date_bound(bound, 0, &unused, &unused) == CLUS_OK;
}

/* `low` TO `high` between the brackets. */
static bool split_range(struct bytes inside, struct bytes *low, struct bytes *high)
{
    const uint8_t *to = inside.len ? memmem(inside.data, inside.len, " TO ", 4) : NULL;
    if (!to)
        return false;
    size_t at = (size_t)(to - inside.data);
    *low = trim_bound((struct bytes){inside.data, at});
    *high = trim_bound((struct bytes){to + 4, inside.len - at - 4});
    return true;
}

static size_t range_end(const struct scanner *s, size_t from)
{
    size_t end =
        s->text.len - from > QUERY_MAX_RANGE ? from + QUERY_MAX_RANGE : s->text.len;
    for (size_t at = from; at < end; at++) {
        uint8_t c = s->text.data[at];
        if (c == ']' || c == '}')
            return at;
        if (c != '\0' && strchr("()[{\"", c))
            break;
    }
    return SIZE_MAX;
}

static enum query_token_kind scan_range(struct scanner *s, const struct query_field *field,
                                        size_t start, struct query_token *out)
{
    struct bytes low = {0}, high = {0};
    size_t open = s->at, close = range_end(s, open + 1);
    bool is_range =
        close != SIZE_MAX && split_range(slice(s, open + 1, close), &low, &high);
    if (!is_range && !has_order(field))
        return TOK_NONE;
    s->at = open + 1;
    if (!is_range || !has_order(field) || !is_bound(field, low) || !is_bound(field, high)) {
        clus__scan_complain(s, start, (is_range ? close + 1 : open + 1) - start,
                            has_order(field)
                                ? "not a range such as [2023 TO 2024]: searched as text"
                                : "only a field with an order has ranges, such as date:");
        return TOK_SKIP;
    }
    s->at = close + 1;
    float boost = clus__scan_boost(s);
    struct ast_node *leaf =
        clus__scan_new_leaf(s, AST_RANGE, start, (struct bytes){NULL, 0});
    if (leaf) {
        leaf->field = field->name;
        leaf->low = low;
        leaf->high = high;
        leaf->low_open = s->text.data[open] == '{';
        leaf->high_open = s->text.data[close] == '}';
        leaf->boost = boost;
    }
    return give(out, leaf);
}

/* >=value and the like. Without a value it is punctuation. */
static enum query_token_kind scan_comparison(struct scanner *s,
                                             const struct query_field *field, size_t start,
                                             struct query_token *out)
{
    size_t at = s->at + 1;
    bool greater = s->text.data[s->at] == '>', equal = clus__scan_byte(s, at) == '=';
    at += equal;
    bool has_value = is_alnum_at(s, at);
    size_t most = field->type == FIELD_OWN ? SIZE_MAX : QUERY_MAX_RANGE;
    size_t end = has_value ? clus__scan_run_within(s, at, most, field->type) : at;
    struct bytes value = slice(s, at, end);
    if (!has_value && !has_order(field))
        return TOK_NONE;
    s->at = at;
    if (!has_value || !has_order(field) || !is_bound(field, value)) {
        clus__scan_complain(s, start, end - start,
                            has_order(field)
                                ? "not a comparison such as >=2024: searched as text"
                                : "only a field with an order is compared, such as date:");
        return TOK_SKIP;
    }
    s->at = end;
    struct ast_node *leaf =
        clus__scan_new_leaf(s, AST_RANGE, start, (struct bytes){NULL, 0});
    if (leaf) {
        leaf->field = field->name;
        *(greater ? &leaf->low : &leaf->high) = value;
        leaf->low_open = greater && !equal;
        leaf->high_open = !greater && !equal;
    }
    return give(out, leaf);
}

size_t clus__scan_regex_end(const struct scanner *s, size_t from)
{
    size_t used, behind;
    for (size_t at = from; at < s->text.len; at += used) {
        int32_t c = clus__code_at(s->text, at, &used);
        if (c == CODE_BAD || clus__is_blank(c))
            return SIZE_MAX;
        if (c == '\\' && at + 1 < s->text.len && s->text.data[at + 1] == '/')
            used = 2;
        if (c != '/')
            continue;
        behind = at + 1;
        int next = clus__scan_byte(s, behind);
        bool ends = next < 0 || next == ')' || next == '|' || next == '^' ||
                    clus__is_blank(clus__code_at(s->text, behind, &used));
        return ends && at > from ? at : SIZE_MAX;
    }
    return SIZE_MAX;
}

static enum query_token_kind scan_regex(struct scanner *s, const struct query_field *field,
                                        size_t start, struct query_token *out)
{
    size_t from = s->at + 1, end = clus__scan_regex_end(s, from);
    if (field->type != FIELD_ANY && field->type != FIELD_TEXT)
        return TOK_NONE;
    if (end == SIZE_MAX) {
        struct bytes rest = slice(s, from, clus__scan_run_end(s, from, field->type));
        if (rest.len > 0 && !memchr(rest.data, '/', rest.len))
            clus__scan_complain(
                s, s->at, rest.len + 1,
                "a regular expression is not closed by /: searched as text");
        return TOK_NONE;
    }
    s->at = end + 1;
    float boost = clus__scan_boost(s);
    struct ast_node *leaf = clus__scan_new_leaf(s, AST_REGEX, start, slice(s, from, end));
    if (leaf) {
        leaf->field = field->name;
        leaf->boost = boost;
    }
    return give(out, leaf);
}

/* = before a word or phrase, or false. */
static bool take_exact(struct scanner *s)
{
    size_t at = s->at + 1;
    if (clus__scan_byte(s, s->at) != '=')
        return false;
    if (clus__scan_byte(s, at) == '(')
        clus__scan_complain(s, s->at, 1, "= takes a word or a phrase");
    if (clus__scan_quote(s, at) == 0 && !is_alnum_at(s, at))
        return false;
    s->at = at;
    return true;
}

enum query_token_kind clus__scan_leaf(struct scanner *s, const struct query_field *field,
                                      size_t start, struct query_token *out)
{
    enum query_token_kind kind = TOK_NONE;
    bool exact = take_exact(s);
    int c = clus__scan_byte(s, s->at);
    if (clus__scan_quote(s, s->at) > 0) {
        bool bare = start == s->at;
        kind = scan_phrase(s, field, start, exact, out);
        if (bare && kind == TOK_NONE)
            return TOK_SKIP; /* what follows may be anything, a field say */
        exact = exact && is_alnum_at(s, s->at);
    } else if (!exact && (c == '[' || c == '{'))
        kind = scan_range(s, field, start, out);
    else if (!exact && (c == '<' || c == '>'))
        kind = scan_comparison(s, field, start, out);
    else if (!exact && c == '/')
        kind = scan_regex(s, field, start, out);
    return kind == TOK_NONE ? clus__scan_word(s, field, start, exact, out) : kind;
}
