/* The query's tree, node by node; and the scale that makes scores integers. */
#include "search/plan.h"

#include <math.h>

#include "base/error.h"
#include "search/ladder.h"
#include "search/long.h"
#include "search/mend.h"
#include "search/question.h"
#include "text/glossary.h"

static clus_status range_not_executed(struct builder *b, const struct ast_node *ast,
                                      struct clause **out)
{
    *out = NULL;
    return clus__build_warn(b, ast, "ranges are executed on date only: this one left out");
}

static enum clause_role role_of(const struct builder *b, const struct ast_node *parent,
                                const struct ast_node *child)
{
    if (child->occur == OCCUR_NOT)
        return ROLE_NOT;
    if (child->occur == OCCUR_MUST)
        return ROLE_MUST;
    if (parent->kind == AST_AND)
        return ROLE_MUST;
    if (parent->kind == AST_OR || b->op == CLUS_OP_OR)
        return ROLE_SHOULD;
    return ROLE_DEFAULT;
}

/* Whether leaving words out could find more. */
static uint32_t count_defaults(const struct clause *c)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < c->n_children; i++)
        n += c->children[i].role == ROLE_DEFAULT;
    return n;
}

static clus_status build_child(struct builder *b, const struct ast_node *child,
                               struct clause **out)
{
    bool negated = b->negated;
    b->negated |= child->occur == OCCUR_NOT;
    clus_status st = clus__build_node(b, child, out);
    b->negated = negated;
    return st;
}

static clus_status build_range(struct builder *b, const struct ast_node *ast, size_t from,
                               size_t to, struct clause **out);

/* The child that stands at *at, or several that are one entry of the glossary; *at moves
 * behind them. Words of such a run are not looked for entries again. */
static clus_status build_next(struct builder *b, const struct ast_node *ast, size_t *at,
                              struct clause **out)
{
    size_t n = 1;
    struct bytes text;
    clus_status st = b->known ? CLUS_OK : clus__dictionary_run(b, ast, *at, &n, &text);
    if (st != CLUS_OK)
        return st;
    *at += n;
    if (n == 1)
        return build_child(b, ast->children[*at - 1], out);
    b->known = true;
    st = build_range(b, ast, *at - n, *at, out);
    b->known = false;
    return st == CLUS_OK && *out ? clus__dictionary_phrase(b, text, out) : st;
}

/* Children [from, to) of a node. */
static clus_status build_range(struct builder *b, const struct ast_node *ast, size_t from,
                               size_t to, struct clause **out)
{
    struct clause *c;
    clus_status st = clus__build_bool(b, to - from, &c);
    for (size_t i = from; st == CLUS_OK && i < to;) {
        enum clause_role role = role_of(b, ast, ast->children[i]);
        struct clause *built = NULL;
        st = build_next(b, ast, &i, &built);
        if (st == CLUS_OK && built)
            c->children[c->n_children++] = (struct clause_child){built, role};
    }
    if (st != CLUS_OK)
        return st;
    uint32_t n = count_defaults(c);
    if (b->op == CLUS_OP_AUTO && n >= 2 && n > b->plan->n_relaxable)
        b->plan->n_relaxable = n;
    *out = c->n_children > 0 ? c : NULL;
    return CLUS_OK;
}

static clus_status build_kind(struct builder *b, const struct ast_node *ast,
                              struct clause **out)
{
    if (clus__field_is_value(b->field) && ast->kind != AST_AND && ast->kind != AST_OR &&
        ast->kind != AST_GROUP && ast->kind != AST_NONE)
        return clus__build_value(b, ast, out);
    switch (ast->kind) {
    case AST_NONE: *out = NULL; return CLUS_OK;
    case AST_WORD:
    case AST_PHRASE: return clus__build_text(b, ast, out);
    case AST_WILDCARD: return clus__build_wildcard(b, ast, out);
    case AST_FUZZY: return clus__build_fuzzy(b, ast, out);
    case AST_REGEX: return clus__build_regex(b, ast, out);
    case AST_RANGE: return range_not_executed(b, ast, out);
    case AST_NEAR: return clus__build_near(b, ast, out);
    case AST_AND:
    case AST_OR:
    case AST_GROUP: return build_range(b, ast, 0, ast->n_children, out);
    }
    return CLUS_E_ARGUMENT;
}

clus_status clus__build_enter_field(struct builder *b, const struct ast_node *ast)
{
    if (ast->field.len == 0)
        return CLUS_OK;
    b->field = clus__field_of_name(ast->field);
    if (b->field != FIELD_UNKNOWN)
        return CLUS_OK;
    b->field = FIELD_ANY;
    return clus__build_warn(b, ast, "%.*s: is stored, not searched: all fields are",
                            (int)ast->field.len, (const char *)ast->field.data);
}

clus_status clus__build_node(struct builder *b, const struct ast_node *ast,
                             struct clause **out)
{
    enum query_field field = b->field;
    float boost = b->boost;
    b->boost *= ast->boost > 0.0f ? ast->boost : 0.0f;
    clus_status st = clus__build_enter_field(b, ast);
    if (st == CLUS_OK)
        st = build_kind(b, ast, out);
    b->field = field;
    b->boost = boost;
    return st;
}

