/* The order of documents: each once, the same every time, similar ones together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "index/bisect.h"

#include "draw.h"

enum { TOPICS = 8, TOPIC_TERMS = 50, COMMON_TERMS = 40, PER_DOC = 24 };

struct made {
    struct forward_index x;
    uint32_t *order;
};

static bool has(const uint32_t *terms, uint32_t n, uint32_t term)
{
    for (uint32_t i = 0; i < n; i++) {
        if (terms[i] == term)
            return true;
    }
    return false;
}

/* Document d is about topic d % TOPICS, every fourth of its terms is anybody's. */
static struct made make(uint32_t n_docs)
{
    struct made m = {
        .x = {.n_docs = n_docs, .n_terms = TOPICS * TOPIC_TERMS + COMMON_TERMS}};
    m.x.starts = clus__calloc((size_t)n_docs + 1, sizeof *m.x.starts);
    m.x.terms = clus__calloc((size_t)n_docs * PER_DOC + 1, sizeof *m.x.terms);
    m.order = clus__calloc((size_t)n_docs + 1, sizeof *m.order);
    assert_true(m.x.starts && m.x.terms && m.order);
    seed = 7; /* each call makes the same */
    for (uint32_t d = 0; d < n_docs; d++) {
        uint32_t *terms = m.x.terms + (size_t)d * PER_DOC;
        for (uint32_t n = 0; n < PER_DOC;) {
            uint32_t term = n % 4 ? (d % TOPICS) * TOPIC_TERMS + draw(TOPIC_TERMS)
                                  : TOPICS * TOPIC_TERMS + draw(COMMON_TERMS);
            if (!has(terms, n, term))
                terms[n++] = term;
        }
        m.x.starts[d + 1] = (uint64_t)(d + 1) * PER_DOC;
        m.order[d] = d;
    }
    return m;
}

static void unmake(struct made *m)
{
    clus__free(m->x.starts);
    clus__free(m->x.terms);
    clus__free(m->order);
}

static void assert_permutation(const struct made *m)
{
    bool *seen = clus__calloc((size_t)m->x.n_docs + 1, sizeof *seen);
    assert_non_null(seen);
    for (uint32_t i = 0; i < m->x.n_docs; i++) {
        assert_true(m->order[i] < m->x.n_docs && !seen[m->order[i]]);
        seen[m->order[i]] = true;
    }
    clus__free(seen);
}

static void every_document_once(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {0, 1, 2, 31, 32, 33, 63, 64, 65, 127, 1000, 2001};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct made m = make(sizes[i]);
        assert_int_equal(clus__bisect(&m.x, m.order), CLUS_OK);
        assert_permutation(&m);
        unmake(&m);
    }
}

static void documents_without_terms(void **state)
{
    (void)state;
    struct made m = make(300);
    for (uint32_t d = 0; d <= m.x.n_docs; d++)
        m.x.starts[d] = 0;
    assert_int_equal(clus__bisect(&m.x, m.order), CLUS_OK);
    assert_permutation(&m);
    unmake(&m);
}

static void similar_documents_stand_together(void **state)
{
    (void)state;
    struct made m = make(4096), again = make(4096);
    uint32_t same = 0;
    assert_int_equal(clus__bisect(&m.x, m.order), CLUS_OK);
    for (uint32_t i = 1; i < m.x.n_docs; i++)
        same += m.order[i] % TOPICS == m.order[i - 1] % TOPICS;
    assert_true(same > m.x.n_docs * 9 / 10); /* in the order of making: none */
    assert_int_equal(clus__bisect(&again.x, again.order), CLUS_OK);
    assert_memory_equal(m.order, again.order, m.x.n_docs * sizeof *m.order);
    unmake(&m);
    unmake(&again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_document_once),
        cmocka_unit_test(documents_without_terms),
        cmocka_unit_test(similar_documents_stand_together),
    };
    return cmocka_run_group_tests_name("index_bisect", tests, NULL, NULL);
}
