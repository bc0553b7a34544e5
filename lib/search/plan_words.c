/*
 * Words and phrases. A word becomes a group of its readings: a text in Cyrillic
 * letters may be Russian or Kazakh, and both stems are looked up.
 */
#include "base/chars.h"
#include "search/join.h"
#include "search/ladder.h"
#include "search/mend.h"
#include "search/question.h"
#include "search/term_memory.h"

enum { MAX_PHRASE = 256 }; /* words of one phrase */

/* What the words of a phrase weigh where it does not stand: a document that has it comes
 * before one that has them apart. */
#define LOOSE_WEIGHT 0.8f

static void restrict_flags(struct clause *c, enum query_field field)
{
    if (field == FIELD_TITLE)
        c->need_flags = FLAG_TITLE;
    else if (field == FIELD_LEAD)
        c->need_flags = FLAG_LEAD;
    else if (field == FIELD_EXTRA)
        c->need_flags = FLAG_EXTRA_ONLY;
    else if (field == FIELD_TEXT)
        c->deny_flags = FLAG_EXTRA_ONLY;
}

static void restrict_positions(struct clause *c, enum query_field field)
{
    if (field == FIELD_TITLE)
        c->high = POS_TEXT;
    else if (field == FIELD_TEXT)
        c->low = POS_TEXT;
    else if (field == FIELD_LEAD) {
        c->low = POS_TEXT;
        c->high = POS_TEXT + LEAD_TOKENS;
    }
}

clus_status clus__words_spans(struct builder *b, struct span_unit *units, uint32_t n_units,
                              struct clause **out)
{
    clus_status st = clus__build_clause(b, CLAUSE_SPANS, out);
    if (st != CLUS_OK)
        return st;
    struct clause *c = *out;
    c->units = units;
    c->n_units = n_units;
    restrict_positions(c, b->field);
    for (uint32_t u = 0; u < n_units; u++) {
        for (uint32_t s = 0; s < units[u].n_slots; s++) {
            const struct span_slot *slot = &units[u].slots[s];
            uint64_t df = clus__build_group_df(b, slot->members, slot->n_members);
            c->weight += b->boost * clus__plan_weight(b->plan, df);
            if (slot->n_members == 0)
                c->kind = CLAUSE_NONE;
        }
    }
    return CLUS_OK;
}

static clus_status terms_of_members(struct builder *b, struct member *members, uint32_t n,
                                    struct clause **out)
{
    clus_status st = clus__build_clause(b, n ? CLAUSE_TERMS : CLAUSE_NONE, out);
    if (st != CLUS_OK)
        return st;
    struct clause *c = *out;
    c->members = members;
    c->n_members = n;
    c->weight = b->boost * clus__plan_weight(b->plan, clus__build_group_df(b, members, n));
    restrict_flags(c, b->field);
    return CLUS_OK;
}

/* Tokens of a leaf's text, with offsets into it. */
static clus_status tokens_of(struct builder *b, const struct ast_node *ast,
                             struct bytes text, struct token_list *tokens)
{
    clus_status st = clus__lexer_run(b->lexer, text, tokens);
    if (st == CLUS_OK && tokens->dropped)
        st = clus__build_warn(b, ast, "a word over %d bytes is not in any index",
                              (int)LEXER_MAX_TERM);
    if (st == CLUS_OK && tokens->n > MAX_PHRASE) {
        tokens->n = MAX_PHRASE;
        st = clus__build_warn(b, ast, "only the first %d words are searched",
                              (int)MAX_PHRASE);
    }
    return st;
}

static clus_status keep_members(struct builder *b, const struct readings *r,
                                struct span_slot *slot)
{
    slot->members = clus__arena_raw(b->plan->arena, r->n, sizeof *slot->members);
    if (!slot->members)
        return CLUS_E_NOMEM;
    memcpy(slot->members, r->members, r->n * sizeof *r->members);
    slot->n_members = r->n;
    return CLUS_OK;
}

