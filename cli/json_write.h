/*
 * Write JSON, compact, always valid UTF-8: malformed bytes become U+FFFD, controls and
 * bidi controls are escaped, so a terminal that shows it is safe.
 */
#ifndef CSEARCH_JSON_WRITE_H
#define CSEARCH_JSON_WRITE_H

#include "mem.h"

struct json {
    struct text *text;
    bool comma; /* one is due before the next value or key */
};

void json_open(struct json *j, char bracket);
void json_close(struct json *j, char bracket);
void json_key(struct json *j, const char *key);
void json_key_str(struct json *j, clus_str key);
void json_str(struct json *j, clus_str value);
void json_uint(struct json *j, uint64_t value);
void json_num(struct json *j, double value); /* finite; six significant digits or more */
void json_bool(struct json *j, bool value);

/* A key and its value; a text that is absent is left out by json_member_some. */
void json_member(struct json *j, const char *key, clus_str value);
void json_member_some(struct json *j, const char *key, clus_str value);
void json_member_uint(struct json *j, const char *key, uint64_t value);

/* Offsets into a text: as written by json_str (bytes of mended UTF-8) and code points. */
struct place {
    uint64_t byte;
    uint64_t point;
};
/* Move `from`, which is at `at` bytes of `s`, to `to` bytes. */
struct place place_advance(struct place from, clus_str s, uint64_t at, uint64_t to);

#endif
