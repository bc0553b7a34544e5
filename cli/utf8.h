/*
 * UTF-8 as the command needs it: decode, count, measure columns of a terminal, and tell
 * what a terminal would obey instead of showing it.
 */
#ifndef CSEARCH_UTF8_H
#define CSEARCH_UTF8_H

#include "mem.h"

#define UTF8_BAD 0xffffffffu

/* Code point at s.data, its bytes in *used (s.len > 0). A malformed sequence gives
 * UTF8_BAD and the bytes to step over. */
uint32_t utf8_next(clus_str s, size_t *used);

void utf8_add(struct text *t, uint32_t cp);
size_t utf8_count(clus_str s); /* code points; a malformed sequence counts as one */
bool utf8_valid(clus_str s);

unsigned utf8_width(uint32_t cp);  /* columns on a terminal: 0, 1 or 2 */
size_t utf8_columns(clus_str s);   /* sum of them */
bool utf8_is_control(uint32_t cp); /* C0, DEL, C1, bidi controls, line separators */
bool utf8_is_upper(uint32_t cp);   /* Latin, Cyrillic and Kazakh capitals */
bool utf8_is_letter(uint32_t cp);  /* Latin, Cyrillic with Kazakh; good enough for pages */
uint32_t utf8_lower(uint32_t cp);  /* of those capitals */

/* Add `s` so that no terminal obeys any of it: controls, bidi controls and malformed
 * bytes become escapes that can be seen. Line ends become blanks when `one_line`. */
void utf8_add_safe(struct text *t, clus_str s, bool one_line);

#endif
