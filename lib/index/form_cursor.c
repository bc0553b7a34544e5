/* Posting lists of forms, merged by document. The bytes are our own and need no checks. */
#include "index/form_cursor.h"

#include "base/alloc.h"

static inline uint32_t take_symbol(struct form_cursor *c)
{
    uint32_t value = *c->at++;
    if (value < 0x80)
        return value;
    value &= 0x7f;
    for (unsigned shift = 7;; shift += 7) {
        uint8_t byte = *c->at++;
        value |= (uint32_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return value;
    }
}

/* Step to the next document: CLUS_DONE at the end. A cursor that was not read yet stands on
 * document -1. */
static clus_status advance(struct form_cursor *c)
{
    if (c->at == c->end)
        return CLUS_DONE;
    c->at++; /* the 0 that begins a document */
    c->doc += take_symbol(c);
    c->n_pos = 0;
    c->n_extra = 0;
    uint32_t next = 0;
    while (c->at < c->end && *c->at != 0) {
        uint32_t symbol = take_symbol(c);
        if (symbol == 1) {
            c->n_extra++;
            continue;
        }
        if (c->n_pos == c->cap_pos) {
            clus_status st = clus__grow(&c->pos, &c->cap_pos, c->n_pos + 1, sizeof *c->pos);
            if (st != CLUS_OK)
                return st;
        }
        next += symbol - 1;
        c->pos[c->n_pos++] = next - 1;
    }
    return CLUS_OK;
}

/* ---- a heap of cursor numbers, the smallest document first ---- */

static void sift_down(struct form_merge *m)
{
    uint32_t moving = m->heap[0], doc = m->cursors[moving].doc;
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= m->n_heap)
            break;
        if (child + 1 < m->n_heap &&
            m->cursors[m->heap[child + 1]].doc < m->cursors[m->heap[child]].doc)
            child++;
        if (m->cursors[m->heap[child]].doc >= doc)
            break;
        m->heap[at] = m->heap[child];
        at = child;
    }
    m->heap[at] = moving;
}

static void push(struct form_merge *m, uint32_t cursor)
{
    size_t at = m->n_heap++;
    while (at > 0 && m->cursors[m->heap[(at - 1) / 2]].doc > m->cursors[cursor].doc) {
        m->heap[at] = m->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    m->heap[at] = cursor;
}

static clus_status make_room(struct form_merge *m, size_t n)
{
    size_t had = m->cap;
    clus_status st = clus__grow(&m->cursors, &m->cap, n, sizeof *m->cursors);
    if (st != CLUS_OK)
        return st;
    if (m->cap > had)
        memset(m->cursors + had, 0, (m->cap - had) * sizeof *m->cursors);
    st = clus__grow(&m->starts, &m->cap_starts, n + 1, sizeof *m->starts);
    return st == CLUS_OK ? clus__grow(&m->heap, &m->cap_heap, n, sizeof *m->heap) : st;
}

clus_status clus__form_merge_begin(struct form_merge *m, const struct inverter *v,
                                   const uint32_t *forms, size_t n)
{
    clus_status st = make_room(m, n);
    if (st != CLUS_OK)
        return st;
    m->n = n;
    m->n_heap = 0;
    m->given = false;
    clus__buf_clear(&m->bytes);
    for (size_t i = 0; i < n; i++) {
        m->starts[i] = m->bytes.len;
        clus__inverter_list(v, forms[i], &m->bytes);
    }
    m->starts[n] = m->bytes.len;
    st = clus__buf_status(&m->bytes);
    for (size_t i = 0; i < n && st == CLUS_OK; i++) {
        struct form_cursor *c = &m->cursors[i];
        c->at = m->bytes.data + m->starts[i];
        c->end = m->bytes.data + m->starts[i + 1];
        c->doc = UINT32_MAX;
        st = advance(c);
        push(m, (uint32_t)i);
    }
    return st;
}

/* Merge the cursor's positions into the `have` ones at m->pos, from the back. */
static clus_status add_positions(struct form_merge *m, const struct form_cursor *c,
                                 size_t have)
{
    size_t b = c->n_pos, to = have + b;
    clus_status st = clus__grow(&m->pos, &m->cap_pos, to, sizeof *m->pos);
    if (st != CLUS_OK)
        return st;
    while (b > 0) {
        if (have > 0 && m->pos[have - 1] > c->pos[b - 1])
            m->pos[--to] = m->pos[--have];
        else
            m->pos[--to] = c->pos[--b];
    }
    return CLUS_OK;
}

static uint8_t flags_of(const uint32_t *pos, size_t n)
{
    uint8_t flags = 0;
    size_t i = 0;
    if (pos[0] <= POS_TITLE_MAX) {
        flags |= FLAG_TITLE;
        while (i < n && pos[i] <= POS_TITLE_MAX)
            i++;
    }
    if (i < n && pos[i] < POS_TEXT + LEAD_TOKENS)
        flags |= FLAG_LEAD;
    return flags;
}

static void fill(struct form_posting *out, uint32_t doc, const uint32_t *pos, size_t n,
                 uint32_t n_extra)
{
    *out = (struct form_posting){.doc = doc, .tf = n_extra, .flags = FLAG_EXTRA_ONLY};
    if (n == 0)
        return;
    out->tf = (uint32_t)n;
    out->flags = flags_of(pos, n);
    out->pos = pos;
}

static clus_status pop_or_sink(struct form_merge *m, struct form_cursor *top)
{
    clus_status st = advance(top);
    if (st == CLUS_DONE) {
        m->heap[0] = m->heap[--m->n_heap];
        st = CLUS_OK;
    }
    if (m->n_heap > 1)
        sift_down(m);
    return st;
}

static bool stands_on(const struct form_merge *m, size_t at, uint32_t doc)
{
    return at < m->n_heap && m->cursors[m->heap[at]].doc == doc;
}

/* Documents that only one form has need no merging: its positions are lent. */
clus_status clus__form_merge_next(struct form_merge *m, struct form_posting *out)
{
    if (m->given) {
        clus_status st = pop_or_sink(m, &m->cursors[m->heap[0]]);
        if (st != CLUS_OK)
            return st;
        m->given = false;
    }
    if (m->n_heap == 0)
        return CLUS_DONE;
    struct form_cursor *first = &m->cursors[m->heap[0]];
    uint32_t doc = first->doc, n_extra = 0;
    if (!stands_on(m, 1, doc) && !stands_on(m, 2, doc)) {
        fill(out, doc, first->pos, first->n_pos, first->n_extra);
        m->given = true;
        return CLUS_OK;
    }
    size_t n_pos = 0;
    while (stands_on(m, 0, doc)) {
        struct form_cursor *top = &m->cursors[m->heap[0]];
        clus_status st = add_positions(m, top, n_pos);
        if (st != CLUS_OK)
            return st;
        n_pos += top->n_pos;
        n_extra += top->n_extra;
        st = pop_or_sink(m, top);
        if (st != CLUS_OK)
            return st;
    }
    fill(out, doc, m->pos, n_pos, n_extra);
    return CLUS_OK;
}

void clus__form_merge_done(struct form_merge *m)
{
    for (size_t i = 0; i < m->cap; i++)
        clus__free(m->cursors[i].pos);
    clus__free(m->cursors);
    clus__free(m->starts);
    clus__free(m->heap);
    clus__free(m->pos);
    clus__buf_done(&m->bytes);
    *m = (struct form_merge){0};
}
