/*
 * A dictionary of any bytes: finding and walking stay within them and end, keys have a
 * kind, and lists that the dictionary names can be opened or are refused.
 *
 * Input: u8 positions, u8 rows of the table, u16 bytes of the dictionary, u16 bytes of the
 * postings, u32 ndocs, then table, dictionary, postings, positions.
 */
#include <stdlib.h>
#include <string.h>

#include "base/le.h"
#include "index/segment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEAD = 10, ROW = 32 };

static void require(int holds)
{
    if (!holds)
        abort();
}

/* Take up to `want` bytes off the input as a stream. */
static void take(struct stream *s, struct bytes *in, size_t want)
{
    if (want > in->len)
        want = in->len;
    require(clus__stream_of_memory(s, (struct bytes){in->data, want}) == CLUS_OK);
    in->data += want;
    in->len -= want;
}

static void open_list(const struct segment *seg, const struct term_info *info)
{
    struct postings p = {0};
    if (clus__segment_postings(seg, NULL, info, NULL, &p) != CLUS_OK)
        return;
    for (int i = 0; i < 3; i++)
        if (clus__postings_seek_block(&p, i ? (uint64_t)p.block_last + 1 : 0) != CLUS_OK ||
            clus__postings_docs(&p) != CLUS_OK)
            break;
    clus__postings_done(&p);
}

static void find(const struct segment *seg, struct bytes key)
{
    struct term_info info;
    if (clus__segment_find(seg, NULL, key, &info) == CLUS_OK) {
        require(info.df > 0 && (info.place.kind & 3) != LIST_ALIAS);
        open_list(seg, &info);
    }
}

static void walk(const struct segment *seg, struct bytes from)
{
    struct term_walk *w;
    struct bytes key, stem;
    struct term_info info;
    if (clus__term_walk_new(seg, NULL, from, &w) != CLUS_OK)
        return;
    for (int i = 0; i < 2000 && clus__term_walk_next(w, &key, &stem, &info) == CLUS_OK;
         i++) {
        require(key.len > 0 && key.len <= KEY_MAX && stem.len < KEY_MAX);
        require(info.df > 0 && info.ttf >= info.df);
        open_list(seg, &info);
        find(seg, key);
    }
    clus__term_walk_free(w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < HEAD)
        return 0;
    struct bytes in = {data + HEAD, size - HEAD};
    struct norm norms[1] = {{0, 0}};
    struct segment seg = {.ndocs = clus__le32(data + 6), .positions = data[0] & 1};
    seg.norms = norms;
    seg.top = in.data;
    take(&seg.streams[SEG_DTOP], &in, (size_t)data[1] * ROW);
    take(&seg.streams[SEG_DICT], &in, clus__le16(data + 2));
    take(&seg.streams[SEG_POST], &in, clus__le16(data + 4));
    take(&seg.streams[SEG_POS], &in, in.len);
    struct dict_head heads[16]; /* of 255 rows */
    clus__dict_heads(&seg, heads);
    static const uint8_t stem[] = {KEY_STEM, 'b'}, form[] = {KEY_FORM, 'x', 'y'};
    find(&seg, (struct bytes){stem, sizeof stem});
    find(&seg, (struct bytes){form, sizeof form});
    walk(&seg, (struct bytes){stem, 0});
    walk(&seg, (struct bytes){form, sizeof form});
    for (int i = 0; i < SEG_STREAMS; i++)
        clus__stream_done(&seg.streams[i]);
    return 0;
}
