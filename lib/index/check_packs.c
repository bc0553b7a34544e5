/* Stored documents: every frame is inflated, every record read, every live one found. */
#include <stdio.h>

#include "base/alloc.h"
#include "index/check.h"
#include "index/ids.h"
#include "index/pack.h"
#include "index/record.h"

struct pack_check {
    struct checker *c;
    struct pack pack;
    struct record record;
    size_t live; /* the next live document that a record may be */
    uint32_t ndocs, n_dead;
    uint64_t raw_bytes, last;
    clus_status status; /* CLUS_OK, or what ended the check */
    char where[64];
};

/* The record is that of the live document with its number, or dead. */
static void check_record(struct pack_check *p, uint64_t docnum, struct bytes bytes)
{
    struct checker *c = p->c;
    p->ndocs++;
    if ((p->ndocs > 1 && docnum <= p->last) || docnum > p->pack.row.last_docnum)
        clus__check_report(c, p->where, "document %llu is out of order",
                           (unsigned long long)docnum);
    p->last = docnum;
    clus_status st = clus__record_read(bytes, &p->record);
    if (st != CLUS_OK && !clus__check_goes_on(st))
        p->status = st;
    if (st != CLUS_OK) {
        clus__check_report(c, p->where, "document %llu cannot be read",
                           (unsigned long long)docnum);
        return;
    }
    while (p->live < c->n_live && c->live[p->live].docnum < docnum) {
        clus__check_report(c, p->where, "document %llu is not stored",
                           (unsigned long long)c->live[p->live++].docnum);
    }
    if (p->live == c->n_live || c->live[p->live].docnum != docnum) {
        p->n_dead++;
        return;
    }
    const struct live_document *live = &c->live[p->live++];
    uint8_t id[ID_MAX];
    size_t len;
    if (clus__ids_read(c->view->segments[live->segment].seg, c->view->txn, live->doc, id,
                       &len) == CLUS_OK &&
        clus__bytes_cmp((struct bytes){id, len}, clus__bytes_of_str(p->record.doc.id)) != 0)
        clus__check_report(c, p->where, "document %llu has another id in its segment",
                           (unsigned long long)docnum);
}

static clus_status check_frame(struct pack_check *p, uint32_t i)
{
    struct frame frame = {0};
    uint32_t before = p->ndocs;
    clus_status st = clus__frame_open(&p->pack, p->c->view->txn, i, &frame);
    if (st == CLUS_OK)
        st = clus__frame_inflate(&p->pack, p->c->view->txn, &frame);
    struct record_walk walk = {.frame = &frame};
    while (st == CLUS_OK && (st = clus__record_next(&walk)) == CLUS_OK &&
           p->status == CLUS_OK)
        check_record(p, walk.docnum, walk.record);
    clus__free(frame.raw);
    if (p->status != CLUS_OK)
        return p->status;
    if (st == CLUS_E_CORRUPT ||
        (st == CLUS_DONE && (p->ndocs - before != frame.ndocs || p->last != frame.last)))
        clus__check_report(p->c, p->where, "frame %u cannot be read", (unsigned)i);
    p->raw_bytes += frame.raw_len;
    return clus__check_goes_on(st) ? CLUS_OK : st;
}

static clus_status check_frames(struct pack_check *p)
{
    const struct pack_row *row = &p->pack.row;
    if (!clus__check_pages(p->c, &p->pack.stream, p->where)) {
        while (p->live < p->c->n_live && p->c->live[p->live].docnum <= row->last_docnum)
            p->live++; /* said enough */
        return CLUS_OK;
    }
    clus_status st = CLUS_OK;
    p->ndocs = p->n_dead = 0;
    p->raw_bytes = p->last = 0;
    for (uint32_t i = 0; i < row->n_frames && st == CLUS_OK; i++)
        st = check_frame(p, i);
    if (st == CLUS_OK && (p->ndocs != row->ndocs || p->n_dead != row->n_dead ||
                          p->raw_bytes != row->raw_bytes))
        clus__check_report(p->c, p->where, "its totals are not the manifest's");
    return st;
}

static clus_status check_row(struct pack_check *p, const struct store_row *at,
                             uint64_t *next)
{
    struct pack_row row;
    p->c->here = 0;
    (void)snprintf(p->where, sizeof p->where, "stored documents");
    if (clus__pack_row_decode(at->key, at->value, &row) != CLUS_OK ||
        row.first_docnum < *next) {
        clus__check_report(p->c, p->where, "a row of the manifest is impossible");
        return CLUS_OK;
    }
    *next = row.last_docnum + 1;
    (void)snprintf(p->where, sizeof p->where, "pack %u", (unsigned)row.owner);
    clus_status st = clus__pack_open(&row, p->c->view->txn, &p->pack);
    if (st != CLUS_OK)
        return st;
    st = check_frames(p);
    clus__pack_close(&p->pack);
    return st;
}

clus_status clus__check_packs(struct checker *c)
{
    struct pack_check p = {.c = c};
    struct store_row row = {0};
    uint64_t next = 0;
    clus_status st;
    while ((st = clus__store_next(c->view->txn, TABLE_PACKS, &row)) == CLUS_OK) {
        st = check_row(&p, &row, &next);
        if (st != CLUS_OK)
            break;
    }
    clus__record_done(&p.record);
    c->here = 0;
    if (st == CLUS_E_CORRUPT)
        clus__check_report(c, "stored documents", "a row is damaged");
    if (st == CLUS_DONE && c->view->stored && p.live < c->n_live)
        clus__check_report(c, "stored documents", "%llu documents are not stored",
                           (unsigned long long)(c->n_live - p.live));
    return clus__check_goes_on(st) ? CLUS_OK : st;
}
