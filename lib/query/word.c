/*
 * Words of a query: plain ones, with wildcards, inexact ones, ranges written a..b.
 *
 * A sign that means something only at the end of a word (^2, ~1) is looked for from the
 * end. Addresses (http://x/a?b=~c) are left as they are.
 */
#include "base/chars.h"
#include "query/date.h"
#include "query/scan.h"

#include "base/utf8.h"

/* A word while its trailing signs are taken off. */
struct word {
    struct bytes text;
    size_t offset; /* of the text */
    float boost;
    const struct query_field *field;
    bool is_address;
    bool fuzzy;
    uint8_t distance;
};

static bool is_key(const struct word *w)
{
    return w->field->type == FIELD_KEY || w->field->type == FIELD_OWN;
}

static struct ast_node *new_leaf(struct scanner *s, const struct word *w,
                                 enum ast_kind kind, size_t start)
{
    struct ast_node *leaf = clus__scan_new_leaf(s, kind, start, w->text);
    if (leaf) {
        leaf->field = w->field->name;
        leaf->boost = w->boost;
    }
    return leaf;
}

static enum query_token_kind give(struct query_token *out, struct ast_node *leaf)
{
    out->leaf = leaf;
    return leaf ? TOK_LEAF : TOK_SKIP;
}

static size_t last_byte(struct bytes text, char byte)
{
    const uint8_t *at = text.len ? memrchr(text.data, byte, text.len) : NULL;
    return at ? (size_t)(at - text.data) : SIZE_MAX;
}

static void take_boost(struct scanner *s, struct word *w)
{
    float value;
    size_t at = last_byte(w->text, '^');
    if (at == SIZE_MAX || (w->is_address && w->field->type == FIELD_ANY))
        return;
    struct bytes number = {w->text.data + at + 1, w->text.len - at - 1};
    if (at == 0 || !clus__scan_boost_value(number, &value)) {
        if (!w->is_address)
            clus__scan_complain(s, w->offset + at, 1,
                                "a number must follow ^, as in ^2: searched as text");
        return;
    }
    if (value > QUERY_MAX_BOOST) {
        clus__scan_complain(s, w->offset + at, w->text.len - at, "a boost is at most 1000");
        value = QUERY_MAX_BOOST;
    }
    w->boost = value;
    w->text.len = at;
}

static bool all_digits(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!clus__is_digit(text.data[i]))
            return false;
    return true;
}

/* ~, ~1 or ~2 behind one word. A ~ at its head means "about" and is text. */
static void take_fuzzy(struct scanner *s, struct word *w)
{
    size_t at = last_byte(w->text, '~');
    if (at == SIZE_MAX || at == 0 || w->is_address || is_key(w))
        return;
    struct bytes number = {w->text.data + at + 1, w->text.len - at - 1};
    struct bytes head = {w->text.data, at};
    if (!all_digits(number) || !clus__has_alnum(head)) {
        clus__scan_complain(s, w->offset + at, 1,
                            "~ stands at the end of a word, as in ~1: searched as text");
        return;
    }
    int distance = number.len == 0 ? 0 : number.len == 1 ? number.data[0] - '0' : 3;
    if (distance > 2 || (number.len > 0 && distance == 0)) {
        clus__scan_complain(s, w->offset + at, w->text.len - at,
                            "words differ by ~1 or ~2 letters: ~2 is searched");
        distance = 2;
    }
    w->fuzzy = true;
    w->distance = (uint8_t)distance;
    w->text = head;
}

/* Whether the sign at `at` holds what is around it together: 3.14, O'Neil, snake_case. */
static bool joins(struct bytes text, size_t at, int32_t c, size_t used)
{
    size_t n;
    if (c == '_')
        return true;
    if (at == 0 || at + used >= text.len ||
        (c != '.' && c != ',' && c != '\'' && c != 0x2019))
        return false;
    int32_t before = clus__code_at(text, clus__code_before(text, at), &n);
    int32_t behind = clus__code_at(text, at + used, &n);
    if (clus__is_digit(before) && clus__is_digit(behind))
        return true;
    return c != ',' && clus__is_letter(before) && clus__is_letter(behind);
}

/* The next piece of a word that the analyzer would cut: IT-хаб* is IT and хаб*. */
static struct bytes next_piece(struct bytes text, size_t *at)
{
    size_t from = *at, end = from, used;
    for (; end < text.len; end += used) {
        int32_t c = clus__code_at(text, end, &used);
        if (clus__is_alnum(c) || c == '*' || c == '?' || joins(text, end, c, used))
            continue;
        if (end > from)
            break;
        from = end + used;
    }
    *at = end;
    return (struct bytes){text.data + from, end - from};
}

static bool has_wildcard(struct bytes text)
{
    return text.len > 0 &&
           (memchr(text.data, '*', text.len) || memchr(text.data, '?', text.len));
}

static size_t count_pieces(struct bytes text)
{
    size_t at = 0, n = 0;
    while (at < text.len)
        n += clus__has_alnum(next_piece(text, &at));
    return n;
}

