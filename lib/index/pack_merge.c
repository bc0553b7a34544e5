/* Merging packs: small neighbours are joined, packs that are mostly dead are rewritten. */
#include "base/alloc.h"
#include "base/error.h"
#include "index/ids.h"
#include "index/merge_plan.h"
#include "index/pack.h"
#include "index/writer.h"

enum {
    KEPT_SHARE = 3, /* a frame stays as it is while no more than a third of it is dead */
    GAPS_MOST = 16, /* numbers a record, beyond which it is not asked about each */
    /* what takes as long as a byte of work on segments (merge.h): bytes of records that are
     * inflated and compressed again, bytes of frames that are copied */
    REWRITTEN = 2,
    COPIED = 16
};

struct pack_merge {
    struct writer *w;
    struct store_txn *txn;
    struct pack_writer out;
    uint64_t rewritten; /* bytes of records that were compressed again */
    bool thorough;      /* nothing that is dead stays */
    bool same_symbols;  /* of the pack being read and the one written */
};

/* A document lives if a segment has it and does not say that it is deleted. */
static clus_status lives(struct pack_merge *m, uint64_t docnum, bool *yes, clus_error *err)
{
    uint32_t doc;
    struct part *part = clus__writer_part_of(m->w, docnum);
    *yes = false;
    if (!part)
        return CLUS_OK;
    clus_status st = clus__part_open(m->w, part, err);
    if (st == CLUS_OK)
        st = clus__docnum_find(part->seg, m->txn, docnum, &doc);
    if (st == CLUS_OK)
        *yes = !clus__bit(part->deleted, doc);
    return st == CLUS_DONE ? CLUS_OK : clus__explain(err, st, "document numbers");
}

/* How many of a frame's records are of dead documents, or all of them where that is not to
 * be told without inflating it. */
static clus_status count_dead(struct pack_merge *m, const struct frame *frame, uint32_t *n,
                              clus_error *err)
{
    uint32_t live = 0;
    *n = frame->ndocs;
    if (frame->last - frame->first >= (uint64_t)GAPS_MOST * frame->ndocs)
        return CLUS_OK;
    for (uint64_t docnum = frame->first; docnum <= frame->last; docnum++) {
        bool yes;
        clus_status st = lives(m, docnum, &yes, err);
        if (st != CLUS_OK)
            return st;
        live += yes;
    }
    if (live > frame->ndocs)
        return clus__explain(err, CLUS_E_CORRUPT, "stored documents");
    *n -= live;
    return CLUS_OK;
}

static clus_status copy_record(struct pack_merge *m, uint64_t docnum, struct bytes record)
{
    struct buf *room;
    clus_status st = clus__pack_begin(&m->out, docnum, record.len, &room);
    if (st != CLUS_OK)
        return st;
    clus__buf_add(room, record.data, record.len);
    m->rewritten += record.len;
    return clus__pack_end(&m->out);
}

static clus_status copy_records(struct pack_merge *m, struct pack *pack,
                                struct frame *frame, clus_error *err)
{
    clus_status st = clus__frame_inflate(pack, m->txn, frame);
    struct record_walk walk = {.frame = frame};
    bool some_dead = pack->row.n_dead > 0;
    while (st == CLUS_OK && (st = clus__record_next(&walk)) == CLUS_OK) {
        bool keep = true;
        if (some_dead)
            st = lives(m, walk.docnum, &keep, err);
        if (st == CLUS_OK && keep)
            st = copy_record(m, walk.docnum, walk.record);
    }
    clus__free(frame->raw);
    frame->raw = NULL;
    return st == CLUS_DONE ? CLUS_OK : clus__explain(err, st, "stored documents");
}

/* Whether a frame may be taken over as it is; *dead counts what of it is dead. */
static clus_status may_stay(struct pack_merge *m, const struct pack_part *part,
                            const struct frame *frame, bool *stays, uint32_t *dead,
                            clus_error *err)
{
    *dead = 0;
    *stays = frame->raw_len >= FRAME_TARGET / 2 && (!frame->coded || m->same_symbols);
    if (!*stays || part->row.n_dead == 0)
        return CLUS_OK;
    clus_status st = count_dead(m, frame, dead, err);
    *stays = *dead <= (m->thorough ? 0 : frame->ndocs / KEPT_SHARE);
    return st;
}

static clus_status copy_frame(struct pack_merge *m, const struct pack_part *part,
                              struct pack *pack, uint32_t number, clus_error *err)
{
    struct frame frame;
    bool stays;
    uint32_t dead;
    clus_status st = clus__explain(err, clus__frame_open(pack, m->txn, number, &frame),
                                   "stored documents");
    if (st == CLUS_OK)
        st = may_stay(m, part, &frame, &stays, &dead, err);
    if (st != CLUS_OK)
        return st;
    if (!stays)
        return copy_records(m, pack, &frame, err);
    m->out.row.n_dead += dead;
    return clus__explain(err, clus__pack_copy_frame(&m->out, pack, m->txn, &frame),
                         "stored documents");
}

static clus_status copy_pack(struct pack_merge *m, const struct pack_part *part,
                             clus_error *err)
{
    struct pack pack;
    clus_status st =
        part->place == PART_MEMORY
            ? clus__pack_of_memory(&part->row, clus__buf_bytes(&part->data), &pack)
            : clus__pack_open(&part->row, m->txn, &pack);
    if (st != CLUS_OK)
        return clus__explain(err, st, "stored documents");
    st = clus__explain(err,
                       clus__pack_share_symbols(&m->out, &pack, m->txn, &m->same_symbols),
                       "stored documents");
    for (uint32_t i = 0; i < part->row.n_frames && st == CLUS_OK; i++)
        st = copy_frame(m, part, &pack, i, err);
    clus__pack_close(&pack);
    return st;
}

