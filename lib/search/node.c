/* Windows of 4096 documents: filling, adding, bits. */
#include "search/node.h"

#include "search/list.h"

static uint64_t window_end(uint32_t w)
{
    return (uint64_t)w + WINDOW;
}

/* The part of a list's current block that lies in [*target, end): documents [*from, *to).
 * *target moves behind it. CLUS_DONE when nothing is left. */
static clus_status next_run(struct posting_list *l, uint64_t *target, uint64_t end,
                            uint32_t *from, uint32_t *to)
{
    if (*target >= end)
        return CLUS_DONE;
    clus_status st = clus__list_seek(l, (uint32_t)*target);
    if (st != CLUS_OK)
        return st;
    if (l->ended || l->p.block_first >= end)
        return CLUS_DONE;
    if ((st = clus__postings_docs(&l->p)) != CLUS_OK)
        return st;
    *from = l->at = l->p.docs[0] >= *target ? 0 : clus__list_find(l, (uint32_t)*target);
    *to = l->p.n;
    if (l->p.block_last >= end)
        *to = l->at = clus__list_find(l, (uint32_t)end);
    *target = (uint64_t)l->p.block_last + 1;
    return CLUS_OK;
}

static clus_status list_add(struct posting_list *l, const struct scorer *s, uint32_t w,
                            int32_t *acc, uint64_t *cells)
{
    int32_t scores[BLOCK_DOCS + 8];
    uint64_t target = w, touched = *cells;
    uint32_t from, to;
    clus_status st;
    while ((st = next_run(l, &target, window_end(w), &from, &to)) == CLUS_OK) {
        if ((st = clus__list_scores(l, s, from, to, scores)) != CLUS_OK)
            return st;
        const uint32_t *docs = l->p.docs + from;
        for (uint32_t i = 0; i < to - from; i++) {
            uint32_t at = docs[i] - w;
            acc[at] += scores[i];
            touched |= 1ull << (at / CELL);
        }
    }
    *cells = touched;
    return st == CLUS_DONE ? CLUS_OK : st;
}

/* The better of a list's score and what the group's window has. */
static clus_status list_best(struct node *n, struct posting_list *l, uint32_t w)
{
    int32_t scores[BLOCK_DOCS + 8], *acc = n->scores;
    uint64_t target = w, cells = n->cells;
    uint32_t from, to, touched = n->n_touched;
    clus_status st;
    while ((st = next_run(l, &target, window_end(w), &from, &to)) == CLUS_OK) {
        if ((st = clus__list_scores(l, n->scorer, from, to, scores)) != CLUS_OK)
            return st;
        for (uint32_t i = from; i < to; i++) {
            uint32_t at = l->p.docs[i] - w;
            int32_t score = scores[i - from];
            n->touched[touched] = (uint16_t)at;
            touched += acc[at] == 0 && score > 0;
            acc[at] = score > acc[at] ? score : acc[at];
            cells |= 1ull << (at / CELL);
        }
    }
    n->cells = cells;
    n->n_touched = touched;
    return st == CLUS_DONE ? CLUS_OK : st;
}

static clus_status list_bits(struct posting_list *l, uint32_t w, uint64_t *bits)
{
    uint64_t target = w;
    uint32_t from, to;
    clus_status st;
    while ((st = next_run(l, &target, window_end(w), &from, &to)) == CLUS_OK)
        for (uint32_t i = from; i < to; i++) {
            uint32_t at = l->p.docs[i] - w;
            bits[at / 64] |= 1ull << (at % 64);
        }
    return st == CLUS_DONE ? CLUS_OK : st;
}

/* ---- sets of bits ---- */

static void all_bits(const struct node *n, uint32_t w, uint64_t *bits)
{
    uint32_t left = n->ndocs - w; /* w < ndocs */
    for (uint32_t i = 0; i < WINDOW_CELLS; i++, left -= left < 64 ? left : 64)
        bits[i] = left >= 64 ? UINT64_MAX : (1ull << left) - 1;
}

