/*
 * The automaton cuts words where ICU cuts them. The reference here runs ICU over the whole
 * string at once and knows nothing of pieces, tables or blanks; it shares with the library
 * only the documented overrides: '@' and ':' break, '.' joins digits only, and a word needs
 * more than underscores.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/ustring.h>

#include "text/segment.h"

struct fixture {
    struct classes classes;
    struct segmenter *segmenter, *plain_c; /* of this machine's level; without vectors */
    UBreakIterator *reference;
};

static int make_fixture(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    UErrorCode e = U_ZERO_ERROR;
    f->reference = ubrk_open(UBRK_WORD, "root", NULL, 0, &e);
    if (U_FAILURE(e) || clus__classes_build(&f->classes) != CLUS_OK ||
        clus__segmenter_new(&f->classes, clus__cpu_best(), &f->segmenter) != CLUS_OK ||
        clus__segmenter_new(&f->classes, CPU_SCALAR, &f->plain_c) != CLUS_OK)
        return -1;
    *state = f;
    return 0;
}

static int free_fixture(void **state)
{
    struct fixture *f = *state;
    clus__segmenter_free(f->segmenter);
    clus__segmenter_free(f->plain_c);
    ubrk_close(f->reference);
    free(f);
    return 0;
}

static UChar overridden(UChar c)
{
    if (c == '@' || c == ':')
        return '!';
    return c == '.' || c == 0x2024 || c == 0xFE52 || c == 0xFF0E ? ',' : c;
}

/* ICU's status misses a letter before an underscore and a mark, and calls underscores alone
 * a word. */
static bool is_word(const UChar *units, int32_t from, int32_t to, int32_t status)
{
    bool more = false;
    while (from < to) {
        UChar32 c;
        U16_NEXT(units, from, to, c);
        int32_t class = u_getIntPropertyValue(c, UCHAR_WORD_BREAK);
        if (class == U_WB_ALETTER || class == U_WB_NUMERIC || class == U_WB_HEBREW_LETTER ||
            class == U_WB_KATAKANA)
            return true;
        more |= class != U_WB_EXTENDNUMLET && class != U_WB_EXTEND &&
                class != U_WB_FORMAT && class != U_WB_ZWJ;
    }
    return more && status >= UBRK_WORD_NUMBER;
}

/* Words by ICU as byte offsets; the text is valid UTF-8. */
static size_t reference_words(UBreakIterator *it, const char *text, struct token *out)
{
    size_t len = strlen(text);
    UChar *units = calloc(len + 1, sizeof *units);
    uint32_t *bytes = calloc(len + 2, sizeof *bytes); /* where each unit starts */
    int32_t n_units = 0;
    UErrorCode e = U_ZERO_ERROR;
    u_strFromUTF8(units, (int32_t)len + 1, &n_units, text, (int32_t)len, &e);
    assert_true(U_SUCCESS(e));
    for (uint32_t i = 0, unit = 0; i < len; i++) {
        bool tail = ((unsigned char)text[i] & 0xC0) == 0x80;
        if (tail)
            continue;
        bytes[unit++] = i;
        if ((unsigned char)text[i] >= 0xF0)
            bytes[unit++] = i;
    }
    bytes[n_units] = (uint32_t)len;
    for (int32_t i = 0; i < n_units; i++)
        units[i] = overridden(units[i]);
    ubrk_setText(it, units, n_units, &e);
    size_t n = 0;
    int32_t from = ubrk_first(it);
    for (int32_t to; (to = ubrk_next(it)) != UBRK_DONE; from = to) {
        if (!is_word(units, from, to, ubrk_getRuleStatus(it)))
            continue;
        /* A zero-width joiner may tie a letter to the blank before it. */
        while (from < to && units[from] <= ' ')
            from++;
        out[n++] = (struct token){.start = bytes[from], .end = bytes[to]};
    }
    free(bytes);
    free(units);
    return n;
}

/* Words, flags and malformed bytes are the same on every level. */
static void compare_levels(struct fixture *f, struct bytes text)
{
    struct token_list got = {0}, plain = {0};
    assert_int_equal(clus__segment(f->segmenter, text, &got), CLUS_OK);
    assert_int_equal(clus__segment(f->plain_c, text, &plain), CLUS_OK);
    assert_int_equal(got.n, plain.n);
    assert_int_equal(got.invalid, plain.invalid);
    for (size_t i = 0; i < got.n; i++) {
        assert_int_equal(got.items[i].start, plain.items[i].start);
        assert_int_equal(got.items[i].end, plain.items[i].end);
        assert_int_equal(got.items[i].why, plain.items[i].why);
    }
    clus__token_list_done(&got);
    clus__token_list_done(&plain);
}

