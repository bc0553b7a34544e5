/* The rungs of the ladder beside a stem: the word's own form above, its family below. */
#include "search/ladder.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "search/long.h"

/* ---- words ---- */

/* The folded form of a word, and the stem of its likeliest reading. */
static clus_status read_word(struct builder *b, struct bytes shown, struct ladder *l)
{
    uint32_t forms[LEXER_MAX_READINGS];
    size_t n;
    clus_status st = clus__lexer_readings(b->lexer, shown, forms, &n);
    if (st == CLUS_OK)
        st = clus__build_copy(b, shown, &l->shown);
    if (st != CLUS_OK || n == 0)
        return st;
    const struct form *form = clus__lexer_form(b->lexer, forms[0]);
    st = clus__build_copy(b, form->text, &l->form);
    return st == CLUS_OK ? clus__build_copy(b, form->term, &l->stem) : st;
}

clus_status clus__ladder_word(struct builder *b, const struct span_slot *slot,
                              struct clause **clause)
{
    struct clause *stems = *clause, *c;
    if (!(b->expand & CLUS_EXPAND_FAMILY) || !b->has_forms || b->negated ||
        (stems->kind != CLAUSE_TERMS && stems->kind != CLAUSE_NONE))
        return CLUS_OK;
    struct ladder *l = clus__arena_alloc(b->plan->arena, 1, sizeof *l);
    clus_status st = l ? read_word(b, slot->word, l) : CLUS_E_NOMEM;
    if (st == CLUS_OK)
        st = clus__build_bool(b, 1, &c);
    if (st != CLUS_OK)
        return st;
    c->children[c->n_children++] = (struct clause_child){stems, ROLE_MUST};
    c->ladder = l;
    l->stems = stems;
    l->word = slot->number;
    l->next = b->plan->ladders;
    b->plan->ladders = l;
    *clause = c;
    return CLUS_OK;
}

/* ---- forms ---- */

/* The clause of the word's own form, unless no document has it or most with the stem do. */
static clus_status add_form(struct builder *b, const struct ladder *l, double share,
                            float weight, struct clause **out)
{
    const struct clause *stems = l->stems;
    const struct plan_term *term;
    struct clause *c;
    clus_status st = clus__build_term(b, KEY_FORM, (struct bytes){NULL, 0}, l->form, &term);
    uint64_t df = clus__build_group_df(b, stems->members, stems->n_members);
    if (st != CLUS_OK || term->df == 0 || (double)term->df > share * (double)df)
        return st;
    st = clus__build_clause(b, CLAUSE_TERMS, &c);
    if (st != CLUS_OK)
        return st;
    *c = *stems;
    c->members = clus__arena_alloc(b->plan->arena, 1, sizeof *c->members);
    if (!c->members)
        return CLUS_E_NOMEM;
    c->members[0] = (struct member){.term = term, .weight = 1.0f};
    c->n_members = 1;
    c->form = true;
    c->weight *= weight;
    *out = c;
    return CLUS_OK;
}

/* ---- families ---- */

/* Keys that share the first letters of a stem: nothing for one that is short or not of
 * letters, for numbers have no family. */
static struct bytes family_prefix(struct bytes stem, uint8_t room[KEY_MAX])
{
    size_t len = 0;
    for (unsigned letters = 0; letters < LADDER_LETTERS; letters++) {
        if (len >= stem.len ||
            (stem.data[len] < 0x80 && !(stem.data[len] >= 'a' && stem.data[len] <= 'z')))
            return (struct bytes){NULL, 0};
        for (len++; len < stem.len && (stem.data[len] & 0xC0) == 0x80; len++)
            ;
    }
    room[0] = KEY_STEM;
    memcpy(room + 1, stem.data, len);
    return (struct bytes){room, len + 1};
}

static bool has_key(const struct clause *c, struct bytes key)
{
    for (uint32_t i = 0; i < c->n_members; i++)
        if (clus__bytes_cmp(c->members[i].term->key, key) == 0)
            return true;
    return false;
}

/* Keys that may be kin, in order of text as far as they come from segments walked before.
 */
struct kin_list {
    struct plan_term *items;
    size_t n, cap, sorted;
};

static int by_key(const void *a, const void *b)
{
    return clus__bytes_cmp(((const struct plan_term *)a)->key,
                           ((const struct plan_term *)b)->key);
}

