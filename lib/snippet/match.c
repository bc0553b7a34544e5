/*
 * Which tokens of a text are words of the query: one probe of a small table a token, behind
 * a filter of 256 bits that lets few of the other words through.
 */
#include "snippet/match.h"

#include "base/alloc.h"
#include "base/glob.h"

enum { FILTER_WORDS = 4 };

struct matcher {
    const struct mark_term *terms;
    uint32_t *slots; /* index of a term plus one, or 0; open addressing */
    uint32_t mask;
    uint64_t filter[FILTER_WORDS];
    bool forms, globs; /* there are terms of these kinds */
    size_t n_terms;
};

static uint32_t filter_bit(struct bytes text)
{
    uint32_t first = text.len > 1 ? text.data[1] : 0, last = text.data[text.len - 1];
    return ((uint32_t)text.len * 37 + first * 11 + last) & (FILTER_WORDS * 64 - 1);
}

static uint32_t hash(struct bytes text, enum mark_kind kind)
{
    uint32_t h = 2166136261U ^ (uint32_t)kind;
    for (size_t i = 0; i < text.len; i++)
        h = (h ^ text.data[i]) * 16777619U;
    return h ^ h >> 15;
}

static float weight_of(const struct mark_term *term)
{
    const float least = 0.01F;
    return term->weight > least ? term->weight : least;
}

/* The slot of a term, or the free one where it belongs. */
static uint32_t *find_slot(const struct matcher *m, struct bytes text, enum mark_kind kind)
{
    uint32_t at = hash(text, kind) & m->mask;
    for (; m->slots[at]; at = (at + 1) & m->mask) {
        const struct mark_term *term = &m->terms[m->slots[at] - 1];
        if (term->kind == kind && term->text.len == text.len &&
            memcmp(term->text.data, text.data, text.len) == 0)
            break;
    }
    return &m->slots[at];
}

/* Of equal terms the weightiest counts. */
static void add_term(struct matcher *m, size_t i)
{
    const struct mark_term *term = &m->terms[i];
    if (term->kind == MARK_GLOB) {
        m->globs = true;
        return;
    }
    if (term->text.len == 0)
        return;
    m->forms |= term->kind == MARK_FORM;
    uint32_t bit = filter_bit(term->text);
    m->filter[bit / 64] |= (uint64_t)1 << bit % 64;
    uint32_t *slot = find_slot(m, term->text, term->kind);
    if (*slot == 0 || weight_of(&m->terms[*slot - 1]) < weight_of(term))
        *slot = (uint32_t)i + 1;
}

static clus_status open_matcher(struct matcher *m, const struct mark_term *terms, size_t n)
{
    size_t size = 16;
    while (size < n * 2)
        size *= 2;
    if (size > UINT32_MAX / 2)
        return CLUS_E_LIMIT;
    *m = (struct matcher){.terms = terms, .n_terms = n, .mask = (uint32_t)size - 1};
    m->slots = clus__calloc(size, sizeof *m->slots);
    if (!m->slots)
        return CLUS_E_NOMEM;
    for (size_t i = 0; i < n; i++)
        add_term(m, i);
    return CLUS_OK;
}

static const struct mark_term *probe(const struct matcher *m, struct bytes text,
                                     enum mark_kind kind)
{
    if (text.len == 0)
        return NULL;
    uint32_t bit = filter_bit(text);
    if (!(m->filter[bit / 64] >> bit % 64 & 1))
        return NULL;
    uint32_t slot = *find_slot(m, text, kind);
    return slot ? &m->terms[slot - 1] : NULL;
}

static const struct mark_term *better(const struct mark_term *a, const struct mark_term *b)
{
    return !a || (b && weight_of(b) > weight_of(a)) ? b : a;
}

static const struct mark_term *match(const struct matcher *m, const struct form *form)
{
    const struct mark_term *found = probe(m, form->term, MARK_TERM);
    if (m->forms)
        found = better(found, probe(m, form->text, MARK_FORM));
    for (size_t i = 0; m->globs && i < m->n_terms; i++)
        if (m->terms[i].kind == MARK_GLOB && clus__glob_match(m->terms[i].text, form->text))
            found = better(found, &m->terms[i]);
    return found;
}

static clus_status add_hit(struct passage *p, const struct token *token,
                           const struct mark_term *term)
{
    clus_status st = clus__grow(&p->hits, &p->cap_hits, p->n_hits + 1, sizeof *p->hits);
    if (st != CLUS_OK)
        return st;
    p->hits[p->n_hits++] = (struct snippet_hit){.start = token->start,
                                                .end = token->end,
                                                .position = token->position,
                                                .group = term->group,
                                                .weight = weight_of(term)};
    return CLUS_OK;
}

static uint32_t count_chars(struct bytes text, size_t from, size_t end)
{
    uint32_t n = 0;
    for (size_t i = from; i < end; i++)
        n += (text.data[i] & 0xC0) != 0x80;
    return n;
}

/* Bytes that are no beginnings of code points are not counted: near enough for choosing,
 * the passage itself is measured exactly. */
static void place_hits(struct passage *p, struct bytes text)
{
    uint32_t at = 0, chars = 0;
    for (size_t i = 0; i < p->n_hits; i++) {
        struct snippet_hit *hit = &p->hits[i];
        chars += count_chars(text, at, hit->start);
        hit->first_char = chars;
        chars += count_chars(text, hit->start, hit->end);
        hit->last_char = chars;
        at = hit->end;
    }
}

clus_status clus__snippet_match(struct lexer *lx, struct bytes text,
                                const struct mark_term *terms, size_t n_terms,
                                struct passage *p)
{
    struct matcher m = {0};
    p->n_hits = 0;
    if (n_terms == 0)
        return CLUS_OK;
    clus_status st = clus__lexer_run(lx, text, &p->tokens);
    if (st != CLUS_OK)
        return st;
    st = open_matcher(&m, terms, n_terms);
    for (size_t i = 0; i < p->tokens.n && st == CLUS_OK; i++) {
        const struct token *token = &p->tokens.items[i];
        const struct mark_term *term = match(&m, clus__lexer_form(lx, token->form));
        if (term)
            st = add_hit(p, token, term);
    }
    clus__free(m.slots);
    place_hits(p, text);
    return st;
}
