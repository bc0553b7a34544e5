/* Writing and reading back through the public headers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <clustersearch/clustersearch.h>

static char dir[] = "/tmp/clus-writer-XXXXXX";
static char path[64];

static clus_str str(const char *s)
{
    return (clus_str){s, strlen(s)};
}

static int setup(void **state)
{
    (void)state;
    memcpy(dir + sizeof dir - 7, "XXXXXX", 6);
    if (!mkdtemp(dir))
        return -1;
    (void)snprintf(path, sizeof path, "%s/index", dir);
    return 0;
}

static int teardown(void **state)
{
    char command[128];
    (void)state;
    (void)snprintf(command, sizeof command, "rm -rf '%s'", dir);
    return system(command);
}

static clus_index *create(const clus_create_options *opts)
{
    clus_index *index = NULL;
    clus_error err = {0};
    if (clus_index_create(path, opts, &index, &err) != CLUS_OK)
        fail_msg("%s", err.message);
    return index;
}

static clus_writer *writer_of(clus_index *index)
{
    clus_writer *writer = NULL;
    clus_error err = {0};
    if (clus_writer_open(index, NULL, &writer, &err) != CLUS_OK)
        fail_msg("%s", err.message);
    return writer;
}

static void add(clus_writer *writer, const char *id, const char *title, const char *text)
{
    clus_document doc = {.id = str(id), .title = str(title), .text = str(text)};
    clus_error err = {0};
    if (clus_writer_add(writer, &doc, &err) != CLUS_OK)
        fail_msg("%s", err.message);
}

static clus_commit_info commit(clus_writer *writer)
{
    clus_commit_info info = {0};
    clus_error err = {0};
    if (clus_writer_commit(writer, &info, &err) != CLUS_OK)
        fail_msg("%s", err.message);
    return info;
}

static void assert_text(clus_index *index, const char *id, const char *text)
{
    clus_snapshot *snap = NULL;
    clus_stored *stored = NULL;
    clus_error err = {0};
    assert_int_equal(clus_snapshot_open(index, &snap, NULL), CLUS_OK);
    clus_status st = clus_snapshot_get(snap, str(id), &stored, &err);
    if (st < 0)
        fail_msg("%s", err.message);
    assert_int_equal(st, text ? CLUS_OK : CLUS_DONE);
    if (text) {
        const clus_document *doc = clus_stored_view(stored);
        assert_int_equal(doc->text.len, strlen(text));
        assert_memory_equal(doc->text.data, text, doc->text.len);
    }
    clus_stored_free(stored);
    clus_snapshot_free(snap);
}

static void a_commit_makes_documents_readable(void **state)
{
    (void)state;
    clus_index *index = create(NULL);
    clus_writer *writer = writer_of(index);
    add(writer, "a", "Кластер", "Креативный кластер открылся в Якутске");
    add(writer, "b", "Хаб", "IT-хаб для стартапов");
    assert_text(index, "a", NULL);
    clus_commit_info info = commit(writer);
    assert_int_equal(info.added, 2);
    assert_int_equal(info.generation, 1);
    assert_text(index, "a", "Креативный кластер открылся в Якутске");
    assert_text(index, "b", "IT-хаб для стартапов");
    assert_text(index, "c", NULL);
    clus_writer_free(writer);
    assert_int_equal(clus_index_close(index, NULL), CLUS_OK);
    assert_int_equal(clus_index_open(path, NULL, &index, NULL), CLUS_OK);
    assert_text(index, "b", "IT-хаб для стартапов");
    assert_int_equal(clus_index_close(index, NULL), CLUS_OK);
}

static void replacing_and_deleting(void **state)
{
    (void)state;
    bool found;
    clus_index *index = create(NULL);
    clus_writer *writer = writer_of(index);
    add(writer, "a", "", "один");
    add(writer, "a", "", "два");
    add(writer, "b", "", "три");
    clus_commit_info info = commit(writer);
    assert_int_equal(info.added, 2);
    assert_int_equal(info.replaced, 1);
    assert_text(index, "a", "два");
    add(writer, "a", "", "четыре");
    assert_int_equal(clus_writer_delete(writer, str("b"), &found, NULL), CLUS_OK);
    assert_true(found);
    assert_int_equal(clus_writer_delete(writer, str("b"), &found, NULL), CLUS_OK);
    assert_false(found);
    assert_text(index, "a", "два");
    info = commit(writer);
    assert_int_equal(info.replaced, 1);
    assert_int_equal(info.deleted, 1);
    assert_text(index, "a", "четыре");
    assert_text(index, "b", NULL);
    assert_int_equal(clus_writer_compact(writer, NULL), CLUS_OK);
    assert_text(index, "a", "четыре");
    assert_text(index, "b", NULL);
    clus_writer_free(writer);
    assert_int_equal(clus_index_close(index, NULL), CLUS_OK);
}

static void rollback_forgets(void **state)
{
    (void)state;
    clus_index *index = create(NULL);
    clus_writer *writer = writer_of(index);
    add(writer, "a", "", "один");
    (void)commit(writer);
    add(writer, "a", "", "два");
    add(writer, "b", "", "три");
    assert_int_equal(clus_writer_rollback(writer, NULL), CLUS_OK);
    clus_commit_info info = commit(writer);
    assert_int_equal(info.generation, 1);
    assert_text(index, "a", "один");
    assert_text(index, "b", NULL);
    clus_writer_free(writer);
    assert_int_equal(clus_index_close(index, NULL), CLUS_OK);
}

enum { SMALL_COMMITS = 60, SMALL_COMMIT = 15, LONG_TEXT = 6000 };

/* Documents of a small commit: two thirds are new, the others replace earlier ones, of this
 * commit as well; one is deleted. Every other commit is long enough for another thread. */
