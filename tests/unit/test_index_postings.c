/*
 * Every list of stems and of forms against the lexer's tokens: inflected words of both
 * languages, long titles, furniture, thousands of pages, runs in several threads, merges in
 * steps, and so many deletions that they become bit sets.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "codec/postings.h"
#include "index/check.h"
#include "index/ids.h"
#include "index/index.h"
#include "index/writer.h"
#include "scratch.h"
#include "text/lexer.h"

enum { DOCS = 1600, TEXT_MAX = 40000, TAGS = 90 };

static const char *const stems[] = {"город", "кластер", "столиц", "университет", "работ",
                                    "музык", "школ",    "завод",  "картин",      "книг",
                                    "қала",  "мектеп",  "кітап",  "бала",        "жұмыс",
                                    "театр", "рек",     "мост",   "парк",        "улиц"};
static const char *const endings[] = {"",    "а",   "у",   "ом",  "ы",   "ов",    "ами",
                                      "ах",  "лар", "лер", "дың", "ның", "да",    "де",
                                      "тар", "пен", "е",   "ой",  "ам",  "лардың"};

static char dir[PATH_MAX];
static uint64_t state = 88172645463325252u;
static char *titles[DOCS], *texts[DOCS], *extras[DOCS];
static bool gone[DOCS];
static struct lexer *lexer;

static unsigned below(unsigned n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state % n);
}

static char *draw_words(unsigned n)
{
    static char room[TEXT_MAX];
    size_t at = 0;
    room[0] = '\0';
    for (unsigned i = 0; i < n && at < sizeof room - 100; i++) {
        unsigned stem = below(20) * below(20) / 20, ending = below(20) * below(20) / 20;
        at += (size_t)snprintf(room + at, sizeof room - at, "%s%s ", stems[stem],
                               endings[ending]);
        if (below(15) == 0)
            at += (size_t)snprintf(room + at, sizeof room - at, "№%u ", below(500));
    }
    char *copy = clus__memdup(room, at + 1);
    assert_non_null(copy);
    return copy;
}

/* ---- what the lexer says of a document ---- */

struct occurrence {
    uint32_t form; /* id */
    uint32_t position;
    bool extra;
};

static struct occurrence tokens[TEXT_MAX];
static unsigned n_tokens;

static unsigned lex(const char *text, bool extra)
{
    struct token_list list = {0};
    struct bytes bytes = {(const uint8_t *)text, strlen(text)};
    unsigned from = n_tokens;
    assert_int_equal(clus__lexer_run(lexer, bytes, &list), CLUS_OK);
    for (size_t i = 0; i < list.n; i++)
        tokens[n_tokens++] = (struct occurrence){
            .form = list.items[i].form, .position = list.items[i].position, .extra = extra};
    clus__token_list_done(&list);
    return from;
}

static void tokens_of(unsigned doc)
{
    n_tokens = 0;
    unsigned title_end, end = POS_TEXT;
    (void)lex(titles[doc], false);
    title_end = n_tokens;
    unsigned text = lex(texts[doc], false);
    for (unsigned i = text; i < n_tokens; i++) {
        tokens[i].position += POS_TEXT;
        end = tokens[i].position + 1;
    }
    if (end < POS_TEXT + LEAD_TOKENS)
        end = POS_TEXT + LEAD_TOKENS;
    for (unsigned i = POS_TITLE_MAX + 1; i < title_end; i++)
        tokens[i].position = end + i - (POS_TITLE_MAX + 1);
    (void)lex(extras[doc], true);
}

static struct bytes key_text(uint8_t kind, uint32_t form)
{
    const struct form *f = clus__lexer_form(lexer, form);
    return kind == KEY_STEM ? f->term : f->text;
}

