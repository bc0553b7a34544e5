/* Texts to codes and back. */
#include "codec/symbols.h"

#include "base/alloc.h"
#include "codec/symbols_finder.h"

enum { LANES = 4 };
#define PREFIX_MASK UINT64_C(0xFFFFFFFFFF) /* of five bytes */

/* ---- the table ---- */

static void clear_symbols(struct symbols *s)
{
    memset(s, 0, sizeof *s);
    for (unsigned byte = 0; byte < 256; byte++) {
        s->strings[SYMBOLS_BYTES + byte] = byte;
        s->lengths[SYMBOLS_BYTES + byte] = 1;
    }
}

void clus__symbols_clear(struct symbol_finder *f)
{
    clear_symbols(&f->symbols);
    for (uint32_t pair = 0; pair < 1 << 16; pair++)
        f->pairs[pair] = clus__symbol_code(SYMBOLS_SHORT | (pair & 0xFF) << 8, 2, 1);
    /* an empty slot has zero bytes, which are looked for in the first one only, or there
     * something else that is not */
    for (uint64_t i = 0; i < 1 << FINDER_BITS; i++)
        f->slots[i] = (struct symbol_slot){i == 0, PREFIX_MASK, 0};
}

static uint32_t next_code(uint32_t n, unsigned len)
{
    uint32_t i = n - SYMBOLS_SHORT;
    return n < SYMBOLS_SHORT
               ? clus__symbol_code(n, 1, len)
               : clus__symbol_code((SYMBOLS_SHORT + 1 + (i >> 8)) | (i & 0xFF) << 8, 2,
                                   len);
}

/* Wherever no pair has a code. */
static bool add_byte(struct symbol_finder *f, uint8_t byte, uint32_t code)
{
    if (clus__symbol_written(code) > 1)
        return false; /* the one that it has is as good */
    for (uint32_t second = 0; second < 256; second++) {
        uint32_t *at = &f->pairs[second << 8 | byte];
        if (clus__symbol_len(*at) == 1)
            *at = code;
    }
    return true;
}

bool clus__symbols_add(struct symbol_finder *f, uint64_t string, unsigned len)
{
    uint32_t ignored, code = next_code(f->symbols.n, len);
    if (len == 1 && !add_byte(f, (uint8_t)string, code))
        return false;
    if (len == 2 && clus__symbol_len(f->pairs[string]) == 2)
        return false;
    if (len == 2)
        f->pairs[string] = code;
    if (len > 2) {
        struct symbol_slot *slot = &f->slots[clus__symbol_place(string, len < 5 ? 3 : 5)];
        if (slot->code)
            return false;
        *slot = (struct symbol_slot){string, UINT64_MAX >> (64 - 8 * len), code};
    }
    uint32_t number = clus__symbol_number(code & 0xFF, code >> 8 & 0xFF, &ignored);
    f->symbols.strings[number] = string;
    f->symbols.lengths[number] = (uint8_t)len;
    f->symbols.n++;
    return true;
}

void clus__symbols_forget(struct symbol_finder *finder)
{
    clus__free(finder);
}

const struct symbols *clus__symbols_of(const struct symbol_finder *finder)
{
    return &finder->symbols;
}

/* ---- encoding ---- */

/* A text is cut at four places at once, for each cut waits for the one before it. */
struct lane {
    const uint8_t *in, *end;
    uint8_t *out;
};

static inline void take(struct lane *lane, uint32_t code)
{
    clus__put_le16(lane->out, (uint16_t)code);
    lane->out += clus__symbol_written(code);
    lane->in += clus__symbol_len(code);
}

/* Codes that may be taken in each lane without looking for its end. */
static size_t steps(const struct lane *lanes)
{
    ptrdiff_t least = lanes[0].end - lanes[0].in;
    for (int i = 1; i < LANES; i++)
        least = lanes[i].end - lanes[i].in < least ? lanes[i].end - lanes[i].in : least;
    return (size_t)least / SYMBOL_MOST;
}

size_t clus__symbols_encode(const struct symbol_finder *finder, struct bytes in,
                            uint8_t *out)
{
    struct lane lanes[LANES];
    const uint8_t *begin[LANES];
    for (size_t i = 0; i < LANES; i++) {
        size_t from = in.len * i / LANES, to = in.len * (i + 1) / LANES;
        lanes[i] = (struct lane){in.data + from, in.data + to, out + SYMBOLS_MORE * from};
        begin[i] = lanes[i].out;
    }
    for (size_t n; (n = steps(lanes)) > 0;) {
        while (n-- > 0) {
            uint32_t codes[LANES];
            for (int i = 0; i < LANES; i++)
                codes[i] = clus__symbol_at(finder, clus__le64(lanes[i].in));
            for (int i = 0; i < LANES; i++)
                take(&lanes[i], codes[i]);
        }
    }
    uint8_t *to = out;
    for (int i = 0; i < LANES; i++) {
        while (lanes[i].in < lanes[i].end)
            take(&lanes[i], clus__symbol_before(finder, lanes[i].in, lanes[i].end));
        size_t len = (size_t)(lanes[i].out - begin[i]);
        memmove(to, begin[i], len);
        to += len;
    }
    return (size_t)(to - out);
}

/* ---- decoding ---- */

bool clus__symbols_decode(const struct symbols *symbols, struct bytes in, uint8_t *out,
                          size_t room, size_t *len)
{
    const uint8_t *p = in.data, *end = p + in.len, *begin = out, *stop = out + room;
    uint32_t n;
    while (end - p >= 2 && stop - out >= SYMBOL_MOST) {
        uint32_t number = clus__symbol_number(p[0], p[1], &n);
        clus__put_le64(out, symbols->strings[number]);
        out += symbols->lengths[number];
        p += n;
    }
    while (p < end) {
        uint32_t number = clus__symbol_number(*p, end - p > 1 ? p[1] : 0, &n);
        uint8_t more = symbols->lengths[number];
        if (n > (size_t)(end - p) || more > stop - out)
            return false;
        memcpy(out, &symbols->strings[number], more);
        out += more;
        p += n;
    }
    *len = (size_t)(out - begin);
    return true;
}

/* ---- as bytes ---- */

/* Where the i-th string stands: single bytes are not stored. */
static uint32_t number_of(uint32_t i)
{
    return i < SYMBOLS_SHORT ? i : i + 256;
}

void clus__symbols_store(const struct symbols *symbols, uint8_t *out)
{
    for (uint32_t i = 0; i < symbols->n; i++, out += SYMBOL_STORED) {
        out[0] = symbols->lengths[number_of(i)];
        clus__put_le64(out + 1, symbols->strings[number_of(i)]);
    }
}

bool clus__symbols_load(struct bytes in, struct symbols *out)
{
    clear_symbols(out);
    if (in.len % SYMBOL_STORED != 0 || in.len / SYMBOL_STORED > SYMBOLS_MAX)
        return false;
    out->n = (uint32_t)(in.len / SYMBOL_STORED);
    for (uint32_t i = 0; i < out->n; i++) {
        const uint8_t *p = in.data + (size_t)i * SYMBOL_STORED;
        if (p[0] < 1 || p[0] > SYMBOL_MOST)
            return false;
        out->lengths[number_of(i)] = p[0];
        out->strings[number_of(i)] = clus__le64(p + 1);
    }
    return true;
}
