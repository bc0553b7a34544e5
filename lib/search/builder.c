/* Pieces a plan is made of: clauses, terms, warnings, marks, all in the plan's arena. */
#include "search/builder.h"

#include <stdarg.h>
#include <stdio.h>

#include "search/live.h"
#include "search/term_memory.h"

/* Old arrays stay in the arena. */
void *clus__build_room(struct builder *b, void *items, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return items;
    size_t more = *cap ? *cap * 2 : 4;
    void *grown = clus__arena_raw(b->plan->arena, more, size);
    if (!grown)
        return NULL;
    if (n)
        memcpy(grown, items, n * size);
    *cap = more;
    return grown;
}

clus_status clus__build_copy(struct builder *b, struct bytes text, struct bytes *out)
{
    char *copy = clus__arena_copy(b->plan->arena, text.data, text.len);
    if (!copy)
        return CLUS_E_NOMEM;
    *out = (struct bytes){(const uint8_t *)copy, text.len};
    return CLUS_OK;
}

clus_status clus__build_warn(struct builder *b, const struct ast_node *at,
                             const char *format, ...)
{
    char message[256];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (len < 0)
        return CLUS_E_ARGUMENT;
    struct plan *plan = b->plan;
    struct plan_warning *items = clus__build_room(b, plan->warnings, plan->n_warnings,
                                                  &plan->cap_warnings, sizeof *items);
    char *copy = clus__arena_copy(plan->arena, message, strlen(message));
    if (!items || !copy)
        return CLUS_E_NOMEM;
    plan->warnings = items;
    items[plan->n_warnings++] =
        (struct plan_warning){at ? at->offset : 0, at ? at->length : 0, copy};
    return CLUS_OK;
}

clus_status clus__build_mark(struct builder *b, enum mark_kind kind, struct bytes text,
                             float weight)
{
    struct plan *plan = b->plan;
    if (b->negated || plan->counting)
        return CLUS_OK;
    struct mark_term *items =
        clus__build_room(b, plan->marks, plan->n_marks, &plan->cap_marks, sizeof *items);
    if (!items)
        return CLUS_E_NOMEM;
    plan->marks = items;
    struct mark_term *mark = &items[plan->n_marks];
    *mark = (struct mark_term){.kind = kind, .weight = weight, .group = b->word};
    clus_status st = clus__build_copy(b, text, &mark->text);
    plan->n_marks += st == CLUS_OK;
    return st;
}

clus_status clus__build_expansion(struct builder *b, struct bytes word,
                                  struct bytes reading, const char *kind, float weight)
{
    struct plan *plan = b->plan;
    struct plan_expansion *items = clus__build_room(b, plan->expansions, plan->n_expansions,
                                                    &plan->cap_expansions, sizeof *items);
    if (!items)
        return CLUS_E_NOMEM;
    plan->expansions = items;
    struct plan_expansion *e = &items[plan->n_expansions];
    *e = (struct plan_expansion){.kind = kind, .weight = weight};
    clus_status st = clus__build_copy(b, word, &e->word);
    if (st == CLUS_OK)
        st = clus__build_copy(b, reading, &e->reading);
    plan->n_expansions += st == CLUS_OK;
    return st;
}

clus_status clus__build_told(struct builder *b, struct bytes word,
                             const struct plan_term *term, const char *kind, float weight)
{
    struct bytes text = {term->key.data + 1, term->key.len - 1};
    bool live;
    clus_status st = clus__key_is_live(b->plan->view, term->key, term->df, &live);
    return st == CLUS_OK && live ? clus__build_expansion(b, word, text, kind, weight) : st;
}

clus_status clus__build_clause(struct builder *b, enum clause_kind kind,
                               struct clause **out)
{
    struct clause *c = clus__arena_alloc(b->plan->arena, 1, sizeof *c);
    if (!c)
        return CLUS_E_NOMEM;
    c->kind = kind;
    c->high = UINT32_MAX;
    *out = c;
    return CLUS_OK;
}

clus_status clus__build_bool(struct builder *b, size_t n, struct clause **out)
{
    struct clause *c;
    clus_status st = clus__build_clause(b, CLAUSE_BOOL, &c);
    if (st != CLUS_OK)
        return st;
    c->children = clus__arena_alloc(b->plan->arena, n, sizeof *c->children);
    if (!c->children)
        return CLUS_E_NOMEM;
    *out = c;
    return CLUS_OK;
}

