/* A hash table with open addressing; slots are never removed one by one. */
#include "index/id_table.h"

#include <string.h>

#include "base/alloc.h"

enum { FIRST_CAP = 64 };

struct id_slot *clus__id_table_next(const struct id_table *t, uint64_t hash, size_t *cursor)
{
    if (t->cap == 0)
        return NULL;
    for (size_t mask = t->cap - 1;; ++*cursor) {
        struct id_slot *slot = &t->slots[(hash + *cursor) & mask];
        if (slot->docnum == ID_SLOT_EMPTY)
            return NULL;
        if (slot->hash == hash) {
            ++*cursor;
            return slot;
        }
    }
}

static void place(struct id_slot *slots, size_t cap, struct id_slot slot)
{
    size_t at = slot.hash & (cap - 1);
    while (slots[at].docnum != ID_SLOT_EMPTY)
        at = (at + 1) & (cap - 1);
    slots[at] = slot;
}

static clus_status grow(struct id_table *t)
{
    size_t cap = t->cap ? t->cap * 2 : FIRST_CAP;
    if (cap > SIZE_MAX / sizeof *t->slots)
        return CLUS_E_NOMEM;
    struct id_slot *slots = clus__malloc(cap * sizeof *slots);
    if (!slots)
        return CLUS_E_NOMEM;
    memset(slots, 0xff, cap * sizeof *slots); /* ID_SLOT_EMPTY */
    for (size_t i = 0; i < t->cap; i++) {
        if (t->slots[i].docnum != ID_SLOT_EMPTY)
            place(slots, cap, t->slots[i]);
    }
    clus__free(t->slots);
    t->slots = slots;
    t->cap = cap;
    return CLUS_OK;
}

clus_status clus__id_table_add(struct id_table *t, uint64_t hash, uint64_t docnum)
{
    if (4 * (t->n + 1) > 3 * t->cap) {
        clus_status st = grow(t);
        if (st != CLUS_OK)
            return st;
    }
    place(t->slots, t->cap, (struct id_slot){hash, docnum});
    t->n++;
    return CLUS_OK;
}

void clus__id_table_done(struct id_table *t)
{
    clus__free(t->slots);
    *t = (struct id_table){0};
}