/* Pieces of one word stand next to each other. */
static struct ast_node *pieces_leaf(struct scanner *s, const struct word *w, size_t start,
                                    size_t n)
{
    struct ast_node **children = clus__arena_alloc(s->arena, n, sizeof(struct ast_node *));
    struct ast_node *near = clus__arena_alloc(s->arena, 1, sizeof *near);
    if (!children || !near) {
        s->status = CLUS_E_NOMEM;
        return NULL;
    }
    size_t at = 0, found = 0;
    while (at < w->text.len && found < n) {
        struct word piece = *w;
        piece.text = next_piece(w->text, &at);
        piece.boost = 1;
        if (!clus__has_alnum(piece.text))
            continue;
        children[found] =
            new_leaf(s, &piece, has_wildcard(piece.text) ? AST_WILDCARD : AST_WORD, start);
        if (!children[found++])
            return NULL;
    }
    *near = (struct ast_node){.kind = AST_NEAR,
                              .offset = (uint32_t)start,
                              .length = (uint32_t)(s->at - start),
                              .boost = w->boost,
                              .ordered = true,
                              .slop = 1,
                              .children = children,
                              .n_children = found};
    return near;
}

static enum query_token_kind wildcard(struct scanner *s, struct word *w, size_t start,
                                      struct query_token *out)
{
    if (is_key(w))
        return give(out, new_leaf(s, w, AST_WILDCARD, start));
    size_t n = count_pieces(w->text);
    if (n == 0) {
        clus__scan_complain(s, start, s->at - start,
                            "* and ? need a letter or digit beside them");
        return TOK_SKIP;
    }
    if (n > 1)
        return give(out, pieces_leaf(s, w, start, n));
    size_t at = 0;
    struct word piece = *w;
    do {
        piece.text = next_piece(w->text, &at);
    } while (!clus__has_alnum(piece.text));
    return give(out, new_leaf(s, &piece, has_wildcard(piece.text) ? AST_WILDCARD : AST_WORD,
                              start));
}

/* Bytes of ? and ! at the end of a word that ends a question, not a pattern: there is a !,
 * or there are words before it, and nothing or a new sentence behind it. */
static size_t question_mark(const struct scanner *s, const struct word *w)
{
    size_t len = w->text.len, at = s->at, used;
    bool strict = s->opts && s->opts->strict;
    if (strict || w->field->type != FIELD_ANY || w->offset + len != at)
        return 0;
    while (len > 0 && (w->text.data[len - 1] == '?' || w->text.data[len - 1] == '!'))
        len--;
    struct bytes head = {w->text.data, len}, tail = {w->text.data + len, w->text.len - len};
    if (!has_wildcard(tail) || has_wildcard(head))
        return 0;
    if (memchr(tail.data, '!', tail.len))
        return tail.len;
    if (s->n_clauses == 0)
        return 0;
    while (at < s->text.len && clus__is_blank(clus__code_at(s->text, at, &used)))
        at += used;
    if (at == s->text.len)
        return tail.len;
    bool new_sentence = at > s->at && clus__is_upper(clus__code_at(s->text, at, &used));
    struct bytes next = {s->text.data + at, clus__scan_run_end(s, at, FIELD_ANY) - at};
    static const char *const operators[] = {"OR", "AND", "NOT", "NEAR", "ADJ"};
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        size_t n = strlen(operators[i]);
        if (next.len >= n && memcmp(next.data, operators[i], n) == 0)
            new_sentence = false;
    }
    return new_sentence ? tail.len : 0;
}

/* a..b in a field with an order. */
static struct ast_node *dotted_range(struct scanner *s, const struct word *w, size_t start)
{
    const uint8_t *dots = memmem(w->text.data, w->text.len, "..", 2);
    size_t at = (size_t)(dots - w->text.data);
    struct bytes low = {w->text.data, at}, high = {dots + 2, w->text.len - at - 2};
    struct ast_node *leaf = new_leaf(s, w, AST_RANGE, start);
    if (leaf) {
        leaf->text = (struct bytes){NULL, 0};
        leaf->low = low;
        leaf->high = high;
    }
    return leaf;
}

static bool is_all(struct bytes text)
{
    return text.len == 1 && text.data[0] == '*';
}

/* What stands for a date and is none is text from its field's name on. There commas end
 * words, and a quotation mark that is not closed stays out. */
static enum query_token_kind no_date(struct scanner *s, struct word *w, size_t start,
                                     struct query_token *out)
{
    clus__scan_complain(s, start, s->at - start, "not a date: searched as text");
    size_t from = start, end = clus__scan_run_end(s, from, FIELD_ANY);
    if (end <= w->offset) {
        from = w->offset;
        end = clus__scan_run_end(s, from, FIELD_ANY);
    }
    s->at = end;
    w->field = &s->fields[0]; /* the query as a whole has none */
    w->text = (struct bytes){s->text.data + from, end - from};
    if (!clus__has_alnum(w->text))
        return TOK_SKIP;
    return give(out, new_leaf(s, w, AST_WORD, from));
}

