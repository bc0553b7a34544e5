/* Step through the spellings in the dictionary's order, keeping pace with its keys. */
#include "search/spellings.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "text/kk_letters.h"

enum { MAX_FOUND = 64 };

struct letter {
    int32_t ways[KK_LETTERS_MAX]; /* ascending */
    uint32_t n_ways, chosen;
};

/* All ways to spell a word, and one of them. */
struct spelling_set {
    struct letter letters[SPELLINGS_MAX_POINTS];
    uint32_t n;
    bool to_kazakh; /* a spelling counts when it has a Kazakh letter */
    bool begins;    /* keys are to begin so, not to be so */
    bool stems;     /* keys are stems */
};

struct finder {
    struct spelling_set set;
    struct arena *arena;
    struct bytes word;
    uint64_t df; /* of the word itself */
    struct spelling_found found[MAX_FOUND];
    size_t n_found;
};

bool clus__spelling_is_kazakh(struct bytes word)
{
    size_t used;
    for (size_t at = 0; at < word.len; at += used)
        if (clus__kk_is_letter(clus__code_at(word, at, &used)))
            return true;
    return false;
}

/* A stem's last letter, voiced before a vowel, is voiceless in the index. */
static void end_voiceless(struct letter *last)
{
    if (last->ways[0] == 0x433 /* г */) {
        last->ways[0] = 0x43A; /* к */
        last->ways[1] = 0x49B; /* қ */
    } else if (last->ways[0] == 0x431 /* б */) {
        last->ways[0] = 0x43F; /* п */
    }
}

/* False when no other spelling is possible. */
static bool prepare(struct spelling_set *set, struct bytes word, enum spelling_kind kind)
{
    size_t used;
    bool open = kind == SPELLING_STEMS;
    *set = (struct spelling_set){.to_kazakh = kind != SPELLING_TYPED,
                                 .begins = kind == SPELLING_BEGINS,
                                 .stems = kind == SPELLING_STEMS};
    for (size_t at = 0; at < word.len; at += used) {
        int32_t c = clus__code_at(word, at, &used);
        if (set->n == SPELLINGS_MAX_POINTS || c < 0x400 || c >= 0x530)
            return false;
        struct letter *l = &set->letters[set->n++];
        l->n_ways = (uint32_t)(set->to_kazakh ? clus__kk_meant(c, l->ways)
                                              : clus__kk_typed(c, l->ways));
        open |= l->n_ways > 1 || l->ways[0] != c;
    }
    if (set->stems && set->n > 0)
        end_voiceless(&set->letters[set->n - 1]);
    return open && (set->begins || set->n > 1); /* letters alone stand for themselves */
}

static bool is_wanted(const struct spelling_set *set)
{
    for (uint32_t i = 0; i < set->n; i++)
        if (clus__kk_is_letter(set->letters[i].ways[set->letters[i].chosen]))
            return true;
    return !set->to_kazakh || set->stems;
}

static size_t write_spelling(const struct spelling_set *set, uint8_t *out)
{
    size_t len = 0;
    for (uint32_t i = 0; i < set->n; i++)
        len += clus__code_put(out + len, set->letters[i].ways[set->letters[i].chosen]);
    return len;
}

/* The next spelling that differs in the first `upto` letters; the rest begins anew. */
static bool next_spelling(struct spelling_set *set, uint32_t upto)
{
    while (upto > 0) {
        struct letter *l = &set->letters[upto - 1];
        if (l->chosen + 1 < l->n_ways) {
            l->chosen++;
            for (uint32_t i = upto; i < set->n; i++)
                set->letters[i].chosen = 0;
            return true;
        }
        upto--;
    }
    return false;
}

/* The first spelling that is not below a key which is above the current one. */
static bool catch_up(struct spelling_set *set, struct bytes key)
{
    size_t at = 0, used = 0;
    for (uint32_t i = 0; i < set->n; i++) {
        struct letter *l = &set->letters[i];
        int32_t c = at < key.len ? clus__code_at(key, at, &used) : 0;
        uint32_t way = 0;
        if (c == CODE_BAD)
            return next_spelling(set, i);
        while (way < l->n_ways && l->ways[way] < c)
            way++;
        if (way == l->n_ways)
            return next_spelling(set, i);
        l->chosen = way;
        if (l->ways[way] > c) {
            for (uint32_t k = i + 1; k < set->n; k++)
                set->letters[k].chosen = 0;
            return true;
        }
        at += used;
    }
    return set->begins || at == key.len ||
           next_spelling(set, set->n); /* the key is longer: above */
}

