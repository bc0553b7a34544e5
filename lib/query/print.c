/*
 * A tree to text: every operator before its parts, in brackets.
 *
 *     (AUTO (MUST a) b (NOT c))     side by side; AND or OR under the query's op
 *     (AND a (NOT b)) (OR a b) (NEAR/5 a b) (ADJ/1 a b)
 *     слово =слово "a b"~2 сло* слово~1 /сло.+/ date:[2023 TO 2024} title:слово a^2
 *     (TEXT a*b)                    a plain word that would look like something else
 *     ()                            nothing
 */
#include "query/parse.h"

#include <stdatomic.h>

#include "base/buf.h"
#include "base/chars.h"
#include "base/utf8.h"
#include "query/scan.h"

struct printer {
    struct buf out;
    const clus_parse_options *opts;
    clus_op op;
};

static void put(struct printer *p, const char *text)
{
    clus__buf_add(&p->out, text, strlen(text));
}

static void put_number(struct printer *p, uint32_t n)
{
    char digits[10];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0);
    clus__buf_add(&p->out, digits + at, sizeof digits - at);
}

/* Text as written, with controls as blanks and malformed bytes mended. */
static void put_text(struct printer *p, struct bytes text)
{
    size_t used;
    for (size_t at = 0; at < text.len; at += used) {
        int32_t c = clus__code_at(text, at, &used);
        if (c == CODE_BAD)
            put(p, "\xEF\xBF\xBD");
        else if (c < ' ' || (c >= 0x7F && c < 0xA0))
            put(p, " ");
        else
            clus__buf_add(&p->out, text.data + at, used);
    }
}

static bool is_operator_word(struct bytes text)
{
    static const char *const words[] = {"OR", "AND", "NOT", "NEAR", "ADJ"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t n = strlen(words[i]);
        if (text.len >= n && memcmp(text.data, words[i], n) == 0 &&
            (text.len == n || text.data[n] == '/'))
            return true;
    }
    return false;
}

static bool looks_like_syntax(const struct printer *p, const struct ast_node *node)
{
    struct query_field unused;
    struct bytes text = node->text;
    for (size_t i = 0; i < text.len; i++)
        if (strchr("*?~^", text.data[i]))
            return true;
    if (strchr("=/[{<>", text.data[0]) || is_operator_word(text))
        return true;
    const uint8_t *colon = memchr(text.data, ':', text.len);
    return node->field.len == 0 && colon &&
           clus__scan_find_field(
               p->opts, (struct bytes){text.data, (size_t)(colon - text.data)}, &unused);
}

static void put_word(struct printer *p, const struct ast_node *node)
{
    bool wrap = looks_like_syntax(p, node);
    if (wrap)
        put(p, "(TEXT ");
    put_text(p, node->text);
    if (wrap)
        put(p, ")");
}

static bool balanced(struct bytes text)
{
    size_t used, open = 0;
    for (size_t at = 0; at < text.len; at += used) {
        int32_t c = clus__code_at(text, at, &used);
        if (c == 0xBB && open-- == 0)
            return false;
        open += c == 0xAB;
    }
    return open == 0;
}

/* In the first kind of quotation marks that the text itself does not end. */
static void put_phrase(struct printer *p, const struct ast_node *node)
{
    bool plain = !memchr(node->text.data, '"', node->text.len);
    bool guillemets = !plain && balanced(node->text);
    put(p, plain ? "\"" : guillemets ? "«" : "“");
    put_text(p, node->text);
    put(p, plain ? "\"" : guillemets ? "»" : "”");
    if (node->slop > 0) {
        put(p, "~");
        put_number(p, node->slop);
    }
}

static void put_range(struct printer *p, const struct ast_node *node)
{
    put(p, node->low_open ? "{" : "[");
    if (node->low.len > 0)
        put_text(p, node->low);
    else
        put(p, "*");
    put(p, " TO ");
    if (node->high.len > 0)
        put_text(p, node->high);
    else
        put(p, "*");
    put(p, node->high_open ? "}" : "]");
}

