/* Query text to tokens: blanks, brackets, operators, and where leaves begin. */
#include "query/scan.h"

#include "base/chars.h"
#include "base/utf8.h"

void clus__scan_complain(struct scanner *s, size_t offset, size_t length,
                         const char *message)
{
    clus__complain(s->complaints, CLUS_E_SYNTAX, offset, length, message);
}

struct ast_node *clus__scan_new_leaf(struct scanner *s, enum ast_kind kind, size_t offset,
                                     struct bytes text)
{
    if (s->cut || s->status != CLUS_OK)
        return NULL;
    if (s->n_clauses == QUERY_MAX_CLAUSES) {
        clus__complain(s->complaints, CLUS_E_LIMIT, offset, s->text.len - offset,
                       "the query has more than 1024 clauses: the rest is left out");
        s->cut = true;
        return NULL;
    }
    struct ast_node *node = clus__arena_alloc(s->arena, 1, sizeof *node);
    if (!node) {
        s->status = CLUS_E_NOMEM;
        return NULL;
    }
    s->n_clauses++;
    node->kind = kind;
    node->offset = (uint32_t)offset;
    node->length = (uint32_t)(s->at > offset ? s->at - offset : 0);
    node->boost = 1;
    node->text = text;
    return node;
}

/* Malformed bytes count as a blank; each stretch of them is told once. */
static void skip_blanks(struct scanner *s)
{
    size_t bad_from = 0, bad = 0, used;
    for (; s->at < s->text.len; s->at += used) {
        int32_t c = clus__code_at(s->text, s->at, &used);
        if (c == CODE_BAD) {
            bad_from = bad ? bad_from : s->at;
            bad += used;
            continue;
        }
        if (bad)
            clus__scan_complain(s, bad_from, bad,
                                "bytes that are not UTF-8 are taken as a blank");
        bad = 0;
        if (!clus__is_blank(c) && c != ',' && c != ';')
            return;
    }
    if (bad)
        clus__scan_complain(s, bad_from, bad,
                            "bytes that are not UTF-8 are taken as a blank");
}

size_t clus__scan_quote(const struct scanner *s, size_t at)
{
    size_t used;
    if (at >= s->text.len)
        return 0;
    int32_t c = clus__code_at(s->text, at, &used);
    return c == '"' || c == 0xAB || c == 0x201C || c == 0x201E ? used : 0;
}

static bool ends_run(int32_t c)
{
    return c == CODE_BAD || clus__is_blank(c) || c == '(' || c == ')' || c == '|' ||
           c == '"' || c == 0xAB || c == 0xBB || (c >= 0x201C && c <= 0x201E);
}

static bool comma_ends_run(const struct scanner *s, size_t from, size_t at)
{
    int before = at > from ? s->text.data[at - 1] : -1;
    return !(clus__is_digit(before) && clus__is_digit(clus__scan_byte(s, at + 1)));
}

/* No date is longer than a range may be. */
size_t clus__scan_run_end(const struct scanner *s, size_t from, enum field_type type)
{
    return clus__scan_run_within(s, from, type == FIELD_DATE ? QUERY_MAX_RANGE : SIZE_MAX,
                                 type);
}

size_t clus__scan_run_within(const struct scanner *s, size_t from, size_t most,
                             enum field_type type)
{
    bool commas = type == FIELD_ANY || type == FIELD_TEXT;
    struct bytes text = s->text;
    if (text.len - from > most)
        text.len = from + most;
    size_t at = from, used;
    while ((at += clus__plain_run(text, at)) < text.len) {
        int32_t c = clus__code_at(text, at, &used);
        if (ends_run(c))
            break;
        if (c == '/' && at >= from + 2 && memcmp(s->text.data + at - 1, ":/", 2) == 0)
            commas = false; /* an address */
        if (commas && (c == ',' || c == ';') && comma_ends_run(s, from, at))
            break;
        at += used;
    }
    return at;
}

bool clus__scan_boost_value(struct bytes text, float *value)
{
    enum { DIGITS = 6 };
    uint32_t whole = 0, part = 0, scale = 1;
    size_t i = 0, point;
    while (i < text.len && i < DIGITS && clus__is_digit(text.data[i]))
        whole = whole * 10 + (text.data[i++] - '0');
    if (i == 0)
        return false;
    if (i < text.len && text.data[i] == '.') {
        point = i++;
        while (i < text.len && i <= point + DIGITS && clus__is_digit(text.data[i])) {
            part = part * 10 + (text.data[i++] - '0');
            scale *= 10;
        }
        if (i == point + 1)
            return false;
    }
    if (i < text.len)
        return false;
    *value = (float)((double)whole + (double)part / scale);
    return true;
}

float clus__scan_boost(struct scanner *s)
{
    float value;
    size_t from = s->at, end;
    if (clus__scan_byte(s, from) != '^')
        return 1;
    end = clus__scan_run_within(s, from, QUERY_MAX_RANGE, FIELD_ANY);
    if (!clus__scan_boost_value((struct bytes){s->text.data + from + 1, end - from - 1},
                                &value)) {
        clus__scan_complain(s, from, 1, "a number must follow ^, as in ^2");
        s->at = from + 1;
        return 1;
    }
    s->at = end;
    if (value > QUERY_MAX_BOOST) {
        clus__scan_complain(s, from, end - from, "a boost is at most 1000");
        value = QUERY_MAX_BOOST;
    }
    return value;
}

