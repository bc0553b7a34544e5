/*
 * Translations and synonyms from the caller's glossary. What is known of a word joins its
 * group as members of less weight; what is known of a phrase, or is one, stands beside the
 * clause as another reading, and the better of the two counts. No reading weighs more than
 * the words asked for would, so that these rank first.
 */
#include "base/buf.h"
#include "search/builder.h"
#include "text/glossary.h"

enum { MAX_FOUND = 64 /* readings of one word or phrase */ };

/* What the glossary has for a text. */
struct found {
    const struct glossary_target *items[MAX_FOUND];
    uint32_t n;
};

static bool is_wanted(const struct builder *b, const struct glossary_target *t)
{
    return b->expand & (t->kind == CLUS_GLOSSARY_SYNONYM ? CLUS_EXPAND_SYNONYM
                                                         : CLUS_EXPAND_DICTIONARY);
}

static bool reads_glossary(const struct builder *b, const struct ast_node *ast)
{
    return b->glossary && !b->negated && !ast->exact &&
           (b->expand & (CLUS_EXPAND_SYNONYM | CLUS_EXPAND_DICTIONARY));
}

/* What a key has, but for what is the same there; whether it has anything. */
static bool add_found(const struct builder *b, const struct glossary_key *key,
                      struct found *found)
{
    struct bytes same = {key->text + 1, key->len - 1};
    const struct glossary_target *t =
        clus__glossary_find(b->glossary, (struct bytes){key->text, key->len});
    bool any = false;
    for (; t && found->n < MAX_FOUND; t = t->next) {
        bool known = !is_wanted(b, t) || clus__bytes_cmp(t->terms, same) == 0;
        any |= is_wanted(b, t);
        for (uint32_t i = 0; i < found->n && !known; i++)
            known = clus__bytes_cmp(found->items[i]->terms, t->terms) == 0;
        if (!known)
            found->items[found->n++] = t;
    }
    return any;
}

/* Whatever stands for `text`, which may be several words. The query's language has it
 * first: малый would be an animal in Kazakh, and судья has its own meaning there. The other
 * one is asked when that has nothing and the text looks more like it. */
static clus_status find_text(struct builder *b, struct bytes text, struct found *found)
{
    struct glossary_key keys[GLOSSARY_MAX_KEYS];
    uint32_t n;
    clus_lang first = b->language, own = CLUS_LANG_OTHER;
    found->n = 0;
    clus_status st = clus__glossary_keys(b->lexer, text, CLUS_LANG_OTHER, keys, &n);
    if (st == CLUS_OK && first == CLUS_LANG_OTHER) {
        st = clus__glossary_language(b->lexer, text, &own);
        first = own;
    }
    if (st != CLUS_OK || n == 0 ||
        add_found(b, &keys[first == CLUS_LANG_KK ? n - 1 : 0], found))
        return st;
    if (own == CLUS_LANG_OTHER)
        st = clus__glossary_language(b->lexer, text, &own);
    if (st == CLUS_OK && n > 1 && (own != first || own == CLUS_LANG_OTHER))
        (void)add_found(b, &keys[first == CLUS_LANG_KK ? 0 : 1], found);
    return st;
}

static const char *kind_of(const struct glossary_target *t)
{
    return t->kind == CLUS_GLOSSARY_SYNONYM ? "synonym" : "dictionary";
}

/* Say that the i-th reading is searched; once where it has two terms. */
static clus_status tell(struct builder *b, struct bytes word, const struct found *found,
                        uint32_t i)
{
    const struct glossary_target *t = found->items[i];
    if (i > 0 && clus__bytes_cmp(found->items[i - 1]->text, t->text) == 0)
        return CLUS_OK;
    return clus__build_expansion(b, word, t->text, kind_of(t), t->weight);
}

static float weight_of(const struct builder *b, uint64_t df)
{
    return clus__plan_weight(b->plan, df);
}

/* ---- words ---- */

static bool has_member(const struct span_slot *slot, const struct plan_term *term)
{
    for (uint32_t i = 0; i < slot->n_members; i++)
        if (clus__bytes_cmp(slot->members[i].term->key, term->key) == 0)
            return true;
    return false;
}

/* A member's weight is multiplied by the idf of the word asked for, or of all its readings
 * where the index has no such word: undo that for a reading that is more frequent. */