static void put_boost(struct printer *p, float boost)
{
    uint32_t thousandths = (uint32_t)((double)boost * 1000 + 0.5);
    if (thousandths == 1000)
        return;
    put(p, "^");
    put_number(p, thousandths / 1000);
    uint32_t rest = thousandths % 1000;
    if (rest == 0)
        return;
    put(p, rest < 10 ? ".00" : rest < 100 ? ".0" : ".");
    while (rest % 10 == 0)
        rest /= 10;
    put_number(p, rest);
}

static void put_leaf(struct printer *p, const struct ast_node *node)
{
    if (node->field.len > 0) {
        put_text(p, node->field);
        put(p, ":");
    }
    if (node->exact)
        put(p, "=");
    switch (node->kind) {
    case AST_PHRASE: put_phrase(p, node); break;
    case AST_RANGE: put_range(p, node); break;
    case AST_WILDCARD: put_text(p, node->text); break;
    case AST_REGEX:
        put(p, "/");
        put_text(p, node->text);
        put(p, "/");
        break;
    case AST_FUZZY:
        put_text(p, node->text);
        put(p, "~");
        if (node->distance > 0)
            put_number(p, node->distance);
        break;
    case AST_WORD:
    case AST_NONE:
    case AST_NEAR:
    case AST_AND:
    case AST_OR:
    case AST_GROUP: put_word(p, node); break;
    }
}

static void put_head(struct printer *p, const struct ast_node *node)
{
    static const char *const by_op[] = {"AUTO", "AND", "OR"};
    if (node->kind == AST_NEAR) {
        put(p, node->ordered ? "ADJ/" : "NEAR/");
        put_number(p, node->slop);
    } else {
        put(p, node->kind == AST_GROUP ? by_op[p->op]
               : node->kind == AST_OR  ? "OR"
                                       : "AND");
    }
}

/* The depth of a tree is bounded by that of its brackets. */
static void put_node(struct printer *p, const struct ast_node *node)
{
    if (node->occur != OCCUR_DEFAULT)
        put(p, node->occur == OCCUR_NOT ? "(NOT " : "(MUST ");
    if (node->n_children > 0) {
        put(p, "(");
        put_head(p, node);
        for (size_t i = 0; i < node->n_children; i++) {
            put(p, " ");
            put_node(p, node->children[i]);
        }
        put(p, ")");
    } else if (node->kind == AST_NONE) {
        put(p, "()");
    } else {
        put_leaf(p, node);
    }
    put_boost(p, node->boost);
    if (node->occur != OCCUR_DEFAULT)
        put(p, ")");
}

clus_status clus__query_keep_fields(struct clus_query *q, const clus_parse_options *opts)
{
    size_t n = opts ? opts->n_fields : 0;
    q->printed = clus__arena_alloc(&q->arena, 1, sizeof *q->printed);
    if (!q->printed)
        return CLUS_E_NOMEM;
    if (n == 0)
        return CLUS_OK;
    const char **names = clus__arena_alloc(&q->arena, n, sizeof *names);
    for (size_t i = 0; names && i < n; i++) {
        names[i] = clus__arena_copy(&q->arena, opts->fields[i], strlen(opts->fields[i]));
        if (!names[i])
            return CLUS_E_NOMEM;
    }
    q->fields = names;
    q->n_fields = n;
    return names ? CLUS_OK : CLUS_E_NOMEM;
}

const char *clus__query_text(const struct clus_query *q)
{
    char *known = atomic_load(q->printed);
    if (known)
        return known;
    clus_parse_options opts = {.fields = q->fields, .n_fields = q->n_fields};
    struct printer p = {.opts = &opts, .op = q->op};
    put_node(&p, q->root);
    clus__buf_byte(&p.out, '\0');
    char *made = (char *)p.out.data;
    if (clus__buf_status(&p.out) == CLUS_OK &&
        atomic_compare_exchange_strong(q->printed, &known, made))
        return made;
    clus__buf_done(&p.out); /* no memory, or another thread was first */
    return known;
}
