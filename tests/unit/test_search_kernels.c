/* The vector kernels give what the plain ones give, bit for bit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/bitpack.h"
#include "codec/impact.h"
#include "search/score.h"

#include "draw.h"

enum { DOCS = 4096, RUN = 256, TRIALS = 400 };

/* n ascending documents, about one in `gap`. */
static uint32_t draw_documents(uint32_t *docs, uint32_t gap)
{
    uint32_t n = 0, most = draw(RUN + 1), doc = draw(gap);
    for (; n < most && doc < DOCS; doc += 1 + draw(gap))
        docs[n++] = doc;
    return n;
}

static void scores_are_equal(const struct kernels *a, const struct kernels *b)
{
    static struct norm norms[DOCS];
    static uint32_t docs[RUN], tfs[RUN + 8];
    static uint8_t flags[RUN + 16];
    static int32_t x[RUN + 8], y[RUN + 8];
    struct scorer s;
    struct impact_params params = clus__impact_reference();
    clus__scorer_init(&s, &params, 120.5f);
    s.norms = norms;
    for (uint32_t i = 0; i < DOCS; i++)
        norms[i] = (struct norm){(uint8_t)draw(256), (uint8_t)draw(256)};
    for (uint32_t trial = 0; trial < TRIALS; trial++) {
        struct posting_run run = {docs, tfs, flags, draw_documents(docs, 1 + draw(40))};
        for (uint32_t i = 0; i < run.n; i++) {
            tfs[i] = 1 + draw(1u << draw(24));
            flags[i] = (uint8_t)draw(8);
        }
        float weight = (float)(int)(1 + draw(1u << 30));
        a->score(&s, weight, &run, x);
        b->score(&s, weight, &run, y);
        assert_memory_equal(x, y, run.n * sizeof *x);
        for (uint32_t i = 0; i < run.n; i++) {
            assert_true(x[i] >= 1);
            assert_int_equal(x[i], clus__score_one(&s, weight, docs[i], tfs[i], flags[i]));
        }
    }
}

static void sifting_is_equal(const struct kernels *a, const struct kernels *b)
{
    static uint32_t docs[RUN], d1[RUN + 8], d2[RUN + 8];
    static int32_t scores[RUN], s1[RUN + 8], s2[RUN + 8];
    for (uint32_t trial = 0; trial < TRIALS; trial++) {
        uint32_t n = draw_documents(docs, 10);
        for (uint32_t i = 0; i < n; i++)
            scores[i] = (int32_t)draw(100) - 20;
        int32_t need = (int32_t)draw(120) - 20;
        uint32_t kept = a->sift(docs, scores, n, need, d1, s1);
        assert_int_equal(b->sift(docs, scores, n, need, d2, s2), kept);
        assert_memory_equal(d1, d2, kept * sizeof *d1);
        assert_memory_equal(s1, s2, kept * sizeof *s1);
        for (uint32_t i = 0; i < kept; i++)
            assert_true(s1[i] > need);
        /* in place */
        assert_int_equal(b->sift(docs, scores, n, need, docs, scores), kept);
        assert_memory_equal(d1, docs, kept * sizeof *d1);
    }
}

static void cells_are_equal(const struct kernels *a, const struct kernels *b)
{
    int32_t cell[64], copy[64], s1[72], s2[72], zero[64] = {0};
    uint32_t d1[72], d2[72];
    for (uint32_t trial = 0; trial < TRIALS; trial++) {
        for (uint32_t i = 0; i < 64; i++)
            cell[i] = draw(3) ? 0 : (int32_t)draw(1000);
        memcpy(copy, cell, sizeof cell);
        int32_t need = (int32_t)draw(1000);
        uint32_t n = a->sift_cell(cell, need, 640, d1, s1);
        assert_int_equal(b->sift_cell(copy, need, 640, d2, s2), n);
        assert_memory_equal(d1, d2, n * sizeof *d1);
        assert_memory_equal(s1, s2, n * sizeof *s1);
        assert_memory_equal(cell, zero, sizeof zero);
        assert_memory_equal(copy, zero, sizeof zero);
    }
}

/* By the loops of the level and by what chooses between them and halving. */
static void intersections_are_equal(const struct kernels *k)
{
    static uint32_t a[RUN], b[RUN];
    static uint16_t at[RUN + 8], bt[RUN + 8];
    for (uint32_t trial = 0; trial < 8 * TRIALS; trial++) {
        uint32_t na = draw_documents(a, 1 + draw(trial % 2 ? 4 : 60)), found = 0;
        uint32_t nb = draw_documents(b, 1 + draw(20));
        uint32_t n = trial % 4 == 0   ? k->intersect(a, na, b, nb, at, bt)
                     : trial % 4 == 1 ? k->intersect_thin(a, na, b, nb, at, bt)
                                      : clus__intersect(k, (struct doc_run){a, na},
                                                        (struct doc_run){b, nb}, at, bt);
        for (uint32_t i = 0; i < na; i++)
            for (uint32_t j = 0; j < nb; j++)
                if (a[i] == b[j]) {
                    assert_true(found < n);
                    assert_int_equal(at[found], i);
                    assert_int_equal(bt[found++], j);
                }
        assert_int_equal(found, n);
    }
}

