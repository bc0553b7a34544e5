/*
 * Where sentences begin, by a few rules for Russian and Kazakh news, and where a text may
 * be cut.
 *
 * A sentence begins
 *   - behind an empty line;
 *   - behind a line end, if it begins like a sentence and the line did not end in a comma;
 *   - behind a blank that follows . ! ? or …, also with closing quotation marks or brackets
 *     between them, if it begins like a sentence and the point does not belong to an
 *     abbreviation (г., ул., т.е., и др.), to initials (А. С.) or to a number in a list.
 * It begins like one with an upper-case letter, a letter of a script without cases, an
 * opening quotation mark or bracket, or a dash before one of those; behind a line end also
 * with a digit or a bullet.
 */
#ifndef CLUS_SNIPPET_SENTENCE_H
#define CLUS_SNIPPET_SENTENCE_H

#include "base/bytes.h"

bool clus__sentence_begins(struct bytes text, size_t at);

/* The beginning of the sentence that `at` is in, not before `least`: SIZE_MAX if it begins
 * earlier. */
size_t clus__sentence_start(struct bytes text, size_t at, size_t least);

/* Behind the last character but blanks of the sentence that the byte before `at` is in, or
 * SIZE_MAX if that lies behind `most`. */
size_t clus__sentence_end(struct bytes text, size_t at, size_t most);

/* Blanks as a passage knows them: also line ends and controls. */
size_t clus__skip_blanks(struct bytes text, size_t at);      /* forwards */
size_t clus__skip_blanks_back(struct bytes text, size_t at); /* at the end of a text */

#endif
