/*
 * Documents to posting lists in memory: for each surface form a run of bytes that grows in
 * slices. Positions tell title from text and lead, so no flags are kept here.
 *
 * One list, decoded: symbols as LEB128. 0 begins a document and is followed by the distance
 * from the document before (from -1 at first); 1 is an occurrence in furniture; s > 1 is a
 * position, s - 1 behind the one before (behind -1 at first).
 */
#ifndef CLUS_INDEX_INVERTER_H
#define CLUS_INDEX_INVERTER_H

#include "base/buf.h"
#include "index/segment.h"
#include "text/lexer.h"

enum { LIST_TAIL = 44 };

/* A cache line, so that a token takes no more than one: the list's last bytes are kept in
 * it until there is no room. */
struct form_list {
    uint8_t tail[LIST_TAIL];
    uint32_t head, next; /* addresses of the first slice and behind the last byte there;
                            next is 0 while all bytes are in the tail */
    uint32_t doc;        /* last document + 1 */
    uint32_t pos;        /* last position + 1 */
    uint16_t left;       /* bytes left in the last slice */
    uint8_t level;       /* size class of the last slice */
    uint8_t n;           /* bytes in the tail */
};

/* Documents of one filterable value. */
struct value_list {
    struct bytes key; /* with kind byte; in the arena of slices */
    uint32_t *docs;
    size_t n, cap;
};

struct inverter {
    struct form_list *lists;   /* by form id, on a border of cache lines */
    size_t n_lists, cap_lists; /* of forms met or not: those behind n_lists are not set */
    uint32_t *touched;         /* forms that have a list */
    size_t n_touched, cap_touched;
    uint8_t **chunks; /* the arena of slices */
    size_t n_chunks, cap_chunks;
    uint32_t used; /* of the last chunk */
    struct value_list *values;
    size_t n_values, cap_values;
    uint32_t *value_slots; /* hash table: index into values + 1 */
    size_t cap_slots;
    struct buf norms; /* struct norm of each document */
    uint64_t sum_len; /* of the lengths that the norms stand for */
    uint32_t ndocs;
    clus_status status; /* sticky: an allocation failed, the contents are useless */
};

/* Tokens of the next document's fields. */
struct document_tokens {
    const struct token_list *title, *text, *extra;
};

CLUS_MUST_CHECK clus_status clus__inverter_add(struct inverter *v,
                                               const struct document_tokens *tokens);
/* A value of the document added last; given twice it counts once. */
CLUS_MUST_CHECK clus_status clus__inverter_value(struct inverter *v, const char *field,
                                                 struct bytes value);
void clus__inverter_clear(struct inverter *v); /* keeps some memory for the next run */
void clus__inverter_done(struct inverter *v);

/* Append the bytes of a form's list. */
void clus__inverter_list(const struct inverter *v, uint32_t form, struct buf *out);

/* Ask for the first slice of a form's list. */
void clus__inverter_prefetch(const struct inverter *v, uint32_t form);

#endif
