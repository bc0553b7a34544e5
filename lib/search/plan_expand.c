/* Wildcards, regular expressions and fuzzy words: patterns become the dictionary's words
 * that they match. */
#include "base/buf.h"
#include "search/builder.h"

enum { MAX_PATTERN = 512 };

static bool is_glob(uint8_t c)
{
    return c == '*' || c == '?';
}

/* A run of letters as the dictionary spells it: folded when it is one token, else as it
 * is. */
static clus_status fold_run(struct builder *b, struct bytes run, struct buf *out)
{
    struct token_list tokens = {0};
    clus_status st = clus__lexer_run(b->lexer, run, &tokens);
    if (st == CLUS_OK && tokens.n == 1 && tokens.items[0].start == 0 &&
        tokens.items[0].end == run.len)
        run = clus__lexer_form(b->lexer, tokens.items[0].form)->text;
    if (st == CLUS_OK)
        clus__buf_add(out, run.data, run.len);
    clus__token_list_done(&tokens);
    return st;
}

/* The pattern with its letters folded, * and ? kept, ** made *. */
static clus_status fold_pattern(struct builder *b, struct bytes in, struct bytes *out)
{
    struct buf folded = {.max = MAX_PATTERN};
    clus_status st = CLUS_OK;
    for (size_t i = 0; st == CLUS_OK && i < in.len;) {
        size_t end = i;
        while (end < in.len && !is_glob(in.data[end]))
            end++;
        if (end > i)
            st = fold_run(b, (struct bytes){in.data + i, end - i}, &folded);
        for (; end < in.len && is_glob(in.data[end]); end++)
            if (in.data[end] == '?' || end == 0 || in.data[end - 1] != '*')
                clus__buf_byte(&folded, in.data[end]);
        i = end;
    }
    if (st == CLUS_OK)
        st = clus__buf_status(&folded);
    if (st == CLUS_OK)
        st = clus__build_copy(b, clus__buf_bytes(&folded), out);
    clus__buf_done(&folded);
    return st;
}

static clus_status members_of_list(struct builder *b, uint8_t kind,
                                   const struct expansion_list *list, struct clause *c)
{
    c->members = clus__arena_alloc(b->plan->arena, list->n, sizeof *c->members);
    if (!c->members)
        return CLUS_E_NOMEM;
    for (size_t i = 0; i < list->n; i++) {
        const struct plan_term *term;
        clus_status st = clus__build_met(b, kind, &list->items[i], &term);
        if (st != CLUS_OK)
            return st;
        if (term->df > 0)
            c->members[c->n_members++] = (struct member){.term = term, .weight = 1.0f};
    }
    return CLUS_OK;
}

static void restrict_to_field(struct clause *c, enum query_field field)
{
    c->need_flags = field == FIELD_TITLE   ? FLAG_TITLE
                    : field == FIELD_LEAD  ? FLAG_LEAD
                    : field == FIELD_EXTRA ? FLAG_EXTRA_ONLY
                                           : 0;
    c->deny_flags = field == FIELD_TEXT ? FLAG_EXTRA_ONLY : 0;
}

static clus_status group_of_list(struct builder *b, uint8_t kind,
                                 const struct expansion_list *list, struct clause **out)
{
    clus_status st = clus__build_clause(b, list->n ? CLAUSE_TERMS : CLAUSE_NONE, out);
    if (st != CLUS_OK)
        return st;
    struct clause *c = *out;
    st = members_of_list(b, kind, list, c);
    uint64_t df = clus__build_group_df(b, c->members, c->n_members);
    c->weight = b->boost * clus__plan_weight(b->plan, df);
    c->constant = c->n_members > PLAN_SCORED_GROUP;
    if (c->constant)
        c->weight *= 0.5f; /* about what one occurrence in an average document adds */
    restrict_to_field(c, b->field);
    if (c->n_members == 0)
        c->kind = CLAUSE_NONE;
    return st;
}

static uint8_t surface_kind(const struct builder *b)
{
    return b->has_forms ? KEY_FORM : KEY_STEM;
}

