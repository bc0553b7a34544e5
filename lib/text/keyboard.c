/* Tables by the character that a key gives in the Latin layout without shift. */
#include "text/keyboard.h"

#include "base/chars.h"
#include "base/utf8.h"

enum { ASCII = 128 };

static const uint16_t russian[ASCII] = {
    ['q'] = 0x439, ['w'] = 0x446, ['e'] = 0x443,  ['r'] = 0x43A, ['t'] = 0x435,
    ['y'] = 0x43D, ['u'] = 0x433, ['i'] = 0x448,  ['o'] = 0x449, ['p'] = 0x437,
    ['['] = 0x445, [']'] = 0x44A, ['a'] = 0x444,  ['s'] = 0x44B, ['d'] = 0x432,
    ['f'] = 0x430, ['g'] = 0x43F, ['h'] = 0x440,  ['j'] = 0x43E, ['k'] = 0x43B,
    ['l'] = 0x434, [';'] = 0x436, ['\''] = 0x44D, ['z'] = 0x44F, ['x'] = 0x447,
    ['c'] = 0x441, ['v'] = 0x43C, ['b'] = 0x438,  ['n'] = 0x442, ['m'] = 0x44C,
    [','] = 0x431, ['.'] = 0x44E, ['`'] = 0x451,
};

static const uint16_t kazakh[ASCII] = {
    ['2'] = 0x4D9, ['3'] = 0x456, ['4'] = 0x4A3, ['5'] = 0x493, ['8'] = 0x4AF,
    ['9'] = 0x4B1, ['0'] = 0x49B, ['-'] = 0x4E9, ['='] = 0x4BB,
};

/* Keys of the signs that shift makes of others. */
static const char shifted[ASCII] = {
    ['{'] = '[', ['}'] = ']', [':'] = ';', ['"'] = '\'', ['<'] = ',', ['>'] = '.',
    ['~'] = '`', ['@'] = '2', ['#'] = '3', ['$'] = '4',  ['%'] = '5', ['*'] = '8',
    ['('] = '9', [')'] = '0', ['_'] = '-', ['+'] = '=',
};

/* Rows of keys: a key's neighbours are beside it, and at its column and the one before in
 * the row below. */
static const char *const rows[] = {"1234567890-=", "qwertyuiop[]", "asdfghjkl;'",
                                   "zxcvbnm,."};
enum { ROWS = sizeof rows / sizeof *rows };

static bool is_cyrillic(int32_t c)
{
    return c >= 0x400 && c < 0x530;
}

/* The key that gives a sign of the Latin layout. */
static int32_t key_of_sign(int32_t c)
{
    return c >= 0 && c < ASCII && shifted[c] ? shifted[c] : c;
}

static int32_t find_key(const uint16_t table[ASCII], int32_t letter)
{
    for (int32_t key = 1; key < ASCII; key++)
        if (table[key] == letter)
            return key;
    return 0;
}

static int32_t in_table(const uint16_t table[ASCII], int32_t key)
{
    return key >= 0 && key < ASCII ? table[key] : 0;
}

/* One character in the layout meant, 0 for none. *proof: it tells that the slip happened,
 * where the same characters could be right as they are. */
static int32_t retype(int32_t c, enum keyboard_slip slip, bool *proof)
{
    int32_t key = key_of_sign(c), out;
    switch (slip) {
    case SLIP_LATIN_FOR_RUSSIAN:
        *proof |= clus__is_letter(c);
        return in_table(russian, key);
    case SLIP_LATIN_FOR_KAZAKH:
        out = in_table(kazakh, key);
        *proof |= out != 0;
        return out ? out : in_table(russian, key);
    case SLIP_RUSSIAN_FOR_KAZAKH:
        out = in_table(kazakh, key);
        *proof |= out != 0;
        return out ? out : is_cyrillic(c) ? c : 0;
    case SLIP_CYRILLIC_FOR_LATIN:
        *proof = true;
        out = is_cyrillic(c) ? find_key(russian, c) : 0;
        return clus__is_letter(out) ? out : 0;
    case SLIP_COUNT: break;
    }
    return 0;
}

size_t clus__keyboard_retype(struct bytes word, enum keyboard_slip slip,
                             uint8_t out[KEYBOARD_MAX_OUT])
{
    size_t n = 0, used;
    bool proof = false, letter = false;
    if (word.len > KEYBOARD_MAX)
        return 0;
    for (size_t at = 0; at < word.len; at += used) {
        int32_t c = clus__to_lower(clus__code_at(word, at, &used));
        int32_t meant = retype(c, slip, &proof);
        if (meant == 0)
            return 0;
        letter |= clus__is_letter(c);
        n += clus__code_put(out + n, meant);
    }
    return proof && letter ? n : 0;
}

/* Row and column of the key of a letter; false where no table has it. */
static bool place_of(int32_t letter, int *row, int *column)
{
    int32_t key = letter;
    if (is_cyrillic(letter)) {
        key = find_key(russian, letter);
        key = key ? key : find_key(kazakh, letter);
    }
    for (int r = 0; key > 0 && r < ROWS; r++)
        for (int c = 0; rows[r][c]; c++)
            if (rows[r][c] == key) {
                *row = r;
                *column = c;
                return true;
            }
    return false;
}

bool clus__keyboard_near(int32_t a, int32_t b)
{
    int row_a, column_a, row_b, column_b;
    if (is_cyrillic(a) != is_cyrillic(b) || !place_of(a, &row_a, &column_a) ||
        !place_of(b, &row_b, &column_b))
        return false;
    if (row_a == row_b)
        return column_a - column_b == 1 || column_b - column_a == 1;
    int shift = row_a < row_b ? column_a - column_b : column_b - column_a;
    return (row_a - row_b == 1 || row_b - row_a == 1) && (shift == 0 || shift == 1);
}
