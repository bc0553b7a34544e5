/*
 * Where the words of a text begin and end: the rules of UAX #29 as ICU applies them.
 *
 * The text is cut at ASCII blanks (no rule joins across them) and, so that memory stays
 * bounded, after 64 KiB without one. A piece of known characters goes through a small
 * automaton of our own, at several times ICU's speed; any other piece goes to ICU.
 *
 * Differences from ICU, on purpose and the same on both ways:
 *   '@' and ':'  always break. ICU releases disagree about both.
 *   '.'          joins digits (3.14), never letters: host names, addresses, initials
 *                (А.С.Пушкин) and sentences without a blank between fall into words.
 *   no letter    a run of underscores alone is no word.
 */
#ifndef CLUS_TEXT_SEGMENT_H
#define CLUS_TEXT_SEGMENT_H

#include "base/cpu.h"
#include "text/classes.h"
#include "text/lexer.h"

/* In token.why until the words are routed: what stands between a word and the last one. */
enum { SEGMENT_STOP = 1, SEGMENT_LINE = 2 };

struct segmenter;

/* `classes` must outlive *out. Every level finds the same words. */
CLUS_MUST_CHECK clus_status clus__segmenter_new(const struct classes *classes,
                                                enum cpu_level level,
                                                struct segmenter **out);
void clus__segmenter_free(struct segmenter *s);

/* Append the words of `text` to *out: start, end and, in `why`, SEGMENT_* flags. Counts
 * malformed sequences. */
CLUS_MUST_CHECK clus_status clus__segment(struct segmenter *s, struct bytes text,
                                          struct token_list *out);

/* The same by ICU alone: what the automaton is measured against. */
CLUS_MUST_CHECK clus_status clus__segment_by_icu(struct segmenter *s, struct bytes text,
                                                 struct token_list *out);

/* Append the runs between ASCII blanks. */
CLUS_MUST_CHECK clus_status clus__segment_blanks(struct bytes text, struct token_list *out);

#endif
