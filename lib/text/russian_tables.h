/* What russian_tables.c holds, as russian.c reads it. */
#ifndef CLUS_TEXT_RUSSIAN_TABLES_H
#define CLUS_TEXT_RUSSIAN_TABLES_H

#include <stdint.h>

enum {
    RUSSIAN_EDGE = 33,     /* the letter before the first */
    RUSSIAN_WHOLE = 254,   /* in drop: the text is the stem */
    RUSSIAN_NO_RULE = 255, /* in drop: only longer endings have one */
};

/* An ending; that of the root is empty. Its children are longer by a letter to the left. */
struct russian_node {
    uint8_t letter; /* the leftmost: а is 1, я 32 */
    uint8_t n_children;
    uint16_t first;   /* child */
    uint8_t drop;     /* letters of Snowball's stem */
    uint8_t text_len; /* letters added in their place, from clus__russian_letters + text */
    uint16_t text;
};

extern const struct russian_node clus__russian_nodes[];
extern const uint8_t clus__russian_letters[];

#endif
