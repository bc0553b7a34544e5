/*
 * Clauses as written to clauses as run. Rules, each keeping matches and scores:
 *
 *     nothing in a must             the whole matches nothing
 *     nothing in a should or not    falls away
 *     everything in a must          falls away, if another must or filter is there
 *     unscored in a must            a filter
 *     AND in an AND, OR in an OR    one flat list
 *     one should, no must           a must
 *     one child of all              that child
 *
 * A BEST keeps its children apart: their scores do not add up. A word with rungs joins the
 * list it stands in: what has its form has its stem too, so where words need not all match
 * both are shoulds.
 */
#include "base/alloc.h"
#include "search/ladder.h"

/* Children of the clause being made, while their number is not known. */
struct list {
    struct clause_child *items;
    size_t n, cap;
};

static clus_status push(struct list *list, struct clause *c, enum clause_role role)
{
    clus_status st = clus__grow(&list->items, &list->cap, list->n + 1, sizeof *list->items);
    if (st == CLUS_OK)
        list->items[list->n++] = (struct clause_child){c, role};
    return st;
}

static clus_status push_all(struct list *list, const struct clause *c)
{
    clus_status st = CLUS_OK;
    for (uint32_t i = 0; st == CLUS_OK && i < c->n_children; i++)
        st = push(list, c->children[i].clause, c->children[i].role);
    return st;
}

static bool only_shoulds(const struct clause *c)
{
    return c->kind == CLAUSE_BOOL && c->n_should == c->n_children;
}

/* Nothing of it depends on there being no must beside it. */
static bool has_must(const struct clause *c)
{
    return c->kind == CLAUSE_BOOL && c->n_must > 0;
}

/* A BOOL whose every match adds only the constant of ALL: filters and exclusions. */
static bool is_filter(const struct clause *c)
{
    return c->unscored;
}

static clus_status add_child(struct list *list, struct clause *c, enum clause_role role)
{
    if (role == ROLE_MUST && is_filter(c))
        role = ROLE_FILTER;
    if (role == ROLE_MUST && has_must(c))
        return push_all(list, c);
    if (role == ROLE_FILTER && has_must(c) && c->n_should == 0) {
        clus_status st = CLUS_OK;
        for (uint32_t i = 0; st == CLUS_OK && i < c->n_children; i++) {
            enum clause_role inner = c->children[i].role;
            st = push(list, c->children[i].clause,
                      inner == ROLE_NOT ? ROLE_NOT : ROLE_FILTER);
        }
        return st;
    }
    if ((role == ROLE_SHOULD || role == ROLE_NOT) && only_shoulds(c)) {
        clus_status st = CLUS_OK;
        for (uint32_t i = 0; st == CLUS_OK && i < c->n_children; i++)
            st = push(list, c->children[i].clause, role);
        return st;
    }
    return push(list, c, role);
}

static uint32_t count_role(const struct list *list, enum clause_role role)
{
    uint32_t n = 0;
    for (size_t i = 0; i < list->n; i++)
        n += list->items[i].role == role;
    return n;
}

static bool matches_nothing(const struct list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        enum clause_kind kind = list->items[i].clause->kind;
        enum clause_role role = list->items[i].role;
        if (kind == CLAUSE_NONE && (role == ROLE_MUST || role == ROLE_FILTER))
            return true;
        if (kind == CLAUSE_ALL && role == ROLE_NOT)
            return true;
    }
    return false;
}

/* Take out what cannot change anything. */
static void drop_idle(struct list *list)
{
    size_t n = 0;
    for (size_t i = 0; i < list->n; i++) {
        struct clause_child child = list->items[i];
        bool none = child.clause->kind == CLAUSE_NONE;
        bool all = child.clause->kind == CLAUSE_ALL &&
                   (child.role == ROLE_FILTER || child.role == ROLE_MUST);
        if (!none && !all)
            list->items[n++] = child;
    }
    list->n = n;
}

static struct clause *new_clause(const struct plan *plan, enum clause_kind kind)
{
    struct clause *c = clus__arena_alloc(plan->arena, 1, sizeof *c);
    if (c)
        c->kind = kind;
    return c;
}

