/* Segment, look every word up, then decide the open words sentence by sentence. */
#include "text/lexer.h"

#include "base/alloc.h"
#include "text/abbreviation.h"
#include "text/analyzer.h"
#include "text/lexer_state.h"
#include "text/segment.h"

enum {
    TEXT_MAX_BYTES = 1 << 30,
    SENTENCE_MIN = 4, /* words; a stop after fewer belongs to an abbreviation */
    INITIAL_MAX = 4   /* bytes of a word after which a stop is part of it: г., И. */
};

static const char *const reasons[WHY_COUNT] = {
    [WHY_KIND] = "analyzer kind",
    [WHY_NO_CYRILLIC] = "no cyrillic letter",
    [WHY_OTHER_LETTER] = "letter of another cyrillic alphabet",
    [WHY_KAZAKH_LETTER] = "kazakh letter",
    [WHY_WORD] = "the word itself",
    [WHY_SENTENCE] = "sentence",
    [WHY_TEXT] = "whole text",
    [WHY_NEIGHBOURS] = "words beside it",
    [WHY_LATIN] = "latin script",
    [WHY_ARABIC] = "arabic script",
};

clus_status clus__lexer_new(const clus_analyzer *analyzer, struct lexer **out)
{
    struct lexer *lx = clus__calloc(1, sizeof *lx);
    if (!lx)
        return CLUS_E_NOMEM;
    bool folds = analyzer->kind != CLUS_ANALYZER_WHITESPACE;
    bool stems = folds && analyzer->kind != CLUS_ANALYZER_SIMPLE;
    lx->analyzer = analyzer;
    clus_status st =
        clus__segmenter_new(&analyzer->classes, clus__cpu_best(), &lx->segmenter);
    if (st != CLUS_OK) {
        clus__lexer_free(lx);
        return st;
    }
    lx->forms.classes = folds ? &analyzer->classes : NULL;
    lx->forms.stems = stems;
    lx->forms.reads_scripts = stems && analyzer->kind != CLUS_ANALYZER_RU;
    lx->forms.seed = (uint64_t)(uintptr_t)lx; /* so that nobody can prepare collisions */
    *out = lx;
    return CLUS_OK;
}

