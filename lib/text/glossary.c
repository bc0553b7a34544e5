/* A hash table from keys to chains of targets, all in one arena. */
#include "text/glossary.h"

#include <xxhash.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/utf8.h"
#include "text/analyzer.h"

enum { MAX_ENTRIES = 1000000, FORGET_AT = 16 << 20 /* bytes of the lexer's table */ };

struct glossary_word {
    struct bytes key;
    struct glossary_target *first;
    uint32_t n, longest;
};

struct clus_glossary {
    const clus_analyzer *analyzer;
    struct lexer *lexer; /* of whoever adds */
    struct arena arena;
    struct glossary_word **slots; /* open addressing; NULL: free */
    size_t n_slots, n_keys, n_targets;
    uint64_t seed;
};

clus_status clus__glossary_new(const clus_analyzer *analyzer, clus_glossary **out)
{
    struct clus_glossary *g = clus__calloc(1, sizeof *g);
    if (!g)
        return CLUS_E_NOMEM;
    g->analyzer = analyzer;
    g->seed = (uint64_t)(uintptr_t)g; /* so that nobody can prepare collisions */
    clus_status st = clus__lexer_new(analyzer, &g->lexer);
    if (st != CLUS_OK) {
        clus__free(g);
        return st;
    }
    *out = g;
    return CLUS_OK;
}

void clus__glossary_free(clus_glossary *g)
{
    if (!g)
        return;
    clus__lexer_free(g->lexer);
    clus__arena_done(&g->arena);
    clus__free(g->slots);
    clus__free(g);
}

const clus_analyzer *clus__glossary_analyzer(const clus_glossary *g)
{
    return g->analyzer;
}

size_t clus__glossary_size(const clus_glossary *g)
{
    return g->n_targets;
}

/* ---- the table ---- */

static size_t slot_of(const clus_glossary *g, struct bytes key)
{
    size_t i = (size_t)XXH3_64bits_withSeed(key.data, key.len, g->seed) & (g->n_slots - 1);
    while (g->slots[i] && clus__bytes_cmp(g->slots[i]->key, key) != 0)
        i = (i + 1) & (g->n_slots - 1);
    return i;
}

const struct glossary_target *clus__glossary_find(const clus_glossary *g, struct bytes key)
{
    if (g->n_slots == 0)
        return NULL;
    const struct glossary_word *word = g->slots[slot_of(g, key)];
    return word ? word->first : NULL;
}

uint32_t clus__glossary_longest(const clus_glossary *g, struct bytes key)
{
    const struct glossary_word *word = g->n_slots ? g->slots[slot_of(g, key)] : NULL;
    return word && word->longest > 1 ? word->longest : 1;
}

static clus_status make_room(clus_glossary *g)
{
    if ((g->n_keys + 1) * 2 <= g->n_slots)
        return CLUS_OK;
    struct glossary_word **old = g->slots;
    size_t n_old = g->n_slots, n = n_old ? n_old * 2 : 64;
    struct glossary_word **slots = clus__calloc(n, sizeof(void *));
    if (!slots)
        return CLUS_E_NOMEM;
    g->slots = slots;
    g->n_slots = n;
    for (size_t i = 0; i < n_old; i++)
        if (old[i])
            slots[slot_of(g, old[i]->key)] = old[i];
    clus__free(old);
    return CLUS_OK;
}

static clus_status copy_of(clus_glossary *g, struct bytes text, struct bytes *out)
{
    char *copy = clus__arena_copy(&g->arena, text.data, text.len);
    if (!copy)
        return CLUS_E_NOMEM;
    *out = (struct bytes){(const uint8_t *)copy, text.len};
    return CLUS_OK;
}

/* The word of a key, made if need be. */
static clus_status word_of(clus_glossary *g, struct bytes key, struct glossary_word **out)
{
    clus_status st = make_room(g);
    if (st != CLUS_OK)
        return st;
    struct glossary_word **slot = &g->slots[slot_of(g, key)];
    if (!*slot) {
        struct glossary_word *word = clus__arena_alloc(&g->arena, 1, sizeof *word);
        st = word ? copy_of(g, key, &word->key) : CLUS_E_NOMEM;
        if (st != CLUS_OK)
            return st;
        *slot = word;
        g->n_keys++;
    }
    *out = *slot;
    return CLUS_OK;
}

/* ---- keys ---- */

static bool key_add(struct glossary_key *key, struct bytes term)
{
    if (key->n_words == GLOSSARY_MAX_WORDS)
        return false;
    if (key->n_words++ > 0)
        key->text[key->len++] = ' ';
    memcpy(key->text + key->len, term.data, term.len);
    key->len += (uint32_t)term.len;
    return true;
}

static struct bytes key_bytes(const struct glossary_key *key)
{
    return (struct bytes){key->text, key->len};
}

static struct bytes token_text(struct bytes text, const struct token *t)
{
    return (struct bytes){text.data + t->start, t->end - t->start};
}

/* The form of a word as `lang` has it. A word of another script is never forced into
 * Kazakh: only what a query would read it as. */
