/* Candidates asked of a node, one posting list after the other, never moving back. */
#include "search/list.h"
#include "search/node.h"

static inline void keep_as(struct candidates *c, uint32_t *kept, uint32_t doc,
                           int32_t score)
{
    c->docs[*kept] = doc;
    c->scores[*kept] = score;
    ++*kept;
}

/* Does the list have the document? If so its index is l->at. The current block ends at or
 * behind `doc`. */
static inline clus_status in_block(struct posting_list *l, uint32_t doc, bool *found)
{
    *found = false;
    if (doc < l->p.block_first)
        return CLUS_OK;
    if (!l->p.have_docs) {
        clus_status st = clus__postings_docs(&l->p);
        if (st != CLUS_OK)
            return st;
    }
    l->at = clus__list_find(l, doc);
    *found = l->p.docs[l->at] == doc;
    return CLUS_OK;
}

static clus_status list_must(struct posting_list *l, const struct scorer *s,
                             struct candidates *c, int32_t need)
{
    uint32_t kept = 0;
    int32_t bound = clus__list_bound(l, l->p.block_max);
    for (uint32_t i = 0; i < c->n; i++) {
        uint32_t doc = c->docs[i];
        int32_t score;
        bool found;
        if (doc > l->p.block_last) {
            clus_status st = clus__list_seek(l, doc);
            if (st != CLUS_OK)
                return st;
            bound = clus__list_bound(l, l->p.block_max);
        }
        if (l->ended)
            break;
        if (c->scores[i] + bound <= need)
            continue;
        clus_status st = in_block(l, doc, &found);
        if (st == CLUS_OK && found)
            st = clus__list_score(l, s, l->at, &score);
        if (st != CLUS_OK)
            return st;
        if (found && score > 0 && c->scores[i] + score > need)
            keep_as(c, &kept, doc, c->scores[i] + score);
    }
    c->n = kept;
    return CLUS_OK;
}

static clus_status list_should(struct posting_list *l, const struct scorer *s,
                               struct candidates *c, int32_t need)
{
    uint32_t kept = 0;
    int32_t bound = clus__list_bound(l, l->p.block_max);
    for (uint32_t i = 0; i < c->n; i++) {
        uint32_t doc = c->docs[i];
        int32_t score = 0;
        if (doc > l->p.block_last && !l->ended) {
            clus_status st = clus__list_seek(l, doc);
            if (st != CLUS_OK)
                return st;
            bound = clus__list_bound(l, l->p.block_max);
        }
        if (c->scores[i] + (l->ended ? 0 : bound) <= need)
            continue;
        if (!l->ended) {
            bool found;
            clus_status st = in_block(l, doc, &found);
            if (st == CLUS_OK && found)
                st = clus__list_score(l, s, l->at, &score);
            if (st != CLUS_OK)
                return st;
        }
        if (c->scores[i] + score > need)
            keep_as(c, &kept, doc, c->scores[i] + score);
    }
    c->n = kept;
    return CLUS_OK;
}

/* Filters and exclusions by one list. */
static clus_status list_test(struct posting_list *l, const struct scorer *s,
                             struct candidates *c, bool wanted)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < c->n; i++) {
        uint32_t doc = c->docs[i];
        int32_t score = 0;
        bool found = false;
        clus_status st = clus__list_seek(l, doc);
        if (st == CLUS_OK && !l->ended)
            st = in_block(l, doc, &found);
        if (st == CLUS_OK && found)
            st = clus__list_score(l, s, l->at, &score);
        if (st != CLUS_OK)
            return st;
        if ((score > 0) == wanted)
            keep_as(c, &kept, doc, c->scores[i]);
    }
    c->n = kept;
    return CLUS_OK;
}

static clus_status probe_list(struct node *n, enum probe how, struct candidates *c,
                              int32_t need)
{
    switch (how) {
    case PROBE_MUST: return list_must(n->lists[0], n->scorer, c, need);
    case PROBE_SHOULD: return list_should(n->lists[0], n->scorer, c, need);
    case PROBE_FILTER: return list_test(n->lists[0], n->scorer, c, true);
    case PROBE_NOT: return list_test(n->lists[0], n->scorer, c, false);
    }
    return CLUS_E_ARGUMENT;
}

