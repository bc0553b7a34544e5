/* ICU's word iterator over one piece of text, for one thread. */
#ifndef CLUS_TEXT_SEGMENT_ICU_H
#define CLUS_TEXT_SEGMENT_ICU_H

#include "text/lexer.h"

struct icu_words;

struct icu_piece {
    size_t from, to; /* bytes of the text */
};

/* For pieces of at most max_bytes. */
CLUS_MUST_CHECK clus_status clus__icu_words_new(size_t max_bytes, struct icu_words **out);
void clus__icu_words_free(struct icu_words *w);

/* Append the words of the piece to *out; see segment.h for the flags. */
CLUS_MUST_CHECK clus_status clus__icu_words_run(struct icu_words *w, struct bytes text,
                                                struct icu_piece piece,
                                                struct token_list *out, uint8_t *flags);

#endif
