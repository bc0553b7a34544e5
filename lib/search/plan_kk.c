/* Words typed without Kazakh letters find those spelled with them, and the other way round.
 */
#include "search/builder.h"

#include "base/utf8.h"
#include "search/spellings.h"
#include "text/kk_letters.h"
#include "text/route.h"
#include "text/script.h"

/* Below the word itself; by how much depends on whether there is such a word. */
static const float alone = 0.9f, beside = 0.3f;

enum {
    RARER = 20, /* a spelling so much rarer than the word itself is not what was meant */
    COMMONER =
        10, /* nor is, for a word with Kazakh letters, one that is not so much commoner */
    RUSSIAN_LEAN = -32 /* of text/route.h: below are a fourth of Russian words and one in
                          a hundred Kazakh ones as they are typed */
};

static bool is_known(const struct readings *r, struct bytes term)
{
    for (size_t i = 0; i < r->n_seen; i++)
        if (clus__bytes_cmp(r->seen[i], term) == 0)
            return true;
    return false;
}

/* How the spellings found stand to the word itself. */
struct weighing {
    float weight;
    bool aside;
};

/* The form that was found, or else the stem it was found by. */
static clus_status tell(struct builder *b, struct bytes shown,
                        const struct spelling_found *found, const struct plan_term *stem,
                        float weight)
{
    const struct plan_term *form;
    clus_status st =
        clus__build_term(b, KEY_FORM, (struct bytes){NULL, 0}, found->form, &form);
    if (st != CLUS_OK)
        return st;
    return clus__build_told(b, shown, form->df > 0 ? form : stem, "kk-letters", weight);
}

static clus_status add_spelling(struct builder *b, struct bytes shown,
                                const struct spelling_found *found,
                                const struct weighing *how, struct readings *r)
{
    const struct plan_term *term;
    clus_status st =
        clus__build_term(b, KEY_STEM, (struct bytes){NULL, 0}, found->stem, &term);
    if (st != CLUS_OK || term->df == 0)
        return st;
    r->seen[r->n_seen++] = found->stem;
    r->members[r->n++] =
        (struct member){.term = term, .weight = how->weight, .aside = how->aside};
    if (!b->negated)
        st = tell(b, shown, found, term, how->weight);
    return st == CLUS_OK
               ? clus__build_mark(b, MARK_TERM, found->stem,
                                  how->weight * clus__plan_weight(b->plan, term->df))
               : st;
}

/* Where no document has this very form but one with other letters, its stem is a chance
 * hit: онер is no form of он. */
static void demote(struct readings *r)
{
    for (uint32_t i = 0; i < r->n; i++) {
        r->members[i].weight *= beside;
        r->members[i].aside = true;
    }
}

static clus_status add_all(struct builder *b, struct bytes shown,
                           const struct spelling_list *list, uint64_t least,
                           const struct weighing *how, struct readings *r)
{
    clus_status st = CLUS_OK;
    for (size_t i = 0, n = 0; st == CLUS_OK && i < list->n && n < KK_MAX_READINGS; i++) {
        if (list->items[i].df < least || is_known(r, list->items[i].stem))
            continue;
        st = add_spelling(b, shown, &list->items[i], how, r);
        n++;
    }
    return st;
}

/* A word without Kazakh letters that no document has in any spelling: by its stem, which
 * counts less than those the word has by itself unless it is so much commoner. */
static clus_status add_stem(struct builder *b, struct bytes shown, struct bytes form,
                            struct readings *r)
{
    struct spelling_found found;
    uint64_t own = clus__build_group_df(b, r->members, r->n);
    clus_status st = clus__kk_stem(b, form, &found);
    if (st != CLUS_OK)
        return st == CLUS_DONE ? CLUS_OK : st;
    if (is_known(r, found.stem) || found.df < own * COMMONER)
        return CLUS_OK;
    demote(r);
    const struct weighing how = {alone, false};
    return add_spelling(b, shown, &found, &how, r);
}

/* Too Russian for a Kazakh word that lacks its letters. */
static bool is_russian(struct bytes form)
{
    struct route route = clus__route_word(form);
    return route.class == ROUTE_OPEN && route.lean < RUSSIAN_LEAN;
}

/* With Kazakh letters a word is as its writer meant it, and documents may lack them; but a
 * word that few documents have may itself lack some. */
static clus_status add_letters(struct builder *b, struct bytes shown, struct bytes form,
                               struct readings *r)
{
    struct view *view = b->plan->view;
    struct spelling_list meant, typed = {NULL, 0, 0};
    bool kazakh = clus__spelling_is_kazakh(form);
    clus_status st = clus__spellings(view, form, SPELLING_MEANT, b->plan->arena, &meant);
    bool seen = st == CLUS_OK && meant.df > 0;
    if (st == CLUS_OK && kazakh && (seen || meant.n == 0))
        st = clus__spellings(view, form, SPELLING_TYPED, b->plan->arena, &typed);
    if (st == CLUS_OK && !seen && meant.n + typed.n == 0)
        return kazakh ? CLUS_OK : add_stem(b, shown, form, r);
    if (st != CLUS_OK || meant.n + typed.n == 0)
        return st;
    const struct weighing how = {seen ? beside : alone, seen};
    if (!seen)
        demote(r);
    st =
        add_all(b, shown, &meant, kazakh ? meant.df * COMMONER : meant.df / RARER, &how, r);
    return st == CLUS_OK ? add_all(b, shown, &typed, meant.df / RARER, &how, r) : st;
}

clus_status clus__build_kk_letters(struct builder *b, struct bytes shown, struct bytes form,
                                   struct readings *r)
{
    return is_russian(form) ? CLUS_OK : add_letters(b, shown, form, r);
}

/* The letter that may mean the most of those that one Latin letter stands for. */
static int32_t widest(int32_t letter)
{
    int32_t typed[KK_LETTERS_MAX];
    size_t n = clus__kk_typed(letter, typed);
    return typed[n - 1] == 0x438 ? 0x44B : typed[n - 1]; /* и: ы */
}

clus_status clus__build_kk_latin(struct builder *b, struct bytes shown, struct bytes form,
                                 struct readings *r)
{
    uint8_t text[SCRIPT_MAX_BYTES];
    struct script_look look = clus__script_look(form);
    struct script_word meant = {0};
    struct bytes plain;
    size_t used, len = 0;
    if (look.script != SCRIPT_OF_LATIN || !clus__script_may_be_kazakh(&look))
        return CLUS_OK;
    clus__script_convert(form, ALPHABET_FREE, &meant);
    for (size_t at = 0; at < meant.len; at += used)
        len += clus__code_put(
            text + len,
            widest(clus__code_at((struct bytes){meant.text, meant.len}, at, &used)));
    clus_status st = clus__build_copy(b, (struct bytes){text, len}, &plain);
    return st == CLUS_OK && len > 0 ? add_letters(b, shown, plain, r) : st;
}
