/* Words that ask, and whether a query is a question. */
#include "search/question.h"

#include <stdlib.h>
#include <string.h>

/* Russian and Kazakh, folded, in the order of their bytes. */
static const char *const asking[] = {
    "где",        "докуда",    "зачем",    "как",       "какая",    "какие",
    "каким",      "какими",    "каких",    "каков",     "какова",   "каково",
    "каковы",     "какого",    "какое",    "какой",     "каком",    "какому",
    "какую",      "кем",       "когда",    "кого",      "ком",      "кому",
    "которая",    "которого",  "которое",  "котором",   "которому", "которую",
    "которые",    "который",   "которым",  "которыми",  "которых",  "кто",
    "куда",       "кім",       "кімге",    "кімде",     "кімдер",   "кімдерге",
    "кімдерді",   "кімдердің", "кімді",    "кімдікі",   "кіммен",   "кімнен",
    "кімнің",     "кімі",      "ли",       "насколько", "не",       "неге",
    "неде",       "неден",     "нелер",    "нелерді",   "неліктен", "немен",
    "неменеге",   "нені",      "ненің",    "неше",      "нешеге",   "нешеде",
    "нешеу",      "нешеуі",    "нешінші",  "откуда",    "отчего",   "почему",
    "скольким",   "сколькими", "скольких", "сколько",   "чего",     "чей",
    "чем",        "чему",      "что",      "чье",       "чьего",    "чьей",
    "чьем",       "чьему",     "чьи",      "чьим",      "чьими",    "чьих",
    "чью",        "чья",       "қай",      "қайда",     "қайдан",   "қайдағы",
    "қайсы",      "қайсылары", "қайсының", "қайсысы",   "қайсысын", "қайсысының",
    "қалай",      "қалайша",   "қандай",   "қандайлар", "қанша",    "қаншадан",
    "қаншалықты", "қаншама",   "қаншасы",  "қаншаға",   "қашан",    "қашаннан",
    "қашаңғы"};

static int by_text(const void *key, const void *item)
{
    const struct bytes *word = key;
    const char *other = *(const char *const *)item;
    return clus__bytes_cmp(*word, (struct bytes){(const uint8_t *)other, strlen(other)});
}

clus_status clus__question_word(struct lexer *lexer, struct bytes word, bool *asks)
{
    uint32_t forms[LEXER_MAX_READINGS];
    size_t n;
    clus_status st = clus__lexer_readings(lexer, word, forms, &n);
    if (st != CLUS_OK)
        return st;
    *asks = n > 0 && bsearch(&clus__lexer_form(lexer, forms[0])->text, asking,
                             sizeof asking / sizeof *asking, sizeof *asking, by_text);
    return CLUS_OK;
}

static const struct ast_node *last_leaf(const struct ast_node *ast)
{
    while (ast->n_children > 0)
        ast = ast->children[ast->n_children - 1];
    return ast;
}

bool clus__question_ends(const struct clus_query *query)
{
    size_t len = query->source.len;
    while (len > 0 && query->source.data[len - 1] <= ' ')
        len--;
    return len > 0 && query->source.data[len - 1] == '?' &&
           last_leaf(query->root)->kind != AST_WILDCARD;
}
