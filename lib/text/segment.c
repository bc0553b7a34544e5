/* Words of a text: the automaton, and ICU for what it does not know. */
#include "text/segment.h"

#include <string.h>

#include "base/alloc.h"
#include "base/le.h"
#include "text/segment_icu.h"
#include "text/utf8.h"

enum { PIECE_MAX = 64 << 10 };

struct segmenter {
    const struct classes *classes;
    struct icu_words *icu; /* made when first needed */
};

/* The automaton on its way through one piece. */
struct scan {
    const struct classes *classes;
    const uint8_t *text; /* offsets count from here */
    const uint8_t *at, *end;
    struct token *out;   /* where the next word goes */
    const uint8_t *word; /* start of the open word, or NULL */
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

/* Go on while letters of one or two bytes follow, most of any text. */
static inline void take_letters(struct scan *s)
{
    const uint8_t *class = s->classes->word_break, *p = s->at, *end = s->end;
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
            p += 2;
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

clus_status clus__segmenter_new(const struct classes *classes, struct segmenter **out)
{
    struct segmenter *s = clus__calloc(1, sizeof *s);
    if (!s)
        return CLUS_E_NOMEM;
    s->classes = classes;
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

/* Hand [from, to) of text to ICU. */
static clus_status ask_icu(struct segmenter *s, struct bytes text, struct icu_piece piece,
                           struct token_list *out, uint8_t *flags)
{
    if (!s->icu) {
        clus_status st = clus__icu_words_new(PIECE_MAX, &s->icu);
        if (st != CLUS_OK)
            return st;
    }
    return clus__icu_words_run(s->icu, text, piece, out, flags);
}

static clus_status segment(struct segmenter *s, struct bytes text, struct token_list *out,
                           bool icu_only)
{
    if (text.len == 0)
        return CLUS_OK; /* an absent text has no address to count from */
    const uint8_t *p = text.data, *end = text.data + text.len;
    uint8_t flags = 0;
    while ((p = skip_blanks(p, end, &flags)) < end) {
        const uint8_t *limit = piece_limit(p, end);
        /* A word takes two bytes at least, one of them a break. */
        clus_status st =
            clus__grow(&out->items, &out->cap, out->n + (size_t)(limit - p) / 2 + 1,
                       sizeof *out->items);
        if (st != CLUS_OK)
            return st;
        struct scan scan = {.classes = s->classes,
                            .text = text.data,
                            .at = p,
                            .end = limit,
                            .out = out->items + out->n,
                            .flags = flags};
        if (!icu_only && scan_piece(&scan)) {
            out->n = (size_t)(scan.out - out->items);
            out->invalid += scan.invalid;
            flags = scan.flags;
            p = scan.at;
            continue;
        }
        limit = piece_end(p, limit);
        struct icu_piece piece = {(size_t)(p - text.data), (size_t)(limit - text.data)};
        st = ask_icu(s, text, piece, out, &flags);
        if (st != CLUS_OK)
            return st;
        p = limit;
    }
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
