/* Hash tables from words to spellings to forms. */
#include "text/forms.h"

#include <string.h>

#define XXH_INLINE_ALL
#define XXH_FORCE_MEMORY_ACCESS 0 /* memcpy(): its other ways break rules of aliasing */
#include <xxhash.h>

#include "base/alloc.h"
#include "base/le.h"

enum {
    BATCH = 64,
    FORMS_SHORT = 32, /* bytes; one Russian word in 400 is longer */
    FIRST_SLOTS = 1024,
    KEY_MAX = FOLD_MAX_BYTES + 1
};

static inline const uint8_t *key_of(const struct word *w)
{
    return w->len <= FORMS_KEY ? w->inline_key : w->key;
}

/* A word of up to FORMS_SHORT bytes, and zeros: whatever its length, the same few
 * instructions hash and compare it. */
struct short_word {
    uint64_t part[FORMS_SHORT / 8];
};

static inline struct short_word shorten(struct bytes word)
{
    struct short_word s = {{0}};
    memcpy(s.part, word.data, word.len);
    return s;
}

/* The same of a word in a text, most of which have enough bytes behind them. */
static inline struct short_word shorten_in(struct bytes word, const uint8_t *text_end)
{
    static const uint64_t masks[FORMS_SHORT / 4] = {UINT64_MAX, UINT64_MAX, UINT64_MAX,
                                                    UINT64_MAX};
    struct short_word s;
    if (text_end - word.data < FORMS_SHORT)
        return shorten(word);
    const uint8_t *mask = (const uint8_t *)masks + FORMS_SHORT - word.len;
    for (size_t i = 0; i < FORMS_SHORT / 8; i++)
        s.part[i] = clus__le64(word.data + 8 * i) & clus__le64(mask + 8 * i);
    return s;
}

static inline uint32_t to_32(uint64_t hash)
{
    return (uint32_t)(hash ^ hash >> 32);
}

static inline __attribute__((flatten)) uint32_t hash_short(const struct forms *f,
                                                           const struct short_word *s)
{
    return to_32(XXH3_64bits_withSeed(s, sizeof *s, f->seed));
}

static uint32_t hash_of(const struct forms *f, struct bytes b)
{
    if (b.len > FORMS_SHORT)
        return to_32(XXH3_64bits_withSeed(b.data, b.len, f->seed));
    struct short_word s = shorten(b);
    return hash_short(f, &s);
}

static inline void place(struct slots *s, uint64_t slot)
{
    uint32_t at = (uint32_t)(slot >> 32) & s->mask;
    while (s->slots[at])
        at = (at + 1) & s->mask;
    s->slots[at] = slot;
}

/* Make room for one more: a table is at most three quarters full. */
static clus_status make_room(struct slots *s)
{
    if (s->slots && s->n < s->mask / 4 * 3)
        return CLUS_OK;
    struct slots larger = {.mask = s->slots ? s->mask * 2 + 1 : FIRST_SLOTS - 1, .n = s->n};
    if (larger.mask == UINT32_MAX)
        return CLUS_E_LIMIT;
    /* Memory that is zero already would be mapped by looking and once more by writing. */
    size_t bytes = ((size_t)larger.mask + 1) * sizeof *larger.slots;
    larger.slots = clus__malloc(bytes);
    if (!larger.slots)
        return CLUS_E_NOMEM;
    memset(larger.slots, 0, bytes);
    for (size_t at = 0; s->slots && at <= s->mask; at++)
        if (s->slots[at])
            place(&larger, s->slots[at]);
    clus__free(s->slots);
    *s = larger;
    return CLUS_OK;
}

static void add_slot(struct slots *s, uint32_t hash)
{
    place(s, (uint64_t)hash << 32 | ++s->n);
}

/* The next slot from *at on that has the hash: its id + 1; 0 for none. */
static inline uint32_t probe(const struct slots *s, uint32_t hash, uint32_t *at)
{
    for (;; *at = (*at + 1) & s->mask) {
        uint64_t slot = s->slots[*at & s->mask];
        if (slot == 0 || slot >> 32 == hash)
            return (uint32_t)slot;
    }
}

static bool find_spelling(const struct forms *f, struct bytes text, uint32_t hash,
                          uint32_t *out)
{
    const struct slots *s = &f->spelling_slots;
    uint32_t id, at = hash;
    for (; s->slots && (id = probe(s, hash, &at)) != 0; at++) {
        const struct spelling *known = &f->spellings[id - 1];
        if (known->text.len == text.len &&
            memcmp(known->text.data, text.data, text.len) == 0) {
            *out = id - 1;
            return true;
        }
    }
    return false;
}

