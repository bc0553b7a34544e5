/* NEAR and ADJ: words and phrases a few words apart, in any order or in that of the query.
 */
#include "search/builder.h"

/* Words with one place each: a word, a phrase, or words between OR. */
static bool has_places(const struct ast_node *ast)
{
    if (ast->kind == AST_OR) {
        for (size_t i = 0; i < ast->n_children; i++)
            if (ast->children[i]->kind != AST_WORD || !has_places(ast->children[i]))
                return false;
        return true;
    }
    return (ast->kind == AST_WORD || ast->kind == AST_PHRASE) && ast->slop == 0 &&
           !ast->exact;
}

static bool all_have_places(const struct builder *b, const struct ast_node *near)
{
    for (size_t i = 0; i < near->n_children; i++)
        if (!has_places(near->children[i]))
            return false;
    return near->n_children <= MAX_NEAR &&
           !(!(b->expand & CLUS_EXPAND_STEM) && b->has_forms);
}

/* Operands that have no single place: all of them, anywhere. */
static clus_status near_as_all(struct builder *b, const struct ast_node *ast,
                               struct clause **out)
{
    struct clause *c;
    clus_status st = clus__build_warn(
        b, ast, "%s takes words and phrases only: all its parts are searched instead",
        ast->ordered ? "ADJ" : "NEAR");
    if (st == CLUS_OK)
        st = clus__build_bool(b, ast->n_children, &c);
    for (size_t i = 0; st == CLUS_OK && i < ast->n_children; i++) {
        struct clause *child = NULL;
        st = clus__build_node(b, ast->children[i], &child);
        if (st == CLUS_OK && child)
            c->children[c->n_children++] = (struct clause_child){child, ROLE_MUST};
    }
    if (st == CLUS_OK)
        *out = c->n_children > 0 ? c : NULL;
    return st;
}

/* Words between OR become one slot with all their readings. */
static clus_status unit_of_words(struct builder *b, const struct ast_node *ast,
                                 struct span_unit *unit, bool *single)
{
    struct span_unit one;
    size_t max = ast->n_children * LEXER_MAX_READINGS;
    struct span_slot *slot = clus__arena_alloc(b->plan->arena, 1, sizeof *slot);
    struct member *members = clus__arena_alloc(b->plan->arena, max, sizeof *members);
    if (!slot || !members)
        return CLUS_E_NOMEM;
    slot->members = members;
    *single = true;
    for (size_t i = 0; i < ast->n_children && *single; i++) {
        clus_status st = clus__words_unit(b, ast->children[i], false, &one);
        if (st != CLUS_OK)
            return st;
        *single = one.n_slots == 1;
        for (uint32_t k = 0; *single && k < one.slots[0].n_members; k++)
            slot->members[slot->n_members++] = one.slots[0].members[k];
    }
    *unit = (struct span_unit){.slots = slot, .n_slots = 1, .width = 1};
    return CLUS_OK;
}

static clus_status near_units(struct builder *b, const struct ast_node *ast,
                              struct span_unit *units, uint32_t *n, bool *usable)
{
    *n = 0;
    *usable = true;
    for (size_t i = 0; i < ast->n_children && *usable; i++) {
        const struct ast_node *child = ast->children[i];
        clus_status st = child->kind == AST_OR
                             ? unit_of_words(b, child, &units[*n], usable)
                             : clus__words_unit(b, child, false, &units[*n]);
        if (st != CLUS_OK)
            return st;
        *n += units[*n].n_slots > 0;
    }
    return CLUS_OK;
}

static const struct ast_node *first_leaf(const struct ast_node *ast)
{
    while (ast->n_children > 0)
        ast = ast->children[0];
    return ast;
}

/* How far the whole may stretch: `slop` from each word to the next. */
static uint32_t near_extra(const struct ast_node *ast)
{
    uint64_t gaps = ast->n_children - 1, each = ast->slop > 0 ? ast->slop - 1 : 0;
    return gaps * each < UINT32_MAX ? (uint32_t)(gaps * each) : UINT32_MAX;
}

clus_status clus__build_near(struct builder *b, const struct ast_node *ast,
                             struct clause **out)
{
    bool usable = all_have_places(b, ast);
    if (!usable)
        return near_as_all(b, ast, out);
    uint32_t n;
    struct span_unit *units =
        clus__arena_alloc(b->plan->arena, ast->n_children, sizeof *units);
    if (!units)
        return CLUS_E_NOMEM;
    clus_status st = clus__build_enter_field(b, first_leaf(ast));
    if (st == CLUS_OK)
        st = near_units(b, ast, units, &n, &usable);
    if (st != CLUS_OK)
        return st;
    if (!usable)
        return near_as_all(b, ast, out);
    if (n == 0)
        return clus__words_nothing(b, ast, out);
    if (clus__words_without_places(b))
        return clus__words_instead(b, ast, units, n, out);
    st = clus__words_spans(b, units, n, out);
    if (st == CLUS_OK) {
        (*out)->ordered = ast->ordered;
        (*out)->extra = near_extra(ast);
        st = clus__dictionary_near(b, ast, out);
    }
    return st;
}
