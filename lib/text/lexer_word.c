/* What a single word may mean, without a text around it: for queries. */
#include "text/abbreviation.h"
#include "text/analyzer.h"
#include "text/lexer_state.h"

/* The number of a word that was met as one and is not too long. */
static bool known_word(struct lexer *lx, struct bytes word, uint32_t *number)
{
    return word.len > 0 && word.len <= LEXER_MAX_TERM &&
           clus__forms_known(&lx->forms, word, number);
}

bool clus__lexer_knows(struct lexer *lx, struct bytes text)
{
    uint32_t number;
    return known_word(lx, text, &number) && lx->forms.words[number].class < WORD_EMPTY;
}

/* The number of the first word of `word` that can have a form; CLUS_DONE for none. */
static clus_status first_word(struct lexer *lx, struct bytes word, uint32_t *out)
{
    struct token_list list = {0};
    if (known_word(lx, word, out))
        return lx->forms.words[*out].class < WORD_EMPTY ? CLUS_OK : CLUS_DONE;
    clus_status st = clus__lexer_find_words(lx, word, &list);
    if (st == CLUS_OK) {
        st = CLUS_DONE;
        for (size_t i = 0; st == CLUS_DONE && i < list.n; i++)
            if (lx->forms.words[list.items[i].form].class != WORD_EMPTY) {
                *out = list.items[i].form;
                st = CLUS_OK;
            }
        if (st == CLUS_OK && lx->forms.words[*out].class == WORD_TOO_LONG)
            st = CLUS_DONE;
    }
    clus__token_list_done(&list);
    return st;
}

static bool same_term(const struct lexer *lx, uint32_t a, uint32_t b)
{
    return clus__bytes_cmp(lx->forms.items[a].term, lx->forms.items[b].term) == 0;
}

/* Two to four Latin capitals alone: IT, AR, GPS. */
static bool is_acronym(const struct word *w)
{
    enum { ACRONYM_MAX = 4 };
    if (w->len > ACRONYM_MAX)
        return false;
    for (uint32_t i = 0; i < w->len; i++)
        if (w->inline_key[i] < 'A' || w->inline_key[i] > 'Z')
            return false;
    return true;
}

/* Add what a word of another script means in Kazakh: in the alphabet that its own letters
 * speak for first, then in all others. */
static clus_status add_script_readings(struct lexer *lx, uint32_t word,
                                       uint32_t forms[LEXER_MAX_READINGS], size_t *n)
{
    const struct script_look look = *clus__forms_look(&lx->forms, word);
    const struct script_votes none = {{0}};
    if (!clus__script_may_be_kazakh(&look) || is_acronym(&lx->forms.words[word]))
        return CLUS_OK;
    unsigned first = clus__script_alphabet(&look, &none, &none);
    unsigned count = first == ALPHABET_TOTE ? 1 : ALPHABET_TOTE;
    for (unsigned i = 0; i < count && *n < LEXER_MAX_READINGS; i++) {
        unsigned alphabet = i == 0 ? first : i <= first ? i - 1 : i;
        uint32_t form;
        clus_status st =
            clus__forms_get_script(&lx->forms, word, (enum script_alphabet)alphabet, &form);
        if (st != CLUS_OK)
            return st;
        bool known = form == FORMS_NONE;
        for (size_t k = 0; k < *n && !known; k++)
            known = same_term(lx, forms[k], form);
        if (!known)
            forms[(*n)++] = form;
    }
    return CLUS_OK;
}

/* Add the other spelling of an abbreviation in capitals: IT for ИТ. */
static clus_status add_twin(struct lexer *lx, uint32_t word,
                            uint32_t forms[LEXER_MAX_READINGS], size_t *n)
{
    const struct word *w = &lx->forms.words[word];
    struct bytes raw = {w->inline_key, w->len};
    if (w->len > FORMS_KEY || *n == LEXER_MAX_READINGS || !lx->forms.stems)
        return CLUS_OK;
    struct bytes twin = clus__abbreviation_twin(raw);
    if (twin.len == 0)
        return CLUS_OK;
    clus_status st = clus__lexer_word(lx, twin, CLUS_LANG_RU, &forms[*n]);
    *n += st == CLUS_OK;
    return st;
}