static enum query_token_kind open_bracket(struct scanner *s,
                                          const struct query_field *field)
{
    s->at++;
    if (s->depth == QUERY_MAX_DEPTH) {
        if (s->ignored++ == 0)
            clus__complain(s->complaints, CLUS_E_LIMIT, s->at - 1, 1,
                           "brackets nest deeper than 64: those inside are left out");
        return TOK_SKIP;
    }
    s->fields[++s->depth] = *field;
    return TOK_OPEN;
}

static enum query_token_kind close_bracket(struct scanner *s, struct query_token *out)
{
    s->at++;
    if (s->ignored > 0) {
        s->ignored--;
        return TOK_SKIP;
    }
    if (s->depth == 0) {
        clus__scan_complain(s, s->at - 1, 1, "a bracket is closed that was not opened");
        return TOK_SKIP;
    }
    s->depth--;
    out->boost = clus__scan_boost(s);
    return TOK_CLOSE;
}

/* A number behind '-' is a negative one or part of an order's; behind '+' it is a word. */
static bool begins_operand(const struct scanner *s, size_t at, int sign)
{
    size_t used;
    int next = clus__scan_byte(s, at);
    if (next < 0)
        return false;
    if (next == '=')
        return clus__scan_byte(s, at + 1) != '=' && begins_operand(s, at + 1, sign);
    return next == '(' || next == '[' || next == '{' || clus__scan_quote(s, at) > 0 ||
           (sign == '+' && clus__is_digit(next)) ||
           clus__is_letter(clus__code_at(s->text, at, &used));
}

/* A wildcard or a regular expression, which a number's sign cannot stand before. */
static bool begins_pattern(const struct scanner *s, size_t at)
{
    size_t used, from = at;
    int c = clus__scan_byte(s, at);
    if (c == '/')
        return clus__scan_regex_end(s, at + 1) != SIZE_MAX;
    for (; c == '*' || c == '?'; c = clus__scan_byte(s, at))
        at++;
    return at > from && c >= 0 && clus__is_alnum(clus__code_at(s->text, at, &used));
}

/* Signs that negate stand behind a blank or an opening bracket only. */
static bool is_after_blank(const struct scanner *s)
{
    size_t used;
    if (s->at == 0 || s->text.data[s->at - 1] == '(')
        return true;
    int32_t c = clus__code_at(s->text, clus__code_before(s->text, s->at), &used);
    return c == CODE_BAD || clus__is_blank(c);
}

static enum query_token_kind scan_sign(struct scanner *s, struct query_token *out)
{
    int c = clus__scan_byte(s, s->at);
    switch (c) {
    case '(': return open_bracket(s, &s->fields[s->depth]);
    case ')': return close_bracket(s, out);
    case '|':
        while (clus__scan_byte(s, s->at) == '|')
            s->at++;
        return TOK_OR;
    case '+':
    case '-':
        if (!is_after_blank(s) ||
            !(begins_operand(s, s->at + 1, c) || begins_pattern(s, s->at + 1)))
            return TOK_NONE;
        s->at++;
        return c == '+' ? TOK_PLUS : TOK_MINUS;
    default: return TOK_NONE;
    }
}

static bool is_text(struct bytes run, const char *text)
{
    return run.len == strlen(text) && memcmp(run.data, text, run.len) == 0;
}

/* The number behind the name of NEAR or ADJ: /n, or nothing. 0 for anything else. */
static uint32_t near_slop(struct scanner *s, struct bytes run, size_t name)
{
    uint32_t n = 0;
    if (run.len == name)
        return QUERY_NEAR_SLOP;
    for (size_t i = name + 1; i < run.len; i++) {
        if (!clus__is_digit(run.data[i]))
            return 0;
        n = n * 10 + (run.data[i] - '0');
        if (n > QUERY_MAX_SLOP)
            n = QUERY_MAX_SLOP + 1;
    }
    if (n > QUERY_MAX_SLOP) {
        clus__scan_complain(s, s->at, run.len,
                            "NEAR and ADJ reach over at most 1000 words");
        n = QUERY_MAX_SLOP;
    }
    return n;
}

static enum query_token_kind scan_near(struct scanner *s, struct bytes run,
                                       struct query_token *out)
{
    size_t name = run.len >= 4 && memcmp(run.data, "NEAR", 4) == 0  ? 4
                  : run.len >= 3 && memcmp(run.data, "ADJ", 3) == 0 ? 3
                                                                    : 0;
    if (name == 0 || (run.len > name && run.data[name] != '/'))
        return TOK_NONE;
    out->slop = near_slop(s, run, name);
    if (out->slop == 0) {
        clus__scan_complain(s, s->at, run.len,
                            "NEAR and ADJ take a number of words from 1, as in NEAR/5");
        return TOK_NONE;
    }
    out->ordered = name == 3;
    return TOK_NEAR;
}

