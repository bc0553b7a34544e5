/*
 * Bounds on the impacts of a list that is written: the greatest, and how great the best
 * ten, hundred and thousand at least are.
 */
#ifndef CLUS_CODEC_LIST_BOUNDS_H
#define CLUS_CODEC_LIST_BOUNDS_H

#include "codec/impact.h"
#include "codec/list_format.h"
#include "codec/postings_writer.h"

enum { KTH_FIRST = 10 /* shorter lists have no kth impacts */ };

struct list_bounds {
    const struct norm *norms; /* borrowed */
    struct impact_table table;
    /* tfw is tf * scale + plus by flags, and the title's share counts `in_title` times: no
     * branch on flags, which nobody can predict. */
    float scale[1 << FLAG_PLANES], plus[1 << FLAG_PLANES], in_title[1 << FLAG_PLANES];
    uint8_t max_impact;    /* of the list so far: 0 where one begins */
    uint32_t impacts[256]; /* documents by impact rounded down, of lists that count them */
};

void clus__bounds_init(struct list_bounds *b, const struct norm *norms, float avg_len);
/* Begin to count, which lists of KTH_FIRST documents and more need. */
void clus__bounds_count(struct list_bounds *b);
/* Bound of at most BLOCK_DOCS documents; `count`: their impacts are counted as well. */
uint8_t clus__bounds_block(struct list_bounds *b, const struct posting_columns *list,
                           bool count);
/* Of a list of `df` documents: lower bounds of the 10th, 100th and 1000th best; 0: fewer.
 */
void clus__bounds_kth(const struct list_bounds *b, uint32_t df, uint8_t kth[3]);

#endif