/* Note what a spelling without a Cyrillic letter may be in another script. */
static clus_status look_at_script(struct forms *f, struct spelling *spelling)
{
    if (!f->reads_scripts || spelling->route.why != WHY_NO_CYRILLIC)
        return CLUS_OK;
    struct script_spelling found = {.look = clus__script_look(spelling->text)};
    if (found.look.script == SCRIPT_COUNT)
        return CLUS_OK;
    clus_status st =
        clus__grow(&f->scripts, &f->cap_scripts, f->n_scripts + 1, sizeof *f->scripts);
    if (st != CLUS_OK)
        return st;
    memset(found.forms, 0xff, sizeof found.forms);
    spelling->route.class =
        found.look.script == SCRIPT_OF_LATIN ? ROUTE_LATIN : ROUTE_ARABIC;
    spelling->route.lean = (int16_t)clus__script_share(found.look.lean);
    spelling->script = (uint32_t)f->n_scripts;
    f->scripts[f->n_scripts++] = found;
    return CLUS_OK;
}

static clus_status get_spelling(struct forms *f, struct bytes text, uint32_t *out)
{
    uint32_t hash = hash_of(f, text);
    if (find_spelling(f, text, hash, out))
        return CLUS_OK;
    clus_status st = clus__table_grow(&f->spellings, &f->cap_spellings, f->n_spellings + 1,
                                      sizeof *f->spellings);
    if (st == CLUS_OK)
        st = make_room(&f->spelling_slots);
    if (st != CLUS_OK)
        return st;
    char *copy = clus__arena_copy(&f->arena, text.data, text.len);
    if (!copy)
        return CLUS_E_NOMEM;
    struct bytes kept = {(const uint8_t *)copy, text.len};
    struct route route = {ROUTE_OTHER, WHY_KIND, 0};
    struct spelling spelling = {.text = kept,
                                .route = f->classes ? clus__route_word(kept) : route,
                                .forms = {FORMS_NONE, FORMS_NONE, FORMS_NONE},
                                .script = FORMS_NONE};
    st = look_at_script(f, &spelling);
    if (st != CLUS_OK)
        return st;
    f->spellings[f->n_spellings] = spelling;
    add_slot(&f->spelling_slots, hash);
    *out = (uint32_t)f->n_spellings++;
    return CLUS_OK;
}

/* Fill what a word becomes; bytes that are no UTF-8 or too much make a class of their own.
 */
static clus_status read_word(struct forms *f, struct bytes raw, struct word *w)
{
    struct folded folded;
    struct bytes text = raw;
    clus_status st = raw.len > LEXER_MAX_TERM ? CLUS_E_LIMIT : CLUS_OK;
    if (f->classes) {
        st = clus__fold(f->classes, raw, &folded);
        text = (struct bytes){folded.text, folded.len};
    }
    if (st == CLUS_E_LIMIT || (st == CLUS_OK && text.len == 0)) {
        w->class = st == CLUS_OK ? WORD_EMPTY : WORD_TOO_LONG;
        return CLUS_OK;
    }
    if (st == CLUS_OK)
        st = get_spelling(f, text, &w->spelling);
    if (st != CLUS_OK)
        return st;
    const struct route *route = &f->spellings[w->spelling].route;
    w->class = route->class;
    if (clus__is_script(w))
        w->script = f->spellings[w->spelling].script;
    w->why = route->why;
    w->lean = route->lean;
    return CLUS_OK;
}

static clus_status add_word(struct forms *f, struct bytes raw, uint32_t hash, uint32_t *out)
{
    struct word w = {.len = (uint32_t)raw.len,
                     .spelling = FORMS_NONE,
                     .form = FORMS_NONE,
                     .kazakh = FORMS_NONE};
    clus_status st = read_word(f, raw, &w);
    if (st == CLUS_OK)
        st = clus__table_grow(&f->words, &f->cap_words, f->n_words + 1, sizeof *f->words);
    if (st == CLUS_OK)
        st = make_room(&f->word_slots);
    if (st != CLUS_OK)
        return st;
    if (raw.len <= FORMS_KEY)
        memcpy(w.inline_key, raw.data, raw.len);
    else if (!(w.key = (const uint8_t *)clus__arena_copy(&f->arena, raw.data, raw.len)))
        return CLUS_E_NOMEM;
    f->words[f->n_words] = w;
    add_slot(&f->word_slots, hash);
    *out = (uint32_t)f->n_words++;
    return CLUS_OK;
}