static void add_small(clus_writer *writer, unsigned number)
{
    for (unsigned i = 0; i < SMALL_COMMIT; i++) {
        char id[16], text[LONG_TEXT + 96];
        size_t len = 0;
        unsigned next = number * SMALL_COMMIT + i;
        (void)snprintf(id, sizeof id, "%u", i % 3 ? next : next * 7 % (next + 1));
        do
            len += (size_t)snprintf(text + len, sizeof text - len,
                                    "слово%u города%u и комитет%u ", next, next % 13,
                                    next % 101);
        while (number % 2 && len < LONG_TEXT);
        add(writer, id, "", text);
    }
    char id[16];
    (void)snprintf(id, sizeof id, "%u", number * SMALL_COMMIT / 2 + 1);
    assert_int_equal(clus_writer_delete(writer, str(id), NULL, NULL), CLUS_OK);
}

static clus_stats stats_of(clus_index *index)
{
    clus_stats stats;
    clus_snapshot *snap = NULL;
    assert_int_equal(clus_snapshot_open(index, &snap, NULL), CLUS_OK);
    assert_int_equal(clus_snapshot_stats(snap, &stats, NULL), CLUS_OK);
    clus_snapshot_free(snap);
    return stats;
}

/* Stream small commits to a new index; the segments after each of them. */
static clus_stats stream(uint32_t threads, uint32_t segments[SMALL_COMMITS])
{
    clus_index *index = create(NULL);
    clus_writer *writer = NULL;
    const clus_writer_options opts = {.threads = threads, .relaxed = true};
    clus_error err = {0};
    assert_int_equal(clus_writer_open(index, &opts, &writer, NULL), CLUS_OK);
    for (unsigned i = 0; i < SMALL_COMMITS; i++) {
        add_small(writer, i);
        (void)commit(writer);
        segments[i] = stats_of(index).segments;
    }
    if (clus_index_check(index, NULL, NULL, NULL, &err) != CLUS_OK)
        fail_msg("%s", err.message);
    assert_int_equal(clus_writer_compact(writer, NULL), CLUS_OK);
    clus_stats stats = stats_of(index);
    clus_writer_free(writer);
    assert_int_equal(clus_index_close(index, NULL), CLUS_OK);
    (void)teardown(NULL);
    (void)setup(NULL);
    return stats;
}

/* With two threads segments are merged while documents are analysed: as well, the same
 * whichever is done first, and to the same index. */
static void small_commits_of_two_threads_are_merged(void **state)
{
    (void)state;
    uint32_t one[SMALL_COMMITS], two[SMALL_COMMITS], again[SMALL_COMMITS];
    clus_stats by_one = stream(1, one), by_two = stream(2, two);
    (void)stream(2, again);
    assert_memory_equal(two, again, sizeof two);
    for (unsigned i = 0; i < SMALL_COMMITS; i++)
        assert_true(two[i] <= one[i] + 4);
    assert_int_equal(by_one.documents, by_two.documents);
    assert_int_equal(by_one.terms, by_two.terms);
    assert_int_equal(by_one.postings, by_two.postings);
}

/* No handle, no place for what is asked for: a status, as for any argument. */
static void nothing_to_work_on_is_refused(void **state)
{
    (void)state;
    clus_error err;
    clus_snapshot *snap;
    clus_stats stats;
    clus_stored *stored;
    clus_tokens *tokens;
    clus_stemmer *stemmer;
    assert_int_equal(clus_writer_commit(NULL, NULL, &err), CLUS_E_ARGUMENT);
    assert_int_equal(clus_writer_rollback(NULL, &err), CLUS_E_ARGUMENT);
    assert_int_equal(clus_writer_compact(NULL, &err), CLUS_E_ARGUMENT);
    assert_int_equal(clus_writer_reorder(NULL, &err), CLUS_E_ARGUMENT);
    assert_int_equal(clus_snapshot_open(NULL, &snap, &err), CLUS_E_ARGUMENT);
    assert_int_equal(clus_snapshot_stats(NULL, &stats, &err), CLUS_E_ARGUMENT);
    assert_int_equal(clus_snapshot_get(NULL, str("a"), &stored, &err), CLUS_E_ARGUMENT);
    assert_int_equal(clus_index_check(NULL, NULL, NULL, NULL, &err), CLUS_E_ARGUMENT);
    assert_int_equal(clus_analyzer_new(CLUS_ANALYZER_AUTO, NULL, &err), CLUS_E_ARGUMENT);
    assert_int_equal(clus_analyze(NULL, str("a"), &tokens, &err), CLUS_E_ARGUMENT);
    assert_int_equal(clus_stemmer_new(NULL, &stemmer, &err), CLUS_E_ARGUMENT);
    assert_int_equal(clus_explanation_of(NULL, str("a"), &err), CLUS_E_ARGUMENT);
    assert_int_equal(err.code, CLUS_E_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_commit_makes_documents_readable, setup, teardown),
        cmocka_unit_test_setup_teardown(replacing_and_deleting, setup, teardown),
        cmocka_unit_test_setup_teardown(rollback_forgets, setup, teardown),
        cmocka_unit_test(nothing_to_work_on_is_refused),
        cmocka_unit_test_setup_teardown(small_commits_of_two_threads_are_merged, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
