/* Coarse classes of code points. */
#include "base/chars.h"

#include "base/utf8.h"

bool clus__is_blank(int32_t c)
{
    if (c < 0x80)
        return c <= ' ' || c == 0x7F;
    return c <= 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200B) ||
           (c >= 0x2028 && c <= 0x2029) || c == 0x202F || c == 0x205F || c == 0x3000 ||
           c == 0xFEFF;
}

struct span {
    int32_t first, last;
};

/* Blocks from U+0080 on that hold signs, not letters. */
static const struct span signs[] = {
    {0x80, 0xA9},     {0xAB, 0xB4},     {0xB6, 0xB9},       {0xBB, 0xBF},
    {0xD7, 0xD7},     {0xF7, 0xF7},     {0x2C2, 0x2C5},     {0x2D2, 0x2DF},
    {0x37E, 0x37E},   {0x387, 0x387},   {0x482, 0x482},     {0x55A, 0x55F},
    {0x589, 0x58F},   {0x5BE, 0x5BE},   {0x600, 0x60F},     {0x61B, 0x61F},
    {0x66A, 0x66D},   {0x6D4, 0x6D4},   {0x1680, 0x1680},   {0x2000, 0x200B},
    {0x200E, 0x206F}, {0x20A0, 0x20CF}, {0x2100, 0x2BFF},   {0x2E00, 0x2E7F},
    {0x3000, 0x3004}, {0x3008, 0x3020}, {0x3030, 0x3030},   {0xE000, 0xF8FF},
    {0xFE10, 0xFE1F}, {0xFE30, 0xFE6F}, {0xFEFF, 0xFEFF},   {0xFF01, 0xFF0F},
    {0xFF1A, 0xFF20}, {0xFFE0, 0xFFFF}, {0x1F000, 0x1FAFF}, {0xE0000, 0x10FFFF},
};

static bool is_in(const struct span *spans, size_t n, int32_t c)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (c > spans[middle].last)
            low = middle + 1;
        else if (c < spans[middle].first)
            high = middle;
        else
            return true;
    }
    return false;
}

bool clus__is_letter(int32_t c)
{
    if (c < 0x80)
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (c >= 0x400 && c < 0x530) /* Cyrillic, the usual case */
        return c != 0x482;
    return !is_in(signs, sizeof signs / sizeof *signs, c);
}

/* Marks of the scripts that are met in practice, by block where a block has few others. */
static const struct span extending[] = {
    {0x300, 0x36F},     {0x483, 0x489},     {0x591, 0x5BD},     {0x5BF, 0x5BF},
    {0x5C1, 0x5C2},     {0x5C4, 0x5C5},     {0x5C7, 0x5C7},     {0x610, 0x61A},
    {0x64B, 0x65F},     {0x670, 0x670},     {0x6D6, 0x6DC},     {0x6DF, 0x6E4},
    {0x6E7, 0x6E8},     {0x6EA, 0x6ED},     {0x730, 0x74A},     {0x8D3, 0x903},
    {0x93A, 0x93C},     {0x93E, 0x94F},     {0x981, 0x983},     {0x9BC, 0x9BC},
    {0x9BE, 0x9CD},     {0xA3C, 0xA51},     {0xB3C, 0xB3C},     {0xB3E, 0xB57},
    {0xBBE, 0xBCD},     {0xC3E, 0xC56},     {0xCBE, 0xCD6},     {0xD3E, 0xD4D},
    {0xE31, 0xE31},     {0xE34, 0xE3A},     {0xE47, 0xE4E},     {0xF71, 0xF84},
    {0x102B, 0x103E},   {0x1160, 0x11FF},   {0x135D, 0x135F},   {0x17B4, 0x17D3},
    {0x1AB0, 0x1AFF},   {0x1DC0, 0x1DFF},   {0x200C, 0x200D},   {0x20D0, 0x20FF},
    {0x302A, 0x302F},   {0x3099, 0x309A},   {0xFE00, 0xFE0F},   {0xFE20, 0xFE2F},
    {0x1F3FB, 0x1F3FF}, {0xE0020, 0xE007F}, {0xE0100, 0xE01EF},
};

bool clus__is_extending(int32_t c)
{
    return c >= 0x300 && is_in(extending, sizeof extending / sizeof *extending, c);
}

static bool is_pair_block(int32_t c) /* upper case at even places, lower case behind it */
{
    return (c >= 0x100 && c <= 0x137 && c != 0x130 && c != 0x131) ||
           (c >= 0x14A && c <= 0x177) || (c >= 0x460 && c <= 0x481) ||
           (c >= 0x48A && c <= 0x4BF) || (c >= 0x4D0 && c <= 0x52F) ||
           (c >= 0x1E00 && c <= 0x1E95) || (c >= 0x1EA0 && c <= 0x1EFF);
}

static bool is_odd_pair_block(int32_t c) /* upper case at odd places */
{
    return (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E) ||
           (c >= 0x4C1 && c <= 0x4CE);
}

int32_t clus__to_lower(int32_t c)
{
    if (c < 0x80)
        return c >= 'A' && c <= 'Z' ? c + 32 : c;
    if (c >= 0x410 && c <= 0x42F)
        return c + 32;
    if (c >= 0x400 && c <= 0x40F)
        return c + 80;
    if (c >= 0xC0 && c <= 0xDE && c != 0xD7)
        return c + 32;
    if ((c >= 0x391 && c <= 0x3A9 && c != 0x3A2))
        return c + 32;
    if (is_pair_block(c))
        return c | 1;
    if (is_odd_pair_block(c))
        return c + (c & 1);
    return c == 0x4C0 ? 0x4CF : c;
}

bool clus__is_upper(int32_t c)
{
    return clus__to_lower(c) != c;
}

bool clus__has_alnum(struct bytes text)
{
    size_t used;
    for (size_t at = 0; at < text.len; at += used) {
        int32_t c = clus__code_at(text, at, &used);
        if (c != CODE_BAD && (clus__is_alnum(c) || c >= 0x10000))
            return true;
    }
    return false;
}

bool clus__same_name(struct bytes a, struct bytes b)
{
    size_t i = 0, j = 0, used_a, used_b;
    while (i < a.len && j < b.len) {
        int32_t x = clus__code_at(a, i, &used_a), y = clus__code_at(b, j, &used_b);
        if (x == CODE_BAD || y == CODE_BAD || clus__to_lower(x) != clus__to_lower(y))
            return false;
        i += used_a;
        j += used_b;
    }
    return i == a.len && j == b.len;
}
