/* Where sentences begin. */
#include "snippet/sentence.h"

#include "base/chars.h"
#include "base/utf8.h"

enum { EN_DASH = 0x2013, EM_DASH = 0x2014, ELLIPSIS = 0x2026, BULLET = 0x2022 };

static int32_t code_at(struct bytes text, size_t at)
{
    size_t used;
    return at < text.len ? clus__code_at(text, at, &used) : CODE_BAD;
}

static int32_t code_before(struct bytes text, size_t at, size_t *from)
{
    *from = clus__code_before(text, at);
    return code_at(text, *from);
}

static bool is_blank(int32_t c)
{
    return c != CODE_BAD && clus__is_blank(c);
}

size_t clus__skip_blanks(struct bytes text, size_t at)
{
    size_t used;
    while (at < text.len && is_blank(clus__code_at(text, at, &used)))
        at += used;
    return at;
}

size_t clus__skip_blanks_back(struct bytes text, size_t at)
{
    size_t from;
    while (at > 0 && is_blank(code_before(text, at, &from)))
        at = from;
    return at;
}

static bool is_dash(int32_t c)
{
    return c == '-' || c == EN_DASH || c == EM_DASH;
}

static bool begins_like_sentence(struct bytes text, size_t at)
{
    size_t used;
    if (at >= text.len)
        return false;
    int32_t c = clus__code_at(text, at, &used);
    if (is_dash(c)) {
        size_t behind = clus__skip_blanks(text, at + used);
        if (behind == at + used || behind >= text.len)
            return false;
        c = clus__code_at(text, behind, &used);
    }
    return clus__is_upper(c) || (c >= 0x530 && clus__is_letter(c)) || c == '"' ||
           c == '(' || c == '[' || c == 0xAB || c == 0x201C || c == 0x201E;
}

static bool closes(int32_t c)
{
    return c == '"' || c == ')' || c == ']' || c == 0xBB || c == 0x201C || c == 0x201D;
}

/* The word of at most 8 letters that ends at `end`; SIZE_MAX for none or a longer one. */
static size_t word_before(struct bytes text, size_t end, size_t *letters)
{
    enum { LONGEST = 8 };
    size_t from = end, before;
    for (*letters = 0; from > 0 && *letters <= LONGEST; ++*letters) {
        if (!clus__is_letter(code_before(text, from, &before)))
            break;
        from = before;
    }
    return *letters > 0 && *letters <= LONGEST ? from : SIZE_MAX;
}

static bool is_listed(struct bytes word)
{
    static const char *const words[] = {
        "акад", "гг", "гос",  "доц",  "др",  "ед",  "жж",   "зам",  "изд",   "им",   "кв",
        "кг",   "км", "коп",  "корп", "көш", "мин", "млн",  "млрд", "напр",  "наст", "обл",
        "оз",   "оф", "пер",  "пл",   "пос", "пр",  "прим", "проф", "просп", "ред",  "рис",
        "руб",  "сб", "св",   "см",   "ср",  "ст",  "стр",  "табл", "тг",    "тел",  "трлн",
        "тыс",  "ул", "факс", "чел",  "экз", "mr",  "mrs",  "dr",   "vs",    "etc",  "no",
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct bytes listed = {(const uint8_t *)words[i], strlen(words[i])};
        if (clus__same_name(word, listed))
            return true;
    }
    return false;
}

static bool is_list_number(struct bytes text, size_t dot)
{
    size_t at = dot;
    while (at > 0 && dot - at < 3 && clus__is_digit(text.data[at - 1]))
        at--;
    return at < dot && dot - at < 3 && (at == 0 || text.data[at - 1] == '\n');
}

/* The point at `dot` belongs to a shortened word, to initials, or to a number in a list. */
static bool is_abbreviation(struct bytes text, size_t dot)
{
    size_t letters, before, from = word_before(text, dot, &letters);
    if (from == SIZE_MAX)
        return letters == 0 && is_list_number(text, dot);
    if (letters == 1)
        return true; /* г., с., А. */
    if (letters <= 2 && from > 0 && code_before(text, from, &before) == '.' &&
        word_before(text, before, &letters) != SIZE_MAX && letters <= 2)
        return true; /* т.е., н.э. */
    return is_listed((struct bytes){text.data + from, dot - from});
}

static bool ends_sentence(struct bytes text, size_t end)
{
    size_t from;
    int32_t c = end > 0 ? code_before(text, end, &from) : CODE_BAD;
    while (closes(c)) {
        end = from;
        c = end > 0 ? code_before(text, end, &from) : CODE_BAD;
    }
    return c == '!' || c == '?' || c == ELLIPSIS ||
           (c == '.' && !is_abbreviation(text, end - 1));
}

static size_t count_lines(struct bytes text, size_t from, size_t end)
{
    size_t n = 0;
    for (size_t i = from; i < end; i++)
        n += text.data[i] == '\n' || (text.data[i] == '\r' && text.data[i + 1] != '\n');
    return n;
}

bool clus__sentence_begins(struct bytes text, size_t at)
{
    if (at == 0)
        return true;
    if (at >= text.len || is_blank(code_at(text, at)))
        return false;
    size_t end = clus__skip_blanks_back(text, at);
    if (end == at)
        return false;
    size_t lines = count_lines(text, end, at);
    if (end == 0 || lines >= 2)
        return true;
    int32_t c = code_at(text, at);
    bool begins = begins_like_sentence(text, at);
    if (lines == 1 && (begins || clus__is_digit(c) || c == BULLET))
        return text.data[end - 1] != ',';
    return begins && ends_sentence(text, end);
}

size_t clus__sentence_start(struct bytes text, size_t at, size_t least)
{
    size_t from = at;
    while (!clus__sentence_begins(text, from)) {
        if (from == 0)
            return 0;
        from = clus__code_before(text, from);
        if (from < least)
            return SIZE_MAX;
    }
    return from;
}

size_t clus__sentence_end(struct bytes text, size_t at, size_t most)
{
    size_t used;
    for (; at < text.len; at += used) {
        if (at > 0 && clus__sentence_begins(text, at))
            break;
        (void)clus__code_at(text, at, &used);
        if (at > most && !is_blank(code_at(text, at)))
            return SIZE_MAX;
    }
    size_t end = clus__skip_blanks_back(text, at < text.len ? at : text.len);
    return end > most ? SIZE_MAX : end;
}