static float weight_beside(const struct builder *b, float weight, uint64_t df,
                           uint64_t asked_df)
{
    float asked = weight_of(b, asked_df), own = weight_of(b, df);
    return asked_df > 0 && own < asked ? weight * own / asked : weight;
}

/* The slot with words of the glossary beside the ones it has. *weight becomes that of the
 * heaviest. */
static clus_status extend_slot(struct builder *b, struct span_slot *slot, float *weight)
{
    struct found found;
    if (slot->guessed)
        return CLUS_OK;
    clus_status st = find_text(b, slot->word, &found);
    if (st != CLUS_OK || found.n == 0)
        return st;
    uint32_t asked = slot->n_members;
    uint64_t asked_df = clus__build_group_df(b, slot->members, asked);
    struct member *members =
        clus__arena_alloc(b->plan->arena, asked + found.n, sizeof *members);
    if (!members)
        return CLUS_E_NOMEM;
    if (asked > 0)
        memcpy(members, slot->members, asked * sizeof *members);
    slot->members = members;
    for (uint32_t i = 0; st == CLUS_OK && i < found.n; i++) {
        const struct glossary_target *t = found.items[i];
        const struct plan_term *term;
        if (t->n_words > 1)
            continue;
        st = clus__build_term(b, KEY_STEM, (struct bytes){NULL, 0}, t->terms, &term);
        if (st != CLUS_OK || term->df == 0 || has_member(slot, term))
            continue;
        members[slot->n_members++] =
            (struct member){.term = term,
                            .weight = weight_beside(b, t->weight, term->df, asked_df),
                            .aside = true};
        *weight = t->weight > *weight ? t->weight : *weight;
        st = tell(b, slot->word, &found, i);
        if (st == CLUS_OK)
            st = clus__build_mark(b, MARK_TERM, t->terms, weight_of(b, term->df));
    }
    return st;
}

/* A group of one word's readings. */
static clus_status extend_terms(struct builder *b, struct span_slot slot, struct clause *c)
{
    float weight = 0;
    uint32_t asked = slot.n_members;
    clus_status st = extend_slot(b, &slot, &weight);
    if (st != CLUS_OK || slot.n_members == asked)
        return st;
    c->members = slot.members;
    c->n_members = slot.n_members;
    if (c->kind == CLAUSE_NONE) {
        uint64_t df = clus__build_group_df(b, slot.members, slot.n_members);
        c->kind = CLAUSE_TERMS;
        c->weight = b->boost * weight_of(b, df);
    }
    return CLUS_OK;
}

/* ---- readings beside a clause ---- */

static clus_status put_beside(struct builder *b, struct clause *reading,
                              struct clause **clause)
{
    struct clause *best;
    clus_status st = clus__build_bool(b, 2, &best);
    if (st != CLUS_OK)
        return st;
    best->kind = CLAUSE_BEST;
    best->n_children = 2;
    best->children[0] = (struct clause_child){*clause, ROLE_SHOULD};
    best->children[1] = (struct clause_child){reading, ROLE_SHOULD};
    *clause = best;
    return CLUS_OK;
}

/* The same places with other words allowed in them: of a phrase or NEAR. */
static clus_status extend_spans(struct builder *b, struct clause **clause)
{
    struct clause *c = *clause, *other;
    float heaviest = 0, sum = 0;
    clus_status st = clus__build_clause(b, CLAUSE_SPANS, &other);
    if (st != CLUS_OK)
        return st;
    *other = *c;
    other->kind = CLAUSE_SPANS;
    other->units = clus__arena_alloc(b->plan->arena, c->n_units, sizeof *other->units);
    if (!other->units)
        return CLUS_E_NOMEM;
    for (uint32_t u = 0; u < c->n_units; u++) {
        struct span_unit *unit = &other->units[u];
        *unit = c->units[u];
        unit->slots = clus__arena_alloc(b->plan->arena, unit->n_slots, sizeof *unit->slots);
        if (!unit->slots)
            return CLUS_E_NOMEM;
        memcpy(unit->slots, c->units[u].slots, unit->n_slots * sizeof *unit->slots);
        for (uint32_t s = 0; s < unit->n_slots; s++) {
            struct span_slot *slot = &unit->slots[s];
            st = extend_slot(b, slot, &heaviest);
            if (st != CLUS_OK || slot->n_members == 0)
                return st; /* still a word that no reading of is in the index */
            sum += weight_of(b, clus__build_group_df(b, slot->members, slot->n_members));
        }
    }
    if (heaviest == 0)
        return CLUS_OK;
    other->weight = heaviest * b->boost * sum;
    return put_beside(b, other, clause);
}

