/* Measured weights of letter pairs, endings and function words; made by gen_route.py. */
#ifndef CLUS_TEXT_ROUTE_TABLES_H
#define CLUS_TEXT_ROUTE_TABLES_H

#include <stddef.h>
#include <stdint.h>

enum {
    ROUTE_SYMBOLS = 33, /* the edge of a word, then а … я without ё */
    ROUTE_LISTED = 16   /* bytes of the longest word that has a weight */
};

struct route_weight {
    char text[ROUTE_LISTED + 1]; /* a word, or '-' and the last three letters of one; zeros
                                    behind it */
    int8_t weight;
};

extern const int8_t clus__route_pairs[ROUTE_SYMBOLS][ROUTE_SYMBOLS];
extern const struct route_weight clus__route_words[]; /* in byte order of text */
extern const size_t clus__route_n_words;

#endif
