/*
 * Every rule of the query language, as the cases of query_cases.txt: what a query is
 * understood as, what is complained of, and what strict parsing says to it.
 *
 *     ? query             with \t \n \\ \xHH
 *     = printed form
 *     ! offset+length message            any number of times
 *     s printed form                     when strict, where it differs
 *     @ auto | and | or                  for the queries that follow
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "query/parse.h"
#include "query_source.h"

enum { MAX_LINE = 1024, MAX_WARNINGS = 8 };

static const char *const own_fields[] = {"автор", "Город"};

struct case_text {
    int line;
    clus_op op;
    size_t len; /* of the query, which may hold NUL */
    char query[MAX_LINE], printed[MAX_LINE], strict[MAX_LINE];
    char warnings[MAX_WARNINGS][MAX_LINE];
    size_t n_warnings;
};

static size_t unescape(const char *text, char *out)
{
    size_t n = 0;
    for (; *text; text++) {
        if (*text != '\\') {
            out[n++] = *text;
            continue;
        }
        text++;
        if (*text == 'x') {
            char hex[3] = {text[1], text[2], 0};
            out[n++] = (char)strtoul(hex, NULL, 16);
            text += 2;
        } else {
            out[n++] = *text == 't' ? '\t' : *text == 'n' ? '\n' : *text;
        }
    }
    out[n] = '\0';
    return n;
}

/* The next case of the file, or false. */
static bool read_case(FILE *file, struct case_text *c)
{
    char line[MAX_LINE];
    long before = ftell(file);
    bool found = false;
    c->printed[0] = c->strict[0] = '\0';
    c->n_warnings = 0;
    for (; fgets(line, sizeof line, file); before = ftell(file)) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '?' && found) {
            assert_int_equal(fseek(file, before, SEEK_SET), 0);
            return true;
        }
        c->line++;
        const char *rest = line[0] && line[1] ? line + 2 : "";
        if (line[0] == '?') {
            found = true;
            c->len = unescape(rest, c->query);
        } else if (line[0] == '=') {
            (void)unescape(rest, c->printed);
        } else if (line[0] == 's') {
            (void)unescape(rest, c->strict);
        } else if (line[0] == '!') {
            assert_true(c->n_warnings < MAX_WARNINGS);
            (void)unescape(rest, c->warnings[c->n_warnings++]);
        } else if (line[0] == '@') {
            assert_false(found); /* belongs before its queries, after an empty line */
            c->op = strcmp(rest, "and") == 0  ? CLUS_OP_AND
                    : strcmp(rest, "or") == 0 ? CLUS_OP_OR
                                              : CLUS_OP_AUTO;
        } else if (line[0] == '\0' && found) {
            return true;
        }
    }
    return found;
}

static clus_parse_options options_of(const struct case_text *c, bool strict)
{
    return (clus_parse_options){
        .op = c->op, .strict = strict, .fields = own_fields, .n_fields = 2};
}

static struct bytes query_of(const struct case_text *c)
{
    return (struct bytes){(const uint8_t *)c->query, c->len};
}

static void check_lenient(const struct case_text *c)
{
    clus_parse_options opts = options_of(c, false);
    struct clus_query q = {0};
    char text[MAX_LINE];
    assert_int_equal(clus__query_parse(query_of(c), &opts, &q, NULL), CLUS_OK);
    if (strcmp(clus__query_text(&q), c->printed) != 0)
        fail_msg("line %d: %s\n is: %s\nnot: %s", c->line, c->query, clus__query_text(&q),
                 c->printed);
    for (size_t i = 0; i < q.n_warnings || i < c->n_warnings; i++) {
        text[0] = '\0';
        if (i < q.n_warnings)
            (void)snprintf(text, sizeof text, "%u+%u %s", q.warnings[i].offset,
                           q.warnings[i].length, q.warnings[i].message);
        const char *want = i < c->n_warnings ? c->warnings[i] : "";
        if (strcmp(text, want) != 0)
            fail_msg("line %d: %s\n is: %s\nnot: %s", c->line, c->query, text, want);
    }
    clus__query_done(&q);
}

static void check_strict(const struct case_text *c)
{
    clus_parse_options opts = options_of(c, true);
    struct clus_query q = {0};
    clus_error err = {0};
    char text[MAX_LINE];
    clus_status st = clus__query_parse(query_of(c), &opts, &q, &err);
    if (c->n_warnings > 0) {
        const char *blank = strchr(c->warnings[0], ' ');
        assert_non_null(blank);
        assert_int_equal(st, CLUS_E_SYNTAX);
        assert_int_equal(err.code, CLUS_E_SYNTAX);
        (void)snprintf(text, sizeof text, "%llu", (unsigned long long)err.offset);
        if (strncmp(text, c->warnings[0], strlen(text)) != 0 ||
            strcmp(err.message, blank + 1) != 0)
            fail_msg("line %d: strict: %s %s", c->line, text, err.message);
    } else {
        assert_int_equal(st, CLUS_OK);
        assert_int_equal(q.n_warnings, 0);
        const char *want = c->strict[0] ? c->strict : c->printed;
        if (strcmp(clus__query_text(&q), want) != 0)
            fail_msg("line %d: strict: %s, not %s", c->line, clus__query_text(&q), want);
    }
    clus__query_done(&q);
}

