/* An index through the public headers: options, limits, figures, dictionaries, the check.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <clustersearch/clustersearch.h>

static char dir[] = "/tmp/clus-index-XXXXXX";
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

static void worked(clus_status st, const clus_error *err)
{
    if (st != CLUS_OK)
        fail_msg("%s: %s", clus_status_name(st), err->message);
}

static clus_index *create(const clus_create_options *opts)
{
    clus_index *index = NULL;
    clus_error err = {0};
    worked(clus_index_create(path, opts, &index, &err), &err);
    return index;
}

static clus_writer *write_to(clus_index *index)
{
    clus_writer *writer = NULL;
    clus_error err = {0};
    worked(clus_writer_open(index, NULL, &writer, &err), &err);
    return writer;
}

static clus_commit_info commit(clus_writer *writer)
{
    clus_commit_info info = {0};
    clus_error err = {0};
    worked(clus_writer_commit(writer, &info, &err), &err);
    return info;
}

static void put(clus_writer *writer, const clus_document *doc)
{
    clus_error err = {0};
    worked(clus_writer_add(writer, doc, &err), &err);
}

static clus_snapshot *view_of(clus_index *index)
{
    clus_snapshot *snap = NULL;
    clus_error err = {0};
    worked(clus_snapshot_open(index, &snap, &err), &err);
    return snap;
}

static void close_index(clus_index *index)
{
    clus_error err = {0};
    worked(clus_index_close(index, &err), &err);
}

/* ---- opening and creating ---- */

static void what_is_not_there_cannot_be_opened(void **state)
{
    (void)state;
    clus_index *index = NULL;
    clus_error err;
    assert_int_equal(clus_index_open(path, NULL, &index, &err), CLUS_E_MISSING);
    assert_true(strlen(err.message) > 0);
    clus_create_options odd = {.analyzer = (clus_analyzer_kind)99};
    assert_int_equal(clus_index_create(path, &odd, &index, NULL), CLUS_E_ARGUMENT);
    odd = (clus_create_options){.reserved = {1}};
    assert_int_equal(clus_index_create(path, &odd, &index, NULL), CLUS_E_ARGUMENT);
    assert_null(index);
    close_index(create(NULL));
    assert_int_equal(clus_index_create(path, NULL, &index, NULL), CLUS_E_EXISTS);
}

static void an_empty_index_answers(void **state)
{
    (void)state;
    clus_index *index = create(NULL);
    clus_snapshot *snap = view_of(index);
    clus_stored *stored = NULL;
    clus_stats stats;
    clus_terms *terms;
    clus_term term;
    uint64_t findings = 1;
    clus_error err = {0};
    const char *fingerprint = NULL;
    assert_int_equal(clus_snapshot_get(snap, str("x"), &stored, NULL), CLUS_DONE);
    worked(clus_snapshot_stats(snap, &stats, &err), &err);
    assert_int_equal(stats.documents, 0);
    assert_int_equal(stats.generation, 0);
    worked(clus_terms_open(snap, CLUS_TERMS, str(""), &terms, &err), &err);
    assert_int_equal(clus_terms_next(terms, &term, NULL), CLUS_DONE);
    clus_terms_free(terms);
    worked(clus_index_check(index, NULL, NULL, &findings, &err), &err);
    assert_int_equal(findings, 0);
    assert_int_equal(clus_index_fingerprint(index, &fingerprint), CLUS_OK);
    assert_string_equal(fingerprint, clus_analyzer_fingerprint(clus_index_analyzer(index)));
    clus_snapshot_free(snap);
    close_index(index);
}

