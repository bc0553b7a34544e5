/* Segment, look every word up, then decide the open words sentence by sentence. */
#include "text/lexer.h"

#include "base/alloc.h"
#include "text/analyzer.h"
#include "text/forms.h"
#include "text/segment.h"

enum {
    TEXT_MAX_BYTES = 1 << 30,
    SENTENCE_MIN = 4, /* words; a stop after fewer belongs to an abbreviation */
    INITIAL_MAX = 4   /* bytes of a word after which a stop is part of it: г., И. */
};

struct lexer {
    const clus_analyzer *analyzer;
    struct segmenter *segmenter;
    struct stemmer *stemmer;
    struct forms forms;
};

static const char *const reasons[WHY_COUNT] = {
    [WHY_KIND] = "analyzer kind",
    [WHY_NO_CYRILLIC] = "no cyrillic letter",
    [WHY_OTHER_LETTER] = "letter of another cyrillic alphabet",
    [WHY_KAZAKH_LETTER] = "kazakh letter",
    [WHY_WORD] = "the word itself",
    [WHY_SENTENCE] = "sentence",
    [WHY_TEXT] = "whole text",
};

clus_status clus__lexer_new(const clus_analyzer *analyzer, struct lexer **out)
{
    struct lexer *lx = clus__calloc(1, sizeof *lx);
    if (!lx)
        return CLUS_E_NOMEM;
    bool folds = analyzer->kind != CLUS_ANALYZER_WHITESPACE;
    bool stems = folds && analyzer->kind != CLUS_ANALYZER_SIMPLE;
    lx->analyzer = analyzer;
    clus_status st = clus__segmenter_new(&analyzer->classes, &lx->segmenter);
    if (st == CLUS_OK && stems)
        st = clus__stemmer_new(&lx->stemmer);
    if (st != CLUS_OK) {
        clus__lexer_free(lx);
        return st;
    }
    lx->forms.classes = folds ? &analyzer->classes : NULL;
    lx->forms.stemmer = lx->stemmer;
    lx->forms.seed = (uint64_t)(uintptr_t)lx; /* so that nobody can prepare collisions */
    *out = lx;
    return CLUS_OK;
}

void clus__lexer_free(struct lexer *lx)
{
    if (!lx)
        return;
    clus__forms_clear(&lx->forms);
    clus__stemmer_free(lx->stemmer);
    clus__segmenter_free(lx->segmenter);
    clus__free(lx);
}

void clus__token_list_done(struct token_list *list)
{
    clus__free(list->items);
    *list = (struct token_list){0};
}

/* Whether a sentence of n_words ends before a token; `last` is the one before it. */
static bool ends_sentence(uint8_t flags, const struct token *last, size_t n_words)
{
    bool shortened = last->end - last->start <= INITIAL_MAX;
    return (flags & SEGMENT_LINE) ||
           ((flags & SEGMENT_STOP) && n_words >= SENTENCE_MIN && !shortened);
}

/* The tokens [from, *to) of the sentence that starts at `from`, and their lean. */
static int32_t find_sentence(const struct lexer *lx, const struct token_list *list,
                             size_t from, size_t *to)
{
    int32_t lean = lx->forms.words[list->items[from].form].lean;
    size_t i = from + 1;
    for (; i < list->n && !ends_sentence(list->items[i].why, &list->items[i - 1], i - from);
         i++)
        lean += lx->forms.words[list->items[i].form].lean;
    *to = i;
    return lean;
}

/* The language of a word that the analyzer's kind and its letters decide. */
static bool decided(const struct lexer *lx, const struct word *w, clus_lang *lang,
                    uint8_t *why)
{
    *why = w->why;
    *lang = w->class == ROUTE_KAZAKH ? CLUS_LANG_KK : CLUS_LANG_OTHER;
    clus_analyzer_kind kind = lx->analyzer->kind;
    if (kind == CLUS_ANALYZER_SIMPLE || kind == CLUS_ANALYZER_WHITESPACE) {
        *lang = CLUS_LANG_OTHER;
        *why = WHY_KIND;
        return true;
    }
    bool open = w->class == ROUTE_OPEN;
    if (kind == CLUS_ANALYZER_AUTO || (!open && w->why != WHY_OTHER_LETTER))
        return !open;
    *lang = kind == CLUS_ANALYZER_RU ? CLUS_LANG_RU : CLUS_LANG_KK;
    *why = WHY_KIND;
    return true;
}

static clus_status route_token(struct lexer *lx, struct token *t, int32_t sentence,
                               int32_t text)
{
    const struct word *w = &lx->forms.words[t->form];
    clus_lang lang;
    if (!decided(lx, w, &lang, &t->why))
        lang = clus__route_open(w->lean, sentence, text, &t->why);
    uint32_t known = w->forms[lang == CLUS_LANG_KK];
    if (known == FORMS_NONE)
        return clus__forms_get(&lx->forms, t->form, lang, &t->form);
    t->form = known;
    return CLUS_OK;
}

