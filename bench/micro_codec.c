/*
 * Speed of the codec and of the dictionary on made-up lists, each set of loops beside the
 * others, as measure.h writes figures.
 *
 *     micro_codec [documents]
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/bitpack.h"
#include "codec/impact.h"
#include "measure.h"
#include "memory_segment.h"

enum { COLUMNS = 64 };

static uint64_t seed = 88172645463325252u;

static uint64_t draw(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static double unit(void)
{
    return (double)(draw() >> 11) * 0x1p-53;
}

static void check(clus_status st)
{
    if (st < 0) {
        (void)fprintf(stderr, "micro_codec: %s\n", clus_status_name(st));
        exit(1);
    }
}

/* ---- columns ---- */

struct columns {
    uint8_t bytes[COLUMNS][COLUMN_MAX_BYTES + 16];
    struct column_head heads[COLUMNS];
};

enum what { UNPACK, UNPACK_AND_SUM };
enum { TURNS = 500 };

static struct rounds column_rounds(const struct pack_ops *ops, const struct columns *c,
                                   enum what what)
{
    static uint32_t out[COLUMN_VALUES];
    struct rounds r;
    for (int rep = 0; rep < MEASURE_ROUNDS; rep++) {
        double begin = measure_now();
        for (int turn = 0; turn < TURNS; turn++)
            for (int i = 0; i < COLUMNS; i++) {
                if (what == UNPACK)
                    (void)clus__column_unpack(ops, c->bytes[i], COLUMN_VALUES, c->heads[i],
                                              0, out);
                else
                    (void)clus__column_sum(ops, c->bytes[i], c->heads[i], 5, out);
                __asm__ volatile("" : : "r"(out) : "memory");
            }
        r.seconds[rep] = measure_now() - begin;
    }
    return r;
}

static void fill_columns(struct columns *c, unsigned width, unsigned exceptions)
{
    for (int i = 0; i < COLUMNS; i++) {
        uint32_t values[COLUMN_VALUES];
        for (unsigned k = 0; k < COLUMN_VALUES; k++)
            values[k] = (uint32_t)draw() & ((1u << width) - 1);
        for (unsigned k = 0; k < exceptions; k++)
            values[draw() % COLUMN_VALUES] |= 3u << width;
        c->heads[i] = (struct column_head){(uint8_t)width, 0};
        if (exceptions)
            c->heads[i] = clus__column_choose(values, COLUMN_VALUES);
        (void)clus__column_pack(values, COLUMN_VALUES, c->heads[i], c->bytes[i]);
    }
}

static void measure_columns(enum cpu_level level, const struct columns *c, unsigned width,
                            unsigned exceptions)
{
    static const char *const names[] = {"unpack", "unpack and sum"};
    char name[80];
    for (enum what what = UNPACK; what <= UNPACK_AND_SUM; what++) {
        struct rounds r = column_rounds(clus__pack_ops_of(level), c, what);
        (void)snprintf(name, sizeof name, "%s, %s, %u bits, %u exceptions", names[what],
                       clus__cpu_name(level), width, exceptions);
        measure_rate(name, "Gint/s", &r, (double)TURNS * COLUMNS * COLUMN_VALUES, 1e9);
    }
}

static void bench_columns(void)
{
    static struct columns c;
    static const struct {
        unsigned width, exceptions;
    } kinds[] = {{2, 0}, {8, 0}, {20, 0}, {4, 12}};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        fill_columns(&c, kinds[k].width, kinds[k].exceptions);
        for (enum cpu_level level = CPU_SCALAR; level < CPU_LEVELS; level++)
            if (clus__cpu_has(level))
                measure_columns(level, &c, kinds[k].width, kinds[k].exceptions);
    }
}

/* ---- lists ---- */

struct corpus {
    struct memory_segment m;
    struct segment_writer_config config;
    struct segment_totals totals;
    struct norm *norms;
};

/* Key of a rank, seven bytes: keys ascend with ranks. */
static struct bytes key_of(uint32_t rank, uint8_t room[16])
{
    room[0] = KEY_STEM;
    for (int k = 6; k > 0; k--, rank /= 10)
        room[k] = (uint8_t)('0' + rank % 10);
    return (struct bytes){room, 7};
}

/* Density by rank like words have it, and a long tail of rare ones. */
static double density(uint32_t rank)
{
    return 0.6 / (1 + rank / 4.0);
}

static uint32_t draw_tf(void)
{
    uint32_t tf = 1;
    while (tf < 50 && unit() < 0.35)
        tf++;
    return tf;
}

/* Lists made up ahead of the clock. */
struct batch {
    uint32_t first_rank, n_lists, *dfs;
    uint32_t n, *docs, *tfs, *pos;
    size_t n_pos;
    uint8_t *flags;
};
enum { BATCH = 1 << 20, BATCH_LISTS = 1 << 16 };

