/*
 * A searcher remembers what dictionaries said: answers of one index handle, asked again and
 * again, stay those of the snapshot, whatever is added, deleted, merged or asked between.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <clustersearch/clustersearch.h>

#include "../support/scratch.h"

enum { AGAIN = 4 }; /* by then a word is known to stand for itself */

struct fixture {
    char folder[PATH_MAX], path[PATH_MAX + 16];
    clus_index *index;
    clus_writer *writer;
};

static clus_str str(const char *s)
{
    return (clus_str){s, strlen(s)};
}

static struct fixture *open_index(clus_analyzer_kind kind)
{
    const clus_create_options options = {.analyzer = kind};
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    (void)scratch_make(f->folder);
    assert_true(snprintf(f->path, sizeof f->path, "%s/index", f->folder) > 0);
    assert_int_equal(clus_index_create(f->path, &options, &f->index, NULL), CLUS_OK);
    assert_int_equal(clus_writer_open(f->index, NULL, &f->writer, NULL), CLUS_OK);
    return f;
}

static void close_index(struct fixture *f)
{
    clus_writer_free(f->writer);
    assert_int_equal(clus_index_close(f->index, NULL), CLUS_OK);
    scratch_remove(f->folder);
    free(f);
}

static void add(struct fixture *f, const char *id, const char *text)
{
    const clus_document doc = {.id = str(id), .text = str(text)};
    assert_int_equal(clus_writer_add(f->writer, &doc, NULL), CLUS_OK);
}

static void commit(struct fixture *f)
{
    assert_int_equal(clus_writer_commit(f->writer, NULL, NULL), CLUS_OK);
}

static clus_snapshot *snapshot(struct fixture *f)
{
    clus_snapshot *snap;
    assert_int_equal(clus_snapshot_open(f->index, &snap, NULL), CLUS_OK);
    return snap;
}

/* Asked both ways: a count alone, and with hits. */
static uint64_t count_with(clus_snapshot *snap, const char *text, uint32_t expand)
{
    static const clus_count_mode ways[] = {CLUS_COUNT_ONLY, CLUS_COUNT_EXACT};
    const clus_parse_options parse = {.expand = expand};
    uint64_t totals[2];
    clus_query *query;
    assert_int_equal(clus_query_parse(str(text), &parse, &query, NULL), CLUS_OK);
    for (size_t i = 0; i < 2; i++) {
        const clus_search_options options = {.count = ways[i]};
        clus_results *results;
        clus_result_info info;
        assert_int_equal(clus_search(snap, query, &options, &results, NULL), CLUS_OK);
        clus_results_info(results, &info);
        assert_true(info.total_is_exact);
        totals[i] = info.total;
        clus_results_free(results);
    }
    clus_query_free(query);
    if (totals[0] != totals[1])
        fail_msg("%s: %u counted, %u found", text, (unsigned)totals[0],
                 (unsigned)totals[1]);
    return totals[0];
}

static void assert_count(clus_snapshot *snap, const char *text, uint64_t expected)
{
    for (int i = 0; i < AGAIN; i++) {
        uint64_t n = count_with(snap, text, CLUS_EXPAND_STEM);
        if (n != expected)
            fail_msg("%s: %u instead of %u when asked for the %d. time", text, (unsigned)n,
                     (unsigned)expected, i + 1);
    }
}

/* Three words of which the last comes late. */
static void assert_counts(clus_snapshot *snap, uint64_t first, uint64_t second,
                          uint64_t third)
{
    assert_count(snap, "kvartal", first);
    assert_count(snap, "gorod", second);
    assert_count(snap, "muzey", third);
}

/* The snapshot goes back at once, so that the next one gets its searcher. */
static void assert_counts_now(struct fixture *f, uint64_t first, uint64_t second,
                              uint64_t third)
{
    clus_snapshot *snap = snapshot(f);
    assert_counts(snap, first, second, third);
    clus_snapshot_free(snap);
}

static void update_between(clus_analyzer_kind kind)
{
    struct fixture *f = open_index(kind);
    add(f, "a", "kvartal gorod");
    add(f, "b", "kvartal");
    commit(f);
    clus_snapshot *old = snapshot(f);
    assert_counts(old, 2, 1, 0);
    assert_counts_now(f, 2, 1, 0);
    add(f, "c", "gorod muzey");
    commit(f);
    assert_counts_now(f, 2, 2, 1);
    assert_counts(old, 2, 1, 0);
    assert_int_equal(clus_writer_delete(f->writer, str("a"), NULL, NULL), CLUS_OK);
    commit(f);
    assert_counts_now(f, 1, 1, 1);
    assert_int_equal(clus_writer_compact(f->writer, NULL), CLUS_OK);
    assert_counts_now(f, 1, 1, 1);
    add(f, "b", "muzey muzey"); /* in the place of the one before */
    commit(f);
    assert_counts_now(f, 0, 1, 2);
    assert_int_equal(clus_writer_compact(f->writer, NULL), CLUS_OK);
    assert_counts_now(f, 0, 1, 2);
    assert_counts(old, 2, 1, 0);
    clus_snapshot_free(old);
    close_index(f);
}

static void commits_between(void **state)
{
    (void)state;
    update_between(CLUS_ANALYZER_WHITESPACE);
    update_between(CLUS_ANALYZER_SIMPLE);
    update_between(CLUS_ANALYZER_AUTO);
}

