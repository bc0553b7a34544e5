/* Levels of vector instructions. */
#include "base/cpu.h"

bool clus__cpu_has(enum cpu_level level)
{
    switch (level) {
    case CPU_SCALAR: return true;
#if CLUS_HAS_VECTOR256
    case CPU_VECTOR128: return __builtin_cpu_supports("sse4.1");
    case CPU_VECTOR256: return __builtin_cpu_supports("avx2");
    case CPU_VECTOR512:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("avx512f") &&
               __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
#else
    case CPU_VECTOR128: return CLUS_HAS_VECTOR128; /* every arm64 has NEON */
    case CPU_VECTOR256:
    case CPU_VECTOR512:
#endif
    case CPU_LEVELS: break;
    }
    return false;
}

enum cpu_level clus__cpu_best(void)
{
    enum cpu_level level = CPU_VECTOR512;
    while (!clus__cpu_has(level))
        level--;
    return level;
}

bool clus__cpu_packs_bytes(void)
{
#if CLUS_HAS_VECTOR512
    return clus__cpu_has(CPU_VECTOR512) && __builtin_cpu_supports("avx512vbmi2");
#else
    return false;
#endif
}

const char *clus__cpu_name(enum cpu_level level)
{
    switch (level) {
#if defined(__aarch64__)
    case CPU_VECTOR128: return "neon";
#else
    case CPU_VECTOR128: return "sse4.1";
#endif
    case CPU_VECTOR256: return "avx2";
    case CPU_VECTOR512: return "avx512";
    case CPU_SCALAR:
    case CPU_LEVELS: break;
    }
    return "scalar";
}
