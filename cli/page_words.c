/*
 * The fixed phrases of pages in Russian, Kazakh and English. Short on purpose: each stands
 * on many sites, and alone on its line.
 */
#include "page.h"
#include "utf8.h"

#include <string.h>

struct phrase {
    const char *text; /* folded */
    enum phrase_kind kind;
    bool is_prefix; /* the line may go on */
};

static const struct phrase phrases[] = {
    {"читайте также", PHRASE_INLINE, false},
    {"читать также", PHRASE_INLINE, false},
    {"смотрите также", PHRASE_INLINE, false},
    {"читайте по теме", PHRASE_INLINE, false},
    {"оқи отырыңыз", PHRASE_INLINE, false},
    {"тағы оқыңыз", PHRASE_INLINE, false},
    {"сондай-ақ оқыңыз", PHRASE_INLINE, false},
    {"read also", PHRASE_INLINE, false},
    {"see also", PHRASE_INLINE, false},
    {"recent posts", PHRASE_BLOCK, false},
    {"related posts", PHRASE_BLOCK, false},
    {"related articles", PHRASE_BLOCK, false},
    {"latest news", PHRASE_BLOCK, false},
    {"most read", PHRASE_BLOCK, false},
    {"последние новости", PHRASE_BLOCK, false},
    {"последние записи", PHRASE_BLOCK, false},
    {"свежие записи", PHRASE_BLOCK, false},
    {"свежие новости", PHRASE_BLOCK, false},
    {"лента новостей", PHRASE_BLOCK, false},
    {"новости партнеров", PHRASE_BLOCK, false},
    {"похожие новости", PHRASE_BLOCK, false},
    {"похожие записи", PHRASE_BLOCK, false},
    {"похожие материалы", PHRASE_BLOCK, false},
    {"материалы по теме", PHRASE_BLOCK, false},
    {"новости по теме", PHRASE_BLOCK, false},
    {"другие новости", PHRASE_BLOCK, false},
    {"еще новости", PHRASE_BLOCK, false},
    {"главные новости", PHRASE_BLOCK, false},
    {"популярные новости", PHRASE_BLOCK, false},
    {"популярное", PHRASE_BLOCK, false},
    {"самое читаемое", PHRASE_BLOCK, false},
    {"самое популярное", PHRASE_BLOCK, false},
    {"самое обсуждаемое", PHRASE_BLOCK, false},
    {"выбор редакции", PHRASE_BLOCK, false},
    {"записи автора", PHRASE_BLOCK, false},
    {"вам может быть интересно", PHRASE_BLOCK, false},
    {"вам может понравиться", PHRASE_BLOCK, false},
    {"поделиться", PHRASE_LINE, false},
    {"реклама", PHRASE_BLOCK, false},
    {"яндекс.директ", PHRASE_BLOCK, true},
    {"соңғы жаңалықтар", PHRASE_BLOCK, false},
    {"соңғы материалдар", PHRASE_BLOCK, false},
    {"жаңалықтар таспасы", PHRASE_BLOCK, false},
    {"ұқсас жаңалықтар", PHRASE_BLOCK, false},
    {"ұқсас материалдар", PHRASE_BLOCK, false},
    {"басқа жаңалықтар", PHRASE_BLOCK, false},
    {"тақырып бойынша", PHRASE_BLOCK, false},
    {"ең көп оқылған", PHRASE_BLOCK, false},
    {"ең көп оқылғандар", PHRASE_BLOCK, false},
    {"көп оқылғандар", PHRASE_BLOCK, false},
    {"танымал жаңалықтар", PHRASE_BLOCK, false},
    {"редакция таңдауы", PHRASE_BLOCK, false},
    {"автордың жазбалары", PHRASE_BLOCK, false},
    {"бөлісу", PHRASE_LINE, false},
    {"жарнама", PHRASE_BLOCK, false},
    {"уже проголосовало", PHRASE_LINE, true},
    {"дауыс бергендер", PHRASE_LINE, true},
    {"подпишитесь на", PHRASE_LINE, true},
    {"подписывайтесь на", PHRASE_LINE, true},
    {"нашли ошибку", PHRASE_LINE, true},
    {"сайт использует cookie", PHRASE_LINE, true},
    {"сайт использует файлы cookie", PHRASE_LINE, true},
    {"мы используем cookie", PHRASE_LINE, true},
    {"мы используем файлы cookie", PHRASE_LINE, true},
    {"сайт cookie", PHRASE_LINE, true},
    {"фото редакции", PHRASE_LINE, false},
    {"редакцияның суреті", PHRASE_LINE, false},
    {"главная /", PHRASE_LINE, true},
    {"главная »", PHRASE_LINE, true},
    {"главная >", PHRASE_LINE, true},
    {"басты бет /", PHRASE_LINE, true},
    {"басты бет »", PHRASE_LINE, true},
    {"басты бет >", PHRASE_LINE, true},
    {"комментарии", PHRASE_TAIL, false},
    {"оставить комментарий", PHRASE_TAIL, false},
    {"добавить комментарий", PHRASE_TAIL, false},
    {"оставлять комментарии могут", PHRASE_TAIL, true},
    {"чтобы оставить комментарий", PHRASE_TAIL, true},
    {"пікірлер", PHRASE_TAIL, false},
    {"пікір қалдыру", PHRASE_TAIL, true},
    {"comments", PHRASE_TAIL, false},
    {"leave a comment", PHRASE_TAIL, false},
    {"leave a reply", PHRASE_TAIL, false},
};

