/* Words of a text: the automaton, and ICU for what it does not know. */
#include "text/segment.h"

#include <string.h>

#include "base/alloc.h"
#include "base/le.h"
#include "text/segment_block.h"
#include "text/segment_icu.h"
#include "text/utf8.h"

enum { PIECE_MAX = 64 << 10 };

struct segmenter {
    const struct classes *classes;
    enum cpu_level level;
    struct icu_words *icu; /* made when first needed */
};

/* Where a piece began, for it may be for ICU. */
struct mark {
    const uint8_t *at;
    struct token *out;
    uint64_t invalid;
    uint8_t flags;
};

/* The automaton on its way through a text, piece by piece. */
struct scan {
    const struct classes *classes;
    enum cpu_level level;
    const uint8_t *text, *stop; /* offsets count from text */
    const uint8_t *at, *end;    /* end: of the piece at most */
    struct mark piece;
    struct token *out, *room; /* where the next word goes, and no further */
    const uint8_t *word;      /* start of the open word, or NULL */
    const uint8_t *word_end;
    uint64_t invalid;
    uint8_t last;    /* WB_LETTER, WB_DIGIT or WB_JOINER: what the open word ends with */
    uint8_t pending; /* a class that joins if the right one follows, or 0 */
    uint8_t flags;   /* SEGMENT_*, for the next word */
    bool has_letter; /* or digit */
};

