/*
 * Posting lists of forms as the inverter left them, decoded to columns, and lists of
 * several forms merged by document: what a flush writes.
 *
 *     clus__form_lists_begin(l, keep);
 *     for each form of a stem: clus__form_lists_read(l, v, form, &ranges[i]);
 *     clus__form_lists_stem(l, ranges, n, positions, &columns);  // the stem's list
 *     … later, if they were kept:
 *     clus__form_lists_join(l, ranges, n, &columns);             // a form's: no places
 */
#ifndef CLUS_INDEX_FORM_LISTS_H
#define CLUS_INDEX_FORM_LISTS_H

#include "index/inverter.h"

/* Postings of a form in form_lists.forms. */
struct list_range {
    uint32_t at, n;
};

struct number_list {
    uint32_t *items;
    size_t n, cap;
};

CLUS_MUST_CHECK clus_status clus__number_list_grow(struct number_list *list, size_t more);
void clus__number_list_done(struct number_list *list);

struct posting_store {
    struct number_list docs, tfs;
    uint8_t *flags;
    size_t cap_flags;
};

struct form_lists {
    struct posting_store forms;  /* of all forms read, one after the other */
    struct posting_store merged; /* of several of them */
    size_t first;                /* posting of `forms` at which the stem begins */
    struct number_list pos;      /* positions of the stem's forms */
    struct number_list pos_at;   /* where those of each posting since `first` begin */
    struct number_list deltas;   /* of the list to be written */
    struct number_list mixed;    /* positions of a document that several forms have */
    uint64_t *order, *other;     /* document << 32 | posting */
    size_t cap_order, cap_other;
    size_t *starts; /* of the ascending runs in `order` */
    size_t cap_starts;
    struct buf bytes; /* of one list */
};

/* Forget what was read; the memory stays. */
void clus__form_lists_clear(struct form_lists *l);
/* Begin a stem. What was read before is kept for clus__form_lists_join() or forgotten. */
void clus__form_lists_begin(struct form_lists *l, bool keep);
CLUS_MUST_CHECK clus_status clus__form_lists_read(struct form_lists *l,
                                                  const struct inverter *v, uint32_t form,
                                                  struct list_range *range);
/* The list of all forms read since begin; *out until the next call. */
CLUS_MUST_CHECK clus_status clus__form_lists_stem(struct form_lists *l,
                                                  const struct list_range *ranges, size_t n,
                                                  bool positions,
                                                  struct posting_columns *out);
CLUS_MUST_CHECK clus_status clus__form_lists_join(struct form_lists *l,
                                                  const struct list_range *ranges, size_t n,
                                                  struct posting_columns *out);
static inline void clus__form_lists_prefetch(const struct form_lists *l,
                                             const struct list_range *range)
{
    __builtin_prefetch(&l->forms.docs.items[range->at]);
    __builtin_prefetch(&l->forms.tfs.items[range->at]);
}
void clus__form_lists_done(struct form_lists *l);

#endif
