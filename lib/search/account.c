/*
 * The score of one document as a tree: the clauses that a search runs, each asked about
 * this document alone, in words.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/alloc.h"
#include "search/list.h"
#include "search/run.h"

enum { LINE_MAX_BYTES = 400 };

struct asked {
    struct run *run;
    struct account *account;
};

/* A line of the tree as it is written. */
struct line {
    char text[LINE_MAX_BYTES];
    size_t len;
};

static void add(struct line *line, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* What does not fit is cut off. */
static void add(struct line *line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(line->text + line->len, LINE_MAX_BYTES - line->len, format, args);
    va_end(args);
    size_t room = LINE_MAX_BYTES - 1 - line->len;
    line->len += n < 0 ? 0 : (size_t)n < room ? (size_t)n : room;
}

static void add_bytes(struct line *line, struct bytes b)
{
    add(line, "%.*s", (int)b.len, (const char *)b.data);
}

/* A text that was cut off ends with a whole letter. */
static size_t whole_letters(const struct line *line)
{
    size_t n = line->len;
    if (n < LINE_MAX_BYTES - 1)
        return n;
    while (n > 0 && (line->text[n - 1] & 0xC0) == 0x80)
        n--;
    return n > 0 && (line->text[n - 1] & 0x80) ? n - 1 : n;
}

static clus_status put(const struct asked *a, uint32_t depth, int32_t score,
                       const struct line *line)
{
    struct account *acc = a->account;
    clus_status st = clus__grow(&acc->parts, &acc->cap, acc->n + 1, sizeof *acc->parts);
    if (st != CLUS_OK)
        return st;
    size_t len = whole_letters(line);
    char *copy = clus__arena_copy(&acc->texts, line->text, len);
    if (!copy)
        return CLUS_E_NOMEM;
    acc->parts[acc->n++] = (struct account_part){.depth = depth,
                                                 .score = (float)score / acc->plan->scale,
                                                 .what = {(const uint8_t *)copy, len}};
    return CLUS_OK;
}

/* ---- words ---- */

static struct bytes text_of(const struct plan_term *term)
{
    return (struct bytes){term->key.data + 1, term->key.len - 1};
}

/* The word of the query that a reading stands for, unless it is a stem. */
static void add_origin(struct line *line, const struct plan *plan, struct bytes reading)
{
    for (size_t i = 0; i < plan->n_expansions; i++) {
        const struct plan_expansion *e = &plan->expansions[i];
        if (strcmp(e->kind, "stem") == 0 || clus__bytes_cmp(e->reading, reading) != 0)
            continue;
        add(line, " (%s of ", e->kind);
        add_bytes(line, e->word);
        add(line, ")");
        return;
    }
}

static const char *kind_of(const struct plan_term *term)
{
    uint8_t kind = term->key.data[0];
    return kind == KEY_FORM ? "form" : kind == KEY_VALUE ? "value" : "stem";
}

static void add_term(struct line *line, const struct plan *plan,
                     const struct plan_term *term)
{
    add(line, "%s ", kind_of(term));
    add_bytes(line, text_of(term));
    add_origin(line, plan, text_of(term));
    add(line, ", df %" PRIu64, term->df);
}

/* In thousandths: a decimal point of printf's would be the locale's. */
static void add_weight(struct line *line, float weight)
{
    uint64_t thousandths =
        weight < 1e12f ? (uint64_t)(weight * 1000.0f + 0.5f) : UINT64_MAX;
    add(line, "%" PRIu64 ".%03" PRIu64, thousandths / 1000, thousandths % 1000);
}

/* How a list's score came about. */
static void add_evidence(struct line *line, const struct asked *a,
                         const struct posting_list *l)
{
    uint8_t flags = l->p.flags[l->at];
    struct norm norm = a->run->scorer->norms[a->account->doc];
    if (!l->scored)
        return;
    add(line, ": weight ");
    add_weight(line, l->weight / a->account->plan->scale);
    add(line, ", tf %" PRIu32, l->p.tfs[l->at]);
    add(line, "%s%s%s, length %" PRIu32, flags & FLAG_TITLE ? ", in the title" : "",
        flags & FLAG_LEAD ? ", in the lead" : "",
        flags & FLAG_EXTRA_ONLY ? ", in page furniture only" : "",
        clus__length_of_norm(norm.length));
}

static clus_status member_part(const struct asked *a, const struct clause *c, uint32_t i,
                               struct posting_list *l, uint32_t depth)
{
    struct line line = {.len = 0};
    int32_t score = 0;
    clus_status st =
        l ? clus__score_of_list(a->run, c, l, a->account->doc, &score) : CLUS_OK;
    add_term(&line, a->account->plan, c->members[i].term);
    if (st == CLUS_OK && score > 0)
        add_evidence(&line, a, l);
    else
        add(&line, ": not here");
    return st == CLUS_OK ? put(a, depth, score, &line) : st;
}

/* Members that the segment lacks have no list. */
static clus_status member_parts(const struct asked *a, const struct node *n, uint32_t depth)
{
    const struct clause *c = n->clause;
    clus_status st = CLUS_OK;
    uint32_t list = 0;
    for (uint32_t i = 0; st == CLUS_OK && i < c->n_members; i++) {
        bool here = n->n_lists > 0 && c->members[i].term->infos[a->run->segment];
        st = member_part(a, c, i, here ? n->lists[list++] : NULL, depth);
    }
    return st;
}

/* ---- clauses ---- */

static void add_spans(struct line *line, const struct clause *c)
{
    add(line, c->n_units > 1 ? c->ordered ? "near, in this order" : "near" : "in place");
    for (uint32_t u = 0; u < c->n_units; u++) {
        for (uint32_t s = 0; s < c->units[u].n_slots; s++) {
            const struct span_slot *slot = &c->units[u].slots[s];
            add(line, s == 0 && u > 0 ? " + " : " ");
            if (slot->n_members > 0)
                add_bytes(line, text_of(slot->members[0].term));
            if (slot->n_members > 1)
                add(line, "|…");
        }
    }
}

/* What a clause is, without its parts. */
static void add_clause(struct line *line, const struct clause *c)
{
    switch (c->kind) {
    case CLAUSE_NONE: add(line, "a word that no document has"); break;
    case CLAUSE_ALL: add(line, "every document"); break;
    case CLAUSE_TERMS:
        add(line,
            c->constant ? "any of %" PRIu32 " words, the same score for each"
                        : "the best of %" PRIu32 " readings",
            c->n_members);
        break;
    case CLAUSE_SPANS: add_spans(line, c); break;
    case CLAUSE_DATES: add(line, "a date in the range"); break;
    case CLAUSE_DOC: add(line, "one document"); break;
    case CLAUSE_BOOL: add(line, c->n_must > 0 ? "all of" : "any of, added up"); break;
    case CLAUSE_BEST: add(line, "the best of"); break;
    }
}

static clus_status node_part(const struct asked *a, struct node *n, enum clause_role role,
                             uint32_t depth);

static clus_status inner_parts(const struct asked *a, const struct node *n, uint32_t depth)
{
    const struct clause *c = n->clause;
    clus_status st = CLUS_OK;
    if (c->kind == CLAUSE_TERMS && c->n_members > 1 && !n->bits)
        return member_parts(a, n, depth);
    for (uint32_t i = 0; n->children && st == CLUS_OK && i < c->n_children; i++)
        st = node_part(a, n->children[i], c->children[i].role, depth);
    return st;
}

/* What only has to match, or must not, adds nothing: whether it does is all there is to
 * say. */
static clus_status condition(const struct asked *a, const struct node *n, bool matches,
                             bool wanted, uint32_t depth)
{
    struct line line = {.len = 0};
    const struct clause *c = n->clause;
    add(&line, wanted ? "only with " : "only without ");
    if (c->kind == CLAUSE_TERMS && c->n_members == 1)
        add_term(&line, a->account->plan, c->members[0].term);
    else
        add_clause(&line, c);
    add(&line, matches ? ": here" : ": not here");
    return put(a, depth, 0, &line);
}

static clus_status node_part(const struct asked *a, struct node *n, enum clause_role role,
                             uint32_t depth)
{
    struct line line = {.len = 0};
    int32_t score;
    clus_status st = clus__score_of_node(a->run, n, a->account->doc, &score);
    if (st != CLUS_OK)
        return st;
    if (role == ROLE_FILTER || role == ROLE_NOT)
        return condition(a, n, score > 0, role == ROLE_FILTER, depth);
    if (n->clause->kind == CLAUSE_TERMS && n->clause->n_members == 1 && !n->bits)
        return member_parts(a, n, depth);
    add_clause(&line, n->clause);
    st = put(a, depth, score, &line);
    return st == CLUS_OK ? inner_parts(a, n, depth + 1) : st;
}

clus_status clus__run_account(struct run *r, struct account *account)
{
    struct asked a = {.run = r, .account = account};
    struct node *root = NULL;
    clus__run_begin(r);
    clus_status st = clus__run_enter(r, account->segment);
    if (st == CLUS_OK)
        st = clus__run_bind(r, &root);
    if (st == CLUS_OK)
        st = node_part(&a, root, ROLE_MUST, 0);
    clus__node_release(root);
    clus__run_leave(r);
    r->scratch->dirty = st != CLUS_OK;
    return st;
}