static void an_unsafe_build_appears_when_it_is_closed(void **state)
{
    (void)state;
    clus_create_options opts = {.unsafe_build = true};
    clus_index *index = create(&opts);
    clus_writer *writer = write_to(index);
    clus_document doc = {.id = str("a"), .text = str("текст")};
    put(writer, &doc);
    (void)commit(writer);
    clus_writer_free(writer);
    assert_int_equal(access(path, F_OK), -1);
    close_index(index);
    assert_int_equal(access(path, F_OK), 0);
    worked(clus_index_open(path, NULL, &index, NULL), NULL);
    clus_snapshot *snap = view_of(index);
    clus_stored *stored = NULL;
    assert_int_equal(clus_snapshot_get(snap, str("a"), &stored, NULL), CLUS_OK);
    clus_stored_free(stored);
    clus_snapshot_free(snap);
    close_index(index);
}

/* ---- documents ---- */

static void a_document_comes_back_byte_for_byte(void **state)
{
    (void)state;
    static const char odd[] = "не\xff UTF-8 \xd0, и \0 ноль";
    clus_index *index = create(NULL);
    clus_writer *writer = write_to(index);
    clus_str tags[] = {str("культура"), str("якутск"), str("культура")};
    clus_field fields[] = {{str("автор"), str("Иванов")}, {str("raw"), {odd, sizeof odd}}};
    clus_document doc = {.id = {odd, 12},
                         .title = str("Заглавие"),
                         .text = {odd, sizeof odd},
                         .extra = str("меню"),
                         .date = str("вчера"),
                         .source = str("Газета"),
                         .url = str("https://example.org/"),
                         .tags = tags,
                         .n_tags = 3,
                         .fields = fields,
                         .n_fields = 2};
    put(writer, &doc);
    clus_commit_info info = commit(writer);
    assert_int_equal(info.invalid_utf8, 2);
    assert_int_equal(info.bad_dates, 1);
    clus_snapshot *snap = view_of(index);
    clus_stored *stored = NULL;
    assert_int_equal(clus_snapshot_get(snap, doc.id, &stored, NULL), CLUS_OK);
    clus_snapshot_free(snap);
    const clus_document *back = clus_stored_view(stored);
    assert_int_equal(back->text.len, sizeof odd);
    assert_memory_equal(back->text.data, odd, sizeof odd);
    assert_memory_equal(back->lang.data, "ru", 2);
    assert_memory_equal(back->date.data, "вчера", back->date.len);
    assert_int_equal(back->n_tags, 3);
    assert_memory_equal(back->tags[2].data, "культура", strlen("культура"));
    assert_int_equal(back->n_fields, 2);
    assert_memory_equal(back->fields[0].name.data, "автор", strlen("автор"));
    assert_int_equal(back->fields[1].value.len, sizeof odd);
    clus_stored_free(stored);
    clus_writer_free(writer);
    close_index(index);
}

static void a_document_without_id_has_its_hash(void **state)
{
    (void)state;
    clus_index *index = create(NULL);
    clus_writer *writer = write_to(index);
    clus_document doc = {.text = str("один и тот же текст")};
    put(writer, &doc);
    put(writer, &doc);
    clus_commit_info info = commit(writer);
    assert_int_equal(info.added, 1);
    assert_int_equal(info.replaced, 1);
    doc.title = str("но с заглавием");
    put(writer, &doc);
    assert_int_equal(commit(writer).added, 1);
    clus_writer_free(writer);
    close_index(index);
}

