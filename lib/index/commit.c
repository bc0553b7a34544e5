/* Publishing what the writer made, in one transaction; removing what nobody names. */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"
#include "index/ids.h"
#include "index/writer.h"

enum {
    MERGE_QUARTERS = 17,  /* of what is new, that a commit merges, */
    MERGES_MANY = 2,      /* and more while more merges than these are under way */
    TEXT_A_SEGMENT = 2,   /* bytes of text that are about one of a small segment */
    DROP_PAGES = 1024,    /* of what was merged away, that a commit removes at least */
    SMALL_FILE = 16 << 20 /* free room that is never given back */
};

/* ---- deletions ---- */

static int by_number(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static clus_status delete_one(struct writer *w, uint64_t docnum, clus_error *err)
{
    struct store_txn *txn;
    uint32_t doc;
    struct part *part = clus__writer_part_of(w, docnum);
    clus_status st = part ? clus__part_open(w, part, err) : CLUS_E_CORRUPT;
    if (st == CLUS_OK)
        st = clus__writer_reader(w, &txn, err);
    if (st == CLUS_OK)
        st = clus__docnum_find(part->seg, txn, docnum, &doc);
    if (st == CLUS_OK)
        st = clus__part_delete(part, doc);
    struct pack_part *pack = clus__writer_pack_of(w, docnum);
    if (st == CLUS_OK && pack) {
        pack->row.n_dead++;
        pack->changed = true;
    }
    return st == CLUS_DONE ? CLUS_E_CORRUPT : st;
}

/* `committed`: only of documents of the last commit; the others wait for another call. */
static clus_status apply_deletions(struct writer *w, bool committed, clus_error *err)
{
    size_t waiting = 0;
    if (w->n_dead)
        qsort(w->dead, w->n_dead, sizeof *w->dead, by_number);
    for (size_t i = 0; i < w->n_dead; i++) {
        const struct part *part = clus__writer_part_of(w, w->dead[i]);
        if (committed && (!part || part->added)) {
            w->dead[waiting++] = w->dead[i];
            continue;
        }
        clus_status st = delete_one(w, w->dead[i], err);
        if (st != CLUS_OK)
            return clus__explain(err, st, "document numbers");
    }
    w->n_dead = waiting;
    return CLUS_OK;
}

/* ---- the manifest ---- */

static clus_status remove_old(struct writer *w, struct store_txn *txn)
{
    clus_status st = CLUS_OK;
    for (size_t i = 0; i < w->n_gone && st == CLUS_OK; i++) {
        st = clus__segment_row_del(txn, &w->gone[i]);
        if (st == CLUS_OK)
            st = clus__deletions_drop(txn, w->gone[i].owner);
    }
    for (size_t i = 0; i < w->n_gone_packs && st == CLUS_OK; i++)
        st = clus__pack_row_del(txn, &w->gone_packs[i]);
    for (size_t i = 0; i < w->n_dropped && st == CLUS_OK; i++) {
        st = clus__owner_unmark(txn, TABLE_PENDING, w->dropped[i]);
        if (st == CLUS_OK)
            st = clus__owner_mark(txn, TABLE_DROPPED, w->dropped[i]);
    }
    return st;
}

static clus_status put_part(struct writer *w, struct store_txn *txn, struct part *part)
{
    clus_status st = CLUS_OK;
    if (part->place == PART_PUBLISHED && !part->changed)
        return CLUS_OK;
    if (part->place == PART_MEMORY)
        st = clus__slab_put(&part->slab, txn, &part->row.combined);
    else if (part->place == PART_PENDING)
        st = clus__owner_unmark(txn, TABLE_PENDING, part->row.owner);
    if (st == CLUS_OK && part->changed) {
        st = clus__deletions_store(txn, part->row.owner, part->row.ndocs, part->stored_bits,
                                   part->deleted);
        part->row.deleted_generation = w->counters.generation;
    }
    part->row.n_deleted = part->n_deleted;
    return st == CLUS_OK ? clus__segment_row_put(txn, &part->row) : st;
}

static clus_status put_pack(struct store_txn *txn, const struct pack_part *pack)
{
    clus_status st = CLUS_OK;
    if (pack->place == PART_PUBLISHED && !pack->changed)
        return CLUS_OK;
    if (pack->place == PART_MEMORY) {
        struct slab slab = {.owner = pack->row.owner, .data[0] = pack->data};
        st = clus__slab_put(&slab, txn, NULL);
    } else if (pack->place == PART_PENDING) {
        st = clus__owner_unmark(txn, TABLE_PENDING, pack->row.owner);
    }
    return st == CLUS_OK ? clus__pack_row_put(txn, &pack->row) : st;
}

static uint64_t new_bytes(const struct writer *w)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < w->n_parts; i++) {
        if (w->parts[i]->place != PART_PUBLISHED)
            sum += clus__segment_bytes(&w->parts[i]->row);
    }
    return sum;
}

