/* One segment: its pages, lengths, numbers and ids; its lists in check_lists.c. */
#include <stdio.h>

#include "base/alloc.h"
#include "codec/impact.h"
#include "index/check.h"
#include "index/hash.h"
#include "index/id_hashes.h"
#include "index/ids.h"

struct segment_check {
    struct checker *c;
    uint32_t number;
    const struct segment *seg;
    const struct segment_row *row;
    const uint64_t *deleted;
    char where[64];
};

static bool check_streams(struct segment_check *s)
{
    bool whole = true;
    for (int i = 0; i < SEG_STREAMS; i++) {
        if (i > 0 && s->row->combined)
            break;
        whole = clus__check_pages(s->c, &s->seg->streams[i], s->where) && whole;
    }
    return whole;
}

static void check_lengths(struct segment_check *s)
{
    uint64_t sum = 0;
    for (uint32_t doc = 0; doc < s->seg->ndocs; doc++)
        sum += clus__length_of_norm(s->seg->norms[doc].length);
    if (sum != s->row->sum_len)
        clus__check_report(s->c, s->where, "lengths sum to %llu, the manifest says %llu",
                           (unsigned long long)sum, (unsigned long long)s->row->sum_len);
}

static clus_status add_live(struct segment_check *s, uint32_t doc, uint64_t docnum,
                            uint64_t hash)
{
    struct checker *c = s->c;
    clus_status st = clus__grow(&c->live, &c->cap_live, c->n_live + 1, sizeof *c->live);
    if (st == CLUS_OK)
        c->live[c->n_live++] = (struct live_document){
            .hash = hash, .docnum = docnum, .segment = s->number, .doc = doc};
    return st;
}

/* Numbers ascend within their range, in the order that the segment gives: so no document
 * is named twice. */
static bool check_numbers(struct segment_check *s)
{
    uint64_t docnum = 0, before = 0;
    for (uint32_t i = 0; i < s->seg->ndocs; i++, before = docnum) {
        uint32_t doc;
        if (clus__docnum_nth(s->seg, s->c->view->txn, i, &doc) != CLUS_OK ||
            clus__docnum_of(s->seg, s->c->view->txn, doc, &docnum) != CLUS_OK ||
            (i > 0 && docnum <= before) || docnum > s->row->last_docnum ||
            (i == 0 && docnum != s->row->first_docnum)) {
            clus__check_report(s->c, s->where, "number %u of the documents", (unsigned)i);
            return false;
        }
    }
    if (docnum != s->row->last_docnum)
        clus__check_report(s->c, s->where, "the last number is %llu, not %llu",
                           (unsigned long long)docnum,
                           (unsigned long long)s->row->last_docnum);
    return true;
}

/* Ids can be read. */
static clus_status check_documents(struct segment_check *s)
{
    clus_status st = CLUS_OK;
    if (!check_numbers(s))
        return CLUS_OK;
    for (uint32_t doc = 0; doc < s->seg->ndocs && st == CLUS_OK; doc++) {
        uint8_t id[ID_MAX];
        size_t len;
        uint64_t docnum;
        if (clus__ids_read(s->seg, s->c->view->txn, doc, id, &len) != CLUS_OK ||
            clus__docnum_of(s->seg, s->c->view->txn, doc, &docnum) != CLUS_OK)
            clus__check_report(s->c, s->where, "id of document %u", (unsigned)doc);
        else if (!clus__bit(s->deleted, doc))
            st = add_live(s, doc, docnum, clus__hash64((struct bytes){id, len}));
    }
    return st;
}

/* Hashes ascend, each is that of its document's id, each document has one. */
static clus_status check_hashes(struct segment_check *s)
{
    struct id_hash_walk walk = {0};
    struct id_hash at;
    clus_status st;
    uint64_t *seen = clus__calloc(clus__bitset_words(s->seg->ndocs), sizeof *seen);
    if (!seen)
        return CLUS_E_NOMEM;
    for (uint32_t i = 0;
         (st = clus__id_hashes_next(s->seg, s->c->view->txn, &walk, &at)) != CLUS_DONE;
         i++) {
        if (st != CLUS_OK || clus__bit(seen, at.doc))
            clus__check_report(s->c, s->where, "hash %u of external ids", (unsigned)i);
        else
            seen[at.doc / 64] |= 1ull << (at.doc % 64);
    }
    clus__free(seen);
    return CLUS_OK;
}

clus_status clus__check_segment(struct checker *c, uint32_t segment)
{
    struct segment_check s = {.c = c,
                              .number = segment,
                              .seg = c->view->segments[segment].seg,
                              .row = &c->manifest->rows[segment],
                              .deleted = c->view->segments[segment].deleted};
    (void)snprintf(s.where, sizeof s.where, "segment %u", (unsigned)s.seg->id);
    if (!check_streams(&s))
        return CLUS_OK; /* what else is wrong follows from that */
    check_lengths(&s);
    clus_status st = check_documents(&s);
    if (st == CLUS_OK)
        st = check_hashes(&s);
    return st == CLUS_OK ? clus__check_lists(c, segment) : st;
}