/* Also in place, of runs that reach too far for 16 bits, and by the level's own loop, which
 * has to do for dense runs, too. */
static void keeping_is_right(const struct kernels *k)
{
    static uint32_t a[RUN + 8], b[RUN + 8], out[RUN + 8], want[RUN];
    for (uint32_t trial = 0; trial < 8 * TRIALS; trial++) {
        uint32_t wide = trial % 7 ? 1 : 400, n = 0, up = draw(3) ? 0 : 1u << 31, kept;
        uint32_t na = draw_documents(a, 1 + draw(trial % 3 ? 100 : 6));
        uint32_t nb = draw_documents(b, 1 + draw(20)), so_far = 0;
        if (na == 0)
            a[na++] = draw(DOCS);
        if (nb == 0)
            b[nb++] = draw(DOCS);
        if (draw(4) == 0) { /* a block may begin behind what is asked for */
            nb -= nb / 2;
            memmove(b, b + nb / 2, nb * sizeof *b);
        }
        for (uint32_t i = 0; i < na; i++)
            a[i] = a[i] * wide + up;
        for (uint32_t i = 0; i < nb; i++)
            b[i] = b[i] * wide + up;
        if (a[0] > b[nb - 1])
            continue;
        for (; so_far < na && a[so_far] <= b[nb - 1]; so_far++)
            for (uint32_t j = 0; j < nb; j++)
                if (a[so_far] == b[j])
                    want[n++] = a[so_far];
        struct doc_run asked = {a, na}, has = {b, nb};
        uint32_t *to = trial % 2 ? out : a;
        uint32_t passed = trial % 4 < 2 ? k->keep(asked, has, to, &kept)
                                        : clus__keep(k, asked, has, to, &kept);
        assert_int_equal(passed, so_far);
        assert_int_equal(kept, n);
        assert_memory_equal(to, want, n * sizeof *want);
    }
}

/* Documents of a block in lanes, also such that reach as far as they may, near the top. */
static void lanes_are_looked_up_in(const struct kernels *k)
{
    static uint32_t rows[COLUMN_VALUES], docs[COLUMN_VALUES], a[RUN + 8], out[RUN + 8];
    static uint16_t want_at[RUN + 1], want_there[RUN + 1];
    for (uint32_t trial = 0; trial < 4 * TRIALS; trial++) {
        struct short_lanes lanes;
        uint32_t gap = 1 + draw(trial % 3 ? 12 : 255),
                 doc = trial % 5 ? draw(DOCS) : 1u << 31;
        uint32_t na = 0, kept, so_far = 0, n = 0, base = doc;
        uint16_t at[RUN + 16], there[RUN + 16];
        for (uint32_t i = 0; i < COLUMN_VALUES; i++)
            docs[i] = doc += rows[clus__sum_place(i)] = 1 + draw(gap);
        clus__pack_ops()->sum_short(rows, base, &lanes);
        uint32_t step = 1 + draw(trial % 2 ? 3 * gap : 40 * gap);
        for (doc = base + 1 + draw(step); na < RUN && doc < lanes.last + 400;
             doc += 1 + draw(step))
            a[na++] = doc;
        for (uint32_t j = 0; so_far < na && a[so_far] <= lanes.last; so_far++) {
            while (docs[j] < a[so_far])
                j++;
            out[n] = a[so_far];
            want_there[n] = (uint16_t)j;
            want_at[n] = (uint16_t)so_far;
            n += docs[j] == a[so_far];
        }
        if (na == 0)
            continue;
        struct doc_run asked = {a, na};
        assert_int_equal(k->find_lanes(&asked, &lanes, at, there), n);
        assert_int_equal(asked.n, so_far);
        assert_memory_equal(at, want_at, n * sizeof *at);
        assert_memory_equal(there, want_there, n * sizeof *there);
        assert_int_equal(k->keep_lanes((struct doc_run){a, na}, &lanes, a, &kept), so_far);
        assert_int_equal(kept, n);
        assert_memory_equal(a, out, n * sizeof *a);
    }
}

