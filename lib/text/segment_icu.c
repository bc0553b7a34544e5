/*
 * Words by ICU. The overrides are made by handing ICU another character of the wanted kind
 * in place of '@', ':' and '.', so that its rules do the rest.
 */
#include "text/segment_icu.h"

#include <unicode/ubrk.h>
#include <unicode/uchar.h>

#include "base/alloc.h"
#include "text/segment.h"
#include "text/utf8.h"

struct icu_words {
    UBreakIterator *iterator;
    UChar *units;
    size_t max_bytes;
};

clus_status clus__icu_words_new(size_t max_bytes, struct icu_words **out)
{
    struct icu_words *w = clus__calloc(1, sizeof *w);
    if (!w)
        return CLUS_E_NOMEM;
    w->max_bytes = max_bytes;
    w->units = clus__calloc(max_bytes, sizeof *w->units);
    UErrorCode e = U_ZERO_ERROR;
    w->iterator = ubrk_open(UBRK_WORD, "root", NULL, 0, &e);
    clus_status st = w->units ? clus__icu_status(e) : CLUS_E_NOMEM;
    if (st != CLUS_OK) {
        clus__icu_words_free(w);
        return st;
    }
    *out = w;
    return CLUS_OK;
}

void clus__icu_words_free(struct icu_words *w)
{
    if (!w)
        return;
    ubrk_close(w->iterator);
    clus__free(w->units);
    clus__free(w);
}

static uint32_t stand_in(uint32_t c)
{
    switch (c) {
    case '@':
    case ':': return '!'; /* breaks */
    case '.':
    case 0x2024:             /* one dot leader */
    case 0xFE52:             /* small full stop */
    case 0xFF0E: return ','; /* joins digits only */
    default: return c;
    }
}

/* Fill w->units with the piece; a byte makes one unit at most. */
static size_t convert(struct icu_words *w, struct bytes piece, uint64_t *invalid)
{
    const uint8_t *p = piece.data, *end = p + piece.len;
    size_t n = 0;
    while (p < end) {
        size_t len;
        bool bad;
        uint32_t c = stand_in(clus__utf8_at(p, end, &len, &bad));
        *invalid += bad;
        U16_APPEND_UNSAFE(w->units, n, c);
        p += len;
    }
    return n;
}

static bool is_stop(uint32_t c)
{
    switch (c) {
    case '.':
    case '!':
    case '?':
    case 0x85:   /* next line */
    case 0x2026: /* … */
    case 0x2028: /* line and paragraph separators */
    case 0x2029:
    case 0x3002: /* ideographic full stop */
    case 0xFF01:
    case 0xFF0E:
    case 0xFF1F: return true;
    default: return false;
    }
}

/* ICU's own verdict on a span misses a few words (a letter, an underscore and a mark after
 * it), so a character that is certainly part of a word counts more. */
enum { NO_WORD, MAYBE_WORD, WORD };

static int makes_word(uint32_t c)
{
    switch (u_getIntPropertyValue((UChar32)c, UCHAR_WORD_BREAK)) {
    case U_WB_ALETTER:
    case U_WB_HEBREW_LETTER:
    case U_WB_KATAKANA:
    case U_WB_NUMERIC: return WORD;
    case U_WB_EXTENDNUMLET:
    case U_WB_EXTEND:
    case U_WB_FORMAT:
    case U_WB_ZWJ: return NO_WORD;
    default: return MAYBE_WORD; /* ideographs, Thai … */
    }
}

/* What lies between two boundaries. */
struct span {
    int word; /* NO_WORD … WORD */
    bool stop;
};

/* Move *p over `units` units' worth of characters. */
static struct span advance(const uint8_t **p, const uint8_t *end, int32_t units)
{
    struct span span = {NO_WORD, false};
    while (units > 0) {
        size_t len;
        bool bad;
        uint32_t c = clus__utf8_at(*p, end, &len, &bad);
        units -= c > 0xFFFF ? 2 : 1;
        *p += len;
        int word = makes_word(c);
        span.word = word > span.word ? word : span.word;
        span.stop |= is_stop(c);
    }
    return span;
}

clus_status clus__icu_words_run(struct icu_words *w, struct bytes text,
                                struct icu_piece piece, struct token_list *out,
                                uint8_t *flags)
{
    const uint8_t *p = text.data + piece.from, *end = text.data + piece.to;
    size_t n = convert(w, (struct bytes){p, piece.to - piece.from}, &out->invalid);
    UErrorCode e = U_ZERO_ERROR;
    ubrk_setText(w->iterator, w->units, (int32_t)n, &e);
    if (U_FAILURE(e))
        return clus__icu_status(e);
    int32_t last = ubrk_first(w->iterator);
    for (int32_t next; (next = ubrk_next(w->iterator)) != UBRK_DONE; last = next) {
        int icu_word = ubrk_getRuleStatus(w->iterator) >= UBRK_WORD_NUMBER;
        const uint8_t *from = p;
        struct span span = advance(&p, end, next - last);
        if (span.word + icu_word < WORD) {
            *flags |= span.stop ? SEGMENT_STOP : 0;
            continue;
        }
        clus_status st = clus__grow(&out->items, &out->cap, out->n + 1, sizeof *out->items);
        if (st != CLUS_OK)
            return st;
        out->items[out->n++] = (struct token){.start = (uint32_t)(from - text.data),
                                              .end = (uint32_t)(p - text.data),
                                              .why = *flags};
        *flags = 0;
    }
    return CLUS_OK;
}
