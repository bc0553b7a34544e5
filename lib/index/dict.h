/*
 * The term dictionary of a segment: front-coded blocks of up to 64 keys, and a table of
 * their first keys for binary search. Bytes: store/FORMAT.md, section "Term dictionary".
 * Private to index/; the interface for others is index/segment.h.
 */
#ifndef CLUS_INDEX_DICT_H
#define CLUS_INDEX_DICT_H

#include "codec/postings_writer.h"
#include "index/segment.h"

enum {
    DICT_BLOCK_KEYS = 64,
    DICT_GROUP_KEYS = 16, /* keys between places where reading can begin */
    DICT_GROUPS = DICT_BLOCK_KEYS / DICT_GROUP_KEYS,
    DICT_BLOCK_TARGET = 2048, /* bytes of strings and metadata that end a block early */
    DICT_BLOCK_MAX = 3072,    /* no block is longer */
    DICT_ROW = 32,            /* of the table: first key cut to 26 bytes, u48 offset */
    DICT_ROW_KEY = 26,
    DICT_TEXT_MAX = KEY_MAX - 1, /* of a key without its kind; of a stem */
    DICT_FORM_MORE = 1 << 6,     /* first byte of a form: below, a short alias, ttf = df; */
    DICT_FORM_INLINE = 2 << 6,   /* below, one with ttf > df; */
    DICT_FORM_LONG = 3 << 6,     /* below, a short inline list; from here on any */
    DICT_FORM_DF = 8,            /* of a short one at most */
    DICT_FORM_CUT = 2 * 7,       /* bytes a short one has after its stem at most */
    DICT_STEM_SPELLED = 15,      /* in place of half of such bytes */
    DICT_SHARED_ESCAPE = 31,     /* 5 bits of the byte before a string */
    DICT_CODES = 31 << 3,        /* that byte of a long string of codes; of one of text */
    DICT_RAW = DICT_CODES + 1,
    DICT_CODES_AT_ONCE = 7, /* compared as one number, in which a zero ends a text */
    DICT_EXTRA_ESCAPE = 3   /* 2 bits of the byte before an inline list */
};

/* ---- writing ---- */
struct dict_writer;

CLUS_MUST_CHECK clus_status clus__dict_writer_new(const struct segment_sink *sink,
                                                  struct dict_writer **out);
void clus__dict_writer_free(struct dict_writer *w);
/* A key above all before it. `alias`: the list is its stem's, only df and ttf of `list`
 * count. The key and stem have been checked. */
CLUS_MUST_CHECK clus_status clus__dict_writer_add(struct dict_writer *w, struct bytes key,
                                                  struct bytes stem,
                                                  const struct written_list *list,
                                                  bool alias);
CLUS_MUST_CHECK clus_status clus__dict_writer_finish(struct dict_writer *w);

/* ---- reading ---- */

/* Where reading can begin in a block. */
struct dict_group {
    uint32_t strings, meta; /* bytes of them before it */
    uint64_t post, pos;     /* where its first list in a stream lies */
};

/* A block, split; lists' places in the streams are counted up from its groups. */
struct dict_block {
    uint8_t kind;
    bool positions;       /* of its lists */
    uint32_t n, at;       /* keys in it; keys stepped over in `meta` */
    struct bytes whole;   /* all of its bytes */
    struct bytes strings; /* of all keys */
    struct bytes first;   /* text of the first key, in the table or in long_first */
    struct bytes all_meta;
    struct bytes meta;  /* of keys from `at` on */
    uint64_t post, pos; /* where the list of key `at` lies, if in a stream */
    struct dict_group groups[DICT_GROUPS];
    uint8_t long_first[DICT_TEXT_MAX];
    uint8_t room[DICT_BLOCK_MAX + STREAM_OVERREAD];
};

/* What is stored about a key, in place. */
struct dict_entry {
    uint8_t kind; /* as list_place.kind */
    uint32_t df;
    uint64_t ttf, post, pos, post_len; /* places: of lists in streams only */
    struct bytes impacts;              /* the bound, then kth impacts; none for an alias */
    struct bytes list;                 /* of an inline list */
    uint8_t stem_cut; /* bytes the form has after what it shares with its stem */
    struct bytes stem_rest;
};

static inline uint32_t clus__dict_groups(const struct dict_block *b)
{
    return (b->n + DICT_GROUP_KEYS - 1) / DICT_GROUP_KEYS;
}