static void *room(size_t n, size_t size)
{
    void *p = calloc(n, size);
    if (!p)
        check(CLUS_E_NOMEM);
    return p;
}

static void make_list(struct batch *b, double p, uint32_t ndocs)
{
    uint32_t df = 0;
    for (double doc = -1;; df++) {
        doc += 1 + floor(log(unit() + 1e-12) / log(1 - p));
        if (doc >= ndocs)
            break;
        uint32_t at = POS_TEXT, tf = draw_tf();
        b->docs[b->n] = (uint32_t)doc;
        b->tfs[b->n] = tf;
        b->flags[b->n] = unit() < 0.4 ? FLAG_LEAD : 0;
        b->n++;
        for (uint32_t i = 0; i < tf; i++)
            b->pos[b->n_pos++] = at += 1 + (uint32_t)(-60 * log(unit() + 1e-12));
    }
    b->dfs[b->n_lists++] = df;
}

static double write_batch(struct segment_writer *w, const struct batch *b)
{
    const uint32_t *pos = b->pos;
    uint32_t at = 0;
    double begin = measure_now();
    for (uint32_t i = 0; i < b->n_lists; i++) {
        uint8_t key[16];
        if (b->dfs[i] == 0)
            continue;
        check(clus__segment_begin(w, key_of(b->first_rank + i, key), (struct bytes){0}));
        for (uint32_t end = at + b->dfs[i]; at < end; at++) {
            check(clus__segment_add(w, b->docs[at], b->tfs[at], b->flags[at], pos));
            pos += b->tfs[at];
        }
        check(clus__segment_end(w));
    }
    return measure_now() - begin;
}

/* Keys of all ranks; how long encoding took. */
static double write_ranks(struct segment_writer *w, uint32_t ndocs, uint32_t ranks)
{
    size_t most = (size_t)BATCH + ndocs;
    struct batch b = {.dfs = room(BATCH_LISTS, 4),
                      .docs = room(most, 4),
                      .tfs = room(most, 4),
                      .pos = room(most, 50 * 4ul),
                      .flags = room(most, 1)};
    double took = 0;
    for (uint32_t rank = 0; rank < ranks;) {
        b.first_rank = rank;
        b.n_lists = b.n = 0;
        b.n_pos = 0;
        while (rank < ranks && b.n < BATCH && b.n_lists < BATCH_LISTS)
            make_list(&b, density(rank++), ndocs);
        took += write_batch(w, &b);
    }
    free(b.dfs);
    free(b.docs);
    free(b.tfs);
    free(b.pos);
    free(b.flags);
    return took;
}

static void write_corpus(struct corpus *c, uint32_t ndocs, uint32_t ranks)
{
    struct segment_sink sink = memory_segment_sink(&c->m);
    struct segment_writer *w;
    c->norms = room(ndocs, sizeof *c->norms);
    for (uint32_t i = 0; i < ndocs; i++)
        c->norms[i] = (struct norm){clus__norm_of_length(30 + (uint32_t)(draw() % 700)), 7};
    c->config = (struct segment_writer_config){c->norms, ndocs, 380, true};
    check(clus__segment_writer_new(&sink, &c->config, &w));
    double took = write_ranks(w, ndocs, ranks);
    check(clus__segment_finish(w, &c->totals));
    clus__segment_writer_free(w);
    check(memory_segment_open(&c->m, &c->config, &c->totals));
    double n = (double)c->totals.n_postings, t = (double)c->totals.n_tokens;
    measure_line("encode", "Mpostings/s", n / took / 1e6, n / took / 1e6, n / took / 1e6);
    double post = (double)c->m.bytes[SEG_POST].len / n,
           pos = (double)c->m.bytes[SEG_POS].len / t,
           dict = (double)(c->m.bytes[SEG_DICT].len + c->m.bytes[SEG_DTOP].len) /
                  (double)c->totals.n_keys[0];
    measure_line("posting", "bytes", post, post, post);
    measure_line("position", "bytes", pos, pos, pos);
    measure_line("key of the dictionary", "bytes", dict, dict, dict);
}

enum depth { WALK_ONLY, DOCS, TFS, POSITIONS };

static uint64_t read_list(const struct corpus *c, uint32_t rank, enum depth depth)
{
    struct postings p = {0};
    struct term_info info;
    uint8_t key[16];
    if (clus__segment_find(&c->m.seg, NULL, key_of(rank, key), &info) != CLUS_OK)
        return 0;
    check(clus__segment_postings(&c->m.seg, NULL, &info, NULL, &p));
    clus_status st = clus__postings_seek_block(&p, 0);
    for (; st == CLUS_OK; st = clus__postings_seek_block(&p, (uint64_t)p.block_last + 1)) {
        if (depth >= DOCS)
            check(clus__postings_docs(&p));
        if (depth >= TFS)
            check(clus__postings_tfs(&p));
        for (uint32_t i = 0; depth >= POSITIONS && i < p.n; i++) {
            const uint32_t *pos;
            check(clus__postings_positions(&p, i, &pos, &(uint32_t){0}));
        }
    }
    check(st);
    clus__postings_done(&p);
    return info.df;
}

