/*
 * Random indexes made through the public writer, random queries in the query language:
 * what a search finds is what the exhaustive search finds, document for document; and for
 * words, AND, OR, NOT, NEAR and phrases it is what a look at the documents themselves says.
 *
 * CLUS_TEST_SEED and CLUS_TEST_SECONDS choose another run and how long it takes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include <clustersearch/clustersearch.h>

#include "../support/scratch.h"

enum {
    N_WORDS = 400,
    MAX_WORDS = 40, /* of one document */
    MAX_DOCS = 20000,
    MAX_TEXT = MAX_WORDS * 24,
    MAX_QUERY = 1024,
    SECONDS = 45
};

/* ---- chance ---- */

static uint64_t state = 20240512;

static uint32_t draw(uint32_t below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((state >> 33) % below);
}

static bool one_in(uint32_t n)
{
    return draw(n) == 0;
}

/* Word 0 is in every other document, word 399 in hardly any. */
static uint32_t draw_word(void)
{
    return draw(1 + draw(1 + draw(N_WORDS)));
}

/* ---- documents ---- */

struct model_doc {
    uint16_t words[MAX_WORDS];
    uint8_t n_words, n_title; /* the first n_title are the title's */
    uint8_t tag, lang;
    uint16_t day; /* of 2024; 0: no date */
    bool deleted;
};

struct world {
    char folder[PATH_MAX], path[PATH_MAX + 16];
    clus_index *index;
    clus_snapshot *snap;
    struct model_doc *docs;
    uint32_t n_docs;
    bool plain; /* whitespace analyzer: words are what they are */
};

/* Words with endings, so that stems differ from forms. */
static const char *const endings[] = {"", "а", "у", "ом", "ы", "тер", "лар"};

static size_t put_word(char *out, size_t room, uint32_t word, const char *ending)
{
    static const char *const syllables[] = {"ба", "ко", "ми", "ру", "те", "са", "но", "ли"};
    int n = snprintf(out, room, "%s%s%s%s", syllables[word % 8], syllables[word / 8 % 8],
                     syllables[word / 64 % 8], ending);
    assert_true(n > 0 && (size_t)n < room);
    return (size_t)n;
}

static size_t put_words(const struct world *w, const struct model_doc *d, uint32_t from,
                        uint32_t to, char *out)
{
    size_t len = 0;
    for (uint32_t i = from; i < to; i++) {
        const char *ending = w->plain ? "" : endings[(d->words[i] + i) % 7];
        if (len > 0)
            out[len++] = ' ';
        len += put_word(out + len, MAX_TEXT - len, d->words[i], ending);
    }
    return len;
}

static void make_document(struct model_doc *d, uint32_t number)
{
    *d = (struct model_doc){.n_words = (uint8_t)(1 + draw(1 + draw(MAX_WORDS))),
                            .tag = (uint8_t)draw(12),
                            .lang = (uint8_t)draw(3),
                            .day = (uint16_t)(one_in(4) ? 0 : 1 + draw(365))};
    if (one_in(3))
        d->n_title = (uint8_t)draw(d->n_words < 6 ? d->n_words : 6);
    for (uint32_t i = 0; i < d->n_words; i++) /* neighbours have words in common */
        d->words[i] =
            (uint16_t)(one_in(4) ? (number / 300 * 13 + draw(9)) % N_WORDS : draw_word());
}

static void add_document(struct world *w, clus_writer *writer, uint32_t number)
{
    static const char *const langs[] = {"ru", "kk", "en"};
    struct model_doc *d = &w->docs[number];
    char title[MAX_TEXT], text[MAX_TEXT], id[16], date[16], tag[16], extra[64];
    clus_str tags[1] = {{tag, 0}};
    clus_error err = {0};
    int id_len = snprintf(id, sizeof id, "d%u", number);
    int tag_len = snprintf(tag, sizeof tag, "t%u", d->tag);
    int date_len = d->day ? snprintf(date, sizeof date, "2024-%02d-%02d", 1 + d->day / 32,
                                     1 + d->day % 28)
                          : 0;
    tags[0].len = (size_t)tag_len;
    clus_document doc = {
        .id = {id, (size_t)id_len},
        .title = {title, put_words(w, d, 0, d->n_title, title)},
        .text = {text, put_words(w, d, d->n_title, d->n_words, text)},
        .lang = {langs[d->lang], 2},
        .date = {date, (size_t)date_len},
        .tags = tags,
        .n_tags = 1,
    };
    if (!w->plain && one_in(5))
        doc.extra = (clus_str){extra, put_word(extra, sizeof extra, draw_word(), "")};
    if (clus_writer_add(writer, &doc, &err) != CLUS_OK)
        fail_msg("%s", err.message);
}