/* memcmp() without a call: eight bytes at a time, the last ones overlapping. */
static inline bool same_bytes(const uint8_t *a, const uint8_t *b, size_t n)
{
    if (n < 8)
        return n < 4 ? memcmp(a, b, n) == 0
                     : clus__le32(a) == clus__le32(b) &&
                           clus__le32(a + n - 4) == clus__le32(b + n - 4);
    for (size_t i = 0; i + 8 < n; i += 8)
        if (clus__le64(a + i) != clus__le64(b + i))
            return false;
    return clus__le64(a + n - 8) == clus__le64(b + n - 8);
}

static inline bool is_word(const struct word *w, struct bytes raw)
{
    return w->len == raw.len && same_bytes(key_of(w), raw.data, raw.len);
}

static bool is_known(const struct forms *f, struct bytes raw, uint32_t hash, uint32_t *out)
{
    const struct slots *s = &f->word_slots;
    uint32_t id, at = hash;
    for (; s->slots && (id = probe(s, hash, &at)) != 0; at++) {
        if (is_word(&f->words[id - 1], raw)) {
            *out = id - 1;
            return true;
        }
    }
    return false;
}

bool clus__forms_known(struct forms *f, struct bytes word, uint32_t *number)
{
    if (f->latest >= f->n_words || !is_word(&f->words[f->latest], word)) {
        if (!is_known(f, word, hash_of(f, word), number))
            return false;
        f->latest = *number;
    }
    *number = f->latest;
    return true;
}

static clus_status find_word(struct forms *f, struct bytes raw, uint32_t hash,
                             uint32_t *out)
{
    return is_known(f, raw, hash, out) ? CLUS_OK : add_word(f, raw, hash, out);
}

/* The bytes that a word is looked up by; of one that is too long, enough to tell that. */
static inline struct bytes raw_word(struct bytes text, const struct token *t)
{
    uint32_t len = t->end - t->start;
    return (struct bytes){text.data + t->start, len < KEY_MAX ? len : KEY_MAX};
}

static inline bool is_short_word(const struct word *w, const struct short_word *s,
                                 size_t len)
{
    uint64_t differ = w->len ^ len;
    for (size_t i = 0; i < FORMS_SHORT / 8; i++)
        differ |= clus__le64(w->inline_key + 8 * i) ^ s->part[i];
    return differ == 0;
}

/* A few words on their way through the table. */
struct lookups {
    struct short_word words[BATCH];
    uint32_t hashes[BATCH], ids[BATCH]; /* id + 1 of the likely record, or 0 */
};

/* Hash every word and ask for its slot. */
static void hash_words(const struct forms *f, struct bytes text, const struct token *tokens,
                       size_t n, struct lookups *l)
{
    const struct slots *s = &f->word_slots;
    const uint8_t *end = text.data + text.len;
    for (size_t i = 0; i < n; i++) {
        struct bytes raw = raw_word(text, &tokens[i]);
        if (raw.len <= FORMS_SHORT) {
            l->words[i] = shorten_in(raw, end);
            l->hashes[i] = hash_short(f, &l->words[i]);
        } else {
            l->hashes[i] = hash_of(f, raw);
        }
        if (s->slots)
            __builtin_prefetch(&s->slots[l->hashes[i] & s->mask]);
    }
}

/* Ask for the record that each slot names. A new word is most often spelt as it stands, and
 * then has the same hash as a spelling. */
static void find_records(const struct forms *f, size_t n, struct lookups *l)
{
    const struct slots *s = &f->word_slots, *spellings = &f->spelling_slots;
    for (size_t i = 0; i < n; i++) {
        uint32_t at = l->hashes[i];
        l->ids[i] = s->slots ? probe(s, l->hashes[i], &at) : 0;
        if (l->ids[i])
            __builtin_prefetch(&f->words[l->ids[i] - 1]);
        else if (spellings->slots)
            __builtin_prefetch(&spellings->slots[l->hashes[i] & spellings->mask]);
    }
}

static clus_status look_up_batch(struct forms *f, struct bytes text, struct token *tokens,
                                 size_t n)
{
    struct lookups l;
    hash_words(f, text, tokens, n, &l);
    find_records(f, n, &l);
    for (size_t i = 0; i < n; i++) {
        struct bytes raw = raw_word(text, &tokens[i]);
        const struct word *w = l.ids[i] ? &f->words[l.ids[i] - 1] : NULL;
        if (w && (raw.len <= FORMS_SHORT ? is_short_word(w, &l.words[i], raw.len)
                                         : is_word(w, raw))) {
            tokens[i].form = l.ids[i] - 1;
            continue;
        }
        clus_status st = find_word(f, raw, l.hashes[i], &tokens[i].form);
        if (st != CLUS_OK)
            return st;
    }
    return CLUS_OK;
}

