/*
 * Words that are written together, apart or with a hyphen: онлайнурок, онлайн урок,
 * онлайн-урок. A hyphenated word is a phrase of its parts, in text and in queries; what is
 * here brings it together with the joined spelling, in both directions.
 */
#ifndef CLUS_SEARCH_JOIN_H
#define CLUS_SEARCH_JOIN_H

#include "search/builder.h"

/* Put the joined spelling of a hyphenated word, where the index has it, beside the phrase
 * of its parts, which it weighs no more than. */
CLUS_MUST_CHECK clus_status clus__join_parts(struct builder *b, struct bytes text,
                                             struct clause **clause);

/* Whether a folded word is foreign, of letters a to z: its halves may be short, and it is
 * rather cut than corrected. */
bool clus__split_foreign(struct bytes word);

/* Two words with a blank between that a folded word consists of and that stand side by side
 * in some document; CLUS_DONE for none. */
CLUS_MUST_CHECK clus_status clus__split_word(struct builder *b, struct bytes word,
                                             struct bytes *out);

#endif