/* Pages of what was merged away that a commit removes: more than its merges leave behind on
 * average, but so many only that it does not take long. */
static uint32_t drop_limit(const struct writer *w)
{
    uint64_t pages =
        DROP_PAGES + UINT64_C(3) * MERGE_QUARTERS / 4 * new_bytes(w) / PAGE_PAYLOAD;
    return pages < TXN_PAGES ? (uint32_t)pages : TXN_PAGES;
}

static clus_status drop_some(struct writer *w, struct store_txn *txn)
{
    uint32_t left = drop_limit(w);
    clus_status st = CLUS_OK;
    for (size_t i = 0; i < w->n_dropped && left > 0 && st >= 0; i++) {
        uint32_t n = 0;
        st = clus__store_drop_pages(txn, w->dropped[i], left, &n);
        left -= n;
        if (st == CLUS_DONE)
            st = clus__owner_unmark(txn, TABLE_DROPPED, w->dropped[i]);
    }
    if (left == 0)
        w->any_pending = true;
    return st;
}

static clus_status write_manifest(struct writer *w, struct store_txn *txn)
{
    clus_status st = remove_old(w, txn);
    for (size_t i = 0; i < w->n_parts && st == CLUS_OK; i++)
        st = put_part(w, txn, w->parts[i]);
    for (size_t i = 0; i < w->n_packs && st == CLUS_OK; i++)
        st = put_pack(txn, w->packs[i]);
    if (st == CLUS_OK)
        st = clus__counters_put(txn, &w->counters);
    return st == CLUS_OK ? drop_some(w, txn) : st;
}

static clus_status publish(struct writer *w, clus_error *err)
{
    struct store_txn *txn;
    clus__writer_drop_reader(w);
    w->counters.generation++;
    clus_status st = clus__store_write(w->index->store, w->relaxed, &txn, err);
    if (st != CLUS_OK)
        return st;
    st = write_manifest(w, txn);
    if (st < 0) {
        clus__store_abort(txn);
        return clus__explain(err, st, "publishing a commit");
    }
    return clus__store_commit(txn, err);
}

/* ---- removing ---- */

/* Drop pages of the first owner of a table: CLUS_DONE when the table is empty. */
static clus_status drop_slice(struct writer *w, enum store_table table, uint32_t most,
                              uint32_t *n, clus_error *err)
{
    struct store_txn *txn;
    struct store_row row = {0};
    clus_status st = clus__store_write(w->index->store, true, &txn, err);
    if (st != CLUS_OK)
        return st;
    *n = 0;
    while (st == CLUS_OK && *n < most) {
        uint32_t dropped = 0;
        row.key.len = 0;
        st = clus__store_next(txn, table, &row);
        if (st != CLUS_OK)
            break;
        uint32_t owner = row.key.len == 4 ? clus__owner_of_key(row.key) : 0;
        st = clus__store_drop_pages(txn, owner, most - *n, &dropped);
        *n += dropped;
        if (st == CLUS_DONE) {
            st = clus__store_del(txn, table, row.key);
            *n += 1; /* rows count as well, so that every slice ends */
        }
    }
    bool empty = st == CLUS_DONE;
    if (st < 0) {
        clus__store_abort(txn);
        return clus__explain(err, st, "removing old pages");
    }
    st = clus__store_commit(txn, err);
    return st == CLUS_OK && empty ? CLUS_DONE : st;
}

static clus_status is_empty(struct writer *w, enum store_table table, bool *empty,
                            clus_error *err)
{
    struct store_txn *txn;
    struct store_row row = {0};
    clus_status st = clus__store_read(w->index->store, &txn, err);
    if (st != CLUS_OK)
        return st;
    st = clus__store_next(txn, table, &row);
    clus__store_abort(txn);
    *empty = st == CLUS_DONE;
    return *empty ? CLUS_OK : clus__explain(err, st, "owners to be removed");
}

