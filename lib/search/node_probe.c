/* Candidates asked of a node, one posting list after the other, never moving back. */
#include "search/list.h"
#include "search/node.h"

/* Candidates [from, to) that are asked together, and what they must get over. */
struct probe_range {
    uint32_t from, to;
    int32_t need;
    bool must;
};

/* Where candidates and a block agree. */
struct block_match {
    uint32_t n, n_asked;
    uint16_t asked[WINDOW + 8], found[BLOCK_DOCS + 8];
    int32_t scores[BLOCK_DOCS + 8];
};

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

/* Add to candidates [from, from + n), none behind the current block, what the list gives
 * those it has. *n_found of them, in run->at as places among the n. */
static clus_status add_in_block(struct posting_list *l, const struct scorer *s,
                                struct candidates *c, uint32_t from, struct block_match *m)
{
    clus_status st = clus__postings_docs(&l->p);
    if (st != CLUS_OK)
        return st;
    uint32_t at = l->at = clus__list_find(l, c->docs[from]);
    struct doc_run asked = {c->docs + from, m->n_asked},
                   has = {l->p.docs + at, l->p.n - at};
    m->n = clus__intersect(s->kernels, asked, has, m->asked, m->found);
    for (uint32_t i = 0; i < m->n; i++) {
        int32_t score;
        st = clus__list_score(l, s, at + m->found[i], &score);
        if (st != CLUS_OK)
            return st;
        m->scores[i] = score;
    }
    return CLUS_OK;
}

/* Candidates of one block: `kept` are behind us, [from, to) lie at or before its end. */
static clus_status probe_block(struct posting_list *l, const struct scorer *s,
                               struct candidates *c, const struct probe_range *r,
                               uint32_t *kept)
{
    const struct kernels *k = s->kernels;
    int32_t bound = clus__list_bound(l, l->p.block_max);
    struct block_match m;
    m.n_asked = k->sift(c->docs + r->from, c->scores + r->from, r->to - r->from,
                        r->need - bound, c->docs + *kept, c->scores + *kept);
    if (m.n_asked == 0)
        return CLUS_OK;
    clus_status st = add_in_block(l, s, c, *kept, &m);
    if (st != CLUS_OK)
        return st;
    uint32_t *docs = c->docs + *kept;
    int32_t *scores = c->scores + *kept;
    uint32_t n = 0;
    if (r->must) {
        for (uint32_t i = 0; i < m.n; i++) {
            uint32_t doc = docs[m.asked[i]];
            int32_t score = scores[m.asked[i]] + m.scores[i];
            docs[n] = doc;
            scores[n] = score;
            n += m.scores[i] > 0 && score > r->need;
        }
    } else {
        for (uint32_t i = 0; i < m.n; i++)
            scores[m.asked[i]] += m.scores[i];
        n = k->sift(docs, scores, m.n_asked, r->need, docs, scores);
    }
    *kept += n;
    return CLUS_OK;
}