static inline bool is_blank(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline void close_word(struct scan *s)
{
    if (s->word && s->has_letter) {
        *s->out++ = (struct token){.start = (uint32_t)(s->word - s->text),
                                   .end = (uint32_t)(s->word_end - s->text),
                                   .why = s->flags};
        s->flags = 0;
    }
    if (s->pending & WB_STOP)
        s->flags |= SEGMENT_STOP;
    s->word = NULL;
    s->pending = 0;
    s->has_letter = false;
}

static inline bool joins(uint8_t middle, uint8_t side)
{
    middle &= WB_MASK;
    return middle == WB_MID_BOTH ? side != WB_JOINER
                                 : side == (middle == WB_MID_LETTER ? WB_LETTER : WB_DIGIT);
}

/* A letter, digit or joiner of `len` bytes at s->at. */
static inline void take_part(struct scan *s, uint8_t class, size_t len)
{
    if (s->pending && (s->last != class || !joins(s->pending, class)))
        close_word(s);
    s->pending = 0;
    if (!s->word)
        s->word = s->at;
    s->last = class;
    s->has_letter |= class != WB_JOINER;
    s->at += len;
    s->word_end = s->at;
}

/* Anything else that has a class. */
static void take_other(struct scan *s, uint8_t class, size_t len)
{
    uint8_t base = class & WB_MASK;
    s->at += len;
    if (base == WB_IGNORED) {
        if (s->word && !s->pending)
            s->word_end = s->at;
        return;
    }
    bool middle = base >= WB_MID_LETTER && base <= WB_MID_BOTH;
    if (middle && s->word && !s->pending && joins(base, s->last)) {
        s->pending = class;
        return;
    }
    close_word(s);
    if (class & WB_STOP)
        s->flags |= SEGMENT_STOP;
}

/* Class and length of the character at s->at; WB_ICU for one without a class. */
static uint8_t classify(struct scan *s, size_t *len)
{
    bool bad;
    uint32_t c = clus__utf8_at(s->at, s->end, len, &bad);
    s->invalid += bad;
    if (bad || c == 0x2116) /* № is frequent and stands alone */
        return WB_OTHER;
    uint32_t i = clus__class_index(c);
    return i < CLASS_COUNT ? s->classes->word_break[i] : WB_ICU;
}

/* Over the letters of U+0400 to U+047F that come next, all of them WB_LETTER: four at a
 * time, lead D0 or D1 and a tail each. */
static inline const uint8_t *skip_cyrillic(const uint8_t *p, const uint8_t *end)
{
    while (end - p >= 8) {
        uint64_t odd = (clus__le64(p) & 0xC0FEC0FEC0FEC0FEu) ^ 0x80D080D080D080D0u;
        if (odd)
            return p + (size_t)__builtin_ctzll(odd) / 16 * 2;
        p += 8;
    }
    return p;
}

/* Go on while letters of one or two bytes follow, most of any text. */
static inline void take_letters(struct scan *s)
{
    const uint8_t *class = s->classes->word_break, *end = s->end,
                  *p = skip_cyrillic(s->at, end);
    while (end - p >= 2) {
        if (p[0] < 0x80) {
            if (class[p[0]] != WB_LETTER)
                break;
            p++;
        } else {
            uint32_t c = (p[0] & 0x1Fu) << 6 | (p[1] & 0x3Fu);
            if (p[0] < 0xC2 || p[0] > 0xD3 || !clus__utf8_is_tail(p[1]) ||
                class[c] != WB_LETTER)
                break;
            p = skip_cyrillic(p + 2, end);
        }
    }
    s->at = s->word_end = p;
}

/* Run to the end of the piece; false when it is for ICU. */
static bool scan_piece(struct scan *s)
{
    while (s->at < s->end) {
        if (is_blank(*s->at))
            break;
        size_t len = 1;
        uint8_t class = *s->at < 0x80 ? s->classes->word_break[*s->at] : classify(s, &len);
        if (class == WB_LETTER) {
            take_part(s, class, len);
            take_letters(s);
        } else if (class == WB_DIGIT || class == WB_JOINER) {
            take_part(s, class, len);
        } else if (class == WB_ICU) {
            return false;
        } else {
            take_other(s, class, len);
        }
    }
    close_word(s);
    return true;
}

/* The last place at or before `limit` that does not cut a character. */
static const uint8_t *cut_before(const uint8_t *from, const uint8_t *limit)
{
    const uint8_t *p = limit;
    for (int i = 0; i < 3 && p > from && clus__utf8_is_tail(*p); i++)
        p--;
    return p > from && !clus__utf8_is_tail(*p) ? p : limit;
}

static const uint8_t *piece_limit(const uint8_t *from, const uint8_t *end)
{
    return end - from <= PIECE_MAX ? end : cut_before(from, from + PIECE_MAX);
}

/* Which of eight bytes are below 0x21, as all blanks are: the high bit of each; those above
 * the first may be wrong. */
static uint64_t low_bytes(uint64_t x)
{
    return (x - 0x2121212121212121u) & ~x & 0x8080808080808080u;
}

static const uint8_t *piece_end(const uint8_t *from, const uint8_t *limit)
{
    const uint8_t *p = from;
    while (p < limit) {
        if (limit - p >= 8) {
            uint64_t low = low_bytes(clus__le64(p));
            p += low ? __builtin_ctzll(low) / 8 : 8;
            if (!low)
                continue;
        }
        if (is_blank(*p))
            break;
        p++;
    }
    return p;
}

static const uint8_t *skip_blanks(const uint8_t *p, const uint8_t *end, uint8_t *flags)
{
    for (; p < end && is_blank(*p); p++)
        if (*p == '\n')
            *flags |= SEGMENT_LINE;
    return p;
}

clus_status clus__segmenter_new(const struct classes *classes, enum cpu_level level,
                                struct segmenter **out)
{
    struct segmenter *s = clus__calloc(1, sizeof *s);
    if (!s)
        return CLUS_E_NOMEM;
    s->classes = classes;
    s->level = level;
    *out = s;
    return CLUS_OK;
}

void clus__segmenter_free(struct segmenter *s)
{
    if (!s)
        return;
    clus__icu_words_free(s->icu);
    clus__free(s);
}

#if CLUS_HAS_VECTOR128

static inline uint64_t below(uint64_t bit)
{
    return bit - 1;
}

static inline uint8_t flags_of(const struct segment_block *b, uint64_t between)
{
    return (uint8_t)((b->stops & between ? SEGMENT_STOP : 0) |
                     (b->lines & between ? SEGMENT_LINE : 0));
}

/* The words of the next 64 bytes, up to the last blank before something odd; false when
 * there is no such blank: the first piece takes rules, or is long. */
static bool scan_block(struct scan *s)
{
    struct segment_block b;
    clus__segment_block_vector128(s->at, &b);
    uint64_t usable = b.odd ? below(b.odd & -b.odd) : UINT64_MAX,
             blanks = b.blanks & usable;
    if (blanks == 0)
        return false;
    usable = below(UINT64_C(1) << (63 - __builtin_clzll(blanks)));
    b.letters &= usable;
    uint64_t starts = b.letters & ~(b.letters << 1), ends = ~b.letters & b.letters << 1;
    uint64_t between = usable; /* what is behind the last word */
    uint32_t base = (uint32_t)(s->at - s->text);
    uint8_t flags = s->flags;
    for (; starts; starts &= starts - 1, ends &= ends - 1) {
        uint64_t start = starts & -starts, end = ends & -ends;
        *s->out++ = (struct token){.start = base + (uint32_t)__builtin_ctzll(start),
                                   .end = base + (uint32_t)__builtin_ctzll(end),
                                   .why = flags | flags_of(&b, between & below(start))};
        between = usable & ~below(end);
        flags = 0;
    }
    s->flags = flags | flags_of(&b, between);
    s->at += 63 - __builtin_clzll(blanks);
    return true;
}

#endif

/* Whether the next pieces were plain enough to be taken together. */
static inline bool scan_plain(struct scan *s)
{
#if CLUS_HAS_VECTOR128
    return s->level >= CPU_VECTOR128 && s->end - s->at >= 64 && scan_block(s);
#else
    (void)s;
    return false;
#endif
}

enum scan_end { SCAN_DONE, SCAN_ROOM, SCAN_ICU };

/* Run through pieces until the text ends, there is no room for the words of the next one,
 * or one is for ICU; s->at is where that begins. */
static enum scan_end scan_pieces(struct scan *s, bool icu_only)
{
    for (;;) {
        s->at = skip_blanks(s->at, s->stop, &s->flags);
        if (s->at == s->stop)
            return SCAN_DONE;
        s->end = piece_limit(s->at, s->stop);
        /* A word takes two bytes at least, one of them a break. */
        if (s->room - s->out <= (s->end - s->at) / 2)
            return SCAN_ROOM;
        if (!icu_only && scan_plain(s))
            continue;
        s->piece = (struct mark){s->at, s->out, s->invalid, s->flags};
        if (icu_only || !scan_piece(s))
            break;
    }
    s->at = s->piece.at;
    s->out = s->piece.out;
    s->invalid = s->piece.invalid;
    s->flags = s->piece.flags;
    s->word = NULL;
    s->pending = 0;
    s->has_letter = false;
    return SCAN_ICU;
}

/* Hand the piece that begins at s->at to ICU. */
static clus_status ask_icu(struct segmenter *segmenter, struct bytes text, struct scan *s,
                           struct token_list *out)
{
    if (!segmenter->icu) {
        clus_status st = clus__icu_words_new(PIECE_MAX, &segmenter->icu);
        if (st != CLUS_OK)
            return st;
    }
    const uint8_t *to = piece_end(s->at, s->end);
    struct icu_piece piece = {(size_t)(s->at - text.data), (size_t)(to - text.data)};
    s->at = to;
    return clus__icu_words_run(segmenter->icu, text, piece, out, &s->flags);
}

static clus_status segment(struct segmenter *segmenter, struct bytes text,
                           struct token_list *out, bool icu_only)
{
    if (text.len == 0)
        return CLUS_OK; /* an absent text has no address to count from */
    struct scan s = {.classes = segmenter->classes,
                     .level = segmenter->level,
                     .text = text.data,
                     .stop = text.data + text.len,
                     .at = text.data,
                     .end = piece_limit(text.data, text.data + text.len)};
    enum scan_end why = SCAN_ROOM;
    while (why != SCAN_DONE) {
        clus_status st =
            why == SCAN_ICU
                ? ask_icu(segmenter, text, &s, out)
                : clus__grow(&out->items, &out->cap,
                             out->n + (size_t)(s.end - s.at) / 2 + 1, sizeof *out->items);
        if (st != CLUS_OK)
            return st;
        s.out = out->items + out->n;
        s.room = out->items + out->cap;
        why = scan_pieces(&s, icu_only);
        out->n = (size_t)(s.out - out->items);
    }
    out->invalid += s.invalid;
    return CLUS_OK;
}

clus_status clus__segment(struct segmenter *s, struct bytes text, struct token_list *out)
{
    return segment(s, text, out, false);
}

clus_status clus__segment_by_icu(struct segmenter *s, struct bytes text,
                                 struct token_list *out)
{
    return segment(s, text, out, true);
}

clus_status clus__segment_blanks(struct bytes text, struct token_list *out)
{
    if (text.len == 0)
        return CLUS_OK; /* an absent text has no address to count from */
    const uint8_t *p = text.data, *end = text.data + text.len;
    uint8_t flags = 0;
    while ((p = skip_blanks(p, end, &flags)) < end) {
        clus_status st = clus__grow(&out->items, &out->cap, out->n + 1, sizeof *out->items);
        if (st != CLUS_OK)
            return st;
        const uint8_t *to = piece_end(p, end);
        out->items[out->n++] = (struct token){.start = (uint32_t)(p - text.data),
                                              .end = (uint32_t)(to - text.data)};
        p = to;
    }
    return CLUS_OK;
}
