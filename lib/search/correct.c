/* Candidates from the dictionary, weighed by frequency against the cost of the slip. */
#include "search/correct.h"

#include <math.h>
#include <stdlib.h>

#include "base/chars.h"
#include "base/utf8.h"
#include "search/expand.h"
#include "search/live.h"
#include "text/keyboard.h"

enum {
    MAX_POINTS = 32,
    SHORTEST = 4,       /* letters of a word that is corrected */
    SHORTEST_FOR_2 = 7, /* of one with two edits */
    CANDIDATES = 64
};

/* Rarer words are not worth the risk that the word is right and in no document yet. */
static const float least_worth = -14.0f;
static const float margin = 3.0f; /* candidates so much worse than the best are left out */

struct letters {
    int32_t points[MAX_POINTS];
    uint32_t n;
};

/* False for a word that is too long or not made of letters only. */
static bool take_letters(struct bytes word, struct letters *out)
{
    size_t used;
    out->n = 0;
    for (size_t at = 0; at < word.len; at += used) {
        int32_t c = clus__code_at(word, at, &used);
        if (out->n == MAX_POINTS || !clus__is_letter(c))
            return false;
        out->points[out->n++] = c;
    }
    return true;
}

static float replace_cost(int32_t meant, int32_t typed)
{
    return meant == typed ? 0.0f : clus__keyboard_near(meant, typed) ? 0.7f : 1.0f;
}

/* A letter too many or too few: cheap beside the same letter. */
static float single_cost(const struct letters *word, uint32_t at)
{
    bool doubled = (at > 0 && word->points[at - 1] == word->points[at]) ||
                   (at + 1 < word->n && word->points[at + 1] == word->points[at]);
    return doubled ? 0.6f : 0.9f;
}

static float cheapest(float a, float b)
{
    return a < b ? a : b;
}

static float cost_of(const struct letters *meant, const struct letters *typed)
{
    const float exchange = 0.7f, first = 0.5f; /* beginnings are typed with care */
    float rows[3][MAX_POINTS + 1];
    for (uint32_t i = 0; i <= meant->n; i++) {
        float *row = rows[i % 3], *up = rows[(i + 2) % 3], *up2 = rows[(i + 1) % 3];
        for (uint32_t j = 0; j <= typed->n; j++) {
            float cost = i + j == 0 ? 0.0f : 1e9f;
            if (i > 0)
                cost = cheapest(cost, up[j] + single_cost(meant, i - 1));
            if (j > 0)
                cost = cheapest(cost, row[j - 1] + single_cost(typed, j - 1));
            if (i > 0 && j > 0)
                cost = cheapest(cost, up[j - 1] + replace_cost(meant->points[i - 1],
                                                               typed->points[j - 1]));
            if (i > 1 && j > 1 && meant->points[i - 1] == typed->points[j - 2] &&
                meant->points[i - 2] == typed->points[j - 1])
                cost = cheapest(cost, up2[j - 2] + exchange);
            row[j] = cost;
        }
    }
    bool same_first = meant->n > 0 && typed->n > 0 && meant->points[0] == typed->points[0];
    return rows[meant->n % 3][typed->n] + (same_first ? 0.0f : first);
}

float clus__typing_cost(struct bytes meant, struct bytes typed)
{
    struct letters a, b;
    if (!take_letters(meant, &a) || !take_letters(typed, &b))
        return INFINITY;
    return cost_of(&a, &b);
}

/* The same but for the last letter, or for an ending put behind one of them: likelier forms
 * of one word that stemming does not bring together. */
static bool differs_in_ending(const struct letters *a, const struct letters *b)
{
    uint32_t same = 0, longer = a->n > b->n ? a->n : b->n;
    while (same < a->n && same < b->n && a->points[same] == b->points[same])
        same++;
    return longer - same <= 1 || same == a->n || same == b->n;
}

static void keep_best(struct correction_list *out, const struct correction *c)
{
    size_t at = 0;
    for (size_t i = 0; i < out->n; i++)
        if (clus__bytes_cmp(out->items[i].stem, c->stem) == 0) {
            if (out->items[i].worth >= c->worth)
                return;
            memmove(&out->items[i], &out->items[i + 1], (--out->n - i) * sizeof *c);
            break;
        }
    while (at < out->n && out->items[at].worth >= c->worth)
        at++;
    if (at == CORRECT_MAX)
        return;
    size_t moved = out->n - at - (out->n == CORRECT_MAX);
    memmove(&out->items[at + 1], &out->items[at], moved * sizeof *c);
    out->items[at] = *c;
    out->n += out->n < CORRECT_MAX;
}

/* What a unit of cost is worth in the logarithm of frequency. A long word has few others
 * near it by chance, a short one many. */
static float weight_of_cost(uint32_t n_letters)
{
    const float all = 35.0f, least = 2.5f, most = 7.5f;
    float weight = all / (float)n_letters;
    return weight < least ? least : weight > most ? most : weight;
}

static clus_status form_is_live(struct view *view, const struct expanded *form, bool *live)
{
    uint8_t key[1 + 4 * MAX_POINTS] = {KEY_FORM};
    memcpy(key + 1, form->text.data, form->text.len);
    return clus__key_is_live(view, (struct bytes){key, 1 + form->text.len}, form->df, live);
}

