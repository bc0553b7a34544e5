/* Russian letters as numbers, by their names in Unicode: а is 1, я 32. */
#ifndef CLUS_TEXT_RUSSIAN_LETTERS_H
#define CLUS_TEXT_RUSSIAN_LETTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/le.h"

/* clang-format off */
enum russian_letter {
    RU_A = 1, RU_BE, RU_VE, RU_GHE, RU_DE, RU_IE, RU_ZHE, RU_ZE, RU_I, RU_SHORT_I, RU_KA,
    RU_EL, RU_EM, RU_EN, RU_O, RU_PE, RU_ER, RU_ES, RU_TE, RU_U, RU_EF, RU_HA, RU_TSE,
    RU_CHE, RU_SHA, RU_SHCHA, RU_HARD, RU_YERU, RU_SOFT, RU_E, RU_YU, RU_YA
};
/* clang-format on */

/* The letter in UTF-8 at p, of two bytes; 0 for any other two. Without jumps that depend on
 * the letter: а to п are D0 B0 … D0 BF, р to я D1 80 … D1 8F. */
static inline unsigned clus__russian_letter(const uint8_t *p)
{
    unsigned raw = clus__le16(p), second_row = raw & 1;
    if (((raw & 0xF0FF) ^ 0xB0D0) != second_row * 0x3001)
        return 0;
    return (raw >> 8 & 0xF) + 1 + 16 * second_row;
}

/* Whether all of a text is such letters, to which folding does nothing. */
static inline bool clus__is_russian(struct bytes text)
{
    enum { FOUR = 8 }; /* bytes of as many letters */
    const uint64_t fixed = 0xF0FFF0FFF0FFF0FFu, first = 0xB0D0B0D0B0D0B0D0u;
    if (text.len % 2 != 0)
        return false;
    if (text.len < FOUR) {
        for (size_t i = 0; i < text.len; i += 2)
            if (!clus__russian_letter(text.data + i))
                return false;
        return true;
    }
    const uint8_t *last = text.data + text.len - FOUR;
    for (const uint8_t *p = text.data;; p += FOUR) {
        p = p < last ? p : last;
        uint64_t differ = (clus__le64(p) & fixed) ^ first;
        if (differ != (differ & 0x0001000100010001u) * 0x3001)
            return false;
        if (p == last)
            return true;
    }
}

#endif