static clus_status keep(struct finder *f, struct bytes form, struct bytes stem, uint32_t df)
{
    for (size_t i = 0; i < f->n_found; i++)
        if (clus__bytes_cmp(f->found[i].form, form) == 0) {
            f->found[i].df += df;
            return CLUS_OK;
        }
    if (f->n_found == MAX_FOUND)
        return CLUS_OK;
    const char *form_copy = clus__arena_copy(f->arena, form.data, form.len);
    const char *stem_copy = clus__arena_copy(f->arena, stem.data, stem.len);
    if (!form_copy || !stem_copy)
        return CLUS_E_NOMEM;
    f->found[f->n_found++] = (struct spelling_found){
        {(const uint8_t *)form_copy, form.len}, {(const uint8_t *)stem_copy, stem.len}, df};
    return CLUS_OK;
}

/* Whether a key is, or begins with, the spelling. */
static bool is_spelled(const struct spelling_set *set, struct bytes key,
                       struct bytes spelling)
{
    return set->begins ? key.len >= spelling.len &&
                             memcmp(key.data, spelling.data, spelling.len) == 0
                       : clus__bytes_cmp(key, spelling) == 0;
}

/* Go to the first key not below the spelling. *equal: it is that. */
static clus_status meet(struct finder *f, struct term_walk *walk, struct bytes spelling,
                        struct bytes *key, bool *equal)
{
    size_t shared;
    clus_status st = clus__term_walk_seek(walk, spelling);
    if (st == CLUS_OK)
        st = clus__term_walk_step(walk, key, &shared);
    if (st != CLUS_OK)
        return st;
    if (key->data[0] != spelling.data[0])
        return CLUS_DONE;
    *equal = is_spelled(&f->set, *key, spelling);
    struct bytes text = {spelling.data + 1, spelling.len - 1}, stem;
    bool itself = *equal && !f->set.stems && clus__bytes_cmp(text, f->word) == 0;
    if (!*equal || (!itself && !is_wanted(&f->set)))
        return CLUS_OK;
    if (f->set.begins)
        return itself ? CLUS_OK : keep(f, text, text, 0);
    struct term_info info;
    st = clus__term_walk_read(walk, &stem, &info);
    if (st == CLUS_OK && itself)
        f->df += info.df;
    return st == CLUS_OK && !itself ? keep(f, text, f->set.stems ? text : stem, info.df)
                                    : st;
}

static clus_status walk_segment(struct finder *f, const struct segment *seg,
                                struct store_txn *txn)
{
    uint8_t text[1 + 4 * SPELLINGS_MAX_POINTS] = {f->set.stems ? KEY_STEM : KEY_FORM};
    struct term_walk *walk = NULL;
    clus_status st = clus__term_walk_new(seg, txn, (struct bytes){NULL, 0}, &walk);
    bool more = st == CLUS_OK, equal;
    for (uint32_t i = 0; i < f->set.n; i++)
        f->set.letters[i].chosen = 0;
    for (int seeks = 0; more && st == CLUS_OK && seeks < SPELLINGS_MAX_SEEKS; seeks++) {
        struct bytes spelling = {text, 1 + write_spelling(&f->set, text + 1)}, key;
        st = meet(f, walk, spelling, &key, &equal);
        if (st == CLUS_OK)
            more = equal ? next_spelling(&f->set, f->set.n)
                         : catch_up(&f->set, (struct bytes){key.data + 1, key.len - 1});
    }
    clus__term_walk_free(walk);
    return st == CLUS_DONE ? CLUS_OK : st;
}

static int by_frequency(const void *a, const void *b)
{
    const struct spelling_found *x = a, *y = b;
    if (x->df != y->df)
        return x->df > y->df ? -1 : 1;
    return clus__bytes_cmp(x->form, y->form);
}

clus_status clus__spellings(struct view *view, struct bytes word, enum spelling_kind kind,
                            struct arena *arena, struct spelling_list *out)
{
    struct finder f = {.arena = arena, .word = word};
    clus_status st = CLUS_OK;
    *out = (struct spelling_list){NULL, 0, 0};
    if (!prepare(&f.set, word, kind))
        return CLUS_OK;
    for (uint32_t s = 0; st == CLUS_OK && s < view->n_segments; s++)
        st = walk_segment(&f, view->segments[s].seg, view->txn);
    out->df = f.df;
    if (st != CLUS_OK || f.n_found == 0)
        return st;
    qsort(f.found, f.n_found, sizeof *f.found, by_frequency);
    out->items = clus__arena_alloc(arena, f.n_found, sizeof *out->items);
    if (!out->items)
        return CLUS_E_NOMEM;
    memcpy(out->items, f.found, f.n_found * sizeof *out->items);
    out->n = f.n_found;
    return CLUS_OK;
}
