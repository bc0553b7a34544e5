/* Dates of documents, read without locale, clock or time zone database. */
#include "index/dates.h"

#include "base/civil.h"

struct scan {
    const char *at, *end;
};

/* Exactly `digits` decimal digits, at most `max`. */
static bool number(struct scan *in, int digits, int32_t max, int32_t *out)
{
    int32_t value = 0;
    if (in->end - in->at < digits)
        return false;
    for (int i = 0; i < digits; i++) {
        char c = in->at[i];
        if (c < '0' || c > '9')
            return false;
        value = value * 10 + (c - '0');
    }
    if (value > max)
        return false;
    in->at += digits;
    *out = value;
    return true;
}

static bool take(struct scan *in, char c)
{
    if (in->at == in->end || *in->at != c)
        return false;
    in->at++;
    return true;
}

/* Nothing, Z, or +hh:mm and -hh:mm (also without the colon): seconds to subtract. */
static bool zone(struct scan *in, int64_t *offset)
{
    if (in->at == in->end || take(in, 'Z'))
        return true;
    int sign = take(in, '+') ? 1 : take(in, '-') ? -1 : 0;
    int32_t hours, minutes = 0;
    if (sign == 0 || !number(in, 2, 18, &hours))
        return false;
    if (in->at != in->end) {
        (void)take(in, ':');
        if (!number(in, 2, 59, &minutes))
            return false;
    }
    *offset = sign * ((int64_t)hours * 3600 + (int64_t)minutes * 60);
    return true;
}

/* HH:MM[:SS[.fraction]] and a zone. A leap second counts as the second before it. */
static bool clock_time(struct scan *in, int64_t *seconds)
{
    int32_t h, m, s = 0;
    int64_t offset = 0;
    if (!number(in, 2, 23, &h) || !take(in, ':') || !number(in, 2, 59, &m))
        return false;
    if (take(in, ':')) {
        if (!number(in, 2, 60, &s))
            return false;
        if (take(in, '.')) {
            int32_t digit;
            if (!number(in, 1, 9, &digit))
                return false;
            while (number(in, 1, 9, &digit))
                ;
        }
    }
    if (!zone(in, &offset))
        return false;
    *seconds = (int64_t)h * 3600 + (int64_t)m * 60 + (s == 60 ? 59 : s) - offset;
    return true;
}

bool clus__date_parse(clus_str text, int64_t *seconds)
{
    struct scan in = {text.data, text.data + text.len};
    struct civil day = {.month = 1, .day = 1};
    int64_t time = 0;
    if (text.len == 0 || !number(&in, 4, CIVIL_MAX_YEAR, &day.year))
        return false;
    if (take(&in, '-')) {
        if (!number(&in, 2, 12, &day.month))
            return false;
        if (take(&in, '-')) {
            if (!number(&in, 2, 31, &day.day))
                return false;
            if ((take(&in, 'T') || take(&in, ' ')) && !clock_time(&in, &time))
                return false;
        }
    }
    if (in.at != in.end || !clus__civil_valid(day))
        return false;
    *seconds = clus__civil_to_days(day) * CIVIL_DAY_SECONDS + time;
    return true;
}