static void delete_some(struct world *w, clus_writer *writer, uint32_t below)
{
    uint32_t every = one_in(2) ? 7 : 60;
    for (uint32_t i = 0; i < below; i++) {
        char id[16];
        bool found;
        if (w->docs[i].deleted || draw(every))
            continue;
        int len = snprintf(id, sizeof id, "d%u", i);
        assert_int_equal(
            clus_writer_delete(writer, (clus_str){id, (size_t)len}, &found, NULL), CLUS_OK);
        assert_true(found);
        w->docs[i].deleted = true;
    }
}

static void fill_world(struct world *w)
{
    static const uint32_t batches[] = {1, 20, 400, 5000, 9000};
    clus_error err = {0};
    clus_writer *writer;
    assert_int_equal(clus_writer_open(w->index, NULL, &writer, &err), CLUS_OK);
    uint32_t commits = 1 + draw(5);
    for (uint32_t c = 0; c < commits && w->n_docs < MAX_DOCS / 2; c++) {
        uint32_t n = batches[draw(5)];
        for (uint32_t i = 0; i < n; i++) {
            make_document(&w->docs[w->n_docs], w->n_docs);
            add_document(w, writer, w->n_docs++);
        }
        if (one_in(2))
            delete_some(w, writer, w->n_docs - n);
        if (clus_writer_commit(writer, NULL, &err) != CLUS_OK)
            fail_msg("%s", err.message);
    }
    if (one_in(3) && clus_writer_reorder(writer, &err) != CLUS_OK)
        fail_msg("%s", err.message);
    clus_writer_free(writer);
    if (clus_snapshot_open(w->index, &w->snap, &err) != CLUS_OK)
        fail_msg("%s", err.message);
}

static void make_world(struct world *w, uint64_t seed)
{
    clus_error err = {0};
    state = seed;
    memset(w, 0, sizeof *w);
    w->plain = one_in(2);
    w->docs = calloc(MAX_DOCS, sizeof *w->docs);
    assert_non_null(w->docs);
    (void)scratch_make(w->folder);
    (void)snprintf(w->path, sizeof w->path, "%s/index", w->folder);
    const clus_create_options options = {.analyzer = w->plain ? CLUS_ANALYZER_WHITESPACE
                                                              : CLUS_ANALYZER_AUTO};
    if (clus_index_create(w->path, &options, &w->index, &err) != CLUS_OK)
        fail_msg("%s", err.message);
    fill_world(w);
}

static void free_world(struct world *w)
{
    clus_snapshot_free(w->snap);
    assert_int_equal(clus_index_close(w->index, NULL), CLUS_OK);
    scratch_remove(w->folder);
    free(w->docs);
}

/* ---- queries ---- */

struct text {
    char data[MAX_QUERY];
    size_t len;
};

static void put(struct text *t, const char *s)
{
    int n = snprintf(t->data + t->len, sizeof t->data - t->len, "%s", s);
    assert_true(n >= 0 && (size_t)n < sizeof t->data - t->len);
    t->len += (size_t)n;
}

static void put_random_word(const struct world *w, struct text *t, bool ending)
{
    char word[64];
    uint32_t number = one_in(10) ? draw(N_WORDS) : draw_word();
    (void)put_word(word, sizeof word, number,
                   ending && !w->plain && one_in(2) ? endings[draw(7)] : "");
    put(t, word);
}