/* A pure negative is a group of nothing but its one excluded child. */
static clus_status build_root(struct builder *b, const struct ast_node *root,
                              struct clause **out)
{
    if (root->occur != OCCUR_NOT)
        return clus__build_node(b, root, out);
    struct clause *c, *child = NULL;
    b->negated = true;
    clus_status st = clus__build_bool(b, 1, &c);
    if (st == CLUS_OK)
        st = clus__build_node(b, root, &child);
    if (st == CLUS_OK && child)
        c->children[c->n_children++] = (struct clause_child){child, ROLE_NOT};
    if (st == CLUS_OK)
        *out = child ? c : NULL;
    return st;
}

double clus__plan_most(const struct clause *c)
{
    double sum = 0;
    if (c->kind == CLAUSE_TERMS || c->kind == CLAUSE_SPANS || c->kind == CLAUSE_NONE)
        sum = c->unscored ? 0 : (double)c->weight; /* NONE: of a word that may be widened */
    for (uint32_t i = 0; i < c->n_children; i++) {
        double one = clus__plan_most(c->children[i].clause);
        if (c->kind == CLAUSE_BEST)
            sum = one > sum ? one : sum;
        else
            sum += one;
    }
    double loose = c->loose ? clus__plan_most(c->loose) : 0;
    return sum > loose ? sum : loose;
}

static void scale_weights(struct clause *c, float scale)
{
    c->weight *= scale;
    if (c->loose)
        scale_weights(c->loose, scale);
    for (uint32_t i = 0; i < c->n_children; i++)
        scale_weights(c->children[i].clause, scale);
}

/* A power of two, so that scaling rounds nothing. */
static float scale_of(double largest)
{
    int exponent;
    if (!(largest > 0) || !isfinite(largest))
        return 1.0f;
    (void)frexp(largest, &exponent);
    exponent = 30 - exponent;
    return ldexpf(1.0f, exponent > 120 ? 120 : exponent < -120 ? -120 : exponent);
}

void clus__plan_scale(struct plan *plan)
{
    double limit = (double)clus__impact_limit(&plan->ranking.impact);
    limit *= (double)clus__ladder_most(plan);
    plan->scale = scale_of(clus__plan_most(plan->root) * limit);
    scale_weights(plan->root, plan->scale);
}

clus_status clus__plan_relax(struct plan *plan, bool *widened)
{
    clus__long_describe(plan);
    return clus__ladder_widen(plan, widened);
}

/* Build again from the start, with what was read otherwise. */
static clus_status build_mended(struct builder *b, const struct ast_node *root,
                                struct clause **out)
{
    struct plan *plan = b->plan;
    plan->n_warnings = plan->n_expansions = plan->n_marks = 0;
    plan->n_relaxable = 0;
    plan->ladders = NULL;
    b->word = 0;
    b->negated = b->known = false;
    *out = NULL;
    clus_status st = build_root(b, root, out);
    return st == CLUS_OK ? clus__mend_tell(b) : st;
}

bool clus__plan_has_forms(const struct view *view)
{
    for (uint32_t s = 0; s < view->n_segments; s++)
        if (view->segments[s].seg->totals.n_keys[KEY_FORM - KEY_STEM] > 0)
            return true;
    return false;
}

clus_status clus__plan_build(struct plan *plan, const struct plan_request *request,
                             clus_error *err)
{
    const struct clus_query *query = request->query;
    const clus_search_options *options = request->options;
    struct builder b = {.plan = plan,
                        .question = query->op == CLUS_OP_AUTO && clus__question_ends(query),
                        .lexer = request->lexer,
                        .scratch = request->scratch,
                        .glossary = options->glossary,
                        .source = query->source,
                        .op = query->op,
                        .expand = query->expand,
                        .has_forms = clus__plan_has_forms(plan->view),
                        .now = options->now,
                        .boost = 1.0f};
    clus_status st = CLUS_OK;
    plan->unweighed = plan->counting && !b.has_forms; /* what has no forms has no rungs */
    if (b.glossary)
        st = clus__glossary_language(b.lexer, b.source, &b.language);
    if (st == CLUS_OK)
        st = build_root(&b, query->root, &plan->root);
    if (st == CLUS_OK)
        st = clus__mend_find(&b);
    if (st == CLUS_OK && b.n_rewrites > 0)
        st = build_mended(&b, query->root, &plan->root);
    if (st == CLUS_OK && !plan->root)
        st = clus__build_clause(&b, CLAUSE_NONE, &plan->root);
    if (st == CLUS_OK && options->n_filters > 0)
        st = clus__build_filters(&b, options->filters, options->n_filters, &plan->filters,
                                 err);
    if (st != CLUS_OK)
        return st == CLUS_E_SYNTAX ? st
                                   : clus__explain(err, st, "reading the query's terms");
    if (query->strict && plan->n_warnings > 0)
        return clus__fail_at(err, CLUS_E_SYNTAX, plan->warnings[0].offset, "%s",
                             plan->warnings[0].message);
    plan->question = b.question && plan->n_relaxable;
    bool widened, relaxed = b.op == CLUS_OP_OR || plan->question;
    if (plan->unweighed)
        return CLUS_OK;
    if (!relaxed)
        clus__long_quote(plan);
    clus__plan_scale(plan);
    return relaxed ? clus__ladder_widen(plan, &widened) : clus__ladder_quote(plan);
}
