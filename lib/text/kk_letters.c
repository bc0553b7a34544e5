/* Shares of 46,800 words of reviews: ә а 95 %, ғ г 94, қ к 96, ң н 94, ө о 97, ұ у 90 and ү
 * 7, ү у 92 and ұ 4, һ х 100, і и 59 and ы 27; ы also stands for и (11). */
#include "text/kk_letters.h"

struct row {
    uint16_t letter, out[KK_LETTERS_MAX]; /* ascending, 0 at the end */
};

static const struct row meant[] = {
    {0x430, {0x430, 0x4D9}},        /* а: ә */
    {0x433, {0x433, 0x493}},        /* г: ғ */
    {0x438, {0x438, 0x456}},        /* и: і */
    {0x43A, {0x43A, 0x49B}},        /* к: қ */
    {0x43D, {0x43D, 0x4A3}},        /* н: ң */
    {0x43E, {0x43E, 0x4E9}},        /* о: ө */
    {0x443, {0x443, 0x4AF, 0x4B1}}, /* у: ү ұ */
    {0x445, {0x445, 0x4BB}},        /* х: һ */
    {0x44B, {0x438, 0x44B, 0x456}}, /* ы: и і */
    {0x4AF, {0x4AF, 0x4B1}},        /* ү: ұ */
    {0x4B1, {0x4AF, 0x4B1}},        /* ұ: ү */
};

static const struct row typed[] = {
    {0x456, {0x438, 0x44B}}, {0x493, {0x433}}, {0x49B, {0x43A}},
    {0x4A3, {0x43D}},        {0x4AF, {0x443}}, {0x4B1, {0x443}},
    {0x4BB, {0x445}},        {0x4D9, {0x430}}, {0x4E9, {0x43E}},
};

enum { MEANT = sizeof meant / sizeof *meant, TYPED = sizeof typed / sizeof *typed };

static size_t look_up(const struct row *rows, size_t n_rows, int32_t c,
                      int32_t out[KK_LETTERS_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < n_rows; i++)
        if (rows[i].letter == c) {
            for (; n < KK_LETTERS_MAX && rows[i].out[n]; n++)
                out[n] = rows[i].out[n];
            return n;
        }
    out[0] = c;
    return 1;
}

bool clus__kk_is_letter(int32_t c)
{
    for (size_t i = 0; i < TYPED; i++)
        if (typed[i].letter == c)
            return true;
    return false;
}

size_t clus__kk_meant(int32_t c, int32_t out[KK_LETTERS_MAX])
{
    return look_up(meant, MEANT, c, out);
}

size_t clus__kk_typed(int32_t c, int32_t out[KK_LETTERS_MAX])
{
    return look_up(typed, TYPED, c, out);
}