static void nearness_is_right(const struct kernels *k)
{
    enum { FAR = 40 };
    static uint32_t a[RUN + 8], b[RUN + 8], out[RUN + 8], want[RUN];
    for (uint32_t trial = 0; trial < 4 * TRIALS; trial++) {
        uint32_t na = draw_documents(a, 1 + draw(trial % 3 ? 20 : 60)), n = 0;
        uint32_t nb = draw_documents(b, 1 + draw(60)), reach = draw(FAR);
        for (uint32_t i = 0; i < na; i++)
            a[i] += FAR;
        memset(b + nb, 0xff, 8 * sizeof *b);
        for (uint32_t i = 0; i < na; i++) {
            bool near = false;
            for (uint32_t j = 0; j < nb; j++)
                near |= a[i] <= b[j] + reach && b[j] <= a[i] + reach;
            want[n] = a[i];
            n += near;
        }
        assert_int_equal(k->near(a, na, reach, b, out), n);
        assert_memory_equal(out, want, n * sizeof *out);
    }
}

/* Also in place, and with numbers near the top. */
static void following_is_right(const struct kernels *k)
{
    static uint32_t a[RUN + 8], b[RUN + 8], out[RUN + 8], want[RUN];
    for (uint32_t trial = 0; trial < 4 * TRIALS; trial++) {
        uint32_t na = draw_documents(a, 1 + draw(trial % 3 ? 6 : 60)), n = 0;
        uint32_t nb = draw_documents(b, 1 + draw(20)), ahead = draw(4);
        uint32_t up = trial % 5 ? 0 : UINT32_MAX - DOCS - 4;
        for (uint32_t i = 0; i < na; i++)
            a[i] += up;
        for (uint32_t j = 0; j < nb; j++)
            b[j] += up;
        for (uint32_t i = 0, j = 0; i < na; i++) {
            while (j < nb && b[j] < a[i] + ahead)
                j++;
            if (j < nb && b[j] == a[i] + ahead)
                want[n++] = a[i];
        }
        assert_int_equal(k->follow(a, na, ahead, b, nb, out), n);
        assert_memory_equal(out, want, n * sizeof *out);
        assert_int_equal(k->follow(a, na, ahead, b, nb, a), n);
        assert_memory_equal(a, want, n * sizeof *a);
    }
}

/* Rows of places: a document's are only compared with its own. */
static void rows_are_followed(const struct kernels *k)
{
    enum { ROW_DOCS = 20, MOST = 40 };
    static uint32_t a[ROW_DOCS * MOST], b[ROW_DOCS * MOST + PLACES_BEHIND],
        want[ROW_DOCS * MOST];
    uint16_t starts[ROW_DOCS + 1] = {0};
    for (uint32_t trial = 0; trial < 4 * TRIALS; trial++) {
        uint32_t n = 1 + draw(ROW_DOCS), na = 0, nb = 0, n_want = 0, ahead = draw(7) - 3;
        for (uint32_t doc = 0; doc < n; doc++) {
            uint32_t from = nb, first = (doc + 1) << PLACE_BITS;
            uint32_t place = first + draw(4);
            for (uint32_t left = draw(MOST + 1); left > 0; left--, place += 1 + draw(9))
                b[nb++] = place;
            place = first + draw(4);
            for (uint32_t left = draw(MOST + 1); left > 0; left--, place += 1 + draw(9)) {
                a[na++] = place;
                for (uint32_t j = from; j < nb; j++)
                    if (b[j] == place + ahead)
                        want[n_want++] = place;
            }
            starts[doc + 1] = (uint16_t)nb;
        }
        memset(b + nb, 0xff, PLACES_BEHIND * sizeof *b);
        struct place_rows rows = {b, starts};
        assert_int_equal(k->follow_rows(a, na, ahead, rows, a), n_want); /* in place */
        assert_memory_equal(a, want, n_want * sizeof *a);
    }
}

static void vectors_equal_scalars(void **state)
{
    const struct kernels *plain = clus__kernels_of(CPU_SCALAR);
    (void)state;
    for (enum cpu_level level = CPU_SCALAR; level < CPU_LEVELS; level++) {
        const struct kernels *k = clus__kernels_of(level);
        if (!k)
            continue;
        scores_are_equal(plain, k);
        sifting_is_equal(plain, k);
        cells_are_equal(plain, k);
        intersections_are_equal(k);
        nearness_is_right(k);
        following_is_right(k);
        rows_are_followed(k);
        keeping_is_right(k);
        if (k->find_lanes)
            lanes_are_looked_up_in(k);
    }
}

static void the_best_level_is_taken(void **state)
{
    enum cpu_level best = clus__cpu_best();
    (void)state;
    assert_ptr_equal(clus__kernels(), clus__kernels_of(best));
    assert_ptr_equal(clus__pack_ops(), clus__pack_ops_of(best));
    for (enum cpu_level level = CPU_SCALAR; level < CPU_LEVELS; level++) {
        assert_int_equal(clus__cpu_has(level), level <= best);
        assert_int_equal(clus__kernels_of(level) != NULL, level <= best);
        assert_int_equal(clus__pack_ops_of(level) != NULL, level <= best);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_equal_scalars),
        cmocka_unit_test(the_best_level_is_taken),
    };
    return cmocka_run_group_tests_name("search_kernels", tests, NULL, NULL);
}
