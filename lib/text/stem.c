/* Terms of forms: Snowball's Russian stems mended, our Kazakh ones; other words as they
 * are. */
#include "text/stem.h"

#include <libstemmer.h>

#include "base/alloc.h"
#include "text/kazakh.h"
#include "text/russian.h"

struct stemmer {
    struct sb_stemmer *russian;
    uint8_t room[LEXER_MAX_TERM + RUSSIAN_MAX_ADDED]; /* for the term last made */
};

clus_status clus__stemmer_new(struct stemmer **out)
{
    struct stemmer *s = clus__calloc(1, sizeof *s);
    if (!s)
        return CLUS_E_NOMEM;
    s->russian = sb_stemmer_new("russian", "UTF_8");
    if (!s->russian) {
        clus__free(s);
        return CLUS_E_NOMEM;
    }
    *out = s;
    return CLUS_OK;
}

void clus__stemmer_free(struct stemmer *s)
{
    if (!s)
        return;
    sb_stemmer_delete(s->russian);
    clus__free(s);
}

static clus_status stem_russian(struct stemmer *s, struct bytes form, struct bytes *term)
{
    const sb_symbol *stem = sb_stemmer_stem(s->russian, form.data, (int)form.len);
    if (!stem)
        return CLUS_E_NOMEM;
    int len = sb_stemmer_length(s->russian);
    if (len <= 0 || len > LEXER_MAX_TERM) {
        *term = form;
        return CLUS_OK;
    }
    size_t mended = clus__russian_mend(form.data, form.len, stem, (size_t)len, s->room);
    *term = mended <= LEXER_MAX_TERM ? (struct bytes){s->room, mended} : form;
    return CLUS_OK;
}

static void stem_kazakh(struct stemmer *s, struct bytes form, struct bytes *term)
{
    size_t len = clus__kazakh_stem(form.data, form.len, s->room);
    bool usable = len > 0 && len <= LEXER_MAX_TERM;
    *term = usable ? (struct bytes){s->room, len} : form;
}

clus_status clus__stem(struct stemmer *s, struct bytes form, clus_lang lang,
                       struct bytes *term)
{
    switch (lang) {
    case CLUS_LANG_RU: return stem_russian(s, form, term);
    case CLUS_LANG_KK: stem_kazakh(s, form, term); return CLUS_OK;
    case CLUS_LANG_OTHER: break;
    }
    *term = form;
    return CLUS_OK;
}
