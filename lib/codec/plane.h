/* A flag of a block's documents, as bits, as places, or as nothing at all. */
#ifndef CLUS_CODEC_PLANE_H
#define CLUS_CODEC_PLANE_H

#include "codec/list_format.h"

/* Encode flag number `plane` of `n` documents, 32 bytes at most; returns how many. `flags`
 * has zeros up to a multiple of eight. */
size_t clus__plane_pack(const uint8_t *flags, uint32_t n, unsigned plane,
                        enum plane_mode *mode, uint8_t *out);

#endif