static clus_status form_of(struct lexer *lx, struct bytes word, clus_lang lang, bool sure,
                           uint32_t *form)
{
    uint32_t forms[LEXER_MAX_READINGS];
    size_t n = 0;
    if (sure)
        return clus__lexer_word(lx, word, lang, form);
    clus_status st = clus__lexer_readings(lx, word, forms, &n);
    if (st != CLUS_OK || n == 0)
        return st == CLUS_OK ? CLUS_DONE : st;
    for (size_t i = 0; i < n; i++)
        if (clus__lexer_form(lx, forms[i])->lang == (uint8_t)lang) {
            *form = forms[i];
            return CLUS_OK;
        }
    if (clus__lexer_form(lx, forms[0])->lang != CLUS_LANG_OTHER)
        return clus__lexer_word(lx, word, lang, form);
    *form = forms[0];
    return CLUS_OK;
}

/* The key of a text all of whose words are read as `lang`; without words if it has none,
 * too many or one whose letters are of the other language. */
static clus_status make_key(struct lexer *lx, struct bytes text,
                            const struct token_list *tokens, clus_lang lang, bool sure,
                            struct glossary_key *key)
{
    key->text[0] = lang == CLUS_LANG_KK ? 'k' : 'r';
    key->len = 1;
    key->n_words = 0;
    for (size_t i = 0; i < tokens->n; i++) {
        uint32_t form;
        clus_status st =
            form_of(lx, token_text(text, &tokens->items[i]), lang, sure, &form);
        if (st == CLUS_DONE)
            continue; /* no letter or digit */
        if (st != CLUS_OK)
            return st;
        const struct form *f = clus__lexer_form(lx, form);
        bool other = f->lang != CLUS_LANG_OTHER && f->lang != (uint8_t)lang;
        if (other || !key_add(key, f->term)) {
            key->n_words = 0;
            return CLUS_OK;
        }
    }
    return CLUS_OK;
}

/* Votes of a word, Kazakh counting up: of one that only one language can have, else of one
 * that is likelier there. */
struct votes {
    int sure, likely;
};

static int vote_of(const struct lexer *lx, uint32_t form)
{
    uint8_t lang = clus__lexer_form(lx, form)->lang;
    return lang == CLUS_LANG_KK ? 1 : lang == CLUS_LANG_RU ? -1 : 0;
}

static clus_status count_votes(struct lexer *lx, struct bytes word, struct votes *votes)
{
    uint32_t forms[LEXER_MAX_READINGS], as_russian, as_kazakh;
    size_t n;
    clus_status st = clus__lexer_readings(lx, word, forms, &n);
    if (st != CLUS_OK || n == 0)
        return st;
    votes->likely += vote_of(lx, forms[0]);
    if (clus__lexer_form(lx, forms[0])->lang == CLUS_LANG_OTHER)
        return CLUS_OK;
    st = clus__lexer_word(lx, word, CLUS_LANG_RU, &as_russian);
    if (st == CLUS_OK)
        st = clus__lexer_word(lx, word, CLUS_LANG_KK, &as_kazakh);
    if (st == CLUS_OK && vote_of(lx, as_russian) == vote_of(lx, as_kazakh))
        votes->sure += vote_of(lx, as_russian);
    return st == CLUS_DONE ? CLUS_OK : st;
}

clus_status clus__glossary_language(struct lexer *lx, struct bytes text, clus_lang *out)
{
    struct token_list tokens = {0};
    struct votes votes = {0, 0};
    clus_status st = clus__lexer_run(lx, text, &tokens);
    for (size_t i = 0; st == CLUS_OK && i < tokens.n; i++)
        st = count_votes(lx, token_text(text, &tokens.items[i]), &votes);
    int kazakh = votes.sure != 0 ? votes.sure : votes.likely;
    *out = kazakh > 0 ? CLUS_LANG_KK : kazakh < 0 ? CLUS_LANG_RU : CLUS_LANG_OTHER;
    clus__token_list_done(&tokens);
    return st;
}

clus_status clus__glossary_keys(struct lexer *lx, struct bytes text, clus_lang lang,
                                struct glossary_key keys[GLOSSARY_MAX_KEYS], uint32_t *n)
{
    struct token_list tokens = {0};
    const clus_lang both[GLOSSARY_MAX_KEYS] = {CLUS_LANG_RU, CLUS_LANG_KK};
    const clus_lang *langs = lang == CLUS_LANG_OTHER ? both : &lang;
    uint32_t n_langs = lang == CLUS_LANG_OTHER ? GLOSSARY_MAX_KEYS : 1;
    *n = 0;
    clus_status st = clus__lexer_run(lx, text, &tokens);
    for (uint32_t i = 0; st == CLUS_OK && i < n_langs && tokens.dropped == 0; i++) {
        st = make_key(lx, text, &tokens, langs[i], n_langs == 1, &keys[*n]);
        *n += st == CLUS_OK && keys[*n].n_words > 0;
    }
    clus__token_list_done(&tokens);
    return st;
}

/* ---- adding ---- */