static clus_status note_expansions(struct builder *b, struct bytes word, const char *kind,
                                   const struct clause *c)
{
    enum { SHOWN = 20 };
    clus_status st = CLUS_OK;
    for (uint32_t i = 0; st == CLUS_OK && !b->negated && i < c->n_members && i < SHOWN;
         i++) {
        const struct plan_term *term = c->members[i].term;
        struct bytes text = {term->key.data + 1, term->key.len - 1};
        if (clus__bytes_cmp(text, word) != 0)
            st = clus__build_told(b, word, term, kind, c->members[i].weight);
    }
    return st;
}

/* A pattern of nothing but * and ?. */
static bool matches_everything(struct bytes pattern)
{
    for (size_t i = 0; i < pattern.len; i++)
        if (!is_glob(pattern.data[i]))
            return false;
    return true;
}

static clus_status warn_if_cut(struct builder *b, const struct ast_node *ast,
                               const struct expansion_list *list)
{
    if (!list->cut)
        return CLUS_OK;
    return clus__build_warn(b, ast, "over %zu words match: only the most frequent are used",
                            list->n);
}

clus_status clus__build_wildcard(struct builder *b, const struct ast_node *ast,
                                 struct clause **out)
{
    struct bytes pattern;
    clus_status st = fold_pattern(b, ast->text, &pattern);
    if (st == CLUS_E_LIMIT || (st == CLUS_OK && matches_everything(pattern))) {
        *out = NULL;
        return clus__build_warn(b, ast,
                                "this pattern is not executed: it needs a letter, "
                                "and at most %d bytes",
                                (int)MAX_PATTERN);
    }
    if (st != CLUS_OK)
        return st;
    struct expansion_request request = {
        .kind = surface_kind(b), .pattern = pattern, .limit = PLAN_MAX_EXPANSIONS};
    struct expansion_list list;
    st = clus__expand(b->plan->view, &request, b->plan->arena, &list);
    if (st == CLUS_OK)
        st = warn_if_cut(b, ast, &list);
    if (st == CLUS_OK)
        st = group_of_list(b, request.kind, &list, out);
    if (st == CLUS_OK)
        st = note_expansions(b, ast->text, "wildcard", *out);
    if (st == CLUS_OK)
        st = clus__build_mark(b, MARK_GLOB, pattern,
                              (*out)->weight / (b->boost > 0 ? b->boost : 1.0f));
    b->word++;
    return st;
}

/* Snippets mark the very words: a regular expression means nothing to them. */
static clus_status mark_each(struct builder *b, const struct clause *c)
{
    enum mark_kind kind = b->has_forms ? MARK_FORM : MARK_TERM;
    clus_status st = CLUS_OK;
    for (uint32_t i = 0; st == CLUS_OK && i < c->n_members; i++) {
        struct bytes key = c->members[i].term->key;
        struct bytes text = {key.data + 1, key.len - 1};
        st = clus__build_mark(b, kind, text, c->members[i].weight);
    }
    return st;
}

static clus_status expand_regex(struct builder *b, const struct ast_node *ast,
                                struct regex *regex, struct clause **out)
{
    uint8_t beginning[KEY_MAX - 1];
    size_t len = clus__regex_beginning(regex, beginning, sizeof beginning);
    struct expansion_request request = {.kind = surface_kind(b),
                                        .pattern = {beginning, len},
                                        .regex = regex,
                                        .limit = PLAN_MAX_EXPANSIONS};
    struct expansion_list list;
    clus_status st = clus__expand(b->plan->view, &request, b->plan->arena, &list);
    if (st == CLUS_OK)
        st = warn_if_cut(b, ast, &list);
    if (st == CLUS_OK)
        st = group_of_list(b, request.kind, &list, out);
    if (st == CLUS_OK)
        st = mark_each(b, *out);
    return st == CLUS_OK ? note_expansions(b, ast->text, "regex", *out) : st;
}

clus_status clus__build_regex(struct builder *b, const struct ast_node *ast,
                              struct clause **out)
{
    struct regex *regex;
    const char *why;
    clus_status st = clus__regex_new(ast->text, &regex, &why);
    if (st == CLUS_E_SYNTAX || st == CLUS_E_LIMIT) {
        *out = NULL;
        return clus__build_warn(b, ast, "%s: this part is left out", why);
    }
    if (st != CLUS_OK)
        return st;
    st = expand_regex(b, ast, regex, out);
    clus__regex_free(regex);
    b->word++;
    return st;
}