static clus_status sweep_table(struct writer *w, enum store_table table, uint64_t *pages,
                               clus_error *err)
{
    bool empty;
    clus_status st = is_empty(w, table, &empty, err);
    while (st == CLUS_OK && !empty && *pages > 0) {
        uint32_t n = 0, most = *pages < TXN_PAGES ? (uint32_t)*pages : TXN_PAGES;
        st = drop_slice(w, table, most, &n, err);
        *pages -= n < *pages ? n : *pages;
        empty = st == CLUS_DONE;
        st = empty ? CLUS_OK : st;
    }
    return st;
}

clus_status clus__writer_sweep(struct writer *w, bool pending, uint64_t pages,
                               clus_error *err)
{
    clus_status st = CLUS_OK;
    clus__writer_drop_reader(w);
    if (pending)
        st = sweep_table(w, TABLE_PENDING, &pages, err);
    if (st == CLUS_OK)
        st = sweep_table(w, TABLE_DROPPED, &pages, err);
    if (st == CLUS_OK && pages > 0)
        w->any_pending = w->n_merging > 0;
    return st;
}

/* ---- committing ---- */

/* What a commit merges besides. */
enum scope {
    SCOPE_DUE,     /* what the policy wants, within a budget */
    SCOPE_PACKS,   /* of a compaction: a slice of the stored documents */
    SCOPE_SEGMENTS /* of a compaction: all segments */
};

/* What a commit that adds so many bytes of segments may spend on merging. Over its life a
 * document is merged three to five times, a level each, so commits that do four times their
 * own size keep up, and a little more where a large index has more levels; what they leave
 * is spread over the next ones. What merges take is keys and postings (merge.h), not quite
 * twice their bytes where segments are small. */
static uint64_t merge_budget(const struct writer *w, uint64_t bytes)
{
    uint64_t quarters =
        w->n_merging > MERGES_MANY ? 4 * (w->n_merging + 2) : MERGE_QUARTERS;
    return w->limits.commit_merge + quarters * bytes / 4;
}

/* Whether segments are merged while another thread analyses the commit's documents, which
 * are but one run: the merge needs nothing of them, and the next commit merges theirs. Not
 * asked is whether that thread is done, so that an index does not depend on who is faster.
 * A few documents are analysed before another thread is awake. */
static bool early(const struct writer *w)
{
    return w->threads > 1 && writer_has_one_run(w, true);
}

static clus_status merge_early(struct writer *w, clus_error *err)
{
    uint64_t budget = merge_budget(w, w->info.text_bytes / TEXT_A_SEGMENT), left = budget;
    clus_status st = apply_deletions(w, true, err);
    if (st == CLUS_OK)
        st = clus__writer_merge(w, true, &left, err);
    w->merged = budget - left;
    return st;
}

static clus_status merge_due(struct writer *w, clus_error *err)
{
    uint64_t budget = merge_budget(w, w->run_bytes);
    budget -= w->merged < budget ? w->merged : budget;
    clus_status st = clus__writer_merge_packs(w, &budget, err);
    return st == CLUS_OK ? clus__writer_merge(w, early(w), &budget, err) : st;
}

static clus_status prepare(struct writer *w, enum scope scope, clus_error *err)
{
    clus_status st = apply_deletions(w, false, err);
    if (st == CLUS_OK && scope == SCOPE_DUE)
        st = merge_due(w, err);
    if (st == CLUS_OK && scope == SCOPE_PACKS)
        st = clus__writer_compact_packs(w, err);
    if (st == CLUS_OK && scope == SCOPE_SEGMENTS)
        st = clus__writer_merge_all(w, err);
    if (st == CLUS_OK && w->memory_bytes > w->limits.spill)
        st = clus__writer_spill(w, err);
    return st;
}

/* Merging leaves free pages behind. Further commits use them again, but a file should not
 * be much larger than what it holds. */