static enum query_token_kind scan_operator(struct scanner *s, struct query_token *out)
{
    int c = clus__scan_byte(s, s->at);
    if (c != 'A' && c != 'N' && c != 'O')
        return TOK_NONE;
    size_t end = clus__scan_run_end(s, s->at, FIELD_ANY);
    struct bytes run = {s->text.data + s->at, end - s->at};
    enum query_token_kind kind = is_text(run, "OR")    ? TOK_OR
                                 : is_text(run, "AND") ? TOK_AND
                                 : is_text(run, "NOT") ? TOK_NOT
                                                       : scan_near(s, run, out);
    if (kind != TOK_NONE)
        s->at = end;
    return kind;
}

bool clus__scan_find_field(const clus_parse_options *opts, struct bytes name,
                           struct query_field *out)
{
    static const struct {
        const char *name;
        enum field_type type;
    } known[] = {
        {"title", FIELD_TEXT}, {"lead", FIELD_TEXT}, {"text", FIELD_TEXT},
        {"extra", FIELD_TEXT}, {"id", FIELD_KEY},    {"lang", FIELD_KEY},
        {"source", FIELD_KEY}, {"tag", FIELD_KEY},   {"url", FIELD_KEY},
        {"date", FIELD_DATE},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct bytes one = {(const uint8_t *)known[i].name, strlen(known[i].name)};
        if (clus__same_name(name, one)) {
            *out = (struct query_field){known[i].type, one};
            return true;
        }
    }
    for (size_t i = 0; opts && i < opts->n_fields; i++) {
        struct bytes one = {(const uint8_t *)opts->fields[i], strlen(opts->fields[i])};
        if (one.len > 0 && clus__same_name(name, one)) {
            *out = (struct query_field){FIELD_OWN, name};
            return true;
        }
    }
    return false;
}

/* Bytes of the name before a colon at s->at, or 0. */
static size_t name_length(const struct scanner *s)
{
    size_t at = s->at, used;
    while ((at += clus__plain_run(s->text, at)) < s->text.len) {
        int32_t c = clus__code_at(s->text, at, &used);
        if (c == ':')
            return at - s->at;
        if (c == CODE_BAD || (!clus__is_alnum(c) && c != '_' && c != '-' && c != '.'))
            return 0;
        at += used;
    }
    return 0;
}

/* A copy of a name in lower case, which is at most one byte a letter longer. */
static bool lower_name(struct scanner *s, struct bytes *name)
{
    uint8_t *copy = clus__arena_alloc(s->arena, name->len * 2 + 4, 1);
    size_t len = 0, used;
    if (!copy) {
        s->status = CLUS_E_NOMEM;
        return false;
    }
    for (size_t at = 0; at < name->len; at += used)
        len += clus__code_put(copy + len, clus__to_lower(clus__code_at(*name, at, &used)));
    *name = (struct bytes){copy, len};
    return true;
}

/* A known field's name and colon; *field stays as it is where there is none. */
static bool scan_field(struct scanner *s, struct query_field *field)
{
    struct query_field found;
    size_t used, len = name_length(s);
    if (len == 0 ||
        !clus__scan_find_field(s->opts, (struct bytes){s->text.data + s->at, len}, &found))
        return false;
    size_t behind = s->at + len + 1;
    if (behind >= s->text.len || clus__scan_byte(s, behind) == ')' ||
        clus__is_blank(clus__code_at(s->text, behind, &used))) {
        clus__scan_complain(s, s->at, len + 1,
                            "a field's value must follow its colon without a blank");
        return false;
    }
    if (found.type == FIELD_OWN && !lower_name(s, &found.name))
        return false;
    *field = found;
    s->at = behind;
    return true;
}

static enum query_token_kind scan_operand(struct scanner *s, struct query_token *out)
{
    struct query_field field = s->fields[s->depth];
    size_t start = s->at, end = start + clus__plain_run(s->text, start);
    bool at_blank = end == s->text.len || s->text.data[end] == ' ';
    if (end > start && at_blank && field.type == FIELD_ANY)
        return clus__scan_plain(s, &field, end, out);
    if (scan_field(s, &field) && clus__scan_byte(s, s->at) == '(')
        return open_bracket(s, &field);
    if (s->status != CLUS_OK)
        return TOK_SKIP;
    return clus__scan_leaf(s, &field, start, out);
}

void clus__scan_next(struct scanner *s, struct query_token *out)
{
    for (;;) {
        skip_blanks(s);
        *out = (struct query_token){.kind = TOK_END, .offset = (uint32_t)s->at, .boost = 1};
        if (s->cut || s->status != CLUS_OK || s->at == s->text.len)
            return;
        enum query_token_kind kind = scan_sign(s, out);
        if (kind == TOK_NONE)
            kind = scan_operator(s, out);
        if (kind == TOK_NONE)
            kind = scan_operand(s, out);
        if (kind == TOK_SKIP)
            continue;
        out->kind = kind;
        out->length = (uint32_t)(s->at - out->offset);
        return;
    }
}
