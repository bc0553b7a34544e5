/* Shares of 46,800 words of reviews: ә а 95 %, ғ г 94, қ к 96, ң н 94, ө о 97, ұ у 90 and ү
 * 7, ү у 92 and ұ 4, һ х 100, і и 59 and ы 27; ы also stands for и (11). */
#include "text/kk_letters.h"

#include "base/utf8.h"

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

/* ---- endings ---- */

enum { A = 0x430, GE = 0x433, E = 0x435, I = 0x438, KA = 0x43A, Y = 0x44B };

/* 1 for a front vowel, -1 for a back one, 0 for letters that go with both. */
static int harmony_of(int32_t c)
{
    switch (c) {
    case E:
    case 0x44D: /* э */
    case 0x456: /* і */
    case 0x4AF: /* ү */
    case 0x4D9: /* ә */
    case 0x4E9: /* ө */ return 1;
    case A:
    case 0x43E: /* о */
    case Y:
    case 0x44F: /* я */
    case 0x4B1: /* ұ */ return -1;
    default: return 0;
    }
}

bool clus__kk_is_front(struct bytes stem)
{
    size_t used;
    int last = 0;
    for (size_t at = 0; at < stem.len; at += used) {
        int one = harmony_of(clus__code_at(stem, at, &used));
        last = one ? one : last;
    }
    return last > 0;
}

int32_t clus__kk_voiced(int32_t stem_end, int32_t written)
{
    if (written == GE)
        return stem_end == 0x49B ? 0x493 : stem_end == KA ? GE : 0;
    return written == 0x431 && stem_end == 0x43F ? written : 0; /* б, п */
}

/* What a letter of an ending is among front vowels, or before one. */
static int32_t meant_in_ending(int32_t c, bool front, bool before_front)
{
    switch (c) {
    case GE: return before_front ? c : 0x493; /* ғ */
    case KA: return before_front ? c : 0x49B; /* қ */
    case I:
    case Y: return front ? 0x456 : c; /* і */
    default: return c;
    }
}

void clus__kk_ending(bool front, const int32_t *letters, size_t n, unsigned ng,
                     int32_t *out)
{
    for (size_t i = 0; i < n; i++) {
        int32_t c = letters[i], next = i + 1 < n ? letters[i + 1] : 0;
        if (c == A || c == E)
            front = c == E;
        bool before_front = next == E || (next != A && front);
        out[i] = meant_in_ending(c, front, before_front);
        if (c != KK_EN)
            continue;
        if (ng & 1)
            out[i] = 0x4A3; /* ң */
        ng >>= 1;
    }
}