static const struct {
    const char *text; /* folded */
    enum label_kind kind;
} labels[] = {
    {"categories", LABEL_TAGS},   {"category", LABEL_TAGS},   {"tags", LABEL_TAGS},
    {"категория", LABEL_TAGS},    {"категории", LABEL_TAGS},  {"рубрика", LABEL_TAGS},
    {"рубрики", LABEL_TAGS},      {"теги", LABEL_TAGS},       {"тэги", LABEL_TAGS},
    {"метки", LABEL_TAGS},        {"санат", LABEL_TAGS},      {"санаттар", LABEL_TAGS},
    {"айдар", LABEL_TAGS},        {"айдарлар", LABEL_TAGS},   {"тегтер", LABEL_TAGS},
    {"источник", LABEL_SOURCE},   {"дереккөз", LABEL_SOURCE}, {"source", LABEL_SOURCE},
    {"фото", LABEL_CREDIT},       {"сурет", LABEL_CREDIT},    {"photo", LABEL_CREDIT},
    {"иллюстрация", LABEL_CREDIT}};

void page_fold(struct text *to, clus_str s)
{
    size_t used;
    for (; s.len; s = str_sub(s, used)) {
        uint32_t cp = utf8_next(s, &used);
        if (cp == UTF8_BAD)
            continue;
        cp = utf8_lower(cp);
        utf8_add(to, cp == 0x451 ? 0x435 : cp == 0xa0 ? ' ' : cp);
    }
}

/* The line without bullets, brackets, digits and punctuation at its ends. */
static clus_str without_ends(clus_str s)
{
    size_t used;
    while (s.len && !utf8_is_letter(utf8_next(s, &used)))
        s = str_sub(s, used);
    while (s.len) {
        size_t n = 1; /* step back over one code point */
        while (n < s.len && n < 4 && ((unsigned char)s.data[s.len - n] & 0xc0) == 0x80)
            n++;
        if (utf8_is_letter(utf8_next(str_sub(s, s.len - n), &used)))
            break;
        s.len -= n;
    }
    return s;
}

enum phrase_kind phrase_of_line(clus_str line, clus_str *rest)
{
    enum { LONGEST = 400 };
    struct text folded = {0};
    enum phrase_kind kind = PHRASE_NONE;
    *rest = (clus_str){NULL, 0};
    if (line.len > LONGEST)
        return PHRASE_NONE;
    const char *colon = memchr(line.data, ':', line.len);
    clus_str head = colon ? (clus_str){line.data, (size_t)(colon - line.data)} : line;
    page_fold(&folded, without_ends(line));
    size_t whole = folded.len;
    page_fold(&folded, without_ends(head));
    const char *data = text_z(&folded);
    clus_str all = {data, whole}, first = {data + whole, folded.len - whole};
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases && kind == PHRASE_NONE; i++) {
        const struct phrase *p = &phrases[i];
        if (p->is_prefix ? str_starts(all, p->text) : str_is(all, p->text)) {
            kind = p->kind;
        } else if (colon && p->kind == PHRASE_INLINE && str_is(first, p->text)) {
            kind = p->kind;
            *rest = str_trim(str_sub(line, head.len + 1));
        }
    }
    text_done(&folded);
    return kind;
}

/* Bytes of the separator behind a label: a colon, or a dash between blanks. */
static size_t separator(clus_str s)
{
    if (s.len && s.data[0] == ':')
        return 1;
    if (str_starts(s, " — ") || str_starts(s, " – "))
        return strlen(" — ");
    if (str_starts(s, " - ") || str_starts(s, " : "))
        return 3;
    return 0;
}

enum label_kind label_of_line(clus_str line, clus_str *value)
{
    size_t len = 0, used;
    while (len < line.len && utf8_is_letter(utf8_next(str_sub(line, len), &used)))
        len += used;
    size_t gap = separator(str_sub(line, len));
    if (len == 0 || gap == 0)
        return LABEL_NONE;
    struct text folded = {0};
    enum label_kind kind = LABEL_NONE;
    page_fold(&folded, (clus_str){line.data, len});
    for (size_t i = 0; i < sizeof labels / sizeof *labels && kind == LABEL_NONE; i++)
        if (str_is(text_view(&folded), labels[i].text))
            kind = labels[i].kind;
    text_done(&folded);
    *value = str_trim(str_sub(line, len + gap));
    return kind;
}
