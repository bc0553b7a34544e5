/* Who has an id: documents added since the last commit before those of the base. */
#include "base/alloc.h"
#include "base/error.h"
#include "index/hash.h"
#include "index/writer.h"

/* Whether a document has this id; it was added since the last commit or is in the base. */
static clus_status same_id(struct writer *w, uint64_t docnum, struct bytes id, bool *same,
                           clus_error *err)
{
    const struct run *run = NULL;
    if (w->filling && docnum >= w->filling->first_docnum)
        run = w->filling;
    for (size_t i = w->n_jobs; !run && i-- > 0;) {
        if (docnum >= w->jobs[i]->run->first_docnum)
            run = w->jobs[i]->run;
    }
    struct part *part = run ? NULL : clus__writer_part_of(w, docnum);
    if (part && part->run)
        run = part->run;
    if (run) {
        struct bytes own = clus__run_id(run, (uint32_t)(docnum - run->first_docnum));
        *same = clus__bytes_cmp(own, id) == 0;
        return CLUS_OK;
    }
    uint8_t own[ID_MAX];
    size_t len;
    uint32_t doc;
    struct store_txn *txn;
    clus_status st = clus__writer_reader(w, &txn, err);
    if (st != CLUS_OK)
        return st;
    st = part ? clus__part_open(w, part, err) : CLUS_E_CORRUPT;
    if (st == CLUS_OK)
        st = clus__docnum_find(part->seg, txn, docnum, &doc);
    if (st == CLUS_OK)
        st = clus__ids_read(part->seg, txn, doc, own, &len);
    if (st != CLUS_OK)
        return clus__explain(err, st == CLUS_DONE ? CLUS_E_CORRUPT : st, "external ids");
    *same = clus__bytes_cmp((struct bytes){own, len}, id) == 0;
    return CLUS_OK;
}

/* The slot of an id that was touched since the last commit, or NULL. */
static clus_status find_slot(struct writer *w, struct bytes id, uint64_t hash,
                             struct id_slot **out, clus_error *err)
{
    size_t cursor = 0;
    struct id_slot *slot;
    while ((slot = clus__id_table_next(&w->ids, hash, &cursor)) != NULL) {
        bool same = false;
        clus_status st = same_id(w, slot->docnum & ~ID_SLOT_DELETED, id, &same, err);
        if (st != CLUS_OK)
            return st;
        if (same)
            break;
    }
    *out = slot;
    return CLUS_OK;
}

/* The committed document with an id: CLUS_DONE when there is none. */
static clus_status find_committed(struct writer *w, struct bytes id, uint64_t *docnum,
                                  clus_error *err)
{
    struct store_txn *txn;
    clus_status st = w->base->n ? clus__writer_reader(w, &txn, err) : CLUS_DONE;
    if (st != CLUS_OK)
        return st;
    for (uint32_t i = w->base->n; i-- > 0;) {
        const struct view_segment *s = &w->base->visible[i];
        uint32_t doc;
        st = clus__id_hashes_find(s->seg, txn, id, s->deleted, &doc);
        if (st == CLUS_OK)
            st = clus__docnum_of(s->seg, txn, doc, docnum);
        if (st != CLUS_DONE)
            return clus__explain(err, st, "external ids");
    }
    return CLUS_DONE;
}

static clus_status add_dead(struct writer *w, uint64_t docnum)
{
    clus_status st = clus__grow(&w->dead, &w->cap_dead, w->n_dead + 1, sizeof *w->dead);
    if (st == CLUS_OK)
        w->dead[w->n_dead++] = docnum;
    return st;
}

clus_status clus__writer_take_id(struct writer *w, struct bytes id, uint64_t docnum,
                                 bool *had, clus_error *err)
{
    struct id_slot *slot;
    uint64_t hash = clus__hash64(id), old = 0;
    clus_status st = find_slot(w, id, hash, &slot, err);
    if (st != CLUS_OK)
        return st;
    if (slot) {
        *had = !(slot->docnum & ID_SLOT_DELETED);
        old = slot->docnum & ~ID_SLOT_DELETED;
    } else {
        st = find_committed(w, id, &old, err);
        *had = st == CLUS_OK;
        if (st < 0)
            return st;
    }
    st = *had ? add_dead(w, old) : CLUS_OK;
    bool leaves = docnum == ID_SLOT_DELETED;
    if (st != CLUS_OK || (leaves && !*had))
        return clus__explain(err, st, "adding a document");
    if (slot)
        slot->docnum = leaves ? old | ID_SLOT_DELETED : docnum;
    else
        st = clus__id_table_add(&w->ids, hash, leaves ? old | ID_SLOT_DELETED : docnum);
    return clus__explain(err, st, "adding a document");
}