/* slot->word stays empty when the token has no letter or digit. */
static clus_status slot_of_token(struct builder *b, const struct ast_node *ast, bool exact,
                                 const struct mended_leaf *leaf, const struct token *t,
                                 struct span_slot *slot)
{
    struct bytes shown = {leaf->text.data + t->start, t->end - t->start};
    struct word_view word = {.exact = exact,
                             .known = leaf->known,
                             .shown = shown,
                             .by = clus__mend_at(leaf, t->start)};
    struct readings r;
    clus_status st = clus__words_readings(b, &word, shown, &r);
    if (st == CLUS_OK)
        st = keep_members(b, &r, slot);
    slot->word = r.any ? shown : (struct bytes){NULL, 0};
    slot->guessed = word.by != NULL;
    slot->number = b->word - 1;
    bool knows = false;
    if (st == CLUS_OK && r.n == 0)
        st = clus__dictionary_knows(b, ast, shown, &knows);
    if (st != CLUS_OK || exact || word.by || !r.any || knows)
        return st;
    return clus__mend_note(b, ast, t->start, t->end,
                           clus__build_group_df(b, slot->members, slot->n_members));
}

/* Whether a leaf is one token, as told by a look instead of by cutting it. */
static bool is_single_word(const struct builder *b, const struct ast_node *ast,
                           struct mended_leaf *leaf)
{
    leaf->known = ast->kind != AST_PHRASE &&
                  clus__term_memory_knows_word(b->plan->terms, b->plan->view, leaf->text);
    return leaf->known ||
           (clus__is_plain(leaf->text) && clus__lexer_knows(b->lexer, leaf->text));
}

/* Remember what the lexer has told about a single word. */
static void note_single_word(const struct builder *b, const struct mended_leaf *leaf)
{
    size_t term_len;
    if (!leaf->known && clus__lexer_reads_itself(b->lexer, leaf->text, &term_len) &&
        term_len == leaf->text.len)
        clus__term_memory_note_word(b->plan->terms, b->plan->view, leaf->text);
}

clus_status clus__words_unit(struct builder *b, const struct ast_node *ast, bool exact,
                             struct span_unit *unit)
{
    struct token_list tokens = {.items = NULL};
    struct token whole = {.start = 0};
    struct mended_leaf leaf;
    clus_status st = clus__mend_leaf(b, ast, &leaf);
    const struct token_list *list = &tokens,
                            single = {.items = &whole, .n = 1}; /* most leaves */
    if (st == CLUS_OK && is_single_word(b, ast, &leaf)) {
        whole.end = (uint32_t)leaf.text.len;
        list = &single;
    } else if (st == CLUS_OK) {
        st = tokens_of(b, ast, leaf.text, &tokens);
    }
    *unit = (struct span_unit){0};
    if (st == CLUS_OK) {
        unit->slots = clus__arena_alloc(b->plan->arena, list->n, sizeof *unit->slots);
        st = unit->slots ? CLUS_OK : CLUS_E_NOMEM;
    }
    for (size_t i = 0; st == CLUS_OK && i < list->n; i++) {
        const struct token *t = &list->items[i];
        struct span_slot *slot = &unit->slots[unit->n_slots];
        st = slot_of_token(b, ast, exact, &leaf, t, slot);
        slot->offset = t->position - list->items[0].position;
        unit->width = slot->offset + 1;
        unit->n_slots += slot->word.len > 0;
    }
    if (st == CLUS_OK && list == &single)
        note_single_word(b, &leaf);
    clus__token_list_done(&tokens);
    return st;
}

/* All words of some units, wherever they stand. */
static clus_status all_words(struct builder *b, const struct span_unit *units,
                             uint32_t n_units, struct clause **out)
{
    uint32_t n = 0;
    for (uint32_t u = 0; u < n_units; u++)
        n += units[u].n_slots;
    clus_status st = clus__build_bool(b, n, out);
    struct clause *c = st == CLUS_OK ? *out : NULL;
    for (uint32_t u = 0; st == CLUS_OK && u < n_units; u++) {
        for (uint32_t s = 0; st == CLUS_OK && s < units[u].n_slots; s++) {
            struct clause_child *child = &c->children[c->n_children++];
            child->role = ROLE_MUST;
            st = terms_of_members(b, units[u].slots[s].members, units[u].slots[s].n_members,
                                  &child->clause);
        }
    }
    return st;
}