static void date_bits(const struct node *n, uint32_t w, uint64_t *bits)
{
    int64_t from = n->clause->from, to = n->clause->to;
    uint32_t end = n->ndocs - w < WINDOW ? n->ndocs - w : WINDOW;
    memset(bits, 0, WINDOW_CELLS * sizeof *bits);
    for (uint32_t i = 0; i < end; i++) {
        int64_t date = n->dates[w + i];
        bits[i / 64] |= (uint64_t)(date >= from && date <= to) << (i % 64);
    }
}

static clus_status set_bits(struct node *n, uint32_t w, uint64_t *bits)
{
    clus_status st = CLUS_OK;
    switch (n->kind) {
    case NODE_ALL: all_bits(n, w, bits); return CLUS_OK;
    case NODE_BITS:
        if ((st = clus__node_mark(n, w + WINDOW)) == CLUS_OK)
            memcpy(bits, n->bits + w / 64, WINDOW_CELLS * sizeof *bits);
        return st;
    case NODE_DATES: date_bits(n, w, bits); return CLUS_OK;
    case NODE_DOC:
        memset(bits, 0, WINDOW_CELLS * sizeof *bits);
        if (n->clause->doc / WINDOW == w / WINDOW)
            bits[n->clause->doc % WINDOW / 64] = 1ull << (n->clause->doc % 64);
        return CLUS_OK;
    case NODE_NONE:
    case NODE_LIST:
    case NODE_GROUP:
    case NODE_SPANS:
    case NODE_BOOL:
    case NODE_BEST: break;
    }
    memset(bits, 0, WINDOW_CELLS * sizeof *bits);
    return CLUS_OK;
}

static clus_status fill_from_bits(struct node *n, uint32_t w)
{
    uint64_t bits[WINDOW_CELLS];
    clus_status st = set_bits(n, w, bits);
    for (uint32_t cell = 0; st == CLUS_OK && cell < WINDOW_CELLS; cell++) {
        if (!bits[cell])
            continue;
        n->cells |= 1ull << cell;
        for (uint32_t i = 0; i < CELL; i++)
            n->scores[cell * CELL + i] = bits[cell] >> i & 1 ? n->fixed : 0;
    }
    return st;
}

/* ---- filling ---- */

static clus_status fill_spans(struct node *n, uint32_t w)
{
    clus_status st = clus__spans_seek(n->spans, w);
    while (st == CLUS_OK && n->spans->doc < window_end(w)) {
        uint32_t doc = n->spans->doc;
        st = clus__spans_score(n, 0, &n->scores[doc - w]);
        n->cells |= 1ull << ((doc - w) / CELL);
        if (st == CLUS_OK)
            st = clus__spans_seek(n->spans, doc + 1);
    }
    return st;
}

static clus_status fill_bool(struct node *n, uint32_t w)
{
    if (!n->candidates) {
        n->candidates = clus__arena_raw(n->arena, 1, sizeof *n->candidates);
        if (!n->candidates)
            return CLUS_E_NOMEM;
    }
    struct candidates *c = n->candidates;
    clus_status st = clus__bool_window(n, w, n->scores, c);
    for (uint32_t i = 0; st == CLUS_OK && i < c->n; i++) {
        n->scores[c->docs[i] - w] = c->scores[i];
        n->cells |= 1ull << ((c->docs[i] - w) / CELL);
    }
    return st;
}

/* A child's own window, then the better of its score and what is there. */
static clus_status take_better(struct node *n, struct node *child, uint32_t w)
{
    clus_status st = clus__node_fill(child, w);
    if (st != CLUS_OK)
        return st;
    for (uint64_t left = child->cells; left; left &= left - 1) {
        uint32_t at = (uint32_t)__builtin_ctzll(left) * CELL;
        for (uint32_t i = at; i < at + CELL; i++)
            n->scores[i] =
                child->scores[i] > n->scores[i] ? child->scores[i] : n->scores[i];
    }
    n->cells |= child->cells;
    return CLUS_OK;
}

static clus_status fill_best(struct node *n, uint32_t w)
{
    clus_status st = CLUS_OK;
    for (uint32_t i = 0; st == CLUS_OK && i < n->clause->n_children; i++)
        if (n->children[i]->kind != NODE_NONE)
            st = take_better(n, n->children[i], w);
    return st;
}