static clus_status weigh(struct view *view, const struct letters *typed,
                         const struct expansion_list *found, struct correction_list *out)
{
    for (size_t i = 0; i < found->n; i++) {
        bool live;
        const struct expanded *e = &found->items[i];
        struct letters meant;
        if (!take_letters(e->text, &meant) || differs_in_ending(&meant, typed))
            continue;
        const struct correction c = {e->text, e->stem, e->df,
                                     logf((float)e->df / (float)view->n_docs) -
                                         weight_of_cost(typed->n) * cost_of(&meant, typed)};
        if (c.worth < least_worth)
            continue;
        clus_status st = form_is_live(view, e, &live);
        if (st != CLUS_OK)
            return st;
        if (live)
            keep_best(out, &c);
    }
    while (out->n > 1 && out->items[out->n - 1].worth < out->items[0].worth - margin)
        out->n--;
    return CLUS_OK;
}

/* ---- a wrong first letter ---- */

enum { MAX_VARIANTS = 160, VARIANT_BYTES = 4 * (MAX_POINTS + 1) };

/* Spellings that differ in the beginning alone; of few alphabets, so they can all be tried.
 */
struct variants {
    struct bytes items[MAX_VARIANTS];
    size_t n;
};

static clus_status add_variant(struct variants *v, struct arena *arena, int32_t first,
                               const int32_t *rest, uint32_t n_rest)
{
    uint8_t text[VARIANT_BYTES];
    size_t len = first ? clus__code_put(text, first) : 0;
    for (uint32_t i = 0; i < n_rest; i++)
        len += clus__code_put(text + len, rest[i]);
    const char *copy = v->n < MAX_VARIANTS ? clus__arena_copy(arena, text, len) : NULL;
    if (!copy)
        return v->n < MAX_VARIANTS ? CLUS_E_NOMEM : CLUS_OK;
    v->items[v->n++] = (struct bytes){(const uint8_t *)copy, len};
    return CLUS_OK;
}

/* A letter in place of the first, or before it. */
static clus_status add_letters(struct variants *v, struct arena *arena,
                               const struct letters *word, int32_t from, int32_t to)
{
    clus_status st = CLUS_OK;
    for (int32_t c = from; st == CLUS_OK && c <= to; c++) {
        if (c != word->points[0])
            st = add_variant(v, arena, c, word->points + 1, word->n - 1);
        if (st == CLUS_OK)
            st = add_variant(v, arena, c, word->points, word->n);
    }
    return st;
}

static int by_bytes(const void *a, const void *b)
{
    return clus__bytes_cmp(*(const struct bytes *)a, *(const struct bytes *)b);
}

static clus_status other_beginnings(struct view *view, const struct letters *word,
                                    struct arena *arena, struct expansion_list *found)
{
    static const int32_t kazakh[] = {0x456, 0x493, 0x49B, 0x4A3, 0x4AF,
                                     0x4B1, 0x4BB, 0x4D9, 0x4E9};
    struct variants v = {.n = 0};
    struct letters swapped = *word;
    bool latin = word->points[1] < 0x80; /* the first may be of another alphabet */
    swapped.points[0] = word->points[1];
    swapped.points[1] = word->points[0];
    clus_status st = add_variant(&v, arena, 0, word->points + 1, word->n - 1);
    if (st == CLUS_OK && swapped.points[0] != swapped.points[1])
        st = add_variant(&v, arena, 0, swapped.points, swapped.n);
    if (st == CLUS_OK)
        st = add_letters(&v, arena, word, latin ? 'a' : 0x430, latin ? 'z' : 0x44F);
    for (size_t i = 0; st == CLUS_OK && !latin && i < sizeof kazakh / sizeof *kazakh; i++)
        st = add_letters(&v, arena, word, kazakh[i], kazakh[i]);
    if (st != CLUS_OK)
        return st;
    qsort(v.items, v.n, sizeof *v.items, by_bytes);
    size_t n = 0;
    for (size_t i = 0; i < v.n; i++)
        if (n == 0 || by_bytes(&v.items[n - 1], &v.items[i]) != 0)
            v.items[n++] = v.items[i];
    const struct expansion_texts texts = {KEY_FORM, 1, v.items, n};
    return clus__expand_texts(view, &texts, arena, found);
}

clus_status clus__correct(struct view *view, struct bytes word, struct arena *arena,
                          struct correction_list *out)
{
    struct letters typed;
    struct expansion_list found;
    out->n = 0;
    if (!take_letters(word, &typed) || typed.n < SHORTEST)
        return CLUS_OK;
    const struct expansion_request request = {.kind = KEY_FORM,
                                              .pattern = word,
                                              .distance = typed.n >= SHORTEST_FOR_2 ? 2 : 1,
                                              .limit = CANDIDATES};
    clus_status st = clus__expand(view, &request, arena, &found);
    if (st == CLUS_OK)
        st = weigh(view, &typed, &found, out);
    if (st != CLUS_OK || out->n > 0)
        return st;
    st = other_beginnings(view, &typed, arena, &found);
    if (st == CLUS_OK)
        st = weigh(view, &typed, &found, out);
    return st;
}
