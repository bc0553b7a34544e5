/* Streams over memory: every range reads as the bytes it covers, nothing beyond the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "store/stream.h"

static uint8_t *pattern(size_t len)
{
    uint8_t *data = clus__malloc(len);
    assert_non_null(data);
    for (size_t i = 0; i < len; i++)
        data[i] = (uint8_t)(i * 2654435761u >> 13);
    return data;
}

static uint32_t overread(const uint8_t *p, size_t len)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < len + STREAM_OVERREAD; i++)
        sum += p[i]; /* the sanitizer's business: these loads must be allowed */
    return sum;
}

static void check_ranges(size_t len)
{
    uint8_t *data = pattern(len);
    uint8_t *scratch = clus__malloc(len + STREAM_OVERREAD);
    assert_non_null(scratch);
    struct stream s;
    assert_int_equal(clus__stream_of_memory(&s, (struct bytes){data, len}), CLUS_OK);
    assert_int_equal(s.len, len);
    for (size_t off = 0; off < len; off += off < 64 || off + 90 > len ? 1 : 61) {
        for (size_t n = 1; n <= len - off; n = n * 3 + 1) {
            const uint8_t *p = clus__stream_read(&s, NULL, off, n, scratch);
            assert_non_null(p);
            assert_memory_equal(p, data + off, n);
            (void)overread(p, n);
        }
        const uint8_t *rest = clus__stream_read(&s, NULL, off, len - off, scratch);
        assert_non_null(rest);
        assert_memory_equal(rest, data + off, len - off);
        assert_null(clus__stream_read(&s, NULL, off, len - off + 1, scratch));
    }
    assert_null(clus__stream_read(&s, NULL, len + 1, 0, scratch));
    assert_null(clus__stream_read(&s, NULL, UINT64_MAX, 1, scratch));
    assert_non_null(clus__stream_read(&s, NULL, len, 0, scratch));
    clus__stream_done(&s);
    clus__free(scratch);
    clus__free(data);
}

static void any_range_of_any_length(void **state)
{
    (void)state;
    static const size_t lens[] = {1,
                                  STREAM_OVERREAD,
                                  PAGE_PAYLOAD - 1,
                                  PAGE_PAYLOAD,
                                  PAGE_PAYLOAD + 1,
                                  PAGE_PAYLOAD + STREAM_OVERREAD,
                                  2 * PAGE_PAYLOAD,
                                  3 * PAGE_PAYLOAD + 77};
    for (size_t i = 0; i < sizeof lens / sizeof *lens; i++)
        check_ranges(lens[i]);
}

static void an_empty_stream_has_nothing(void **state)
{
    (void)state;
    struct stream s;
    uint8_t scratch[64];
    assert_int_equal(clus__stream_of_memory(&s, (struct bytes){NULL, 0}), CLUS_OK);
    assert_int_equal(s.n_pages, 0);
    assert_null(clus__stream_read(&s, NULL, 0, 1, scratch));
    assert_non_null(clus__stream_read(&s, NULL, 0, 0, scratch));
    clus__stream_done(&s);
    assert_null(s.pages);
}

static void logical_streams_share_a_physical_one(void **state)
{
    (void)state;
    size_t len = 3 * PAGE_PAYLOAD;
    uint8_t *data = pattern(len), scratch[2 * PAGE_PAYLOAD + STREAM_OVERREAD];
    struct stream whole;
    assert_int_equal(clus__stream_of_memory(&whole, (struct bytes){data, len}), CLUS_OK);
    struct stream part = whole;
    part.base = PAGE_PAYLOAD - 10;
    part.len = PAGE_PAYLOAD + 20;
    const uint8_t *p = clus__stream_read(&part, NULL, 5, PAGE_PAYLOAD + 10, scratch);
    assert_non_null(p);
    assert_memory_equal(p, data + PAGE_PAYLOAD - 5, PAGE_PAYLOAD + 10);
    assert_null(clus__stream_read(&part, NULL, 5, PAGE_PAYLOAD + 16, scratch));
    part.base = 3 * PAGE_PAYLOAD - 10; /* a manifest that lies about the place */
    assert_null(clus__stream_read(&part, NULL, 0, 20, scratch));
    part.base = UINT64_MAX - 10;
    assert_null(clus__stream_read(&part, NULL, 0, PAGE_PAYLOAD + 20, scratch));
    clus__stream_done(&whole);
    clus__free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_range_of_any_length),
        cmocka_unit_test(an_empty_stream_has_nothing),
        cmocka_unit_test(logical_streams_share_a_physical_one),
    };
    return cmocka_run_group_tests_name("store_stream", tests, NULL, NULL);
}
