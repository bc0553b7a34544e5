/*
 * Where to cut a passage. The sentences that the core stands in come first, then those
 * that follow in its paragraph, then some of what stands around, until half of the room is
 * used: a reader gains more from whole sentences than from a full line.
 */
#include "snippet/cut.h"

#include "base/chars.h"
#include "base/utf8.h"
#include "snippet/sentence.h"

struct room {
    struct bytes text;
    size_t max_chars;
};

/* Step over one code point or one run of blanks. */
static size_t step(struct bytes text, size_t at)
{
    size_t used, behind = clus__skip_blanks(text, at);
    if (behind > at)
        return behind;
    (void)clus__code_at(text, at, &used);
    return at + used;
}

static size_t step_back(struct bytes text, size_t at)
{
    size_t before = clus__skip_blanks_back(text, at);
    return before < at ? before : clus__code_before(text, at);
}

size_t clus__passage_chars(struct bytes text, size_t from, size_t end)
{
    size_t n = 0;
    for (; from < end; n++)
        from = step(text, from);
    return n;
}

/* The byte `chars` behind `from`, or the end. */
static size_t forward(struct bytes text, size_t from, size_t chars)
{
    for (; chars > 0 && from < text.len; chars--)
        from = step(text, from);
    return from;
}

static size_t backward(struct bytes text, size_t from, size_t chars)
{
    for (; chars > 0 && from > 0; chars--)
        from = step_back(text, from);
    return from;
}

static bool is_blank_at(struct bytes text, size_t at)
{
    size_t used;
    int32_t c = at < text.len ? clus__code_at(text, at, &used) : CODE_BAD;
    return c != CODE_BAD && clus__is_blank(c);
}

static bool is_regional(int32_t c)
{
    return c >= 0x1F1E6 && c <= 0x1F1FF;
}

/* Between two halves of a flag: an odd number of its letters stands before. */
static bool splits_flag(struct bytes text, size_t at)
{
    size_t used, n = 0;
    if (!is_regional(clus__code_at(text, at, &used)))
        return false;
    while (at > 0) {
        at = clus__code_before(text, at);
        if (!is_regional(clus__code_at(text, at, &used)))
            break;
        n++;
    }
    return n % 2 == 1;
}

static bool splits_character(struct bytes text, size_t at)
{
    enum { JOINER = 0x200D };
    size_t used;
    if (at == 0 || at >= text.len)
        return false;
    return clus__is_extending(clus__code_at(text, at, &used)) ||
           clus__code_at(text, clus__code_before(text, at), &used) == JOINER ||
           (text.data[at] == '\n' && text.data[at - 1] == '\r') || splits_flag(text, at);
}

/* The last place up to `end` where the text may be cut, not before `least`: at a blank, or
 * else between characters. */
static size_t end_at_word(struct bytes text, size_t least, size_t end)
{
    if (end >= text.len || is_blank_at(text, end))
        return clus__skip_blanks_back(text, end);
    for (size_t at = end; at > least; at = clus__code_before(text, at))
        if (is_blank_at(text, clus__code_before(text, at)))
            return clus__skip_blanks_back(text, at);
    size_t whole = end;
    while (whole > least && splits_character(text, whole))
        whole = clus__code_before(text, whole);
    return whole > least ? whole : end; /* a heap of marks as long as the passage */
}

static bool begins_word(struct bytes text, size_t at)
{
    return at == 0 || is_blank_at(text, clus__code_before(text, at));
}

static bool begins_clause(struct bytes text, size_t at)
{
    size_t end = clus__skip_blanks_back(text, at);
    return end > 0 && end < at && text.data[end - 1] != '\0' &&
           strchr(",;:", text.data[end - 1]);
}

/* The first place from `start` on where the text may be cut, not behind `most`: at a clause
 * if one begins in the first half, at a word, or else between characters. */
static size_t start_at_word(struct bytes text, size_t start, size_t most)
{
    size_t used, word = SIZE_MAX, middle = start + (most - start) / 2;
    for (size_t at = start; at <= most; at += used) {
        if (!is_blank_at(text, at) && begins_word(text, at)) {
            word = word == SIZE_MAX ? at : word;
            if (at > middle || begins_clause(text, at))
                return at > middle ? word : at;
        }
        if (at == text.len)
            break;
        (void)clus__code_at(text, at, &used);
    }
    if (word != SIZE_MAX)
        return word;
    while (start < most && splits_character(text, start)) {
        (void)clus__code_at(text, start, &used);
        start += used;
    }
    return start;
}

