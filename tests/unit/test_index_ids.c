/* External ids of a segment and their hashes: each is read back and found, no other is, and
 * whatever bytes are damaged is told or harmless. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "draw.h"
#include "index/hash.h"
#include "index/id_hashes.h"
#include "index/ids.h"
#include "memory_segment.h"

enum { LONG_IDS = 300 };

/* The id of a document: a number, or with `filler` as long as an id may be. */
static struct bytes id_of(uint32_t doc, bool filler, char out[ID_MAX + 1])
{
    int len = snprintf(out, ID_MAX + 1, filler ? "%0*u" : "%.*u", filler ? ID_MAX : 1, doc);
    return (struct bytes){(const uint8_t *)out, (size_t)len};
}

static void open_segment(struct memory_segment *m, uint32_t ndocs)
{
    struct segment_writer_config config = {.ndocs = ndocs};
    struct segment_totals totals = {0};
    assert_int_equal(memory_segment_open(m, &config, &totals), CLUS_OK);
}

static void write_segment(struct memory_segment *m, uint32_t ndocs, bool filler)
{
    struct ids_writer ids = {.sink = memory_segment_sink(m)};
    struct id_hash_writer w = {.sink = ids.sink, .ndocs = ndocs};
    struct id_hash *hashes = calloc(ndocs, sizeof *hashes);
    char id[ID_MAX + 1];
    assert_non_null(hashes);
    for (uint32_t doc = 0; doc < ndocs; doc++) {
        hashes[doc] = (struct id_hash){clus__hash64(id_of(doc, filler, id)), doc};
        assert_int_equal(clus__ids_add(&ids, id_of(doc, filler, id)), CLUS_OK);
    }
    assert_int_equal(clus__ids_finish(&ids), CLUS_OK);
    clus__id_hashes_sort(hashes, ndocs);
    for (uint32_t i = 0; i < ndocs; i++)
        assert_int_equal(clus__id_hashes_add(&w, hashes[i]), CLUS_OK);
    assert_int_equal(clus__id_hashes_finish(&w), CLUS_OK);
    clus__ids_writer_done(&ids);
    clus__id_hashes_writer_done(&w);
    free(hashes);
    assert_int_equal(m->bytes[SEG_IDH].len, clus__id_hashes_len(ndocs));
}

static void find_all(uint32_t ndocs, bool filler)
{
    struct memory_segment m = {0};
    char id[ID_MAX + 1];
    uint8_t own[ID_MAX];
    uint32_t doc;
    size_t len;
    write_segment(&m, ndocs, filler);
    open_segment(&m, ndocs);
    for (uint32_t d = 0; d < ndocs; d++) {
        struct bytes want = id_of(d, filler, id);
        assert_int_equal(clus__ids_read(&m.seg, NULL, d, own, &len), CLUS_OK);
        assert_int_equal(len, want.len);
        assert_memory_equal(own, want.data, len);
        assert_int_equal(clus__id_hashes_find(&m.seg, NULL, want, NULL, &doc), CLUS_OK);
        assert_int_equal(doc, d);
        want = id_of(ndocs + d, filler, id);
        assert_int_equal(clus__id_hashes_find(&m.seg, NULL, want, NULL, &doc), CLUS_DONE);
    }
    struct id_hash_walk walk = {0};
    struct id_hash at;
    uint64_t sum = 0, before = 0;
    for (uint32_t i = 0; i < ndocs; i++) {
        assert_int_equal(clus__id_hashes_next(&m.seg, NULL, &walk, &at), CLUS_OK);
        assert_true(at.hash >= before);
        before = at.hash;
        sum += at.doc;
    }
    assert_int_equal(sum, (uint64_t)ndocs * (ndocs - 1) / 2);
    assert_int_equal(clus__id_hashes_next(&m.seg, NULL, &walk, &at), CLUS_DONE);
    memory_segment_done(&m);
}

/* Where the groups double and where a document takes one byte more. */
static void ids_are_found_in_segments_of_all_sizes(void **unused)
{
    static const uint32_t sizes[] = {1,   2,   64,  65,  127,  128,   129,
                                     255, 256, 257, 512, 5000, 65536, 65537};
    (void)unused;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        find_all(sizes[i], false);
}

static void the_longest_ids_are_found(void **unused)
{
    (void)unused;
    find_all(LONG_IDS, true);
}

static void a_deleted_document_is_not_found(void **unused)
{
    struct memory_segment m = {0};
    uint64_t deleted[2] = {1ull << 7, 0};
    char id[ID_MAX + 1];
    uint32_t doc;
    (void)unused;
    write_segment(&m, 100, false);
    open_segment(&m, 100);
    assert_int_equal(clus__id_hashes_find(&m.seg, NULL, id_of(7, false, id), deleted, &doc),
                     CLUS_DONE);
    assert_int_equal(clus__id_hashes_find(&m.seg, NULL, id_of(8, false, id), deleted, &doc),
                     CLUS_OK);
    memory_segment_done(&m);
}

/* A walk over damaged hashes tells it and ends, and a search answers with a document that
 * has the id. */
static void damaged_hashes_are_told(void **unused)
{
    enum { NDOCS = 700, TURNS = 400 };
    unsigned told = 0;
    (void)unused;
    for (unsigned turn = 0; turn < TURNS; turn++) {
        struct memory_segment m = {0};
        struct id_hash_walk walk = {0};
        struct id_hash at;
        char id[ID_MAX + 1];
        uint32_t doc, steps = 0;
        bool damaged = false;
        clus_status st;
        write_segment(&m, NDOCS, false);
        struct buf *b = &m.bytes[SEG_IDH];
        b->data[draw((uint32_t)b->len)] ^= (uint8_t)(1 + draw(255));
        open_segment(&m, NDOCS);
        while ((st = clus__id_hashes_next(&m.seg, NULL, &walk, &at)) != CLUS_DONE) {
            assert_true(steps++ < NDOCS);
            damaged |= st != CLUS_OK;
        }
        told += damaged;
        for (uint32_t d = 0; d < NDOCS; d++) {
            st = clus__id_hashes_find(&m.seg, NULL, id_of(d, false, id), NULL, &doc);
            assert_true(st == CLUS_DONE || st == CLUS_E_CORRUPT ||
                        (st == CLUS_OK && doc == d));
        }
        memory_segment_done(&m);
    }
    assert_true(told == TURNS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_found_in_segments_of_all_sizes),
        cmocka_unit_test(the_longest_ids_are_found),
        cmocka_unit_test(a_deleted_document_is_not_found),
        cmocka_unit_test(damaged_hashes_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