/* The words of a target as a phrase; NULL if the index lacks one of them. */
static clus_status phrase_of_target(struct builder *b, const struct glossary_target *t,
                                    struct span_unit **out)
{
    struct span_unit *unit = clus__arena_alloc(b->plan->arena, 1, sizeof *unit);
    struct span_slot *slots = clus__arena_alloc(b->plan->arena, t->n_words, sizeof *slots);
    struct member *members = clus__arena_alloc(b->plan->arena, t->n_words, sizeof *members);
    if (!unit || !slots || !members)
        return CLUS_E_NOMEM;
    struct bytes rest = t->terms;
    *out = NULL;
    for (uint32_t i = 0; i < t->n_words; i++) {
        const uint8_t *end = memchr(rest.data, ' ', rest.len);
        size_t len = end ? (size_t)(end - rest.data) : rest.len;
        clus_status st = clus__build_term(b, KEY_STEM, (struct bytes){NULL, 0},
                                          (struct bytes){rest.data, len}, &members[i].term);
        if (st != CLUS_OK || members[i].term->df == 0)
            return st;
        members[i].weight = 1.0f;
        slots[i] = (struct span_slot){.offset = i, .members = &members[i], .n_members = 1};
        rest =
            (struct bytes){rest.data + len + (end != NULL), rest.len - len - (end != NULL)};
    }
    *unit = (struct span_unit){.slots = slots, .n_slots = t->n_words, .width = t->n_words};
    *out = unit;
    return CLUS_OK;
}

clus_status clus__dictionary_knows(struct builder *b, const struct ast_node *leaf,
                                   struct bytes word, bool *knows)
{
    struct found found;
    *knows = b->known;
    if (*knows || !reads_glossary(b, leaf))
        return CLUS_OK;
    clus_status st = find_text(b, word, &found);
    for (uint32_t i = 0; st == CLUS_OK && i < found.n && !*knows; i++) {
        struct span_unit *unit;
        st = phrase_of_target(b, found.items[i], &unit);
        *knows = st == CLUS_OK && unit;
    }
    return st;
}

static clus_status mark_phrase(struct builder *b, const struct span_unit *unit)
{
    clus_status st = CLUS_OK;
    for (uint32_t i = 0; st == CLUS_OK && i < unit->n_slots; i++) {
        const struct plan_term *term = unit->slots[i].members[0].term;
        st = clus__build_mark(b, MARK_TERM,
                              (struct bytes){term->key.data + 1, term->key.len - 1},
                              weight_of(b, term->df));
    }
    return st;
}

static void multiply(struct clause *c, float by)
{
    c->weight *= by;
    for (uint32_t i = 0; i < c->n_children; i++)
        multiply(c->children[i].clause, by);
}

/* One reading of the whole text beside its clause. */
static clus_status add_whole(struct builder *b, struct bytes text,
                             const struct glossary_target *t, double asked,
                             struct clause **clause)
{
    struct span_unit *unit;
    struct clause *reading;
    clus_status st = phrase_of_target(b, t, &unit);
    if (st != CLUS_OK || !unit)
        return st;
    st = clus__build_unit(b, unit, &reading);
    if (st != CLUS_OK)
        return st;
    double own = clus__plan_most(reading);
    multiply(reading,
             asked > 0 && asked < own ? t->weight * (float)(asked / own) : t->weight);
    st = clus__build_expansion(b, text, t->text, kind_of(t), t->weight);
    if (st == CLUS_OK)
        st = mark_phrase(b, unit);
    return st == CLUS_OK ? put_beside(b, reading, clause) : st;
}

