/* 128-bit vectors under one set of names: those of SSE4.1, which SIMDe makes of NEON on
 * arm64. For files that are compiled where CLUS_HAS_VECTOR128. */
#ifndef CLUS_BASE_VECTOR128_H
#define CLUS_BASE_VECTOR128_H

#include "base/cpu.h"

#if CLUS_HAS_VECTOR256
#include <smmintrin.h>
#define CLUS_VECTOR128 __attribute__((target("sse4.1")))
#elif CLUS_HAS_VECTOR128
#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/sse4.1.h>
#define CLUS_VECTOR128
#endif

#endif