static void compare(struct fixture *f, const char *text)
{
    struct token *expected = calloc(strlen(text) + 1, sizeof *expected);
    size_t n = reference_words(f->reference, text, expected);
    struct bytes bytes = {(const uint8_t *)text, strlen(text)};
    struct token_list got = {0}, by_icu = {0};
    assert_int_equal(clus__segment(f->segmenter, bytes, &got), CLUS_OK);
    assert_int_equal(clus__segment_by_icu(f->segmenter, bytes, &by_icu), CLUS_OK);
    bool same = got.n == n && by_icu.n == n && got.invalid == 0;
    for (size_t i = 0; same && i < n; i++)
        same = got.items[i].start == expected[i].start &&
               got.items[i].end == expected[i].end &&
               got.items[i].why == by_icu.items[i].why &&
               by_icu.items[i].start == expected[i].start &&
               by_icu.items[i].end == expected[i].end;
    if (!same) {
        print_message("# differs from ICU: \"%s\"\n", text);
        for (size_t i = 0; i < n; i++)
            print_message("# expected %u-%u\n", expected[i].start, expected[i].end);
        for (size_t i = 0; i < got.n; i++)
            print_message("# got %u-%u\n", got.items[i].start, got.items[i].end);
    }
    assert_true(same);
    compare_levels(f, bytes);
    clus__token_list_done(&got);
    clus__token_list_done(&by_icu);
    free(expected);
}

static void agrees_on_samples(void **state)
{
    static const char *const samples[] = {
        "",
        "Слово, ещё слово — и точка.",
        "Қазақстан Республикасының 2030 жылға дейінгі бағдарламасы",
        "The quick (\"brown\") fox can't jump 32.3 feet, right?",
        "ivan.petrov@mail.example https://www.example.kz:8080/a/b_c?d=e&f=%20 ftp://x",
        "из-за 10-шы 5% $3.50 1,000,000.00 1.2.3.4 1..2 1,,2 a..b 3.a a.3 a,b 1;2 _a_ _ __ "
        "_1",
        "об'єкт d’Artagnan rock'n'roll 'quoted' it''s a·b a··b a:b",
        "за\u0301мок под\u00ADъезд е\u0308лка \u0301в \u00ADх a\u0301'\u0301b a'\u0301 "
        "1\u0301,\u03012",
        "東京都に住んでいます。カタカナ ﾊﾝｶｸ 한국어 텍스트 中文分詞",
        "ภาษาไทยไม่มีช่องว่าง ລາວ ខ្មែរ မြန်မာ",
        "שלום צ\"ק ג'ירף عربي हिन्दी தமிழ்",
        "😀👍🏽👨‍👩‍👧 🇰🇿🇷🇺 "
        "1️⃣ №5 50°C €10 100₽ 6½ x² H₂O "
        "Ⓜ "
        "\u200DⓂ "
        "a\u200Db",
        "строка\u2028другая\xC2\x85третья\u00A0четвёртая\tпятая\r\nшестая\vседьмая",
        "‹кавычки› „лапки“ ‚x‘ …и… да‥нет a‧b a․b 1․2 a．b 1．2",
        "a\u203Fb \u2040 p\u2071 \u2116 7\u2032 60\u203A",
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++)
        compare(*state, samples[i]);
}

static uint32_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33);
}

/* Strings of pieces that meet the rules' corners: letters, digits, every joiner, marks. */
static void agrees_on_random_mixes(void **state)
{
    static const char *const parts[] = {
        "а",      "Я",      "слово",  "қазақ",  "і",      "z",      "Word",   "7",
        "42",     ".",      ".",      ",",      ";",      ":",      "'",      "’",
        "‘",      "·",      "_",      "-",      "—",      "@",      "/",      "\"",
        "!",      "?",      "…",      " ",      " ",      "\n",     "\t",     "\r\n",
        "\u0301", "\u0308", "\u00AD", "\u200D", "\u200B", "\u2060", "\u00A0", "\u2009",
        "\u2028", "\u203F", "\u2027", "\u2024", "№",      "€",      "½",      "²",
        "ª",      "µ",      "ß",      "Ω",      "ї",      "ѣ",      "֊",      "א",
        "\"",     "ج",      "क",      "्",       "ไ",      "ทย",     "中",     "文",
        "カ",     "ー",     "ひ",     "한",     "😀",      "🏽",   "🇰",      "Ⓜ",
        "™",      "©",      "\uFE0F", "\u20E3", "１",     "Ａ",     "．",     "：",
        "𝟘",      "𐐀",      "ⅷ",      "\u1E9E", "\u0530", "Ա",
    };
    enum {
        N_PARTS = sizeof parts / sizeof parts[0],
        LENGTH = 14,
        LONG = 60,
        ROUNDS = 200000
    };
    uint64_t seed = 20240229;
    for (int round = 0; round < ROUNDS; round++) {
        char text[LONG * 16] = "";
        uint32_t narrow =
            next_random(&seed) % 3; /* often only the first, most regular parts */
        uint32_t n_parts = narrow ? 34 : N_PARTS;
        uint32_t length = round % 8 ? LENGTH : LONG; /* that of several blocks */
        for (uint32_t n = next_random(&seed) % length + 1; n > 0; n--)
            strcat(text, parts[next_random(&seed) % n_parts]);
        compare(*state, text);
    }
}