clus_status clus__words_instead(struct builder *b, const struct ast_node *ast,
                                const struct span_unit *units, uint32_t n_units,
                                struct clause **out)
{
    const char *why = b->field == FIELD_EXTRA
                          ? "words of extra have no places: all words are searched instead"
                          : "the index keeps no positions: all words are searched instead";
    clus_status st = clus__build_warn(b, ast, "%s", why);
    return st == CLUS_OK ? all_words(b, units, n_units, out) : st;
}

bool clus__words_without_places(const struct builder *b)
{
    return !b->plan->view->positions || b->field == FIELD_EXTRA;
}

clus_status clus__words_nothing(struct builder *b, const struct ast_node *ast,
                                struct clause **out)
{
    struct mended_leaf leaf;
    clus_status st = clus__mend_leaf(b, ast, &leaf);
    *out = NULL;
    if (st != CLUS_OK || leaf.text.len < ast->text.len)
        return st; /* it has become part of the word before it */
    return clus__build_warn(b, ast, "no letter or digit to search for");
}

/* Slots of a sloppy phrase as units of their own. */
static clus_status units_of_slots(struct builder *b, const struct span_unit *unit,
                                  struct span_unit **out)
{
    struct span_unit *units =
        clus__arena_alloc(b->plan->arena, unit->n_slots, sizeof *units);
    if (!units)
        return CLUS_E_NOMEM;
    for (uint32_t i = 0; i < unit->n_slots; i++) {
        units[i] = (struct span_unit){.slots = &unit->slots[i], .n_slots = 1, .width = 1};
        unit->slots[i].offset = 0;
    }
    *out = units;
    return CLUS_OK;
}

static clus_status phrase_clause(struct builder *b, const struct ast_node *ast,
                                 struct span_unit *unit, struct clause **out)
{
    clus_status st;
    struct span_unit *units = unit;
    uint32_t n_units = 1;
    bool sloppy = ast->kind == AST_PHRASE && ast->slop > 0;
    if (sloppy && unit->n_slots > MAX_NEAR) {
        sloppy = false;
        st = clus__build_warn(b, ast, "~ is for %d words at most: searched as they stand",
                              (int)MAX_NEAR);
        if (st != CLUS_OK)
            return st;
    }
    if (sloppy) {
        st = units_of_slots(b, unit, &units);
        if (st != CLUS_OK)
            return st;
        n_units = unit->n_slots;
    }
    if (clus__words_without_places(b))
        return clus__words_instead(b, ast, units, n_units, out);
    struct span_unit *kept = clus__arena_alloc(b->plan->arena, n_units, sizeof *kept);
    if (!kept)
        return CLUS_E_NOMEM;
    memcpy(kept, units, n_units * sizeof *kept);
    st = clus__words_spans(b, kept, n_units, out);
    if (st == CLUS_OK && sloppy)
        (*out)->extra = ast->slop;
    return st;
}

clus_status clus__build_unit(struct builder *b, struct span_unit *unit, struct clause **out)
{
    if (unit->n_slots == 1)
        return terms_of_members(b, unit->slots[0].members, unit->slots[0].n_members, out);
    return clus__words_without_places(b) ? all_words(b, unit, 1, out)
                                         : clus__words_spans(b, unit, 1, out);
}

/* An exact phrase: stems tell the places, forms that each of these words is in the
 * document as written. */
static clus_status exact_phrase(struct builder *b, const struct ast_node *ast,
                                const struct span_unit *forms, struct clause **out)
{
    struct span_unit unit;
    struct clause *stems, *words;
    bool negated = b->negated;
    b->negated = true; /* the forms are what a snippet marks */
    clus_status st = clus__words_unit(b, ast, false, &unit);
    b->negated = negated;
    if (st == CLUS_OK)
        st = clus__build_warn(b, ast,
                              "exact forms of a phrase are looked for in the whole "
                              "document, its stems in place");
    if (st == CLUS_OK)
        st = phrase_clause(b, ast, &unit, &stems);
    if (st == CLUS_OK)
        st = all_words(b, forms, 1, &words);
    if (st == CLUS_OK)
        st = clus__build_bool(b, 1 + words->n_children, out);
    if (st != CLUS_OK)
        return st;
    struct clause *c = *out;
    c->children[c->n_children++] = (struct clause_child){stems, ROLE_MUST};
    for (uint32_t i = 0; i < words->n_children; i++)
        c->children[c->n_children++] =
            (struct clause_child){words->children[i].clause, ROLE_FILTER};
    return CLUS_OK;
}