static bool is_utf8(struct bytes text)
{
    size_t used;
    for (size_t at = 0; at < text.len; at += used)
        if (clus__code_at(text, at, &used) == CODE_BAD)
            return false;
    return true;
}

static clus_status keys_of_side(clus_glossary *g, struct bytes text, clus_lang lang,
                                struct glossary_key *keys, uint32_t *n, clus_error *err)
{
    int shown = text.len < 60 ? (int)text.len : 60;
    if (!is_utf8(text))
        return clus__fail(err, CLUS_E_ARGUMENT, "a word that is not UTF-8");
    clus_status st = clus__glossary_keys(g->lexer, text, lang, keys, n);
    if (st == CLUS_OK && *n == 0)
        return clus__fail(err, CLUS_E_ARGUMENT, "'%.*s' is not 1 to %d%s words", shown,
                          (const char *)text.data, (int)GLOSSARY_MAX_WORDS,
                          lang == CLUS_LANG_RU   ? " Russian"
                          : lang == CLUS_LANG_KK ? " Kazakh"
                                                 : "");
    return clus__explain(err, st, "reading a glossary");
}

/* Remember at the first word of a phrase that it begins one. */
static clus_status note_phrase(clus_glossary *g, const struct glossary_key *key)
{
    struct glossary_word *word;
    const uint8_t *end = memchr(key->text, ' ', key->len);
    if (!end)
        return CLUS_OK;
    clus_status st =
        word_of(g, (struct bytes){key->text, (size_t)(end - key->text)}, &word);
    if (st == CLUS_OK && key->n_words > word->longest)
        word->longest = key->n_words;
    return st;
}

static struct bytes terms_of(const struct glossary_key *key)
{
    return (struct bytes){key->text + 1, key->len - 1};
}

/* Put `to` into the chain of a key, or give it the new weight if it is there. */
static clus_status link_target(clus_glossary *g, const struct glossary_key *from,
                               const struct glossary_key *to, struct bytes text,
                               const clus_glossary_entry *entry)
{
    struct glossary_word *word;
    clus_status st = note_phrase(g, from);
    if (st == CLUS_OK)
        st = word_of(g, key_bytes(from), &word);
    if (st != CLUS_OK)
        return st;
    struct glossary_target **end = &word->first;
    for (; *end; end = &(*end)->next)
        if ((*end)->kind == entry->kind &&
            clus__bytes_cmp((*end)->terms, terms_of(to)) == 0) {
            (*end)->weight = entry->weight;
            return CLUS_OK;
        }
    if (word->n == GLOSSARY_MAX_TARGETS || g->n_targets == MAX_ENTRIES)
        return CLUS_E_LIMIT;
    struct glossary_target *target = clus__arena_alloc(&g->arena, 1, sizeof *target);
    st = target ? copy_of(g, terms_of(to), &target->terms) : CLUS_E_NOMEM;
    if (st != CLUS_OK)
        return st;
    target->text = text;
    target->n_words = to->n_words;
    target->weight = entry->weight;
    target->kind = entry->kind;
    *end = target;
    word->n++;
    g->n_targets++;
    return CLUS_OK;
}

static clus_status link_all(clus_glossary *g, const struct glossary_key *from,
                            uint32_t n_from, const struct glossary_key *to, uint32_t n_to,
                            const clus_glossary_entry *entry)
{
    struct bytes text = {NULL, 0};
    clus_status st = copy_of(g, clus__bytes_of_str(entry->to), &text);
    for (uint32_t i = 0; i < n_from; i++)
        for (uint32_t k = 0; st == CLUS_OK && k < n_to; k++)
            st = link_target(g, &from[i], &to[k], text, entry);
    return st;
}

clus_status clus__glossary_add(clus_glossary *g, const clus_glossary_entry *entry,
                               clus_error *err)
{
    struct glossary_key from[GLOSSARY_MAX_KEYS], to[GLOSSARY_MAX_KEYS];
    uint32_t n_from, n_to;
    clus_glossary_entry e = *entry;
    if (!(e.weight >= 0.0f && e.weight <= 1.0f))
        return clus__fail(err, CLUS_E_ARGUMENT, "a weight that is not between 0 and 1");
    if (e.weight == 0.0f)
        e.weight = e.kind == CLUS_GLOSSARY_SYNONYM ? 0.8f : 0.6f;
    if (clus__lexer_memory(g->lexer) > FORGET_AT)
        clus__lexer_forget(g->lexer);
    clus_status st =
        keys_of_side(g, clus__bytes_of_str(e.from), e.from_lang, from, &n_from, err);
    if (st == CLUS_OK)
        st = keys_of_side(g, clus__bytes_of_str(e.to), e.to_lang, to, &n_to, err);
    if (st != CLUS_OK)
        return st;
    st = link_all(g, from, n_from, to, n_to, &e);
    if (st == CLUS_E_LIMIT)
        return clus__fail(err, st, "over %d entries of '%.*s', or over %d in all",
                          (int)GLOSSARY_MAX_TARGETS,
                          (int)(e.from.len < 60 ? e.from.len : 60), e.from.data,
                          (int)MAX_ENTRIES);
    return clus__explain(err, st, "adding to a glossary");
}