static clus_status room_for_window(struct node *n)
{
    n->scores = clus__arena_alloc(n->arena, WINDOW, sizeof *n->scores);
    if (n->kind == NODE_GROUP)
        n->touched = clus__arena_raw(n->arena, WINDOW + 1, sizeof *n->touched);
    return n->scores && (n->touched || n->kind != NODE_GROUP) ? CLUS_OK : CLUS_E_NOMEM;
}

/* Whether so few places hold a score that going from one to the next is less than going
 * over their cells. */
static bool is_thin(const struct node *n)
{
    return n->kind == NODE_GROUP &&
           n->n_touched < 4 * (uint32_t)__builtin_popcountll(n->cells);
}

static clus_status clear_window(struct node *n)
{
    if (!n->scores)
        return room_for_window(n);
    if (is_thin(n)) {
        for (uint32_t i = 0; i < n->n_touched; i++)
            n->scores[n->touched[i]] = 0;
        n->cells = 0;
    }
    n->n_touched = 0;
    for (uint64_t cells = n->cells; cells; cells &= cells - 1)
        memset(n->scores + (size_t)__builtin_ctzll(cells) * CELL, 0,
               CELL * sizeof *n->scores);
    n->cells = 0;
    return CLUS_OK;
}

clus_status clus__node_fill(struct node *n, uint32_t w)
{
    clus_status st = n->filled == w ? CLUS_OK : clear_window(n);
    if (st != CLUS_OK || n->filled == w)
        return st;
    n->filled = w;
    switch (n->kind) {
    case NODE_NONE: return CLUS_OK;
    case NODE_LIST: return list_add(n->lists[0], n->scorer, w, n->scores, &n->cells);
    case NODE_GROUP:
        for (uint32_t i = 0; st == CLUS_OK && i < n->n_lists; i++)
            st = list_best(n, n->lists[i], w);
        return st;
    case NODE_SPANS: return fill_spans(n, w);
    case NODE_BOOL: return fill_bool(n, w);
    case NODE_BEST: return fill_best(n, w);
    case NODE_ALL:
    case NODE_BITS:
    case NODE_DATES:
    case NODE_DOC: return fill_from_bits(n, w);
    }
    return CLUS_E_ARGUMENT;
}

clus_status clus__node_add(struct node *n, uint32_t w, int32_t *acc, uint64_t *cells)
{
    if (n->kind == NODE_NONE)
        return CLUS_OK;
    if (n->kind == NODE_LIST)
        return list_add(n->lists[0], n->scorer, w, acc, cells);
    clus_status st = clus__node_fill(n, w);
    if (st != CLUS_OK)
        return st;
    *cells |= n->cells;
    if (is_thin(n)) {
        for (uint32_t i = 0; i < n->n_touched; i++)
            acc[n->touched[i]] += n->scores[n->touched[i]];
        return CLUS_OK;
    }
    for (uint64_t left = n->cells; left; left &= left - 1) {
        uint32_t at = (uint32_t)__builtin_ctzll(left) * CELL;
        for (uint32_t i = 0; i < CELL; i++)
            acc[at + i] += n->scores[at + i];
    }
    return CLUS_OK;
}

static bool lists_need_flags(const struct node *n)
{
    return n->clause->need_flags | n->clause->deny_flags;
}

/* Musts and filters and-ed, or shoulds or-ed; then what is excluded taken out. */
static clus_status bool_bits(struct node *n, uint32_t w, uint64_t *bits)
{
    const struct clause *c = n->clause;
    uint64_t one[WINDOW_CELLS];
    bool conjunction = c->n_must > 0;
    memset(bits, conjunction ? 0xFF : 0, sizeof one);
    for (uint32_t i = 0; i < c->n_children; i++) {
        enum clause_role role = c->children[i].role;
        if (role == ROLE_SHOULD && conjunction)
            continue;
        clus_status st = clus__node_bits(n->children[i], w, one);
        if (st != CLUS_OK)
            return st;
        for (uint32_t k = 0; k < WINDOW_CELLS; k++)
            bits[k] = role == ROLE_SHOULD ? bits[k] | one[k]
                      : role == ROLE_NOT  ? bits[k] & ~one[k]
                                          : bits[k] & one[k];
    }
    return CLUS_OK;
}