static void impossible_documents_are_refused_one_by_one(void **state)
{
    (void)state;
    static char many[600];
    clus_index *index = create(NULL);
    clus_writer *writer = write_to(index);
    clus_str empty = {0}, lengthy = {many, 256};
    clus_field unnamed = {.value = str("x")};
    memset(many, 'a', sizeof many);
    clus_document docs[] = {
        {.id = str("no text")},
        {.id = {many, 501}, .text = str("x")},
        {.text = str("x"), .tags = &empty, .n_tags = 1},
        {.text = str("x"), .tags = &lengthy, .n_tags = 1},
        {.text = str("x"), .fields = &unnamed, .n_fields = 1},
        {.text = str("x"), .tags = &lengthy, .n_tags = 1025},
        {.text = {NULL, 4}},
        {.text = str("x"), .url = {NULL, 1}},
        {.text = str("x"), .n_tags = 1},
        {.text = str("x"), .n_fields = 1},
    };
    for (size_t i = 0; i < sizeof docs / sizeof *docs; i++)
        assert_int_equal(clus_writer_add(writer, &docs[i], NULL), CLUS_E_ARGUMENT);
    clus_document huge = {.text = {many, (size_t)(1u << 30) + 1}}; /* never read */
    assert_int_equal(clus_writer_add(writer, &huge, NULL), CLUS_E_LIMIT);
    lengthy.len = 255;
    clus_document fine = {
        .id = {many, 500}, .text = str("x"), .tags = &lengthy, .n_tags = 1};
    put(writer, &fine);
    assert_int_equal(commit(writer).added, 1);
    clus_snapshot *snap = view_of(index);
    clus_stored *stored = NULL;
    assert_int_equal(clus_snapshot_get(snap, fine.id, &stored, NULL), CLUS_OK);
    clus_stored_free(stored);
    clus_snapshot_free(snap);
    clus_writer_free(writer);
    close_index(index);
}

/* A document is in memory as a whole, several times: the bound on memory bounds it. */
static void a_document_may_take_a_fifth_of_the_memory(void **state)
{
    (void)state;
    enum { MEMORY = 16 << 20 };
    clus_index *index = create(NULL);
    clus_writer *writer = NULL;
    clus_writer_options opts = {.memory_bytes = MEMORY};
    clus_error err = {0};
    worked(clus_writer_open(index, &opts, &writer, &err), &err);
    char *text = malloc(MEMORY / 5 + 1);
    assert_non_null(text);
    for (size_t i = 0; i < MEMORY / 5 + 1; i++)
        text[i] = i % 8 ? 'x' : ' ';
    clus_document doc = {.text = {text, MEMORY / 5 + 1}};
    assert_int_equal(clus_writer_add(writer, &doc, &err), CLUS_E_LIMIT);
    assert_non_null(strstr(err.message, "memory"));
    doc.text.len--;
    worked(clus_writer_add(writer, &doc, &err), &err);
    assert_int_equal(commit(writer).added, 1);
    free(text);
    clus_writer_free(writer);
    close_index(index);
}

static void without_a_store_there_are_ids_only(void **state)
{
    (void)state;
    clus_create_options opts = {.no_store = true, .no_positions = true};
    clus_index *index = create(&opts);
    clus_writer *writer = write_to(index);
    clus_document doc = {
        .id = str("a"), .title = str("Город"), .text = str("город и село")};
    for (int i = 0; i < 20; i++) {
        put(writer, &doc);
        (void)commit(writer);
    }
    clus_error err = {0};
    worked(clus_writer_compact(writer, &err), &err);
    clus_snapshot *snap = view_of(index);
    clus_stored *stored = NULL;
    assert_int_equal(clus_snapshot_get(snap, str("a"), &stored, NULL), CLUS_OK);
    assert_int_equal(clus_stored_view(stored)->id.len, 1);
    assert_int_equal(clus_stored_view(stored)->text.len, 0);
    clus_stored_free(stored);
    clus_stats stats;
    worked(clus_snapshot_stats(snap, &stats, &err), &err);
    for (uint32_t i = 0; i < stats.n_parts; i++) {
        if (strcmp(stats.parts[i].name, "positions") == 0 ||
            strcmp(stats.parts[i].name, "documents") == 0)
            assert_int_equal(stats.parts[i].bytes, 0);
    }
    clus_snapshot_free(snap);
    worked(clus_index_check(index, NULL, NULL, NULL, &err), &err);
    clus_writer_free(writer);
    close_index(index);
}

/* ---- dictionaries and figures ---- */

