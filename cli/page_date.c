/*
 * Dates as pages print them: 16.09.2025, 2025-09-16T10:00+05:00, 1 мая 2025, 26 января,
 * 2025 жылғы 27 тамыз. A view counter may be glued in front (54601 мая 2025 is 546 views on
 * 1 May): then the last two digits are the day, or one where two would be none.
 */
#include "page.h"
#include "utf8.h"

#include <stdio.h>
#include <string.h>

enum { FIRST_YEAR = 1900, LAST_YEAR = 2199 };

/* A month by the beginning of its name, so that every case form matches. */
static const struct {
    const char *stem;
    unsigned month;
} months[] = {{"январ", 1},      {"феврал", 2},   {"март", 3},      {"апрел", 4},
              {"мая", 5},        {"май", 5},      {"июн", 6},       {"июл", 7},
              {"август", 8},     {"сентябр", 9},  {"октябр", 10},   {"ноябр", 11},
              {"декабр", 12},    {"қаңтар", 1},   {"ақпан", 2},     {"наурыз", 3},
              {"сәуір", 4},      {"мамыр", 5},    {"маусым", 6},    {"шілде", 7},
              {"тамыз", 8},      {"қыркүйек", 9}, {"қазан", 10},    {"қараша", 11},
              {"желтоқсан", 12}, {"january", 1},  {"february", 2},  {"march", 3},
              {"april", 4},      {"june", 6},     {"july", 7},      {"august", 8},
              {"september", 9},  {"october", 10}, {"november", 11}, {"december", 12}};

/* Words that may stand beside a date on its line. */
static const char *const small_words[] = {
    "г",           "года",        "год",          "ж",          "жыл",       "жылы",
    "в",           "сағат",       "опубликовано", "дата",       "обновлено", "добавлено",
    "жарияланды",  "жарияланған", "күні",         "published",  "date",      "updated",
    "понедельник", "вторник",     "среда",        "четверг",    "пятница",   "суббота",
    "воскресенье", "дүйсенбі",    "сейсенбі",     "сәрсенбі",   "бейсенбі",  "жұма",
    "сенбі",       "жексенбі",    "мск",          "просмотров", "просмотры", "қаралды"};

struct scan {
    clus_str text;
    size_t at;
};

static size_t digits_at(clus_str s, size_t at)
{
    size_t n = 0;
    while (at + n < s.len && s.data[at + n] >= '0' && s.data[at + n] <= '9')
        n++;
    return n;
}

static unsigned number(clus_str s, size_t at, size_t len)
{
    unsigned n = 0;
    for (size_t i = 0; i < len; i++)
        n = n * 10 + (unsigned)(s.data[at + i] - '0');
    return n;
}

static bool is_year(unsigned n)
{
    return n >= FIRST_YEAR && n <= LAST_YEAR;
}

/* The day at the end of a run of digits; 0 for none. */
static unsigned day_of_run(clus_str s, size_t at, size_t len)
{
    unsigned two = len >= 2 ? number(s, at + len - 2, 2) : 0;
    if (two >= 1 && two <= 31)
        return two;
    unsigned one = number(s, at + len - 1, 1);
    return len == 2 && two > 31 ? 0 : one;
}

static size_t skip_spaces(clus_str s, size_t at)
{
    for (;;) {
        if (at < s.len && (s.data[at] == ' ' || s.data[at] == ',' || s.data[at] == '\t'))
            at++;
        else if (at + 1 < s.len && memcmp(s.data + at, "\xc2\xa0", 2) == 0)
            at += 2;
        else
            return at;
    }
}

/* Length in bytes of the word of letters at `at`. */
static size_t word_at(clus_str s, size_t at)
{
    size_t start = at, used;
    while (at < s.len && utf8_is_letter(utf8_next(str_sub(s, at), &used)))
        at += used;
    return at - start;
}

static bool word_is_any(clus_str word, const char *const *list, size_t n)
{
    struct text folded = {0};
    bool found = false;
    page_fold(&folded, word);
    for (size_t i = 0; i < n && !found; i++)
        found = str_is(text_view(&folded), list[i]);
    text_done(&folded);
    return found;
}

static unsigned month_at(clus_str s, size_t at, size_t *len)
{
    struct text folded = {0};
    unsigned month = 0;
    *len = word_at(s, at);
    if (*len > 0 && *len < 40) {
        page_fold(&folded, (clus_str){s.data + at, *len});
        for (size_t i = 0; i < sizeof months / sizeof *months && !month; i++)
            if (str_starts(text_view(&folded), months[i].stem))
                month = months[i].month;
        if (str_is(text_view(&folded), "may"))
            month = 5;
    }
    text_done(&folded);
    return month;
}

static bool keep(struct page_date *out, unsigned year, unsigned month, unsigned day)
{
    static const unsigned lengths[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12 || day < 1 || day > lengths[month - 1])
        return false;
    out->year = year;
    out->month = month;
    out->day = day;
    out->iso[0] = '\0';
    if (year)
        (void)snprintf(out->iso, sizeof out->iso, "%04u-%02u-%02u", year % 10000, month,
                       day);
    return true;
}