uint32_t clus__dict_blocks(const struct segment *seg);
/* The last block whose first key is <= key, 0 if none is. */
CLUS_MUST_CHECK clus_status clus__dict_locate(const struct segment *seg,
                                              struct store_txn *txn, struct bytes key,
                                              uint32_t *block);
/* Whether the block behind `block` is known to begin above a key. */
bool clus__dict_ends_above(const struct segment *seg, uint32_t block, struct bytes key);
/* Load a block in two steps: ask for its bytes, and take it apart once they are there. What
 * is done between takes no time. */
CLUS_MUST_CHECK clus_status clus__dict_ask(const struct segment *seg, struct store_txn *txn,
                                           uint32_t number, struct dict_block *b);
CLUS_MUST_CHECK clus_status clus__dict_split(const struct segment *seg, uint32_t number,
                                             struct dict_block *b);
/* Both. */
CLUS_MUST_CHECK clus_status clus__dict_load(const struct segment *seg,
                                            struct store_txn *txn, uint32_t number,
                                            struct dict_block *b);
/* A string of a block. */
struct dict_string {
    uint32_t shared; /* bytes it shares with the one before it, or with the first of the
                        block where a group begins; ends with a whole character, but for
                        the first, of which the table has so many */
    bool raw;
    struct bytes rest; /* what follows: text if `raw`, else codes, see dict_letters.h */
};
/* One of two numbers, without a jump: few guess right what a string is like. */
static inline uint32_t clus__choose(bool first, uint32_t a, uint32_t b)
{
    return b ^ ((a ^ b) & -(uint32_t)first);
}
/* Take the next string off *strings, behind which two bytes may be read. False if there is
 * no whole one. */
static inline bool clus__dict_string(struct bytes *strings, struct dict_string *s)
{
    const uint8_t *p = strings->data;
    const uint32_t head = p[0];
    const bool longer = head >= DICT_CODES;
    const uint32_t n = clus__choose(longer, p[2], (head & 7) + 1),
                   skip = clus__choose(longer, 3, 1);
    s->shared = clus__choose(longer, p[1], head >> 3);
    s->raw = head == DICT_RAW;
    s->rest = (struct bytes){p + skip, n};
    if (skip + n > strings->len)
        return false;
    strings->data += skip + n;
    strings->len -= skip + n;
    return true;
}

/* A text as the strings of a block have it, to be looked for in any. */
struct dict_text {
    struct bytes text;
    uint32_t n;
    bool whole;                                            /* every character has a code */
    uint8_t codes[DICT_TEXT_MAX + 1 + DICT_CODES_AT_ONCE]; /* zeros behind them */
    uint8_t begins[DICT_TEXT_MAX + 1]; /* where in the text a code begins, or the end is */
    uint8_t places[DICT_TEXT_MAX + 2]; /* the other way round */
};
void clus__dict_code_text(struct bytes text, struct dict_text *c);
/* Place of a key's text in a block, CLUS_DONE when it is not there. */
CLUS_MUST_CHECK clus_status clus__dict_search(const struct dict_block *b,
                                              const struct dict_text *text,
                                              uint32_t *place);
/* The last group that does not begin above a text, or the first: *place is its first key,
 * *strings begin there. */
CLUS_MUST_CHECK clus_status clus__dict_group(const struct dict_block *b, struct bytes text,
                                             uint32_t *place, struct bytes *strings);
/* The text of the key at `place`. CLUS_E_CORRUPT. */
CLUS_MUST_CHECK clus_status clus__dict_text(const struct dict_block *b, uint32_t place,
                                            uint8_t text[DICT_TEXT_MAX], size_t *len);
/* Step forward to the metadata of the key at `place`. CLUS_E_CORRUPT. */
CLUS_MUST_CHECK clus_status clus__dict_seek(struct dict_block *b, uint32_t place);
/* Stand before the metadata of the first key again. */
void clus__dict_rewind(struct dict_block *b);
/* Take metadata of key b->at. */
CLUS_MUST_CHECK clus_status clus__dict_entry(struct dict_block *b, struct dict_entry *e);
/* What readers of a segment see of it. For an alias: bounds that hold for any list. */
void clus__dict_info(const struct dict_entry *e, struct term_info *info);
/* The stem of a form: its length, at `out`, which has DICT_TEXT_MAX bytes. CLUS_E_CORRUPT.
 */
CLUS_MUST_CHECK clus_status clus__dict_stem(struct bytes form, const struct dict_entry *e,
                                            uint8_t *out, size_t *len);

static inline bool clus__dict_is_alias(const struct dict_entry *e)
{
    return (e->kind & 3) == LIST_ALIAS;
}

#endif
