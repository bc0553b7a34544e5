/* UTF-8 and the coarse classes of code points. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/chars.h"
#include "base/utf8.h"

static struct bytes of(const char *text)
{
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

static void every_code_point_goes_there_and_back(void **state)
{
    (void)state;
    for (int32_t c = 0; c <= 0x10FFFF; c++) {
        uint8_t raw[4];
        size_t used, n = clus__code_put(raw, c);
        struct bytes text = {raw, n};
        int32_t back = clus__code_at(text, 0, &used);
        bool surrogate = c >= 0xD800 && c <= 0xDFFF;
        if (back != (surrogate ? CODE_BAD : c) || (!surrogate && used != n))
            fail_msg("U+%04X", (unsigned)c);
        if (!surrogate && clus__code_before(text, n) != 0)
            fail_msg("U+%04X backwards", (unsigned)c);
    }
}

/* Malformed text is taken in these many bytes at a time. */
static void malformed_bytes_are_taken_in_maximal_pieces(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t pieces[5];
    } cases[] = {
        {"\x80", {1}},
        {"\xC0\xAF", {1, 1}},
        {"\xC1\xBF", {1, 1}},
        {"\xE0\x80\xAF", {1, 1, 1}},
        {"\xE0\xA0", {2}},
        {"\xED\xA0\x80", {1, 1, 1}},
        {"\xF0\x80\x80\xAF", {1, 1, 1, 1}},
        {"\xF0\x90\x80", {3}},
        {"\xF4\x90\x80\x80", {1, 1, 1, 1}},
        {"\xF5\x80", {1, 1}},
        {"\xFF\xFE", {1, 1}},
        {"\xD0", {1}},
        {"\xD0\xD0", {1, 1}},
        {"\xE2\x82\xE2", {2, 1}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bytes text = of(cases[i].text);
        size_t at = 0, used;
        for (size_t piece = 0; at < text.len; at += used, piece++) {
            assert_int_equal(clus__code_at(text, at, &used), CODE_BAD);
            assert_int_equal(used, cases[i].pieces[piece]);
        }
        assert_int_equal(at, text.len);
        assert_int_equal(clus__code_before(text, text.len), text.len - 1);
    }
}

static void classes_of_code_points(void **state)
{
    (void)state;
    static const int32_t letters[] = {'a',   'Z',   0xE9,  0x451,  0x4D9,   0x51D, 0x5D0,
                                      0x627, 0x301, 0x3B1, 0x4E2D, 0x1D400, 0xAA};
    static const int32_t others[] = {'1',    '-',     '_',    0xAB,    0xBB,
                                     0xD7,   0x2014,  0x2116, 0x20AC,  0x3002,
                                     0xFFFD, 0x1F600, 0xA0,   CODE_BAD};
    static const int32_t blanks[] = {0,    '\t',   '\n',   ' ',    0x1B,   0x7F,   0x85,
                                     0xA0, 0x2003, 0x200B, 0x2028, 0x202F, 0x3000, 0xFEFF};
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        assert_true(clus__is_letter(letters[i]) && !clus__is_blank(letters[i]));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(clus__is_letter(others[i]));
    for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++)
        assert_true(clus__is_blank(blanks[i]) && !clus__is_letter(blanks[i]));
    static const int32_t extending[] = {0x301, 0x200D, 0xFE0F, 0x1F3FD, 0x64B, 0x94D};
    for (size_t i = 0; i < sizeof extending / sizeof *extending; i++)
        assert_true(clus__is_extending(extending[i]));
    assert_false(clus__is_extending('a') || clus__is_extending(0x44F) ||
                 clus__is_extending(0x1F600));
}

static void lower_case_of_what_names_are_written_in(void **state)
{
    (void)state;
    static const struct {
        const char *upper, *lower;
    } pairs[] = {
        {"TITLE", "title"},
        {"АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ", "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"},
        {"ӘҒҚҢӨҰҮҺІ", "әғқңөұүһі"},
        {"ÀÉÖÞ", "àéöþ"},
        {"ĀĞŇŒŽ", "āğňœž"},
        {"ΑΒΣΩ", "αβσω"},
        {"ЂЋЏѠҐӁӀԚ", "ђћџѡґӂӏԛ"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        assert_true(clus__same_name(of(pairs[i].upper), of(pairs[i].lower)));
        size_t used;
        for (size_t at = 0; pairs[i].lower[at]; at += used) {
            int32_t c = clus__code_at(of(pairs[i].lower), at, &used);
            assert_int_equal(clus__to_lower(c), c);
            assert_false(clus__is_upper(c));
        }
    }
    assert_false(clus__same_name(of("а"), of("a")));
    assert_false(clus__same_name(of("аб"), of("а")));
    assert_false(clus__same_name(of("\xFF"), of("\xFF")));
    assert_int_equal(clus__to_lower(0xD7), 0xD7);
    assert_int_equal(clus__to_lower(0x2014), 0x2014);
}

static void something_to_search_for(void **state)
{
    (void)state;
    assert_true(clus__has_alnum(of("— a")));
    assert_true(clus__has_alnum(of("\xFF"
                                   "5")));
    assert_true(clus__has_alnum(of("😀")));
    assert_false(clus__has_alnum(of("")));
    assert_false(clus__has_alnum(of("— … «» №\xFF")));
}

/* Told without decoding, the same as decoding tells. */
static void plain_letters(void **state)
{
    (void)state;
    for (int32_t c = 0; c <= 0x10FFFF; c++) {
        uint8_t raw[8];
        size_t n = clus__code_put(raw, c);
        bool plain = clus__is_alnum(c) && (c < 0x80 || (c >= 0x400 && c < 0x500));
        raw[n] = ' ';
        if (clus__plain_run((struct bytes){raw, n + 1}, 0) != (plain ? n : 0) ||
            clus__plain_run((struct bytes){raw, n}, 0) != (plain ? n : 0))
            fail_msg("U+%04X", (unsigned)c);
    }
    assert_int_equal(clus__plain_run(of("a1ӘяZ-b"), 0), 7);
    assert_int_equal(clus__plain_run(of("a1ӘяZ-b"), 8), 1);
    assert_int_equal(clus__plain_run(of("б\xD0"), 0), 2);
    assert_int_equal(clus__plain_run(of("б\xD0z"), 0), 2);
    assert_int_equal(clus__plain_run(of(""), 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_goes_there_and_back),
        cmocka_unit_test(malformed_bytes_are_taken_in_maximal_pieces),
        cmocka_unit_test(classes_of_code_points),
        cmocka_unit_test(lower_case_of_what_names_are_written_in),
        cmocka_unit_test(something_to_search_for),
        cmocka_unit_test(plain_letters),
    };
    return cmocka_run_group_tests_name("base_utf8", tests, NULL, NULL);
}