static int by_number(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* The posting that a key should have in the document whose tokens are at hand; false when
 * it does not stand in it. Used tokens are marked. */
struct expected {
    uint32_t tf;
    uint8_t flags;
    uint32_t pos[TEXT_MAX];
};

static bool expect(uint8_t kind, struct bytes key, struct expected *e)
{
    uint32_t n = 0, extra = 0;
    e->flags = 0;
    for (unsigned i = 0; i < n_tokens; i++) {
        if (clus__bytes_cmp(key_text(kind, tokens[i].form), key) != 0)
            continue;
        if (tokens[i].extra) {
            extra++;
            continue;
        }
        uint32_t p = tokens[i].position;
        e->pos[n++] = p;
        e->flags |= p <= POS_TITLE_MAX ? FLAG_TITLE : 0;
        e->flags |= p >= POS_TEXT && p < POS_TEXT + LEAD_TOKENS ? FLAG_LEAD : 0;
    }
    qsort(e->pos, n, sizeof *e->pos, by_number);
    e->tf = n ? n : extra;
    if (n == 0)
        e->flags = FLAG_EXTRA_ONLY;
    return e->tf > 0;
}

/* Distinct keys of the document at hand. */
static unsigned count_keys(uint8_t kind)
{
    unsigned distinct = 0;
    for (unsigned i = 0; i < n_tokens; i++) {
        unsigned j = 0;
        struct bytes mine = key_text(kind, tokens[i].form);
        while (j < i && clus__bytes_cmp(key_text(kind, tokens[j].form), mine) != 0)
            j++;
        distinct += j == i;
    }
    return distinct;
}

/* ---- the index ---- */

static unsigned number_of(struct view *view, uint32_t segment, uint32_t doc)
{
    uint8_t scratch[512];
    size_t len;
    char digits[16] = {0};
    assert_int_equal(
        clus__ids_read(view->segments[segment].seg, view->txn, doc, scratch, &len),
        CLUS_OK);
    memcpy(digits, scratch, len);
    return (unsigned)strtoul(digits, NULL, 10);
}

static unsigned found_keys[2][DOCS]; /* stems and forms seen in each document */

static void compare(struct postings *p, uint32_t i, uint8_t kind, struct bytes key,
                    unsigned doc)
{
    static struct expected e;
    const uint32_t *pos;
    uint32_t n;
    tokens_of(doc);
    assert_true(expect(kind, key, &e));
    assert_int_equal(p->tfs[i], e.tf);
    assert_int_equal(p->flags[i], e.flags);
    found_keys[kind == KEY_FORM][doc]++;
    if (kind != KEY_STEM || e.flags & FLAG_EXTRA_ONLY)
        return;
    assert_int_equal(clus__postings_positions(p, i, &pos, &n), CLUS_OK);
    assert_int_equal(n, e.tf);
    assert_memory_equal(pos, e.pos, n * sizeof *pos);
}

/* Positions of every `step`-th document of a block, read in one row and one by one. */
static void places_agree(struct postings *p, uint32_t step)
{
    enum { ROOM = 1 << 14 };
    static uint32_t places[ROOM + 8];
    uint16_t at[PLACE_DOCS], ends[PLACE_DOCS];
    uint32_t n = 0, room = 0, k = 0;
    for (uint32_t i = 0; i < p->n && n < PLACE_DOCS && room + p->tfs[i] <= ROOM;
         i += step) {
        room += p->tfs[i];
        at[n++] = (uint16_t)i;
    }
    assert_int_equal(clus__postings_places(p, at, n, places, ends), CLUS_OK);
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t *pos;
        uint32_t n_pos;
        assert_int_equal(clus__postings_positions(p, at[i], &pos, &n_pos), CLUS_OK);
        for (uint32_t j = 0; j < n_pos; j++)
            assert_int_equal(places[k++], (i + 1) << PLACE_BITS | pos[j]);
        assert_int_equal(ends[i], k);
    }
}

/* Frequencies and flags of every `step`-th document of a list, asked for at once. */
static void picks_agree(struct postings *p, const uint32_t *tfs, const uint8_t *flags,
                        uint32_t step)
{
    static uint32_t which[DOCS], picked[DOCS];
    static uint8_t picked_flags[DOCS];
    uint32_t n = 0;
    for (uint32_t i = step / 2; i < p->df; i += step)
        which[n++] = i; /* blocks are full but for the last */
    assert_int_equal(clus__postings_tfs_of(p, which, n, picked, picked_flags), CLUS_OK);
    for (uint32_t i = 0; i < n; i++) {
        assert_int_equal(picked[i], tfs[which[i]]);
        assert_int_equal(picked_flags[i], flags[which[i]]);
    }
}

