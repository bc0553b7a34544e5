/*
 * Which vector instructions there are. Loops worth writing for a machine come in sets, one
 * for each level that it has; all sets give the same results, bit for bit.
 *
 * Of i386 only the scalar set is built: its x87 registers round a float differently.
 */
#ifndef CLUS_BASE_CPU_H
#define CLUS_BASE_CPU_H

#include <stdbool.h>

/* What was compiled in. CLUS_WITH_SIMDE comes from the build. */
#if defined(__x86_64__)
#define CLUS_HAS_VECTOR128 1
#define CLUS_HAS_VECTOR256 1
#define CLUS_HAS_VECTOR512 1
#elif defined(__aarch64__) && defined(CLUS_WITH_SIMDE)
#define CLUS_HAS_VECTOR128 1
#define CLUS_HAS_VECTOR256 0
#define CLUS_HAS_VECTOR512 0
#else
#define CLUS_HAS_VECTOR128 0
#define CLUS_HAS_VECTOR256 0
#define CLUS_HAS_VECTOR512 0
#endif

enum cpu_level {
    CPU_SCALAR,
    CPU_VECTOR128, /* SSE4.1; NEON on arm64 */
    CPU_VECTOR256, /* AVX2 */
    CPU_VECTOR512, /* AVX-512 F, BW and VL */
    CPU_LEVELS
};

/* Whether the level was compiled in and this processor has it. */
bool clus__cpu_has(enum cpu_level level);

/* The highest that it has. */
enum cpu_level clus__cpu_best(void);

/* Whether it also has AVX-512 VBMI2, which not all of CPU_VECTOR512 have. */
bool clus__cpu_packs_bytes(void);

/* For people: "scalar", "sse4.1", "neon", "avx2", "avx512". */
const char *clus__cpu_name(enum cpu_level level);

#endif
