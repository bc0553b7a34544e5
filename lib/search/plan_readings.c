/* What one token is looked up as: all its readings that the index has. */
#include "search/mend.h"

static bool known_text(const struct bytes *texts, size_t n, struct bytes text)
{
    for (size_t i = 0; i < n; i++)
        if (clus__bytes_cmp(texts[i], text) == 0)
            return true;
    return false;
}

/* Whether a text begins with a letter of U+0400 … U+04FF. */
static bool is_cyrillic(struct bytes text)
{
    return text.len > 0 && (text.data[0] & 0xFC) == 0xD0;
}

/* Kazakh in Latin or Arabic letters, whose term is that of its Cyrillic word. */
static bool is_of_script(const struct form *form)
{
    return form->lang == CLUS_LANG_KK && is_cyrillic(form->term) &&
           !is_cyrillic(form->text);
}

/* One reading: look it up and keep it if the index has it. */
static clus_status add_reading(struct builder *b, const struct word_view *word,
                               const struct form *form, struct bytes text, float weight,
                               struct readings *r)
{
    const struct plan_term *term;
    uint8_t kind = word->exact && b->has_forms ? KEY_FORM : KEY_STEM;
    clus_status st = clus__build_term(b, kind, (struct bytes){NULL, 0}, text, &term);
    if (st != CLUS_OK)
        return st;
    text = (struct bytes){term->key.data + 1, text.len}; /* lives as long as the plan */
    r->seen[r->n_seen++] = text;
    if (term->df == 0)
        return CLUS_OK;
    if (kind == KEY_STEM && clus__bytes_cmp(form->text, text) != 0 && !b->negated &&
        !word->by) {
        st = clus__build_told(b, word->shown, term, is_of_script(form) ? "script" : "stem",
                              1.0f);
        if (st != CLUS_OK)
            return st;
    }
    r->members[r->n++] = (struct member){.term = term, .weight = weight};
    return clus__build_mark(b, kind == KEY_FORM ? MARK_FORM : MARK_TERM, text,
                            clus__plan_weight(b->plan, term->df));
}

/* The same, unless another one had the same text or it is not asked for. */
static clus_status add_new_reading(struct builder *b, const struct word_view *word,
                                   const struct form *form, float weight,
                                   struct readings *r)
{
    struct bytes text = word->exact && b->has_forms ? form->text : form->term;
    if (known_text(r->seen, r->n_seen, text) ||
        (is_of_script(form) && !(b->expand & CLUS_EXPAND_SCRIPT)))
        return CLUS_OK;
    return add_reading(b, word, form, text, weight, r);
}

/* The readings of one spelling of a token. */
static clus_status add_spelling(struct builder *b, const struct word_view *word,
                                struct bytes token, float weight, struct readings *r)
{
    uint32_t forms[LEXER_MAX_READINGS];
    size_t n_forms, term_len = token.len;
    if ((word->known && !word->by) ||
        clus__lexer_reads_itself(b->lexer, token, &term_len)) {
        const struct form form = {.text = token, .term = {token.data, term_len}};
        r->any = true;
        return add_new_reading(b, word, &form, weight, r);
    }
    clus_status st = clus__lexer_readings(b->lexer, token, forms, &n_forms);
    r->any |= n_forms > 0;
    for (size_t i = 0; st == CLUS_OK && i < n_forms; i++) {
        const struct form form = *clus__lexer_form(b->lexer, forms[i]);
        st = add_new_reading(b, word, &form, weight, r);
    }
    return st;
}

static clus_status add_kk_letters(struct builder *b, const struct word_view *word,
                                  struct bytes token, struct readings *r)
{
    uint32_t form;
    if (!(b->expand & CLUS_EXPAND_KK_LETTERS) || !b->has_forms)
        return CLUS_OK;
    clus_status st = clus__lexer_word(b->lexer, token, CLUS_LANG_KK, &form);
    if (st != CLUS_OK)
        return st;
    struct bytes text = clus__lexer_form(b->lexer, form)->text;
    if (is_cyrillic(text))
        return clus__build_kk_letters(b, word->shown, text, r);
    return r->n == 0 && b->expand & CLUS_EXPAND_SCRIPT
               ? clus__build_kk_latin(b, word->shown, text, r)
               : CLUS_OK;
}

clus_status clus__words_readings(struct builder *b, const struct word_view *word,
                                 struct bytes token, struct readings *r)
{
    r->n = 0;
    r->n_seen = 0;
    r->any = false;
    clus_status st =
        add_spelling(b, word, token, word->by ? word->by->texts[0].weight : 1.0f, r);
    if (st == CLUS_OK && !word->by && !word->exact && r->any)
        st = add_kk_letters(b, word, token, r);
    for (uint32_t i = 1; word->by && st == CLUS_OK && i < word->by->n_texts; i++)
        st = add_spelling(b, word, word->by->texts[i].text, word->by->texts[i].weight, r);
    b->word++;
    return st;
}
