/* Fields: which there are, and those that filter: tag, source, lang, id and date. */
#include "base/error.h"
#include "index/values.h"
#include "query/date.h"
#include "search/builder.h"

static const struct {
    const char *name;
    enum query_field field;
} field_names[] = {{"title", FIELD_TITLE}, {"lead", FIELD_LEAD}, {"text", FIELD_TEXT},
                   {"extra", FIELD_EXTRA}, {"tag", FIELD_TAG},   {"source", FIELD_SOURCE},
                   {"lang", FIELD_LANG},   {"id", FIELD_ID},     {"date", FIELD_DATE}};

enum query_field clus__field_of_name(struct bytes name)
{
    for (size_t i = 0; i < sizeof field_names / sizeof field_names[0]; i++)
        if (name.len == strlen(field_names[i].name) &&
            memcmp(name.data, field_names[i].name, name.len) == 0)
            return field_names[i].field;
    return FIELD_UNKNOWN;
}

bool clus__field_is_value(enum query_field field)
{
    return field >= FIELD_TAG && field <= FIELD_DATE;
}

/* How keys of a filterable field begin. */
static const char *value_prefix(enum query_field field)
{
    return field == FIELD_TAG ? "tag=" : field == FIELD_SOURCE ? "source=" : "lang=";
}

static const char *value_field(enum query_field field)
{
    return field == FIELD_TAG ? "tag" : field == FIELD_SOURCE ? "source" : "lang";
}

static clus_status equals(struct builder *b, enum query_field field, struct bytes value,
                          struct clause **out)
{
    const struct plan_term *term;
    uint8_t key[KEY_MAX]; /* of a long value it holds a hash */
    size_t len = clus__value_key(value_field(field), value, key);
    struct bytes text = {key + 1, len - 1};
    clus_status st = clus__build_term(b, KEY_VALUE, (struct bytes){0}, text, &term);
    if (st != CLUS_OK)
        return st;
    st = clus__build_clause(b, term->df ? CLAUSE_TERMS : CLAUSE_NONE, out);
    if (st != CLUS_OK || term->df == 0)
        return st;
    struct clause *c = *out;
    c->unscored = true;
    c->members = clus__arena_alloc(b->plan->arena, 1, sizeof *c->members);
    if (!c->members)
        return CLUS_E_NOMEM;
    c->members[0] = (struct member){.term = term, .weight = 1.0f};
    c->n_members = 1;
    return CLUS_OK;
}

static clus_status has_id(struct builder *b, struct bytes id, struct clause **out)
{
    uint32_t segment, doc;
    clus_status st = clus__view_find(b->plan->view, clus__str_of_bytes(id), &segment, &doc);
    if (st < 0)
        return st;
    clus_status made = clus__build_clause(b, st == CLUS_OK ? CLAUSE_DOC : CLAUSE_NONE, out);
    if (made == CLUS_OK && st == CLUS_OK) {
        (*out)->unscored = true;
        (*out)->segment = segment;
        (*out)->doc = doc;
    }
    return made;
}

/* NO_DATE is the smallest number and in no range. */
static clus_status has_date(struct builder *b, int64_t from, int64_t to,
                            struct clause **out)
{
    from = from == NO_DATE ? NO_DATE + 1 : from;
    clus_status st = clus__build_clause(b, from <= to ? CLAUSE_DATES : CLAUSE_NONE, out);
    if (st == CLUS_OK) {
        (*out)->unscored = true;
        (*out)->from = from;
        (*out)->to = to;
    }
    return st;
}

static clus_status build_date(struct builder *b, const struct ast_node *ast,
                              struct clause **out)
{
    int64_t from, to;
    clus_status st = clus__date_of_node(ast, b->now, &from, &to);
    if (st == CLUS_OK)
        return has_date(b, from, to, out);
    *out = NULL;
    return clus__build_warn(b, ast, "not a date: this part is left out");
}

static clus_status not_for_field(struct builder *b, const struct ast_node *ast,
                                 struct clause **out)
{
    *out = NULL;
    return clus__build_warn(
        b, ast,
        "tag, source, lang and id take a value as it was written: this part is "
        "left out");
}

clus_status clus__build_value(struct builder *b, const struct ast_node *ast,
                              struct clause **out)
{
    if (b->field == FIELD_DATE)
        return build_date(b, ast, out);
    if (ast->kind == AST_WILDCARD && b->field != FIELD_ID)
        return clus__build_value_glob(b, ast, value_prefix(b->field), out);
    if (ast->kind != AST_WORD && ast->kind != AST_PHRASE)
        return not_for_field(b, ast, out);
    return b->field == FIELD_ID ? has_id(b, ast->text, out)
                                : equals(b, b->field, ast->text, out);
}

static clus_status one_filter(struct builder *b, const clus_filter *filter,
                              struct clause **out, clus_error *err)
{
    struct bytes value = clus__bytes_of_str(filter->value);
    enum query_field field = clus__field_of_name(clus__bytes_of_str(filter->field));
    int64_t from, to;
    if (!clus__field_is_value(field))
        return clus__fail(err, CLUS_E_SYNTAX, "cannot filter on field «%.*s»",
                          (int)filter->field.len, filter->field.data);
    if (field == FIELD_ID)
        return has_id(b, value, out);
    if (field != FIELD_DATE)
        return equals(b, field, value, out);
    if (clus__date_range(value, b->now, &from, &to) != CLUS_OK)
        return clus__fail(
            err, CLUS_E_SYNTAX,
            "filter date:%.*s is neither a date nor a range of dates, such as "
            "2024, 2024-05-01, >=2024, 2024-05..2024-07 or 7d",
            (int)value.len, (const char *)value.data);
    return has_date(b, from, to, out);
}

static bool same_field(const clus_filter *a, const clus_filter *b)
{
    return clus__bytes_cmp(clus__bytes_of_str(a->field), clus__bytes_of_str(b->field)) == 0;
}

/* All filters that ask for filters[i]'s field are alternatives. */
static clus_status alternatives(struct builder *b, const clus_filter *filters, size_t n,
                                size_t i, struct clause **out, clus_error *err)
{
    struct clause *c;
    clus_status st = clus__build_bool(b, n, &c);
    for (size_t j = i; st == CLUS_OK && j < n; j++) {
        if (filters[j].exclude || !same_field(&filters[i], &filters[j]))
            continue;
        struct clause_child *child = &c->children[c->n_children++];
        child->role = ROLE_SHOULD;
        st = one_filter(b, &filters[j], &child->clause, err);
    }
    if (st == CLUS_OK)
        *out = c;
    return st;
}

static bool seen_before(const clus_filter *filters, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (!filters[j].exclude && same_field(&filters[j], &filters[i]))
            return true;
    return false;
}

clus_status clus__build_filters(struct builder *b, const clus_filter *filters, size_t n,
                                struct clause **out, clus_error *err)
{
    struct clause *c;
    clus_status st = clus__build_bool(b, n, &c);
    for (size_t i = 0; st == CLUS_OK && i < n; i++) {
        struct clause_child *child = &c->children[c->n_children];
        if (filters[i].exclude) {
            child->role = ROLE_NOT;
            st = one_filter(b, &filters[i], &child->clause, err);
        } else if (!seen_before(filters, i)) {
            child->role = ROLE_FILTER;
            st = alternatives(b, filters, n, i, &child->clause, err);
        } else {
            continue;
        }
        c->n_children++;
    }
    if (st == CLUS_OK)
        *out = c;
    return st;
}