/* Every code point between letters, digits and at the edges of a word. */
static void agrees_on_every_character(void **state)
{
    for (UChar32 c = 1; c < 0x3200; c++) {
        if (c == 0x200D)
            continue;
        char one[5] = "", text[256] = "Плоский текст. В нём лишь слова ";
        int32_t n = 0;
        U8_APPEND_UNSAFE(one, n, c);
        one[n] = '\0';
        static const char *const around[] = {"а", "б ", "1", "2 ", "z", "9 ", " ", "_"};
        for (size_t i = 0; i < 8; i++) {
            strcat(text, around[i]);
            strcat(text, one);
        }
        strcat(text, " и ещё слова, пока не кончится блок из многих байтов.");
        compare(*state, text);
    }
}

/* Bytes that are no text, in and between words. */
static void levels_agree_on_any_bytes(void **state)
{
    static const char *const parts[] = {
        "слово", "word",     " ", " ", ".",        "\n", "\xD0", "\xD1", "\x80",
        "\xBF",  "\xD2\x9B", "7", "'", "\xE2\x80", "а",  "!",    "\x01", "\x7F"};
    uint64_t seed = 7;
    for (int round = 0; round < 50000; round++) {
        char text[1024] = "";
        uint32_t kinds = round % 2 ? sizeof parts / sizeof *parts : 6;
        for (uint32_t n = next_random(&seed) % 60; n > 0; n--)
            strcat(text, parts[next_random(&seed) % kinds]);
        compare_levels(*state, (struct bytes){(const uint8_t *)text, strlen(text)});
    }
}

static struct token_list cut(struct fixture *f, const char *text, size_t len)
{
    struct token_list list = {0};
    assert_int_equal(
        clus__segment(f->segmenter, (struct bytes){(const uint8_t *)text, len}, &list),
        CLUS_OK);
    return list;
}

static void malformed_bytes_break_and_are_counted(void **state)
{
    /* A truncated sequence, a stray tail, an overlong form, a surrogate, too large. */
    static const char text[] =
        "а\xD0 б\x80в г\xC0\xAFд\xED\xA0\x80 \xF4\x90\x80\x80 е\xE2\x80ж\xF0\x9F\x98";
    struct token_list list = cut(*state, text, sizeof text - 1);
    assert_int_equal(list.n, 7);
    /* 1 + 1 + 2 + 3 + 4 + 1 + 1 */
    assert_int_equal(list.invalid, 13);
    clus__token_list_done(&list);
    /* The same beside a character that only ICU knows. */
    list = cut(*state, "中\xD0б\x80", 7);
    assert_int_equal(list.n, 2);
    assert_int_equal(list.invalid, 2);
    clus__token_list_done(&list);
}

static void stops_and_lines_are_marked(void **state)
{
    static const char text[] = "Раз, два. Три! Четыре\nпять 3.14 шесть… 中。文";
    static const uint8_t expected[] = {0, 0, SEGMENT_STOP, SEGMENT_STOP, SEGMENT_LINE,
                                       0, 0, SEGMENT_STOP, SEGMENT_STOP};
    struct token_list list = cut(*state, text, sizeof text - 1);
    assert_int_equal(list.n, sizeof expected);
    for (size_t i = 0; i < list.n; i++)
        assert_int_equal(list.items[i].why, expected[i]);
    clus__token_list_done(&list);
}

static void a_piece_without_end_is_cut(void **state)
{
    enum { LETTERS = 200000 };
    char *text = malloc(2 * LETTERS);
    for (size_t i = 0; i < LETTERS; i++)
        memcpy(text + 2 * i, "ж", 2);
    struct token_list list = cut(*state, text, 2 * LETTERS);
    uint32_t at = 0;
    for (size_t i = 0; i < list.n; i++) {
        assert_int_equal(list.items[i].start, at);
        assert_int_equal(list.items[i].end % 2, 0); /* no letter is cut */
        at = list.items[i].end;
    }
    assert_int_equal(at, 2 * LETTERS);
    assert_int_equal(list.invalid, 0);
    assert_in_range(list.n, 2, 10);
    clus__token_list_done(&list);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_on_samples),
        cmocka_unit_test(agrees_on_random_mixes),
        cmocka_unit_test(agrees_on_every_character),
        cmocka_unit_test(levels_agree_on_any_bytes),
        cmocka_unit_test(malformed_bytes_break_and_are_counted),
        cmocka_unit_test(stops_and_lines_are_marked),
        cmocka_unit_test(a_piece_without_end_is_cut),
    };
    return cmocka_run_group_tests_name("text_segment", tests, make_fixture, free_fixture);
}
