/* gemm.h: C[m, n] = A[m, k] B[k, n] + bias for any dtypes and strides: the one matrix product of the cpu backend.
 *
 * Blocked and packed after Goto and van de Geijn (2008) and BLIS: A and B are copied, widened and transposed as needed, into panels that
 * a register tile (gemm_micro.c) multiplies.  f32, f16 and bf16 accumulate in float, f64 in double, integers wrapped in 64 bits.
 * A result element is summed in the same order whatever the number of threads. */
#ifndef CPU_GEMM_H
#define CPU_GEMM_H
#include "tile.h"

typedef struct cpu_gemm_micro { /* c[rows, cols] (+)= a_panel[k, rows]^T b_panel[k, cols] */
    int32_t rows, cols;
    void (*run)(int64_t k, const void *a_panel, const void *b_panel, void *c, int64_t ldc, int32_t accumulate);
} cpu_gemm_micro;
enum { CPU_GEMM_MAX_TILE = 8 * 32, CPU_GEMM_MAX_WIDTH = 32 };
/* The best register tile of this processor. */
const cpu_gemm_micro *cpu_gemm_micro_best(cpu_class type);

/* X[i, k]: i counts rows of A or columns of B.  pack, if given, delivers the panel instead of memory (convolutions):
 * dst[(p - k0) * width + r] = X[i0 + r, p] for r < n, 0 for n <= r < width. */
typedef struct cpu_gemm_operand {
    const void *data;
    int64_t stride, k_stride; /* in elements */
    cplug_dtype dtype;
    uint32_t reserved;
    void (*pack)(const void *arg, cpu_class type, int64_t i0, int64_t n, int64_t width, int64_t k0, int64_t kc, void *dst);
    const void *arg;
} cpu_gemm_operand;
enum { CPU_GEMM_NO_BIAS, CPU_GEMM_BIAS_PER_ROW, CPU_GEMM_BIAS_PER_COLUMN };
typedef struct cpu_gemm_output {
    void *data;
    int64_t row_stride, column_stride;
    int64_t segment, segment_stride; /* column j lies at (j / segment) * segment_stride + (j % segment) * column_stride; 0: no segments */
    cplug_dtype dtype, bias_dtype;
    const void *bias;
    int64_t bias_stride;
    int32_t bias_kind;
    uint32_t reserved;
} cpu_gemm_output;

typedef struct cpu_gemm { /* worked out once from shapes; see cpu_gemm_plan */
    int64_t m, n, k;
    int64_t block_m, block_n, block_k;        /* what is packed at a time; multiples of the tile, but for k */
    int64_t parts_m, parts_n, part_m, part_n; /* the grid that C is cut into, and the size of its parts */
    const cpu_gemm_micro *micro;
    cpu_class type;
    bool swap;     /* computes C^T = B^T A^T, which wastes less of the tiles */
    bool vector;   /* m or n is 1: no packing */
    bool widen;    /* the output's dtype is not the type: a block of C waits in the workspace */
    bool parallel; /* big enough to wake threads for */
    uint64_t a_bytes, b_bytes, part_bytes, bias_bytes, workspace;
} cpu_gemm;

enum { CPU_GEMM_PANELS_ONLY = 1u /* an operand has a pack function or the output has segments: neither swap nor vector */ };
void cpu_gemm_plan(cpu_gemm *g, int64_t m, int64_t n, int64_t k, cplug_dtype out, uint32_t n_threads, uint32_t flags);
/* workspace: g->workspace bytes, 64-byte aligned.  host NULL: stay on this thread. */
void cpu_gemm_run(const cpu_gemm *g, const cpu_gemm_operand *a, const cpu_gemm_operand *b, const cpu_gemm_output *c, void *workspace,
                  const cplug_host *host);
/* dst[p * width + r] = src[r * stride + p * k_stride] for memory of the type; 0 for n <= r < width: what a pack function writes. */
void cpu_gemm_pack(cpu_class type, void *dst, const void *src, int64_t stride, int64_t k_stride, int64_t n, int64_t width, int64_t kc);
#endif