/* Distance as asked for, else by length: short words have too many neighbours. */
static uint32_t fuzzy_distance(const struct ast_node *ast, struct bytes word)
{
    uint32_t points = 0;
    for (size_t i = 0; i < word.len; i++)
        points += (word.data[i] & 0xC0) != 0x80;
    if (ast->distance > 0)
        return ast->distance > 2 ? 2 : ast->distance;
    return points >= 8 ? 2 : 1;
}

static float edit_weight(uint32_t distance)
{
    return distance == 0 ? 1.0f : distance == 1 ? 0.5f : 0.3f;
}

/* The weight of the word itself where it exists: a rare misspelling is not worth more. */
static void weigh_fuzzy(struct builder *b, const struct expansion_list *list,
                        struct clause *c)
{
    for (uint32_t i = 0; i < c->n_members && i < list->n; i++)
        c->members[i].weight = edit_weight(list->items[i].distance);
    if (list->n > 0 && list->items[0].distance == 0)
        c->weight = b->boost * clus__plan_weight(b->plan, list->items[0].df);
    c->constant = false;
}

static clus_status fuzzy_word(struct builder *b, const struct ast_node *ast,
                              struct bytes word, struct clause **out)
{
    struct expansion_request request = {.kind = surface_kind(b),
                                        .pattern = word,
                                        .distance = fuzzy_distance(ast, word),
                                        .limit = PLAN_MAX_FUZZY};
    _Static_assert(PLAN_MAX_FUZZY <= PLAN_MAX_EXPANSIONS, "fuzzy groups are the smaller");
    struct expansion_list list;
    clus_status st = clus__expand(b->plan->view, &request, b->plan->arena, &list);
    if (st == CLUS_E_LIMIT) {
        *out = NULL;
        return clus__build_warn(b, ast, "a fuzzy word has at most %d letters",
                                (int)EXPAND_MAX_POINTS);
    }
    if (st == CLUS_OK)
        st = warn_if_cut(b, ast, &list);
    if (st == CLUS_OK)
        st = group_of_list(b, request.kind, &list, out);
    if (st != CLUS_OK)
        return st;
    struct clause *c = *out;
    weigh_fuzzy(b, &list, c);
    st = mark_each(b, c);
    b->word++;
    return st == CLUS_OK ? note_expansions(b, word, "typo", c) : st;
}

clus_status clus__build_fuzzy(struct builder *b, const struct ast_node *ast,
                              struct clause **out)
{
    uint32_t form;
    struct bytes word;
    clus_status st = clus__lexer_word(b->lexer, ast->text, CLUS_LANG_OTHER, &form);
    if (st == CLUS_DONE) {
        *out = NULL;
        return clus__build_warn(b, ast, "no letter or digit to search for");
    }
    if (st == CLUS_OK)
        st = clus__build_copy(b, clus__lexer_form(b->lexer, form)->text, &word);
    return st == CLUS_OK ? fuzzy_word(b, ast, word, out) : st;
}

clus_status clus__build_value_glob(struct builder *b, const struct ast_node *ast,
                                   const char *prefix, struct clause **out)
{
    struct buf pattern = {.max = MAX_PATTERN};
    clus__buf_add(&pattern, prefix, strlen(prefix));
    clus__buf_add(&pattern, ast->text.data, ast->text.len);
    clus_status st = clus__buf_status(&pattern);
    struct expansion_list list;
    struct expansion_request request = {.kind = KEY_VALUE, .limit = PLAN_MAX_EXPANSIONS};
    if (st == CLUS_OK)
        st = clus__build_copy(b, clus__buf_bytes(&pattern), &request.pattern);
    clus__buf_done(&pattern);
    if (st == CLUS_OK)
        st = clus__expand(b->plan->view, &request, b->plan->arena, &list);
    if (st == CLUS_OK)
        st = warn_if_cut(b, ast, &list);
    if (st == CLUS_OK)
        st = group_of_list(b, KEY_VALUE, &list, out);
    if (st == CLUS_OK)
        (*out)->unscored = true;
    return st;
}
