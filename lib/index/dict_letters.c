/* Letters that have codes in the strings of a dictionary. */
#include "index/dict_letters.h"

/* U+0430 to U+045F in order, then those of Kazakh: ғ қ ң ү ұ һ ә ө. */
const uint16_t clus__dict_letters[LETTERS_END - LETTERS_FIRST] = {
    0xB0D0, 0xB1D0, 0xB2D0, 0xB3D0, 0xB4D0, 0xB5D0, 0xB6D0, 0xB7D0, 0xB8D0, 0xB9D0,
    0xBAD0, 0xBBD0, 0xBCD0, 0xBDD0, 0xBED0, 0xBFD0, 0x80D1, 0x81D1, 0x82D1, 0x83D1,
    0x84D1, 0x85D1, 0x86D1, 0x87D1, 0x88D1, 0x89D1, 0x8AD1, 0x8BD1, 0x8CD1, 0x8DD1,
    0x8ED1, 0x8FD1, 0x90D1, 0x91D1, 0x92D1, 0x93D1, 0x94D1, 0x95D1, 0x96D1, 0x97D1,
    0x98D1, 0x99D1, 0x9AD1, 0x9BD1, 0x9CD1, 0x9DD1, 0x9ED1, 0x9FD1, 0x93D2, 0x9BD2,
    0xA3D2, 0xAFD2, 0xB1D2, 0xBBD2, 0x99D3, 0xA9D3};

uint8_t clus__dict_other_code(uint16_t letter)
{
    for (unsigned i = 48; i < LETTERS_END - LETTERS_FIRST; i++)
        if (clus__dict_letters[i] == letter)
            return (uint8_t)(LETTERS_FIRST + i);
    return 0;
}

size_t clus__dict_encode(struct bytes text, uint8_t *out)
{
    size_t n = 0;
    const uint8_t *end = text.data + text.len;
    for (const uint8_t *p = text.data; p < end;) {
        const uint8_t code = clus__dict_code_at(p, end);
        if (code == 0)
            return SIZE_MAX;
        out[n++] = code;
        p += clus__dict_is_letter(code) ? 2 : 1;
    }
    return n;
}
