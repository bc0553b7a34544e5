/* The sets of loops behind clus__pack_ops(). */
#ifndef CLUS_CODEC_BITPACK_OPS_H
#define CLUS_CODEC_BITPACK_OPS_H

#include "codec/bitpack.h"

/* One unpacking loop for each width from 1 to 32: ONE(width). */
#define CLUS_EACH_WIDTH(ONE)                                                               \
    ONE(1)                                                                                 \
    ONE(2)                                                                                 \
    ONE(3)                                                                                 \
    ONE(4)                                                                                 \
    ONE(5)                                                                                 \
    ONE(6)                                                                                 \
    ONE(7)                                                                                 \
    ONE(8)                                                                                 \
    ONE(9)                                                                                 \
    ONE(10)                                                                                \
    ONE(11)                                                                                \
    ONE(12)                                                                                \
    ONE(13)                                                                                \
    ONE(14)                                                                                \
    ONE(15)                                                                                \
    ONE(16)                                                                                \
    ONE(17)                                                                                \
    ONE(18)                                                                                \
    ONE(19)                                                                                \
    ONE(20)                                                                                \
    ONE(21)                                                                                \
    ONE(22)                                                                                \
    ONE(23)                                                                                \
    ONE(24)                                                                                \
    ONE(25)                                                                                \
    ONE(26)                                                                                \
    ONE(27)                                                                                \
    ONE(28)                                                                                \
    ONE(29)                                                                                \
    ONE(30)                                                                                \
    ONE(31)                                                                                \
    ONE(32)

/* ROW(width, row) for each of the 32 rows. */
#define CLUS_8_ROWS(ROW, width, r)                                                         \
    ROW(width, (r) + 0);                                                                   \
    ROW(width, (r) + 1);                                                                   \
    ROW(width, (r) + 2);                                                                   \
    ROW(width, (r) + 3);                                                                   \
    ROW(width, (r) + 4);                                                                   \
    ROW(width, (r) + 5);                                                                   \
    ROW(width, (r) + 6);                                                                   \
    ROW(width, (r) + 7)
#define CLUS_EACH_ROW(ROW, width)                                                          \
    CLUS_8_ROWS(ROW, width, 0);                                                            \
    CLUS_8_ROWS(ROW, width, 8);                                                            \
    CLUS_8_ROWS(ROW, width, 16);                                                           \
    CLUS_8_ROWS(ROW, width, 24)

extern const struct pack_ops clus__pack_scalar;
extern const struct pack_ops clus__pack_sse41; /* where there are 128-bit vectors */
extern const struct pack_ops clus__pack_avx2;  /* where there are 256-bit ones */

#endif
