/*
 * The plain way: every document of every segment, every clause asked, no bounds, no
 * windows, no skipping of blocks. What the other ways are tested against.
 */
#include "search/list.h"
#include "search/run.h"

/* Read a list forwards, one block after the other. */
static clus_status step_to(struct posting_list *l, uint32_t doc, bool *found)
{
    *found = false;
    while (!l->ended) {
        clus_status st = clus__postings_docs(&l->p);
        if (st != CLUS_OK)
            return st;
        while (l->at < l->p.n && l->p.docs[l->at] < doc)
            l->at++;
        if (l->at < l->p.n) {
            *found = l->p.docs[l->at] == doc;
            return CLUS_OK;
        }
        l->at = 0;
        st = clus__postings_seek_block(&l->p, (uint64_t)l->p.block_last + 1);
        l->ended = st == CLUS_DONE;
        if (st < 0)
            return st;
    }
    return CLUS_OK;
}

clus_status clus__score_of_list(const struct run *r, const struct clause *c,
                                struct posting_list *l, uint32_t doc, int32_t *score)
{
    bool found;
    *score = 0;
    clus_status st = step_to(l, doc, &found);
    if (st != CLUS_OK || !found)
        return st;
    if ((st = clus__postings_tfs(&l->p)) != CLUS_OK)
        return st;
    uint8_t flags = l->p.flags[l->at];
    if ((flags & c->need_flags) != c->need_flags || (flags & c->deny_flags))
        return CLUS_OK;
    struct norm norm = r->scorer->norms[doc];
    float tfw = clus__impact_tfw(r->params, l->p.tfs[l->at], flags);
    float f = tfw / (tfw + r->scorer->table.k[norm.length]);
    if (flags & FLAG_TITLE)
        f += r->scorer->table.title[norm.title];
    *score = l->scored ? 1 + (int32_t)(l->weight * f) : l->fixed;
    return CLUS_OK;
}

static clus_status score_of_terms(struct run *r, struct node *n, uint32_t doc,
                                  int32_t *score)
{
    *score = 0;
    for (uint32_t i = 0; i < n->n_lists; i++) {
        int32_t one;
        clus_status st = clus__score_of_list(r, n->clause, n->lists[i], doc, &one);
        if (st != CLUS_OK)
            return st;
        *score = one > *score ? one : *score;
    }
    return CLUS_OK;
}

static clus_status score_of_bool(struct run *r, struct node *n, uint32_t doc,
                                 int32_t *score)
{
    const struct clause *c = n->clause;
    bool match = true, some = false;
    int32_t sum = 0;
    for (uint32_t i = 0; i < c->n_children; i++) {
        enum clause_role role = c->children[i].role;
        int32_t one = 0;
        clus_status st = clus__score_of_node(r, n->children[i], doc, &one);
        if (st != CLUS_OK)
            return st;
        if (role == ROLE_MUST || role == ROLE_SHOULD) {
            sum += one;
            some |= one > 0;
        }
        if (role == ROLE_MUST || role == ROLE_FILTER)
            match &= one > 0;
        if (role == ROLE_NOT)
            match &= one == 0;
    }
    *score = match && some ? sum : 0;
    return CLUS_OK;
}

static clus_status score_of_best(struct run *r, struct node *n, uint32_t doc,
                                 int32_t *score)
{
    *score = 0;
    for (uint32_t i = 0; i < n->clause->n_children; i++) {
        int32_t one = 0;
        clus_status st = clus__score_of_node(r, n->children[i], doc, &one);
        if (st != CLUS_OK)
            return st;
        *score = one > *score ? one : *score;
    }
    return CLUS_OK;
}

static clus_status score_of_spans(struct node *n, uint32_t doc, int32_t *score)
{
    *score = 0;
    clus_status st = clus__spans_seek(n->spans, doc);
    if (st == CLUS_OK && n->spans->doc == doc)
        st = clus__spans_score(n, 0, score);
    return st;
}

clus_status clus__score_of_node(struct run *r, struct node *n, uint32_t doc, int32_t *score)
{
    clus_status st = CLUS_OK;
    *score = 0;
    switch (n->kind) {
    case NODE_NONE: break;
    case NODE_LIST:
    case NODE_GROUP: return score_of_terms(r, n, doc, score);
    case NODE_SPANS: return score_of_spans(n, doc, score);
    case NODE_BOOL: return score_of_bool(r, n, doc, score);
    case NODE_BEST: return score_of_best(r, n, doc, score);
    case NODE_ALL: *score = n->fixed; break;
    case NODE_BITS:
        if ((st = clus__node_mark(n, doc + 1)) == CLUS_OK)
            *score = n->bits[doc / 64] >> (doc % 64) & 1 ? n->fixed : 0;
        break;
    case NODE_DATES: {
        int64_t date = n->dates[doc];
        *score = date >= n->clause->from && date <= n->clause->to;
        break;
    }
    case NODE_DOC: *score = doc == n->clause->doc; break;
    }
    return st;
}

static clus_status run_documents(struct run *r, struct node *root)
{
    for (uint32_t doc = 0; doc < r->ndocs; doc++) {
        int32_t score;
        clus_status st = clus__score_of_node(r, root, doc, &score);
        if (st != CLUS_OK)
            return st;
        if (doc % WINDOW == 0 && clus__run_expired(r))
            return CLUS_E_TIMEOUT;
        if (score > 0 && !clus__run_is_deleted(r, doc))
            clus__run_collect_one(r, doc, score);
    }
    return CLUS_OK;
}

clus_status clus__run_exhaustive(struct run *r)
{
    clus_status st = CLUS_OK;
    clus__run_begin(r);
    for (uint32_t s = 0; st == CLUS_OK && s < r->view->n_segments; s++) {
        struct node *root = NULL;
        st = clus__run_enter(r, s);
        if (st == CLUS_OK)
            st = clus__run_bind(r, &root);
        if (st == CLUS_OK)
            st = run_documents(r, root);
        clus__node_release(root);
        clus__run_leave(r);
    }
    r->scratch->dirty = st != CLUS_OK;
    return st;
}