/* A time behind an ISO date: Thh:mm[:ss[.f]][Z|+hh[:]mm]. Copied when it is well formed. */
static size_t iso_time(clus_str s, size_t at, struct page_date *out)
{
    size_t p = at + 1;
    if (at >= s.len || (s.data[at] != 'T' && s.data[at] != ' ') || digits_at(s, p) != 2 ||
        p + 2 >= s.len || s.data[p + 2] != ':' || digits_at(s, p + 3) != 2)
        return 0;
    unsigned hour = number(s, p, 2), minute = number(s, p + 3, 2), second = 0;
    p += 5;
    if (p < s.len && s.data[p] == ':' && digits_at(s, p + 1) == 2) {
        second = number(s, p + 1, 2);
        p += 3;
        if (p < s.len && s.data[p] == '.')
            p += 1 + digits_at(s, p + 1);
    }
    if (hour > 23 || minute > 59 || second > 59)
        return 0;
    size_t used = strlen(out->iso);
    (void)snprintf(out->iso + used, sizeof out->iso - used, "T%02u:%02u:%02u", hour, minute,
                   second);
    used = strlen(out->iso);
    if (p < s.len && s.data[p] == 'Z') {
        (void)snprintf(out->iso + used, sizeof out->iso - used, "Z");
        return p + 1 - at;
    }
    if (p < s.len && (s.data[p] == '+' || s.data[p] == '-')) {
        size_t hours = digits_at(s, p + 1), colon = p + 3 < s.len && s.data[p + 3] == ':';
        if ((hours == 4 || (hours == 2 && colon && digits_at(s, p + 4) == 2))) {
            (void)snprintf(out->iso + used, sizeof out->iso - used, "%c%02u:%02u",
                           s.data[p], number(s, p + 1, 2) % 24,
                           number(s, p + 3 + (hours == 2), 2) % 60);
            return p + 5 + (hours == 2) - at;
        }
    }
    return p - at;
}

/* 2025-09-16, also with points and strokes; the run of digits at `at` ends in the year. */
static bool year_first(clus_str s, size_t at, size_t len, struct page_date *out)
{
    size_t p = at + len;
    if (len < 4 || p >= s.len || !strchr("-./", s.data[p]))
        return false;
    char separator = s.data[p];
    if (!is_year(number(s, p - 4, 4)) || digits_at(s, p + 1) != 2 || p + 3 >= s.len ||
        s.data[p + 3] != separator || digits_at(s, p + 4) != 2 ||
        !keep(out, number(s, p - 4, 4), number(s, p + 1, 2), number(s, p + 4, 2)))
        return false;
    out->start = at;
    out->end = p + 6;
    out->end += separator == '-' ? iso_time(s, out->end, out) : 0;
    return true;
}

/* 16.09.2025 */
static bool day_first(clus_str s, size_t at, size_t len, struct page_date *out)
{
    size_t p = at + len;
    if (p >= s.len || !strchr("./-", s.data[p]))
        return false;
    char separator = s.data[p];
    size_t month = digits_at(s, p + 1), q = p + 1 + month;
    if (month < 1 || month > 2 || q >= s.len || s.data[q] != separator ||
        digits_at(s, q + 1) != 4 || !is_year(number(s, q + 1, 4)) ||
        !keep(out, number(s, q + 1, 4), number(s, p + 1, month), day_of_run(s, at, len)))
        return false;
    out->start = at;
    out->end = q + 5;
    return true;
}

/* 1 мая 2025, 26 января */
static bool day_and_name(clus_str s, size_t at, size_t len, struct page_date *out)
{
    size_t p = skip_spaces(s, at + len), name;
    if (p == at + len)
        return false;
    unsigned month = month_at(s, p, &name), year = 0;
    if (!month)
        return false;
    size_t end = p + name, q = skip_spaces(s, end);
    if (digits_at(s, q) == 4 && is_year(number(s, q, 4))) {
        year = number(s, q, 4);
        end = q + 4;
    }
    if (!keep(out, year, month, day_of_run(s, at, len)))
        return false;
    out->start = at;
    out->end = end;
    return true;
}

/* 2025 жылғы 27 тамыз */
static bool year_and_name(clus_str s, size_t at, size_t len, struct page_date *out)
{
    static const char *const of_year[] = {"жылғы", "жылдың", "жылы", "ж"};
    size_t p = at + len, q = skip_spaces(s, p), name;
    if (len < 4 || !is_year(number(s, p - 4, 4)) || q == p)
        return false;
    size_t word = word_at(s, q);
    if (!word_is_any((clus_str){s.data + q, word}, of_year,
                     sizeof of_year / sizeof *of_year))
        return false;
    q += word;
    if (q < s.len && s.data[q] == '.')
        q++;
    q = skip_spaces(s, q);
    size_t day = digits_at(s, q);
    if (day < 1 || day > 2)
        return false;
    size_t r = skip_spaces(s, q + day);
    unsigned month = month_at(s, r, &name);
    if (!month || !keep(out, number(s, p - 4, 4), month, number(s, q, day)))
        return false;
    out->start = at;
    out->end = r + name;
    return true;
}

bool date_find(clus_str s, struct page_date *out)
{
    for (size_t at = 0; at < s.len; at++) {
        size_t len = digits_at(s, at);
        if (len == 0)
            continue;
        if (len <= 12 && (year_first(s, at, len, out) || day_first(s, at, len, out) ||
                          year_and_name(s, at, len, out) || day_and_name(s, at, len, out)))
            return true;
        at += len - 1;
    }
    return false;
}

/* Nothing but digits, punctuation and small words. */
static bool is_residue(clus_str s)
{
    size_t used;
    while (s.len) {
        size_t word = word_at(s, 0);
        if (word > 0) {
            if (!word_is_any((clus_str){s.data, word}, small_words,
                             sizeof small_words / sizeof *small_words))
                return false;
            s = str_sub(s, word);
        } else {
            (void)utf8_next(s, &used);
            s = str_sub(s, used);
        }
    }
    return true;
}

bool date_is_line(clus_str line, struct page_date *out)
{
    enum { LONGEST = 120 };
    struct page_date found;
    if (line.len > LONGEST || !date_find(line, &found) || found.year == 0 ||
        !is_residue((clus_str){line.data, found.start}) ||
        !is_residue(str_sub(line, found.end)))
        return false;
    *out = found;
    return true;
}
