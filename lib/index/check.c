/* The check: tables, owners, and documents over all segments. */
#include "index/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/le.h"
#include "index/ids.h"
#include "index/pack.h"

enum { MESSAGE_BYTES = 240 };

static void report(struct checker *c, const char *where, const char *format, va_list args)
{
    char message[MESSAGE_BYTES];
    c->findings++;
    if (c->here++ >= FINDINGS_PER_PLACE || !c->fn)
        return;
    (void)vsnprintf(message, sizeof message, format, args);
    c->fn(c->ctx, where, message);
}

void clus__check_report(struct checker *c, const char *where, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    report(c, where, format, args);
    va_end(args);
}

static void store_finding(void *ctx, const char *where, const char *message)
{
    struct checker *c = ctx;
    c->here = 0;
    clus__check_report(c, where, "%s", message);
}

bool clus__check_pages(struct checker *c, const struct stream *s, const char *where)
{
    bool whole = true;
    for (uint32_t page = 0; page < s->n_pages; page++) {
        /* read anew, not where the page lay when it was first used */
        if (clus__store_page(c->view->txn, s->owner, s->id, page))
            continue;
        clus__check_report(c, where, "page %u of stream %u is missing or damaged",
                           (unsigned)page, (unsigned)s->id);
        whole = false;
        if (c->here >= FINDINGS_PER_PLACE)
            return false;
    }
    return whole;
}

/* ---- documents over all segments ---- */

static int by_hash(const void *a, const void *b)
{
    const struct live_document *x = a, *y = b;
    return x->hash != y->hash ? (x->hash < y->hash ? -1 : 1)
                              : (x->docnum > y->docnum) - (x->docnum < y->docnum);
}

static int by_number(const void *a, const void *b)
{
    const struct live_document *x = a, *y = b;
    return (x->docnum > y->docnum) - (x->docnum < y->docnum);
}

static clus_status id_of(struct checker *c, const struct live_document *live,
                         uint8_t id[ID_MAX], size_t *len)
{
    return clus__ids_read(c->view->segments[live->segment].seg, c->view->txn, live->doc, id,
                          len);
}

/* No two live documents have one id. */
static void check_ids_apart(struct checker *c)
{
    if (c->n_live)
        qsort(c->live, c->n_live, sizeof *c->live, by_hash);
    for (size_t i = 1; i < c->n_live; i++) {
        uint8_t a[ID_MAX], b[ID_MAX];
        size_t a_len, b_len;
        if (c->live[i].hash != c->live[i - 1].hash ||
            id_of(c, &c->live[i - 1], a, &a_len) != CLUS_OK ||
            id_of(c, &c->live[i], b, &b_len) != CLUS_OK || a_len != b_len ||
            memcmp(a, b, a_len) != 0)
            continue;
        c->here = 0;
        clus__check_report(c, "external ids", "documents %llu and %llu share an id",
                           (unsigned long long)c->live[i - 1].docnum,
                           (unsigned long long)c->live[i].docnum);
    }
    if (c->n_live)
        qsort(c->live, c->n_live, sizeof *c->live, by_number);
}

/* ---- owners ---- */

static bool names_segment(const struct checker *c, uint32_t owner)
{
    for (uint32_t i = 0; i < c->manifest->n; i++) {
        if (c->manifest->rows[i].owner == owner)
            return true;
    }
    return false;
}

static clus_status names_pack(struct checker *c, uint32_t owner, bool *yes)
{
    struct store_row row = {0};
    struct pack_row pack;
    clus_status st;
    *yes = false;
    while ((st = clus__store_next(c->view->txn, TABLE_PACKS, &row)) == CLUS_OK) {
        if (clus__pack_row_decode(row.key, row.value, &pack) == CLUS_OK &&
            pack.owner == owner) {
            *yes = true;
            return CLUS_OK;
        }
    }
    return clus__check_goes_on(st) ? CLUS_OK : st;
}