/* A deletion leaves the segment and what its dictionary says. */
static void deletions(void **state)
{
    enum { DOCS = 3000, GONE = 7 };
    (void)state;
    struct fixture *f = open_index(CLUS_ANALYZER_WHITESPACE);
    char id[16];
    for (unsigned i = 0; i < DOCS; i++) {
        (void)snprintf(id, sizeof id, "d%u", i);
        add(f, id, i % 3 ? "kvartal" : "gorod");
    }
    commit(f);
    assert_counts_now(f, DOCS - DOCS / 3, DOCS / 3, 0);
    for (unsigned i = 0; i < GONE; i++) {
        (void)snprintf(id, sizeof id, "d%u", 3 * i);
        assert_int_equal(clus_writer_delete(f->writer, str(id), NULL, NULL), CLUS_OK);
        commit(f);
        assert_counts_now(f, DOCS - DOCS / 3, DOCS / 3 - i - 1, 0);
    }
    close_index(f);
}

/* Small commits are merged in groups, so segments come and go. */
static void many_commits(void **state)
{
    (void)state;
    struct fixture *f = open_index(CLUS_ANALYZER_WHITESPACE);
    for (unsigned i = 1; i <= 60; i++) {
        char id[16], text[32];
        (void)snprintf(id, sizeof id, "d%u", i);
        (void)snprintf(text, sizeof text, i % 3 ? "kvartal w%u" : "gorod w%u", i);
        add(f, id, text);
        commit(f);
        assert_counts_now(f, i - i / 3, i / 3, 0);
    }
    close_index(f);
}

static void options_by_turns(void **state)
{
    (void)state;
    struct fixture *f = open_index(CLUS_ANALYZER_AUTO);
    add(f, "one", "музей открыт");
    add(f, "many", "музеи открыты");
    add(f, "of", "музеев много");
    add(f, "stem", "концерт");
    add(f, "kin", "концертмейстер");
    commit(f);
    clus_snapshot *snap = snapshot(f);
    for (int i = 0; i < AGAIN; i++) {
        assert_int_equal(count_with(snap, "музей", CLUS_EXPAND_STEM), 3);
        assert_int_equal(count_with(snap, "музей", CLUS_EXPAND_NONE), 1);
        assert_int_equal(count_with(snap, "=музеи", CLUS_EXPAND_DEFAULT), 1);
        assert_int_equal(count_with(snap, "музей", CLUS_EXPAND_DEFAULT), 3);
        assert_int_equal(count_with(snap, "title:музей", CLUS_EXPAND_STEM), 0);
        assert_int_equal(count_with(snap, "-музей", CLUS_EXPAND_STEM), 2);
        assert_int_equal(count_with(snap, "\"музей открыт\"", CLUS_EXPAND_STEM), 2);
        assert_int_equal(count_with(snap, "музею", CLUS_EXPAND_NONE), 0);
        assert_int_equal(count_with(snap, "концерт", CLUS_EXPAND_STEM), 1);
        assert_int_equal(count_with(snap, "концерт", CLUS_EXPAND_DEFAULT), 2);
    }
    clus_snapshot_free(snap);
    close_index(f);
}

static void two_indexes(void **state)
{
    (void)state;
    struct fixture *f = open_index(CLUS_ANALYZER_WHITESPACE),
                   *g = open_index(CLUS_ANALYZER_AUTO);
    add(f, "a", "музеи kvartal");
    add(g, "a", "музей");
    add(g, "b", "музеи");
    commit(f);
    commit(g);
    for (int i = 0; i < AGAIN; i++) {
        clus_snapshot *of_f = snapshot(f), *of_g = snapshot(g);
        assert_int_equal(count_with(of_f, "музеи", CLUS_EXPAND_STEM), 1);
        assert_int_equal(count_with(of_g, "музеи", CLUS_EXPAND_STEM), 2);
        assert_int_equal(count_with(of_f, "kvartal", CLUS_EXPAND_STEM), 1);
        assert_int_equal(count_with(of_f, "title:kvartal", CLUS_EXPAND_STEM), 0);
        assert_int_equal(count_with(of_g, "kvartal", CLUS_EXPAND_STEM), 0);
        clus_snapshot_free(of_f);
        clus_snapshot_free(of_g);
    }
    close_index(f);
    close_index(g);
}

/* Words of all lengths, more of them than are remembered; every other one is in no
 * document. */
static void many_words(void **state)
{
    enum { WORDS = 24000, A_DOC = 50, MOST = 40 };
    (void)state;
    struct fixture *f = open_index(CLUS_ANALYZER_WHITESPACE);
    char word[80], text[A_DOC * (MOST + 8)], id[16];
    for (unsigned i = 0; i < WORDS; i += 2 * A_DOC) {
        size_t len = 0;
        for (unsigned k = 0; k < A_DOC; k++)
            len += (size_t)snprintf(text + len, sizeof text - len, "%0*u ",
                                    1 + (int)(i + 2 * k) % MOST, i + 2 * k);
        (void)snprintf(id, sizeof id, "d%u", i);
        add(f, id, text);
    }
    commit(f);
    clus_snapshot *snap = snapshot(f);
    for (unsigned pass = 0; pass < 3; pass++) {
        for (unsigned n = 0; n < WORDS; n++) {
            unsigned i = n * 7919u % WORDS, times = 1 + (n % 16 == 0);
            (void)snprintf(word, sizeof word, "%0*u", 1 + (int)i % MOST, i);
            for (unsigned k = 0; k < times; k++)
                if (count_with(snap, word, CLUS_EXPAND_STEM) != (i + 1) % 2)
                    fail_msg("%s, asked in pass %u", word, pass);
        }
    }
    clus_snapshot_free(snap);
    close_index(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commits_between), cmocka_unit_test(deletions),
        cmocka_unit_test(many_commits),    cmocka_unit_test(options_by_turns),
        cmocka_unit_test(two_indexes),     cmocka_unit_test(many_words)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