static clus_status key_of(struct builder *b, uint8_t kind, struct bytes prefix,
                          struct bytes text, struct bytes *key)
{
    uint8_t *data = clus__arena_raw(b->plan->arena, 1 + prefix.len + text.len, 1);
    if (!data)
        return CLUS_E_NOMEM;
    data[0] = kind;
    if (prefix.len)
        memcpy(data + 1, prefix.data, prefix.len);
    if (text.len)
        memcpy(data + 1 + prefix.len, text.data, text.len);
    *key = (struct bytes){data, 1 + prefix.len + text.len};
    return CLUS_OK;
}

/* A term that no segment is known to have yet. */
static clus_status new_term(struct builder *b, uint8_t kind, struct bytes prefix,
                            struct bytes text, struct plan_term **out)
{
    struct arena *arena = b->plan->arena;
    struct plan_term *term = clus__arena_alloc(arena, 1, sizeof *term);
    if (!term)
        return CLUS_E_NOMEM;
    clus_status st = key_of(b, kind, prefix, text, &term->key);
    if (st != CLUS_OK)
        return st;
    term->infos = clus__arena_alloc(arena, b->plan->view->n_segments, sizeof(void *));
    *out = term;
    return term->infos ? CLUS_OK : CLUS_E_NOMEM;
}

static clus_status add_info(struct builder *b, struct plan_term *term, uint32_t segment,
                            const struct term_info *info)
{
    struct term_info *copy = clus__arena_raw(b->plan->arena, 1, sizeof *copy);
    if (!copy)
        return CLUS_E_NOMEM;
    *copy = *info;
    clus__segment_ahead(b->plan->view->segments[segment].seg, info);
    term->infos[segment] = copy;
    term->df += info->df;
    return CLUS_OK;
}

static clus_status add_met(struct builder *b, struct plan_term *term,
                           const struct met_in *met)
{
    const struct view *view = b->plan->view;
    struct term_info info;
    if (met->info) {
        term->infos[met->segment] = met->info;
        term->df += met->info->df;
        return CLUS_OK;
    }
    clus_status st =
        clus__segment_at(view->segments[met->segment].seg, view->txn, met->at, &info);
    return st == CLUS_OK ? add_info(b, term, met->segment, &info) : st;
}

clus_status clus__build_term(struct builder *b, uint8_t kind, struct bytes prefix,
                             struct bytes text, const struct plan_term **out)
{
    struct view *view = b->plan->view;
    struct plan_term *term;
    clus_status st = new_term(b, kind, prefix, text, &term);
    for (uint32_t s = 0; st == CLUS_OK && s < view->n_segments && term->key.len <= KEY_MAX;
         s++) {
        struct term_info info;
        st = clus__term_memory_find(b->plan->terms, view->segments[s].seg, view->txn,
                                    term->key, &info);
        if (st == CLUS_OK)
            st = add_info(b, term, s, &info);
        else if (st == CLUS_DONE)
            st = CLUS_OK;
    }
    if (st == CLUS_OK)
        *out = term;
    return st;
}

clus_status clus__build_met(struct builder *b, uint8_t kind, const struct expanded *found,
                            const struct plan_term **out)
{
    struct plan_term *term;
    clus_status st = new_term(b, kind, (struct bytes){NULL, 0}, found->text, &term);
    for (const struct met_in *m = found->met; st == CLUS_OK && m; m = m->next)
        st = add_met(b, term, m);
    if (st == CLUS_OK)
        *out = term;
    return st;
}

uint64_t clus__build_group_df(const struct builder *b, const struct member *members,
                              size_t n)
{
    uint64_t sum = 0, aside = 0;
    for (size_t i = 0; i < n; i++)
        *(members[i].aside ? &aside : &sum) += members[i].term->df;
    sum = sum > 0 ? sum : aside;
    return sum < b->plan->view->n_docs ? sum : b->plan->view->n_docs;
}

float clus__plan_weight(const struct plan *plan, uint64_t df)
{
    if (plan->unweighed)
        return 1.0f;
    return clus__rank_weight(&plan->ranking, plan->view->n_docs, df);
}