bool clus__lexer_reads_itself(struct lexer *lx, struct bytes word, size_t *term_len)
{
    uint32_t number;
    *term_len = known_word(lx, word, &number) ? lx->forms.words[number].own_term : 0;
    return *term_len > 0;
}

/* Remember what clus__lexer_reads_itself() tells. */
static void note_reading(struct lexer *lx, uint32_t word, const struct form *only)
{
    struct word *w = &lx->forms.words[word];
    if (w->len <= FORMS_KEY && only->text.len == w->len &&
        memcmp(only->text.data, w->inline_key, w->len) == 0 &&
        only->term.data == only->text.data)
        w->own_term = (uint8_t)only->term.len;
}

clus_status clus__lexer_readings(struct lexer *lx, struct bytes word,
                                 uint32_t forms[LEXER_MAX_READINGS], size_t *n)
{
    uint32_t id = 0, first = 0, second = 0, read[LEXER_MAX_READINGS];
    clus_lang lang;
    uint8_t why;
    clus_status st = first_word(lx, word, &id);
    if (st != CLUS_OK) {
        if (st == CLUS_DONE)
            *n = 0;
        return st == CLUS_DONE ? CLUS_OK : st;
    }
    bool one = clus__lexer_decided(lx, &lx->forms.words[id], &lang, &why);
    if (!one)
        lang = lx->forms.words[id].lean > 0 ? CLUS_LANG_KK : CLUS_LANG_RU;
    st = clus__forms_get(&lx->forms, id, lang, &first);
    if (st == CLUS_OK && !one) {
        lang = lang == CLUS_LANG_KK ? CLUS_LANG_RU : CLUS_LANG_KK;
        st = clus__forms_get(&lx->forms, id, lang, &second);
    }
    if (st != CLUS_OK)
        return st;
    size_t count = 1;
    read[0] = first;
    if (!one && !same_term(lx, first, second))
        read[count++] = second;
    if (clus__is_script(&lx->forms.words[id]))
        st = add_script_readings(lx, id, read, &count);
    if (st == CLUS_OK)
        st = add_twin(lx, id, read, &count);
    if (st != CLUS_OK)
        return st;
    if (count == 1)
        note_reading(lx, id, &lx->forms.items[first]);
    memcpy(forms, read, count * sizeof *forms);
    *n = count;
    return CLUS_OK;
}

/* The form of a word of another script that is Kazakh for sure or by its own look.
 * CLUS_DONE when it is not. */
static clus_status read_script_word(struct lexer *lx, uint32_t word, bool sure,
                                    uint32_t *form)
{
    const struct script_look *look = clus__forms_look(&lx->forms, word);
    const struct script_votes none = {{0}};
    int64_t own = lx->forms.words[word].lean;
    uint32_t found;
    if (!sure && !clus__script_is_kazakh(look, own, own))
        return CLUS_DONE;
    enum script_alphabet alphabet = clus__script_alphabet(look, &none, &none);
    clus_status st = clus__lexer_script(lx, word, alphabet, &found);
    if (st == CLUS_OK && found == FORMS_NONE)
        return CLUS_DONE;
    if (st == CLUS_OK)
        *form = found;
    return st;
}

clus_status clus__lexer_word(struct lexer *lx, struct bytes word, clus_lang lang,
                             uint32_t *form)
{
    uint32_t id = 0;
    uint8_t why;
    clus_lang by_letters;
    clus_status st = first_word(lx, word, &id);
    if (st != CLUS_OK)
        return st;
    const struct word *w = &lx->forms.words[id];
    if (clus__is_script(w) && lang != CLUS_LANG_RU) {
        st = read_script_word(lx, id, lang == CLUS_LANG_KK, form);
        if (st != CLUS_DONE)
            return st;
    }
    bool one = clus__lexer_decided(lx, w, &by_letters, &why);
    const struct route_around alone = clus__route_around(w->lean, w->lean);
    if (one && (w->class != ROUTE_OPEN || lang == CLUS_LANG_OTHER ||
                lx->analyzer->kind > CLUS_ANALYZER_KK))
        lang = by_letters;
    else if (lang == CLUS_LANG_OTHER)
        lang = clus__route_open(&alone, w->lean, &why);
    return clus__forms_get(&lx->forms, id, lang, form);
}