static void put_phrase(const struct world *w, struct text *t)
{
    uint32_t n = 2 + draw(3);
    const struct model_doc *d = &w->docs[draw(w->n_docs)];
    uint32_t at = draw(d->n_words);
    put(t, "\"");
    for (uint32_t i = 0; i < n; i++) {
        char word[64];
        if (i > 0)
            put(t, " ");
        if (at + i < d->n_words) { /* words that do stand side by side somewhere */
            (void)put_word(word, sizeof word, d->words[at + i], "");
            put(t, word);
        } else {
            put_random_word(w, t, true);
        }
    }
    put(t, "\"");
    if (one_in(3))
        put(t, one_in(2) ? "~2" : "~5");
}

static void put_pattern(const struct world *w, struct text *t)
{
    static const char *const patterns[] = {"ба*",    "*ко",      "ру?и*",      "но*а",
                                           "те????", "/.+[аы]/", "/(ба|ру).*/"};
    if (one_in(3)) {
        put_random_word(w, t, true);
        put(t, one_in(2) ? "~1" : "~2");
    } else {
        put(t, patterns[draw(5)]);
    }
}

static void put_value(struct text *t)
{
    static const char *const dates[] = {"2024",      "2024-05",  "2024-03..2024-06",
                                        ">=2024-10", "<2024-02", "2023"};
    char value[32];
    switch (draw(4)) {
    case 0: (void)snprintf(value, sizeof value, "tag:t%u", draw(14)); break;
    case 1: (void)snprintf(value, sizeof value, "lang:%s", one_in(2) ? "ru" : "kk"); break;
    case 2: (void)snprintf(value, sizeof value, "date:%s", dates[draw(6)]); break;
    default: (void)snprintf(value, sizeof value, "id:d%u", draw(3000)); break;
    }
    put(t, value);
}

static void put_leaf(const struct world *w, struct text *t)
{
    static const char *const fields[] = {"title:", "text:", "lead:", "extra:"};
    switch (draw(14)) {
    case 0:
    case 1: put_phrase(w, t); break;
    case 2: put_pattern(w, t); break;
    case 3: put_value(t); break;
    case 4:
        put(t, fields[draw(4)]);
        put_random_word(w, t, true);
        break;
    case 5:
        put_random_word(w, t, false);
        put(t, one_in(2) ? " NEAR/3 " : " ADJ/2 ");
        put_random_word(w, t, false);
        break;
    case 6:
        put(t, "=");
        put_random_word(w, t, true);
        break;
    default: put_random_word(w, t, true); break;
    }
    if (one_in(8))
        put(t, one_in(2) ? "^2.5" : "^0.25");
}

static void put_query(const struct world *w, struct text *t, uint32_t depth)
{
    uint32_t n = 1 + draw(depth == 0 ? one_in(4) ? 9 : 5 : 3);
    const char *between = one_in(3) ? " OR " : one_in(4) ? " AND " : " ";
    for (uint32_t i = 0; i < n; i++) {
        if (i > 0)
            put(t, between);
        if (between[1] == '\0' && one_in(7))
            put(t, one_in(2) ? "+" : "-");
        if (depth < 3 && one_in(5)) {
            put(t, "(");
            put_query(w, t, depth + 1);
            put(t, ")");
        } else {
            put_leaf(w, t);
        }
    }
}

/* ---- the same, twice ---- */

static clus_results *run(const struct world *w, const clus_query *query,
                         const clus_search_options *options)
{
    clus_results *results;
    clus_error err = {0};
    if (clus_search(w->snap, query, options, &results, &err) != CLUS_OK)
        fail_msg("%s: %s", clus_query_text(query), err.message);
    return results;
}

/* A count alone, for which no word is weighed, is that of the hits. */
static void compare_counts(const struct world *w, const clus_query *query,
                           clus_search_options options)
{
    clus_result_info alone, beside;
    options.count = CLUS_COUNT_ONLY;
    clus_results *results = run(w, query, &options);
    clus_results_info(results, &alone);
    clus_results_free(results);
    options.count = CLUS_COUNT_EXACT;
    results = run(w, query, &options);
    clus_results_info(results, &beside);
    clus_results_free(results);
    assert_int_equal(alone.n_hits, 0);
    assert_true(alone.total_is_exact && beside.total_is_exact);
    assert_int_equal(alone.total, beside.total);
    assert_int_equal(alone.n_expanded, beside.n_expanded);
}

