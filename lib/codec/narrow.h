/*
 * Text in fewer bytes, before it is compressed: UTF-8 in which a Cyrillic letter and the
 * punctuation beside it take one byte instead of two or three. A compressor has half as
 * much to look at then, and finds more. Any bytes come back as they were. FORMAT.md,
 * section "Stored documents".
 */
#ifndef CLUS_CODEC_NARROW_H
#define CLUS_CODEC_NARROW_H

#include "base/bytes.h"
#include "base/cpu.h"

enum {
    NARROW_MOST = 2,  /* times as many bytes, where nothing is known */
    NARROW_OVER = 16, /* bytes behind those that may be written to */
};

/* Write what stands for `in` to `out`, which has NARROW_MOST times its bytes and
 * NARROW_OVER; the number of bytes. Every level writes the same. */
size_t clus__narrow(enum cpu_level level, struct bytes in, uint8_t *out);

/* The reverse: false unless exactly `len` bytes come out. */
bool clus__widen(enum cpu_level level, struct bytes in, uint8_t *out, size_t len);

/* ---- the loops: as far as only plain ASCII and letters of U+0400 to U+047F come ---- */

/* Where they stand. */
struct narrowing {
    const uint8_t *in;
    uint8_t *out;
};

#if CLUS_HAS_VECTOR128
struct narrowing clus__narrow_vector128(struct narrowing at, const uint8_t *end);
/* Writes within `stop` only. */
struct narrowing clus__widen_vector128(struct narrowing at, const uint8_t *end,
                                       const uint8_t *stop);
#endif
enum { NARROW_WIDE = 64 };
#if CLUS_HAS_VECTOR512
/* As long as so many bytes are left; where the processor has AVX-512 VBMI2. */
struct narrowing clus__narrow_vector512(struct narrowing at, const uint8_t *end);
#endif

#endif