static clus_status give(struct clause *c, struct clause **out)
{
    if (!c)
        return CLUS_E_NOMEM;
    *out = c;
    return CLUS_OK;
}

/* The flat clause of a list: children sorted by role. */
static clus_status make_bool(const struct plan *plan, const struct list *list,
                             struct clause **out)
{
    struct clause *c = new_clause(plan, CLAUSE_BOOL);
    if (!c)
        return CLUS_E_NOMEM;
    c->children = clus__arena_alloc(plan->arena, list->n, sizeof *c->children);
    if (!c->children)
        return CLUS_E_NOMEM;
    uint32_t counts[ROLE_DEFAULT] = {0};
    for (enum clause_role role = ROLE_MUST; role < ROLE_DEFAULT; role++) {
        for (size_t i = 0; i < list->n; i++)
            if (list->items[i].role == role)
                c->children[c->n_children++] = list->items[i];
        counts[role] = count_role(list, role);
    }
    c->n_must = counts[ROLE_MUST];
    c->n_should = counts[ROLE_SHOULD];
    c->n_filter = counts[ROLE_FILTER];
    c->n_not = counts[ROLE_NOT];
    return give(c, out);
}

/* Settle the roles of a flat list whose children are in normal form. `written`: the roles
 * its children had before, as bits. */
static clus_status settle(const struct plan *plan, struct list *list, unsigned written,
                          struct clause **out)
{
    if (matches_nothing(list))
        return give(new_clause(plan, CLAUSE_NONE), out);
    drop_idle(list);
    uint32_t must = count_role(list, ROLE_MUST), should = count_role(list, ROLE_SHOULD);
    bool required = written & 1u << ROLE_MUST; /* what was required is a filter now */
    if (must == 0 && !required && should == 0 && (written & 1u << ROLE_SHOULD))
        return give(new_clause(plan, CLAUSE_NONE), out);
    if (must == 0 && (required || should == 0)) {
        struct clause *all = new_clause(plan, CLAUSE_ALL);
        clus_status st = all ? push(list, all, ROLE_MUST) : CLUS_E_NOMEM;
        if (st != CLUS_OK)
            return st;
        must = 1;
    }
    if (must == 0 && should == 1) /* it has to match */
        for (size_t i = 0; i < list->n; i++)
            if (list->items[i].role == ROLE_SHOULD)
                list->items[i].role = ROLE_MUST;
    if (list->n == 1)
        return give(list->items[0].clause, out);
    return make_bool(plan, list, out);
}

static clus_status normalise(const struct plan *plan, bool relaxed, struct clause *c,
                             struct clause **out);

/* What may be relaxed is asked for outside of page furniture first: a page whose menu holds
 * the missing word does not belong above one that is about the others. */
static clus_status outside_furniture(const struct plan *plan, struct clause **c)
{
    for (uint32_t i = 0; (*c)->kind == CLAUSE_BEST && i < (*c)->n_children; i++) {
        clus_status st = outside_furniture(plan, &(*c)->children[i].clause);
        if (st != CLUS_OK)
            return st;
    }
    if ((*c)->kind != CLAUSE_TERMS || ((*c)->need_flags & FLAG_EXTRA_ONLY))
        return CLUS_OK;
    struct clause *copy = new_clause(plan, CLAUSE_TERMS);
    if (!copy)
        return CLUS_E_NOMEM;
    *copy = **c;
    copy->deny_flags |= FLAG_EXTRA_ONLY;
    *c = copy;
    return CLUS_OK;
}

static clus_status add_ladder(const struct plan *plan, struct list *list,
                              const struct ladder *l, struct clause *stems,
                              enum clause_role role)
{
    clus_status st = CLUS_OK;
    if (role == ROLE_SHOULD && l->wide)
        stems = l->wide;
    if (plan->n_relaxable && role == ROLE_MUST)
        st = outside_furniture(plan, &stems);
    if (st == CLUS_OK)
        st = push(list, stems, role);
    struct clause *form = role == ROLE_SHOULD ? l->exact : l->quoted;
    if (st == CLUS_OK && form && (role == ROLE_SHOULD || role == ROLE_MUST))
        st = push(list, form, ROLE_SHOULD);
    return st;
}