static void compare(const struct world *w, const clus_query *query,
                    clus_search_options options)
{
    clus_results *fast = run(w, query, &options);
    options.exhaustive = true;
    clus_results *plain = run(w, query, &options);
    clus_result_info a, b;
    clus_results_info(fast, &a);
    clus_results_info(plain, &b);
    assert_int_equal(a.n_hits, b.n_hits);
    if (options.count != CLUS_COUNT_BOUND) {
        assert_true(a.total_is_exact);
        assert_int_equal(a.total, b.total);
    } else {
        assert_true(a.total <= b.total);
        assert_true(a.total >= a.n_hits);
    }
    for (uint32_t i = 0; i < a.n_hits; i++) {
        clus_hit x, y;
        char id[32];
        assert_int_equal(clus_results_next(fast, &x, NULL), CLUS_OK);
        assert_true(x.id.len < sizeof id);
        memcpy(id, x.id.data, x.id.len);
        assert_int_equal(clus_results_next(plain, &y, NULL), CLUS_OK);
        assert_int_equal(x.id.len, y.id.len);
        assert_memory_equal(id, y.id.data, y.id.len);
        assert_true(x.score - y.score <= 1e-5f * y.score &&
                    y.score - x.score <= 1e-5f * y.score);
        assert_int_equal(x.partial, y.partial);
        assert_int_equal(x.rank, options.offset + i + 1);
    }
    clus_results_free(fast);
    clus_results_free(plain);
}

static void one_query(const struct world *w)
{
    static const uint32_t limits[] = {1, 3, 10, 100, 1000};
    struct text t = {.len = 0};
    const clus_parse_options parse = {.op = (clus_op)draw(3), .literal = one_in(10)};
    clus_search_options options = {.limit = limits[draw(5)],
                                   .offset = one_in(5) ? draw(30) : 0,
                                   .count = (clus_count_mode)draw(3),
                                   .sort = one_in(8) ? (clus_sort)draw(3)
                                                     : CLUS_SORT_RELEVANCE};
    if (one_in(6))
        options.ranking = (clus_ranking){.k1 = 0.5f + 0.5f * (float)(int)draw(4),
                                         .b = 0.25f * (float)(1 + (int)draw(4)),
                                         .title_weight = one_in(2) ? 9.0f : -1.0f,
                                         .idf_power = one_in(2) ? 1.0f : 0.0f,
                                         .exact_weight = one_in(2)   ? 0.0f
                                                         : one_in(2) ? 0.2f
                                                                     : 6.0f,
                                         .title_share = one_in(3) ? 2.0f : 0.0f};
    char tag[8];
    int tag_len = snprintf(tag, sizeof tag, "t%u", draw(12));
    const clus_filter filters[2] = {{{"tag", 3}, {tag, (size_t)tag_len}, one_in(2)},
                                    {{"date", 4}, {"2024-04..2024-09", 16}, false}};
    if (one_in(4)) {
        options.filters = filters;
        options.n_filters = 1 + draw(2);
    }
    put_query(w, &t, 0);
    if (one_in(5))
        put(&t, "?"); /* mostly a question */
    print_message("#   %s\n", t.data);
    clus_query *query;
    assert_int_equal(clus_query_parse((clus_str){t.data, t.len}, &parse, &query, NULL),
                     CLUS_OK);
    compare(w, query, options);
    if (options.count == CLUS_COUNT_ONLY)
        compare_counts(w, query, options);
    clus_query_free(query);
}

/* ---- the documents themselves ---- */

static bool has_word(const struct model_doc *d, uint32_t word)
{
    for (uint32_t i = 0; i < d->n_words; i++)
        if (d->words[i] == word)
            return true;
    return false;
}

/* Side by side in the title, or in the text. */
static bool has_pair(const struct model_doc *d, uint32_t a, uint32_t b)
{
    for (uint32_t i = 0; i + 1 < d->n_words; i++)
        if (d->words[i] == a && d->words[i + 1] == b && i + 1 != d->n_title)
            return true;
    return false;
}

/* At most so many words apart, in any order. */
static bool has_near(const struct model_doc *d, uint32_t a, uint32_t b, uint32_t apart)
{
    for (uint32_t i = 0; i < d->n_words; i++)
        for (uint32_t j = 0; j < d->n_words; j++)
            if (d->words[i] == a && d->words[j] == b && i != j &&
                (i < d->n_title) == (j < d->n_title) && i <= j + apart && j <= i + apart)
                return true;
    return false;
}

