/* Terms of forms: Snowball's Russian stems mended, our Kazakh ones; other words as they
 * are. */
#include "text/stem.h"

#include "text/kazakh.h"
#include "text/russian_stem.h"

struct bytes clus__stem(struct bytes form, clus_lang lang, uint8_t room[STEM_ROOM])
{
    size_t len = 0;
    if (lang == CLUS_LANG_RU) {
        len = clus__russian_stem(form.data, form.len, room);
        len = clus__russian_mend(form.data, form.len, room, len);
    } else if (lang == CLUS_LANG_KK) {
        len = clus__kazakh_stem(form.data, form.len, room);
    }
    bool usable = len > 0 && len <= LEXER_MAX_TERM;
    return usable ? (struct bytes){room, len} : form;
}
