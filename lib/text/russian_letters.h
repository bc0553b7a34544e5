/* Russian letters as numbers, by their names in Unicode: а is 1, я 32. */
#ifndef CLUS_TEXT_RUSSIAN_LETTERS_H
#define CLUS_TEXT_RUSSIAN_LETTERS_H

#include <stdint.h>

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

#endif