void clus__lexer_free(struct lexer *lx)
{
    if (!lx)
        return;
    clus__forms_clear(&lx->forms);
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

/* What the words of a sentence or a text say together. */
struct sums {
    int64_t lean;                  /* of Cyrillic words */
    int64_t kazakh;                /* of those of them that lean to Kazakh */
    int64_t scripts[SCRIPT_COUNT]; /* of the others */
    struct script_votes votes;     /* if any of them are Kazakh */
};

/* What a word stands in. */
struct context {
    struct bytes text;
    struct sums sentence, all;
    struct route_around around; /* what the sums say to its open words */
    bool mixed; /* the sentence: token.why is the language of a word, if that is open */
};

/* Sums kept in registers while they grow. */
struct leans {
    int64_t cyrillic, kazakh, latin, arabic;
};

static inline struct leans add_word(const struct lexer *lx, const struct token *t,
                                    struct leans leans)
{
    const struct word *w = &lx->forms.words[t->form];
    if (!clus__is_script(w)) {
        leans.cyrillic += w->lean;
        leans.kazakh += w->lean > 0 ? w->lean : 0;
    } else if (w->class == ROUTE_LATIN)
        leans.latin += w->lean;
    else
        leans.arabic += w->lean;
    return leans;
}

static void set_sums(struct sums *sums, struct leans leans)
{
    sums->lean = leans.cyrillic;
    sums->kazakh = leans.kazakh;
    sums->scripts[SCRIPT_OF_LATIN] = leans.latin;
    sums->scripts[SCRIPT_OF_ARABIC] = leans.arabic;
    sums->votes = (struct script_votes){{0}};
}

/* Add up the sentence that starts at a token. Its end. */
static size_t sum_sentence(const struct lexer *lx, const struct token_list *list,
                           size_t from, struct sums *sums)
{
    const struct token *items = list->items;
    struct leans leans = add_word(lx, &items[from], (struct leans){0, 0, 0, 0});
    size_t i = from + 1;
    for (; i < list->n && !ends_sentence(items[i].why, &items[i - 1], i - from); i++)
        leans = add_word(lx, &items[i], leans);
    set_sums(sums, leans);
    return i;
}

static void sum_text(const struct lexer *lx, const struct token_list *list,
                     struct sums *sums)
{
    struct leans leans = {0, 0, 0, 0};
    for (size_t i = 0; i < list->n; i++)
        leans = add_word(lx, &list->items[i], leans);
    set_sums(sums, leans);
}

/* Which alphabet the Latin words among the tokens [from, to) speak for, if they lean to
 * Kazakh. */
static void count_votes(const struct lexer *lx, const struct token_list *list, size_t from,
                        size_t to, struct sums *sums)
{
    if (sums->scripts[SCRIPT_OF_LATIN] <= 0)
        return;
    for (size_t i = from; i < to; i++)
        if (lx->forms.words[list->items[i].form].class == ROUTE_LATIN)
            clus__script_vote(&sums->votes,
                              clus__forms_look(&lx->forms, list->items[i].form));
}

/* The language of a word that the analyzer's kind and its letters decide. */
bool clus__lexer_decided(const struct lexer *lx, const struct word *w, clus_lang *lang,
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

static int32_t clamp(int64_t lean)
{
    const int64_t bound = INT32_MAX / 2;
    return (int32_t)(lean > bound ? bound : lean < -bound ? -bound : lean);
}

/* Read a word as Kazakh in another script: its form in an alphabet, or in all of them mixed
 * when that one has no such word; FORMS_NONE for none. */
clus_status clus__lexer_script(struct lexer *lx, uint32_t word,
                               enum script_alphabet alphabet, uint32_t *form)
{
    clus_status st = clus__forms_get_script(&lx->forms, word, alphabet, form);
    if (st == CLUS_OK && *form == FORMS_NONE && alphabet < ALPHABET_TOTE)
        st = clus__forms_get_script(&lx->forms, word, ALPHABET_FREE, form);
    return st;
}

/* Bytes of an apostrophe at the beginning of a text, else 0. */
static uint32_t apostrophe(struct bytes text)
{
    if (text.len >= 1 && text.data[0] == '\'')
        return 1;
    if (text.len >= 3 && text.data[0] == 0xE2 && text.data[1] == 0x80 &&
        (text.data[2] == 0x98 || text.data[2] == 0x99)) /* ‘ ’ */
        return 3;
    if (text.len >= 2 && text.data[0] == 0xCA && text.data[1] == 0xBB) /* ʻ */
        return 2;
    return 0;
}

/* Whether an apostrophe stands before a word and belongs to no other. */
static bool is_quoted(struct bytes text, uint32_t start)
{
    static const uint8_t curly[] = {0xE2, 0x80, 0x98};
    return (start >= 1 && text.data[start - 1] == '\'') ||
           (start >= sizeof curly &&
            memcmp(text.data + start - sizeof curly, curly, sizeof curly) == 0);
}

/* In the alphabet of 2017 an apostrophe that segmentation left out may belong to a word's
 * last letter: take it in, unless another opens a quotation before the word. */
static clus_status take_apostrophe(struct lexer *lx, struct bytes text, struct token *t)
{
    struct token longer = *t;
    uint32_t len = apostrophe((struct bytes){text.data + t->end, text.len - t->end});
    if (len == 0 || is_quoted(text, t->start) ||
        !strchr("agnouiysc", text.data[t->end - 1] | 0x20))
        return CLUS_OK;
    longer.end += len;
    clus_status st = clus__forms_look_up(&lx->forms, text, &longer, 1);
    if (st == CLUS_OK && clus__is_script(&lx->forms.words[longer.form]))
        *t = longer;
    return st;
}

/* Route a word in another script. CLUS_DONE when it is not Kazakh. */
static clus_status route_script(struct lexer *lx, const struct context *in, struct token *t)
{
    const struct word *w = &lx->forms.words[t->form];
    int64_t sentence = in->sentence.scripts[w->class - ROUTE_LATIN];
    int64_t text = in->all.scripts[w->class - ROUTE_LATIN];
    if (!clus__script_is_candidate(w->lean, sentence, text))
        return CLUS_DONE;
    const struct script_look look = *clus__forms_look(&lx->forms, t->form);
    if (!clus__script_is_kazakh(&look, sentence, text))
        return CLUS_DONE;
    enum script_alphabet alphabet =
        clus__script_alphabet(&look, &in->sentence.votes, &in->all.votes);
    uint32_t form = FORMS_NONE;
    clus_status st = alphabet == ALPHABET_2017 ? take_apostrophe(lx, in->text, t) : CLUS_OK;
    if (st == CLUS_OK)
        st = clus__lexer_script(lx, t->form, alphabet, &form);
    if (st == CLUS_OK && form == FORMS_NONE)
        return CLUS_DONE;
    if (st == CLUS_OK) {
        t->why = look.script == SCRIPT_OF_LATIN ? WHY_LATIN : WHY_ARABIC;
        t->form = form;
    }
    return st;
}

/* Give a token its form. *lang: the language it was read in. */
static clus_status route_token(struct lexer *lx, const struct context *in, struct token *t,
                               clus_lang *lang)
{
    *lang = CLUS_LANG_KK;
    if (clus__is_script(&lx->forms.words[t->form])) {
        clus_status st = route_script(lx, in, t);
        if (st != CLUS_DONE)
            return st;
    }
    const struct word *w = &lx->forms.words[t->form];
    uint8_t read = t->why;
    bool open = !clus__lexer_decided(lx, w, lang, &t->why);
    if (open && in->mixed) {
        *lang = (clus_lang)read;
        t->why = WHY_NEIGHBOURS;
    } else if (open) {
        *lang = clus__route_open(&in->around, w->lean, &t->why);
    }
    uint32_t known = *lang == CLUS_LANG_KK ? w->kazakh : w->form;
    if (known == FORMS_NONE)
        return clus__forms_get(&lx->forms, t->form, *lang, &t->form);
    t->form = known;
    return CLUS_OK;
}

/* The languages of the words of a mixed sentence, into token.why, whose flags have been
 * read: forward the best ways to each language, then back along the better one. */
static void read_mixed(const struct lexer *lx, struct token *items, size_t n)
{
    struct route_path path = {0, 0};
    for (size_t i = 0; i < n; i++) {
        const struct word *w = &lx->forms.words[items[i].form];
        int16_t lean = w->lean;
        if (clus__is_script(w))
            lean = 0; /* it is for Kazakh against other languages */
        items[i].why = clus__route_step(&path, lean);
    }
    bool kazakh = path.kazakh > path.russian;
    for (size_t i = n; i-- > 0;) {
        uint8_t from = items[i].why;
        items[i].why = kazakh ? CLUS_LANG_KK : CLUS_LANG_RU;
        kazakh ^= (from & (kazakh ? ROUTE_FROM_OTHER_KK : ROUTE_FROM_OTHER_RU)) != 0;
    }
}

/* What the sentence that starts at a token says. Its end. */
static size_t read_sentence(const struct lexer *lx, struct token_list *list, size_t from,
                            struct context *in)
{
    size_t to = sum_sentence(lx, list, from, &in->sentence);
    count_votes(lx, list, from, to, &in->sentence);
    in->mixed = clus__route_is_mixed(in->sentence.lean, in->sentence.kazakh);
    in->around = clus__route_around(clamp(in->sentence.lean), clamp(in->all.lean));
    if (in->mixed)
        read_mixed(lx, list->items + from, to - from);
    return to;
}

/* Whether any word's language may depend on those beside it. */
static bool asks_neighbours(const struct lexer *lx)
{
    return lx->analyzer->kind == CLUS_ANALYZER_AUTO || lx->forms.reads_scripts;
}

/* Give every token its form and position; those without are squeezed out. */
static clus_status route_all(struct lexer *lx, struct bytes text, struct token_list *list)
{
    struct context in = {.text = text};
    bool asks = asks_neighbours(lx);
    if (asks) {
        sum_text(lx, list, &in.all);
        count_votes(lx, list, 0, list->n, &in.all);
    }
    size_t kept = 0, kazakh = 0, russian = 0;
    uint32_t position = 0;
    for (size_t from = 0, to = list->n; from < list->n; from = to) {
        if (asks)
            to = read_sentence(lx, list, from, &in);
        for (size_t i = from; i < to; i++) {
            struct token *t = &list->items[i];
            uint8_t class = lx->forms.words[t->form].class;
            clus_lang lang;
            if (class == WORD_EMPTY)
                continue;
            t->position = position++;
            if (class == WORD_TOO_LONG) {
                list->dropped++;
                continue;
            }
            clus_status st = route_token(lx, &in, t, &lang);
            if (st != CLUS_OK)
                return st;
            kazakh += lang == CLUS_LANG_KK; /* registers, which an array would not be */
            russian += lang == CLUS_LANG_RU;
            if (kept != i) /* a copy reads what was just written in parts, and waits */
                list->items[kept] = *t;
            kept++;
        }
    }
    list->n = kept;
    list->langs[CLUS_LANG_KK] = kazakh;
    list->langs[CLUS_LANG_RU] = russian;
    list->langs[CLUS_LANG_OTHER] = kept - kazakh - russian;
    return CLUS_OK;
}

clus_status clus__lexer_find_words(struct lexer *lx, struct bytes text,
                                   struct token_list *out)
{
    out->n = 0;
    out->invalid = out->dropped = 0;
    memset(out->langs, 0, sizeof out->langs);
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
    clus_status st = clus__lexer_find_words(lx, text, out);
    if (st == CLUS_OK)
        st = route_all(lx, text, out);
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