/* From wherever the cursor stands, which stays there. */
static void compare_picks(const struct view *view, uint32_t s, const struct term_info *info)
{
    static uint32_t tfs[DOCS], docs[DOCS];
    static uint8_t flags[DOCS];
    struct postings p = {0};
    const struct segment *seg = view->segments[s].seg;
    assert_int_equal(clus__segment_postings(seg, view->txn, info, NULL, &p), CLUS_OK);
    for (uint32_t b = 0; b < p.n_blocks; b++) {
        assert_int_equal(clus__postings_go_to(&p, b), CLUS_OK);
        assert_int_equal(clus__postings_tfs(&p), CLUS_OK);
        memcpy(tfs + (size_t)b * BLOCK_DOCS, p.tfs, p.n * sizeof *tfs);
        memcpy(docs + (size_t)b * BLOCK_DOCS, p.docs, p.n * sizeof *docs);
        memcpy(flags + (size_t)b * BLOCK_DOCS, p.flags, p.n);
    }
    for (uint32_t step = 1; step < 400; step = step * 3 + 1) {
        uint32_t block = step % p.n_blocks;
        clus__postings_done(&p); /* documents cannot be decoded backwards of all lists */
        assert_int_equal(clus__segment_postings(seg, view->txn, info, NULL, &p), CLUS_OK);
        assert_int_equal(clus__postings_go_to(&p, block), CLUS_OK);
        assert_int_equal(clus__postings_docs(&p), CLUS_OK);
        picks_agree(&p, tfs, flags, step);
        assert_int_equal(p.block, block);
        assert_memory_equal(p.docs, docs + (size_t)block * BLOCK_DOCS, p.n * sizeof *docs);
    }
    assert_int_equal(clus__postings_seek_block(&p, DOCS), CLUS_DONE);
    picks_agree(&p, tfs, flags, 2);
    clus__postings_done(&p);
}

/* Whether the block's documents are in lanes, too. */
static bool lanes_agree(struct postings *p)
{
    const struct short_lanes *lanes;
    assert_int_equal(clus__postings_lanes(p, &lanes), CLUS_OK);
    assert_int_equal(clus__postings_docs(p), CLUS_OK);
    for (unsigned i = 0; lanes && i < BLOCK_DOCS; i++)
        assert_int_equal(clus__short_number(lanes, i), p->docs[i]);
    return lanes;
}

/* `sample`: only each so many-th document of a list is compared in full. */
static void compare_list(struct view *view, uint32_t s, struct bytes key,
                         const struct term_info *info, unsigned sample)
{
    const struct view_segment *seg = &view->segments[s];
    struct bytes text = {key.data + 1, key.len - 1};
    struct postings p = {0};
    uint32_t df = 0;
    uint64_t ttf = 0;
    assert_int_equal(clus__segment_postings(seg->seg, view->txn, info, NULL, &p), CLUS_OK);
    clus_status st = clus__postings_seek_block(&p, 0);
    while (st == CLUS_OK) {
        bool plain = key.data[0] == KEY_STEM; /* neither Rice columns nor ordinals */
        assert_true(lanes_agree(&p) == (plain && p.n == BLOCK_DOCS));
        assert_int_equal(clus__postings_tfs(&p), CLUS_OK);
        for (uint32_t step = 1; step < 100; step *= 5)
            places_agree(&p, step);
        for (uint32_t i = 0; i < p.n; i++) {
            df++;
            ttf += p.tfs[i];
            if (clus__bit(seg->deleted, p.docs[i]))
                continue;
            unsigned doc = number_of(view, s, p.docs[i]);
            assert_false(gone[doc]);
            if (doc % sample == 0)
                compare(&p, i, key.data[0], text, doc);
        }
        st = clus__postings_seek_block(&p, (uint64_t)p.block_last + 1);
    }
    assert_int_equal(st, CLUS_DONE);
    assert_int_equal(df, info->df);
    assert_true(ttf == info->ttf);
    clus__postings_done(&p);
}

static void compare_all(struct index *index, unsigned sample)
{
    struct view *view;
    assert_int_equal(clus__view_open(index, &view, NULL), CLUS_OK);
    memset(found_keys, 0, sizeof found_keys);
    for (uint32_t s = 0; s < view->n_segments; s++) {
        struct term_walk *walk;
        struct bytes key, stem;
        struct term_info info;
        assert_int_equal(
            clus__term_walk_new(view->segments[s].seg, view->txn, (struct bytes){0}, &walk),
            CLUS_OK);
        while (clus__term_walk_next(walk, &key, &stem, &info) == CLUS_OK) {
            if (key.data[0] == KEY_VALUE)
                continue;
            compare_list(view, s, key, &info, sample);
            compare_picks(view, s, &info);
        }
        clus__term_walk_free(walk);
    }
    for (unsigned doc = 0; doc < DOCS; doc += sample) {
        if (gone[doc])
            continue;
        tokens_of(doc);
        assert_int_equal(found_keys[0][doc], count_keys(KEY_STEM));
        assert_int_equal(found_keys[1][doc], count_keys(KEY_FORM));
    }
    clus__view_free(view);
}

