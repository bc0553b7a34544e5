/*
 * Reads the posting lists of forms as the inverter left them, several at once: the postings
 * of a stem are those of its forms, merged by document.
 */
#ifndef CLUS_INDEX_FORM_CURSOR_H
#define CLUS_INDEX_FORM_CURSOR_H

#include "index/inverter.h"

/* One form's list, standing on a document. */
struct form_cursor {
    const uint8_t *at, *end;
    uint32_t doc;
    uint32_t *pos; /* its positions */
    size_t n_pos, cap_pos;
    uint32_t n_extra; /* occurrences in furniture */
};

/* A document of the merged list. */
struct form_posting {
    uint32_t doc, tf;
    uint8_t flags;
    const uint32_t *pos; /* until the next call; NULL when it stands in furniture only */
};

struct form_merge {
    struct buf bytes; /* of all lists */
    size_t *starts;
    size_t cap_starts;
    struct form_cursor *cursors; /* by index; heap holds indexes by document */
    size_t n, cap;
    uint32_t *heap;
    size_t n_heap, cap_heap;
    bool given;    /* the first cursor's document was given out and is to be left */
    uint32_t *pos; /* positions of several forms, merged */
    size_t cap_pos;
};

CLUS_MUST_CHECK clus_status clus__form_merge_begin(struct form_merge *m,
                                                   const struct inverter *v,
                                                   const uint32_t *forms, size_t n);
/* CLUS_OK, or CLUS_DONE after the last document. */
CLUS_MUST_CHECK clus_status clus__form_merge_next(struct form_merge *m,
                                                  struct form_posting *out);
void clus__form_merge_done(struct form_merge *m);

#endif