static enum query_token_kind date_word(struct scanner *s, struct word *w, size_t start,
                                       struct query_token *out)
{
    int64_t unused;
    bool range = w->text.len > 0 && memmem(w->text.data, w->text.len, "..", 2);
    if (is_all(w->text)) { /* any date */
        struct ast_node *leaf = new_leaf(s, w, AST_RANGE, start);
        if (leaf)
            leaf->text = (struct bytes){NULL, 0};
        return give(out, leaf);
    }
    if (clus__date_range(w->text, 0, &unused, &unused) == CLUS_OK)
        return give(out,
                    range ? dotted_range(s, w, start) : new_leaf(s, w, AST_WORD, start));
    return no_date(s, w, start, out);
}

/* 2020..2024 with no field to look in. */
static bool is_stray_range(struct bytes text)
{
    const uint8_t *dots =
        text.len > 4 ? memmem(text.data + 1, text.len - 2, "..", 2) : NULL;
    return dots && clus__is_digit(dots[-1]) && clus__is_digit(dots[2]) &&
           clus__is_digit(text.data[0]);
}

static enum query_token_kind fuzzy_word(struct scanner *s, struct word *w, size_t start,
                                        struct query_token *out)
{
    if (has_wildcard(w->text)) {
        clus__scan_complain(s, start, s->at - start, "~ does not go together with * and ?");
        return wildcard(s, w, start, out);
    }
    if (count_pieces(w->text) > 1) {
        clus__scan_complain(s, start, s->at - start,
                            "~ takes one word without signs inside: searched as it is");
        return give(out, new_leaf(s, w, AST_WORD, start));
    }
    struct ast_node *leaf = new_leaf(s, w, AST_FUZZY, start);
    if (leaf)
        leaf->distance = w->distance;
    return give(out, leaf);
}

static enum query_token_kind as_it_is(struct scanner *s, const struct word *w, size_t start,
                                      bool exact, struct query_token *out)
{
    struct ast_node *leaf = new_leaf(s, w, AST_WORD, start);
    if (leaf)
        leaf->exact = exact;
    return give(out, leaf);
}

static enum query_token_kind plain_word(struct scanner *s, struct word *w, size_t start,
                                        bool exact, struct query_token *out)
{
    if (w->field->type == FIELD_OWN && w->text.len > 2 &&
        memmem(w->text.data, w->text.len, "..", 2))
        return give(out, dotted_range(s, w, start));
    if (w->field->type == FIELD_ANY && is_stray_range(w->text))
        clus__scan_complain(
            s, start, s->at - start,
            "a range needs a field, as in date:2023..2024: searched as text");
    return as_it_is(s, w, start, exact, out);
}

/* A mark that cannot begin a word: a closing quotation mark, or what an opening one left.
 */
static enum query_token_kind skip_mark(struct scanner *s)
{
    size_t used;
    if (s->at == s->text.len)
        return TOK_SKIP;
    int32_t c = clus__code_at(s->text, s->at, &used);
    if (c == 0xBB || c == 0x201D) {
        clus__scan_complain(s, s->at, used, "a quotation mark closes nothing");
        s->at += used;
    }
    return TOK_SKIP;
}

enum query_token_kind clus__scan_plain(struct scanner *s, const struct query_field *field,
                                       size_t end, struct query_token *out)
{
    struct word w = {.text = {s->text.data + s->at, end - s->at},
                     .offset = s->at,
                     .boost = 1,
                     .field = field};
    s->at = end;
    return as_it_is(s, &w, w.offset, false, out);
}

enum query_token_kind clus__scan_word(struct scanner *s, const struct query_field *field,
                                      size_t start, bool exact, struct query_token *out)
{
    size_t from = s->at, end = clus__scan_run_end(s, from, field->type);
    if (end == from)
        return skip_mark(s);
    struct word w = {.text = {s->text.data + from, end - from},
                     .offset = from,
                     .boost = 1,
                     .field = field};
    s->at = end;
    if (field->type == FIELD_ANY && clus__plain_run(w.text, 0) == w.text.len)
        return as_it_is(s, &w, start, exact, out);
    w.is_address = memmem(w.text.data, w.text.len, "://", 3) != NULL;
    take_boost(s, &w);
    if (field->type == FIELD_DATE)
        return date_word(s, &w, start, out);
    take_fuzzy(s, &w);
    bool all = is_key(&w) && is_all(w.text);
    if (!clus__has_alnum(w.text) && !all) {
        if (has_wildcard(w.text) || from > start)
            clus__scan_complain(s, start, end - start, "nothing to search for stands here");
        return TOK_SKIP;
    }
    w.text.len -= question_mark(s, &w);
    if (w.fuzzy)
        return fuzzy_word(s, &w, start, out);
    bool pattern = w.is_address ? is_key(&w) && memchr(w.text.data, '*', w.text.len)
                                : has_wildcard(w.text);
    return pattern ? wildcard(s, &w, start, out) : plain_word(s, &w, start, exact, out);
}
