/* Cut a word at every letter; the beginning is looked up among the stems in all its
 * spellings, the rest gets the letters that harmony asks for, and the stemmer has the last
 * word. */
#include "search/builder.h"

#include "base/utf8.h"
#include "search/spellings.h"
#include "text/kk_letters.h"

enum {
    SHORTEST = 3,      /* letters of a stem */
    SHORTEST_SURE = 4, /* of one without Kazakh letters: Берлин is not built on бер */
    LONGEST_DOUBTFUL = 3 /* an ending behind a shorter one */
};

struct typed {
    int32_t letters[SPELLINGS_MAX_POINTS];
    size_t ends[SPELLINGS_MAX_POINTS]; /* bytes up to and with a letter */
    uint32_t n;
};

static bool take_letters(struct bytes word, struct typed *out)
{
    size_t used;
    out->n = 0;
    for (size_t at = 0; at < word.len; at += used) {
        if (out->n == SPELLINGS_MAX_POINTS)
            return false;
        out->letters[out->n] = clus__code_at(word, at, &used);
        out->ends[out->n++] = at + used;
    }
    return true;
}

/* The stem and the ending as one word; `ng` as of clus__kk_ending(). */
static size_t put_together(struct bytes stem, const struct typed *word, uint32_t cut,
                           unsigned ng, uint8_t *out)
{
    int32_t ending[SPELLINGS_MAX_POINTS];
    size_t used, last = clus__code_before(stem, stem.len), len = stem.len;
    memcpy(out, stem.data, stem.len);
    int32_t voiced =
        clus__kk_voiced(clus__code_at(stem, last, &used), word->letters[cut - 1]);
    if (voiced)
        len = last + clus__code_put(out + last, voiced);
    uint32_t n = word->n - cut;
    clus__kk_ending(clus__kk_is_front(stem), word->letters + cut, n, ng, ending);
    for (uint32_t i = 0; i < n; i++)
        len += clus__code_put(out + len, ending[i]);
    return len;
}

/* Whether the stemmer takes an ending off and leaves this stem. */
static clus_status is_built(struct builder *b, struct bytes stem, const struct typed *word,
                            uint32_t cut, bool *built)
{
    uint8_t text[2 * 4 * SPELLINGS_MAX_POINTS];
    uint32_t n_ng = 0;
    for (uint32_t i = cut; i < word->n; i++)
        n_ng += word->letters[i] == KK_EN;
    clus_status st = CLUS_OK;
    *built = false;
    for (unsigned ng = 0; st == CLUS_OK && !*built && ng < 1U << (n_ng < 3 ? n_ng : 3);
         ng++) {
        size_t len = put_together(stem, word, cut, ng, text);
        uint32_t form;
        st = clus__lexer_word(b->lexer, (struct bytes){text, len}, CLUS_LANG_KK, &form);
        if (st == CLUS_OK)
            *built = clus__bytes_cmp(clus__lexer_form(b->lexer, form)->term, stem) == 0;
        else if (st == CLUS_DONE)
            st = CLUS_OK;
    }
    return st;
}

static bool is_doubtful(struct bytes stem, const struct typed *word, uint32_t cut)
{
    return cut < SHORTEST_SURE && word->n - cut <= LONGEST_DOUBTFUL &&
           !clus__spelling_is_kazakh(stem);
}

clus_status clus__kk_stem(struct builder *b, struct bytes form, struct spelling_found *out)
{
    struct typed word;
    if (!take_letters(form, &word))
        return CLUS_DONE;
    for (uint32_t cut = word.n; --cut >= SHORTEST && cut < word.n;) {
        struct spelling_list list;
        clus_status st =
            clus__spellings(b->plan->view, (struct bytes){form.data, word.ends[cut - 1]},
                            SPELLING_STEMS, b->plan->arena, &list);
        for (size_t i = 0; st == CLUS_OK && i < list.n; i++) {
            bool built;
            if (is_doubtful(list.items[i].stem, &word, cut))
                continue;
            st = is_built(b, list.items[i].stem, &word, cut, &built);
            if (st == CLUS_OK && built) {
                *out = list.items[i];
                return CLUS_OK;
            }
        }
        if (st != CLUS_OK)
            return st;
    }
    return CLUS_DONE;
}
