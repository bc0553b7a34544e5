/* Days of the Gregorian calendar. Years begin in March here, so that the leap day is the
 * last day of its year and a month's first day is a linear function of its number. */
#include "base/civil.h"

enum {
    ERA_YEARS = 400,
    ERA_DAYS = 146097,
    EPOCH_SHIFT = 719468, /* days from 0000-03-01 to 1970-01-01 */
};

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static bool is_leap(int32_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int32_t clus__civil_month_days(int32_t year, int32_t month)
{
    if (month == 2)
        return is_leap(year) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

bool clus__civil_valid(struct civil date)
{
    return date.year >= 0 && date.year <= CIVIL_MAX_YEAR && date.month >= 1 &&
           date.month <= 12 && date.day >= 1 &&
           date.day <= clus__civil_month_days(date.year, date.month);
}

int64_t clus__civil_to_days(struct civil date)
{
    int64_t months = (int64_t)date.month - 3; /* since March */
    int64_t year = (int64_t)date.year + floor_div(months, 12);
    int64_t month = months - floor_div(months, 12) * 12;
    int64_t era = floor_div(year, ERA_YEARS);
    int64_t of_era = year - era * ERA_YEARS;
    int64_t day_of_year = (153 * month + 2) / 5;
    int64_t day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + day_of_year;
    return era * ERA_DAYS + day_of_era + date.day - 1 - EPOCH_SHIFT;
}

struct civil clus__civil_of_days(int64_t days)
{
    int64_t shifted = days + EPOCH_SHIFT;
    int64_t era = floor_div(shifted, ERA_DAYS);
    int64_t d = shifted - era * ERA_DAYS;
    int64_t of_era = (d - d / 1460 + d / 36524 - d / 146096) / 365;
    int64_t day_of_year = d - (365 * of_era + of_era / 4 - of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    bool next = month >= 10; /* January and February */
    return (struct civil){
        .year = (int32_t)(of_era + era * ERA_YEARS + next),
        .month = (int32_t)(month + (next ? -9 : 3)),
        .day = (int32_t)(day_of_year - (153 * month + 2) / 5 + 1),
    };
}

int64_t clus__civil_day_of(int64_t seconds)
{
    return floor_div(seconds, CIVIL_DAY_SECONDS);
}