/* What each candidate scores here is known: settle which stay. */
static void settle(enum probe how, struct candidates *c, const int32_t *scores,
                   int32_t need)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < c->n; i++) {
        int32_t sum = c->scores[i];
        bool match = scores[i] > 0, stays = how == PROBE_NOT ? !match : match;
        if (how == PROBE_MUST || how == PROBE_SHOULD) {
            sum += scores[i];
            stays = (match || how == PROBE_SHOULD) && sum > need;
        }
        c->docs[kept] = c->docs[i];
        c->scores[kept] = sum;
        kept += stays;
    }
    c->n = kept;
}

static clus_status room_for_scores(struct node *n)
{
    if (!n->best)
        n->best = clus__arena_alloc(n->arena, WINDOW + 16, sizeof *n->best);
    return n->best ? CLUS_OK : CLUS_E_NOMEM;
}

static clus_status list_lookup(struct posting_list *l, const struct scorer *s,
                               const struct candidates *c, int32_t *best)
{
    for (uint32_t i = 0; i < c->n; i++) {
        uint32_t doc = c->docs[i];
        int32_t score = 0;
        bool found;
        clus_status st = clus__list_seek(l, doc);
        if (st != CLUS_OK || l->ended)
            return st;
        st = in_block(l, doc, &found);
        if (st == CLUS_OK && found)
            st = clus__list_score(l, s, l->at, &score);
        if (st != CLUS_OK)
            return st;
        best[i] = score > best[i] ? score : best[i];
    }
    return CLUS_OK;
}

static clus_status lookup_group(struct node *n, const struct candidates *c)
{
    clus_status st = CLUS_OK;
    memset(n->best, 0, c->n * sizeof *n->best);
    for (uint32_t i = 0; st == CLUS_OK && i < n->n_lists; i++)
        st = list_lookup(n->lists[i], n->scorer, c, n->best);
    return st;
}

static clus_status lookup_spans(struct node *n, const struct candidates *c, int32_t need)
{
    for (uint32_t i = 0; i < c->n; i++) {
        clus_status st = clus__spans_seek(n->spans, c->docs[i]);
        n->best[i] = 0;
        if (st == CLUS_OK && n->spans->doc == c->docs[i])
            st = clus__spans_score(n, need - c->scores[i], &n->best[i]);
        if (st != CLUS_OK)
            return st;
    }
    return CLUS_OK;
}

static clus_status lookup_window(struct node *n, const struct candidates *c)
{
    for (uint32_t i = 0; i < c->n; i++) {
        uint32_t w = c->docs[i] / WINDOW * WINDOW;
        clus_status st = n->filled == w ? CLUS_OK : clus__node_fill(n, w);
        if (st != CLUS_OK)
            return st;
        n->best[i] = n->scores[c->docs[i] - w];
    }
    return CLUS_OK;
}

static bool has_bit(const struct node *n, uint32_t doc)
{
    switch (n->kind) {
    case NODE_ALL: return true;
    case NODE_BITS: return n->bits[doc / 64] >> (doc % 64) & 1;
    case NODE_DATES:
        return n->dates[doc] >= n->clause->from && n->dates[doc] <= n->clause->to;
    case NODE_DOC: return doc == n->clause->doc;
    case NODE_NONE:
    case NODE_LIST:
    case NODE_GROUP:
    case NODE_SPANS:
    case NODE_BOOL: break;
    }
    return false;
}

static void lookup_bits(struct node *n, const struct candidates *c)
{
    for (uint32_t i = 0; i < c->n; i++)
        n->best[i] = has_bit(n, c->docs[i]) ? n->fixed : 0;
}

clus_status clus__node_probe(struct node *n, enum probe how, struct candidates *c,
                             int32_t need)
{
    if (n->kind == NODE_LIST)
        return probe_list(n, how, c, need);
    clus_status st = room_for_scores(n);
    if (st != CLUS_OK)
        return st;
    bool scoring = how == PROBE_MUST || how == PROBE_SHOULD;
    if (n->kind == NODE_GROUP)
        st = lookup_group(n, c);
    else if (n->kind == NODE_SPANS)
        st = lookup_spans(n, c, scoring ? need : INT32_MIN / 2);
    else if (n->kind == NODE_BOOL)
        st = lookup_window(n, c);
    else
        lookup_bits(n, c);
    if (st == CLUS_OK)
        settle(how, c, n->best, need);
    return st;
}