static clus_status is_marked(struct checker *c, enum store_table table, uint32_t owner,
                             bool *yes)
{
    uint8_t key[4];
    struct bytes value;
    clus__put_be32(key, owner);
    clus_status st = clus__store_get(c->view->txn, table, (struct bytes){key, 4}, &value);
    *yes = st == CLUS_OK;
    return clus__check_goes_on(st) ? CLUS_OK : st;
}

static clus_status check_owner(struct checker *c, uint32_t owner)
{
    bool known = names_segment(c, owner);
    clus_status st = CLUS_OK;
    if (!known)
        st = names_pack(c, owner, &known);
    if (st == CLUS_OK && !known)
        st = is_marked(c, TABLE_PENDING, owner, &known);
    if (st == CLUS_OK && !known)
        st = is_marked(c, TABLE_DROPPED, owner, &known);
    if (st == CLUS_OK && !known)
        clus__check_report(c, "pages", "owner %u has pages but no row", (unsigned)owner);
    return st;
}

/* Every owner of pages is named somewhere. */
static clus_status check_owners(struct checker *c)
{
    uint32_t owner = 0;
    clus_status st;
    c->here = 0;
    while ((st = clus__store_next_owner(c->view->txn, &owner)) == CLUS_OK) {
        st = check_owner(c, owner);
        if (st != CLUS_OK || owner == UINT32_MAX)
            return st;
        owner++;
    }
    if (st == CLUS_E_CORRUPT)
        clus__check_report(c, "pages", "the table of pages cannot be walked");
    return clus__check_goes_on(st) ? CLUS_OK : st;
}

/* Deletions belong to segments of the manifest. */
static clus_status check_deletions(struct checker *c)
{
    struct store_row row = {0};
    clus_status st;
    c->here = 0;
    while ((st = clus__store_next(c->view->txn, TABLE_DELETIONS, &row)) == CLUS_OK) {
        if (row.key.len != 8 || !names_segment(c, clus__be32(row.key.data)))
            clus__check_report(c, "deletions", "a row of a segment that is not there");
    }
    if (st == CLUS_E_CORRUPT)
        clus__check_report(c, "deletions", "a row is damaged");
    return clus__check_goes_on(st) ? CLUS_OK : st;
}

/* ---- the whole ---- */

static clus_status check_contents(struct checker *c)
{
    clus_status st = CLUS_OK;
    for (uint32_t i = 0; i < c->view->n_segments && st == CLUS_OK; i++) {
        c->here = 0;
        st = clus__check_segment(c, i);
    }
    if (st == CLUS_OK) {
        check_ids_apart(c);
        st = clus__check_packs(c);
    }
    if (st == CLUS_OK)
        st = check_owners(c);
    return st == CLUS_OK ? check_deletions(c) : st;
}

static clus_status check_view(struct checker *c, clus_error *err)
{
    clus_error why = {0};
    clus_status st = clus__view_open(c->index, &c->view, &why);
    if (st == CLUS_E_CORRUPT) {
        clus__check_report(c, "manifest", "%s", why.message);
        return CLUS_OK;
    }
    if (st != CLUS_OK) {
        if (err)
            *err = why;
        return st;
    }
    c->manifest = clus__view_manifest(c->view);
    st = check_contents(c);
    clus__view_free(c->view);
    return clus__explain(err, st, "checking an index");
}

clus_status clus__index_check(struct index *index, clus_check_fn *fn, void *ctx,
                              uint64_t *findings, clus_error *err)
{
    struct checker c = {.index = index, .fn = fn, .ctx = ctx};
    clus_status st = clus__store_verify(index->store, store_finding, &c, err);
    c.here = 0;
    /* a file that is torn is not read any further: LMDB would believe it */
    if (st == CLUS_OK)
        st = check_view(&c, err);
    clus__free(c.live);
    if (findings && clus__check_goes_on(st))
        *findings = c.findings;
    if ((st == CLUS_OK || st == CLUS_E_CORRUPT) && c.findings > 0)
        st = clus__fail(err, CLUS_E_CORRUPT, "index is damaged: %llu findings",
                        (unsigned long long)c.findings);
    return st;
}