static void expect_term(clus_snapshot *snap, clus_dictionary dict, const char *prefix,
                        const char *wanted)
{
    char found[1024] = "";
    clus_terms *terms = NULL;
    clus_term term;
    clus_error err = {0};
    size_t n = 0;
    clus_status st;
    worked(clus_terms_open(snap, dict, str(prefix), &terms, &err), &err);
    while ((st = clus_terms_next(terms, &term, &err)) == CLUS_OK)
        n += (size_t)snprintf(found + n, sizeof found - n, "%.*s:%llu:%llu ",
                              (int)term.text.len, term.text.data,
                              (unsigned long long)term.documents,
                              (unsigned long long)term.occurrences);
    assert_int_equal(st, CLUS_DONE);
    clus_terms_free(terms);
    assert_string_equal(found, wanted);
}

static void dictionaries_are_summed_over_segments(void **state)
{
    (void)state;
    clus_index *index = create(NULL);
    clus_writer *writer = write_to(index);
    clus_str tag = str("город");
    clus_document docs[] = {
        {.id = str("1"),
         .text = str("город города"),
         .source = str("a"),
         .lang = str("ru")},
        {.id = str("2"), .title = str("Город"), .text = str("в городе"), .lang = str("ru")},
        {.id = str("3"), .text = str("село"), .tags = &tag, .n_tags = 1, .lang = str("ru")},
    };
    for (size_t i = 0; i < 3; i++) {
        put(writer, &docs[i]);
        (void)commit(writer);
    }
    clus_snapshot *snap = view_of(index);
    expect_term(snap, CLUS_TERMS, "город", "город:2:4 ");
    expect_term(snap, CLUS_FORMS, "город", "город:2:2 города:1:1 городе:1:1 ");
    expect_term(snap, CLUS_VALUES, "", "lang=ru:3:3 source=a:1:1 tag=город:1:1 ");
    expect_term(snap, CLUS_VALUES, "tag", "tag=город:1:1 ");
    clus_stats stats;
    clus_error err = {0};
    worked(clus_snapshot_stats(snap, &stats, &err), &err);
    assert_int_equal(stats.documents, 3);
    assert_int_equal(stats.segments, 3);
    assert_int_equal(stats.generation, 3);
    assert_true(stats.file_bytes >= stats.live_bytes);
    assert_true(strlen(stats.engine) > 0);
    clus_snapshot_free(snap);
    worked(clus_writer_compact(writer, &err), &err);
    snap = view_of(index);
    expect_term(snap, CLUS_FORMS, "город", "город:2:2 города:1:1 городе:1:1 ");
    worked(clus_snapshot_stats(snap, &stats, &err), &err);
    assert_int_equal(stats.segments, 1);
    clus_snapshot_free(snap);
    clus_writer_free(writer);
    close_index(index);
}

static void whitespace_keeps_words_as_they_are(void **state)
{
    (void)state;
    clus_create_options opts = {.analyzer = CLUS_ANALYZER_WHITESPACE};
    clus_index *index = create(&opts);
    clus_writer *writer = write_to(index);
    clus_document doc = {
        .id = str("1"), .text = str("Город  города, город"), .lang = str("x")};
    put(writer, &doc);
    (void)commit(writer);
    clus_snapshot *snap = view_of(index);
    expect_term(snap, CLUS_TERMS, "", "Город:1:1 город:1:1 города,:1:1 ");
    expect_term(snap, CLUS_FORMS, "г", "город:1:1 города,:1:1 ");
    clus_snapshot_free(snap);
    clus_writer_free(writer);
    close_index(index);
}

/* ---- views and writers ---- */

