/*
 * Read JSON (RFC 8259) in place, one value at a time: made for lines of megabytes whose
 * strings need no copy. Strings are unescaped inside the buffer, which therefore must be
 * writable; objects and arrays that nobody asks into are checked and handed on as text.
 *
 *     struct json_in in = json_begin(data, len);
 *     struct json_value object, value; clus_str name;
 *     if (json_value(&in, &object) && object.kind == JSON_OBJECT) {
 *         struct json_in members = json_inside(object);
 *         while (json_member_next(&members, &name, &value)) ...
 *     }
 *
 * Why not a library: jansson 2.14 builds a tree at 90 MB/s here; this reads over 1 GB/s.
 */
#ifndef CSEARCH_JSON_READ_H
#define CSEARCH_JSON_READ_H

#include "mem.h"

enum { JSON_DEPTH = 256 };

enum json_kind { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json_value {
    enum json_kind kind;
    clus_str text; /* a string's content; else the JSON text itself */
};

struct json_in {
    char *at;
    char *end;
    char *start;
    const char *error; /* static; NULL while all is well */
    bool began;        /* an element was read: a comma is due */
    bool open;         /* inside an object that nobody has checked yet */
};

struct json_in json_begin(char *data, size_t len);

/* Read a value. False at an error. */
bool json_read(struct json_in *in, struct json_value *out);
/* Nothing but blanks is left. Sets an error otherwise. */
bool json_ended(struct json_in *in);

/* Step into an object without a look at all of it first; its members are checked as they
 * are read, the last json_member_next() steps behind its end. Sets an error if none begins.
 */
bool json_step_in(struct json_in *in);

/* Walk an object or an array that json_read gave. False at its end and at an error. */
struct json_in json_inside(struct json_value container);
bool json_element_next(struct json_in *in, struct json_value *out);
bool json_member_next(struct json_in *in, clus_str *name, struct json_value *out);

#endif
