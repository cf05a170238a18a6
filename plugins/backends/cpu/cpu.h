/* cpu.h: what the kernel families of the reference CPU backend share.
 *
 * A family file defines its kernels as a static const array and exports it once with CPU_KERNELS; plugin.c lists the families.
 * Rare dtypes are widened by tiles: tile.h converts up to CPU_TILE elements of any dtype to a compute class (float, double or
 * int64_t), the loop runs on the tile, and the result is converted back.  Walking strided views is iter.h's, f32 functions fmath.h's. */
#ifndef CPU_H
#define CPU_H
#include <cplug/plugin.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

/* ---- compilers ---- */
/* One copy of the function per instruction set, chosen when the plugin is loaded.  For functions that hold hot loops; what they call
 * inside the loop must be CPU_INLINE.  The NARROW form has no AVX-512 copy: for loops that wait for memory anyway.
 * Names must be unique in the plugin, though the functions are static: clang exports their resolvers. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(CPLUG_SANITIZED)
#define CPU_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#define CPU_CLONES_NARROW __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define CPU_CLONES
#define CPU_CLONES_NARROW
#endif
#define CPU_INLINE static inline __attribute__((always_inline))
/* Before a loop whose output is either one of its inputs exactly or does not touch them: no iteration depends on another. */
#ifdef __clang__
#define CPU_IVDEP _Pragma("clang loop vectorize(assume_safety)")
#define CPU_ROLLED
#else
#define CPU_IVDEP _Pragma("GCC ivdep")
#define CPU_ROLLED _Pragma("GCC unroll 1") /* before a short loop that gcc would unroll into scalars before it looks for vectors */
#endif
#define CPU_MIN(a, b) ((a) < (b) ? (a) : (b))
#define CPU_MAX(a, b) ((a) > (b) ? (a) : (b))

enum {
    CPU_SCORE = 10,        /* what supports answers: right, readable, not the fastest */
    CPU_GRAIN = 65536,     /* elements of a cheap op that are worth a thread */
    CPU_GRAIN_MATH = 4096, /* elements of exp and its like */
    CPU_MAX_OPERANDS = 6
};

/* ---- kernel tables ---- */
typedef struct cpu_kernels {
    const cplug_kernel *at;
    uint32_t n;
} cpu_kernels;
#define CPU_KERNELS(name_, array_) const cpu_kernels name_ = { (array_), CPLUG_COUNT(array_) }
/* user_: what the family's shared functions read through call->user.  NULL for supports_: always; for prepare_: no plan. */
#define CPU_KERNEL(op_, flags_, user_, supports_, prepare_, run_)                                                                          \
    {                                                                                                                                      \
        (uint32_t)sizeof(cplug_kernel), 1, op_, "cpu", "cpu", flags_, 0, (void *)(user_), supports_, prepare_, run_, cpu_discard, NULL     \
    }

/* Frees plan->state, which prepare took from host->alloc as one block. */
void cpu_discard(const cplug_host *h, cplug_plan *p);
/* For supports: `why_not` NULL means usual. */
void cpu_answer(cplug_support *s, const char *why_not);

/* ---- dtypes ---- */
uint32_t cpu_size(cplug_dtype t);          /* bytes of an element */
const char *cpu_dtype_name(cplug_dtype t); /* "f32" */
static inline bool cpu_is_float(cplug_dtype t) { return t >= CPLUG_F32 && t <= CPLUG_BF16; }
/* torch.result_type of the inputs: tensors with dimensions over 0-d ones over plain numbers; absent ones do not count. */
cplug_dtype cpu_result_type(const cplug_view *const *in, uint32_t n);

/* ---- views and attributes ---- */
static inline bool cpu_absent(const cplug_view *v) { return v->flags & CPLUG_VIEW_ABSENT; }
static inline bool cpu_scalar(const cplug_view *v) { return v->flags & CPLUG_VIEW_SCALAR; }
int64_t cpu_numel(const cplug_view *v);
bool cpu_dense(const cplug_view *v); /* row-major without gaps, whatever the flags say */
/* The value of a plain number or of a 0-d tensor; an integer that does not fit is cut as C does. */
double cpu_read_float(const cplug_view *v);
int64_t cpu_read_int(const cplug_view *v);
/* Attribute k: single, or entry d of a list in which one entry stands for all. */
static inline int64_t cpu_attr(const cplug_call *c, uint32_t k) { return c->attr[k].v.i; }
static inline double cpu_attr_float(const cplug_call *c, uint32_t k)
{
    return c->attr[k].type == CPLUG_OPT_FLOAT ? c->attr[k].v.f : (double)c->attr[k].v.i;
}
static inline int64_t cpu_attr_at(const cplug_call *c, uint32_t k, uint32_t d)
{
    return c->attr[k].type != CPLUG_OPT_INTS ? c->attr[k].v.i : c->attr[k].v.iv[c->attr[k].n == 1 ? 0 : d];
}
/* A dim attribute counted from the front; a 0-d tensor counts as 1-d. */
static inline int32_t cpu_dim(int64_t dim, int32_t ndim) { return (int32_t)(dim < 0 ? dim + (ndim ? ndim : 1) : dim); }
/* "[2, 3]" for messages */
enum { CPU_SHAPE_TEXT = 160 };
const char *cpu_shape_text(const cplug_view *v, char *room);

/* ---- the families ---- */
/* clang-format off */
#define CPU_FAMILIES(X) \
    X(cpu_copy_kernels) X(cpu_fill_kernels) X(cpu_random_kernels) X(cpu_arith_kernels) X(cpu_math_kernels) \
    X(cpu_compare_kernels) X(cpu_select_kernels) X(cpu_activation_kernels) X(cpu_reduce_kernels) X(cpu_extremum_kernels) \
    X(cpu_gather_kernels) X(cpu_scatter_kernels) X(cpu_join_kernels) X(cpu_gemm_kernels) X(cpu_conv_kernels) \
    X(cpu_fold_kernels) X(cpu_pool_kernels) X(cpu_norm_kernels) X(cpu_softmax_kernels) X(cpu_loss_kernels)
/* clang-format on */
#define X(name) extern const cpu_kernels name;
CPU_FAMILIES(X)
#undef X
#endif
