/*
 * Encode what an inverter holds as the dictionary, lists and norms of a segment.
 */
#ifndef CLUS_INDEX_FLUSH_H
#define CLUS_INDEX_FLUSH_H

#include "index/form_lists.h"
#include "index/text_order.h"

struct flush_config {
    bool forms; /* write KEY_FORM keys */
    bool positions;
    float avg_len;
};

/* A form that has a list. */
struct flush_entry {
    uint32_t form;
    uint32_t group; /* of its stem */
    struct list_range list;
};

/* What a stem's list came to, for the forms that share it. */
struct stem_group {
    struct bytes stem;
    uint64_t ttf;
    uint32_t df;
    bool one_text;  /* all its forms are one text */
    size_t docs_at; /* in flush_memory.stem_docs, unless all are */
};

/* What a flush works in, kept for the next one: touching new memory costs as much as a
 * fifth of it. */
struct flush_memory {
    size_t cap;                  /* of the arrays, by form or stem */
    struct flush_entry *entries; /* in order of stems */
    struct text_key *keys, *spare;
    struct stem_group *groups;
    struct list_range *ranges;    /* of the entries of one key */
    struct number_list stem_docs; /* documents of stems with several texts, one list after
                                     the other */
    struct form_lists lists;
};

CLUS_MUST_CHECK clus_status clus__inverter_flush(const struct inverter *v,
                                                 const struct lexer *lx,
                                                 const struct flush_config *config,
                                                 struct flush_memory *memory,
                                                 const struct segment_sink *sink,
                                                 struct segment_totals *totals);
void clus__flush_memory_done(struct flush_memory *memory);

#endif