/* MUST and SHOULD: the candidates of each block together. */
static clus_status list_add_to(struct posting_list *l, const struct scorer *s,
                               struct candidates *c, struct probe_range *r)
{
    uint32_t kept = 0;
    for (r->from = 0; r->from < c->n; r->from = r->to) {
        clus_status st = clus__list_seek(l, c->docs[r->from]);
        if (st != CLUS_OK)
            return st;
        if (l->ended)
            break;
        uint32_t to = r->from; /* stores to r would slow that loop down */
        while (to < c->n && c->docs[to] <= l->p.block_last)
            to++;
        r->to = to;
        if ((st = probe_block(l, s, c, r, &kept)) != CLUS_OK)
            return st;
    }
    if (!r->must && r->from < c->n) /* the list has ended */
        kept += s->kernels->sift(c->docs + r->from, c->scores + r->from, c->n - r->from,
                                 r->need, c->docs + kept, c->scores + kept);
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
    struct probe_range range = {.need = need, .must = how == PROBE_MUST};
    switch (how) {
    case PROBE_MUST:
    case PROBE_SHOULD: return list_add_to(n->lists[0], n->scorer, c, &range);
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
        n->best = clus__arena_raw(n->arena, WINDOW + 16, sizeof *n->best);
    return n->best ? CLUS_OK : CLUS_E_NOMEM;
}

/* How many of the candidates from `from` on are at or before `last`. */
static uint32_t candidates_up_to(const struct candidates *c, uint32_t from, uint32_t last)
{
    uint32_t low = from;
    for (uint32_t left = c->n - from; left > 0;) {
        uint32_t half = (left + 1) / 2;
        low += half & -(uint32_t)(c->docs[low + half - 1] <= last); /* no jump */
        left -= half;
    }
    return low - from;
}

/* The candidates of one block, from *at on, which moves behind them. Only those are scored
 * that the block could lift over `need` and over what they have. */
static clus_status lookup_block(struct posting_list *l, const struct node *n,
                                const struct candidates *c, int32_t need, uint32_t *at)
{
    struct block_match m;
    int32_t bound = clus__list_bound(l, l->p.block_max), *best = n->best + *at;
    const uint32_t *docs = c->docs + *at;
    const int32_t *scores = c->scores + *at;
    m.n_asked = candidates_up_to(c, *at, l->p.block_last);
    *at += m.n_asked;
    if (docs[m.n_asked - 1] < l->p.block_first)
        return CLUS_OK;
    clus_status st = clus__postings_docs(&l->p);
    if (st != CLUS_OK)
        return st;
    uint32_t first = l->at = clus__list_find(l, docs[0]);
    struct doc_run asked = {docs, m.n_asked}, has = {l->p.docs + first, l->p.n - first};
    m.n = clus__intersect(n->scorer->kernels, asked, has, m.asked, m.found);
    for (uint32_t i = 0; st == CLUS_OK && i < m.n; i++) {
        uint32_t k = m.asked[i];
        int32_t score = 0;
        if (bound > best[k] && scores[k] + bound > need)
            st = clus__list_score(l, n->scorer, first + m.found[i], &score);
        best[k] = score > best[k] ? score : best[k];
    }
    return st;
}

static clus_status lookup_list(struct posting_list *l, const struct node *n,
                               const struct candidates *c, int32_t need)
{
    for (uint32_t i = 0; i < c->n;) {
        clus_status st = clus__list_seek(l, c->docs[i]);
        if (st == CLUS_OK && !l->ended)
            st = lookup_block(l, n, c, need, &i);
        if (st != CLUS_OK || l->ended)
            return st;
    }
    return CLUS_OK;
}

static clus_status lookup_group(struct node *n, const struct candidates *c, int32_t need)
{
    clus_status st = CLUS_OK;
    memset(n->best, 0, c->n * sizeof *n->best);
    for (uint32_t i = 0; st == CLUS_OK && i < n->n_lists; i++)
        st = lookup_list(n->lists[i], n, c, need);
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
    case NODE_BOOL:
    case NODE_BEST: break;
    }
    return false;
}

static clus_status lookup_bits(struct node *n, const struct candidates *c)
{
    clus_status st = c->n > 0 ? clus__node_mark(n, c->docs[c->n - 1] + 1) : CLUS_OK;
    for (uint32_t i = 0; st == CLUS_OK && i < c->n; i++)
        n->best[i] = has_bit(n, c->docs[i]) ? n->fixed : 0;
    return st;
}

static clus_status lookup(struct node *n, const struct candidates *c, int32_t need);

static clus_status lookup_best(struct node *n, const struct candidates *c, int32_t need)
{
    clus_status st = CLUS_OK;
    memset(n->best, 0, c->n * sizeof *n->best);
    for (uint32_t i = 0; st == CLUS_OK && i < n->clause->n_children; i++) {
        struct node *child = n->children[i];
        st = lookup(child, c, need);
        for (uint32_t k = 0; st == CLUS_OK && k < c->n; k++)
            n->best[k] = child->best[k] > n->best[k] ? child->best[k] : n->best[k];
    }
    return st;
}

/* What each candidate scores here, into n->best; 0 may stand for a score that leaves it at
 * or below `need`. */
static clus_status lookup(struct node *n, const struct candidates *c, int32_t need)
{
    clus_status st = room_for_scores(n);
    if (st != CLUS_OK)
        return st;
    switch (n->kind) {
    case NODE_LIST:
    case NODE_GROUP: return lookup_group(n, c, need);
    case NODE_SPANS: return lookup_spans(n, c, need);
    case NODE_BOOL: return lookup_window(n, c);
    case NODE_BEST: return lookup_best(n, c, need);
    case NODE_NONE:
    case NODE_ALL:
    case NODE_BITS:
    case NODE_DATES:
    case NODE_DOC: return lookup_bits(n, c);
    }
    return CLUS_E_ARGUMENT;
}

clus_status clus__node_probe(struct node *n, enum probe how, struct candidates *c,
                             int32_t need)
{
    if (n->kind == NODE_LIST)
        return probe_list(n, how, c, need);
    bool scoring = how == PROBE_MUST || how == PROBE_SHOULD;
    clus_status st = lookup(n, c, scoring ? need : INT32_MIN / 2);
    if (st == CLUS_OK)
        settle(how, c, n->best, need);
    return st;
}