/* A word of a question that asks stands for nothing. */
static clus_status weigh_asking(struct builder *b, const struct ast_node *ast,
                                const struct span_unit *unit)
{
    bool asks = false;
    if (!b->question || ast->kind != AST_WORD || ast->exact || unit->n_slots != 1)
        return CLUS_OK;
    clus_status st = clus__question_word(b->lexer, unit->slots[0].word, &asks);
    b->boost *= asks ? QUESTION_WORD_WEIGHT : 1.0f;
    return st;
}

static clus_status word_clause(struct builder *b, const struct ast_node *ast,
                               struct span_unit *unit, struct clause **out)
{
    bool exact = (ast->exact || !(b->expand & CLUS_EXPAND_STEM)) && b->has_forms;
    if (b->field == FIELD_TEXT && b->plan->view->positions && !exact) {
        struct span_unit *kept = clus__arena_alloc(b->plan->arena, 1, sizeof *kept);
        if (!kept)
            return CLUS_E_NOMEM;
        *kept = *unit;
        return clus__words_spans(b, kept, 1, out); /* positions tell text from title */
    }
    if (b->field == FIELD_TEXT) {
        clus_status st = clus__build_warn(
            b, ast, "text: cannot be told from the title here: both are searched");
        if (st != CLUS_OK)
            return st;
    }
    return terms_of_members(b, unit->slots[0].members, unit->slots[0].n_members, out);
}

/* The words of a phrase as they count wherever they stand. */
static clus_status add_loose(struct builder *b, const struct span_unit *unit,
                             struct clause *phrase)
{
    float boost = b->boost;
    struct clause *words;
    clus_status st = clus__build_bool(b, unit->n_slots, &words);
    b->boost *= LOOSE_WEIGHT;
    for (uint32_t i = 0; st == CLUS_OK && i < unit->n_slots; i++) {
        const struct span_slot *slot = &unit->slots[i];
        struct clause_child *child = &words->children[words->n_children++];
        child->role = ROLE_SHOULD;
        st = terms_of_members(b, slot->members, slot->n_members, &child->clause);
        if (st == CLUS_OK)
            st = clus__ladder_word(b, slot, &child->clause);
    }
    b->boost = boost;
    phrase->loose = words;
    return st;
}

clus_status clus__build_text(struct builder *b, const struct ast_node *ast,
                             struct clause **out)
{
    struct span_unit unit;
    bool exact = (ast->exact || !(b->expand & CLUS_EXPAND_STEM)) && b->has_forms;
    clus_status st = clus__words_unit(b, ast, exact, &unit);
    if (st != CLUS_OK)
        return st;
    if (unit.n_slots == 0)
        return clus__words_nothing(b, ast, out);
    st = weigh_asking(b, ast, &unit);
    if (st != CLUS_OK)
        return st;
    st = unit.n_slots == 1 ? word_clause(b, ast, &unit, out)
         : exact           ? exact_phrase(b, ast, &unit, out)
                           : phrase_clause(b, ast, &unit, out);
    if (st == CLUS_OK)
        st = clus__dictionary_text(b, ast, &unit, out);
    if (st != CLUS_OK || exact)
        return st;
    if (unit.n_slots == 1)
        return clus__ladder_word(b, &unit.slots[0], out);
    if (ast->kind == AST_WORD)
        st = clus__join_parts(b, ast->text, out);
    return st == CLUS_OK && b->op == CLUS_OP_AUTO && !b->negated ? add_loose(b, &unit, *out)
                                                                 : st;
}