static bool fits(const struct room *room, size_t from, size_t end)
{
    return clus__passage_chars(room->text, from, end) <= room->max_chars;
}

/* Sentences behind the extent while they fit; once half of the room is used, only those of
 * the same paragraph. */
static void add_next_sentences(const struct room *room, struct extent *e)
{
    struct bytes text = room->text;
    size_t half = forward(text, e->start, room->max_chars / 2);
    size_t most = forward(text, e->start, room->max_chars);
    for (;;) {
        size_t next = clus__skip_blanks(text, e->end);
        if (next >= most ||
            (e->end > half && memchr(text.data + e->end, '\n', next - e->end) != NULL))
            return;
        size_t end = clus__sentence_end(text, step(text, next), most);
        if (end == SIZE_MAX)
            return;
        e->end = end;
    }
}

static bool add_last_sentence(const struct room *room, struct extent *e)
{
    size_t before = clus__skip_blanks_back(room->text, e->start);
    size_t least = backward(room->text, e->end, room->max_chars);
    if (before == 0 || before <= least)
        return false;
    size_t start =
        clus__sentence_start(room->text, clus__code_before(room->text, before), least);
    if (start == SIZE_MAX || !fits(room, start, e->end))
        return false;
    e->start = start;
    return true;
}

static bool is_half_empty(const struct room *room, const struct extent *e)
{
    return clus__passage_chars(room->text, e->start, e->end) < room->max_chars / 2;
}

static struct extent around_sentences(const struct room *room, struct extent e)
{
    add_next_sentences(room, &e);
    while (is_half_empty(room, &e) && add_last_sentence(room, &e)) {
    }
    if (!is_half_empty(room, &e))
        return e;
    size_t end = forward(room->text, e.start, room->max_chars);
    e.end = end_at_word(room->text, e.end, end);
    if (is_half_empty(room, &e)) {
        size_t start = backward(room->text, e.end, room->max_chars);
        e.start = start_at_word(room->text, start, e.start);
    }
    return e;
}

/* The sentence is longer than the room: two thirds of what is left go behind the core. */
static struct extent inside_sentence(const struct room *room, struct extent core,
                                     size_t sentence, size_t sentence_end)
{
    struct bytes text = room->text;
    size_t core_chars = clus__passage_chars(text, core.start, core.end);
    size_t left = core_chars < room->max_chars ? room->max_chars - core_chars : 0;
    struct extent e = {.start = backward(text, core.start, left / 3)};
    if (sentence_end != SIZE_MAX && fits(room, e.start, sentence_end))
        e.start = backward(text, sentence_end, room->max_chars);
    if (sentence != SIZE_MAX && e.start < sentence)
        e.start = sentence;
    if (e.start > core.start)
        e.start = core.start;
    e.start = start_at_word(text, e.start, core.start);
    size_t end = forward(text, e.start, room->max_chars);
    e.end = sentence_end != SIZE_MAX && sentence_end <= end
                ? sentence_end
                : end_at_word(text, core.end < end ? core.end : e.start, end);
    if (begins_clause(text, e.start) || e.start == sentence)
        return e;
    size_t start = backward(text, e.end, room->max_chars); /* what snapping left over */
    if (sentence != SIZE_MAX && start < sentence)
        start = sentence;
    if (start < e.start)
        e.start = start_at_word(text, start, e.start);
    return e;
}

struct extent clus__passage_cut(struct bytes text, struct extent core, size_t max_chars)
{
    struct room room = {text, max_chars};
    size_t least = backward(text, core.start, max_chars);
    size_t most = forward(text, core.start, max_chars);
    size_t sentence = clus__sentence_start(text, core.start, least);
    size_t end = clus__sentence_end(text, core.end, most);
    if (sentence != SIZE_MAX && end != SIZE_MAX && fits(&room, sentence, end))
        return around_sentences(&room, (struct extent){sentence, end});
    if (sentence != SIZE_MAX &&
        clus__passage_chars(text, sentence, core.end) <= max_chars / 4 * 3) {
        size_t full = forward(text, sentence, max_chars);
        return (struct extent){sentence, end_at_word(text, core.end, full)};
    }
    return inside_sentence(&room, core, sentence, end);
}
