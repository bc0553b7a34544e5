/*
 * Days of the Gregorian calendar, counted from 1970-01-01 in UTC. Years 0..9999, without
 * clocks, time zones or the C library's idea of either.
 */
#ifndef CLUS_BASE_CIVIL_H
#define CLUS_BASE_CIVIL_H

#include <stdbool.h>
#include <stdint.h>

enum { CIVIL_DAY_SECONDS = 86400, CIVIL_MAX_YEAR = 9999 };

struct civil {
    int32_t year;  /* 0..9999 */
    int32_t month; /* 1..12 */
    int32_t day;   /* 1..31 */
};

bool clus__civil_valid(struct civil date); /* there is such a day */
int32_t clus__civil_month_days(int32_t year, int32_t month);

/* Days since 1970-01-01. The month and day may lie out of range by any amount that fits:
 * month 13 is January of the next year, day 0 the last one of the month before. */
int64_t clus__civil_to_days(struct civil date);
struct civil clus__civil_of_days(int64_t days);

/* The day that an instant lies in; correct before 1970 too. */
int64_t clus__civil_day_of(int64_t seconds);

#endif