static bool check_again(const struct case_text *c)
{
    clus_parse_options opts = options_of(c, false);
    struct clus_query q = {0}, again = {0};
    struct buf source = {0};
    assert_int_equal(clus__query_parse(query_of(c), &opts, &q, NULL), CLUS_OK);
    bool has_source = query_source(&q, &source);
    if (has_source) {
        assert_int_equal(clus__query_parse(clus__buf_bytes(&source), &opts, &again, NULL),
                         CLUS_OK);
        if (strcmp(clus__query_text(&q), clus__query_text(&again)) != 0)
            fail_msg("line %d: %s\nsource: %.*s\nbecomes %s", c->line, clus__query_text(&q),
                     (int)source.len, (const char *)source.data, clus__query_text(&again));
    }
    clus__buf_done(&source);
    clus__query_done(&q);
    clus__query_done(&again);
    return has_source;
}

static FILE *open_file(const char *name)
{
    char path[4096];
    const char *folder = getenv("TEST_DATA");
    (void)snprintf(path, sizeof path, "%s/%s", folder ? folder : ".", name);
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("%s cannot be opened", path);
    return file;
}

static void cases_are_understood_and_told(void **state)
{
    (void)state;
    static struct case_text c;
    FILE *file = open_file("query_cases.txt");
    size_t n = 0;
    for (c = (struct case_text){0}; read_case(file, &c); n++)
        check_lenient(&c);
    (void)fclose(file);
    assert_true(n >= 150);
}

static void strict_parsing_fails_at_the_first_complaint(void **state)
{
    (void)state;
    static struct case_text c;
    FILE *file = open_file("query_cases.txt");
    for (c = (struct case_text){0}; read_case(file, &c);)
        check_strict(&c);
    (void)fclose(file);
}

static void what_is_printed_can_be_said_again(void **state)
{
    (void)state;
    static struct case_text c;
    FILE *file = open_file("query_cases.txt");
    size_t n = 0, again = 0;
    for (c = (struct case_text){0}; read_case(file, &c); n++)
        again += check_again(&c);
    (void)fclose(file);
    assert_true(again > n / 2);
}

/* Where leaves say they stand is where their text is. */
static void check_places(const struct clus_query *q, const struct ast_node *node)
{
    assert_true(node->offset + node->length <= q->source.len);
    if (node->text.len > 0) {
        size_t at = (size_t)(node->text.data - q->source.data);
        assert_true(at >= node->offset);
        assert_true(at + node->text.len <= node->offset + node->length);
    }
    for (size_t i = 0; i < node->n_children; i++)
        check_places(q, node->children[i]);
}

static void leaves_know_their_place(void **state)
{
    (void)state;
    static struct case_text c;
    FILE *file = open_file("query_cases.txt");
    for (c = (struct case_text){0}; read_case(file, &c);) {
        clus_parse_options opts = options_of(&c, false);
        struct clus_query q = {0};
        assert_int_equal(clus__query_parse(query_of(&c), &opts, &q, NULL), CLUS_OK);
        check_places(&q, q.root);
        clus__query_done(&q);
    }
    (void)fclose(file);
}

/* Lines `    query   → printed form` of the manual. */
static void the_manual_tells_the_truth(void **state)
{
    (void)state;
    char line[MAX_LINE];
    FILE *file = open_file("../../lib/query/LANGUAGE.md");
    size_t n = 0;
    while (fgets(line, sizeof line, file)) {
        char *arrow = strstr(line, "→ ");
        if (strncmp(line, "    ", 4) != 0 || !arrow)
            continue;
        struct clus_query q = {0};
        struct bytes text = {(const uint8_t *)line + 4, (size_t)(arrow - line) - 4};
        char *printed = arrow + strlen("→ ");
        printed[strcspn(printed, "\n")] = '\0';
        assert_int_equal(clus__query_parse(text, NULL, &q, NULL), CLUS_OK);
        assert_string_equal(clus__query_text(&q), printed);
        clus__query_done(&q);
        n++;
    }
    (void)fclose(file);
    assert_true(n > 40);
}

/* A word alone needs no parser; behind a blank it does. */
static void a_word_alone_is_read_as_any_other(void **state)
{
    (void)state;
    static const char *const words[] = {"слово",  "Слово", "x86",  "2024", "a",   "AND",
                                        "NEARBY", "NOT",   "OR",   "ADJ",  "Ңәу", "҂҂",
                                        "NEAR/5", "ё\xD0", "кот?", "o'b",  "-"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        char text[64];
        struct clus_query alone = {0}, behind = {0};
        (void)snprintf(text, sizeof text, " %s", words[i]);
        struct bytes all = {(const uint8_t *)text, strlen(text)};
        struct bytes word = {all.data + 1, all.len - 1};
        assert_int_equal(clus__query_parse(word, NULL, &alone, NULL), CLUS_OK);
        assert_int_equal(clus__query_parse(all, NULL, &behind, NULL), CLUS_OK);
        assert_int_equal(alone.n_warnings, behind.n_warnings);
        const struct ast_node *a = alone.root, *b = behind.root;
        assert_int_equal(a->kind, b->kind);
        assert_int_equal(a->occur, b->occur);
        assert_int_equal(a->length, b->length);
        assert_int_equal(a->offset + (b->length > 0), b->offset);
        assert_true(a->boost == b->boost && a->exact == b->exact);
        assert_int_equal(clus__bytes_cmp(a->text, b->text), 0);
        assert_string_equal(clus__query_text(&alone), clus__query_text(&behind));
        clus__query_done(&alone);
        clus__query_done(&behind);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases_are_understood_and_told),
        cmocka_unit_test(strict_parsing_fails_at_the_first_complaint),
        cmocka_unit_test(what_is_printed_can_be_said_again),
        cmocka_unit_test(leaves_know_their_place),
        cmocka_unit_test(the_manual_tells_the_truth),
        cmocka_unit_test(a_word_alone_is_read_as_any_other),
    };
    return cmocka_run_group_tests_name("query_grammar", tests, NULL, NULL);
}