static void a_view_does_not_change(void **state)
{
    (void)state;
    clus_index *index = create(NULL);
    clus_writer *writer = write_to(index);
    clus_error err = {0};
    clus_document doc = {.id = str("a"), .text = str("старый")};
    put(writer, &doc);
    (void)commit(writer);
    clus_snapshot *old = view_of(index);
    doc.text = str("новый");
    for (int i = 0; i < 30; i++) {
        put(writer, &doc);
        (void)commit(writer);
    }
    worked(clus_writer_compact(writer, &err), &err);
    clus_stored *stored = NULL;
    assert_int_equal(clus_snapshot_get(old, str("a"), &stored, NULL), CLUS_OK);
    assert_memory_equal(clus_stored_view(stored)->text.data, "старый", strlen("старый"));
    clus_stored_free(stored);
    expect_term(old, CLUS_FORMS, "", "старый:1:1 ");
    clus_snapshot_free(old);
    clus_writer_free(writer);
    close_index(index);
}

static void there_is_one_writer(void **state)
{
    (void)state;
    clus_index *index = create(NULL), *again = NULL;
    clus_writer *writer = write_to(index), *other = NULL;
    clus_writer_options opts = {.timeout_ms = 20};
    assert_int_equal(clus_writer_open(index, &opts, &other, NULL), CLUS_E_BUSY);
    worked(clus_index_open(path, NULL, &again, NULL), NULL);
    assert_int_equal(clus_writer_open(again, &opts, &other, NULL), CLUS_E_BUSY);
    clus_writer_free(writer);
    worked(clus_writer_open(again, &opts, &other, NULL), NULL);
    clus_writer_free(other);
    opts = (clus_writer_options){.threads = 65};
    assert_int_equal(clus_writer_open(index, &opts, &other, NULL), CLUS_E_ARGUMENT);
    opts = (clus_writer_options){.memory_bytes = 1000};
    assert_int_equal(clus_writer_open(index, &opts, &other, NULL), CLUS_E_ARGUMENT);
    close_index(again);
    close_index(index);
}

/* A file that may not grow: the last commit stays, and so does the handle. */
static void a_full_index_keeps_its_last_commit(void **state)
{
    (void)state;
    clus_index *index = NULL;
    clus_error err = {0};
    clus_open_options small = {.map_size = 4 << 20};
    close_index(create(NULL));
    worked(clus_index_open(path, &small, &index, &err), &err);
    clus_writer *writer = write_to(index);
    unsigned long committed = 0;
    clus_status st = CLUS_OK;
    for (unsigned c = 0; st == CLUS_OK && c < 2000; c++) {
        for (unsigned i = 0; i < 200 && st == CLUS_OK; i++) {
            char id[32], text[128];
            (void)snprintf(id, sizeof id, "%u", c * 200 + i);
            (void)snprintf(text, sizeof text, "слово%u город%u %u", c, i,
                           (c * 7919 + i) * 31);
            clus_document doc = {.id = str(id), .text = str(text)};
            st = clus_writer_add(writer, &doc, &err);
        }
        if (st == CLUS_OK)
            st = clus_writer_commit(writer, NULL, &err);
        committed += st == CLUS_OK ? 200 : 0;
    }
    assert_int_equal(st, CLUS_E_FULL);
    assert_true(committed > 0);
    clus_document again = {.id = str("x"), .text = str("y")};
    assert_int_equal(clus_writer_add(writer, &again, NULL), CLUS_E_FULL);
    worked(clus_writer_rollback(writer, &err), &err);
    clus_snapshot *snap = view_of(index);
    clus_stats stats;
    worked(clus_snapshot_stats(snap, &stats, &err), &err);
    assert_int_equal(stats.documents, committed);
    clus_snapshot_free(snap);
    worked(clus_index_check(index, NULL, NULL, NULL, &err), &err);
    clus_writer_free(writer);
    close_index(index);
}

/* A third of the documents replace others, so that there is much to rewrite, in few
 * commits, so that these merge little before. LMDB's file never becomes shorter: how long
 * it is tells how much it held at once. */
