/*
 * Words of plain text, 64 bytes at a time: those of ASCII letters and of U+0400 to U+047F
 * between blanks and punctuation that joins nothing to a letter.
 */
#ifndef CLUS_TEXT_SEGMENT_BLOCK_H
#define CLUS_TEXT_SEGMENT_BLOCK_H

#include <stdint.h>

#include "base/cpu.h"

/* A bit for each of 64 bytes. */
struct segment_block {
    uint64_t letters, blanks;
    uint64_t lines, stops; /* line feeds; full stops, exclamation and question marks */
    uint64_t odd; /* what takes rules: digits, quotes, underscores, all other characters */
};

#if CLUS_HAS_VECTOR128
void clus__segment_block_vector128(const uint8_t *p, struct segment_block *out);
#endif

#endif