static clus_status give_room_back(struct writer *w, clus_error *err)
{
    struct store_txn *txn;
    struct store_figures figures;
    clus__writer_drop_reader(w);
    clus_status st = clus__store_read(w->index->store, &txn, err);
    if (st != CLUS_OK)
        return st;
    st = clus__store_figures(w->index->store, txn, &figures);
    clus__store_abort(txn);
    if (st != CLUS_OK)
        return clus__explain(err, st, "counting free pages");
    uint64_t used = figures.used_pages * figures.page_size;
    bool roomy = figures.file_bytes > used + used / 2 + SMALL_FILE;
    return roomy ? clus__store_trim(w->index->store, err) : CLUS_OK;
}

static bool has_work(const struct writer *w, enum scope scope)
{
    return scope != SCOPE_DUE || w->filling || w->n_jobs || w->n_dead || w->info.added ||
           w->info.replaced;
}

static clus_status commit(struct writer *w, enum scope scope, clus_commit_info *info,
                          clus_error *err)
{
    clus_commit_info done;
    bool merged = false;
    uint64_t pages = UINT64_MAX; /* that are removed */
    if (has_work(w, scope)) {
        clus_status st = clus__writer_seal_rest(w, err);
        if (st == CLUS_OK && scope == SCOPE_DUE && early(w))
            st = merge_early(w, err);
        if (st == CLUS_OK)
            st = clus__writer_collect(w, true, err);
        if (st == CLUS_OK)
            st = prepare(w, scope, err);
        if (scope == SCOPE_DUE)
            pages = drop_limit(w);
        if (st == CLUS_OK)
            st = publish(w, err);
        merged = w->n_dropped > 0;
        if (st != CLUS_OK)
            return st;
    }
    done = w->info;
    done.generation = w->counters.generation;
    clus_status st = clus__writer_reset(w, true, err);
    if (st == CLUS_OK && w->any_pending)
        st = clus__writer_sweep(w, false, pages, err);
    if (st == CLUS_OK && merged && scope == SCOPE_DUE)
        st = give_room_back(w, err);
    if (st == CLUS_OK && info)
        *info = done;
    return st;
}

clus_status clus__writer_commit(struct writer *w, clus_commit_info *info, clus_error *err)
{
    if (w->failed != CLUS_OK)
        return clus__fail(err, w->failed, "an earlier call failed (%s): roll back first",
                          clus_status_name(w->failed));
    return w->failed = commit(w, SCOPE_DUE, info, err);
}

static clus_status rewrite_some(struct writer *w, enum scope scope, clus_error *err)
{
    clus_status st = commit(w, scope, NULL, err);
    clus__writer_drop_reader(w);
    return st == CLUS_OK ? clus__store_trim(w->index->store, err) : st;
}

/* What has been rewritten gives its room back before more is, so that the file does not
 * become twice what it holds: stored documents in slices, then all the segments. The first
 * trim is for what the last commit left: it can be used again one commit later. */
static clus_status rewrite(struct writer *w, clus_error *err)
{
    bool more;
    clus__long_merges_drop(w); /* all of it is merged anew */
    clus_status st =
        w->any_pending ? clus__writer_sweep(w, true, UINT64_MAX, err) : CLUS_OK;
    if (st == CLUS_OK)
        st = clus__store_trim(w->index->store, err);
    if (st == CLUS_OK)
        st = clus__writer_packs_left(w, &more, err);
    while (st == CLUS_OK && more) {
        st = rewrite_some(w, SCOPE_PACKS, err);
        if (st == CLUS_OK)
            st = clus__writer_packs_left(w, &more, err);
    }
    return st == CLUS_OK ? rewrite_some(w, SCOPE_SEGMENTS, err) : st;
}

/* The documents are committed before, so that a failure of what follows leaves them so. */
clus_status clus__writer_compact(struct writer *w, clus_error *err)
{
    clus_status st = clus__writer_commit(w, NULL, err);
    if (st != CLUS_OK)
        return st;
    bool done = w->n_parts <= 1 && w->base->n_docs == w->base->n_live && w->n_packs <= 1 &&
                !w->any_pending;
    if (done) {
        clus__writer_drop_reader(w);
        return w->failed = clus__store_trim(w->index->store, err);
    }
    return w->failed = rewrite(w, err);
}

clus_status clus__writer_reorder(struct writer *w, clus_error *err)
{
    clus_status st = clus__writer_commit(w, NULL, err);
    if (st != CLUS_OK)
        return st;
    w->reorder = true;
    st = rewrite(w, err);
    w->reorder = false;
    return w->failed = st;
}