static void bench_lists(const struct corpus *c, const char *name, uint32_t from,
                        uint32_t to)
{
    static const char *const what[] = {"blocks only", "documents", "and frequencies",
                                       "and positions"};
    for (enum depth depth = WALK_ONLY; depth <= POSITIONS; depth++) {
        struct rounds r;
        uint64_t n = 0;
        for (int rep = 0; rep < MEASURE_ROUNDS; rep++) {
            double begin = measure_now();
            n = 0;
            for (uint32_t rank = from; rank < to; rank++)
                n += read_list(c, rank, depth);
            r.seconds[rep] = measure_now() - begin;
        }
        char title[80];
        (void)snprintf(title, sizeof title, "decode %s, %s", name, what[depth]);
        measure_rate(title, "Gpostings/s", &r, (double)n, 1e9);
    }
}

/* Steps of a top-k search over one list: move by `step` documents, ask a bound. */
static void bench_moves(const struct corpus *c, uint32_t rank, uint32_t step)
{
    struct postings p = {0};
    struct term_info info;
    uint8_t key[16], max;
    struct rounds r;
    uint64_t moves = 0;
    check(clus__segment_find(&c->m.seg, NULL, key_of(rank, key), &info));
    for (int rep = 0; rep < MEASURE_ROUNDS; rep++) {
        check(clus__segment_postings(&c->m.seg, NULL, &info, NULL, &p));
        moves = 0;
        double begin = measure_now();
        for (uint64_t doc = 0; clus__postings_seek_block(&p, doc) == CLUS_OK; doc += step) {
            check(clus__postings_max(&p, (uint32_t)doc, (uint32_t)doc + 4095, &max));
            moves++;
        }
        r.seconds[rep] = measure_now() - begin;
        clus__postings_done(&p);
    }
    char name[80];
    (void)snprintf(name, sizeof name, "move by %u documents and bound, df %u", step,
                   info.df);
    measure_ns(name, "ns/move", &r, (double)moves);
}

enum { LOOKUPS = 200000 };

static void look_up_keys(const struct corpus *c, uint32_t ranks)
{
    for (int i = 0; i < LOOKUPS; i++) {
        struct term_info info;
        uint8_t key[16];
        uint32_t rank = (uint32_t)(draw() % ranks);
        check(clus__segment_find(&c->m.seg, NULL, key_of(rank, key), &info));
    }
}

static uint64_t walk_keys(const struct corpus *c)
{
    struct term_walk *walk;
    struct bytes key, stem;
    struct term_info info;
    uint64_t n = 0;
    check(clus__term_walk_new(&c->m.seg, NULL, (struct bytes){0}, &walk));
    while (clus__term_walk_next(walk, &key, &stem, &info) == CLUS_OK)
        n++;
    clus__term_walk_free(walk);
    return n;
}

static void bench_dictionary(const struct corpus *c, uint32_t ranks)
{
    struct rounds find, walk;
    uint64_t n = 0;
    for (int rep = 0; rep < MEASURE_ROUNDS; rep++) {
        double begin = measure_now();
        look_up_keys(c, ranks);
        find.seconds[rep] = measure_now() - begin;
        begin = measure_now();
        n = walk_keys(c);
        walk.seconds[rep] = measure_now() - begin;
    }
    measure_ns("find a key of the dictionary", "ns", &find, LOOKUPS);
    measure_rate("walk the dictionary", "Mkeys/s", &walk, (double)n, 1e6);
}

int main(int argc, char **argv)
{
    uint32_t ndocs = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 200000;
    uint32_t ranks = ndocs < 1000000 ? ndocs : 999999;
    struct corpus c = {0};
    bench_columns();
    write_corpus(&c, ndocs, ranks);
    bench_lists(&c, "dense lists", 0, 10);
    bench_lists(&c, "middle lists", 100, 1000);
    bench_lists(&c, "short lists", ranks / 10, ranks / 10 + 2000);
    bench_lists(&c, "rare lists", ranks - 20000, ranks - 1);
    bench_moves(&c, 3, 300);
    bench_moves(&c, 100, 4096);
    bench_moves(&c, 100, 30000);
    bench_dictionary(&c, ranks);
    memory_segment_done(&c.m);
    free(c.norms);
    return 0;
}
