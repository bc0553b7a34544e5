/* Fill the character arrays from ICU's properties. */
#include "text/classes.h"

#include <stdbool.h>
#include <string.h>

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>

clus_status clus__icu_status(int icu_error)
{
    if (icu_error <= U_ZERO_ERROR) /* warnings are negative */
        return CLUS_OK;
    return icu_error == U_MEMORY_ALLOCATION_ERROR ? CLUS_E_NOMEM : CLUS_E_IO;
}

static uint8_t class_of_property(UChar32 c)
{
    switch (u_getIntPropertyValue(c, UCHAR_WORD_BREAK)) {
    case U_WB_OTHER:
    case U_WB_CR:
    case U_WB_LF:
    case U_WB_NEWLINE:
    case U_WB_WSEGSPACE: return WB_OTHER;
    case U_WB_ALETTER: return WB_LETTER;
    case U_WB_NUMERIC: return WB_DIGIT;
    case U_WB_MIDLETTER: return WB_MID_LETTER;
    case U_WB_MIDNUM: return WB_MID_DIGIT;
    case U_WB_MIDNUMLET:
    case U_WB_SINGLE_QUOTE: return WB_MID_BOTH;
    case U_WB_EXTENDNUMLET: return WB_JOINER;
    case U_WB_EXTEND:
    case U_WB_FORMAT: return WB_IGNORED;
    default: return WB_ICU;
    }
}

static uint8_t word_break_class(UChar32 c)
{
    uint8_t class = class_of_property(c);
    if (c == '@' || c == ':')
        class = WB_OTHER;
    if (c == '.' || c == 0x2024)
        class = WB_MID_DIGIT;
    if (c == '.' || c == '!' || c == '?' || c == 0x85 || c == 0x2026 || c == 0x2028 ||
        c == 0x2029) /* with … and the breaks of lines */
        class |= WB_STOP;
    return class;
}

uint8_t clus__script_from_icu(uint32_t c)
{
    UErrorCode e = U_ZERO_ERROR;
    UScriptCode script = uscript_getScript((UChar32)c, &e);
    if (U_FAILURE(e) || !u_isalpha((UChar32)c))
        return SCRIPT_NONE;
    return script == USCRIPT_LATIN      ? SCRIPT_LATIN
           : script == USCRIPT_CYRILLIC ? SCRIPT_CYRILLIC
                                        : SCRIPT_OTHER;
}

/* A character stands for itself in a quick fold when neither it nor what it folds to can
 * combine with a neighbour. */
static uint16_t fold_of(const UNormalizer2 *fold, UChar32 c)
{
    if (c == 0x300 || c == 0x301)
        return FOLD_STRESS;
    if (c == 0x400 || c == 0x401 || c == 0x450 || c == 0x451) /* ё, and е stressed */
        return 0x435;
    if (c == 0x40D || c == 0x45D) /* и stressed */
        return 0x438;
    if (c == 0x2BB || c == 0x2BC) /* letters that look and serve as an apostrophe */
        return '\'';
    if (u_getCombiningClass(c) != 0)
        return FOLD_SLOW;
    UChar in[2], out[8];
    int32_t n = 0;
    U16_APPEND_UNSAFE(in, n, c);
    UErrorCode e = U_ZERO_ERROR;
    int32_t len = unorm2_normalize(fold, in, n, out, 8, &e);
    if (U_FAILURE(e))
        return FOLD_SLOW;
    if (len == 0)
        return FOLD_DROP;
    bool plain = len == 1 && out[0] != 0 && out[0] < CLASS_LOW_END;
    return plain ? out[0] : FOLD_SLOW;
}

clus_status clus__classes_build(struct classes *classes)
{
    UErrorCode e = U_ZERO_ERROR;
    const UNormalizer2 *fold = unorm2_getNFKCCasefoldInstance(&e);
    if (U_FAILURE(e))
        return clus__icu_status(e);
    memset(classes, 0, sizeof *classes);
    for (UChar32 c = 0; c < CLASS_LOW_END; c++) {
        classes->word_break[c] = word_break_class(c);
        classes->script[c] = clus__script_from_icu((uint32_t)c);
        classes->fold[c] = fold_of(fold, c);
    }
    for (UChar32 c = CLASS_PUNCT; c < CLASS_PUNCT_END; c++)
        classes->word_break[clus__class_index((uint32_t)c)] = word_break_class(c);
    return CLUS_OK;
}
