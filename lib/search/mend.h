/*
 * Words that the index does not hold, read as what their writer may have meant to type.
 *
 * A plan is built from the query as it stands, and each plain word met is noted with its
 * frequency. Where one has none, clus__mend_find() looks for other readings of that stretch
 * of the query; the plan is then built again with those in its place. A query whose words
 * are all known costs no more than noting them.
 */
#ifndef CLUS_SEARCH_MEND_H
#define CLUS_SEARCH_MEND_H

#include "search/builder.h"

/* A word met, as bytes of the query. */
struct seen_word {
    uint32_t from, to;
    uint32_t floor; /* what belongs to it does not begin before */
    uint64_t df;    /* of all its readings */
};

struct mend_text {
    struct bytes text;
    float weight; /* 0..1 */
};

/* A stretch of the query and what is searched in its place. */
struct rewrite {
    uint32_t from, to;
    uint32_t anchor;  /* the word in it that carries the new text; others are left out */
    const char *kind; /* as clus_expansion.kind */
    struct mend_text texts[MAX_SPELLINGS]; /* best first; the first may be several words */
    uint32_t n_texts;
};

/* A leaf of the tree as it is searched. */
struct mended_leaf {
    struct bytes text;
    struct mended_part {
        size_t start, end; /* bytes of `text` */
        const struct rewrite *by;
    } * parts;
    size_t n_parts;
    bool known; /* it is one word that reads as itself: search/term_memory.h */
};

/* Note a plain word of `leaf`, at text[start, end). */
CLUS_MUST_CHECK clus_status clus__mend_note(struct builder *b, const struct ast_node *leaf,
                                            size_t start, size_t end, uint64_t df);
/* Decide b->rewrites once the tree has been built as it stands. */
CLUS_MUST_CHECK clus_status clus__mend_find(struct builder *b);
/* Put the rewrites into a leaf's text. */
CLUS_MUST_CHECK clus_status clus__mend_leaf(struct builder *b, const struct ast_node *leaf,
                                            struct mended_leaf *out);
/* Tell what was read otherwise: the plan's expansions and suggestion. */
CLUS_MUST_CHECK clus_status clus__mend_tell(struct builder *b);

/* What was put at text[at], or NULL. */
static inline const struct rewrite *clus__mend_at(const struct mended_leaf *leaf, size_t at)
{
    for (size_t i = 0; i < leaf->n_parts; i++)
        if (at >= leaf->parts[i].start && at < leaf->parts[i].end)
            return leaf->parts[i].by;
    return NULL;
}

#endif
