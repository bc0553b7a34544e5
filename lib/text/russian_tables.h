/* What russian_tables.c holds, as russian.c reads it. */
#ifndef CLUS_TEXT_RUSSIAN_TABLES_H
#define CLUS_TEXT_RUSSIAN_TABLES_H

#include <stdint.h>

enum {
    RUSSIAN_WHOLE = 254,   /* in drop: the text is the stem */
    RUSSIAN_NO_RULE = 255, /* in drop: only longer endings have one */
};

/* An ending; that of the root is empty. Its children are longer by a letter to the left:
 * the word without such a letter, if `edge`, then one for each bit of `letters`, lowest
 * first. */
struct russian_node {
    uint32_t letters; /* а is bit 0, я 31 */
    uint16_t first;   /* child */
    uint16_t text;
    uint8_t drop;     /* letters of Snowball's stem */
    uint8_t text_len; /* letters added in their place, from clus__russian_letters + text */
    uint8_t edge;
};

extern const struct russian_node clus__russian_nodes[];
extern const uint8_t clus__russian_letters[];

#endif