static void finding(void *ctx, const char *where, const char *message)
{
    (void)ctx;
    print_error("check: %s: %s\n", where, message);
}

static void checked(struct index *index)
{
    clus_error err = {0};
    if (clus__index_check(index, finding, NULL, NULL, &err) != CLUS_OK)
        fail_msg("%s", err.message);
}

static void worked(clus_status st, const clus_error *err)
{
    if (st != CLUS_OK)
        fail_msg("%s: %s", clus_status_name(st), err->message);
}

static clus_str id_of(unsigned doc, char id[16])
{
    return (clus_str){id, (size_t)snprintf(id, 16, "%u", doc)};
}

static void add(struct writer *w, unsigned doc)
{
    char id[16], tag[16];
    clus_error err = {0};
    /* one title in 400 is longer than the positions of titles */
    titles[doc] = draw_words(doc % 400 == 3 ? 1200 + below(100) : below(8));
    texts[doc] = draw_words(1 + (doc % 50 == 7 ? below(900) : below(25)));
    extras[doc] = draw_words(below(4));
    clus_str tags[1] = {{tag, (size_t)snprintf(tag, sizeof tag, "t%u", below(TAGS))}};
    clus_document document = {.id = id_of(doc, id),
                              .title = {titles[doc], strlen(titles[doc])},
                              .text = {texts[doc], strlen(texts[doc])},
                              .extra = {extras[doc], strlen(extras[doc])},
                              .tags = tags,
                              .n_tags = 1};
    worked(clus__writer_add(w, &document, &err), &err);
}

static void delete (struct writer *w, unsigned doc)
{
    char id[16];
    clus_error err = {0};
    worked(clus__writer_delete(w, id_of(doc, id), NULL, &err), &err);
    gone[doc] = true;
}

static void run(unsigned threads, bool small)
{
    struct index *index;
    struct writer *w;
    clus_error err = {0};
    clus_create_options create = {0};
    clus_writer_options opts = {.threads = threads, .relaxed = true};
    memset(gone, 0, sizeof gone);
    (void)scratch_make(dir);
    worked(clus__index_create(scratch_path(dir, "index"), &create, &index, &err), &err);
    worked(clus__writer_open(index, &opts, &w, &err), &err);
    if (small)
        w->limits = (struct writer_limits){.run = 30000,
                                           .batch = 5000,
                                           .share = 10000,
                                           .spill = 60000,
                                           .memory_merge = 40000,
                                           .merge_step = 20000,
                                           .parallel = 100000,
                                           .commit_merge = 30000};
    for (unsigned doc = 0; doc < DOCS; doc++) {
        add(w, doc);
        if (doc == DOCS / 2 || doc % 170 == 169)
            worked(clus__writer_commit(w, NULL, &err), &err);
    }
    worked(clus__writer_commit(w, NULL, &err), &err);
    compare_all(index, 3);
    checked(index);
    for (unsigned doc = 0; doc < DOCS; doc += 1 + doc % 2) /* two of three */
        delete (w, doc);
    worked(clus__writer_commit(w, NULL, &err), &err);
    compare_all(index, 3);
    checked(index);
    worked(clus__writer_compact(w, &err), &err);
    compare_all(index, 1);
    checked(index);
    worked(clus__writer_reorder(w, &err), &err);
    compare_all(index, 1);
    checked(index);
    clus__writer_free(w);
    worked(clus__index_close(index, &err), &err);
    scratch_remove(dir);
    for (unsigned doc = 0; doc < DOCS; doc++) {
        clus__free(titles[doc]);
        clus__free(texts[doc]);
        clus__free(extras[doc]);
    }
}

static void lists_of_one_thread(void **unused)
{
    (void)unused;
    run(1, false);
}

static void lists_of_threads_and_steps(void **unused)
{
    (void)unused;
    run(3, true);
}

static int set_up(void **unused)
{
    clus_analyzer *analyzer;
    (void)unused;
    if (clus_analyzer_new(CLUS_ANALYZER_AUTO, &analyzer, NULL) != CLUS_OK)
        return -1;
    *unused = analyzer;
    return clus__lexer_new(analyzer, &lexer) == CLUS_OK ? 0 : -1;
}

static int clean_up(void **unused)
{
    clus__lexer_free(lexer);
    clus_analyzer_free(*unused);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_of_one_thread),
        cmocka_unit_test(lists_of_threads_and_steps),
    };
    return cmocka_run_group_tests(tests, set_up, clean_up);
}
