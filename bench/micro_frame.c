/*
 * Speed of a frame of stored documents on one thread, over the files or folders named:
 *
 *     micro_frame data/articles/ru more.txt
 *
 * Frames are narrowed, then coded by strings learned from every second frame, as far as a
 * pack's sample goes, or by zstd as packs use it; what is measured are the others. MB are
 * of narrowed text.
 */
#include <stdio.h>
#include <stdlib.h>

#include <zstd.h>

#include "base/buf.h"
#include "base/cpu.h"
#include "codec/narrow.h"
#include "codec/symbols.h"
#include "index/pack.h"
#include "measure.h"
#include "texts.h"

enum { SAMPLE = 512 << 10 };

static void need(bool holds, const char *what)
{
    if (holds)
        return;
    (void)fprintf(stderr, "micro_frame: %s\n", what);
    exit(1);
}

struct frames {
    struct buf sample;      /* frames to learn from, one after the other */
    struct buf text, coded; /* the others, and what each becomes */
    uint8_t *room;          /* for one */
    size_t ends[1 << 16], coded_ends[1 << 16];
    size_t n;
    struct symbol_finder *finder;
    ZSTD_CCtx *deflate;
    ZSTD_DCtx *inflate;
};

static struct bytes piece(const struct buf *b, const size_t *ends, size_t i)
{
    size_t from = i > 0 ? ends[i - 1] : 0;
    return (struct bytes){b->data + from, ends[i] - from};
}

static void cut(struct frames *f, struct bytes text)
{
    for (size_t at = 0, i = 0; at < text.len && f->n < sizeof f->ends / sizeof *f->ends;
         i++) {
        size_t len = text.len - at < FRAME_TARGET ? text.len - at : FRAME_TARGET;
        struct buf *to = i % 2 == 0 ? &f->sample : &f->text;
        at += len;
        if (to == &f->sample && to->len >= SAMPLE)
            continue;
        uint8_t *room = clus__buf_room(to, NARROW_MOST * len + NARROW_OVER);
        need(room != NULL, "no memory");
        to->len +=
            clus__narrow(clus__cpu_best(), (struct bytes){text.data + at - len, len}, room);
        if (to == &f->text)
            f->ends[f->n++] = to->len;
    }
    need(f->n > 0, "name files or folders with text of two frames at least");
}

static size_t by_symbols(struct frames *f, struct bytes in, uint8_t *out)
{
    return clus__symbols_encode(f->finder, in, out);
}

static size_t by_zstd(struct frames *f, struct bytes in, uint8_t *out)
{
    size_t len = ZSTD_compressCCtx(f->deflate, out, ZSTD_compressBound(in.len), in.data,
                                   in.len, PACK_LEVEL);
    need(!ZSTD_isError(len), "cannot compress");
    return len;
}

static size_t back_from_symbols(struct frames *f, struct bytes in, uint8_t *out)
{
    size_t len = 0;
    need(clus__symbols_decode(clus__symbols_of(f->finder), in, out,
                              (size_t)NARROW_MOST * FRAME_TARGET, &len),
         "cannot decode");
    return len;
}

static size_t back_from_zstd(struct frames *f, struct bytes in, uint8_t *out)
{
    size_t len = ZSTD_decompressDCtx(f->inflate, out, (size_t)NARROW_MOST * FRAME_TARGET,
                                     in.data, in.len);
    need(!ZSTD_isError(len), "cannot decompress");
    return len;
}

typedef size_t way(struct frames *f, struct bytes in, uint8_t *out);

static void code_all(struct frames *f, way *code)
{
    f->coded.len = 0;
    for (size_t i = 0; i < f->n; i++) {
        uint8_t *room = clus__buf_room(&f->coded, 4 * (size_t)FRAME_TARGET);
        need(room != NULL, "no memory");
        f->coded.len += code(f, piece(&f->text, f->ends, i), room);
        f->coded_ends[i] = f->coded.len;
    }
}

static void decode_all(struct frames *f, way *decode)
{
    for (size_t i = 0; i < f->n; i++) {
        struct bytes frame = piece(&f->text, f->ends, i);
        size_t len = decode(f, piece(&f->coded, f->coded_ends, i), f->room);
        need(len == frame.len && memcmp(f->room, frame.data, len) == 0,
             "another frame came back");
    }
}

static void measure(struct frames *f, const char *name, way *code, way *decode)
{
    struct rounds to, from;
    char line[80];
    for (int rep = 0; rep < MEASURE_ROUNDS; rep++) {
        double begin = measure_now();
        code_all(f, code);
        to.seconds[rep] = measure_now() - begin;
        begin = measure_now();
        decode_all(f, decode);
        from.seconds[rep] = measure_now() - begin;
    }
    double bytes = (double)f->text.len, share = 100.0 * (double)f->coded.len / bytes;
    (void)snprintf(line, sizeof line, "frame by %s", name);
    measure_rate(line, "MB/s", &to, bytes, 1e6);
    (void)snprintf(line, sizeof line, "frame back from %s, compared", name);
    measure_rate(line, "MB/s", &from, bytes, 1e6);
    (void)snprintf(line, sizeof line, "frame by %s, its size", name);
    measure_line(line, "%", share, share, share);
}

int main(int argc, char **argv)
{
    static struct frames f;
    struct buf text = {0};
    struct rounds r;
    for (int i = 1; i < argc; i++)
        need(texts_read(argv[i], &text), argv[i]);
    cut(&f, clus__buf_bytes(&text));
    f.room = malloc((size_t)NARROW_MOST * FRAME_TARGET + NARROW_OVER);
    f.deflate = ZSTD_createCCtx();
    f.inflate = ZSTD_createDCtx();
    need(f.room && f.deflate && f.inflate, "no memory");
    for (int rep = 0; rep < MEASURE_ROUNDS; rep++) {
        double begin = measure_now();
        clus__symbols_forget(f.finder);
        need(clus__symbols_learn(clus__buf_bytes(&f.sample), &f.finder) == CLUS_OK,
             "cannot learn");
        r.seconds[rep] = measure_now() - begin;
    }
    measure_ns("learn strings", "ns/KB", &r, (double)f.sample.len / 1e3);
    measure(&f, "learned strings", by_symbols, back_from_symbols);
    measure(&f, "zstd", by_zstd, back_from_zstd);
    clus__symbols_forget(f.finder);
    ZSTD_freeCCtx(f.deflate);
    ZSTD_freeDCtx(f.inflate);
    free(f.room);
    clus__buf_done(&f.sample);
    clus__buf_done(&f.text);
    clus__buf_done(&f.coded);
    clus__buf_done(&text);
    return 0;
}