static void compacting_takes_less_than_the_same_again(void **state)
{
    (void)state;
    enum { DOCUMENTS = 2400, WORDS = 1000 };
    static char text[WORDS * 12];
    clus_index *index = create(NULL);
    clus_writer *writer = write_to(index);
    clus_error err = {0};
    uint64_t chance = 1;
    for (unsigned i = 0; i < DOCUMENTS; i++) {
        char id[16];
        size_t n = 0;
        for (unsigned word = 0; word < WORDS; word++) {
            chance = chance * 6364136223846793005u + 1442695040888963407u;
            n += (size_t)snprintf(text + n, sizeof text - n, "w%u ",
                                  (unsigned)(chance >> 44) % 300);
        }
        (void)snprintf(id, sizeof id, "%u", i % (DOCUMENTS * 2 / 3));
        clus_document doc = {.id = str(id), .text = {text, n}};
        put(writer, &doc);
        if (i % 600 == 599)
            (void)commit(writer);
    }
    worked(clus_writer_compact(writer, &err), &err);
    clus_snapshot *snap = view_of(index);
    clus_stats stats;
    worked(clus_snapshot_stats(snap, &stats, &err), &err);
    clus_snapshot_free(snap);
    char file[128];
    struct stat facts;
    (void)snprintf(file, sizeof file, "%s/data.mdb", path);
    assert_int_equal(stat(file, &facts), 0);
    assert_true((uint64_t)facts.st_size < 2 * stats.live_bytes);
    clus_writer_free(writer);
    close_index(index);
}

/* What threads do must not show: the same documents give the same postings. */
static void threads_do_not_show(void **state)
{
    (void)state;
    char text[2][64];
    clus_stats stats[2];
    for (int t = 0; t < 2; t++) {
        clus_index *index = create(NULL);
        clus_writer *writer = NULL;
        clus_writer_options opts = {.threads = t ? 4 : 1, .memory_bytes = 16 << 20};
        worked(clus_writer_open(index, &opts, &writer, NULL), NULL);
        for (unsigned i = 0; i < 20000; i++) {
            char id[16];
            (void)snprintf(id, sizeof id, "%u", i % 15000);
            (void)snprintf(text[0], sizeof text[0], "слово%u города%u", i % 977, i % 13);
            clus_document doc = {.id = str(id), .text = str(text[0])};
            put(writer, &doc);
        }
        clus_error err = {0};
        worked(clus_writer_compact(writer, &err), &err);
        clus_snapshot *snap = view_of(index);
        worked(clus_snapshot_stats(snap, &stats[t], &err), &err);
        clus_snapshot_free(snap);
        worked(clus_index_check(index, NULL, NULL, NULL, &err), &err);
        clus_writer_free(writer);
        close_index(index);
        (void)teardown(NULL);
        (void)setup(NULL);
    }
    assert_int_equal(stats[0].documents, 15000);
    assert_int_equal(stats[1].documents, 15000);
    assert_int_equal(stats[0].postings, stats[1].postings);
    assert_int_equal(stats[0].terms, stats[1].terms);
    for (uint32_t i = 0; i < stats[0].n_parts; i++) {
        if (strcmp(stats[0].parts[i].name, "documents") != 0)
            assert_int_equal(stats[0].parts[i].bytes, stats[1].parts[i].bytes);
    }
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(what_is_not_there_cannot_be_opened),
        CASE(an_empty_index_answers),
        CASE(an_unsafe_build_appears_when_it_is_closed),
        CASE(a_document_comes_back_byte_for_byte),
        CASE(a_document_without_id_has_its_hash),
        CASE(impossible_documents_are_refused_one_by_one),
        CASE(a_document_may_take_a_fifth_of_the_memory),
        CASE(without_a_store_there_are_ids_only),
        CASE(dictionaries_are_summed_over_segments),
        CASE(whitespace_keeps_words_as_they_are),
        CASE(a_view_does_not_change),
        CASE(there_is_one_writer),
        CASE(a_full_index_keeps_its_last_commit),
        CASE(compacting_takes_less_than_the_same_again),
        CASE(threads_do_not_show),
    };
#undef CASE
    return cmocka_run_group_tests(tests, NULL, NULL);
}
