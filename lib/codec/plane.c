/* Encoder of flag planes. */
#include "codec/plane.h"

#include <string.h>

#include "base/le.h"

/* A flag of eight documents, a byte each. */
static uint64_t eight_flags(const uint8_t *flags, unsigned plane)
{
    return clus__le64(flags) >> plane & 0x0101010101010101u;
}

static size_t put_places(const uint8_t *bits, uint32_t bytes, uint8_t *out)
{
    size_t n = 0;
    for (uint32_t i = 0; i < bytes; i++)
        for (unsigned rest = bits[i]; rest; rest &= rest - 1)
            out[++n] = (uint8_t)(8 * i + (unsigned)__builtin_ctz(rest));
    out[0] = (uint8_t)n;
    return n + 1;
}

size_t clus__plane_pack(const uint8_t *flags, uint32_t n, unsigned plane,
                        enum plane_mode *mode, uint8_t *out)
{
    uint8_t bits[BLOCK_DOCS / 8];
    uint32_t set = 0, bytes = (n + 7) / 8;
    for (uint32_t i = 0; i < bytes; i++) {
        uint64_t each = eight_flags(flags + (size_t)8 * i, plane);
        bits[i] = (uint8_t)(each * 0x0102040810204080u >> 56); /* side by side */
        set += (uint32_t)(each * 0x0101010101010101u >> 56);   /* their sum */
    }
    *mode = set == 0           ? PLANE_NONE
            : set == n         ? PLANE_ALL
            : set + 1 <= bytes ? PLANE_PLACES
                               : PLANE_BITS;
    if (*mode == PLANE_PLACES)
        return put_places(bits, bytes, out);
    if (*mode != PLANE_BITS)
        return 0;
    memcpy(out, bits, bytes);
    return bytes;
}
