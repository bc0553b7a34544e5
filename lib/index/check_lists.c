/* Dictionary, posting lists and positions of a segment: everything is decoded and counted.
 */
#include <stdio.h>

#include "base/alloc.h"
#include "codec/impact.h"
#include "codec/postings.h"
#include "index/check.h"

enum { KEY_TEXT = 128, KTH = 3 };

struct list_check {
    struct checker *c;
    const struct segment *seg;
    struct store_txn *txn;
    struct impact_params reference;
    struct impact_table table;
    char where[KEY_TEXT + 96];
    struct bytes key, stem;
    struct term_info info;
    struct segment_totals totals;
    /* of the list at hand */
    uint32_t df;
    uint64_t ttf;
    uint32_t best[KTH]; /* postings at or above each kth impact */
    clus_status status; /* CLUS_OK, or what ended the check */
};

static void name_key(struct list_check *l)
{
    static const char *const kinds[] = {"postings", "form", "value"};
    uint8_t kind = l->key.data[0];
    int len = l->key.len - 1 < KEY_TEXT ? (int)l->key.len - 1 : KEY_TEXT;
    if (len == KEY_TEXT) { /* no half code points */
        while (len > 0 && l->key.len > (size_t)len + 1 &&
               (l->key.data[len + 1] & 0xC0) == 0x80)
            len--;
    }
    (void)snprintf(l->where, sizeof l->where, "segment %u, %s of «%.*s»",
                   (unsigned)l->seg->id,
                   kinds[kind == KEY_STEM   ? 0
                         : kind == KEY_FORM ? 1
                                            : 2],
                   len, (const char *)l->key.data + 1);
}

static bool report(struct list_check *l, const char *what)
{
    name_key(l);
    clus__check_report(l->c, l->where, "%s", what);
    return false;
}

/* Damage is a finding; anything else ends the check. */
static bool refuse(struct list_check *l, clus_status st, const char *what)
{
    if (clus__check_goes_on(st))
        return report(l, what);
    l->status = st;
    return false;
}

/* Positions agree with the flags that say which fields the term stands in. */
static bool positions_agree(const uint32_t *pos, uint32_t n, uint8_t flags)
{
    bool title = pos[0] <= POS_TITLE_MAX, lead = false;
    for (uint32_t i = 0; i < n; i++)
        lead = lead || (pos[i] >= POS_TEXT && pos[i] < POS_TEXT + LEAD_TOKENS);
    return title == ((flags & FLAG_TITLE) != 0) && lead == ((flags & FLAG_LEAD) != 0);
}

static bool check_positions(struct list_check *l, struct postings *p, uint32_t i)
{
    const uint32_t *pos;
    uint32_t n;
    if (l->key.data[0] != KEY_STEM || !l->seg->positions || p->flags[i] & FLAG_EXTRA_ONLY)
        return true;
    clus_status st = clus__postings_positions(p, i, &pos, &n);
    if (st != CLUS_OK || n != p->tfs[i])
        return refuse(l, st, "positions cannot be decoded");
    return positions_agree(pos, n, p->flags[i]) ||
           report(l, "positions and fields disagree");
}

/* The bounds that searching skips by are above every impact. */
static bool check_impact(struct list_check *l, const struct postings *p, uint32_t i)
{
    float tfw = clus__impact_tfw(&l->reference, p->tfs[i], p->flags[i]);
    float f =
        clus__impact(&l->table, l->seg->norms[p->docs[i]], tfw, p->flags[i] & FLAG_TITLE);
    for (int k = 0; k < KTH; k++)
        l->best[k] += f >= clus__impact_value(l->info.kth_impact[k]);
    if (l->key.data[0] == KEY_VALUE)
        return true;
    if (f > clus__impact_value(p->block_max) * 1.00001f)
        return report(l, "a bound of a block is below an impact");
    return p->block_max <= l->info.max_impact || l->info.alias ||
           report(l, "the bound of the list is below that of a block");
}

static bool check_block(struct list_check *l, struct postings *p)
{
    clus_status st = clus__postings_docs(p);
    if (st == CLUS_OK)
        st = clus__postings_tfs(p);
    if (st != CLUS_OK)
        return refuse(l, st, "a block cannot be decoded");
    for (uint32_t i = 0; i < p->n; i++) {
        l->df++;
        l->ttf += p->tfs[i];
        if (!check_positions(l, p, i) || !check_impact(l, p, i))
            return false;
    }
    return true;
}

static bool check_totals(struct list_check *l)
{
    static const uint32_t ks[KTH] = {10, 100, 1000};
    if (l->df != l->info.df)
        return report(l, "the number of documents is not the dictionary's");
    if (l->key.data[0] != KEY_VALUE && l->ttf != l->info.ttf)
        return report(l, "the number of occurrences is not the dictionary's");
    for (int k = 0; k < KTH; k++) {
        if (l->info.kth_impact[k] > 0 && l->best[k] < ks[k])
            return report(l, "a lower bound of the best impacts is too high");
    }
    return true;
}