static clus_status best_bits(struct node *n, uint32_t w, uint64_t *bits)
{
    uint64_t one[WINDOW_CELLS];
    memset(bits, 0, sizeof one);
    for (uint32_t i = 0; i < n->clause->n_children; i++) {
        clus_status st = clus__node_bits(n->children[i], w, one);
        if (st != CLUS_OK)
            return st;
        for (uint32_t k = 0; k < WINDOW_CELLS; k++)
            bits[k] |= one[k];
    }
    return CLUS_OK;
}

clus_status clus__node_bits(struct node *n, uint32_t w, uint64_t bits[WINDOW_CELLS])
{
    if (clus__node_is_set(n))
        return set_bits(n, w, bits);
    if (n->kind == NODE_BOOL)
        return bool_bits(n, w, bits);
    if (n->kind == NODE_BEST)
        return best_bits(n, w, bits);
    memset(bits, 0, WINDOW_CELLS * sizeof *bits);
    if ((n->kind == NODE_LIST || n->kind == NODE_GROUP) && !lists_need_flags(n)) {
        clus_status st = CLUS_OK;
        for (uint32_t i = 0; st == CLUS_OK && i < n->n_lists; i++)
            st = list_bits(n->lists[i], w, bits);
        return st;
    }
    clus_status st = clus__node_fill(n, w);
    for (uint64_t left = n->cells; st == CLUS_OK && left; left &= left - 1) {
        uint32_t cell = (uint32_t)__builtin_ctzll(left);
        for (uint32_t i = 0; i < CELL; i++)
            bits[cell] |= (uint64_t)(n->scores[cell * CELL + i] > 0) << i;
    }
    return st;
}

/* ---- BOOL ---- */

void clus__candidates_take(struct candidates *c, const struct scorer *s, int32_t *acc,
                           uint64_t cells, uint32_t w, int32_t need)
{
    uint32_t n = 0;
    for (; cells; cells &= cells - 1) {
        uint32_t at = (uint32_t)__builtin_ctzll(cells) * CELL;
        n += s->kernels->sift_cell(acc + at, need, w + at, c->docs + n, c->scores + n);
    }
    c->n = n;
}

/* The must or filter that matches least. */
static uint32_t lead_of(const struct node *n)
{
    const struct clause *c = n->clause;
    uint32_t lead = 0;
    for (uint32_t i = 0; i < c->n_children; i++) {
        enum clause_role role = c->children[i].role;
        if ((role == ROLE_MUST || role == ROLE_FILTER) &&
            n->children[i]->cost < n->children[lead]->cost)
            lead = i;
    }
    return lead;
}

static enum probe probe_of(enum clause_role role)
{
    switch (role) {
    case ROLE_MUST: return PROBE_MUST;
    case ROLE_FILTER: return PROBE_FILTER;
    case ROLE_NOT: return PROBE_NOT;
    case ROLE_SHOULD:
    case ROLE_DEFAULT: break;
    }
    return PROBE_SHOULD;
}

clus_status clus__bool_window(struct node *n, uint32_t w, int32_t *acc,
                              struct candidates *c)
{
    const struct clause *clause = n->clause;
    const bool conjunction = clause->n_must > 0;
    uint64_t cells = 0;
    uint32_t lead = conjunction ? lead_of(n) : UINT32_MAX;
    clus_status st = CLUS_OK;
    for (uint32_t i = 0; st == CLUS_OK && i < clause->n_children; i++)
        if (conjunction ? i == lead : clause->children[i].role == ROLE_SHOULD)
            st = clus__node_add(n->children[i], w, acc, &cells);
    clus__candidates_take(c, n->scorer, acc, cells, w, 0);
    if (conjunction && clause->children[lead].role == ROLE_FILTER)
        memset(c->scores, 0, c->n * sizeof *c->scores);
    /* Children are sorted: must, should, filter, not. */
    for (uint32_t i = 0; st == CLUS_OK && i < clause->n_children && c->n > 0; i++) {
        enum clause_role role = clause->children[i].role;
        if (i != lead && (conjunction || role != ROLE_SHOULD))
            st = clus__node_probe(n->children[i], probe_of(role), c, 0);
    }
    return st;
}