static clus_status finish(struct pack_merge *m, size_t from, size_t n, clus_error *err)
{
    struct writer *w = m->w;
    struct pack_part *made = NULL;
    clus_status st = CLUS_OK;
    for (size_t i = from; i < from + n && st == CLUS_OK; i++)
        st = clus__writer_pack_gone(w, w->packs[i]);
    if (st == CLUS_OK && m->out.row.ndocs > 0) {
        made = clus__calloc(1, sizeof *made);
        st = made ? clus__pack_finish(&m->out, &made->data, &made->row) : CLUS_E_NOMEM;
    }
    if (st != CLUS_OK) {
        clus__pack_part_free(made);
        return clus__explain(err, st, "stored documents");
    }
    if (made)
        made->row.owner = w->counters.next_owner++;
    clus__writer_replace_packs(w, from, n, made);
    return CLUS_OK;
}

static uint64_t bytes_of(const struct pack_row *row)
{
    uint64_t bytes = clus__pack_len(row);
    return bytes - bytes / row->ndocs * row->n_dead;
}

struct group {
    size_t from, n; /* n is 0: there is none */
    uint64_t bytes;
};

static clus_status plan(const struct writer *w, bool everything, struct group *out)
{
    struct plan_rules rules = clus__plan_packs();
    struct plan_part *parts = clus__calloc(w->n_packs, sizeof *parts);
    *out = (struct group){0};
    if (!parts)
        return CLUS_E_NOMEM;
    for (size_t i = 0; i < w->n_packs; i++) {
        const struct pack_row *row = &w->packs[i]->row;
        parts[i] = (struct plan_part){.bytes = bytes_of(row),
                                      .first_docnum = row->first_docnum,
                                      .last_docnum = row->last_docnum,
                                      .ndocs = row->ndocs,
                                      .n_dead = row->n_dead};
    }
    bool found = everything
                     ? clus__plan_compact(&rules, parts, w->n_packs, &out->from, &out->n)
                     : clus__plan_next(&rules, parts, w->n_packs, &out->from, &out->n);
    out->n = found ? out->n : 0;
    for (size_t i = 0; i < out->n; i++)
        out->bytes += parts[out->from + i].bytes;
    clus__free(parts);
    return CLUS_OK;
}

/* *cost: what it was, in bytes of work on segments. */
static clus_status merge_group(struct writer *w, const struct group *group, bool thorough,
                               uint64_t *cost, clus_error *err)
{
    struct pack_merge m = {.w = w, .thorough = thorough};
    clus_status st = clus__writer_reader(w, &m.txn, err);
    for (size_t i = group->from; i < group->from + group->n && st == CLUS_OK; i++) {
        if (w->packs[i]->row.n_dead < w->packs[i]->row.ndocs)
            st = copy_pack(&m, w->packs[i], err);
    }
    if (st == CLUS_OK)
        st = finish(&m, group->from, group->n, err);
    clus__pack_writer_done(&m.out);
    if (st == CLUS_OK && w->memory_bytes > w->limits.spill)
        st = clus__writer_spill(w, err);
    *cost = group->bytes / COPIED + m.rewritten / REWRITTEN;
    return st;
}

/* What to expect: a group of one is rewritten for what is dead in it; of others most is
 * copied. */
static uint64_t expected_cost(const struct group *group)
{
    return group->n == 1 ? group->bytes / 2 * 3 : group->bytes / COPIED;
}

/* One group is merged whatever is left, if it is not larger than a merge may make it, for
 * packs cannot be merged in pieces; a larger one waits for a large commit. */
clus_status clus__writer_merge_packs(struct writer *w, uint64_t *budget, clus_error *err)
{
    struct group group;
    clus_status st;
    uint64_t free_of_charge = PACK_MERGE_MAX;
    while ((st = plan(w, false, &group)) == CLUS_OK && group.n > 0) {
        uint64_t cost = expected_cost(&group);
        if (cost > *budget && group.bytes > free_of_charge)
            break;
        free_of_charge = 0;
        st = merge_group(w, &group, group.n == 1, &cost, err);
        if (st != CLUS_OK)
            return st;
        *budget -= cost < *budget ? cost : *budget;
    }
    return clus__explain(err, st, "stored documents");
}

clus_status clus__writer_packs_left(const struct writer *w, bool *left, clus_error *err)
{
    struct group group;
    clus_status st = plan(w, true, &group);
    *left = group.n > 0;
    return clus__explain(err, st, "stored documents");
}

clus_status clus__writer_compact_packs(struct writer *w, clus_error *err)
{
    struct group group;
    uint64_t all = 0, done = 0;
    clus_status st = CLUS_OK;
    for (size_t i = 0; i < w->n_packs; i++)
        all += clus__pack_len(&w->packs[i]->row);
    while (done <= all / 4 && (st = plan(w, true, &group)) == CLUS_OK && group.n > 0) {
        uint64_t cost;
        done += group.bytes;
        st = merge_group(w, &group, true, &cost, err);
        if (st != CLUS_OK)
            return st;
    }
    return clus__explain(err, st, "stored documents");
}