static clus_status check_list(struct list_check *l)
{
    struct postings p = {0};
    l->df = 0;
    l->ttf = 0;
    memset(l->best, 0, sizeof l->best);
    clus_status st = clus__segment_postings(l->seg, l->txn, &l->info, NULL, &p);
    if (st != CLUS_OK) {
        (void)refuse(l, st, "the list cannot be opened");
        return l->status;
    }
    bool whole = true;
    st = clus__postings_seek_block(&p, 0);
    while (st == CLUS_OK && whole) {
        whole = check_block(l, &p);
        if (whole)
            st = clus__postings_seek_block(&p, (uint64_t)p.block_last + 1);
    }
    if (whole && st != CLUS_DONE)
        whole = refuse(l, st, "a block cannot be found");
    if (whole)
        (void)check_totals(l);
    clus__postings_done(&p);
    return l->status;
}

/* A form that shares its stem's list has a stem to share with. (Another one was routed to
 * two languages and names one of its stems; all documents of that one may be gone.) */
static clus_status check_stem(struct list_check *l)
{
    uint8_t key[KEY_MAX] = {KEY_STEM};
    struct term_info stem;
    memcpy(key + 1, l->stem.data, l->stem.len);
    clus_status st =
        clus__segment_find(l->seg, l->txn, (struct bytes){key, l->stem.len + 1}, &stem);
    if (st == CLUS_DONE)
        (void)report(l, "its stem is not in the dictionary");
    if (st == CLUS_OK && (stem.df != l->info.df || stem.ttf != l->info.ttf))
        (void)report(l, "it shares its stem's list with other totals");
    return clus__check_goes_on(st) ? CLUS_OK : st;
}

static bool same_place(const struct term_info *a, const struct term_info *b)
{
    const struct list_place *x = &a->place, *y = &b->place;
    return x->kind == y->kind && x->post == y->post && x->pos == y->pos &&
           x->post_len == y->post_len && x->inline_len == y->inline_len &&
           memcmp(x->inline_bytes, y->inline_bytes, x->inline_len) == 0;
}

/* Looking a key up takes other ways than walking: both have to come to the same. */
static clus_status check_lookup(struct list_check *l)
{
    struct term_info found;
    clus_status st = clus__segment_find(l->seg, l->txn, l->key, &found);
    if (st != CLUS_OK)
        return refuse(l, st, "it cannot be looked up") ? CLUS_OK : l->status;
    if (found.df != l->info.df || found.ttf != l->info.ttf ||
        (!l->info.alias && !same_place(&found, &l->info)))
        (void)report(l, "looked up, it is another list");
    return CLUS_OK;
}

static void count_key(struct list_check *l)
{
    uint8_t kind = l->key.data[0];
    l->totals.n_keys[kind == KEY_STEM ? 0 : kind == KEY_FORM ? 1 : 2]++;
    if (kind == KEY_STEM) {
        l->totals.n_postings += l->info.df;
        l->totals.n_tokens += l->info.ttf;
    }
}

static clus_status walk(struct list_check *l)
{
    struct term_walk *keys;
    uint8_t before[KEY_MAX];
    size_t before_len = 0;
    clus_status st = clus__term_walk_new(l->seg, l->txn, (struct bytes){0}, &keys);
    if (st != CLUS_OK)
        return st;
    while ((st = clus__term_walk_next(keys, &l->key, &l->stem, &l->info)) == CLUS_OK) {
        if (clus__bytes_cmp((struct bytes){before, before_len}, l->key) >= 0) {
            (void)report(l, "keys are out of order");
            break;
        }
        memcpy(before, l->key.data, l->key.len);
        before_len = l->key.len;
        count_key(l);
        if (l->info.alias)
            st = check_stem(l);
        if (st == CLUS_OK && !l->info.alias)
            st = check_list(l);
        if (st == CLUS_OK)
            st = check_lookup(l);
        if (st != CLUS_OK)
            break;
    }
    clus__term_walk_free(keys);
    return st;
}

clus_status clus__check_lists(struct checker *c, uint32_t segment)
{
    struct list_check *l = clus__calloc(1, sizeof *l);
    if (!l)
        return CLUS_E_NOMEM;
    l->c = c;
    l->seg = c->view->segments[segment].seg;
    l->txn = c->view->txn;
    l->reference = clus__impact_reference();
    clus__impact_table(&l->reference, l->seg->avg_len, &l->table);
    clus_status st = walk(l);
    (void)snprintf(l->where, sizeof l->where, "segment %u, dictionary",
                   (unsigned)l->seg->id);
    if (st == CLUS_E_CORRUPT)
        clus__check_report(c, l->where, "it cannot be walked to its end");
    else if (st == CLUS_DONE && memcmp(&l->totals, &l->seg->totals, sizeof l->totals) != 0)
        clus__check_report(c, l->where, "its totals are not the manifest's");
    clus__free(l);
    return clus__check_goes_on(st) ? CLUS_OK : st;
}
