/* gemm_micro.c: the register tiles of gemm.c, one per element type and instruction set, chosen by what the processor can do.
 * Compiled with contraction of a * b + c into fused multiply-adds (see CMakeLists.txt), which halves the instructions. */
#include "gemm.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define TARGETS_X86 1
#define MICRO_NAME f32_avx512
#define MICRO_TARGET __attribute__((target("avx512f")))
#define MICRO_T float
#define MICRO_LANES 16
#define MICRO_ROWS 8
#define MICRO_VECS 2
#include "gemm_micro_body.h"

#define MICRO_NAME f64_avx512
#define MICRO_TARGET __attribute__((target("avx512f")))
#define MICRO_T double
#define MICRO_LANES 8
#define MICRO_ROWS 8
#define MICRO_VECS 2
#include "gemm_micro_body.h"

#define MICRO_NAME f32_avx2
#define MICRO_TARGET __attribute__((target("avx2,fma")))
#define MICRO_T float
#define MICRO_LANES 8
#define MICRO_ROWS 6
#define MICRO_VECS 2
#include "gemm_micro_body.h"

#define MICRO_NAME f64_avx2
#define MICRO_TARGET __attribute__((target("avx2,fma")))
#define MICRO_T double
#define MICRO_LANES 4
#define MICRO_ROWS 6
#define MICRO_VECS 2
#include "gemm_micro_body.h"
#endif

#define MICRO_NAME f32_base
#define MICRO_TARGET
#define MICRO_T float
#define MICRO_LANES 4
#define MICRO_ROWS 4
#define MICRO_VECS 2
#include "gemm_micro_body.h"

#define MICRO_NAME f64_base
#define MICRO_TARGET
#define MICRO_T double
#define MICRO_LANES 2
#define MICRO_ROWS 4
#define MICRO_VECS 2
#include "gemm_micro_body.h"

#define MICRO_NAME i64_base /* unsigned: integers wrap */
#define MICRO_TARGET
#define MICRO_T uint64_t
#define MICRO_LANES 2
#define MICRO_ROWS 4
#define MICRO_VECS 2
#include "gemm_micro_body.h"

static const cpu_gemm_micro base[] = { [CPU_F32] = { 4, 8, f32_base }, [CPU_F64] = { 4, 4, f64_base }, [CPU_I64] = { 4, 4, i64_base } };
#ifdef TARGETS_X86
static const cpu_gemm_micro avx2[] = { [CPU_F32] = { 6, 16, f32_avx2 }, [CPU_F64] = { 6, 8, f64_avx2 }, [CPU_I64] = { 4, 4, i64_base } };
static const cpu_gemm_micro avx512[] = {
    [CPU_F32] = { 8, 32, f32_avx512 }, [CPU_F64] = { 8, 16, f64_avx512 }, [CPU_I64] = { 4, 4, i64_base }
};
#endif

const cpu_gemm_micro *cpu_gemm_micro_best(cpu_class type)
{
#ifdef TARGETS_X86
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f")) return &avx512[type];
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &avx2[type];
#endif
    return &base[type];
}