/* Readings of a whole text but for those that have joined a group. */
static clus_status add_wholes(struct builder *b, struct bytes text, bool one_word,
                              struct clause **clause)
{
    struct found found;
    double asked = clus__plan_most(*clause);
    clus_status st = find_text(b, text, &found);
    for (uint32_t i = 0; st == CLUS_OK && i < found.n; i++)
        if (!one_word || found.items[i]->n_words > 1)
            st = add_whole(b, text, found.items[i], asked, clause);
    return st;
}

clus_status clus__dictionary_text(struct builder *b, const struct ast_node *ast,
                                  const struct span_unit *unit, struct clause **clause)
{
    struct clause *c = *clause;
    bool one_word = unit->n_slots == 1;
    clus_status st = CLUS_OK;
    if (!reads_glossary(b, ast))
        return st;
    uint32_t word = b->word;
    b->word -= word > 0; /* marks belong to the last word read */
    if (c->n_units > 0)
        st = extend_spans(b, clause);
    else if (one_word && c->kind != CLAUSE_BOOL)
        st = extend_terms(b, unit->slots[0], c);
    if (st == CLUS_OK && ast->slop == 0)
        st = add_wholes(b, ast->text, one_word && c->n_units == 0, clause);
    b->word = word;
    return st;
}

clus_status clus__dictionary_near(struct builder *b, const struct ast_node *ast,
                                  struct clause **clause)
{
    if (!reads_glossary(b, ast) || (*clause)->n_units == 0)
        return CLUS_OK;
    return extend_spans(b, clause);
}

/* ---- words side by side ---- */

static bool same_kind_of_child(const struct ast_node *a, const struct ast_node *b)
{
    return b->kind == AST_WORD && !b->exact && a->occur == b->occur &&
           a->boost == b->boost && clus__bytes_cmp(a->field, b->field) == 0;
}

/* The words of a run with blanks between. */
static clus_status join_words(struct builder *b, const struct ast_node *parent,
                              size_t first, size_t n, struct bytes *out)
{
    struct buf text = {.max = 0};
    for (size_t i = 0; i < n; i++) {
        const struct ast_node *child = parent->children[first + i];
        if (i > 0)
            clus__buf_byte(&text, ' ');
        clus__buf_add(&text, child->text.data, child->text.len);
    }
    clus_status st = clus__buf_status(&text);
    if (st == CLUS_OK)
        st = clus__build_copy(b, clus__buf_bytes(&text), out);
    clus__buf_done(&text);
    return st;
}

/* Words of the longest entry that begins with a word. */
static clus_status longest_from(struct builder *b, struct bytes word, size_t *longest)
{
    struct glossary_key keys[GLOSSARY_MAX_KEYS];
    uint32_t n;
    *longest = 1;
    clus_status st = clus__glossary_keys(b->lexer, word, CLUS_LANG_OTHER, keys, &n);
    for (uint32_t i = 0; st == CLUS_OK && i < n; i++) {
        const uint8_t *end = memchr(keys[i].text, ' ', keys[i].len);
        struct bytes first = {keys[i].text,
                              end ? (size_t)(end - keys[i].text) : keys[i].len};
        size_t one = clus__glossary_longest(b->glossary, first);
        *longest = one > *longest ? one : *longest;
    }
    return st;
}

clus_status clus__dictionary_run(struct builder *b, const struct ast_node *parent,
                                 size_t first, size_t *n, struct bytes *text)
{
    const struct ast_node *head = parent->children[first];
    size_t most = 1, longest;
    *n = 1;
    if (parent->kind == AST_OR || head->occur == OCCUR_NOT || !reads_glossary(b, head) ||
        !same_kind_of_child(head, head))
        return CLUS_OK;
    clus_status st = longest_from(b, head->text, &longest);
    while (most < longest && first + most < parent->n_children &&
           same_kind_of_child(head, parent->children[first + most]))
        most++;
    for (; st == CLUS_OK && most > 1; most--) {
        struct found found;
        st = join_words(b, parent, first, most, text);
        if (st == CLUS_OK)
            st = find_text(b, *text, &found);
        if (st == CLUS_OK && found.n > 0) {
            *n = most;
            return CLUS_OK;
        }
    }
    return st;
}

clus_status clus__dictionary_phrase(struct builder *b, struct bytes text,
                                    struct clause **clause)
{
    uint32_t word = b->word;
    b->word -= word > 0;
    clus_status st = add_wholes(b, text, false, clause);
    b->word = word;
    return st;
}