static clus_status add_kin(const struct plan *plan, uint32_t segment, struct bytes key,
                           const struct term_info *info, struct kin_list *kin)
{
    struct arena *arena = plan->arena;
    struct plan_term wanted = {.key = key}, *term = NULL;
    if (kin->sorted > 0)
        term = bsearch(&wanted, kin->items, kin->sorted, sizeof wanted, by_key);
    if (!term) {
        clus_status st = clus__grow(&kin->items, &kin->cap, kin->n + 1, sizeof *kin->items);
        if (st != CLUS_OK)
            return st;
        term = &kin->items[kin->n];
        term->df = 0;
        term->key.data = (const uint8_t *)clus__arena_copy(arena, key.data, key.len);
        term->key.len = key.len;
        term->infos = clus__arena_alloc(arena, plan->view->n_segments, sizeof(void *));
        if (!term->key.data || !term->infos)
            return CLUS_E_NOMEM;
        kin->n++;
    }
    struct term_info *copy = clus__arena_alloc(arena, 1, sizeof *copy);
    if (!copy)
        return CLUS_E_NOMEM;
    *copy = *info;
    term->infos[segment] = copy;
    term->df += info->df;
    return CLUS_OK;
}

/* What a segment's dictionary has under a prefix, up to a bound. What it says of each key
 * is kept, so that none has to be looked up again. */
static clus_status walk_segment(const struct plan *plan, uint32_t segment,
                                struct bytes prefix, struct kin_list *kin)
{
    struct term_walk *walk = NULL;
    struct term_info info;
    struct bytes key, stem;
    const struct segment *seg = plan->view->segments[segment].seg;
    clus_status st = clus__term_walk_new(seg, plan->view->txn, prefix, &walk);
    for (uint32_t steps = 0; st == CLUS_OK && steps < LADDER_STEPS; steps++) {
        st = clus__term_walk_next(walk, &key, &stem, &info);
        if (st != CLUS_OK || key.len < prefix.len ||
            memcmp(key.data, prefix.data, prefix.len) != 0)
            break;
        st = add_kin(plan, segment, key, &info, kin);
    }
    clus__term_walk_free(walk);
    return st == CLUS_DONE ? CLUS_OK : st;
}

static float weight_of_stems(struct builder *b, const struct ladder *l)
{
    uint64_t df = clus__build_group_df(b, l->stems->members, l->stems->n_members);
    return clus__plan_weight(b->plan, df);
}

/* All members of a family have one weight: that of a word as frequent as the family, but
 * below the stem's. */
static clus_status weigh_family(struct builder *b, const struct ladder *l,
                                struct clause *wide, uint32_t first)
{
    const struct plan *plan = b->plan;
    uint32_t n = wide->n_members - first;
    uint64_t df = clus__build_group_df(b, wide->members + first, n);
    float own = weight_of_stems(b, l), weight = clus__plan_weight(plan, df);
    weight = plan->ranking.family_weight * (weight < own ? weight / own : 1.0f);
    clus_status st = CLUS_OK;
    for (uint32_t i = first; st == CLUS_OK && i < wide->n_members; i++) {
        const struct plan_term *term = wide->members[i].term;
        struct bytes text = {term->key.data + 1, term->key.len - 1};
        wide->members[i].weight = weight;
        st = clus__build_told(b, l->shown, term, "family", weight);
        if (st == CLUS_OK)
            st = clus__build_mark(b, MARK_TERM, text, weight * own);
    }
    return st;
}

/* Whether a word of the query has that stem: a document that has it has that word, and is
 * not to count for two. */
static bool is_asked_for(const struct plan *plan, struct bytes key)
{
    bool found = false;
    for (const struct ladder *l = plan->ladders; l && !found; l = l->next)
        found = has_key(l->stems, key);
    return found;
}

/* The most frequent of those that may join `wide`, by their text among equals; NULL: none
 * is left. */
static const struct plan_term *next_kin(const struct plan *plan, const struct kin_list *kin,
                                        uint64_t most_df, const struct clause *wide)
{
    const struct plan_term *best = NULL;
    for (size_t i = 0; i < kin->n; i++) {
        const struct plan_term *term = &kin->items[i];
        bool better = !best || term->df > best->df ||
                      (term->df == best->df && by_key(term, best) < 0);
        if (term->df <= most_df && better && !has_key(wide, term->key) &&
            !is_asked_for(plan, term->key))
            best = term;
    }
    return best;
}

/* Put the most frequent of them behind the members of `wide`, which are left out. */
static clus_status take_kin(struct builder *b, const struct kin_list *kin, uint64_t most_df,
                            struct clause *wide)
{
    for (uint32_t i = 0; i < LADDER_FAMILY; i++) {
        const struct plan_term *best = next_kin(b->plan, kin, most_df, wide);
        if (!best)
            return CLUS_OK;
        struct plan_term *term = clus__arena_alloc(b->plan->arena, 1, sizeof *term);
        if (!term)
            return CLUS_E_NOMEM;
        *term = *best;
        wide->members[wide->n_members++] = (struct member){.term = term};
    }
    return CLUS_OK;
}