/* Give every token its form and position; those without are squeezed out. */
static clus_status route_all(struct lexer *lx, struct token_list *list, int32_t text)
{
    size_t kept = 0;
    uint32_t position = 0;
    for (size_t from = 0, to; from < list->n; from = to) {
        int32_t sentence = find_sentence(lx, list, from, &to);
        for (size_t i = from; i < to; i++) {
            struct token t = list->items[i];
            uint8_t class = lx->forms.words[t.form].class;
            if (class == WORD_EMPTY)
                continue;
            t.position = position++;
            if (class == WORD_TOO_LONG) {
                list->dropped++;
                continue;
            }
            clus_status st = route_token(lx, &t, sentence, text);
            if (st != CLUS_OK)
                return st;
            list->items[kept++] = t;
        }
    }
    list->n = kept;
    return CLUS_OK;
}

static int32_t lean_of_all(const struct lexer *lx, const struct token_list *list)
{
    int64_t lean = 0;
    for (size_t i = 0; i < list->n; i++)
        lean += lx->forms.words[list->items[i].form].lean;
    return lean > INT32_MAX / 2    ? INT32_MAX / 2
           : lean < -INT32_MAX / 2 ? -INT32_MAX / 2
                                   : (int32_t)lean;
}

static clus_status find_words(struct lexer *lx, struct bytes text, struct token_list *out)
{
    out->n = 0;
    out->invalid = out->dropped = 0;
    if (text.len > TEXT_MAX_BYTES)
        return CLUS_E_LIMIT;
    clus_status st = lx->analyzer->kind == CLUS_ANALYZER_WHITESPACE
                         ? clus__segment_blanks(text, out)
                         : clus__segment(lx->segmenter, text, out);
    if (st == CLUS_OK)
        st = clus__forms_look_up(&lx->forms, text, out->items, out->n);
    return st;
}

clus_status clus__lexer_run(struct lexer *lx, struct bytes text, struct token_list *out)
{
    clus_status st = find_words(lx, text, out);
    if (st == CLUS_OK)
        st = route_all(lx, out, lean_of_all(lx, out));
    if (st != CLUS_OK)
        out->n = 0;
    return st;
}

const struct form *clus__lexer_form(const struct lexer *lx, uint32_t form)
{
    return &lx->forms.items[form];
}

uint32_t clus__lexer_form_count(const struct lexer *lx)
{
    return (uint32_t)lx->forms.n;
}

size_t clus__lexer_memory(const struct lexer *lx)
{
    return clus__forms_memory(&lx->forms);
}

void clus__lexer_forget(struct lexer *lx)
{
    clus__forms_clear(&lx->forms);
}

const char *clus__lexer_why(uint8_t why)
{
    return why < WHY_COUNT ? reasons[why] : "unknown";
}

/* The number of the first word of `word` that can have a form; CLUS_DONE for none. */
static clus_status first_word(struct lexer *lx, struct bytes word, uint32_t *out)
{
    struct token_list list = {0};
    clus_status st = find_words(lx, word, &list);
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

clus_status clus__lexer_readings(struct lexer *lx, struct bytes word,
                                 uint32_t forms[LEXER_MAX_READINGS], size_t *n)
{
    uint32_t id = 0, first = 0, second = 0;
    clus_lang lang;
    uint8_t why;
    clus_status st = first_word(lx, word, &id);
    if (st != CLUS_OK) {
        if (st == CLUS_DONE)
            *n = 0;
        return st == CLUS_DONE ? CLUS_OK : st;
    }
    bool one = decided(lx, &lx->forms.words[id], &lang, &why);
    if (!one)
        lang = lx->forms.words[id].lean > 0 ? CLUS_LANG_KK : CLUS_LANG_RU;
    st = clus__forms_get(&lx->forms, id, lang, &first);
    if (st == CLUS_OK && !one) {
        lang = lang == CLUS_LANG_KK ? CLUS_LANG_RU : CLUS_LANG_KK;
        st = clus__forms_get(&lx->forms, id, lang, &second);
    }
    if (st != CLUS_OK)
        return st;
    forms[0] = first;
    *n = 1;
    if (!one && !same_term(lx, first, second))
        forms[(*n)++] = second;
    return CLUS_OK;
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
    bool one = decided(lx, w, &by_letters, &why);
    if (one && (w->class != ROUTE_OPEN || lang == CLUS_LANG_OTHER ||
                lx->analyzer->kind > CLUS_ANALYZER_KK))
        lang = by_letters;
    else if (lang == CLUS_LANG_OTHER)
        lang = clus__route_open(w->lean, w->lean, w->lean, &why);
    return clus__forms_get(&lx->forms, id, lang, form);
}
