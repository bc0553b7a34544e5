/* Expressions for dates: text to seconds. */
#include "query/date.h"

#include "base/chars.h"
#include "base/civil.h"

enum {
    MAX_DIGITS = 5,
    MONTHS = 12,
    WEEK_DAYS = 7,
    YEAR_0 = -719528,  /* 0000-01-01 */
    YEAR_MAX = 2932896 /* 9999-12-31 */
};

struct days {
    int64_t first, last; /* both included */
};

static struct bytes of_text(const char *text)
{
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

static struct bytes from_byte(struct bytes text, size_t at)
{
    return (struct bytes){text.data + at, text.len - at};
}

/* Digits at the head of *text. Returns how many were taken, 0 also for too many. */
static size_t take_number(struct bytes *text, int32_t *value)
{
    size_t n = 0;
    int32_t sum = 0;
    while (n < text->len && clus__is_digit(text->data[n])) {
        if (n == MAX_DIGITS)
            return 0;
        sum = sum * 10 + (text->data[n++] - '0');
    }
    *text = from_byte(*text, n);
    *value = sum;
    return n;
}

static bool take_one_or_two_digits(struct bytes *text, int32_t *value)
{
    size_t n = take_number(text, value);
    return n == 1 || n == 2;
}

static bool take_byte(struct bytes *text, char byte)
{
    if (text->len == 0 || text->data[0] != (uint8_t)byte)
        return false;
    *text = from_byte(*text, 1);
    return true;
}

/* Kept within the calendar, so that sums with it fit. */
static int64_t today_of(int64_t now)
{
    int64_t day = clus__civil_day_of(now);
    return day < YEAR_0 ? YEAR_0 : day > YEAR_MAX ? YEAR_MAX : day;
}

static struct days one_day(int64_t day)
{
    return (struct days){day, day};
}

/* YYYY, YYYY-MM or YYYY-MM-DD behind its year. */
static bool rest_of_iso(struct bytes text, int32_t year, struct days *out)
{
    struct civil first = {year, 1, 1}, last = {year, MONTHS, 31};
    if (text.len > 0) {
        if (!take_byte(&text, '-') || !take_one_or_two_digits(&text, &first.month) ||
            !clus__civil_valid(first))
            return false;
        last = (struct civil){year, first.month, clus__civil_month_days(year, first.month)};
    }
    if (text.len > 0) {
        if (!take_byte(&text, '-') || !take_one_or_two_digits(&text, &first.day) ||
            !clus__civil_valid(first) || text.len > 0)
            return false;
        last = first;
    }
    *out = (struct days){clus__civil_to_days(first), clus__civil_to_days(last)};
    return true;
}

/* DD.MM.YYYY behind its day. */
static bool rest_of_dotted(struct bytes text, int32_t day, struct days *out)
{
    struct civil date = {.day = day};
    if (!take_byte(&text, '.') || !take_one_or_two_digits(&text, &date.month) ||
        !take_byte(&text, '.') || take_number(&text, &date.year) != 4 || text.len > 0 ||
        !clus__civil_valid(date))
        return false;
    *out = one_day(clus__civil_to_days(date));
    return true;
}

static int64_t months_before(int64_t today, int32_t n)
{
    struct civil date = clus__civil_of_days(today);
    int32_t months = date.year * MONTHS + date.month - 1 - n;
    int32_t month = (months % MONTHS + MONTHS) % MONTHS;
    struct civil then = {(months - month) / MONTHS, month + 1, date.day};
    int32_t longest = clus__civil_month_days(then.year, then.month);
    if (then.day > longest)
        then.day = longest;
    return clus__civil_to_days(then);
}

/* The day that lies N units back. */
static bool rest_of_ago(struct bytes text, int32_t n, int64_t today, struct days *out)
{
    if (text.len != 1)
        return false;
    switch (text.data[0]) {
    case 'd': *out = one_day(today - n); return true;
    case 'w': *out = one_day(today - (int64_t)n * WEEK_DAYS); return true;
    case 'm': *out = one_day(months_before(today, n)); return true;
    case 'y': *out = one_day(months_before(today, n * MONTHS)); return true;
    default: return false;
    }
}

static bool by_name(struct bytes text, int64_t today, struct days *out)
{
    static const char *const names[2][3] = {{"today", "сегодня", "бүгін"},
                                            {"yesterday", "вчера", "кеше"}};
    for (int ago = 0; ago < 2; ago++)
        for (int i = 0; i < 3; i++)
            if (clus__same_name(text, of_text(names[ago][i]))) {
                *out = one_day(today - ago);
                return true;
            }
    return false;
}

/* *is_ago: the text was a length of time such as 7d. */
static bool read_bound(struct bytes text, int64_t now, struct days *out, bool *is_ago)
{
    int64_t today = today_of(now);
    int32_t number;
    *is_ago = false;
    size_t digits = take_number(&text, &number);
    if (digits == 0)
        return by_name(text, today, out);
    if (digits == 4 && (text.len == 0 || text.data[0] == '-'))
        return rest_of_iso(text, number, out);
    if (digits <= 2 && text.len > 0 && text.data[0] == '.')
        return rest_of_dotted(text, number, out);
    *is_ago = true;
    return rest_of_ago(text, number, today, out);
}

static int64_t first_second(int64_t day)
{
    return day * CIVIL_DAY_SECONDS;
}

static int64_t last_second(int64_t day)
{
    return (day + 1) * CIVIL_DAY_SECONDS - 1;
}

clus_status clus__date_bound(struct bytes text, int64_t now, int64_t *first, int64_t *last)
{
    struct days days;
    bool is_ago;
    if (!read_bound(text, now, &days, &is_ago))
        return CLUS_E_SYNTAX;
    *first = first_second(days.first);
    *last = last_second(days.last);
    return CLUS_OK;
}

/* Either end may be empty, then it stays open; not both. */
static clus_status between(struct bytes low, struct bytes high, int64_t now, int64_t *from,
                           int64_t *to)
{
    int64_t first = INT64_MIN, last = INT64_MAX, unused;
    if (low.len == 0 && high.len == 0)
        return CLUS_E_SYNTAX;
    if (low.len > 0 && clus__date_bound(low, now, &first, &unused) != CLUS_OK)
        return CLUS_E_SYNTAX;
    if (high.len > 0 && clus__date_bound(high, now, &unused, &last) != CLUS_OK)
        return CLUS_E_SYNTAX;
    *from = first;
    *to = last;
    return CLUS_OK;
}

static clus_status compared(struct bytes text, int64_t now, int64_t *from, int64_t *to)
{
    bool greater = text.data[0] == '>';
    text = from_byte(text, 1);
    bool equal = take_byte(&text, '=');
    int64_t first, last;
    clus_status st = clus__date_bound(text, now, &first, &last);
    if (st != CLUS_OK)
        return st;
    *from = greater ? (equal ? first : last + 1) : INT64_MIN;
    *to = greater ? INT64_MAX : (equal ? last : first - 1);
    return CLUS_OK;
}

clus_status clus__date_range(struct bytes text, int64_t now, int64_t *from, int64_t *to)
{
    struct days days;
    bool is_ago;
    if (text.len > 0 && (text.data[0] == '>' || text.data[0] == '<'))
        return compared(text, now, from, to);
    const uint8_t *dots = text.len ? memmem(text.data, text.len, "..", 2) : NULL;
    if (dots) {
        size_t at = (size_t)(dots - text.data);
        return between((struct bytes){text.data, at}, from_byte(text, at + 2), now, from,
                       to);
    }
    if (!read_bound(text, now, &days, &is_ago))
        return CLUS_E_SYNTAX;
    *from = first_second(days.first);
    *to = last_second(is_ago ? today_of(now) : days.last);
    return CLUS_OK;
}

clus_status clus__date_of_node(const struct ast_node *node, int64_t now, int64_t *from,
                               int64_t *to)
{
    int64_t first = INT64_MIN, last = INT64_MAX, start, end;
    if (node->kind != AST_RANGE)
        return clus__date_range(node->text, now, from, to);
    if (node->low.len > 0) {
        if (clus__date_bound(node->low, now, &start, &end) != CLUS_OK)
            return CLUS_E_SYNTAX;
        first = node->low_open ? end + 1 : start;
    }
    if (node->high.len > 0) {
        if (clus__date_bound(node->high, now, &start, &end) != CLUS_OK)
            return CLUS_E_SYNTAX;
        last = node->high_open ? start - 1 : end;
    }
    *from = first;
    *to = last;
    return CLUS_OK;
}