clus_status clus__forms_look_up(struct forms *f, struct bytes text, struct token *tokens,
                                size_t n)
{
    for (size_t i = 0; i < n; i += BATCH) {
        clus_status st = look_up_batch(f, text, tokens + i, n - i < BATCH ? n - i : BATCH);
        if (st != CLUS_OK)
            return st;
    }
    return CLUS_OK;
}

/* The form of a text that means `word`. A term of its own bytes only where it is no
 * beginning of the form. */
static clus_status make_form(struct forms *f, struct bytes text, struct bytes word,
                             clus_lang lang, struct form *out)
{
    uint8_t room[STEM_ROOM];
    struct bytes term = f->stems ? clus__stem(word, lang, room) : word;
    if (term.len <= text.len && memcmp(term.data, text.data, term.len) == 0) {
        term.data = text.data;
    } else {
        term.data = (const uint8_t *)clus__arena_copy(&f->arena, term.data, term.len);
        if (!term.data)
            return CLUS_E_NOMEM;
    }
    *out = (struct form){.text = text, .term = term, .lang = (uint8_t)lang};
    return CLUS_OK;
}

clus_status clus__forms_get(struct forms *f, uint32_t word, clus_lang lang, uint32_t *form)
{
    struct word *w = &f->words[word];
    struct spelling *spelling = &f->spellings[w->spelling];
    if (spelling->forms[lang] == FORMS_NONE) {
        clus_status st = clus__table_grow(&f->items, &f->cap, f->n + 1, sizeof *f->items);
        if (st == CLUS_OK)
            st = make_form(f, spelling->text, spelling->text, lang, &f->items[f->n]);
        if (st != CLUS_OK)
            return st;
        spelling->forms[lang] = (uint32_t)f->n++;
    }
    *form = spelling->forms[lang];
    if (lang != CLUS_LANG_KK)
        w->form = *form;
    else if (!clus__is_script(w))
        w->kazakh = *form;
    return CLUS_OK;
}

/* A form of the same term that another alphabet gave, or the next number for a new one. */
static uint32_t same_reading(const struct forms *f, const struct script_spelling *script,
                             const struct form *form)
{
    for (unsigned i = 0; i < ALPHABET_COUNT; i++)
        if (script->forms[i] != FORMS_NONE &&
            clus__bytes_cmp(f->items[script->forms[i]].term, form->term) == 0)
            return script->forms[i];
    return (uint32_t)f->n;
}

clus_status clus__forms_get_script(struct forms *f, uint32_t word,
                                   enum script_alphabet alphabet, uint32_t *form)
{
    struct spelling *spelling = &f->spellings[f->words[word].spelling];
    struct script_spelling *script = &f->scripts[f->words[word].script];
    if (script->forms[alphabet] == FORMS_NONE) {
        struct script_word meant;
        clus__script_convert(spelling->text, alphabet, &meant);
        if (meant.len == 0) {
            *form = FORMS_NONE;
            return CLUS_OK;
        }
        clus_status st = clus__table_grow(&f->items, &f->cap, f->n + 1, sizeof *f->items);
        if (st == CLUS_OK)
            st = make_form(f, spelling->text, (struct bytes){meant.text, meant.len},
                           CLUS_LANG_KK, &f->items[f->n]);
        if (st != CLUS_OK)
            return st;
        script->forms[alphabet] = same_reading(f, script, &f->items[f->n]);
        f->n += script->forms[alphabet] == f->n;
    }
    *form = script->forms[alphabet];
    return CLUS_OK;
}

size_t clus__forms_memory(const struct forms *f)
{
    return f->arena.total + f->cap_words * sizeof *f->words +
           f->cap_spellings * sizeof *f->spellings + f->cap_scripts * sizeof *f->scripts +
           f->cap * sizeof *f->items +
           ((size_t)f->word_slots.mask + f->spelling_slots.mask) * sizeof(uint64_t);
}

void clus__forms_clear(struct forms *f)
{
    clus__arena_done(&f->arena);
    clus__free(f->word_slots.slots);
    clus__free(f->spelling_slots.slots);
    clus__table_free(f->words, f->cap_words, sizeof *f->words);
    clus__table_free(f->spellings, f->cap_spellings, sizeof *f->spellings);
    clus__free(f->scripts);
    clus__table_free(f->items, f->cap, sizeof *f->items);
    *f = (struct forms){.classes = f->classes,
                        .stems = f->stems,
                        .reads_scripts = f->reads_scripts,
                        .seed = f->seed,
                        .arena = {.max = f->arena.max}};
}