/* Put the family of one stem behind the members of `wide`. */
static clus_status add_family(struct builder *b, const struct ladder *l, struct bytes stem,
                              uint64_t df, struct clause *wide)
{
    const struct plan *plan = b->plan;
    uint8_t room[KEY_MAX];
    struct bytes prefix = family_prefix(stem, room);
    struct kin_list kin = {.n = 0};
    uint32_t first = wide->n_members;
    clus_status st = CLUS_OK;
    for (uint32_t s = 0; prefix.len > 0 && st == CLUS_OK && s < plan->view->n_segments;
         s++) {
        st = walk_segment(plan, s, prefix, &kin);
        if (kin.n > 1 && s + 1 < plan->view->n_segments)
            qsort(kin.items, kin.n, sizeof *kin.items, by_key);
        kin.sorted = kin.n;
    }
    if (st == CLUS_OK)
        st = take_kin(b, &kin, df ? df + LADDER_FEW : UINT64_MAX, wide);
    clus__free(kin.items);
    return st == CLUS_OK ? weigh_family(b, l, wide, first) : st;
}

/* Stems to take families of: those the index has, or that of a word it has not. */
static clus_status widen(struct builder *b, struct ladder *l, bool *widened)
{
    const struct clause *stems = l->stems;
    struct clause *wide;
    clus_status st = clus__build_clause(b, CLAUSE_TERMS, &wide);
    if (st != CLUS_OK)
        return st;
    *wide = *stems;
    wide->kind = CLAUSE_TERMS;
    wide->members = clus__arena_alloc(
        b->plan->arena, stems->n_members + (stems->n_members + 1) * LADDER_FAMILY,
        sizeof *wide->members);
    if (!wide->members)
        return CLUS_E_NOMEM;
    if (stems->n_members)
        memcpy(wide->members, stems->members, stems->n_members * sizeof *wide->members);
    b->word = l->word;
    for (uint32_t i = 0; st == CLUS_OK && i < stems->n_members; i++) {
        struct bytes key = stems->members[i].term->key;
        st = add_family(b, l, (struct bytes){key.data + 1, key.len - 1},
                        stems->members[i].term->df, wide);
    }
    if (st == CLUS_OK && stems->n_members == 0)
        st = add_family(b, l, l->stem, 0, wide);
    if (wide->n_members == stems->n_members)
        return st;
    l->wide = wide;
    *widened = true;
    return st;
}

/* The rungs of a word that weighs `share` of the heaviest. */
static clus_status add_rungs(struct builder *b, struct ladder *l, float share,
                             bool *widened)
{
    clus_status st = CLUS_OK;
    if (share >= LADDER_KIN_FROM && b->plan->ranking.family_weight > 0)
        st = widen(b, l, widened);
    if (st == CLUS_OK && share >= LADDER_FORM_FROM && l->stems->n_members > 0 &&
        b->plan->ranking.exact_weight > 0)
        st = add_form(b, l, LADDER_FORM_SHARE, b->plan->ranking.exact_weight, &l->exact);
    return st;
}

clus_status clus__ladder_widen(struct plan *plan, bool *widened)
{
    struct builder b = {.plan = plan};
    clus_status st = CLUS_OK;
    float heaviest = 0;
    *widened = false;
    for (const struct ladder *l = plan->ladders; l; l = l->next) {
        heaviest = l->stems->weight > heaviest ? l->stems->weight : heaviest;
    }
    for (struct ladder *l = plan->ladders; st == CLUS_OK && heaviest > 0 && l; l = l->next)
        st = add_rungs(&b, l, l->stems->weight / heaviest, widened);
    return st;
}

float clus__ladder_most(const struct plan *plan)
{
    float exact = plan->ladders ? plan->ranking.exact_weight : 0.0f;
    return 1.0f + (clus__long_quotation(plan) ? LADDER_QUOTE_TIMES * exact : exact);
}

clus_status clus__ladder_quote(struct plan *plan)
{
    struct builder b = {.plan = plan};
    float weight = LADDER_QUOTE_TIMES * plan->ranking.exact_weight;
    clus_status st = CLUS_OK;
    if (weight <= 0 || !clus__long_quotation(plan))
        return CLUS_OK;
    for (struct ladder *l = plan->ladders; st == CLUS_OK && l; l = l->next)
        if (l->stems->n_members > 0)
            st = add_form(&b, l, LADDER_QUOTE_SHARE, weight, &l->quoted);
    return st;
}