static clus_status normalise_best(const struct plan *plan, bool relaxed,
                                  const struct clause *c, struct clause **out);

/* A phrase that need not match counts by its words too, whichever is better. */
static clus_status loosen(const struct plan *plan, struct clause *phrase,
                          struct clause **out)
{
    struct clause_child parts[2] = {{phrase, ROLE_SHOULD}, {phrase->loose, ROLE_SHOULD}};
    struct clause best = {.kind = CLAUSE_BEST, .children = parts, .n_children = 2};
    return normalise_best(plan, true, &best, out);
}

static clus_status normalise_bool(const struct plan *plan, bool relaxed,
                                  const struct clause *c, struct clause **out)
{
    struct list list = {0};
    clus_status st = CLUS_OK;
    unsigned written = 0;
    for (uint32_t i = 0; st == CLUS_OK && i < c->n_children; i++) {
        enum clause_role role = c->children[i].role;
        struct clause *child;
        if (role == ROLE_DEFAULT)
            role = relaxed ? ROLE_SHOULD : ROLE_MUST;
        written |= 1u << role;
        child = c->children[i].clause;
        if (child->ladder) {
            st = add_ladder(plan, &list, child->ladder, child->children[0].clause, role);
            continue;
        }
        bool loosened = relaxed && child->loose && c->children[i].role == ROLE_DEFAULT;
        st = loosened ? loosen(plan, child, &child)
                      : normalise(plan, relaxed, child, &child);
        if (st == CLUS_OK && plan->n_relaxable && role == ROLE_MUST)
            st = outside_furniture(plan, &child);
        if (st == CLUS_OK)
            st = add_child(&list, child, role);
    }
    if (st == CLUS_OK)
        st = settle(plan, &list, written, out);
    clus__free(list.items);
    return st;
}

static clus_status normalise_best(const struct plan *plan, bool relaxed,
                                  const struct clause *c, struct clause **out)
{
    struct list list = {0};
    clus_status st = CLUS_OK;
    for (uint32_t i = 0; st == CLUS_OK && i < c->n_children; i++) {
        struct clause *child;
        st = normalise(plan, relaxed, c->children[i].clause, &child);
        if (st == CLUS_OK && child->kind != CLAUSE_NONE)
            st = push(&list, child, ROLE_SHOULD);
    }
    if (st == CLUS_OK && list.n == 0)
        st = give(new_clause(plan, CLAUSE_NONE), out);
    else if (st == CLUS_OK && list.n == 1)
        *out = list.items[0].clause;
    else if (st == CLUS_OK)
        st = make_bool(plan, &list, out);
    if (st == CLUS_OK && list.n > 1)
        (*out)->kind = CLAUSE_BEST;
    clus__free(list.items);
    return st;
}

static clus_status normalise(const struct plan *plan, bool relaxed, struct clause *c,
                             struct clause **out)
{
    if (c->kind == CLAUSE_BEST)
        return normalise_best(plan, relaxed, c, out);
    if (c->kind == CLAUSE_BOOL)
        return normalise_bool(plan, relaxed, c, out);
    *out = c;
    return CLUS_OK;
}

clus_status clus__plan_normalise(const struct plan *plan, bool relaxed, struct clause **out)
{
    const struct ladder *l = plan->root->ladder; /* the query is one word */
    if (plan->root->kind == CLAUSE_TERMS && !plan->root->unscored && !plan->n_relaxable &&
        !plan->filters) {
        *out = plan->root;
        return CLUS_OK;
    }
    enum clause_role role = l && (l->wide || l->exact) ? ROLE_SHOULD : ROLE_MUST;
    struct clause_child parts[2] = {{plan->root, role}, {plan->filters, ROLE_FILTER}};
    struct clause whole = {
        .kind = CLAUSE_BOOL, .children = parts, .n_children = plan->filters ? 2 : 1};
    return normalise_bool(plan, relaxed, &whole, out);
}