enum shape {
    SHAPE_WORD,
    SHAPE_AND,
    SHAPE_OR,
    SHAPE_NOT,
    SHAPE_PHRASE,
    SHAPE_SLOPPY,
    SHAPE_NEAR,
    SHAPES
};

static bool model_matches(const struct model_doc *d, enum shape shape, uint32_t a,
                          uint32_t b)
{
    switch (shape) {
    case SHAPE_WORD: return has_word(d, a);
    case SHAPE_AND: return has_word(d, a) && has_word(d, b);
    case SHAPE_OR: return has_word(d, a) || has_word(d, b);
    case SHAPE_NOT: return has_word(d, a) && !has_word(d, b);
    case SHAPE_PHRASE: return has_pair(d, a, b);
    case SHAPE_SLOPPY: return has_near(d, a, b, 3);
    case SHAPE_NEAR: return has_near(d, a, b, 5);
    case SHAPES: break;
    }
    return false;
}

static void look_at_documents(const struct world *w, enum shape shape)
{
    static const char *const formats[] = {"%s",          "%s AND %s", "%s OR %s",
                                          "%s -%s",      "\"%s %s\"", "\"%s %s\"~2",
                                          "%s NEAR/5 %s"};
    uint32_t a = draw_word(), b = draw_word(), found = 0;
    char first[64], second[64], text[160];
    (void)put_word(first, sizeof first, a, "");
    (void)put_word(second, sizeof second, b, "");
    /* Word numbers from 512 on would repeat; all are below. */
    (void)snprintf(text, sizeof text, formats[shape], first, second);
    clus_query *query;
    assert_int_equal(clus_query_parse((clus_str){text, strlen(text)}, NULL, &query, NULL),
                     CLUS_OK);
    const clus_search_options options = {.limit = 100000, .count = CLUS_COUNT_EXACT};
    clus_results *results = run(w, query, &options);
    bool *seen = calloc(w->n_docs, sizeof *seen);
    assert_non_null(seen);
    clus_hit hit;
    while (clus_results_next(results, &hit, NULL) == CLUS_OK) {
        char id[16] = "";
        memcpy(id, hit.id.data, hit.id.len);
        unsigned long number = strtoul(id + 1, NULL, 10);
        assert_true(number < w->n_docs && !seen[number]);
        seen[number] = true;
        found++;
    }
    for (uint32_t i = 0; i < w->n_docs; i++) {
        bool match = !w->docs[i].deleted && model_matches(&w->docs[i], shape, a, b);
        if (match != seen[i])
            fail_msg("«%s»: document %u", text, i);
    }
    clus_result_info info;
    clus_results_info(results, &info);
    assert_int_equal(info.total, found);
    free(seen);
    clus_results_free(results);
    clus_query_free(query);
}

/* ---- */

static void fast_search_equals_exhaustive_search(void **unused)
{
    enum { QUERIES = 150, LOOKS = 60 };
    (void)unused;
    const char *given = getenv("CLUS_TEST_SEED"), *limit = getenv("CLUS_TEST_SECONDS");
    uint64_t seed = given ? strtoull(given, NULL, 10) : 20240512;
    time_t end = time(NULL) + (limit ? atol(limit) : SECONDS);
    for (uint32_t worlds = 0; worlds < 1000 && (worlds < 3 || time(NULL) < end); worlds++) {
        struct world w;
        print_message("# CLUS_TEST_SEED=%llu\n", (unsigned long long)seed);
        make_world(&w, seed++);
        print_message("# %u documents, %s\n", w.n_docs, w.plain ? "whitespace" : "auto");
        for (uint32_t i = 0; i < LOOKS && w.plain; i++)
            look_at_documents(&w, (enum shape)(i % SHAPES));
        for (uint32_t i = 0; i < QUERIES; i++)
            one_query(&w);
        free_world(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fast_search_equals_exhaustive_search),
    };
    return cmocka_run_group_tests_name("search_oracle", tests, NULL, NULL);
}
