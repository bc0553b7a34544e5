/*
 * External ids that were added or deleted since the last commit: hash → document number.
 * The ids themselves stay where they are; who looks one up compares them.
 */
#ifndef CLUS_INDEX_ID_TABLE_H
#define CLUS_INDEX_ID_TABLE_H

#include <clustersearch/base.h>

struct id_slot {
    uint64_t hash;
    uint64_t docnum; /* the document that had the id last */
};

/* Set in id_slot::docnum when that document is deleted. */
#define ID_SLOT_DELETED (UINT64_C(1) << 63)
#define ID_SLOT_EMPTY UINT64_MAX

struct id_table {
    struct id_slot *slots;
    size_t cap, n;
};

/* The next slot with this hash, from *cursor (0 at first) on; NULL after the last. */
struct id_slot *clus__id_table_next(const struct id_table *t, uint64_t hash,
                                    size_t *cursor);
CLUS_MUST_CHECK clus_status clus__id_table_add(struct id_table *t, uint64_t hash,
                                               uint64_t docnum);
void clus__id_table_done(struct id_table *t);

#endif
